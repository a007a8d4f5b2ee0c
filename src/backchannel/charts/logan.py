"""The Logan Act: what it was raised against over time, and how its elements stand in single cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.lanes import Filling, Period, draw_key, draw_mark, order_of, period_words, stack
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet, house_style, line_height, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

KINDS: Mapping[str, tuple[str, str]] = {
    "origin": ("*", style.INK),
    "accusation": ("o", style.OCHRE),
    "indictment": ("D", style.PURPLE),
    "conviction": ("X", style.INK),
    "ruling": ("s", style.GREEN),
    "opinion": ("^", style.GREEN),
    "other_prosecution": ("P", style.BLUE),
}
"""Marker and colour of each kind of case; no two share a marker. The colours are those of no party."""
CHECKED_FILLINGS: Mapping[str, Filling] = {"read": "full", "second_hand": "half", "not_checked": "empty"}
_NO_SIDE = ("none", "unknown")


def _nothing(title: str, language: Language) -> Picture:
    """Return the picture of a table without rows."""
    words = say("charts_logan.empty", language)
    with house_style():
        sheet = Sheet()
        figure = sheet.finish(sheet.lines(MARGIN, sheet.head(title), [words]))
    return Picture(figure, title, words, language)


# Accusations -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """One case; ``open`` is a prosecution said to rest on the Act, unchecked and not counted."""

    person: str
    date: str
    period: Period
    kind: str
    checked: str
    open: bool
    row: Mapping[str, Any]


def _cases(cases: pd.DataFrame, language: Language) -> list[_Case]:
    """Return the cases in the order of time."""
    rows = [row for _, row in rows_of(cases)]
    rows.sort(key=lambda row: order_of(row["date"], row["date_end"] or ""))
    return [_case(row, language) for row in rows]


def _case(row: Mapping[str, Any], language: Language) -> _Case:
    end = row["date_end"] or ""
    return _Case(
        person=row[f"person_{language}"],
        date=period_words(row["date"], end, row["precision"], language),
        period=Period.of(row["date"], end),
        kind=row["kind"],
        checked=row["checked"],
        open=row["kind"] == "other_prosecution" and row["checked"] == "not_checked",
        row=row,
    )


def accusations_timeline(cases: pd.DataFrame, language: Language) -> Picture:
    """Show accusations, indictments, rulings and opinions on the Act, first on a line of time, then in words.

    Args:
        cases: the table logan_cases: columns id, date, date_end, precision, kind, indicted, convicted,
            checked, accuser_side, accused_side, and in both languages person, act, raised_by, followed, note.
        language: of the words in the picture.

    Returns:
        One row a case, in the order of time: its mark by kind and by how well it was checked, who was
        concerned, and the sides of accuser and accused where both sides or one are known. The counts are
        those of the columns indicted and convicted. Another prosecution that nobody checked is marked as
        open, with what is said of it.
    """
    title = say("charts_logan.cases_title", language)
    if cases.empty:
        return _nothing(title, language)
    shown = _cases(cases, language)
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say("charts_logan.cases_subtitle", language))
        bottom = sheet.lines(
            MARGIN, bottom, wrap(_counts(shown, language), WIDTH - 2 * MARGIN, bold=True), bold=True
        )
        bottom = _draw_case_key(sheet, bottom + 0.08, language)
        bottom = _draw_lanes(sheet, shown, bottom + 0.05, language)
        bottom = _draw_list(sheet, shown, bottom + 0.12, language)
        figure = sheet.finish(sheet.foot(bottom + 0.06, _pattern(shown, language)))
    return Picture(figure, title, _cases_alt(shown, language), language)


def _counts(shown: Sequence[_Case], language: Language) -> str:
    """Say how many indictments and convictions there are, and what is left out of the count."""
    counts = {
        "accusations": sum(case.kind == "accusation" for case in shown),
        "indictments": sum(bool(case.row["indicted"]) for case in shown),
        "convictions": sum(bool(case.row["convicted"]) for case in shown),
        "open": sum(case.open for case in shown),
    }
    words = say("charts_logan.counts", language, **counts)
    return f"{words} {say('charts_logan.counts_open', language, **counts)}" if counts["open"] else words


def _pattern(shown: Sequence[_Case], language: Language) -> str:
    """Say which side accused which, in the order of how often; only accusations with both sides known."""
    pairs = Counter(
        (case.row["accuser_side"], case.row["accused_side"])
        for case in shown
        if case.kind == "accusation"
        and not {case.row["accuser_side"], case.row["accused_side"]} & {*_NO_SIDE}
    )
    told = [
        say(
            "charts_logan.pair",
            language,
            accuser=_side(accuser, language),
            accused=_side(accused, language),
            n=n,
        )
        for (accuser, accused), n in pairs.most_common()
    ]
    return say("charts_logan.pattern", language, n=pairs.total(), pairs="; ".join(told) or "–")


def _side(side: str, language: Language) -> str:
    return "–" if side in _NO_SIDE else say(f"charts_logan.side_{side}", language)


def _sides(case: _Case, language: Language) -> str:
    """Return ``accuser → accused``, or nothing where no side is known."""
    sides = [case.row["accuser_side"], case.row["accused_side"]]
    return "" if set(sides) <= {*_NO_SIDE} else " → ".join(_side(side, language) for side in sides)


def _kind(kind: str, language: Language) -> str:
    return say(f"charts_logan.kind_{kind}", language)


def _draw_case_key(sheet: Sheet, top: float, language: Language) -> float:
    entries = [
        (
            partial(draw_mark, sheet, marker="o", colour=style.INK, filling=filling),
            say(f"charts_logan.checked_{checked}", language),
        )
        for checked, filling in CHECKED_FILLINGS.items()
    ]
    open_one = (partial(_draw_open, sheet), say("charts_logan.open_key", language))
    return draw_key(sheet, top, [*entries, open_one])


def _draw_open(sheet: Sheet, x: float, y: float) -> None:
    sheet.badge(x, y, "?")


def _draw_case_mark(sheet: Sheet, case: _Case, x: float, y: float) -> None:
    marker, colour = KINDS[case.kind]
    if case.open:
        _draw_open(sheet, x, y)
    else:
        draw_mark(sheet, x, y, marker, colour, CHECKED_FILLINGS[case.checked], 8)


_LANE_ROW, _DATES, _SIDES = 0.155, 1.3, 2.15


def _draw_lanes(sheet: Sheet, shown: Sequence[_Case], top: float, language: Language) -> float:
    """Draw one lane a kind over a common axis of years; a lane for convictions stands there even if empty."""
    kinds = [kind for kind in KINDS if kind == "conviction" or any(case.kind == kind for case in shown)]
    left = MARGIN + max(style.text_width(_kind(kind, language), SMALL) for kind in kinds) + 0.15
    first, last = (
        min(case.period.first.year for case in shown),
        max(case.period.last.year for case in shown) + 1,
    )
    scale = (WIDTH - MARGIN - 0.2 - left - 0.15) / max(last - first, 1)
    bottom = top + 0.24
    for kind in kinds:
        of_kind = [case for case in shown if case.kind == kind]
        places = [left + 0.15 + (case.period.middle.year + 0.5 - first) * scale for case in of_kind]
        rows = stack([(x - 0.07, x + 0.07) for x in places], 0.01)
        height = (max(rows, default=0) + 1) * _LANE_ROW + 0.09
        middle = bottom + height / 2
        sheet.text(left - 0.12, middle + 0.05, _kind(kind, language), size=SMALL, align="right")
        for case, x, row in zip(of_kind, places, rows, strict=True):
            _draw_case_mark(sheet, case, x, bottom + 0.045 + (row + 0.5) * _LANE_ROW)
        if kind == "indictment":
            for case, x in zip(of_kind, places, strict=True):
                sheet.text(x + 0.13, middle + 0.05, str(case.period.first.year), size=SMALL)
        if not of_kind:
            sheet.text(
                left + 0.1,
                middle + 0.05,
                say("charts_logan.no_conviction", language),
                size=SMALL,
                italic=True,
            )
        bottom += height
        sheet.rule(bottom, left)
    for year in range(-(-first // 25) * 25, last + 1, 25):
        x = left + 0.15 + (year - first) * scale
        sheet.page.plot([x, x], [top + 0.2, bottom], color=style.RULE, lw=1, zorder=0.5)
        sheet.text(x, top + 0.14, str(year), size=SMALL, colour=style.MUTED, align="center")
    return bottom


def _draw_list(sheet: Sheet, shown: Sequence[_Case], top: float, language: Language) -> float:
    """Set all cases below each other: date, mark, who was concerned, and which side accused which."""
    left, right = MARGIN + _DATES + 0.44, WIDTH - MARGIN
    for x, heading in ((left, "concerned"), (right - _SIDES, "sides")):
        sheet.text(x, top + SMALL / 72, say(f"charts_logan.{heading}", language), size=SMALL, bold=True)
    top += line_height(SMALL) + 0.03
    for case in shown:
        sheet.rule(top)
        top = _draw_case(sheet, case, left, right, top, language)
    sheet.rule(top)
    return top


def _draw_case(sheet: Sheet, case: _Case, left: float, right: float, top: float, language: Language) -> float:
    """Draw one line of the list; indictments and what is open stand on a band."""
    marked = case.kind == "indictment" or case.open
    dates = _in_dates_column(case.date)
    person = wrap(case.person, right - _SIDES - 0.15 - left, SMALL, bold=marked)
    sides = wrap(_sides(case, language), _SIDES, SMALL)
    said = wrap(case.row[f"followed_{language}"], right - left, SMALL) if case.open else []
    n_lines = max(len(dates), len(person) + len(said), len(sides))
    bottom = top + n_lines * line_height(SMALL) + 0.035
    if marked:
        edges = [MARGIN - 0.1, right + 0.1]
        sheet.page.fill_between(edges, top, bottom, color=style.BAND, lw=0, zorder=0)
    start, mark = top + 0.025, left - 0.22
    sheet.lines(mark - 0.22, start, dates, size=SMALL, colour=style.MUTED, align="right")
    _draw_case_mark(sheet, case, mark, start + 0.09)
    sheet.lines(right - _SIDES, start, sides, size=SMALL)
    end = sheet.lines(left, start, person, size=SMALL, bold=marked)
    sheet.lines(left, end, said, size=SMALL, italic=True)
    return bottom


def _in_dates_column(words: str) -> list[str]:
    """Set a long period in two lines, broken between its ends."""
    first, dash, last = words.partition(" – ")
    if dash and style.text_width(words, SMALL) > _DATES:
        return [f"{first} –", last]
    return wrap(words, _DATES, SMALL)


def _cases_alt(shown: Sequence[_Case], language: Language) -> str:
    first = say(
        "charts_logan.cases_alt",
        language,
        n=len(shown),
        first=shown[0].period.first.year,
        last=shown[-1].period.last.year,
        counts=_counts(shown, language),
    )
    return "\n".join([first, *(_case_words(case, language) for case in shown), _pattern(shown, language)])


def _case_words(case: _Case, language: Language) -> str:
    said = {name: case.row[f"{name}_{language}"] or "" for name in ("act", "raised_by", "followed", "note")}
    kind = _kind(case.kind, language)
    parts = [
        f"{case.date}, {kind}: {case.person}",
        said["act"],
        said["raised_by"] and say("charts_logan.raised_by", language, who=said["raised_by"]),
        _sides(case, language),
        said["followed"] and say("charts_logan.followed", language, what=said["followed"]),
        said["note"],
        say("charts_logan.open_key" if case.open else f"charts_logan.checked_{case.checked}", language),
    ]
    return f"{'; '.join(part.rstrip('.') for part in parts if part)}."


# Elements --------------------------------------------------------------------------------------------

EXCEPTION = "exception"
OPEN = ""


@dataclass(frozen=True)
class _Look:
    """How a finding looks: the ground of its cell, the ink on it, its sign, and whether it is hatched."""

    ground: str
    ink: str
    sign: str
    hatch: str = ""


FINDINGS: Mapping[str, _Look] = {
    "met": _Look(style.BLUE, "#FFFFFF", "●"),
    "arguable": _Look("#BFD4E6", "#000000", "◐"),
    "not_met": _Look("#FFFFFF", "#000000", "○"),
    "unknown": _Look(style.BAND, "#000000", "?", "////"),
    OPEN: _Look(style.PAPER, style.MUTED, "–"),
}
"""Shades of one colour, so that no finding looks good or bad; the sign and the word say the same again."""

_CASE_WIDTH = 1.3


def element_heatmap(
    elements: pd.DataFrame, cases: pd.DataFrame, findings: pd.DataFrame, language: Language, own: bool = False
) -> Picture:
    """Show how each element of the Act stands in each case.

    Args:
        elements: columns id, position, name_en, name_de.
        cases: columns id, date, date_end, precision, person_en, person_de.
        findings: columns case, element, finding; the cases it names are shown. A missing or empty finding is
            shown as not answered yet.
        language: of the words in the picture.
        own: whether the findings are the reader's own and not the course's reading.

    Returns:
        One row a case, in the order of time; one column an element, in the order of the statute.
    """
    whose = "own" if own else "course"
    title = say(f"charts_logan.elements_title_{whose}", language)
    named = cases[cases["id"].isin(findings["case"])]
    if named.empty or elements.empty:
        return _nothing(title, language)
    rows = [row for _, row in rows_of(named)]
    rows.sort(key=lambda row: order_of(row["date"], row["date_end"] or ""))
    names = _element_names(elements, language)
    given = {(row["case"], row["element"]): row["finding"] or OPEN for _, row in rows_of(findings)}
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say(f"charts_logan.elements_subtitle_{whose}", language))
        bottom = _draw_finding_key(sheet, set(given.values()), bottom, language)
        bottom = _draw_grid(sheet, rows, names, given, bottom + 0.08, language)
        if EXCEPTION in names:
            bottom = sheet.foot(bottom + 0.1, say("charts_logan.exception", language))
        figure = sheet.finish(bottom)
    return Picture(figure, title, _elements_alt(rows, names, given, language), language)


def _element_names(elements: pd.DataFrame, language: Language) -> dict[str, str]:
    return {row["id"]: row[f"name_{language}"] for _, row in rows_of(elements.sort_values("position"))}


def _finding(finding: str, language: Language) -> str:
    return say(f"charts_logan.finding_{finding or 'open'}", language)


def _draw_finding_key(sheet: Sheet, used: set[str], top: float, language: Language) -> float:
    x, y = MARGIN, top
    for finding in (finding for finding in FINDINGS if finding in used or finding):
        words = say(f"charts_logan.key_{finding or 'open'}", language)
        width = 0.36 + style.text_width(words, SMALL)
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 0.27
        _draw_cell(sheet, finding, x, y, 0.28, 0.21, "")
        sheet.text(x + 0.36, y + 0.155, words, size=SMALL)
        x += width + 0.3
    return y + 0.27


def _draw_cell(
    sheet: Sheet, finding: str, left: float, top: float, width: float, height: float, words: str
) -> None:
    """Draw the ground of a finding, its sign, and below it its word."""
    look = FINDINGS[finding]
    ground = Rectangle((left, top), width, height, fc=look.ground, ec=style.RULE, lw=0, hatch=look.hatch)
    frame = Rectangle((left, top), width, height, fill=False, ec=style.MUTED, lw=0.8)
    for field in (ground, frame):
        sheet.page.add_patch(field)
    lines = [look.sign, *wrap(words, width - 0.04, SMALL)]
    start = top + (height - len(lines) * line_height(SMALL)) / 2 + 0.01
    sheet.lines(left + width / 2, start, lines, size=SMALL, colour=look.ink, align="center")


def _columns(names: Sequence[str], room: float) -> list[float]:
    """Divide the room so that each column holds the longest word of its name, as far as there is room."""
    needed = [max(0.95, *(style.text_width(word, SMALL) + 0.09 for word in name.split())) for name in names]
    spare = (room - sum(needed)) / len(needed)
    if spare < 0:
        return [width * room / sum(needed) for width in needed]
    return [width + spare for width in needed]


def _draw_grid(
    sheet: Sheet,
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    given: Mapping[tuple[str, str], str],
    top: float,
    language: Language,
) -> float:
    left = MARGIN + _CASE_WIDTH
    widths = _columns(list(names.values()), WIDTH - MARGIN - left)
    places = [left + sum(widths[:number]) for number in range(len(widths))]
    headings = [wrap(name, width - 0.04, SMALL) for name, width in zip(names.values(), widths, strict=True)]
    bottom = top + max(len(lines) for lines in headings) * line_height(SMALL)
    for lines, place, width in zip(headings, places, widths, strict=True):
        start = bottom - len(lines) * line_height(SMALL)
        sheet.lines(place + width / 2, start, lines, size=SMALL, align="center")
    bottom += 0.05
    for row in rows:
        person = wrap(_short(row[f"person_{language}"]), _CASE_WIDTH - 0.1, SMALL)
        height = max(0.5, (len(person) + 1) * line_height(SMALL) + 0.08)
        start = bottom + (height - (len(person) + 1) * line_height(SMALL)) / 2 + 0.01
        start = sheet.lines(MARGIN, start, [row["date"][:4]], size=SMALL, bold=True)
        sheet.lines(MARGIN, start, person, size=SMALL)
        for element, place, width in zip(names, places, widths, strict=True):
            finding = given.get((row["id"], element), OPEN)
            _draw_cell(sheet, finding, place, bottom, width, height, _finding(finding, language))
        bottom += height
    return bottom


def _short(person: str) -> str:
    """Return the name without what is added to it after a comma."""
    return person.partition(",")[0]


def _elements_alt(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    given: Mapping[tuple[str, str], str],
    language: Language,
) -> str:
    found = Counter(given.get((row["id"], element), OPEN) for row in rows for element in names)
    counts = style.join(
        [f"{_finding(finding, language)}: {found[finding]}" for finding in FINDINGS if found[finding]]
    )
    lines = [say("charts_logan.elements_alt", language, cases=len(rows), elements=len(names), counts=counts)]
    for row in rows:
        told = "; ".join(
            f"{name}: {_finding(given.get((row['id'], element), OPEN), language)}"
            for element, name in names.items()
        )
        date = period_words(row["date"], row["date_end"] or "", row["precision"], language)
        lines.append(f"{date}, {row[f'person_{language}']}: {told}.")
    if EXCEPTION in names:
        lines.append(say("charts_logan.exception", language))
    return "\n".join(lines)
