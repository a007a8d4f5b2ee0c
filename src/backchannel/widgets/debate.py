"""The debate board: write arguments with evidence, take opposing voices, answer the strongest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd
import traitlets

from backchannel.debate import (
    ARGUMENT,
    BOARD,
    LONGEST,
    MOST_EVIDENCE,
    POSITION,
    POSITIONS,
    ROLE,
    ROLES,
    STRONGEST,
    TAKEN,
    Argument,
    DebateSession,
    Evidence,
    Findings,
    Graph,
    Voice,
    threads,
)
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import Text, say


class DebateBoard(BackchannelWidget):
    """Build a debate by mouse, by keyboard or by function calls.

    Traits: ``catalogue`` is what may be cited, sent once.
    """

    _esm = front("debate")
    _css = style("debate")
    section = "debate"

    catalogue: Any = traitlets.List().tag(sync=True)

    def __init__(self, session: DebateSession) -> None:
        self.session = session
        super().__init__(session.workspace, session.activity)
        self.catalogue = [_evidence_view(evidence) for evidence in session.evidence.values()]

    # --- as function calls -----------------------------------------------------------------------------

    def choose(self, *, role: str = "", position: str = "") -> None:
        """Choose role and position; see ``DebateSession.choose_role`` and ``choose_position``."""
        if role:
            self.session.choose_role(role)
        if position:
            self.session.choose_position(position)
        self.redraw()

    def argue(
        self, sentence: str, *, position: str = "", evidence: Iterable[str] = (), answers: str | int = ""
    ) -> str:
        """Write an own argument and return its id; see ``DebateSession.argue``."""
        item = self.session.argue(sentence, position=position, evidence=evidence, answers=answers)
        self.redraw()
        return item

    def edit(
        self,
        argument: str | int,
        *,
        sentence: str | None = None,
        position: str | None = None,
        evidence: Iterable[str] | None = None,
        answers: str | int | None = None,
    ) -> None:
        """Change an own argument; what is not given stays. See ``DebateSession.edit``."""
        self.session.edit(argument, sentence=sentence, position=position, evidence=evidence, answers=answers)
        self.redraw()

    def remove(self, argument: str | int) -> None:
        """Take an argument off the board; see ``DebateSession.remove``."""
        self.session.remove(argument)
        self.redraw()

    def take(self, argument_id: str, *, against: str | int = "") -> None:
        """Take an argument of the table as an opposing voice; see ``DebateSession.take``."""
        self.session.take(argument_id, against=against)
        self.redraw()

    def name_strongest(self, argument: str | int) -> None:
        """Name the strongest counter-argument; see ``DebateSession.name_strongest``."""
        self.session.name_strongest(argument)
        self.redraw()

    def undo(self) -> None:
        """Take the last decision back; see ``DebateSession.undo``."""
        self.session.undo()
        self.redraw()

    def find(self, words: str, kind: str = "") -> pd.DataFrame:
        """Return claims and sources that hold all these words; see ``DebateSession.find``."""
        return self.session.find(words, kind)

    def best_case(self, argument_id: str) -> Text:
        """Return the table's best case once it may be shown; see ``DebateSession.best_case``."""
        return self.session.best_case(argument_id)

    def findings(self) -> Findings:
        """Say what the board lacks; see ``backchannel.debate.findings``."""
        return self.session.findings()

    def graph(self) -> Graph:
        """Return the argument map; see ``backchannel.debate.graph``."""
        return self.session.graph()

    def table(self) -> pd.DataFrame:
        """Return the board as a frame; see ``DebateSession.table``."""
        return self.session.table()

    # --- what the front-end may ask for ----------------------------------------------------------------

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        session = self.session
        return {
            "role": lambda m: session.choose_role(m["value"], decision_id=m["id"]),
            "position": lambda m: session.choose_position(m["value"], decision_id=m["id"]),
            "save": lambda m: session.save(
                m["item"], m["sentence"], m["position"], m["evidence"], m["answers"], decision_id=m["id"]
            ),
            "take": lambda m: session.take(m["item"], against=m["against"], decision_id=m["id"]),
            "remove": lambda m: session.remove(m["item"], decision_id=m["id"]),
            "strongest": lambda m: session.name_strongest(m["value"], decision_id=m["id"]),
            "undo": self._on_undo,
        }

    def _on_undo(self, message: Message) -> None:
        self.session.undo(expected=message.get("base", ""), decision_id=message["id"])

    def standing_id(self, message: Message) -> str:
        """Return the id of the decision that a request would replace; undo checks its own."""
        places = {
            "role": (BOARD, ROLE),
            "position": (BOARD, POSITION),
            "strongest": (BOARD, STRONGEST),
            "save": (message.get("item", ""), ARGUMENT),
            "take": (message.get("item", ""), TAKEN),
        }
        action = str(message.get("action"))
        if action == "remove":
            return self._base(str(message.get("item", "")))
        found = self.session.decision(*places[action]) if action in places else None
        return found.id if found else ""

    def _base(self, item: str) -> str:
        """Return the id of the line that put an argument on the board."""
        found = self.session.decision(item, ARGUMENT) or self.session.decision(item, TAKEN)
        return found.id if found else ""

    # --- the screen ------------------------------------------------------------------------------------

    def draw(self) -> View:
        """Return the board, what it lacks, and the best cases that may be shown."""
        session = self.session
        session.refresh()
        board, cases = session.arguments, session.best_cases
        numbers = {one.id: number for number, one in enumerate(board, start=1)}
        last = session.undoable
        return {
            "activity": session.activity,
            "role": self._choice(ROLE, session.role, ROLES),
            "position": self._choice(POSITION, session.position, POSITIONS),
            "steps": [{"id": name, "done": done} for name, done in session.steps.items()],
            "complete": session.complete,
            "arguments": [
                self._argument_view(one, depth, cases.get(one.id)) | {"number": numbers[one.id]}
                for one, depth in threads(board)
            ],
            "voices": [_voice_view(one) for one in session.open_voices],
            "findings": self._findings_view(),
            "strongest": self._strongest_view(),
            "undoable": last.id if last else "",
            "limits": {"sentence": LONGEST, "evidence": MOST_EVIDENCE},
            "saved": session.saved_at,
            "reports": self.reports(),
            "unreadable": self._unreadable(),
        }

    def _unreadable(self) -> list[str]:
        return [
            say("debate.unreadable", self.workspace.language, item=item) for item in self.session.unreadable
        ]

    def _choice(self, field: str, chosen: str, options: Iterable[str]) -> View:
        base = self.standing_id({"action": field})
        return {"chosen": chosen, "options": list(options), "base": base}

    def _argument_view(self, argument: Argument, depth: int, shown: Voice | None) -> View:
        return {
            "id": argument.id,
            "own": argument.own,
            "role": argument.role,
            "position": argument.position,
            "sentence": both(argument.sentence),
            "evidence": list(argument.evidence),
            "answers": argument.answers,
            "depth": depth,
            "base": self._base(argument.id),
            "bestCase": both(shown.best_case) if shown else None,
        }

    def _findings_view(self) -> View:
        found = self.session.findings()
        return {
            "unsupported": list(found.unsupported),
            "unanswered": list(found.unanswered),
            "sameSide": [list(pair) for pair in found.same_side],
            "cycles": [list(circle) for circle in found.cycles],
            "gone": [pair[0] for pair in found.gone],
            "shared": [{"evidence": name, "arguments": list(by)} for name, by in found.shared.items()],
            "balance": [
                {"position": position, "own": own, "voices": lent}
                for position, (own, lent) in found.balance.items()
            ],
        }

    def _strongest_view(self) -> View:
        session, named = self.session, self.session.strongest
        cases = []
        if named and session.rebuttals(named.id):
            cases = [
                {
                    "sentence": both(voice.argument.sentence),
                    "role": voice.argument.role,
                    "text": both(voice.best_case),
                }
                for name, voice in session.best_cases.items()
                if name == named.id or (named.own and voice.argument.position == named.position)
            ]
        return {
            "chosen": named.id if named else "",
            "base": self.standing_id({"action": "strongest"}),
            "candidates": [one.id for one in session.opposing],
            "rebuttals": [one.id for one in session.rebuttals(named.id)] if named else [],
            "cases": cases,
        }

    # --- without scripts -------------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return the board as a table, with what it lacks and the best cases that may be shown."""
        session = self.session
        chosen = [
            self._say(f"role_{session.role}") if session.role else self._say("no_role"),
            self._say(f"position_{session.position}") if session.position else self._say("no_position"),
        ]
        parts = [
            html.words("h4", self._say("title")),
            html.words("p", self._say("purpose")),
            html.words("p", " · ".join(chosen)),
            self._static_board(),
            html.tag("ul", *(html.words("li", line) for line in self.finding_lines())),
            *self._static_cases(),
            html.words("p", self._say("static_note")),
        ]
        return html.tag("section", *parts)

    def _say(self, key: str, **fields: object) -> str:
        return say(f"debate.{key}", self.workspace.language, **fields)

    def _static_board(self) -> str:
        board = self.session.arguments
        if not board:
            return html.words("p", self._say("board_empty"))
        numbers = {one.id: str(number) for number, one in enumerate(board, start=1)}
        header = [self._say(f"column_{name}") for name in ("number", "by", "argument", "answers", "evidence")]
        return html.table(
            header,
            (
                [
                    numbers[one.id],
                    f"{self._by(one)}: {self._say(f'position_{one.position}')}",
                    one.sentence.in_(self.workspace.language),
                    numbers.get(one.answers, ""),
                    "; ".join(self._cited(name) for name in one.evidence),
                ]
                for one in board
            ),
        )

    def _by(self, argument: Argument) -> str:
        return self._say("you") if argument.own else self._say(f"role_{argument.role}")

    def _cited(self, name: str) -> str:
        evidence = self.session.evidence.get(name)
        text = evidence.text.in_(self.workspace.language) if evidence else ""
        return f"{evidence.place}: {text}" if evidence and evidence.place else text or name

    def finding_lines(self) -> list[str]:
        """Return what the board shows about itself, a sentence each, in the language of the interface."""
        board, found = self.session.arguments, self.session.findings()
        numbers = {one.id: number for number, one in enumerate(board, start=1)}

        def named(names: Iterable[str]) -> str:
            return ", ".join(str(numbers[name]) for name in names)

        lines = [
            self._say("balance_line", position=self._say(f"position_{position}"), own=own, voices=lent)
            for position, (own, lent) in found.balance.items()
        ]
        for key, names in (
            ("unsupported", found.unsupported),
            ("unanswered", found.unanswered),
            ("same_side", [pair[0] for pair in found.same_side]),
            ("gone", [pair[0] for pair in found.gone]),
        ):
            if names:
                lines.append(self._say(f"static_{key}", arguments=named(names)))
        lines += [self._say("static_cycle", arguments=named(circle)) for circle in found.cycles]
        lines += [
            self._say("static_shared", evidence=self._cited(name), arguments=named(by))
            for name, by in found.shared.items()
        ]
        steps = self.session.steps.items()
        return lines + [self._say(f"step_{name}_todo") for name, done in steps if not done]

    def _static_cases(self) -> list[str]:
        language = self.workspace.language
        return [
            html.tag(
                "p",
                html.words(
                    "strong", self._say("best_case_of", argument=voice.argument.sentence.in_(language))
                ),
                f" {escape(voice.best_case.in_(language))}",
            )
            for voice in self.session.best_cases.values()
        ]


def _evidence_view(evidence: Evidence) -> View:
    return {
        "id": evidence.id,
        "kind": evidence.kind,
        "place": evidence.place,
        "checked": evidence.checked,
        "text": both(evidence.text),
    }


def _voice_view(argument: Argument) -> View:
    return {
        "id": argument.id,
        "position": argument.position,
        "role": argument.role,
        "sentence": both(argument.sentence),
    }
