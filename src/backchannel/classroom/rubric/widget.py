"""Marking in a notebook: one answer at a time beside its rubric, by keyboard, mouse or function calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from backchannel.classroom.folder import find_class
from backchannel.classroom.rubric.comment_bank import LONGEST, BankComment, CommentBank
from backchannel.classroom.rubric.prose import blocks, legible
from backchannel.classroom.rubric.session import MARKING, RubricSession
from backchannel.classroom.rubric.written_answers import Answer, Mark, Seen, Spread, State
from backchannel.classroom.rubric.written_tasks import WrittenTask
from backchannel.dossier import load_dossier
from backchannel.errors import BackchannelError, NotReadyError, UsageError
from backchannel.exercises import find_exercise_key
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import Language, say
from backchannel.workspace import Workspace, find_workspace, shown

Filter = Literal["open", "again", "all"]

ACTIVITY = "rubric"
FILTERS: Mapping[Filter, tuple[State, ...]] = {
    "open": ("open",),
    "again": ("again",),
    "all": ("open", "again", "marked", "nothing"),
}
TO_DO: tuple[State, ...] = ("open", "again")
LONGEST_SHOWN = 200_000  # characters; the notebook itself holds the rest


class RubricGrading(BackchannelWidget):
    """Mark written answers; the functions do what the keys do, for people and places without JavaScript.

    Names are pseudonyms until real ones are asked for, and nothing that could tell a name reaches the page
    before. What the cell leaves in a saved notebook is a count of answers, never an answer or a name.

    Args:
        session: the answers of a class.
    """

    _esm = front("rubric")
    _css = style("rubric")
    section = "rubric"

    def __init__(self, session: RubricSession) -> None:
        self.session, self.written = session, session.written
        self._task = self._student = ""
        self._filter: Filter = "open"
        self._queue: tuple[str, ...] = ()
        self._real = False
        self._missing = ""
        self._begin()
        super().__init__(session.workspace, ACTIVITY)

    @property
    def bank(self) -> CommentBank:
        """The comment bank of the class."""
        return self.session.bank

    # --- function calls ------------------------------------------------------------------------------

    def tasks(self) -> pd.DataFrame:
        """Return the written tasks with answers, a row each.

        Columns: task, title, answers, to_mark, again (to look at again), marked, nothing (written).

        Raises:
            NotReadyError: nothing was graded yet.
        """
        self._require()
        rows = [
            (task.id, task.title.in_(self.workspace.language), sum(counts.values()), *counts.values())
            for task in self.written.with_answers()
            for counts in [_counts(self.written.answers(task.id))]
        ]
        return pd.DataFrame(
            rows, columns=["task", "title", "answers", "to_mark", "again", "marked", "nothing"]
        )

    def answers(self, task: str, *, names: bool = False) -> pd.DataFrame:
        """Return the answers to a task, a row each.

        Columns: student (a pseudonym; with ``names`` the name), state, points (missing where not marked),
        comment, words, text.

        Raises:
            NotReadyError: nothing was graded yet.
            UsageError: there is no such task.
        """
        self._require()
        called = self.written.names(real=names)
        rows = [
            (
                called[one.student],
                one.state,
                one.mark.points,
                one.mark.comment,
                len(one.text.split()),
                legible(one.text),
            )
            for one in self.written.answers(self.written.task(task).id)
        ]
        table = pd.DataFrame(rows, columns=["student", "state", "points", "comment", "words", "text"])
        return table.astype({"points": float})

    def text(self, task: str, student: str) -> str:
        """Return what a student wrote, with everything invisible named.

        Raises:
            UsageError: there is no such task or student.
            NotReadyError: nothing was graded yet.
        """
        self._require()
        return legible(self.written.answer(self.written.task(task).id, self.written.student(student)).text)

    def give(self, task: str, student: str, points: float | None, comment: str | None = None) -> None:
        """Give an answer points and a comment.

        Args:
            task: such as ``ex03-3``.
            student: pseudonym, name or id.
            points: None takes them back.
            comment: None leaves the one that stands.

        Raises:
            UsageError: there is no such task or student, or the task does not give such points.
            NotReadyError: the answer was not graded yet.
            JournalError: it could not be saved; trying again is safe.
        """
        self._require()
        answer = self.written.answer(self.written.task(task).id, self.written.student(student))
        words = answer.mark.comment if comment is None else comment
        self.session.give(task, answer.student, Mark(points, words))
        self.redraw()

    def undo(self) -> None:
        """Take the last mark back that was given since this cell was run.

        Raises:
            UsageError: there is none, or somebody else marked the answer since.
            JournalError: it could not be saved; trying again is safe.
        """
        self._require()
        self.session.undo()
        self.redraw()

    def use_language(self, language: str) -> None:
        """Choose the language of this page, ``en`` or ``de``, for all who mark in this class.

        Raises:
            UsageError: the course does not speak it.
            JournalError: it could not be saved.
        """
        self.workspace.use_language(language)
        self.speak()
        self.redraw()

    def _require(self) -> None:
        self.written.refresh()
        if not self.written.with_answers():
            raise NotReadyError(say("rubric.no_answers", "en"))

    # --- what the front-end may ask for --------------------------------------------------------------

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        bank = self.bank
        return {
            "give": self._on_give,
            "undo": self._on_undo,
            "next": lambda m: self._step(1),
            "previous": lambda m: self._step(-1),
            "go": lambda m: self._go(self._known(m["answer"])),
            "task": lambda m: self._choose(m["value"], self._filter),
            "filter": lambda m: self._choose(self._task, m["value"]),
            "names": self._on_names,
            "language": lambda m: self.use_language(m["value"]),
            "bank_add": lambda m: _no_answer(bank.add(m["text"], m["task"], int(m.get("used", 0)))),
            "bank_edit": lambda m: bank.edit(m["comment"], m["text"], m["task"]),
            "bank_drop": lambda m: bank.drop(m["comment"]),
            "bank_use": lambda m: bank.use(m["comment"]),
        }

    def _on_give(self, message: Message) -> None:
        task, student = message["task"], self._known(message["answer"])
        seen = Seen(_mark_of(message["base"]), message["seen"])
        self.session.give(task, student, _mark_of(message), seen=seen, decision_id=message["id"])
        if (task, student) == (self._task, self._student):
            self._go_on()

    def _on_undo(self, message: Message) -> None:
        step = self.session.undo(expected=message.get("base", ""), decision_id=message["id"])
        if step is None:
            return
        if step.task != self._task or step.student not in self._queue:
            self._choose(step.task, "all")
        self._go(step.student)

    def _on_names(self, message: Message) -> None:
        self._real = bool(message["value"])

    def _known(self, token: str) -> str:
        """Return the student whom a name on the page means."""
        for student in self.written.names(real=False):
            if self.written.token(student) == token:
                return student
        raise UsageError("This answer is no longer in the gradebook; run the cell again.")

    # --- where we are --------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Go to the first task that has something to mark, or say what is missing."""
        try:
            self.written.refresh()
        except NotReadyError:
            self._missing = "no_class"
            return
        tasks = self.written.with_answers()
        self._missing = "" if tasks else "no_answers"
        if tasks:
            self._choose(*self._first_to_do(tasks))

    def _first_to_do(self, tasks: tuple[WrittenTask, ...]) -> tuple[str, Filter]:
        """Return the first task with answers to mark, else to look at again, and the filter for them."""
        order: tuple[Filter, ...] = ("open", "again")
        for name in order:
            for task in tasks:
                if any(one.state == name for one in self.written.answers(task.id)):
                    return task.id, name
        return tasks[0].id, "all"

    def _choose(self, task: str, name: str) -> None:
        """Choose task and filter; the queue is what passes now, so that marking does not move it about."""
        chosen = next((known for known in FILTERS if known == name), None)
        if chosen is None:
            raise UsageError(f"There is no filter {name!r}; use one of {', '.join(FILTERS)}.")
        self._task, self._filter = self.written.task(task).id, chosen
        self.written.refresh()
        answers = self.written.answers(task)
        self._queue = tuple(one.student for one in answers if one.state in FILTERS[self._filter])
        first = next((one.student for one in answers if one.student in self._queue and _is_open(one)), "")
        self._go(first or next(iter(self._queue), ""))

    def _go(self, student: str) -> None:
        self._student = student

    def _step(self, by: int) -> None:
        """Go to the answer before or after this one in the queue, round and round."""
        if self._queue:
            here = self._queue.index(self._student) if self._student in self._queue else -1
            self._go(self._queue[(here + by) % len(self._queue)])

    def _go_on(self) -> None:
        """Go to the next answer of the queue with something to do; stay where there is none."""
        here = self._queue.index(self._student) if self._student in self._queue else -1
        ahead = (*self._queue[here + 1 :], *self._queue[: max(here, 0)])
        to_do = {one.student for one in self.written.answers(self._task) if _is_open(one)}
        found = next((student for student in ahead if student in to_do), None)
        if found is None and self._filter == "all":
            found = self._queue[(here + 1) % len(self._queue)] if self._queue else ""
        self._go(found or self._student)

    # --- the screen ----------------------------------------------------------------------------------

    def draw(self) -> View:
        """Return what is on the screen: one answer, its rubric, the bank, how far it is."""
        try:
            self.written.refresh()
        except NotReadyError:
            self._missing = "no_class"
        else:
            if self._missing:
                self._begin()
        if self._missing:
            return {"missing": self._missing, "folder": shown(self.session.folder.root), "reports": []}
        task, answers = self.written.task(self._task), self.written.answers(self._task)
        counts, step = _counts(answers), self.session.last_step
        called = self.written.names(real=self._real)
        bank, problems = self._bank()
        return {
            "missing": "",
            "tasks": [self._task_view(one) for one in self.written.with_answers()],
            "task": task.id,
            "filter": self._filter,
            "filters": [{"id": name, "count": sum(counts[s] for s in FILTERS[name])} for name in FILTERS],
            "named": self._real,
            "counts": counts,
            "total": len(answers),
            "spread": _spread_view(self.written.spread(task.id)),
            "queue": [
                {"id": self.written.token(one.student), "label": called[one.student], **_short(one)}
                for one in answers
                if one.student in self._queue
            ],
            "answer": self._answer_view(task, answers, called),
            "levels": [
                {"name": level.name, "points": level.points, "text": both(level.text)}
                for level in task.levels
            ],
            "points": task.points,
            "wording": _prose_view(task.wording),
            "sample": _prose_view(task.sample),
            "bank": [_bank_view(comment) for comment in bank],
            "longest": LONGEST,
            "saved": self.workspace.saved_at(task.id),
            "undo": {"id": step.id, "label": called.get(step.student, "")} if step else None,
            "reports": [*self.written.reports, *self.written.unreadable(task.id), *problems],
        }

    def _bank(self) -> tuple[tuple[BankComment, ...], tuple[str, ...]]:
        """Return the comments for this task; a file that cannot be read stops nobody from marking."""
        try:
            return self.bank.of(self._task), ()
        except BackchannelError as problem:
            return (), (str(problem),)

    def _task_view(self, task: WrittenTask) -> View:
        done, total = self.written.progress(task.id)
        return {"id": task.id, "title": both(task.title), "done": done, "total": total}

    def _answer_view(
        self, task: WrittenTask, answers: tuple[Answer, ...], called: Mapping[str, str]
    ) -> View | None:
        found = next((one for one in answers if one.student == self._student), None)
        if found is None:
            return None
        text = found.text[:LONGEST_SHOWN]
        words = " ".join(found.text.split()).casefold()
        return {
            "id": self.written.token(found.student),
            "label": called[found.student],
            "number": self._queue.index(found.student) + 1 if found.student in self._queue else 0,
            "of": len(self._queue),
            **_short(found),
            "comment": found.mark.comment,
            "text": _prose_view(text),
            "cut": len(found.text) - len(text),
            "words": len(found.text.split()),
            "asked": list(task.words or ()),
            "seen": found.fingerprint,
            "findings": [legible(finding) for finding in found.findings],
            "twins": [
                {"label": called[one.student], "points": one.mark.points}
                for one in answers
                if words and one.student != found.student
                if " ".join(one.text.split()).casefold() == words
            ],
        }

    # --- without scripts -----------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return how far the marking is, without an answer or a name: this is what a saved notebook holds."""
        language = self.workspace.language

        def told(key: str) -> str:
            return say(f"rubric.{key}", language)

        parts = [html.words("h4", told("title"))]
        if self._missing:
            return html.tag("section", *parts, html.words("p", told(self._missing)))
        header = [
            told(f"column_{name}") for name in ("task", "answers", "open", "again", "marked", "nothing")
        ]
        rows = [
            [_title(task, language), *map(str, (sum(counts.values()), *counts.values()))]
            for task in self.written.with_answers()
            for counts in [_counts(self.written.answers(task.id))]
        ]
        return html.tag("section", *parts, html.table(header, rows), html.words("p", told("static_note")))


def open_grading(folder: Path | None = None) -> RubricGrading:
    """Open the marking of a class.

    Args:
        folder: of the class; by default that of ``BACKCHANNEL_CLASS``, else ``class/`` in the course.

    Raises:
        UsageError: the place is none for a class.
        NotReadyError: the key of the exercises is not here, as with students.
        DataError: course data, key or journal of the marking cannot be read.
    """
    place = find_class(folder)
    dossier = load_dossier(place.project / "course_data")
    key = find_exercise_key(dossier)
    if key is None:
        raise NotReadyError(
            f"The key of the exercises is not in {place.project / 'solutions'}, so nothing can be marked; "
            "open this notebook in the course that instructors have."
        )
    course = Workspace(find_workspace(dossier.folder), dossier.codebook.version)
    return RubricGrading(RubricSession(place, Workspace(place.root / MARKING, settings_of=course), key))


def _is_open(answer: Answer) -> bool:
    return answer.state in TO_DO


def _counts(answers: tuple[Answer, ...]) -> dict[State, int]:
    return {state: sum(one.state == state for one in answers) for state in FILTERS["all"]}


def _no_answer(_: object) -> None:
    """Drop what a request returns; the front-end sees it when the screen is drawn."""


def _mark_of(message: Message) -> Mark:
    points = message["points"]
    return Mark(None if points is None else float(points), str(message["comment"]))


def _title(task: WrittenTask, language: Language) -> str:
    return f"{task.id}: {task.title.in_(language)}"


def _short(answer: Answer) -> View:
    return {"state": answer.state, "points": answer.mark.points}


def _prose_view(text: str) -> list[dict[str, Any]]:
    return [
        {
            "kind": block.kind,
            "cells": [[[run.text, run.form] for run in cell] for cell in block.cells],
            "mark": block.mark,
            "depth": block.depth,
        }
        for block in blocks(text)
    ]


def _bank_view(comment: BankComment) -> View:
    return {"id": comment.id, "task": comment.task, "text": comment.text, "used": comment.used}


def _spread_view(spread: Spread) -> View:
    return {
        "counts": [{"points": points, "n": number} for points, number in spread.counts],
        "mean": spread.mean,
        "median": spread.median,
        "latest": spread.latest,
    }
