"""The portfolio: all that a student did in the course, from the dossier and the journal alone.

``Binder`` opens every activity of every lesson once and reads its state whenever it is asked. ``Portfolio``
is what it finds at one moment. What of the course's reading it holds is what the activities themselves would
show at that moment. Lines of the journal that no activity of the lessons shows (own names, older versions,
unknown items) are counted at the end, so that nothing a student did is lost or stops the rest.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd

from backchannel import sessions
from backchannel.before_after import BeforeAndAfter, Pair
from backchannel.dates import moment, written
from backchannel.dossier import Activity, Dossier
from backchannel.errors import UsageError
from backchannel.journal import RETRACTION, Decision
from backchannel.labelling import BLOCK, STARTED
from backchannel.portfolio import contents
from backchannel.portfolio.blocks import Block, Line
from backchannel.portfolio.contents import Part, Progress
from backchannel.quiz import Item, QuizSession, activity_of, all_items, pick
from backchannel.words import Language, Text, say
from backchannel.workspace import ACTIVITY, SETTINGS, TEXT, Workspace

State = Literal["nothing", "not_begun", "begun", "complete"]

OWN_COURSE = "backchannel-dossier"  # in datapackage.json; how its labels were made is known here


@dataclass(frozen=True)
class Entry:
    """One activity: how far it is, when it was last worked on, and what a reader may see of it."""

    id: str
    lesson: str
    kind: str
    title: str
    done: int
    total: int
    state: State
    at: str
    content: tuple[Block, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Lesson:
    """One lesson with its activities, and how many decisions were saved in it from when to when.

    What is optional has its place and counts for nothing, unless nothing else is there to tell a state by.
    """

    id: str
    title: str
    question: str
    entries: tuple[Entry, ...]
    decisions: int
    first: str
    last: str

    @property
    def complete(self) -> int:
        """How many of its activities are complete."""
        return sum(entry.state == "complete" for entry in self.required)

    @property
    def required(self) -> tuple[Entry, ...]:
        """The activities that are not optional."""
        return tuple(entry for entry in self.entries if not entry.optional)

    @property
    def state(self) -> State:
        """The state of all its activities together; ``nothing`` where there are none."""
        states = {entry.state for entry in self.required or self.entries}
        if not states:
            return "nothing"
        return next(iter(states)) if len(states) == 1 else "begun"


@dataclass(frozen=True)
class Other:
    """Standing decisions that no activity of the lessons shows; texts among them stand here.

    ``at`` is the latest time among them that can be read, or empty.
    """

    activity: str
    count: int
    at: str
    written: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """An activity that is not complete."""

    lesson: str
    lesson_title: str
    title: str
    done: int
    total: int
    state: State


@dataclass(frozen=True)
class CourseCard:
    """Which course it was. ``own`` says that it is ours and no dossier made by somebody else."""

    title: str
    version: str
    codebook: str
    own: bool


@dataclass(frozen=True)
class Portfolio:
    """All a student did, as it stands at one moment. ``pairs`` are empty until both tests may be shown."""

    student: str
    at: str
    lessons: tuple[Lesson, ...]
    others: tuple[Other, ...]
    pairs: tuple[Pair, ...]
    language: Language
    course: CourseCard
    decisions: int
    reports: tuple[str, ...]

    def what_is_open(self) -> tuple[Step, ...]:
        """Return the next steps in the order of the lessons, the first open activity first."""
        return open_steps(self.lessons)

    @property
    def activities(self) -> int:
        """How many activities the lessons have."""
        return sum(len(lesson.required) for lesson in self.lessons)


def open_steps(lessons: tuple[Lesson, ...]) -> tuple[Step, ...]:
    """Return the activities of these lessons that are not complete, in order."""
    return tuple(
        Step(lesson.id, lesson.title, entry.title, entry.done, entry.total, entry.state)
        for lesson in lessons
        for entry in lesson.required
        if entry.state != "complete"
    )


@dataclass(frozen=True)
class _Slot:
    """A place in a lesson: an activity with its part."""

    id: str
    lesson: str
    kind: str
    title: Text
    part: Part
    optional: bool = False


_SHOWN: Mapping[str, Callable[[Dossier, Workspace, str], Part]] = {
    "labels": lambda *place: contents.labels(sessions.labels(*place)),
    "chains": lambda *place: contents.chains(sessions.chains(*place)),
    "sorter": lambda *place: contents.sorter(sessions.sorter(*place)),
    "coverage": lambda *place: contents.grid(sessions.coverage(*place)),
    "hypotheses": lambda *place: contents.grid(sessions.hypotheses(*place)),
    "elements": lambda *place: contents.grid(sessions.elements(*place)),
    "debate": lambda *place: contents.debate(sessions.debate(*place)),
}
"""What is shown of each kind of activity that has a session of its own."""


class Binder:
    """Every activity of the lessons over one student's journal, opened once and read at any time.

    Args:
        dossier: the course data.
        workspace: where the journal lies.
    """

    def __init__(self, dossier: Dossier, workspace: Workspace) -> None:
        self.dossier, self.workspace = dossier, workspace
        items = all_items(dossier)
        self.tests = BeforeAndAfter(dossier, workspace, items)
        self._slots = tuple(self._all_slots(items))
        self._by_activity = {slot.id: slot for slot in self._slots}
        self._rows: list[tuple[str, str]] = []
        self._seen, self._generation = 0, object()

    # --- which activities there are ------------------------------------------------------------------

    def _all_slots(self, items: tuple[Item, ...]) -> Iterator[_Slot]:
        lessons = tuple(self.dossier.lessons)
        for lesson in lessons:
            yield from self._quiz_slot("predict", lesson, items)
            for activity in self.dossier.activities.values():
                if activity.lesson == lesson:
                    part = self._part(activity, items)
                    yield _Slot(activity.id, lesson, activity.kind, activity.title, part, activity.optional)
            yield from self._quiz_slot("check", lesson, items)
            if lesson == lessons[0]:
                yield from self._test_slot("pre", lesson)
            if lesson == lessons[-1]:
                yield from self._test_slot("post", lesson)

    def _quiz_slot(self, form: str, lesson: str, items: tuple[Item, ...]) -> Iterator[_Slot]:
        asked = [item for item in items if (item.form, item.lesson) == (form, lesson)]
        if asked:
            name = activity_of(form, lesson)
            session = QuizSession(self.workspace, activity=name, items=asked)
            yield _Slot(name, lesson, form, _form_title(form), contents.questions(session))

    def _test_slot(self, form: str, lesson: str) -> Iterator[_Slot]:
        if self.tests.sessions[form].items:
            part = contents.test(self.tests, form)
            yield _Slot(activity_of(form), lesson, form, _form_title(form), part)

    def _part(self, activity: Activity, items: tuple[Item, ...]) -> Part:
        """Open an activity; one that cannot be opened with what the dossier has keeps its place."""
        try:
            return self._opened(activity, items)
        except UsageError as error:
            return _closed(str(error))

    def _opened(self, activity: Activity, items: tuple[Item, ...]) -> Part:
        dossier, workspace, name = self.dossier, self.workspace, activity.id
        if activity.kind == "writing":
            return contents.writing(workspace, name, dict(dossier.prompts[name]))
        if activity.kind == "questions":
            asked = pick(items, activity.items)
            return contents.questions(QuizSession(workspace, activity=name, items=asked))
        return _SHOWN[activity.kind](dossier, workspace, name)

    # --- what stands ---------------------------------------------------------------------------------

    def lessons(self, language: Language) -> tuple[Lesson, ...]:
        """Return all lessons as they stand now, without their content."""
        return self.overview(language)[0]

    def others(self) -> tuple[Other, ...]:
        """Return what stands in the journal and no activity of the lessons shows, in the order it came."""
        self.workspace.journal.refresh()
        return _others(self._sorted_out()[1])

    def overview(self, language: Language) -> tuple[tuple[Lesson, ...], int]:
        """Return all lessons without their content, and how many standing decisions none of them shows."""
        self.workspace.journal.refresh()
        shown, left = self._sorted_out()
        return self._lessons(language, shown), sum(map(len, left.values()))

    def _sorted_out(self) -> tuple[Counter[str], dict[str, list[Decision]]]:
        """Return how many standing decisions each activity shows, and those that none does, in one walk."""
        shown: Counter[str] = Counter()
        left: dict[str, list[Decision]] = {}
        for decision in self.workspace.journal.state.standing():
            activity = decision.activity
            setting = activity == ACTIVITY and decision.field in SETTINGS
            if setting or not _says_something(decision):
                continue
            slot = self._by_activity.get(activity)
            if slot and slot.part.knows(decision):
                shown[activity] += 1
            else:
                left.setdefault(activity, []).append(decision)
        return shown, left

    def _lessons(
        self, language: Language, shown: Counter[str], with_content: bool = False
    ) -> tuple[Lesson, ...]:
        times: dict[str, list[str]] = {}
        for lesson, at in self._saved():
            times.setdefault(lesson, []).append(at)
        found = []
        for card in self.dossier.lessons.values():
            entries = tuple(
                self._entry(slot, language, slot.id in shown, with_content)
                for slot in self._slots
                if slot.lesson == card.id
            )
            saved = times.get(card.id, [])
            found.append(
                Lesson(
                    card.id,
                    card.title.in_(language),
                    card.question.in_(language),
                    entries,
                    len(saved),
                    min(saved, default=""),
                    max(saved, default=""),
                )
            )
        return tuple(found)

    def _entry(self, slot: _Slot, language: Language, touched: bool, with_content: bool) -> Entry:
        progress = slot.part.progress()
        state: State = "begun" if touched or progress.done else "not_begun"
        shown = with_content and (state != "not_begun" or not progress.total)
        return Entry(
            slot.id,
            slot.lesson,
            slot.kind,
            slot.title.in_(language),
            progress.done,
            progress.total,
            "complete" if progress.complete else state,
            self.workspace.saved_at(slot.id),
            slot.part.content(language) if shown else (),
            slot.optional,
        )

    def decisions(self) -> pd.DataFrame:
        """Return every decision ever saved in an activity of a lesson, as ``charts.path`` takes them.

        Columns: lesson, at. A decision that was changed or taken back counts as often as it was saved; one
        whose time cannot be read is left out.
        """
        return pd.DataFrame(self._saved(), columns=["lesson", "at"])

    def _saved(self) -> list[tuple[str, str]]:
        """Return lesson and time of each decision; only lines that are new in the journal are read."""
        journal = self.workspace.journal
        if self._generation is not journal.generation:
            self._rows, self._seen, self._generation = [], 0, journal.generation
        for decision in journal.decisions_after(self._seen):
            slot, at = self._by_activity.get(decision.activity), moment(decision.at)
            begins = (decision.item, decision.field) == (BLOCK, STARTED)  # written by the labeller itself
            if slot and at and decision.field != RETRACTION and not begins:
                self._rows.append((slot.lesson, written(at)))
        self._seen = journal.count
        return self._rows

    # --- the portfolio -------------------------------------------------------------------------------

    def portfolio(self, at: datetime) -> Portfolio:
        """Return the portfolio of this moment, in the language of the workspace.

        Raises:
            JournalError: the journal exists and cannot be read.
        """
        workspace, language = self.workspace, self.workspace.language
        workspace.journal.refresh()
        shown, left = self._sorted_out()
        return Portfolio(
            student=" ".join(workspace.student.split()),
            at=written(at),
            lessons=self._lessons(language, shown, with_content=True),
            others=_others(left),
            pairs=self.tests.pairs,
            language=language,
            course=course_card(self.dossier),
            decisions=workspace.journal.count,
            reports=tuple(str(report) for report in workspace.journal.reports),
        )


def course_card(dossier: Dossier) -> CourseCard:
    """Say which course some course data is of."""
    package = json.loads((dossier.folder / "datapackage.json").read_text(encoding="utf-8"))
    return CourseCard(
        str(package.get("title") or package["name"]),
        str(package.get("version", "")),
        dossier.codebook.version,
        package["name"] == OWN_COURSE,
    )


def build_portfolio(dossier: Dossier, workspace: Workspace, at: datetime) -> Portfolio:
    """Build the portfolio from the course data and the journal; see ``Binder.portfolio``."""
    return Binder(dossier, workspace).portfolio(at)


def _others(left: Mapping[str, list[Decision]]) -> tuple[Other, ...]:
    return tuple(
        Other(
            activity,
            len(decisions),
            _latest(decision.at for decision in decisions),
            tuple((d.item, d.value) for d in decisions if d.field == TEXT and d.value.strip()),
        )
        for activity, decisions in left.items()
    )


def _latest(times: Iterable[str]) -> str:
    """Return the latest moment that can be read, or an empty string."""
    found = [at for at in map(moment, times) if at]
    return written(max(found)) if found else ""


def _form_title(form: str) -> Text:
    return Text(say(f"portfolio.form_{form}", "en"), say(f"portfolio.form_{form}", "de"))


def _says_something(decision: Decision) -> bool:
    """Say whether a standing decision is more than a field that was emptied again."""
    return bool(decision.value.strip() or decision.note.strip())


def _closed(sentence: str) -> Part:
    """Return the part of an activity that cannot be opened; its lines are counted among the others."""
    return Part(
        lambda: Progress(0, 0, complete=False),
        lambda _decision: False,
        lambda _language: (Line(sentence, language="en"),),
    )
