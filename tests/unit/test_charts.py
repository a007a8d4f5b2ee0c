"""The charts show the data they are given, in words too, and nothing in them collides."""

import base64
import itertools
import math
import re
import zlib
from html import unescape
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pandas as pd
import pytest
from drawn import collisions, faint_marks, png_chunks, shapes_outside, texts
from matplotlib.figure import Figure

from backchannel.agreement import agreement_table, confusion, measure
from backchannel.charts import (
    Picture,
    agreement_chart,
    calendar,
    confusion_chart,
    disputed_claims,
    dossier_at_a_glance,
    own_labels,
    style,
)
from backchannel.charts.overview import KINDS
from backchannel.codebook import load_codebook
from backchannel.tables import read_package
from backchannel.words import LANGUAGES, Text

DATA = Path(__file__).parents[2] / "course_data"
CODERS = ("Reader A", "Reader B", "a reader with quite a long name")


@pytest.fixture(scope="module")
def codebook():
    return load_codebook(DATA / "codebook.toml")


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


@pytest.fixture(scope="module")
def labels(codebook, tables):
    """Three coders on forty claims in all dimensions; in track they used one label only."""
    random = np.random.default_rng(5)
    rows = []
    for dimension, claim, coder in itertools.product(
        codebook.dimensions, tables["claims"]["id"][:40], CODERS
    ):
        usual = sum(map(ord, claim)) % len(dimension.labels)
        chosen = usual if random.random() < 0.7 else random.integers(len(dimension.labels))
        label = "none" if dimension.id == "track" else dimension.label_ids[chosen]
        rows.append((dimension.id, claim, coder, label))
    return pd.DataFrame(rows, columns=["dimension", "claim", "coder", "label"])


def agreements(labels, codebook):
    return agreement_table(
        measure(
            labels[labels["dimension"] == dimension.id].rename(columns={"claim": "unit"}),
            dimension.id,
            dimension.label_ids,
            dimension.scale,
            several=dimension.several,
            missing=dimension.missing,
            draws=50,
        )
        for dimension in codebook.dimensions
    )


def own(labels, codebook):
    """A student's table in which every seventh label is open."""
    table = labels[labels["coder"] == CODERS[0]].reset_index(drop=True)
    return table.assign(label=table["label"].where(table.index % 7 != 0, ""))


def square(dimension, seed=3):
    counts = np.random.default_rng(seed).integers(0, 9, (len(dimension.labels),) * 2)
    return pd.DataFrame(counts, index=dimension.label_ids, columns=dimension.label_ids)


def names(dimension):
    return {label.id: label.name for label in dimension.labels}


def classroom(codebook, tables):
    """Thirty students who part on two claims."""
    ids = codebook["logan_elements"].label_ids
    return pd.DataFrame(
        [
            ("logan_elements", claim, f"student {n}", ids[n % 4] if n % 5 else f"{ids[0]};{ids[1]};{ids[3]}")
            for claim in tables["claims"]["id"][:2]
            for n in range(30)
        ],
        columns=["dimension", "claim", "coder", "label"],
    )


def all_pictures(language, codebook, tables, labels):
    """Every chart, with whole, half and no data, by name."""
    table, claims = agreements(labels, codebook), tables["claims"]
    track, knowledge, logan = (codebook[d] for d in ("track", "knowledge_basis", "logan_elements"))
    mine = own(labels, codebook)
    empty = {name: frame.iloc[:0] for name, frame in tables.items()}
    return {
        "glance": dossier_at_a_glance(tables["documents"], tables["passages"], claims, language),
        "glance without claims": dossier_at_a_glance(
            tables["documents"], empty["passages"], empty["claims"], language
        ),
        "glance without documents": dossier_at_a_glance(
            empty["documents"], empty["passages"], empty["claims"], language
        ),
        "calendar": calendar(tables["events"], tables["documents"], language),
        "calendar without events": calendar(empty["events"], tables["documents"], language),
        "calendar without anything": calendar(empty["events"], empty["documents"], language),
        "own": own_labels(mine, codebook, language),
        "own, one dimension": own_labels(mine[mine["dimension"] == "stance"], codebook, language),
        "own, nothing labelled": own_labels(mine.assign(label=""), codebook, language),
        "own, nothing": own_labels(mine.iloc[:0], codebook, language),
        "confusion": confusion_chart(square(knowledge), names(knowledge), "You", "Reference", language),
        "confusion of track": confusion_chart(square(track), names(track), "Reader A", "Reader B", language),
        "confusion of elements": confusion_chart(square(logan), names(logan), "You", "Reference", language),
        "confusion of nothing": confusion_chart(square(track) * 0, names(track), "A", "B", language),
        "confusion without labels": confusion_chart(pd.DataFrame(), {}, "A", "B", language),
        "agreement": agreement_chart(table, codebook, language),
        "agreement, named": agreement_chart(table, codebook, language, CODERS[:2]),
        "agreement below zero": agreement_chart(
            table.assign(alpha=-0.42, low=-0.71, high=0.05), codebook, language
        ),
        "agreement of nothing": agreement_chart(table.iloc[:0], codebook, language),
        "disputed": disputed_claims(labels, claims, codebook, language),
        "disputed in class": disputed_claims(classroom(codebook, tables), claims, codebook, language),
        "disputed, nothing": disputed_claims(labels.iloc[:0], claims, codebook, language),
    }


PICTURES = (
    "glance",
    "glance without claims",
    "glance without documents",
    "calendar",
    "calendar without events",
    "calendar without anything",
    "own",
    "own, one dimension",
    "own, nothing labelled",
    "own, nothing",
    "confusion",
    "confusion of track",
    "confusion of elements",
    "confusion of nothing",
    "confusion without labels",
    "agreement",
    "agreement, named",
    "agreement below zero",
    "agreement of nothing",
    "disputed",
    "disputed in class",
    "disputed, nothing",
)


@pytest.fixture(scope="module")
def pictures(codebook, tables, labels):
    return {language: all_pictures(language, codebook, tables, labels) for language in LANGUAGES}


# Texts in the figures --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_overlaps_or_is_cut_off(pictures, name, language):
    assert collisions(pictures[language][name].figure) == []


def test_overlaps_and_cut_texts_would_be_noticed():
    figure = Figure(figsize=(4, 2), dpi=100)
    figure.text(0.5, 0.5, "one label")
    figure.text(0.52, 0.52, "another label")
    figure.text(0.95, 0.9, "a label that runs out")
    assert collisions(figure) == ["outside: a label that runs out", "overlap: one label | another label"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_overlaps_where_the_annotators_gave_sets_of_labels(codebook, tables, language):
    dimension, given = codebook["logan_elements"], tables["annotations"]
    rows = given[given["dimension"] == dimension.id].rename(columns={"claim": "unit", "annotator": "coder"})
    matrix = confusion(rows, "A", "B", sorted(set(rows["label"])))
    readable = {label: dimension.name_of(label) for label in matrix.index}
    picture = confusion_chart(matrix, readable, "annotator A", "annotator B", language)
    assert any(";" in label for label in matrix.index)
    assert collisions(picture.figure) == []
    assert picture.title[0] == "A", "a title begins with a capital, whoever it names"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_every_shape_is_on_the_page_and_every_mark_stands_out(pictures, name, language):
    figure = pictures[language][name].figure
    assert shapes_outside(figure) == []
    assert faint_marks(figure) == set()


def test_a_shape_off_the_page_and_a_faint_mark_would_be_noticed():
    sheet = style.Sheet()
    sheet.mark(style.WIDTH + 1, 0.5, "o", style.RULE)
    figure = sheet.finish(1)
    assert len(shapes_outside(figure)) == 1
    assert faint_marks(figure) == {style.RULE.lower()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_texts_are_of_readable_size_and_in_the_one_font(pictures, name, language):
    for text in texts(pictures[language][name].figure):
        assert text.get_fontsize() >= 10, text.get_text()
        assert text.get_fontname() == "DejaVu Sans"


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_speaks_both_languages(pictures, name):
    english, german = (pictures[language][name] for language in LANGUAGES)
    assert english.alt != german.alt
    assert english.title != german.title
    for picture in (english, german):
        assert re.search(r"\{\w*\}|\bnan\b|\bNone\b|<NA>", picture.alt) is None, picture.alt


def test_the_pictures_tested_are_all_there_are(pictures):
    assert tuple(pictures["en"]) == tuple(pictures["de"]) == PICTURES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_as_wide_as_a_notebook_and_opaque(pictures, language):
    for picture in pictures[language].values():
        assert picture.figure.get_figwidth() == style.WIDTH
        assert mpl.colors.same_color(picture.figure.get_facecolor(), style.PAPER)


# Colours ---------------------------------------------------------------------------------------------


def test_contrast_agrees_with_known_values():
    assert style.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [style.INK, style.MUTED])
@pytest.mark.parametrize("ground", [style.PAPER, style.BAND])
def test_words_stand_out_from_the_paper(colour, ground):
    assert style.contrast(colour, ground) >= 4.5


@pytest.mark.parametrize("colour", [style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.OCHRE])
@pytest.mark.parametrize("ground", [style.PAPER, style.BAND])
def test_marks_stand_out_from_the_paper(colour, ground):
    assert style.contrast(colour, ground) >= 3


@pytest.mark.parametrize("highest", [1, 4, 40])
def test_numbers_stand_out_from_every_shade_of_the_heat_map(highest):
    ids = [f"label{n}" for n in range(highest + 1)]
    matrix = pd.DataFrame([range(highest + 1)] * 2, index=ids[:2], columns=ids)
    figure = confusion_chart(matrix, {}, "A", "B", "en").figure
    (cells,) = [axes for axes in figure.axes if axes.images]
    image = cells.images[0]
    for text in cells.texts:
        column, row = (int(place) for place in text.get_position())
        ground = mpl.colors.to_hex(image.cmap(image.norm(image.get_array()[row, column])))
        assert style.contrast(mpl.colors.to_hex(text.get_color()), ground) >= 4.5, text.get_text()


def test_kinds_of_events_differ_without_colour():
    events = [marker for kind, (marker, _) in KINDS.items() if kind != "document"]
    assert len(set(events)) == len(events)


# Values ----------------------------------------------------------------------------------------------


def bars(figure):
    return [round(bar.get_width(), 9) for axes in figure.axes for bar in axes.patches if bar.get_width()]


def test_the_overview_shows_length_and_holdings_of_each_document(pictures, tables):
    picture = pictures["en"]["glance"]
    lengths = tables["documents"].set_index("label")["words"]
    assert sorted(bars(picture.figure)) == sorted(lengths)
    home = tables["claims"]["id"].str.split("-").str[0].str.upper()
    for line in picture.alt.splitlines()[1:]:
        label = line[:2]
        assert f"{lengths[label]:,} words" in line
        held = int((home == label).sum())
        assert f"claims: {held}" in line if held else "not yet in the reading edition" in line
    assert "1.419 Wörter" in pictures["de"]["glance"].alt


def test_the_overview_says_what_is_complete(tables):
    documents = tables["documents"].assign(truncated_en=["", "the end is missing", "", "", ""])
    picture = dossier_at_a_glance(documents, tables["passages"], tables["claims"], "en")
    states = {line[:2]: "parts are missing" in line for line in picture.alt.splitlines()[1:]}
    assert states == {label: n == 1 for n, label in enumerate(documents["label"])}


def test_documents_stand_in_the_order_of_their_dates(pictures):
    order = [line[:2] for line in pictures["en"]["glance"].alt.splitlines()[1:]]
    assert order == ["D5", "D4", "D2", "D1", "D3"]


def test_the_documents_are_described_in_the_language_of_the_picture(pictures, tables):
    for language in LANGUAGES:
        told = pictures[language]["glance"].alt
        for column in ("outlet", "genre"):
            assert all(words in told for words in tables["documents"][f"{column}_{language}"])


def test_the_calendar_holds_every_event_and_marks_every_document(pictures, tables):
    for language in LANGUAGES:
        picture = pictures[language]["calendar"]
        ends = [line.partition(": ")[2] for line in picture.alt.splitlines()[1:]]
        assert len(ends) == len(tables["events"])
        for title in tables["events"][f"title_{language}"]:
            assert sum(end.startswith(title) for end in ends) == 1, title
        shown = [text.get_text() for text in texts(picture.figure)]
        for label in tables["documents"]["label"]:
            assert shown.count(label) == 2


def test_a_document_without_an_event_is_in_the_calendar_all_the_same(pictures, tables):
    alt = pictures["en"]["calendar without events"].alt
    for title in tables["documents"]["title_en"]:
        assert title in alt


def test_the_calendar_reads_in_order_of_time():
    events = pd.DataFrame(
        {
            "id": ["event-late", "event-month", "event-early"],
            "date": ["2023-07-27", "2023-07", "2022-01-10"],
            "date_end": ["2023-07-29", "", ""],
            "precision": ["day", "month", "about"],
            "title_en": ["late", "sometime", "early"],
            "title_de": ["spät", "irgendwann", "früh"],
            "kind": ["meeting", "law", "war"],
            "sources": ["", "", ""],
            "checked": ["read", "second_hand", "read"],
        }
    )
    documents = pd.DataFrame({"id": [], "label": [], "date": [], "date_precision": []}, dtype=str)
    lines = calendar(events, documents, "en").alt.splitlines()[1:]
    assert lines == [
        "about 10 Jan 2022, war: early.",
        "27–29 July 2023, meeting: late.",
        "July 2023, law: sometime [known at second hand].",
    ]
    german = calendar(events, documents, "de").alt
    assert "etwa 10. Jan. 2022, Krieg: früh." in german
    assert "27.–29. Juli 2023, Treffen: spät." in german


def test_own_labels_are_counted_with_the_open_ones(codebook, labels):
    table = own(labels, codebook)
    picture = own_labels(table, codebook, "en")
    expected, stance = [], []
    for dimension in codebook.dimensions:
        given = table[table["dimension"] == dimension.id]["label"]
        counts = [*((given == label).sum() for label in dimension.label_ids), (given == "").sum()]
        expected += [count for count in counts if count]
        if dimension.id == "stance":
            stance = counts
    assert sorted(bars(picture.figure)) == sorted(expected)
    line = next(line for line in picture.alt.splitlines() if line.startswith("Stance"))
    assert [int(count) for count in re.findall(r" (\d+)[,.]", line)] == stance
    hatched = {bar.get_hatch() for axes in picture.figure.axes for bar in axes.patches}
    assert hatched == {None, "////"}


def test_each_member_of_a_set_of_labels_is_counted(codebook):
    table = pd.DataFrame(
        {"claim": ["a", "b"], "dimension": "logan_elements", "label": ["citizen;authority", "citizen"]}
    )
    picture = own_labels(table, codebook, "en")
    assert sorted(bars(picture.figure)) == [1, 2]


@pytest.mark.parametrize("name", ["own, nothing labelled", "own, nothing"])
def test_an_empty_block_is_said_to_be_empty(pictures, name):
    assert "Nothing is labelled yet" in pictures["en"][name].alt
    assert "Noch ist nichts vergeben" in pictures["de"][name].alt


def test_the_heat_map_shows_the_counts_and_frames_agreement(codebook):
    dimension = codebook["knowledge_basis"]
    matrix = square(dimension)
    picture = confusion_chart(matrix, names(dimension), "You", "Reference", "en")
    (cells,) = [axes for axes in picture.figure.axes if axes.images]
    assert (np.asarray(cells.images[0].get_array()) == matrix.to_numpy()).all()
    shown = [int(text.get_text()) for text in cells.texts]
    assert shown == matrix.to_numpy().ravel().tolist()
    frames = {(round(frame.get_x() + 0.43), round(frame.get_y() + 0.4)) for frame in cells.patches}
    assert frames == {(n, n) for n in range(len(matrix))}
    agreed, total = np.trace(matrix), matrix.to_numpy().sum()
    assert f"{agreed} of {total} claims ({100 * agreed / total:.0f} %)" in picture.alt
    off_diagonal = matrix.to_numpy().sum() - agreed
    said = [int(n) for n in re.findall(r"^You .*: (\d+)\.$", picture.alt, re.MULTILINE)]
    assert sum(said) == off_diagonal
    assert said == sorted(said, reverse=True)


def test_a_label_without_a_name_is_shown_by_its_id():
    matrix = pd.DataFrame([[1, 2], [0, 3]], index=["p", "q"], columns=["p", "q"])
    alt = confusion_chart(matrix, {"p": Text("pea", "Erbse")}, "A", "B", "de").alt
    assert "A „Erbse“, B „q“: 2." in alt


def dots(figure):
    """The dots of the agreement chart: their places by dimension and measure."""
    lines = [line for axes in figure.axes for line in axes.lines if ":" in (line.get_gid() or "")]
    return {tuple(line.get_gid().split(":")): line.get_xdata()[0] for line in lines}


def test_agreement_dots_stand_at_the_values_of_the_table(codebook, labels):
    table = agreements(labels, codebook)
    picture = agreement_chart(table, codebook, "en")
    expected = {
        (row["dimension"], measure): row[measure]
        for row in table.to_dict("records")
        for measure in ("percent", "alpha", "ac1")
        if not math.isnan(row[measure])
    }
    assert dots(picture.figure) == expected
    drawn = {tuple(line.get_xdata()) for axes in picture.figure.axes for line in axes.lines}
    for row in table.to_dict("records"):
        name = codebook[row["dimension"]].name.en
        line = next(line for line in picture.alt.splitlines() if line.startswith(f"{name}:"))
        assert f"claims: {row['units']}" in line
        if not math.isnan(row["alpha"]):
            assert (row["low"], row["high"]) in drawn
            assert f"α {row['alpha']:.2f} ({row['low']:.2f} to {row['high']:.2f})".replace("-", "−") in line


def test_undefined_alpha_is_said_in_words(codebook, labels):
    table = agreements(labels, codebook)
    assert table.set_index("dimension")["remark"]["track"] == "one_value"
    table.loc[table["dimension"] == "stance", ["percent", "alpha", "low", "high", "ac1"]] = math.nan
    table.loc[table["dimension"] == "stance", "remark"] = "too_few"
    english, german = (agreement_chart(table, codebook, language).alt for language in LANGUAGES)
    assert "Diplomacy track: claims: 40; α undefined: only one label was used; 100 % agreement" in english
    assert "Stance of the document: claims: 40; α undefined: no claim has two labels." in english
    assert "α nicht bestimmt" in german


def test_the_customary_bounds_are_drawn_and_their_source_is_named(pictures):
    for language, low in (("en", "0.667"), ("de", "0,667")):
        picture = pictures[language]["agreement"]
        places = {
            line.get_xdata()[0]
            for axes in picture.figure.axes
            for line in axes.lines
            if len(set(line.get_xdata())) == 1
        }
        assert {0.667, 0.8} <= places
        assert low in picture.alt
        assert "Krippendorff" in picture.alt.splitlines()[-1]


def test_the_most_disputed_claims_come_first_with_who_said_what(codebook):
    claims = pd.DataFrame({"id": ["c1", "c2", "c3"], "claim_en": ["One.", "Two.", "Three."]})
    given = {
        "c1": ["adopts"] * 3,
        "c2": ["adopts", "adopts", "neutral"],
        "c3": ["neutral", "distances", "adopts"],
    }
    table = pd.DataFrame(
        [
            ("stance", claim, coder, label)
            for claim in given
            for coder, label in zip("XYZ", given[claim], strict=True)
        ],
        columns=["dimension", "claim", "coder", "label"],
    )
    alt = disputed_claims(table, claims, codebook, "en").alt.splitlines()
    own_names = {label.id: label.name.en for label in codebook["stance"].labels}
    assert [line[:2] for line in alt[1:]] == ["c3", "c2"], "c1 is not disputed"
    assert f"Two. – {own_names['adopts']}: X, Y; {own_names['neutral']}: Z." in alt[2]
    assert len(disputed_claims(table, claims, codebook, "en", n=1).alt.splitlines()) == 2


def test_of_two_coders_the_claim_disputed_in_most_dimensions_comes_first(codebook):
    claims = pd.DataFrame({"id": ["c1", "c2"], "claim_en": ["One.", "Two <script>alert(1)</script>."]})
    table = pd.DataFrame(
        [
            ("stance", "c1", "adopts", "neutral"),
            ("track", "c2", "none", "track_2"),
            ("stance", "c2", "adopts", "neutral"),
            ("track", "c1", "none", "none"),
        ],
        columns=["dimension", "claim", "X", "Y"],
    ).melt(["dimension", "claim"], var_name="coder", value_name="label")
    picture = disputed_claims(table, claims, codebook, "en")
    found = [line.partition(":")[0] for line in picture.alt.splitlines()[1:]]
    stance, track = (codebook[dimension].name.en for dimension in ("stance", "track"))
    assert found == [f"c2, {stance}", f"c2, {track}", f"c1, {stance}"]
    assert "&lt;script&gt;" in picture.html
    assert "<script>" not in picture.html


def test_the_title_of_agreement_names_the_coders(pictures):
    assert pictures["en"]["agreement, named"].title.endswith(": Reader A and Reader B")
    assert pictures["de"]["agreement, named"].title.endswith(": Reader A und Reader B")


def test_a_class_is_counted_instead_of_named(pictures):
    picture = pictures["en"]["disputed in class"]
    assert re.search(r": \d+ of 30 coders", picture.alt)
    assert "student" not in picture.alt
    assert all("student" not in text.get_text() for text in texts(picture.figure))


# The picture as an output ----------------------------------------------------------------------------


def test_the_same_data_give_the_same_bytes(codebook, tables):
    one, other = (calendar(tables["events"], tables["documents"], "en") for _ in range(2))
    assert zlib.crc32(one.png) == zlib.crc32(other.png)
    assert one.png == other.png


def test_nothing_of_date_or_software_is_written_into_the_image(pictures):
    chunks = png_chunks(pictures["en"]["confusion"].png)
    assert set(chunks) <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}


def test_the_settings_of_the_reader_neither_matter_nor_change(codebook, tables):
    plain = own_labels(pd.DataFrame(columns=["claim", "dimension", "label"]), codebook, "en").png
    with mpl.rc_context({"font.size": 30, "font.family": "serif", "savefig.dpi": 40, "text.color": "red"}):
        before = dict(mpl.rcParams)
        loud = own_labels(pd.DataFrame(columns=["claim", "dimension", "label"]), codebook, "en").png
        assert dict(mpl.rcParams) == before
    assert loud == plain


def test_the_output_carries_image_and_words(pictures):
    picture = pictures["de"]["agreement"]
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]) == picture.png
    assert data["text/plain"] == metadata["image/png"]["alt"] == f"{picture.title}\n{picture.alt}"
    html = data["text/html"]
    assert html.startswith('<div lang="de"><img src="data:image/png;base64,')
    first, *items = picture.alt.splitlines()
    assert f'alt="{picture.title}. {first}"' in unescape(html)
    assert "<summary>Textfassung des Bildes</summary>" in html
    assert [unescape(item) for item in re.findall("<li>(.*?)</li>", html)] == items
    assert not re.search(r"<script|style=|<style", html)


def test_words_of_the_data_cannot_break_the_markup():
    figure = style.Sheet().finish(1)
    html = Picture(figure, 'A "title" <b>', "first & <i>\n<script>item</script>").html
    assert 'alt="A &quot;title&quot; &lt;b&gt;. first &amp; &lt;i&gt;"' in html
    assert "<script>" not in html


def test_the_output_is_a_valid_notebook_output(pictures):
    data, metadata = pictures["en"]["own"]._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
    cell = nbformat.v4.new_code_cell("own", outputs=[output])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


# Setting text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [0.3, 1.0, 3.0])
def test_wrapped_lines_fit_and_lose_nothing(width):
    words = "Donaudampfschifffahrtsgesellschaft bestreitet die Nachrichtenagenturmeldung von gestern"
    lines = style.wrap(words, width)
    assert all(style.text_width(line) <= width for line in lines)
    assert "".join(lines).replace("-", "").replace(" ", "") == words.replace(" ", "")


def test_a_dollar_sign_is_a_dollar_sign():
    with style.house_style():
        sheet = style.Sheet()
        text = sheet.text(1, 1, "from $5 to $10")
    assert text.get_parse_math() is False


@pytest.mark.parametrize(
    ("iso", "precision", "english", "german"),
    [
        ("2022-01-13", "day", "13 Jan 2022", "13. Jan. 2022"),
        ("2023-07", "month", "July 2023", "Juli 2023"),
        ("2023-12", "about", "about Dec 2023", "etwa Dez. 2023"),
        ("2021", "about", "about 2021", "etwa 2021"),
    ],
)
def test_dates_read_as_each_language_writes_them(iso, precision, english, german):
    assert style.date_words(iso, precision, "en") == english
    assert style.date_words(iso, precision, "de") == german


def test_numbers_read_as_each_language_writes_them():
    assert style.decimal(-0.025, "en") == "−0.03"
    assert style.decimal(-0.001, "en") == "0.00"
    assert style.decimal(0.667, "de", 3) == "0,667"
    assert style.thousands(1419, "de") == "1.419"
    assert style.thousands(1419, "en") == "1,419"
