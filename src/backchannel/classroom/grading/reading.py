"""Read what was handed in, as bytes that may be anything: a notebook, and the journal beside it.

What comes out is small, plain and valid; what was left out is told in full sentences. Nothing here executes
anything, and nothing a notebook says of itself in its outputs or in the margin is carried on.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from backchannel.classroom.visible import visible
from backchannel.errors import DataError

MOST_BYTES = 20 * 2**20  # of a notebook or a journal
MOST_LINES = 100_000  # of a journal; an exercise takes some dozens
LONGEST = 100_000  # characters of a cell
MINOR = 5  # of notebook format 4: the first whose cells have ids

IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]*={0,2}\n?")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class UnreadableError(DataError):
    """What was handed in cannot be read; the sentence says why."""


def short(text: str, most: int = 60) -> str:
    """Return the beginning of a text for a sentence: in one line, and with nothing that acts or hides."""
    words = " ".join(text[: 20 * most].split())
    return visible(words if len(words) <= most else words[: most - 1] + "…", 2 * most)


def read_bytes(path: Path) -> bytes:
    """Return what a submitted file holds, of a file too large its beginning.

    Raises:
        UnreadableError: it is missing, no plain file, or empty.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise UnreadableError(f"{path.name} is a link or a device, not a file.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(f"The file {path.name} is missing.") from None
    except OSError as problem:
        raise UnreadableError(f"{path.name} cannot be opened ({problem.strerror}).") from None
    if not data.strip():
        raise UnreadableError(f"{path.name} is empty.")
    return data


# --- notebooks -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Submitted:
    """A notebook as it was handed in, made plain.

    Attributes:
        cells: valid cells of notebook format 4.5 without outputs; of their metadata only nbgrader's is kept.
        findings: full sentences on what was left out.
    """

    cells: tuple[NotebookNode, ...]
    findings: tuple[str, ...]


def read_notebook(data: bytes) -> Submitted:
    """Read a notebook from bytes.

    Raises:
        UnreadableError: this is no notebook.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"The notebook is larger than {MOST_BYTES // 2**20} MB and was not read.")
    entries = _entries(_parse(data))
    reader = _Reader()
    cells = tuple(cell for entry in entries if (cell := reader.cell(entry)))
    return Submitted(cells, tuple(reader.findings()))


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except UnicodeDecodeError:
        reason = "it is no text in UTF-8"
    except json.JSONDecodeError as problem:
        reason = f"it is no JSON from row {problem.lineno} on"
        if b"\n<<<<<<<" in data:
            reason += ", and holds the marks of two versions that were not merged"
    except (ValueError, RecursionError):
        reason = "it is nested or filled in a way no notebook is"
    raise UnreadableError(f"The notebook cannot be read: {reason}.")


def _entries(notebook: Any) -> list[Any]:
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        older = isinstance(notebook, dict) and "worksheets" in notebook
        reason = "it is of an old format; save it with a JupyterLab of today" if older else "it has no cells"
        raise UnreadableError(f"The notebook cannot be read: {reason}.")
    if notebook.get("nbformat", 4) != 4:
        version = short(str(notebook["nbformat"]), 20)
        raise UnreadableError(f"The notebook cannot be read: it is of format {version}, not 4.")
    cells: list[Any] = notebook["cells"]
    return cells


class _Reader:
    """Makes cells plain, one after the other, and counts what it left out."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._left_out = self._cut = self._renamed = self._attached = 0

    def cell(self, entry: Any) -> NotebookNode | None:
        """Return an entry as a cell, or None where it is none."""
        source = _text(entry.get("source")) if isinstance(entry, dict) else None
        if source is None or entry.get("cell_type") not in ("code", "markdown", "raw"):
            self._left_out += 1
            return None
        if len(source) > LONGEST:
            source = source[:LONGEST]
            self._cut += 1
        kind = entry["cell_type"]
        cell = NotebookNode(cell_type=kind, id=self._id(entry.get("id")), metadata=NotebookNode())
        cell.source = source
        about = entry.get("metadata")
        nbgrader = about.get("nbgrader") if isinstance(about, dict) else None
        if isinstance(nbgrader, dict):
            cell.metadata.nbgrader = nbformat.from_dict(_plain(nbgrader))
        if kind == "code":
            cell.outputs, cell.execution_count = [], None
        elif attached := self._attachments(entry.get("attachments")):
            cell.attachments = nbformat.from_dict(attached)
        return cell

    def _id(self, found: Any) -> str:
        """Return an id no cell had before: the cell's own where it has a good one."""
        known = isinstance(found, str) and _ID.fullmatch(found)
        if known and found not in self._ids:
            self._ids.add(found)
            return str(found)
        self._renamed += bool(known)
        number = len(self._ids)
        while f"cell-{number}" in self._ids:
            number += 1
        self._ids.add(f"cell-{number}")
        return f"cell-{number}"

    def _attachments(self, found: Any) -> dict[str, dict[str, str]]:
        """Return the attached pictures; anything else might act where it is shown."""
        kept = {}
        for name, bundle in found.items() if isinstance(found, dict) else ():
            parts = bundle if isinstance(bundle, dict) else {"": bundle}
            pictures = {mime: data for mime, data in parts.items() if is_picture(mime, data)}
            self._attached += len(pictures) < len(parts)
            if pictures:
                kept[_encodable(name)] = pictures
        return kept

    def findings(self) -> Iterator[str]:
        """Yield what was left out."""
        if self._left_out:
            yield f"{_cells(self._left_out)} of the notebook could not be read and count for nothing."
        if self._cut:
            yield f"{_cells(self._cut)} had more than {LONGEST:,} characters; the rest was left out."
        if self._renamed:
            yield f"{_cells(self._renamed)} had the same id as another cell."
        if self._attached:
            yield "An attachment that is no picture was taken out of the notebook."


def _cells(count: int) -> str:
    return "One cell" if count == 1 else f"{count:,} cells"


def is_picture(mime: str, data: Any) -> bool:
    """Say whether a part of an output or an attachment is a picture, and nothing that could act."""
    return mime in IMAGES and isinstance(data, str) and bool(_BASE64.fullmatch(data))


def _text(found: Any) -> str | None:
    if isinstance(found, list) and all(isinstance(part, str) for part in found):
        found = "".join(found)
    return _encodable(found) if isinstance(found, str) else None


def _encodable(text: str) -> str:
    """Return text that can be written; half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries that are words, numbers or yes and no, as all of nbgrader's are."""
    return {
        _encodable(key): _encodable(value) if isinstance(value, str) else value
        for key, value in about.items()
        if isinstance(value, str | int | float)
    }


# --- journals ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handed:
    """A journal as it was handed in: what is used of it, and full sentences on what is unusual."""

    data: bytes
    findings: tuple[str, ...] = ()


def read_journal(path: Path) -> Handed:
    """Return the journal of a submission; empty where there is none that can be read."""
    try:
        data = read_bytes(path)
    except UnreadableError as problem:
        return Handed(b"", (f"{problem} The labels and questions count as not answered.",))
    end, rows = 0, 0
    while rows < MOST_LINES and (found := data.find(b"\n", end)) >= 0:
        end, rows = found + 1, rows + 1
    if len(data) <= MOST_BYTES and (rows < MOST_LINES or not data[end:].strip()):
        return Handed(data)
    most = f"{MOST_LINES:,} rows or {MOST_BYTES // 2**20} MB"
    return Handed(data[:end], (f"{path.name} has more than {most}; the rest was not read.",))
