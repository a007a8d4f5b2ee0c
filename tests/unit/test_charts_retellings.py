"""The coverage matrix and the table of drift show every proposition and every kind of change."""

from pathlib import Path

import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    texts,
)

from backchannel.charts.retellings import CHANGES, coverage_matrix, drift
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Every chart of the module, with whole, half and no data, by name."""

    propositions, retellings, documents = (
        tables[name] for name in ("propositions", "retellings", "documents")
    )
    own = retellings[["proposition", "document", "treatment"]]
    return {
        "coverage 1": coverage_matrix(propositions, retellings, documents, language, part=1),
        "coverage 2": coverage_matrix(propositions, retellings, documents, language, part=2),
        "coverage 3": coverage_matrix(propositions, retellings, documents, language, part=3),
        "coverage of NBC": coverage_matrix(propositions, retellings, documents, language, root="nbc-2023"),
        "own coverage": coverage_matrix(propositions, own.iloc[:5], documents, language),
        "coverage, nothing decided": coverage_matrix(propositions, own.iloc[:0], documents, language),
        "coverage of nothing": coverage_matrix(propositions.iloc[:0], retellings, documents, language),
        "drift": drift(retellings, documents, language),
        "drift of one": drift(retellings[retellings["document"] == "d2"], documents, language),
        "drift of nothing": drift(retellings.iloc[:0], documents, language),
    }


PICTURES = (
    "coverage 1",
    "coverage 2",
    "coverage 3",
    "coverage of NBC",
    "own coverage",
    "coverage, nothing decided",
    "coverage of nothing",
    "drift",
    "drift of one",
    "drift of nothing",
)


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


PARTS = ("coverage 1", "coverage 2", "coverage 3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parts_hold_every_proposition_once_with_both_treatments(pictures, tables, language):
    propositions = tables["propositions"].query("root == 'moscow-times-2023'")
    lines = [line for part in PARTS for line in pictures[language][part].alt.splitlines()[1:]]
    assert len(lines) == len(propositions)
    for line, words in zip(lines, propositions[f"proposition_{language}"], strict=True):
        assert words.rstrip(".") in line
        assert "D1 " in line
        assert "D2 " in line


def test_every_row_is_drawn_with_what_became_of_it(pictures):
    drawn = [text.get_text() for part in PARTS for text in texts(pictures["en"][part].figure)]
    assert {str(number) for number in range(1, 52)} <= set(drawn)
    assert drawn.count("kept") == 31 + 17
    assert drawn.count("dropped") == 14 + 10


def test_the_counts_are_those_of_the_table_in_every_part(pictures):
    for part in PARTS:
        first = pictures["en"][part].alt.splitlines()[0]
        assert "D1: kept 31, changed 6, dropped 14" in first
        assert "D2: kept 17, changed 24, dropped 10" in first


def test_a_part_beyond_the_last_is_the_last(tables):
    data = (tables["propositions"], tables["retellings"], tables["documents"])
    assert coverage_matrix(*data, "en", part=9).alt == coverage_matrix(*data, "en", part=3).alt
    assert coverage_matrix(*data, "en", part=0).alt == coverage_matrix(*data, "en").alt


def test_the_kind_of_change_stands_in_the_row(pictures):
    alt = "\n".join(pictures["en"][part].alt for part in PARTS)
    assert "The two sides meet at least twice a month – D1 kept; D2 changed (detail lost)." in alt


def test_what_a_student_has_not_decided_is_open(pictures):
    alt = pictures["en"]["coverage, nothing decided"].alt
    assert "D1 open; D2 open." in alt
    assert "kept 0" in alt


def test_drift_counts_each_kind_of_change_by_document(pictures, tables):
    lines = pictures["en"]["drift"].alt.splitlines()[1:]
    assert len(lines) == 3 + len(CHANGES)
    counts = tables["retellings"].groupby(["document", "change"]).size()
    for change in CHANGES:
        line = next(line for line in lines if line.startswith(change.replace("_", " ")))
        for document in ("d1", "d2", "d3", "d4", "d5"):
            assert f"{document.upper()} {counts.get((document, change), 0)}" in line


def test_every_kind_of_change_in_the_data_has_its_row(tables):
    assert set(tables["retellings"]["change"]) - {""} <= set(CHANGES)


def test_empty_data_give_a_sentence(pictures):
    assert pictures["en"]["drift of nothing"].alt == "There is no retelling to compare yet."
    assert pictures["de"]["coverage of nothing"].alt.startswith("Noch gibt es keine")
