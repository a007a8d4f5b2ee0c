"""Put a submission in its place, keep every version that was there before, and be whole after a crash.

A new version is made complete in a folder of our own and then moved; the version before it is moved to
``earlier/<student>/<exercise>/<number>/``. If the program is ended between the two moves, the next run
finishes them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backchannel.classroom.folder import (
    ABOUT,
    EXERCISE,
    JOURNAL,
    STUDENT,
    TIMESTAMP,
    ClassFolder,
    Place,
    alone,
    write_json,
    write_whole,
)
from backchannel.classroom.records import Collected, read_collected, sha256
from backchannel.errors import BackchannelError, DataError, UsageError

_OURS = ".collecting"


@dataclass(frozen=True)
class Version:
    """What belongs together: a notebook, its journal, and what is known about them.

    Attributes:
        notebook, journal: files with their bytes, or None.
        record: as ``collected.json``; its fingerprints are those of the two files.
    """

    notebook: Path | None
    journal: Path | None
    record: Collected


class Shelf:
    """Places of submissions in a class folder; use it through ``opened``.

    Attributes:
        store: a folder for copies, which goes when the shelf is closed.
    """

    def __init__(self, folder: ClassFolder) -> None:
        self._folder = folder
        self._ours = folder.root / _OURS
        self._ready = self._ours / "ready"
        self.store = self._ours / "read"

    def current(self, place: Place) -> Version | None:
        """Return what is in force, or None where nothing is, or where it is not as it was collected."""
        try:
            record = read_collected(self._folder, place)
        except DataError:
            return None
        notebook, journal = self._folder.notebook(place), self._folder.journal(place)
        if _digest(notebook) != record.notebook or _digest(journal) != record.journal:
            return None
        return Version(notebook, journal if record.journal else None, record)

    def earlier(self, place: Place) -> dict[str, Path]:
        """Return the folder of each earlier file by its fingerprint."""
        found = {}
        for folder in sorted(self._earlier(place).glob("[0-9]*"), reverse=True):
            for path in sorted(folder.iterdir()):
                if path.name not in (ABOUT, TIMESTAMP):
                    found[_digest(path)] = folder
        return found

    def put(self, place: Place, version: Version) -> Path | None:
        """Put a version in force, and return where the one before it lies now, or None."""
        if version.notebook is None:
            raise ValueError("a submission needs a notebook")
        ready = self._ready / place.student / place.exercise
        self._write(ready, place, version)
        target = self._folder.submitted(place)
        before = self._move_away(target, place) if _exists(target) else None
        target.parent.mkdir(parents=True, exist_ok=True)
        ready.rename(target)
        return before

    def keep(self, place: Place, version: Version) -> Path:
        """Keep a version that is not in force, and return where it lies."""
        target = self._next(place)
        made = self._ours / "kept"
        self._write(made, place, version)
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)
        return target

    def note(self, place: Place, record: Collected) -> None:
        """Write down what became known later of the submission in force, such as when it came."""
        _write_about(self._folder.submitted(place), record)

    def _write(self, folder: Path, place: Place, version: Version) -> None:
        """Write a version into a folder that appears under its name only when it is complete."""
        making = self._ours / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        for path, name in ((version.notebook, f"{place.exercise}.ipynb"), (version.journal, JOURNAL)):
            if path is not None:
                shutil.copyfile(path, making / name)
        _write_about(making, version.record)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        making.rename(folder)

    def _move_away(self, target: Path, place: Place) -> Path:
        before = self._next(place)
        before.parent.mkdir(parents=True, exist_ok=True)
        target.rename(before)
        return before

    def _earlier(self, place: Place) -> Path:
        return self._folder.root / "earlier" / place.student / place.exercise

    def _next(self, place: Place) -> Path:
        taken = [int(path.name) for path in self._earlier(place).glob("[0-9]*") if path.name.isdigit()]
        return self._earlier(place) / str(max(taken, default=0) + 1)

    def _recover(self) -> None:
        """Finish what a run left half done when it was ended between two moves."""
        for ready in sorted(self._ready.glob("*/*")):
            student, exercise = ready.parts[-2:]
            if STUDENT.fullmatch(student) and EXERCISE.fullmatch(exercise):
                target = self._folder.submitted(Place(student, exercise))
                if not _exists(target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    ready.rename(target)

    def _clear(self) -> None:
        for name in ("ready", "read", "making", "kept"):
            shutil.rmtree(self._ours / name, ignore_errors=True)


@contextlib.contextmanager
def opened(folder: ClassFolder) -> Iterator[Shelf]:
    """Open the shelf of a class for one run at a time.

    Raises:
        UsageError: another run is at work in the same folder.
        BackchannelError: the class folder cannot be written to.
    """
    shelf = Shelf(folder)
    try:
        shelf._ours.mkdir(parents=True, exist_ok=True)
        with alone(shelf._ours / "run", wait=False):
            shelf._recover()
            shelf._clear()
            shelf.store.mkdir()
            try:
                yield shelf
            finally:
                shelf._clear()
    except BlockingIOError:
        raise UsageError(
            f"Another `backchannel collect` is at work in {folder.root}; wait until it is done."
        ) from None
    except OSError as problem:
        raise BackchannelError(
            f"The class folder {folder.root} cannot be written to ({problem.strerror or problem}: "
            f"{problem.filename}); make room or choose another with --class, then collect again."
        ) from problem


def _write_about(folder: Path, record: Collected) -> None:
    """Write what is known of a submission, for us and, where the time is known, for nbgrader."""
    if record.received:
        when = datetime.fromisoformat(record.received).astimezone(UTC)
        write_whole(folder / TIMESTAMP, f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")
    write_json(folder / ABOUT, vars(record))


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def _digest(path: Path) -> str:
    """Return the fingerprint of a file, empty where there is none."""
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return ""
