"""What a portfolio's page is made of: a few kinds of blocks, with the student's own words marked as such.

Two renderers write the same blocks as HTML and as Markdown. Whatever a student wrote is ``Own`` or
``Written``, so that neither renderer can take it for a word of the course; ``contained`` keeps it from
spilling over in either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Own:
    """Something the student wrote, within a line or a cell."""

    text: str


@dataclass(frozen=True)
class Link:
    """A link to a heading of the same page."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Share:
    """How much of something is done; ``words`` say the same."""

    done: int
    total: int
    words: str


Cell = str | Own | Link | Share
Words = Cell | tuple[Cell, ...]


@dataclass(frozen=True)
class Heading:
    """A heading, from 1 (the page) downwards; ``anchor`` is set where something links to it."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Line:
    """A paragraph. ``language`` is set where it is not that of the page."""

    words: Words
    strong: bool = False
    language: str = ""


@dataclass(frozen=True)
class Written:
    """A text of the student's, with its own line breaks."""

    text: str


@dataclass(frozen=True)
class Listing:
    """A list."""

    items: tuple[Words, ...]


@dataclass(frozen=True)
class Facts:
    """Names with what is to be said of each."""

    rows: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class Group:
    """Rows of a table under a title of their own, or under none."""

    title: Words
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    caption: str
    header: tuple[str, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Image:
    """A picture made elsewhere; ``alt`` says in a sentence what it shows."""

    png: bytes
    alt: str


Block = Heading | Line | Written | Listing | Facts | Table | Image


def parts(words: Words) -> tuple[Cell, ...]:
    """Return what a line or cell consists of."""
    return words if isinstance(words, tuple) else (words,)


_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_OPENS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_CLOSES = frozenset(_OPENS.values())


def contained(text: str) -> str:
    """Return a student's text with one kind of line end, no control characters, and no direction left open.

    Marks that turn the direction of writing stay where they work within their line. They are closed at its
    end, and those that would close something around the text are left out; else a name could turn the
    page round.
    """
    plain = _CONTROLS.sub("\ufffd", _ENDS.sub("\n", text))
    return "\n".join(_closed(line) for line in plain.split("\n"))


def _closed(line: str) -> str:
    waiting: list[str] = []
    kept = []
    for character in line:
        if character in _CLOSES:
            if not waiting or waiting[-1] != character:
                continue
            waiting.pop()
        elif character in _OPENS:
            waiting.append(_OPENS[character])
        kept.append(character)
    return "".join(kept) + "".join(reversed(waiting))
