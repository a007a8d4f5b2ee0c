"""Attribution chains: through how many mouths a claim reached the page, from who prints it to its origin.

The first half reads the dossier's chains and compares one with a student's. ``ChainSession`` keeps the
student's chains on the journal; the course's chain of a claim leaves it only once the student has saved an
own one. The last part counts chains for the pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise, zip_longest
from typing import Literal

import pandas as pd

from backchannel.codebook import SET_SEPARATOR
from backchannel.dossier import Dossier, Reference
from backchannel.errors import UsageError
from backchannel.journal import CONFIDENCES, Decision
from backchannel.labelling import BLOCK, FINISHED
from backchannel.tables import rows_of
from backchannel.words import Language, Text, say
from backchannel.workspace import Workspace

Kind = Literal["missing", "extra", "order", "origin"]

CHAIN = "chain"
NAMING = "source_naming"
POOL = 6
DISTRACTORS = 2


# --- the chains of the dossier -------------------------------------------------------------------------


@dataclass(frozen=True)
class Actor:
    """A mouth: a person, office, outlet, group or unnamed source. ``anonymous``: the texts give no name."""

    id: str
    name: Text
    kind: str
    anonymous: bool


@dataclass(frozen=True)
class Hop:
    """One mouth of a claim's way to the page.

    ``medium`` is how the claim reached the next mouth; ``cue`` is the original's wording that shows this
    one, or an empty string.
    """

    actor: str
    medium: str
    cue: str


@dataclass(frozen=True)
class Chain:
    """The way of one claim: the first hop prints it, the last is its origin."""

    claim: str
    hops: tuple[Hop, ...]

    @property
    def actors(self) -> tuple[str, ...]:
        """Ids of the actors, from the page to the origin."""
        return tuple(hop.actor for hop in self.hops)

    def hop_of(self, actor: str) -> Hop:
        """Return the hop of one of its actors."""
        return next(hop for hop in self.hops if hop.actor == actor)


def load_actors(dossier: Dossier) -> Mapping[str, Actor]:
    """Return the actors by id."""
    return {
        row["id"]: Actor(row["id"], Text(row["name_en"], row["name_de"]), row["kind"], bool(row["anonymous"]))
        for _, row in rows_of(dossier.tables["actors"])
    }


def load_chains(dossier: Dossier) -> Mapping[str, Chain]:
    """Return the chains by claim, in reading order; a claim without hops has none."""
    found: dict[str, list[Hop]] = {claim: [] for claim in dossier.claims}
    for _, row in rows_of(dossier.tables["attributions"].sort_values(["claim", "hop"])):
        found[row["claim"]].append(Hop(row["actor"], row["medium"], row["cue"] or ""))
    return {claim: Chain(claim, tuple(hops)) for claim, hops in found.items() if hops}


def pool_of(dossier: Dossier, chains: Mapping[str, Chain], claim: str) -> tuple[str, ...]:
    """Return the mouths to choose from for a claim: those of its chain and plausible others.

    The others are the actors of the same document that speak nearest to the claim, then, in a dossier too
    small for that, any. The pool is of one size for all claims and grows only where a chain leaves less
    than two others, so that its size does not tell the length; its order is a shuffle fixed by the claim.
    """
    chain = chains[claim].actors
    size = max(POOL, len(chain) + DISTRACTORS)
    near = _actors_by_distance(dossier, chains, claim)
    others = sorted(
        (actor for actor in load_actors(dossier) if actor not in chain),
        key=lambda actor: (near.get(actor, len(dossier.passages)), _draw(claim, "choice", actor)),
    )
    return tuple(
        sorted((*chain, *others[: size - len(chain)]), key=lambda actor: _draw(claim, "order", actor))
    )


def _actors_by_distance(dossier: Dossier, chains: Mapping[str, Chain], claim: str) -> dict[str, int]:
    """Return how many passages lie between the claim and each actor of its document."""
    here = dossier.claim(claim)
    place = dossier.passages[here.passage].position
    found: dict[str, int] = {}
    for chain in chains.values():
        other = dossier.claim(chain.claim)
        if other.document == here.document:
            distance = abs(dossier.passages[other.passage].position - place)
            for actor in chain.actors:
                found[actor] = min(distance, found.get(actor, distance))
    return found


def _draw(*what: str) -> str:
    """Return a lot that is the same on every machine and tells nothing of what it is drawn for."""
    return sha256("/".join(what).encode()).hexdigest()


# --- comparing -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A row of two chains side by side; an empty string is a gap."""

    own: str
    course: str

    @property
    def same(self) -> bool:
        """Whether both have this mouth here."""
        return self.own == self.course


@dataclass(frozen=True)
class Difference:
    """One thing in which two chains differ.

    missing: ``actor`` stands in the course's chain alone. extra: in the own one alone. order: in both, at
    another place. origin: ``actor`` is the course's origin, ``own`` the student's; the two are then not
    reported as missing and extra besides.
    """

    kind: Kind
    actor: str
    own: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two chains side by side, and what differs, from the page to the origin."""

    rows: tuple[Pair, ...]
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether the two chains are the same."""
        return not self.differences


def compare(own: Sequence[str], course: Sequence[str]) -> Comparison:
    """Compare two chains of actor ids, each from the page to the origin and without repetition."""
    common = _common(tuple(own), tuple(course))
    return Comparison(_beside(own, course, common), tuple(_differences(own, course, common)))


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Return the longest run of actors that both have in the same order."""
    if not first or not second:
        return ()
    if first[0] == second[0]:
        return (first[0], *_common(first[1:], second[1:]))
    return max(_common(first, second[1:]), _common(first[1:], second), key=len)


def _beside(own: Sequence[str], course: Sequence[str], common: Sequence[str]) -> tuple[Pair, ...]:
    rows: list[Pair] = []
    for mine, theirs in zip_longest(_cut(own, common), _cut(course, common), fillvalue=()):
        rows += (Pair(*pair) for pair in zip_longest(mine, theirs, fillvalue=""))
    return tuple(rows)


def _cut(chain: Sequence[str], common: Sequence[str]) -> list[list[str]]:
    """Cut a chain before and after each actor of ``common``, so that both chains have the same pieces."""
    pieces: list[list[str]] = [[]]
    for actor in chain:
        if actor in common:
            pieces += [[actor], []]
        else:
            pieces[-1].append(actor)
    return pieces


def _differences(own: Sequence[str], course: Sequence[str], common: Sequence[str]) -> Iterable[Difference]:
    ends = {own[-1], course[-1]} if own and course and own[-1] != course[-1] else set()
    for actor in course:
        if actor not in own and actor not in ends:
            yield Difference("missing", actor)
        elif actor in own and actor not in common:
            yield Difference("order", actor)
    for actor in own:
        if actor not in course and actor not in ends:
            yield Difference("extra", actor)
    if ends:
        yield Difference("origin", course[-1], own[-1])


def explain(
    difference: Difference, own: Sequence[str], course: Chain, actors: Mapping[str, Actor], language: Language
) -> str:
    """Explain a difference from the course's chain in a sentence or two."""

    def name(actor: str) -> str:
        return actors[actor].name.in_(language)

    def told(key: str, **fields: str) -> str:
        return say(f"chain.{key}", language, **fields)

    who, order = difference.actor, course.actors
    if difference.kind == "extra":
        return told("why_extra", actor=name(who))
    shown = _shown(course.hop_of(who), language)
    if difference.kind == "missing":
        first = who == order[0]
        return told("why_missing_first" if first else "why_missing", actor=name(who), shown=shown)
    if difference.kind == "order":
        if who == order[0]:
            return told("why_order_first", actor=name(who))
        return told("why_order", actor=name(who), before=name(order[order.index(who) - 1]))
    way = _way_of_origin(difference, own, order)
    return told(f"why_origin_{way}", own=name(difference.own), actor=name(who), shown=shown)


def _way_of_origin(difference: Difference, own: Sequence[str], course: Sequence[str]) -> str:
    """Say whether the own chain stops too early, goes on too far, or ends with somebody else."""
    if difference.actor not in own and difference.own in course:
        return "early"
    return "late" if difference.actor in own and difference.own not in course else "other"


def _shown(hop: Hop, language: Language) -> str:
    """Say by which words the original shows a mouth."""
    return say("chain.shown" if hop.cue else "chain.not_shown", language, cue=hop.cue)


# --- one student's chains ------------------------------------------------------------------------------


class ChainSession:
    """Some claims whose chains one student builds, on the journal.

    Args:
        dossier: the course data.
        workspace: where the journal lies.
        activity: name in the journal, such as ``02-chains``.
        claims: ids of claims, in the order in which they are shown.

    Raises:
        UsageError: there are no claims, one does not exist, or one has no chain.
    """

    def __init__(
        self, dossier: Dossier, workspace: Workspace, *, activity: str, claims: Iterable[str]
    ) -> None:
        self.dossier, self.workspace, self.activity = dossier, workspace, activity
        self.actors, self._chains = load_actors(dossier), load_chains(dossier)
        self.claims = tuple(dossier.claim(claim).id for claim in dict.fromkeys(claims))
        if not self.claims:
            raise UsageError(f"There are no claims in {activity!r}; name at least one whose chain to build.")
        if without := [claim for claim in self.claims if claim not in self._chains]:
            raise UsageError(f"The claim {without[0]!r} has no attribution chain; choose another claim.")
        self.pools: Mapping[str, tuple[str, ...]] = {
            claim: pool_of(dossier, self._chains, claim) for claim in self.claims
        }

    # --- what stands ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what other kernels wrote."""
        self.workspace.journal.refresh()

    def decision(self, claim: str) -> Decision | None:
        """Return the standing decision, if today's dossier knows all its actors."""
        found = self.workspace.journal.state.get(self.activity, claim, CHAIN)
        if found is None or not found.value:
            return None
        actors = found.value.split(SET_SEPARATOR)
        known = all(actor in self.actors for actor in actors) and len(set(actors)) == len(actors)
        return found if known else None

    def standing_id(self, claim: str) -> str:
        """Return the id of the decision that stands for a claim, or an empty string."""
        found = self.workspace.journal.state.get(self.activity, claim, CHAIN)
        return found.id if found else ""

    def own(self, claim: str) -> tuple[str, ...]:
        """Return the student's chain as actor ids, from the page to the origin; empty before one is saved."""
        found = self.decision(claim)
        return tuple(found.value.split(SET_SEPARATOR)) if found else ()

    @property
    def checked(self) -> int:
        """How many claims have a saved chain."""
        return sum(bool(self.own(claim)) for claim in self.claims)

    @property
    def saved_at(self) -> str:
        """When the last standing chain was written, or an empty string."""
        return self.workspace.saved_at(self.activity)

    def anonymous(self, chain: Iterable[str]) -> tuple[str, ...]:
        """Return those actors of a chain to whom the texts give no name."""
        return tuple(actor for actor in chain if self.actors[actor].anonymous)

    # --- deciding ------------------------------------------------------------------------------------

    def save(
        self,
        claim: str,
        chain: Sequence[str],
        *,
        confidence: str = "",
        note: str = "",
        decision_id: str = "",
    ) -> None:
        """Save a chain, from the page to the origin; the last one saved counts.

        Raises:
            UsageError: the claim is not among these, the chain is empty, names a mouth twice or one that is
                not in the claim's pool, or the confidence does not exist.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return
        self.check(claim)
        actors = self._check_chain(claim, chain)
        if confidence and confidence not in CONFIDENCES:
            raise UsageError(f"The confidence {confidence!r} does not exist; use {', '.join(CONFIDENCES)}.")
        new = (SET_SEPARATOR.join(actors), confidence, note)
        found = self.decision(claim)
        if found is None or (found.value, found.confidence, found.note) != new:
            more = {"confidence": confidence, "note": note, "id": decision_id}
            self.workspace.decide(self.activity, claim, CHAIN, new[0], **more)

    def check(self, claim: str) -> None:
        """Say in a sentence if a claim is not among these.

        Raises:
            UsageError: it is not.
        """
        if claim not in self.pools:
            raise UsageError(f"The claim {claim!r} is not part of {self.activity}; use one of its claims.")

    def _check_chain(self, claim: str, chain: Sequence[str]) -> tuple[str, ...]:
        actors = tuple(chain.split(SET_SEPARATOR)) if isinstance(chain, str) else tuple(chain)
        if not actors or actors == ("",):
            raise UsageError(
                "The chain is empty; add at least one mouth, the one who prints the claim, then check it."
            )
        if foreign := [actor for actor in actors if actor not in self.pools[claim]]:
            raise UsageError(
                f"The mouth {foreign[0]!r} is not offered for {claim}; "
                f"choose from {', '.join(self.pools[claim])}."
            )
        if twice := [actor for actor, times in Counter(actors).items() if times > 1]:
            raise UsageError(f"The mouth {twice[0]!r} stands in the chain twice; leave it in one place only.")
        return actors

    @property
    def undoable(self) -> str:
        """Id of the decision that undo would take back, or an empty string."""
        last = self.workspace.journal.state.last(self.activity)
        return last.id if last else ""

    def undo(self, *, expected: str = "", decision_id: str = "") -> Decision | None:
        """Take the chain saved last back and return its decision, or None where there is nothing.

        Args:
            expected: id of the decision that is meant; where another one is the last by now, nothing is
                taken back.
            decision_id: id of the retraction itself.

        Raises:
            UsageError: another chain was saved after the one that is meant.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return None
        last = self.workspace.journal.state.last(self.activity)
        if last is None:
            return None
        later = f"another chain of {self.activity} was saved later"
        return self.workspace.take_back(last, expected=expected, decision_id=decision_id, later=later)

    # --- the course's reading, where it may be seen --------------------------------------------------

    def course_chain(self, claim: str) -> Chain | None:
        """Return the course's chain once the student has saved an own one, else None."""
        return self._chains[claim] if self.own(claim) else None

    def comparison(self, claim: str) -> Comparison | None:
        """Return the own chain beside the course's once there is an own one, else None."""
        course = self.course_chain(claim)
        return compare(self.own(claim), course.actors) if course else None

    def other_readings(self, claim: str) -> tuple[Reference, ...]:
        """Return the acceptable alternatives for who the source is, once the own chain is saved.

        They make the chain arguable. None are returned while they would give away a blind block.
        """
        if not self.own(claim) or self.blocks_to_finish(claim):
            return ()
        references = self.dossier.references.get((claim, NAMING), ())
        return tuple(reference for reference in references if reference.status == "alternative")

    def blocks_to_finish(self, claim: str) -> tuple[str, ...]:
        """Return the unfinished blind blocks which ask who the source of this claim is."""
        state = self.workspace.journal.state
        return tuple(
            block.id
            for block in self.dossier.blocks.values()
            if block.mode == "blind" and claim in block.claims and NAMING in block.dimensions
            if not state.get(block.id, BLOCK, FINISHED)
        )

    def table(self) -> pd.DataFrame:
        """Return the student's chains.

        Columns: claim, chain (actor ids from the page to the origin, empty before one is saved), hops,
        anonymous (how many of its mouths), confidence, note, at.
        """
        rows = []
        for claim in self.claims:
            own, found = self.own(claim), self.decision(claim)
            rest = (found.confidence, found.note, found.at) if found else ("", "", "")
            rows.append((claim, SET_SEPARATOR.join(own), len(own), len(self.anonymous(own)), *rest))
        return pd.DataFrame(rows, columns=["claim", "chain", "hops", "anonymous", "confidence", "note", "at"])


# --- counting, for the pictures --------------------------------------------------------------------------


def hops_per_document(dossier: Dossier) -> pd.DataFrame:
    """Count the claims of each document by the length of their chain.

    Columns: document, hops (from 1), claims. Documents in the dossier's order; lengths that do not occur
    in a document are left out.
    """
    counts = Counter((_document(dossier, chain), len(chain.hops)) for chain in load_chains(dossier).values())
    rows = [(d, hops, n) for d in dossier.documents for (e, hops), n in sorted(counts.items()) if d == e]
    return pd.DataFrame(rows, columns=["document", "hops", "claims"])


def named_and_anonymous(dossier: Dossier) -> pd.DataFrame:
    """Count the claims of each document by who their origin is.

    Columns: document, claims, own_words (the chain has one hop: whoever prints it says it), named and
    anonymous (the origin is somebody else, with or without a name), through_anonymous (claims with an
    anonymous mouth anywhere in their chain; these are among the others).
    """
    actors = load_actors(dossier)
    counts = {document: Counter[str]() for document in dossier.documents}
    for chain in load_chains(dossier).values():
        count = counts[_document(dossier, chain)]
        count["claims"] += 1
        count[_origin_kind(chain, actors)] += 1
        count["through_anonymous"] += any(actors[actor].anonymous for actor in chain.actors)
    columns = ["claims", "own_words", "named", "anonymous", "through_anonymous"]
    rows = [(document, *(count[column] for column in columns)) for document, count in counts.items()]
    return pd.DataFrame(rows, columns=["document", *columns])


def _origin_kind(chain: Chain, actors: Mapping[str, Actor]) -> str:
    if len(chain.hops) == 1:
        return "own_words"
    return "anonymous" if actors[chain.actors[-1]].anonymous else "named"


def edges(dossier: Dossier, *documents: str) -> pd.DataFrame:
    """Return the edges of the attribution network: who passes on what they have from whom.

    Columns: document, teller (nearer the page), source (nearer the origin; its next mouth), claims (how
    many went this way). All documents or those named, in the dossier's order, the most used edge first.

    Raises:
        UsageError: there is no such document.
    """
    wanted = set(dossier.claims_of(*(documents or dossier.documents)))
    counts: Counter[tuple[str, str, str]] = Counter()
    for chain in load_chains(dossier).values():
        if chain.claim in wanted:
            counts.update((_document(dossier, chain), *pair) for pair in pairwise(chain.actors))
    order = {document: number for number, document in enumerate(dossier.documents)}
    rows = sorted(
        ((*edge, n) for edge, n in counts.items()), key=lambda row: (order[row[0]], -row[3], row[1], row[2])
    )
    return pd.DataFrame(rows, columns=["document", "teller", "source", "claims"])


def _document(dossier: Dossier, chain: Chain) -> str:
    return dossier.claim(chain.claim).document
