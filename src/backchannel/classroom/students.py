"""Who is in the class: ``students.csv``, which platforms' lists and exports are matched with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace

from backchannel.classroom.csv_files import read_rows, write_rows
from backchannel.classroom.folder import STUDENT, ClassFolder
from backchannel.classroom.visible import visible
from backchannel.errors import DataError


@dataclass(frozen=True)
class Student:
    """One student.

    Attributes:
        id: name of folders and in nbgrader; small letters, digits, ``_ . -``.
        name: as the platform shows it.
        pseudonym: the name in reports, drawn at random; empty until ``store`` draws it.
        email, login, number: as the platform has them; ``number`` is the ID number (Moodle) or SIS User ID
            (Canvas).
        moodle: the digits of ``Participant 123`` in Moodle's grading worksheet and file names; several with
            spaces between, since Moodle numbers participants anew in each assignment.
        canvas: the user id in Canvas.
        section: group or section.
        listed: ``yes`` where a list that was given has them; empty for whoever is known by a hand-in only.
    """

    id: str
    name: str = ""
    pseudonym: str = ""
    email: str = ""
    login: str = ""
    number: str = ""
    moodle: str = ""
    canvas: str = ""
    section: str = ""
    listed: str = ""


COLUMNS = tuple(field.name for field in fields(Student))
_DRAWN = 4  # digits of a pseudonym at least


def load(folder: ClassFolder) -> dict[str, Student]:
    """Return the students by id, in the order of the file; none where there is no file.

    Raises:
        DataError: the file cannot be read, a row has no usable id, or two have the same.
    """
    found: dict[str, Student] = {}
    for number, row in enumerate(read_rows(folder.students), start=2):
        student = Student(**{name: row.get(name, "") for name in COLUMNS})
        if not STUDENT.fullmatch(student.id):
            raise DataError(
                f"{folder.students.name}, row {number}: the id {student.id!r} is no name for a folder; "
                "use small letters, digits, dots and dashes."
            )
        if student.id in found:
            raise DataError(f"{folder.students.name}, row {number}: {student.id} is there twice; drop one.")
        found[student.id] = student
    return found


def store(folder: ClassFolder, students: Iterable[Student]) -> dict[str, Student]:
    """Write the list anew, with a pseudonym for everyone who has none, and return it by id."""
    found = {student.id: student for student in students}
    taken = {student.pseudonym for student in found.values()}
    digits = max(_DRAWN, len(str(len(found))) + 1)
    for student in found.values():
        pseudonym = student.pseudonym
        while not pseudonym:
            drawn = f"S{secrets.randbelow(10**digits):0{digits}}"
            pseudonym = "" if drawn in taken else drawn
        taken.add(pseudonym)
        found[student.id] = replace(student, pseudonym=pseudonym)
    write_rows(folder.students, COLUMNS, map(asdict, found.values()))
    return found


def names(students: Mapping[str, Student], ids: Iterable[str], *, real: bool) -> dict[str, str]:
    """Return what to call each student: the name, or the pseudonym where real names are not wanted."""
    found = {}
    for student in ids:
        known = students.get(student)
        if real:
            found[student] = (known.name if known else "") or student
        else:
            found[student] = known.pseudonym if known else "S?"
    return found


def called(students: Mapping[str, Student], student: str) -> str:
    """Return what to call a student on a terminal: name and id, in which nothing acts."""
    known = students.get(student)
    return f"{visible(known.name)} ({student})" if known and known.name else student
