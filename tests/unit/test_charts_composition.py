"""The pictures of provenance, composition and telling words show all documents and their values."""

from pathlib import Path

import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    texts,
)

from backchannel.charts import style
from backchannel.charts.composition import FEATURES, composition, provenance, token_features
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Every chart of the module, with whole, half and no data, by name."""

    documents, passages, tokens = tables["documents"], tables["passages"], tables["tokens"]
    return {
        "provenance": provenance(documents, language),
        "provenance of nothing": provenance(documents.iloc[:0], language),
        "composition": composition(documents, passages, tokens, language),
        "composition by characters": composition(documents, passages, tokens.iloc[:0], language),
        "composition of one": composition(
            documents, passages[passages["document"] == "d2"], tokens, language
        ),
        "composition of nothing": composition(documents, passages.iloc[:0], tokens, language),
        "features": token_features(tokens, documents, language),
        "features of one": token_features(tokens[tokens["document"] == "d3"], documents, language),
        "features of nothing": token_features(tokens.iloc[:0], documents, language),
    }


PICTURES = (
    "provenance",
    "provenance of nothing",
    "composition",
    "composition by characters",
    "composition of one",
    "composition of nothing",
    "features",
    "features of one",
    "features of nothing",
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


def test_provenance_says_for_every_document_all_that_is_known(pictures, tables):
    for language in LANGUAGES:
        lines = pictures[language]["provenance"].alt.splitlines()[1:]
        assert [line[:2] for line in lines] == ["D1", "D2", "D3", "D4", "D5"]
        for line, (_, row) in zip(lines, tables["documents"].sort_values("label").iterrows(), strict=True):
            for column in ("outlet", "outlet_how_known", "date_how_known", "relays", "truncated", "residue"):
                assert row[f"{column}_{language}"].rstrip(".") in line


def test_all_words_of_provenance_are_drawn(pictures, tables):
    drawn = " ".join(text.get_text() for text in texts(pictures["de"]["provenance"].figure))
    for column in ("outlet_how_known_de", "date_how_known_de", "relays_de", "truncated_de", "residue_de"):
        for words in tables["documents"][column]:
            assert words in drawn


def test_what_is_not_missing_is_said_not_to_be(pictures):
    (line,) = [line for line in pictures["en"]["provenance"].alt.splitlines() if line.startswith("D3")]
    assert "Missing: nothing that we know of." in line


def test_composition_gives_the_shares_of_the_words(pictures, tables):
    merged = tables["tokens"].merge(tables["passages"], left_on="passage", right_on="id")
    counts = merged[merged["document_x"] == "d2"].groupby("kind")["n"].sum()
    (line,) = [line for line in pictures["en"]["composition"].alt.splitlines() if line.startswith("D2")]
    assert f"other threads {100 * counts['foreign_thread'] / counts.sum():.0f} %" in line
    assert f"posts {100 * counts['post'] / counts.sum():.0f} %" in line
    assert "headings <1 %" in line


def test_composition_bars_are_as_long_as_the_shares(pictures):
    figure = pictures["en"]["composition"].figure
    boxes = [patch for axes in figure.axes for patch in axes.patches if round(patch.get_height(), 3) == 0.26]
    rows = {}
    for box in boxes:
        rows.setdefault(round(box.get_y(), 3), []).append(box.get_width())
    whole = style.WIDTH - style.MARGIN - 0.95
    assert [sum(widths) for widths in rows.values()] == pytest.approx([whole] * 5)


def test_kinds_differ_without_colour():
    from backchannel.charts.composition import KINDS

    looks = [
        (fill.hatch, "" if fill.hatch else round(style.contrast(fill.colour, style.PAPER)))
        for fill in KINDS.values()
    ]
    assert len(set(looks)) == len(looks)


def test_features_count_whole_words_in_each_document(pictures, tables):
    lines = pictures["en"]["features"].alt.splitlines()[1:]
    assert len(lines) == len(FEATURES)
    total = tables["tokens"].groupby("document")["n"].sum()
    line = next(line for line in lines if line.startswith("Austrian words"))
    assert f"D3 {2000 / total['d3']:.1f} (2)" in line
    assert "D1 0.0 (0)" in line
    numbers = next(line for line in lines if line.startswith("numbers"))
    assert "D2 61.8 (92)" in numbers


def test_a_document_without_counted_words_has_no_rate(pictures):
    line = pictures["en"]["features of one"].alt.splitlines()[1]
    assert "D1 –" in line
    assert "D3 2.3 (2)" in line


def test_a_feature_of_your_own_is_shown_by_its_key(tables):
    picture = token_features(tables["tokens"], tables["documents"], "de", {"Kreml": r"kreml\w*"})
    assert picture.alt.splitlines()[1].startswith("Kreml: D1 ")


def test_empty_data_give_a_sentence(pictures):
    assert "no documents yet" in pictures["en"]["provenance of nothing"].alt
    assert "keine Wörter gezählt" in pictures["de"]["features of nothing"].alt
