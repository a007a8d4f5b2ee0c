"""A class that nobody attends: invented students with plausible answers, for benches, pictures and tests.

Each claim has its own difficulty and each student a skill; who is wrong prefers labels that the codebook says
are often confused. Everything is drawn from one seed. Files are those which ``collect`` and ``grade`` leave.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp
from uuid import UUID

from backchannel.classroom import gradebook, students
from backchannel.classroom.folder import ClassFolder, Place, write_whole
from backchannel.classroom.records import Collected, Record, TaskRecord, sha256, write_collected, write_record
from backchannel.classroom.students import Student
from backchannel.dates import written
from backchannel.exercises import Exercise, Key, Task, load_exercises
from backchannel.journal import Decision
from backchannel.quiz import ANSWER
from backchannel.workspace import ACTIVITY

BEGIN = datetime(2026, 11, 2, 8, tzinfo=UTC)
GIVEN = ("Amara", "Björn", "Chiara", "Dariusz", "Eleni", "Farid", "Greta", "Hồng", "Ilse", "João", "Kenji")
FAMILY = (
    "Ackermann",
    "Brâncuși",
    "Castellanos",
    "Dłużniewska",
    "Eriksson",
    "Fitzgerald",
    "Grünwald",
    "Haddad",
)
NOTES = {
    "en": (
        "The verb decides it for me.",
        "Nobody is named who would answer for this.",
        "I read the mood of the verb.",
    ),
    "de": (
        "Für mich entscheidet das Verb.",
        "Niemand wird genannt, der dafür einsteht.",
        "Ich lese hier den Modus.",
    ),
}


@dataclass(frozen=True)
class Invented:
    """How the class is: ``students`` in number, each with some ``exercises``, by the number of the lesson."""

    students: int
    exercises: Sequence[str] = ()
    seed: int = 40


def invent(folder: ClassFolder, key: Key, plan: Invented) -> None:
    """Fill a class folder with students, submissions, journals, records and points."""
    draw = random.Random(plan.seed)
    gradebook.prepare(folder)
    known = load_exercises(key.dossier)
    exercises = {
        path.parent.name: known[path.parent.name[:2]]
        for path in sorted((folder.project / "exercises").glob("*/*.ipynb"))
        if not plan.exercises or path.parent.name[:2] in plan.exercises
    }
    listed = [_student(number, draw) for number in range(plan.students)]
    students.store(folder, listed)
    work = _Work(key, draw)
    marked = []
    for student in listed:
        skill, presence = draw.gauss(0.9, 0.8), draw.uniform(0.75, 1.0)
        for name, exercise in exercises.items():
            if draw.random() < presence:
                place = Place(student.id, name)
                marked.append((place, _hand_in(folder, place, exercise, work, skill, draw)))
    _fill_gradebook(folder, marked, draw)


def _student(number: int, draw: random.Random) -> Student:
    name = f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}"
    return Student(
        id=f"st{number:05d}", name=name, pseudonym=f"S{number * 7919 % 99991:05d}",
        email=f"st{number:05d}@example.org", login=f"st{number:05d}", number=str(4_100_000 + 13 * number),
    )  # fmt: skip


def _hand_in(
    folder: ClassFolder, place: Place, exercise: Exercise, work: _Work, skill: float, draw: random.Random
) -> Record:
    """Write one submission and its record, and return the record."""
    share = 1.0 if draw.random() < 0.85 else draw.uniform(0.2, 0.9)
    begun = BEGIN + timedelta(days=7 * int(place.number), minutes=draw.randrange(6 * 24 * 60))
    lines, tasks = work.answer(exercise, skill, share, begun)
    journal = b"".join(lines) if draw.random() > 0.03 else b""
    late = draw.randrange(600, 90_000) if draw.random() < 0.06 else 0
    missing = () if journal else ("The journal is missing, so labels and questions count as not answered.",)
    received = written(begun + timedelta(days=7, seconds=late))
    about = Collected(
        place.student,
        place.exercise,
        "archive.zip",
        received,
        late,
        "",
        sha256(journal) if journal else "",
        missing,
    )
    write_collected(folder, about)
    if journal:
        write_whole(folder.journal(place), journal.decode())
    else:
        tasks = tuple(_emptied(task) for task in tasks)
    stopped = draw.random() < 0.02
    findings = ("Cell 7 ran longer than allowed and was stopped.",) if stopped else ()
    record = Record(
        place.student, place.exercise, "", written(BEGIN), "stopped" if stopped else "graded", "bubblewrap",
        findings, tasks=tasks,
    )  # fmt: skip
    write_record(folder, record)
    return record


def _emptied(task: TaskRecord) -> TaskRecord:
    if task.kind == "written":
        return task
    return TaskRecord(task.task, task.kind, task.points, 0.0, 0, task.total)


# --- answers -------------------------------------------------------------------------------------------


class _Work:
    """Answers as students give them; how hard a claim is stays the same for all."""

    def __init__(self, key: Key, draw: random.Random) -> None:
        self._key, self._draw = key, draw
        self._difficulty: dict[tuple[str, str], float] = {}
        self._id = 0

    def answer(
        self, exercise: Exercise, skill: float, share: float, begun: datetime
    ) -> tuple[list[bytes], tuple[TaskRecord, ...]]:
        """Return the journal of an exercise and what it earns."""
        lines = [self._line(begun, ACTIVITY, "settings", "language", "en")]
        at, tasks = begun, []
        for task in exercise.tasks:
            asked = list(self._asked(task))
            done = asked[: round(share * len(asked))]
            right = 0
            for item, field in done:
                at += self._pace()
                value, good = self._choice(item, field, skill)
                right += good
                if self._draw.random() < 0.06:  # thought better of it
                    lines.append(self._line(at, task.id, item, field, self._any(item, field)))
                    at += self._pace()
                note = self._note() if field != ANSWER and self._draw.random() < 0.2 else ""
                lines.append(self._line(at, task.id, item, field, value, note))
            tasks.append(self._record(task, right, len(done), len(asked), share))
            at += timedelta(minutes=self._draw.choice((1, 2, 4, 40, 900)))
        return lines, tuple(tasks)

    def _asked(self, task: Task) -> Iterator[tuple[str, str]]:
        for item in task.items:
            for field in task.dimensions or (ANSWER,):
                yield item, field

    def _pace(self) -> timedelta:
        seconds = min(self._draw.lognormvariate(3.4, 0.7), 280.0)
        return timedelta(seconds=seconds if self._draw.random() > 0.02 else self._draw.uniform(400, 90_000))

    def _note(self) -> str:
        return self._draw.choice(NOTES[self._draw.choice(("en", "de"))])

    def _record(self, task: Task, right: int, done: int, asked: int, share: float) -> TaskRecord:
        if task.kind == "written":
            text = "An invented answer." if self._draw.random() < share else ""
            return TaskRecord(task.id, task.kind, task.points, None, int(bool(text)), 1, text)
        return TaskRecord(task.id, task.kind, task.points, round(task.points * right / asked, 2), done, asked)

    def _any(self, item: str, field: str) -> str:
        if field == ANSWER:
            return self._draw.choice([option for one, option in self._key.options if one == item])
        return self._draw.choice(self._key.dossier.codebook[field].label_ids)

    def _choice(self, item: str, field: str, skill: float) -> tuple[str, bool]:
        """Return an answer and whether it counts."""
        if (item, field) not in self._difficulty:
            self._difficulty[item, field] = self._draw.gauss(0, 1.1)
        knows = self._draw.random() < 1 / (1 + exp(self._difficulty[item, field] - skill))
        if field == ANSWER:
            options = {
                option: right for (one, option), (right, _) in self._key.options.items() if one == item
            }
            pool = [option for option, right in options.items() if right == knows]
            return self._draw.choice(pool), knows
        references = self._key.dossier.references[item, field]
        accepted = {reference.label for reference in references}
        label = self._draw.choice(references).label if knows else self._confused(field, references[0].label)
        return label, label in accepted

    def _confused(self, field: str, reference: str) -> str:
        dimension = self._key.dossier.codebook[field]
        near = [
            label
            for confusion in dimension.confusions
            if reference in confusion.labels
            for label in confusion.labels
            if label != reference
        ]
        return self._draw.choice(near if near and self._draw.random() < 0.7 else dimension.label_ids)

    def _line(self, at: datetime, activity: str, item: str, field: str, value: str, note: str = "") -> bytes:
        self._id += 1
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        confidence = "medium" if note else ""
        decision = Decision(f"{self._id:x}", stamp, "", activity, item, field, value, confidence, note)
        entry = {name: value for name, value in decision.__dict__.items() if value}
        return json.dumps({**entry, "value": value}, ensure_ascii=False).encode() + b"\n"


# --- points --------------------------------------------------------------------------------------------


def _fill_gradebook(folder: ClassFolder, marked: Sequence[tuple[Place, Record]], draw: random.Random) -> None:
    """Write the points past nbgrader's interface, which needs minutes for what takes seconds so."""
    with closing(sqlite3.connect(folder.gradebook)) as connection:
        sheets = _sheets(connection)
        people = sorted({place.student for place, _ in marked})
        connection.executemany("insert into student (id) values (?)", [(one,) for one in people])
        for place, record in marked:
            assignment, notebook, cells = sheets[place.exercise]
            handed, sheet = _uuid(draw), _uuid(draw)
            connection.execute(
                "insert into submitted_assignment (id, assignment_id, student_id) values (?, ?, ?)",
                (handed, assignment, place.student),
            )
            connection.execute(
                "insert into submitted_notebook (id, assignment_id, notebook_id) values (?, ?, ?)",
                (sheet, handed, notebook),
            )
            connection.executemany(
                """insert into grade (id, notebook_id, cell_id, auto_score, manual_score, needs_manual_grade)
                values (?, ?, ?, ?, ?, ?)""",
                [
                    (_uuid(draw), sheet, cells[task.task], task.gained, *_manual(task, place.number, draw))
                    for task in record.tasks
                ],
            )
        connection.commit()


def _sheets(connection: sqlite3.Connection) -> Mapping[str, tuple[str, str, dict[str, str]]]:
    """Return assignment, notebook and cells by the name of an exercise."""
    found: dict[str, tuple[str, str, dict[str, str]]] = {}
    query = """select assignment.name, assignment.id, notebook.id, base_cell.name, base_cell.id
        from assignment join notebook on notebook.assignment_id = assignment.id
        join base_cell on base_cell.notebook_id = notebook.id where base_cell.type = 'GradeCell'"""
    for name, assignment, notebook, cell, identity in connection.execute(query):
        found.setdefault(name, (assignment, notebook, {}))[2][cell] = identity
    return found


def _manual(task: TaskRecord, number: str, draw: random.Random) -> tuple[float | None, bool]:
    """Return a person's points and whether they are still to come; the later exercises are not all marked."""
    if task.kind != "written":
        return None, False
    if not task.text:
        return 0.0, False
    waits = draw.random() < (0.0 if number < "08" else 0.6)
    return (None, True) if waits else (float(draw.choice((1, 4, 4, 6, 8, 8))), False)


def _uuid(draw: random.Random) -> str:
    return UUID(int=draw.getrandbits(128)).hex
