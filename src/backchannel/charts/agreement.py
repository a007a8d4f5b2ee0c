"""How far coders agree, dimension by dimension, and where they part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, isnan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from backchannel.agreement import count_labels, most_disputed
from backchannel.charts import style
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, TEXT, WIDTH, Align, Sheet, house_style, line_height, wrap
from backchannel.codebook import Codebook, Dimension
from backchannel.tables import rows_of
from backchannel.words import Language, say

# Krippendorff, Content Analysis (4th ed., 2018), ch. 12: customary bounds, not laws.
TENTATIVE, RELIABLE = 0.667, 0.8

# marker, colour, hollow; and how far above the middle of the row, in inches
_MARKS = {
    "percent": ("D", style.OCHRE, True, 0.15),
    "alpha": ("o", style.BLUE, False, 0.0),
    "ac1": ("s", style.PURPLE, True, -0.15),
}
_ROW, _NAME_WIDTH, _VALUE_WIDTH = 0.66, 2.45, 1.65


def agreement_chart(
    table: pd.DataFrame, codebook: Codebook, language: Language, coders: Sequence[str] = ()
) -> Picture:
    """Show α with its interval, percent agreement and AC1 of each dimension.

    Args:
        table: as ``backchannel.agreement.agreement_table`` returns it.
        codebook: names of the dimensions.
        language: of the words in the picture.
        coders: whose agreement it is, for the title.

    Returns:
        One row a dimension, in the order of the table. Where α is undefined, the row says why.
    """
    rows = [row for _, row in rows_of(table)]
    names = [codebook[row["dimension"]].name.in_(language) for row in rows]
    who = f": {say('charts.and', language).join(coders)}" if coders else ""
    title = say("charts.agreement_title", language) + who
    with house_style():
        sheet = Sheet()
        if rows:
            bottom = sheet.head(title, say("charts.agreement_subtitle", language))
            bottom = _draw_key(sheet, bottom, language)
            bottom = _draw_rows(sheet, rows, names, bottom, language)
            bottom = sheet.foot(bottom + 0.08, _source(language))
        else:
            bottom = sheet.head(title)
            bottom = sheet.lines(MARGIN, bottom, [say("charts.agreement_empty", language)])
        figure = sheet.finish(bottom)
    lines = [f"{name}: {_values(row, language)}" for row, name in zip(rows, names, strict=True)]
    key = "charts.agreement_alt" if rows else "charts.agreement_empty"
    first = say(key, language, n=len(rows))
    return Picture(
        figure, title, "\n".join([first, *lines, *([_source(language)] if rows else [])]), language
    )


def _source(language: Language) -> str:
    low, high = style.decimal(TENTATIVE, language, 3), style.decimal(RELIABLE, language)
    return say("charts.agreement_source", language, low=low, high=high)


def _draw_key(sheet: Sheet, top: float, language: Language) -> float:
    """Explain the markers, in as many lines as their words need."""
    x, y = MARGIN + 0.1, top + 0.1
    for measure, (marker, colour, hollow, _) in _MARKS.items():
        words = say(f"charts.measure_{measure}", language)
        width = style.text_width(words, SMALL) + 0.2
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN + 0.1, y + 0.24
        if measure == "alpha":
            sheet.page.plot([x - 0.11, x + 0.11], [y, y], color=colour, lw=2.2)
        sheet.mark(x, y, marker, colour, hollow=hollow)
        sheet.text(x + 0.2, y + 0.05, words, size=SMALL)
        x += width + 0.4
    return y + 0.25


def _draw_rows(
    sheet: Sheet, rows: list[dict[str, Any]], names: list[str], top: float, language: Language
) -> float:
    left = MARGIN + _NAME_WIDTH + 0.2
    width = WIDTH - MARGIN - _VALUE_WIDTH - 0.2 - left
    top += 0.2
    height = _ROW * len(rows)
    axes = sheet.panel(left, top, width, height)
    axes.set(xlim=(_lowest(rows), 1.03), ylim=(height, 0))
    _draw_scale(sheet, axes, left, width, top, height, language)
    sheet.text(WIDTH - MARGIN, top - 0.06, say("charts.alpha_column", language), size=SMALL, align="right")
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        middle = top + (number + 0.5) * _ROW
        sheet.rule(top + number * _ROW)
        lines = wrap(name, _NAME_WIDTH, TEXT, bold=True)
        start = middle - (len(lines) + 1) * line_height() / 2 + 0.02
        start = sheet.lines(MARGIN, start, lines, bold=True)
        units = say("charts.units", language, n=row["units"])
        sheet.lines(MARGIN, start, [units], size=SMALL, colour=style.MUTED)
        _draw_measures(axes, row, (number + 0.5) * _ROW)
        _draw_alpha_words(sheet, row, middle, language)
    sheet.rule(top + height)
    return top + height + 0.22


def _lowest(rows: list[dict[str, Any]]) -> float:
    """Return the left end of the axis: 0, or the next tenth below what has to be shown."""
    values = [row[column] for row in rows for column in ("percent", "alpha", "low", "ac1")]
    least = min([0.0, *(value for value in values if not isnan(value))])
    return -0.03 if least == 0 else floor(least * 10) / 10 - 0.03


def _draw_scale(
    sheet: Sheet, axes: Axes, left: float, width: float, top: float, height: float, language: Language
) -> None:
    start, end = axes.get_xlim()

    def place(value: float) -> float:
        return left + width * (value - start) / (end - start)

    for tick in (-1.0, -0.5, 0.0, 0.5, 1.0):
        if tick < start:
            continue
        axes.axvline(tick, color=style.RULE, lw=1, zorder=0)
        words = style.decimal(tick, language, 1)
        sheet.text(place(tick), top + height + 0.17, words, size=SMALL, colour=style.MUTED, align="center")
    # The two numbers lean away from each other, since a long axis brings their lines close together.
    bounds: tuple[tuple[float, int, tuple[float, float], Align, float], ...] = (
        (TENTATIVE, 3, (4, 3), "right", 0.05),
        (RELIABLE, 2, (1.5, 1.5), "left", -0.05),
    )
    for bound, digits, dashes, align, lean in bounds:
        axes.axvline(bound, color=style.MUTED, lw=1.3, dashes=dashes, zorder=1)
        words = style.decimal(bound, language, digits)
        sheet.text(place(bound) + lean, top - 0.06, words, size=SMALL, align=align)


def _draw_measures(axes: Axes, row: dict[str, Any], middle: float) -> None:
    if not isnan(row["low"]):
        axes.plot([row["low"], row["high"]], [middle, middle], color=style.BLUE, lw=2.4, zorder=2)
        for end in (row["low"], row["high"]):
            axes.plot([end, end], [middle - 0.05, middle + 0.05], color=style.BLUE, lw=2.4, zorder=2)
    for measure, (marker, colour, hollow, raised) in _MARKS.items():
        if not isnan(row[measure]):
            axes.plot(
                [row[measure]],
                [middle - raised],
                marker=marker,
                ms=8 if measure == "alpha" else 7,
                mfc=style.PAPER if hollow else colour,
                mec=colour,
                mew=1.6,
                ls="none",
                clip_on=False,
                zorder=3,
                gid=f"{row['dimension']}:{measure}",
            )


def _draw_alpha_words(sheet: Sheet, row: dict[str, Any], middle: float, language: Language) -> None:
    right = WIDTH - MARGIN
    if isnan(row["alpha"]):
        lines = wrap(_remark(row, language), _VALUE_WIDTH, SMALL)
        start = middle - len(lines) * line_height(SMALL) / 2 + 0.02
        sheet.lines(right, start, lines, size=SMALL, align="right", italic=True)
        return
    sheet.text(right, middle - 0.03, style.decimal(row["alpha"], language), bold=True, align="right")
    interval = _interval(row, language)
    sheet.text(right, middle + 0.16, interval, size=SMALL, colour=style.MUTED, align="right")


def _remark(row: dict[str, Any], language: Language) -> str:
    return say(f"charts.remark_{row['remark'] or 'too_few'}", language)


def _interval(row: dict[str, Any], language: Language) -> str:
    if isnan(row["low"]):
        return say("charts.no_interval", language)
    low, high = (style.decimal(row[end], language) for end in ("low", "high"))
    return f"{low} {say('charts.to', language)} {high}"


def _values(row: dict[str, Any], language: Language) -> str:
    """Return the figures of a row as half a sentence."""
    parts = [say("charts.units", language, n=row["units"])]
    if isnan(row["alpha"]):
        parts.append(_remark(row, language))
    else:
        parts.append(f"α {style.decimal(row['alpha'], language)} ({_interval(row, language)})")
    if not isnan(row["percent"]):
        parts.append(say("charts.agree_percent", language, share=style.percent(row["percent"])))
    if not isnan(row["ac1"]):
        parts.append(f"AC1 {style.decimal(row['ac1'], language)}")
    return f"{'; '.join(parts)}."


# Disputed claims -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Dispute:
    """A claim whose coders part in a dimension; ``given`` lists label names with the coders who gave them."""

    claim: str
    text: str
    dimension: str
    coders: int
    given: tuple[tuple[str, tuple[str, ...]], ...]


def disputed_claims(
    table: pd.DataFrame, claims: pd.DataFrame, codebook: Codebook, language: Language, n: int = 5
) -> Picture:
    """Show who gave which label to the claims on which coders agree least.

    Args:
        table: columns dimension, claim, coder, label; empty labels are passed over.
        claims: columns id, claim_en, claim_de.
        codebook: names and order of dimensions and labels.
        language: of the words in the picture.
        n: how many pairs of claim and dimension to show, from the least share of agreeing pairs of coders
            upwards; those without any disagreement are never shown.
    """
    disputes = list(_disputes(table, claims, codebook, language, n))
    title = say("charts.disputed_title", language)
    with house_style():
        sheet = Sheet()
        bottom = sheet.head(title, say("charts.disputed_subtitle", language) if disputes else "")
        for dispute in disputes:
            bottom = _draw_dispute(sheet, dispute, bottom, language)
        if not disputes:
            bottom = sheet.lines(MARGIN, bottom, [say("charts.disputed_empty", language)])
        figure = sheet.finish(bottom)
    if not disputes:
        return Picture(figure, title, say("charts.disputed_empty", language), language)
    lines = [say("charts.disputed_alt", language, n=len(disputes))]
    for dispute in disputes:
        given = "; ".join(
            f"{name}: {_coders(coders, dispute.coders, language)}" for name, coders in dispute.given
        )
        lines.append(f"{dispute.claim}, {dispute.dimension}: {dispute.text} – {given}.")
    return Picture(figure, title, "\n".join(lines), language)


def _disputes(
    table: pd.DataFrame, claims: pd.DataFrame, codebook: Codebook, language: Language, n: int
) -> Iterator[_Dispute]:
    given = table[table["label"].fillna("") != ""]
    texts = dict(zip(claims["id"], claims[f"claim_{language}"], strict=True))
    order = list(codebook.by_id)
    shares: dict[tuple[str, str], float] = {}
    for dimension in given["dimension"].unique():
        labels = given[given["dimension"] == dimension].rename(columns={"claim": "unit"})
        counts = count_labels(labels, sorted(set(labels["label"])), codebook[dimension].missing)
        for _, unit in rows_of(most_disputed(counts)):
            if unit["share_of_agreeing_pairs"] < 1:
                shares[unit["unit"], dimension] = unit["share_of_agreeing_pairs"]
    # With two coders all disputes are alike; those of a claim disputed in many dimensions then come first.
    disputes_of = Counter(claim for claim, _ in shares)
    ranked = sorted(shares, key=lambda key: (shares[key], -disputes_of[key[0]], key[0], order.index(key[1])))
    for claim, dimension in ranked[:n]:
        rows = given[(given["claim"] == claim) & (given["dimension"] == dimension)]
        yield _dispute(rows, claim, texts.get(claim, ""), codebook[dimension], language)


def _dispute(rows: pd.DataFrame, claim: str, text: str, dimension: Dimension, language: Language) -> _Dispute:
    coders_of: dict[str, list[str]] = {}
    for _, row in rows_of(rows.sort_values("coder")):
        coders_of.setdefault(row["label"], []).append(row["coder"])
    ids = sorted(coders_of, key=lambda label: [dimension.label_ids.index(part) for part in label.split(";")])
    names = tuple((dimension.name_of(label).in_(language), tuple(coders_of[label])) for label in ids)
    return _Dispute(claim, text, dimension.name.in_(language), len(rows), names)


_CODERS_LEFT, _BAR_WIDTH = MARGIN + 2.6, 2.2
# Up to here each coder has a circle and a name; more become a bar and a count.
_FEW = 8


def _draw_dispute(sheet: Sheet, dispute: _Dispute, top: float, language: Language) -> float:
    sheet.rule(top)
    top += 0.12
    heading = f"{dispute.claim}  ·  {dispute.dimension}"
    top = sheet.lines(MARGIN, top, wrap(heading, WIDTH - 2 * MARGIN, TEXT, bold=True), bold=True)
    top = sheet.lines(MARGIN, top, wrap(dispute.text, WIDTH - 2 * MARGIN)) + 0.06
    for name, coders in dispute.given:
        top = _draw_given(sheet, name, coders, dispute.coders, top, language)
    return top + 0.1


def _draw_given(
    sheet: Sheet, name: str, coders: tuple[str, ...], total: int, top: float, language: Language
) -> float:
    """Draw one label: a bar for the share of the coders who gave it, and who they are."""
    lines = wrap(name, _CODERS_LEFT - MARGIN - 0.45, SMALL)
    bottom = sheet.lines(_CODERS_LEFT - 0.2, top, lines, size=SMALL, align="right")
    if total <= _FEW:
        for number in range(total):
            x, given = _CODERS_LEFT + (number + 0.5) * 0.22, number < len(coders)
            sheet.mark(x, top + 0.085, "o", style.BLUE if given else style.MUTED, hollow=not given)
        left = _CODERS_LEFT + total * 0.22 + 0.15
    else:
        sheet.bar(_CODERS_LEFT, top + 0.085, _BAR_WIDTH, len(coders) / total)
        left = _CODERS_LEFT + _BAR_WIDTH + 0.15
    who = wrap(_coders(coders, total, language), WIDTH - MARGIN - left, SMALL)
    return max(bottom, sheet.lines(left, top, who, size=SMALL)) + 0.05


def _coders(coders: tuple[str, ...], total: int, language: Language) -> str:
    """Name the coders where they are few, count them where they are a class."""
    return ", ".join(coders) if total <= _FEW else say("charts.coders", language, n=len(coders), total=total)
