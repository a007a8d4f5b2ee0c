"""Notebooks in a temporary folder, written cell by cell."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

START = """\
# 03 Two claims

> **Central question.** Who says so?

This lesson compares two claims.

## What you will be able to do

- compare two claims
- name the source of each

## You need

- no knowledge of German

About 45 minutes: 15 reading, 30 tasks. The next cell opens the course."""

END = """\
## Key points

- A claim has a source.

## Sources

- [source-style] A style guide (2019).

## Next

The next lesson is still to come."""

OPEN = "from backchannel import open_course\n\ncourse = open_course()\ncourse"


def png(colour: str = "white", mark: tuple[int, int, int, int] | None = None, size: int = 200) -> str:
    """Return an image in base64: one colour, with a black mark (left, top, right, bottom)."""
    image = Image.new("RGB", (size, size), colour)
    if mark:
        image.paste("black", mark)
    buffer = io.BytesIO()
    image.save(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


def html_image(image: str, alt: str = "A chart.") -> str:
    return f'<img src="data:image/png;base64,{image}" alt="{alt}">'


def result(**data: Any) -> dict[str, Any]:
    """Return the output of a last expression; ``text_html`` stands for ``text/html``."""
    mimes = {mime.replace("_", "/"): value for mime, value in data.items()}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": mimes}


def printed(text: str, stream: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": stream, "text": text}


class Notebook:
    """A notebook under construction. ``cells`` and ``metadata`` are plain data and may be changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cells: list[dict[str, Any]] = []
        self.metadata: dict[str, Any] = {"kernelspec": dict(KERNEL)}
        self.minor = 5

    def prose(self, cell_id: str, text: str) -> Notebook:
        self.cells.append({"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text})
        return self

    def code(self, cell_id: str, text: str, *outputs: dict[str, Any], run: bool = True) -> Notebook:
        runs = sum(cell["cell_type"] == "code" for cell in self.cells) + 1 if run else None
        cell = {"cell_type": "code", "id": cell_id, "metadata": {}, "source": text}
        self.cells.append({**cell, "execution_count": runs, "outputs": list(outputs)})
        return self

    def cell(self, cell_id: str) -> dict[str, Any]:
        return next(cell for cell in self.cells if cell.get("id") == cell_id)

    def replace(self, cell_id: str, old: str, new: str) -> None:
        """Replace words in a cell; they must be there."""
        cell = self.cell(cell_id)
        assert old in cell["source"]
        cell["source"] = cell["source"].replace(old, new)

    def save(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        form = {"cells": self.cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": self.minor}
        self.path.write_text(json.dumps(form), encoding="utf-8")
        return self.path


@pytest.fixture
def good_lesson(tmp_path: Path) -> Notebook:
    """Return a minimal lesson that keeps every rule."""
    lesson = Notebook(tmp_path / "notebooks" / "03_two_claims.ipynb")
    lesson.metadata["backchannel"] = {
        "lesson": "03",
        "title": "Two claims",
        "question": "Who says so?",
        "minutes": {"reading": 15, "tasks": 30},
        "objectives": ["compare two claims", "name the source of each"],
        "needs": ["no knowledge of German"],
    }
    widget = {"text/plain": "Quiz('03')", "text/html": "<section>Two questions.</section>"}
    quiz = {"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": widget}
    return (
        lesson.prose("start", START)
        .code("open", OPEN, result(text_plain="Welcome."))
        .prose("predict-intro", "## Before you start: your prediction\n\nWhat do you expect?")
        .code("predict", 'course.predict("03")', quiz)
        .prose("work-intro", "## The claims\n\nIda says they meet in May, `d1-p02-1` [source-style].")
        .code("work", "course.glance()", result(text_html=html_image(png()), text_plain="A chart."))
        .prose("notes-intro", "Write down what you saw.")
        .code("notes", 'course.write("03-notes")', quiz)
        .prose("check-intro", "## Check yourself\n\nAnswer two questions.")
        .code("check", 'course.check("03")', quiz)
        .prose("end", END)
    )


@pytest.fixture(scope="session")
def tools() -> SimpleNamespace:
    """Return the functions above, for tests that need more than one notebook."""
    return SimpleNamespace(
        notebook=lambda folder, name: Notebook(folder / f"{name}.ipynb"),
        html_image=html_image,
        png=png,
        printed=printed,
        result=result,
    )
