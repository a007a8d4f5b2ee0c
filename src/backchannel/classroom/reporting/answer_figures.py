"""The figures of a class that are made of its answers, all dimensions and questions, and the time they took.

Answers are counted in the Parquet file, value by value; how many students there are matters only there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan

import duckdb
import pandas as pd

from backchannel.agreement import Agreement
from backchannel.classroom.reporting.dimension_figures import (
    FEW_PEOPLE,
    Confused,
    DimensionAnswers,
    Dispute,
    Share,
    Side,
    Unit,
    WithReference,
    wilson,
)
from backchannel.classroom.reporting.labels import Labels, opened, view
from backchannel.exercises import Exercise, Key, Task
from backchannel.labelling import SKIPPED
from backchannel.quiz import ANSWER, Item, Option, load_items
from backchannel.tables import rows_of
from backchannel.words import Text

PAUSE = 300
"""Seconds without an answer that count as a pause, not as work."""
_QUOTED = 3
_DRAWN_NOTES = 30  # of which the first that may be quoted are
_SHORTEST_NOTE, _LONGEST_NOTE = 15, 320

Withheld = Callable[[str], bool]


@dataclass(frozen=True)
class OptionFigures:
    """One answer to a question, and how many gave it."""

    option: Option
    right: bool
    reason: Text
    given: int


@dataclass(frozen=True)
class QuestionFigures:
    """A question with its answers; the interval of the right ones is Wilson's, over students."""

    task: Task
    item: Item
    answers: int
    right: Share
    options: tuple[OptionFigures, ...]


@dataclass(frozen=True)
class Spent:
    """Minutes of work on a task, or on all answers of an exercise where ``task`` is None.

    The quartiles are nan where fewer than ``FEW_PEOPLE`` students have times.
    """

    exercise: str
    task: Task | None
    students: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class AnswerFigures:
    """All figures made of answers; ``answers`` counts those in force, without what was skipped."""

    answers: int
    reference: tuple[WithReference, ...]
    agreement: tuple[Agreement, ...]
    disputes: tuple[Dispute, ...]
    confused: tuple[Confused, ...]
    questions: tuple[QuestionFigures, ...]
    spent: tuple[Spent, ...]


def answer_figures(
    labels: Labels, key: Key, exercises: Mapping[str, Exercise], withheld: Withheld
) -> AnswerFigures:
    """Compute all figures that are made of answers.

    Args:
        labels: of the class.
        key: the reference, and which answers to questions are right.
        exercises: those to report on, by their names, such as ``03_how_sure_is_who``.
        withheld: says of a student's note whether it must not be quoted.
    """
    with opened() as connection:
        view(connection, labels, exercises)
        counted = count_answers(connection)
        spent = tuple(_spent(connection, exercises))
        dimensions = [
            DimensionAnswers(dimension, key, _cells(counted[counted["field"] == dimension.id]))
            for dimension in key.dossier.codebook.dimensions
        ]
        dimensions = [one for one in dimensions if one.cells]
        disputes = [dispute for one in dimensions for dispute in one.disputes()]
        disputes = _with_notes(connection, disputes, withheld)
    return AnswerFigures(
        answers=int(counted["n"].sum()),
        reference=tuple(filter(None, (one.with_reference() for one in dimensions))),
        agreement=tuple(one.agreement() for one in dimensions),
        disputes=tuple(disputes),
        confused=tuple(filter(None, (one.confused() for one in dimensions))),
        questions=tuple(_questions(_cells(counted[counted["field"] == ANSWER]), key, exercises)),
        spent=spent,
    )


# --- counting ------------------------------------------------------------------------------------------


def count_answers(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Count the answers in force; columns task, item, field, value and n."""
    return connection.execute(
        f"""select task, item, field, value, count(*) as n from answers
        where standing and value <> '{SKIPPED}' group by all order by all"""
    ).df()


def _cells(counted: pd.DataFrame) -> dict[Unit, dict[str, int]]:
    """Return how often each value was given to each unit."""
    found: dict[Unit, dict[str, int]] = {}
    for _, row in rows_of(counted):
        found.setdefault((row["task"], row["item"]), {})[row["value"]] = int(row["n"])
    return found


# --- notes ---------------------------------------------------------------------------------------------


def _with_notes(
    connection: duckdb.DuckDBPyConnection, disputes: Sequence[Dispute], withheld: Withheld
) -> list[Dispute]:
    """Return the disputes with what students noted on each side, where it does not point at one of them.

    The notes are drawn by a hash of their words, so that neither order nor chance decides.
    """
    quotable = [dispute for dispute in disputes if dispute.answers >= FEW_PEOPLE]
    if not quotable:
        return list(disputes)
    wanted = pd.DataFrame(
        [(*dispute.unit, dispute.dimension.id) for dispute in quotable], columns=["t", "i", "f"], dtype=object
    )
    connection.register("wanted", wanted)
    rows = connection.execute(
        f"""select task, item, field, value, note from answers
        join wanted on task = t and item = i and field = f where standing and trim(note) <> ''
        qualify row_number() over (
          partition by task, item, field, value
          order by length(note) between {_SHORTEST_NOTE} and {_LONGEST_NOTE} desc, md5(note)
        ) <= {_DRAWN_NOTES}
        order by length(note) between {_SHORTEST_NOTE} and {_LONGEST_NOTE} desc, md5(note)"""
    ).fetchall()
    notes: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for task, item, dimension, value, note in rows:
        quoted = _shortened(" ".join(note.split()))
        if not withheld(note):
            notes.setdefault((task, item, dimension, value), {})[quoted] = None

    def of(dispute: Dispute, side: Side) -> tuple[str, ...]:
        found = notes.get((*dispute.unit, dispute.dimension.id, side.label), {})
        return tuple(found)[:_QUOTED]

    return [
        replace(dispute, sides=tuple(replace(side, notes=of(dispute, side)) for side in dispute.sides))
        for dispute in disputes
    ]


def _shortened(note: str) -> str:
    if len(note) <= _LONGEST_NOTE:
        return note
    return note[:_LONGEST_NOTE].rsplit(" ", 1)[0] + " …"


# --- questions -----------------------------------------------------------------------------------------


def _questions(
    cells: Mapping[Unit, Mapping[str, int]], key: Key, exercises: Mapping[str, Exercise]
) -> Iterator[QuestionFigures]:
    items = {item.id: item for item in load_items(key.dossier, "exercise")}
    for exercise in exercises.values():
        for task in exercise.tasks:
            if task.kind == "questions":
                yield from (
                    _question(items[name], task, cells.get((task.id, name), {}), key) for name in task.items
                )


def _question(item: Item, task: Task, given: Mapping[str, int], key: Key) -> QuestionFigures:
    options = tuple(
        OptionFigures(option, *key.options[item.id, option.id], given.get(option.id, 0))
        for option in item.options
    )
    answers = sum(option.given for option in options)
    right = sum(option.given for option in options if option.right)
    return QuestionFigures(task, item, answers, wilson(right, answers), options)


# --- time ----------------------------------------------------------------------------------------------


def _spent(connection: duckdb.DuckDBPyConnection, exercises: Mapping[str, Exercise]) -> Iterator[Spent]:
    # Whole milliseconds, since a sum of fractions would depend on the order of the rows.
    connection.execute(
        f"""create temp table work as
        select exercise, task, student, sum(cast(round(seconds * 1000) as bigint)) / 60000 as minutes
        from answers where seconds <= {PAUSE} group by all having minutes > 0"""
    )
    whole = "(select exercise, null as task, student, sum(minutes) as minutes from work group by all)"
    found: dict[tuple[str, str | None], tuple[int, Sequence[float]]] = {}
    for table in (whole, "work"):
        rows = connection.execute(
            f"""select exercise, task, count(*), quantile_cont(minutes, [0.25, 0.5, 0.75])
            from {table} group by all"""
        ).fetchall()
        found |= {(exercise, task): (students, ends) for exercise, task, students, ends in rows}
    for name, exercise in exercises.items():
        for task in (None, *exercise.tasks):
            if quartiles := found.get((name, task.id if task else None)):
                yield _quartiles(name, task, *quartiles)


def _quartiles(exercise: str, task: Task | None, students: int, minutes: Sequence[float]) -> Spent:
    enough = students >= FEW_PEOPLE
    return Spent(exercise, task, students, *(minutes if enough else (nan, nan, nan)))
