"""The labeller: one claim in its passage, one question at a time, the guideline beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import pandas as pd

from backchannel.codebook import SET_SEPARATOR, Confusion, Dimension
from backchannel.dossier import Reference
from backchannel.errors import UsageError
from backchannel.labelling import FILTERS, SKIPPED, Feedback, Filter, LabelSession
from backchannel.markup import Segment
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import LANGUAGES, Text, say


class Labeller(BackchannelWidget):
    """Label a block of claims by mouse, by keyboard or by function calls.

    The function calls ``label``, ``skip``, ``flag``, ``annotate``, ``undo`` and ``finish`` do what the
    buttons do, for people and places without JavaScript; ``table`` and ``feedback`` show what stands.
    """

    _esm = front("labeller")
    _css = style()
    section = "labeller"

    def __init__(self, session: LabelSession) -> None:
        self.session = session
        self._filter: Filter = "all"
        self._claim = session.claims[0]
        self._dimension = session.dimensions[0].id
        self._go_to_first_open()
        super().__init__(session.workspace, session.activity, keeps=session.mode != "review")

    # --- function calls --------------------------------------------------------------------------------

    def label(
        self,
        claim: str,
        dimension: str,
        label: str | list[str],
        *,
        confidence: str | None = None,
        note: str | None = None,
    ) -> None:
        """Give a claim a label; see ``LabelSession.label``."""
        self.session.label(claim, dimension, label, confidence=confidence, note=note)
        self.redraw()

    def skip(self, claim: str, dimension: str, *, note: str | None = None) -> None:
        """Leave a unit open on purpose; see ``LabelSession.skip``."""
        self.session.skip(claim, dimension, note=note)
        self.redraw()

    def annotate(
        self, claim: str, dimension: str, *, confidence: str | None = None, note: str | None = None
    ) -> None:
        """Change confidence or note; see ``LabelSession.annotate``."""
        self.session.annotate(claim, dimension, confidence=confidence, note=note)
        self.redraw()

    def show(self, filter: str) -> None:  # noqa: A002 - the word on the screen
        """Show only the claims that pass a filter: all, open, flagged or differing.

        Raises:
            UsageError: there is no such filter.
        """
        self._show(filter)
        self.redraw()

    def go(self, claim: str, dimension: str = "") -> None:
        """Go to a claim of the block, and to a dimension if one is named.

        Raises:
            UsageError: the block has no such claim or dimension.
        """
        self.session.check(claim, dimension)
        self._go(claim, dimension)
        self.redraw()

    def flag(self, claim: str, on: bool = True) -> None:
        """Mark a claim to come back to; see ``LabelSession.flag``."""
        self.session.flag(claim, on)
        self.redraw()

    def undo(self) -> None:
        """Take the last decision back; see ``LabelSession.undo``."""
        self.session.undo()
        self.redraw()

    def finish(self) -> None:
        """Close the block; see ``LabelSession.finish``."""
        self.session.finish()
        self.redraw()

    def table(self) -> pd.DataFrame:
        """Return the student's own labels; see ``LabelSession.table``."""
        return self.session.table()

    def feedback(self, claim: str) -> tuple[Feedback, ...]:
        """Return feedback on a claim once it may be shown; see ``LabelSession.feedback``."""
        return self.session.feedback(claim)

    # --- what the front-end may ask for ------------------------------------------------------------------

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {
            "label": self._on_label,
            "skip": self._on_skip,
            "annotate": lambda m: self.session.annotate(
                m["claim"],
                m["dimension"],
                confidence=m.get("confidence"),
                note=m.get("note"),
                decision_id=m["id"],
            ),
            "flag": lambda m: self.session.flag(m["claim"], bool(m["value"]), decision_id=m["id"]),
            "undo": self._on_undo,
            "finish": lambda m: self.session.finish(decision_id=m["id"]),
            "next": lambda m: self._step(1),
            "previous": lambda m: self._step(-1),
            "go": lambda m: self._go(self._claim, m["dimension"]),
            "filter": lambda m: self._show(m["value"]),
        }

    def _on_label(self, message: Message) -> None:
        claim, dimension = message["claim"], message["dimension"]
        first_time = not self.session.is_decided(claim, dimension)
        self.session.label(claim, dimension, message["value"], decision_id=message["id"])
        self._after(claim, dimension, first_time)

    def _on_skip(self, message: Message) -> None:
        claim, dimension = message["claim"], message["dimension"]
        self.session.skip(claim, dimension, decision_id=message["id"])
        self._after(claim, dimension, first_time=True)

    def _after(self, claim: str, dimension: str, first_time: bool) -> None:
        """Go on to what is still open of this claim; the student goes to the next claim."""
        if not first_time or (claim, dimension) != (self._claim, self._dimension):
            return
        still_open = [d.id for d in self.session.dimensions if not self.session.is_decided(claim, d.id)]
        if still_open:
            later = [d for d in still_open if self._rank(d) > self._rank(dimension)]
            self._dimension = (later or still_open)[0]

    def _rank(self, dimension: str) -> int:
        return [d.id for d in self.session.dimensions].index(dimension)

    def _on_undo(self, message: Message) -> None:
        taken_back = self.session.undo(expected=message.get("base", ""), decision_id=message["id"])
        if taken_back and taken_back.item in self.session.positions:
            dimensions = [d.id for d in self.session.dimensions]
            self._go(taken_back.item, taken_back.field if taken_back.field in dimensions else self._dimension)

    def standing_id(self, message: Message) -> str:
        """Return the id of the label that a request would replace; other requests replace nothing."""
        if message["action"] not in ("label", "skip"):
            return ""
        return self.session.standing_id(message["claim"], message["dimension"])

    def _show(self, name: str) -> None:
        if name not in FILTERS:
            raise UsageError(f"There is no filter {name!r}; use one of {', '.join(FILTERS)}.")
        self._filter = name
        shown = self.session.filtered(self._filter)
        if shown and self._claim not in shown:
            self._go(shown[0])

    def _step(self, by: int) -> None:
        """Go to the claim before or after this one among those the filter shows."""
        shown = self.session.filtered(self._filter)
        here = self.session.positions[self._claim]
        places = [self.session.positions[claim] for claim in shown] if self._filter != "all" else None
        if places is None:
            self._go(shown[(here + by) % len(shown)])
        elif places:
            ahead = [place for place in places if (place > here if by > 0 else place < here)] or places
            self._go(self.session.claims[ahead[0 if by > 0 else -1]])

    def _go(self, claim: str, dimension: str = "") -> None:
        undecided = (d.id for d in self.session.dimensions if not self.session.is_decided(claim, d.id))
        self._claim = claim
        self._dimension = dimension or next(undecided, self.session.dimensions[0].id)

    def _go_to_first_open(self) -> None:
        claim = next((c for c in self.session.claims if not self.session.is_complete(c)), self._claim)
        self._go(claim)

    # --- the screen ------------------------------------------------------------------------------------

    def draw(self) -> View:
        """Return the present screen: one unit, the guideline, what is saved, feedback where allowed."""
        session = self.session
        session.refresh()
        progress = session.progress
        dimension = session.dossier.codebook[self._dimension]
        counts = {
            "all": progress.claims,
            "open": progress.claims - progress.without_open,
            "flagged": progress.flagged,
            "differing": progress.differing,
        }
        shown = counts[self._filter] > 0
        return {
            "mode": session.mode,
            "filter": self._filter,
            "filters": [{"id": name, "count": counts[name]} for name in FILTERS],
            "progress": {
                "units": progress.units,
                "labelled": progress.labelled,
                "skipped": progress.skipped,
                "complete": progress.complete,
                "claims": progress.claims,
            },
            "reports": self.reports(),
            "saved": session.saved_at,
            "reviewing": session.mode == "review",
            "locked": session.finished or session.mode == "review",
            "canFinish": session.mode == "blind" and not session.finished and not progress.open,
            "undoable": session.undoable,
            "done": self._done(progress.open),
            "unit": self._unit(dimension) if shown else None,
            "dimensions": [self._dimension_view(d) for d in session.dimensions],
            "labels": [
                {
                    "id": x.id,
                    "name": both(x.name),
                    "definition": both(x.definition),
                    "example": both(x.example),
                }
                for x in dimension.labels
            ],
            "guide": _guide(dimension),
            "finishFirst": list(session.blocks_to_finish(self._claim)) if shown else [],
            "noReference": self._no_reference() if shown else "",
            "feedback": [self._feedback_view(f) for f in session.feedback(self._claim)] if shown else [],
        }

    def _done(self, still_open: int) -> str:
        if still_open:
            return ""
        if self.session.mode == "blind":
            return "finished" if self.session.finished else "blind"
        return self.session.mode

    def _no_reference(self) -> str:
        """Name the reason why a claim has no reference, or return an empty string where it has one."""
        if not self.session.is_without_reference(self._claim):
            return ""
        return "kept" if self.session.dossier.claim(self._claim).held_back else "missing"

    def _unit(self, dimension: Dimension) -> View:
        session, dossier = self.session, self.session.dossier
        claim = dossier.claim(self._claim)
        passage = dossier.passages[claim.passage]
        found = session.decision(claim.id, dimension.id)
        label = session.label_of(claim.id, dimension.id)
        return {
            "claim": claim.id,
            "text": both(claim.text),
            "quote": claim.quote,
            "cues": list(claim.cues),
            "label": dossier.documents[claim.document].label,
            "locator": passage.locator,
            "kind": passage.kind,
            "position": claim.position,
            "passage": {lang: [_segment_view(s) for s in passage.segments(lang)] for lang in LANGUAGES},
            "dimension": dimension.id,
            "question": both(dimension.question),
            "several": dimension.several,
            "flagged": session.is_flagged(claim.id),
            "number": session.positions[claim.id] + 1,
            "total": len(session.claims),
            "own": {
                "id": session.standing_id(claim.id, dimension.id),
                "labels": label.split(SET_SEPARATOR) if label else [],
                "confidence": found.confidence if found else "",
                "note": found.note if found else "",
            },
        }

    def _dimension_view(self, dimension: Dimension) -> View:
        label = self.session.label_of(self._claim, dimension.id)
        found = self.session.decision(self._claim, dimension.id)
        return {
            "id": dimension.id,
            "name": both(dimension.name),
            "own": both(dimension.name_of(label)) if label else None,
            "skipped": bool(found and found.value == SKIPPED),
        }

    def _feedback_view(self, feedback: Feedback) -> View:
        dimension = self.session.dossier.codebook[feedback.dimension]
        own = None
        if feedback.own:
            text = own_text(feedback, dimension)
            own = {"name": both(dimension.name_of(feedback.own)), "text": both(text) if text else None}
        return {
            "dimension": dimension.id,
            "name": both(dimension.name),
            "verdict": feedback.verdict,
            "own": own,
            "references": [_reference_view(reference, dimension) for reference in feedback.references],
            "confusion": both(feedback.confusion.text) if feedback.confusion else None,
        }

    # --- without scripts ---------------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return the block as tables: the questions with their labels, the claims with the own labels."""
        session, language = self.session, self.workspace.language
        parts = [html.words("h4", say(f"labeller.mode_{session.mode}", language))]
        parts += [self._static_question(dimension) for dimension in session.dimensions]
        header = [
            say("labeller.static_place", language),
            say("labeller.static_claim", language),
            *(dimension.name.in_(language) for dimension in session.dimensions),
        ]
        parts.append(html.table(header, (self._static_row(claim) for claim in session.claims)))
        parts += [self._static_feedback(claim) for claim in session.claims if session.feedback(claim)]
        parts.append(html.words("p", say("labeller.static_note", language)))
        return html.tag("section", *parts)

    def _static_question(self, dimension: Dimension) -> str:
        language = self.workspace.language
        labels = " · ".join(label.name.in_(language) for label in dimension.labels)
        return html.tag("p", html.words("strong", dimension.question.in_(language)), " ", escape(labels))

    def _static_row(self, claim_id: str) -> list[str]:
        session, language = self.session, self.workspace.language
        claim = session.dossier.claim(claim_id)
        document, passage = session.dossier.documents[claim.document], session.dossier.passages[claim.passage]
        place = f"{document.label} {passage.locator}"
        cells = []
        for dimension in session.dimensions:
            label = session.label_of(claim_id, dimension.id)
            skipped = session.is_decided(claim_id, dimension.id) and not label
            empty = say("labeller.skipped" if skipped else "labeller.open", language)
            cells.append(dimension.name_of(label).in_(language) if label else empty)
        return [place, claim.text.in_(language), *cells]

    def _static_feedback(self, claim_id: str) -> str:
        language = self.workspace.language
        items = []
        for feedback in self.session.feedback(claim_id):
            dimension = self.session.dossier.codebook[feedback.dimension]
            verdict = say(f"labeller.verdict_{feedback.verdict}", language)
            lines = [html.words("strong", f"{dimension.name.in_(language)}: {verdict}")]
            for reference in feedback.references:
                status = say(f"labeller.{reference.status}", language)
                name = dimension.name_of(reference.label).in_(language)
                lines.append(f"<br>{escape(f'{status}: {name} – {reference.reason.in_(language)}')}")
            items.append(html.tag("li", *lines))
        claim = self.session.dossier.claim(claim_id)
        return html.tag("details", html.words("summary", claim.text.in_(language)), html.tag("ul", *items))


def own_text(feedback: Feedback, dimension: Dimension) -> Text | None:
    """Say what the own label means, where it is neither the reference nor an alternative with its reason."""
    if feedback.verdict != "differs" or SET_SEPARATOR in feedback.own:
        return None
    return dimension.label(feedback.own).definition


def _segment_view(segment: Segment) -> View:
    return {"text": segment.text, "claims": list(segment.claims), "form": segment.form}


def _reference_view(reference: Reference, dimension: Dimension) -> View:
    return {
        "status": reference.status,
        "name": both(dimension.name_of(reference.label)),
        "reason": both(reference.reason),
        "byRule": reference.by_rule,
    }


def _guide(dimension: Dimension) -> dict[str, Any]:
    return {
        "name": both(dimension.name),
        "about": both(dimension.about),
        "rules": [both(rule.text) for rule in dimension.rules],
        "confusions": [_confusion_view(confusion, dimension) for confusion in dimension.confusions],
    }


def _confusion_view(confusion: Confusion, dimension: Dimension) -> View:
    first, second = (dimension.label(label).name for label in confusion.labels)
    return {
        "names": {
            language: say("labeller.either", language, first=first.in_(language), second=second.in_(language))
            for language in LANGUAGES
        },
        "text": both(confusion.text),
    }
