"""What ``collect`` and ``grade`` write down about a submission, and how it is read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from backchannel.classroom.folder import ClassFolder, Place, write_json
from backchannel.errors import DataError

#: graded: all cells ran; stopped: running it was ended or broke off, the marks stand all the same;
#: refused: no notebook that could be read, so nothing was marked.
Status = Literal["graded", "stopped", "refused"]


@dataclass(frozen=True)
class Collected:
    """What ``collect`` knows about a submission in force.

    Attributes:
        source: where it came from, as the platform named it.
        received: when it was handed in, ISO 8601 in UTC, or empty where the platform does not say.
        late: seconds after the due date, 0 where there is none; 1 where the platform only says *late*.
        notebook, journal: sha256 of the two files; the journal's is empty where none came.
        findings: full sentences on what was unusual, such as a missing journal.
    """

    student: str
    exercise: str
    source: str
    received: str = ""
    late: int = 0
    notebook: str = ""
    journal: str = ""
    findings: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """Whose it is, and of which exercise."""
        return Place(self.student, self.exercise)


@dataclass(frozen=True)
class TaskRecord:
    """A task of a submission. ``gained`` is None for a written task, which a person marks.

    ``text`` is what was written, as Markdown; empty for other tasks and where nothing was written.
    """

    task: str
    kind: str
    points: int
    gained: float | None
    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class Record:
    """What ``grade`` found in a submission.

    Attributes:
        fingerprint: of everything the marks depend on; another one means grading again.
        findings: full sentences: cells deleted or changed, what was stopped and in which cell.
        seconds: from start to end of running it; 0 where it was not run.
        memory: the most it used, in MB.
        cells: how many code cells ran to their end.
    """

    student: str
    exercise: str
    fingerprint: str
    at: str
    status: Status
    sandbox: str
    findings: tuple[str, ...] = ()
    seconds: float = 0.0
    memory: float = 0.0
    cells: int = 0
    tasks: tuple[TaskRecord, ...] = field(default=())

    @property
    def place(self) -> Place:
        """Whose it is, and of which exercise."""
        return Place(self.student, self.exercise)


def sha256(data: bytes) -> str:
    """Return the fingerprint of some bytes."""
    return hashlib.sha256(data).hexdigest()


def write_collected(folder: ClassFolder, collected: Collected) -> None:
    """Write down what came."""
    write_json(folder.about(collected.place), asdict(collected))


def read_collected(folder: ClassFolder, place: Place) -> Collected:
    """Return what ``collect`` wrote.

    Raises:
        DataError: it is missing, damaged, or of another version.
    """
    with _understood(folder.about(place), "backchannel collect") as entry:
        return Collected(**entry | {"findings": tuple(entry["findings"])})


def write_record(folder: ClassFolder, record: Record) -> None:
    """Write down what was found."""
    write_json(folder.graded(record.place), asdict(record))


def read_record(folder: ClassFolder, place: Place) -> Record | None:
    """Return what ``grade`` wrote, or None where it has not graded this yet.

    Raises:
        DataError: it is damaged, or of another version.
    """
    if not folder.graded(place).is_file():
        return None
    with _understood(folder.graded(place), "backchannel grade --again") as entry:
        tasks = tuple(TaskRecord(**task) for task in entry["tasks"])
        return Record(**entry | {"findings": tuple(entry["findings"]), "tasks": tasks})


def records(folder: ClassFolder) -> Iterator[Record]:
    """Yield the record of every submission that was graded."""
    for place in folder.places():
        if record := read_record(folder, place):
            yield record


@contextmanager
def _understood(path: Path, remedy: str) -> Iterator[dict[str, Any]]:
    """Give what a file holds; where it, or what is made of it, is no record, say so and name the remedy."""
    try:
        yield json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise DataError(f"{path} cannot be read ({problem}); run `{remedy}`.") from None
    except (KeyError, TypeError):
        raise DataError(f"{path} holds no record of this version; run `{remedy}`.") from None
