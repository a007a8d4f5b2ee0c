"""The map of the debate: arguments by position, answers as lines, and what supports each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.parts import INNER, empty_page, page
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, Sheet, line_height, wrap
from backchannel.tables import rows_of, split_list
from backchannel.words import Language, say

# Repeal stands in the middle, since most answers run between it and one of the other two.
POSITIONS = ("keep", "repeal", "enforce")
_COLOURS: Mapping[str, str] = {"keep": style.BLUE, "repeal": style.VERMILION, "enforce": style.GREEN}
_GAP, _PAD, _BETWEEN = 0.62, 0.09, 0.1
_BOX = (INNER - 2 * _GAP) / len(POSITIONS)
_SWEEPS = 16


@dataclass(frozen=True)
class _Argument:
    """An argument with its place; ``top`` is measured from the head of its column."""

    id: str
    position: str
    words: str
    below: str
    answers: str
    answered: bool
    lines: tuple[str, ...]
    foot: tuple[str, ...]
    top: float = 0.0

    @property
    def height(self) -> float:
        return (len(self.lines) + len(self.foot)) * line_height(SMALL) + 0.12

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def argument_map(arguments: pd.DataFrame, language: Language, own: bool = False) -> Picture:
    """Show arguments in columns by position, each with a line to what it answers.

    Args:
        arguments: columns id, position (keep, repeal, enforce), role, claim_en, claim_de, answers (id or
            empty), sources and claims (ids separated by semicolons); those of the course, or a student's own.
        language: of the words in the picture.
        own: whether it is the reader's own board and not the course's table.
    """
    title = say("arguments.title_own" if own else "arguments.title", language)
    given = _arguments(arguments, language)
    if not given:
        return empty_page(title, say("arguments.empty", language), language)
    columns = _arrange(given)
    placed = {argument.id: argument for column in columns.values() for argument in column}

    def draw(sheet: Sheet, top: float) -> float:
        for position in POSITIONS:
            words = _balance(columns[position], position, language)
            lines = wrap(words, _BOX, SMALL, bold=True)
            sheet.lines(_left(position), top, lines, size=SMALL, bold=True, colour=_COLOURS[position])
        top += 2 * line_height(SMALL) + 0.08
        for argument in placed.values():
            if argument.answers in placed:
                _draw_answer(sheet, argument, placed[argument.answers], top)
        for argument in placed.values():
            _draw_argument(sheet, argument, top)
        return top + max(argument.top + argument.height for argument in placed.values()) + 0.1

    links = sum(argument.answers in placed for argument in placed.values())
    alt = [say("arguments.alt", language, n=len(placed), links=links)]
    alt += [f"{_balance(columns[position], position, language)}." for position in POSITIONS]
    alt += [_in_words(argument, placed, language) for argument in placed.values()]
    return page(title, say("arguments.subtitle", language), draw, alt, language)


def _arguments(arguments: pd.DataFrame, language: Language) -> list[_Argument]:
    rows = [row for _, row in rows_of(arguments) if row["position"] in POSITIONS]
    position_of = {row["id"]: row["position"] for row in rows}
    # Support from the own side is no rebuttal.
    answered = {row["answers"] for row in rows if position_of.get(row["answers"]) != row["position"]}
    found = []
    for row in rows:
        support = len(split_list(row["sources"])) + len(split_list(row["claims"]))
        words = (
            say("arguments.support_one" if support == 1 else "arguments.support", language, n=support)
            if support
            else say("arguments.unsupported", language)
        )
        role = say(f"arguments.{row['role']}", language) if row["role"] else ""
        below = f"{role} · {words}" if role else words
        claim = row[f"claim_{language}"]
        found.append(
            _Argument(
                row["id"],
                row["position"],
                claim,
                below,
                row["answers"],
                row["id"] in answered,
                tuple(wrap(claim, _BOX - 2 * _PAD, SMALL)),
                tuple(wrap(below, _BOX - 2 * _PAD, SMALL)),
            )
        )
    return found


def _arrange(arguments: Sequence[_Argument]) -> dict[str, list[_Argument]]:
    """Order each column by the mean height of what its arguments are linked with, and place them."""
    columns = {p: [a for a in arguments if a.position == p] for p in POSITIONS}
    tallest = max(_column_height(column) for column in columns.values())
    columns = {position: _stack(column, tallest) for position, column in columns.items()}
    for _ in range(_SWEEPS):
        for position in ("keep", "enforce", "repeal"):
            placed = {a.id: a for column in columns.values() for a in column}
            column = sorted(columns[position], key=lambda a, placed=placed: _mean(a, placed))  # type: ignore[misc]
            columns[position] = _stack(column, tallest)
    return columns


def _column_height(column: Sequence[_Argument]) -> float:
    return sum(argument.height + _BETWEEN for argument in column) - _BETWEEN


def _stack(column: Sequence[_Argument], tallest: float) -> list[_Argument]:
    """Place arguments below one another, spread over the height."""
    spare = (tallest - _column_height(column)) / max(1, len(column))
    top, found = spare / 2, []
    for argument in column:
        found.append(replace(argument, top=top))
        top += argument.height + _BETWEEN + spare
    return found


def _mean(argument: _Argument, placed: Mapping[str, _Argument]) -> float:
    near = [other.middle for other in placed.values() if argument.id == other.answers]
    if argument.answers in placed:
        near.append(placed[argument.answers].middle)
    return sum(near) / len(near) if near else argument.middle


def _left(position: str) -> float:
    return MARGIN + POSITIONS.index(position) * (_BOX + _GAP)


def _draw_argument(sheet: Sheet, argument: _Argument, top: float) -> None:
    left, colour = _left(argument.position), _COLOURS[argument.position]
    top += argument.top
    thick = not argument.answered
    box = Rectangle(
        (left, top), _BOX, argument.height, fc="#FFFFFF", ec=colour, lw=3.0 if thick else 1.2, zorder=2.5
    )
    sheet.page.add_patch(box)
    y = sheet.lines(left + _PAD, top + 0.06, argument.lines, size=SMALL)
    sheet.lines(left + _PAD, y, argument.foot, size=SMALL, colour=style.MUTED)


def _draw_answer(sheet: Sheet, argument: _Argument, answered: _Argument, top: float) -> None:
    """Draw a line in the colour of the answer, with an arrow at what it answers."""
    colour = _COLOURS[argument.position]
    one, other = POSITIONS.index(argument.position), POSITIONS.index(answered.position)
    to_right = one < other or (one == other and one < len(POSITIONS) - 1)
    start = _left(argument.position) + (_BOX if to_right else 0.0)
    # Within a column the line leaves and comes back on the same side.
    end = _left(answered.position) + (0.0 if one < other else _BOX)
    if one == other:
        end = start
    # Answers to one another would hide each other, so each leaves above and arrives below the middle.
    y0, y1 = top + argument.middle - 0.09, top + answered.middle + 0.09
    t = np.linspace(0, 1, 50)
    tip = -0.1 if (end > start or (one == other and not to_right)) else 0.1
    y = y0 + (y1 - y0) * (3 * t**2 - 2 * t**3)
    x = start + (end + tip - start) * t
    if one == other:
        x = start + (0.3 if to_right else -0.3) * np.sin(np.pi * t) + tip * t
    sheet.page.plot(x, y, color=colour, lw=1.5, zorder=2)
    sheet.mark(end + tip * 0.65, y1, ">" if tip < 0 else "<", colour, size=6)


def _balance(column: Sequence[_Argument], position: str, language: Language) -> str:
    open_ones = sum(not argument.answered for argument in column)
    name = say(f"arguments.{position}", language)
    return say("arguments.balance", language, position=name, n=len(column), open=open_ones)


def _in_words(argument: _Argument, placed: Mapping[str, _Argument], language: Language) -> str:
    parts = [argument.below]
    if argument.answers in placed:
        parts.append(say("arguments.answers", language, what=placed[argument.answers].words.rstrip(".")))
    if not argument.answered:
        parts.append(say("arguments.unanswered", language))
    return f"{say(f'arguments.{argument.position}', language)}: {argument.words} {'; '.join(parts)}."
