"""Make the exercises from their masters: ``backchannel release``.

``exercises/NN_name/NN_name.ipynb`` is what nbgrader makes of ``solutions/NN_name/NN_name.ipynb``: solutions
and hidden tests taken out, outputs cleared, checksums of locked cells written. It is byte for byte the same
each time, since cell ids are fixed, so a test can hold the two against each other.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from backchannel.classroom import archives, leaks
from backchannel.dossier import find_course_data, load_dossier
from backchannel.errors import BackchannelError
from backchannel.exercises import require_key

SOLUTIONS, EXERCISES = "solutions", "exercises"
CODE_STUB = "# Run this cell, then answer below."
TEXT_STUB = "*Write your answer here: double-click these words, replace them, then press Shift+Enter.*"


def masters(project: Path) -> tuple[Path, ...]:
    """Return the masters of all exercises, in order."""
    return tuple(sorted((project / SOLUTIONS).glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb")))


def config(root: Path) -> Config:
    """Return nbgrader's settings for a course folder, with everything it makes below ``root``."""
    found = Config()
    found.CourseDirectory.root = str(root)
    found.CourseDirectory.source_directory = SOLUTIONS
    found.CourseDirectory.release_directory = EXERCISES
    found.ClearSolutions.code_stub = {"python": CODE_STUB}
    found.ClearSolutions.text_stub = TEXT_STUB
    # The release is made of files; grading has its own database.
    found.GenerateAssignment.no_database = True
    found.SaveCells.enabled = False
    return found


def released(project: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield what each file under ``exercises/`` should be: its path and its bytes.

    Raises:
        BackchannelError: nbgrader refuses a master; the sentence has its reason.
    """
    with tempfile.TemporaryDirectory(prefix="backchannel-release-") as name:
        root = Path(name)
        for master in masters(project):
            place = root / SOLUTIONS / master.parent.name
            place.mkdir(parents=True)
            shutil.copy(master, place)
            generate(config(root), master.stem)
            made = root / EXERCISES / master.stem / master.name
            yield project / EXERCISES / master.parent.name / master.name, made.read_bytes()


def generate(settings: Config, exercise: str) -> None:
    """Let nbgrader make an exercise from its master, in the place of one that is there.

    Raises:
        BackchannelError: nbgrader refuses the master; the sentence has its reason.
    """
    settings.CourseDirectory.assignment_id = exercise
    settings.BaseConverter.force = True
    log = io.StringIO()
    app = NbGrader(config=settings)
    app.log = logger(log)
    with contextlib.redirect_stderr(log):
        try:
            GenerateAssignment(coursedir=CourseDirectory(config=settings), parent=app, force=True).start()
        except (Exception, SystemExit) as problem:
            said = [line for line in log.getvalue().splitlines() if line.strip()]
            raise BackchannelError(
                f"nbgrader refuses the master of {exercise} ({problem}); "
                f"its log ends: {' / '.join(said[-3:])}; mend the master, or restore an earlier copy of it."
            ) from problem


def logger(stream: io.StringIO) -> logging.Logger:
    """Return a log of nbgrader's own that writes into a text."""
    found = logging.Logger("backchannel.release")
    found.addHandler(logging.StreamHandler(stream))
    return found


def main(argv: Sequence[str]) -> int:
    """Write the exercises anew from their masters, and where wanted the two archives.

    Returns:
        0; 1 where something leaks to students, and with ``--check`` where an exercise is not what its master
        makes.
    """
    parser = argparse.ArgumentParser(prog="backchannel release", description="Make the exercises.")
    parser.add_argument("--check", action="store_true", help="write nothing, and say what would change")
    parser.add_argument(
        "--archives", type=Path, metavar="FOLDER", help="also pack the course for students and instructors"
    )
    options = parser.parse_args(argv)
    project = find_course_data().parent
    differ = sum(_store(path, wanted, options.check) for path, wanted in released(project))
    dossier = load_dossier(project / "course_data")
    kept = leaks.secrets(dossier, require_key(dossier), masters(project))
    found = list(leaks.find_leaks(archives.for_students(project), kept))
    for sentence in found:
        print(sentence)
    if options.archives and not found:
        _pack(project, options.archives)
    return int(bool(found) or (options.check and bool(differ)))


def _store(path: Path, wanted: bytes, check: bool) -> bool:
    """Write one exercise where it differs, say what was done, and return whether it differed."""
    same = path.is_file() and path.read_bytes() == wanted
    print(path.parent.name, "as it was" if same else "would change" if check else "written anew")
    if not same and not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wanted)
    return not same


def _pack(project: Path, folder: Path) -> None:
    for name, files in (
        ("backchannel-student", archives.for_students(project)),
        ("backchannel-instructor", archives.for_instructors(project)),
    ):
        path = folder / f"{name}.zip"
        inside = ((f"{name}/{file}", content) for file, content in files)
        print(f"{path.name}: {archives.write(path, inside)} files, {path.stat().st_size // 1024} KB")
