"""Every lesson keeps the rules of a lesson, and stores what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from backchannel.authoring.lessons import find_lessons, read_lesson
from backchannel.authoring.lint import known_ids, lint
from backchannel.authoring.refresh import run_lessons

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = find_lessons(folder=NOTEBOOKS)


@pytest.fixture(scope="module")
def known(course_data):
    return known_ids(course_data)


def test_there_are_lessons():
    assert LESSONS


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_keeps_the_rules(path, known):
    assert [str(remark) for remark in lint(read_lesson(path), known)] == []


def test_lessons_show_what_they_store():
    runs, failures = run_lessons(LESSONS)
    assert failures == []
    assert [str(remark) for run in runs for remark in run.drift()] == []
