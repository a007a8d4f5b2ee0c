"""Keep imported labels: as decisions in the journal, or as a table shaped like ``annotations.csv``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from backchannel.dossier import Block, Dossier
from backchannel.errors import UsageError
from backchannel.exchange.model import LabelDecision
from backchannel.labelling import SKIPPED, LabelSession, Mode
from backchannel.tables import Finding
from backchannel.workspace import ACTIVITY, Workspace

ANNOTATIONS = ("claim", "dimension", "annotator", "label", "confidence", "note")


@dataclass(frozen=True)
class Kept:
    """What became of labels: how many were written, how many stood already, and which other ones stand."""

    written: int
    standing: int
    findings: tuple[Finding, ...]


def into_journal(
    decisions: Sequence[LabelDecision],
    dossier: Dossier,
    workspace: Workspace,
    activity: str,
    *,
    replace: bool = False,
) -> Kept:
    """Write labels into a journal, each as a decision of an activity.

    A file does not say when its labels were given, so a label that stands already counts as the newer one:
    it stays, with a finding, unless ``replace`` is asked for. Doing the same again writes nothing. Where the
    activity is a block of a lesson, only the labels that it asks for are written.
    Lead time, rule and reason have no place in the journal.

    Raises:
        UsageError: the labels are of several coders or no annotations, the activity cannot take labels, or
            the block is finished.
        JournalError: a decision could not be saved; those before it are.
    """
    if not activity.strip() or activity == ACTIVITY:
        raise UsageError(f"The activity {activity!r} cannot take labels; choose another name.")
    if len(coders := sorted({decision.coder for decision in decisions})) > 1:
        names = ", ".join(coders)
        raise UsageError(f"A journal is one person's, but the labels are by {names}; name one coder.")
    if any(decision.status != "annotation" for decision in decisions):
        raise UsageError("Labels of the reference are nobody's own; only annotations go into a journal.")
    block = dossier.blocks.get(activity)
    decisions, findings = _asked_for(decisions, block, workspace.journal.path.name)
    if not decisions:
        return Kept(0, 0, tuple(findings))
    session = LabelSession(
        dossier,
        workspace,
        activity=activity,
        claims=[decision.claim for decision in decisions],
        dimensions=[decision.dimension for decision in decisions],
        mode=cast(Mode, block.mode if block else "practice"),
    )
    session.refresh()
    written = standing = 0
    for decision in decisions:
        if _stands(session, decision):
            standing += 1
            continue
        if not replace and (other := _other_answer(session, decision)):
            findings.append(Finding(workspace.journal.path.name, 0, other, _REMEDY))
            continue
        session.label(
            decision.claim,
            decision.dimension,
            decision.label,
            confidence=decision.confidence,
            note=decision.note,
        )
        written += 1
    return Kept(written, standing, tuple(findings))


def _asked_for(
    decisions: Sequence[LabelDecision], block: Block | None, file: str
) -> tuple[list[LabelDecision], list[Finding]]:
    """Part what a block asks for from the rest, which no lesson would show; other activities take all."""
    if block is None:
        return list(decisions), []
    asked = [d for d in decisions if d.claim in block.claims and d.dimension in block.dimensions]
    if not (left := len(decisions) - len(asked)):
        return asked, []
    problem = f"the block {block.id} does not ask for {left} of the labels, which were not written"
    return asked, [Finding(file, 0, problem, "import them into an activity of another name")]


_REMEDY = "import into another activity, or add --force to let the imported one count"


def _stands(session: LabelSession, decision: LabelDecision) -> bool:
    found = session.decision(decision.claim, decision.dimension)
    return found is not None and (
        (session.label_of(decision.claim, decision.dimension), found.confidence, found.note)
        == (decision.label, decision.confidence, decision.note)
    )


def _other_answer(session: LabelSession, decision: LabelDecision) -> str:
    """Say what else stands for the unit, as half a sentence, or return an empty string."""
    journal = session.workspace.journal  # which also knows labels that only a newer codebook allows
    found = journal.state.get(session.activity, decision.claim, decision.dimension)
    if found is None or not (found.value or found.confidence or found.note):
        return ""
    what = {SKIPPED: "skipped", "": "without a label"}.get(found.value, f"labelled {found.value}")
    if found.value == decision.label:
        what += " with another confidence or note"
    return (
        f"{decision.claim} is {what} in {decision.dimension} since {found.at}, "
        f"so the imported {decision.label} was not written"
    )


def to_annotations_csv(decisions: Iterable[LabelDecision]) -> str:
    """Return annotations as a table of the Data Package, columns as in ``ANNOTATIONS``."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(ANNOTATIONS)
    for decision in decisions:
        if decision.status == "annotation":
            writer.writerow(
                (
                    decision.claim,
                    decision.dimension,
                    decision.coder,
                    decision.label,
                    decision.confidence,
                    decision.note,
                )
            )
    return buffer.getvalue()
