"""Put the labels of several coders side by side: the student, the two annotators, the reference.

Coders are named ``you``, ``A``, ``B`` and ``reference``. All tables are long: one row a decision.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from backchannel.agreement import (
    Agreement,
    agreement_table,
    canonical_sets,
    confusion,
    confusion_pairs,
    measure,
)
from backchannel.codebook import Codebook, Dimension
from backchannel.dossier import Dossier
from backchannel.errors import UsageError
from backchannel.labelling import LabelSession

COLUMNS = ["claim", "dimension", "coder", "label"]
CODERS = ("you", "A", "B", "reference")


def labels_of(dossier: Dossier, coder: str, session: LabelSession | None = None) -> pd.DataFrame:
    """Return one coder's labels.

    Columns: claim, dimension, coder, label. With a ``session`` only its claims and dimensions are
    returned; ``you`` needs one, and gives the labels that stand in it.

    Raises:
        UsageError: there is no such coder, or ``you`` without a block.
    """
    if coder == "you":
        if session is None:
            raise UsageError("Your own labels belong to a block; name the block, such as 03-blind.")
        table = session.table()
        found = table[table["label"] != ""].assign(coder="you")
    elif coder == "reference":
        table = dossier.tables["reference_labels"]
        found = table[table["status"] == "reference"].assign(coder="reference")
    elif coder in ("A", "B"):
        table = dossier.tables["annotations"]
        found = table[table["annotator"] == coder].assign(coder=coder)
    else:
        raise UsageError(f"There is no coder {coder!r}; use one of {', '.join(CODERS)}.")
    found = found[COLUMNS]
    if session is not None:
        dimensions = {dimension.id for dimension in session.dimensions}
        found = found[found["claim"].isin(session.claims) & found["dimension"].isin(dimensions)]
    return found.reset_index(drop=True)


def side_by_side(
    dossier: Dossier, coders: Iterable[str], session: LabelSession | None = None
) -> pd.DataFrame:
    """Return the labels of several coders, one below the other. Columns as ``labels_of``."""
    named = list(coders)
    if len(set(named)) < len(named):
        raise UsageError(f"A coder was named twice in {', '.join(named)}; name different coders.")
    return pd.concat([labels_of(dossier, coder, session) for coder in named], ignore_index=True)


def _of_dimension(labels: pd.DataFrame, dimension: Dimension) -> pd.DataFrame:
    rows = labels[labels["dimension"] == dimension.id]
    return rows.rename(columns={"claim": "unit"})[["unit", "coder", "label"]]


def _with_values(labels: pd.DataFrame, dimension: Dimension) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of a dimension and its values: the labels, or the sets that occur, written alike."""
    rows = _of_dimension(labels, dimension)
    if not dimension.several:
        return rows, list(dimension.label_ids)
    rows = canonical_sets(rows, dimension.label_ids)
    return rows, sorted(set(rows["label"]))


def agreement_by_dimension(labels: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Measure agreement in each dimension that somebody labelled, in the codebook's order.

    Columns as ``backchannel.agreement.agreement_table``.
    """
    used = set(labels["dimension"])
    rows: list[Agreement] = [
        measure(
            _of_dimension(labels, dimension),
            dimension.id,
            dimension.label_ids,
            dimension.scale,
            several=dimension.several,
            missing=dimension.missing,
        )
        for dimension in codebook.dimensions
        if dimension.id in used
    ]
    return agreement_table(rows)


def confusion_of(labels: pd.DataFrame, dimension: Dimension, first: str, second: str) -> pd.DataFrame:
    """Return the confusion table of two coders: rows the labels of ``first``, columns those of ``second``."""
    rows, values = _with_values(labels, dimension)
    return confusion(rows, first, second, values)


def confused(labels: pd.DataFrame, dimension: Dimension, first: str, second: str) -> pd.DataFrame:
    """Return the pairs of labels that two coders gave differently, the most frequent first.

    Columns: first, second (label ids), count, claims (their ids, separated by commas).
    """
    rows, values = _with_values(labels, dimension)
    pairs = confusion_pairs(rows, first, second, values)
    return pairs.assign(claims=[", ".join(units) for units in pairs["units"]]).drop(columns="units")
