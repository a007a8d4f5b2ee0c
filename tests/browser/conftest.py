"""A real JupyterLab on a copy of the course, seen in a real Chromium."""

import re
import shutil
from pathlib import Path

import pytest

from backchannel.authoring.browser import browser_page, find_chromium, running_lab

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items):
    if find_chromium():
        return
    reason = (
        "The browser tests did not run because no Chromium was found; install it (on Debian: "
        "apt-get install chromium) or name its path in BACKCHANNEL_CHROMIUM, then run make test again."
    )
    for item in items:
        if "browser" in Path(item.path).parts:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def course_folder(tmp_path):
    """A copy of what a student gets: lessons and course data."""
    for name in ("notebooks", "course_data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return tmp_path


@pytest.fixture
def workspace(course_folder):
    return course_folder / "workspace"


@pytest.fixture
def lab(course_folder, workspace):
    with running_lab(course_folder, workspace) as running:
        yield running


@pytest.fixture
def dark_lab(course_folder, workspace):
    with running_lab(course_folder, workspace, theme="JupyterLab Dark") as running:
        yield running


FAULT = re.compile(r"(Reference|Type|Syntax|Range)Error")


def faultless(opened):
    """Yield a page, and fail if a script of ours failed meanwhile: a widget then stays an empty frame."""
    faults = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: message.type == "error" and faults.append(message.text))
    yield opened
    assert [fault for fault in faults if FAULT.search(fault)] == []


@pytest.fixture
def page():
    with browser_page() as opened:
        yield from faultless(opened)


@pytest.fixture
def dark_page():
    with browser_page(dark=True) as opened:
        yield from faultless(opened)
