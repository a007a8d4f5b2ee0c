"""The charts of the contacts show every contact with what is known of it, in words too."""

import itertools
import re
from datetime import date
from pathlib import Path

import pytest
from drawn import collisions, faint_marks, shapes_outside, texts

from backchannel.charts import style
from backchannel.charts.contacts import (
    STATUS_FILLINGS,
    TRACK_MARKS,
    contact_timeline,
    criteria_grid,
    definitions_part,
)
from backchannel.charts.lanes import Period, order_of, period_words, stack
from backchannel.codebook import load_codebook
from backchannel.errors import UsageError
from backchannel.tables import read_package
from backchannel.tracks import CRITERIA, DEFINITIONS, TRACKS
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"

TALLEST = 1430  # pixels


@pytest.fixture(scope="module")
def codebook():
    return load_codebook(DATA / "codebook.toml")


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, codebook, tables):
    """Every chart, with whole, half and no data, by name."""
    contacts, tracks, definitions = (
        tables[name] for name in ("contacts", "contact_tracks", "track_definitions")
    )
    undated = contacts[contacts["date"] == ""]
    found = {
        f"timeline, {definition}": contact_timeline(
            contacts, tracks, definitions, definition, codebook, language
        )
        for definition in DEFINITIONS
    }
    return {
        **found,
        "timeline, undated": contact_timeline(undated, tracks, definitions, "course", codebook, language),
        "timeline, one": contact_timeline(
            contacts.iloc[:1], tracks, definitions, "course", codebook, language
        ),
        "timeline, no tracks": contact_timeline(
            contacts, tracks.iloc[:0], definitions, "course", codebook, language
        ),
        "timeline, nothing": contact_timeline(
            contacts.iloc[:0], tracks, definitions, "course", codebook, language
        ),
        "grid": criteria_grid(contacts, language),
        "grid, first half": criteria_grid(contacts, language, 1, 2),
        "grid, second half": criteria_grid(contacts, language, 2, 2),
        "grid, nothing": criteria_grid(contacts.iloc[:0], language),
        "parting": definitions_part(contacts, tracks, definitions, codebook, language),
        "parting, one": definitions_part(contacts.iloc[:1], tracks, definitions, codebook, language),
        "parting, no tracks": definitions_part(contacts, tracks.iloc[:0], definitions, codebook, language),
        "parting, nothing": definitions_part(contacts.iloc[:0], tracks, definitions, codebook, language),
        "parting, no definitions": definitions_part(
            contacts, tracks, definitions.iloc[:0], codebook, language
        ),
    }


PICTURES = (
    *(f"timeline, {definition}" for definition in DEFINITIONS),
    "timeline, undated",
    "timeline, one",
    "timeline, no tracks",
    "timeline, nothing",
    "grid",
    "grid, first half",
    "grid, second half",
    "grid, nothing",
    "parting",
    "parting, one",
    "parting, no tracks",
    "parting, nothing",
    "parting, no definitions",
)


@pytest.fixture(scope="module")
def pictures(codebook, tables):
    return {language: all_pictures(language, codebook, tables) for language in LANGUAGES}


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_as_wide_as_a_notebook_and_not_too_tall(pictures, name, language):
    width, height = pictures[language][name].figure.get_size_inches()
    assert width == style.WIDTH
    if name not in ("grid", "timeline, no tracks"):  # the whole grid is for print; lessons show its halves
        assert height * style.DPI <= TALLEST


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_speaks_both_languages(pictures, name):
    english, german = (pictures[language][name] for language in LANGUAGES)
    assert english.alt != german.alt
    assert english.title != german.title
    for picture in (english, german):
        assert re.search(r"\{\w*\}|\bnan\b|\bNone\b|<NA>", picture.alt) is None, picture.alt


@pytest.mark.parametrize("name", [name for name in PICTURES if name.endswith(("nothing", "no definitions"))])
def test_without_data_a_picture_says_so(pictures, name):
    assert pictures["en"][name].alt == "There are no contacts to show yet."
    assert pictures["en"][name].alt in shown(pictures["en"][name])
    assert pictures["de"][name].alt == "Es gibt noch keine Kontakte zu zeigen."


def test_the_same_data_give_the_same_bytes(tables):
    one, other = (criteria_grid(tables["contacts"], "de", 2, 2) for _ in range(2))
    assert one.png == other.png


def test_tracks_and_statuses_differ_without_colour():
    assert set(TRACK_MARKS) == {*TRACKS, ""}
    assert len({marker for marker, _ in TRACK_MARKS.values()}) == len(TRACK_MARKS)
    assert len(set(STATUS_FILLINGS.values())) == len(STATUS_FILLINGS)


# Values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_timeline_tells_track_date_and_status_of_every_contact(
    pictures, tables, codebook, definition, language
):
    picture = pictures[language][f"timeline, {definition}"]
    lines = picture.alt.splitlines()[1:]
    names = {label.id: label.name.in_(language) for label in codebook["track"].labels}
    names[""] = {"en": "cannot be decided", "de": "nicht zu entscheiden"}[language]
    tracks = tables["contact_tracks"].set_index(["contact", "definition"])["track"]
    assert len(lines) == len(tables["contacts"])
    for row in tables["contacts"].to_dict("records"):
        (line,) = [line for line in lines if f": {row[f'title_{language}']}; " in line]
        assert line.startswith(names[tracks[row["id"], definition]])
        assert row[f"title_{language}"] in shown(picture)
        assert row["date"][:4] in line
        assert (line.split("; ")[1] in ("undated", "undatiert")) == (not row["date"])


def test_the_timeline_draws_one_mark_a_contact_in_the_shape_of_its_track(pictures, tables):
    picture = pictures["en"]["timeline, participants"]
    given = tables["contact_tracks"]
    given = given[given["definition"] == "participants"]["track"]
    drawn = [
        line.get_marker()
        for line in picture.figure.axes[0].lines
        if line.get_markersize() >= 9 and line.get_markeredgecolor() != style.INK
    ]
    for track in (*TRACKS, ""):
        n = int((given == track).sum())
        marker, _ = TRACK_MARKS[track]
        assert drawn.count(marker) == (n + 1 if n else 0), "one more stands at the name of the track"


def test_the_timeline_fills_marks_by_status(pictures, tables):
    picture = pictures["en"]["timeline, course"]
    struck = [
        line
        for line in picture.figure.axes[0].lines
        if line.get_marker() == "None" and line.get_color() == style.INK
    ]
    denied = int((tables["contacts"]["status"] == "denied").sum())
    assert len(struck) == denied + 1, "one more in the key"
    halves = [line for line in picture.figure.axes[0].lines if line.get_fillstyle() == "left"]
    assert len(halves) == int((tables["contacts"]["status"] == "disputed").sum()) + 1


def test_the_dot_of_what_is_reported_keeps_within_its_mark(pictures, tables):
    lines = pictures["en"]["timeline, course"].figure.axes[0].lines
    dots = [line for line in lines if line.get_marker() == "o" and line.get_markersize() < 5]
    marks = [line for line in lines if line.get_markersize() >= 9]
    assert len(dots) == int((tables["contacts"]["status"] == "reported").sum()) + 1, "one more in the key"
    for dot in dots:
        y, x = dot.get_ydata()[0], dot.get_xdata()[0]
        near = [m for m in marks if max(abs(m.get_ydata()[0] - y), abs(m.get_xdata()[0] - x)) < 0.05]
        (around,) = near
        assert around.get_marker() in "sDo^v<>p", "a sign with thin arms has no room for a filling"
        assert around.get_markersize() >= 2 * dot.get_markersize()


def test_undated_contacts_stand_apart(tables, codebook):
    contacts = tables["contacts"]
    with_undated, without = (
        contact_timeline(
            rows, tables["contact_tracks"], tables["track_definitions"], "course", codebook, "en"
        )
        for rows in (contacts, contacts[contacts["date"] != ""])
    )
    assert "undated" in [text.get_text() for text in texts(with_undated.figure)]
    assert "undated" not in [text.get_text() for text in texts(without.figure)]


def test_an_unknown_definition_is_named_with_those_there_are(tables, codebook):
    with pytest.raises(UsageError, match="no definition 'mine'; use one of participants, mediator"):
        contact_timeline(
            tables["contacts"], tables["contact_tracks"], tables["track_definitions"], "mine", codebook, "en"
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grid_gives_every_criterion_of_every_contact(pictures, tables, language):
    whole = pictures[language]["grid"].alt.splitlines()[1:]
    halves = [pictures[language][f"grid, {half} half"].alt.splitlines()[1:] for half in ("first", "second")]
    assert [*itertools.chain(*halves)] == whole
    assert len(whole) == len(tables["contacts"])
    unknown = {"en": "unknown", "de": "unbekannt"}[language]
    for row in tables["contacts"].to_dict("records"):
        (line,) = [line for line in whole if line.startswith(f"{row[f'title_{language}']} (")]
        told = line.rpartition("): ")[2].split("; ")
        assert len(told) == len(CRITERIA)
        assert [answer.rstrip(".").endswith(f": {unknown}") for answer in told] == [
            row[criterion] == "unknown" for criterion in CRITERIA
        ]


def test_every_value_a_criterion_may_have_has_its_words(tables):
    contact = tables["contacts"].iloc[:1]
    for language, (criterion, values) in itertools.product(LANGUAGES, CRITERIA.items()):
        for value in values:
            picture = criteria_grid(contact.assign(**{criterion: value}), language)
            assert collisions(picture.figure) == [], value


def test_the_grid_frames_what_is_unknown_or_disputed(pictures, tables):
    frames = pictures["en"]["grid"].figure.axes[0].patches
    values = tables["contacts"][list(CRITERIA)].to_numpy().ravel().tolist()
    styles = [frame.get_linestyle() for frame in frames]
    assert len(frames) == values.count("unknown") + values.count("disputed")
    assert sum(isinstance(kind, str) and kind in ("-", "solid") for kind in styles) == values.count(
        "disputed"
    )


@pytest.mark.parametrize("part", [0, 3])
def test_a_part_that_is_not_there_is_said_in_a_sentence(tables, part):
    with pytest.raises(UsageError, match=f"no part {part} of 2"):
        criteria_grid(tables["contacts"], "en", part, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_parting_gives_every_contact_and_marks_where_definitions_part(pictures, tables, language):
    picture = pictures[language]["parting"]
    lines = picture.alt.splitlines()[1:]
    tracks = tables["contact_tracks"].pivot(index="contact", columns="definition", values="track")
    heading = {
        "differ": {"en": "Different tracks", "de": "Verschiedene Tracks"},
        "some": {"en": "Only some can decide", "de": "Nur manche können entscheiden"},
        "agree": {"en": "The same track under each", "de": "Überall derselbe Track"},
        "none": {"en": "Too little is known", "de": "Für alle ist zu wenig bekannt"},
    }
    counted = dict.fromkeys(heading, 0)
    for row in tables["contacts"].to_dict("records"):
        given = set(tracks.loc[row["id"]])
        decided = given - {""}
        kind = "differ" if len(decided) > 1 else "none" if not decided else "some" if "" in given else "agree"
        counted[kind] += 1
        (line,) = [line for line in lines if f": {row[f'title_{language}']} (" in line]
        assert line.startswith(heading[kind][language])
        assert row[f"title_{language}"] in shown(picture)
    badges = [text.get_text() for text in texts(picture.figure)]
    assert badges.count("≠") == counted["differ"] > 0
    assert badges.count("?") == counted["some"] > 0


def test_the_parting_names_the_track_under_each_definition(pictures, tables):
    (line,) = [line for line in pictures["en"]["parting"].alt.splitlines() if "Lavrov meets" in line]
    names = tables["track_definitions"].set_index("id")["name_en"]
    assert f"{names['mediator']} – track 2: unofficial" in line
    assert f"{names['asymmetric']} – track 1.5: mixed" in line


# Time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iso", "end", "precision", "english", "german"),
    [
        ("2024-02-06", "2024-02-08", "day", "6–8 Feb 2024", "6.–8. Feb. 2024"),
        ("2023-09", "2023-11", "about", "about Sept–Nov 2023", "etwa Sept.–Nov. 2023"),
        ("2018-05-04", "2019-05-09", "day", "4 May 2018 – 9 May 2019", "4. Mai 2018 – 9. Mai 2019"),
        ("2018-05-04", "2018-06-09", "day", "4 May–9 June 2018", "4. Mai–9. Juni 2018"),
        ("1987-11", "1988", "month", "Nov 1987 – 1988", "Nov. 1987 – 1988"),
        ("1798", "", "year", "1798", "1798"),
    ],
)
def test_periods_read_as_each_language_writes_them(iso, end, precision, english, german):
    assert period_words(iso, end, precision, "en") == english
    assert period_words(iso, end, precision, "de") == german


def test_a_period_reaches_over_all_days_it_may_have_been():
    assert Period.of("2024-02") == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert Period.of("2023").middle == date(2023, 7, 2)
    assert Period.of("1987-11", "1988").last == date(1988, 12, 31)


def test_what_is_known_to_the_month_comes_after_its_days():
    dates = ["2023", "2023-07", "2023-07-27", "2023-08-01", "2022-12-31"]
    assert sorted(dates, key=order_of) == ["2022-12-31", "2023-07-27", "2023-07", "2023-08-01", "2023"]


def test_marks_too_close_to_each_other_take_another_row():
    assert stack([(0, 1), (0.5, 1.5), (1.1, 2)]) == [0, 1, 0]
