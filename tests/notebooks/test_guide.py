"""The instructor's guide is made from the lessons and their notes, and tells where notes fall behind."""

import shutil

import pytest

from backchannel.authoring import guide
from backchannel.dossier import load_dossier
from backchannel.errors import DataError

NOTES = """## In one sentence

They compare two claims [source-style], `d1-p02-1`.

## Timing

| minutes | part |
|---|---|
| 45 | all |

## What to expect of each activity

### 03-predict

A guess.

### 03-notes

A line.

### 03-check

Three answers.

## Pitfalls

None yet.

## Discussion questions

1. Why?

## If a student asks

Say so.
"""


@pytest.fixture
def project(good_lesson, small_package):
    """Return the folder of a small course with one lesson and the notes on it."""
    two = {"title_en": "Two claims", "title_de": "Zwei Aussagen"}
    asked = {"question_en": "Who says so?", "question_de": "Wer sagt das?"}
    small_package.append("lessons", id="03", **two, **asked)
    small_package.append(
        "activities", id="03-notes", lesson="03", position="1", kind="writing", optional="false", **two
    )
    small_package.append("prompts", activity="03-notes", position="1", prompt_en="N:", prompt_de="N:")
    good_lesson.save()
    folder = small_package.folder.parent
    (folder / guide.NOTES).mkdir(parents=True)
    (folder / guide.NOTES / "opening.md").write_text("# Guide\n\nHow it goes.\n", encoding="utf-8")
    (folder / guide.NOTES / "03.md").write_text(NOTES, encoding="utf-8")
    return folder


def _dossier(project):
    return load_dossier(project / "course_data")


def test_it_holds_what_the_lesson_says_of_itself_and_the_notes_below(project):
    (text,) = guide.page(_dossier(project), project).values()
    assert text.startswith("# Guide\n\nHow it goes.")
    assert "| [03 Two claims](../notebooks/03_two_claims.ipynb) | Who says so? | 15 | 30 | 45 |" in text
    assert "| together | | 15 | 30 | 45 |" in text
    assert "- compare two claims" in text
    assert "- `03-notes`: Two claims (writing)" in text
    assert text.index("## 03 Two claims") < text.index("### Timing") < text.index("#### 03-notes")
    assert "- [source-style] A style guide (2019)." in text
    assert "source-statute" not in text


def test_good_notes_have_no_faults(project):
    assert list(guide.faults(_dossier(project), project)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## Pitfalls", "## Traps", "headings of level 2 are not In one sentence, Timing"),
        ("### 03-notes", "### 03-diary", "'03-diary' names no activity of the lesson"),
        ("### 03-notes", "### 03-diary", "it does not say what to expect of 03-notes"),
        ("[source-style]", "[source-nobody]", "it cites source-nobody, which is not in sources.csv"),
        ("`d1-p02-1`", "`d1-p02-9`", "it cites d1-p02-9, which is not in claims.csv"),
    ],
)
def test_a_planted_fault_in_the_notes_is_told(project, old, new, said):
    assert old in NOTES
    (project / guide.NOTES / "03.md").write_text(NOTES.replace(old, new), encoding="utf-8")
    told = list(guide.faults(_dossier(project), project))
    assert any(said in fault for fault in told), told


def test_missing_notes_are_told_with_their_headings(project):
    (project / guide.NOTES / "03.md").unlink()
    with pytest.raises(DataError, match=r"solutions/instructor/03.md cannot be read .* In one sentence, Tim"):
        guide.page(_dossier(project), project)


def test_a_course_without_notes_has_no_guide(project):
    shutil.rmtree(project / guide.NOTES)
    assert guide.page(_dossier(project), project) == {}


def test_a_notebook_that_is_no_lesson_is_passed_over_and_a_lesson_that_says_too_little_is_told(
    project, good_lesson
):
    (project / "notebooks" / "Untitled.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8"
    )
    assert list(guide.faults(_dossier(project), project)) == []
    del good_lesson.metadata["backchannel"]["minutes"]
    good_lesson.save()
    with pytest.raises(DataError, match=r"03_two_claims.ipynb lacks minutes in its metadata"):
        guide.page(_dossier(project), project)
