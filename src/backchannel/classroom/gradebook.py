"""nbgrader's gradebook of a class: bring it up to date, read points, give points and comments.

The gradebook is the only place of points and comments, so that Formgrader and our own pages agree.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from backchannel.classroom import release
from backchannel.classroom.folder import ClassFolder, Place, write_whole
from backchannel.errors import BackchannelError, DataError, JournalError, NotReadyError, UsageError
from backchannel.tables import rows_of

COURSE = "backchannel"
COLUMNS = ("student", "exercise", "task", "points", "auto", "manual", "to_mark", "comment")
_SETTINGS = '''"""Settings of nbgrader for this class; made by Backchannel, which writes them anew."""

from pathlib import Path

from backchannel.classroom.grading.steps import settings

c = get_config()
c.merge(settings(Path(__file__).parent))
'''
_SCORES = """
select handed.student_id, assignment.name, cell.name, grade_cells.max_score,
       grade.auto_score, grade.manual_score, grade.needs_manual_grade, comment.manual_comment
from grade
join submitted_notebook as sheet on grade.notebook_id = sheet.id
join submitted_assignment as handed on sheet.assignment_id = handed.id
join assignment on handed.assignment_id = assignment.id
join base_cell as cell on grade.cell_id = cell.id
join grade_cells on grade_cells.id = cell.id
left join base_cell as answer
  on answer.notebook_id = cell.notebook_id and answer.type = 'SolutionCell'
  and answer.name in (cell.name, cell.name || '-work')
left join comment on comment.notebook_id = sheet.id and comment.cell_id = answer.id
where handed.student_id = coalesce(:student, handed.student_id)
  and assignment.name = coalesce(:exercise, assignment.name)
order by handed.student_id, assignment.name, cell.name
"""


def database(folder: ClassFolder) -> str:
    """Return the address of the gradebook as nbgrader wants it."""
    return f"sqlite:///{folder.gradebook}"


def base_settings(folder: ClassFolder) -> Config:
    """Return nbgrader's settings for a class: its folders and its gradebook."""
    found = release.config(folder.root)
    found.CourseDirectory.source_directory = "source"
    found.CourseDirectory.release_directory = "release"
    found.CourseDirectory.course_id = COURSE
    found.CourseDirectory.db_url = database(folder)
    found.GenerateAssignment.no_database = False
    found.SaveCells.enabled = True
    return found


def prepare(folder: ClassFolder) -> list[str]:
    """Bring the class folder up to date with the course, and return the exercises that were taken in anew.

    Raises:
        BackchannelError: nbgrader refuses a master.
    """
    folder.root.mkdir(parents=True, exist_ok=True)
    write_whole(folder.root / "nbgrader_config.py", _SETTINGS)
    fresh, known = [], _assignments(folder)
    for master in release.masters(folder.project):
        copy = folder.root / "source" / master.stem / master.name
        there = copy.is_file() and folder.released(master.stem).is_file()
        if not there or master.stem not in known or copy.read_bytes() != master.read_bytes():
            _take_in(folder, master, copy)
            fresh.append(master.stem)
    return fresh


def _assignments(folder: ClassFolder) -> set[str]:
    """Return the exercises that the gradebook knows; none where there is no gradebook yet."""
    if not folder.gradebook.is_file():
        return set()
    with contextlib.closing(sqlite3.connect(folder.gradebook)) as connection:
        try:
            return {name for (name,) in connection.execute("select name from assignment")}
        except sqlite3.OperationalError:  # a database without tables
            return set()


def _put_tools_on_path() -> None:
    """Let nbgrader find ``alembic``, which it starts by name and which lies beside our Python."""
    if not shutil.which("alembic"):
        known = os.environ.get("PATH", os.defpath)
        os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), known))


def _take_in(folder: ClassFolder, master: Path, copy: Path) -> None:
    _put_tools_on_path()
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(master, copy)
    try:
        release.generate(base_settings(folder), master.stem)
    except BackchannelError:
        copy.unlink()  # so that the next time takes it in anew
        raise


def scores(folder: ClassFolder, place: Place | None = None) -> pd.DataFrame:
    """Return all points of the gradebook, or those of one submission.

    Returns:
        One row a student, exercise and task: ``points`` the most it gives; ``auto`` by the machine and
        ``manual`` by a person, each maybe missing; ``to_mark`` whether a person should look; ``comment``.

    Raises:
        NotReadyError: nothing was graded yet.
        DataError: the gradebook cannot be read.
    """
    if not folder.gradebook.is_file():
        raise NotReadyError(
            f"There is no gradebook {folder.gradebook}; run `backchannel collect` and `backchannel grade`."
        )
    wanted = {"student": place and place.student, "exercise": place and place.exercise}
    try:
        with contextlib.closing(sqlite3.connect(folder.gradebook)) as connection:
            rows = connection.execute(_SCORES, wanted).fetchall()
    except sqlite3.Error as problem:
        raise DataError(
            f"The gradebook {folder.gradebook} cannot be read ({problem}); put back an earlier copy of it."
        ) from problem
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"points": float, "auto": float, "manual": float, "to_mark": bool}).fillna(
        {"comment": ""}
    )


def total(table: pd.DataFrame) -> pd.Series:
    """Return the points each row counts with: a person's, else the machine's, else none."""
    return table["manual"].fillna(table["auto"]).fillna(0.0).clip(lower=0.0)


def is_marked(table: pd.DataFrame) -> pd.Series:
    """Return of each row whether its points stand: somebody or something gave them, and nobody need look."""
    return ~table["to_mark"] & (table["manual"].notna() | table["auto"].notna())


def has_changed(table: pd.DataFrame) -> pd.Series:
    """Return of each row whether a person gave points, and should look again since the answer changed."""
    return table["to_mark"] & table["manual"].notna()


@dataclass(frozen=True)
class Score:
    """What a task gives at most, the points that stand, None where it is not marked yet, and the comment.

    A comment on an answer that has changed since is left out; it is about other words.
    """

    most: float
    points: float | None
    comment: str


def by_place(table: pd.DataFrame) -> dict[Place, dict[str, Score]]:
    """Return the rows of ``scores`` by submission and task."""
    found: dict[Place, dict[str, Score]] = {}
    comments = table["comment"].mask(has_changed(table), "")
    for _, row in rows_of(table.assign(total=total(table), marked=is_marked(table), comment=comments)):
        points = float(row["total"]) if row["marked"] else None
        score = Score(float(row["points"]), points, row["comment"])
        found.setdefault(Place(row["student"], row["exercise"]), {})[row["task"]] = score
    return found


@contextlib.contextmanager
def open_book(folder: ClassFolder) -> Iterator[Gradebook]:
    """Open nbgrader's own view of the gradebook, which is made where there is none."""
    _put_tools_on_path()
    with Gradebook(database(folder), COURSE) as book:
        yield book


def give(folder: ClassFolder, place: Place, task: str, points: float | None, comment: str) -> None:
    """Write a person's points for a task and the comment on it; None takes the points back.

    Raises:
        UsageError: the points are none this task can give.
        NotReadyError: the submission is not graded yet.
        JournalError: the gradebook could not be written; trying again is safe.
    """
    try:
        with open_book(folder) as book:
            grade = book.find_grade(task, place.exercise, place.exercise, place.student)
            note = book.find_comment(task, place.exercise, place.exercise, place.student)
            if points is not None and not 0 <= points <= grade.max_score:
                raise UsageError(
                    f"{task} gives 0 to {grade.max_score:g} points, not {points:g}; give others."
                )
            grade.manual_score = points
            grade.needs_manual_grade = points is None
            note.manual_comment = comment or None
            book.db.commit()
    except MissingEntry as problem:
        raise NotReadyError(
            f"The gradebook has no {task} of {place}; run `backchannel grade` first."
        ) from problem
    except SQLAlchemyError as problem:
        raise JournalError(
            f"Nothing was saved: {folder.gradebook} cannot be written ({getattr(problem, 'orig', problem)}); "
            "close what else uses it, make room, or let yourself write there, then save again."
        ) from problem
