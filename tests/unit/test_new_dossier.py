"""`backchannel dossier new`: a dossier of one's own opens, checks clean, and is guarded like the course."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from backchannel.authoring import check
from backchannel.authoring.new_dossier import DEFINITIONS, TEMPLATE, main, short_name
from backchannel.authoring.refresh import run_lessons
from backchannel.course import Course, Notice, open_course
from backchannel.errors import BackchannelError, DataError, UsageError
from backchannel.originals import find_originals
from backchannel.tables import read_schemas
from backchannel.tracks import DEFINITIONS as MEANINGS
from backchannel.widgets import Labeller, Reader

ENVIRONMENT = ("BACKCHANNEL_COURSE_DATA", "BACKCHANNEL_DOCUMENTS", "BACKCHANNEL_WORKSPACE")
VARIANTS = ("example", "empty")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both variants of a new dossier, made once; a test that changes one copies it."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        for name in ENVIRONMENT:
            patch.delenv(name, raising=False)
        assert main(["new", str(folder / "example"), "--title", "Möwen & Lachs"]) == 0
        assert main(["new", str(folder / "empty"), "--empty"]) == 0
    return folder


@pytest.fixture
def dossier(made: Path, tmp_path: Path) -> Path:
    """A new dossier with its example, which the test may break."""
    return shutil.copytree(made / "example", tmp_path / "dossier")


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Course:
    return open_course(made / "example" / "course_data", tmp_path / "workspace")


@pytest.fixture
def findings(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], tuple[int, list[str]]]:
    """Return a function that checks a dossier and returns the status and what is wrong in it."""

    def run(folder: Path) -> tuple[int, list[str]]:
        capsys.readouterr()
        status = check.main([str(folder)])
        *lines, tables, _count = capsys.readouterr().out.splitlines()
        assert " tables and 0 lessons were checked in " in tables
        return status, [line for line in lines if not line.startswith("Rights were not checked")]

    return run


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- what is created -------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_new_dossier_has_nothing_wrong(made, variant, capsys):
    assert check.main([str(made / variant)]) == 0
    tables, verdict = capsys.readouterr().out.splitlines()
    assert " tables and 0 lessons were checked in " in tables
    assert verdict == "Nothing is wrong."


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_has_the_tables_and_the_codebook_of_the_course(made, variant, course_data):
    own = made / variant / "course_data"
    assert read_schemas(own) == read_schemas(course_data)
    for name in ("codebook.toml", *(f"{table}.csv" for table in DEFINITIONS)):
        assert (own / name).read_bytes() == (course_data / name).read_bytes()
    named = {
        source
        for dimension in tomllib.loads((own / "codebook.toml").read_text(encoding="utf-8"))["dimension"]
        for source in dimension["derived_from"]
    }
    assert named <= {row["id"] for row in read(own / "sources.csv")}


def test_an_empty_dossier_holds_definitions_and_their_sources_only(made):
    own = made / "empty" / "course_data"
    filled = {schema.name for schema in read_schemas(own) if read(own / schema.path)}
    assert filled == {*DEFINITIONS, "sources"}
    assert not any((made / "empty" / "documents").iterdir())


def test_name_and_title_are_the_instructors_and_no_licence_is_claimed(made, tmp_path):
    package = json.loads((made / "example" / "course_data" / "datapackage.json").read_text(encoding="utf-8"))
    assert (package["name"], package["title"]) == ("mowen-lachs", "Möwen & Lachs")
    assert "five German press documents" not in package["description"]
    assert "licenses" not in package
    main(["new", str(tmp_path / "Mine"), "--empty", "--name", "x.y"])
    package = json.loads((tmp_path / "Mine" / "course_data" / "datapackage.json").read_text(encoding="utf-8"))
    assert (package["name"], package["title"]) == ("x.y", "Mine")
    assert (tmp_path / "Mine" / "README.md").read_text(encoding="utf-8").startswith("# Mine\n")
    assert short_name("…") == "dossier"


def test_texts_and_workspaces_are_kept_out_of_git(made):
    lines = (made / "example" / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/documents/", "/workspace/"} <= set(lines)


def test_the_example_tells_two_ways_to_an_anonymous_source_and_loses_no_column(course, course_data):
    tables = course.dossier.tables
    anonymous = set(tables["actors"].query("anonymous")["id"])
    chains = tables["attributions"].sort_values("hop").groupby("claim")["actor"].apply(tuple)
    assert {chain for chain in chains if chain[-1] in anonymous} == {
        ("actor-moewenbote", "actor-participant"),
        ("actor-moewenbote", "actor-walpost", "actor-hotel-employee"),
    }
    assert {passage.kind for passage in course.dossier.passages.values()} == {"heading", "body", "caption"}
    assert set(tables["contact_tracks"]["definition"]) == set(MEANINGS)
    columns = {schema.name: set(schema.columns) for schema in read_schemas(course_data)}
    for path in (TEMPLATE / "tables").glob("*.csv"):
        assert set(read(path)[0]) <= columns[path.stem], path.name


# --- what is refused -------------------------------------------------------------------------------------


def test_a_folder_in_use_is_refused_in_one_sentence_and_left_alone(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["new", str(tmp_path)])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"backchannel dossier new: The folder {tmp_path} is not empty")
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["file"], "file is a file; name a folder"),
        (["new", "--name", "Two Words"], "The name 'Two Words' does not fit"),
    ],
)
def test_other_wishes_that_cannot_be_followed_are_misuse(tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(SystemExit) as stop:
        main(["new", *arguments])
    assert stop.value.code == 2
    assert sentence in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_empty_folder_may_be_filled_even_the_one_where_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", ".", "--empty"]) == 0
    assert Path("course_data", "datapackage.json").is_file()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        BackchannelError, match=r"^The dossier could not be written into .*; name a folder.*\.$"
    ):
        main(["new", str(tmp_path / "file" / "mine"), "--empty"])


def test_an_example_that_does_not_fit_the_course_is_told_and_leaves_nothing(dossier, tmp_path, monkeypatch):
    codebook = dossier / "course_data" / "codebook.toml"
    change(codebook, 'id = "speech_form-act"', 'id = "speech_form-other"')
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(codebook.parent))
    with pytest.raises(
        DataError, match=r"the rule 'speech_form-act' is not in the codebook.* Mend the course first\.$"
    ):
        main(["new", str(tmp_path / "mine")])
    assert not (tmp_path / "mine").exists()
    assert main(["new", str(tmp_path / "mine"), "--empty"]) == 0


def test_a_course_with_broken_definitions_begins_no_dossier(dossier, tmp_path, monkeypatch):
    (dossier / "course_data" / "track_definitions.csv").unlink()
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(dossier / "course_data"))
    with pytest.raises(DataError, match=r"^track_definitions\.csv: "):
        main(["new", str(tmp_path / "mine"), "--empty"])


def test_the_help_explains_what_can_be_done(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "new create a folder with tables" in shown
    assert "measure say of a text" in shown


# --- it works like the course ----------------------------------------------------------------------------


def test_a_practice_block_is_labelled_and_answered(course):
    labeller = course.labeller("01-practice")
    assert isinstance(labeller, Labeller)
    for dimension in labeller.session.dimensions:
        reference = course.dossier.references["d1-p02-1", dimension.id][0].label
        labeller.label("d1-p02-1", dimension.id, "author" if dimension.id == "speech_form" else reference)
    verdicts = {answer.dimension: answer.verdict for answer in labeller.feedback("d1-p02-1")}
    assert verdicts == dict.fromkeys(verdicts, "match") | {"speech_form": "alternative"}
    assert labeller.static_html()
    assert "d1-p02-1" in (course.workspace.folder / "journal.jsonl").read_text(encoding="utf-8")


def test_a_blind_block_is_compared_once_it_is_finished(course):
    session = course.session("01-blind")
    for claim in session.claims:
        for dimension in session.dimensions:
            session.label(claim, dimension.id, course.dossier.references[claim, dimension.id][0].label)
    assert "still blind" in repr(course.agreement("you", "reference", "01-blind"))
    session.finish()
    assert set(course.agreement("you", "reference", "01-blind")["percent"]) == {1.0}


def test_two_annotators_agree_mostly_in_every_dimension(course):
    table = course.agreement("A", "B")
    assert list(table["dimension"]) == list(course.codebook.by_id)
    assert all(0.5 < share < 1 for share in table["percent"])
    for claim in course.dossier.claims:
        for dimension in course.codebook.by_id:
            assert course.dossier.references[claim, dimension][0].reason.de


def test_the_reader_finds_the_text_by_its_hash(course):
    original = find_originals(course.dossier).get("d1")
    assert original is not None
    assert original.recognised == "hash"
    reader = course.reader("d1")
    assert isinstance(reader, Reader)
    assert reader.draw()["hasOriginal"]
    assert "Salmon is the subject" in reader.static_html()
    assert "Lachsgespräche" not in reader.static_html()


def test_an_empty_dossier_says_what_is_missing(made, tmp_path):
    course = open_course(made / "empty" / "course_data", tmp_path / "workspace")
    assert "holds no documents yet" in repr(course.reader("d1"))
    for told in (course.labeller("01-practice"), course.own_labels("01-practice")):
        assert isinstance(told, Notice)
        assert "holds no claims yet" in told._repr_html_()
    assert isinstance(course.agreement("A", "B"), Notice)
    course.use_language("de")
    assert "noch keine Dokumente" in repr(course.reader("d1"))
    with pytest.raises(UsageError, match="noch keine Aussagen"):
        course.session("01-practice")


def test_the_notebook_runs_from_top_to_bottom_with_and_without_the_example(made):
    runs, failures = run_lessons([made / variant / "notebooks" / "start.ipynb" for variant in VARIANTS])
    assert failures == []
    for variant, run in zip(VARIANTS, runs, strict=True):
        cells = run.fresh.cells
        assert [cell.cell_type for cell in cells] == ["markdown", "code"] * (len(cells) // 2)
        outputs = {cell.id: cell.outputs for cell in cells if cell.cell_type == "code"}
        assert {name for name, shown in outputs.items() if len(shown) != 1} == set()
        reader = outputs["reader"][0]["data"]["text/html"]
        assert ("Salmon is the subject" if variant == "example" else "holds no documents yet") in reader


# --- it is guarded like the course -----------------------------------------------------------------------


def _turn_the_chain_back(data: Path) -> None:
    change(data / "attributions.csv", "d1-p03-1,3,actor-hotel-employee", "d1-p03-1,3,actor-moewenbote")


def _run_past_the_end(data: Path) -> None:
    change(data / "passages.csv", ",714,782", ",714,7820")


def _repeat_an_id(data: Path) -> None:
    lines = (data / "actors.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "actors.csv").write_text("".join([*lines, lines[-1]]), encoding="utf-8")


def _save_with_semicolons(data: Path) -> None:
    rows = read(data / "claims.csv")
    with (data / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def _save_as_cp1252(data: Path) -> None:
    (data / "actors.csv").write_bytes((data / "actors.csv").read_text(encoding="utf-8").encode("cp1252"))


@pytest.mark.parametrize(
    ("fault", "start", "remedy"),
    [
        (
            _turn_the_chain_back,
            "attributions.csv, row 11: the chain of d1-p03-1 comes back to ",
            "origin last",
        ),
        (_run_past_the_end, "passages.csv, row 5: d1-p04 ends at character 7820, ", "correct start and end"),
        (
            _repeat_an_id,
            "actors.csv, row 8: id 'actor-fisheries-authority' stands already in row 7",
            "another id",
        ),
        (_save_with_semicolons, "claims.csv, row 1: the cells are separated by semicolons", "with commas"),
        (_save_as_cp1252, "actors.csv: the byte at position ", "with the encoding UTF-8"),
    ],
)
def test_a_fault_is_named_in_one_sentence(dossier, findings, fault, start, remedy):
    fault(dossier / "course_data")
    status, (sentence,) = findings(dossier)
    assert status == 1
    assert sentence.startswith(start)
    assert remedy in sentence
    assert sentence.endswith(".")


def test_a_copied_sentence_is_named(dossier, findings):
    text = (dossier / "documents" / "d1.txt").read_text(encoding="utf-8")
    copied = text.split("\n\n")[2].split(". ")[0]
    (dossier / "notes.md").write_text(f"{copied}.\n", encoding="utf-8")
    status, (sentence,) = findings(dossier)
    assert status == 1
    assert sentence.startswith("notes.md: in line 1 stand ")
    assert "words in a row of d1" in sentence


def test_an_instructors_notebook_is_free_unless_it_has_a_number(dossier, capsys):
    shutil.copy(dossier / "notebooks" / "start.ipynb", dossier / "notebooks" / "my own.ipynb")
    assert check.main([str(dossier)]) == 0
    shutil.copy(dossier / "notebooks" / "start.ipynb", dossier / "notebooks" / "01_mine.ipynb")
    assert check.main([str(dossier)]) == 1
    assert "01_mine.ipynb" in capsys.readouterr().out


# --- measuring a text ------------------------------------------------------------------------------------


def test_measuring_gives_what_the_tables_of_the_example_hold(made, capsys):
    own = made / "example"
    assert main(["measure", str(own / "documents" / "d1.txt")]) == 0
    words, sha256, *paragraphs = [line.split() for line in capsys.readouterr().out.splitlines()]
    (document,) = read(own / "course_data" / "documents.csv")
    assert (words, sha256) == (["words", document["words"]], ["sha256", document["sha256"]])
    passages = [
        [row["locator"], "start", row["start"], "end", row["end"]]
        for row in read(own / "course_data" / "passages.csv")
    ]
    assert [paragraph[:5] for paragraph in paragraphs] == passages


def test_measuring_counts_characters_as_the_reader_does(tmp_path, capsys):
    text = tmp_path / "a.txt"
    text.write_bytes("Ö\r\n\r\nzwei Wo\u00adrte\r\n".encode())
    main(["measure", str(text)])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "words 3",
        f"sha256 {hashlib.sha256(text.read_bytes()).hexdigest()}",
        "P1 start 0 end 1 Ö",
        "P2 start 3 end 13 zwei Worte",
    ]


def test_measuring_what_is_no_text_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"^There is no file .*; name a text, such as documents/d2\.txt\.$"):
        main(["measure", str(tmp_path / "nothing.txt")])
    (tmp_path / "a.txt").write_bytes("Möwe".encode("cp1252"))
    with pytest.raises(
        DataError, match=r"^a\.txt is not UTF-8 text; save it again with the encoding UTF-8\.$"
    ):
        main(["measure", str(tmp_path / "a.txt")])


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_says_what_each_column_holds_and_brings_the_codebook_to_print(made, variant):
    docs = made / variant / "docs"
    tables = (docs / "tables.md").read_text(encoding="utf-8")
    for schema in read_schemas(made / variant / "course_data"):
        assert f"### {schema.path}" in tables
        assert all(f"| {column} |" in tables for column in schema.columns)
    assert sorted(path.name for path in docs.glob("codebook.*.md")) == ["codebook.de.md", "codebook.en.md"]
