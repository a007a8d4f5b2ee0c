"""What grading costs: ours, with its sandbox, beside nbgrader's own, which runs notebooks as they come."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from backchannel.classroom import gradebook
from backchannel.classroom.folder import ClassFolder, Place, find_class
from backchannel.classroom.records import Collected, write_collected
from backchannel.errors import BackchannelError
from backchannel.exercise_book import open_exercise

EXERCISE = "03_how_sure_is_who"
COUNT = 12

_RUN = """
import resource, sys, time
{imports}
started = time.perf_counter()
{code}
seconds = time.perf_counter() - started
unit = 2**20 if sys.platform == "darwin" else 2**10
peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print()
print(seconds, *(peak / unit for peak in peaks))
"""
_WAYS = {
    "nbgrader autograde, no sandbox": (
        "from backchannel.authoring.bench_grading import plain",
        "plain({root!r})",
    ),
    "backchannel grade --jobs 1": (
        "from backchannel.classroom.grading import grade",
        "assert grade.main(['--jobs', '1', '--class', {root!r}]) == 0",
    ),
    "backchannel grade": (
        "from backchannel.classroom.grading import grade",
        "assert grade.main(['--class', {root!r}]) == 0",
    ),
}


def bench_grading() -> Iterator[str]:
    """Yield rows: seconds a submission, and memory of the process and of its largest child, each way.

    Raises:
        BackchannelError: a way failed, or two of them gave other points.
    """
    yield f"{COUNT} submissions of {EXERCISE}, graded (bar: at most 2 s each)"
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-") as name:
        made = find_class(Path(name, "class"))
        gradebook.prepare(made)
        _hand_in(made)
        given = {}
        for way, (imports, code) in _WAYS.items():
            folder = ClassFolder(Path(name, way.replace(" ", "-")), made.project)
            shutil.copytree(made.root, folder.root)
            program = _RUN.format(imports=imports, code=code.format(root=str(folder.root)))
            environment = os.environ | {"BACKCHANNEL_WORKSPACE": str(Path(name, "workspace"))}
            command = [sys.executable, "-c", program]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise BackchannelError(f"{way} failed, so its time means nothing: {done.stderr[-400:]}")
            seconds, here, there = map(float, done.stdout.splitlines()[-1].split())
            memory = f"{here:4.0f} MB, its largest child {there:4.0f} MB"
            yield f"  {way:<34} {seconds / COUNT:5.2f} s a submission   {memory}"
            given[way] = gradebook.scores(folder)["auto"].to_list()
    if any(str(points) != str(given[way]) for points in given.values()):
        raise BackchannelError(f"The ways of grading differ in what they give: {given}")


def _hand_in(folder: ClassFolder) -> None:
    """Put submissions into the class, of which some answer the first task and some the second."""
    for number in range(COUNT):
        place = Place(f"student-{number:02}", EXERCISE)
        folder.submitted(place).mkdir(parents=True)
        shutil.copy(folder.project / "exercises" / EXERCISE / f"{EXERCISE}.ipynb", folder.submitted(place))
        book = open_exercise(EXERCISE[:2], folder.submitted(place))
        for task in book.exercise.tasks:
            if task.kind != "written" and (number % 2 or task.kind == "labels"):
                book.solve(task.id)
        write_collected(folder, Collected(place.student, EXERCISE, "bench"))


def plain(root: str) -> None:
    """Grade all submissions as nbgrader does by itself."""
    settings = gradebook.base_settings(find_class(Path(root)))
    directory = CourseDirectory(config=settings)
    directory.assignment_id, directory.student_id = EXERCISE, "*"
    Autograde(coursedir=directory, parent=NbGrader(config=settings)).start()
