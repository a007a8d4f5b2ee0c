"""Points put into a table that a platform gave: Moodle's grading worksheet, Canvas' exported gradebook.

Columns, their order and everything else stay. What the platforms do with such a table was read in their
sources (Moodle ``mod/assign/feedback/offline`` and ``gradingtable.php``, Canvas
``lib/gradebook_importer.rb``). Moodle knows a row by the number of the participant, which is of one
assignment alone; an empty grade changes nothing, and one above the maximum of the assignment is passed over
without a word. Canvas knows a row by ID, SIS User ID or SIS Login ID, and an assignment by the number at the
end of its title.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from backchannel.classroom.folder import Place
from backchannel.classroom.handing_back.grade_sheets import (
    Sheet,
    cell,
    heading,
    points_words,
)
from backchannel.classroom.handing_back.grades import Grades, Standing
from backchannel.classroom.students import Student
from backchannel.classroom.visible import visible, without_hidden
from backchannel.errors import DataError, UsageError
from backchannel.exercises import Exercise

_LONGEST = 2**24  # characters of a cell: a worksheet may carry texts that students wrote on the platform
_KEPT = ("EX", "N/A")  # how Canvas writes that somebody is excused, or that the assignment is not theirs


# --- the table that was given --------------------------------------------------------------------------


@dataclass(frozen=True)
class Template:
    """A table as a platform gave it; ``rows`` have the headings first."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    delimiter: str
    mark: bool
    end: str

    def column(self, *names: str) -> int | None:
        """Return the place of the first heading that is one of some names, or None."""
        wanted = {_words(name) for name in names}
        return next((n for n, head in enumerate(self.rows[0]) if _words(head) in wanted), None)

    def filled(self, cells: Mapping[tuple[int, int], str]) -> tuple[tuple[str, ...], ...]:
        """Return the rows with some cells (row, column) anew; the headings stay to the letter."""
        return (
            self.rows[0],
            *(
                tuple(cell(cells.get((n, column), text)) for column, text in enumerate(row))
                for n, row in enumerate(self.rows[1:], start=1)
            ),
        )


def read_template(path: Path) -> Template:
    """Read a table that a platform gave.

    Raises:
        DataError: it cannot be read, or is no table.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as problem:
        raise DataError(
            f"The template {path} cannot be read ({problem.strerror}); check the name."
        ) from problem
    except UnicodeDecodeError:
        raise DataError(
            f"{path.name} is no text in UTF-8; download it anew, or save it as CSV UTF-8."
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    usual = csv.field_size_limit(_LONGEST)
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        raise DataError(f"{path.name} is no CSV table ({problem}); download it anew.") from None
    finally:
        csv.field_size_limit(usual)  # it holds for all of this process
    rows = tuple(tuple(row) for row in read if any(part.strip() for part in row))
    if len(rows) < 2:
        raise DataError(f"{path.name} holds no rows; download it anew.")
    end = "\r\n" if first.endswith("\r") else "\n"
    return Template(path.name, rows, delimiter, data.startswith(BOM_UTF8), end)


# --- who a row is about --------------------------------------------------------------------------------


class _Roll:
    """Finds the student of a row by some means, such as email and ID number.

    A value that two students share says nothing. A row whose values name two students is nobody's: a file
    name that a student chose must not bring points into another one's row.
    """

    def __init__(self, students: Iterable[Student], *means: Callable[[Student], str]) -> None:
        self._known: list[dict[str, Student | None]] = []
        listed = list(students)
        for mean in means:
            found: dict[str, Student | None] = {}
            for student in listed:
                if value := mean(student).strip().casefold():
                    found[value] = None if value in found else student
            self._known.append(found)

    def find(self, *values: str) -> tuple[Student, ...]:
        """Return whom the values name, given in the order of the means: one student, none, or too many."""
        pairs = zip(values, self._known, strict=True)
        found = (known.get(value.strip().casefold()) for value, known in pairs)
        return tuple({student.id: student for student in found if student}.values())


class _Filling:
    """Cells to fill, and who was met on the way."""

    def __init__(self, template: Template, grades: Grades) -> None:
        self.template, self.grades = template, grades
        self.cells: dict[tuple[int, int], str] = {}
        self.placed: set[Place] = set()
        self.met: set[Place] = set()
        self.excused: dict[str, Student] = {}
        self.told: dict[str, dict[str, None]] = {"strangers": {}, "two": {}, "twice": {}}

    def meet(self, found: Sequence[Student], named: str, exercise: str) -> Place | None:
        """Note whom a row is about, and return whose points belong into it, where there are any."""
        if len(found) != 1:
            self.told["two" if found else "strangers"][visible(named)] = None
            return None
        place = Place(found[0].id, exercise)
        if place in self.met:
            self.told["twice"][visible(named)] = None
            return None
        self.met.add(place)
        return place if self.grades.points(place.student, exercise) is not None else None

    def put(self, place: Place, row: int, column: int, comma: bool = False) -> None:
        """Put the points of a submission into their cell."""
        points = self.grades.points(place.student, place.exercise)
        assert points is not None
        self.cells[row, column] = points_words(points, comma)
        self.placed.add(place)

    def sheet(self, findings: Iterable[str] = ()) -> Sheet:
        """Return the table, with what a person should know."""
        template = self.template
        return Sheet(
            template.filled(self.cells),
            frozenset(self.placed),
            (*findings, *self._findings()),
            template.delimiter,
            template.mark,
            template.end,
        )

    def _findings(self) -> Iterable[str]:
        grades = self.grades
        for exercise in grades.exercises:
            missing = [
                student
                for student in grades.students.values()
                if grades.points(student.id, exercise) is not None
                and Place(student.id, exercise) not in self.met
            ]
            if missing:
                yield f"{exercise}: points without a row in the template: {grades.who_are(missing)}."
        for kind, sentence in (
            ("strangers", "Rows of the template that are nobody’s in students.csv, left as they are"),
            ("two", "Rows whose number, email and name are those of different students, left as they are"),
            ("twice", "Found in two rows, of which the first was filled"),
        ):
            if self.told[kind]:
                yield f"{sentence}: {', '.join(self.told[kind])}."
        if self.excused:
            excused = grades.who_are(self.excused.values())
            yield f"Excused or not assigned in Canvas, left as they are: {excused}."


# --- Moodle --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Worksheet:
    """Where a grading worksheet has what; None where it lacks a column that it may lack."""

    who: int
    grade: int
    most: int | None
    remark: int | None
    email: int | None
    number: int | None
    name: int | None

    @classmethod
    def of(cls, template: Template) -> _Worksheet:
        """Find the columns of a worksheet with English or German headings.

        Raises:
            UsageError: it is no such worksheet.
        """
        who, grade = template.column("Identifier", "ID"), template.column("Grade", "Bewertung")
        changed = template.column("Last modified (grade)", "Zuletzt geändert (Bewertung)")
        if who is None or grade is None or changed is None:
            raise UsageError(
                f"{template.name} is no grading worksheet of Moodle in English or German, which has the "
                "columns Identifier, Grade and Last modified (grade); download it in the assignment, with "
                "“Download grading worksheet”."
            )
        return cls(
            who,
            grade,
            template.column("Maximum Grade", "Bestwertung"),
            template.column("Feedback comments", "Feedback als Kommentar"),
            template.column("Email address", "E-Mail-Adresse"),
            template.column("ID number", "ID-Nummer"),
            template.column("Full name", "Vollständiger Name"),
        )


def moodle_worksheet(template: Template, grades: Grades) -> Sheet:
    """Fill Moodle's grading worksheet of one assignment, with English or German headings.

    Raises:
        UsageError: it is no such worksheet, or not one exercise is asked for.
    """
    if len(grades.exercises) != 1:
        raise UsageError("A grading worksheet of Moodle is of one assignment; name it with --exercise.")
    ((name, exercise),) = grades.exercises.items()
    columns = _Worksheet.of(template)
    rows = template.rows[1:]
    comma = any("," in _at(row, columns.most) + _at(row, columns.grade) for row in rows)
    roll, fill = _participants(grades, name), _Filling(template, grades)
    for n, row in enumerate(rows, start=1):
        digits = re.search(r"\d+$", _at(row, columns.who))
        named = (_at(row, columns.email), _at(row, columns.number), _at(row, columns.name))
        found = roll.find(digits.group() if digits else "", *named)
        if place := fill.meet(found, named[2] or _at(row, columns.who), name):
            fill.put(place, n, columns.grade, comma)
            remark = _remark(exercise, grades.standings[place])
            if columns.remark is not None and remark:
                fill.cells[n, columns.remark] = remark
    return fill.sheet(_other_maximum({_at(row, columns.most) for row in rows} - {""}, exercise))


def _participants(grades: Grades, exercise: str) -> _Roll:
    """Return the students by the number that they have in this assignment, by email, ID number and name."""
    numbers = {
        place.student: standing.participant
        for place, standing in grades.standings.items()
        if place.exercise == exercise
    }
    return _Roll(
        grades.students.values(),
        lambda student: numbers.get(student.id) or student.moodle,
        lambda student: student.email,
        lambda student: student.number,
        lambda student: student.name,
    )


def _other_maximum(tops: Iterable[str], exercise: Exercise) -> Iterable[str]:
    if others := sorted(top for top in tops if _as_number(top) != exercise.points):
        yield (
            f"The worksheet gives at most {visible(', '.join(others))} points, the exercise "
            f"{exercise.points}. The points stand in it as they are; set the maximum grade of the assignment "
            f"in Moodle to {exercise.points}, or they count for another share."
        )


def _remark(exercise: Exercise, standing: Standing) -> str:
    """Return the comments as the HTML that Moodle expects; a cell that begins with a tag is no formula."""
    titles = {task.id: task.title.en for task in exercise.tasks}
    parts = []
    for task, text in standing.comments.items():
        lines = escape(without_hidden(text)).replace("\n", "<br>")
        parts.append(f"<p>{escape(titles.get(task, task))}: {lines}</p>")
    return "".join(parts)


# --- Canvas --------------------------------------------------------------------------------------------


def canvas_gradebook(template: Template, grades: Grades) -> Sheet:
    """Fill the gradebook that Canvas exported, in the columns whose titles name one of the exercises.

    Raises:
        UsageError: it is no such gradebook, or an exercise has no column or more than one.
    """
    ids = template.column("ID")
    if ids is None or template.column("Student", "LastName") is None:
        raise UsageError(
            f"{template.name} is no gradebook of Canvas, which has the columns Student and ID; export it in "
            "Canvas under Grades, with Export, and name that file."
        )
    columns = {name: _canvas_column(template, exercise) for name, exercise in grades.exercises.items()}
    sis, login = template.column("SIS User ID"), template.column("SIS Login ID")
    roll, fill = _enrolled(grades), _Filling(template, grades)
    findings: list[str] = []
    for n, row in enumerate(template.rows[1:], start=1):
        if "points possible" in row[0].casefold():
            findings += _other_points(row, columns, grades)
        elif user := _at(row, ids):  # rows without one say how grades are posted
            name = " ".join(part.strip() for part in row[:ids])
            values = (user, _at(row, sis), _at(row, login), _at(row, login), _sorted_name(name))
            _fill_row(fill, roll.find(*values), name, (n, row), columns)
    return fill.sheet(findings)


def _fill_row(
    fill: _Filling,
    found: Sequence[Student],
    name: str,
    row: tuple[int, Sequence[str]],
    columns: Mapping[str, int],
) -> None:
    for exercise, column in columns.items():
        if place := fill.meet(found, name, exercise):
            if _at(row[1], column) in _KEPT:
                fill.excused[place.student] = found[0]
            else:
                fill.put(place, row[0], column)


def _enrolled(grades: Grades) -> _Roll:
    return _Roll(
        grades.students.values(),
        lambda student: student.canvas,
        lambda student: student.number,
        lambda student: student.login,
        lambda student: student.email,
        lambda student: _sorted_name(student.name),
    )


def _canvas_column(template: Template, exercise: Exercise) -> int:
    """Return the one column whose title names an exercise, by its title or else by its number.

    Raises:
        UsageError: there is none, or more than one.
    """
    heads = [_words(re.sub(r"\s*\(\d+\)\s*$", "", head)) for head in template.rows[0]]
    titles = [_words(title) for title in (exercise.title.en, exercise.title.de)]
    numbers = {exercise.id, exercise.id.lstrip("0")}
    by_number = [n for n, head in enumerate(heads) if numbers & set(head.split())]
    by_title = [n for n, head in enumerate(heads) if any(title in head for title in titles)]
    found = [n for n in by_title if n in by_number] or by_title or by_number
    if len(found) == 1:
        return found[0]
    which = "no column" if not found else f"{len(found)} columns"
    raise UsageError(
        f"{template.name} has {which} for the exercise {heading(exercise)}; name the assignment in Canvas "
        f"“{heading(exercise)}”, export the gradebook again and use that file, or name other exercises with "
        "--exercise."
    )


def _other_points(row: Sequence[str], columns: Mapping[str, int], grades: Grades) -> Iterable[str]:
    for name, column in columns.items():
        most, exercise = _at(row, column), grades.exercises[name]
        if _as_number(most) != exercise.points:
            yield (
                f"{name}: the assignment in Canvas gives {visible(most) or 'no'} points, the exercise "
                f"{exercise.points}. The points stand in the table as they are; set the assignment to "
                f"{exercise.points}."
            )


# --- cells ---------------------------------------------------------------------------------------------


def _at(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _as_number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _words(text: str) -> str:
    """Return words to compare by: without case, punctuation and surplus space."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def _sorted_name(name: str) -> str:
    """Return a name's words in order, so that ``Lovelace, Ada`` and ``Ada Lovelace`` are the same."""
    return " ".join(sorted(_words(name).split()))
