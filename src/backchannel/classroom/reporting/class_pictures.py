"""The pictures of the report on a class, drawn as those of the lessons are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isnan

from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.parts import Fill, draw_key, draw_stack, page
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet, line_height, wrap
from backchannel.classroom.reporting.answer_figures import Spent
from backchannel.classroom.reporting.class_figures import MACHINE, WRITTEN, ClassFigures, Done, Points
from backchannel.classroom.reporting.dimension_figures import Confused, Share, WithReference
from backchannel.exercises import Exercise
from backchannel.words import Language, say

_RIGHT = WIDTH - MARGIN
_STATES: Mapping[str, Fill] = {
    "complete": Fill(style.BLUE),
    "begun": Fill(style.BLUE, "////"),
    "nothing": Fill(style.MUTED, "...."),
    "absent": Fill(style.RULE),
}
_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 600, 6000, 10**9)  # minutes between two lines
_DEEPEST = 0.45  # of the blue of a full cell, so that its number can be read in the light and in the dark


def told(key: str, language: Language, **fields: object) -> str:
    """Return words of the report."""
    return say(f"report.{key}", language, **fields)


def exercise_name(name: str, exercise: Exercise, language: Language) -> str:
    """Return number and title of an exercise."""
    return f"{name[:2]}  {exercise.title.in_(language)}"


def _name(sheet: Sheet, words: str, top: float, height: float, width: float) -> None:
    """Set the name of a row, centred on its height."""
    lines = wrap(words, width)
    sheet.lines(MARGIN, top + (height - len(lines) * line_height()) / 2 + 0.01, lines)


def _bar(sheet: Sheet, x: float, y: float, width: float, height: float, colour: str = style.BLUE) -> None:
    sheet.page.add_patch(Rectangle((x, y), width, height, fc=colour, ec="none"))


def _line(sheet: Sheet, xs: tuple[float, float], ys: tuple[float, float], colour: str, width: float) -> None:
    sheet.page.plot(xs, ys, color=colour, lw=width, solid_capstyle="butt", zorder=2)


# --- how far the tasks are -----------------------------------------------------------------------------


def completion(figures: ClassFigures, language: Language) -> Picture:
    """Show for each task how many answered all of it, some of it, nothing, or handed in nothing."""
    rows = {name: [done for done in figures.done if done.exercise == name] for name in figures.exercises}
    columns = max((len(done) for done in rows.values()), default=1)
    left, height = MARGIN + 2.6, 0.58
    step = (_RIGHT - left) / columns

    def draw(sheet: Sheet, top: float) -> float:
        entries = [(fill, told(f"state_{state}", language)) for state, fill in _STATES.items()]
        top = draw_key(sheet, top, entries) + 0.08
        for number in range(columns):
            words = told("task", language, n=number + 1)
            sheet.text(left + number * step, top + 0.1, words, size=SMALL, bold=True)
        top += 0.2
        for name, tasks in rows.items():
            sheet.rule(top)
            _name(sheet, exercise_name(name, figures.exercises[name], language), top, height, 2.45)
            for number, done in enumerate(tasks):
                _draw_done(sheet, done, left + number * step, top, step - 0.25, language)
            top += height
        sheet.rule(top)
        return top + 0.05

    alt = [told("completion_alt", language, n=style.thousands(figures.size, language))]
    for name, tasks in rows.items():
        states = "; ".join(f"{done.task.title.in_(language)}: {_states(done, language)}" for done in tasks)
        alt.append(f"{exercise_name(name, figures.exercises[name], language)} – {states}.")
    return page(told("completion_title", language), told("completion_read", language), draw, alt, language)


def _states(done: Done, language: Language) -> str:
    return ", ".join(
        f"{told(f'state_{state}', language)} {style.thousands(getattr(done, state), language)}"
        for state in _STATES
    )


def _draw_done(sheet: Sheet, done: Done, x: float, top: float, width: float, language: Language) -> None:
    counts = {state: getattr(done, state) for state in _STATES}
    total = max(1, sum(counts.values()))
    draw_stack(sheet, x, top + 0.07, width, [(counts[state] / total, _STATES[state]) for state in _STATES])
    n, of = (style.thousands(count, language) for count in (done.complete, total))
    words = told("of_these", language, n=n, total=of)
    sheet.text(x, top + 0.49, words, size=SMALL, colour=style.MUTED)


# --- points --------------------------------------------------------------------------------------------


def points(figures: ClassFigures, language: Language) -> Picture:
    """Show how the points of each exercise are spread, those of the machine and those of a person."""
    left, height, kinds = MARGIN + 2.6, 0.84, (MACHINE, WRITTEN)
    step = (_RIGHT - left) / len(kinds)
    found = {(one.exercise, one.kind): one for one in figures.points}

    def draw(sheet: Sheet, top: float) -> float:
        for number, kind in enumerate(kinds):
            words = told(f"points_{kind}", language)
            sheet.text(left + number * step, top + 0.1, words, size=SMALL, bold=True)
        top += 0.2
        for name, exercise in figures.exercises.items():
            sheet.rule(top)
            _name(sheet, exercise_name(name, exercise, language), top, height, 2.45)
            for number, kind in enumerate(kinds):
                if one := found.get((name, kind)):
                    _draw_spread(sheet, one, left + number * step, top, step - 0.35, language)
            top += height
        sheet.rule(top)
        return top + 0.05

    alt = [told("points_alt", language)]
    for one in figures.points:
        title = exercise_name(one.exercise, figures.exercises[one.exercise], language)
        kind = told(f"points_{one.kind}", language)
        alt.append(f"{title}, {kind}: {points_words(one, language)}.")
    return page(told("points_title", language), told("points_read", language), draw, alt, language)


def number(value: float, language: Language) -> str:
    """Return points as they are written, with at most one decimal."""
    return style.decimal(value, language, 0 if float(round(value, 1)).is_integer() else 1)


def points_words(one: Points, language: Language) -> str:
    """Say in half a sentence how points are spread."""
    waiting = (
        told("points_waiting", language, n=style.thousands(one.waiting, language)) if one.waiting else ""
    )
    if not one.points:
        return waiting or told("points_none", language)
    fields = {"median": number(one.quantile(0.5), language), "most": number(one.most, language)}
    return style.join(
        [told("points_words", language, n=style.thousands(len(one.points), language), **fields), waiting]
    )


def _draw_spread(sheet: Sheet, one: Points, x: float, top: float, width: float, language: Language) -> None:
    """Draw a column for each whole point, with a mark at the median."""
    base, highest = top + 0.48, 0.38
    _line(sheet, (x, x + width), (base, base), style.MUTED, 1)
    steps = ceil(one.most) + 1
    column = width / steps
    counts = [0] * steps
    for value in one.points:
        counts[min(steps - 1, max(0, round(value)))] += 1
    for place, count in enumerate(counts):
        tall = highest * count / max(1, *counts)
        _bar(sheet, x + (place + 0.12) * column, base - tall, 0.76 * column, tall)
    if one.points:
        middle = x + (one.quantile(0.5) + 0.5) * column
        sheet.mark(middle, base + 0.06, "^", style.VERMILION, size=6)
    sheet.text(x, base + 0.29, points_words(one, language), size=SMALL, colour=style.MUTED)


# --- agreement with the reference ----------------------------------------------------------------------


def with_reference(rows: Sequence[WithReference], language: Language) -> Picture:
    """Show for each dimension the share of right and of accepted answers, with their intervals."""
    left, words_width, height = MARGIN + 2.55, 1.75, 0.6
    width = _RIGHT - words_width - left

    def draw(sheet: Sheet, top: float) -> float:
        for offset, measure, hollow in ((0.0, "right", False), (2.6, "accepted", True)):
            sheet.mark(MARGIN + 0.1 + offset, top + 0.08, "o", _colour(measure), hollow=hollow)
            sheet.text(MARGIN + 0.3 + offset, top + 0.13, told(f"share_{measure}", language), size=SMALL)
        top += 0.5
        bottom = top + height * len(rows)
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            x = left + width * tick
            _line(sheet, (x, x), (top, bottom), style.RULE, 1)
            words = style.percent(tick)
            sheet.text(x, top - 0.07, words, size=SMALL, colour=style.MUTED, align="center")
        for n, row in enumerate(rows):
            y = top + n * height
            sheet.rule(y)
            _name(sheet, row.dimension.name.in_(language), y, height, 2.35)
            for share, raised, measure in ((row.right, 0.22, "right"), (row.accepted, 0.41, "accepted")):
                _draw_share(sheet, share, left, width, y + raised, measure)
                words = f"{style.percent(share.value)} {told(f'short_{measure}', language)}"
                sheet.text(_RIGHT, y + raised + 0.05, words, size=SMALL, align="right")
        sheet.rule(bottom)
        return bottom + 0.05

    alt = [told("reference_alt", language, n=len(rows))]
    for row in rows:
        shares = "; ".join(
            f"{told(f'share_{measure}', language)} {share_words(share, language)}"
            for measure, share in (("right", row.right), ("accepted", row.accepted))
        )
        alt.append(f"{row.dimension.name.in_(language)}: {shares}.")
    return page(told("reference_title", language), told("reference_read", language), draw, alt, language)


def _colour(measure: str) -> str:
    return style.BLUE if measure == "right" else style.GREEN


def share_words(share: Share, language: Language) -> str:
    """Return a share in per cent with its interval, where it has one."""
    if isnan(share.value):
        return "–"
    if isnan(share.low):
        return style.percent(share.value)
    ends = f"{100 * share.low:.0f} {say('charts.to', language)} {style.percent(share.high)}"
    return f"{style.percent(share.value)} ({ends})"


def _draw_share(sheet: Sheet, share: Share, left: float, width: float, y: float, measure: str) -> None:
    colour = _colour(measure)
    if not isnan(share.low):
        _line(sheet, (left + width * share.low, left + width * share.high), (y, y), colour, 2.2)
    sheet.mark(left + width * share.value, y, "o", colour, size=7, hollow=measure == "accepted")


# --- confusions ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Matrix:
    """A matrix of counts in words: what its rows and columns are called, and whether these are the same."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Sequence[Sequence[int]]
    square: bool
    language: Language

    def words(self, count: int) -> str:
        return style.thousands(count, self.language)


def confusions(confused: Confused, language: Language) -> Picture:
    """Show how often each label was given where the reference has each label."""
    dimension, table = confused.dimension, confused.matrix
    rows = [dimension.name_of(label).in_(language) for label in table.index]
    kind = "sets" if dimension.several else "labels"
    columns = [told(f"set_{kept}", language) for kept in table.columns] if dimension.several else rows
    matrix = _Matrix(rows, columns, table.to_numpy(dtype=int).tolist(), not dimension.several, language)
    alt = [told(f"confusion_{kind}_alt", language, n=matrix.words(int(table.to_numpy().sum())))]
    for name, counts in zip(rows, matrix.counts, strict=True):
        found = zip(columns, counts, strict=True)
        given = ", ".join(f"{column} {matrix.words(count)}" for column, count in found if count)
        alt.append(f"{name}: {given or '–'}.")
    title = told("confusion_title", language, dimension=dimension.name.in_(language))
    read = told(f"confusion_{kind}_read", language)
    return page(title, read, lambda sheet, top: _draw_matrix(sheet, matrix, top), alt, language)


def _draw_matrix(sheet: Sheet, matrix: _Matrix, top: float) -> float:
    names, height = min(2.15, max(style.text_width(name, SMALL) for name in matrix.rows)), 0.42
    left = MARGIN + names + 0.17
    width = min(1.3, (_RIGHT - left) / len(matrix.columns))
    if matrix.square:
        for x, key in ((MARGIN, "reference_rows"), (left, "given_columns")):
            sheet.text(x, top + 0.1, told(key, matrix.language), size=SMALL, bold=True)
        top += 0.22
    top = _draw_heads(sheet, matrix.columns, left, width, top)
    fullest = max(1, *(count for counts in matrix.counts for count in counts))
    for row, (name, counts) in enumerate(zip(matrix.rows, matrix.counts, strict=True)):
        lines = wrap(name, names + 0.05, SMALL)
        start = top + (height - len(lines) * line_height(SMALL)) / 2 + 0.01
        sheet.lines(left - 0.12, start, lines, size=SMALL, align="right")
        for column, count in enumerate(counts):
            cell = Rectangle((left + column * width, top), width, height, fc=style.BLUE, ec="none")
            cell.set_alpha(_DEEPEST * count / (sum(counts) or 1 if matrix.square else fullest))
            _draw_cell(sheet, cell, matrix.words(count), matrix.square and row == column)
        top += height
    return top + 0.05


def _draw_heads(sheet: Sheet, heads: Sequence[str], left: float, width: float, top: float) -> float:
    """Set the names of columns upright where their words fit, else turned; return where the cells begin."""
    room = width - 0.06
    if all(style.text_width(word, SMALL) <= room for head in heads for word in head.split()):
        wrapped = [wrap(head, room, SMALL) for head in heads]
        bottom = top + max(map(len, wrapped)) * line_height(SMALL)
        for place, lines in enumerate(wrapped):
            start = bottom - len(lines) * line_height(SMALL)
            sheet.lines(left + (place + 0.5) * width, start, lines, size=SMALL, align="center")
        return bottom + 0.05
    bottom = top + max(style.text_width(head, SMALL) for head in heads) + 0.08
    for place, head in enumerate(heads):
        sheet.text(left + (place + 0.5) * width, bottom - 0.03, head, size=SMALL, align="center", turned=True)
    return bottom + 0.02


def _draw_cell(sheet: Sheet, cell: Rectangle, words: str, same: bool) -> None:
    """Draw a cell with its number; where both labels are the same, a frame says so, not the shade alone."""
    (x, y), width, height = cell.get_xy(), cell.get_width(), cell.get_height()
    sheet.page.add_patch(cell)
    sheet.page.add_patch(Rectangle((x, y), width, height, fill=False, ec=style.RULE, lw=1))
    if same:
        inner = Rectangle((x + 0.03, y + 0.03), width - 0.06, height - 0.06, fill=False, ec=style.INK, lw=1.4)
        sheet.page.add_patch(inner)
    size = style.TEXT if style.text_width(words, style.TEXT, same) < width - 0.12 else SMALL
    colour = style.MUTED if words == "0" else style.INK
    middle = (x + width / 2, y + height / 2 + 0.06)
    sheet.text(*middle, words, size=size, colour=colour, align="center", bold=same).set_zorder(4)


# --- time ----------------------------------------------------------------------------------------------


def time_spent(figures: ClassFigures, rows: Sequence[Spent], language: Language) -> Picture:
    """Show quartiles of the minutes spent on each exercise and task, where enough worked on it."""
    shown = [row for row in rows if not isnan(row.median)]
    left, words_width = MARGIN + 3.1, 1.0
    width = _RIGHT - words_width - left
    step = next(s for s in _STEPS if max(row.high for row in shown) / s <= 8)
    end = step * ceil(max(row.high for row in shown) / step)

    def place(minutes: float) -> float:
        return left + width * minutes / end

    def draw(sheet: Sheet, top: float) -> float:
        names = [_time_name(figures, row, language) for row in shown]
        heights = [len(lines) * line_height(SMALL) + 0.13 for lines in names]
        top += 0.22
        bottom = top + sum(heights)
        for tick in range(0, end + 1, step):
            x = place(tick)
            _line(sheet, (x, x), (top, bottom), style.RULE, 1)
            sheet.text(x, top - 0.07, str(tick), size=SMALL, colour=style.MUTED, align="center")
        for row, lines, height in zip(shown, names, heights, strict=True):
            whole = row.task is None
            if whole:
                sheet.rule(top)
            sheet.lines(MARGIN + (0 if whole else 0.15), top + 0.07, lines, size=SMALL, bold=whole)
            _draw_quartiles(
                sheet, (place(row.low), place(row.median), place(row.high)), top + height / 2, whole
            )
            words = told("minutes", language, n=f"{row.median:.0f}")
            sheet.text(_RIGHT, top + height / 2 + 0.05, words, size=SMALL, bold=whole, align="right")
            top += height
        sheet.rule(bottom)
        return bottom + 0.05

    alt = [told("time_alt", language)]
    alt += [f"{spent_name(figures, row, language)}: {spent_words(row, language)}." for row in shown]
    return page(told("time_title", language), told("time_read", language), draw, alt, language)


def _time_name(figures: ClassFigures, row: Spent, language: Language) -> list[str]:
    return wrap(spent_name(figures, row, language), 2.75, SMALL, bold=row.task is None)


def _draw_quartiles(sheet: Sheet, ends: tuple[float, float, float], middle: float, whole: bool) -> None:
    low, median, high = ends
    thick = 0.15 if whole else 0.09
    box = Rectangle((low, middle - thick / 2), high - low, thick, fc=style.BLUE, ec="none", alpha=0.5)
    sheet.page.add_patch(box)
    _line(sheet, (median, median), (middle - 0.1, middle + 0.1), style.VERMILION, 2.6)


def spent_name(figures: ClassFigures, row: Spent, language: Language) -> str:
    """Return what a row of times is about."""
    if row.task:
        return row.task.title.in_(language)
    return exercise_name(row.exercise, figures.exercises[row.exercise], language)


def spent_words(row: Spent, language: Language) -> str:
    """Say in half a sentence how long it took."""
    fields = {name: f"{getattr(row, name):.0f}" for name in ("low", "median", "high")}
    return told("time_words", language, n=style.thousands(row.students, language), **fields)
