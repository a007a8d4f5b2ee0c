"""Grade what was handed in: ``backchannel grade``.

Each submission runs in a sandbox, several at a time; nbgrader's own converter saves the points, one after the
other, since the gradebook is one file. A record is written when the gradebook has everything, so a run that
was broken off goes on where it was, and a submission that did not change is not graded again.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import time
import traceback
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Thread

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from backchannel.classroom import gradebook, release
from backchannel.classroom import students as class_list
from backchannel.classroom.folder import JOURNAL, ClassFolder, Place, asked_for, class_option, find_class
from backchannel.classroom.grading import telling
from backchannel.classroom.grading.marking import current_key, fingerprint
from backchannel.classroom.grading.reading import UnreadableError, read_journal, short
from backchannel.classroom.grading.steps import (
    TRUST,
    Cells,
    RunInSandbox,
    choose_sandbox,
    code_cells,
    keep,
    quietly,
    refuse,
    settings,
    source_of,
)
from backchannel.classroom.records import Record, read_record
from backchannel.classroom.sandbox.box import Limits, Run, Sandbox
from backchannel.errors import BackchannelError, DataError

MOST_JOBS = 4


def main(argv: Sequence[str]) -> int:
    """Grade what is new, say what was found, and sum up.

    Returns:
        0; 1 where a submission was refused in this run, or grading it or its sandbox broke off. One that was
        stopped at its limits is graded, and what did not change was told before.

    Raises:
        BackchannelError: nothing can be graded: no submissions, no key, no sandbox.
    """
    options = _options(argv)
    folder = find_class(options.folder)
    places = asked_for(folder, options.exercises, options.student)
    sandbox = choose_sandbox(folder, options.without_sandbox)
    current_key(folder.project)
    students = class_list.load(folder)
    print(telling.opening(len(places), options.jobs, again=options.again), flush=True)
    if exercises := gradebook.prepare(folder):
        print(telling.taken_in(exercises), flush=True)
    known = {} if options.again else _unchanged(folder, places)
    pending = [place for place in places if place not in known]
    marked = telling.marked_before(folder)
    started = time.monotonic()
    fresh: dict[Place, Record] = {}
    round_ = _Round(folder, sandbox, options.jobs)
    try:
        for place, record in round_.grade(pending):
            fresh[place] = record
            again = telling.changed(folder, place).get(place, ()) if place in marked else ()
            who = class_list.called(students, place.student)
            print(telling.progress(record, who, (len(fresh), len(pending)), again), flush=True)
    except KeyboardInterrupt:
        print(
            f"\nStopped after {len(fresh)} of {len(pending)} submissions. What is graded is saved; "
            "the same command goes on with the rest.",
            flush=True,
        )
        raise
    for line in telling.summary(folder, students, fresh, known, time.monotonic() - started):
        print(line)
    return int(round_.broke_off or any(record.status == "refused" for record in fresh.values()))


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="backchannel grade",
        description="Grade what was handed in.",
        epilog="The exit status is 1 where a submission could not be graded in this run, else 0. A notebook "
        "that was stopped at its limits is named and graded all the same.",
    )
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help="such as 03; all by default")
    parser.add_argument("--student", metavar="ID", help="only what this student handed in")
    parser.add_argument("--again", action="store_true", help="also what did not change since the last time")
    parser.add_argument(
        "--jobs",
        type=_at_least_one,
        default=min(MOST_JOBS, os.cpu_count() or 1),
        metavar="N",
        help="how many submissions run at a time; by default %(default)s",
    )
    parser.add_argument(
        "--without-sandbox",
        default="",
        metavar="WORDS",
        help=f'run submissions as programs of your own, which they may abuse; the words are "{TRUST}"',
    )
    class_option(parser)
    return parser.parse_args(argv)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _unchanged(folder: ClassFolder, places: Sequence[Place]) -> dict[Place, Record]:
    """Return the records of submissions that were graded as they are, and are in the gradebook."""
    table = gradebook.scores(folder)
    saved = set(zip(table["student"], table["exercise"], strict=True))
    found = {}
    for place in places:
        with contextlib.suppress(DataError):
            record = read_record(folder, place)
            if record is None or (place.student, place.exercise) not in saved:
                continue
            there = record.status == "refused" or folder.autograded(place).is_file()
            if there and record.fingerprint == fingerprint(folder, place):
                found[place] = record
    return found


# --- grading -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ran:
    """A submission that ran: the cells that were sent, and what came back."""

    cells: Cells
    run: Run


class _Grader(Autograde):  # type: ignore[misc]
    """nbgrader's converter, which tells what went wrong rather than to write it into a log."""

    problem: Exception | None = None

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Begin a submission, and remember a failure."""
        with self._remembering():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Convert a notebook, and remember a failure."""
        with self._remembering():
            super().convert_single_notebook(notebook_filename)

    @contextlib.contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except Exception as problem:
            self.problem = problem
            raise


class _Round:
    """One run of the command: sandboxes in threads of their own, the gradebook in this one."""

    def __init__(self, folder: ClassFolder, sandbox: Sandbox, jobs: int) -> None:
        self.folder, self.sandbox, self.jobs = folder, sandbox, jobs
        self.broke_off = False  # whether the sandbox itself failed, which is no submission's doing
        self._settings = settings(folder.root)
        self._app = NbGrader(config=self._settings)

    def grade(self, places: Sequence[Place]) -> Iterator[tuple[Place, Record]]:
        """Grade submissions in their order, and yield what was found."""
        rest = iter(places)
        waiting = deque((place, self._start(place)) for place in islice(rest, self.jobs))
        while waiting:
            place, future = waiting.popleft()
            wait([future])
            waiting.extend((later, self._start(later)) for later in islice(rest, 1))
            yield place, self._record(place, future)

    def _start(self, place: Place) -> Future[_Ran]:
        """Run a submission in another thread, which does not keep a program that is ended from ending."""
        future: Future[_Ran] = Future()

        def fill() -> None:
            try:
                future.set_result(self._run(place))
            except BaseException as problem:  # it is raised again where the result is asked for
                future.set_exception(problem)

        Thread(target=fill, daemon=True).start()
        return future

    def _run(self, place: Place) -> _Ran:
        """Read and run a submission."""
        cells = code_cells(source_of(self.folder, place))
        return _Ran(
            cells, self._in_sandbox(place, cells, {JOURNAL: read_journal(self.folder.journal(place)).data})
        )

    def _in_sandbox(self, place: Place, cells: Cells, files: Mapping[str, bytes]) -> Run:
        try:
            return self.sandbox.run(cells, files, Limits())
        except Exception as problem:
            self.broke_off = True
            again = f"backchannel grade {place.number} --student {place.student} --again"
            finding = (
                f"The sandbox broke off ({_told(problem)}); the marks stand, and `{again}` runs it once more."
            )
            return Run({}, (), (finding,), False, 0.0, 0.0)

    def _record(self, place: Place, future: Future[_Ran]) -> Record:
        """Return what was found, whatever happens."""
        try:
            return self._save(place, future.result())
        except UnreadableError as problem:
            return refuse(self.folder, place, str(problem))
        except BackchannelError as problem:
            return keep(self.folder, place, str(problem), "")
        except Exception as problem:
            sentence = f"Grading broke off ({_told(problem)}); the gradebook has what it had before."
            return keep(self.folder, place, sentence, "")

    def _save(self, place: Place, ran: _Ran) -> Record:
        """Let nbgrader grade a submission that ran."""
        log = io.StringIO()
        self._app.log = release.logger(log)
        directory = CourseDirectory(config=self._settings)
        directory.assignment_id, directory.student_id = place.exercise, place.student
        grader = _Grader(coursedir=directory, parent=self._app, force=True)

        def runner(_place: Place, cells: Cells, files: Mapping[str, bytes]) -> tuple[str, Run]:
            same = list(cells) == list(ran.cells)  # unless somebody changed the file since
            return self.sandbox.name, ran.run if same else self._in_sandbox(place, cells, files)

        run = RunInSandbox(parent=grader, runner=runner)
        grader.autograde_preprocessors = [
            run if step is RunInSandbox else step for step in grader.autograde_preprocessors
        ]
        with contextlib.redirect_stderr(log), quietly():
            try:
                grader.start()
            except (NbGraderException, SystemExit) as problem:
                raise grader.problem or RuntimeError(_last_line(log) or str(problem)) from problem
        record = read_record(self.folder, place)
        if record is None:
            raise RuntimeError("nbgrader graded nothing")
        return record


def _told(problem: Exception) -> str:
    """Return an unexpected error in a few words: what, and in which line of which module."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = f", {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return short(f"{type(problem).__name__}: {problem}", 160) + where


def _last_line(log: io.StringIO) -> str:
    lines = [line.strip() for line in log.getvalue().splitlines() if line.strip()]
    return lines[-1] if lines else ""
