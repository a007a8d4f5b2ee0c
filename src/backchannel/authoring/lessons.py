"""The lessons as files: where they lie, how one is read, and how a remark on one is worded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from backchannel.dossier import Activity, LessonCard, find_course_data
from backchannel.errors import DataError, UsageError

FOLDER = "notebooks"

# The parts of a lesson: these headings of level 2, in this order, with headings of its own between the two.
OPENING = (
    WILL := "What you will be able to do",
    NEED := "You need",
    PREDICTION := "Before you start: your prediction",
)
CLOSING = (CHECK := "Check yourself", "Key points", SOURCES := "Sources", NEXT := "Next")
READABLE_ID = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?")
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_BASE64 = re.compile(r"(data:[\w/+.-]+;base64,)[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True)
class Remark:
    """Something wrong in a lesson: which notebook, which cell, what it is, what to do.

    ``cell`` is the cell's id, or empty where the whole notebook is meant.
    """

    notebook: str
    cell: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.notebook}, cell {self.cell}" if self.cell else self.notebook
        return f"{place}: {self.problem}; {self.remedy}."


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook. ``kind`` is markdown, code or raw; ``runs`` its execution count."""

    id: str
    kind: str
    source: str
    metadata: Mapping[str, Any]
    outputs: tuple[Mapping[str, Any], ...] = ()
    runs: int | None = None

    @property
    def text(self) -> str:
        """The source without fenced code, which is no prose."""
        return _FENCED.sub("", self.source)


@dataclass(frozen=True)
class Heading:
    """A heading of a markdown cell."""

    level: int
    title: str
    cell: Cell


@dataclass(frozen=True)
class Part:
    """What one cell gives to a section: some lines of its markdown, or all of its code."""

    cell: Cell
    text: str


@dataclass(frozen=True)
class Section:
    """What stands below a heading of level 2, up to the next; the title is empty before the first."""

    title: str
    parts: tuple[Part, ...]

    @property
    def cell(self) -> Cell | None:
        """The first cell that gives anything to the section."""
        return next((part.cell for part in self.parts if part.text.strip()), None)

    @property
    def prose(self) -> str:
        """The markdown of the section, headings of lower levels included."""
        return "\n\n".join(part.text for part in self.parts if part.cell.kind == "markdown")


@dataclass(frozen=True)
class Lesson:
    """A notebook as it is stored."""

    path: Path
    version: tuple[int, int]
    metadata: Mapping[str, Any]
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def about(self) -> Mapping[str, Any]:
        """What the notebook says about itself under ``backchannel`` in its metadata."""
        about = self.metadata.get("backchannel")
        return about if isinstance(about, Mapping) else {}

    @property
    def markdown(self) -> tuple[Cell, ...]:
        """The cells of prose."""
        return tuple(cell for cell in self.cells if cell.kind == "markdown")

    @property
    def code(self) -> tuple[Cell, ...]:
        """The cells of code."""
        return tuple(cell for cell in self.cells if cell.kind == "code")

    def remark(self, cell: Cell | None, problem: str, remedy: str) -> Remark:
        """Return a remark on this lesson."""
        return Remark(self.name, cell.id if cell else "", problem, remedy)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """All headings in order."""
        return tuple(
            Heading(len(match[1]), match[2], cell)
            for cell in self.markdown
            for line in cell.text.splitlines()
            if (match := _HEADING.match(line))
        )

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The lesson cut at its headings of level 2."""
        titles: list[str] = [""]
        parts: list[list[Part]] = [[]]
        for cell in self.cells:
            lines: list[str] = []
            for line in (cell.text if cell.kind == "markdown" else cell.source).splitlines():
                match = _HEADING.match(line) if cell.kind == "markdown" else None
                if match and len(match[1]) == 2:
                    parts[-1].append(Part(cell, "\n".join(lines)))
                    lines = []
                    titles.append(match[2])
                    parts.append([])
                else:
                    lines.append(line)
            parts[-1].append(Part(cell, "\n".join(lines)))
        return tuple(Section(title, tuple(found)) for title, found in zip(titles, parts, strict=True))

    def stands_in(self, cell: Cell, title: str) -> bool:
        """Say whether a cell gives something to the section of that title."""
        return any(part.cell is cell and part.text.strip() for part in self.section(title).parts)

    def section(self, title: str) -> Section:
        """Return the first section of that title, or an empty one."""
        return next((section for section in self.sections if section.title == title), Section(title, ()))


@dataclass(frozen=True)
class Known:
    """What the course data know that a lesson says too: ids it may cite, lessons, activities by name."""

    sources: frozenset[str]
    claims: frozenset[str]
    passages: frozenset[str]
    lessons: Mapping[str, LessonCard] = field(default_factory=dict)
    activities: Mapping[str, Activity] = field(default_factory=dict)


Rule = Callable[[Lesson, Known], Iterator[Remark]]


def joined(value: Any) -> str:
    """Return a text that a notebook stores whole or line by line."""
    return "".join(value) if isinstance(value, list) else str(value)


def without_images(text: str) -> str:
    """Return a text without the data of the images that stand in it."""
    return _BASE64.sub(r"\1", text)


def output_texts(output: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (media type, text) of what an output shows; images come without their data."""
    if "text" in output:
        yield f"stream {output.get('name', '')}", joined(output["text"])
    for mime, value in output.get("data", {}).items():
        if mime.startswith("image/") and mime != "image/svg+xml":
            continue
        yield mime, without_images(json.dumps(value) if isinstance(value, dict) else joined(value))


def is_readable(cell_id: str) -> bool:
    """Say whether a cell id is one that a person can read and that no editor made up."""
    return bool(READABLE_ID.fullmatch(cell_id)) and not _RANDOM_ID.fullmatch(cell_id)


def read_lesson(path: Path) -> Lesson:
    """Read a notebook as it is stored.

    Raises:
        DataError: it is no notebook of format 4.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Lesson(
            path,
            (int(raw["nbformat"]), int(raw["nbformat_minor"])),
            raw["metadata"],
            tuple(_cell(cell, number) for number, cell in enumerate(raw["cells"], start=1)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DataError(
            f"{path.name} cannot be read as a notebook ({problem}); restore an earlier version of the file."
        ) from problem


def _cell(raw: Mapping[str, Any], number: int) -> Cell:
    return Cell(
        str(raw.get("id") or f"number {number}"),
        raw["cell_type"],
        joined(raw["source"]),
        raw["metadata"],
        tuple(raw.get("outputs", ())),
        raw.get("execution_count"),
    )


def is_lesson(path: Path) -> bool:
    """Say whether a notebook counts as a lesson: a number opens its name. Others may look as they like."""
    return path.name[:1].isdecimal()


def find_lessons(names: Sequence[str] = (), folder: Path | None = None) -> tuple[Path, ...]:
    """Find the notebooks of lessons by number, name or path; without names all of them, in order.

    Args:
        names: ``03``, ``03_how_sure_is_who``, ``03_how_sure_is_who.ipynb`` or a path.
        folder: where the lessons lie; else ``notebooks`` beside the course data.

    Raises:
        UsageError: there is no such lesson.
    """
    place = folder or find_course_data().parent / FOLDER
    known = sorted(place.glob("*.ipynb"))
    return tuple(dict.fromkeys(_find(name, known) for name in names)) if names else tuple(known)


def _find(name: str, known: Sequence[Path]) -> Path:
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path
    for lesson in known:
        if name in (lesson.name, lesson.stem, lesson.stem.split("_")[0]):
            return lesson
    there = ", ".join(lesson.stem for lesson in known) or "none yet"
    raise UsageError(f"There is no lesson {name!r}; the lessons are: {there}.")
