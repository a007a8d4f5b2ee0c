"""The map of the debate shows every argument, every answer and every gap."""

from pathlib import Path

import pandas as pd
import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    texts,
)

from backchannel.charts.arguments import argument_map
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Every chart of the module, with whole, half and no data, by name."""

    arguments = tables["logan_arguments"]
    rows = [
        ("one", "keep", "", "One.", "", "", ""),
        ("two", "keep", "senate", "Two supports one.", "one", "source-d1", ""),
        ("three", "enforce", "", "Three answers one.", "one", "", "d1-p02-1; d1-p02-2"),
        ("four", "enforce", "scholar", "Four supports three.", "three", "", ""),
        ("five", "repeal", "scholar", "Five answers what is gone.", "gone", "", ""),
        ("six", "repeal", "scholar", "Six supports five.", "five", "", ""),
    ]
    columns = ["id", "position", "role", "claim_en", "answers", "sources", "claims"]
    own = pd.DataFrame(rows, columns=columns).assign(claim_de=[f"{row[0]}: auf Deutsch." for row in rows])
    return {
        "map": argument_map(arguments, language),
        "own": argument_map(own, language),
        "one argument": argument_map(own.iloc[:1], language),
        "nothing": argument_map(arguments.iloc[:0], language),
    }


PICTURES = ("map", "own", "one argument", "nothing")


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
def test_every_argument_is_told_and_drawn_once(pictures, tables, language):
    picture = pictures[language]["map"]
    drawn = " ".join(text.get_text() for text in texts(picture.figure))
    lines = picture.alt.splitlines()[4:]
    assert len(lines) == len(tables["logan_arguments"])
    for claim in tables["logan_arguments"][f"claim_{language}"]:
        assert sum(line.split(": ", 1)[1].startswith(claim) for line in lines) == 1
        assert claim in drawn


def test_every_answer_is_a_line_with_an_arrow(pictures, tables):
    links = (tables["logan_arguments"]["answers"] != "").sum()
    lines = [line for axes in pictures["en"]["map"].figure.axes for line in axes.lines]
    assert sum(line.get_marker() in ("<", ">") for line in lines) == links
    assert sum(len(line.get_xdata()) == 50 for line in lines) == links
    assert f"28 arguments with {links} answers" in pictures["en"]["map"].alt


def test_evidence_is_counted_and_its_lack_is_said(pictures):
    alt = pictures["en"]["own"].alt
    assert "Keep: One. no evidence" in alt
    assert "Keep: Two supports one. Senate · 1 cited" in alt
    assert "Enforce: Three answers one. 2 cited" in alt


def test_support_from_the_own_side_is_no_rebuttal(pictures):
    lines = pictures["en"]["own"].alt.splitlines()
    assert "not answered" not in next(line for line in lines if "One." in line)
    assert "not answered" in next(line for line in lines if "Three answers" in line)
    assert "Keep: 2, 1 not answered." in lines


def test_an_answer_to_what_is_gone_has_no_line(pictures):
    assert "6 arguments with 4 answers" in pictures["en"]["own"].alt


def test_empty_data_give_a_sentence(pictures):
    assert pictures["de"]["nothing"].alt == "Noch gibt es keine Argumente."
