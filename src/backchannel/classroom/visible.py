"""Foreign text on the terminal and in tables: nothing in it acts, hides, or runs on without end.

Names of files and of students come from strangers. Some characters turn the direction of a line, move the
cursor, or cannot be seen at all; here they are shown as escapes.
"""

from __future__ import annotations

import re
import unicodedata

# Controls, marks of format and direction, halves of characters, private and unassigned ones, line ends.
_ACTING = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_WIDE = ("W", "F")
# What hides or acts in a text of several lines: controls but for tabs and line ends, marks of direction, and
# the invisible twins of ASCII that can hide whole sentences. What joins letters in emoji or Persian may stay.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


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


def without_hidden(text: str) -> str:
    """Return a text of several lines without what hides or acts."""
    return _HIDDEN.sub("", text)


def with_hidden_named(text: str) -> str:
    """Return a text of several lines in which what hides or acts is named, as in ``‹U+202E›``."""
    return _HIDDEN.sub(lambda found: f"‹U+{ord(found.group()):04X}›", text)


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
