"""Lessons cope with every journal: none, half of one, a full one, any order, run twice, in both languages."""

from __future__ import annotations

import ast
import re
import warnings
from html import escape
from pathlib import Path
from typing import Any

import pytest
from student import Student

from backchannel.authoring.lessons import find_lessons, read_lesson
from backchannel.charts import Picture
from backchannel.course import open_course
from backchannel.dossier import load_dossier
from backchannel.workspace import Workspace

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = find_lessons(folder=NOTEBOOKS)


@pytest.fixture(scope="module")
def dossier(course_data):
    return load_dossier(course_data)


def _journal(dossier, folder, share, language):
    """Return a workspace with a share of the whole course done in it."""
    workspace = Workspace(folder, dossier.codebook.version)
    workspace.use_language(language)
    Student(dossier, workspace, share).do_everything()
    return folder


@pytest.fixture(scope="module")
def half(dossier, tmp_path_factory):
    return _journal(dossier, tmp_path_factory.mktemp("half"), 0.5, "de")


@pytest.fixture(scope="module")
def full(dossier, tmp_path_factory):
    return _journal(dossier, tmp_path_factory.mktemp("full"), 1.0, "en")


def _run(path: Path) -> list[Any]:
    """Run the code cells of a lesson in this process and return what each shows."""
    names: dict[str, Any] = {}
    shown = []
    for cell in read_lesson(path).code:
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), names)
        if last:
            shown.append(eval(compile(ast.Expression(last.value), cell.id, "eval"), names))
    return shown


def _words(shown: list[Any]) -> str:
    """Return what a reader of plain HTML sees of it."""
    return "\n".join(_html(one) for one in shown)


def _html(one: Any) -> str:
    if static := getattr(one, "static_html", None):
        return str(static())
    if isinstance(one, Picture):
        return one.text_html  # without the image, whose drawing takes most of the time
    drawn = getattr(one, "_repr_html_", None)
    return str(drawn()) if drawn else escape(repr(one))


def _activities(dossier, path):
    return [activity for activity in dossier.activities.values() if activity.lesson == path.name[:2]]


@pytest.mark.parametrize("path", LESSONS[::-1], ids=lambda path: path.stem)
def test_a_lesson_runs_twice_on_half_a_journal_in_german(path, half, monkeypatch):
    """In the reverse order of the course, so that each is opened before what it builds on was looked at."""
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(half))
    before = (half / "journal.jsonl").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = _words(_run(path))
        assert _words(_run(path)) == first
    assert (half / "journal.jsonl").read_bytes() == before, "looking at a lesson wrote into the journal"
    assert "Backchannel ist geöffnet" in first
    assert re.search(r"\{\w+\}", first) is None, "a word of the interface was not filled in"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_on_a_full_journal(path, full, dossier, monkeypatch):
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(full))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = _words(_run(path))
    assert "<script>" not in shown
    if any(a.kind in ("writing", "debate") for a in _activities(dossier, path)):
        assert "&lt;script&gt;" in shown, "what a student wrote does not show"


def test_the_invented_student_does_all_of_it(dossier, full):
    """Else the tests above would look at less than they say."""
    state = open_course(dossier.folder, full).workspace.journal.state
    for activity in dossier.activities:
        assert state.last(activity), activity
    for form in ("test-pre", "test-post"):
        assert state.last(form), form
