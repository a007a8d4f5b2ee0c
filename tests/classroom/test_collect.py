"""Collecting: everything finds its place, the right version counts, nothing is lost, all of it is told."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from classroom.handed import (
    NAME,
    OTHER,
    class_folder,
    decision,
    hand_in_cell,
    journal,
    moodle,
    released,
    sheet,
    untouched,
    zipped,
)

from backchannel.classroom import students
from backchannel.classroom.collecting import collect as collecting
from backchannel.classroom.collecting import copies, shelf, telling
from backchannel.classroom.collecting.collect import collect, read_due
from backchannel.classroom.collecting.collection import Collection
from backchannel.classroom.collecting.versions import NO_JOURNAL
from backchannel.classroom.folder import ClassFolder, Place, exercise_named
from backchannel.classroom.records import Collected, read_collected, sha256
from backchannel.errors import BackchannelError, UsageError

ANNA, BEN = moodle("Anna Müller", 1), moodle("Ben Meier", 2)
FLAT = moodle("Anna Müller", 1, folders=False)
AT_ANNA = Place("anna-mueller-1", NAME)
DUE = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Desk:
    """A class folder, and a folder where sources are put."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder: ClassFolder = class_folder(root / "class")
        self.count = 0

    def archive(self, files: dict[str, bytes], name: str = "", **about: object) -> Path:
        self.count += 1
        path = self.root / (name or f"moodle-{self.count}.zip")
        path.write_bytes(zipped(files, **about))
        return path

    def tree(
        self, files: dict[str, bytes], name: str = "hand-ins", times: dict[str, datetime] | None = None
    ) -> Path:
        for file, content in files.items():
            path = self.root / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if times:
                moment = times[file.split("/")[0]].timestamp()
                os.utime(path, (moment, moment))
        return self.root / name

    def take(self, files: dict[str, bytes], **options: object) -> Collection:
        return collect(self.folder, [self.archive(files)], **options)

    def record(self, place: Place = AT_ANNA) -> Collected:
        return read_collected(self.folder, place)

    def bytes(self, place: Place = AT_ANNA) -> tuple[bytes, bytes]:
        path = self.folder.journal(place)
        return self.folder.notebook(place).read_bytes(), path.read_bytes() if path.exists() else b""

    def earlier(self, place: Place = AT_ANNA) -> list[set[str]]:
        """Return which fingerprints lie in each folder of earlier versions."""
        folder = self.folder.root / "earlier" / place.student / place.exercise
        return [
            {
                sha256(path.read_bytes())
                for path in sorted(number.iterdir())
                if path.suffix in (".ipynb", ".jsonl")
            }
            for number in sorted(folder.glob("*"))
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def outcomes(found: Collection) -> list[tuple[str, str]]:
    return [(row.name, row.outcome) for row in found.rows]


def sentences(found: Collection) -> str:
    return "\n".join(row.sentence for row in found.rows)


def said(found: Collection) -> str:
    return "\n".join(telling.lines(found))


# --- where it comes from ---------------------------------------------------------------------------------


def test_an_archive_of_moodle_is_taken_in_byte_for_byte(desk):
    work, answers = sheet("Anna's."), journal(21, "Anna")
    found = desk.take(
        {f"{ANNA}{NAME}.ipynb": work, f"{ANNA}journal.jsonl": answers, f"{BEN}{NAME}.ipynb": sheet("Ben's.")}
    )
    assert list(desk.folder.places()) == [AT_ANNA, Place("ben-meier-2", NAME)]
    assert desk.bytes() == (work, answers)
    assert desk.record() == Collected(
        AT_ANNA.student,
        NAME,
        f"moodle-1.zip/{ANNA}{NAME}.ipynb",
        notebook=sha256(work),
        journal=sha256(answers),
    )
    assert desk.record(Place("ben-meier-2", NAME)).findings == (NO_JOURNAL,)
    anna, ben = students.load(desk.folder).values()
    assert (anna.name, anna.moodle, ben.name) == ("Anna Müller", "1", "Ben Meier")
    assert anna.pseudonym != ben.pseudonym
    assert found.status == 0


@pytest.mark.parametrize(
    "files",
    [
        {f"{FLAT}{NAME}.ipynb": 0, f"{FLAT}journal.jsonl": 1},
        {f"muelleranna_7_1001_{NAME}-1.ipynb": 0, "muelleranna_7_1002_journal-1.jsonl": 1},
        {"Anna Müller/hand-in.ipynb": 0, "Anna Müller/journal.jsonl": 1, "Ben/notes/thing.ipynb": 2},
        {f"submitted/anna/{NAME}/{NAME}.ipynb": 0, f"submitted/anna/{NAME}/journal.jsonl": 1},
        {"anna.zip": (0, 1), "ben.zip": (2,)},
        {"MATH-03.zip": (0, 1)},
        {f"{ANNA}all.zip": (0, 1)},
    ],
)  # fmt: skip
def test_every_form_of_hand_in_is_understood(desk, files):
    contents = (sheet("Anna's."), journal(), sheet("Ben's."))
    built = {}
    for name, what in files.items():
        inner = (
            [(f"{NAME}.ipynb", "journal.jsonl", "ben.ipynb")[n] for n in what]
            if isinstance(what, tuple)
            else []
        )
        prefix = ANNA if name.startswith("MATH") else ""
        built[name] = (
            zipped({prefix + label: contents[n] for label, n in zip(inner, what, strict=True)})
            if isinstance(what, tuple)
            else contents[what]
        )
    found = collect(desk.folder, [desk.tree(built)])
    assert found.status == 0
    anna = next(place for place in desk.folder.places() if "anna" in place.student)
    assert desk.bytes(anna) == contents[:2]
    assert len(found.submissions) == 1 + any("ben" in name.lower() for name in files)


def test_a_single_notebook_named_after_a_student_is_taken_in(desk):
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("first")})
    path = desk.tree({"x": b""}) / "anna mueller.ipynb"
    path.write_bytes(sheet("by mail"))
    found = collect(desk.folder, [path])
    assert desk.bytes()[0] == sheet("by mail")
    assert found.students.keys() == {"anna-mueller-1"}


def test_a_notebook_without_any_name_is_refused_with_what_to_do(desk):
    path = desk.root / f"{NAME}.ipynb"
    path.write_bytes(sheet())
    found = collect(desk.folder, [path])
    assert "put it into a folder named after the student" in sentences(found)
    assert found.status == 1
    assert not list(desk.folder.places())


def test_text_typed_into_the_platform_is_passed_over_with_a_word(desk):
    found = desk.take(
        {
            f"{ANNA}{NAME}.ipynb": sheet(),
            "Anna Müller_1_assignsubmission_onlinetext/onlinetext.html": b"<p>Hi",
        }
    )
    assert (found.rows[1].outcome, found.rows[1].sentence) == (
        "ignored",
        "is text typed into the platform; passed over",
    )
    assert found.status == 0


def test_other_files_matter_only_where_the_notebook_is_missing(desk):
    with_notebook = desk.take({f"{ANNA}{NAME}.ipynb": sheet(), f"{ANNA}notes.pdf": b"%PDF-1.7"})
    assert outcomes(with_notebook)[1] == ("notes.pdf", "ignored")
    assert with_notebook.rows[1].sentence == "is a PDF; not needed"
    assert with_notebook.status == 0
    only_journal = desk.take({f"{BEN}notes.pdf": b"%PDF-1.7", f"{BEN}journal.jsonl": journal()})
    assert {outcome for _, outcome in outcomes(only_journal)} == {"refused"}
    students.store(desk.folder, [])
    without = desk.take({f"{BEN}notes.pdf": b"%PDF-1.7"})
    assert outcomes(without) == [("notes.pdf", "refused")]
    assert without.rows[0].who == "Ben Meier"
    assert without.rows[0].sentence.endswith("ask for the notebook itself, the file that ends in .ipynb")
    assert "ben-meier-2" not in students.load(desk.folder)


# --- which exercise --------------------------------------------------------------------------------------


def bare(exercise: str = NAME) -> dict:
    """Return a worked notebook that lost nbgrader's marks."""
    notebook = json.loads(sheet("Mine.", exercise))
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


def without_opening(notebook: dict) -> dict:
    cells = notebook["cells"]
    return notebook | {"cells": [cell for cell in cells if cell["id"] not in ("title", "open")]}


@pytest.mark.parametrize(
    "name", ["Untitled1.ipynb", "03_how_sure_is_who (2).ipynb", "final_FINAL.ipynb", "04.txt"]
)
@pytest.mark.parametrize(
    "content",
    [
        sheet(),
        json.dumps(bare()).encode(),
        json.dumps(bare() | {"cells": bare()["cells"][1:]}).encode(),
        json.dumps(without_opening(bare())).encode(),
    ],
    ids=["marks", "title", "open_exercise", "texts"],
)
def test_an_exercise_is_known_by_what_is_in_it(desk, name, content):
    desk.take({f"{ANNA}{name}": content})
    assert list(desk.folder.places()) == [AT_ANNA]
    assert desk.record().findings == (NO_JOURNAL,)


def test_an_exercise_known_by_its_name_only_says_so(desk):
    empty = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode()
    found = desk.take({f"{ANNA}Exercise 3.ipynb": empty, f"{BEN}thoughts.ipynb": empty})
    assert list(desk.folder.places()) == [AT_ANNA]
    assert desk.record().findings[0].startswith("Only its name says which exercise")
    assert "is a notebook, but of no exercise of this course" in sentences(found)


def test_cells_of_two_exercises_are_told(desk):
    notebook = json.loads(sheet())
    notebook["cells"] += released(OTHER)["cells"][6:8]
    desk.take({f"{ANNA}a.ipynb": json.dumps(notebook).encode()})
    assert "The notebook holds cells of exercise 04 too." in desk.record().findings


def test_the_notebook_of_a_lesson_is_not_taken_for_an_exercise(desk):
    lesson = (desk.folder.project / "notebooks" / f"{NAME}.ipynb").read_bytes()
    found = desk.take({f"{ANNA}{NAME}.ipynb": lesson})
    assert f"is the notebook of lesson 03, not of an exercise; ask for exercises/{NAME}" in sentences(found)
    assert found.status == 1


def test_several_exercises_in_one_archive_and_only_one_where_wanted(desk):
    files = {
        f"{ANNA}a.ipynb": sheet("three"),
        f"{ANNA}b.ipynb": sheet("four", OTHER),
        f"{ANNA}journal.jsonl": journal(5) + journal(7, activity="ex04-1"),
    }
    one = desk.take(files, exercise="04")
    assert list(desk.folder.places()) == [Place("anna-mueller-1", OTHER)]
    assert "is of exercise 03, and only 04 was asked for" in sentences(one)
    assert one.status == 0
    both = desk.take(files)
    assert list(desk.folder.places()) == [AT_ANNA, Place("anna-mueller-1", OTHER)]
    assert {folder_journal for _, folder_journal in map(desk.bytes, desk.folder.places())} == {
        files[f"{ANNA}journal.jsonl"]
    }
    assert "journal, 5 decisions" in sentences(both)


def test_a_whole_course_in_an_archive_gives_the_exercises_that_were_worked_on(desk):
    course = {
        f"{moodle('Anna Müller', 1)}course.zip": zipped(
            {
                f"backchannel/exercises/{NAME}/{NAME}.ipynb": sheet("worked"),
                f"backchannel/exercises/{NAME}/journal.jsonl": journal(),
                f"backchannel/exercises/{OTHER}/{OTHER}.ipynb": untouched(OTHER),
                "backchannel/README.md": b"# hello",
                "backchannel/src/a.py": b"import this",
                "backchannel/.git/config": b"[x]",
            }
        )
    }
    found = desk.take(course)
    assert list(desk.folder.places()) == [AT_ANNA]
    assert found.status == 0
    assert "exercise 04 as it was handed out; passed over" in sentences(found)
    assert "other files, which nobody needs" in said(found)


def test_an_untouched_exercise_alone_is_a_submission_that_says_so(desk):
    desk.take({f"{ANNA}{NAME}.ipynb": untouched()})
    assert desk.record().findings == ("The notebook is as it was handed out.", NO_JOURNAL)


# --- journals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["journal.jsonl", "journal (1).jsonl", "journal-1.jsonl", "journal.jsonl.txt", "x"]
)
def test_a_journal_is_known_by_its_lines(desk, name):
    desk.take({f"{ANNA}{NAME}.ipynb": sheet(), f"{ANNA}{name}": journal(4)})
    assert desk.bytes()[1] == journal(4)


def test_a_byte_order_mark_is_taken_off(desk):
    mark = b"\xef\xbb\xbf"
    desk.take({f"{ANNA}{NAME}.ipynb": mark + sheet(), f"{ANNA}journal.jsonl": mark + journal(4)})
    assert desk.bytes() == (sheet(), journal(4))
    assert desk.record().journal == sha256(journal(4))


def test_journals_of_several_exercises_go_where_their_answers_belong(desk):
    desk.take(
        {
            f"{ANNA}a.ipynb": sheet(),
            f"{ANNA}b.ipynb": sheet("x", OTHER),
            f"{ANNA}journal.jsonl": journal(3, activity="ex04-1"),
            f"{ANNA}journal (1).jsonl": journal(4),
        }
    )
    assert desk.bytes()[1] == journal(4)
    assert desk.bytes(Place(AT_ANNA.student, OTHER))[1] == journal(3, activity="ex04-1")


def test_a_journal_without_answers_goes_with_the_notebook_beside_it(desk):
    settings = decision(1, activity="workspace")
    desk.take({f"{ANNA}{NAME}.ipynb": sheet(), f"{ANNA}journal.jsonl": settings})
    assert desk.bytes()[1] == settings
    assert desk.record().findings == ("The journal holds no decision on exercise 03.",)


def test_a_missing_journal_is_restored_from_the_notebook(desk):
    answers = journal(21)
    found = desk.take({f"{ANNA}{NAME}.ipynb": sheet(carried=answers)})
    assert desk.bytes()[1] == answers
    assert desk.record().findings == (
        "The journal was restored from the notebook's last cell, 21 decisions.",
    )
    assert "1 journal restored from the notebook: Anna Müller" in said(found)


def test_a_journal_with_fewer_decisions_than_the_notebook_is_restored_and_kept(desk):
    found = desk.take(
        {f"{ANNA}{NAME}.ipynb": sheet(carried=journal(21)), f"{ANNA}journal.jsonl": journal(20)}
    )
    assert desk.bytes()[1] == journal(21)
    assert desk.earlier() == [{sha256(journal(20))}]
    assert "another journal counts; kept in earlier/anna-mueller-1/03_how_sure_is_who/1" in sentences(found)


def test_a_journal_with_more_decisions_than_the_notebook_counts(desk):
    desk.take({f"{ANNA}{NAME}.ipynb": sheet(carried=journal(20)), f"{ANNA}journal.jsonl": journal(21)})
    assert desk.bytes()[1] == journal(21)
    assert desk.record().findings == ()


@pytest.mark.parametrize(
    "carried",
    [
        None,
        [],
        {"lines": "x"},
        {"lines": [1, None, {}, ["x"]]},
        {"lines": ["rubbish", "{}", "[" * 50_000]},
        {"lines": [journal(2).decode()]},  # two lines in one
        {"lines": [decision(1, activity="01-claims").decode().strip()]},
        {"lines": ["x" * 3_000_000]},
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_a_notebook_carries_is_read_as_data_only(desk, carried):
    notebook = json.loads(sheet())
    notebook["cells"].append(hand_in_cell(carried))
    found = desk.take({f"{ANNA}{NAME}.ipynb": json.dumps(notebook).encode()})
    assert desk.record().journal == ""
    assert NO_JOURNAL in desk.record().findings
    assert found.status == 0


def test_lines_that_are_none_are_left_out_of_a_restored_journal(desk):
    notebook = json.loads(sheet())
    lines = ["rubbish", *journal(3).decode().splitlines(), '{"id": 1}', "x\ny"]
    notebook["cells"].append(hand_in_cell({"lines": lines}))
    desk.take({f"{ANNA}{NAME}.ipynb": json.dumps(notebook).encode()})
    assert desk.bytes()[1] == journal(3)


def test_the_same_journal_twice_is_one(desk):
    found = desk.take(
        {
            f"{ANNA}{NAME}.ipynb": sheet(),
            f"{ANNA}journal.jsonl": journal(),
            f"{ANNA}journal (1).jsonl": journal(),
        }
    )
    assert sorted(outcomes(found)[1:]) == [("journal (1).jsonl", "collected"), ("journal.jsonl", "duplicate")]
    assert desk.earlier() == []


@pytest.mark.parametrize("longer", ["journal.jsonl", "journal (1).jsonl"])
def test_of_two_journals_the_one_that_holds_the_other_counts(desk, longer):
    shorter = ({"journal.jsonl", "journal (1).jsonl"} - {longer}).pop()
    desk.take(
        {f"{ANNA}{NAME}.ipynb": sheet(), f"{ANNA}{longer}": journal(21), f"{ANNA}{shorter}": journal(9)}
    )
    assert desk.bytes()[1] == journal(21)
    assert desk.earlier() == [{sha256(journal(9))}]
    assert desk.record().findings == ()


def test_journals_that_differ_are_not_merged_the_latest_counts_and_it_is_said(desk):
    one, other = journal(9, seed="one"), journal(4, seed="other")
    found = desk.take(
        {f"{ANNA}{NAME}.ipynb": sheet(), f"{ANNA}journal.jsonl": one, f"{ANNA}journal (1).jsonl": other}
    )
    assert desk.bytes()[1] == other
    assert desk.earlier() == [{sha256(one)}]
    assert desk.record().findings[0].startswith("Several journals came that do not contain one another")
    assert "another journal counts; kept in earlier/" in sentences(found)


def test_a_journal_that_comes_later_joins_its_notebook(desk):
    desk.take({f"{ANNA}{NAME}.ipynb": sheet()})
    found = desk.take({f"{ANNA}journal.jsonl": journal()})
    assert desk.bytes() == (sheet(), journal())
    assert desk.record().findings == ()
    assert [outcome for outcome, _ in found.submissions.values()] == ["replaced"]
    assert desk.earlier() == [{sha256(sheet())}]


def test_a_journal_without_its_notebook_is_refused_with_what_to_ask_for(desk):
    found = desk.take({f"{ANNA}journal.jsonl": journal()})
    assert f"came without its notebook; ask for {NAME}.ipynb" in sentences(found)
    assert found.status == 1


def test_a_new_notebook_without_a_journal_keeps_the_one_that_is_there(desk):
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("one"), f"{ANNA}journal.jsonl": journal()})
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("two")})
    assert desk.bytes() == (sheet("two"), journal())


# --- versions --------------------------------------------------------------------------------------------


def test_the_latest_of_several_notebooks_counts_and_the_others_are_kept(desk):
    found = desk.take(
        {
            f"{ANNA}{NAME}.ipynb": sheet("first"),
            f"{ANNA}{NAME} (2).ipynb": sheet("third"),
            f"{ANNA}{NAME} (1).ipynb": sheet("second"),
            f"{ANNA}copy.ipynb": sheet("first"),
        }
    )
    assert desk.bytes()[0] == sheet("third")
    assert desk.earlier() == [{sha256(sheet("first"))}, {sha256(sheet("second"))}]
    assert dict(outcomes(found)) == {
        f"{NAME} (2).ipynb": "collected",
        f"{NAME} (1).ipynb": "earlier",
        "copy.ipynb": "earlier",
        f"{NAME}.ipynb": "duplicate",
    }


def test_the_upload_tells_which_version_of_canvas_is_later(desk):
    first = {f"muelleranna_7_1009_{NAME}.ipynb": sheet("first")}
    second = {f"muelleranna_7_2001_{NAME}-1.ipynb": sheet("second")}
    place = Place("muelleranna-7", NAME)
    desk.take(second)
    older = desk.take(first)
    assert desk.bytes(place)[0] == sheet("second")
    assert "older than what was collected before; kept in earlier/" in sentences(older)
    desk.take({f"muelleranna_7_2002_{NAME}-2.ipynb": sheet("third")})
    assert desk.bytes(place)[0] == sheet("third")
    assert {sha256(sheet("first"))} in desk.earlier(place)
    assert {sha256(sheet("second"))} in desk.earlier(place)


def test_times_in_an_archive_of_the_student_tell_which_is_later(desk):
    old = zipped({"a.ipynb": sheet("old")}, date_time=(2026, 11, 1, 8, 0, 0))
    new = zipped({"a.ipynb": sheet("new")}, date_time=(2026, 11, 9, 8, 0, 0))
    desk.take({f"{ANNA}z.zip": old, f"{ANNA}a.zip": new})
    assert desk.bytes()[0] == sheet("new")


def test_a_later_run_replaces_and_an_old_archive_never_takes_it_back(desk):
    one = {f"{ANNA}{NAME}.ipynb": sheet("one"), f"{ANNA}journal.jsonl": journal(5)}
    two = {f"{ANNA}{NAME}.ipynb": sheet("two"), f"{ANNA}journal.jsonl": journal(21)}
    desk.take(one)
    found = desk.take(two)
    assert "in place of what lies in earlier/anna-mueller-1/03_how_sure_is_who/1 now" in sentences(found)
    assert desk.bytes() == (sheet("two"), journal(21))
    again = desk.take(one)
    assert desk.bytes() == (sheet("two"), journal(21))
    assert sentences(again).count("kept in earlier/anna-mueller-1/03_how_sure_is_who/1") == 2
    assert desk.earlier() == [{sha256(sheet("one")), sha256(journal(5))}]
    assert again.status == 0


def test_an_earlier_version_is_put_in_force_where_that_is_wanted(desk):
    for text in ("one", "two"):
        desk.take({f"{ANNA}{NAME}.ipynb": sheet(text)})
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("one")}, take=True)
    assert desk.bytes()[0] == sheet("one")
    assert {sha256(sheet("two"))} in desk.earlier()


def test_a_submission_handed_in_before_the_one_in_force_does_not_replace_it(desk):
    times = {"anna": datetime(2026, 11, 20, tzinfo=UTC), "ben": datetime(2026, 11, 1, tzinfo=UTC)}
    collect(desk.folder, [desk.tree({"anna/a.ipynb": sheet("new"), "ben/a.ipynb": sheet()}, "one", times)])
    times["anna"] = datetime(2026, 11, 10, tzinfo=UTC)
    found = collect(
        desk.folder, [desk.tree({"anna/a.ipynb": sheet("old"), "ben/a.ipynb": sheet()}, "two", times)]
    )
    assert desk.bytes(Place("anna", NAME))[0] == sheet("new")
    assert "older than what was collected before" in sentences(found)


def test_what_was_changed_in_its_place_is_collected_anew_and_kept(desk):
    files = {f"{ANNA}{NAME}.ipynb": sheet("handed in")}
    desk.take(files)
    desk.folder.notebook(AT_ANNA).write_bytes(sheet("changed since"))
    desk.take(files)
    assert desk.bytes()[0] == sheet("handed in")
    assert desk.earlier() == [{sha256(sheet("changed since"))}]


def test_two_students_of_one_name_stay_two(desk):
    found = desk.take({f"{moodle('Anna Müller', n)}{NAME}.ipynb": sheet(str(n)) for n in (1, 2)})
    assert [place.student for place in desk.folder.places()] == ["anna-mueller-1", "anna-mueller-2"]
    assert {row.who for row in found.rows} == {"Anna Müller (1)", "Anna Müller (2)"}
    desk.take({f"{moodle('Anna Müller', n)}{NAME}.ipynb": sheet(f"again {n}") for n in (1, 2)})
    assert len(list(desk.folder.places())) == 2


# --- when ------------------------------------------------------------------------------------------------

WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Last modified (submission)\n"
    'Participant 1,Anna Müller,anna@example.org,x,,"{}"\n'
    'Participant 2,Ben Meier,ben@example.org,x,,"{}"\n'
    "Participant 3,Zoë Nobody,zoe@example.org,x,,-\n"
)


def worksheet(desk: Desk, *moments: datetime) -> Path:
    local = (moment.astimezone() for moment in moments)
    path = desk.root / "worksheet.csv"
    path.write_text(WORKSHEET.format(*(f"{m:%A, %d %B %Y, %I:%M %p}" for m in local)), encoding="utf-8")
    return path


def test_moodles_worksheet_says_who_was_late_and_who_handed_in_nothing(desk):
    files = {f"{ANNA}{NAME}.ipynb": sheet("a"), f"{BEN}{NAME}.ipynb": sheet("b")}
    listed = worksheet(
        desk, datetime(2026, 11, 22, 13, 5, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC)
    )
    found = desk.take(files, students=listed, due=DUE)
    anna, ben = desk.record(), desk.record(Place("ben-meier-2", NAME))
    assert (anna.received, anna.late) == ("2026-11-22T13:05:00Z", 65 * 60)
    assert (ben.received, ben.late) == ("2026-11-22T11:00:00Z", 0)
    stamp = desk.folder.submitted(AT_ANNA) / "timestamp.txt"
    assert stamp.read_text(encoding="utf-8") == "2026-11-22 13:05:00.000000 UTC"
    text = said(found)
    assert "1 late: Anna Müller, 1 hour 5 minutes" in text
    assert "No exercise 03 from 1 of 3 on the list: Zoë Nobody" in text
    assert found.missing == {NAME: ("zoe-nobody-3",)}
    assert found.undated == ()


def test_nbgrader_reads_our_timestamp(desk):
    from nbgrader.utils import parse_utc

    listed = worksheet(
        desk, datetime(2026, 11, 22, 13, 5, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC)
    )
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("a")}, students=listed)
    stamp = (desk.folder.submitted(AT_ANNA) / "timestamp.txt").read_text(encoding="utf-8")
    assert parse_utc(stamp) == datetime(2026, 11, 22, 13, 5)


def test_the_due_date_may_come_later_than_the_submission_and_stays(desk):
    files = {f"{ANNA}{NAME}.ipynb": sheet("a")}
    listed = worksheet(desk, datetime(2026, 11, 22, 13, tzinfo=UTC), DUE)
    desk.take(files)
    assert not (desk.folder.submitted(AT_ANNA) / "timestamp.txt").exists()
    desk.take(files, students=listed, due=DUE)
    assert desk.record().late == 3600
    assert (desk.folder.submitted(AT_ANNA) / "timestamp.txt").exists()
    desk.take(files)
    assert (desk.record().late, desk.record().received) == (3600, "2026-11-22T13:00:00Z")
    assert desk.earlier() == []


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-22 14:00:00.123456 UTC", "2026-11-22 15:00:00 Europe/Berlin", "2026-11-22 16:00:00.5 +0200"],
)
def test_nbgraders_own_timestamp_is_used(desk, stamp):
    place = f"submitted/anna/{NAME}"
    source = desk.tree({f"{place}/{NAME}.ipynb": sheet(), f"{place}/timestamp.txt": stamp.encode()})
    found = collect(desk.folder, [source], due=DUE)
    assert desk.record(Place("anna", NAME)).late == 2 * 3600
    assert found.status == 0


def test_a_timestamp_within_an_archive_of_the_student_is_not_believed(desk):
    inner = zipped({f"{NAME}.ipynb": sheet(), "timestamp.txt": b"2026-11-01 00:00:00 UTC"})
    collect(desk.folder, [desk.tree({"anna/all.zip": inner, "ben/all.zip": inner})], due=DUE)
    assert desk.record(Place("anna", NAME)).received == ""


def test_times_of_files_count_where_they_are_those_of_the_students(desk):
    times = {"anna": datetime(2026, 11, 22, 13, tzinfo=UTC), "ben": datetime(2026, 11, 20, tzinfo=UTC)}
    files = {"anna/a.ipynb": sheet("a"), "ben/a.ipynb": sheet("b")}
    found = collect(desk.folder, [desk.tree(files, times=times)], due=DUE)
    anna = desk.record(Place("anna", NAME))
    assert (anna.received, anna.late) == ("2026-11-22T13:00:00Z", 3600)
    assert "It is late by the time of the file; nothing else says when it came." in anna.findings
    assert found.undated == ()


def test_times_that_a_download_or_a_copy_made_do_not_count(desk):
    late = datetime(2026, 11, 25, tzinfo=UTC)
    files = {"anna/a.ipynb": sheet("a"), "ben/a.ipynb": sheet("b")}
    found = collect(desk.folder, [desk.tree(files, times={"anna": late, "ben": late})], due=DUE)
    assert [record.late for _, record in found.submissions.values()] == [0, 0]
    assert len(found.undated) == 2
    assert "When they came is not known of: 2, so none of these counts as late." in said(found)


def test_a_file_that_is_older_than_the_due_date_is_surely_in_time(desk):
    early = datetime(2026, 11, 2, tzinfo=UTC)
    files = {"anna/a.ipynb": sheet("a"), "ben/a.ipynb": sheet("b")}
    found = collect(desk.folder, [desk.tree(files, times={"anna": early, "ben": early})], due=DUE)
    assert found.undated == ()


def test_canvas_says_late_but_not_by_how_much(desk):
    found = desk.take({f"muelleranna_LATE_7_1009_{NAME}.ipynb": sheet()}, due=DUE)
    record = desk.record(Place("muelleranna-7", NAME))
    assert (record.late, record.received) == (1, "")
    assert "Canvas marks it as late, and does not say by how much." in record.findings
    assert "1 late: muelleranna, marked late" in said(found)


def test_answers_after_the_due_date_are_told_where_nothing_says_when_it_came(desk):
    answers = journal(3) + decision(99, at="2026-11-23T09:00:00.000Z")
    desk.take({f"{ANNA}{NAME}.ipynb": sheet(), f"{ANNA}journal.jsonl": answers}, due=DUE)
    assert (
        "The last answer in the journal is of 2026-11-23T09:00:00Z, after the due date."
        in desk.record().findings
    )
    assert desk.record().late == 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-12-01T23:59+01:00", datetime(2026, 12, 1, 22, 59, tzinfo=UTC)),
        ("2026-12-01 23:59", datetime(2026, 12, 1, 23, 59).astimezone()),
        ("2026-12-01", datetime(2026, 12, 1, 23, 59, 59).astimezone()),
    ],
)
def test_due_dates_are_read(text, wanted):
    assert read_due(text) == wanted


def test_a_due_date_that_is_none_is_told():
    with pytest.raises(UsageError, match="--due tomorrow is no date; write it as"):
        read_due("tomorrow")


# --- the same decisions with several ---------------------------------------------------------------------


def test_the_same_decisions_in_two_journals_are_told_of_both_in_neutral_words(desk):
    shared = journal(12, "Ben")
    found = desk.take(
        {
            f"{ANNA}{NAME}.ipynb": sheet("a"),
            f"{ANNA}journal.jsonl": shared + journal(9, "Anna"),
            f"{BEN}{NAME}.ipynb": sheet("b"),
            f"{BEN}journal.jsonl": shared,
        }
    )
    (pair,) = found.shared
    assert (pair.students, pair.same, pair.totals) == (("anna-mueller-1", "ben-meier-2"), 12, (21, 12))
    sign = "have the same ids as decisions in the journal of"
    assert f"Of its decisions 12 of 21 {sign} ben-meier-2; ids are drawn at random." in desk.record().findings
    ben = desk.record(Place("ben-meier-2", NAME))
    assert f"Of its decisions 12 of 12 {sign} anna-mueller-1; ids are drawn at random." in ben.findings
    told = "Exercise 03: Anna Müller and Ben Meier have 12 decisions with the same ids, of 21 and 12"
    assert told in said(found)
    assert "The journal gives more than one name: Anna (9), Ben (12)." in desk.record().findings


def test_copies_are_found_across_runs_and_forgotten_when_they_are_gone(desk):
    desk.take({f"{BEN}{NAME}.ipynb": sheet("b"), f"{BEN}journal.jsonl": journal(5, "Ben")})
    ben = Place("ben-meier-2", NAME)
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("a"), f"{ANNA}journal.jsonl": journal(5, "Ben")})
    assert any(map(copies.is_about_sharing, desk.record(ben).findings))
    desk.take({f"{ANNA}journal (1).jsonl": journal(6, "Anna")})
    assert not any(map(copies.is_about_sharing, desk.record(ben).findings))


def test_a_journal_that_a_whole_class_shares_is_told_in_one_sentence(desk):
    files = {}
    for number in range(6):
        folder = moodle(f"Student {chr(65 + number)}", number + 1)
        files |= {f"{folder}{NAME}.ipynb": sheet(str(number)), f"{folder}journal.jsonl": journal(3, "Model")}
    found = desk.take(files)
    assert len(found.shared) == 15
    finding = next(f for f in desk.record(Place("student-a-1", NAME)).findings if copies.is_about_sharing(f))
    assert finding.count("of 3") == 3
    assert "and as those of 2 others" in finding
    assert "3 more pairs" in said(found)


def test_the_same_notebook_alone_is_no_copy(desk):
    found = desk.take({f"{ANNA}{NAME}.ipynb": untouched(), f"{BEN}{NAME}.ipynb": untouched()})
    assert found.shared == ()


# --- runs ------------------------------------------------------------------------------------------------


def snapshot(folder: ClassFolder) -> dict[str, str]:
    return {
        str(path.relative_to(folder.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.root.rglob("*"))
        if path.is_file() and path != folder.log
    }


FULL = {
    f"{ANNA}{NAME}.ipynb": sheet("one"),
    f"{ANNA}{NAME} (1).ipynb": sheet("two"),
    f"{ANNA}journal.jsonl": journal(9),
    f"{ANNA}journal (1).jsonl": journal(21),
    f"{BEN}a.ipynb": sheet("ben", carried=journal(7, "Ben")),
    f"{BEN}b.ipynb": sheet("ben", OTHER),
    f"{BEN}notes.pdf": b"%PDF",
}


def test_running_twice_says_that_nothing_is_new(desk):
    source = desk.archive(FULL)
    first = collect(desk.folder, [source])
    before = snapshot(desk.folder)
    again = collect(desk.folder, [source])
    assert snapshot(desk.folder) == before
    assert {outcome for outcome, _ in again.submissions.values()} == {"same"}
    assert said(again).startswith("Nothing new: 3 submissions as collected before.")
    assert "2 students, 3 submissions of exercise 03, 04: 3 new." in said(first)


def test_the_log_has_a_row_for_each_file_and_grows_run_by_run(desk):
    source = desk.archive(FULL | {f"{BEN}=1+1.exe": b"MZ"})
    collect(desk.folder, [source])
    text = desk.folder.log.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(FULL) + 1
    assert {row["source"] for row in rows} == {source.name}
    assert {row["exercise"] for row in rows if row["file"].endswith("b.ipynb")} == {OTHER}
    desk.folder.log.write_text("\ufeff" + text + "torn", encoding="utf-8")
    collect(desk.folder, [source])
    lines = desk.folder.log.read_text(encoding="utf-8-sig").splitlines()
    assert lines.count("torn") == 1
    assert len(lines) == 2 * (len(FULL) + 1) + 2


def ended_after(folder: ClassFolder, source: Path, moves: int) -> bool:
    """Collect in a process of its own that is ended before it moves one file more, and say whether it was."""
    child = os.fork()
    if not child:
        made = 0

        def counted(real):
            def move(*arguments: object) -> object:
                nonlocal made
                made += 1
                if made > moves:
                    os._exit(99)
                return real(*arguments)

            return move

        Path.rename, Path.replace = counted(Path.rename), counted(Path.replace)
        shutil.copyfile = counted(shutil.copyfile)
        try:
            collect(folder, [source])
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 99


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_run_that_is_ended_anywhere_leaves_whole_files_and_the_next_one_finishes(tmp_path):
    whole = Desk(tmp_path / "whole")
    whole.root.mkdir()
    before = {f"{ANNA}{NAME}.ipynb": sheet("zero"), f"{ANNA}journal.jsonl": journal(3)}
    first, then = whole.archive(before, "first.zip"), whole.archive(FULL, "then.zip")
    collect(whole.folder, [first])
    collect(whole.folder, [then])
    wanted = {name: digest for name, digest in snapshot(whole.folder).items() if name.startswith("submitted")}
    moves = 0
    while True:
        desk = Desk(tmp_path / str(moves))
        desk.root.mkdir()
        collect(desk.folder, [first])
        if not ended_after(desk.folder, then, moves):
            break
        for place in desk.folder.places():
            record = desk.record(place)
            notebook, answers = desk.bytes(place)
            assert (sha256(notebook), sha256(answers) if answers else "") == (record.notebook, record.journal)
        everything = set(snapshot(desk.folder).values())
        assert {sha256(sheet("zero")), sha256(journal(3))} <= everything
        collect(desk.folder, [then])
        after = snapshot(desk.folder)
        assert {name: digest for name, digest in after.items() if name.startswith("submitted")} == wanted
        assert {sha256(sheet("zero")), sha256(journal(3))} <= set(after.values())
        moves += 1
    assert moves >= 20


def test_two_runs_at_once_are_told(desk):
    source = desk.archive(FULL)
    with (
        shelf.opened(desk.folder),
        pytest.raises(UsageError, match="Another `backchannel collect` is at work"),
    ):
        collect(desk.folder, [source])
    assert collect(desk.folder, [source]).status == 0


def test_a_class_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    source = Desk(tmp_path).archive(FULL)
    with pytest.raises(BackchannelError, match="cannot be written to"):
        collect(class_folder(tmp_path / "file" / "class"), [source])


def test_the_class_folder_is_no_source(desk):
    desk.folder.root.mkdir()
    for source in (desk.folder.root, desk.root):
        with pytest.raises(UsageError, match="holds the class folder itself"):
            collect(desk.folder, [source])


def test_a_list_alone_makes_the_class(desk):
    found = collect(desk.folder, [], students=worksheet(desk, DUE, DUE))
    assert [s.name for s in students.load(desk.folder).values()] == ["Anna Müller", "Ben Meier", "Zoë Nobody"]
    assert said(found) == "3 students are on the list."


def test_a_name_that_is_a_formula_stays_a_name(desk):
    desk.take({f"{moodle('=HYPERLINK(1)', 9)}{NAME}.ipynb": sheet()})
    assert "'=HYPERLINK(1)" in desk.folder.students.read_text(encoding="utf-8")
    (student,) = students.load(desk.folder).values()
    assert (student.id, student.name) == ("hyperlink-1-9", "=HYPERLINK(1)")
    desk.take({f"{moodle('=HYPERLINK(1)', 9)}{NAME}.ipynb": sheet()})
    assert list(students.load(desk.folder).values()) == [student]


def test_who_is_not_on_the_list_is_added_and_named(desk):
    listed = worksheet(desk, DUE, DUE)
    found = desk.take({f"{moodle('Eve Else', 9)}{NAME}.ipynb": sheet()}, students=listed, add=True)
    assert found.unlisted == ("eve-else-9",)
    assert "1 not on the list, added: Eve Else" in said(found)
    assert students.load(desk.folder)["eve-else-9"].listed == ""


def test_who_is_not_on_a_list_given_before_is_refused_and_the_others_are_taken_in(desk):
    collect(desk.folder, [], students=worksheet(desk, DUE, DUE))
    source = desk.tree({"corrected/a.ipynb": sheet("x"), "ben meier/a.ipynb": sheet("b")})
    found = collect(desk.folder, [source])
    assert [str(place) for place in desk.folder.places()] == [f"ben-meier-2, {NAME}"]
    assert found.status == 1
    assert "is by “corrected”, who is not on the list; name its folder after the student's id" in said(found)
    assert len(students.load(desk.folder)) == 3
    found = desk.take({f"{moodle('Eve Else', 9)}a.ipynb": sheet(), f"{moodle('Eve Else', 9)}.DS_Store": b""})
    assert [row.outcome for row in found.rows] == ["refused", "ignored"]
    assert "is by Eve Else, who is not on the list; give a newer list with --students" in sentences(found)


def test_without_a_list_students_are_made_from_names_run_after_run(desk):
    desk.take({f"{ANNA}a.ipynb": sheet("a")})
    assert desk.take({f"{BEN}a.ipynb": sheet("b")}).status == 0
    assert list(students.load(desk.folder)) == ["anna-mueller-1", "ben-meier-2"]


# --- by mail ---------------------------------------------------------------------------------------------


def test_what_came_by_mail_goes_to_the_student_who_is_named(desk):
    desk.take({f"{ANNA}{NAME}.ipynb": sheet("first")}, students=worksheet(desk, DUE, DUE))
    mail = desk.tree({f"{NAME}_corrected.ipynb": sheet("mailed"), "journal.jsonl": journal(4)}, "mail")
    files = [mail / f"{NAME}_corrected.ipynb", mail / "journal.jsonl"]
    refused = collect(desk.folder, files)
    assert desk.bytes() == (sheet("first"), b"")
    assert "give --student ID" in sentences(refused)
    found = collect(desk.folder, files, student=AT_ANNA.student)
    assert found.status == 0
    assert desk.bytes() == (sheet("mailed"), journal(4))
    assert len(students.load(desk.folder)) == 3


def test_what_bears_the_name_of_another_does_not_go_to_the_student_who_is_named(desk):
    desk.take({f"{ANNA}a.ipynb": sheet("a"), f"{BEN}a.ipynb": sheet("b")})
    found = desk.take({f"{ANNA}a.ipynb": sheet("a2"), f"{BEN}a.ipynb": sheet("b2")}, student=AT_ANNA.student)
    assert "bears the name of Ben Meier; collect it without --student" in sentences(found)
    assert desk.bytes()[0] == sheet("a2")
    assert desk.bytes(Place("ben-meier-2", NAME))[0] == sheet("b")


def test_an_unknown_student_is_told_with_the_ids_that_are_near(desk):
    desk.take({f"{ANNA}a.ipynb": sheet("a"), f"{BEN}a.ipynb": sheet("b")})
    with pytest.raises(UsageError, match=r"No student has the id 'ben-meyer' .*; near are ben-meier-2\."):
        collect(desk.folder, [], student="ben-meyer")


def test_damage_in_the_records_of_others_stops_nobody(desk):
    desk.take({f"{BEN}{NAME}.ipynb": sheet("b")})
    desk.folder.about(Place("ben-meier-2", NAME)).write_text("{}", encoding="utf-8")
    found = desk.take({f"{ANNA}{NAME}.ipynb": sheet("a"), f"{BEN}{NAME}.ipynb": sheet("b")})
    assert found.status == 0
    assert desk.record(Place("ben-meier-2", NAME)).notebook == sha256(sheet("b"))


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_says_what_it_did_and_what_is_left_to_do(desk, capsys):
    source = desk.archive(FULL | {f"{moodle('Cem Öz', 3)}a.exe": b"MZ"})
    status = collecting.main([str(source), "--class", str(desk.folder.root), "--exercise", "03"])
    lines = capsys.readouterr().out.splitlines()
    kept = f"earlier/anna-mueller-1/{NAME}"
    assert status == 1
    assert lines[0] == f"Anna Müller  {NAME}.ipynb      an earlier version; kept in {kept}/1"
    assert any(line.startswith("Cem Öz") and "refused: it is a program for Windows" in line for line in lines)
    assert "  1 file refused: Cem Öz. Each is told above and in collected.csv." in lines
    assert lines[-1] == "Next: backchannel grade 03"


def test_submissions_of_other_exercises_are_counted_and_fail_where_nothing_else_came(desk, capsys):
    source = desk.archive({f"{ANNA}a.ipynb": sheet("a"), f"{BEN}a.ipynb": sheet("b")})
    options = ["--class", str(desk.folder.root), "--exercise"]
    assert collecting.main([str(source), *options, "5"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "No submission was taken in.",
        "  2 submissions of exercise 03 were left out, since you asked for 05.",
    ]
    assert not any(line.startswith("Next") for line in lines)
    assert collecting.main([str(source), *options, "3"]) == 0
    assert "left out" not in capsys.readouterr().out
    mixed = desk.archive({f"{ANNA}a.ipynb": sheet("a"), f"{ANNA}b.ipynb": sheet("b", OTHER)})
    assert collecting.main([str(mixed), *options, "4"]) == 0
    said = capsys.readouterr().out
    assert "  1 submission of exercise 03 was left out, since you asked for 04.\n" in said


def test_the_next_step_is_named_only_where_something_is_new(desk):
    source = desk.archive({f"{ANNA}a.ipynb": sheet("a")})
    assert "Next: backchannel grade 03" in said(collect(desk.folder, [source]))
    assert "Next" not in said(collect(desk.folder, [source]))
    both = {f"{ANNA}a.ipynb": sheet("a"), f"{ANNA}b.ipynb": sheet("b", OTHER)}
    assert said(desk.take(both)).endswith("Next: backchannel grade 04")


def test_a_name_with_spaces_that_was_torn_apart_is_told(desk, monkeypatch):
    desk.archive({f"{ANNA}a.ipynb": sheet("a")}, "Exercise 03 (1).zip")
    monkeypatch.chdir(desk.root)
    with pytest.raises(
        UsageError, match=r'no file or folder Exercise, but .*"Exercise 03 \(1\)\.zip"; put it'
    ):
        collect(desk.folder, [Path("Exercise"), Path("03"), Path("(1).zip"), Path("other.zip")])
    with pytest.raises(UsageError, match="no file or folder Exercise; check the path"):
        collect(desk.folder, [Path("Exercise"), Path("04.zip")])


@pytest.mark.parametrize("name", ["3", "03", NAME])
def test_an_exercise_is_named_by_its_number_with_or_without_the_zero(desk, name):
    assert exercise_named(desk.folder, name) == NAME


@pytest.mark.parametrize("name", ["", "0", "33", "003", "x"])
def test_an_exercise_that_does_not_exist_is_told(desk, name):
    with pytest.raises(UsageError, match="There is no exercise"):
        exercise_named(desk.folder, name)


def test_the_command_wants_something_to_do(capsys):
    with pytest.raises(SystemExit):
        collecting.main([])
    assert "name what students handed in" in capsys.readouterr().err


def test_lines_are_broken_under_themselves_on_a_narrow_terminal(desk, monkeypatch):
    found = desk.take(FULL)
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "72")
    lines = list(telling.lines(found))
    assert max(map(len, lines)) <= 72
    assert any("another journal counts" in line for line in lines)


class Terminal(io.StringIO):
    """A terminal that keeps what it shows."""

    def isatty(self) -> bool:
        return True


def test_reading_shows_progress_on_a_terminal_in_one_line(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    with telling.progress() as progress:
        progress("moodle.zip\x1b[2J: 3 files")
    shown = terminal.getvalue()
    assert "Reading moodle.zip\\x1b[2J: 3 files" in shown
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown
