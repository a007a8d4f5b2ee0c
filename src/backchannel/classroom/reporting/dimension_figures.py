"""The figures of one dimension: agreement with the reference and within the class, disputes, confusions.

Everything starts from how often each label was given to each unit, so that it costs the same for 40 students
and for 40,000. A *unit* is a claim as one task asks about it: a claim that two exercises ask about is two
units, since the same student may answer it twice.

Sources: as in ``backchannel.agreement``; Wilson, "Probable Inference, the Law of Succession, and Statistical
Inference" (1927), for the interval of a share of students.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan, sqrt

import numpy as np
import pandas as pd

from backchannel.agreement import (
    Agreement,
    Counts,
    Statistic,
    bootstrap_interval,
    measure_counts,
    most_disputed,
)
from backchannel.codebook import SET_SEPARATOR, Dimension
from backchannel.dossier import Reference
from backchannel.exercises import Key
from backchannel.tables import rows_of
from backchannel.words import Text

FEW_UNITS = 5
"""With fewer claims, drawing among them says nothing about other claims, so there is no interval."""
FEW_PEOPLE = 5
"""With fewer students, a quartile or a quotation would be a person."""

_DRAWS = 1000
_NORMAL = 1.959963984540054  # the quantile of the normal distribution for 95 %
_DISPUTES, _SIDES, _PAIRS, _CLAIMS = 3, 5, 4, 3

Unit = tuple[str, str]  # task and claim


@dataclass(frozen=True)
class Share:
    """A share of 1 with the ends of its 95 % interval; they are nan where there is none."""

    value: float
    low: float = nan
    high: float = nan


@dataclass(frozen=True)
class WithReference:
    """How far the answers in one dimension are those of the reference.

    ``right`` is the share of answers with the reference label, ``accepted`` the share with this or with an
    acceptable alternative; the intervals are bootstraps over the ``units``.
    """

    dimension: Dimension
    units: int
    answers: int
    right: Share
    accepted: Share


@dataclass(frozen=True)
class Side:
    """One label given to a disputed claim: by how many, what the reference says of it, and their own notes.

    ``status`` is ``reference``, ``alternative`` or empty.
    """

    label: str
    name: Text
    given: int
    status: str
    reason: Text | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dispute:
    """A claim on which the class parts; the side most students took comes first.

    ``sides`` has the labels given most and all that the reference gives; ``others`` counts the rest.
    ``agreeing`` is the share of pairs of students who agree, ``distinction`` what the codebook says of the
    first two labels.
    """

    dimension: Dimension
    unit: Unit
    answers: int
    agreeing: float
    sides: tuple[Side, ...]
    others: int
    distinction: Text | None


@dataclass(frozen=True)
class Mixed:
    """A label given in place of the reference: how often, of how many answers, at which claims most."""

    reference: str
    given: str
    count: int
    answers: int
    claims: tuple[str, ...]
    distinction: Text | None


@dataclass(frozen=True)
class Confused:
    """Which labels were taken for which in one dimension; accepted alternatives are left out.

    Where a claim has one label, ``matrix`` has the labels of the reference in its rows and those given in its
    columns. Where it may have several, its rows are labels and its columns ``kept``, ``missed``, ``added``.
    """

    dimension: Dimension
    matrix: pd.DataFrame
    pairs: tuple[Mixed, ...]


def wilson(count: int, total: int) -> Share:
    """Return a share with Wilson's interval, which holds for few and for extreme shares too (Wilson 1927)."""
    if not total:
        return Share(nan)
    share, square = count / total, _NORMAL**2 / total
    middle = (share + square / 2) / (1 + square)
    half = sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return Share(share, max(0.0, middle - half), min(1.0, middle + half))


# --- one dimension -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DimensionAnswers:
    """The counted answers in one dimension."""

    dimension: Dimension
    key: Key
    cells: Mapping[Unit, Mapping[str, int]]

    def references(self, unit: Unit) -> tuple[Reference, ...]:
        """Return the label of the reference, then what is accepted as well; nothing where there is none."""
        return self.key.dossier.references.get((unit[1], self.dimension.id), ())

    @cached_property
    def counts(self) -> Counts:
        """The labels that count for agreement, by unit."""
        missing = self.dimension.missing
        used = {label for cell in self.cells.values() for label in cell}
        known = sorted(used) if self.dimension.several else self.dimension.label_ids
        return _counts(self.cells, [label for label in known if label not in missing])

    def agreement(self) -> Agreement:
        """Measure how far the class agrees with itself, as ``backchannel.agreement.measure`` does."""
        scale = "set" if self.dimension.several else self.dimension.scale
        return measure_counts(self.counts, self.dimension.id, scale, _ends)

    def with_reference(self) -> WithReference | None:
        """Set the answers beside the reference; None where it has none of these claims."""
        verdicts: dict[Unit, Counter[str]] = {}
        for unit, cell in self.cells.items():
            if self.references(unit):
                verdicts[unit] = Counter()
                for label, given in cell.items():
                    verdicts[unit][self._status(unit, label)] += given
        if not verdicts:
            return None
        counts = _counts(verdicts, _VERDICTS)
        right, accepted = (
            Share(statistic(counts), *_ends(counts, statistic)) for statistic in (_first, _first_two)
        )
        return WithReference(self.dimension, len(verdicts), int(counts.coders.sum()), right, accepted)

    def _status(self, unit: Unit, label: str) -> str:
        return next((one.status for one in self.references(unit) if one.label == label), "")

    def disputes(self) -> Iterator[Dispute]:
        """Yield the claims on which the class parts most."""
        ranked = most_disputed(self.counts)
        enough = min(FEW_PEOPLE, int(ranked["coders"].max())) if len(ranked) else 0
        ranked = ranked[(ranked["share_of_agreeing_pairs"] < 1) & (ranked["coders"] >= enough)]
        for _, row in rows_of(ranked.head(_DISPUTES)):
            task, claim = row["unit"].split(" ")
            yield self._dispute((task, claim), row["share_of_agreeing_pairs"])

    def _dispute(self, unit: Unit, agreeing: float) -> Dispute:
        cell = self.cells[unit]
        ranked = sorted(cell, key=lambda label: (-cell[label], label))
        answers = sum(cell.values())
        # What the reference says belongs there even where hardly anybody says so.
        held = [one.label for one in self.references(unit) if one.label not in ranked[:_SIDES]]
        sides = tuple(self._side(unit, label) for label in (*ranked[:_SIDES], *held))
        shown = sum(side.given for side in sides)
        distinction = _distinction(self.dimension, *ranked[:2]) if len(ranked) > 1 else None
        return Dispute(self.dimension, unit, answers, agreeing, sides, answers - shown, distinction)

    def _side(self, unit: Unit, label: str) -> Side:
        reference = next((one for one in self.references(unit) if one.label == label), None)
        return Side(
            label,
            self.dimension.name_of(label),
            self.cells[unit].get(label, 0),
            reference.status if reference else "",
            reference.reason if reference else None,
        )

    def confused(self) -> Confused | None:
        """Count which labels were given in place of which; None where the reference has none."""
        given: Counter[tuple[str, str]] = Counter()
        at: dict[tuple[str, str], Counter[str]] = {}
        for unit, cell in self.cells.items():
            if references := self.references(unit):
                for label, count in cell.items():
                    if self._status(unit, label) != "alternative":
                        pair = references[0].label, label
                        given[pair] += count
                        at.setdefault(pair, Counter())[unit[1]] += count
        if not given:
            return None
        matrix = _memberships if self.dimension.several else _confusions
        return Confused(self.dimension, matrix(self.dimension, given), tuple(self._mixed(given, at)))

    def _mixed(
        self, given: Counter[tuple[str, str]], at: Mapping[tuple[str, str], Counter[str]]
    ) -> Iterator[Mixed]:
        answers: Counter[str] = Counter()
        for (reference, _), count in given.items():
            answers[reference] += count
        apart = [pair for pair in given if pair[0] != pair[1] and given[pair] > 1]
        for pair in sorted(apart, key=lambda pair: (-given[pair], pair))[:_PAIRS]:
            claims = sorted(at[pair], key=lambda claim: (-at[pair][claim], claim))[:_CLAIMS]
            distinction = _distinction(self.dimension, *pair)
            yield Mixed(*pair, given[pair], answers[pair[0]], tuple(claims), distinction)


_VERDICTS = ("reference", "alternative", "")


def _counts(cells: Mapping[Unit, Mapping[str, int]], values: Sequence[str]) -> Counts:
    """Return the counts of some values, with the units in the order of their names."""
    named = {" ".join(unit): cell for unit, cell in cells.items()}
    units = tuple(sorted(named))
    matrix = np.array([[named[unit].get(value, 0) for value in values] for unit in units], dtype=np.int64)
    return Counts(units, tuple(values), matrix.reshape(len(units), len(values)))


def _ends(counts: Counts, statistic: Statistic) -> tuple[float, float]:
    """Return the interval of a statistic over units; none where there are too few of them."""
    if (counts.coders >= 1).sum() < FEW_UNITS:
        return nan, nan
    return bootstrap_interval(counts, statistic, draws=_DRAWS)


def _first(counts: Counts) -> float:
    return float(counts.matrix[:, 0].sum() / counts.matrix.sum())


def _first_two(counts: Counts) -> float:
    return float(counts.matrix[:, :2].sum() / counts.matrix.sum())


def _distinction(dimension: Dimension, first: str, second: str) -> Text | None:
    """Return what the codebook says on two labels, or on two that only one of two sets has each."""
    one, other = (frozenset(label.split(SET_SEPARATOR)) for label in (first, second))
    for confusion in dimension.confusions:
        for here, there in (confusion.labels, confusion.labels[::-1]):
            if here in one - other and there in other - one:
                return confusion.text
    return None


def _confusions(dimension: Dimension, given: Counter[tuple[str, str]]) -> pd.DataFrame:
    used = {label for pair in given for label in pair}
    labels = [label for label in dimension.label_ids if label in used]
    return pd.DataFrame(
        [[given[reference, label] for label in labels] for reference in labels], index=labels, columns=labels
    )


def _memberships(dimension: Dimension, given: Counter[tuple[str, str]]) -> pd.DataFrame:
    found: dict[str, Counter[str]] = {label: Counter() for label in dimension.label_ids}
    for (reference, answer), count in given.items():
        one, other = (frozenset(label.split(SET_SEPARATOR)) for label in (reference, answer))
        for kind, labels in (("kept", one & other), ("missed", one - other), ("added", other - one)):
            for label in labels:
                found[label][kind] += count
    kinds = ("kept", "missed", "added")
    rows = {label: [count[kind] for kind in kinds] for label, count in found.items() if count.total()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(kinds))
