"""How far coders agree, computed from unit × label counts.

Every statistic but Cohen's κ starts from one small table: how many coders gave each unit each label. Once the
decisions are counted, no cost depends on the number of coders. "Pairable" is a label on a unit that at least
one other coder labelled too (Krippendorff's term). A statistic that is not defined for the data is nan.

Sources: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011) and *Content Analysis* (4th ed.,
2019), ch. 12; Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement"
(2008); Cohen, "A coefficient of agreement for nominal scales" (1960); Passonneau, "Measuring agreement on
set-valued items (MASI)" (2006); Efron and Tibshirani, *An Introduction to the Bootstrap* (1993).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache, partial
from math import isnan, nan

import numpy as np
import numpy.typing as npt
import pandas as pd

from backchannel.errors import UsageError

__all__ = [
    "Agreement",
    "Counts",
    "agreement_table",
    "bootstrap_interval",
    "canonical_sets",
    "cohen_kappa",
    "confusion",
    "confusion_pairs",
    "count_labels",
    "gwet_ac1",
    "interval_distance",
    "kappa_from_table",
    "krippendorff_alpha",
    "masi_distance",
    "measure",
    "measure_counts",
    "most_disputed",
    "nominal_distance",
    "ordinal_distance",
    "percent_agreement",
    "ratio_distance",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Distance = Callable[[tuple[str, ...], Floats], Floats]
Statistic = Callable[["Counts"], float]

COLUMNS = ("unit", "coder", "label")
SEPARATOR = ";"


# Counting --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Counts:
    """How many coders gave each unit each label.

    `matrix` has one row a unit and one column a value, in the order of `units` and `values`.
    """

    units: tuple[str, ...]
    values: tuple[str, ...]
    matrix: Integers

    @property
    def coders(self) -> Integers:
        """How many coders labelled each unit."""
        totals: Integers = self.matrix.sum(axis=1)
        return totals

    @property
    def pairable(self) -> int:
        """How many labels stand on a unit that at least two coders labelled."""
        coders = self.coders
        return int(coders[coders >= 2].sum())


def count_labels(labels: pd.DataFrame, values: Sequence[str], missing: Collection[str] = ()) -> Counts:
    """Count the labels of each unit.

    Args:
        labels: one row a decision, with the columns unit, coder and label.
        values: the labels of the dimension in the codebook's order; those that are `missing` are left out.
        missing: labels that say "cannot be judged" and, like empty ones, do not count.

    Returns:
        Counts with the units in the order of their ids; a unit whose labels are all missing has zeros only.

    Raises:
        UsageError: a column is missing, a row names no unit or coder, a coder labelled a unit twice, or a
            label is neither among the values nor missing.
    """
    units, _, codes, unit_ids, _ = _coded(labels, values, missing)
    kept = tuple(value for value in values if value not in missing)
    counts_here = codes >= 0
    cells = units[counts_here] * len(kept) + codes[counts_here]
    matrix = np.bincount(cells, minlength=len(unit_ids) * len(kept)).astype(np.int64)
    matrix = matrix.reshape(len(unit_ids), len(kept))
    matrix.flags.writeable = False
    return Counts(tuple(map(str, unit_ids)), kept, matrix)


def canonical_sets(
    labels: pd.DataFrame, values: Sequence[str], missing: Collection[str] = ()
) -> pd.DataFrame:
    """Write each set of labels in one way, so that equal sets are equal strings.

    Args:
        labels: columns unit, coder and label; label is a set such as `intent;citizen`.
        values: the labels a set may hold, in the codebook's order.
        missing: labels that do not count when they stand alone.

    Returns:
        The same rows with each set in the codebook's order, without spaces and repetitions: `citizen;intent`.

    Raises:
        UsageError: a set holds a label that is neither among the values nor missing.
    """
    _require_columns(labels)
    order = {value: position for position, value in enumerate([*values, *missing])}
    codes, written = pd.factorize(labels["label"])
    canonical: list[object] = []
    for position, text in enumerate(written):
        members = {member.strip() for member in str(text).split(SEPARATOR)} - {""}
        if unknown := sorted(members - order.keys()):
            row = labels.iloc[int(np.flatnonzero(codes == position)[0])]
            raise _unknown_label(row, unknown[0], values)
        canonical.append(SEPARATOR.join(sorted(members, key=order.__getitem__)))
    # Code -1 is an empty cell: it takes the last entry.
    rewritten = np.array([*canonical, None], dtype=object)[codes]
    return labels.assign(label=rewritten)


def _coded(
    labels: pd.DataFrame, values: Sequence[str], missing: Collection[str]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp], pd.Index, pd.Index]:
    """Check the decisions and turn them into codes.

    Returns, for each row, the positions of unit, coder and label (−1 for a label that does not count), then
    the ids of units and coders. Positions are `intp`, the only integers `bincount` takes on every platform.
    """
    _require_columns(labels)
    units, unit_ids = _positions(labels["unit"])
    coders, coder_ids = _positions(labels["coder"])
    if len(nameless := np.flatnonzero((units < 0) | (coders < 0))):
        raise UsageError(f"Row {nameless[0] + 1} of the labels names no unit or no coder; fill both columns.")
    _require_single_decisions(labels, units, coders, len(coder_ids))
    kept = [value for value in values if value not in missing]
    codes = pd.Index(kept, dtype=object).get_indexer(pd.Index(labels["label"]))
    outside = np.flatnonzero(codes < 0)
    if len(outside):
        left = labels["label"].iloc[outside]
        unknown = ~(left.isna() | left.isin(["", *missing])).to_numpy()
        if unknown.any():
            row = labels.iloc[int(outside[unknown][0])]
            raise _unknown_label(row, row["label"], values)
    return units, coders, codes, unit_ids, coder_ids


def _positions(column: pd.Series) -> tuple[npt.NDArray[np.intp], pd.Index]:
    """For each row the position of its id among the sorted ids; −1 for an empty cell."""
    codes, ids = pd.factorize(column, sort=True)
    return codes, pd.Index(ids)


def _require_columns(labels: pd.DataFrame) -> None:
    if absent := [name for name in COLUMNS if name not in labels.columns]:
        raise UsageError(
            f"The labels have no column {', '.join(absent)}; "
            f"pass a table with the columns {', '.join(COLUMNS)}."
        )


def _require_single_decisions(
    labels: pd.DataFrame, units: npt.NDArray[np.intp], coders: npt.NDArray[np.intp], coder_count: int
) -> None:
    decisions = units.astype(np.int64) * coder_count + coders
    # Sorting takes a fraction of the time and memory of hashing once there are millions of decisions.
    ordered = np.sort(decisions)
    if (ordered[1:] == ordered[:-1]).any():
        row = labels.iloc[int(np.flatnonzero(pd.Index(decisions).duplicated())[0])]
        raise UsageError(
            f"Coder {row['coder']} labelled unit {row['unit']} more than once; "
            "keep one decision for each unit and coder."
        )


def _unknown_label(row: pd.Series, label: object, values: Sequence[str]) -> UsageError:
    return UsageError(
        f"Coder {row['coder']} gave unit {row['unit']} the label {label!r}, "
        f"which this dimension does not have; use one of: {', '.join(values)}."
    )


# Distances between values ----------------------------------------------------------------------------
# Each takes the values (V) and how often each occurs among the pairable labels (V), and returns the squared
# difference δ² of every pair (V × V), zero on the diagonal.


def nominal_distance(values: tuple[str, ...], marginals: Floats) -> Floats:
    """δ² = 0 for equal values, else 1 (Krippendorff 2011)."""
    return 1.0 - np.eye(len(values))


def ordinal_distance(values: tuple[str, ...], marginals: Floats) -> Floats:
    """δ² = (Σ_{g=c…k} n_g − (n_c + n_k) / 2)²: how many labels lie between two ranks (Krippendorff 2011).

    The values stand in rank order. The sum is the difference of the values' mid-ranks.
    """
    midranks = marginals.cumsum() - marginals / 2
    squared: Floats = np.subtract.outer(midranks, midranks) ** 2
    return squared


def interval_distance(values: tuple[str, ...], marginals: Floats) -> Floats:
    """δ² = (c − k)² for numeric values (Krippendorff 2011).

    Raises:
        UsageError: a value is not a number.
    """
    numbers = _numbers(values)
    squared: Floats = np.subtract.outer(numbers, numbers) ** 2
    return squared


def ratio_distance(values: tuple[str, ...], marginals: Floats) -> Floats:
    """δ² = ((c − k) / (c + k))² for numeric values from zero upwards (Krippendorff 2011).

    Raises:
        UsageError: a value is not a number, or is below zero.
    """
    numbers = _numbers(values)
    if (numbers < 0).any():
        raise UsageError("A ratio scale has no values below zero; use the interval scale for these labels.")
    sums = np.add.outer(numbers, numbers)
    # c + k = 0 only where both are zero, and there the difference is zero as well.
    squared: Floats = (np.subtract.outer(numbers, numbers) / np.where(sums == 0, 1, sums)) ** 2
    return squared


def masi_distance(values: tuple[str, ...], marginals: Floats) -> Floats:
    """δ = 1 − J·M for sets written `a;b` (Passonneau 2006), used unsquared as it is there.

    J is Jaccard's |A ∩ B| / |A ∪ B|; M is 1 for equal sets, 2/3 if one holds the other, 1/3 if they overlap
    and each holds something of its own, and 0 if they share nothing.
    """
    return _masi(values)


@lru_cache(maxsize=16)
def _masi(values: tuple[str, ...]) -> Floats:
    sets = [frozenset(member.strip() for member in value.split(SEPARATOR)) - {""} for value in values]
    members = sorted(frozenset().union(*sets))
    held = np.array([[member in each for member in members] for each in sets], dtype=float)
    held = held.reshape(len(sets), len(members))
    sizes = held.sum(axis=1)
    shared = held @ held.T
    smaller, larger = np.minimum.outer(sizes, sizes), np.maximum.outer(sizes, sizes)
    union = smaller + larger - shared
    equal, nested = shared == union, shared == smaller
    monotonicity = np.select([equal, shared == 0, nested], [1.0, 0.0, 2 / 3], default=1 / 3)
    jaccard = np.where(equal, 1.0, shared / np.where(union == 0, 1, union))
    distances: Floats = 1.0 - jaccard * monotonicity
    distances.flags.writeable = False
    return distances


def _numbers(values: tuple[str, ...]) -> Floats:
    try:
        return np.array([float(value) for value in values])
    except ValueError:
        raise UsageError(
            f"Interval and ratio scales need numbers as labels, but these are {', '.join(values)}; "
            "use the nominal or the ordinal scale."
        ) from None


# Statistics ------------------------------------------------------------------------------------------


def percent_agreement(counts: Counts) -> float:
    """Return the share of pairs of coders that agree, as the mean over the pairable units; nan without any.

    This is p_a of Gwet (2008) and, where all units have equally many coders, Fleiss's observed agreement.
    """
    shares = _agreeing_shares(counts)
    return float(shares.mean()) if len(shares) else nan


def _agreeing_shares(counts: Counts) -> Floats:
    """The share of agreeing pairs Σ_k n_uk (n_uk − 1) / n_u (n_u − 1) of each pairable unit."""
    matrix = counts.matrix[counts.coders >= 2]
    coders = matrix.sum(axis=1)
    shares: Floats = (matrix * (matrix - 1)).sum(axis=1) / (coders * (coders - 1))
    return shares


def krippendorff_alpha(counts: Counts, distance: Distance = nominal_distance) -> float:
    """Return Krippendorff's α = 1 − D_o / D_e (Krippendorff 2011; 2018, ch. 12); missing labels are allowed.

    With n_uk labels k on unit u, n_u labels on u, n_k labels k on all pairable units and n of them in all:
    D_o = (1/n) Σ_u Σ_ck n_uc n_uk δ²_ck / (n_u − 1) and D_e = Σ_ck n_c n_k δ²_ck / (n (n − 1)).

    Returns:
        nan where nothing is pairable or the pairable labels do not differ: without variation nothing can be
        said of reliability, and D_e is zero.
    """
    pairable = counts.matrix[counts.coders >= 2].astype(float)
    if not len(pairable):
        return nan
    marginals = pairable.sum(axis=0)
    distances = distance(counts.values, marginals)
    expected = marginals @ distances @ marginals
    if expected == 0:
        return nan
    within = ((pairable @ distances) * pairable).sum(axis=1)
    observed = (within / (pairable.sum(axis=1) - 1)).sum()
    return float(1 - (marginals.sum() - 1) * observed / expected)


def gwet_ac1(counts: Counts) -> float:
    """Return Gwet's AC1 = (p_a − p_e) / (1 − p_e) for two coders or more (Gwet 2008); labels may be missing.

    p_a is `percent_agreement`, over units with two labels or more; p_e = Σ_k π_k (1 − π_k) / (q − 1), where
    π_k is the mean share of label k over all units with a label, and q the number of values of the dimension,
    used or not.

    Returns:
        nan where nothing is pairable or the dimension has one value only.
    """
    categories = len(counts.values)
    agreement = percent_agreement(counts)
    if isnan(agreement) or categories < 2:
        return nan
    labelled = counts.matrix[counts.coders >= 1]
    shares = (labelled / labelled.sum(axis=1, keepdims=True)).mean(axis=0)
    # At most 1/q, so that the denominator below is never zero.
    chance = (shares * (1 - shares)).sum() / (categories - 1)
    return float((agreement - chance) / (1 - chance))


def cohen_kappa(first: Iterable[Hashable], second: Iterable[Hashable]) -> float:
    """Return Cohen's κ of two coders from their labels in the same order of units (Cohen 1960).

    Pairs in which either label is empty (None, nan or an empty string) are left out.

    Raises:
        UsageError: the two have not equally many labels.
    """
    one, other = pd.Series(list(first), dtype=object), pd.Series(list(second), dtype=object)
    if len(one) != len(other):
        raise UsageError(
            f"Cohen's kappa compares label with label, but the first coder has {len(one)} labels and the "
            f"second {len(other)}; bring both to the same units."
        )
    both = one.notna() & other.notna() & (one != "") & (other != "")
    codes, used = pd.factorize(pd.concat([one[both], other[both]]))
    pairs = int(both.sum())
    return kappa_from_table(_cross(codes[:pairs], codes[pairs:], len(used)))


def kappa_from_table(matrix: npt.ArrayLike) -> float:
    """Return Cohen's κ = (p_o − p_e) / (1 − p_e) of a square table, one coder in rows, one in columns (1960).

    Returns:
        nan for an empty table or where both coders used one and the same value only.

    Raises:
        UsageError: the table is not square.
    """
    table = np.asarray(matrix, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise UsageError("Cohen's kappa needs a square table: the same labels in rows and columns.")
    total = table.sum()
    # Whole numbers up to here, so that "one value only" is found exactly and not up to rounding.
    expected = table.sum(axis=0) @ table.sum(axis=1)
    if total == 0 or expected == total**2:
        return nan
    chance = expected / total**2
    return float((np.trace(table) / total - chance) / (1 - chance))


def _cross(rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], size: int) -> Integers:
    table = np.bincount(rows * size + columns, minlength=size * size)
    return table.astype(np.int64).reshape(size, size)


def bootstrap_interval(
    counts: Counts, statistic: Statistic, *, draws: int = 1000, level: float = 0.95, seed: int = 953
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic (Efron and Tibshirani 1993, ch. 13).

    Units are drawn with replacement, as many as there are; the coders stay as they are. The interval says how
    far the figure depends on which claims were chosen, not on who labelled them.

    Args:
        counts: the counts of one dimension.
        statistic: a function of counts, such as `percent_agreement`.
        draws: how many times to draw.
        level: the share of the draws that the interval holds.
        seed: of the random generator; the same seed gives the same interval.

    Returns:
        The lower and the upper end. Draws in which the statistic is undefined are left out; if they are more
        than half, or there are fewer than two units, both ends are nan.

    Raises:
        UsageError: no draws are asked for, or the level is not between 0 and 1.
    """
    if draws < 1 or not 0 < level < 1:
        raise UsageError(
            "A bootstrap interval needs at least one draw and a level between 0 and 1, such as 0.95."
        )
    size = len(counts.units)
    if size < 2:
        return nan, nan
    chosen = np.random.default_rng(seed).integers(size, size=(draws, size))
    names = np.array(counts.units, dtype=object)
    results = np.array(
        [statistic(Counts(tuple(names[rows]), counts.values, counts.matrix[rows])) for rows in chosen]
    )
    defined = results[~np.isnan(results)]
    if 2 * len(defined) < draws:
        return nan, nan
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


# Where two coders part -------------------------------------------------------------------------------


def confusion(
    labels: pd.DataFrame, first: str, second: str, values: Sequence[str], missing: Collection[str] = ()
) -> pd.DataFrame:
    """Count how often the second coder gave each label where the first gave each label.

    Args:
        labels: columns unit, coder and label; other coders are passed over.
        first: the coder in the rows.
        second: the coder in the columns.
        values: the labels of the dimension in the codebook's order.
        missing: labels that do not count; without it every value has its row and column.

    Returns:
        A square table of counts over the units both labelled; index and columns are the values.

    Raises:
        UsageError: one of the coders is not among the labels, or as for `count_labels`.
    """
    pairs = _paired(labels, first, second, values, missing)
    kept = [value for value in values if value not in missing]
    table = _cross(pairs["first"].to_numpy(np.intp), pairs["second"].to_numpy(np.intp), len(kept))
    return pd.DataFrame(table, index=pd.Index(kept, name=first), columns=pd.Index(kept, name=second))


def confusion_pairs(
    labels: pd.DataFrame, first: str, second: str, values: Sequence[str], missing: Collection[str] = ()
) -> pd.DataFrame:
    """List the disagreements of two coders with the units they are about.

    Args and errors as for `confusion`.

    Returns:
        One row for each cell off the diagonal that is not zero, the fullest first, then in the codebook's
        order: first and second (the two labels), count, units (a tuple of unit ids in order).
    """
    pairs = _paired(labels, first, second, values, missing)
    apart = pairs[pairs["first"] != pairs["second"]]
    kept = [value for value in values if value not in missing]
    rows = [
        (kept[cell["first"].iloc[0]], kept[cell["second"].iloc[0]], len(cell), tuple(cell["unit"]))
        for _, cell in apart.groupby(["first", "second"])
    ]
    rows.sort(key=lambda row: -row[2])
    return pd.DataFrame(rows, columns=["first", "second", "count", "units"])


def _paired(
    labels: pd.DataFrame, first: str, second: str, values: Sequence[str], missing: Collection[str]
) -> pd.DataFrame:
    """One row a unit both coders labelled: unit, and the positions of their labels as first and second."""
    units, coders, codes, unit_ids, coder_ids = _coded(labels, values, missing)
    sides = {}
    for side, coder in (("first", first), ("second", second)):
        if coder not in coder_ids:
            raise UsageError(
                f"There are no labels by coder {coder}; the coders are: {', '.join(map(str, coder_ids))}."
            )
        rows = (coders == coder_ids.get_loc(coder)) & (codes >= 0)
        sides[side] = pd.Series(codes[rows], index=units[rows])
    pairs = pd.concat(sides, axis=1, join="inner").sort_index()
    return pairs.assign(unit=[str(unit_ids[position]) for position in pairs.index])


def most_disputed(counts: Counts) -> pd.DataFrame:
    """Rank the pairable units by dispute.

    Returns:
        One row a unit that at least two coders labelled, the most disputed first, ties in the order of the
        unit ids: unit, coders, share_of_agreeing_pairs (0 to 1), labels_used (`vague 3, described 1`, the
        most frequent first, ties in the codebook's order).
    """
    pairable = counts.coders >= 2
    table = pd.DataFrame(
        {
            "unit": pd.Series(
                [unit for unit, kept in zip(counts.units, pairable, strict=True) if kept], dtype=str
            ),
            "coders": counts.coders[pairable],
            "share_of_agreeing_pairs": _agreeing_shares(counts),
            "labels_used": pd.Series(
                [_used(counts.values, row) for row in counts.matrix[pairable]], dtype=str
            ),
        }
    )
    return table.sort_values(["share_of_agreeing_pairs", "unit"], kind="stable", ignore_index=True)


def _used(values: tuple[str, ...], row: Integers) -> str:
    order = np.argsort(-row, kind="stable")
    return ", ".join(f"{values[position]} {row[position]}" for position in order if row[position])


# One dimension, and all of them ----------------------------------------------------------------------

DISTANCES: dict[str, Distance] = {
    "nominal": nominal_distance,
    "ordinal": ordinal_distance,
    "interval": interval_distance,
    "ratio": ratio_distance,
    "set": masi_distance,
}


@dataclass(frozen=True)
class Agreement:
    """The agreement on one dimension.

    `units` have a label that counts, `pairable` is the number of pairable labels. `percent` (0 to 1), `alpha`
    with the ends `low` and `high` of its bootstrap interval, `ac1` and `kappa` are nan where undefined;
    `kappa` also unless exactly two coders labelled. `remark` is empty where α is defined, else says why it is
    not: 'one_value' if the pairable labels do not differ, 'too_few' if no unit has two labels.
    """

    dimension: str
    scale: str
    units: int
    pairable: int
    percent: float
    alpha: float
    low: float
    high: float
    ac1: float
    kappa: float
    remark: str


def measure(
    labels: pd.DataFrame,
    dimension: str,
    values: Sequence[str],
    scale: str,
    *,
    several: bool = False,
    missing: Collection[str] = (),
    draws: int = 1000,
) -> Agreement:
    """Measure the agreement on one dimension.

    Args:
        labels: the decisions on this dimension: columns unit, coder and label.
        dimension: its id, for the table.
        values: its labels in the codebook's order, which is the rank order of an ordinal scale.
        scale: nominal, ordinal, interval, ratio or set; it decides on the distance in α.
        several: a decision is a set of labels, `a;b`. Then α uses MASI whatever the scale; percent agreement,
            AC1 and κ count equal sets only, and the categories of AC1 are the sets that occur.
        missing: labels that do not count.
        draws: of the bootstrap.

    Raises:
        UsageError: the scale is unknown, or as for `count_labels`.
    """
    scale = "set" if several else scale
    if scale not in DISTANCES:
        raise UsageError(
            f"The scale {scale!r} of {dimension} is unknown; use one of: {', '.join(DISTANCES)}."
        )
    if scale == "set":
        labels = canonical_sets(labels, values, missing)
        values = sorted(set(labels["label"].dropna()) - {"", *missing})
    counts = count_labels(labels, values, missing)
    interval = partial(bootstrap_interval, draws=draws)
    return measure_counts(counts, dimension, scale, interval, _kappa_of_two(labels, values, missing))


def measure_counts(
    counts: Counts,
    dimension: str,
    scale: str,
    interval: Callable[[Counts, Statistic], tuple[float, float]],
    kappa: float = nan,
) -> Agreement:
    """Measure the agreement on one dimension from its counts.

    Args:
        counts: unit × label counts.
        dimension: its id, for the table.
        scale: one of ``DISTANCES``; it decides on the distance in α.
        interval: of α, such as ``bootstrap_interval``.
        kappa: of two coders, which counts do not tell.
    """
    statistic = partial(krippendorff_alpha, distance=DISTANCES[scale])
    alpha = statistic(counts)
    low, high = interval(counts, statistic)
    undefined = "one_value" if counts.pairable else "too_few"
    return Agreement(
        dimension=dimension,
        scale=scale,
        units=int((counts.coders >= 1).sum()),
        pairable=counts.pairable,
        percent=percent_agreement(counts),
        alpha=alpha,
        low=low,
        high=high,
        ac1=gwet_ac1(counts),
        kappa=kappa,
        remark=undefined if isnan(alpha) else "",
    )


def agreement_table(rows: Iterable[Agreement]) -> pd.DataFrame:
    """Return one row a dimension, in the given order, with the fields of `Agreement` as columns."""
    return pd.DataFrame([asdict(row) for row in rows], columns=[field.name for field in fields(Agreement)])


def _kappa_of_two(labels: pd.DataFrame, values: Sequence[str], missing: Collection[str]) -> float:
    """Cohen's κ if exactly two coders gave labels that count, else nan."""
    counted = labels["label"].notna() & ~labels["label"].isin(["", *missing])
    coders = sorted(labels["coder"][counted].unique())
    if len(coders) != 2:
        return nan
    return kappa_from_table(confusion(labels, coders[0], coders[1], values, missing).to_numpy())
