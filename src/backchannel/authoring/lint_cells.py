"""Rules for the cells of a lesson: their code, and what they store as its output."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from backchannel.authoring import prose
from backchannel.authoring.lessons import (
    CHECK,
    PREDICTION,
    Cell,
    Known,
    Lesson,
    Remark,
    is_readable,
    joined,
    output_texts,
)

LINES, LINE_LENGTH = 8, 100
OPEN = "backchannel.open_course"
LIBRARIES = ("matplotlib", "pandas")

KINDS = {
    "labeller": "labels",
    "questions": "questions",
    "write": "writing",
    "chain_builder": "chains",
    "sorter": "sorter",
    "coverage": "coverage",
    "hypotheses": "hypotheses",
    "elements": "elements",
    "debate": "debate",
}
"""The kind of activity that each method of the course opens."""

LOOKED_AT = ("after", "own_picture")
_PREDICTED = re.compile(r"\d\d-(?:predict|check)")

_SHELL = re.compile(r"\s*[!%?]|.*\?\s*$")
_CALL = re.compile(r"\b(?:pip|conda|mamba|subprocess|input)\b")
_SKIPS = re.compile(r"NBVAL_[A-Z_]+|PYTEST_VALIDATE_[A-Z_]+")
_TRACES = {
    "an absolute path": re.compile(
        r"(?<![\w<:/.-])/(?:home|Users|root|tmp|var|opt|mnt|private|work|workspace|usr)/|\b[A-Z]:\\\w|file://"
    ),
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    "the id of a widget's model": re.compile(r"model_id|widget-view\+json|\bIPY_MODEL_|\b[0-9a-f]{32}\b"),
}


def cells_have_readable_ids(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the author who is told that cell 5f3a9c1b is wrong."""
    counts = Counter(cell.id for cell in lesson.cells)
    for cell_id, count in counts.items():
        cell = next(cell for cell in lesson.cells if cell.id == cell_id)
        if count > 1:
            yield lesson.remark(
                cell, f"{count} cells have this id", "run `make refresh`, which gives new ones"
            )
        if not is_readable(cell_id):
            yield lesson.remark(
                cell, "the id is not readable", "run `make refresh`, or give one such as practice-intro"
            )


def prose_comes_before_code(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student without programming who meets a line of code and is not told what it does."""
    for before, cell in zip((None, *lesson.cells), lesson.cells, strict=False):
        if cell.kind != "code":
            continue
        if before is None or before.kind != "markdown" or not list(prose.sentences(before.text)):
            yield lesson.remark(
                cell, "no prose stands before this code", "say in a cell of Markdown what it does"
            )


def code_is_short(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student for whom code is a foreign language."""
    for cell in lesson.code:
        lines = cell.source.splitlines()
        if len(lines) > LINES:
            yield lesson.remark(
                cell,
                f"the code has {len(lines)} lines and may have {LINES}",
                "move the rest into the package",
            )
        for number, line in enumerate(lines, start=1):
            if len(line) > LINE_LENGTH:
                yield lesson.remark(
                    cell,
                    f"line {number} has {len(line)} characters and may have {LINE_LENGTH}",
                    "break it, with a comma after the last argument",
                )


def code_is_plain(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student on another machine, in the browser or offline, where magics and installs fail."""
    for cell in lesson.code:
        if _SHELL.match(cell.source) or any(_SHELL.match(line) for line in cell.source.splitlines()):
            yield lesson.remark(
                cell, "it holds a magic, a shell command or a question mark", "use plain Python"
            )
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as problem:
            yield lesson.remark(cell, f"line {problem.lineno} is not Python ({problem.msg})", "correct it")
            continue
        if match := _CALL.search(cell.source):
            yield lesson.remark(
                cell, f"it uses {match[0]}", "a lesson installs nothing and waits for nothing"
            )
        if "://" in cell.source:
            yield lesson.remark(
                cell, "it names an address of the network", "a lesson must run without a network"
            )
        for name in _imported(tree):
            if name != OPEN and name.split(".")[0] not in LIBRARIES:
                remedy = "import open_course from backchannel, and at most pandas or matplotlib"
                yield lesson.remark(cell, f"it imports {name}", remedy)
        if any(isinstance(node, ast.Try) for node in ast.walk(tree)):
            yield lesson.remark(cell, "it catches errors", "let the package say in a sentence what is wrong")


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{name.name}" for name in node.names)


def _course_calls(lesson: Lesson) -> Iterator[tuple[Cell, str, tuple[Any, ...]]]:
    """Yield (cell, method, constant arguments) of each call ``course.method(…)``, in order."""
    for cell in lesson.code:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            match call.func:
                case ast.Attribute(value=ast.Name(id="course"), attr=method):
                    yield cell, method, tuple(a.value for a in call.args if isinstance(a, ast.Constant))


def the_prediction_comes_first(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who is asked to predict what the lesson has shown already."""
    calls = list(_course_calls(lesson))
    predictions = [call for call in calls if call[1] == "predict"]
    if len(predictions) != 1:
        yield lesson.remark(
            predictions[1][0] if predictions else None,
            f"the lesson has {len(predictions)} predictions and needs one",
            f'have one course.predict("{lesson.about.get("lesson")}")',
        )
        return
    cell, _method, arguments = predictions[0]
    if arguments != (lesson.about.get("lesson"),):
        yield lesson.remark(cell, "it asks for the prediction of another lesson", "name this lesson")
    if not lesson.stands_in(cell, PREDICTION):
        yield lesson.remark(cell, f"the prediction does not stand below '## {PREDICTION}'", "move it there")
    for other, method, _arguments in calls[: calls.index(predictions[0])]:
        yield lesson.remark(
            other, f"course.{method} comes before the prediction", "move the prediction before it"
        )


def the_check_closes_the_lesson(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who wants to know whether the lesson was understood."""
    checks = [call for call in _course_calls(lesson) if call[1] == "check"]
    if not any(lesson.stands_in(cell, CHECK) for cell, _method, _arguments in checks):
        yield lesson.remark(
            None,
            f"no questions stand below '## {CHECK}'",
            f'call course.check("{lesson.about.get("lesson")}") there',
        )
    for cell, _method, arguments in checks:
        if arguments != (lesson.about.get("lesson"),):
            yield lesson.remark(cell, "it asks the questions of another lesson", "name this lesson")


def the_activities_are_those_of_the_tables(lesson: Lesson, known: Known) -> Iterator[Remark]:
    """Spare the student whose work the portfolio does not find, and the instructor who looks for a task."""
    asked: set[str] = set()
    for cell, method, arguments in _course_calls(lesson):
        name = str(arguments[0]) if arguments else ""
        if method in LOOKED_AT and name not in known.activities and not _PREDICTED.fullmatch(name):
            what = f"course.{method} looks at {name!r}, which activities.csv does not have"
            yield lesson.remark(cell, what, "correct the name")
        if method not in KINDS:
            continue
        found = known.activities.get(name)
        asked.add(name)
        if found is None or found.kind != KINDS[method]:
            what = f"course.{method} names {name!r}, which activities.csv does not have as {KINDS[method]}"
            yield lesson.remark(cell, what, "add its row there, or correct the name")
    for name, activity in known.activities.items():
        if activity.lesson == lesson.about.get("lesson") and name not in asked:
            what = f"activities.csv has {name} for this lesson, and no cell asks for it"
            yield lesson.remark(None, what, "add the cell, or take the row out")


def nothing_is_kept_from_the_tests(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who meets the failing cell that a mark has hidden from the tests.

    A cell marked raises-exception that raises no more, and a skipped cell, both pass nbval.
    """
    for cell in lesson.cells:
        tags = [str(tag) for tag in cell.metadata.get("tags", ())]
        marks = [tag for tag in tags if tag.startswith(("nbval", "raises-exception", "skip", "remove"))]
        if cell.kind == "code" and (match := _SKIPS.search(cell.source)):
            marks.append(match[0])
        for mark in marks:
            yield lesson.remark(cell, f"the mark {mark} keeps it from the tests", "take the mark away")


# --- outputs -----------------------------------------------------------------------------------------------


def cells_were_run_in_order(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the reader on a web page, who sees nothing but stored outputs; nbval lets an unrun cell pass."""
    for number, cell in enumerate(lesson.code, start=1):
        if cell.runs is None:
            yield lesson.remark(cell, "the cell was not run", "run `make refresh`")
        elif cell.runs != number:
            yield lesson.remark(
                cell, f"it was run as number {cell.runs} and not as {number}", "run `make refresh`"
            )


def outputs_show_no_errors(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who meets red text and believes to have broken something."""
    for cell in lesson.code:
        for output in cell.outputs:
            if output["output_type"] == "error":
                yield lesson.remark(
                    cell, f"its output is the error {output.get('ename')}", "correct the cell"
                )
            elif output.get("name") == "stderr":
                last = (joined(output["text"]).strip().splitlines() or [""])[-1]
                yield lesson.remark(cell, f"it warns {last[:80]!r}", "remove the cause of the warning")


def outputs_hold_no_traces(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the author whose folders are printed, and the one who reads a change that is none."""
    for cell in lesson.code:
        texts = [text for output in cell.outputs for text in output_texts(output)]
        for what, pattern in _TRACES.items():
            found = [(mime, match) for mime, text in texts if (match := pattern.search(f"{mime}\n{text}"))]
            if found:
                mime, match = found[0]
                yield lesson.remark(
                    cell,
                    f"its output ({mime}) holds {what}, {match[0]!r}",
                    "run `make refresh`, or show less there",
                )


def pictures_have_words(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who hears the lesson instead of seeing it."""
    remedy = "give it an alternative text (a Picture of backchannel.charts has one)"
    for cell in lesson.code:
        for output in cell.outputs:
            data = output.get("data", {})
            shown = _Images.alternatives_in(joined(data.get("text/html", "")))
            bare = any(mime.startswith("image/") for mime in data) and not shown
            if bare or not all(shown):
                yield lesson.remark(cell, "a picture in its output has no alternative text", remedy)
    for cell in lesson.markdown:
        shown = [alternative for alternative, _target in prose.images(cell.text)]
        if not all([*shown, *_Images.alternatives_in(prose.without_code(cell.text))]):
            yield lesson.remark(cell, "a picture has no alternative text", "write ![what it shows](file)")


class _Images(HTMLParser):
    """Collect the alternative text of each image; empty where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append((dict(attrs).get("alt") or "").strip())

    @classmethod
    def alternatives_in(cls, html: str) -> list[str]:
        """Return the alternative texts of all images in a piece of HTML."""
        parser = cls()
        parser.feed(html)
        return parser.found
