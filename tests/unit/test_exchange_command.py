"""`backchannel exchange` writes labels out and takes them back, and never over anything unasked."""

from __future__ import annotations

import csv
import json

import pytest

from backchannel import cli
from backchannel.exchange import LabelDecision, pass_decisions
from backchannel.exchange.csv_table import from_csv, to_csv
from backchannel.exchange.storing import into_journal
from backchannel.labelling import LabelSession
from backchannel.workspace import Workspace

CLAIM = LabelDecision("d1-p01-1", "form", "author", "A", confidence="low", note="=why\n„so“")


@pytest.fixture
def run(small_package, tmp_path, capsys):
    """Return a function that runs the command and gives status, output and errors."""

    def exchange(what, *arguments):
        places = ("--dossier", str(small_package.folder), "--workspace", str(tmp_path / "workspace"))
        try:
            status = cli.main(["exchange", what, *map(str, arguments), *places])
        except SystemExit as stop:  # what argparse itself finds wrong
            status = stop.code
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return status, said.out.splitlines(), said.err

    return exchange


@pytest.fixture
def journal(small_dossier, tmp_path):
    """Return a function that opens the journal the command uses, anew."""
    return lambda: Workspace(tmp_path / "workspace", small_dossier.codebook.version)


@pytest.fixture
def table(small_dossier, tmp_path):
    """Return a function that writes decisions into a CSV table."""

    def write(*decisions):
        path = tmp_path / "labels.csv"
        path.write_bytes(to_csv(small_dossier, decisions).encode())
        return path

    return write


def label(dossier, workspace, activity="mine", value="author", **more):
    session = LabelSession(
        dossier, workspace, activity=activity, claims=["d1-p01-1"], dimensions=["form"], **more
    )
    session.label("d1-p01-1", "form", value)
    return session


def standing(workspace, activity="mine", claim="d1-p01-1"):
    decision = workspace.journal.state.get(activity, claim, "form")
    return decision and (decision.value, decision.confidence, decision.note)


# --- export ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "label-studio", "web-annotation"])
@pytest.mark.parametrize("labels", ["reference", "passes", "journal"])
def test_every_kind_of_labels_is_exported_in_every_format(
    run, small_dossier, journal, tmp_path, form, labels
):
    label(small_dossier, journal())
    path = tmp_path / "out.json"
    status, (sentence,), _ = run("export", "--format", form, "--labels", labels, "--language", "de", path)
    assert status == 0
    many = {
        "reference": "20 labels of 6 claims",
        "passes": "2 labels of 1 claim",
        "journal": "1 label of 1 claim",
    }
    config = f" and {path.with_suffix('.xml')}" if form == "label-studio" else ""
    assert sentence == f"Wrote {many[labels]} to {path}{config}."
    status, lines, _ = run("import", "--format", form, path)
    assert (status, lines[-1].startswith(f"Read {many[labels].split(' of')[0]} of ")) == (0, True)


def test_semicolons_are_for_german_excel(run, tmp_path):
    run("export", "--format", "csv", "--labels", "passes", "--semicolons", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfclaim;dimension;label;")


@pytest.mark.parametrize("there", ["out.json", "out.xml"])
def test_nothing_is_overwritten_without_force(run, tmp_path, there):
    (tmp_path / there).write_text("mine", encoding="utf-8")
    words = ("--format", "label-studio", "--labels", "passes", tmp_path / "out.json")
    status, lines, error = run("export", *words)
    assert (status, lines) == (2, [])
    assert error.endswith(
        f"{there} exists already; choose another name, or add --force, which replaces all of it.\n"
    )
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"
    assert run("export", *words, "--force")[0] == 0
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))) == 6


def test_a_folder_that_cannot_be_written_to_is_one_sentence(run, tmp_path):
    status, _, error = run("export", "--format", "csv", "--labels", "passes", tmp_path / "no" / "out.csv")
    assert status == 1
    assert error.endswith("choose a folder you may write to.\n")


def test_a_journal_with_several_activities_asks_which(run, small_dossier, journal, tmp_path):
    words = ("--format", "csv", "--labels", "journal", tmp_path / "out.csv")
    assert run("export", *words)[2].endswith("holds no labels; label some claims first.\n")
    label(small_dossier, journal(), "one")
    label(small_dossier, journal(), "two")
    status, _, error = run("export", *words)
    assert (status, "labels of one, two; name one of them with --activity" in error) == (2, True)
    assert "use one of one, two" in run("export", *words, "--activity", "three")[2]
    assert run("export", *words, "--activity", "two", "--coder", "Ida")[0] == 0
    (decision,) = from_csv(tmp_path / "out.csv", small_dossier).decisions
    assert decision.coder == "Ida"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["export"],
        ["export", "--format", "csv", "out.csv"],
        ["export", "--format", "xlsx", "--labels", "passes", "out.csv"],
        ["export", "--format", "csv", "--labels", "passes", "--language", "fr", "out.csv"],
        ["export", "--format", "label-studio", "--labels", "passes", "out.xml"],
        ["import", "--format", "csv"],
        ["import", "--format", "csv", "no such file.csv"],
        ["sideways"],
    ],
)
def test_misuse_is_status_2(words, monkeypatch, tmp_path, small_package, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(small_package.folder))
    try:
        status = cli.main(["exchange", *words])
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    assert capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["course_data"]


def test_a_dossier_that_is_wrong_is_one_sentence(run, small_package, tmp_path):
    small_package.set("claims", 0, passage="d9-p99")
    status, _, error = run("export", "--format", "csv", "--labels", "passes", tmp_path / "out.csv")
    assert (status, "claims.csv, row 2: " in error) == (1, True)


# --- import ------------------------------------------------------------------------------------------


def test_an_import_without_a_place_only_checks(run, table, journal):
    status, lines, _ = run("import", "--format", "csv", table(CLAIM))
    assert (status, lines) == (0, ["Read 1 label of A and kept nothing; name --into to keep them."])
    assert journal().journal.count == 0


def test_labels_go_into_the_journal_and_a_second_time_change_nothing(run, table, journal):
    words = ("--format", "csv", table(CLAIM), "--into", "journal", "--activity", "mine")
    status, (sentence,), _ = run("import", *words)
    assert status == 0
    assert sentence.startswith("Wrote 1 label into ")
    assert standing(journal()) == ("author", "low", "=why\n„so“")
    count = journal().journal.count
    status, (sentence,), _ = run("import", *words)
    assert (status, sentence.endswith("1 stood there already.")) == (0, True)
    assert journal().journal.count == count


@pytest.mark.parametrize("value", ["direct", "author"])
def test_a_decision_that_stands_is_never_overwritten_silently(run, table, small_dossier, journal, value):
    """Neither another label nor the same with another note."""
    label(small_dossier, journal(), value=value)
    words = ("--format", "csv", table(CLAIM), "--into", "journal", "--activity", "mine")
    status, lines, _ = run("import", *words)
    assert status == 1
    assert lines[0].startswith(f"journal.jsonl: d1-p01-1 is labelled {value}")
    assert lines[0].endswith("import into another activity, or add --force to let the imported one count.")
    assert standing(journal()) == (value, "", "")
    assert run("import", *words, "--force")[0] == 0
    assert standing(journal()) == ("author", "low", "=why\n„so“")


def test_what_was_skipped_or_is_of_a_newer_codebook_counts_as_decided(run, table, small_dossier, journal):
    LabelSession(small_dossier, journal(), activity="mine", claims=["d1-p01-1"], dimensions=["form"]).skip(
        "d1-p01-1", "form"
    )
    words = ("--format", "csv", table(CLAIM), "--into", "journal", "--activity", "mine")
    assert "d1-p01-1 is skipped in form since " in run("import", *words)[1][0]
    journal().decide("mine", "d1-p01-1", "form", "a label of tomorrow")
    assert "d1-p01-1 is labelled a label of tomorrow in form since " in run("import", *words)[1][0]


def test_a_finished_block_takes_nothing(run, table, small_dossier, journal):
    label(small_dossier, journal(), value="direct").finish()
    words = ("--format", "csv", table(CLAIM), "--into", "journal", "--activity", "mine", "--force")
    status, _, error = run("import", *words)
    assert (status, "The block mine is finished" in error) == (2, True)
    assert standing(journal()) == ("direct", "", "")


def test_a_blind_block_stays_blind(run, table, small_dossier, journal):
    decision = LabelDecision("d2-p01-1", "elements", "citizen", "A")
    words = ("--format", "csv", table(decision), "--into", "journal", "--activity", "01-blind")
    assert run("import", *words)[0] == 0
    session = LabelSession(
        small_dossier, journal(), activity="01-blind", claims=["d2-p01-1"], dimensions=["elements"]
    )
    assert session.mode == "blind"
    assert session.feedback("d2-p01-1") == ()


def test_labels_of_several_coders_need_one_for_the_journal(run, small_dossier, table, journal):
    words = ("--format", "csv", table(*pass_decisions(small_dossier)), "--into", "journal", "--activity", "b")
    status, _, error = run("import", *words)
    assert (status, "the labels are by A, B; name one coder" in error) == (2, True)
    status, lines, _ = run("import", *words, "--coder", "B")
    assert (status, lines[0]) == (0, "Left out 1 label of A.")
    assert standing(journal(), "b")[0] == "indirect"
    status, _, error = run("import", *words, "--coder", "C")
    assert (status, "no labels of C; its coders are A, B" in error) == (2, True)


def test_labels_of_the_reference_are_nobodys_own(run, table, journal):
    path = table(LabelDecision("d1-p01-1", "form", "author", "reference", "reference"), CLAIM)
    status, lines, _ = run("import", "--format", "csv", path, "--into", "journal", "--activity", "mine")
    assert (status, lines[0]) == (0, "Left out 1 label of a reference, which is nobody's own.")
    assert standing(journal())[0] == "author"


def test_labels_go_into_a_table_that_the_data_package_takes(
    run, table, small_package, small_dossier, tmp_path
):
    path = table(*pass_decisions(small_dossier))
    words = ("--format", "csv", path, "--into", tmp_path / "annotations.csv")
    assert run("import", *words)[0] == 0
    with (tmp_path / "annotations.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2
    assert (tmp_path / "annotations.csv").read_bytes() == small_package.path("annotations.csv").read_bytes()
    status, _, error = run("import", *words)
    assert (status, "exists already" in error) == (2, True)


def test_a_file_without_labels_never_takes_the_place_of_a_full_table(run, table, tmp_path):
    kept = tmp_path / "annotations.csv"
    kept.write_text("what stood there", encoding="utf-8")
    words = ("import", "--format", "csv", "--into", kept, "--force")
    status, lines, _ = run(*words, table())
    assert (status, lines) == (1, ["There is no label to keep, so nothing was written."])
    assert kept.read_text(encoding="utf-8") == "what stood there"


def test_a_block_of_a_lesson_takes_only_what_it_asks_for(run, table, small_dossier, journal):
    block = small_dossier.blocks["01-blind"]
    asked = LabelDecision("d2-p01-1", "elements", "citizen", "A")
    assert (asked.claim in block.claims, CLAIM.claim in block.claims) == (True, False)
    words = ("--format", "csv", table(asked, CLAIM), "--into", "journal", "--activity", block.id)
    status, lines, _ = run("import", *words)
    assert (status, lines[0]) == (
        1,
        "journal.jsonl: the block 01-blind does not ask for 1 of the labels, which were not written; "
        "import them into an activity of another name.",
    )
    assert lines[1].startswith("Wrote 1 label into ")
    assert standing(journal(), block.id, CLAIM.claim) is None


def test_findings_are_printed_one_sentence_each_and_the_rest_is_kept(run, table, journal):
    path = table(CLAIM)
    with path.open("a", encoding="utf-8") as file:
        file.write("d9-p09-9,form,author,A" + "," * 11 + "\n")
    status, lines, _ = run("import", "--format", "csv", path, "--into", "journal", "--activity", "mine")
    assert status == 1
    assert (
        lines[0] == "labels.csv, row 3: the claim 'd9-p09-9' is not in the dossier; give the id of a claim."
    )
    assert standing(journal())[0] == "author"


@pytest.mark.parametrize("form", ["csv", "label-studio", "web-annotation"])
@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"{}", b"[[", "ü;ß".encode("cp1252"), bytes(range(256))])
def test_a_file_that_is_something_else_is_status_1_and_sentences(run, tmp_path, form, raw):
    (tmp_path / "labels.file").write_bytes(raw)
    status, lines, _ = run("import", "--format", form, tmp_path / "labels.file")
    assert status == 1
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--into", "journal"), "name it with --activity"),
        (("--into", "somewhere"), "--into takes the word journal or a file in .csv, not 'somewhere'"),
        (("--into", "journal", "--activity", "workspace"), "The activity 'workspace' cannot take labels"),
        (("--into", "journal", "--activity", " "), "The activity ' ' cannot take labels"),
    ],
)
def test_a_place_that_cannot_be_is_status_2(run, table, words, sentence):
    status, _, error = run("import", "--format", "csv", table(CLAIM), *words)
    assert (status, sentence in error) == (2, True)


def test_nothing_to_write_is_nothing_written(small_dossier, journal):
    kept = into_journal([], small_dossier, journal(), "mine")
    assert (kept.written, kept.standing, kept.findings) == (0, 0, ())


def test_the_folder_of_the_course_may_be_named_and_a_folder_without_data_is_a_misuse(
    small_package, tmp_path, capsys
):
    course = str(small_package.folder.parent)
    words = ["exchange", "export", "--format", "csv", "--labels", "reference", "--dossier"]
    assert cli.main([*words, course, str(tmp_path / "out.csv")]) == 0
    with pytest.raises(SystemExit) as stop:
        cli.main([*words, str(tmp_path / "nowhere"), str(tmp_path / "out.csv")])
    assert stop.value.code == 2
    assert "there is no datapackage.json; name the folder of the dossier." in capsys.readouterr().err
