"""The comment bank: what one writes under many answers, kept in ``comments.csv`` of the class.

One row is a comment: ``id``, ``task`` (empty: for every task), ``text``, ``used`` (how often it was taken).
It is plain CSV, so that a colleague can take the file along and a table program can edit it. Several graders
may use it at once: each change reads the file anew and writes it whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from backchannel.classroom.csv_files import read_rows, write_rows
from backchannel.classroom.folder import alone
from backchannel.classroom.records import sha256
from backchannel.errors import BackchannelError, UsageError

LONGEST = 4_000


@dataclass(frozen=True)
class BankComment:
    """A comment to use again; ``task`` is empty where it serves every task."""

    id: str
    task: str
    text: str
    used: int = 0


COLUMNS = tuple(field.name for field in fields(BankComment))
Comments = dict[str, BankComment]


@dataclass(frozen=True)
class CommentBank:
    """The comments of a class, in one file."""

    path: Path

    def comments(self) -> Comments:
        """Return the comments by id, in the order of the file; none where there is no file.

        Raises:
            DataError: the file is there and is no table of comments.
        """
        return _read(read_rows(self.path, needed=("text", "task")))

    def of(self, task: str) -> tuple[BankComment, ...]:
        """Return the comments that serve a task, the most used first."""
        found = (comment for comment in self.comments().values() if comment.task in ("", task))
        return tuple(sorted(found, key=lambda comment: (-comment.used, comment.text.casefold())))

    def add(self, text: str, task: str = "", used: int = 0) -> BankComment:
        """Keep a comment; one with the same words for the same task is kept once.

        Raises:
            UsageError: it is empty, or longer than a comment should be.
            BackchannelError: the file cannot be written.
        """
        new = BankComment(uuid.uuid4().hex[:8], task, _checked(text), used)

        def change(comments: Comments) -> BankComment:
            for known in comments.values():
                if (known.task, known.text) == (new.task, new.text):
                    return known
            comments[new.id] = new
            return new

        return self._change(change)

    def edit(self, name: str, text: str, task: str = "") -> None:
        """Change the words of a comment, or what it serves.

        Raises:
            UsageError: there is no such comment, or the new words will not do.
            BackchannelError: the file cannot be written.
        """
        words = _checked(text)
        self._change(lambda comments: _put(comments, replace(_known(comments, name), text=words, task=task)))

    def drop(self, name: str) -> None:
        """Take a comment out.

        Raises:
            UsageError: there is no such comment.
            BackchannelError: the file cannot be written.
        """
        self._change(lambda comments: comments.pop(_known(comments, name).id))

    def use(self, name: str) -> None:
        """Count that a comment was taken.

        Raises:
            UsageError: there is no such comment.
            BackchannelError: the file cannot be written.
        """

        def change(comments: Comments) -> BankComment:
            comment = _known(comments, name)
            return _put(comments, replace(comment, used=comment.used + 1))

        self._change(change)

    def _change(self, change: Callable[[Comments], BankComment]) -> BankComment:
        try:
            with alone(self.path):
                comments = self.comments()
                changed = change(comments)
                write_rows(self.path, COLUMNS, map(asdict, comments.values()))
        except OSError as problem:
            raise BackchannelError(
                f"The comment bank was not changed: {self.path} cannot be written ({problem.strerror}); "
                "make room or let yourself write there, then try again."
            ) from problem
        return changed


def _read(rows: Iterable[Mapping[str, str]]) -> Comments:
    """Return the rows that hold a comment; one without an id of its own is known by its words."""
    found: Comments = {}
    for row in rows:
        task, text, used, name = (row.get(column, "") for column in ("task", "text", "used", "id"))
        if not name or name in found:
            name = sha256(f"{task}\n{text}".encode())[:8]
        if text:
            count = int(used) if used.isascii() and used.isdigit() else 0
            found[name] = BankComment(name, task, text, count)
    return found


def _checked(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise UsageError(f"A comment in the bank has 1 to {LONGEST} characters, and not {len(words)}.")
    return words


def _known(comments: Comments, name: str) -> BankComment:
    if name not in comments:
        raise UsageError("The comment is no longer in the bank; somebody else took it out.")
    return comments[name]


def _put(comments: Comments, comment: BankComment) -> BankComment:
    comments[comment.id] = comment
    return comment
