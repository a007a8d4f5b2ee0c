"""Labelling a block of claims: what was decided, what is open, and what of the key may be shown.

A block is an activity: some claims, some dimensions, one mode. The mode decides when the reference
may be seen: in *practice* after each claim, in *blind* after the whole block was finished, in *review*
wherever one of the two already happened. Nothing of the key leaves this module before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd

from backchannel.codebook import Confusion, Dimension
from backchannel.dossier import Dossier, Reference
from backchannel.errors import UsageError
from backchannel.journal import CONFIDENCES, Decision
from backchannel.workspace import Workspace

Mode = Literal["practice", "blind", "review"]
Filter = Literal["all", "open", "flagged", "differing"]
Verdict = Literal["match", "alternative", "differs", "skipped"]

MODES: tuple[Mode, ...] = ("practice", "blind", "review")
FILTERS: tuple[Filter, ...] = ("all", "open", "flagged", "differing")
SKIPPED = "~"
FLAG = "flag"
BLOCK = "block"
FINISHED = "finished"
STARTED = "started"


@dataclass(frozen=True)
class Progress:
    """How far a block is; ``units`` are pairs of claim and dimension."""

    units: int
    labelled: int
    skipped: int
    claims: int
    complete: int
    flagged: int
    differing: int
    without_open: int

    @property
    def open(self) -> int:
        """Units neither labelled nor skipped."""
        return self.units - self.labelled - self.skipped


@dataclass(frozen=True)
class Feedback:
    """What may be said about one label once the key may be shown.

    ``reference`` comes first in ``references``, then the acceptable alternatives. ``confusion`` is the
    codebook's rule that separates the own label from the reference, where it has one.
    """

    dimension: str
    own: str
    verdict: Verdict
    references: tuple[Reference, ...]
    confusion: Confusion | None

    @property
    def reference(self) -> Reference:
        """The adjudicated label."""
        return self.references[0]


@dataclass(frozen=True)
class _Tally:
    """What one claim adds to the progress."""

    labelled: int
    skipped: int
    complete: bool
    all_labelled: bool
    flagged: bool
    differs: bool


class _Tallies:
    """Tallies of all claims with their sums, recounted only for claims that a new decision touched.

    This keeps the cost of a key press the same in a block of 20 claims and in one of 2,000.
    """

    def __init__(self, session: LabelSession) -> None:
        self._session = session
        self._generation: object = None
        self._seen = 0
        self._by_claim: dict[str, _Tally] = {}
        self._sums: Counter[str] = Counter()

    def sync(self) -> None:
        """Take in the decisions that are new in the journal."""
        journal, session = self._session.workspace.journal, self._session
        fresh = journal.decisions_after(self._seen) if self._generation is journal.generation else None
        self._generation, self._seen = journal.generation, journal.count
        if fresh is None or any(d.activity == session.activity and d.item == BLOCK for d in fresh):
            touched: Iterable[str] = session.claims
        else:
            touched = {decision.item for decision in fresh if decision.activity == session.activity}
        for claim in touched:
            if claim in session.positions:
                self._recount(claim)

    def _recount(self, claim: str) -> None:
        if old := self._by_claim.get(claim):
            self._sums.subtract(asdict(old))
        self._by_claim[claim] = tally = self._session.tally(claim)
        self._sums.update(asdict(tally))

    def __getitem__(self, claim: str) -> _Tally:
        self.sync()
        return self._by_claim[claim]

    @property
    def sums(self) -> Mapping[str, int]:
        """Totals by the name of the tally's field."""
        self.sync()
        return self._sums


class LabelSession:
    """One block of one student, on the journal.

    Args:
        dossier: the course data.
        workspace: where the journal lies.
        activity: the block's name in the journal, such as ``03-blind``.
        claims: ids of claims, in the order in which they are shown.
        dimensions: ids of dimensions asked of each claim.
        mode: practice, blind or review.

    Raises:
        UsageError: a claim, a dimension or the mode does not exist, or the block is empty.
    """

    def __init__(
        self,
        dossier: Dossier,
        workspace: Workspace,
        *,
        activity: str,
        claims: Iterable[str],
        dimensions: Iterable[str],
        mode: Mode = "practice",
    ) -> None:
        if mode not in MODES:
            raise UsageError(f"The mode {mode!r} does not exist; use one of {', '.join(MODES)}.")
        self.dossier, self.workspace, self.activity, self.mode = dossier, workspace, activity, mode
        self.claims = tuple(dossier.claim(claim).id for claim in dict.fromkeys(claims))
        self.dimensions: tuple[Dimension, ...] = tuple(
            dossier.codebook[dimension] for dimension in dict.fromkeys(dimensions)
        )
        if not self.claims or not self.dimensions:
            raise UsageError(f"The block {activity!r} is empty; name at least one claim and one dimension.")
        self.positions: Mapping[str, int] = {claim: n for n, claim in enumerate(self.claims)}
        self._tallies = _Tallies(self)
        self._keep_blind()

    def _keep_blind(self) -> None:
        """A blind block stays blind until it is finished, whatever mode is asked for."""
        if self._is_blind and self.mode == "practice" and not self.finished:
            self.mode = "blind"

    @property
    def _is_blind(self) -> bool:
        """Whether the block is blind: by the mode asked for, as it was started, or as a lesson's block."""
        started, block = self._decision(BLOCK, STARTED), self.dossier.blocks.get(self.activity)
        return "blind" in (self.mode, started.value if started else "", block.mode if block else "")

    # --- what stands ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what other kernels wrote."""
        self.workspace.journal.refresh()

    def _decision(self, item: str, field: str) -> Decision | None:
        return self.workspace.journal.state.get(self.activity, item, field)

    def decision(self, claim: str, dimension: str) -> Decision | None:
        """Return the standing decision, if today's codebook allows its label."""
        found = self._decision(claim, dimension)
        if found is None or found.value in ("", SKIPPED):
            return found
        try:
            self.dossier.codebook[dimension].normalise(found.value)
        except UsageError:  # of another codebook, or written by hand
            return None
        return found

    def label_of(self, claim: str, dimension: str) -> str:
        """Return the standing label, or an empty string where there is none or it was skipped."""
        found = self.decision(claim, dimension)
        if found is None or found.value in ("", SKIPPED):
            return ""
        return self.dossier.codebook[dimension].normalise(found.value)

    def is_decided(self, claim: str, dimension: str) -> bool:
        """Say whether the unit was labelled or skipped."""
        found = self.decision(claim, dimension)
        return bool(found and found.value)

    def is_complete(self, claim: str) -> bool:
        """Say whether every dimension of the claim was labelled or skipped."""
        return all(self.is_decided(claim, dimension.id) for dimension in self.dimensions)

    def is_flagged(self, claim: str) -> bool:
        """Say whether the student flagged the claim to come back to."""
        found = self._decision(claim, FLAG)
        return bool(found and found.value)

    @property
    def finished(self) -> bool:
        """Whether the student finished the block; its labels stand since then."""
        found = self._decision(BLOCK, FINISHED)
        return bool(found and found.value)

    @property
    def saved_at(self) -> str:
        """When the last standing decision of this block was written, or an empty string."""
        return self.workspace.saved_at(self.activity)

    @property
    def progress(self) -> Progress:
        """Count what is decided."""
        sums = self._tallies.sums
        units = len(self.claims) * len(self.dimensions)
        return Progress(
            units=units,
            labelled=sums["labelled"],
            skipped=sums["skipped"],
            claims=len(self.claims),
            complete=sums["complete"],
            flagged=sums["flagged"],
            differing=sums["differs"],
            without_open=sums["all_labelled"],
        )

    def tally(self, claim: str) -> _Tally:
        """Count one claim anew."""
        found = [self.decision(claim, dimension.id) for dimension in self.dimensions]
        values = [decision.value if decision else "" for decision in found]
        return _Tally(
            labelled=sum(value not in ("", SKIPPED) for value in values),
            skipped=values.count(SKIPPED),
            complete=all(values),
            all_labelled=all(value not in ("", SKIPPED) for value in values),
            flagged=self.is_flagged(claim),
            differs=self.differs(claim),
        )

    # --- deciding ------------------------------------------------------------------------------------

    def label(
        self,
        claim: str,
        dimension: str,
        label: str | Sequence[str],
        *,
        confidence: str | None = None,
        note: str | None = None,
        decision_id: str = "",
    ) -> None:
        """Give a claim a label in a dimension; the last one given counts.

        Confidence and note stay as they are where none is given.

        Raises:
            UsageError: claim, dimension or label is not of this block, or the block is finished.
            JournalError: it could not be saved.
        """
        value = self._dimension(dimension).normalise(label)
        self._write(claim, dimension, value, confidence, note, decision_id)

    def skip(self, claim: str, dimension: str, *, note: str | None = None, decision_id: str = "") -> None:
        """Leave a unit open on purpose. Raises as ``label`` does."""
        self._write(claim, dimension, SKIPPED, "", note, decision_id)

    def annotate(
        self,
        claim: str,
        dimension: str,
        *,
        confidence: str | None = None,
        note: str | None = None,
        decision_id: str = "",
    ) -> None:
        """Change confidence or note and keep the rest. Raises as ``label`` does."""
        self._write(claim, dimension, None, confidence, note, decision_id)

    def flag(self, claim: str, on: bool = True, *, decision_id: str = "") -> None:
        """Mark a claim to come back to, or take the mark away. Raises as ``label`` does."""
        if self.workspace.is_written(decision_id):
            return
        self._check_claim(claim)
        self._check_not_review()
        self._decide(claim, FLAG, "yes" if on else "", id=decision_id)

    def finish(self, *, decision_id: str = "") -> None:
        """Close the block: its labels stand, and the reference may be seen.

        Raises:
            UsageError: some units are still open.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return
        self._check_not_review()
        if self.progress.open:
            raise UsageError(
                f"The block {self.activity} has {self.progress.open} open answers; "
                "label or skip each of them, then finish the block."
            )
        if not self.finished:
            self._decide(BLOCK, FINISHED, "yes", id=decision_id)

    @property
    def undoable(self) -> str:
        """Id of the decision that undo would take back, or an empty string."""
        last = self.workspace.journal.state.last(self.activity)
        return "" if last is None or last.field == STARTED or self.finished else last.id

    def undo(self, *, expected: str = "", decision_id: str = "") -> Decision | None:
        """Take the last decision of this block back and return it, or None where there is nothing.

        Args:
            expected: id of the decision that is meant; where another one is the last by now, nothing is
                taken back.
            decision_id: id of the retraction itself.

        Raises:
            UsageError: the block is finished, or another decision came after the one that is meant.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return None
        self._check_not_finished()
        if not self.undoable:
            return None
        last = self.workspace.journal.state.last(self.activity)
        assert last is not None
        return self.workspace.take_back(last, expected=expected, decision_id=decision_id)

    def standing_id(self, claim: str, dimension: str) -> str:
        """Return the id of the decision that stands for a unit, or an empty string."""
        found = self._decision(claim, dimension)
        return found.id if found else ""

    def _write(
        self,
        claim: str,
        dimension: str,
        value: str | None,
        confidence: str | None,
        note: str | None,
        decision_id: str,
    ) -> None:
        """Write a decision; what is None stays as it stands, even a label only a newer codebook knows."""
        if self.workspace.is_written(decision_id):
            return
        self._check_claim(claim)
        self._dimension(dimension)
        self._check_not_finished()
        if confidence and confidence not in CONFIDENCES:
            raise UsageError(f"The confidence {confidence!r} does not exist; use {', '.join(CONFIDENCES)}.")
        found = self._decision(claim, dimension)
        stands = (found.value, found.confidence, found.note) if found else ("", "", "")
        new = [
            old if given is None else given
            for old, given in zip(stands, (value, confidence, note), strict=True)
        ]
        self._decide(claim, dimension, new[0], confidence=new[1], note=new[2], id=decision_id)

    def _decide(self, item: str, field: str, value: str, **more: str) -> None:
        if self._decision(BLOCK, STARTED) is None:
            self.workspace.decide(self.activity, BLOCK, STARTED, self.mode)
        self.workspace.decide(self.activity, item, field, value, **more)

    def check(self, claim: str, dimension: str = "") -> None:
        """Say in a sentence if a claim, or a dimension that is named, is not of this block.

        Raises:
            UsageError: it is not.
        """
        self._check_claim(claim)
        if dimension:
            self._dimension(dimension)

    def _check_claim(self, claim: str) -> None:
        if claim not in self.positions:
            raise UsageError(
                f"The claim {claim!r} is not in the block {self.activity}; use one of its claims."
            )

    def _check_not_finished(self) -> None:
        self._check_not_review()
        if self.finished:
            raise UsageError(f"The block {self.activity} is finished, so its labels stand as they are.")

    def _check_not_review(self) -> None:
        if self.mode == "review":
            raise UsageError(
                f"A review changes nothing; open the block {self.activity} in its own mode to go on."
            )

    def _dimension(self, dimension: str) -> Dimension:
        for known in self.dimensions:
            if known.id == dimension:
                return known
        names = ", ".join(known.id for known in self.dimensions)
        raise UsageError(f"The dimension {dimension!r} is not in the block {self.activity}; use {names}.")

    # --- the key, where it may be seen ---------------------------------------------------------------

    def may_show_key(self, claim: str) -> bool:
        """Say whether the reference for this claim may be shown now."""
        return self.finished or (self.may_compare and self.is_complete(claim))

    @property
    def may_compare(self) -> bool:
        """Whether the whole block may be set beside the reference or other coders: not while it is blind."""
        return self.finished or not self._is_blind

    def feedback(self, claim: str) -> tuple[Feedback, ...]:
        """Return feedback on each dimension of a claim; empty before the key may be shown."""
        if not self.may_show_key(claim):
            return ()
        found = (
            self._feedback(claim, dimension)
            for dimension in self.dimensions
            if not self._blind_elsewhere(claim, dimension.id)
        )
        return tuple(feedback for feedback in found if feedback)

    def blocks_to_finish(self, claim: str) -> tuple[str, ...]:
        """Return the blind blocks to be finished before all of a claim's reference is shown here."""
        blocks = {name for d in self.dimensions for name in self._blind_elsewhere(claim, d.id)}
        return tuple(sorted(blocks)) if self.may_show_key(claim) else ()

    def is_without_reference(self, claim: str) -> bool:
        """Say whether a claim's key may be shown but has nothing: its labels are kept, or not made yet."""
        known = any((claim, dimension.id) in self.dossier.references for dimension in self.dimensions)
        return self.may_show_key(claim) and not known

    def _blind_elsewhere(self, claim: str, dimension: str) -> list[str]:
        """Return the unfinished blind blocks of lessons which ask the same under another name."""
        state = self.workspace.journal.state
        return [
            block.id
            for block in self.dossier.blocks.values()
            if block.mode == "blind" and block.id != self.activity
            if claim in block.claims and dimension in block.dimensions
            if not state.get(block.id, BLOCK, FINISHED)
        ]

    def _feedback(self, claim: str, dimension: Dimension) -> Feedback | None:
        references = self.dossier.references.get((claim, dimension.id))
        if not references:
            return None
        own = self.label_of(claim, dimension.id)
        verdict = judge(own, references)
        pair = {own, references[0].label} if verdict == "differs" else set()
        confusion = next((c for c in dimension.confusions if set(c.labels) == pair), None)
        return Feedback(dimension.id, own, verdict, references, confusion)

    def differs(self, claim: str) -> bool:
        """Say whether a shown claim has a label that is neither the reference nor an alternative."""
        return any(feedback.verdict == "differs" for feedback in self.feedback(claim))

    def filtered(self, by: Filter) -> tuple[str, ...]:
        """Return the claims of the block that pass a filter, in order.

        Raises:
            UsageError: there is no such filter.
        """
        if by not in FILTERS:
            raise UsageError(f"The filter {by!r} does not exist; use one of {', '.join(FILTERS)}.")
        if by == "all":
            return self.claims
        wanted: dict[str, Callable[[_Tally], bool]] = {
            "open": lambda tally: not tally.all_labelled,
            "flagged": lambda tally: tally.flagged,
            "differing": lambda tally: tally.differs,
        }
        return tuple(claim for claim in self.claims if wanted[by](self._tallies[claim]))

    def table(self) -> pd.DataFrame:
        """Return the student's own labels.

        Columns: claim, dimension, label (empty where skipped or open), confidence, note, at.
        """
        rows = []
        for claim in self.claims:
            for dimension in self.dimensions:
                found = self.decision(claim, dimension.id)
                label = self.label_of(claim, dimension.id)
                rest = (found.confidence, found.note, found.at) if found else ("", "", "")
                rows.append((claim, dimension.id, label, *rest))
        return pd.DataFrame(rows, columns=["claim", "dimension", "label", "confidence", "note", "at"])


def judge(own: str, references: Sequence[Reference]) -> Verdict:
    """Compare a label with the reference and its alternatives."""
    if not own:
        return "skipped"
    if own == references[0].label:
        return "match"
    return "alternative" if any(own == reference.label for reference in references) else "differs"
