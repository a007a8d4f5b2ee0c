"""What goes out comes back: each format carries every decision without loss."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from backchannel.dossier import load_dossier
from backchannel.exchange import LabelDecision, journal_decisions, pass_decisions, reference_decisions
from backchannel.exchange.csv_table import from_csv, to_csv
from backchannel.exchange.label_studio import from_label_studio, to_tasks
from backchannel.exchange.label_studio import to_json as tasks_to_json
from backchannel.exchange.model import Door, labelled_activities
from backchannel.exchange.web_annotation import from_web_annotations, to_annotations
from backchannel.exchange.web_annotation import to_json as annotations_to_json
from backchannel.labelling import LabelSession
from backchannel.words import Text

FORMATS = {
    "csv": (lambda dossier, decisions, _: to_csv(dossier, decisions), from_csv),
    "csv with semicolons": (lambda dossier, decisions, _: to_csv(dossier, decisions, ";"), from_csv),
    "label-studio": (lambda *given: tasks_to_json(to_tasks(*given)), from_label_studio),
    "web-annotation": (lambda *given: annotations_to_json(to_annotations(*given)), from_web_annotations),
}
NASTY = (
    *("=1+1", "+49 30 1", "-", "@SUM(A1)", "\tbegins with a tab", "\r", "\n", "'=quoted", "''", "'", "＝1"),
    *(
        " =1",
        '"',
        '""',
        'say "no"; then, go',
        "a;b,c\td",
        "two\nlines",
        "two\r\nlines\r",
        "<b>&amp;</b>",
        "$x",
    ),
    *(
        "🙂👩‍👩‍👧",
        "𝔘nicode",
        "שלום",
        "مرحبا",
        "\u202eright to left\u202c",
        "e\u0301 é",
        "ẞ ß",
        "\x00",
        "\x0b",
    ),
    *(
        "\u2028",
        "\ufeff",
        "\\n",
        "status:reference",
        "~",
        "None",
        "nan",
        "0",
        " leading and trailing ",
        "#REF!",
    ),
    *("12.4", "1e5", "d1-p02-1", "sep=;", "{1|x}", "⟦x⟧", "«x»", "]]>", "\\u0000", "x" * 5000),
)


@pytest.fixture(params=FORMATS)
def carry(request, tmp_path):
    """Return a function that writes decisions into a file and reads the file again."""
    write, read = FORMATS[request.param]

    def there_and_back(dossier, decisions, language="en"):
        path = tmp_path / "labels.file"
        path.write_bytes(write(dossier, decisions, language).encode())
        return read(path, dossier)

    return there_and_back


@pytest.fixture(scope="module")
def real_dossier(course_data):
    return load_dossier(course_data)


def same(imported, decisions):
    """Say whether just these decisions came back, with nothing found wrong."""
    assert imported.findings == ()
    assert imported.remarks == ()
    return Counter(imported.decisions) == Counter(decisions)


def nasty_decisions(dossier, seed, count=40):
    """Make decisions up whose coders, notes and reasons are hard to carry."""
    dice = random.Random(seed)

    def words():
        return "".join(dice.choice(NASTY) for _ in range(dice.choice((0, 1, 1, 2, 3))))

    found = {}
    for _ in range(count):
        dimension = dossier.codebook[dice.choice(list(dossier.codebook.by_id))]
        labels = [label for label in dimension.label_ids if label != "none"]
        chosen = dice.sample(labels, dice.randint(1, len(labels))) if dimension.several else labels[:1]
        decision = LabelDecision(
            claim=dice.choice(list(dossier.claims)),
            dimension=dimension.id,
            label=dimension.normalise(chosen),
            coder=words() or "coder",
            status=dice.choice(("annotation", "reference", "alternative")),
            confidence=dice.choice(("", "low", "medium", "high")),
            note=words(),
            lead_time=dice.choice((None, 0.0, 12.4, dice.random() * 1000, 7)),
            rule=dice.choice(("", *dossier.codebook.rules)),
            reason=Text(words(), words()),
        )
        found.setdefault(decision.key, decision)
    return list(found.values())


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_small_dossier_comes_back(carry, small_dossier, language):
    for decisions in (reference_decisions(small_dossier), pass_decisions(small_dossier)):
        assert decisions
        assert same(carry(small_dossier, decisions, language), decisions)


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_labels_of_the_course_come_back(carry, real_dossier, language):
    references, passes = reference_decisions(real_dossier), pass_decisions(real_dossier)
    assert {"reference", "alternative"} == {decision.status for decision in references}
    assert any(";" in decision.label for decision in references)
    assert any(decision.reason.de for decision in references)
    assert len({decision.coder for decision in passes}) == 2
    assert any(decision.note for decision in passes)
    assert same(carry(real_dossier, references + passes, language), references + passes)


@pytest.mark.parametrize("seed", range(12))
def test_nasty_words_come_back(carry, small_dossier, seed):
    decisions = nasty_decisions(small_dossier, seed)
    assert same(carry(small_dossier, decisions), decisions)


def test_each_nasty_word_alone_comes_back_as_coder_and_note(carry, small_dossier):
    decisions = [
        LabelDecision("d1-p01-1", "form", "author", coder=word, note=word, reason=Text(word, ""))
        for word in NASTY
    ]
    assert same(carry(small_dossier, decisions), decisions)


def test_several_alternatives_of_a_unit_come_back(carry, small_dossier):
    decisions = [
        LabelDecision("d1-p01-1", "elements", label, "reference", status)
        for label, status in (
            ("citizen;intent", "reference"),
            ("citizen", "alternative"),
            ("intent", "alternative"),
        )
    ]
    assert same(carry(small_dossier, decisions), decisions)


def test_claims_without_labels_are_no_fault(carry, small_package):
    for table in ("reference_labels", "annotations"):
        rows = small_package.rows[table]
        small_package.rows[table] = [row for row in rows if row["claim"] != "d1-p01-1"]
        small_package.write(table)
    dossier = small_package.load()
    decisions = reference_decisions(dossier)
    assert "d1-p01-1" not in {decision.claim for decision in decisions}
    assert same(carry(dossier, decisions), decisions)
    assert same(carry(dossier, []), [])


# --- what a student labelled -------------------------------------------------------------------------


@pytest.fixture
def session(small_dossier, workspace):
    workspace.use_name("Ida")
    session = LabelSession(
        small_dossier,
        workspace,
        activity="mine",
        claims=["d1-p01-1", "d2-p01-1"],
        dimensions=["form", "elements"],
    )
    session.label("d1-p01-1", "form", "author", confidence="low", note="=why\n„so“ 🙂")
    session.label("d2-p01-1", "elements", ["intent", "citizen"])
    session.skip("d2-p01-1", "form", note="too hard")
    return session


def test_a_students_labels_come_back(carry, session):
    decisions = journal_decisions(session.dossier, session.workspace, "mine")
    assert decisions == (
        LabelDecision("d1-p01-1", "form", "author", "Ida", confidence="low", note="=why\n„so“ 🙂"),
        LabelDecision("d2-p01-1", "elements", "citizen;intent", "Ida"),
    )
    assert same(carry(session.dossier, decisions), decisions)


def test_a_journal_gives_what_stands_and_no_more(session):
    dossier, workspace = session.dossier, session.workspace
    session.flag("d1-p01-1")
    session.label("d1-p01-1", "form", "direct")
    session.undo()
    workspace.decide("mine", "d1-p02-1", "form", "a label of tomorrow")
    workspace.decide("mine", "d9-p09-9", "form", "direct")
    workspace.decide("mine", "d1-p02-2", "form", "direct", confidence="total")
    found = journal_decisions(dossier, workspace, "mine", coder="C")
    assert [(d.claim, d.label, d.confidence) for d in found] == [
        ("d1-p01-1", "author", "low"),
        ("d1-p02-2", "direct", ""),
        ("d2-p01-1", "citizen;intent", ""),
    ]
    assert {d.coder for d in found} == {"C"}
    assert labelled_activities(dossier, workspace) == ("mine",)


def test_a_nameless_student_is_called_student(small_dossier, workspace):
    workspace.decide("mine", "d1-p01-1", "form", "direct")
    assert journal_decisions(small_dossier, workspace, "mine")[0].coder == "student"


# --- what no format lets in --------------------------------------------------------------------------

GOOD = LabelDecision("d1-p01-1", "form", "author", "A")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (replace(GOOD, claim="d9-p09-9"), "the claim 'd9-p09-9' is not in the dossier"),
        (replace(GOOD, dimension="mood"), "the dimension 'mood' is not in the codebook"),
        (replace(GOOD, label="shouted"), "the label 'shouted' does not exist in the dimension form"),
        (replace(GOOD, status="final"), "the status 'final' does not exist"),
        (replace(GOOD, confidence="total"), "the confidence 'total' does not exist"),
        (replace(GOOD, rule="rule-of-thumb"), "the rule 'rule-of-thumb' does not exist"),
        (
            replace(GOOD, dimension="elements", label="citizen;none"),
            "in elements the label none stands alone",
        ),
        (GOOD, "A gives d1-p01-1 a label in form once more"),
        (replace(GOOD, label="direct"), "A gives d1-p01-1 a label in form once more"),
        (replace(GOOD, claim="d1-p02-1", coder=""), "the label of d1-p02-1 in form names no coder"),
        (replace(GOOD, claim="d1-p02-1", note="\ud83d"), "an entry holds half of a character"),
        (replace(GOOD, claim="d1-p02-1", reason=Text("", "\udc00")), "an entry holds half of a character"),
    ],
)
def test_the_door_of_all_formats_refuses_with_a_sentence_and_takes_the_rest(small_dossier, wrong, problem):
    other = replace(GOOD, claim="d2-p01-1")
    door = Door(small_dossier, "labels.file")
    for row, decision in enumerate((GOOD, wrong, other), start=2):
        door.admit(decision, row=row)
    imported = door.imported()
    (finding,) = imported.findings
    assert str(finding).startswith(f"labels.file, row 3: {problem}")
    assert str(finding).endswith(".")
    assert "; " in str(finding)
    assert imported.decisions == (GOOD, other)


def test_the_door_gives_nameless_labels_to_the_coder_it_was_told(small_dossier):
    nameless = replace(GOOD, coder="")
    door = Door(small_dossier, "labels.file", "C")
    door.admit(nameless)
    assert door.imported().decisions == (replace(GOOD, coder="C"),)


def test_the_door_says_where_a_thing_stands_in_a_file_without_rows(small_dossier):
    door = Door(small_dossier, "labels.file")
    door.admit(replace(GOOD, label=""), place="in task 7")
    assert [str(finding) for finding in door.findings] == [
        "labels.file: in task 7, no label was given for form; use one of direct, indirect, author."
    ]


def test_the_door_writes_sets_in_the_codebooks_order(small_dossier):
    door = Door(small_dossier, "labels.file")
    door.admit(replace(GOOD, dimension="elements", label=" intent ;citizen; intent"))
    assert door.imported().decisions[0].label == "citizen;intent"
