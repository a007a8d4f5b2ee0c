"""Pieces that several charts are made of: fills with a key, stacked bars, tables of bars, empty pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, TEXT, WIDTH, Align, Sheet, house_style, line_height, wrap
from backchannel.words import Language

INNER = WIDTH - 2 * MARGIN
_NARROW = 0.15


@dataclass(frozen=True)
class Fill:
    """How a kind of thing is filled; ``hatch`` and lightness tell kinds apart where colours do not."""

    colour: str
    hatch: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table of bars: its words, and its bar as a share of 1, or None where there is no value."""

    words: str
    share: float | None


def labels_of(documents: pd.DataFrame) -> dict[str, str]:
    """Return the documents' labels (``D1``) by id, in the order of the labels."""
    ordered = documents.sort_values("label", kind="stable")
    return dict(zip(ordered["id"], ordered["label"], strict=True))


def empty_page(title: str, sentence: str, language: Language) -> Picture:
    """Return a picture which says in a sentence why there is nothing to see yet."""
    return page(
        title, "", lambda sheet, top: sheet.lines(MARGIN, top, wrap(sentence, INNER)), [sentence], language
    )


def page(
    title: str,
    subtitle: str,
    draw: Callable[[Sheet, float], float],
    alt: Sequence[str],
    language: Language,
) -> Picture:
    """Set the title, draw below it, and join figure and words.

    Args:
        title: of the picture.
        subtitle: how to read it.
        draw: draws on a sheet from a height downwards and returns where it ended.
        alt: the text version: what the picture shows, then one line an item.
        language: of the words.
    """
    with house_style():
        sheet = Sheet()
        figure = sheet.finish(draw(sheet, sheet.head(title, subtitle)))
    return Picture(figure, title, "\n".join(alt), language)


def draw_box(
    sheet: Sheet, x: float, top: float, width: float, height: float, fill: Fill, edge: str = ""
) -> Rectangle:
    """Draw a filled field; hatches take the colour of the fill on the paper."""
    face = style.PAPER if fill.hatch else fill.colour
    box = Rectangle((x, top), width, height, fc=face, ec=edge or fill.colour, hatch=fill.hatch or None, lw=1)
    sheet.page.add_patch(box)
    return box


def draw_key(sheet: Sheet, top: float, entries: Sequence[tuple[Fill, str]]) -> float:
    """Explain the fills, in as many lines as their words need."""
    x, y = MARGIN, top
    for fill, words in entries:
        width = style.text_width(words, SMALL) + 0.33
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 0.24
        draw_box(sheet, x, y + 0.03, 0.24, 0.14, fill)
        sheet.text(x + 0.32, y + 0.15, words, size=SMALL)
        x += width + 0.28
    return y + 0.32


def draw_stack(sheet: Sheet, x: float, top: float, width: float, parts: Sequence[tuple[float, Fill]]) -> None:
    """Draw shares of 1 side by side as one bar, 0.26 inches high, with a slit of paper between them."""
    for share, fill in parts:
        if share > 0:
            draw_box(sheet, x, top, width * share, 0.26, fill, edge=style.PAPER if not fill.hatch else "")
            x += width * share


def centred(
    sheet: Sheet,
    x: float,
    middle: float,
    lines: Sequence[str],
    *,
    size: float = TEXT,
    colour: str = style.INK,
    bold: bool = False,
    align: Align = "left",
) -> None:
    """Set lines so that their block is centred on a height."""
    start = middle - len(lines) * line_height(size) / 2 + 0.02
    sheet.lines(x, start, lines, size=size, colour=colour, bold=bold, align=align)


def flow(parts: Sequence[str], width: float) -> list[str]:
    """Return the parts with points between them, in lines that break only between parts."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and style.text_width(longer, SMALL) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def share_words(share: float) -> str:
    """Return a share in per cent; what is there but rounds to nothing is said to be less than one."""
    return "<1 %" if 0 < share < 0.005 else style.percent(share)


# A table of bars ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BarRow:
    """A row of a table of bars. ``note`` stands below the name; ``rule`` draws a stronger line above."""

    name: str
    cells: tuple[Cell, ...]
    note: str = ""
    rule: bool = False


def draw_bar_table(
    sheet: Sheet, top: float, columns: Sequence[str], rows: Sequence[BarRow], name_width: float = 2.9
) -> float:
    """Draw names, and for each column words with a bar below; columns are headed by dark badges."""
    left = MARGIN + name_width + 0.15
    step = (WIDTH - MARGIN - left) / max(1, len(columns))
    for number, column in enumerate(columns):
        sheet.badge(
            left + number * step + style.text_width(column, SMALL, bold=True) / 2 + 0.06, top + 0.1, column
        )
    top += 0.32
    for row in rows:
        lines, notes = wrap(row.name, name_width), wrap(row.note, name_width, SMALL)
        height = max(0.42, len(lines) * line_height() + len(notes) * line_height(SMALL)) + 0.12
        sheet.rule(top)
        if row.rule:
            sheet.page.plot([MARGIN, WIDTH - MARGIN], [top, top], color=style.MUTED, lw=1.2)
        block = len(lines) * line_height() + len(notes) * line_height(SMALL)
        start = sheet.lines(MARGIN, top + (height - block) / 2 + 0.01, lines)
        sheet.lines(MARGIN, start, notes, size=SMALL, colour=style.MUTED, italic=True)
        for number, cell in enumerate(row.cells):
            _draw_cell(sheet, cell, left + number * step, top + height / 2, step - 0.16)
        top += height
    sheet.rule(top)
    return top + 0.1


def _draw_cell(sheet: Sheet, cell: Cell, x: float, middle: float, width: float) -> None:
    there = bool(cell.share)
    colour = style.INK if there else style.MUTED
    sheet.text(x, middle - 0.02, cell.words, size=SMALL, bold=there, colour=colour)
    if cell.share is not None:
        sheet.page.plot([x, x], [middle + 0.05, middle + 0.17], color=style.MUTED, lw=1.2)
    if cell.share:
        sheet.page.add_patch(Rectangle((x, middle + 0.06), width * cell.share, 0.1, fc=style.BLUE, ec="none"))


# Claims -------------------------------------------------------------------------------------------------

OWN, RESIDUE, FOREIGN = "own", "residue", "foreign_thread"


def by_document(claims: pd.Series) -> pd.Series:
    """Return the document of each claim id: ``d1-p02-3`` stands in ``d1``."""
    return claims.str.split("-").str[0]


def standing_of(attributions: pd.DataFrame, passages: pd.DataFrame) -> pd.Series:
    """Say of each claim whether it is the document's own, left over from its page, or of a foreign thread.

    What is left over from the page of a foreign thread goes with this thread: its mouth prints nothing in the
    document itself.

    Args:
        attributions: columns claim, hop, actor.
        passages: columns id and kind.

    Returns:
        ``own``, ``residue`` or ``foreign_thread``, by claim.
    """
    printed = attributions[attributions["hop"] == 1].drop_duplicates("claim").set_index("claim")["actor"]
    claims = printed.index.to_series().astype(str)
    kinds = claims.str.rsplit("-", n=1).str[0].map(dict(zip(passages["id"], passages["kind"], strict=True)))
    standing = kinds.where(kinds.isin([RESIDUE, FOREIGN]), OWN)
    mouths = by_document(claims) + " " + printed
    strangers = set(mouths[standing == FOREIGN]) - set(mouths[standing == OWN])
    return standing.mask(mouths.isin(strangers), FOREIGN)


def draw_band(sheet: Sheet, x0: float, x1: float, y0: float, y1: float, half: float, colour: str) -> None:
    """Draw a band that swings from one height to another; ``half`` is half its width.

    A narrow band is a line of that width, since an area would all but vanish where it is steep. A slit of
    paper parts it from those that it touches or crosses.
    """
    t = np.linspace(0, 1, 40)
    x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * (3 * t**2 - 2 * t**3)
    if half < _NARROW:
        for tone, slit in ((style.PAPER, 1), (colour, 0)):
            points = 2 * half * 72 + slit
            sheet.page.plot(x, y, color=tone, lw=points, solid_capstyle="butt", zorder=1)
        return
    sheet.page.fill_between(x, y - half, y + half, color=colour, lw=0, zorder=1)
    for edge in (y - half, y + half):
        sheet.page.plot(x, edge, color=style.PAPER, lw=1, solid_capstyle="butt", zorder=1)


def break_edge(sheet: Sheet, x: float, top: float, width: float, height: float) -> None:
    """Draw a broken light line along the edge of a dark field: who prints here has no name."""
    inset = 0.012
    place, size = (x + inset, top + inset), (width - 2 * inset, height - 2 * inset)
    line = Rectangle(place, *size, fill=False, ec=style.GLOW, ls=(0, (4, 2)), lw=1.4, zorder=2.6)
    sheet.page.add_patch(line)


def draw_number(sheet: Sheet, x: float, y: float, words: str) -> None:
    """Set the number of a band, bold and ending at a place, on a light field, to be read on any band."""
    wide = style.text_width(words, SMALL, bold=True)
    sheet.page.fill_between(
        [x - wide - 0.03, x + 0.03], y - 0.085, y + 0.085, color=style.PAPER, lw=0, zorder=2, alpha=0.85
    )
    sheet.text(x, y + 0.05, words, size=SMALL, bold=True, align="right")


def counts_in_words(counts: Mapping[str, str]) -> str:
    """Return ``name value`` pairs, separated by commas."""
    return ", ".join(f"{name} {value}" for name, value in counts.items())
