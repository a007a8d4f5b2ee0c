"""Foreign text on the terminal and in tables: nothing in it acts, hides, or runs on without end.

Names of files and of students come from strangers. Some characters turn the direction of a line, move the
cursor, or cannot be seen at all; here they are shown as escapes.
"""

from __future__ import annotations

import unicodedata

# Controls, marks of format and direction, halves of characters, private and unassigned ones, line ends.
_ACTING = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_WIDE = ("W", "F")


def visible(text: str, limit: int = 60) -> str:
    r"""Return a text in one line, with everything that acts or hides as an escape such as ``\u202e``.

    A longer text than ``limit`` characters loses its middle.
    """
    if len(text) > limit:
        kept = limit - 1
        text = f"{text[: kept - kept // 3]}…{text[len(text) - kept // 3 :]}"
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _ACTING:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def plain(text: str) -> str:
    """Return a name without anything that acts or hides, and with single spaces."""
    kept = (
        " " if unicodedata.category(mark) in _ACTING else mark for mark in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(kept).split())


def width(text: str) -> int:
    """Return how many columns a terminal needs for a text."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in _WIDE else 1
        for mark in text
    )


def padded(text: str, columns: int) -> str:
    """Return a text filled with spaces to a number of columns."""
    return text + " " * max(0, columns - width(text))
