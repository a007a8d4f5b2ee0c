"""The canonical form of a lesson: the same lesson is always stored as the same bytes.

What is kept in a stored output, and why:

- the live view of a widget (``widget-view``) goes: its model died with the kernel, and JupyterLab would show
  an error in its place. The static ``text/html`` beside it is then what every reader sees;
- an ``image/png`` beside a ``text/html`` that holds the same image goes: it is half of the file, and every
  front-end takes the HTML, which alone carries the alternative text;
- the kernel's version and the editor's marks go: they say where a lesson was last run, not what it says.
"""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from backchannel.authoring.lessons import is_readable
from backchannel.errors import DataError

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}

_KEPT_OF_A_CELL = ("tags",)
_EMBEDDED_PNG = '<img src="data:image/png;base64,'
_FIRST_HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
_WORDS_OF_AN_ID = 4


def parse(text: str, name: str) -> nbformat.NotebookNode:
    """Read the text of a notebook without changing anything.

    Raises:
        DataError: it is no notebook of format 4.
    """
    try:
        notebook: nbformat.NotebookNode = nbformat.v4.reads(text)
        if notebook["nbformat"] == 4 and isinstance(notebook["cells"], list):
            return notebook
        problem: object = f"format {notebook['nbformat']}, and not 4"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = error
    raise DataError(
        f"{name} cannot be read as a notebook ({problem}); restore an earlier version of the file."
    )


def canonical(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook with all that is stored in its canonical form, but its code as it is written."""
    cells = [cell for cell in notebook["cells"] if cell["source"].strip()]
    ids = stable_ids(cells)
    runs = 0
    tidied = []
    for cell, cell_id in zip(cells, ids, strict=True):
        runs += cell["cell_type"] == "code"
        tidied.append(_cell(cell, cell_id, runs))
    about = {key: notebook["metadata"][key] for key in ("backchannel",) if key in notebook["metadata"]}
    form: nbformat.NotebookNode = nbformat.from_dict(
        {
            "cells": tidied,
            "metadata": about | {"kernelspec": KERNEL, "language_info": LANGUAGE},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    return form


def written(notebook: nbformat.NotebookNode) -> str:
    """Return the text of a notebook file: sorted keys, one space of indentation, LF, UTF-8."""
    text: str = nbformat.v4.writes(notebook)
    return text.rstrip("\n") + "\n"


def formatted(notebook: nbformat.NotebookNode, path: Path) -> nbformat.NotebookNode:
    """Return a notebook whose code is formatted by ruff, with the settings that hold where ``path`` lies.

    Raises:
        DataError: the code of a cell is not Python.
    """
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", str(path), "-"]
    done = subprocess.run(command, input=written(notebook).encode(), capture_output=True, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        raise DataError(f"{path.name} cannot be formatted ({last[0]}); correct the code of that cell.")
    return parse(done.stdout.decode(), path.name)


def _cell(cell: Mapping[str, Any], cell_id: str, runs: int) -> dict[str, Any]:
    kind = cell["cell_type"]
    tidied: dict[str, Any] = {
        "cell_type": kind,
        "id": cell_id,
        "metadata": {key: cell["metadata"][key] for key in _KEPT_OF_A_CELL if cell["metadata"].get(key)},
        "source": cell["source"].replace("\r\n", "\n").strip("\n").rstrip(),
    }
    if cell.get("attachments"):
        tidied["attachments"] = cell["attachments"]
    if kind == "code":
        tidied["execution_count"] = runs
        tidied["outputs"] = [_output(output, runs) for output in cell.get("outputs", ())]
    return tidied


def _output(output: Mapping[str, Any], runs: int) -> dict[str, Any]:
    tidied = dict(output)
    if "execution_count" in output:
        tidied["execution_count"] = runs
    if "data" in output:
        gone = {WIDGET_VIEW} if len(output["data"]) > 1 else set()
        if _EMBEDDED_PNG in output["data"].get("text/html", ""):
            gone.add("image/png")
        tidied["data"] = {mime: value for mime, value in output["data"].items() if mime not in gone}
        shown = tidied["data"]
        tidied["metadata"] = {key: value for key, value in output.get("metadata", {}).items() if key in shown}
    return tidied


# --- the names of cells ------------------------------------------------------------------------------------


def stable_ids(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return an id for each cell: its own where it is readable and unique, else one made from its heading.

    The same cells get the same ids, and ids once given stay.
    """
    cells = list(cells)
    own = [str(cell.get("id", "")) for cell in cells]
    taken = {cell_id for cell_id in own if is_readable(cell_id)}
    ids: list[str] = []
    heading = "cell"
    for cell, cell_id in zip(cells, own, strict=True):
        if cell["cell_type"] == "markdown" and (match := _FIRST_HEADING.search(cell["source"])):
            heading = _slug(match[1]) or heading
        if not is_readable(cell_id) or cell_id in ids:
            cell_id = _free(heading, taken)
            taken.add(cell_id)
        ids.append(cell_id)
    return ids


def _free(wanted: str, taken: Iterable[str]) -> str:
    taken, number, candidate = set(taken), 1, wanted
    while candidate in taken or not is_readable(candidate):
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def _slug(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:_WORDS_OF_AN_ID])[:50].strip("-")
