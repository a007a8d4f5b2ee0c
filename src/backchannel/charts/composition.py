"""What kind of texts these are: where each comes from, what it consists of, and words that betray it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from backchannel.charts import style
from backchannel.charts.parts import (
    BarRow,
    Cell,
    Fill,
    counts_in_words,
    draw_bar_table,
    draw_key,
    draw_stack,
    empty_page,
    flow,
    labels_of,
    page,
    share_words,
)
from backchannel.charts.picture import Picture
from backchannel.charts.style import MARGIN, SMALL, WIDTH, Sheet, wrap
from backchannel.tables import rows_of
from backchannel.words import Language, say

# Provenance ------------------------------------------------------------------------------------------

_LEFT, _LEFT_WIDTH, _RIGHT, _RIGHT_WIDTH = 0.95, 3.6, 4.8, 3.65
# What a card says of a document, on its left and on its right: key of the words, column.
_FOUND = (("outlet", "outlet_how_known"), ("date", "date_how_known"))
_STATE = ("relays", "truncated", "residue")


def provenance(documents: pd.DataFrame, language: Language) -> Picture:
    """Show for each document its outlet and date and how they are known, whom it relays, what is missing.

    Args:
        documents: columns id, label, date, date_precision, and in both languages outlet,
            outlet_how_known, date_how_known, relays, truncated and residue.
        language: of the words in the picture.
    """
    title = say("composition.provenance_title", language)
    if documents.empty:
        return empty_page(title, say("composition.empty", language), language)
    rows = [row for _, row in rows_of(documents.sort_values("label", kind="stable"))]

    def draw(sheet: Sheet, top: float) -> float:
        for row in rows:
            sheet.rule(top)
            top = _draw_provenance(sheet, row, top + 0.1, language) + 0.06
        return top

    first = say("composition.provenance_alt", language, n=len(rows))
    alt = [first, *(_provenance_in_words(row, language) for row in rows)]
    return page(title, say("composition.provenance_subtitle", language), draw, alt, language)


def _facts(row: Mapping[str, Any], language: Language) -> dict[str, tuple[str, str]]:
    """Return what was found out with how it is known."""
    date = style.date_words(row["date"], row["date_precision"], language)
    values = {"outlet": row[f"outlet_{language}"], "date": date}
    return {key: (values[key], row[f"{how}_{language}"]) for key, how in _FOUND}


def _state(row: Mapping[str, Any], language: Language) -> dict[str, str]:
    return {key: row[f"{key}_{language}"] or say(f"composition.no_{key}", language) for key in _STATE}


def _draw_provenance(sheet: Sheet, row: Mapping[str, Any], top: float, language: Language) -> float:
    sheet.badge(MARGIN + 0.22, top + 0.1, row["label"])
    left = right = top
    for value, how in _facts(row, language).values():
        left = sheet.lines(_LEFT, left, wrap(value, _LEFT_WIDTH, bold=True), bold=True)
        left = sheet.lines(_LEFT, left, wrap(how, _LEFT_WIDTH, SMALL), size=SMALL) + 0.06
    for key, words in _state(row, language).items():
        name = say(f"composition.{key}", language)
        sheet.text(_RIGHT, right + SMALL / 72, name, size=SMALL, bold=True)
        # The words begin behind their name, on its line.
        indent = style.text_width(f"{name} ", SMALL, bold=True) + 0.06
        first, rest = _run_in(words, indent)
        sheet.text(_RIGHT + indent, right + SMALL / 72, first, size=SMALL)
        right = sheet.lines(_RIGHT, right + style.line_height(SMALL), rest, size=SMALL) + 0.06
    return max(left, right)


def _run_in(words: str, indent: float) -> tuple[str, list[str]]:
    """Return the line beside a run-in name, and the lines below it."""
    first, *_ = wrap(words, _RIGHT_WIDTH - indent, SMALL)
    return first, wrap(words[len(first) :], _RIGHT_WIDTH, SMALL)


def _provenance_in_words(row: Mapping[str, Any], language: Language) -> str:
    facts = [
        f"{say(f'composition.{key}', language)} {value}. {how}"
        for key, (value, how) in _facts(row, language).items()
    ]
    state = [f"{say(f'composition.{key}', language)} {words}" for key, words in _state(row, language).items()]
    return f"{row['label']}: {' '.join(words.rstrip('.') + '.' for words in [*facts, *state])}"


# Composition -----------------------------------------------------------------------------------------

KINDS: Mapping[str, Fill] = {
    "body": Fill(style.BLUE),
    "post": Fill("#5B93C4"),
    "heading": Fill(style.INK),
    "pull_quote": Fill(style.PURPLE, "xxxx"),
    "caption": Fill(style.OCHRE, "\\\\\\\\"),
    "residue": Fill(style.MUTED, "...."),
    "foreign_thread": Fill(style.VERMILION, "////"),
}


def composition(
    documents: pd.DataFrame, passages: pd.DataFrame, tokens: pd.DataFrame, language: Language
) -> Picture:
    """Show which share of each document is body, heading, caption and so on.

    Args:
        documents: columns id and label.
        passages: columns id, document, kind, start, end.
        tokens: columns passage and n. The measure is words; where a document has none counted, it is the
            characters between start and end.
        language: of the words in the picture.
    """
    title = say("composition.composition_title", language)
    shares = {
        label: _shares(passages[passages["document"] == document], tokens)
        for document, label in labels_of(documents).items()
    }
    if not any(shares.values()):
        return empty_page(title, say("composition.empty", language), language)
    used = [kind for kind in KINDS if any(kind in found for found in shares.values())]

    def draw(sheet: Sheet, top: float) -> float:
        top = draw_key(
            sheet, top, [(KINDS[kind], say(f"composition.kind_{kind}", language)) for kind in used]
        )
        for label, found in shares.items():
            sheet.badge(MARGIN + 0.22, top + 0.14, label)
            draw_stack(sheet, 0.95, top, WIDTH - MARGIN - 0.95, [(s, KINDS[k]) for k, s in found.items()])
            words = flow(_shares_in_words(found, language), WIDTH - MARGIN - 0.95)
            top = sheet.lines(0.95, top + 0.31, words, size=SMALL) + 0.17
        return top

    alt = [say("composition.composition_alt", language, n=len(shares))]
    alt += [f"{label}: {' · '.join(_shares_in_words(found, language))}." for label, found in shares.items()]
    return page(title, say("composition.composition_subtitle", language), draw, alt, language)


def _shares(passages: pd.DataFrame, tokens: pd.DataFrame) -> dict[str, float]:
    """Return the share of each kind that is there, in the order of ``KINDS``."""
    words = passages["id"].map(tokens.groupby("passage")["n"].sum()).fillna(0)
    size = words if words.sum() else (passages["end"] - passages["start"]).fillna(0)
    sizes = size.astype(float).groupby(passages["kind"]).sum()
    return {kind: sizes[kind] / sizes.sum() for kind in KINDS if sizes.get(kind, 0)}


def _shares_in_words(shares: Mapping[str, float], language: Language) -> list[str]:
    if not shares:
        return [say("composition.no_passages", language)]
    return [
        f"{say(f'composition.kind_{kind}', language)} {share_words(share)}" for kind, share in shares.items()
    ]


# Token features --------------------------------------------------------------------------------------

# Patterns for whole tokens, see ``backchannel.originals.words_of``.
FEATURES: Mapping[str, str] = {
    "austrian": r"jänner|vorgangsweise",
    "source_words": r"laut|zufolge",
    "hearsay": r"soll|sollen",
    "reported": r"sei|seien|habe",
    "would": r"würden?|könnten?|wären?",
    "distance": r"angeblich\w*|sogenannt\w*|vermeintlich\w*",
    "hedges": r"offenbar|wohl|möglich\w*",
    "first_person": r"ich|wir|uns",
    "credits": r"apa|afp|anadolu|getty|tsp",
    "numbers": r"\d+",
}


def token_features(
    tokens: pd.DataFrame,
    documents: pd.DataFrame,
    language: Language,
    features: Mapping[str, str] = FEATURES,
) -> Picture:
    """Show how often a few telling words stand in each document, per 1,000 words.

    Args:
        tokens: columns document, token, n.
        documents: columns id and label.
        language: of the words in the picture.
        features: regular expressions for whole tokens by the key of their name; a key that has no name of
            its own in the interface is shown as it is.
    """
    title = say("composition.features_title", language)
    labels = labels_of(documents)
    totals = tokens.groupby("document")["n"].sum()
    if not any(totals.get(document, 0) for document in labels):
        return empty_page(title, say("composition.no_tokens", language), language)
    rows = [_feature_row(key, pattern, tokens, totals, labels, language) for key, pattern in features.items()]

    def draw(sheet: Sheet, top: float) -> float:
        top = draw_bar_table(sheet, top, list(labels.values()), rows)
        return sheet.foot(top, say("composition.features_note", language))

    alt = [say("composition.features_alt", language)]
    for row in rows:
        values = dict(zip(labels.values(), (cell.words for cell in row.cells), strict=True))
        note = f" ({row.note})" if row.note else ""
        alt.append(f"{row.name}{note}: {counts_in_words(values)}.")
    return page(title, say("composition.features_subtitle", language), draw, alt, language)


def _feature_row(
    key: str,
    pattern: str,
    tokens: pd.DataFrame,
    totals: pd.Series,
    labels: Mapping[str, str],
    language: Language,
) -> BarRow:
    found = tokens[tokens["token"].str.fullmatch(pattern)].groupby("document")["n"].sum()
    counts = {document: int(found.get(document, 0)) for document in labels}
    rates = {
        document: 1000 * count / totals[document] if totals.get(document, 0) else None
        for document, count in counts.items()
    }
    highest = max([rate for rate in rates.values() if rate], default=1.0)
    cells = tuple(
        Cell("–", None)
        if rate is None
        else Cell(f"{style.decimal(rate, language, 1)} ({counts[document]})", rate / highest)
        for document, rate in rates.items()
    )
    name, note = _feature_name(key, language)
    return BarRow(name, cells, note)


def _feature_name(key: str, language: Language) -> tuple[str, str]:
    if key not in FEATURES:
        return key, ""
    return say(f"composition.feature_{key}", language), say(f"composition.tokens_{key}", language)
