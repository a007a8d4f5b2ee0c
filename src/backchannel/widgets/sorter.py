"""The track sorter: criteria answered for a contact, its track under each definition, the course beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape

import pandas as pd

from backchannel import settling, tracks
from backchannel.dossier import Claim
from backchannel.errors import UsageError
from backchannel.settling import ASKED
from backchannel.sorting import (
    SKETCHES,
    Comparison,
    ContactCard,
    CourseReading,
    Sketch,
    SortSession,
    invented,
    reason_words,
    sketch,
)
from backchannel.tracks import CRITERIA, Criteria, Verdict, parting
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import LANGUAGES, say, section_words

_BLANK = "blank"
_MODES = ("contacts", "free")


class Sorter(BackchannelWidget):
    """Sort contacts by mouse, by keyboard or by function calls.

    The function calls ``answer``, ``note``, ``compare``, ``undo``, ``keep`` and ``forget`` do what the
    buttons do; ``go`` and ``invent`` show a contact of the dossier or one of your own; ``table``,
    ``tracks`` and ``comparison`` show what stands.
    """

    _esm = front("sorter")
    _css = style("sorter")
    section = "sorter"

    def __init__(self, session: SortSession) -> None:
        self.session = session
        self._mode = "contacts" if session.contacts else "free"
        self._contact = next((c for c in session.contacts if not session.is_sorted(c)), "")
        self._contact = self._contact or next(iter(session.contacts), "")
        self._criterion = self._first_needed()
        self._free, self._start, self._changed = invented(third_party="unknown"), _BLANK, False
        super().__init__(session.workspace, session.activity)

    def speak(self) -> None:
        """Take the words in the language of the workspace, those of the criteria and reasons among them."""
        super().speak()
        named = section_words("tracks", self.workspace.language)
        self.words = self.words | {f"tracks.{key}": word for key, word in named.items()}

    # --- function calls --------------------------------------------------------------------------------

    def answer(
        self, contact: str, criterion: str, value: str, *, confidence: str = "", note: str = ""
    ) -> None:
        """Answer one criterion for a contact; see ``SortSession.answer``."""
        self.session.answer(contact, criterion, value, confidence=confidence, note=note)
        self._show(contact)
        self.redraw()

    def note(self, contact: str, text: str) -> None:
        """Note something about a contact; see ``SortSession.write_note``."""
        self.session.write_note(contact, text)
        self.redraw()

    def compare(self, contact: str) -> None:
        """Ask for the course's reading of a contact; see ``SortSession.compare``."""
        self.session.compare(contact)
        self._show(contact)
        self.redraw()

    def undo(self) -> None:
        """Take the last decision back; see ``SortSession.undo``."""
        self._after_undo(self.session.undo())
        self.redraw()

    def go(self, contact: str, criterion: str = "") -> None:
        """Go to a contact, and to a criterion if one is named.

        Raises:
            UsageError: the contact is not among those to be sorted, or the criterion is not asked.
        """
        self.session.check(contact, criterion)
        self._show(contact, criterion)
        self.redraw()

    def invent(self, **criteria: str) -> pd.DataFrame:
        """Show an invented contact and return its track under each definition; see ``sorting.invented``.

        Columns: definition, track (empty where it cannot decide), because (a key of ``tracks.REASONS``).
        """
        self._free, self._start, self._changed = invented(**criteria), _BLANK, True
        self._mode = "free"
        self.redraw()
        return _table_of({name: tracks.track_under(name, self._free) for name in tracks.DEFINITIONS})

    def keep(self, title: str) -> str:
        """Keep the invented contact that is shown and return its id; see ``SortSession.keep``."""
        kept = self.session.keep(title, self._free)
        self._set_start(f"kept:{kept}")
        self.redraw()
        return kept

    def forget(self, invention: str) -> None:
        """Take an invented contact off the list; see ``SortSession.forget``."""
        self._forget(invention)
        self.redraw()

    def tracks(self, contact: str) -> pd.DataFrame:
        """Return the track of a contact under each definition with the student's answers so far.

        Columns: definition, track (empty while it waits or where it cannot decide), because.
        """
        return _table_of(self.session.tracks(contact))

    def table(self) -> pd.DataFrame:
        """Return the student's own sorting; see ``SortSession.table``."""
        return self.session.table()

    def comparison(self, contact: str) -> tuple[Comparison, ...]:
        """Return the own tracks beside the course's once it may be shown; see ``SortSession.comparison``."""
        return self.session.comparison(contact)

    # --- what the front-end may ask for ------------------------------------------------------------------

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {
            "answer": self._on_answer,
            "note": lambda m: self.session.write_note(m["contact"], m["value"], decision_id=m["id"]),
            "compare": lambda m: self.session.compare(m["contact"], decision_id=m["id"]),
            "undo": lambda m: self._after_undo(
                self.session.undo(expected=m.get("base", ""), decision_id=m["id"])
            ),
            "go": self._on_go,
            "step": lambda m: self._step(int(m["by"])),
            "turn": lambda m: self._turn(int(m["by"])),
            "mode": lambda m: self._set_mode(m["value"]),
            "start": lambda m: self._set_start(m["value"]),
            "set": lambda m: self._set(m["criterion"], m["value"]),
            "keep": self._on_keep,
            "forget": lambda m: self._forget(m["invention"], m["id"]),
        }

    def _on_answer(self, message: Message) -> None:
        contact, criterion = message["contact"], message["criterion"]
        first_time = not self.session.value(contact, criterion)
        self.session.answer(contact, criterion, message["value"], decision_id=message["id"])
        if first_time and (contact, criterion) == (self._contact, self._criterion):
            self._criterion = self._first_needed()

    def _on_go(self, message: Message) -> None:
        contact = message.get("contact") or self._contact
        self.session.check(contact, message.get("criterion", ""))
        self._show(contact, message.get("criterion", ""))

    def _on_keep(self, message: Message) -> None:
        criteria = invented(**{str(name): str(value) for name, value in message["criteria"].items()})
        kept = self.session.keep(message["title"], criteria, decision_id=message["id"])
        self._set_start(f"kept:{kept}")

    def standing_id(self, message: Message) -> str:
        """Return the id of the decision that a request would replace; other requests replace nothing."""
        field = {"answer": message.get("criterion", ""), "note": "note"}.get(message["action"], "")
        found = self.session.decision(message["contact"], field) if field else None
        return found.id if found else ""

    def _show(self, contact: str, criterion: str = "") -> None:
        self._mode, self._contact = "contacts", contact
        self._criterion = criterion or self._first_needed()

    def _first_needed(self) -> str:
        """Return the next criterion to answer, or an empty string where the answers suffice."""
        return next(iter(self.session.needed(self._contact)), "") if self._contact else ""

    def _step(self, by: int) -> None:
        """Go to the contact before or after this one."""
        contacts = self.session.contacts
        if contacts:
            self._show(contacts[(contacts.index(self._contact) + by) % len(contacts)])

    def _turn(self, by: int) -> None:
        """Go to the criterion before or after this one."""
        place = ASKED.index(self._criterion) if self._criterion else (-1 if by > 0 else 0)
        self._criterion = ASKED[(place + by) % len(ASKED)]

    def _after_undo(self, taken_back: object) -> None:
        item, field = getattr(taken_back, "item", ""), getattr(taken_back, "field", "")
        if item in self.session.contacts:
            self._show(item, field if field in ASKED else "")

    def _set_mode(self, mode: str) -> None:
        if mode not in _MODES:
            raise UsageError(f"There is no mode {mode!r}; use one of {', '.join(_MODES)}.")
        self._mode = mode if self.session.contacts else "free"

    def _set(self, criterion: str, value: str) -> None:
        self._free = invented(**{**settling.answers_of(self._free), criterion: value})
        self._changed = True

    def _set_start(self, start: str) -> None:
        kind, _, name = start.partition(":")
        if kind == "own":
            self._free = settling.criteria_of(self._own_answers(name))
        elif kind == "sketch":
            self._free = sketch(name).criteria
        elif kind == "kept":
            self._free = self.session.invention(name).criteria
        elif start == _BLANK:
            self._free = invented(third_party="unknown")
        else:
            raise UsageError(f"There is nothing to start from under {start!r}; choose from the list.")
        self._start, self._changed, self._mode = start, False, "free"

    def _own_answers(self, contact: str) -> Mapping[str, str]:
        self.session.check(contact)
        return self.session.answers(contact)

    def _forget(self, invention: str, decision_id: str = "") -> None:
        self.session.forget(invention, decision_id=decision_id)
        if self._start == f"kept:{invention}":
            self._start, self._changed = _BLANK, True

    # --- the screen ------------------------------------------------------------------------------------

    def draw(self) -> View:
        """Return the present screen: one contact with its criteria, or an invented one, and its tracks."""
        session = self.session
        session.refresh()
        free = self._mode == "free"
        return {
            "mode": self._mode,
            "progress": {
                "total": len(session.contacts),
                "sorted": session.sorted_count,
                "compared": session.compared_count,
            },
            "saved": session.saved_at,
            "reports": self.reports(),
            "undoable": session.undoable,
            "asked": {criterion: list(CRITERIA[criterion]) for criterion in ASKED},
            "contacts": [self._entry(contact) for contact in session.contacts],
            "unit": None if free else self._unit(),
            "free": self._free_view() if free else None,
            "definitions": self._definitions(),
            "parting": self._parting(),
            "reading": None if free else self._reading_view(),
        }

    def _entry(self, contact: str) -> View:
        return {
            "id": contact,
            "title": both(self.session.card(contact).title),
            "mark": self._mark(contact),
        }

    def _mark(self, contact: str) -> str:
        if self.session.is_compared(contact):
            return "compared"
        if self.session.is_sorted(contact):
            return "sorted"
        return "begun" if self.session.answers(contact) else ""

    def _unit(self) -> View:
        session, card = self.session, self.session.card(self._contact)
        needed, noted = session.needed(card.id), session.decision(card.id, "note")
        return {
            "contact": card.id,
            "title": both(card.title),
            "date": card.date,
            "precision": card.precision,
            "place": both(card.place) if card.place.en else None,
            "words": [
                {"label": word.label, "locator": word.locator, "word": word.word} for word in card.words
            ],
            "claims": [self._claim_view(claim) for claim in card.claims],
            "criterion": self._criterion,
            "criteria": [self._criterion_view(card.id, name, name in needed) for name in ASKED],
            "number": session.contacts.index(card.id) + 1,
            "sorted": not needed,
            "compared": session.is_compared(card.id),
            "note": session.note(card.id),
            "noteBase": noted.id if noted else "",
        }

    def _claim_view(self, claim: Claim) -> View:
        dossier = self.session.dossier
        return {
            "id": claim.id,
            "label": dossier.documents[claim.document].label,
            "locator": dossier.passages[claim.passage].locator,
            "text": both(claim.text),
            "quote": claim.quote,
        }

    def _criterion_view(self, contact: str, criterion: str, needed: bool) -> View:
        found = self.session.decision(contact, criterion)
        return {
            "id": criterion,
            "own": found.value if found else "",
            "base": found.id if found else "",
            "needed": needed,
        }

    def _verdicts(self) -> Mapping[str, Verdict | None]:
        if self._mode == "free":
            return {name: tracks.track_under(name, self._free) for name in tracks.DEFINITIONS}
        return self.session.tracks(self._contact)

    def _definitions(self) -> list[View]:
        verdicts = self._verdicts()
        compared = {} if self._mode == "free" else {c.definition: c for c in self._comparison()}
        return [
            {
                "id": definition.id,
                "name": both(definition.name),
                "text": both(definition.text),
                "question": both(definition.question),
                "sources": list(definition.sources),
                "own": self._verdict_view(verdicts[definition.id]),
                "course": self._course_view(compared.get(definition.id)),
            }
            for definition in self.session.definitions
        ]

    def _comparison(self) -> tuple[Comparison, ...]:
        return self.session.comparison(self._contact)

    def _verdict_view(self, verdict: Verdict | None) -> View | None:
        if verdict is None:
            return None
        name = self.session.track_name(verdict.track)
        return {
            "track": verdict.track or "",
            "name": both(name),
            "reason": both(reason_words(verdict.because)),
        }

    def _course_view(self, compared: Comparison | None) -> View | None:
        if compared is None:
            return None
        course = compared.course
        return {
            "track": course.track or "",
            "name": both(self.session.track_name(course.track)),
            "reason": both(course.reason),
            "same": compared.own.track == course.track,
            "madeIt": [list(names) for names in compared.made_it],
        }

    def _parting(self) -> list[View]:
        """Return the tracks with the definitions that give them, once all definitions are settled."""
        if any(verdict is None for verdict in self._verdicts().values()):
            return []
        criteria = self._free if self._mode == "free" else self._own_criteria(self._contact)
        names = {definition.id: definition.name for definition in self.session.definitions}
        return [
            {
                "track": track or "",
                "name": both(self.session.track_name(track)),
                "definitions": [both(names[name]) for name in given],
            }
            for track, given in parting(criteria).items()
        ]

    def _own_criteria(self, contact: str) -> Criteria:
        return settling.criteria_of(self.session.answers(contact))

    def _reading_view(self) -> View | None:
        reading = self.session.reading(self._contact)
        if reading is None:
            return None
        answers, course = self.session.answers(self._contact), settling.answers_of(reading.criteria)
        sides = [("us_status", reading.us_side), ("russian_status", reading.russian_side)]
        if reading.third_party.en:
            sides.append(("third_party", reading.third_party))
        return {
            "sides": [{"criterion": name, "text": both(text)} for name, text in sides],
            "note": both(reading.note) if reading.note.en else None,
            "status": reading.status,
            "checked": reading.checked,
            "sources": list(reading.sources),
            "rows": [
                {"criterion": name, "own": answers.get(name, ""), "course": course[name]} for name in ASKED
            ],
        }

    def _free_view(self) -> View:
        kind, _, name = self._start.partition(":")
        return {
            "criteria": settling.answers_of(self._free),
            "moves": {
                criterion: {value: list(names) for value, names in values.items()}
                for criterion, values in settling.moves(self._free).items()
            },
            "start": self._start,
            "starts": self._starts(),
            "changed": self._changed,
            "sketch": _sketch_view(sketch(name)) if kind == "sketch" else None,
            "kept": [{"id": one.id, "title": one.title} for one in self.session.inventions],
        }

    def _starts(self) -> list[View]:
        """Return what an invented contact may start from."""
        own = [contact for contact in self.session.contacts if self.session.answers(contact)]
        return [
            {"id": _BLANK, "kind": _BLANK, "title": None},
            *({"id": f"sketch:{one.id}", "kind": "sketch", "title": one.id} for one in SKETCHES),
            *(
                {"id": f"own:{one}", "kind": "own", "title": both(self.session.card(one).title)}
                for one in own
            ),
            *(
                {"id": f"kept:{one.id}", "kind": "kept", "title": dict.fromkeys(LANGUAGES, one.title)}
                for one in self.session.inventions
            ),
        ]

    # --- without scripts ---------------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return the contacts as a table with the own answers and tracks, and readings that may be shown."""
        parts = [
            html.words("h4", self._say("heading")),
            html.words("p", self._say("purpose" if self.session.contacts else "empty")),
        ]
        if self.session.contacts:
            header = [self._say(key) for key in ("contact", "answers", "tracks_title")]
            parts.append(html.table(header, (self._static_row(c) for c in self.session.contacts)))
        readings = ((contact, self.session.reading(contact)) for contact in self.session.contacts)
        parts += [self._static_reading(contact, reading) for contact, reading in readings if reading]
        parts += self._static_inventions()
        parts.append(html.words("p", self._say("static_note")))
        return html.tag("section", *parts)

    def _say(self, key: str, **fields: object) -> str:
        return say(f"sorter.{key}", self.workspace.language, **fields)

    def _static_row(self, contact: str) -> list[str]:
        language = self.workspace.language
        card, answers = self.session.card(contact), self.session.answers(contact)
        given = "; ".join(self._answer_text(name, value) for name, value in answers.items())
        verdicts = self.session.tracks(contact)
        return [
            f"{card.title.in_(language)} ({self._when(card)})",
            given or self._say("open"),
            self._tracks_text({name: v.track if v else "" for name, v in verdicts.items()}),
        ]

    def _when(self, card: ContactCard) -> str:
        """Return the date of a contact in the words that the live sorter uses."""
        if not card.date:
            return self._say("date_undated")
        return self._say("date_about", date=card.date) if card.precision == "about" else card.date

    def _answer_text(self, criterion: str, value: str) -> str:
        language = self.workspace.language
        kind = "status" if criterion.endswith("_status") else criterion
        return f"{say(f'tracks.{criterion}', language)}: {say(f'tracks.{kind}_{value}', language)}"

    def _tracks_text(self, given: Mapping[str, str | None]) -> str:
        """Write one track a definition; an empty string is a definition that still waits."""
        language = self.workspace.language
        found = []
        for definition in self.session.definitions:
            track = given[definition.id]
            name = self._say("waits") if track == "" else self.session.track_name(track).in_(language)
            found.append(f"{definition.name.in_(language)}: {name}")
        return "; ".join(found)

    def _static_reading(self, contact: str, reading: CourseReading) -> str:
        language = self.workspace.language
        title = f"{self._say('course_reading')}: {self.session.card(contact).title.in_(language)}"
        criteria = settling.answers_of(reading.criteria)
        lines = ["; ".join(self._answer_text(name, value) for name, value in criteria.items())]
        for definition in self.session.definitions:
            course = reading.tracks[definition.id]
            track = self.session.track_name(course.track).in_(language)
            lines.append(f"{definition.name.in_(language)}: {track} – {course.reason.in_(language)}")
        lines.append(reading.note.in_(language))
        items = [html.words("li", line) for line in lines if line]
        return html.tag("details", html.words("summary", title), html.tag("ul", *items))

    def _static_inventions(self) -> Iterable[str]:
        if not self.session.inventions:
            return []
        items = [
            html.tag("li", html.words("strong", one.title), escape(f": {self._invention_text(one.criteria)}"))
            for one in self.session.inventions
        ]
        return [html.words("p", self._say("kept_title")), html.tag("ul", *items)]

    def _invention_text(self, criteria: Criteria) -> str:
        return self._tracks_text(
            {name: tracks.track_under(name, criteria).track for name in tracks.DEFINITIONS}
        )


def _sketch_view(one: Sketch) -> View:
    return {"id": one.id, "checked": one.checked}


def _table_of(verdicts: Mapping[str, Verdict | None]) -> pd.DataFrame:
    rows = [(name, (v.track or "") if v else "", v.because if v else "") for name, v in verdicts.items()]
    return pd.DataFrame(rows, columns=["definition", "track", "because"])
