"""The pictures of a student’s own way show every question and every lesson."""

from pathlib import Path

import pandas as pd
import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    texts,
)

from backchannel.charts.progress import path, pre_post
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

LESSONS = [f"{number:02d}" for number in range(11)]

DATA = Path(__file__).parents[2] / "course_data"


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Every chart of the module, with whole, half and no data, by name."""

    quiz = tables["quiz"].query("form == 'pre'")
    answers = pd.DataFrame(
        {
            "lesson": quiz["lesson"],
            "question": quiz[f"question_{language}"],
            "before": ["right", "wrong", "open"] * 4,
            "after": ["right", "right", "wrong", "open"] * 3,
        }
    )
    days = ["2025-03-01T10:00:00Z", "2025-03-01T11:00:00Z", "2025-04-02T09:00:00Z", "2025-04-03T09:00:00Z"]
    decisions = pd.DataFrame({"lesson": ["00", "01", "01", "elsewhere"], "at": days})
    return {
        "tests": pre_post(answers, language),
        "tests, nothing answered": pre_post(answers.assign(before="open", after="open"), language),
        "tests without questions": pre_post(answers.iloc[:0], language),
        "path": path(decisions, LESSONS, language),
        "path of nothing": path(decisions.iloc[:0], LESSONS, language),
    }


PICTURES = ("tests", "tests, nothing answered", "tests without questions", "path", "path of nothing")


@pytest.fixture(scope="module")
def pictures(tables):
    return {language: all_pictures(language, tables) for language in LANGUAGES}


def test_the_pictures_tested_are_all_there_are(pictures):
    assert tuple(pictures["en"]) == tuple(pictures["de"]) == PICTURES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_is_cut_off_or_faint(pictures, name, language):
    assert_nothing_overlaps_is_cut_off_or_faint(pictures[language][name])


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_speaks_both_languages_on_a_page_of_the_house(pictures, name):
    assert_both_languages_on_a_page_of_the_house(*(pictures[language][name] for language in LANGUAGES))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_told_and_drawn(pictures, tables, language):
    picture = pictures[language]["tests"]
    drawn = " ".join(text.get_text() for text in texts(picture.figure))
    for question in tables["quiz"].query("form == 'pre'")[f"question_{language}"]:
        assert question in picture.alt
        assert question in drawn


def test_right_answers_are_summed_before_and_after(pictures):
    assert "Right before: 4 of 12. Right after: 6 of 12." in pictures["en"]["tests"].alt
    assert "Vorher richtig: 4 von 12. Nachher richtig: 6 von 12." in pictures["de"]["tests"].alt


def test_each_answer_has_its_mark_and_its_word(pictures):
    figure = pictures["en"]["tests"].figure
    drawn = [text.get_text() for text in texts(figure)]
    assert (drawn.count("right"), drawn.count("not right"), drawn.count("open")) == (10, 7, 7)
    marks = [line for axes in figure.axes for line in axes.lines if line.get_marker() in ("o", "X")]
    assert len(marks) == 24


def test_the_path_counts_decisions_and_names_the_days(pictures):
    lines = pictures["en"]["path"].alt.splitlines()
    assert len(lines) == 1 + len(LESSONS)
    assert lines[0].endswith("in 11 lessons: 3 in all.")
    assert lines[1] == "lesson 00: decisions: 1; 1 Mar 2025."
    assert lines[2] == "lesson 01: decisions: 2; 1 Mar 2025 – 2 Apr 2025."
    assert lines[3] == "lesson 02: not begun."


def test_empty_data_give_a_sentence(pictures):
    assert "no answers to compare" in pictures["en"]["tests, nothing answered"].alt
    assert "no answers to compare" in pictures["en"]["tests without questions"].alt
    assert pictures["de"]["path of nothing"].alt.startswith("Noch ist nichts gespeichert.")
