"""Invented students who hand in an exercise: eight kinds, each with the points it earns by construction."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backchannel.classroom.folder import JOURNAL
from backchannel.exercise_book import ExerciseBook
from backchannel.exercises import Key, Task, label_session, load_exercise, question_session
from backchannel.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[1]
KINDS = (
    "excellent",  # everything right, a good text
    "arguable",  # an accepted alternative wherever there is one
    "half",  # the first half of each task, right; a short text
    "wrong",  # everything answered, nothing right
    "untouched",  # the exercise as it was released, no journal
    "notebook-only",  # everything right, but the journal stayed at home
    "stuck",  # everything right, and a cell that never ends before the first points
    "tampering",  # half right; points cells deleted, edited and faked
)
FAMILY = ("Müller", "O’Neill", "Nguyễn", "da Silva", "Yılmaz", "Schmidt", "Ivanova", "Okafor", "Lee", "Weiß")
GIVEN = ("Anna", "Ben", "Çelik", "Dana", "Émile", "Fatima", "Gülay", "Hans", "İrem", "Jo")
WRITTEN = {
    "excellent": "A careful answer.\n\nIt has **two** paragraphs, names its sources and stops.",
    "half": "A short text.",
    "wrong": "<script>alert(1)</script> =1+1 \u202eabc",
}


@dataclass(frozen=True)
class HandIn:
    """What one student hands in, and the points the machine owes for it, by task."""

    kind: str
    notebook: bytes
    journal: bytes | None
    points: Mapping[str, float]
    text: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)


def released(exercise: str) -> dict[str, Any]:
    """Return a released notebook."""
    path = PROJECT / "exercises" / exercise / f"{exercise}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def hand_in(key: Key, exercise: str, kind: str, folder: Path) -> HandIn:
    """Work through an exercise in ``folder`` as one kind of student does, and hand it in."""
    made = Workspace(folder, key.dossier.codebook.version)
    book = ExerciseBook(key.dossier, made, load_exercise(key.dossier, exercise[:2]))
    points = {task.id: _WORK[kind](key, book, task) for task in book.exercise.tasks if task.kind != "written"}
    notebook, text = released(exercise), WRITTEN.get(kind, WRITTEN["excellent"])
    text = "" if kind == "untouched" else text
    _write(notebook, book, text)
    _CHANGES.get(kind, lambda *_: None)(notebook, book)
    journal = folder / JOURNAL
    handed = journal.read_bytes() if journal.is_file() and kind != "notebook-only" else None
    return HandIn(kind, json.dumps(notebook, ensure_ascii=False).encode(), handed, points, text)


def _write(notebook: dict[str, Any], book: ExerciseBook, text: str) -> None:
    written = {task.id for task in book.exercise.tasks if task.kind == "written"}
    for cell in notebook["cells"]:
        if text and cell["metadata"].get("nbgrader", {}).get("grade_id") in written:
            cell["source"] = text


# --- how the kinds work --------------------------------------------------------------------------------


def _right(_key: Key, book: ExerciseBook, task: Task) -> float:
    book.solve(task.id)
    return float(task.points)


def _arguable(key: Key, book: ExerciseBook, task: Task) -> float:
    if task.kind != "labels":
        return _right(key, book, task)
    session = label_session(key.dossier, book.workspace, task)
    for claim in task.items:
        for dimension in task.dimensions:
            session.label(claim, dimension, key.dossier.references[claim, dimension][-1].label)
    return float(task.points)


def _half(key: Key, book: ExerciseBook, task: Task) -> float:
    items = task.items[: len(task.items) // 2]
    if task.kind == "labels":
        session = label_session(key.dossier, book.workspace, task)
        for claim in items:
            for dimension in task.dimensions:
                session.label(claim, dimension, key.dossier.references[claim, dimension][0].label)
    else:
        questions = question_session(key.dossier, book.workspace, task)
        for item in items:
            questions.answer(item, _option(key, item, right=True))
    return round(task.points * len(items) / len(task.items), 2)


def _wrong(key: Key, book: ExerciseBook, task: Task) -> float:
    if task.kind == "labels":
        session = label_session(key.dossier, book.workspace, task)
        for claim in task.items:
            for dimension in task.dimensions:
                accepted = {reference.label for reference in key.dossier.references[claim, dimension]}
                known = key.dossier.codebook[dimension].label_ids
                session.label(
                    claim,
                    dimension,
                    next(label for label in known if label not in accepted),
                    note="=cmd|' /C calc'!A0 <img src=x onerror=alert(1)>",
                )
    else:
        questions = question_session(key.dossier, book.workspace, task)
        for item in task.items:
            questions.answer(item, _option(key, item, right=False))
    return 0.0


def _option(key: Key, item: str, *, right: bool) -> str:
    return next(option for (one, option), (good, _) in key.options.items() if one == item and good == right)


def _nothing(*_: object) -> float:
    return 0.0


_WORK: Mapping[str, Callable[[Key, ExerciseBook, Task], float]] = {
    "excellent": _right,
    "arguable": _arguable,
    "half": _half,
    "wrong": _wrong,
    "untouched": _nothing,
    "notebook-only": _right,
    "stuck": _right,
    "tampering": _half,
}


def _show_hand_in(notebook: dict[str, Any], book: ExerciseBook) -> None:
    """Store what the last cell shows, as JupyterLab does once it was run."""
    (cell,) = (cell for cell in notebook["cells"] if "exercise.hand_in()" in "".join(cell["source"]))
    shown = book.hand_in()._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    cell["outputs"] = [{"output_type": "execute_result", "execution_count": 9, "metadata": {}, "data": data}]


def _never_end(notebook: dict[str, Any], _book: ExerciseBook) -> None:
    cells = notebook["cells"]
    place = next(n for n, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade"))
    loop = {"cell_type": "code", "id": "loop", "metadata": {}, "outputs": [], "execution_count": None}
    cells.insert(place, loop | {"source": "while True:\n    pass"})


def _tamper(notebook: dict[str, Any], _book: ExerciseBook) -> None:
    points = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade")
    ]
    notebook["cells"].remove(points[0])
    for cell in points[1:]:
        cell["metadata"]["nbgrader"]["points"] = 1000
        cell["source"] = "1000"
        data = {"text/plain": "1000"}
        cell["outputs"] = [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
        ]


_CHANGES: Mapping[str, Callable[[dict[str, Any], ExerciseBook], None]] = {
    "notebook-only": _show_hand_in,
    "stuck": _never_end,
    "tampering": _tamper,
}


# --- a class -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A student as the platform names them."""

    name: str
    number: str
    handed: HandIn

    @property
    def email(self) -> str:
        return f"s{self.number}@example.org"


def people(
    key: Key, exercise: str, folder: Path, *, each: int = 5, kinds: Iterable[str] = KINDS
) -> list[Person]:
    """Return a class in which ``each`` of every kind hands in; names and numbers are invented."""
    draw = random.Random(5)
    made = []
    for kind in kinds:
        for _ in range(each):
            number = str(412_000 + 17 * len(made))
            name = f"{GIVEN[len(made) % len(GIVEN)]} {draw.choice(FAMILY)}"
            made.append(Person(name, number, hand_in(key, exercise, kind, folder / number)))
    return made


def moodle_archive(class_: Iterable[Person], notebook: str) -> bytes:
    """Return what Moodle's *Download all submissions* gives: a folder for each participant."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for person in class_:
            folder = f"{person.name}_{person.number}_assignsubmission_file_"
            archive.writestr(f"{folder}/{notebook}", person.handed.notebook)
            if person.handed.journal is not None:
                archive.writestr(f"{folder}/{JOURNAL}", person.handed.journal)
    return buffer.getvalue()


def moodle_worksheet(class_: Iterable[Person]) -> str:
    """Return Moodle's grading worksheet of a class."""
    head = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    rows = [
        f"Participant {person.number},{person.name},{person.email},Submitted for grading,,20.00,Yes,"
        '"Sunday, 22 November 2026, 10:00 AM",-,'
        for person in class_
    ]
    title = head + "Last modified (submission),Last modified (grade),Feedback comments"
    return "\ufeff" + "\n".join([title, *rows]) + "\n"
