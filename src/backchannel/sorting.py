"""Sorting contacts by criteria: the student answers, the definitions give tracks, the course reads beside.

For each contact of the dossier the student sees what the documents say and answers the criteria. As soon as
no further answer can change a track, the contact is sorted and may be compared; the course's own reading of
a contact leaves this module only then, after the student asked for it. A contact may also be invented, to
see where the definitions part; only what the student keeps of that is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from backchannel.dossier import Claim, Dossier
from backchannel.errors import DataError, UsageError
from backchannel.journal import CONFIDENCES, Decision, new_id
from backchannel.settling import ASKED, answers_of, criteria_of, settled, still_needed, what_made_it
from backchannel.tables import Row, rows_of, split_list
from backchannel.tracks import CRITERIA, DEFINITIONS, Criteria, Verdict, track_under
from backchannel.words import LANGUAGES, Text, say
from backchannel.workspace import Workspace

NOTE = "note"
COMPARED = "compared"
INVENTED = "invented"
CRITERIA_FIELD = "criteria"
YES = "yes"
_LONGEST_TITLE = 80
_LONGEST_NOTE = 4000


@dataclass(frozen=True)
class Word:
    """A word by which a document calls a contact, in the original, with its place."""

    label: str
    locator: str
    word: str


@dataclass(frozen=True)
class ContactCard:
    """What a student sees of a contact before sorting it: what the documents say, nothing of our reading."""

    id: str
    title: Text
    date: str
    precision: str
    place: Text
    words: tuple[Word, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class CourseTrack:
    """The track of a contact under one definition in the course's reading, with the reason for it."""

    track: str | None
    because: str
    reason: Text


@dataclass(frozen=True)
class CourseReading:
    """How the course reads a contact: who sat there in words, the criteria, the tracks, what is contested."""

    criteria: Criteria
    us_side: Text
    russian_side: Text
    third_party: Text
    note: Text
    status: str
    checked: str
    sources: tuple[str, ...]
    tracks: Mapping[str, CourseTrack]


@dataclass(frozen=True)
class Comparison:
    """One definition with the student's answers and in the course's reading.

    ``made_it`` are the smallest sets of answers which, taken over from the course, lead the student's
    answers to the course's track; it is empty where the tracks are the same.
    """

    definition: str
    own: Verdict
    course: CourseTrack
    made_it: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Definition:
    """One meaning of track 1.5 as the dossier words it, with its test and its sources."""

    id: str
    name: Text
    text: Text
    question: Text
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Sketch:
    """A contact outside the dossier in bare strokes, to try the definitions on; no statement of history.

    ``checked`` says how far the course looked at it: ``partly``, ``second_hand``, ``not_checked`` or
    ``invented``. Title and text are words ``tracks.sketch_<id>`` and ``tracks.sketch_<id>_text``.
    """

    id: str
    criteria: Criteria
    checked: str


@dataclass(frozen=True)
class Invention:
    """A contact the student invented and kept."""

    id: str
    title: str
    criteria: Criteria


def _sketch(identity: str, checked: str, *values: str) -> Sketch:
    return Sketch(identity, Criteria(**dict(zip(ASKED, values, strict=True))), checked)


SKETCHES = (
    _sketch(
        "oslo_start", "partly", "expert", "official", "private_mediator", "one_side", "both", "secret", "high"
    ),
    _sketch("oslo_end", "partly", "official", "official", "state_mediator", "both", "both", "secret", "high"),
    _sketch(
        "dartmouth", "second_hand", "expert", "expert", "none", "none", "both", "confidential", "nothing"
    ),
    _sketch("pugwash", "not_checked", "expert", "expert", "none", "none", "none", "confidential", "nothing"),
    _sketch("choir", "invented", "citizen", "citizen", "none", "none", "none", "public", "nothing"),
)
"""Contacts to try the definitions on, after well-known ones."""


class SortSession:
    """Some contacts of the dossier, sorted by one student on the journal.

    Args:
        dossier: the course data.
        workspace: where the journal lies.
        activity: the name in the journal, such as ``05-sorter``.
        contacts: ids of contacts, in the order in which they are shown; all of the dossier without any.

    Raises:
        UsageError: a contact does not exist.
    """

    def __init__(
        self, dossier: Dossier, workspace: Workspace, *, activity: str, contacts: Iterable[str] = ()
    ) -> None:
        self.dossier, self.workspace, self.activity = dossier, workspace, activity
        self._rows: dict[str, Row] = {row["id"]: row for _, row in rows_of(dossier.tables["contacts"])}
        self.contacts = tuple(dict.fromkeys(contacts)) or tuple(self._rows)
        for contact in self.contacts:
            if contact not in self._rows:
                known = ", ".join(self._rows) or "none, since the dossier has no contacts yet"
                raise UsageError(f"There is no contact {contact!r} in the dossier; use one of {known}.")

    # --- what the documents say ------------------------------------------------------------------------

    def card(self, contact: str) -> ContactCard:
        """Return what is seen of a contact before it is sorted.

        Raises:
            UsageError: the contact is not among those to be sorted.
        """
        self.check(contact)
        row = self._rows[contact]
        return ContactCard(
            contact,
            _text(row, "title"),
            row["date"],
            row["precision"],
            _text(row, "place"),
            self._words.get(contact, ()),
            self._claims.get(contact, ()),
        )

    @cached_property
    def _words(self) -> Mapping[str, tuple[Word, ...]]:
        found: dict[str, list[Word]] = {}
        for _, row in rows_of(self.dossier.tables["contact_words"]):
            label = self.dossier.documents[row["document"]].label
            word = Word(label, self.dossier.passages[row["passage"]].locator, row["word"])
            found.setdefault(row["contact"], []).append(word)
        return {contact: tuple(words) for contact, words in found.items()}

    @cached_property
    def _claims(self) -> Mapping[str, tuple[Claim, ...]]:
        contact_of = {row["id"]: row["contact"] for _, row in rows_of(self.dossier.tables["claims"])}
        found: dict[str, list[Claim]] = {}
        for claim in self.dossier.claims.values():
            if contact := contact_of[claim.id]:
                found.setdefault(contact, []).append(claim)
        return {contact: tuple(claims) for contact, claims in found.items()}

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """The meanings of track 1.5, in the order of ``tracks.DEFINITIONS``."""
        rows = {row["id"]: row for _, row in rows_of(self.dossier.tables["track_definitions"])}
        return tuple(_definition(name, rows.get(name)) for name in DEFINITIONS)

    def track_name(self, track: str | None) -> Text:
        """Return the name the codebook gives a track, or the words for a track that stays open."""
        if track is None:
            return _in_both("tracks.undecided")
        for dimension in self.dossier.codebook.dimensions:
            if dimension.id == "track" and track in dimension.label_ids:
                return dimension.label(track).name
        return Text(track, track)

    # --- what stands -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what other kernels wrote."""
        self.workspace.journal.refresh()

    def decision(self, item: str, field: str) -> Decision | None:
        """Return the standing decision, or None; an answer that no criterion has counts as none."""
        found = self.workspace.journal.state.get(self.activity, item, field)
        if found is None or (field in CRITERIA and found.value not in CRITERIA[field]):
            return None
        return found

    def value(self, item: str, field: str) -> str:
        """Return the standing answer, or an empty string."""
        found = self.decision(item, field)
        return found.value if found else ""

    def answers(self, contact: str) -> dict[str, str]:
        """Return the student's answers for a contact by criterion; what is not answered is left out."""
        found = {criterion: self.value(contact, criterion) for criterion in ASKED}
        return {criterion: value for criterion, value in found.items() if value}

    def needed(self, contact: str) -> tuple[str, ...]:
        """Return the criteria without an answer on which some track still depends."""
        return still_needed(self.answers(contact))

    def tracks(self, contact: str) -> dict[str, Verdict | None]:
        """Return the verdict of each definition on the student's answers, None where it still waits."""
        self.check(contact)
        return settled(self.answers(contact))

    def is_sorted(self, contact: str) -> bool:
        """Say whether no further answer can change a track of this contact."""
        return not self.needed(contact)

    def is_compared(self, contact: str) -> bool:
        """Say whether the student asked for the course's reading of this contact."""
        return self.value(contact, COMPARED) == YES

    def note(self, contact: str) -> str:
        """Return what the student noted about a contact."""
        return self.value(contact, NOTE)

    @property
    def sorted_count(self) -> int:
        """How many contacts are sorted."""
        return sum(self.is_sorted(contact) for contact in self.contacts)

    @property
    def compared_count(self) -> int:
        """How many contacts were set beside the course's reading."""
        return sum(self.is_compared(contact) for contact in self.contacts)

    @property
    def saved_at(self) -> str:
        """When the last standing decision was written, or an empty string."""
        return self.workspace.saved_at(self.activity)

    # --- deciding --------------------------------------------------------------------------------------

    def answer(
        self,
        contact: str,
        criterion: str,
        value: str,
        *,
        confidence: str = "",
        note: str = "",
        decision_id: str = "",
    ) -> None:
        """Answer one criterion for a contact; ``unknown`` is an answer, an empty value takes one away.

        Raises:
            UsageError: contact, criterion, value or confidence does not exist.
            JournalError: it could not be saved.
        """
        self.check(contact, criterion)
        if value and value not in CRITERIA[criterion]:
            known = ", ".join(CRITERIA[criterion])
            raise UsageError(f"The criterion {criterion} has no answer {value!r}; use one of {known}.")
        if confidence and confidence not in CONFIDENCES:
            raise UsageError(f"The confidence {confidence!r} does not exist; use {', '.join(CONFIDENCES)}.")
        self._decide(contact, criterion, value, decision_id, confidence=confidence, note=note)

    def write_note(self, contact: str, text: str, *, decision_id: str = "") -> None:
        """Note something about a contact, such as what the answers rest on.

        Raises:
            UsageError: the contact does not exist, or the note is too long.
            JournalError: it could not be saved.
        """
        self.check(contact)
        if len(text) > _LONGEST_NOTE:
            raise UsageError(f"The note has {len(text)} characters; shorten it to {_LONGEST_NOTE}.")
        self._decide(contact, NOTE, text, decision_id)

    def compare(self, contact: str, *, decision_id: str = "") -> None:
        """Ask for the course's reading of a contact; the answers may still be changed afterwards.

        Raises:
            UsageError: the contact does not exist or is not sorted yet.
            JournalError: it could not be saved.
        """
        self.check(contact)
        if needed := self.needed(contact):
            raise UsageError(
                f"The contact {contact} is not sorted yet, so the course's reading stays back; "
                f"answer {needed[0]} first, 'unknown' is an answer too."
            )
        if not self.is_compared(contact):
            self._decide(contact, COMPARED, YES, decision_id)

    @property
    def undoable(self) -> str:
        """Id of the decision that undo would take back, or an empty string."""
        last = self.workspace.journal.state.last(self.activity)
        return last.id if last else ""

    def undo(self, *, expected: str = "", decision_id: str = "") -> Decision | None:
        """Take the last decision back and return it, or None where there is nothing.

        Args:
            expected: id of the decision that is meant; where another is the last by now, nothing happens.
            decision_id: id of the retraction itself.

        Raises:
            UsageError: another decision came after the one that is meant.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return None
        last = self.workspace.journal.state.last(self.activity)
        if last is None:
            return None
        return self.workspace.take_back(last, expected=expected, decision_id=decision_id)

    # --- the course's reading, once it may be shown ------------------------------------------------------

    def reading(self, contact: str) -> CourseReading | None:
        """Return the course's reading of a contact, or None before the student asked for it."""
        self.check(contact)
        return self._reading(contact) if self.is_compared(contact) else None

    def _reading(self, contact: str) -> CourseReading:
        row = self._rows[contact]
        return CourseReading(
            Criteria.of(row),
            _text(row, "us_side"),
            _text(row, "russian_side"),
            _text(row, "third_party"),
            _text(row, "note"),
            row["status"],
            row["checked"],
            split_list(row["sources"]),
            {name: self._course_track(contact, name, Criteria.of(row)) for name in DEFINITIONS},
        )

    def _course_track(self, contact: str, definition: str, criteria: Criteria) -> CourseTrack:
        """Return the course's track with its written reason, or with the words for its key."""
        verdict = track_under(definition, criteria)
        reason = self._reasons.get((contact, definition)) or reason_words(verdict.because)
        return CourseTrack(verdict.track, verdict.because, reason)

    @cached_property
    def _reasons(self) -> Mapping[tuple[str, str], Text]:
        rows = rows_of(self.dossier.tables["contact_tracks"])
        return {(row["contact"], row["definition"]): _text(row, "reason") for _, row in rows}

    def comparison(self, contact: str) -> tuple[Comparison, ...]:
        """Return each definition on the student's answers and in the course's reading; empty before."""
        reading = self.reading(contact)
        if reading is None:
            return ()
        own = criteria_of(self.answers(contact))
        return tuple(
            Comparison(
                name, track_under(name, own), reading.tracks[name], what_made_it(name, own, reading.criteria)
            )
            for name in DEFINITIONS
        )

    # --- inventing -------------------------------------------------------------------------------------

    def keep(self, title: str, criteria: Criteria, *, decision_id: str = "") -> str:
        """Keep an invented contact under a title and return its id.

        Raises:
            UsageError: the title is empty or too long.
            JournalError: it could not be saved.
        """
        cleaned = " ".join(title.split())
        if not cleaned or len(cleaned) > _LONGEST_TITLE:
            raise UsageError(
                f"A title needs 1 to {_LONGEST_TITLE} characters, but this has {len(cleaned)}; "
                "choose another."
            )
        identity = decision_id or new_id()
        item = f"{INVENTED}-{identity[:8]}"
        value = ";".join(f"{name}={given}" for name, given in answers_of(criteria).items())
        self.workspace.decide(self.activity, item, CRITERIA_FIELD, value, note=cleaned, id=identity)
        return item

    def forget(self, invention: str, *, decision_id: str = "") -> None:
        """Take an invented contact off the list; it stays in the journal's history.

        Raises:
            UsageError: there is no such invention.
            JournalError: it could not be saved.
        """
        self.invention(invention)
        self._decide(invention, CRITERIA_FIELD, "", decision_id)

    @property
    def inventions(self) -> tuple[Invention, ...]:
        """The invented contacts that are kept, in the order in which they were made."""
        found = (_invention(decision) for decision in self.workspace.journal.state.standing(self.activity))
        return tuple(invention for invention in found if invention)

    def invention(self, identity: str) -> Invention:
        """Return one invented contact.

        Raises:
            UsageError: there is no such invention.
        """
        for invention in self.inventions:
            if invention.id == identity:
                return invention
        kept = ", ".join(invention.id for invention in self.inventions) or "none so far"
        raise UsageError(f"No invented contact {identity!r} is kept; there are: {kept}.")

    # --- shared ----------------------------------------------------------------------------------------

    def check(self, contact: str, criterion: str = "") -> None:
        """Say in a sentence if a contact is not to be sorted here, or a criterion is not asked.

        Raises:
            UsageError: it is not.
        """
        if contact not in self.contacts:
            known = ", ".join(self.contacts)
            raise UsageError(f"The contact {contact!r} is not part of {self.activity}; use one of {known}.")
        if criterion and criterion not in ASKED:
            raise UsageError(f"The criterion {criterion!r} is not asked; use one of {', '.join(ASKED)}.")

    def _decide(self, item: str, field: str, value: str, decision_id: str, **more: str) -> None:
        self.workspace.decide(self.activity, item, field, value, id=decision_id, **more)

    def table(self) -> pd.DataFrame:
        """Return the student's own sorting, one row a contact.

        Columns: contact, date, one for each criterion asked and for each definition (a track label, empty
        while it waits or where it cannot decide), sorted, compared, note.
        """
        rows = [self._row(contact) for contact in self.contacts]
        columns = ["contact", "date", *ASKED, *DEFINITIONS, "sorted", "compared", "note"]
        return pd.DataFrame(rows, columns=columns)

    def _row(self, contact: str) -> tuple[str | bool, ...]:
        answers, tracks = self.answers(contact), self.tracks(contact)
        return (
            contact,
            self._rows[contact]["date"],
            *(answers.get(criterion, "") for criterion in ASKED),
            *((verdict.track or "") if verdict else "" for verdict in tracks.values()),
            self.is_sorted(contact),
            self.is_compared(contact),
            self.note(contact),
        )


def invented(**criteria: str) -> Criteria:
    """Return criteria for an invented contact; what is not named is unknown, no third party sits there.

    Raises:
        UsageError: a criterion or value does not exist.
    """
    if wrong := [name for name in criteria if name not in ASKED]:
        raise UsageError(f"The criterion {wrong[0]!r} is not asked; use one of {', '.join(ASKED)}.")
    try:
        return Criteria(**criteria)
    except DataError as error:
        raise UsageError(str(error)) from None


def sketch(identity: str) -> Sketch:
    """Return one of the sketches.

    Raises:
        UsageError: there is no such sketch.
    """
    for known in SKETCHES:
        if known.id == identity:
            return known
    names = ", ".join(known.id for known in SKETCHES)
    raise UsageError(f"There is no sketch {identity!r}; use one of {names}.")


def reason_words(because: str) -> Text:
    """Return the words for a key of ``tracks.REASONS``."""
    return _in_both(f"tracks.reason_{because}")


def value_words(criterion: str, value: str) -> Text:
    """Return the name of a value of a criterion; both sides share the names of their standing."""
    kind = "status" if criterion.endswith("_status") else criterion
    return _in_both(f"tracks.{kind}_{value}")


def value_hint(criterion: str, value: str) -> Text:
    """Return what a value of a criterion means."""
    kind = "status" if criterion.endswith("_status") else criterion
    return _in_both(f"tracks.{kind}_{value}_hint")


def _in_both(key: str) -> Text:
    return Text(*(say(key, language) for language in LANGUAGES))


def _text(row: Row, name: str) -> Text:
    return Text(row[f"{name}_en"], row[f"{name}_de"])


def _definition(name: str, row: Row | None) -> Definition:
    if row is None:  # a dossier need not word every meaning
        return Definition(name, Text(name, name), Text("", ""), Text("", ""), ())
    return Definition(
        name, _text(row, "name"), _text(row, "text"), _text(row, "question"), split_list(row["sources"])
    )


def _invention(decision: Decision) -> Invention | None:
    """Read a kept invention out of its decision; what is torn or of another course is no invention."""
    if not decision.item.startswith(f"{INVENTED}-") or decision.field != CRITERIA_FIELD:
        return None
    pairs = dict(part.split("=", 1) for part in decision.value.split(";") if "=" in part)
    try:
        return Invention(decision.item, decision.note, invented(**pairs)) if pairs else None
    except UsageError:
        return None
