"""The tasks that a person marks: what students are asked, the levels of the rubric, a sample answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from backchannel.classroom.release import masters
from backchannel.errors import BackchannelError
from backchannel.exercises import Key, Level, load_exercises
from backchannel.words import Text

_WORDS_ASKED = re.compile(r"(\d+) to (\d+)\*{0,2} words")
_RUBRIC_TABLE = re.compile(r"\n\| Level \|.*", re.DOTALL)


@dataclass(frozen=True)
class WrittenTask:
    """A task that a person marks.

    Attributes:
        exercise: its folder, such as ``03_how_sure_is_who``.
        levels: of its rubric, the best first.
        wording: what students are asked, as Markdown, without the table of the rubric.
        sample: the answer of the master.
    """

    id: str
    exercise: str
    title: Text
    points: int
    levels: tuple[Level, ...]
    wording: str
    sample: str

    @property
    def words(self) -> tuple[int, int] | None:
        """How many words are asked for, from and to, where the task says so."""
        found = _WORDS_ASKED.search(self.wording)
        return (int(found[1]), int(found[2])) if found else None


def written_tasks(project: Path, key: Key) -> Iterator[WrittenTask]:
    """Yield the written tasks of the exercises, in order.

    Raises:
        BackchannelError: a master has no cell of a task.
    """
    books = {path.stem[:2]: path for path in masters(project)}
    for exercise in load_exercises(key.dossier).values():
        for task in exercise.tasks:
            if task.kind == "written" and exercise.id in books:
                book = books[exercise.id]
                wording, sample = _from_master(book, task.id)
                levels = key.rubrics.get(task.id, ())
                yield WrittenTask(task.id, book.stem, task.title, task.points, levels, wording, sample)


def _from_master(book: Path, task: str) -> tuple[str, str]:
    """Return the wording of a task, which stands before its answer, and the sample answer.

    Raises:
        BackchannelError: the master has no such task.
    """
    cells = json.loads(book.read_text(encoding="utf-8"))["cells"]
    for before, cell in pairwise(cells):
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == task:
            wording = _RUBRIC_TABLE.sub("", "".join(before["source"])).strip()
            return wording, "".join(cell["source"]).strip()
    raise BackchannelError(f"The master {book.name} has no cell of {task}; restore an earlier copy of it.")
