"""What a run of ``collect`` did, and the log of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from backchannel.classroom.collecting.copies import Shared
from backchannel.classroom.collecting.versions import Outcome
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Collected
from backchannel.classroom.students import Student
from backchannel.classroom.visible import visible
from backchannel.dates import written
from backchannel.exchange.csv_table import BYTE_ORDER_MARK, neutralise

COLUMNS = ("at", "source", "file", "student", "exercise", "outcome", "sentence")
_LONGEST_CELL = 500  # characters


@dataclass(frozen=True)
class Row:
    """What became of one file.

    Attributes:
        file: its folders and its name, as the source has them.
        name: its own name.
        student: id, or empty where nobody is known to have handed it in.
        who: what to call the student.
        exercise: such as ``03_how_sure_is_who``, or empty.
        sentence: half a sentence; where the file was not taken in, it follows *it*.
    """

    source: str
    file: str
    name: str
    student: str
    who: str
    exercise: str
    outcome: Outcome
    sentence: str

    @property
    def told(self) -> str:
        """What is said beside the file's name."""
        if self.outcome == "refused":
            return f"refused: it {self.sentence}"
        return f"it {self.sentence}" if self.outcome == "ignored" else self.sentence


@dataclass(frozen=True)
class Collection:
    """What a run did.

    Attributes:
        rows: one for each file, by student.
        submissions: those in force of which files came, with what was done: collected, replaced or same.
        students: everyone in the class, by id.
        unlisted: ids of students whom the list did not have.
        missing: ids of students of whom nothing is there, by exercise.
        shared: journals that share decisions.
        undated: submissions that may be late while nothing says when they came.
        wanted: the only exercise that was to be taken in; empty where all were.
        left_out: how many submissions of other exercises came, by exercise.
    """

    folder: ClassFolder
    rows: tuple[Row, ...] = ()
    submissions: Mapping[Place, tuple[Outcome, Collected]] = field(default_factory=dict)
    students: Mapping[str, Student] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[Shared, ...] = ()
    undated: tuple[Place, ...] = ()
    wanted: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """0 if everything found its place; 1 if something was refused, or all was of other exercises."""
        only_others = bool(self.left_out) and not self.submissions
        return int(only_others or any(row.outcome == "refused" for row in self.rows))

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return names(self.students)

    def name(self, student: str) -> str:
        """Return what to call a student."""
        return self._names.get(student, student)


def names(students: Mapping[str, Student]) -> Mapping[str, str]:
    """Return each student's name by id, and where several have the same, with what tells them apart."""
    often = Counter(student.name for student in students.values())
    return {key: _name(student, unique=often[student.name] == 1) for key, student in students.items()}


def _name(student: Student, *, unique: bool) -> str:
    if unique or not student.name:
        return student.name or student.id
    number = (student.moodle.split() or [student.canvas or student.login or student.email or student.id])[-1]
    return f"{student.name} ({number})"


def log(path: Path, rows: Iterable[Row]) -> None:
    """Add to ``collected.csv`` what became of some files; columns as in ``COLUMNS``, times in UTC."""
    at = written(datetime.now(UTC))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    is_new = not path.exists() or not path.stat().st_size
    if is_new:
        text.write(BYTE_ORDER_MARK)
        writer.writerow(COLUMNS)
    for row in rows:
        sentence = f"{row.told[:1].upper()}{row.told[1:]}."
        cells = (at, row.source, row.file, row.student, row.exercise, row.outcome, sentence)
        writer.writerow([neutralise(visible(cell, _LONGEST_CELL)) for cell in cells])
    with path.open("ab+") as file:
        if not is_new:
            file.seek(-1, 2)
            if file.read(1) != b"\n":  # the run before was ended in the middle of a line
                file.write(b"\n")
        file.write(text.getvalue().encode("utf-8", "replace"))
