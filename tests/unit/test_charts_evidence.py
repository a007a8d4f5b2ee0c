"""The matrix of evidence shows every rating, with the measures of backchannel.hypotheses."""

import re
from pathlib import Path

import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    texts,
)

from backchannel.charts import style
from backchannel.charts.evidence import evidence_matrix
from backchannel.hypotheses import diagnosticity, inconsistency
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Every chart of the module, with whole, half and no data, by name."""

    evidence, hypotheses, ratings = (tables[name] for name in ("evidence", "hypotheses", "evidence_ratings"))
    return {
        "matrix": evidence_matrix(evidence, hypotheses, ratings, language),
        "half done": evidence_matrix(evidence, hypotheses, ratings.iloc[:7], language),
        "two hypotheses": evidence_matrix(evidence.iloc[:4], hypotheses.iloc[:2], ratings, language),
        "unknown ratings": evidence_matrix(evidence, hypotheses, ratings.assign(rating="later"), language),
        "nothing": evidence_matrix(evidence, hypotheses, ratings.iloc[:0], language),
    }


PICTURES = ("matrix", "half done", "two hypotheses", "unknown ratings", "nothing")


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


SIGNS = {"strongly_for": "++", "for": "+", "neutral": "·", "against": "−", "strongly_against": "−−"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_holds_every_hypothesis_and_every_piece_in_full(pictures, tables, language):
    lines = pictures[language]["matrix"].alt.splitlines()[1:]
    for statement in tables["hypotheses"][f"statement_{language}"]:
        assert sum(statement in line for line in lines) == 1
    for text in tables["evidence"][f"text_{language}"]:
        assert sum(text in line for line in lines) == 1


def test_every_rating_is_drawn_as_its_sign(pictures, tables):
    drawn = [text.get_text() for text in texts(pictures["en"]["matrix"].figure)]
    counts = tables["evidence_ratings"]["rating"].value_counts()
    for rating, sign in SIGNS.items():
        assert drawn.count(sign) == counts.get(rating, 0) + 1, "once more in the key"


def test_the_measures_are_those_of_the_analysis(pictures, tables):
    ratings, alt = tables["evidence_ratings"], pictures["en"]["matrix"].alt
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", alt, re.MULTILINE)]
    ids = list(tables["evidence"]["id"])
    values = diagnosticity(ratings).set_index("evidence")["diagnosticity"]
    shown = [values[ids[n - 1]] for n in numbers]
    assert shown == sorted(shown, reverse=True)
    assert len(numbers) == len(ids)
    against = inconsistency(ratings).set_index("hypothesis")["inconsistency"]
    said = re.findall(r"points against: (\d+)", alt)
    assert [int(n) for n in said] == [against[h] for h in tables["hypotheses"]["id"]]


def test_signs_stand_out_from_their_ground(pictures):
    from backchannel.charts.evidence import _RATINGS

    for rating, (_, ground, ink) in _RATINGS.items():
        assert style.contrast(ground, ink) >= 4.5, rating


def test_a_half_done_matrix_leaves_cells_open(pictures):
    assert " open" in pictures["en"]["half done"].alt
    assert pictures["en"]["half done"].alt.count("diagnosticity –") == 21, "a row counts once it is complete"
    assert " offen" in pictures["de"]["half done"].alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_has_a_short_name_that_the_drawing_does_not_cut(pictures, tables, language):
    names = tables["evidence"][f"name_{language}"]
    drawn = " ".join(text.get_text() for text in texts(pictures[language]["matrix"].figure))
    assert "…" not in drawn
    assert [name for name in names if name not in drawn] == []


def test_nothing_is_summed_up_before_a_row_is_complete(tables):
    first = tables["evidence_ratings"].head(2)
    picture = evidence_matrix(tables["evidence"], tables["hypotheses"], first, "en", own=True)
    assert picture.alt.count("points against: –") == len(tables["hypotheses"])


def test_empty_data_give_a_sentence(pictures):
    for name in ("nothing", "unknown ratings"):
        assert pictures["en"][name].alt == "No evidence is rated yet."
