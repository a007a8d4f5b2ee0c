"""Small hand-ins for the tests of ``collect``: notebooks, journals, and archives as platforms make them."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from backchannel.classroom.folder import ClassFolder
from backchannel.hand_in import JOURNAL_TYPE
from backchannel.journal import Decision

PROJECT = Path(__file__).resolve().parents[2]
NAME = "03_how_sure_is_who"
OTHER = "04_do_we_agree"


@cache
def _released(exercise: str) -> str:
    return (PROJECT / "exercises" / exercise / f"{exercise}.ipynb").read_text(encoding="utf-8")


def released(exercise: str = NAME) -> dict[str, Any]:
    """Return an exercise as it was handed out."""
    return json.loads(_released(exercise))


def untouched(exercise: str = NAME) -> bytes:
    """Return its bytes."""
    return _released(exercise).encode()


def cells_of(notebook: Mapping[str, Any], task: str) -> dict[str, Any]:
    """Return the cell of a task."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == task)


def sheet(text: str = "An answer.", exercise: str = NAME, carried: bytes = b"", **changes: Any) -> bytes:
    """Return a notebook with an answer in its written task, and maybe a journal in its last output."""
    notebook = released(exercise)
    task = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade")][-1]
    task["source"] = text
    if carried:
        lines = [line.decode() for line in carried.split(b"\n") if line]
        notebook["cells"].append(hand_in_cell({"lines": lines}))
    return json.dumps(notebook | changes, ensure_ascii=False).encode()


def hand_in_cell(carried: object) -> dict[str, Any]:
    """Return the last cell of an exercise with its output."""
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    data = {"text/plain": "handed in", JOURNAL_TYPE: carried}
    cell = {"cell_type": "code", "id": "hand-in-again", "metadata": {}, "execution_count": 1}
    return cell | {"source": "exercise.hand_in()", "outputs": [output | {"data": data}]}


def decision(number: int, who: str = "Ida", activity: str = "ex03-1", seed: str = "", at: str = "") -> bytes:
    """Return a line of a journal; the same arguments give the same id."""
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"{seed or who} {activity} {number}").hex
    moment = at or f"2026-11-20T10:{number % 60:02}:00.000Z"
    return Decision(made, moment, who, activity, f"d1-p01-{number}", "form", "author").line()


def journal(count: int = 21, who: str = "Ida", activity: str = "ex03-1", seed: str = "") -> bytes:
    """Return a journal with some decisions."""
    return b"".join(decision(number, who, activity, seed) for number in range(count))


def zipped(files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], **about: Any) -> bytes:
    """Return a zip archive; ``date_time`` says when its files were changed."""
    buffer = io.BytesIO()
    pairs = files.items() if isinstance(files, Mapping) else files
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            info = zipfile.ZipInfo(name, about.get("date_time", (2026, 11, 22, 10, 0, 0)))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def moodle(name: str, number: int | str, *, folders: bool = True) -> str:
    """Return what Moodle puts before the name of a file."""
    return f"{name}_{number}_assignsubmission_file{'/' if folders else '_'}"


def class_folder(root: Path) -> ClassFolder:
    """Return a class folder of this course."""
    return ClassFolder(root, PROJECT)
