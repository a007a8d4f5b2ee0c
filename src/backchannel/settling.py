"""How far answers about a contact settle its track: what is decided, what still matters, what made it so.

Answers may be few: a criterion that has none yet is left out, which is not the same as the answer
``unknown``. A definition is settled once no answer that is still to come can change its track.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from math import prod

from backchannel.tracks import CRITERIA, DEFINITIONS, Criteria, Verdict, track_under

Answers = Mapping[str, str]
_Given = tuple[str, ...]  # the answer to each of ASKED, in this order; an empty string where there is none

ASKED = ("us_status", "russian_status", "third_party", "mandate", "briefed", "public", "deniable")
"""The criteria that some definition turns on, in the order in which they are asked. What a contact can
bind (``binding``) describes it, yet no definition asks for it."""

# Answers that no definition tells apart have one that stands for all of them; this keeps the search small,
# as does the order, which meets the difference that an answer makes early.
_STAND_FOR_ALL: Mapping[str, tuple[str, ...]] = {
    "us_status": ("expert", "official", "mixed", "citizen", "none", "unknown"),
    "russian_status": ("expert", "official", "mixed", "citizen", "none", "unknown"),
    "third_party": ("none", "party", "private_mediator", "go_between", "unknown"),
    "mandate": ("both", "one_side", "none", "unknown"),
    "briefed": ("one_side", "none", "unknown"),
    "public": ("public", "confidential", "secret"),
    "deniable": ("low", "high"),
}

_FEW = 400  # ways to fill what is open that can be tried between two key presses


def criteria_of(answers: Answers) -> Criteria:
    """Return the criteria that answers give; what has no answer is unknown."""
    asked = {name: answers.get(name) or "unknown" for name in ASKED}
    return Criteria(**asked)


def answers_of(contact: Criteria) -> dict[str, str]:
    """Return the criteria that are asked, as answers."""
    return {name: getattr(contact, name) for name in ASKED}


def _given(answers: Answers) -> _Given:
    return tuple(answers.get(name, "") for name in ASKED)


@cache
def _track(definition: str, given: _Given) -> str | None:
    return track_under(definition, criteria_of(dict(zip(ASKED, given, strict=True)))).track


def _complete(given: _Given) -> Iterator[_Given]:
    """Yield the answers with every way to fill what is open."""
    return product(
        *((value,) if value else _STAND_FOR_ALL[name] for name, value in zip(ASKED, given, strict=True))
    )


@cache
def _is_settled(definition: str, given: _Given) -> bool:
    complete = _complete(given)
    first = _track(definition, next(complete))
    return all(_track(definition, other) == first for other in complete)


def settled(answers: Answers) -> dict[str, Verdict | None]:
    """Return the verdict of each definition, or None where it still depends on answers to come."""
    given, contact = _given(answers), criteria_of(answers)
    return {name: track_under(name, contact) if _is_settled(name, given) else None for name in DEFINITIONS}


@cache
def _matters(criterion: int, given: _Given) -> bool:
    """Say whether some way to fill the rest leaves a track that turns on this criterion alone."""
    unsettled = [definition for definition in DEFINITIONS if not _is_settled(definition, given)]
    filled = _complete((*given[:criterion], "unknown", *given[criterion + 1 :]))
    return any(_turns_on(criterion, definition, other) for other in filled for definition in unsettled)


def _turns_on(criterion: int, definition: str, given: _Given) -> bool:
    before, after = given[:criterion], given[criterion + 1 :]
    values = _STAND_FOR_ALL[ASKED[criterion]]
    return len({_track(definition, (*before, value, *after)) for value in values}) > 1


def still_needed(answers: Answers) -> tuple[str, ...]:
    """Return the criteria without an answer on which some track still depends, in the order of asking.

    While most is open, every open criterion counts as needed: telling them apart would take long then,
    and would rarely spare a question. Nothing is returned once all definitions are settled, and only then.
    """
    given = _given(answers)
    if all(_is_settled(definition, given) for definition in DEFINITIONS):
        return ()
    still_open = [n for n, value in enumerate(given) if not value]
    if prod(len(_STAND_FOR_ALL[ASKED[n]]) for n in still_open) <= _FEW:
        still_open = [n for n in still_open if _matters(n, given)]
    return tuple(ASKED[n] for n in still_open)


def moves(contact: Criteria) -> dict[str, dict[str, tuple[str, ...]]]:
    """Say for each criterion and each other value which definitions it would move to another track.

    Only values that move something are listed.
    """
    here = {name: track_under(name, contact).track for name in DEFINITIONS}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for criterion in ASKED:
        for value in CRITERIA[criterion]:
            changed = replace(contact, **{criterion: value})
            moved = tuple(name for name in DEFINITIONS if track_under(name, changed).track != here[name])
            if moved:
                found.setdefault(criterion, {})[value] = moved
    return found


def differing(first: Criteria, second: Criteria) -> tuple[str, ...]:
    """Return the asked criteria in which two readings of a contact differ."""
    return tuple(name for name in ASKED if getattr(first, name) != getattr(second, name))


def what_made_it(definition: str, own: Criteria, other: Criteria) -> tuple[tuple[str, ...], ...]:
    """Return the smallest sets of criteria which, taken over from ``other``, lead ``own`` to its track.

    Empty where both have the same track already. Several sets of the same size may each suffice.
    """
    goal = track_under(definition, other).track
    if track_under(definition, own).track == goal:
        return ()
    differ = differing(own, other)
    for size in range(1, len(differ) + 1):
        sets = (
            names
            for names in combinations(differ, size)
            if track_under(definition, replace(own, **{name: getattr(other, name) for name in names})).track
            == goal
        )
        if found := tuple(sets):
            return found
    return ()
