"""What charts along a line of time share: periods, rows of a lane, marks filled by how sure a thing is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from backchannel.charts import style
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet
from backchannel.words import Language, say

Filling = Literal["full", "half", "core", "empty", "struck"]

# Triangles have less room inside than their width says, and their middle lies towards the base.
_TRIANGLES: Mapping[str, tuple[float, float]] = {"^": (0, 1), "v": (0, -1), ">": (-1, 0), "<": (1, 0)}


def draw_mark(
    sheet: Sheet, x: float, y: float, marker: str, colour: str, filling: Filling = "full", size: float = 9
) -> None:
    """Draw a marker whose filling carries a meaning of its own, so that it needs no second colour."""
    wide = size * 1.15 if marker in _TRIANGLES else size
    sheet.page.plot(
        [x],
        [y],
        marker=marker,
        ms=wide,
        mfc=colour if filling in ("full", "half") else style.PAPER,
        mfcalt=style.PAPER,
        fillstyle="left" if filling == "half" else "full",
        mec=colour,
        mew=1.5,
        ls="none",
        zorder=3,
    )
    if filling == "core":
        right, down = _TRIANGLES.get(marker, (0, 0))
        off, dot = wide / 72 / 6, size * (0.36 if marker in _TRIANGLES else 0.45)
        sheet.page.plot([x + right * off], [y + down * off], marker="o", ms=dot, c=colour, mew=0, zorder=4)
    if filling == "struck":
        reach = size / 72 * 0.85
        ends = ([x - reach, x + reach], [y + reach, y - reach])
        sheet.page.plot(*ends, color=style.INK, lw=1.6, solid_capstyle="round", zorder=4)


def draw_key(
    sheet: Sheet, top: float, entries: Sequence[tuple[Callable[[float, float], None], str]], title: str = ""
) -> float:
    """Explain marks in as many lines as their words need; ``entries`` are how to draw one, and its words."""
    x, y = MARGIN + 0.1, top + 0.1
    if title:
        sheet.text(MARGIN, y + 0.05, title, size=SMALL, bold=True)
        x += style.text_width(title, SMALL, bold=True) + 0.15
    for draw, words in entries:
        width = style.text_width(words, SMALL) + 0.16
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN + 0.1, y + 0.23
        draw(x, y)
        sheet.text(x + 0.16, y + 0.05, words, size=SMALL)
        x += width + 0.3
    return y + 0.22


# Time ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """When something was: the first and the last day on which it may have been, or went on."""

    first: date
    last: date

    @classmethod
    def of(cls, iso: str, end: str = "") -> Period:
        """Build from an ISO day, month or year, and from another where it lasted."""
        return cls(_edge(iso, last=False), _edge(end or iso, last=True))

    @property
    def middle(self) -> date:
        """The day in the middle, where its mark stands."""
        return date.fromordinal((self.first.toordinal() + self.last.toordinal()) // 2)


def _edge(iso: str, last: bool) -> date:
    year, *rest = (int(part) for part in iso.split("-"))
    month = rest[0] if rest else (12 if last else 1)
    day = rest[1] if len(rest) > 1 else (monthrange(year, month)[1] if last else 1)
    return date(year, month, day)


def period_words(iso: str, end: str, precision: str, language: Language) -> str:
    """Return a date or a period in words, the parts common to both ends said once where they come last."""
    if not end:
        return style.date_words(iso, precision, language)
    first, last = (style.date_words(part, "day", language) for part in (iso, end))
    head, tail = first.split(), last.split()
    while head and tail and len(head) > 1 and head[-1] == tail[-1]:
        head, tail = head[:-1], tail[:-1]
    kept = last.split()[len(tail) :]
    words = " ".join([f"{' '.join(head)}–{' '.join(tail)}", *kept]) if kept else f"{first} – {last}"
    return say("charts.about", language, date=words) if precision == "about" else words


def order_of(iso: str, end: str = "") -> tuple[date, date]:
    """Return a key of order: what is known to the month or year only comes after the days within it."""
    period = Period.of(iso)
    return period.last, Period.of(iso, end).last


def stack(reaches: Sequence[tuple[float, float]], gap: float = 0.04) -> list[int]:
    """Give each reach, from left to right, the first row in which it keeps its distance."""
    ends: list[float] = []
    rows = []
    for left, right in reaches:
        row = next((n for n, end in enumerate(ends) if left - end >= gap), len(ends))
        ends[row : row + 1] = [right]
        rows.append(row)
    return rows
