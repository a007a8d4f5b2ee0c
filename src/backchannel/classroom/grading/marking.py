"""Mark a submission from its journal and the key, on this side of the sandbox.

The journal is replayed by the reader that the course itself uses, which executes nothing, from a copy: the
file that was handed in is never written, whatever it holds.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from backchannel.classroom.folder import TIMESTAMP, ClassFolder, Place
from backchannel.classroom.grading.reading import Handed, short
from backchannel.classroom.records import TaskRecord
from backchannel.classroom.sandbox.box import Limits
from backchannel.dossier import load_dossier
from backchannel.exercises import (
    KEY,
    Exercise,
    Key,
    Task,
    answered,
    label_session,
    load_exercise,
    mark,
    question_session,
    require_key,
)
from backchannel.key import FOLDER as HELD_BACK
from backchannel.labelling import BLOCK, FLAG, SKIPPED
from backchannel.workspace import ACTIVITY, JOURNAL_NAME, Workspace

VERSION = 1  # of the way we grade; another one means grading everything again
_SHOWN = 3  # set-aside rows that are told one by one
_NAMED = 5


# --- what the marks depend on --------------------------------------------------------------------------


def fingerprint(folder: ClassFolder, place: Place) -> str:
    """Return the fingerprint of everything that the marks of a submission depend on."""
    found = hashlib.sha256(f"{VERSION} {json.dumps(asdict(Limits()))} {_course(folder.project)}".encode())
    timestamp = folder.submitted(place) / TIMESTAMP
    for path in (
        folder.released(place.exercise),
        *(folder.notebook(place), folder.journal(place), timestamp),
    ):
        found.update(_digest(path))
    return found.hexdigest()


def _digest(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        return b"none"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _course(project: Path) -> str:
    """Return the fingerprint of the course data and the key."""
    found = hashlib.sha256()
    for part in (Path("course_data"), HELD_BACK, KEY):
        for path in sorted((project / part).glob("*.*")):
            found.update(f"{part}/{path.name}".encode() + _digest(path))
    return found.hexdigest()


def current_key(project: Path) -> Key:
    """Return the key of the exercises, read again where a file of it or of the course changed.

    Raises:
        NotReadyError: the key is not here.
        DataError: course data or key are wrong.
    """
    return _key(project, _course(project))


@lru_cache(maxsize=1)
def _key(project: Path, _fingerprint: str) -> Key:
    return require_key(load_dossier(project / "course_data"))


# --- marks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """The tasks of a submission, and full sentences on its journal."""

    tasks: tuple[TaskRecord, ...]
    findings: tuple[str, ...]


def mark_journal(key: Key, number: str, handed: Handed, texts: Mapping[str, str]) -> Marked:
    """Mark an exercise.

    Args:
        key: what is right.
        number: of the exercise, such as ``03``.
        handed: the journal.
        texts: what was written, by task.

    Raises:
        UsageError: there is no exercise of that number.
    """
    exercise = load_exercise(key.dossier, number)
    with tempfile.TemporaryDirectory(prefix="backchannel-marking-") as name:
        (Path(name) / JOURNAL_NAME).write_bytes(handed.data)
        workspace = Workspace(Path(name), key.dossier.codebook.version)
        tasks = tuple(_task(key, workspace, task, texts) for task in exercise.tasks)
        findings = (*handed.findings, *_findings(key, workspace, exercise, handed))
    return Marked(tasks, findings)


def _task(key: Key, workspace: Workspace, task: Task, texts: Mapping[str, str]) -> TaskRecord:
    if task.kind == "written":
        text = texts.get(task.id, "")
        return TaskRecord(task.id, task.kind, task.points, None, int(bool(text)), 1, text)
    found = answered(key.dossier, workspace, task)
    gained = mark(key, workspace, task).points
    return TaskRecord(task.id, task.kind, task.points, gained, found.done, found.total)


def _findings(key: Key, workspace: Workspace, exercise: Exercise, handed: Handed) -> Iterator[str]:
    """Yield what is unusual about a journal."""
    journal = workspace.journal
    reports = journal.reports
    yield from map(str, reports[:_SHOWN])
    if len(reports) > _SHOWN:
        yield f"{JOURNAL_NAME}: {len(reports) - _SHOWN:,} more rows were set aside."
    rows = sum(bool(row.strip()) for row in handed.data.split(b"\n"))
    set_aside = {report.row for report in reports if not report.problem.startswith("the codebook")}
    if repeated := rows - journal.count - len(set_aside):
        yield f"{JOURNAL_NAME}: {repeated:,} rows repeat the id of an earlier row, which counts."
    tasks = {task.id for task in exercise.tasks}
    used = Counter(decision.activity for decision in journal.decisions if decision.activity != ACTIVITY)
    if used and not tasks & set(used):
        others = ", ".join(short(name, 30) for name, _ in used.most_common(_NAMED))
        yield f"{JOURNAL_NAME} holds no answer to this exercise; its decisions belong to {others}."
    elif handed.data and not used:
        yield f"{JOURNAL_NAME} holds no answer."
    for task in exercise.tasks:
        unknown, strange = _not_counted(key, workspace, task)
        if unknown:
            yield f"{task.id}: {unknown:,} answers are none that the task offers and count as open."
        if strange:
            yield f"{task.id}: {strange:,} answers to something the task does not ask were passed over."


def _not_counted(key: Key, workspace: Workspace, task: Task) -> tuple[int, int]:
    """Count answers that are not on offer, and answers to what is not asked."""
    standing = [decision for decision in workspace.journal.state.standing(task.id) if decision.value]
    if task.kind == "labels":
        labels = label_session(key.dossier, workspace, task)
        asked = {(claim, dimension.id) for claim in labels.claims for dimension in labels.dimensions}
        given = [(d.item, d.field) for d in standing if d.item != BLOCK and d.field != FLAG]
        skipped = {(d.item, d.field) for d in standing if d.value == SKIPPED}
        unknown = [pair for pair in given if pair in asked - skipped and not labels.label_of(*pair)]
        return len(unknown), len(set(given) - asked)
    if task.kind == "questions":
        questions = question_session(key.dossier, workspace, task)
        known = {item.id for item in questions.items}
        answers = [d.item for d in standing]
        return sum(a in known and questions.chosen(a) is None for a in answers), sum(
            a not in known for a in answers
        )
    return 0, 0
