"""The points of a class as they are exported: what each submission earned, and what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from backchannel.classroom import gradebook, records
from backchannel.classroom.collecting.naming import on_platform
from backchannel.classroom.collecting.versions import is_restored
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.gradebook import Score
from backchannel.classroom.grading.marking import fingerprint
from backchannel.classroom.students import Student, called
from backchannel.classroom.visible import visible
from backchannel.exercises import Exercise


@dataclass(frozen=True)
class Standing:
    """A submission as the gradebook has it.

    Attributes:
        points: of the tasks that are marked; ``most`` is for all tasks.
        tasks: points by task, None where a task is not marked yet.
        late: seconds after the due date.
        comments: by task, where there are any.
        participant: the number in Moodle, of this assignment alone.
        refused: whether nothing could be marked.
        outdated: whether the submission, or the key, is another one than was graded.
        no_journal: whether labels and questions have no points because no journal came.
    """

    place: Place
    points: float
    most: float
    tasks: Mapping[str, float | None]
    late: int = 0
    comments: Mapping[str, str] = field(default_factory=dict)
    participant: str = ""
    refused: bool = False
    outdated: bool = False
    no_journal: bool = False

    @property
    def stands(self) -> bool:
        """Whether what is marked was marked in what is handed in now."""
        return not self.refused and not self.outdated

    @property
    def complete(self) -> bool:
        """Whether all tasks are marked."""
        return self.stands and None not in self.tasks.values()

    @property
    def open_tasks(self) -> tuple[str, ...]:
        """The tasks that are not marked yet."""
        return tuple(task for task, points in self.tasks.items() if points is None)


@dataclass(frozen=True)
class Grades:
    """All there is to export.

    Attributes:
        students: by id; who handed in and is not in the list is there with the id alone.
        exercises: by their folders' names, in order.
        standings: of everything that was graded.
        waiting: submissions that are not graded yet.
        partial: whether points of submissions that are not fully marked count.
    """

    students: Mapping[str, Student]
    exercises: Mapping[str, Exercise]
    standings: Mapping[Place, Standing]
    waiting: frozenset[Place] = frozenset()
    partial: bool = False

    def points(self, student: str, exercise: str) -> float | None:
        """Return the points to export, or None."""
        found = self.standings.get(Place(student, exercise))
        return found.points if found and (found.complete or (self.partial and found.stands)) else None

    def who_are(self, students: Iterable[Student]) -> str:
        """Return names for a terminal, in which nothing acts; of namesakes with their ids."""
        often = Counter(student.name for student in self.students.values())
        return ", ".join(
            called(self.students, one.id) if often[one.name] > 1 else visible(one.name or one.id)
            for one in students
        )


def participant(collected: records.Collected) -> str:
    """Return the number by which Moodle knows a participant in one assignment, or nothing.

    Names are read as ``collect`` reads them: a student may put another one's number into a file's name.
    """
    named = on_platform(tuple(collected.source.split("/")[1:]))
    return named.sender.number if named and named.sender and named.sender.platform == "moodle" else ""


def read_grades(
    folder: ClassFolder,
    students: Mapping[str, Student],
    exercises: Mapping[str, Exercise],
    *,
    partial: bool = False,
) -> Grades:
    """Return the grades of some exercises.

    Raises:
        NotReadyError: nothing was graded yet.
        DataError: what was written down about a submission cannot be read.
    """
    scores = gradebook.by_place(gradebook.scores(folder))
    standings, waiting = {}, set()
    for place in folder.places():
        if place.exercise not in exercises:
            continue
        record = records.read_record(folder, place)
        if record is None or place not in scores:
            waiting.add(place)
        else:
            found = _standing(place, scores[place], records.read_collected(folder, place), record)
            outdated = record.fingerprint != fingerprint(folder, place)
            standings[place] = replace(found, outdated=outdated and not found.refused)
    known = dict(students)
    for place in (*standings, *sorted(waiting, key=str)):
        known.setdefault(place.student, Student(place.student))
    return Grades(known, exercises, standings, frozenset(waiting), partial)


def _standing(
    place: Place,
    scores: Mapping[str, Score],
    collected: records.Collected,
    record: records.Record,
) -> Standing:
    tasks = {task: score.points for task, score in scores.items()}
    by_machine = (tasks.get(task.task) for task in record.tasks if task.kind != "written")
    return Standing(
        place,
        round(sum(points for points in tasks.values() if points is not None), 2),
        sum(score.most for score in scores.values()),
        tasks,
        collected.late,
        {task: score.comment for task, score in scores.items() if score.comment},
        participant(collected),
        record.status == "refused",
        no_journal=lacks_journal(collected) and not any(by_machine),
    )


def lacks_journal(collected: records.Collected) -> bool:
    """Say whether no journal came, and none could be made from the notebook."""
    return not collected.journal and not is_restored(collected)
