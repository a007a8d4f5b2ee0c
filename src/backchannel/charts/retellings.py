"""What two retellings of one report kept, changed and dropped, and how documents change what they retell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.parts import (
    BarRow,
    Cell,
    Fill,
    counts_in_words,
    draw_bar_table,
    draw_box,
    empty_page,
    labels_of,
    page,
)
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet, line_height, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

TREATMENTS = ("kept", "changed", "dropped")
_FILLS: Mapping[str, Fill] = {"kept": Fill(style.BLUE), "changed": Fill(style.VERMILION, "////")}
CHANGES = (
    "meaning_changed",
    "actor_changed",
    "attribution_lost",
    "sharpened",
    "softened",
    "generalised",
    "detail_lost",
    "added",
)
# The tallest part of a long matrix, in inches of rows.
_TALLEST = 10.2
_BOX, _COLUMN = 0.2, 1.85


@dataclass(frozen=True)
class _Row:
    """A proposition and what each document does with it; empty where nothing is recorded."""

    number: int
    lines: tuple[str, ...]
    words: str
    cells: tuple[tuple[str, str], ...]

    @property
    def height(self) -> float:
        return len(self.lines) * line_height(SMALL) + 0.075


def coverage_matrix(
    propositions: pd.DataFrame,
    retellings: pd.DataFrame,
    documents: pd.DataFrame,
    language: Language,
    *,
    root: str = "moscow-times-2023",
    of: Sequence[str] = ("d1", "d2"),
    part: int = 1,
    own: bool = False,
) -> Picture:
    """Show what documents do with each proposition of a report: kept, changed, dropped.

    Args:
        propositions: columns id, root, proposition_en, proposition_de.
        retellings: columns proposition, document, treatment, change; those of the course, or a student's own.
        documents: columns id and label.
        language: of the words in the picture.
        root: the report; empty for all propositions given.
        of: ids of the documents.
        part: a long matrix comes in parts of one screen each, counted from 1; the counts are always of all.
        own: whether the treatments are the reader's own and not the course's reading.
    """
    labels = {document: labels_of(documents).get(document, document.upper()) for document in of}
    title = say("retellings.coverage_title_own" if own else "retellings.coverage_title", language)
    rows = _coverage_rows(
        propositions[propositions["root"] == root] if root else propositions, retellings, of, language
    )
    if not rows:
        return empty_page(title, say("retellings.empty", language), language)
    parts = _parts(rows)
    number = min(max(1, part), len(parts))
    shown = parts[number - 1]
    counts = [
        f"{label}: {counts_in_words(_counts([row.cells[n][0] for row in rows], language))}"
        for n, label in enumerate(labels.values())
    ]
    which = ""
    if len(parts) > 1:
        ends = {"first": shown[0].number, "last": shown[-1].number, "n": len(rows)}
        which = f" ({say('retellings.part', language, **ends)})"

    def draw(sheet: Sheet, top: float) -> float:
        return _draw_coverage(sheet, shown, list(labels.values()), top, language)

    alt = [f"{say('retellings.coverage_alt', language, n=len(rows))}{which} {'; '.join(counts)}."]
    for row in shown:
        told = zip(labels.values(), row.cells, strict=True)
        words = "; ".join(f"{label} {_cell_words(cell, language)}" for label, cell in told)
        alt.append(f"{row.number}. {row.words} – {words}.")
    subtitle = f"{say('retellings.coverage_subtitle', language)} {'; '.join(counts)}."
    return page(f"{title}{which}", subtitle, draw, alt, language)


def _coverage_rows(
    propositions: pd.DataFrame, retellings: pd.DataFrame, of: Sequence[str], language: Language
) -> list[_Row]:
    told = {
        (row["proposition"], row["document"]): (row["treatment"], row.get("change") or "")
        for _, row in rows_of(retellings)
    }
    width = WIDTH - 2 * MARGIN - len(of) * _COLUMN - 0.4
    rows = []
    for number, (_, row) in enumerate(rows_of(propositions), start=1):
        words = row[f"proposition_{language}"]
        cells = tuple(told.get((row["id"], document), ("", "")) for document in of)
        rows.append(_Row(number, tuple(wrap(words, width, SMALL)), words.rstrip("."), cells))
    return rows


def _parts(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Cut into as few parts as fit a screen, of about the same height."""
    total = sum(row.height for row in rows)
    room = total / -(-total // _TALLEST)
    parts: list[list[_Row]] = [[]]
    used = 0.0
    for row in rows:
        if parts[-1] and used + row.height / 2 > room * len(parts):
            parts.append([])
        parts[-1].append(row)
        used += row.height
    return parts


def _counts(treatments: Sequence[str], language: Language) -> dict[str, str]:
    counts = Counter(treatments)
    return {say(f"retellings.{treatment}", language): str(counts[treatment]) for treatment in TREATMENTS}


def _cell_words(cell: tuple[str, str], language: Language) -> str:
    treatment, change = cell
    if treatment not in TREATMENTS:
        return say("retellings.open", language)
    words = say(f"retellings.{treatment}", language)
    return f"{words} ({say(f'retellings.{change}', language)})" if change else words


def _draw_coverage(
    sheet: Sheet, rows: Sequence[_Row], labels: Sequence[str], top: float, language: Language
) -> float:
    left = WIDTH - MARGIN - len(labels) * _COLUMN + 0.1
    for n, label in enumerate(labels):
        sheet.badge(left + n * _COLUMN + 0.15, top + 0.08, label)
    top += 0.25
    for row in rows:
        sheet.rule(top)
        number = str(row.number)
        sheet.text(
            MARGIN + 0.25, top + 0.045 + SMALL / 72, number, size=SMALL, colour=style.MUTED, align="right"
        )
        sheet.lines(MARGIN + 0.35, top + 0.045, row.lines, size=SMALL)
        for n, cell in enumerate(row.cells):
            _draw_treatment(sheet, cell, left + n * _COLUMN, top + row.height / 2, language)
        top += row.height
    sheet.rule(top)
    return top + 0.05


def _draw_treatment(sheet: Sheet, cell: tuple[str, str], x: float, middle: float, language: Language) -> None:
    """Draw kept full, changed hatched with its kind, dropped as an empty field with a stroke."""
    treatment, change = cell
    top = middle - 0.065
    if treatment == "dropped":
        sheet.page.add_patch(Rectangle((x, top), _BOX, 0.13, fc=style.PAPER, ec=style.MUTED, lw=1))
        sheet.page.plot([x, x + _BOX], [top + 0.13, top], color=style.MUTED, lw=1)
    elif treatment in _FILLS:
        draw_box(sheet, x, top, _BOX, 0.13, _FILLS[treatment])
    words = say(f"retellings.{change}" if change else f"retellings.{treatment or 'open'}", language)
    colour = style.INK if treatment == "changed" else style.MUTED
    sheet.text(x + _BOX + 0.08, middle + 0.05, words, size=SMALL, colour=colour)


# Drift -----------------------------------------------------------------------------------------------


def drift(retellings: pd.DataFrame, documents: pd.DataFrame, language: Language) -> Picture:
    """Show for each document how often it kept and dropped, and in which ways it changed, what it retells.

    Args:
        retellings: columns document, treatment, change.
        documents: columns id and label.
        language: of the words in the picture.
    """
    title = say("retellings.drift_title", language)
    labels = labels_of(documents)
    groups = {document: retellings[retellings["document"] == document] for document in labels}
    totals = {document: len(group) for document, group in groups.items()}
    if not any(totals.values()):
        return empty_page(title, say("retellings.empty", language), language)
    rows = [_drift_row("treatment", kind, groups, language) for kind in TREATMENTS]
    rows += [_drift_row("change", kind, groups, language, first=kind == CHANGES[0]) for kind in CHANGES]

    def draw(sheet: Sheet, top: float) -> float:
        top = draw_bar_table(sheet, top, list(labels.values()), rows)
        return sheet.foot(top, say("retellings.drift_note", language))

    sizes = counts_in_words({label: str(totals[document]) for document, label in labels.items()})
    alt = [f"{say('retellings.drift_alt', language)} {sizes}."]
    for row in rows:
        values = dict(zip(labels.values(), (cell.words for cell in row.cells), strict=True))
        alt.append(f"{row.name}: {counts_in_words(values)}.")
    subtitle = f"{say('retellings.drift_subtitle', language)} {sizes}."
    return page(title, subtitle, draw, alt, language)


def _drift_row(
    column: str, kind: str, groups: Mapping[str, pd.DataFrame], language: Language, *, first: bool = False
) -> BarRow:
    cells = []
    for group in groups.values():
        count = int((group[column] == kind).sum())
        share = count / len(group) if len(group) else None
        percent = "" if not count or share is None else f" ({style.percent(share)})"
        cells.append(Cell("–" if share is None else f"{count}{percent}", share))
    note = say(f"retellings.{kind}_note", language) if column == "change" else ""
    return BarRow(say(f"retellings.{kind}", language), tuple(cells), note, rule=first)
