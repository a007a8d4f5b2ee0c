"""A student's own labels, and which labels two coders took for one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, TEXT, WIDTH, Sheet, house_style, line_height, wrap
from backchannel.codebook import SET_SEPARATOR, Codebook, Dimension
from backchannel.words import Language, Text, say

# Own labels ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Block:
    """The counts of one dimension: label names with how often each was given, and how many are open."""

    name: str
    bars: tuple[tuple[str, int], ...]
    open: int
    claims: int

    @property
    def labelled(self) -> int:
        """Claims with a label."""
        return self.claims - self.open


_GAP, _NAME_WIDTH, _BAR = 0.45, 1.75, 0.245


def own_labels(table: pd.DataFrame, codebook: Codebook, language: Language) -> Picture:
    """Show how often each label was given, one block a dimension.

    Args:
        table: columns claim, dimension and label; an empty label is a claim skipped or still open. Where a
            label is a set, each of its members is counted.
        codebook: names and order of dimensions and labels.
        language: of the words in the picture.
    """
    blocks = [
        _block(codebook[dimension], table[table["dimension"] == dimension], language)
        for dimension in codebook.by_id
        if (table["dimension"] == dimension).any()
    ]
    title = say("charts.own_title", language)
    with house_style():
        sheet = Sheet()
        if any(block.labelled for block in blocks):
            bottom = sheet.head(title, say("charts.own_subtitle", language))
            bottom = _draw_blocks(sheet, blocks, bottom, language)
        else:
            bottom = sheet.head(title)
            bottom = sheet.lines(MARGIN, bottom, wrap(_nothing(blocks, language), WIDTH - 2 * MARGIN))
        figure = sheet.finish(bottom)
    return Picture(figure, title, _own_alt(blocks, language), language)


def _block(dimension: Dimension, rows: pd.DataFrame, language: Language) -> _Block:
    given = rows["label"].fillna("")
    counts = given[given != ""].str.split(SET_SEPARATOR).explode().value_counts()
    bars = tuple((label.name.in_(language), int(counts.get(label.id, 0))) for label in dimension.labels)
    return _Block(dimension.name.in_(language), bars, int((given == "").sum()), len(rows))


def _nothing(blocks: list[_Block], language: Language) -> str:
    claims = max((block.claims for block in blocks), default=0)
    key = "charts.own_nothing" if claims else "charts.own_no_block"
    return say(key, language, claims=claims, dimensions=len(blocks))


def _draw_blocks(sheet: Sheet, blocks: list[_Block], top: float, language: Language) -> float:
    """Set the blocks in two columns of about the same height, on one common scale."""
    longest = max(max([block.open, *(count for _, count in block.bars)]) for block in blocks)
    width = (WIDTH - 2 * MARGIN - _GAP) / 2
    rows = [len(block.bars) + 3 for block in blocks]
    breaks = [abs(sum(rows[:n]) - sum(rows[n:])) for n in range(1, len(rows) + 1)]
    half = breaks.index(min(breaks)) + 1
    ends = []
    for left, column in ((MARGIN, blocks[:half]), (MARGIN + width + _GAP, blocks[half:])):
        y = top
        for block in column:
            y = _draw_block(sheet, block, left, y, width, longest, language) + 0.2
        ends.append(y)
    return max(ends) - 0.2


def _draw_block(
    sheet: Sheet, block: _Block, left: float, top: float, width: float, longest: int, language: Language
) -> float:
    top = sheet.lines(
        left, top, wrap(block.name, width, style.HEADING, bold=True), size=style.HEADING, bold=True
    )
    bars = [*block.bars, (say("charts.open", language), block.open)]
    names = [wrap(name, _NAME_WIDTH, SMALL) for name, _ in bars]
    heights = [max(_BAR, len(lines) * line_height(SMALL) + 0.05) for lines in names]
    axes_left, axes_width = left + _NAME_WIDTH + 0.1, width - _NAME_WIDTH - 0.5
    axes = sheet.panel(axes_left, top, axes_width, sum(heights))
    axes.set(xlim=(0, longest), ylim=(sum(heights), 0))
    y = 0.0
    for (_, count), lines, height in zip(bars, names, heights, strict=True):
        is_open = len(bars) > 1 and lines is names[-1]
        middle = y + height / 2
        axes.barh(
            [middle],
            [count],
            height=0.165,
            color=style.PAPER if is_open else style.BLUE,
            edgecolor=style.MUTED if is_open else style.BLUE,
            hatch="////" if is_open else None,
            lw=1,
        )
        start = top + middle - len(lines) * line_height(SMALL) / 2 + 0.02
        sheet.lines(axes_left - 0.1, start, lines, size=SMALL, align="right", italic=is_open)
        sheet.text(
            axes_left + axes_width * count / longest + 0.06,
            top + middle + 0.05,
            str(count),
            size=SMALL,
            bold=count > 0,
            colour=style.INK if count else style.MUTED,
        )
        y += height
    axes.plot([0, 0], [0, sum(heights)], color=style.MUTED, lw=1.2, clip_on=False)
    return top + sum(heights)


def _own_alt(blocks: list[_Block], language: Language) -> str:
    if not any(block.labelled for block in blocks):
        return _nothing(blocks, language)
    claims = max(block.claims for block in blocks)
    lines = [say("charts.own_alt", language, claims=claims, dimensions=len(blocks))]
    for block in blocks:
        bars = [*block.bars, (say("charts.open", language), block.open)]
        lines.append(f"{block.name}: {', '.join(f'{name} {count}' for name, count in bars)}.")
    return "\n".join(lines)


# Confusions ------------------------------------------------------------------------------------------

_SHADES = LinearSegmentedColormap.from_list("shades", [style.PAPER, "#A9C4DE", style.BLUE, "#06365E"])


def confusion_chart(
    matrix: pd.DataFrame, names: Mapping[str, Text], row_title: str, column_title: str, language: Language
) -> Picture:
    """Show how often one coder gave each label where another gave each label.

    Args:
        matrix: counts; rows are the labels of the first coder, columns those of the second, as
            ``backchannel.agreement.confusion`` returns them.
        names: readable names of the labels; an id without a name is shown as it is.
        row_title: who stands in the rows.
        column_title: who stands in the columns.
        language: of the words in the picture.
    """
    rows, columns = (_names(labels, names, language) for labels in (matrix.index, matrix.columns))
    title = say("charts.confusion_title", language, row=row_title, column=column_title)
    title = title[:1].upper() + title[1:]
    total, agreed = int(matrix.to_numpy().sum()), _agreed(matrix)
    if total:
        summary = say(
            "charts.confusion_summary",
            language,
            agreed=agreed,
            total=total,
            share=style.percent(agreed / total),
        )
    else:
        summary = say("charts.confusion_empty", language)
    with house_style():
        sheet = Sheet()
        hint = say("charts.confusion_hint", language) if total else ""
        bottom = sheet.head(title, f"{summary} {hint}".strip())
        if matrix.size:
            bottom = _draw_matrix(sheet, matrix, rows, columns, row_title, column_title, bottom)
        figure = sheet.finish(bottom)
    lines = [summary, *_confused(matrix, rows, columns, row_title, column_title, language)]
    return Picture(figure, title, "\n".join(lines), language)


def _names(labels: Iterable[str], names: Mapping[str, Text], language: Language) -> list[str]:
    return [names[label].in_(language) if label in names else label for label in labels]


def _agreed(matrix: pd.DataFrame) -> int:
    return sum(int(matrix.loc[label, label]) for label in matrix.index if label in matrix.columns)


def _draw_matrix(
    sheet: Sheet,
    matrix: pd.DataFrame,
    rows: list[str],
    columns: list[str],
    row_title: str,
    column_title: str,
    top: float,
) -> float:
    name_width = min(2.2, max(style.text_width(name) for name in rows) + 0.05)
    left = MARGIN + name_width + 0.15
    cell = min(1.15, (WIDTH - MARGIN - left) / len(columns))
    height = max(0.42, *(len(wrap(name, name_width)) * line_height() + 0.06 for name in rows))
    lines = wrap(column_title, WIDTH - MARGIN - left, TEXT, bold=True)
    top = sheet.lines(left, top, lines, bold=True) + 0.03
    top = _draw_column_names(sheet, columns, left, top, cell)
    row_lines = wrap(row_title, name_width, bold=True)
    sheet.lines(MARGIN, top - len(row_lines) * line_height() - 0.05, row_lines, bold=True)
    axes = sheet.panel(left, top, cell * len(columns), height * len(rows))
    _draw_cells(axes, matrix)
    for number, name in enumerate(rows):
        name_lines = wrap(name, name_width)
        start = top + (number + 0.5) * height - len(name_lines) * line_height() / 2 + 0.02
        sheet.lines(left - 0.12, start, name_lines, align="right")
    return top + height * len(rows)


def _draw_column_names(sheet: Sheet, columns: list[str], left: float, top: float, cell: float) -> float:
    """Set the names upright where their words fit the cells, else turned; return where the cells begin."""
    room = cell - 0.05
    if all(style.text_width(word, SMALL) <= room for name in columns for word in name.split()):
        wrapped = [wrap(name, room, SMALL) for name in columns]
        bottom = top + max(len(lines) for lines in wrapped) * line_height(SMALL) + 0.03
        for number, lines in enumerate(wrapped):
            start = bottom - 0.03 - len(lines) * line_height(SMALL)
            sheet.lines(left + (number + 0.5) * cell, start, lines, size=SMALL, align="center")
        return bottom
    bottom = top + max(style.text_width(name, SMALL) for name in columns) + 0.12
    for number, name in enumerate(columns):
        sheet.text(left + (number + 0.5) * cell, bottom - 0.07, name, size=SMALL, align="center", turned=True)
    return bottom


def _draw_cells(axes: Axes, matrix: pd.DataFrame) -> None:
    counts = matrix.to_numpy(dtype=float)
    highest = max(1.0, counts.max())
    axes.imshow(counts, cmap=_SHADES, vmin=0, vmax=highest, aspect="auto", interpolation="nearest")
    for edge in np.arange(-0.5, counts.shape[0]):
        axes.axhline(edge, color=style.RULE, lw=1)
    for edge in np.arange(-0.5, counts.shape[1]):
        axes.axvline(edge, color=style.RULE, lw=1)
    for row, first in enumerate(matrix.index):
        for column, second in enumerate(matrix.columns):
            count = int(counts[row, column])
            ground = to_hex(_SHADES(count / highest))
            # Of pure black and white, one always has at least 4.5:1, on any shade.
            ink = max("#000000", "#FFFFFF", key=lambda c: style.contrast(c, ground)) if count else style.MUTED
            same = first == second
            axes.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                color=ink,
                size=12 if count else SMALL,
                weight="bold" if same and count else "normal",
            )
            if same:
                # An agreement has a frame of its own, so that it does not depend on the shade.
                frame = Rectangle((column - 0.43, row - 0.4), 0.86, 0.8, fill=False, ec=ink, lw=1.8)
                axes.add_patch(frame)


def _confused(
    matrix: pd.DataFrame,
    rows: list[str],
    columns: list[str],
    row_title: str,
    column_title: str,
    language: Language,
) -> list[str]:
    """Return one sentence a cell that is not empty: first the agreements, then the confusions by size."""
    counts = matrix.to_numpy(dtype=int)
    found = []
    for row, first in enumerate(matrix.index):
        for column, second in enumerate(matrix.columns):
            if count := int(counts[row, column]):
                key = "charts.confusion_same" if first == second else "charts.confusion_pair"
                names = {"first": rows[row], "second": columns[column]}
                words = say(key, language, n=count, row=row_title, column=column_title, **names)
                found.append((first != second, -count, words))
    found.sort(key=lambda item: (item[0], item[1]))
    return [words for _, _, words in found]
