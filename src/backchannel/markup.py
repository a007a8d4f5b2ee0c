"""The small markup of the reading edition.

A reading is plain text with three marks, which say what a reader must be able to see:

``{1|…}``
    the words that carry claim 1 of the passage (``{1,2|…}`` carries two);
``⟦…⟧``
    our paraphrase of what stands between quotation marks in the original;
``«…»``
    a verbatim quotation of the original's own wording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from backchannel.errors import DataError

Form = Literal["plain", "retold", "verbatim"]

_TOKEN = re.compile(r"\{(\d+(?:,\d+)*)\||[}⟦⟧«»{]")
_CLAIM_MARK = re.compile(r"\{[\d,]+\||\}")
_QUOTATION = re.compile("«([^»]*)»")
_OPENS: dict[str, Form] = {"⟦": "retold", "«": "verbatim"}
_CLOSES: dict[str, Form] = {"⟧": "retold", "»": "verbatim"}


@dataclass(frozen=True)
class Segment:
    """A run of a reading with one form, carrying the same claims throughout.

    ``claims`` are positions of claims within the passage, in ascending order.
    """

    text: str
    claims: tuple[int, ...] = ()
    form: Form = "plain"


@dataclass
class _State:
    """What is open at a point of the reading."""

    claims: tuple[int, ...] = ()
    form: Form = "plain"

    def open_claims(self, numbers: str) -> None:
        if self.claims:
            raise DataError("a claim mark is opened inside another claim mark")
        self.claims = tuple(sorted({int(number) for number in numbers.split(",")}))

    def apply(self, token: re.Match[str]) -> None:
        mark = token.group()
        if token.group(1):
            self.open_claims(token.group(1))
        elif mark in _OPENS:
            if self.form != "plain":
                raise DataError(f"the mark {mark} is opened inside another quotation")
            self.form = _OPENS[mark]
        elif mark in _CLOSES:
            if self.form != _CLOSES[mark]:
                raise DataError(f"the mark {mark} closes nothing")
            self.form = "plain"
        elif mark == "}" and self.claims:
            self.claims = ()
        else:
            raise DataError(f"the brace {mark} stands alone")


def parse(reading: str) -> tuple[Segment, ...]:
    """Split a reading into its segments.

    Raises:
        DataError: a mark is not opened, not closed, or stands inside its like.
    """
    state, segments, done = _State(), [], 0
    for token in _TOKEN.finditer(reading):
        if token.start() > done:
            segments.append(Segment(reading[done : token.start()], state.claims, state.form))
        state.apply(token)
        done = token.end()
    if done < len(reading):
        segments.append(Segment(reading[done:], state.claims, state.form))
    if state.claims or state.form != "plain":
        raise DataError("a mark is opened and never closed")
    return tuple(segments)


def plain(reading: str) -> str:
    """Return the reading without its marks."""
    return "".join(segment.text for segment in parse(reading))


def quotations(reading: str) -> tuple[str, ...]:
    """Return the verbatim quotations of a reading, in order, each whole even where a claim ends inside it.

    Raises:
        DataError: the reading is not well marked up.
    """
    parse(reading)
    return tuple(_CLAIM_MARK.sub("", quotation) for quotation in _QUOTATION.findall(reading))


def claim_positions(reading: str) -> frozenset[int]:
    """Return the positions of all claims the reading carries."""
    return frozenset(position for segment in parse(reading) for position in segment.claims)
