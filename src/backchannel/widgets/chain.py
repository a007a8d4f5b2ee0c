"""The chain builder: the mouths a claim passed through, put in order, then the course's chain beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from backchannel.chains import Actor, ChainSession, Comparison, Difference, Pair, explain
from backchannel.dossier import Passage
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import LANGUAGES, Language, say


class ChainBuilder(BackchannelWidget):
    """Build attribution chains by mouse, by keyboard or by function calls.

    ``mouths`` lists who may be chosen for a claim, ``build`` saves a chain and ``undo`` takes the last one
    back, as the buttons do; ``table`` and ``comparison`` show what stands.
    """

    _esm = front("chain")
    _css = style("chain")
    section = "chain"

    def __init__(self, session: ChainSession) -> None:
        self.session = session
        self._claim = next((c for c in session.claims if not session.own(c)), session.claims[0])
        super().__init__(session.workspace, session.activity)

    # --- function calls --------------------------------------------------------------------------------

    def mouths(self, claim: str) -> pd.DataFrame:
        """Return who may be chosen for a claim. Columns: actor (id), name.

        Raises:
            UsageError: the claim is not among these.
        """
        self.session.check(claim)
        language = self.workspace.language
        rows = [(actor, self._name(actor, language)) for actor in self.session.pools[claim]]
        return pd.DataFrame(rows, columns=["actor", "name"])

    def build(self, claim: str, chain: Sequence[str], *, confidence: str = "", note: str = "") -> None:
        """Save a chain of actor ids, from the page to the origin; see ``ChainSession.save``."""
        self.session.save(claim, chain, confidence=confidence, note=note)
        self._claim = claim
        self.redraw()

    def undo(self) -> None:
        """Take the chain saved last back; see ``ChainSession.undo``."""
        self._undo()
        self.redraw()

    def go(self, claim: str) -> None:
        """Go to a claim.

        Raises:
            UsageError: it is not among these.
        """
        self._go(claim)
        self.redraw()

    def table(self) -> pd.DataFrame:
        """Return the student's own chains; see ``ChainSession.table``."""
        return self.session.table()

    def comparison(self, claim: str) -> Comparison | None:
        """Return the own chain beside the course's once there is one; see ``ChainSession.comparison``.

        Raises:
            UsageError: the claim is not among these.
        """
        self.session.check(claim)
        return self.session.comparison(claim)

    # --- what the front-end may ask for ------------------------------------------------------------------

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {
            "save": lambda m: self.session.save(
                m["claim"],
                m["value"],
                confidence=m.get("confidence", ""),
                note=m.get("note", ""),
                decision_id=m["id"],
            ),
            "undo": lambda m: self._undo(m.get("base", ""), m["id"]),
            "go": lambda m: self._go(m["claim"]),
            "next": lambda m: self._step(1),
            "previous": lambda m: self._step(-1),
        }

    def standing_id(self, message: Message) -> str:
        """Return the id of the chain that a request would replace."""
        return self.session.standing_id(message["claim"]) if message["action"] == "save" else ""

    def _undo(self, expected: str = "", decision_id: str = "") -> None:
        taken_back = self.session.undo(expected=expected, decision_id=decision_id)
        if taken_back and taken_back.item in self.session.claims:
            self._claim = taken_back.item

    def _go(self, claim: str) -> None:
        self.session.check(claim)
        self._claim = claim

    def _step(self, by: int) -> None:
        claims = self.session.claims
        self._claim = claims[(claims.index(self._claim) + by) % len(claims)]

    # --- what is on the screen ---------------------------------------------------------------------------

    def draw(self) -> View:
        """Return one claim with its pool and the own chain; the course's chain once an own one is saved."""
        session = self.session
        session.refresh()
        return {
            "checked": session.checked,
            "total": len(session.claims),
            "claims": [self._entry(claim) for claim in session.claims],
            "saved": session.saved_at,
            "undoable": session.undoable,
            "reports": self.reports(),
            "unit": self._unit(),
            "feedback": self._feedback(self._claim),
        }

    def _entry(self, claim: str) -> View:
        return {"id": claim, "place": self._place(claim), "checked": bool(self.session.own(claim))}

    def _place(self, claim: str) -> str:
        dossier = self.session.dossier
        found = dossier.claim(claim)
        return f"{dossier.documents[found.document].label} {dossier.passages[found.passage].locator}"

    def _unit(self) -> View:
        session, dossier = self.session, self.session.dossier
        claim = dossier.claim(self._claim)
        passage, found = dossier.passages[claim.passage], session.decision(claim.id)
        before = self._before(passage)
        return {
            "claim": claim.id,
            "text": both(claim.text),
            "quote": claim.quote,
            "label": dossier.documents[claim.document].label,
            "locator": passage.locator,
            "kind": passage.kind,
            "position": claim.position,
            "number": session.claims.index(claim.id) + 1,
            "passage": _reading(passage),
            "before": _reading(before) if before else None,
            "pool": [{"id": actor, "name": both(self._actor(actor).name)} for actor in self._offered()],
            "base": session.standing_id(claim.id),
            "own": {
                "actors": list(session.own(claim.id)),
                "confidence": found.confidence if found else "",
                "note": found.note if found else "",
            },
        }

    def _offered(self) -> tuple[str, ...]:
        """Return the pool, with mouths of an own chain from an earlier edition of the dossier behind."""
        pool = self.session.pools[self._claim]
        return (*pool, *(actor for actor in self.session.own(self._claim) if actor not in pool))

    def _before(self, passage: Passage) -> Passage | None:
        passages = self.session.dossier.passages_of(passage.document)
        place = passages.index(passage)
        return passages[place - 1] if place else None

    def _feedback(self, claim: str) -> View | None:
        comparison, course = self.session.comparison(claim), self.session.course_chain(claim)
        if comparison is None or course is None:
            return None
        own = self.session.own(claim)
        return {
            "same": comparison.same,
            "hops": {"own": len(own), "course": len(course.hops)},
            "anonymous": {"own": self._nameless(own), "course": self._nameless(course.actors)},
            "rows": [self._row(claim, pair) for pair in comparison.rows],
            "differences": [self._difference(claim, d) for d in comparison.differences],
            "cues": list(self.session.dossier.claim(claim).cues),
            "readings": [both(reference.reason) for reference in self.session.other_readings(claim)],
            "finishFirst": list(self.session.blocks_to_finish(claim)),
            "kept": self.session.dossier.claim(claim).held_back,
        }

    def _row(self, claim: str, pair: Pair) -> View:
        course = self.session.course_chain(claim)
        assert course is not None
        hop = course.hop_of(pair.course) if pair.course else None
        return {
            "same": pair.same,
            "own": self._mouth(pair.own),
            "course": self._mouth(pair.course),
            "medium": hop.medium if hop else "",
            "cue": hop.cue if hop else "",
        }

    def _mouth(self, actor: str) -> View | None:
        if not actor:
            return None
        return {"name": both(self._actor(actor).name), "anonymous": self._actor(actor).anonymous}

    def _difference(self, claim: str, difference: Difference) -> View:
        return {
            "kind": difference.kind,
            "why": {language: self._why(claim, difference, language) for language in LANGUAGES},
        }

    def _why(self, claim: str, difference: Difference, language: Language) -> str:
        course = self.session.course_chain(claim)
        assert course is not None
        return explain(difference, self.session.own(claim), course, self.session.actors, language)

    def _nameless(self, chain: Iterable[str]) -> list[dict[str, str]]:
        return [both(self._actor(actor).name) for actor in self.session.anonymous(chain)]

    def _actor(self, actor: str) -> Actor:
        return self.session.actors[actor]

    def _name(self, actor: str, language: Language) -> str:
        return self._actor(actor).name.in_(language)

    # --- without scripts ---------------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return the claims with the own chains as a table, the pools, and what may be shown beside."""
        language, claims = self.workspace.language, self.session.claims
        header = [say(f"chain.{key}", language) for key in ("static_place", "static_claim", "own_chain")]
        parts = [
            html.words("h4", say("chain.heading", language)),
            html.words("p", say("chain.purpose", language)),
            html.table(header, (self._static_row(claim, language) for claim in claims)),
            self._static_pools(language),
            *(self._static_feedback(claim, language) for claim in claims if self.session.own(claim)),
            html.words("p", say("chain.static_note", language)),
        ]
        return html.tag("section", *parts)

    def _static_row(self, claim: str, language: Language) -> list[str]:
        own = " → ".join(self._name(actor, language) for actor in self.session.own(claim))
        text = self.session.dossier.claim(claim).text.in_(language)
        return [self._place(claim), text, own or say("chain.static_none", language)]

    def _static_pools(self, language: Language) -> str:
        items = []
        for claim in self.session.claims:
            names = " · ".join(self._name(actor, language) for actor in self.session.pools[claim])
            items.append(html.words("li", f"{self._place(claim)}: {names}"))
        summary = html.words("summary", say("chain.static_mouths", language))
        return html.tag("details", summary, html.tag("ul", *items))

    def _static_feedback(self, claim: str, language: Language) -> str:
        view = self._feedback(claim)
        assert view is not None
        keys = ("own_chain", "course_chain", "column_cue", "column_medium")
        header = [say(f"chain.{key}", language) for key in keys]
        lines = [
            f"{say('chain.kind_' + d['kind'], language)} – {d['why'][language]}" for d in view["differences"]
        ]
        lines += [f"{say('chain.arguable', language)} {reading[language]}" for reading in view["readings"]]
        if view["finishFirst"]:
            lines.append(say("chain.finish_first", language, block=", ".join(view["finishFirst"])))
        if view["kept"]:
            lines.append(say("chain.kept", language))
        rows = [_static_hop(row, language) for row in view["rows"]]
        summary = f"{self._place(claim)}: {say('chain.feedback', language)}"
        return html.tag(
            "details",
            html.words("summary", summary),
            html.words("p", _hops_line(view, language)),
            html.table(header, rows),
            html.tag("ul", *(html.words("li", line) for line in lines)) if lines else "",
            html.words("p", say("chain.verdict_same" if view["same"] else "chain.may_differ", language)),
        )


def _static_hop(row: View, language: Language) -> list[str]:
    own, course = (_static_mouth(row[side], language) for side in ("own", "course"))
    medium = say(f"chain.medium_{row['medium']}", language) if row["medium"] else ""
    return [own, course, row["cue"], medium]


def _static_mouth(mouth: View | None, language: Language) -> str:
    if mouth is None:
        return "–"
    nameless = f" [{say('chain.anonymous', language)}]" if mouth["anonymous"] else ""
    return f"{mouth['name'][language]}{nameless}"


def _hops_line(view: View, language: Language) -> str:
    return say("chain.hops", language, own=view["hops"]["own"], course=view["hops"]["course"])


def _reading(passage: Passage) -> View:
    return {
        language: [
            {"text": s.text, "claims": list(s.claims), "form": s.form} for s in passage.segments(language)
        ]
        for language in LANGUAGES
    }
