"""Make the pictures of the README: the course as it looks in JupyterLab, and its charts."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from backchannel.authoring.browser import browser_page, open_notebook, run_all, running_lab
from backchannel.charts import Picture
from backchannel.course import open_course
from backchannel.dossier import find_course_data, load_dossier

if TYPE_CHECKING:
    from playwright.sync_api import Page

_OPEN = "from backchannel import open_course\ncourse = open_course()"
BLOCK = "03-practice"
_CELLS = (_OPEN, f'course.labeller("{BLOCK}")', 'course.reader("d1")')


def main(argv: list[str]) -> int:
    """Write all pictures into ``docs/pictures``."""
    argparse.ArgumentParser(prog="backchannel pictures", description=__doc__).parse_args(argv)
    root = find_course_data().parent
    target = root / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    for name in (*_charts(root, target), *_screens(root, target)):
        print(f"wrote docs/pictures/{name}", flush=True)
    return 0


def _charts(root: Path, target: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as empty:
        course = open_course(root / "course_data", Path(empty))
        for name, picture in (
            ("calendar.png", course.calendar()),
            ("agreement.png", course.agreement_picture("A", "B")),
        ):
            assert isinstance(picture, Picture), picture
            (target / name).write_bytes(picture.png)
            yield name


def _screens(root: Path, target: Path) -> Iterator[str]:
    for theme, dark in (("light", False), ("dark", True)):
        with _opened(root, dark) as page:
            labeller = page.get_by_test_id("labeller")
            labeller.focus()
            for number, key in enumerate(_keys(root), start=1):
                page.keyboard.press(key)
                page.wait_for_function(f"""() => document.querySelector(
                  '[data-testid=labeller] [data-testid=progress]').textContent.startsWith('{number} of ')""")
            labeller.get_by_test_id("feedback").wait_for()
            labeller.screenshot(path=target / f"labeller-{theme}.png")
            yield f"labeller-{theme}.png"
            if not dark:
                yield _reader(page, target)


def _keys(root: Path) -> Iterator[str]:
    """Yield the keys of a student who agrees with the reference on all but the last question."""
    dossier = load_dossier(root / "course_data")
    block = dossier.blocks[BLOCK]
    for dimension in block.dimensions[:-1]:
        label = dossier.references[block.claims[0], dimension][0].label
        yield str(dossier.codebook[dimension].label_ids.index(label) + 1)
    yield "2"


def _reader(page: Page, target: Path) -> str:
    reader = page.get_by_test_id("reader")
    reader.get_by_test_id("text-both").click()
    reader.locator("[data-testid=d1-p02] .bc-claim").first.click()
    reader.get_by_test_id("claim-card").wait_for()
    reader.evaluate("element => element.scrollIntoView({ block: 'start' })")
    box = reader.bounding_box()
    assert box is not None
    page.screenshot(path=target / "reader.png", clip={**box, "height": min(box["height"], 1000.0)})
    return "reader.png"


@contextmanager
def _opened(root: Path, dark: bool) -> Iterator[Page]:
    with tempfile.TemporaryDirectory(prefix="backchannel-pictures-") as name:
        folder = Path(name)
        shutil.copytree(root / "course_data", folder / "course_data")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in _CELLS])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / "pictures.ipynb")
        theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        with (
            running_lab(folder, folder / "workspace", theme=theme) as lab,
            browser_page(width=1300, height=3000, dark=dark) as page,
        ):
            open_notebook(page, lab, "pictures.ipynb")
            run_all(page)
            page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
            yield page
