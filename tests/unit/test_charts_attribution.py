"""The pictures of hops, origins and the network show every chain."""

import re
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from drawn import (
    assert_both_languages_on_a_page_of_the_house,
    assert_nothing_overlaps_is_cut_off_or_faint,
    texts,
)

from backchannel.charts import style
from backchannel.charts.attribution import (
    ORIGINS,
    attribution_network,
    hops_per_document,
    named_and_anonymous,
    origin_of,
)
from backchannel.charts.layers import columns_of, lay_out
from backchannel.tables import read_package
from backchannel.words import LANGUAGES

DATA = Path(__file__).parents[2] / "course_data"


@pytest.fixture(scope="module")
def tables():
    return read_package(DATA).tables


def all_pictures(language, tables):
    """Every chart of the module, with whole, half and no data, by name."""

    chains, actors, documents = tables["attributions"], tables["actors"], tables["documents"]
    rest = (actors, documents, tables["passages"], language)
    circle = pd.DataFrame(
        [
            ("d1-p01-1", 1, "actor-tass"),
            ("d1-p01-1", 2, "actor-reuters"),
            ("d1-p01-2", 1, "actor-reuters"),
            ("d1-p01-2", 2, "actor-tass"),
            ("d1-p01-2", 3, "actor-peskov"),
        ],
        columns=["claim", "hop", "actor"],
    )
    return {
        "hops": hops_per_document(chains, documents, language),
        "hops of one": hops_per_document(chains[chains["claim"].str.startswith("d4")], documents, language),
        "hops of nothing": hops_per_document(chains.iloc[:0], documents, language),
        "origins": named_and_anonymous(chains, actors, documents, language),
        "origins of nothing": named_and_anonymous(chains.iloc[:0], actors, documents, language),
        "network": attribution_network(chains, *rest),
        **{
            f"network of {document}": attribution_network(chains, *rest, document)
            for document in ("d1", "d2", "d3", "d4", "d5")
        },
        "network with threads": attribution_network(chains, *rest, threads=True),
        "network with threads of d2": attribution_network(chains, *rest, "d2", threads=True),
        "network of threads left out": attribution_network(
            chains[chains["claim"].str.startswith("d2-p24")], *rest, "d2"
        ),
        "network in a circle": attribution_network(circle, *rest),
        "network of one mouth": attribution_network(chains[chains["hop"] == 1], *rest, "d1"),
        "network of nothing": attribution_network(chains.iloc[:0], *rest),
    }


PICTURES = (
    "hops",
    "hops of one",
    "hops of nothing",
    "origins",
    "origins of nothing",
    "network",
    "network of d1",
    "network of d2",
    "network of d3",
    "network of d4",
    "network of d5",
    "network with threads",
    "network with threads of d2",
    "network of threads left out",
    "network in a circle",
    "network of one mouth",
    "network of nothing",
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


def test_hops_are_counted_by_document(pictures, tables):
    lengths = tables["attributions"].groupby("claim")["hop"].max()
    for label, line in zip("12345", pictures["en"]["hops"].alt.splitlines()[1:], strict=True):
        own = lengths[lengths.index.str.startswith(f"d{label}")]
        said = {int(hop): int(n) for hop, n in re.findall(r"(\d) mouths? [<\d]+ % \((\d+)\)", line)}
        assert said == own.value_counts().to_dict()


def test_origins_add_up_to_the_claims(pictures, tables):
    claims = tables["attributions"].groupby("claim")["hop"].max()
    lines = pictures["en"]["origins"].alt.splitlines()[1:]
    for label, line in zip("12345", lines, strict=True):
        said = sum(int(n) for n in re.findall(r"\((\d+)\)", line))
        assert said == claims.index.str.startswith(f"d{label}").sum()
    assert "described, unnamed 60 % (34)" in lines[0]


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ("actor-peskov", "named"),
        ("actor-arrested-protester", "named"),
        ("actor-reuters", "institution"),
        ("actor-us-spokespersons", "institution"),
        ("actor-nato", "institution"),
        ("actor-ex-official", "described"),
        ("actor-russian-sources", "described"),
        ("actor-us-official-anonymous", "described"),
        ("actor-us-group", "described"),
        ("actor-unnamed-experts", "vague"),
        ("actor-unnamed-reports", "vague"),
        ("actor-senior-us-staff", "vague"),
        ("actor-russian-media", "vague"),
        ("actor-west", "vague"),
    ],
)
def test_origins_are_sorted_as_the_codebook_sorts_them(tables, actor, expected):
    row = tables["actors"].set_index("id").loc[actor]
    assert origin_of(row, 3) == expected
    assert origin_of(row, 1) == "none"


def test_kinds_of_origin_differ_without_colour():
    looks = [
        (fill.hatch, "" if fill.hatch else round(style.contrast(fill.colour, style.PAPER), 1))
        for fill in ORIGINS.values()
    ]
    assert len(set(looks)) == len(looks)


NETWORKS = ("network", *(f"network of d{n}" for n in range(1, 6)))
WITH_THREADS = ("network with threads", "network with threads of d2")


def shown(tables, name):
    """Return the hops that a network has to show."""
    chains = tables["attributions"]
    if name[-2:] in ("d1", "d2", "d3", "d4", "d5"):
        chains = chains[chains["claim"].str.startswith(name[-2:])]
    if name in WITH_THREADS:
        return chains
    printed = chains[chains["hop"] == 1].set_index("claim")["actor"]
    return chains[~chains["claim"].map(printed).str.startswith("actor-foreign-thread")]


@pytest.mark.parametrize("name", [*NETWORKS, *WITH_THREADS])
def test_the_text_of_the_network_names_every_mouth_and_link(pictures, tables, name):
    assert missing_in_the_text(pictures["en"][name].alt, shown(tables, name), tables) == []


def missing_in_the_text(alt, chains, tables):
    """Name the links which the text of a network has not, and the mouths it has beyond them."""
    chains = chains.assign(next=chains.sort_values("hop").groupby("claim")["actor"].shift(-1))
    readable = tables["actors"].set_index("id")["name_en"]
    first, *lines = alt.splitlines()
    lines = [line for line in lines if not line.startswith("Left out")]
    names = {readable[actor] for actor in chains["actor"]}
    faults = [line for line in lines if not line.startswith(tuple(names))]
    if f" {len(names)} mouths" not in first or len(lines) != len(names):
        faults.append(first)
    for (one, other), n in chains.dropna().groupby(["actor", "next"]).size().items():
        (line,) = [line for line in lines if line.startswith((f"{readable[one]} ", f"{readable[one]}:"))]
        if f"{readable[other]} {n}" not in line:
            faults.append(f"{one} {other} {n}")
    return faults


def test_a_thread_that_is_shown_or_left_out_against_the_wish_is_caught(pictures, tables):
    with_threads, without = (
        pictures["en"][name].alt for name in ("network with threads of d2", "network of d2")
    )
    assert len(missing_in_the_text(with_threads, shown(tables, "network of d2"), tables)) == 1 + 9
    alt = without + "\n" + "\n".join(with_threads.splitlines()[2:7])
    assert missing_in_the_text(alt, shown(tables, "network of d2"), tables)


def test_foreign_threads_are_left_out_unless_asked_for(pictures):
    for language, words in (
        ("en", "Left out are other threads"),
        ("de", "Nicht gezeigt sind andere Threads"),
    ):
        for name in ("network", "network of d2"):
            picture = pictures[language][name]
            assert picture.alt.splitlines()[-1].startswith(words)
            assert ": 58)." in picture.alt
            assert words in " ".join(text.get_text() for text in texts(picture.figure))
            assert "Phoenix" not in picture.alt
        assert "Phoenix 11" in pictures[language]["network with threads of d2"].alt
        assert pictures[language]["network of threads left out"].alt.startswith(words)
    for name in ("network of d1", *WITH_THREADS):
        assert "Left out" not in pictures["en"][name].alt


def test_what_the_thread_itself_says_is_all_there(pictures):
    line = pictures["en"]["network of d2"].alt.splitlines()[1]
    assert line in pictures["en"]["network with threads of d2"].alt
    assert "Wikipedia (German-language edition) 1" in line


def test_a_single_document_draws_every_mouth_and_every_number(pictures, tables):
    drawn = [text.get_text() for text in texts(pictures["en"]["network of d3"].figure)]
    alt = pictures["en"]["network of d3"].alt
    for name in ("Reuters", "Hungary", "Vladimir Putin", "Tucker Carlson", "CIA"):
        assert name in drawn
        assert name in alt
    assert drawn.count("57") == 1
    assert "D3" in " ".join(drawn)


def test_all_documents_together_show_the_common_root(pictures):
    drawn = [text.get_text() for text in texts(pictures["en"]["network"].figure)]
    assert drawn.count("The Moscow Times") == 1
    assert {"37", "42", "74"} <= set(drawn)


def test_mouths_without_a_name_have_a_broken_outline(pictures):
    patches = [patch for axes in pictures["en"]["network of d1"].figure.axes for patch in axes.patches]
    assert {
        patch.get_linestyle() if isinstance(patch.get_linestyle(), str) else "broken" for patch in patches
    } >= {"-"}
    assert len({str(patch.get_linestyle()) for patch in patches}) == 2


def test_columns_follow_the_longest_way_and_end_in_a_circle():
    assert columns_of("abc", [("a", "b"), ("b", "c"), ("a", "c")]) == {"a": 0, "b": 1, "c": 2}
    assert columns_of("ab", [("a", "b"), ("b", "a")]) == {"a": 0, "b": 1}
    assert columns_of("abc", [("a", "b"), ("b", "c"), ("c", "b")]) == {"a": 0, "b": 1, "c": 2}


def test_nodes_of_a_column_do_not_overlap():
    heights = {name: 0.3 + 0.1 * (n % 4) for n, name in enumerate("abcdefghijkl")}
    edges = dict.fromkeys(zip("aaabbbccdeef", "defghijkkkll", strict=True), 0.05)
    layout = lay_out(heights, edges)
    for column in range(layout.columns):
        places = sorted((p for p in layout.places.values() if p.column == column), key=lambda p: p.top)
        assert all(one.bottom <= other.top + 1e-9 for one, other in pairwise(places))
        assert all(p.top >= -1e-9 and p.bottom <= layout.height + 1e-9 for p in places)
    assert set(layout.routes) == set(edges)


def test_empty_data_give_a_sentence(pictures):
    for name in ("hops of nothing", "origins of nothing", "network of nothing"):
        assert pictures["en"][name].alt == "No chain is recorded here yet."


def test_a_mouth_without_a_name_has_a_broken_outline_even_where_it_prints(pictures):
    def broken(name):
        patches = pictures["en"][name].figure.axes[0].patches
        return sum(mpl.colors.to_hex(patch.get_edgecolor()).upper() == style.GLOW for patch in patches)

    assert (broken("network of d1"), broken("network of d4")) == (0, 1)
