"""Evidence held against hypotheses: what tells them apart, and what speaks against each.

After Heuer, Psychology of Intelligence Analysis (1999, ch. 8); the measures are those of
``backchannel.hypotheses``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.patches import Rectangle

from backchannel.charts import style
from backchannel.charts.parts import INNER, empty_page, page
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, TEXT, WIDTH, Sheet, line_height, wrap
from backchannel.hypotheses import diagnosticity, inconsistency
from backchannel.tables import rows_of
from backchannel.words import Language, say

# sign, ground, ink: the sign alone carries the meaning
_RATINGS: Mapping[str, tuple[str, str, str]] = {
    "strongly_for": ("++", style.BLUE, "#FFFFFF"),
    "for": ("+", "#C4D8E8", "#000000"),
    "neutral": ("·", style.PAPER, style.MUTED),
    "against": ("−", "#F3CDB8", "#000000"),
    "strongly_against": ("−−", style.VERMILION, "#FFFFFF"),
}
_CELL, _LAST = 0.38, 0.92
_TEXT_LEFT = MARGIN + 0.42


@dataclass(frozen=True)
class _Piece:
    """A piece of evidence: its number in the table, its words, a short name, its ratings, its diagnosticity.

    The last is None as long as a rating is open.
    """

    number: int
    words: str
    short: str
    ratings: tuple[str, ...]
    value: float | None


def evidence_matrix(
    evidence: pd.DataFrame,
    hypotheses: pd.DataFrame,
    ratings: pd.DataFrame,
    language: Language,
    own: bool = False,
) -> Picture:
    """Show how each piece of evidence bears on each hypothesis, the most diagnostic first.

    Args:
        evidence: columns id, name_en, name_de (drawn), text_en, text_de (told in the text version).
        hypotheses: columns id, statement_en, statement_de.
        ratings: columns evidence, hypothesis, rating; those of the course, or a student's own. Cells without
            a rating stay empty. The drawing has the short name of a piece, or the start of its text where it
            has none; the text version has the whole text.
        language: of the words in the picture.
        own: whether the ratings are the reader's own and not the course's.
    """
    title = say("evidence.title_own" if own else "evidence.title", language)
    given = ratings[ratings["evidence"].isin(evidence["id"]) & ratings["hypothesis"].isin(hypotheses["id"])]
    given = given[given["rating"].isin(list(_RATINGS))]
    if given.empty:
        return empty_page(title, say("evidence.empty", language), language)
    columns = list(hypotheses["id"])
    statements = list(hypotheses[f"statement_{language}"])
    pieces = _pieces(evidence, given, columns, language)
    table = inconsistency(_complete(given, len(columns))).set_index("hypothesis")
    # Nothing can be summed up before a piece is rated throughout.
    against = [int(table["inconsistency"].get(column, 0)) for column in columns] if len(table) else []

    def draw(sheet: Sheet, top: float) -> float:
        top = _draw_hypotheses(sheet, statements, top)
        top = _draw_signs(sheet, top, language)
        top = _draw_pieces(sheet, pieces, top, language)
        top = _draw_sums(sheet, against, len(columns), top, language)
        return sheet.foot(top, say("evidence.note", language))

    alt = [say("evidence.alt", language, n=len(pieces), m=len(columns))]
    for n, statement in enumerate(statements, start=1):
        points = against[n - 1] if against else "–"
        alt.append(f"H{n}: {statement} {say('evidence.against_sum', language)}: {points}.")
    alt += [_piece_in_words(piece, language) for piece in pieces]
    return page(title, say("evidence.subtitle", language), draw, alt, language)


def _complete(ratings: pd.DataFrame, hypotheses: int) -> pd.DataFrame:
    """Return the ratings of the pieces that are rated for all hypotheses; only they can be compared."""
    return ratings[ratings.groupby("evidence")["hypothesis"].transform("size") == hypotheses]


def _pieces(
    evidence: pd.DataFrame, ratings: pd.DataFrame, columns: Sequence[str], language: Language
) -> list[_Piece]:
    given = {(row["evidence"], row["hypothesis"]): row["rating"] for _, row in rows_of(ratings)}
    values = diagnosticity(_complete(ratings, len(columns))).set_index("evidence")["diagnosticity"]
    pieces = [
        _Piece(
            number,
            row[f"text_{language}"],
            row[f"name_{language}"],
            tuple(given.get((row["id"], column), "") for column in columns),
            float(values[row["id"]]) if row["id"] in values.index else None,
        )
        for number, (_, row) in enumerate(rows_of(evidence), start=1)
    ]
    return sorted(pieces, key=lambda piece: -(piece.value or 0.0))


def _draw_hypotheses(sheet: Sheet, statements: Sequence[str], top: float) -> float:
    for n, statement in enumerate(statements, start=1):
        sheet.badge(MARGIN + 0.17, top + 0.09, f"H{n}")
        top = sheet.lines(_TEXT_LEFT, top, wrap(statement, INNER - 0.42, SMALL), size=SMALL) + 0.03
    return top + 0.06


def _draw_signs(sheet: Sheet, top: float, language: Language) -> float:
    """Explain the signs, in as many lines as their words need."""
    x = MARGIN
    for rating in _RATINGS:
        words = say(f"evidence.{rating}", language)
        width = 0.36 + style.text_width(words, SMALL) + 0.22
        if x + width > WIDTH - MARGIN + 0.22:
            x, top = MARGIN, top + 0.24
        _draw_rating(sheet, rating, x, top, 0.3, 0.2)
        sheet.text(x + 0.37, top + 0.15, words, size=SMALL)
        x += width
    return top + 0.3


def _draw_rating(sheet: Sheet, rating: str, x: float, top: float, width: float, height: float) -> None:
    sign, ground, ink = _RATINGS.get(rating, ("", style.PAPER, style.MUTED))
    sheet.page.add_patch(Rectangle((x, top), width, height, fc=ground, ec=style.RULE, lw=1))
    if sign:
        baseline = top + height / 2 + 0.055
        sheet.text(x + width / 2, baseline, sign, size=TEXT, bold=True, colour=ink, align="center")


def _draw_pieces(sheet: Sheet, pieces: Sequence[_Piece], top: float, language: Language) -> float:
    columns = len(pieces[0].ratings)
    left = WIDTH - MARGIN - _LAST - columns * _CELL
    width = left - _TEXT_LEFT - 0.12
    words = wrap(say("evidence.diagnosticity", language), _LAST, SMALL)
    for n in range(columns):
        sheet.badge(left + (n + 0.5) * _CELL, top + 0.1, f"H{n + 1}")
    sheet.lines(WIDTH - MARGIN, top, words[:1], size=SMALL, align="right")
    top += 0.26
    highest = max([1.0, *(piece.value or 0.0 for piece in pieces)])
    for piece in pieces:
        lines = _clipped(piece.short, width, 2)
        height = len(lines) * line_height(SMALL) + 0.05
        sheet.text(
            _TEXT_LEFT - 0.1, top + SMALL / 72 + 0.02, str(piece.number), size=SMALL, bold=True, align="right"
        )
        sheet.lines(_TEXT_LEFT, top + 0.02, lines, size=SMALL)
        for n, rating in enumerate(piece.ratings):
            _draw_rating(sheet, rating, left + n * _CELL, top, _CELL, height)
        x, y = WIDTH - MARGIN, top + height / 2
        sheet.text(x, y + 0.05, _value(piece, language), size=SMALL, align="right")
        room = _LAST - 0.45
        if piece.value:
            bar = Rectangle(
                (x - 0.35 - room, y - 0.05), room * piece.value / highest, 0.1, fc=style.BLUE, ec="none"
            )
            sheet.page.add_patch(bar)
        sheet.rule(top, right=left)
        top += height
    return top


def _clipped(words: str, width: float, most: int) -> list[str]:
    """Return at most so many lines; what is cut off ends in three dots."""
    lines = wrap(words, width, SMALL)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while " " in last and style.text_width(f"{last} …", SMALL) > width:
        last = last.rpartition(" ")[0]
    return [*lines[: most - 1], f"{last.rstrip(',;:')} …"]


def _draw_sums(sheet: Sheet, against: Sequence[int], columns: int, top: float, language: Language) -> float:
    """Set what speaks against each hypothesis below its column, the least framed, or dashes."""
    left = WIDTH - MARGIN - _LAST - columns * _CELL
    sheet.page.plot([MARGIN, WIDTH - MARGIN], [top, top], color=style.MUTED, lw=1.4)
    sheet.text(left - 0.12, top + 0.22, say("evidence.against_sum", language), bold=True, align="right")
    for n in range(columns):
        x = left + n * _CELL
        points = str(against[n]) if against else "–"
        if against and against[n] == min(against) < max(against):
            frame = Rectangle((x + 0.06, top + 0.05), _CELL - 0.12, 0.25, fill=False, ec=style.INK, lw=1.6)
            sheet.page.add_patch(frame)
        sheet.text(x + _CELL / 2, top + 0.23, points, bold=True, align="center")
    return top + 0.42


def _value(piece: _Piece, language: Language) -> str:
    return "–" if piece.value is None else style.decimal(piece.value, language, 1)


def _piece_in_words(piece: _Piece, language: Language) -> str:
    named = [say(f"evidence.{rating or 'open'}", language) for rating in piece.ratings]
    told = "; ".join(f"H{n} {words}" for n, words in enumerate(named, start=1))
    value = f"{say('evidence.diagnosticity', language)} {_value(piece, language)}"
    return f"{piece.number}. {piece.words} {told}; {value}."
