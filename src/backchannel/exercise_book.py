"""The door for the exercises: ``from backchannel import open_exercise``.

The same notebook serves three readers. A *student* gets a widget for each task that a machine marks, on a
journal beside the notebook, and hears how much is answered. *nbgrader* reads a number from the cell that
follows, which is made of the journal and the key where the key is at hand, and is 0 elsewhere. An *author*
solves the master with the key, so that solutions stand in no notebook.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path

from backchannel.dossier import Dossier, load_dossier
from backchannel.exercises import (
    Answered,
    Exercise,
    Key,
    answered,
    find_exercise_key,
    label_session,
    load_exercise,
    mark,
    question_session,
    require_key,
)
from backchannel.hand_in import HandIn, journal_lines
from backchannel.originals import find_originals
from backchannel.widgets import Labeller, Quiz, Reader
from backchannel.widgets.kit import View
from backchannel.words import Language, say
from backchannel.workspace import Workspace, find_workspace


class Points(float):
    """Points of a task; a person sees how much is answered, nbgrader the number.

    Where a grade cell shows nothing that is a number, nbgrader gives all its points.
    """

    found: Answered
    language: Language

    @classmethod
    def of(cls, points: float, found: Answered, language: Language) -> Points:
        """Return points with what is answered."""
        made = cls(points)
        made.found, made.language = found, language
        return made

    @property
    def sentence(self) -> str:
        """What a person is told: how much is answered, never what is right."""
        found = self.found
        key = "exercise.all_answered" if found.done == found.total else "exercise.answered"
        return say(key, self.language, done=found.done, total=found.total)

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


class ExerciseLabeller(Labeller):
    """The labeller of an exercise: labels may change until they are handed in, and no reference follows."""

    def draw(self) -> View:
        """Return the present screen, without the button that closes a block of a lesson."""
        view = super().draw()
        return view | {"canFinish": False, "done": "exercise" if view["canFinish"] else view["done"]}


@dataclass(frozen=True)
class ExerciseBook:
    """One exercise and the journal beside its notebook."""

    dossier: Dossier
    workspace: Workspace
    exercise: Exercise

    def task(self, name: str) -> Labeller | Quiz:
        """Return the widget of a task that a machine marks.

        Raises:
            UsageError: the exercise has no such task, or it is written into the notebook.
        """
        task = self.exercise.task(name)
        if task.kind == "labels":
            return ExerciseLabeller(label_session(self.dossier, self.workspace, task))
        return Quiz(question_session(self.dossier, self.workspace, task))

    @cached_property
    def _key(self) -> Key | None:
        return find_exercise_key(self.dossier)

    def points(self, name: str) -> Points:
        """Return the points of a task: 0 where the key is not at hand, as with students."""
        task = self.exercise.task(name)
        found = answered(self.dossier, self.workspace, task)
        gained = mark(self._key, self.workspace, task).points if self._key else 0.0
        return Points.of(gained, found, self.workspace.language)

    def reader(self, document: str) -> Reader:
        """Return the reader for a document, without the chains of claims that exercises may ask about.

        Raises:
            UsageError: there is no such document.
        """
        attributions, claims = self.dossier.tables["attributions"], self.dossier.claims
        open_ones = [not claims[claim].held_back for claim in attributions["claim"]]
        shown = replace(self.dossier, tables={**self.dossier.tables, "attributions": attributions[open_ones]})
        texts = find_originals(shown).texts(shown.passages_of(document))
        return Reader(shown, self.workspace, document, texts)

    def hand_in(self) -> HandIn:
        """Say how much is answered and what to hand in, and let the notebook carry the answers.

        Raises:
            JournalError: the journal exists and cannot be read.
        """
        self.workspace.journal.refresh()
        found = tuple(answered(self.dossier, self.workspace, task) for task in self.exercise.tasks)
        lines = journal_lines(self.workspace.journal.path)
        return HandIn(self.exercise, found, lines, self.workspace.language)

    def solve(self, name: str) -> None:
        """Answer a task from the key; for masters of exercises, not for students.

        Raises:
            NotReadyError: the key is not here.
        """
        key, task = self._key or require_key(self.dossier), self.exercise.task(name)
        if task.kind == "labels":
            labels = label_session(self.dossier, self.workspace, task)
            for claim in task.items:
                for dimension in task.dimensions:
                    labels.label(claim, dimension, key.dossier.references[claim, dimension][0].label)
        else:
            questions = question_session(self.dossier, self.workspace, task)
            for item in questions.items:
                questions.answer(item.id, key.right(item).id)

    def __repr__(self) -> str:
        """Say in one line which exercise this is and how far it is answered."""
        language = self.workspace.language
        return say(
            "exercise.welcome",
            language,
            number=self.exercise.id,
            title=self.exercise.title.in_(language),
            minutes=self.exercise.minutes,
            points=self.exercise.points,
            who=self.workspace.student or say("course.nobody", language),
        )


def open_exercise(number: str, folder: Path | None = None) -> ExerciseBook:
    """Open an exercise on the journal beside its notebook.

    Args:
        number: of its lesson, such as ``03``.
        folder: where the journal lies; the folder of the notebook by default.

    Raises:
        UsageError: there is no such exercise.
        DataError: the course data is missing or wrong.
        JournalError: the journal exists and cannot be read.
    """
    dossier = load_dossier()
    version = dossier.codebook.version
    course = Workspace(find_workspace(dossier.folder), version)
    place = folder or Path(os.environ.get("BACKCHANNEL_EXERCISES") or Path.cwd())
    return ExerciseBook(dossier, Workspace(place, version, course), load_exercise(dossier, number))
