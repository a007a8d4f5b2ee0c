"""Tell what was handed in: the notebook of which exercise, or a journal with which answers.

Nothing is run and nothing is believed that matters for marks: what a file says of itself only decides where
it is put.
"""

from __future__ import annotations

import contextlib
import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from backchannel.classroom.records import sha256 as fingerprint
from backchannel.hand_in import JOURNAL_TYPE, MOST_BYTES
from backchannel.journal import Decision, read_line
from backchannel.workspace import ACTIVITY

MOST_GROUPS = 500_000  # lists and objects in a notebook; each takes some 70 bytes of memory
MOST_VALUES = 4_000_000
MOST_CELLS = 2_000
MOST_LINES = 200_000  # of a journal; an exercise has about fifty
LONGEST_LINE = 200_000
_LONGEST_NUMBER = 300  # digits
_TASK = re.compile(r"ex(\d\d)-\d+(-work)?")
_ACTIVITY = re.compile(r"ex(\d\d)-\d+")
_TITLE = re.compile(r"^#\s*(?:Exercise|Übung)\s+(\d\d)\b", re.MULTILINE)
_OPENS = re.compile(r"""open_exercise\(\s*["'](\d\d)["']""")
_NAMED = re.compile(r"(?:exercise|übung|uebung|aufgabe|ex)[ _-]*(\d\d?)(?!\d)", re.IGNORECASE)
_OWN_WORDS = 40  # characters from which on a cell is told from others by its text
_ASK = "ask for the file as JupyterLab saved it"


class NotUnderstoodError(ValueError):
    """A file is no notebook of an exercise and no journal of one; the message is half a sentence.

    Attributes:
        spare: whether nobody needs it where the same student's notebook came too.
    """

    def __init__(self, why: str, *, spare: bool = False) -> None:
        super().__init__(why)
        self.spare = spare


@dataclass(frozen=True)
class Sheet:
    """The notebook of an exercise.

    Attributes:
        exercise: such as ``03_how_sure_is_who``.
        by_name: whether only the file's name says so.
        others: numbers of other exercises of which it holds cells too.
        untouched: whether it is the exercise as it was released, byte for byte.
    """

    exercise: str
    by_name: bool
    others: tuple[str, ...]
    untouched: bool


@dataclass(frozen=True)
class Answers:
    """A journal.

    Attributes:
        ids: of all decisions on exercises, by the number of the exercise, in order.
        lessons: how many decisions belong to lessons.
        names: what the student is called in it, with the number of decisions.
        last: when the last decision on an exercise was made, as the journal says, or empty.
        unreadable: how many lines hold no decision.
    """

    ids: Mapping[str, tuple[str, ...]]
    lessons: int
    names: Mapping[str, int]
    last: str
    unreadable: int

    def of(self, number: str) -> frozenset[str]:
        """Return the ids of all decisions on one exercise."""
        return frozenset(self.ids.get(number, ()))


@dataclass(frozen=True)
class Catalogue:
    """The exercises of the course as they were released, which notebooks are held against."""

    project: Path

    @cached_property
    def exercises(self) -> Mapping[str, str]:
        """The name of each exercise by its number."""
        return {path.stem[:2]: path.stem for path in self._released}

    @cached_property
    def _released(self) -> tuple[Path, ...]:
        return tuple(sorted((self.project / "exercises").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb")))

    @cached_property
    def _digests(self) -> frozenset[str]:
        return frozenset(fingerprint(path.read_bytes()) for path in self._released)

    @cached_property
    def _texts(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """The longer texts of cells, by kind (exercise or lesson) and number."""
        lessons = sorted((self.project / "notebooks").glob("[0-9][0-9]_*.ipynb"))
        found = {}
        for kind, paths in (("exercise", self._released), ("lesson", lessons)):
            for path in paths:
                notebook = json.loads(path.read_text(encoding="utf-8"))
                found[kind, path.stem[:2]] = frozenset(_texts(notebook["cells"]))
        return found

    def is_untouched(self, sha256: str) -> bool:
        """Say whether these are the bytes of an exercise as it was released."""
        return sha256 in self._digests

    def alike(self, cells: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
        """Return kind and number of the released notebook that shares most texts, or two empty strings."""
        own = frozenset(_texts(cells))
        shared = {place: len(own & texts) for place, texts in self._texts.items()}
        best = max(shared, key=lambda place: shared[place], default=("", ""))
        return best if shared.get(best, 0) >= 2 else ("", "")

    def named(self, parts: Iterable[str]) -> str:
        """Return the number of the exercise that a file or one of its folders is named after, or nothing."""
        for part in reversed(tuple(parts)):
            for number, name in self.exercises.items():
                if name in part:
                    return number
            if (match := _NAMED.search(part)) and (number := match[1].zfill(2)) in self.exercises:
                return number
        return ""


def _texts(cells: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for cell in cells:
        text = " ".join(_source(cell).split())
        if len(text) >= _OWN_WORDS:
            yield text


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def recognise(content: bytes, parts: tuple[str, ...], sha256: str, catalogue: Catalogue) -> Sheet | Answers:
    """Tell what a file is.

    Args:
        content: its bytes, without a byte order mark.
        parts: its folders and its name.
        sha256: its fingerprint.
        catalogue: the exercises of the course.

    Raises:
        NotUnderstoodError: it is neither the notebook nor the journal of an exercise.
    """
    if _begins_as_journal(content):
        return read_answers(content)
    try:
        value = read_json(content)
    except NotUnderstoodError:
        if b'"activity"' in content:
            return read_answers(content)
        raise
    if not isinstance(value, dict) or not {"cells", "nbformat", "worksheets"} & set(value):
        raise NotUnderstoodError(
            "is neither a notebook nor a journal; ask for the file that ends in .ipynb", spare=True
        )
    return _sheet(value, parts, sha256, catalogue)


def without_mark(content: bytes) -> bytes:
    """Return the bytes of a text file without the byte order mark that some editors write."""
    return content.removeprefix(BOM_UTF8)


# --- journals ------------------------------------------------------------------------------------------


def _begins_as_journal(content: bytes) -> bool:
    first = content.lstrip()[: LONGEST_LINE + 1].split(b"\n", 1)[0]
    try:
        read_line(first)
    except ValueError:
        return False
    return True


def read_answers(content: bytes) -> Answers:
    """Read a journal.

    Raises:
        NotUnderstoodError: no line of it holds a decision, or it has too many.
    """
    ids: dict[str, dict[str, None]] = {}
    names: Counter[str] = Counter()
    lessons = unreadable = 0
    last = ""
    for decision in _decisions(content):
        if decision is None:
            unreadable += 1
        elif match := _ACTIVITY.fullmatch(decision.activity):
            ids.setdefault(match[1], {}).setdefault(decision.id)
            last = max(last, decision.at)
            names[decision.student] += 1
        elif decision.activity == ACTIVITY:
            names[decision.student] += 1
        else:
            lessons += 1
    if not ids and not lessons and not names:
        raise NotUnderstoodError(f"holds no line of a journal; {_ASK}")
    del names[""]
    return Answers({number: tuple(found) for number, found in ids.items()}, lessons, names, last, unreadable)


def _decisions(content: bytes) -> Iterator[Decision | None]:
    """Yield the decisions of a journal, and None for each line that holds none."""
    if content.count(b"\n") > MOST_LINES:
        raise NotUnderstoodError(f"has more than {MOST_LINES:,} lines, as no journal of an exercise has")
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            yield read_line(line) if len(line) <= LONGEST_LINE else None
        except ValueError:
            yield None


# --- notebooks -----------------------------------------------------------------------------------------


def read_json(content: bytes) -> Any:
    """Read JSON that may be hostile.

    Raises:
        NotUnderstoodError: it is damaged, or made to cost much memory or to be read in two ways.
    """
    if content.count(b"[") + content.count(b"{") > MOST_GROUPS or content.count(b",") > MOST_VALUES:
        raise NotUnderstoodError(f"has many more parts than a notebook has; {_ASK}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotUnderstoodError(f"is not UTF-8 at byte {problem.start:,}; {_ASK}") from None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_int=_number)
    except NotUnderstoodError:
        raise
    except RecursionError:
        raise NotUnderstoodError(f"is nested deeper than a notebook is; {_ASK}") from None
    except ValueError:
        raise NotUnderstoodError(
            f"is damaged or cut off, so that it is no notebook any more; {_ASK}"
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotUnderstoodError(f"names an entry twice, so that programs would read it differently; {_ASK}")
    return found


def _number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise NotUnderstoodError(f"holds a number of {len(digits):,} digits, as no notebook does; {_ASK}")
    return int(digits)


def _sheet(value: dict[str, Any], parts: tuple[str, ...], sha256: str, catalogue: Catalogue) -> Sheet:
    cells = _cells(value)
    found = Counter(number for number in _task_numbers(cells) if number in catalogue.exercises)
    by_name = False
    if found:
        number = found.most_common(1)[0][0]
    else:
        number = _told_number(cells, catalogue)
        if not number and (number := catalogue.named(parts)):
            by_name = True
    if not number:
        raise NotUnderstoodError(
            "is a notebook, but of no exercise of this course; ask for the one that was handed out",
            spare=True,
        )
    return Sheet(
        catalogue.exercises[number],
        by_name,
        tuple(sorted(set(found) - {number})),
        catalogue.is_untouched(sha256),
    )


def _cells(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells of a notebook whose form is right.

    Raises:
        NotUnderstoodError: it is not.
    """
    version, cells = value.get("nbformat"), value.get("cells")
    known = version if isinstance(version, int) and not isinstance(version, bool) else None
    if "worksheets" in value or (known is not None and known < 4):
        raise NotUnderstoodError(
            "is a notebook in the form of 2014 and before (nbformat 3); ask for it saved from JupyterLab"
        )
    if known != 4:
        shown = "none" if known is None else known
        raise NotUnderstoodError(f"is a notebook of a form unknown here (nbformat {shown}); {_ASK}")
    if not isinstance(cells, list) or not all(map(_is_cell, cells)):
        raise NotUnderstoodError(f"has cells that are none, so that it is no notebook any more; {_ASK}")
    if len(cells) > MOST_CELLS:
        raise NotUnderstoodError(f"has {len(cells):,} cells, as no exercise has; {_ASK}")
    return cells


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return False
    source = cell.get("source")
    lines = isinstance(source, list) and all(isinstance(line, str) for line in source)
    return isinstance(cell.get("metadata"), dict) and (lines or isinstance(source, str))


def _task_numbers(cells: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for cell in cells:
        about = cell["metadata"].get("nbgrader")
        name = about.get("grade_id") if isinstance(about, dict) else None
        if isinstance(name, str) and (match := _TASK.fullmatch(name)):
            yield match[1]


def _told_number(cells: list[dict[str, Any]], catalogue: Catalogue) -> str:
    """Return the exercise that a notebook without nbgrader's marks is, or nothing.

    Raises:
        NotUnderstoodError: it is the notebook of a lesson.
    """
    for cell in cells:
        pattern = _OPENS if cell["cell_type"] == "code" else _TITLE
        if (match := pattern.search(_source(cell))) and match[1] in catalogue.exercises:
            return match[1]
    kind, number = catalogue.alike(cells)
    if kind == "lesson":
        wanted = catalogue.exercises.get(number)
        ask = f"; ask for exercises/{wanted}/{wanted}.ipynb" if wanted else ""
        raise NotUnderstoodError(f"is the notebook of lesson {number}, not of an exercise{ask}", spare=True)
    return number


def carried_journal(content: bytes) -> bytes:
    """Return the journal that a notebook carries in the output of its last cell, or nothing.

    The output is read as data: as many lines as the cell would have written, and of these the ones that hold
    a decision.

    Args:
        content: a notebook that ``recognise`` took for one.
    """
    cells = _cells(read_json(content))
    lines = next((lines for cell in reversed(cells) if (lines := _lines_in(cell))), [])
    found, size = [], 0
    for line in lines:
        if not isinstance(line, str) or "\n" in line:
            continue
        raw = line.encode("utf-8", "replace") + b"\n"
        size += len(raw)
        if size > MOST_BYTES:
            break
        with contextlib.suppress(ValueError):
            read_line(raw)
            found.append(raw)
    return b"".join(found)


def _lines_in(cell: Mapping[str, Any]) -> list[Any]:
    outputs = cell.get("outputs")
    for output in reversed(outputs if isinstance(outputs, list) else []):
        data = output.get("data") if isinstance(output, dict) else None
        carried = data.get(JOURNAL_TYPE) if isinstance(data, dict) else None
        lines = carried.get("lines") if isinstance(carried, dict) else None
        if isinstance(lines, list):
            return lines
    return []
