"""Look for what students must not receive: samples, keys, reasons, outputs, also behind the surface."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from backchannel.dossier import Dossier
from backchannel.exercises import Key

SHORTEST = 40  # characters; what is shorter may stand anywhere by chance
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
_CELL = {"nbgrader", "deletable", "editable"}
_NOTEBOOK = {"kernelspec", "language_info"}


def secrets(dossier: Dossier, key: Key, masters: Iterable[Path]) -> frozenset[str]:
    """Return passages of text that only instructors may have.

    These are the sample answers of the masters, the reasons of the key, and the reasons of labels held back
    as far as the same words do not serve for a public label too.
    """
    public = _texts(dossier.tables["reference_labels"], ("reason_en", "reason_de"))
    held_back = _texts(key.dossier.tables["reference_labels"], ("reason_en", "reason_de")) - public
    reasons = {text for _right, reason in key.options.values() for text in (reason.en, reason.de)}
    samples = {part for path in masters for part in _samples(path)}
    return frozenset(text for text in held_back | reasons | samples if len(text) >= SHORTEST)


def _texts(table: Any, columns: Iterable[str]) -> set[str]:
    return {str(text) for column in columns for text in table[column] if text}


def _samples(master: Path) -> Iterator[str]:
    """Yield the paragraphs of the written answers in a master."""
    for cell in json.loads(master.read_text(encoding="utf-8"))["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution") and about.get("grade"):
            yield from (part.strip() for part in "".join(cell["source"]).split("\n\n"))


def find_leaks(files: Iterable[tuple[str, bytes]], kept: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for everything in these files that students must not receive.

    Args:
        files: name and content; what is no text in UTF-8 is passed over.
        kept: as ``secrets`` returns it.
    """
    wanted = tuple(kept)
    for name, content in files:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if name.endswith(".ipynb") and name.startswith("exercises/"):
            notebook = json.loads(text)
            yield from (f"{name}: {what}." for what in _behind(notebook))
            text = _all_strings(notebook)
        elif name.endswith(".csv"):
            text = "\n".join("\n".join(row) for row in csv.reader(io.StringIO(text)))
        for secret in wanted:
            if secret in text:
                yield f"{name}: it holds what only instructors may have, {secret[:60]!r}."


def _behind(notebook: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands in a released notebook besides the text of its cells."""
    for place in sorted(set(notebook["metadata"]) - _NOTEBOOK):
        yield f"the notebook has the metadata {place!r}"
    for cell in notebook["cells"]:
        where = f"the cell {cell['id']}"
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"{where} has an output"
        if cell.get("attachments"):
            yield f"{where} has an attachment"
        for place in sorted(set(cell["metadata"]) - _CELL):
            yield f"{where} has the metadata {place!r}"
        for mark in MARKS:
            if mark in "".join(cell["source"]):
                yield f"{where} has the mark {mark!r}"
        if "exercise.solve(" in "".join(cell["source"]):
            yield f"{where} solves its task"


def _all_strings(value: Any) -> str:
    """Return all text of a notebook, wherever it stands; lines of one list belong together."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(_all_strings(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        plain = all(isinstance(part, str) for part in value)
        return ("" if plain else "\n").join(_all_strings(part) for part in value)
    return str(value)
