"""The last cell of an exercise: what is answered, what to hand in, and the answers once more.

Students often upload the notebook alone, and the journal with their labels stays behind. So the output of
this cell carries the lines of the journal under a type of its own, which no program shows and every one
saves. Whoever collects can write the journal anew from it, byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backchannel.errors import JournalError
from backchannel.exercises import Answered, Exercise
from backchannel.journal import read_line
from backchannel.widgets import markup_html as html
from backchannel.words import Language, say

#: The type of the output that carries a journal: ``{"lines": [one line of the journal as text, ...]}``.
JOURNAL_TYPE = "application/vnd.backchannel.journal+json"
MOST_BYTES = 2_000_000  # a journal of one exercise has some 20,000; a notebook should stay easy to upload


def journal_lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a journal that hold a decision, as they stand there, without their line ends.

    Raises:
        JournalError: the file exists and cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as problem:
        raise JournalError(
            f"The journal {path} cannot be read ({problem.strerror}); "
            "check that it is a file you may open, then run the cell again."
        ) from problem
    return tuple(line.decode() for line in content.split(b"\n") if _is_decision(line))


def _is_decision(line: bytes) -> bool:
    try:
        read_line(line)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class HandIn:
    """What the last cell of an exercise shows, and what it carries.

    Attributes:
        found: how much of each task is answered, in the order of the exercise.
        lines: the lines of the journal.
    """

    exercise: Exercise
    found: tuple[Answered, ...]
    lines: tuple[str, ...]
    language: Language

    @property
    def size(self) -> int:
        """How many bytes the lines have in a file."""
        return sum(len(line.encode()) + 1 for line in self.lines)

    @property
    def carried(self) -> tuple[str, ...]:
        """The lines that the notebook carries: all of them, or none where they are too many."""
        return self.lines if self.size <= MOST_BYTES else ()

    def _say(self, key: str, **fields: object) -> str:
        return say(f"exercise.{key}", self.language, **fields)

    @property
    def title(self) -> str:
        """The heading."""
        title = self.exercise.title.in_(self.language)
        return self._say("hand_in_title", number=self.exercise.id, title=title)

    @property
    def header(self) -> tuple[str, str, str]:
        """The names of the columns."""
        return self._say("hand_in_task"), self._say("hand_in_done"), self._say("hand_in_open")

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Each task: its name, how much is answered, and what is open."""
        return [self._row(number, found) for number, found in enumerate(self.found, start=1)]

    def _row(self, number: int, found: Answered) -> tuple[str, str, str]:
        task = found.task
        name = f"{number}. {task.title.in_(self.language)}"
        if task.kind == "written":
            return name, self._say("hand_in_written"), self._say("hand_in_unchecked")
        done = self._say("hand_in_count", done=found.done, total=found.total)
        if not found.open:
            return name, done, self._say("hand_in_nothing_open")
        places = ", ".join(map(str, found.open))
        return name, done, self._say(f"hand_in_open_{task.kind}", places=places)

    @property
    def sentences(self) -> list[str]:
        """What to do now, and whether the notebook carries the answers."""
        if not self.lines:
            return [self._say("hand_in_empty")]
        size = f"{self.size / 1_000_000:.1f}"
        carries = "hand_in_carries" if self.carried else "hand_in_too_large"
        return [
            *([self._say("hand_in_left_open")] if any(found.open for found in self.found) else []),
            self._say("hand_in_files"),
            self._say(carries, count=len(self.lines), size=size),
        ]

    def __repr__(self) -> str:
        """Return the same as plain text."""
        tasks = [f"{name}: {done}; {self.header[2].lower()}: {open_}" for name, done, open_ in self.rows]
        return "\n".join((self.title, *tasks, *self.sentences))

    @property
    def html(self) -> str:
        """The table and the sentences, readable without a style sheet."""
        left = {"style": "text-align: left"}
        head = html.tag("tr", *(html.words("th", cell, scope="col", **left) for cell in self.header))
        body = [
            html.tag(
                "tr",
                html.words("th", name, scope="row", **left),
                *(html.words("td", cell, **left) for cell in rest),
            )
            for name, *rest in self.rows
        ]
        table = html.tag("table", html.tag("thead", head), html.tag("tbody", *body))
        sentences = [html.words("p", sentence) for sentence in self.sentences]
        return html.tag("section", html.words("h4", self.title), table, *sentences, lang=self.language)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.html}
        if self.carried:
            bundle[JOURNAL_TYPE] = {"lines": list(self.carried)}
        return bundle
