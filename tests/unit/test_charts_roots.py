"""The picture of common roots shows each way once, as wide as the claims that took it."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    collisions,
    texts,
)
from matplotlib.colors import to_hex

from backchannel.charts import roots, style
from backchannel.charts.parts import standing_of
from backchannel.charts.roots import common_root
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"
EVERY = ("d1", "d2", "d3", "d4", "d5")


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def chains(**mouths):
    """Return attributions of invented claims: ``d1_p02_1="tagesspiegel tass"`` is a claim with two mouths."""
    rows = [
        (claim.replace("_", "-"), hop, f"actor-{actor}")
        for claim, way in mouths.items()
        for hop, actor in enumerate(way.split(), start=1)
    ]
    return pd.DataFrame(rows, columns=["claim", "hop", "actor"])


CIRCLE = chains(
    d1_p02_1="tagesspiegel tass reuters",
    d2_p03_1="thread-author reuters tass",
)
PAST_A_SHARED_MOUTH = chains(
    d1_p02_1="tagesspiegel tass reuters nbc",
    d1_p02_2="tagesspiegel reuters",
    d2_p03_1="thread-author bloomberg reuters",
)


def draw(tables, language, of=("d1", "d2"), attributions=None):
    hops = tables["attributions"] if attributions is None else attributions
    return common_root(hops, tables["actors"], tables["documents"], tables["passages"], language, of)


def all_pictures(language, tables):
    """The chart of whole, half and no data, by name."""

    hops = tables["attributions"]
    document = hops["claim"].str[:2]
    return {
        "D1 and D2": draw(tables, language),
        "D2 and D1": draw(tables, language, ("d2", "d1")),
        "D3 and D5": draw(tables, language, ("d3", "d5")),
        "D3, D4 and D5": draw(tables, language, ("d3", "d4", "d5")),
        "all documents": draw(tables, language, EVERY),
        "nothing shared": draw(tables, language, ("d1", "d4")),
        "one document without claims": draw(tables, language, attributions=hops[document == "d1"]),
        "own voices only": draw(tables, language, attributions=hops[hops["hop"] == 1]),
        "in a circle": draw(tables, language, attributions=CIRCLE),
        "past a shared mouth": draw(tables, language, attributions=PAST_A_SHARED_MOUTH),
        "of nothing": draw(tables, language, attributions=hops.iloc[:0]),
        "of documents not there": draw(tables, language, ("d8", "d9")),
    }


PICTURES = (
    "D1 and D2",
    "D2 and D1",
    "D3 and D5",
    "D3, D4 and D5",
    "all documents",
    "nothing shared",
    "one document without claims",
    "own voices only",
    "in a circle",
    "past a shared mouth",
    "of nothing",
    "of documents not there",
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_words_stay_within_their_boxes(pictures, name, language):
    assert words_out_of_boxes(pictures[language][name].figure) == []


def words_out_of_boxes(figure):
    """Name the words that begin within a box and leave it."""
    figure.canvas.draw()
    boxes = [patch.get_window_extent() for axes in figure.axes for patch in axes.patches]
    found = []
    for text in texts(figure):
        words = text.get_window_extent()
        for box in boxes:
            starts_within = box.x0 <= words.x0 <= box.x1 and box.y0 <= (words.y0 + words.y1) / 2 <= box.y1
            if starts_within and (words.x1 > box.x1 + 1 or words.y0 < box.y0 - 3 or words.y1 > box.y1 + 3):
                found.append(text.get_text())
    return found


def test_words_that_leave_their_box_are_caught(tables, monkeypatch):
    monkeypatch.setattr(roots, "wrap", lambda words, *_, **__: [words])
    assert "Spokesperson of the US National Security Council" in words_out_of_boxes(draw(tables, "en").figure)


def test_numbers_without_room_of_their_own_are_caught(tables, monkeypatch):
    monkeypatch.setattr(roots, "_NUMBER", 0.0)
    assert any("D1 1" in fault for fault in collisions(draw(tables, "en").figure))


# The numbers ------------------------------------------------------------------------------------------


def counted(tables, of):
    """Count from the table: ways through shared mouths, ways apart, own voices, and shared ends."""
    hops = tables["attributions"]
    kinds = dict(zip(tables["passages"]["id"], tables["passages"]["kind"], strict=True))
    ways = {document: [] for document in of}
    for claim, chain in hops.sort_values("hop").groupby("claim")["actor"]:
        document, passage = claim[:2], claim.rsplit("-", 1)[0]
        if document in of and kinds[passage] not in ("residue", "foreign_thread"):
            ways[document].append(list(chain)[1:])
    in_documents = Counter(actor for found in ways.values() for actor in {a for way in found for a in way})
    shared = {actor for actor, n in in_documents.items() if n > 1}
    together, apart = Counter(), Counter()
    for document, found in ways.items():
        for way in found:
            here = document
            for actor in way:
                if actor in shared:
                    together[document, here, actor] += 1
                    here = actor
            if way and way[-1] not in shared:
                apart[document, here] += 1
    return ways, shared, together, apart


def wrong_numbers(picture, tables, of):
    """Name what the drawing says otherwise than the table."""
    ways, _, together, apart = counted(tables, of)
    lines = [text.get_text() for text in texts(picture.figure)]
    drawn, whole = Counter(lines), " ".join(lines)
    wanted = Counter(f"{band[0].upper()} {n}" for band, n in [*together.items(), *apart.items()])
    faults = [
        f"{words}: drawn {drawn[words]} times, counted {n}"
        for words, n in wanted.items()
        if drawn[words] != n
    ]
    own = [sum(not way for way in found) for found in ways.values()]
    cited = [sum(bool(way) for way in found) for found in ways.values()]
    faults += [f"{n} in its own voice" for n in own if f"{n} in its own voice" not in whole]
    faults += [f"{n} claims from others" for n in cited if f"{n} claims from others" not in whole]
    for place, document in enumerate(of):
        for share, counts in ((roots._SHARED, together), (roots._PALE, apart)):
            widths = sorted(n for band, n in counts.items() if band[0] == document)
            measured = bands_of(picture.figure, roots._tint(roots._COLOURS[place], share), of, ways)
            if measured != widths:
                faults.append(f"{document}: bands for {measured} claims, counted {widths}")
    return faults


def bands_of(figure, colour, of, ways):
    """Return for how many claims the bands of a colour are wide, as measured in the drawing."""
    claim = min(roots._CLAIM, roots._ALL / sum(len(ways[document]) for document in of))
    widths = []
    for axes in figure.axes:
        lines = [line for line in axes.lines if to_hex(line.get_color()) == colour]
        areas = [area for area in axes.collections if to_hex(area.get_facecolor()[0]) == colour]
        widths += [line.get_linewidth() / 72 for line in lines]
        for area in areas:
            corners = area.get_paths()[0].vertices
            start = corners[corners[:, 0] == corners[:, 0].min()]
            widths.append(start[:, 1].max() - start[:, 1].min())
    return sorted(round(width / claim) for width in widths)


@pytest.mark.parametrize("of", [("d1", "d2"), ("d2", "d1"), ("d3", "d5"), ("d1", "d4")], ids=" ".join)
def test_numbers_and_widths_are_those_of_the_table(tables, of):
    assert wrong_numbers(draw(tables, "en", of), tables, of) == []


def test_a_claim_that_is_missing_is_caught(tables):
    hops = tables["attributions"]
    picture = draw(tables, "en", attributions=hops[hops["claim"] != "d1-p02-1"])
    assert "D1 37: drawn 0 times, counted 1" in wrong_numbers(picture, tables, ("d1", "d2"))
    assert any(fault.startswith("d1: bands for") for fault in wrong_numbers(picture, tables, ("d1", "d2")))


def test_a_foreign_thread_that_is_counted_is_caught(tables):
    passages = tables["passages"].assign(kind="body")
    picture = draw({**tables, "passages": passages}, "en")
    assert "26 in its own voice" in wrong_numbers(picture, tables, ("d1", "d2"))


def test_d1_and_d2_share_a_newspaper_a_man_and_his_partners(pictures):
    first, d1, d2, times, man, partners, *notes = pictures["en"]["D1 and D2"].alt.splitlines()
    assert first == (
        "D1 and D2 share 3 mouths: The Moscow Times, Former US official (anonymous), Russian participants in "
        "the talks. Claims from others that came through The Moscow Times: D1 37 of 40, D2 42 of 50."
    )
    assert d1.startswith("D1 (Tagesspiegel): claims 56, in its own voice 16, from others 40;")
    assert d1.endswith("only in D1: Senior US staff (unnamed) 2, NBC 1.")
    assert "claims 76, in its own voice 26, from others 50" in d2
    assert times == (
        "The Moscow Times: through this mouth came D1 37, D2 42; passes on Former US official (anonymous) "
        "D1 34, D2 40; origin of D1 3, D2 2."
    )
    assert man.endswith("origin of D1 33, D2 29; only in D2: US participants in the talks 10.")
    assert partners.endswith("origin of D1 1, D2 1.")
    assert len(notes) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("of", [("d1", "d2"), ("d3", "d4", "d5"), EVERY], ids=" ".join)
def test_the_text_names_every_shared_mouth_and_its_claims(tables, of, language):
    ways, shared, _, _ = counted(tables, of)
    lines = draw(tables, language, of).alt.splitlines()
    names = tables["actors"].set_index("id")[f"name_{language}"]
    for actor in shared:
        counts = {d: sum(actor in way for way in found) for d, found in ways.items()}
        (line,) = [line for line in lines[1 + len(of) :] if line.startswith(names[actor])]
        assert ", ".join(f"{d.upper()} {n}" for d, n in counts.items() if n) in line
    for line, document in zip(lines[1:], of, strict=False):
        assert line.startswith(f"{document.upper()} (")
        for way in ways[document]:
            if way and not shared & set(way):
                assert names[way[0]] in line


def test_the_order_of_the_documents_is_that_of_the_call(pictures):
    assert pictures["en"]["D2 and D1"].title == "Common roots: D2 and D1"
    assert "D2 42 of 50, D1 37 of 40" in pictures["en"]["D2 and D1"].alt


def test_documents_that_share_nothing_are_said_to(pictures):
    for language, words in (
        ("en", "D1 and D4 share no mouth"),
        ("de", "D1 und D4 haben keinen gemeinsamen Mund"),
    ):
        picture = pictures[language]["nothing shared"]
        assert picture.alt.startswith(words)
        assert words in " ".join(text.get_text() for text in texts(picture.figure))
    assert "only in D4: Russian government 6" in pictures["en"]["nothing shared"].alt


def test_what_only_some_of_several_documents_share_is_shared(pictures):
    alt = pictures["en"]["all documents"].alt
    assert "D2, D3, D4 and D5 share 10 mouths" in alt
    assert "\nUnspecified earlier reports [anonymous]: through this mouth came D2 4, D4 2;" in alt
    assert "\nVladimir Putin: through this mouth came D3 7, D5 9;" in alt


def test_mouths_that_are_passed_over_are_said_to_be(pictures):
    alt = pictures["en"]["past a shared mouth"].alt
    assert "share one mouth: Reuters." in alt
    assert "Mouths of one document alone that stand before a shared one are not drawn." in alt
    assert "only in D1: NBC 1" in alt
    assert "not drawn" not in pictures["en"]["D1 and D2"].alt


def test_a_way_that_leads_back_is_said_in_words(pictures):
    picture = pictures["en"]["in a circle"]
    words = "Not drawn are ways that lead back to the left: D2 1 Reuters → TASS."
    assert picture.alt.splitlines()[-1] == words
    assert words in [text.get_text() for text in texts(picture.figure)]
    assert not any("lead back" in pictures["en"][name].alt for name in PICTURES if name != "in a circle")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_on_the_picture_is_a_foreign_threads(pictures, tables, language):
    alt = pictures[language]["D1 and D2"].alt
    names = tables["actors"].set_index("id")[f"name_{language}"]
    for actor in ("foreign-thread-1", "foreign-thread-5", "phoenix", "babst", "wikipedia"):
        assert names[f"actor-{actor}"] not in alt
    assert "(D1 1, D2 1)" in alt
    assert "(D2 58)" in alt


def test_a_left_over_of_a_foreign_thread_is_the_threads(tables):
    standing = standing_of(tables["attributions"], tables["passages"])
    assert standing["d2-p38-1"] == "foreign_thread"
    assert standing["d2-p18-1"] == standing["d1-p17-1"] == "residue"
    assert standing["d1-p02-1"] == "own"
    assert len(standing) == len(tables["claims"])


def test_mouths_without_a_name_have_a_broken_outline(pictures):
    (axes,) = pictures["en"]["D1 and D2"].figure.axes
    broken = [patch for patch in axes.patches if to_hex(patch.get_edgecolor()) == style.VERMILION.lower()]
    assert len(broken) == 2
    assert all(
        patch.get_linestyle() == "--" or not isinstance(patch.get_linestyle(), str) for patch in broken
    )


def test_documents_differ_without_colour(pictures):
    drawn = [text.get_text() for text in texts(pictures["en"]["D1 and D2"].figure)]
    assert {"D1 37", "D2 42", "D1 34", "D2 40", "D1 1", "D2 1", "D1 3", "D2 8", "D2 10"} <= set(drawn)
    for colour in roots._COLOURS:
        assert style.contrast(style.PAPER, colour) >= 4.5
        assert style.contrast(roots._tint(colour, roots._SHARED), style.PAPER) >= 3


def test_empty_data_give_a_sentence(pictures):
    for name in ("of nothing", "of documents not there"):
        assert pictures["en"][name].alt == "No chain is recorded here yet."
        assert pictures["de"][name].alt == "Hier ist noch keine Kette verzeichnet."
