"""Lists of students as platforms export them, in English or German.

Moodle's grading worksheet (``mod/assign/gradingtable.php``), its exports of participants and of grades,
Canvas' gradebook (``lib/gradebook_exporter.rb``), and our own ``students.csv``. The worksheet also knows when
each student handed in, which Moodle's archive of submissions does not say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from backchannel.classroom.folder import STUDENT
from backchannel.classroom.students import COLUMNS, Student
from backchannel.classroom.visible import plain, visible
from backchannel.errors import DataError
from backchannel.exchange.csv_table import restore
from backchannel.exchange.files import decode

MOST_BYTES = 20_000_000
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_WORKBOOKS = (".xlsx", ".xlsm", ".ods")  # zip archives too
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "moodle": ("identifier", "kennung"),
    "id": ("id",),
    "name": ("full name", "vollständiger name", "fullname", "student", "name", "first name / last name"),
    "first": ("first name", "firstname", "vorname", "given name"),
    "last": ("last name", "lastname", "surname", "nachname", "familienname"),
    "email": ("email address", "e-mail-adresse", "e-mail address", "e-mail adresse", "email", "e-mail"),
    "login": ("username", "anmeldename", "nutzername", "benutzername", "sis login id", "login"),
    "number": ("id number", "id-nummer", "idnumber", "sis user id", "matrikelnummer", "student id", "number"),
    "section": ("section", "groups", "group", "gruppen", "gruppe", "sections"),
    "submitted": ("last modified (submission)", "zuletzt geändert (abgabe)"),
}
_PARTICIPANT = re.compile(r"(?:participant|teilnehmer\W?\w*?)\s*(\d+)", re.IGNORECASE)
_NO_STUDENT = re.compile(r"\s*(points possible\b.*|student, test|test student|)", re.IGNORECASE)
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MOMENT = re.compile(
    r"(\d{1,2})\.?\s+(\w+)\.?\s+(\d{4}),?\s+(\d{1,2}):(\d{2})(?:\s*([AP])\.?M)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Roster:
    """A list of students.

    Attributes:
        students: one for each row; the id is empty where the list has none of ours.
        submitted: seconds since 1970 by the number of a participant in Moodle.
    """

    students: tuple[Student, ...]
    submitted: Mapping[str, float] = field(default_factory=dict)


def read_roster(path: Path) -> Roster:
    """Read a list.

    Raises:
        DataError: it cannot be read, or has no column with names, addresses or numbers of students.
    """
    text = _text(path)
    delimiter = max(",;\t", key=lambda mark: len(_columns(_header(text, mark))))
    heads = _header(text, delimiter)
    columns = _columns(heads)
    ours = set(COLUMNS[:3]) <= {head.strip().casefold() for head in heads}
    if not ours and not {"name", "last", "email", "login", "number", "moodle"} & set(columns):
        shown = ", ".join(visible(head) for head in heads[:8])
        raise DataError(
            f"{path.name} has no column with names or addresses of students (it has {shown}); give Moodle's "
            "grading worksheet or list of participants, Canvas' gradebook, or students.csv of a class."
        )
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))[1:]
    except csv.Error as problem:
        raise DataError(f"{path.name} cannot be read as a table ({problem}); export it again.") from None
    if ours:
        return Roster(tuple(_own(path, heads, rows)))
    return _foreign(columns, rows)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise DataError(f"The list {path} cannot be read ({problem.strerror}); check its path.") from None
    if raw.startswith((_ZIP, _GZIP)):
        what = "a workbook" if path.suffix.casefold() in _WORKBOOKS else "an archive"
        raise DataError(
            f"{path.name} is {what}, no list; give the CSV with the students: Moodle's grading worksheet or "
            "list of participants, or Canvas' gradebook."
        )
    if len(raw) > MOST_BYTES:
        raise DataError(f"The list {path} has more than {MOST_BYTES // 1_000_000} MB; is it the right file?")
    contents = decode(raw, path, _has_headings)
    if contents.finding:
        raise DataError(str(contents.finding))
    return contents.text.removeprefix("\ufeff")


def _has_headings(text: str) -> bool:
    return any(len(_columns(_header(text, mark))) > 1 for mark in ",;\t")


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    except csv.Error:
        return []


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """Return where each kind of entry stands."""
    lowered = [" ".join(head.split()).casefold() for head in heads]
    found = {}
    for kind, known in _HEADINGS.items():
        place = next((lowered.index(head) for head in known if head in lowered), None)
        if place is not None:
            found[kind] = place
    return found


def _own(path: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Student]:
    places = {head.strip().casefold(): place for place, head in enumerate(heads)}
    for number, row in enumerate(rows, start=2):
        cells = {key: _cell(row, places.get(key)) for key in COLUMNS}
        if not any(cells.values()):
            continue
        if cells["id"] and not STUDENT.fullmatch(cells["id"]):
            raise DataError(
                f"{path.name}, row {number}: the id {visible(cells['id'])!r} is no name for a folder; "
                "use small letters, digits, dots and dashes."
            )
        yield Student(**cells)


def _foreign(columns: Mapping[str, int], rows: Sequence[Sequence[str]]) -> Roster:
    students, submitted = [], {}
    is_canvas = "section" in columns and "id" in columns and "submitted" not in columns
    for row in rows:
        cells = {kind: _cell(row, place) for kind, place in columns.items()}
        name = _name(cells)
        if not any(cells.values()) or _NO_STUDENT.fullmatch(name or cells.get("email", "")):
            continue
        own = cells.get("id", "")
        participant = _PARTICIPANT.fullmatch(cells.get("moodle") or own)
        number = participant[1] if participant else ""
        students.append(
            Student(
                "",
                _turned(name),
                email=cells.get("email", ""),
                login=cells.get("login", ""),
                number=cells.get("number") or ("" if number or is_canvas else own),
                moodle=number,
                canvas=own if is_canvas and own.isdigit() else "",
                section=cells.get("section", ""),
            )
        )
        moment = _moment(cells.get("submitted", ""))
        if number and moment is not None:
            submitted[number] = moment
    return Roster(tuple(students), submitted)


def _cell(row: Sequence[str], place: int | None) -> str:
    cell = row[place] if place is not None and place < len(row) else ""
    quoted = re.fullmatch(r'="(.*)"', cell.strip(), re.DOTALL)  # how Canvas keeps a name from being a formula
    return plain(quoted[1] if quoted else restore(cell))


def _name(cells: Mapping[str, str]) -> str:
    if cells.get("name"):
        return cells["name"]
    last, first = cells.get("last", ""), cells.get("first", "")
    return f"{last}, {first}" if last and first else last or first


def _turned(name: str) -> str:
    """Return ``Anna Müller`` for ``Müller, Anna``, as Canvas sorts its names."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma and "," not in first else name


def _moment(text: str) -> float | None:
    """Return when something was handed in; Moodle writes it in words and in the instructor's own time."""
    match = _MOMENT.search(text)
    if not match:
        return None
    day, month, year, hour, minute, half = match.groups()
    number = _MONTHS.get(month.casefold())
    if number is None:
        return None
    hours = int(hour) % 12 + (12 if half.upper() == "P" else 0) if half else int(hour)
    try:
        return datetime(int(year), number, int(day), hours, int(minute)).astimezone().timestamp()
    except (ValueError, OverflowError):
        return None
