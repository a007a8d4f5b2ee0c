"""The contacts of the dossier: when and on which track, what is known of them, and where tracks part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.lanes import Filling, Period, draw_key, draw_mark, order_of, period_words
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Align, Sheet, house_style, line_height, wrap
from backchannel.codebook import Codebook
from backchannel.errors import UsageError
from backchannel.tables import rows_of
from backchannel.tracks import CRITERIA, OPEN, TRACKS
from backchannel.words import Language, say

UNDECIDED = ""
TRACK_MARKS: Mapping[str, tuple[str, str]] = {
    "track_1": ("s", style.BLUE),
    "back_channel": ("D", style.PURPLE),
    "track_1_5": ("o", style.VERMILION),
    "track_2": ("^", style.GREEN),
    "track_3": ("v", style.INK),
    "public": (">", style.OCHRE),
    "none": ("<", style.MUTED),
    UNDECIDED: ("p", style.MUTED),
}
"""Marker and colour of each track; no two share a marker, and each has room for a filling."""
STATUS_FILLINGS: Mapping[str, Filling] = {
    "confirmed": "full",
    "reported": "core",
    "disputed": "half",
    "denied": "struck",
    "proposed": "empty",
}


@dataclass(frozen=True)
class _Contact:
    """What every chart here shows of a contact; ``period`` is None where it is undated."""

    id: str
    title: str
    date: str
    period: Period | None
    status: str
    row: Mapping[str, Any]


def _contacts(contacts: pd.DataFrame, language: Language) -> list[_Contact]:
    """Return the contacts in the order of time, the undated ones last."""
    rows = [row for _, row in rows_of(contacts)]
    dated = [row for row in rows if row["date"]]
    dated.sort(key=lambda row: order_of(row["date"], row["date_end"] or ""))
    return [_contact(row, language) for row in [*dated, *(row for row in rows if not row["date"])]]


def _contact(row: Mapping[str, Any], language: Language) -> _Contact:
    iso, end = row["date"] or "", row["date_end"] or ""
    when = (
        period_words(iso, end, row["precision"], language)
        if iso
        else say("charts_contacts.undated", language)
    )
    period = Period.of(iso, end) if iso else None
    return _Contact(row["id"], row[f"title_{language}"], when, period, row["status"], row)


def _status(contact: _Contact, language: Language) -> str:
    return say(f"charts_contacts.status_{contact.status}", language)


def _track_names(codebook: Codebook, language: Language) -> dict[str, str]:
    names = {label.id: label.name.in_(language) for label in codebook["track"].labels}
    return {**names, UNDECIDED: say("charts_contacts.undecided", language)}


def _nothing(title: str, language: Language) -> Picture:
    """Return the picture of a table without rows."""
    words = say("charts_contacts.empty", language)
    with house_style():
        sheet = Sheet()
        figure = sheet.finish(sheet.lines(MARGIN, sheet.head(title), [words]))
    return Picture(figure, title, words, language)


# The timeline ----------------------------------------------------------------------------------------

_AXIS_LEFT, _AXIS_RIGHT, _ROW = MARGIN + 5.1, WIDTH - MARGIN - 0.8, 0.215
_UNDATED = (_AXIS_RIGHT + WIDTH - MARGIN) / 2 + 0.05


def contact_timeline(
    contacts: pd.DataFrame,
    tracks: pd.DataFrame,
    definitions: pd.DataFrame,
    definition: str,
    codebook: Codebook,
    language: Language,
) -> Picture:
    """Show when the contacts were, grouped by the track which one definition gives them.

    Args:
        contacts: columns id, title_en, title_de, date, date_end, precision, status.
        tracks: columns contact, definition, track; an empty or missing track cannot be decided.
        definitions: columns id, name_en, name_de.
        definition: id of the definition that is asked.
        codebook: names of the tracks.
        language: of the words in the picture.

    Returns:
        One row a contact: its mark by track and status, at its date or in the column of the undated ones.

    Raises:
        UsageError: there is no such definition.
    """
    title = say("charts_contacts.timeline_title", language)
    if contacts.empty:
        return _nothing(title, language)
    names, asked = _track_names(codebook, language), _definition_names(definitions, language)
    if definition not in asked:
        raise UsageError(f"There is no definition {definition!r}; use one of {', '.join(asked)}.")
    groups = _by_track(_contacts(contacts, language), _given(tracks, definition))
    with house_style():
        sheet = Sheet()
        subtitle = say("charts_contacts.timeline_subtitle", language, definition=asked[definition])
        bottom = sheet.head(title, subtitle)
        bottom = _draw_status_key(sheet, bottom, language)
        figure = sheet.finish(_draw_timeline(sheet, groups, names, bottom + 0.1, language))
    return Picture(figure, title, _timeline_alt(groups, names, asked[definition], language), language)


def _definition_names(definitions: pd.DataFrame, language: Language) -> dict[str, str]:
    return {row["id"]: row[f"name_{language}"] for _, row in rows_of(definitions)}


def _given(tracks: pd.DataFrame, definition: str) -> dict[str, str]:
    """Return the track of each contact under a definition, as far as it can be decided."""
    rows = rows_of(tracks[tracks["definition"] == definition])
    return {row["contact"]: row["track"] or UNDECIDED for _, row in rows}


def _by_track(contacts: Sequence[_Contact], given: Mapping[str, str]) -> dict[str, list[_Contact]]:
    groups = {
        track: [contact for contact in contacts if given.get(contact.id, UNDECIDED) == track]
        for track in (*TRACKS, UNDECIDED)
    }
    return {track: group for track, group in groups.items() if group}


def _draw_status_key(sheet: Sheet, top: float, language: Language) -> float:
    entries = [
        (
            partial(draw_mark, sheet, marker="o", colour=style.INK, filling=filling),
            say(f"charts_contacts.status_{status}", language),
        )
        for status, filling in STATUS_FILLINGS.items()
    ]
    return draw_key(sheet, top, entries, say("charts_contacts.timeline_filling", language))


@dataclass(frozen=True)
class _Axis:
    """Where days stand on the sheet."""

    first: date
    last: date

    @classmethod
    def over(cls, contacts: Sequence[_Contact]) -> _Axis | None:
        """Return the axis that holds all periods, or None where nothing is dated."""
        periods = [contact.period for contact in contacts if contact.period]
        if not periods:
            return None
        first, last = min(period.first for period in periods), max(period.last for period in periods)
        # Half a month more on either side, so that marks keep off the edges.
        return cls(date.fromordinal(first.toordinal() - 15), date.fromordinal(last.toordinal() + 15))

    def place(self, day: date) -> float:
        """Return the place of a day, in inches from the left of the sheet."""
        share = (day.toordinal() - self.first.toordinal()) / (self.last.toordinal() - self.first.toordinal())
        return _AXIS_LEFT + share * (_AXIS_RIGHT - _AXIS_LEFT)


def _draw_timeline(
    sheet: Sheet,
    groups: Mapping[str, Sequence[_Contact]],
    names: Mapping[str, str],
    top: float,
    language: Language,
) -> float:
    contacts = [contact for group in groups.values() for contact in group]
    axis = _Axis.over(contacts)
    if any(contact.period is None for contact in contacts):
        words = say("charts_contacts.undated", language)
        sheet.text(_UNDATED, top + 0.13, words, size=SMALL, bold=True, align="center")
    bottom = top + 0.24
    for track, group in groups.items():
        bottom = _draw_group(sheet, track, group, names[track], bottom, axis) + 0.07
    if axis:
        _draw_years(sheet, axis, top, bottom - 0.07)
    return bottom


def _draw_years(sheet: Sheet, axis: _Axis, top: float, bottom: float) -> None:
    for year in range(axis.first.year, axis.last.year + 1):
        x = axis.place(max(axis.first, date(year, 1, 1)))
        room = axis.place(min(axis.last, date(year, 12, 31))) - x
        if year > axis.first.year:
            sheet.page.plot([x, x], [top, bottom], color=style.RULE, lw=1, zorder=0.5)
        if room > style.text_width(str(year), SMALL, bold=True) + 0.1:
            sheet.text(x + 0.06, top + 0.13, str(year), size=SMALL, bold=True)


def _draw_group(
    sheet: Sheet, track: str, group: Sequence[_Contact], name: str, top: float, axis: _Axis | None
) -> float:
    """Draw the contacts of one track below its name."""
    marker, colour = TRACK_MARKS[track]
    sheet.page.fill_between(
        [MARGIN - 0.1, WIDTH - MARGIN + 0.1], top, top + 0.25, color=style.BAND, lw=0, zorder=0
    )
    draw_mark(sheet, MARGIN + 0.08, top + 0.125, marker, colour)
    sheet.text(MARGIN + 0.25, top + 0.175, f"{name} ({len(group)})", bold=True)
    bottom = top + 0.27
    for contact in group:
        lines = wrap(contact.title, _AXIS_LEFT - MARGIN - 0.4, SMALL)
        height = (len(lines) - 1) * line_height(SMALL) + _ROW
        middle = bottom + height / 2
        sheet.lines(MARGIN + 0.25, middle - len(lines) * line_height(SMALL) / 2 + 0.02, lines, size=SMALL)
        _draw_when(sheet, contact, marker, colour, middle, axis)
        bottom += height
        if contact is not group[-1]:
            sheet.rule(bottom, MARGIN + 0.25)
    return bottom


def _draw_when(
    sheet: Sheet, contact: _Contact, marker: str, colour: str, y: float, axis: _Axis | None
) -> None:
    """Draw a mark at its date with the date beside it, on the side that has the room."""
    filling = STATUS_FILLINGS[contact.status]
    if contact.period is None or axis is None:
        draw_mark(sheet, _UNDATED, y, marker, colour, filling)
        return
    x = axis.place(contact.period.middle)
    left, right = axis.place(contact.period.first), axis.place(contact.period.last)
    sheet.page.plot([left, right], [y, y], color=colour, lw=2, solid_capstyle="butt", zorder=2)
    draw_mark(sheet, x, y, marker, colour, filling)
    place = max(right, x + 0.1) + 0.06
    align: Align = "left"
    if place + style.text_width(contact.date, SMALL) > _AXIS_RIGHT:
        place, align = min(left, x - 0.1) - 0.06, "right"
    words = sheet.text(place, y + 0.05, contact.date, size=SMALL, colour=style.MUTED, align=align)
    # The lines of the years pass behind the words, not through them.
    words.set_bbox({"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.3})


def _timeline_alt(
    groups: Mapping[str, Sequence[_Contact]], names: Mapping[str, str], definition: str, language: Language
) -> str:
    counts = style.join([f"{names[track]}: {len(group)}" for track, group in groups.items()])
    n = sum(len(group) for group in groups.values())
    lines = [say("charts_contacts.timeline_alt", language, n=n, definition=definition, counts=counts)]
    for track, group in groups.items():
        lines += [
            f"{names[track]}: {contact.title}; {contact.date}; {_status(contact, language)}."
            for contact in group
        ]
    return "\n".join(lines)


# The criteria ----------------------------------------------------------------------------------------

# The third party takes the most words.
_THIRD = 1.22
_CELL = (WIDTH - 2 * MARGIN - _THIRD) / (len(CRITERIA) - 1)


def criteria_grid(contacts: pd.DataFrame, language: Language, part: int = 1, parts: int = 1) -> Picture:
    """Show what is known of each contact, criterion by criterion, in words.

    Args:
        contacts: columns id, title_en, title_de, date, date_end, precision, status and the criteria, see
            ``backchannel.tracks.CRITERIA``.
        language: of the words in the picture.
        part: which part of the contacts to show, from 1.
        parts: into how many parts of the same length to divide them; about sixteen contacts fill a screen.

    Returns:
        Two lines a contact, in the order of time: its date and title, and below them its criteria. What is
        unknown or disputed is framed.

    Raises:
        UsageError: there is no such part.
    """
    if not 1 <= part <= parts:
        raise UsageError(say("charts_contacts.grid_no_part", language, part=part, parts=parts))
    title = say("charts_contacts.grid_title", language)
    if parts > 1:
        title = say("charts_contacts.grid_part", language, title=title, part=part, parts=parts)
    length = -(-len(contacts) // parts)
    shown = _contacts(contacts, language)[(part - 1) * length : part * length]
    if not shown:
        return _nothing(title, language)
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say("charts_contacts.grid_subtitle", language))
        bottom = _draw_criteria_names(sheet, bottom, language)
        for contact in shown:
            bottom = _draw_criteria(sheet, contact, bottom, language)
        figure = sheet.finish(bottom)
    return Picture(figure, title, _grid_alt(shown, language), language)


def _criterion(criterion: str, language: Language) -> str:
    return say(f"charts_contacts.criterion_{criterion}", language)


def _answer(criterion: str, value: str, language: Language) -> str:
    """Return a value in words; both sides have the same ones."""
    if value in OPEN:
        return say(f"charts_contacts.answer_{value}", language)
    return say(f"charts_contacts.{criterion.replace('russian', 'us')}_{value}", language)


def _cells() -> Iterator[tuple[str, float, float]]:
    """Yield each criterion with the left edge and the width of its column."""
    left = MARGIN
    for criterion in CRITERIA:
        width = _THIRD if criterion == "third_party" else _CELL
        yield criterion, left, width
        left += width


def _draw_criteria_names(sheet: Sheet, top: float, language: Language) -> float:
    names = {
        criterion: wrap(_criterion(criterion, language), width - 0.1, SMALL, bold=True)
        for criterion, _, width in _cells()
    }
    bottom = top + max(len(lines) for lines in names.values()) * line_height(SMALL)
    for criterion, left, _ in _cells():
        lines = names[criterion]
        start = bottom - len(lines) * line_height(SMALL)
        sheet.lines(left + 0.07, start, lines, size=SMALL, bold=True)
    return bottom + 0.06


def _draw_criteria(sheet: Sheet, contact: _Contact, top: float, language: Language) -> float:
    date_width = style.text_width(contact.date, SMALL) + 0.12
    titles = wrap(contact.title, WIDTH - 2 * MARGIN - 0.1 - date_width, SMALL, bold=True)
    height = len(titles) * line_height(SMALL) + 0.05
    edges = [MARGIN - 0.05, WIDTH - MARGIN + 0.05]
    sheet.page.fill_between(edges, top, top + height, color=style.BAND, lw=0, zorder=0)
    sheet.lines(MARGIN + 0.07, top + 0.03, titles, size=SMALL, bold=True)
    sheet.text(
        WIDTH - MARGIN - 0.05,
        top + 0.03 + SMALL / 72,
        contact.date,
        size=SMALL,
        colour=style.MUTED,
        align="right",
    )
    top += height + 0.06
    answers = {
        criterion: wrap(_answer(criterion, contact.row[criterion], language), width - 0.12, SMALL)
        for criterion, _, width in _cells()
    }
    height = max(len(lines) for lines in answers.values()) * line_height(SMALL)
    for criterion, left, width in _cells():
        is_open = contact.row[criterion] in OPEN
        if is_open:
            _draw_frame(sheet, left, top, width, dashed=contact.row[criterion] == "unknown")
        sheet.lines(left + 0.07, top + 0.01, answers[criterion], size=SMALL, italic=is_open)
    return top + height + 0.09


def _draw_frame(sheet: Sheet, left: float, top: float, width: float, dashed: bool) -> None:
    dashes: Any = (0, (3, 2)) if dashed else "-"
    place = (left + 0.015, top - 0.02)
    height = line_height(SMALL) + 0.04
    frame = Rectangle(place, width - 0.03, height, fill=False, ec=style.VERMILION, lw=1.2, ls=dashes)
    sheet.page.add_patch(frame)


def _grid_alt(shown: Sequence[_Contact], language: Language) -> str:
    cells = [contact.row[criterion] for contact in shown for criterion in CRITERIA]
    n_open = sum(cell in OPEN for cell in cells)
    lines = [say("charts_contacts.grid_alt", language, n=len(shown), open=n_open, cells=len(cells))]
    for contact in shown:
        answers = "; ".join(
            f"{_criterion(name, language)}: {_answer(name, contact.row[name], language)}" for name in CRITERIA
        )
        lines.append(f"{contact.title} ({contact.date}, {_status(contact, language)}): {answers}.")
    return "\n".join(lines)


# Where definitions part ------------------------------------------------------------------------------

_KINDS = ("differ", "some", "agree", "none")
_LEFT = MARGIN + 0.36


@dataclass(frozen=True)
class _Judged:
    """A contact with its track under each definition, in the order of the definitions."""

    contact: _Contact
    tracks: tuple[str, ...]

    @property
    def kind(self) -> str:
        """How the definitions stand to each other: they differ, only some decide, they agree, none does."""
        decided = set(self.tracks) - {UNDECIDED}
        if len(decided) > 1:
            return "differ"
        if not decided:
            return "none"
        return "some" if UNDECIDED in self.tracks else "agree"


def definitions_part(
    contacts: pd.DataFrame,
    tracks: pd.DataFrame,
    definitions: pd.DataFrame,
    codebook: Codebook,
    language: Language,
    own: bool = False,
) -> Picture:
    """Show the track of each contact under every definition, first the contacts on which they part.

    Args:
        contacts: columns id, title_en, title_de, date, date_end, precision, status.
        tracks: columns contact, definition, track; an empty or missing track cannot be decided.
        definitions: columns id, name_en, name_de.
        codebook: names of the tracks.
        language: of the words in the picture.
        own: whether the tracks follow from the reader's own answers and not from the course's.

    Returns:
        One row a contact. Those on which definitions differ have a column a definition and are marked; those
        on which all agree have one mark.
    """
    title = say("charts_contacts.parting_title_own" if own else "charts_contacts.parting_title", language)
    if contacts.empty or definitions.empty:
        return _nothing(title, language)
    asked = _definition_names(definitions, language)
    given = {definition: _given(tracks, definition) for definition in asked}
    judged = [
        _Judged(contact, tuple(given[definition].get(contact.id, UNDECIDED) for definition in asked))
        for contact in _contacts(contacts, language)
    ]
    groups = {kind: [row for row in judged if row.kind == kind] for kind in _KINDS}
    order = (*TRACKS, UNDECIDED)
    groups["agree"].sort(key=lambda row: order.index(row.tracks[0]))
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say("charts_contacts.parting_subtitle", language))
        bottom = _draw_parting(sheet, groups, list(asked.values()), bottom, language)
        figure = sheet.finish(bottom)
    names = _track_names(codebook, language)
    return Picture(figure, title, _parting_alt(groups, asked, names, language), language)


def _draw_parting(
    sheet: Sheet,
    groups: Mapping[str, Sequence[_Judged]],
    asked: Sequence[str],
    top: float,
    language: Language,
) -> float:
    cell = (WIDTH - MARGIN - _LEFT) / len(asked)
    if groups["differ"] or groups["some"]:
        top = _draw_definition_names(sheet, asked, top, cell)
    for kind in (kind for kind in _KINDS if groups[kind]):
        heading = say(f"charts_contacts.parting_{kind}", language, n=len(groups[kind]))
        top = _draw_heading(sheet, heading, top)
        for row in groups[kind]:
            if kind in ("differ", "some"):
                if row is not groups[kind][0]:
                    sheet.rule(top)
                top = _draw_parted(sheet, row, top + 0.05, cell, language)
            else:
                top = _draw_agreed(sheet, row, top + 0.015, language)
        top += 0.09
    return top - 0.05


def _draw_heading(sheet: Sheet, words: str, top: float) -> float:
    edges = [MARGIN - 0.1, WIDTH - MARGIN + 0.1]
    sheet.page.fill_between(edges, top, top + 0.25, color=style.BAND, lw=0, zorder=0)
    sheet.text(MARGIN, top + 0.175, words, bold=True)
    return top + 0.28


def _draw_definition_names(sheet: Sheet, asked: Sequence[str], top: float, cell: float) -> float:
    names = [wrap(name, cell - 0.1, SMALL, bold=True) for name in asked]
    bottom = top + max(len(lines) for lines in names) * line_height(SMALL)
    for number, lines in enumerate(names):
        start = bottom - len(lines) * line_height(SMALL)
        sheet.lines(_LEFT + number * cell, start, lines, size=SMALL, bold=True)
    return bottom + 0.05


def _draw_parted(sheet: Sheet, row: _Judged, top: float, cell: float, language: Language) -> float:
    """Draw the mark of a contact that parts the definitions, its title, and its tracks below."""
    sheet.badge(MARGIN + 0.12, top + line_height(SMALL), "≠" if row.kind == "differ" else "?")
    top = sheet.lines(_LEFT, top, wrap(row.contact.title, WIDTH - MARGIN - _LEFT, SMALL), size=SMALL) + 0.01
    bottom = top
    for number, track in enumerate(row.tracks):
        left = _LEFT + number * cell
        _draw_track(sheet, track, left + 0.08, top + 0.085)
        lines = wrap(_short(track, language), cell - 0.3, SMALL)
        ink = style.INK if track else style.MUTED
        end = sheet.lines(left + 0.22, top, lines, size=SMALL, colour=ink, italic=not track)
        bottom = max(bottom, end)
    return bottom + 0.03


def _draw_agreed(sheet: Sheet, row: _Judged, top: float, language: Language) -> float:
    track, left = row.tracks[0], MARGIN + 1.75
    _draw_track(sheet, track, MARGIN + 0.12, top + 0.085)
    sheet.text(_LEFT - 0.08, top + SMALL / 72, _short(track, language), size=SMALL, colour=style.MUTED)
    return sheet.lines(left, top, wrap(row.contact.title, WIDTH - MARGIN - left, SMALL), size=SMALL)


def _draw_track(sheet: Sheet, track: str, x: float, y: float) -> None:
    marker, colour = TRACK_MARKS[track]
    draw_mark(sheet, x, y, marker, colour, "full" if track else "empty")


def _short(track: str, language: Language) -> str:
    return say(f"charts_contacts.short_{track or 'undecided'}", language)


def _parting_alt(
    groups: Mapping[str, Sequence[_Judged]],
    asked: Mapping[str, str],
    names: Mapping[str, str],
    language: Language,
) -> str:
    counts = Counter({kind: len(rows) for kind, rows in groups.items()})
    n = counts.total()
    lines = [say("charts_contacts.parting_alt", language, n=n, definitions=len(asked), **counts)]
    for kind, rows in groups.items():
        heading = say(f"charts_contacts.parting_{kind}", language, n=counts[kind]).partition(":")[0]
        for row in rows:
            if kind in ("agree", "none"):
                told = names[row.tracks[0]]
            else:
                pairs = zip(asked.values(), row.tracks, strict=True)
                told = "; ".join(f"{name} – {names[track]}" for name, track in pairs)
            lines.append(f"{heading}: {row.contact.title} ({row.contact.date}): {told}.")
    return "\n".join(lines)
