"""The debate on the Logan Act: own arguments with cited evidence, rebuttals, and what the board still lacks.

Each argument takes one position and cites claims of the dossier or sources of the course. The table
``logan_arguments`` lends voices: its one-sentence claims may be taken into the board against the own
position. The fuller case behind such a voice, the course's reading, stays in this module until the student
has written an own rebuttal. The board counts and points out; it gives no verdict and no score.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Literal

import pandas as pd

from backchannel.dossier import Dossier
from backchannel.errors import NotReadyError, UsageError
from backchannel.journal import RETRACTION, Decision
from backchannel.tables import rows_of, split_list
from backchannel.words import Language, Text
from backchannel.workspace import Workspace

EvidenceKind = Literal["claim", "source"]

ROLES = ("prosecutor", "defence", "state_department", "senate", "scholar")
POSITIONS = ("repeal", "keep", "enforce")
KINDS: tuple[EvidenceKind, ...] = ("claim", "source")
STEPS = ("part", "case", "opposed", "strongest", "answered")

BOARD = "board"
ROLE, POSITION, STRONGEST = "role", "position", "strongest"
ARGUMENT, TAKEN = "argument", "taken"
LONGEST = 600
MOST_EVIDENCE = 12
_BOARD_COLUMNS = [
    *("number", "id", "by", "position", "sentence", "answers", "evidence", "unsupported", "unanswered"),
]
_OWN_ID = re.compile(r"mine-[a-z0-9]{1,32}")


@dataclass(frozen=True)
class Evidence:
    """Something an argument may cite: a claim of the dossier or a source of the course.

    ``place`` is where a claim stands (``D1 P4``); ``checked`` says how well a source was checked.
    """

    id: str
    kind: EvidenceKind
    text: Text
    place: str = ""
    checked: str = ""


@dataclass(frozen=True)
class Argument:
    """One sentence for one position. ``answers`` is the id of the argument it rebuts, or empty.

    ``own`` arguments were written by the student; the others are voices of the table, in a ``role``.
    """

    id: str
    position: str
    sentence: Text
    evidence: tuple[str, ...] = ()
    answers: str = ""
    own: bool = True
    role: str = ""


@dataclass(frozen=True)
class Voice:
    """An argument of the table ``logan_arguments`` with its best case, the course's reading."""

    argument: Argument
    best_case: Text
    checked: str


@dataclass(frozen=True)
class Findings:
    """What a board shows about itself; everything is named by the ids of arguments.

    Attributes:
        unsupported: arguments that cite nothing.
        unanswered: arguments that no argument of another position answers.
        same_side: pairs (argument, answered) with the same position: support rather than a rebuttal.
        cycles: arguments that answer one another in a circle.
        gone: pairs (argument, answered) whose second is not on the board.
        shared: evidence cited for more than one position, with the arguments that cite it.
        balance: for each position the number of (own arguments, voices of the table).
    """

    unsupported: tuple[str, ...]
    unanswered: tuple[str, ...]
    same_side: tuple[tuple[str, str], ...]
    cycles: tuple[tuple[str, ...], ...]
    gone: tuple[tuple[str, str], ...]
    shared: Mapping[str, tuple[str, ...]]
    balance: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Graph:
    """An argument map as two frames.

    ``nodes`` has the columns id, kind (argument, claim, source), number (0 for evidence), position, own,
    text, unsupported, unanswered, shared; ``edges`` has source, target, kind (answers, cites), with the
    argument as the source of each edge.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


# What a board shows ------------------------------------------------------------------------------------


def findings(arguments: Iterable[Argument]) -> Findings:
    """Say what a board lacks and where its sides meet."""
    board = {argument.id: argument for argument in arguments}
    links = [(one, board[one.answers]) for one in board.values() if one.answers in board]
    rebutted = {answered.id for one, answered in links if one.position != answered.position}
    return Findings(
        unsupported=tuple(one.id for one in board.values() if not one.evidence),
        unanswered=tuple(one for one in board if one not in rebutted),
        same_side=tuple((one.id, other.id) for one, other in links if one.position == other.position),
        cycles=_cycles(board),
        gone=tuple((one.id, one.answers) for one in board.values() if one.answers not in ("", *board)),
        shared=_shared(board.values()),
        balance={position: _weight(board.values(), position) for position in POSITIONS},
    )


def _weight(arguments: Iterable[Argument], position: str) -> tuple[int, int]:
    own = [argument.own for argument in arguments if argument.position == position]
    return sum(own), len(own) - sum(own)


def _shared(arguments: Iterable[Argument]) -> dict[str, tuple[str, ...]]:
    users: dict[str, list[Argument]] = {}
    for argument in arguments:
        for evidence in argument.evidence:
            users.setdefault(evidence, []).append(argument)
    return {
        evidence: tuple(argument.id for argument in found)
        for evidence, found in users.items()
        if len({argument.position for argument in found}) > 1
    }


def _cycles(board: Mapping[str, Argument]) -> tuple[tuple[str, ...], ...]:
    """Follow each argument to what it answers; each answers one other at most, so a circle is met head-on."""
    found, settled = [], set[str]()
    for start in board:
        path: list[str] = []
        here = start
        while here in board and here not in settled and here not in path:
            path.append(here)
            here = board[here].answers
        if here in path:
            found.append(tuple(path[path.index(here) :]))
        settled.update(path)
    return tuple(found)


def threads(arguments: Iterable[Argument]) -> tuple[tuple[Argument, int], ...]:
    """Order arguments so that each answer follows what it answers; the number is how deep it stands."""
    board = {argument.id: argument for argument in arguments}
    answers: dict[str, list[Argument]] = {}
    for argument in board.values():
        answers.setdefault(argument.answers if argument.answers in board else "", []).append(argument)
    in_circles = [board[circle[0]] for circle in _cycles(board)]
    ordered: dict[str, int] = {}
    waiting = [(argument, 0) for argument in (*answers.get("", ()), *in_circles)][::-1]
    while waiting:
        argument, depth = waiting.pop()
        if argument.id not in ordered:
            ordered[argument.id] = depth
            waiting += [(one, depth + 1) for one in reversed(answers.get(argument.id, ()))]
    return tuple((board[name], depth) for name, depth in ordered.items())


def graph(
    arguments: Sequence[Argument], evidence: Mapping[str, Evidence], language: Language = "en"
) -> Graph:
    """Return the argument map of a board: arguments and what they cite, in the order of the board."""
    found = findings(arguments)
    cited = dict.fromkeys(name for argument in arguments for name in argument.evidence)
    nodes = [
        (
            *(argument.id, "argument", number, argument.position, argument.own),
            argument.sentence.in_(language),
            *(argument.id in found.unsupported, argument.id in found.unanswered, False),
        )
        for number, argument in enumerate(arguments, start=1)
    ]
    nodes += [
        (
            *(name, evidence[name].kind, 0, "", False),
            evidence[name].text.in_(language),
            *(False, False, name in found.shared),
        )
        for name in cited
    ]
    on_board = {argument.id for argument in arguments}
    edges = [(one.id, one.answers, "answers") for one in arguments if one.answers in on_board]
    edges += [(one.id, name, "cites") for one in arguments for name in one.evidence]
    columns = ["id", "kind", "number", "position", "own", "text", "unsupported", "unanswered", "shared"]
    return Graph(
        pd.DataFrame(nodes, columns=columns), pd.DataFrame(edges, columns=["source", "target", "kind"])
    )


# What may be cited, and the voices of the table ---------------------------------------------------------


def citable(dossier: Dossier) -> dict[str, Evidence]:
    """Return all claims and sources by id, claims first, in the order of the dossier."""
    found = {}
    for claim in dossier.claims.values():
        place = f"{dossier.documents[claim.document].label} {dossier.passages[claim.passage].locator}"
        found[claim.id] = Evidence(claim.id, "claim", claim.text, place)
    for _, row in rows_of(dossier.tables["sources"]):
        text = Text(row["citation"], row["citation"])
        found[row["id"]] = Evidence(row["id"], "source", text, checked=row["checked"])
    return found


def voices(dossier: Dossier) -> dict[str, Voice]:
    """Return the arguments of the table by id, in its order."""
    found = {}
    for _, row in rows_of(dossier.tables["logan_arguments"]):
        argument = Argument(
            id=row["id"],
            position=row["position"],
            sentence=Text(row["claim_en"], row["claim_de"]),
            evidence=(*split_list(row["sources"] or ""), *split_list(row["claims"] or "")),
            answers=row["answers"] or "",
            own=False,
            role=row["role"],
        )
        found[argument.id] = Voice(argument, Text(row["text_en"], row["text_de"]), row["checked"])
    return found


def _fits(evidence: Evidence, wanted: Sequence[str]) -> bool:
    text = f"{evidence.id} {evidence.place} {evidence.text.en} {evidence.text.de}".casefold()
    return all(word in text for word in wanted)


def _rebuttals(arguments: Sequence[Argument], argument_id: str) -> tuple[Argument, ...]:
    position = next((one.position for one in arguments if one.id == argument_id), None)
    answers = (one for one in arguments if one.own and one.answers == argument_id)
    return tuple(one for one in answers if position is not None and one.position != position)


class DebateSession:
    """The board of one student, on the journal.

    The journal's items are ``board`` (fields role, position, strongest), the own arguments (``mine-…``, field
    argument, value a JSON object with sentence, position, evidence, answers) and the voices taken from the
    table (their ids, field taken, value a JSON object with against).

    Args:
        dossier: the course data.
        workspace: where the journal lies.
        activity: the board's name in the journal.
    """

    def __init__(self, dossier: Dossier, workspace: Workspace, *, activity: str = "09-debate") -> None:
        self.dossier, self.workspace, self.activity = dossier, workspace, activity

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """Everything that may be cited, by id."""
        return citable(self.dossier)

    @cached_property
    def _voices(self) -> Mapping[str, Voice]:
        return voices(self.dossier)

    # --- what stands ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what other kernels wrote."""
        self.workspace.journal.refresh()

    def decision(self, item: str, field: str) -> Decision | None:
        """Return a standing decision of this board."""
        return self.workspace.journal.state.get(self.activity, item, field)

    def _chosen(self, field: str, allowed: Iterable[str]) -> str:
        found = self.decision(BOARD, field)
        return found.value if found and found.value in allowed else ""

    @property
    def role(self) -> str:
        """The role the student chose, or an empty string."""
        return self._chosen(ROLE, ROLES)

    @property
    def position(self) -> str:
        """The position the student chose, or an empty string."""
        return self._chosen(POSITION, POSITIONS)

    @property
    def saved_at(self) -> str:
        """When the last standing decision of this board was written, or an empty string."""
        return self.workspace.saved_at(self.activity)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """What is on the board, own arguments and voices, in the order in which it came there."""
        standing = list(self.workspace.journal.state.standing(self.activity))
        taken = {entry.item for entry in standing if entry.field == TAKEN}
        read = (self._read(entry, taken) for entry in standing)
        return tuple(argument for argument in read if argument)

    def _read(self, entry: Decision, taken: set[str]) -> Argument | None:
        """Return the argument of a journal line, or None where the line holds none that can be used."""
        if entry.field == TAKEN and entry.item in self._voices:
            voice = self._voices[entry.item].argument
            against = str(_content(entry).get("against") or "")
            meant = against or (voice.answers if voice.answers in taken else "")
            return Argument(
                voice.id, voice.position, voice.sentence, voice.evidence, meant, own=False, role=voice.role
            )
        content = _content(entry)
        if entry.field != ARGUMENT or not _OWN_ID.fullmatch(entry.item) or not _is_whole(content):
            return None
        return Argument(
            id=entry.item,
            position=content["position"],
            sentence=Text(content["sentence"], content["sentence"]),
            evidence=tuple(name for name in content["evidence"] if name in self.evidence),
            answers=content["answers"],
        )

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Items of this board whose journal line was written by something else and is left out."""
        standing = self.workspace.journal.state.standing(self.activity)
        return tuple(d.item for d in standing if d.field == ARGUMENT and not _is_whole(_content(d)))

    def findings(self) -> Findings:
        """Say what the board lacks and where its sides meet; see ``findings``."""
        return findings(self.arguments)

    def graph(self) -> Graph:
        """Return the argument map of the board; see ``graph``."""
        return graph(self.arguments, self.evidence, self.workspace.language)

    def table(self) -> pd.DataFrame:
        """Return the board as a frame: number, id, by (you, or a role of the table), position, sentence,
        answers (id), evidence (ids, separated by semicolons), unsupported, unanswered.
        """
        language, found = self.workspace.language, self.findings()
        rows = [
            {
                "number": number,
                "id": one.id,
                "by": "you" if one.own else one.role,
                "position": one.position,
                "sentence": one.sentence.in_(language),
                "answers": one.answers,
                "evidence": "; ".join(one.evidence),
                "unsupported": one.id in found.unsupported,
                "unanswered": one.id in found.unanswered,
            }
            for number, one in enumerate(self.arguments, start=1)
        ]
        return pd.DataFrame(rows, columns=_BOARD_COLUMNS)

    def find(self, words: str, kind: str = "") -> pd.DataFrame:
        """Return the claims and sources that hold all these words, in either language: id, kind, place, text.

        Raises:
            UsageError: the kind is neither ``claim`` nor ``source``.
        """
        if kind not in ("", *KINDS):
            raise UsageError(f"There is no evidence of the kind {kind!r}; use {' or '.join(KINDS)}.")
        wanted, language = words.casefold().split(), self.workspace.language
        rows = [
            (one.id, one.kind, one.place, one.text.in_(language))
            for one in self.evidence.values()
            if kind in ("", one.kind) and _fits(one, wanted)
        ]
        return pd.DataFrame(rows, columns=["id", "kind", "place", "text"])

    # --- the other side ------------------------------------------------------------------------------

    @property
    def open_voices(self) -> tuple[Argument, ...]:
        """Voices against the own position that are not on the board; none before a position is chosen."""
        on_board = {argument.id for argument in self.arguments}
        return tuple(
            voice.argument
            for name, voice in self._voices.items()
            if self.position and voice.argument.position != self.position and name not in on_board
        )

    @property
    def opposing(self) -> tuple[Argument, ...]:
        """Arguments on the board against the own position; none before a position is chosen."""
        return tuple(one for one in self.arguments if self.position and one.position != self.position)

    @property
    def strongest(self) -> Argument | None:
        """The counter-argument the student named as the strongest, while it is on the board."""
        named = self.decision(BOARD, STRONGEST)
        return next((one for one in self.opposing if named and one.id == named.value), None)

    def rebuttals(self, argument_id: str) -> tuple[Argument, ...]:
        """Return the own arguments of another position that answer an argument."""
        return _rebuttals(self.arguments, argument_id)

    @property
    def best_cases(self) -> Mapping[str, Voice]:
        """The voices whose best case may be shown now, by id.

        That is each voice on the board with an own rebuttal; and where the student put the strongest
        counter-argument in own words and rebutted it, all voices of its position.
        """
        board, named = self.arguments, self.strongest
        answered = {one.id for one in board if not one.own and _rebuttals(board, one.id)}
        position = named.position if named and named.own and _rebuttals(board, named.id) else ""
        return {
            name: voice
            for name, voice in self._voices.items()
            if name in answered or voice.argument.position == position
        }

    def best_case(self, argument_id: str) -> Text:
        """Return the table's best case for one of its arguments, the course's reading.

        Raises:
            UsageError: the table has no such argument.
            NotReadyError: there is no own rebuttal yet.
        """
        self._check_voice(argument_id)
        shown = self.best_cases
        if argument_id not in shown:
            raise NotReadyError(
                f"The best case for {argument_id} comes after your own rebuttal; "
                f"take it into the board and write an argument that answers it."
            )
        return shown[argument_id].best_case

    # --- how far it is -------------------------------------------------------------------------------

    @property
    def steps(self) -> Mapping[str, bool]:
        """Which steps to a complete board are done: part, case, opposed, strongest, answered."""
        own = [one for one in self.arguments if one.own and one.position == self.position and one.evidence]
        named = self.strongest
        answer = [one for one in own if named and one.answers == named.id]
        done = (bool(self.role and self.position), bool(own), bool(self.opposing), bool(named), bool(answer))
        return dict(zip(STEPS, done, strict=True))

    @property
    def complete(self) -> bool:
        """Whether all steps are done, the answer to the strongest counter-argument among them."""
        return all(self.steps.values())

    # --- deciding ------------------------------------------------------------------------------------

    def choose_role(self, role: str, *, decision_id: str = "") -> None:
        """Choose the role to speak in; the last one chosen counts.

        Raises:
            UsageError: there is no such role.
            JournalError: it could not be saved.
        """
        self._choose(ROLE, role, ROLES, decision_id)

    def choose_position(self, position: str, *, decision_id: str = "") -> None:
        """Choose the position to argue for. Raises as ``choose_role`` does."""
        self._choose(POSITION, position, POSITIONS, decision_id)

    def _choose(self, field: str, value: str, allowed: Sequence[str], decision_id: str) -> None:
        if self.workspace.is_written(decision_id):
            return
        if value not in allowed:
            raise UsageError(f"There is no {field} {value!r}; choose one of {', '.join(allowed)}.")
        self._decide(BOARD, field, value, decision_id)

    def argue(
        self, sentence: str, *, position: str = "", evidence: Iterable[str] = (), answers: str | int = ""
    ) -> str:
        """Write an own argument and return its id.

        Args:
            sentence: the argument in one sentence of your own.
            position: repeal, keep or enforce; without it, your own position.
            evidence: ids of claims and sources; ``find`` looks for them.
            answers: id or number of the argument on the board that it rebuts.

        Raises:
            UsageError: the sentence is empty or too long, or something named does not exist.
            JournalError: it could not be saved.
        """
        self.refresh()
        item = self._next_id()
        self.save(item, sentence, position or self.position, evidence, self._named(answers))
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
        """Change an own argument; what is not given stays. Raises as ``argue`` does."""
        self.refresh()
        old = self._own(self._named(argument))
        self.save(
            old.id,
            old.sentence.en if sentence is None else sentence,
            old.position if position is None else position,
            old.evidence if evidence is None else evidence,
            old.answers if answers is None else self._named(answers),
        )

    def save(
        self,
        item: str,
        sentence: str,
        position: str,
        evidence: Iterable[str] = (),
        answers: str = "",
        *,
        decision_id: str = "",
    ) -> None:
        """Write an own argument under an id of its own, ``mine-`` and some letters or digits.

        Raises as ``argue`` does.
        """
        if self.workspace.is_written(decision_id):
            return
        words, cited = " ".join(str(sentence).split()), _listed(evidence)
        self._check_own_id(item)
        _check_sentence(words)
        if position not in POSITIONS:
            raise UsageError(f"There is no position {position!r}; choose one of {', '.join(POSITIONS)}.")
        self._check_evidence(cited)
        before = next((one for one in self.arguments if one.id == item), None)
        if before is None or before.answers != answers:  # a link to something taken away since may stay
            self._check_answers(item, answers)
        content = {"sentence": words, "position": position, "evidence": cited, "answers": answers}
        self._decide(item, ARGUMENT, json.dumps(content, ensure_ascii=False), decision_id)

    def take(self, argument_id: str, *, against: str | int = "", decision_id: str = "") -> None:
        """Take an argument of the table into the board as an opposing voice.

        Args:
            argument_id: id in the table ``logan_arguments``.
            against: id or number of an argument on the board that the voice turns against, if any.
            decision_id: id of the decision, where it may be sent twice.

        Raises:
            UsageError: the table has no such argument, no position is chosen, or it supports the own one.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return
        self._check_voice(argument_id)
        if not self.position:
            raise UsageError("An opposing voice needs something to oppose; choose your position first.")
        if self._voices[argument_id].argument.position == self.position:
            raise UsageError(
                f"{argument_id} speaks for your own position, {self.position}; "
                "make that case in your own words."
            )
        target = self._named(against)
        self._check_answers(argument_id, target)
        self._decide(argument_id, TAKEN, json.dumps({"against": target}), decision_id)

    def name_strongest(self, argument: str | int, *, decision_id: str = "") -> None:
        """Name the strongest counter-argument on the board.

        Raises:
            UsageError: it is not on the board, or not against the own position.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return
        named = self._named(argument)
        if named not in {one.id for one in self.opposing}:
            raise UsageError(
                f"{named!r} is no argument on the board against your position; "
                "choose a position, and take or write an argument of another one, then name it."
            )
        self._decide(BOARD, STRONGEST, named, decision_id)

    def remove(self, argument: str | int, *, decision_id: str = "") -> None:
        """Take an own argument or a voice off the board; its lines in the journal are retracted.

        Raises:
            UsageError: it is not on the board.
            JournalError: it could not be saved; the argument then still stands.
        """
        if self.workspace.is_written(decision_id):
            return
        item = self._named(argument)
        field = TAKEN if item in self._voices else ARGUMENT
        versions = self._versions(item, field)
        if not versions:
            raise UsageError(f"There is no argument {item!r} on the board, so nothing was removed.")
        # The newest last: until its retraction is on disk, the argument stands as it stood.
        for version in versions[:-1]:
            self.workspace.decide(self.activity, item, RETRACTION, version)
        self.workspace.decide(self.activity, item, RETRACTION, versions[-1], id=decision_id)

    def _versions(self, item: str, field: str) -> list[str]:
        """Return the ids of the standing decisions on an argument, oldest first."""
        mine = [d for d in self.workspace.journal.decisions if (d.activity, d.item) == (self.activity, item)]
        retracted = {d.value for d in mine if d.field == RETRACTION}
        return [d.id for d in mine if d.field == field and d.id not in retracted]

    @property
    def undoable(self) -> Decision | None:
        """The decision that undo would take back, or None."""
        return self.workspace.journal.state.last(self.activity)

    def undo(self, *, expected: str = "", decision_id: str = "") -> Decision | None:
        """Take the last decision back and return it, or None where there is nothing.

        Args:
            expected: id of the decision that is meant; where another one is the last, nothing is taken back.
            decision_id: id of the retraction itself.

        Raises:
            UsageError: another decision came after the one that is meant.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id) or (last := self.undoable) is None:
            return None
        return self.workspace.take_back(last, expected=expected, decision_id=decision_id)

    # --- checks --------------------------------------------------------------------------------------

    def _decide(self, item: str, field: str, value: str, decision_id: str) -> None:
        standing = self.decision(item, field)
        if standing is None or standing.value != value:
            self.workspace.decide(self.activity, item, field, value, id=decision_id)

    def _next_id(self) -> str:
        """Return an id that no argument of this board ever had."""
        used = {d.item for d in self.workspace.journal.decisions if d.activity == self.activity}
        return next(name for name in (f"mine-{n}" for n in count(1)) if name not in used)

    def _named(self, argument: str | int) -> str:
        """Return the id of an argument given by its id or by its number on the board."""
        name = str(argument).strip()
        if not name.isdecimal():
            return name
        board = self.arguments
        if not 1 <= int(name) <= len(board):
            raise UsageError(f"There is no argument number {name} on the board; it has {len(board)}.")
        return board[int(name) - 1].id

    def _own(self, item: str) -> Argument:
        for one in self.arguments:
            if one.id == item and one.own:
                return one
        raise UsageError(f"There is no argument {item!r} of your own on the board; write it with argue.")

    def _check_own_id(self, item: str) -> None:
        if not _OWN_ID.fullmatch(item):
            raise UsageError(f"{item!r} cannot name an argument; use mine- and up to 32 letters or digits.")

    def _check_voice(self, argument_id: str) -> None:
        if argument_id not in self._voices:
            raise UsageError(
                f"The table logan_arguments has no argument {argument_id!r}; use an id that it lists."
            )

    def _check_evidence(self, cited: Sequence[str]) -> None:
        if len(cited) > MOST_EVIDENCE:
            raise UsageError(
                f"The argument cites {len(cited)} pieces of evidence, more than {MOST_EVIDENCE}; "
                "keep the best."
            )
        if unknown := [name for name in cited if name not in self.evidence]:
            raise UsageError(
                f"There is no claim or source {', '.join(map(repr, unknown))}; look for its id with find."
            )

    def _check_answers(self, item: str, answers: str) -> None:
        if answers and (answers == item or answers not in {one.id for one in self.arguments}):
            raise UsageError(f"{item} cannot answer {answers!r}; name another argument that is on the board.")


def _listed(evidence: Iterable[str]) -> list[str]:
    """Return ids without doubles; one id alone may be given as it is."""
    given = split_list(evidence) if isinstance(evidence, str) else evidence
    return list(dict.fromkeys(str(name).strip() for name in given))


def _check_sentence(words: str) -> None:
    if not words:
        raise UsageError("The argument is empty; write it in one sentence, then save it.")
    if len(words) > LONGEST:
        raise UsageError(
            f"The argument has {len(words)} characters, more than {LONGEST}; make it one sentence."
        )


def _content(entry: Decision) -> dict[str, Any]:
    """Return the JSON object of a decision, or an empty one where there is none."""
    try:
        found = json.loads(entry.value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_whole(content: Mapping[str, Any]) -> bool:
    """Say whether the JSON object of an own argument has all its parts."""
    evidence = content.get("evidence")
    return (
        content.get("position") in POSITIONS
        and all(isinstance(content.get(name), str) for name in ("sentence", "answers"))
        and isinstance(evidence, list)
        and all(isinstance(name, str) for name in evidence)
    )
