"""A class: the folder in which an instructor collects, grades and hands back.

It is an nbgrader course folder, so that nbgrader's own commands and Formgrader work in it too:

===========================  ===========================================================================
``source/`` ``release/``     copies of the masters and the exercises, brought up to date by ``prepare``
``submitted/``               what ``collect`` took in, ``<student>/<exercise>/``: notebook, journal, about
``autograded/``              notebooks as the sandbox ran them
``feedback/``                what students get back, as HTML
``gradebook.db``             nbgrader's database: the only place of points and comments
``students.csv``             who is in the class, and under which pseudonym
``collected.csv``            what ``collect`` did with each file, run by run
``earlier/``                 versions that a later one replaced
``graded/``                  what ``grade`` found in each submission, ``<student>/<exercise>.json``
``comments.csv``             the comment bank
``marking/``                 who marked which written answer, and when
``labels.parquet``           labels and answers of the class, brought up to date by ``report`` and ``export``
``report*.html``             the report on the class
===========================  ===========================================================================
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from backchannel.errors import BackchannelError, NotReadyError, UsageError

try:
    import fcntl
except ImportError:  # Windows has no fcntl; two who write there at the same moment are on their own.
    fcntl = None  # type: ignore[assignment]

VARIABLE = "BACKCHANNEL_CLASS"
DEFAULT = "class"
JOURNAL = "journal.jsonl"
ABOUT = "collected.json"
TIMESTAMP = "timestamp.txt"  # where nbgrader notes when something was handed in
STUDENT = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
EXERCISE = re.compile(r"(\d\d)_[a-z0-9_]+")


@dataclass(frozen=True)
class Place:
    """A submission: whose it is, and of which exercise, such as ``03_how_sure_is_who``."""

    student: str
    exercise: str

    @property
    def number(self) -> str:
        """The number of the exercise, such as ``03``."""
        return self.exercise[:2]

    def __str__(self) -> str:
        return f"{self.student}, {self.exercise}"


@dataclass(frozen=True)
class ClassFolder:
    """Where everything of one class lies.

    Attributes:
        root: the class folder; it need not exist yet.
        project: the course with its ``course_data``, ``solutions`` and ``exercises``.
    """

    root: Path
    project: Path

    @property
    def gradebook(self) -> Path:
        """The database of nbgrader."""
        return self.root / "gradebook.db"

    @property
    def students(self) -> Path:
        """The list of students."""
        return self.root / "students.csv"

    @property
    def log(self) -> Path:
        """What ``collect`` did with each file."""
        return self.root / "collected.csv"

    @property
    def comments(self) -> Path:
        """The comment bank."""
        return self.root / "comments.csv"

    def released(self, exercise: str) -> Path:
        """An exercise as students received it, which ``prepare`` makes."""
        return self.root / "release" / exercise / f"{exercise}.ipynb"

    def submitted(self, place: Place) -> Path:
        """The folder of what was handed in."""
        return self.root / "submitted" / place.student / place.exercise

    def notebook(self, place: Place) -> Path:
        """The notebook that was handed in."""
        return self.submitted(place) / f"{place.exercise}.ipynb"

    def journal(self, place: Place) -> Path:
        """The journal that was handed in; it may be missing."""
        return self.submitted(place) / JOURNAL

    def about(self, place: Place) -> Path:
        """What ``collect`` knows about a submission."""
        return self.submitted(place) / ABOUT

    def autograded(self, place: Place) -> Path:
        """The notebook as the sandbox ran it."""
        return self.root / "autograded" / place.student / place.exercise / f"{place.exercise}.ipynb"

    def feedback(self, place: Place) -> Path:
        """What the student gets back."""
        return self.root / "feedback" / place.student / place.exercise / f"{place.exercise}.html"

    def graded(self, place: Place) -> Path:
        """What ``grade`` found."""
        return self.root / "graded" / place.student / f"{place.exercise}.json"

    def places(self) -> Iterator[Place]:
        """Yield every submission that was collected, by student and exercise."""
        for path in sorted((self.root / "submitted").glob(f"*/*/{ABOUT}")):
            student, exercise = path.parts[-3:-1]
            if STUDENT.fullmatch(student) and EXERCISE.fullmatch(exercise):
                yield Place(student, exercise)


def find_class(folder: Path | None = None) -> ClassFolder:
    """Return the class folder: the one named, else that of ``BACKCHANNEL_CLASS``, else ``class/``.

    Raises:
        DataError: the course data cannot be found.
        UsageError: the place is a file, or lies inside what students receive.
    """
    # Imported late, since the launcher reads this module too and should start at once.
    from backchannel.dossier import find_course_data

    project = find_course_data().parent
    root = (folder or Path(os.environ.get(VARIABLE) or project / DEFAULT)).expanduser().resolve()
    if root.exists() and not root.is_dir():
        raise UsageError(f"The class folder {root} is a file; name a folder with --class.")
    for part in ("course_data", "exercises", "notebooks", "solutions", "src"):
        if root.is_relative_to(project / part):
            raise UsageError(f"The class folder {root} lies inside {part}/ of the course; choose another.")
    return ClassFolder(root, project)


def class_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the class folder."""
    parser.add_argument(
        "--class",
        dest="folder",
        type=Path,
        metavar="FOLDER",
        help=f"the folder of the class; by default that of {VARIABLE}, else {DEFAULT}/ in the course",
    )


def exercise_named(folder: ClassFolder, name: str) -> str:
    """Return the exercise that a number or a name means, such as ``03`` or ``3``.

    Raises:
        UsageError: there is none.
    """
    known = sorted(path.parent.name for path in (folder.project / "exercises").glob("*/*.ipynb"))
    for exercise in known:
        if name == exercise or name.zfill(2) == exercise[:2]:
            return exercise
    raise UsageError(f"There is no exercise {name!r}; use one of {', '.join(known)}, or its number.")


def asked_for(folder: ClassFolder, exercises: Iterable[str], student: str | None = None) -> list[Place]:
    """Return the submissions of some exercises, by number or name, and of a student; all where none is named.

    Raises:
        UsageError: there is no such exercise.
        NotReadyError: there is no such submission.
    """
    wanted = {exercise_named(folder, name) for name in exercises}
    collected = list(folder.places())
    if not collected:
        raise NotReadyError(f"Nothing was collected into {folder.root}; run `backchannel collect` first.")
    found = [
        place
        for place in collected
        if (not wanted or place.exercise in wanted) and student in (None, place.student)
    ]
    if not found:
        whose = f" of {student}" if student else ""
        which = f" of {', '.join(sorted(wanted))}" if wanted else ""
        raise NotReadyError(
            f"There is no submission{whose}{which} in {folder.root}; look into collected.csv there, or name "
            "another student, exercise or class folder."
        )
    return found


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing so that a reader, or a crash, finds either the old content or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_whole(path: Path, text: str) -> None:
    """Write a text whole, in UTF-8."""
    with written_whole(path) as file:
        file.write(text.encode("utf-8"))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a mapping as JSON, whole."""
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_out(path: Path, text: str) -> None:
    """Write what a command was asked for, whole.

    Raises:
        BackchannelError: it cannot be written; what stood there still stands.
    """
    try:
        write_whole(path, text)
    except OSError as problem:
        raise BackchannelError(
            f"{path} was not written ({problem.strerror or problem}); make room, or name another place with "
            "--out."
        ) from problem


@contextlib.contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Let one program at a time read, change and write a file or a folder.

    Args:
        path: what is changed.
        wait: wait for another program that is at it.

    Raises:
        BlockingIOError: another program is at it, and this one does not wait.
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("ab") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise
            except OSError:
                pass  # some network folders know no locks
        yield
