"""A class as ``collect`` and ``grade`` leave it, made of invented students without a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from classmates import PROJECT, WRITTEN, hand_in
from nbgrader.api import Gradebook

from backchannel.classroom import gradebook, records, students
from backchannel.classroom.folder import JOURNAL, ClassFolder, Place
from backchannel.classroom.grading.marking import fingerprint
from backchannel.classroom.students import Student
from backchannel.exercises import Key, Task, load_exercise, mark
from backchannel.workspace import Workspace

EXERCISE = "03_how_sure_is_who"
NOW = "2026-12-02T10:00:00Z"


@cache
def _empty_gradebook() -> bytes:
    """Return a gradebook without entries; nbgrader takes seconds to make one."""
    with TemporaryDirectory() as name:
        folder = ClassFolder(Path(name), PROJECT)
        with gradebook.open_book(folder):
            pass
        return folder.gradebook.read_bytes()


class GradedClass:
    """A class folder that a test fills, one submission at a time."""

    def __init__(self, root: Path, key: Key) -> None:
        self.folder, self.key = ClassFolder(root, PROJECT), key
        root.mkdir(parents=True)
        self.folder.gradebook.write_bytes(_empty_gradebook())
        self._book = Gradebook(gradebook.database(self.folder), gradebook.COURSE)
        self._listed: list[Student] = []

    def enrol(self, student: str, **about: str) -> Student:
        """Put a student into ``students.csv``."""
        self._listed.append(Student(student, **about))
        return students.store(self.folder, self._listed)[student]

    def add(self, student: str, kind: str, exercise: str = EXERCISE, **about: object) -> Place:
        """Hand in and grade an exercise as one kind of student does; ``about`` goes to ``Collected``."""
        place = Place(student, exercise)
        handed = hand_in(self.key, exercise, kind, self.folder.root / "at-home" / student / exercise)
        at = self.folder.submitted(place)
        at.mkdir(parents=True)
        self.folder.notebook(place).write_bytes(handed.notebook)
        if handed.journal is not None:
            (at / JOURNAL).write_bytes(handed.journal)
        journal = records.sha256(handed.journal) if handed.journal is not None else ""
        found = {
            "source": f"{exercise}.ipynb",
            "received": "2026-12-01T20:15:00Z",
            "journal": journal,
        } | about
        records.write_collected(self.folder, records.Collected(student, exercise, **found))
        text = "" if kind == "untouched" else WRITTEN.get(kind, WRITTEN["excellent"])
        self.grade(place, text)
        return place

    def grade(self, place: Place, text: str = "", **about: object) -> None:
        """Write the record and the gradebook of a submission anew; ``about`` goes to ``Record``."""
        tasks = tuple(self._graded(place, task, text) for task in self._tasks(place))
        found = {
            "fingerprint": fingerprint(self.folder, place),
            "at": NOW,
            "status": "graded",
            "sandbox": "none",
        } | about
        records.write_record(self.folder, records.Record(place.student, place.exercise, **found, tasks=tasks))
        self._book_in(place, {task.task: task.gained for task in tasks})

    def mark(self, place: Place, task: str, points: float | None, comment: str = "") -> None:
        """Give a person's points."""
        self._book.close()
        gradebook.give(self.folder, place, task, points, comment)
        self._book = Gradebook(gradebook.database(self.folder), gradebook.COURSE)

    def overrule(self, place: Place, task: str, points: float) -> None:
        """Give other points than the key did, as a person does in Formgrader."""
        grade = self._book.find_grade(task, place.exercise, place.exercise, place.student)
        grade.manual_score, grade.needs_manual_grade = points, False
        self._book.db.commit()

    def close(self) -> None:
        """Close the gradebook."""
        self._book.close()

    def _tasks(self, place: Place) -> tuple[Task, ...]:
        return load_exercise(self.key.dossier, place.number).tasks

    def _graded(self, place: Place, task: Task, text: str) -> records.TaskRecord:
        if task.kind == "written":
            gained = None if text else 0.0
            return records.TaskRecord(task.id, task.kind, task.points, gained, int(bool(text)), 1, text)
        result = mark(self.key, Workspace(self.folder.submitted(place)), task)
        done = sum(one.verdict != "open" for one in result.marks)
        return records.TaskRecord(task.id, task.kind, task.points, result.points, done, len(result.marks))

    def _book_in(self, place: Place, gained: Mapping[str, float | None]) -> None:
        book, name = self._book, place.exercise
        book.update_or_create_assignment(name)
        book.update_or_create_notebook(name, name)
        for task in self._tasks(place):
            kind = "markdown" if task.kind == "written" else "code"
            book.update_or_create_grade_cell(task.id, name, name, cell_type=kind, max_score=task.points)
            answer = task.id if task.kind == "written" else f"{task.id}-work"
            book.update_or_create_solution_cell(answer, name, name)
        book.update_or_create_student(place.student)
        with book.db.no_autoflush:
            book.update_or_create_submission(name, place.student)
        for task, points in gained.items():
            grade = book.find_grade(task, name, name, place.student)
            grade.auto_score, grade.needs_manual_grade = points, points is None
        book.db.commit()
