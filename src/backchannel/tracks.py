"""Put a diplomatic contact under the competing definitions of the tracks of diplomacy.

Four meanings of track 1.5 are in use (``participants``, ``mediator``, ``asymmetric``, ``link``); ``course``
is the codebook's own rule. Each is written here as a test for any contact, so that it also says when a
contact is track 1, back channel, track 2, track 3, public signalling or no contact between sides. What
a definition itself does not settle is read alike for all of them, see ``_apart``, ``_between_governments``
and ``_without_office``. The table track_definitions gives the meanings in words, with their sources.

Who sat there, with what mandate and who was told decides nothing where it is unknown or disputed: such a
contact has a track only if every answer leads to the same one. The course's rule alone presumes, because
the codebook labels what a text says. Secrecy alone is never presumed: what is not said to be hidden is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType

from backchannel.errors import DataError, UsageError

TRACKS = ("track_1", "back_channel", "track_1_5", "track_2", "track_3", "public", "none")

IN_OFFICE = frozenset({"official", "envoy", "mixed"})
OPEN = frozenset({"unknown", "disputed"})

_STATUSES = (
    "official",
    "envoy",
    "mixed",
    "former_official",
    "expert",
    "unofficial",
    "citizen",
    "none",
    "unknown",
)
_SIDES = ("both", "one_side", "none", "disputed", "unknown")
CRITERIA: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "us_status": _STATUSES,
        "russian_status": _STATUSES,
        "third_party": ("none", "party", "private_mediator", "state_mediator", "go_between", "unknown"),
        "mandate": _SIDES,
        "briefed": _SIDES,
        "deniable": ("low", "medium", "high", "nothing", "unknown"),
        "public": ("public", "confidential", "secret", "unknown"),
        "binding": ("can_be", "can_become", "no", "unknown"),
    }
)
"""The columns of the table contacts that are criteria, with the values each may have."""


@dataclass(frozen=True)
class Criteria:
    """What is known of a contact: the criteria columns of the table contacts (values in ``CRITERIA``).

    For a contact of other countries ``us_status`` and ``russian_status`` simply are its two sides: every
    definition treats the sides alike.

    Raises:
        DataError: a value is not among those of its column.
    """

    us_status: str = "unknown"
    russian_status: str = "unknown"
    third_party: str = "none"
    mandate: str = "unknown"
    briefed: str = "unknown"
    deniable: str = "unknown"
    public: str = "unknown"
    binding: str = "unknown"

    def __post_init__(self) -> None:
        for name, values in CRITERIA.items():
            if (value := getattr(self, name)) not in values:
                raise DataError(f"The criterion {name} cannot be {value!r}; use one of {', '.join(values)}.")

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Criteria:
        """Take the criteria out of a row of the table contacts."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})

    @property
    def sides(self) -> tuple[str, ...]:
        """Status of each side at the table; another state that sits there for itself is a side in office."""
        own = tuple(status for status in (self.us_status, self.russian_status) if status != "none")
        return (*own, "official") if self.third_party == "party" else own

    @property
    def hidden(self) -> bool:
        """Whether the contact is said to be secret or easily denied. What is not said to be so is open."""
        return self.public == "secret" or self.deniable == "high"


@dataclass(frozen=True)
class Verdict:
    """The track of a contact under one definition (a label id of the codebook) and what decided it.

    ``because`` is a key of ``REASONS``. ``track`` is None where the criteria do not suffice; ``because``
    then names the missing one, such as ``unknown_mandate``.
    """

    track: str | None
    because: str


REASONS = (
    "no_other_side",  # one side alone, not in public
    "one_side_in_public",  # one side alone addresses the other in public
    "all_in_office",  # officials or envoys on all sides
    "hidden",  # the same, but secret or deniable
    "go_between",  # intermediaries carry a government's message
    "citizens_only",
    "nobody_in_office",
    "private_capacity",  # people in office on all sides, not all of them for their governments
    "mixed_table",  # people in office and others together
    "private_mediator",  # officials of the parties, brought together by somebody without political office
    "not_all_in_office",  # at least one side is not represented by its officials
    "one_side_in_office",  # officials on one side only
    "line_to_government",  # people without office, and a government sits there, sends or is told
    "no_line_to_government",
    "same_either_way",  # something is open, yet each answer leads to this track
    "unknown_status",  # who sat there
    "unknown_third_party",
    "unknown_mandate",
    "unknown_briefed",
)


def _apart(contact: Criteria) -> Verdict | None:
    """Settle what is no table at all: one side alone."""
    if len(contact.sides) > 1:
        return None
    if contact.sides and contact.public == "public":
        return Verdict("public", "one_side_in_public")
    return Verdict("none", "no_other_side")


def _between_governments(contact: Criteria) -> Verdict:
    """Tell official diplomacy from the back channel, which is official as well but hidden.

    Back channel after Wanis-St. John (source-wanis-st-john-2006).
    """
    return Verdict("back_channel", "hidden") if contact.hidden else Verdict("track_1", "all_in_office")


def _without_office(contact: Criteria) -> Verdict:
    """Tell experts and former officials from citizens, where nobody holds office."""
    if set(contact.sides) == {"citizen"}:
        return Verdict("track_3", "citizens_only")
    return Verdict("track_2", "nobody_in_office")


def _in_office(contact: Criteria) -> int:
    return sum(status in IN_OFFICE for status in contact.sides)


def _participants(contact: Criteria) -> Verdict:
    """1.5: people in office and others at one table, not as governments (source-usip-primer-2019)."""
    if not _in_office(contact):
        return _without_office(contact)
    if contact.mandate == "both":
        return _between_governments(contact)
    all_in_office = _in_office(contact) == len(contact.sides)
    return Verdict("track_1_5", "private_capacity" if all_in_office else "mixed_table")


def _mediator(contact: Criteria) -> Verdict:
    """1.5: officials of the parties, brought together by a non-political third party (source-mapendere)."""
    if not _in_office(contact):
        return _without_office(contact)
    if _in_office(contact) < len(contact.sides):
        return Verdict("track_2", "not_all_in_office")
    if contact.third_party == "private_mediator":
        return Verdict("track_1_5", "private_mediator")
    return _between_governments(contact)


def _asymmetric(contact: Criteria) -> Verdict:
    """1.5: officials on one side, people without office on the other (source-mcfaul-2023)."""
    if not _in_office(contact):
        return _without_office(contact)
    if _in_office(contact) < len(contact.sides):
        return Verdict("track_1_5", "one_side_in_office")
    return _between_governments(contact)


def _link(contact: Criteria) -> Verdict:
    """1.5: a link between tracks 1 and 2, so that unofficial talk reaches a government.

    The meaning is that of source-moscow-times-2023-07-26; the three ways to see a link are the course's.
    """
    if set(contact.sides) <= {"official", "envoy"}:
        return _between_governments(contact)
    if set(contact.sides) == {"citizen"}:
        return _without_office(contact)
    if _in_office(contact) or {contact.mandate, contact.briefed} & {"both", "one_side"}:
        return Verdict("track_1_5", "line_to_government")
    return Verdict("track_2", "no_line_to_government")


def _course(contact: Criteria) -> Verdict:
    """Follow the codebook, dimension ``track``: label what is said.

    Intermediaries stand for the governments whose message they carry. A side left undescribed is taken
    to be like the other, and people in office to speak for their governments unless the contrary is said.
    """
    if contact.third_party == "go_between" and contact.mandate != "none":
        return Verdict("back_channel", "go_between")
    said = [status for status in contact.sides if status != "unknown"]
    if not said:
        return Verdict(None, "unknown_status")
    as_said = replace(
        contact,
        us_status=said[0] if contact.us_status == "unknown" else contact.us_status,
        russian_status=said[0] if contact.russian_status == "unknown" else contact.russian_status,
    )
    if not _in_office(as_said):
        return _without_office(as_said)
    if _in_office(as_said) < len(as_said.sides) or "mixed" in as_said.sides:
        return Verdict("track_1_5", "mixed_table")
    if as_said.mandate in ("one_side", "none"):
        return Verdict("track_1_5", "private_capacity")
    return _between_governments(as_said)


Definition = Callable[[Criteria], Verdict]
_DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {
        "participants": _participants,
        "mediator": _mediator,
        "asymmetric": _asymmetric,
        "link": _link,
        "course": _course,
    }
)
DEFINITIONS = tuple(_DEFINITIONS)

# Criteria whose being open may leave a definition without an answer, and the key that says so. An
# unknown side is somebody: that nobody sat there would be known.
_ASKED: Mapping[str, str] = MappingProxyType(
    {
        "us_status": "unknown_status",
        "russian_status": "unknown_status",
        "third_party": "unknown_third_party",
        "mandate": "unknown_mandate",
        "briefed": "unknown_briefed",
    }
)


def _answers(criterion: str) -> tuple[str, ...]:
    left_out = OPEN | {"none"} if criterion.endswith("_status") else OPEN
    return tuple(value for value in CRITERIA[criterion] if value not in left_out)


@cache
def _with_every_answer(definition: Definition, contact: Criteria) -> Verdict:
    """Judge the contact with each possible answer to what is open, one criterion after the other."""
    criterion = next((name for name in _ASKED if getattr(contact, name) in OPEN), None)
    if criterion is None:
        return _apart(contact) or definition(contact)
    answers = (replace(contact, **{criterion: value}) for value in _answers(criterion))
    first = _with_every_answer(definition, next(answers))
    because = first.because
    for answer in answers:
        verdict = _with_every_answer(definition, answer)
        if verdict.track != first.track:  # the answers that are left change nothing any more
            return Verdict(None, _ASKED[criterion])
        if verdict.because != because:
            because = _ASKED[criterion] if first.track is None else "same_either_way"
    return Verdict(first.track, because)


def track_under(definition: str, contact: Criteria) -> Verdict:
    """Say on which track a contact runs under one definition, and what decided.

    Raises:
        UsageError: there is no such definition.
    """
    if definition not in _DEFINITIONS:
        raise UsageError(f"There is no definition {definition!r}; use one of {', '.join(DEFINITIONS)}.")
    if definition == "course":
        return _apart(contact) or _course(contact)
    return _with_every_answer(_DEFINITIONS[definition], contact)


def parting(contact: Criteria) -> dict[str | None, tuple[str, ...]]:
    """Return the definitions by the track they give; one entry means that they agree.

    Those that cannot decide stand under None.
    """
    tracks = {definition: track_under(definition, contact).track for definition in DEFINITIONS}
    return {
        track: tuple(name for name, given in tracks.items() if given == track)
        for track in dict.fromkeys(tracks.values())
    }
