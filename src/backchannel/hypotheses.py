"""Weigh hypotheses against evidence: what tells them apart, what speaks against each, what hangs on one root.

After Heuer 1999, chapter 8 (source-heuer-1999): work across the hypotheses one piece of evidence at a time,
count what speaks against a hypothesis more than what speaks for it, and ask how much rests on a few pieces.
Heuer gives no numbers for the ratings; those in ``STEPS`` are this course's convention.

All functions take ratings as a long table, one row a cell, columns ``evidence``, ``hypothesis`` and
``rating`` (a key of ``STEPS``), and for ``sensitivity`` also ``root``. They keep the order of the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from types import MappingProxyType

import pandas as pd

from backchannel.errors import UsageError

STEPS: Mapping[str, int] = MappingProxyType(
    {"strongly_for": 2, "for": 1, "neutral": 0, "against": -1, "strongly_against": -2}
)
"""The five ratings in steps from the middle, which make distances and sums possible."""

CELL = ["evidence", "hypothesis", "rating"]
SENSITIVITY = ["root", "pieces", "hypothesis", "inconsistency", "drop", "leads", "changes"]


def diagnosticity(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return how well each piece of evidence tells the hypotheses apart, the best first.

    Evidence that fits all hypotheses alike has no diagnostic value, however true it is (Heuer 1999, ch. 8,
    step 3). The measure is the mean distance of two hypotheses' ratings, Σ|xᵢ − xⱼ| over all pairs, divided
    by their number (Gini's mean difference): 0 where all are rated alike. Ties keep the order of the table.

    Columns: evidence, diagnosticity (steps), pairs (of hypotheses told apart), of (pairs of hypotheses).
    """
    found: dict[str, list[int]] = {}
    for evidence, _, step in _steps(ratings):
        found.setdefault(evidence, []).append(step)
    rows = []
    for evidence, steps in found.items():
        gaps = [abs(one - other) for one, other in combinations(steps, 2)]
        mean = sum(gaps) / len(gaps) if gaps else 0.0
        rows.append((evidence, mean, sum(gap > 0 for gap in gaps), len(gaps)))
    table = pd.DataFrame(rows, columns=["evidence", "diagnosticity", "pairs", "of"])
    return table.sort_values("diagnosticity", ascending=False, kind="stable", ignore_index=True)


def inconsistency(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return how much speaks against each hypothesis.

    The score is Σ max(0, −x) over the evidence: 1 for ``against``, 2 for ``strongly_against``; what speaks
    for a hypothesis takes nothing off. The hypothesis with least against it leads, not the one with most for
    it (Heuer 1999, ch. 8, step 5). A lead proves nothing: it holds for this evidence and these hypotheses,
    and little speaks against a hypothesis that says little, which its number of neutral cells shows.

    Columns: hypothesis, inconsistency, support (Σ max(0, x), to compare), neutral (cells), leads.
    """
    found: dict[str, list[int]] = {}
    for _, hypothesis, step in _steps(ratings):
        found.setdefault(hypothesis, []).append(step)
    against = {name: _sum_against(steps) for name, steps in found.items()}
    leading = _leading(against)
    rows = [
        (name, against[name], sum(max(0, step) for step in steps), steps.count(0), name in leading)
        for name, steps in found.items()
    ]
    return pd.DataFrame(rows, columns=["hypothesis", "inconsistency", "support", "neutral", "leads"])


def sensitivity(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return each hypothesis' inconsistency without the evidence of one root, for each root.

    Pieces of evidence with one root are one account and fall together. Heuer asks which few items would
    change the conclusion if they were wrong or meant otherwise (1999, ch. 8, step 6).

    Columns: root, pieces (taken out), hypothesis, inconsistency, drop (from the score with all evidence),
    leads, changes (whether other hypotheses lead than with all evidence; the same in all rows of a root).
    Empty where all the evidence has one root, since nothing would remain to compare.

    Raises:
        UsageError: the table has no column root.
    """
    if "root" not in ratings.columns:
        raise UsageError("The table of ratings has no column root; add whose account each piece is.")
    pieces: dict[str, set[str]] = {}
    against: dict[tuple[str, str], int] = Counter()
    cells = _steps(ratings)
    for root, (evidence, hypothesis, step) in zip(ratings["root"], cells, strict=True):
        pieces.setdefault(root, set()).add(evidence)
        against[root, hypothesis] += max(0, -step)
    if len(pieces) < 2:
        return pd.DataFrame(columns=SENSITIVITY)
    names = list(dict.fromkeys(hypothesis for _, hypothesis, _ in cells))
    full = {name: sum(against[root, name] for root in pieces) for name in names}
    rows = []
    for root, taken in pieces.items():
        without = {name: full[name] - against[root, name] for name in names}
        leading = _leading(without)
        changes = leading != _leading(full)
        rows += [
            (root, len(taken), name, without[name], against[root, name], name in leading, changes)
            for name in names
        ]
    return pd.DataFrame(rows, columns=SENSITIVITY)


def _sum_against(steps: Iterable[int]) -> int:
    return sum(max(0, -step) for step in steps)


def _leading(against: Mapping[str, int]) -> set[str]:
    """Return the hypotheses with the least against them."""
    return {name for name, score in against.items() if score == min(against.values())}


def _steps(ratings: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return the cells as (evidence, hypothesis, step).

    Raises:
        UsageError: a column is missing, a rating does not exist, or a cell is rated twice.
    """
    if missing := [name for name in CELL if name not in ratings.columns]:
        raise UsageError(f"The table of ratings lacks {', '.join(missing)}; it needs {', '.join(CELL)}.")
    cells = list(zip(*(ratings[name].tolist() for name in CELL), strict=True))
    if unknown := [rating for _, _, rating in cells if rating not in STEPS]:
        raise UsageError(f"There is no rating {unknown[0]!r}; use one of {', '.join(STEPS)}.")
    if len({cell[:2] for cell in cells}) < len(cells):
        raise UsageError("A piece of evidence is rated twice for one hypothesis; keep one rating for each.")
    return [(evidence, hypothesis, STEPS[rating]) for evidence, hypothesis, rating in cells]
