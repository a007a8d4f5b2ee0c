"""Points as tables: one for a spreadsheet, and those that Moodle and Canvas import.

In Moodle's import of grades and in Canvas' import an empty cell takes away a grade that is there already
(Moodle ``grade/import/csv``, Canvas ``lib/gradebook_importer.rb``), so rows without points are left out.
No cell is taken for a formula by a spreadsheet, however a name or a comment begins; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from backchannel.classroom.folder import Place
from backchannel.classroom.handing_back.grades import Grades, Standing
from backchannel.classroom.students import Student
from backchannel.classroom.visible import without_hidden
from backchannel.exchange.csv_table import BYTE_ORDER_MARK, neutralise
from backchannel.exercises import Exercise

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?")
_HOUR = 3600


def cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, without what is invisible in it.

    Numbers and a dash alone, as Moodle has it for no date, stay as they are.
    """
    plain = without_hidden(text)
    return plain if plain == "-" or _NUMBER.fullmatch(plain) else neutralise(plain)


def points_words(points: float, comma: bool = False) -> str:
    """Return points without needless zeros, with a point or a comma."""
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text


@dataclass(frozen=True)
class Sheet:
    """A table for a platform.

    Attributes:
        rows: the headings first.
        filled: the submissions whose points stand in it.
        findings: full sentences on what a person should know before the upload.
    """

    rows: tuple[tuple[str, ...], ...]
    filled: frozenset[Place]
    findings: tuple[str, ...] = ()
    delimiter: str = ","
    mark: bool = True
    end: str = "\r\n"

    def text(self) -> str:
        """Return the table as CSV."""
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, delimiter=self.delimiter, lineterminator=self.end)
        writer.writerows(self.rows)
        return (BYTE_ORDER_MARK if self.mark else "") + lines.getvalue()


def heading(exercise: Exercise) -> str:
    """Return what an exercise is called on a platform, such as ``03 How sure is who?``."""
    return f"{exercise.id} {exercise.title.en}"


def plain(grades: Grades) -> Sheet:
    """Return one row a student, with the points of each exercise and task, how late it was, and comments."""
    head = ["id", "name", "email", "number", "section"]
    for exercise in grades.exercises.values():
        head += [f"{exercise.id} points", f"{exercise.id} most", f"{exercise.id} state"]
        head += [f"{exercise.id} late (hours)", *(task.id for task in exercise.tasks)]
        head += [f"{exercise.id} comments"]
    rows, filled = [tuple(head)], set()
    for student in grades.students.values():
        row = [student.id, student.name, student.email, student.number, student.section]
        for name, exercise in grades.exercises.items():
            row += _plain_cells(grades, student.id, name, exercise)
            if grades.points(student.id, name) is not None:
                filled.add(Place(student.id, name))
        rows.append(tuple(map(cell, row)))
    return Sheet(tuple(rows), frozenset(filled))


def _plain_cells(grades: Grades, student: str, name: str, exercise: Exercise) -> list[str]:
    place = Place(student, name)
    standing = grades.standings.get(place)
    if standing is None:
        state = "not graded" if place in grades.waiting else "nothing handed in"
        return ["", str(exercise.points), state, "", *("" for _ in exercise.tasks), ""]
    points = grades.points(student, name)
    found = (None if standing.outdated else standing.tasks.get(task.id) for task in exercise.tasks)
    late = points_words(standing.late / _HOUR) if standing.late else ""
    comments = "\n".join(f"{task}: {text}" for task, text in standing.comments.items())
    return [
        "" if points is None else points_words(points),
        str(exercise.points),
        _state(standing),
        late,
        *("" if one is None else points_words(one) for one in found),
        comments,
    ]


def _state(standing: Standing) -> str:
    if standing.outdated:
        return "changed since graded"
    return "refused" if standing.refused else "marked" if standing.complete else "to mark"


def moodle_import(grades: Grades) -> Sheet:
    """Return a table for *Grades → Import → CSV file*: who by ID number and email, a column an exercise."""
    return _import_sheet(
        grades,
        ("ID number", "Email address", "Full name"),
        lambda student: (student.number, student.email, student.name),
        lambda student: bool(student.number or student.email),
        "an ID number or an email address, by which Moodle finds them (one row that it does not find stops "
        "its whole import)",
    )


def canvas_import(grades: Grades) -> Sheet:
    """Return a table for Canvas' gradebook; Canvas asks which assignment is meant, since we know no ids."""
    sheet = _import_sheet(
        grades,
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        lambda one: (one.name, one.canvas, one.number, one.login or one.email, one.section),
        lambda student: bool(student.canvas or student.number or student.login or student.email),
        "an id, SIS id or login, by which Canvas finds them",
    )
    most = (points_words(exercise.points) for exercise in grades.exercises.values())
    return replace(
        sheet, rows=(sheet.rows[0], ("    Points Possible", "", "", "", "", *most), *sheet.rows[1:])
    )


def _import_sheet(
    grades: Grades,
    head: tuple[str, ...],
    who: Callable[[Student], tuple[str, ...]],
    is_known: Callable[[Student], bool],
    needed: str,
) -> Sheet:
    rows = [(*head, *map(heading, grades.exercises.values()))]
    filled, unknown, gaps = set(), [], False
    for student in grades.students.values():
        points = {name: grades.points(student.id, name) for name in grades.exercises}
        there = {name for name, found in points.items() if found is not None}
        if not there:
            continue
        if not is_known(student):
            unknown.append(student)
            continue
        gaps = gaps or len(there) < len(points)
        filled |= {Place(student.id, name) for name in there}
        found = ("" if one is None else points_words(one) for one in points.values())
        rows.append(tuple(map(cell, (*who(student), *found))))
    findings = []
    if unknown:
        findings.append(f"Left out, since students.csv lacks {needed}: {grades.who_are(unknown)}.")
    if gaps:
        findings.append(
            "Some cells are empty, and an empty cell takes away a grade that the platform has already; where "
            "that matters, export one exercise at a time with --exercise."
        )
    return Sheet(tuple(rows), frozenset(filled), tuple(findings))
