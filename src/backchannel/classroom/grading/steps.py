"""What nbgrader does with a submission here: its settings, and its steps that we replaced.

``nbgrader autograde`` and Formgrader's button take these settings from the class folder, so they grade as
``backchannel grade`` does:

1. ``SafeReader`` reads what was handed in and brings it back to the exercise; then nbgrader looks at it.
2. ``RunInSandbox`` runs the code cells, where nothing of the course can be reached but what students have.
3. ``MarkFromJournal`` marks the journal by the key and writes the points where nbgrader reads them. What a
   notebook shows as its points counts for nothing.
4. ``SaveMarks`` stores points; what a person gave stays, and is asked for again where the answer changed.
5. ``Disarm`` makes inert what a browser might act upon, since Formgrader shows notebooks as they are.
6. ``KeepRecord`` writes down what was found, after the gradebook has it.
"""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from sqlalchemy.exc import SAWarning
from traitlets import Any as AnyTrait
from traitlets import Unicode
from traitlets.config import Config

from backchannel.classroom import gradebook
from backchannel.classroom.folder import JOURNAL, ClassFolder, Place, find_class
from backchannel.classroom.grading.marking import current_key, fingerprint, mark_journal
from backchannel.classroom.grading.mending import enumerated, is_answer, is_points, mend, named, written
from backchannel.classroom.grading.reading import (
    UnreadableError,
    read_bytes,
    read_journal,
    read_notebook,
    short,
)
from backchannel.classroom.records import Record, TaskRecord, read_record, write_record
from backchannel.classroom.sandbox.box import (
    Limits,
    NoSandboxError,
    Run,
    Sandbox,
    Unsandboxed,
    find_sandbox,
)
from backchannel.errors import DataError, NotReadyError, UsageError
from backchannel.journal import now

TRUST = "I trust these submissions"
_NOTES = (
    "backchannel"  # where a notebook carries what we found from step to step; no student's words get there
)
_ERRORS = 5  # kinds of errors that are told

Cells = Sequence[tuple[str, str]]
Runner = Callable[[Place, Cells, Mapping[str, bytes]], tuple[str, Run]]


def settings(root: Path) -> Config:
    """Return nbgrader's settings for the class in a folder."""
    found = gradebook.base_settings(find_class(root))
    found.Autograde.exporter_class = SafeReader
    found.Autograde.sanitize_preprocessors = [
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    found.Autograde.autograde_preprocessors = [
        RunInSandbox,
        MarkFromJournal,
        LimitOutput,
        SaveMarks,
        AssignLatePenalties,
        CheckCellMetadata,
        Disarm,
        KeepRecord,
    ]
    found.OverwriteCells.add_missing_cells = True
    return found


@cache
def choose_sandbox(folder: ClassFolder, words: str = "") -> Sandbox:
    """Return what to run submissions in.

    Args:
        folder: the class, of which a submission sees nothing.
        words: the sentence with which somebody does without a sandbox.

    Raises:
        NotReadyError: there is no sandbox on this machine, or it could not be started.
        DataError: the course data are not there.
        UsageError: the words are others.
    """
    if words == TRUST:
        return Unsandboxed()
    if words:
        raise UsageError(
            f'Submissions run without a sandbox only after the words "{TRUST}", not after {words!r}.'
        )
    try:
        return find_sandbox(folder.project, [folder.root])
    except NoSandboxError as problem:
        raise NotReadyError(
            f"{problem} If you have read the submissions and trust them as your own programs, "
            f'`backchannel grade --without-sandbox "{TRUST}"` runs them without one.'
        ) from None


def source_of(folder: ClassFolder, place: Place) -> NotebookNode:
    """Return a submitted notebook brought back to its exercise, with what was found.

    Raises:
        UnreadableError: no notebook can be read.
        DataError: the exercise as released is missing.
    """
    submitted = read_notebook(read_bytes(folder.notebook(place)))
    path = folder.released(place.exercise)
    try:
        model = nbformat.read(path, as_version=4)
    except (OSError, ValueError) as problem:
        raise DataError(
            f"{path} cannot be read ({problem}); delete the folder release/ and grade again."
        ) from None
    mended = mend(submitted, model)
    mended.notebook.metadata[_NOTES] = {"findings": list(mended.findings)}
    return mended.notebook


def code_cells(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return id and source of the cells to be run."""
    return [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def refuse(folder: ClassFolder, place: Place, sentence: str) -> Record:
    """Put a submission that cannot be read into the gradebook with no points, and write down why.

    Points and comments that a person gave stay; a person is asked to look at them again.
    """
    with quietly(), gradebook.open_book(folder) as book:
        book.update_or_create_student(place.student)
        handed_in = book.update_or_create_submission(place.exercise, place.student)
        for notebook in handed_in.notebooks:
            for grade in notebook.grades:
                grade.auto_score = 0.0
                grade.needs_manual_grade = grade.manual_score is not None
        book.db.commit()
    shutil.rmtree(folder.autograded(place).parent, ignore_errors=True)
    return keep(folder, place, sentence, fingerprint(folder, place))


@contextmanager
def quietly() -> Iterator[None]:
    """Keep what SQLAlchemy has to say to the authors of nbgrader from the instructor."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


def keep(folder: ClassFolder, place: Place, sentence: str, known_by: str) -> Record:
    """Write down that nothing of a submission was marked, and why."""
    record = Record(place.student, place.exercise, known_by, now(), "refused", "", (sentence,))
    write_record(folder, record)
    return record


# --- reading -------------------------------------------------------------------------------------------


class SafeReader(NotebookExporter):
    """Reads submitted notebooks with our own reader, and what it made of them as nbconvert does."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return a notebook after all steps of the pass; raises UnreadableError where it is none."""
        converter: Any = self.parent
        if resources is None or not converter._sanitizing:  # the second pass reads what the first one wrote
            return super().from_filename(filename, resources, **kw)
        folder, place = _class_of(converter), _place(resources)
        try:
            notebook = source_of(folder, place)
        except UnreadableError as problem:
            refuse(folder, place, str(problem))
            raise
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(notebook, resources, **kw)  # type: ignore[no-untyped-call,no-any-return]


def _class_of(step: Any) -> ClassFolder:
    """Return the class that a part of nbgrader works in: that of the converter it belongs to."""
    owner = step
    while not hasattr(owner, "coursedir"):
        owner = owner.parent
    return find_class(Path(owner.coursedir.root))


def _place(resources: Mapping[str, Any]) -> Place:
    about = resources["nbgrader"]
    return Place(about["student"], about["assignment"])


class _Step(NbGraderPreprocessor):  # type: ignore[misc]
    """A step of ours; ``notes`` of a notebook are what earlier steps found."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Do the step."""
        self.step(_class_of(self), _place(resources), nb)
        return nb, resources

    def step(self, folder: ClassFolder, place: Place, notebook: NotebookNode) -> None:
        """Change the notebook in place."""
        raise NotImplementedError


# --- running -------------------------------------------------------------------------------------------


class RunInSandbox(_Step):
    """Runs the code cells and puts their outputs, which the sandbox made harmless, into the notebook."""

    without_sandbox = Unicode("", help=f'"{TRUST}" runs submissions without a sandbox').tag(config=True)
    runner = AnyTrait(None, allow_none=True, help="who runs cells; by default the sandbox of this machine")

    def step(self, folder: ClassFolder, place: Place, notebook: NotebookNode) -> None:
        """Run the notebook beside a copy of the journal."""
        files = {JOURNAL: read_journal(folder.journal(place)).data}
        runner: Runner = self.runner or self._run_here(folder)
        name, run = runner(place, code_cells(notebook), files)
        notes = notebook.metadata[_NOTES]
        counts = {name: number for number, name in enumerate(run.finished, start=1)}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(output) for output in run.outputs.get(cell.id, ())]
                cell.execution_count = counts.get(cell.id)
        notes["findings"] += [*_with_names(run.findings, notebook), *_errors(notebook)]
        notes["run"] = {
            "status": "graded" if run.complete else "stopped",
            "sandbox": name,
            "seconds": round(run.seconds, 3),
            "memory": round(run.memory, 1),
            "cells": len(run.finished),
        }

    def _run_here(self, folder: ClassFolder) -> Runner:
        sandbox = choose_sandbox(folder, self.without_sandbox)
        return lambda _place, cells, files: (sandbox.name, sandbox.run(cells, files, Limits()))


def _with_names(findings: Sequence[str], notebook: NotebookNode) -> list[str]:
    """Return what a sandbox found, with the task of a cell or its first words instead of number and id."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    names = {f"the code cell {number} ({cell.id})": named(cell) for number, cell in enumerate(cells, start=1)}
    found = []
    for finding in findings:
        cell = next((cell for cell in names if cell in finding), None)
        found.append(finding.replace(cell, names[cell]) if cell else finding)
    return found


def _errors(notebook: NotebookNode) -> Iterator[str]:
    """Yield a sentence on each error that a cell ended in; that of a stopped cell is told by the sandbox."""
    cells: dict[str, list[str]] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and output.ename != "KeyboardInterrupt":
                what = short(f"{output.ename}: {output.evalue}".rstrip(": "), 120)
                cells.setdefault(what, []).append(named(cell))
    for what, names in islice(cells.items(), _ERRORS):
        yield enumerated(names, f"ends in an error ({what})", f"cells end in an error ({what})")
    if len(cells) > _ERRORS:
        yield f"There are {len(cells) - _ERRORS} more kinds of errors."


# --- marking -------------------------------------------------------------------------------------------


class MarkFromJournal(_Step):
    """Marks the journal and writes the points of each task as the output of its points cell."""

    def step(self, folder: ClassFolder, place: Place, notebook: NotebookNode) -> None:
        """Replace whatever the points cells showed."""
        texts = {cell.metadata.nbgrader.grade_id: written(cell) for cell in notebook.cells if is_answer(cell)}
        handed = read_journal(folder.journal(place))
        marked = mark_journal(current_key(folder.project), place.number, handed, texts)
        gained = {task.task: task.gained for task in marked.tasks if task.gained is not None}
        for cell in notebook.cells:
            if is_points(cell):
                points = gained.get(cell.metadata.nbgrader.grade_id, 0.0)
                cell.outputs = [_points(points)]
        notes = notebook.metadata[_NOTES]
        notes["findings"] += marked.findings
        notes["tasks"] = [vars(task) for task in marked.tasks]


def _points(points: float) -> NotebookNode:
    made: NotebookNode = nbformat.v4.new_output("execute_result", data={"text/plain": repr(points)})
    return made


class SaveMarks(SaveAutoGrades):  # type: ignore[misc]
    """Saves points as nbgrader does, but asks a person to mark again only what changed."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Compare with what was found the last time, and save."""
        before = _record_before(_class_of(self), _place(resources))
        texts = {task.task: task.text for task in before.tasks} if before else {}
        self._changed = {
            task["task"]
            for task in nb.metadata[_NOTES]["tasks"]
            if task["gained"] is None and texts.get(task["task"]) != task["text"]
        }
        found: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        return found

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        task = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(task, self.notebook_id, self.assignment_id, self.student_id)
        auto, by_hand, asked = grade.auto_score, grade.manual_score, grade.needs_manual_grade
        super()._add_score(cell, resources)
        if by_hand is not None:
            changed = task in self._changed or (is_points(cell) and auto != grade.auto_score)
            grade.needs_manual_grade = bool(asked or changed)
            self.gradebook.db.commit()


def _record_before(folder: ClassFolder, place: Place) -> Record | None:
    try:
        return read_record(folder, place)
    except DataError:  # a damaged record says nothing; it is written anew in the end
        return None


# --- the end -------------------------------------------------------------------------------------------

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE = re.compile(r"!(?=\[)(?!\[[^\[\]\n]*\]\(attachment:)")  # any other is fetched when a page is opened
_TARGET = re.compile(r"\](?=\((?!https?://|attachment:)|:\s*(?:<\s*)?\S*?[:&])")  # may be javascript:
_ATTACHED = re.compile(r"\](?=\(attachment:([^)\n]{0,255}))")


class Disarm(_Step):
    """Shows tags, links and pictures from elsewhere in the texts of a student as they were typed.

    Formgrader would let a browser act on them, and fails at an attachment that is not there.
    """

    def step(self, folder: ClassFolder, place: Place, notebook: NotebookNode) -> None:
        """Change every text that is not of the exercise."""
        ours = {cell.source for cell in nbformat.read(folder.released(place.exercise), as_version=4).cells}
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and cell.source not in ours:
                cell.source = _disarmed(cell.source, cell.get("attachments", {}))


def _disarmed(text: str, attached: Collection[str]) -> str:
    text = _IMAGE.sub(r"\\!", _TAG.sub("&lt;", text))
    text = _ATTACHED.sub(lambda found: "]" if found[1] in attached else "]\\", text)
    return _TARGET.sub(r"]\\", text)


class KeepRecord(_Step):
    """Writes the record, and takes our notes out of the notebook."""

    def step(self, folder: ClassFolder, place: Place, notebook: NotebookNode) -> None:
        """Write what was found."""
        notes = notebook.metadata.pop(_NOTES)
        record = Record(
            student=place.student,
            exercise=place.exercise,
            fingerprint=fingerprint(folder, place),
            at=now(),
            findings=tuple(dict.fromkeys(notes["findings"])),
            tasks=tuple(TaskRecord(**task) for task in notes["tasks"]),
            **notes["run"],
        )
        write_record(folder, record)
