"""From release to report: the commands of the grading guide, in its order, for a class of forty."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sandboxed
from classmates import KINDS, Person, moodle_archive, moodle_worksheet, people

from backchannel import cli
from backchannel.classroom import gradebook, leaks, release
from backchannel.classroom.folder import VARIABLE, ClassFolder, find_class
from backchannel.classroom.grading.steps import TRUST
from backchannel.classroom.records import read_record
from backchannel.classroom.rubric.widget import open_grading
from backchannel.classroom.sandbox.box import Limits
from backchannel.classroom.students import load
from backchannel.dossier import load_dossier
from backchannel.exercises import require_key

PROJECT = Path(__file__).resolve().parents[2]
EXERCISE = "03_how_sure_is_who"
EACH = 5
#: What a person gives for the written task, 8 points at most; the untouched exercise has no text.
WRITTEN = {"half": 4.0, "wrong": 1.0, "tampering": 4.0}
GIVEN = {kind: WRITTEN.get(kind, 8.0) for kind in KINDS if kind != "untouched"}


def guided() -> list[list[str]]:
    """Return the commands of the guide, as a shell would split them."""
    text = (PROJECT / "solutions" / "grading_guide.md").read_text(encoding="utf-8")
    return [shlex.split(line)[1:] for line in text.splitlines() if re.match(r"backchannel \w", line)]


class Course:
    """One class, and what the commands said."""

    def __init__(self, folder: ClassFolder, class_: list[Person]) -> None:
        self.folder, self.class_ = folder, class_
        self.said: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.ids = {student.moodle: student.id for student in load(folder).values()}

    def of(self, person: Person) -> str:
        return self.ids[person.number]


@pytest.fixture(scope="module")
def key():
    return require_key(load_dossier(PROJECT / "course_data"))


@pytest.fixture(scope="module")
def course(key, tmp_path_factory) -> Iterator[Course]:
    """Follow the guide from its first command to its last."""
    root = tmp_path_factory.mktemp("course")
    class_ = people(key, EXERCISE, root / "homes", each=EACH)
    (root / "Exercise 03.zip").write_bytes(moodle_archive(class_, f"{EXERCISE}.ipynb"))
    (root / "worksheet.csv").write_text(moodle_worksheet(class_), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # A cell may take five seconds here, since some never end.
        seconds, _, *others = Limits.__init__.__defaults__
        patch.setattr(Limits.__init__, "__defaults__", (seconds, 5.0, *others))
        patch.chdir(root)
        patch.setenv(VARIABLE, str(root / "class"))
        made = None
        said, status = {}, {}
        for words in guided():
            name = " ".join(words[:2]) if words[0] == "export" else words[0]
            if name == "lab":
                _mark(Course(find_class(), class_))
                continue
            with contextlib.redirect_stdout(io.StringIO()) as text:
                status[name] = cli.main(words + (_without_sandbox() if name == "grade" else []))
            said[name] = text.getvalue()
        made = Course(find_class(), class_)
        made.said, made.status = said, status
        yield made


def _without_sandbox() -> list[str]:
    """Return the words that do without a sandbox, where there is none."""
    return [] if sandboxed.can_be_made() else ["--without-sandbox", TRUST]


def _mark(course: Course) -> None:
    """Mark every written answer, as a person does on the marking page."""
    grading = open_grading(course.folder.root)
    for person in course.class_:
        if person.handed.kind in GIVEN:
            grading.give("ex03-3", course.of(person), GIVEN[person.handed.kind], "Well argued.")


def _by_kind(course: Course, kind: str) -> list[Person]:
    found = [person for person in course.class_ if person.handed.kind == kind]
    assert len(found) == EACH
    return found


def test_the_guide_names_every_step_once():
    steps = [" ".join(words[:2]) if words[0] == "export" else words[0] for words in guided()]
    assert steps == [
        "release",
        "collect",
        "grade",
        "lab",
        "feedback",
        "export grades",
        "export labels",
        "report",
    ]


def test_every_command_ends_well(course):
    assert not any(course.status.values()), course.status
    assert "5 stopped (named above; their points count)" in course.said["grade"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_gets_the_marks_it_earned(course, kind):
    table = gradebook.scores(course.folder).set_index(["student", "task"])
    for person in _by_kind(course, kind):
        student = course.of(person)
        for task, points in person.handed.points.items():
            assert table.loc[(student, task), "auto"] == points, f"{kind}, {task}"
        written = table.loc[(student, "ex03-3")]
        if kind in GIVEN:
            assert (written["manual"], written["comment"]) == (GIVEN[kind], "Well argued.")
        assert not written["to_mark"], kind


def test_what_was_unusual_is_named(course):
    said = {
        "notebook-only": "restored",
        "untouched": "journal",
        "stuck": "while True",
        "tampering": "deleted",
    }
    for kind, words in said.items():
        for person in _by_kind(course, kind):
            place = next(p for p in course.folder.places() if p.student == course.of(person))
            record = read_record(course.folder, place)
            about = json.loads(course.folder.about(place).read_text(encoding="utf-8"))
            assert words in " ".join((*record.findings, *about["findings"])), kind
            assert record.status == ("stopped" if kind == "stuck" else "graded")


def test_the_platform_gets_its_own_table_filled(course):
    path = course.folder.root.parent / "class" / "grades-03.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    by_number = {person.number: person for person in course.class_}
    assert len(rows) == len(course.class_)
    for row in rows:
        handed = by_number[row["Identifier"].removeprefix("Participant ")].handed
        earned = sum(handed.points.values()) + GIVEN.get(handed.kind, 0.0)
        assert float(row["Grade"]) == earned, handed.kind


def test_everyone_gets_a_page_that_holds_nothing_of_the_key(course, key):
    kept = leaks.secrets(load_dossier(PROJECT / "course_data"), key, release.masters(PROJECT))
    reasons = {text for _right, reason in key.options.values() for text in (reason.en, reason.de)}
    pages = {place.student: course.folder.feedback(place) for place in course.folder.places()}
    assert len(pages) == len(course.class_)
    for person in _by_kind(course, "wrong"):
        page = pages[course.of(person)].read_text(encoding="utf-8")
        # The reason of an answer that a student gave may be shown to that student.
        assert not [secret for secret in kept - reasons if secret in page]
        assert "<script>alert" not in page
    with zipfile.ZipFile(course.folder.root.parent / "class" / "feedback-03.zip") as archive:
        assert len(archive.namelist()) == len(course.class_)
        for person in course.class_:
            assert any(person.number in name for name in archive.namelist())


def test_report_and_labels_name_nobody(course):
    root = course.folder.root
    told = (root / "report-03.html").read_text(encoding="utf-8")
    labels = (root.parent / "class" / "labels.csv").read_text(encoding="utf-8-sig")
    for person in course.class_:
        for sign in (person.name, person.email, person.number, course.of(person)):
            assert sign not in told
            assert sign not in labels
    students = load(course.folder)
    assert students[course.of(_by_kind(course, "excellent")[0])].pseudonym in told
    rows = csv.DictReader(io.StringIO(labels))
    assert len({row["student"] for row in rows}) == len(course.class_) - EACH, "all but those who did nothing"


def test_a_second_run_changes_no_mark(course, capsys):
    before = gradebook.scores(course.folder)
    collect, grade = (words for words in guided() if words[0] in ("collect", "grade"))
    cli.main(collect)
    cli.main([*grade, *_without_sandbox()])
    assert gradebook.scores(course.folder).equals(before)
    assert "40 unchanged" in capsys.readouterr().out
