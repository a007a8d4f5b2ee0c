"""One label decision, whoever made it, and the door through which decisions of a file come in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from backchannel.dossier import Dossier
from backchannel.errors import UsageError
from backchannel.journal import CONFIDENCES, Decision
from backchannel.labelling import SKIPPED
from backchannel.tables import Finding, rows_of
from backchannel.words import Text
from backchannel.workspace import Workspace

STATUSES = ("annotation", "reference", "alternative")
REFERENCE_CODER = "reference"
NAMELESS = "student"
NO_REASON = Text("", "")
Key = tuple[str, ...]


@dataclass(frozen=True)
class LabelDecision:
    """One coder's label for one claim in one dimension.

    Attributes:
        label: a label id, or a set of them as the codebook writes it: ``citizen;intent``.
        status: ``annotation`` is what a coder gave, ``reference`` the adjudicated label, ``alternative``
            another defensible one; a unit may have several alternatives.
        confidence: low, medium, high or empty.
        lead_time: seconds the coder spent on the claim, all dimensions together, as Label Studio counts them.
        rule: id of the codebook's rule that decides; of references only.
        reason: why; of references and alternatives only, empty where the rule is the whole reason.
    """

    claim: str
    dimension: str
    label: str
    coder: str
    status: str = "annotation"
    confidence: str = ""
    note: str = ""
    lead_time: float | None = None
    rule: str = ""
    reason: Text = NO_REASON

    @property
    def key(self) -> Key:
        """What no two decisions may share: who says what of which unit."""
        several = (self.label,) if self.status == "alternative" else ()
        return (self.claim, self.dimension, self.coder, self.status, *several)


@dataclass(frozen=True)
class Imported:
    """What a file held: the decisions taken, what is wrong with the rest, and what else is worth a remark."""

    decisions: tuple[LabelDecision, ...]
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()


# --- where decisions come from -----------------------------------------------------------------------


def reference_decisions(dossier: Dossier) -> tuple[LabelDecision, ...]:
    """Return all reference labels and alternatives; claims whose labels are held back have none."""
    return _in_order(
        dossier,
        (
            LabelDecision(
                claim=row["claim"],
                dimension=row["dimension"],
                label=row["label"],
                coder=REFERENCE_CODER,
                status=row["status"],
                rule=row["rule"],
                reason=Text(row["reason_en"], row["reason_de"]),
            )
            for _, row in rows_of(dossier.tables["reference_labels"])
        ),
    )


def pass_decisions(dossier: Dossier) -> tuple[LabelDecision, ...]:
    """Return the labels of the independent passes behind the reference, coder by coder."""
    return _in_order(
        dossier,
        (
            LabelDecision(
                claim=row["claim"],
                dimension=row["dimension"],
                label=row["label"],
                coder=row["annotator"],
                confidence=row["confidence"],
                note=row["note"],
            )
            for _, row in rows_of(dossier.tables["annotations"])
        ),
    )


def journal_decisions(
    dossier: Dossier, workspace: Workspace, activity: str, coder: str = ""
) -> tuple[LabelDecision, ...]:
    """Return the labels that stand in one activity of a journal.

    What was skipped, and labels which today's codebook does not know, are no labels and stay in the journal.

    Args:
        dossier: the course data.
        workspace: where the journal lies.
        activity: name of a block, such as ``03-blind``.
        coder: what to call the student; the name in the journal when empty.
    """
    name = coder or workspace.student or NAMELESS
    return _in_order(
        dossier,
        (
            LabelDecision(
                claim=decision.item,
                dimension=decision.field,
                label=label,
                coder=name,
                confidence=decision.confidence if decision.confidence in CONFIDENCES else "",
                note=decision.note,
            )
            for decision in workspace.journal.state.standing(activity)
            if (label := _standing_label(dossier, decision))
        ),
    )


def labelled_activities(dossier: Dossier, workspace: Workspace) -> tuple[str, ...]:
    """Return the activities of a journal in which labels stand."""
    return tuple(
        sorted(
            {
                decision.activity
                for decision in workspace.journal.state.standing()
                if _standing_label(dossier, decision)
            }
        )
    )


def _standing_label(dossier: Dossier, decision: Decision) -> str:
    """Return the label of a decision, or an empty string where it is none."""
    if decision.item not in dossier.claims or decision.value in ("", SKIPPED):
        return ""
    try:
        return dossier.codebook[decision.field].normalise(decision.value)
    except UsageError:  # a flag, of another codebook, or written by hand
        return ""


def _in_order(dossier: Dossier, decisions: Iterable[LabelDecision]) -> tuple[LabelDecision, ...]:
    """Sort by claim as read, then by dimension as in the codebook; the rest stays as it was."""
    claims = {claim: place for place, claim in enumerate(dossier.claims)}
    dimensions = {dimension: place for place, dimension in enumerate(dossier.codebook.by_id)}
    return tuple(sorted(decisions, key=lambda d: (claims[d.claim], dimensions[d.dimension])))


# --- the door ----------------------------------------------------------------------------------------


@dataclass
class Door:
    """Lets the decisions of one file in, one by one, and says of each other what is wrong with it.

    ``coder`` is whose labels those are which the file gives no coder.
    """

    dossier: Dossier
    file: str
    coder: str = ""
    findings: list[Finding] = field(default_factory=list)
    _taken: dict[Key, LabelDecision] = field(default_factory=dict)

    def refuse(self, problem: str, remedy: str, *, row: int = 0) -> None:
        """Report something that cannot be taken; both are half sentences."""
        self.findings.append(Finding(self.file, row, problem, remedy))

    def admit(self, decision: LabelDecision, *, row: int = 0, place: str = "") -> None:
        """Take a decision in, or report the first thing that is wrong with it.

        Args:
            decision: as it stands in the file; its label need not be in the codebook's order.
            row: row of the file, 0 where it has none.
            place: where it stands in a file without rows, such as ``in task 3``.
        """
        try:
            known = self._checked(decision)
        except _Refused as refused:
            problem, remedy = refused.args
            self.refuse(f"{place}, {problem}" if place else problem, remedy, row=row)
        else:
            self._taken[known.key] = known

    def _checked(self, decision: LabelDecision) -> LabelDecision:
        _check_characters(decision)
        codebook = self.dossier.codebook
        if decision.claim not in self.dossier.claims:
            raise _Refused(f"the claim {decision.claim!r} is not in the dossier", "give the id of a claim")
        if decision.dimension not in codebook.by_id:
            dimensions = ", ".join(codebook.by_id)
            raise _Refused(
                f"the dimension {decision.dimension!r} is not in the codebook", f"use one of {dimensions}"
            )
        for name, value, allowed in (
            ("status", decision.status, STATUSES),
            ("confidence", decision.confidence, ("", *CONFIDENCES)),
            ("rule", decision.rule, ("", *codebook.rules)),
        ):
            if value not in allowed:
                hint = "an id of the codebook" if name == "rule" else ", ".join(filter(None, allowed))
                raise _Refused(f"the {name} {value!r} does not exist", f"use {hint}")
        label = self._label(decision.dimension, decision.label)
        known = replace(decision, label=label, coder=decision.coder or self.coder)
        if not known.coder:
            raise _Refused(
                f"the label of {known.claim} in {known.dimension} names no coder",
                "write one into the file, or name the coder when importing",
            )
        if earlier := self._taken.get(known.key):
            raise _Refused(
                f"{known.coder} gives {known.claim} a label in {known.dimension} once more",
                f"keep one of them; the first, {earlier.label}, was taken",
            )
        return known

    def _label(self, dimension: str, label: str) -> str:
        try:
            return self.dossier.codebook[dimension].normalise(label)
        except UsageError as error:
            problem, _, remedy = str(error).rstrip(".").partition("; ")
            raise _Refused(problem[0].lower() + problem[1:], remedy) from None

    def imported(self, remarks: Iterable[str] = ()) -> Imported:
        """Return everything that was taken, in the dossier's order, with all findings."""
        return Imported(_in_order(self.dossier, self._taken.values()), tuple(self.findings), tuple(remarks))


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    """What is wrong with a decision, and what to do: two half sentences."""


def _check_characters(decision: LabelDecision) -> None:
    """Refuse half of a surrogate pair, which JSON can say and no file can hold."""
    try:
        "".join(_words(vars(decision))).encode()
    except UnicodeEncodeError:
        raise _Refused("an entry holds half of a character", "write the entry anew") from None


def _words(entries: Mapping[str, object]) -> Iterator[str]:
    for entry in entries.values():
        if isinstance(entry, Text):
            yield from (entry.en, entry.de)
        elif isinstance(entry, str):
            yield entry


def read_seconds(value: object) -> float | None:
    """Read a lead time: a number of seconds, or nothing.

    Raises:
        ValueError: it is not a number of seconds.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    seconds = float(value)
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(value)
    return seconds
