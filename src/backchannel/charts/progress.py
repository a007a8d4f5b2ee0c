"""A student's own way: answers before and after the course, and what was decided in which lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.parts import empty_page, page
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet, line_height, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

# marker, colour, hollow: the words beside them carry the meaning
_MARKS: Mapping[str, tuple[str, str, bool]] = {
    "right": ("o", style.BLUE, False),
    "wrong": ("X", style.VERMILION, False),
    "open": ("o", style.MUTED, True),
}
_STATES = ("before", "after")
_COLUMN = 1.3


def pre_post(answers: pd.DataFrame, language: Language) -> Picture:
    """Show for each question of the two tests whether it was right before and after.

    Args:
        answers: columns lesson, question (in the language of the picture), before and after, each of them
            ``right``, ``wrong`` or ``open``. The caller shows this only after the second test.
        language: of the words in the picture.
    """
    title = say("progress.prepost_title", language)
    if answers.empty or (answers[list(_STATES)] == "open").all(axis=None):
        return empty_page(title, say("progress.prepost_empty", language), language)
    rows = [row for _, row in rows_of(answers)]
    right = {state: int((answers[state] == "right").sum()) for state in _STATES}
    taken = (answers["before"] != "open").any()
    total = say(
        "progress.prepost_sum" if taken else "progress.prepost_after_only", language, n=len(rows), **right
    )

    def draw(sheet: Sheet, top: float) -> float:
        left = WIDTH - MARGIN - len(_STATES) * _COLUMN + 0.1
        for n, state in enumerate(_STATES):
            words = say(f"progress.{state}", language)
            sheet.text(left + n * _COLUMN, top + 0.12, words, size=SMALL, bold=True)
        top += 0.24
        for row in rows:
            sheet.rule(top)
            lines = wrap(row["question"], left - MARGIN - 0.2, SMALL)
            height = (len(lines) + 1) * line_height(SMALL) + 0.12
            name = say("progress.lesson", language, n=row["lesson"])
            y = sheet.lines(MARGIN, top + 0.06, [name], size=SMALL, colour=style.MUTED)
            sheet.lines(MARGIN, y, lines, size=SMALL)
            for n, state in enumerate(_STATES):
                _draw_state(sheet, row[state], left + n * _COLUMN, top + height / 2, language)
            top += height
        sheet.rule(top)
        top = sheet.lines(MARGIN, top + 0.1, [total], bold=True)
        return sheet.foot(top + 0.03, say("progress.prepost_note", language))

    alt = [f"{say('progress.prepost_alt', language, n=len(rows))} {total}"]
    for row in rows:
        told = "; ".join(
            f"{say(f'progress.{state}', language)} {say(f'progress.{row[state]}', language)}"
            for state in _STATES
        )
        alt.append(f"{say('progress.lesson', language, n=row['lesson'])}: {row['question']} – {told}.")
    return page(title, say("progress.prepost_subtitle", language), draw, alt, language)


def _draw_state(sheet: Sheet, state: str, x: float, middle: float, language: Language) -> None:
    marker, colour, hollow = _MARKS[state]
    sheet.mark(x + 0.07, middle, marker, colour, hollow=hollow)
    words = say(f"progress.{state}", language)
    sheet.text(
        x + 0.2, middle + 0.05, words, size=SMALL, colour=style.MUTED if state == "open" else style.INK
    )


def path(decisions: pd.DataFrame, lessons: Sequence[str], language: Language) -> Picture:
    """Show how many decisions were saved in each lesson, and when.

    Args:
        decisions: one row a saved decision; columns lesson (``"01"``) and at (ISO date and time).
        lessons: all lessons in order; one without decisions is shown as not begun.
        language: of the words in the picture.
    """
    title = say("progress.path_title", language)
    given = decisions[decisions["lesson"].isin(list(lessons))]
    if given.empty:
        return empty_page(title, say("progress.path_empty", language), language)
    counts = given["lesson"].value_counts()
    days = {lesson: _days(given[given["lesson"] == lesson]["at"], language) for lesson in lessons}
    numbers = {lesson: int(counts.get(lesson, 0)) for lesson in lessons}
    highest = max(numbers.values())

    def draw(sheet: Sheet, top: float) -> float:
        left, width = MARGIN + 1.15, 3.6
        for lesson, n in numbers.items():
            sheet.rule(top)
            name = say("progress.lesson", language, n=lesson)
            sheet.text(MARGIN, top + 0.21, name, size=SMALL, bold=n > 0)
            if n:
                bar = Rectangle((left, top + 0.09), width * n / highest, 0.14, fc=style.BLUE, ec="none")
                sheet.page.add_patch(bar)
                sheet.text(left + width * n / highest + 0.08, top + 0.21, str(n), size=SMALL, bold=True)
            colour = style.INK if n else style.MUTED
            sheet.text(WIDTH - MARGIN, top + 0.21, days[lesson], size=SMALL, colour=colour, align="right")
            top += 0.32
        sheet.rule(top)
        return top + 0.05

    alt = [say("progress.path_alt", language, n=len(lessons), total=len(given))]
    for lesson, n in numbers.items():
        counted = f"{say('progress.decisions', language, n=n)}; " if n else ""
        alt.append(f"{say('progress.lesson', language, n=lesson)}: {counted}{days[lesson]}.")
    return page(title, say("progress.path_subtitle", language), draw, alt, language)


def _days(times: pd.Series, language: Language) -> str:
    """Return the first and the last day in words."""
    if times.empty:
        return say("progress.not_begun", language)
    first, last = times.min()[:10], times.max()[:10]
    words = style.date_words(first, "day", language)
    return words if first == last else f"{words} – {style.date_words(last, 'day', language)}"
