"""The written answers of a class: what each student wrote, and what it has been given.

Read from three places: the text from what ``grade`` wrote down, points and comment from the gradebook, and
for which words they were given from the journal of the marking. All is read anew where it changed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from backchannel.classroom import gradebook, students
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import read_record, sha256
from backchannel.classroom.rubric.written_tasks import WrittenTask
from backchannel.errors import DataError, NotReadyError, UsageError
from backchannel.journal import Decision
from backchannel.tables import rows_of
from backchannel.workspace import Workspace

State = Literal["open", "again", "marked", "nothing"]

MARK = "mark"  # the field of a mark in the journal; its activity is the task, its item the student
STEP = 0.5
LATEST = 10


@dataclass(frozen=True)
class Mark:
    """What an answer is given; ``points`` is None where it is not marked."""

    points: float | None = None
    comment: str = ""


@dataclass(frozen=True)
class Answer:
    """What a student wrote, and what stands in the gradebook.

    Attributes:
        state: ``open`` to mark; ``again`` to look at again, since it changed after it was marked; ``marked``;
            ``nothing`` where nothing was written and the machine has given 0 points for it.
        findings: what ``grade`` found in the submission.
        fingerprint: of the text.
    """

    student: str
    task: str
    text: str
    mark: Mark
    state: State
    findings: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class Seen:
    """What a grader had on the screen: the mark that stood, and the fingerprint of the answer."""

    mark: Mark
    fingerprint: str


@dataclass(frozen=True)
class Spread:
    """How the points of a task are spread so far.

    Attributes:
        counts: how many have each number of points, in steps of half a point from 0 to the most.
        latest: the mean of the last ten that were marked here; None until there are ten, and others.
    """

    counts: tuple[tuple[float, int], ...]
    mean: float | None
    median: float | None
    latest: float | None


@dataclass(frozen=True)
class _Row:
    """A row of the gradebook."""

    place: Place
    mark: Mark
    by_machine: bool
    to_mark: bool


@dataclass(frozen=True)
class _Graded:
    """What ``grade`` wrote down of a submission; ``texts`` are written answers with their fingerprints."""

    path: Path
    stamp: object
    findings: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class WrittenAnswers:
    """The written answers of a class.

    Args:
        folder: the class.
        workspace: where the journal of the marking lies.
        tasks: the written tasks by id.

    Attributes:
        reports: a sentence for everything that could not be read.
    """

    def __init__(self, folder: ClassFolder, workspace: Workspace, tasks: Mapping[str, WrittenTask]) -> None:
        self.folder, self.workspace, self.tasks = folder, workspace, tasks
        self.reports: tuple[str, ...] = ()
        self._rows: Mapping[str, Mapping[str, _Row]] = {}
        self._graded: dict[Place, _Graded] = {}
        self._names: tuple[object, dict[str, students.Student]] = (None, {})
        self._stamp: object = None
        self._sorted: dict[str, tuple[Answer, ...]] = {}

    def refresh(self) -> None:
        """Read what changed since the last time.

        Raises:
            NotReadyError: nothing was graded yet.
            JournalError: the journal of the marking cannot be read.
        """
        self.workspace.journal.refresh()
        self._sorted = {}
        reports: list[str] = []
        stamp = _stamp(self.folder.gradebook)
        if stamp is None or stamp != self._stamp:
            try:
                self._rows, self._stamp = _rows(gradebook.scores(self.folder), self.tasks), stamp
            except DataError as problem:
                reports.append(str(problem))
        try:
            stamp = _stamp(self.folder.students)
            if stamp != self._names[0]:
                self._names = stamp, students.load(self.folder)
        except DataError as problem:
            reports.append(str(problem))
        self.reports = (*reports, *map(str, self.workspace.journal.reports))

    def with_answers(self) -> tuple[WrittenTask, ...]:
        """Return the tasks of which an answer was graded, in order."""
        return tuple(self.tasks[name] for name in sorted(self._rows))

    def task(self, name: str) -> WrittenTask:
        """Return a written task.

        Raises:
            UsageError: there is no such task.
        """
        if name not in self.tasks:
            raise UsageError(
                f"There is no written task {name!r}; use one of {', '.join(sorted(self.tasks))}."
            )
        return self.tasks[name]

    def answers(self, task: str) -> tuple[Answer, ...]:
        """Return the answers to a task, in an order that has nothing to do with names."""
        if task not in self._sorted:
            shown = self.names(real=False)
            rows = self._rows.get(task, {}).values()
            found = [self._answer(task, row) for row in rows if task in self._graded_at(row.place).texts]
            order = sorted(found, key=lambda one: (shown[one.student], self.token(one.student)))
            self._sorted[task] = tuple(order)
        return self._sorted[task]

    def progress(self, task: str) -> tuple[int, int]:
        """Return how many answers to a task have points, and how many there are in the gradebook."""
        rows = self._rows.get(task, {}).values()
        return sum(row.mark.points is not None or row.by_machine for row in rows), len(rows)

    def unreadable(self, task: str) -> tuple[str, ...]:
        """Return a sentence for each submission in the gradebook whose answer cannot be read."""
        there = {one.student for one in self.answers(task)}
        return tuple(
            self._unreadable(task, row.place)
            for student, row in self._rows.get(task, {}).items()
            if student not in there
        )

    def answer(self, task: str, student: str) -> Answer:
        """Return one answer as it stands now.

        Raises:
            NotReadyError: there is none that was graded.
        """
        row = self._rows.get(task, {}).get(student)
        if row is None:
            raise NotReadyError(
                f"No answer of {student} to {task} is graded; run `backchannel grade`, then look again."
            )
        return self._answer(task, row)

    def names(self, *, real: bool) -> dict[str, str]:
        """Return what to call each student; one without a pseudonym is told apart by a few letters."""
        ids = {student for rows in self._rows.values() for student in rows}
        named = students.names(self._names[1], ids, real=real)
        return {
            student: name if real or not name.endswith("?") else f"{name} {self.token(student)[:4]}"
            for student, name in named.items()
        }

    def token(self, student: str) -> str:
        """Return a name for a student that tells nothing, but is the same each time in this class."""
        return sha256(f"{self.folder.root}\n{student}".encode())[:12]

    def student(self, name: str) -> str:
        """Return the id of the student whom a pseudonym, a name or the id itself means.

        Raises:
            UsageError: it means nobody, or several.
        """
        real, blind = self.names(real=True), self.names(real=False)
        if name in real:
            return name
        found = [student for student in real if name in (real[student], blind[student])]
        if len(found) != 1:
            who = "several students" if found else "nobody of whom an answer was graded"
            raise UsageError(f"{name!r} means {who}; use a pseudonym or an id as `answers` shows it.")
        return found[0]

    def _answer(self, task: str, row: _Row) -> Answer:
        graded = self._graded_at(row.place)
        if task not in graded.texts:
            raise NotReadyError(self._unreadable(task, row.place))
        text, fingerprint = graded.texts[task]
        state = self._state(task, row, fingerprint)
        return Answer(row.place.student, task, text, row.mark, state, graded.findings, fingerprint)

    def _graded_at(self, place: Place) -> _Graded:
        """Return what ``grade`` wrote down of a submission, read again where it changed."""
        known = self._graded.get(place)
        path = known.path if known else self.folder.graded(place)
        stamp = _stamp(path)
        if known is None or known.stamp != stamp:
            known = self._graded[place] = _read_graded(self.folder, place, stamp)
        return known

    def _unreadable(self, task: str, place: Place) -> str:
        who = self.names(real=False)[place.student]
        return (
            f"The answer of {who} to {task} could not be read; `backchannel grade {place.number} --again` "
            "says why."
        )

    def _state(self, task: str, row: _Row, fingerprint: str) -> State:
        if row.mark.points is None:
            return "nothing" if row.by_machine and not row.to_mark else "open"
        given = read_mark(self.workspace.journal.state.get(task, row.place.student, MARK))
        changed = given is not None and given.mark == row.mark and given.fingerprint != fingerprint
        return "again" if row.to_mark or changed else "marked"

    def spread(self, task: str) -> Spread:
        """Return how the points of a task are spread so far."""
        marked = {
            row.place.student: row.mark.points
            for row in self._rows.get(task, {}).values()
            if row.mark.points is not None
        }
        points = pd.Series(list(marked.values()), dtype=float)
        nearest = Counter(round(value / STEP) for value in points)
        most = round(self.task(task).points / STEP)
        order = sorted(
            (given.at, given.item)
            for given in self.workspace.journal.state.standing(task)
            if given.field == MARK and given.item in marked
        )
        last = [marked[student] for _, student in order[-LATEST:]]
        return Spread(
            tuple((place * STEP, nearest[place]) for place in range(most + 1)),
            float(points.mean()) if len(points) else None,
            float(points.median()) if len(points) else None,
            float(pd.Series(last, dtype=float).mean()) if len(last) == LATEST < len(points) else None,
        )


def read_mark(decision: Decision | None) -> Seen | None:
    """Return what a line of the journal says was given, and for which words."""
    try:
        entry: dict[str, Any] = json.loads(decision.value) if decision else {}
        return Seen(Mark(entry["points"], entry["comment"]), entry["answer"])
    except (ValueError, KeyError, TypeError):
        return None


def _stamp(path: Path) -> object:
    """Return what changes with a file, or None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read_graded(folder: ClassFolder, place: Place, stamp: object) -> _Graded:
    """Read a record; one that is missing or damaged has no texts."""
    path = folder.graded(place)
    try:
        record = read_record(folder, place)
    except DataError:
        record = None
    if record is None:
        return _Graded(path, stamp)
    texts = {
        found.task: (found.text, sha256(found.text.encode("utf-8", "surrogatepass")))
        for found in record.tasks
        if found.kind == "written"
    }
    return _Graded(path, stamp, record.findings, texts)


def _rows(table: pd.DataFrame, tasks: Mapping[str, WrittenTask]) -> dict[str, dict[str, _Row]]:
    found: dict[str, dict[str, _Row]] = {}
    for _, row in rows_of(table[table["task"].isin(list(tasks))]):
        place = Place(row["student"], row["exercise"])
        points = None if pd.isna(row["manual"]) else float(row["manual"])
        known = _Row(place, Mark(points, row["comment"]), not pd.isna(row["auto"]), bool(row["to_mark"]))
        found.setdefault(row["task"], {})[place.student] = known
    return found
