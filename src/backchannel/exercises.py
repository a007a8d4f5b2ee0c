"""Graded exercises: their tasks, a student's answers on the journal, and marks where the key is at hand.

What an exercise asks stands in the course data (``exercises.csv``, ``tasks.csv``, questions of the form
``exercise``). What is right does not: the labels of the claims held back lie under ``solutions/held_back``,
the answers to questions and the rubrics under ``solutions/key``. Students receive neither, and no notebook
holds them. Marks are made from the journal alone, never from what a submitted notebook says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Literal

import pandas as pd

from backchannel import sessions
from backchannel.dossier import Dossier, Reference
from backchannel.errors import DataError, NotReadyError, UsageError
from backchannel.key import find_key, with_key
from backchannel.labelling import LabelSession
from backchannel.quiz import Item, Option, QuizSession, load_items, pick
from backchannel.tables import read_package, rows_of, split_list
from backchannel.words import Text, say
from backchannel.workspace import TEXT, Workspace

Kind = Literal["labels", "questions", "written"]
Verdict = Literal["right", "accepted", "other", "open"]

KEY = Path("solutions", "key")
LEVELS = ("proficient", "emergent", "basic")
FULL: tuple[Verdict, ...] = ("right", "accepted")


@dataclass(frozen=True)
class Task:
    """A task of an exercise; ``id`` is its name in the journal, ``points`` the most it gives."""

    id: str
    kind: Kind
    title: Text
    points: int
    items: tuple[str, ...]
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """A graded exercise; ``id`` is the number of its lesson."""

    id: str
    title: Text
    minutes: int
    tasks: tuple[Task, ...]

    @property
    def points(self) -> int:
        """The most it gives."""
        return sum(task.points for task in self.tasks)

    def task(self, name: str) -> Task:
        """Return one task.

        Raises:
            UsageError: the exercise has no such task.
        """
        for task in self.tasks:
            if task.id == name:
                return task
        known = ", ".join(task.id for task in self.tasks)
        raise UsageError(f"The exercise {self.id} has no task {name!r}; use one of {known}.")


def load_exercises(dossier: Dossier) -> Mapping[str, Exercise]:
    """Return the exercises by number, in order."""
    tasks: dict[str, list[Task]] = {}
    for _, row in rows_of(dossier.tables["tasks"].sort_values(["exercise", "position"])):
        task = Task(
            row["id"],
            row["kind"],
            Text(row["title_en"], row["title_de"]),
            int(row["points"]),
            split_list(row["items"]),
            split_list(row["dimensions"]),
        )
        tasks.setdefault(row["exercise"], []).append(task)
    return {
        row["id"]: Exercise(
            row["id"],
            Text(row["title_en"], row["title_de"]),
            int(row["minutes"]),
            tuple(tasks.get(row["id"], ())),
        )
        for _, row in rows_of(dossier.tables["exercises"].sort_values("id"))
    }


def load_exercise(dossier: Dossier, number: str) -> Exercise:
    """Return one exercise.

    Raises:
        UsageError: there is none of that number.
    """
    exercises = load_exercises(dossier)
    if number not in exercises:
        known = ", ".join(exercises) or "none yet"
        raise UsageError(f"There is no exercise {number!r}; the exercises are: {known}.")
    return exercises[number]


# --- what a student answers ----------------------------------------------------------------------------


def label_session(dossier: Dossier, workspace: Workspace, task: Task) -> LabelSession:
    """Return the claims of a task to label; no reference is at hand, since all of them are held back."""
    return sessions.labels(dossier, workspace, task.id, task.items, task.dimensions, "blind")


def question_session(dossier: Dossier, workspace: Workspace, task: Task) -> QuizSession:
    """Return the questions of a task."""
    items = pick(load_items(dossier, "exercise"), task.items)
    return QuizSession(workspace, activity=task.id, items=items)


@dataclass(frozen=True)
class Answered:
    """How much of a task is answered.

    Attributes:
        open: the claims or questions with something left open, by the number that the widget shows.
    """

    task: Task
    done: int
    total: int
    open: tuple[int, ...] = ()


def answered(dossier: Dossier, workspace: Workspace, task: Task) -> Answered:
    """Count the answers of a task; a label that was skipped is an answer left open and does not count."""
    if task.kind == "labels":
        table = label_session(dossier, workspace, task).table()
        given = table["label"].astype(bool)
        labelled = given.groupby(table["claim"], sort=False).all()
        return Answered(task, int(given.sum()), len(table), _numbers_of_open(labelled))
    if task.kind == "questions":
        session = question_session(dossier, workspace, task)
        chosen = [session.chosen(item.id) is not None for item in session.items]
        return Answered(task, sum(chosen), len(chosen), _numbers_of_open(chosen))
    found = workspace.journal.state.get(task.id, "1", TEXT)
    return Answered(task, int(bool(found and found.value.strip())), 1)


def _numbers_of_open(complete: Iterable[bool]) -> tuple[int, ...]:
    return tuple(number for number, done in enumerate(complete, start=1) if not done)


# --- the key -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """What an answer of one level of a rubric does, and the points it gives."""

    name: str
    points: int
    text: Text


@dataclass(frozen=True)
class Key:
    """What is right: the dossier with all labels, the answers to questions and the rubrics."""

    dossier: Dossier
    folder: Path

    @cached_property
    def _tables(self) -> Mapping[str, pd.DataFrame]:
        package = read_package(self.folder)
        if package.findings:
            raise DataError(f"solutions/key/{package.findings[0]}")
        return package.tables

    @cached_property
    def options(self) -> Mapping[tuple[str, str], tuple[bool, Text]]:
        """Whether an answer is right, and why, by question and option."""
        return {
            (row["item"], row["option"]): (bool(row["correct"]), Text(row["reason_en"], row["reason_de"]))
            for _, row in rows_of(self._tables["answers"])
        }

    def right(self, item: Item) -> Option:
        """Return the right answer to a question."""
        return next(option for option in item.options if self.options[item.id, option.id][0])

    @cached_property
    def rubrics(self) -> Mapping[str, tuple[Level, ...]]:
        """The three levels of each written task, the best first."""
        found: dict[str, list[Level]] = {}
        for _, row in rows_of(self._tables["rubrics"]):
            level = Level(row["level"], int(row["points"]), Text(row["text_en"], row["text_de"]))
            found.setdefault(row["task"], []).append(level)
        order = LEVELS.index
        return {task: tuple(sorted(rows, key=lambda row: order(row.name))) for task, rows in found.items()}


def check_key(key: Key) -> Iterator[str]:
    """Yield a sentence for everything that is missing or wrong in the key of the exercises.

    Raises:
        DataError: its tables cannot be read.
    """
    tables = key.dossier.tables
    asked = set(tables["quiz"]["id"][tables["quiz"]["form"] == "exercise"])
    options = tables["quiz_options"]
    offered = {(row["item"], row["option"]) for _, row in rows_of(options) if row["item"] in asked}
    for item, option in sorted(offered ^ set(key.options)):
        where = "has no row in solutions/key/answers.csv" if (item, option) in offered else "is not offered"
        yield f"The answer {option} of {item} {where}; add the row, or take it out."
    for item in sorted(asked):
        right = sum(key.options[name][0] for name in offered & set(key.options) if name[0] == item)
        if right != 1:
            yield f"solutions/key/answers.csv: {item} has {right} right answers; it needs one."
    written = {
        row["id"]: int(row["points"]) for _, row in rows_of(tables["tasks"]) if row["kind"] == "written"
    }
    for task in sorted(set(key.rubrics) - set(written)):
        yield f"solutions/key/rubrics.csv: {task} is no written task; take its rows out."
    for task, points in written.items():
        levels = key.rubrics.get(task, ())
        given = [level.points for level in levels]
        if tuple(level.name for level in levels) != LEVELS or given != sorted(given, reverse=True):
            needed = f"{task} needs the levels {', '.join(LEVELS)}, each of fewer points"
            yield f"solutions/key/rubrics.csv: {needed}."
        elif given[0] != points:
            yield f"solutions/key/rubrics.csv: {task} gives {given[0]} points at most, but has {points}."
    asked_by: dict[tuple[str, str], str] = {}
    for exercise in load_exercises(key.dossier).values():
        for asked_for in exercise.tasks:
            for claim, dimension in product(asked_for.items, asked_for.dimensions):
                where = f"tasks.csv: {asked_for.id} asks for {dimension} of {claim}"
                if (claim, dimension) not in key.dossier.references:
                    yield f"{where}, which has no reference; add one, or ask for another claim."
                if before := asked_by.get((claim, dimension)):
                    yield f"{where}, as {before} does, whose feedback would tell; ask for another claim."
                asked_by[claim, dimension] = asked_for.id


def find_exercise_key(dossier: Dossier) -> Key | None:
    """Return the key of the exercises, or None where students work, who do not have it.

    Raises:
        DataError: the labels held back are wrong.
    """
    project = dossier.folder.parent
    labels = find_key(dossier.folder)
    if labels is None or not (project / KEY / "datapackage.json").is_file():
        return None
    return Key(with_key(dossier, labels), project / KEY)


def require_key(dossier: Dossier) -> Key:
    """Return the key.

    Raises:
        NotReadyError: it is not here.
    """
    found = find_exercise_key(dossier)
    if found is None:
        raise NotReadyError(say("exercise.no_key", "en"))
    return found


# --- marks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One answer with its verdict and the reasons a student may read: of the own answer, then of others.

    ``answer`` is the label or the option that was given, or empty; a set of labels as the codebook writes it.
    """

    item: str
    asked: Text
    given: Text | None
    verdict: Verdict
    reasons: tuple[Text, ...]
    answer: str = ""


@dataclass(frozen=True)
class Result:
    """A task that a machine can mark."""

    task: Task
    marks: tuple[Mark, ...]

    @property
    def share(self) -> float:
        """The share of answers that are right or accepted."""
        return sum(mark.verdict in FULL for mark in self.marks) / len(self.marks) if self.marks else 0.0

    @property
    def points(self) -> float:
        """The points, in hundredths."""
        return round(self.task.points * self.share, 2)


def mark(key: Key, workspace: Workspace, task: Task) -> Result:
    """Mark a task of labels or questions from the journal.

    Raises:
        UsageError: it is a written task, which a person marks.
    """
    if task.kind == "labels":
        return Result(task, tuple(_label_marks(key, workspace, task)))
    if task.kind == "questions":
        items = question_session(key.dossier, workspace, task)
        return Result(task, tuple(_question_mark(key, items, item) for item in items.items))
    raise UsageError(f"The task {task.id} is written; a person marks it by its rubric.")


def _label_marks(key: Key, workspace: Workspace, task: Task) -> list[Mark]:
    session = label_session(key.dossier, workspace, task)
    return [
        _label_mark(key, session, claim, dimension) for claim in task.items for dimension in task.dimensions
    ]


def _label_mark(key: Key, session: LabelSession, claim: str, dimension: str) -> Mark:
    asked = key.dossier.codebook[dimension]
    question = Text(
        *(
            f"{key.dossier.claim(claim).text.in_(language)} – {asked.name.in_(language)}"
            for language in ("en", "de")
        )
    )
    references = key.dossier.references[claim, dimension]
    label = session.label_of(claim, dimension)
    if not label:
        return Mark(f"{claim} {dimension}", question, None, "open", ())
    given = asked.name_of(label)
    chosen = next((reference for reference in references if reference.label == label), None)
    verdict: Verdict = "other"
    if chosen is not None:
        verdict = "right" if chosen.status == "reference" else "accepted"
    first: tuple[Reference, ...] = (chosen,) if chosen else ()
    reasons = tuple(reference.reason for reference in (*first, *references) if reference is not chosen)
    own = tuple(reference.reason for reference in first)
    return Mark(f"{claim} {dimension}", question, given, verdict, own + reasons, label)


def _question_mark(key: Key, session: QuizSession, item: Item) -> Mark:
    chosen = session.chosen(item.id)
    if chosen is None:
        return Mark(item.id, item.question, None, "open", ())
    right, reason = key.options[item.id, chosen.id]
    if right:
        return Mark(item.id, item.question, chosen.text, "right", (reason,), chosen.id)
    reasons = (reason, key.options[item.id, key.right(item).id][1])
    return Mark(item.id, item.question, chosen.text, "other", reasons, chosen.id)
