"""The dossier at a glance, and the calendar of what happened around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backchannel.charts import style
from backchannel.charts.lanes import stack
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, TEXT, WIDTH, Sheet, house_style, line_height, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

# The dossier at a glance -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Card:
    """What the overview shows of one document."""

    label: str
    date: str
    outlet: str
    genre: str
    relays: str
    words: int
    counts: str
    state: str
    complete: bool


_TEXT_LEFT, _RELAYS_LEFT, _BAR_LEFT = 1.0, 3.85, 6.15
_TEXT_WIDTH, _RELAYS_WIDTH, _BAR_WIDTH = 2.75, 2.15, 1.15


def dossier_at_a_glance(
    documents: pd.DataFrame, passages: pd.DataFrame, claims: pd.DataFrame, language: Language
) -> Picture:
    """Show each document with its date, outlet, genre, length, upstream and what the dossier holds of it.

    Args:
        documents: columns id, label, date, date_precision, words, and in both languages outlet, genre,
            relays and truncated.
        passages: columns id and document.
        claims: columns id and passage.
        language: of the words in the picture.

    Returns:
        One row a document, in the order of their dates.
    """
    cards = _cards(documents, passages, claims, language)
    title = say("charts.glance_title", language)
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say("charts.glance_subtitle", language))
        longest = max([1, *(card.words for card in cards)])
        for card in cards:
            sheet.rule(bottom)
            bottom = _draw_card(sheet, card, bottom + 0.13, longest, language) + 0.1
        if not cards:
            bottom = sheet.lines(MARGIN, bottom, [say("charts.glance_empty", language)])
        figure = sheet.finish(bottom)
    first = say("charts.glance_alt", language, n=len(cards))
    return Picture(
        figure, title, "\n".join([first, *(_in_words(card, language) for card in cards)]), language
    )


def _rank(iso: str) -> str:
    """Return a key of order: what is known to the month only comes after the days of that month.

    It may have been any of them.
    """
    return iso.ljust(10, "~")


def _cards(
    documents: pd.DataFrame, passages: pd.DataFrame, claims: pd.DataFrame, language: Language
) -> list[_Card]:
    home = dict(zip(passages["id"], passages["document"], strict=True))
    passage_counts = passages["document"].value_counts()
    claim_counts = claims["passage"].map(home).value_counts()
    cards = []
    in_order = documents.sort_values("date", key=lambda dates: dates.map(_rank), kind="stable")
    for _, row in rows_of(in_order):
        complete = not row[f"truncated_{language}"]
        counts = {
            "passages": passage_counts.get(row["id"], 0),
            "claims": claim_counts.get(row["id"], 0),
        }
        held = "charts.glance_counts" if counts["passages"] else "charts.glance_to_come"
        cards.append(
            _Card(
                label=row["label"],
                date=style.date_words(row["date"], row["date_precision"], language),
                outlet=row[f"outlet_{language}"],
                genre=row[f"genre_{language}"],
                relays=row[f"relays_{language}"].partition(";")[0],
                words=int(row["words"]),
                counts=say(held, language, **counts),
                state=say("charts.complete" if complete else "charts.truncated", language),
                complete=complete,
            )
        )
    return cards


def _draw_card(sheet: Sheet, card: _Card, top: float, longest: int, language: Language) -> float:
    sheet.badge(MARGIN + 0.22, top + 0.1, card.label)
    left = sheet.lines(_TEXT_LEFT, top, wrap(card.outlet, _TEXT_WIDTH, TEXT, bold=True), bold=True)
    left = sheet.lines(_TEXT_LEFT, left, wrap(card.genre, _TEXT_WIDTH))
    left = sheet.lines(_TEXT_LEFT, left, wrap(card.date, _TEXT_WIDTH))
    middle = sheet.lines(_RELAYS_LEFT, top, [say("charts.relays", language)], size=SMALL, colour=style.MUTED)
    middle = sheet.lines(_RELAYS_LEFT, middle, wrap(card.relays or "–", _RELAYS_WIDTH))
    bar = sheet.panel(_BAR_LEFT, top, _BAR_WIDTH, 0.2)
    bar.barh([0], [card.words], color=style.BLUE, height=1)
    bar.set(xlim=(0, longest), ylim=(-0.5, 0.5))
    end = _BAR_LEFT + _BAR_WIDTH * card.words / longest
    words = say("charts.words", language, n=style.thousands(card.words, language))
    sheet.text(end + 0.07, top + 0.15, words, size=SMALL, bold=True)
    right = sheet.lines(_BAR_LEFT, top + 0.27, wrap(card.counts, WIDTH - MARGIN - _BAR_LEFT), size=SMALL)
    sheet.mark(_BAR_LEFT + 0.06, right + 0.085, "o", style.INK, size=7, hollow=not card.complete)
    right = sheet.lines(_BAR_LEFT + 0.2, right, [card.state], size=SMALL)
    return max(left, middle, right)


def _in_words(card: _Card, language: Language) -> str:
    relays = f"{say('charts.relays', language)} {card.relays}" if card.relays else ""
    words = say("charts.words", language, n=style.thousands(card.words, language))
    parts = [card.date, card.outlet, card.genre, relays, words, card.counts, card.state]
    return f"{card.label}: {'; '.join(part for part in parts if part)}."


# The calendar ----------------------------------------------------------------------------------------

KINDS: Mapping[str, tuple[str, str]] = {
    "document": ("s", style.INK),
    "meeting": ("o", style.BLUE),
    "call": ("^", style.BLUE),
    "report": ("s", style.OCHRE),
    "statement": ("D", style.PURPLE),
    "law": ("P", style.GREEN),
    "war": ("X", style.VERMILION),
}


@dataclass(frozen=True)
class _Entry:
    """One line of the calendar. ``day`` is its place on the axis; ``badge`` names a document."""

    iso: str
    day: pd.Timestamp
    date: str
    title: str
    kind: str
    badge: str
    second_hand: bool


def calendar(events: pd.DataFrame, documents: pd.DataFrame, language: Language) -> Picture:
    """Show the events and the documents of the dossier, first on a line of time, then in words.

    Args:
        events: columns id, date, date_end, precision, title_en, title_de, kind, sources, checked.
        documents: columns id, label, date, date_precision, title_en, title_de. A document is marked at the
            event of the kind ``document`` that names ``source-<id>``; without one it gets an entry itself.
        language: of the words in the picture.
    """
    entries = _entries(events, documents, language)
    title = say("charts.calendar_title", language)
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say("charts.calendar_subtitle", language))
        if entries:
            bottom = _draw_lanes(sheet, entries, bottom, language)
            bottom = _draw_list(sheet, entries, bottom + 0.15)
        else:
            bottom = sheet.lines(MARGIN, bottom, [say("charts.calendar_empty", language)])
        figure = sheet.finish(bottom)
    return Picture(figure, title, _calendar_alt(entries, language), language)


def _entries(events: pd.DataFrame, documents: pd.DataFrame, language: Language) -> list[_Entry]:
    labels = {f"source-{row['id']}": row["label"] for _, row in rows_of(documents)}
    entries = []
    for _, row in rows_of(events):
        named = [labels[source] for source in row["sources"].split("; ") if source in labels]
        badge = named[0] if named and row["kind"] == "document" else ""
        entries.append(_entry(row, row["precision"], row["kind"], badge, language))
    marked = {entry.badge for entry in entries}
    for _, row in rows_of(documents):
        if row["label"] not in marked:
            entries.append(_entry(row, row["date_precision"], "document", row["label"], language))
    return sorted(entries, key=lambda entry: _rank(entry.iso))


def _entry(row: Mapping[str, Any], precision: str, kind: str, badge: str, language: Language) -> _Entry:
    iso, end = row["date"], row.get("date_end", "")
    date = style.date_words(iso, precision, language)
    if end:
        date = _span(iso, end, date, precision, language)
    # What is known to the month only stands in its middle.
    day = (
        pd.Timestamp(iso) if len(iso) > 7 else pd.Timestamp(f"{iso}-15" if len(iso) == 7 else f"{iso}-07-01")
    )
    return _Entry(iso, day, date, row[f"title_{language}"], kind, badge, row.get("checked", "read") != "read")


def _span(iso: str, end: str, date: str, precision: str, language: Language) -> str:
    """Write ``6–8 Feb 2024`` within a month, and both dates in full otherwise."""
    if iso[:7] == end[:7] and len(iso) > 7:
        dot = "." if language == "de" else ""
        days = f"{int(iso[8:])}{dot}–{int(end[8:])}{dot}"
        whole = f"{days} {style.date_words(iso[:7], 'month', language)}"
        return say("charts.about", language, date=whole) if precision == "about" else whole
    return f"{date} – {style.date_words(end, 'day', language)}"


_AXIS_LEFT, _ROW = 1.75, 0.185


def _draw_lanes(sheet: Sheet, entries: Sequence[_Entry], top: float, language: Language) -> float:
    """Draw one lane a kind over a common axis of months; marks too close to each other take another row."""
    days = [entry.day for entry in entries]
    # Half a month more on either side, so that marks keep off the edges.
    first = min(days).to_period("M").start_time - pd.Timedelta(days=15)
    last = max(days).to_period("M").end_time.normalize() + pd.Timedelta(days=15)
    scale = (WIDTH - MARGIN - _AXIS_LEFT) / (last - first).days
    place = {id(entry): _AXIS_LEFT + (entry.day - first).days * scale for entry in entries}
    lanes_top = top + 0.22
    bottom = lanes_top
    for kind in KINDS:
        of_kind = sorted((entry for entry in entries if entry.kind == kind), key=lambda entry: entry.day)
        if not of_kind:
            continue
        gap = 0.36 if kind == "document" else 0.16
        rows = stack([(place[id(entry)], place[id(entry)]) for entry in of_kind], gap)
        height = (max(rows) + 1) * (_ROW + 0.04 * (kind == "document")) + 0.08
        sheet.text(
            _AXIS_LEFT - 0.12,
            bottom + height / 2 + 0.05,
            say(f"charts.kind_{kind}", language),
            size=SMALL,
            align="right",
        )
        for entry, row in zip(of_kind, rows, strict=True):
            y = bottom + 0.04 + (row + 0.5) * (height - 0.08) / (max(rows) + 1)
            if len(entry.iso) == 7:
                reach = max(15 * scale, 0.24 if entry.badge else 0)
                ends = [place[id(entry)] - reach, place[id(entry)] + reach]
                sheet.page.plot(ends, [y, y], color=KINDS[kind][1], lw=2, solid_capstyle="butt", zorder=2)
            _draw_mark(sheet, entry, place[id(entry)], y)
        bottom += height
        sheet.rule(bottom, _AXIS_LEFT)
    for year in range(first.year, last.year + 1):
        start = max(first, pd.Timestamp(year, 1, 1))
        x = _AXIS_LEFT + (start - first).days * scale
        sheet.page.plot([x, x], [top, bottom], color=style.MUTED, lw=0.8, zorder=1)
        if (min(last, pd.Timestamp(year, 12, 31)) - start).days * scale > style.text_width(
            str(year), SMALL
        ) + 0.1:
            sheet.text(x + 0.06, top + 0.13, str(year), size=SMALL, bold=True)
    return bottom


def _draw_mark(sheet: Sheet, entry: _Entry, x: float, y: float) -> None:
    if entry.badge:
        sheet.badge(x, y, entry.badge)
    else:
        marker, colour = KINDS.get(entry.kind, ("o", style.MUTED))
        sheet.mark(x, y, marker, colour, hollow=entry.second_hand)


def _in_its_year(entry: _Entry) -> str:
    """Return the date without the year, which stands at the left; a year alone keeps it."""
    return entry.date if len(entry.iso) == 4 else entry.date.removesuffix(f" {entry.iso[:4]}")


def _draw_list(sheet: Sheet, entries: Sequence[_Entry], top: float) -> float:
    """Set all entries below each other, each year beside the first of its entries."""
    room = style.text_width("2000", SMALL, bold=True) + 0.12
    mark = MARGIN + room + max(style.text_width(_in_its_year(entry), SMALL) for entry in entries) + 0.32
    left = mark + 0.26
    year = ""
    for entry in entries:
        if entry.iso[:4] != year:
            if year:
                sheet.rule(top)
                top += 0.07
            year = entry.iso[:4]
            sheet.text(MARGIN, top + SMALL / 72, year, size=SMALL, bold=True)
        if entry.badge:
            lines = wrap(entry.title, WIDTH - MARGIN - left, SMALL)
            height = len(lines) * line_height(SMALL)
            sheet.page.fill_between(
                [MARGIN - 0.1, WIDTH - MARGIN + 0.1],
                top - 0.035,
                top + height,
                color=style.BAND,
                lw=0,
                zorder=0,
            )
        sheet.text(
            mark - 0.32, top + SMALL / 72, _in_its_year(entry), size=SMALL, colour=style.MUTED, align="right"
        )
        _draw_mark(sheet, entry, mark, top + 0.1)
        top = sheet.lines(left, top, wrap(entry.title, WIDTH - MARGIN - left, SMALL), size=SMALL) + 0.03
    return top


def _calendar_alt(entries: Sequence[_Entry], language: Language) -> str:
    if not entries:
        return say("charts.calendar_empty", language)
    documents = style.join([f"{entry.badge} ({entry.date})" for entry in entries if entry.badge])
    first = say(
        "charts.calendar_alt",
        language,
        n=len(entries),
        first=entries[0].date,
        last=entries[-1].date,
        documents=documents or "–",
    )
    lines = []
    for entry in entries:
        second_hand = f" [{say('charts.second_hand', language)}]" if entry.second_hand else ""
        lines.append(
            f"{entry.date}, {say(f'charts.kind_{entry.kind}', language)}: {entry.title}{second_hand}."
        )
    return "\n".join([first, *lines])
