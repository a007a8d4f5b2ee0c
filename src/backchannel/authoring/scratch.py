"""A notebook of a few cells in a real JupyterLab, on a copy of the course data, for the bench."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from backchannel.authoring.browser import browser_page, open_notebook, run_all, running_lab
from backchannel.dossier import find_course_data

if TYPE_CHECKING:
    from playwright.sync_api import Page


@contextlib.contextmanager
def scratch_notebook(*cells: str, run: bool = True) -> Iterator[tuple[Path, Page]]:
    """Open a notebook with these cells, run it where wanted, and yield its folder and page."""
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-") as name:
        folder = Path(name)
        shutil.copytree(find_course_data(), folder / "course_data")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / "bench.ipynb")
        with running_lab(folder, folder / "workspace") as lab, browser_page() as page:
            open_notebook(page, lab, "bench.ipynb")
            if run:
                run_all(page)
            yield folder, page
