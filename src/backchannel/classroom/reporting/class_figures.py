"""The figures of a class: who handed in what, how far it is, points, what waits for a person, and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import pandas as pd

from backchannel.classroom import gradebook, students
from backchannel.classroom.collecting.versions import SEVERAL_NAMES
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Status, read_collected, read_record
from backchannel.classroom.reporting.answer_figures import AnswerFigures, answer_figures
from backchannel.classroom.reporting.disguise import Disguise, call
from backchannel.classroom.reporting.labels import Labels
from backchannel.classroom.students import Student
from backchannel.errors import DataError, NotReadyError
from backchannel.exercises import Exercise, Key, Task, load_exercises

MACHINE, WRITTEN = "machine", "written"


@dataclass(frozen=True)
class Submission:
    """What ``collect`` and ``grade`` know of a submission.

    ``done`` has how much is answered and asked for, by task.
    """

    place: Place
    late: bool
    has_journal: bool
    status: Status | None
    done: Mapping[str, tuple[int, int]]
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Handed:
    """How many handed in an exercise, and of how many something is unusual."""

    exercise: str
    submitted: int
    late: int
    without_journal: int
    stopped: int
    refused: int
    ungraded: int


@dataclass(frozen=True)
class Done:
    """How many have answered all of a task, some of it, nothing, or have handed in nothing."""

    exercise: str
    task: Task
    complete: int
    begun: int
    nothing: int
    absent: int


@dataclass(frozen=True)
class Points:
    """Points in an exercise: those of the machine, or those a person gave for what was written.

    ``points`` are those given, in ascending order; ``waiting`` counts students who still wait for theirs.
    """

    exercise: str
    kind: str
    most: float
    points: tuple[float, ...]
    waiting: int

    def quantile(self, share: float) -> float:
        """Return the points that a share of the students at most have; nan without any."""
        return float(pd.Series(self.points).quantile(share)) if self.points else nan

    @property
    def mean(self) -> float:
        """The mean of the points given; nan without any."""
        return sum(self.points) / len(self.points) if self.points else nan


@dataclass(frozen=True)
class Waiting:
    """A task of which a person has still to mark some."""

    exercise: str
    task: str
    students: int


@dataclass(frozen=True)
class Row:
    """One student: what to call them, points by exercise, and where something of these is still to come."""

    called: str
    points: Mapping[str, float]
    waiting: frozenset[str]
    late: int

    @property
    def total(self) -> float:
        """All points up to now."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Finding:
    """Something a person should look at, and at whose submission of what."""

    sentence: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClassFigures:
    """Everything the report says. ``exercises`` are those it covers; names are those of their folders.

    ``size`` counts the students of the list and others who handed in; ``unlisted`` those who are on no list.
    """

    exercises: Mapping[str, Exercise]
    size: int
    unlisted: int
    submitted: int
    handed: tuple[Handed, ...]
    done: tuple[Done, ...]
    points: tuple[Points, ...]
    waiting: tuple[Waiting, ...]
    answers: AnswerFigures
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def class_figures(
    folder: ClassFolder, labels: Labels, key: Key, *, only: Sequence[str] = (), real_names: bool = False
) -> ClassFigures:
    """Compute the figures of a class.

    Args:
        folder: of the class.
        labels: its table, up to date.
        key: what is right.
        only: names of the exercises to report on; all that anybody handed in by default.
        real_names: call the students by name; else by their pseudonyms.

    Raises:
        NotReadyError: nobody handed in any of these exercises yet.
        DataError: a list or a record of the class is damaged.
    """
    listed = students.load(folder)
    everything = list(_submissions(folder, labels))
    submissions = [one for one in everything if not only or one.place.exercise in only]
    if not submissions:
        raise NotReadyError(
            f"Nobody has handed in {', '.join(only) or 'anything'} yet, so there is no report; run "
            "`backchannel collect` first, or name another exercise."
        )
    ids = sorted({*listed, *(one.place.student for one in everything)})
    called = call(listed, ids, real=real_names)
    disguise = Disguise((listed.get(one) or Student(one) for one in ids), called)
    exercises = _exercises(key, {one.place.exercise for one in submissions})
    by_exercise = {name: [one for one in submissions if one.place.exercise == name] for name in exercises}
    scores = _scores(folder, submissions, exercises)
    return ClassFigures(
        exercises=exercises,
        size=len(ids),
        unlisted=len(set(ids) - set(listed)),
        submitted=len(submissions),
        handed=tuple(_handed(by_exercise)),
        done=tuple(_done(by_exercise, exercises, len(ids))),
        points=tuple(_points(scores, exercises)),
        waiting=tuple(_waiting(scores)),
        answers=answer_figures(labels, key, exercises, disguise.names_somebody),
        rows=tuple(_rows(scores, submissions, called)),
        findings=tuple(_findings(submissions, called, str if real_names else _pseudonymous(disguise))),
    )


def _submissions(folder: ClassFolder, labels: Labels) -> Iterator[Submission]:
    for place in folder.places():
        collected, record = read_collected(folder, place), read_record(folder, place)
        # What is wrong with a journal, ``grade`` tells in more detail once it has run.
        graded = record.findings if record else labels.findings.get(place, ())
        yield Submission(
            place,
            collected.late > 0,
            bool(collected.journal),
            record.status if record else None,
            {task.task: (task.done, task.total) for task in record.tasks} if record else {},
            tuple(dict.fromkeys((*collected.findings, *graded))),
        )


def _exercises(key: Key, names: Iterable[str]) -> dict[str, Exercise]:
    known = load_exercises(key.dossier)
    found = {name: known.get(name[:2]) for name in sorted(names)}
    if unknown := [name for name, exercise in found.items() if exercise is None]:
        raise DataError(
            f"The class has submissions of {unknown[0]}, which exercises.csv does not have; take "
            "the folders of that exercise out of submitted/."
        )
    return {name: exercise for name, exercise in found.items() if exercise}


# --- what was handed in --------------------------------------------------------------------------------


def _handed(submissions: Mapping[str, Sequence[Submission]]) -> Iterator[Handed]:
    for name, these in submissions.items():
        status = Counter(one.status for one in these)
        yield Handed(
            name,
            submitted=len(these),
            late=sum(one.late for one in these),
            without_journal=sum(not one.has_journal for one in these),
            stopped=status["stopped"],
            refused=status["refused"],
            ungraded=status[None],
        )


def _done(
    submissions: Mapping[str, Sequence[Submission]], exercises: Mapping[str, Exercise], size: int
) -> Iterator[Done]:
    """Yield how far each task is, of the submissions that were graded."""
    for name, these in submissions.items():
        for task in exercises[name].tasks:
            found = [one.done.get(task.id, (0, 1)) for one in these if one.status]
            complete = sum(done >= total > 0 for done, total in found)
            begun = sum(0 < done < total for done, total in found)
            yield Done(name, task, complete, begun, len(found) - complete - begun, size - len(these))


# --- points --------------------------------------------------------------------------------------------


def _scores(
    folder: ClassFolder, submissions: Iterable[Submission], exercises: Mapping[str, Exercise]
) -> pd.DataFrame:
    """Return the points of what was handed in, with ``kind``, the ``counted`` points and ``open`` ones."""
    try:
        table = gradebook.scores(folder)
    except NotReadyError:
        table = pd.DataFrame(columns=list(gradebook.COLUMNS)).astype({"to_mark": bool})
    places = pd.MultiIndex.from_tuples([(one.place.student, one.place.exercise) for one in submissions])
    kept = table[pd.MultiIndex.from_frame(table[["student", "exercise"]]).isin(places)]
    tasks = (task for exercise in exercises.values() for task in exercise.tasks)
    written = kept["task"].isin({task.id for task in tasks if task.kind == "written"})
    return kept.assign(
        kind=written.map({True: WRITTEN, False: MACHINE}),
        counted=gradebook.total(kept).astype(float),
        open=~gradebook.is_marked(kept),
    )


def _points(scores: pd.DataFrame, exercises: Mapping[str, Exercise]) -> Iterator[Points]:
    for name, exercise in exercises.items():
        for kind in (MACHINE, WRITTEN):
            tasks = [task for task in exercise.tasks if (task.kind == "written") == (kind == WRITTEN)]
            rows = scores[(scores["exercise"] == name) & (scores["kind"] == kind)].groupby("student")
            waiting = rows["open"].any()
            given = rows["counted"].sum()[~waiting]
            most = sum(task.points for task in tasks)
            if most:
                yield Points(name, kind, most, tuple(sorted(given)), int(waiting.sum()))


def _waiting(scores: pd.DataFrame) -> Iterator[Waiting]:
    for (exercise, task), rows in scores[scores["open"]].groupby(["exercise", "task"]):
        yield Waiting(str(exercise), str(task), len(rows))


def _rows(
    scores: pd.DataFrame, submissions: Iterable[Submission], called: Mapping[str, str]
) -> Iterator[Row]:
    """Yield a row for everybody, in the order of what they are called."""
    points: dict[str, dict[str, float]] = {one: {} for one in called}
    waiting: dict[str, set[str]] = {one: set() for one in called}
    late = Counter(one.place.student for one in submissions if one.late)
    sums = scores.groupby(["student", "exercise"]).agg(counted=("counted", "sum"), open=("open", "any"))
    for (student, exercise), counted, is_open in sums.itertuples():
        points[student][exercise] = round(counted, 2)
        if is_open:
            waiting[student].add(exercise)
    for student in sorted(called, key=lambda one: (called[one].casefold(), one)):
        yield Row(called[student], points[student], frozenset(waiting[student]), late[student])


# --- what a person should look at ----------------------------------------------------------------------


def _pseudonymous(disguise: Disguise) -> Callable[[str], str]:
    """Return what makes a finding name nobody."""

    def shown(sentence: str) -> str:
        # The names that a journal gives were chosen by students, so no list knows them.
        head, names, _ = sentence.partition(": ")
        return f"{head}." if names and head == SEVERAL_NAMES else disguise.hide(sentence)

    return shown


def _findings(
    submissions: Iterable[Submission], called: Mapping[str, str], shown: Callable[[str], str]
) -> Iterator[Finding]:
    """Yield each sentence once with all it is said of, those said of few first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in submissions:
        for sentence in one.findings:
            found.setdefault(shown(sentence), []).append((called[one.place.student], one.place.number))
    for sentence in sorted(found, key=lambda sentence: (len(found[sentence]), sentence)):
        yield Finding(sentence, tuple(sorted(found[sentence])))
