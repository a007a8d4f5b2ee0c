"""The charts of the Logan Act show every case, count what is confirmed, and mark what is open."""

import itertools
import re
from pathlib import Path

import matplotlib as mpl
import pytest
from drawn import collisions, faint_marks, shapes_outside, texts

from backchannel.charts import style
from backchannel.charts.logan import CHECKED_FILLINGS, FINDINGS, KINDS, accusations_timeline, element_heatmap
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"

TALLEST = 1400  # pixels


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Both charts, with whole, half and no data, by name."""
    cases, elements, findings = (tables[name] for name in ("logan_cases", "logan_elements", "case_elements"))
    half = findings.assign(finding=findings["finding"].where(findings.index % 3 != 0, ""))
    return {
        "cases": accusations_timeline(cases, language),
        "cases, accusations": accusations_timeline(cases[cases["kind"] == "accusation"], language),
        "cases, one": accusations_timeline(cases.iloc[:1], language),
        "cases, nothing": accusations_timeline(cases.iloc[:0], language),
        "elements": element_heatmap(elements, cases, findings, language),
        "elements, own": element_heatmap(elements, cases, half.iloc[:30], language, own=True),
        "elements, two": element_heatmap(elements.iloc[:2], cases, findings, language),
        "elements, nothing": element_heatmap(elements, cases, findings.iloc[:0], language),
        "elements, no elements": element_heatmap(elements.iloc[:0], cases, findings, language),
    }


PICTURES = (
    "cases",
    "cases, accusations",
    "cases, one",
    "cases, nothing",
    "elements",
    "elements, own",
    "elements, two",
    "elements, nothing",
    "elements, no elements",
)


@pytest.fixture(scope="module")
def pictures(tables):
    return {language: all_pictures(language, tables) for language in LANGUAGES}


def shown(picture):
    """Return all the words in a figure, its lines joined as they are read."""
    return " ".join(text.get_text() for text in texts(picture.figure))


# Form ------------------------------------------------------------------------------------------------


def test_the_pictures_tested_are_all_there_are(pictures):
    assert tuple(pictures["en"]) == tuple(pictures["de"]) == PICTURES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps_or_leaves_the_page_and_all_stands_out(pictures, name, language):
    figure = pictures[language][name].figure
    assert collisions(figure) == []
    assert shapes_outside(figure) == []
    assert faint_marks(figure) == set()
    assert {text.get_fontname() for text in texts(figure)} == {"DejaVu Sans"}
    assert min(text.get_fontsize() for text in texts(figure)) >= 10
    width, height = figure.get_size_inches()
    assert width == style.WIDTH
    assert height * style.DPI <= TALLEST


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_speaks_both_languages(pictures, name):
    english, german = (pictures[language][name] for language in LANGUAGES)
    assert english.alt != german.alt
    assert english.title != german.title
    for picture in (english, german):
        assert re.search(r"\{\w*\}|\bnan\b|\bNone\b(?! found)|<NA>", picture.alt) is None, picture.alt


@pytest.mark.parametrize("name", [name for name in PICTURES if name.endswith(("nothing", "no elements"))])
def test_without_data_a_picture_says_so(pictures, name):
    assert pictures["en"][name].alt == "There are no cases to show yet."
    assert pictures["en"][name].alt in shown(pictures["en"][name])
    assert pictures["de"][name].alt == "Es gibt noch keine Fälle zu zeigen."


def test_the_same_data_give_the_same_bytes(tables):
    one, other = (accusations_timeline(tables["logan_cases"], "de") for _ in range(2))
    assert one.png == other.png


def test_kinds_and_checks_differ_without_colour():
    assert len({marker for marker, _ in KINDS.values()}) == len(KINDS)
    assert len(set(CHECKED_FILLINGS.values())) == len(CHECKED_FILLINGS)
    assert len({look.sign for look in FINDINGS.values()}) == len(FINDINGS)


def test_words_stand_out_from_every_ground_of_the_heat_map():
    for look in FINDINGS.values():
        assert style.contrast(look.ink, look.ground) >= 4.5
        if look.hatch:
            assert style.contrast(look.ink, style.RULE) >= 4.5


def test_sides_are_not_told_by_colour(pictures):
    """The words of the sides have the colour of all other words, and no mark stands for a party."""
    inks = {
        text.get_color()
        for text in texts(pictures["en"]["cases"].figure)
        if re.search("Democrats|Republicans|Federalists", text.get_text())
    }
    assert inks <= {style.INK, style.MUTED}


# Cases -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_case_is_told_with_what_is_known_of_it(pictures, tables, language):
    picture = pictures[language]["cases"]
    lines = picture.alt.splitlines()[1:-1]
    assert len(lines) == len(tables["logan_cases"])
    for row in tables["logan_cases"].to_dict("records"):
        told = [row[f"{name}_{language}"] for name in ("person", "act", "raised_by", "followed", "note")]
        (line,) = [line for line in lines if all((part or "").rstrip(".") in line for part in told)]
        assert row["date"][:4] in line.partition(": ")[0]
        assert all(word in shown(picture) for word in row[f"person_{language}"].split())


def test_the_count_is_that_of_the_table(pictures, tables):
    cases = tables["logan_cases"]
    accusations = int((cases["kind"] == "accusation").sum())
    count = f"Accusations: {accusations}. Indictments: 2. Confirmed convictions: 0."
    assert count in pictures["en"]["cases"].alt
    assert count in shown(pictures["en"]["cases"])
    assert "Anklagen: 2. Bestätigte Verurteilungen: 0." in pictures["de"]["cases"].alt
    assert "none confirmed" in shown(pictures["en"]["cases"])


def test_a_conviction_would_be_counted(tables):
    cases = tables["logan_cases"]
    cases = cases.assign(convicted=cases["id"] == "case-levy-1852")
    assert "Confirmed convictions: 1." in accusations_timeline(cases, "en").alt


def test_the_unchecked_prosecution_is_marked_as_open_and_not_counted(pictures, tables):
    row = tables["logan_cases"].set_index("id").loc["case-mariel-1981"]
    for language, words in (
        ("en", "open: unchecked, not counted"),
        ("de", "offen: ungeprüft, nicht mitgezählt"),
    ):
        picture = pictures[language]["cases"]
        marked = [line for line in picture.alt.splitlines() if line.endswith(f"{words}.")]
        assert len(marked) == 1
        assert row[f"person_{language}"] in marked[0]
        badges = [text.get_text() for text in texts(picture.figure)].count("?")
        assert badges == 3, "in the key, on the line of time, in the list"
        assert row[f"followed_{language}"] in shown(picture)


def test_without_an_open_case_nothing_is_said_of_one(tables):
    cases = tables["logan_cases"]
    picture = accusations_timeline(cases[cases["id"] != "case-mariel-1981"], "en")
    assert "not counted: " not in picture.alt


def test_the_sides_are_those_of_the_table(pictures, tables):
    alt = pictures["en"]["cases"].alt
    names = {"democrat": "Democrats", "republican": "Republicans", "federalist": "Federalists"}
    names |= {"democratic_republican": "Dem.-Republicans", "both": "both parties", "none": "–"}
    for row in tables["logan_cases"].to_dict("records"):
        (line,) = [
            line
            for line in alt.splitlines()
            if row["person_en"] in line and row["act_en"].rstrip(".") in line
        ]
        told = f"{names[row['accuser_side']]} → {names[row['accused_side']]}"
        assert (told in line) == (told != "– → –")


def test_the_last_line_sums_up_who_accused_whom(pictures):
    last = pictures["en"]["cases"].alt.splitlines()[-1]
    assert "7 (Democrats against Republicans 4; Republicans against Democrats 2; Federalists" in last


def test_marks_on_the_line_of_time_stand_in_the_order_of_the_years(pictures, tables):
    years = sorted(
        int(row["date"][:4])
        for row in tables["logan_cases"].to_dict("records")
        if row["kind"] == "indictment"
    )
    at = {text.get_text(): text.get_position()[0] for text in texts(pictures["en"]["cases"].figure)}
    assert years == [1803, 1852]
    places = [at[str(year)] for year in (1800, 1825, 1850, 2025)]
    assert places == sorted(places)


# Elements --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_in_the_text_and_in_the_grid(pictures, tables, language):
    picture = pictures[language]["elements"]
    words = {
        "met": {"en": "met", "de": "erfüllt"},
        "not_met": {"en": "not met", "de": "nicht erfüllt"},
        "arguable": {"en": "arguable", "de": "strittig"},
        "unknown": {"en": "unknown", "de": "unbekannt"},
    }
    people = tables["logan_cases"].set_index("id")[f"person_{language}"]
    names = tables["logan_elements"].set_index("id")[f"name_{language}"]
    lines = picture.alt.splitlines()
    for row in tables["case_elements"].to_dict("records"):
        (line,) = [line for line in lines if f", {people[row['case']]}: " in line]
        cells = line.partition(f"{people[row['case']]}: ")[2].rstrip(".").split("; ")
        assert f"{names[row['element']]}: {words[row['finding']][language]}" in cells
    grounds = [mpl.colors.to_hex(cell.get_facecolor()) for cell in picture.figure.axes[0].patches]
    for finding, n in tables["case_elements"]["finding"].value_counts().items():
        ground = mpl.colors.to_hex(FINDINGS[finding].ground)
        assert sum(cell == ground for cell in grounds) >= n + 1, "one more in the key"
        shown_words = [text.get_text() for text in texts(picture.figure)]
        assert shown_words.count(FINDINGS[finding].sign) == n + 1


def test_what_is_not_answered_yet_is_open(tables):
    elements, cases, findings = (tables[name] for name in ("logan_elements", "logan_cases", "case_elements"))
    one = findings[findings["case"] == "case-kerry-2018"].iloc[:1]
    picture = element_heatmap(elements, cases, one, "en", own=True)
    assert "your reading" in picture.title
    assert picture.alt.count(": open") == len(elements) - 1
    assert len(picture.alt.splitlines()) == 3, "one case, and the exception"


def test_the_reading_is_said_to_be_the_course_s(pictures):
    assert "the course’s reading" in pictures["en"]["elements"].title
    assert "Lesart des Kurses" in pictures["de"]["elements"].title
    assert "calls no case lawful or unlawful" in shown(pictures["en"]["elements"])


def test_the_exception_is_explained_where_it_is_shown(pictures):
    for language, name in itertools.product(LANGUAGES, ("elements", "elements, two")):
        words = {"en": "other way round", "de": "wirkt umgekehrt"}[language]
        assert (words in pictures[language][name].alt) == (name == "elements")
