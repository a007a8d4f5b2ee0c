"""Weighing hypotheses: each number by hand, and what happens without one account."""

import pandas as pd
import pytest

from backchannel.errors import UsageError
from backchannel.hypotheses import diagnosticity, inconsistency, sensitivity

ROOTS = {"e1": "ida", "e2": "ida", "e3": "ola"}


def ratings(**cells):
    """Build the long table from ``e1=("for", "against")``, with hypotheses h1, h2 …"""
    rows = [
        (evidence, f"h{number}", rating, ROOTS[evidence])
        for evidence, given in cells.items()
        for number, rating in enumerate(given, start=1)
    ]
    return pd.DataFrame(rows, columns=["evidence", "hypothesis", "rating", "root"])


THREE = ratings(
    e1=("against", "neutral", "for"),
    e2=("strongly_against", "for", "for"),
    e3=("for", "strongly_against", "neutral"),
)


def test_evidence_that_fits_all_alike_tells_nothing_apart_and_stands_last():
    table = diagnosticity(
        ratings(e1=("for", "for"), e2=("strongly_for", "strongly_against"), e3=("for", "neutral"))
    )
    assert list(table.itertuples(index=False, name=None)) == [
        ("e2", 4.0, 1, 1),
        ("e3", 1.0, 1, 1),
        ("e1", 0.0, 0, 1),
    ]


def test_diagnosticity_is_the_mean_distance_over_all_pairs():
    row = diagnosticity(ratings(e1=("against", "neutral", "for"))).iloc[0]
    assert (row["diagnosticity"], row["pairs"], row["of"]) == ((1 + 2 + 1) / 3, 3, 3)


def test_only_what_speaks_against_counts_and_strongly_counts_twice():
    table = inconsistency(THREE).set_index("hypothesis")
    assert table["inconsistency"].to_dict() == {"h1": 3, "h2": 2, "h3": 0}
    assert table["support"].to_dict() == {"h1": 1, "h2": 1, "h3": 2}
    assert table["neutral"].to_dict() == {"h1": 0, "h2": 1, "h3": 1}
    assert list(table.index[table["leads"]]) == ["h3"]


def test_the_lead_can_be_shared():
    assert list(inconsistency(ratings(e1=("for", "neutral")))["leads"]) == [True, True]


def test_without_one_account_all_its_pieces_fall_and_the_lead_may_change():
    table = sensitivity(ratings(e1=("against", "for"), e2=("against", "for"), e3=("for", "against")))
    ida = table[table["root"] == "ida"].set_index("hypothesis")
    assert ida["pieces"].unique().tolist() == [2]
    assert ida["inconsistency"].to_dict() == {"h1": 0, "h2": 1}
    assert ida["drop"].to_dict() == {"h1": 2, "h2": 0}
    assert ida["changes"].all()
    ola = table[table["root"] == "ola"]
    assert ola["leads"].tolist() == [False, True]
    assert not ola["changes"].any()


def test_evidence_of_one_account_leaves_nothing_to_compare():
    assert sensitivity(ratings(e1=("for", "against"), e2=("for", "against"))).empty


def test_an_empty_table_gives_empty_tables():
    empty = THREE.iloc[:0]
    assert diagnosticity(empty).empty
    assert inconsistency(empty).empty
    assert sensitivity(empty).empty


@pytest.mark.parametrize("measure", [diagnosticity, inconsistency, sensitivity])
def test_the_table_given_is_left_as_it_was(measure):
    before = THREE.copy()
    measure(THREE)
    pd.testing.assert_frame_equal(THREE, before)


@pytest.mark.parametrize(
    ("measure", "table", "sentence"),
    [
        (inconsistency, THREE.assign(rating="perhaps"), "There is no rating 'perhaps'"),
        (diagnosticity, THREE.drop(columns="hypothesis"), "lacks hypothesis"),
        (inconsistency, pd.concat([THREE, THREE]), "rated twice"),
        (sensitivity, THREE.drop(columns="root"), "no column root"),
    ],
)
def test_a_table_that_cannot_be_weighed_is_answered_in_a_sentence(measure, table, sentence):
    with pytest.raises(UsageError, match=sentence):
        measure(table)


def test_the_courses_own_ratings_can_be_weighed(course_data):
    table = pd.read_csv(course_data / "evidence_ratings.csv")
    evidence = pd.read_csv(course_data / "evidence.csv").set_index("id")["root"]
    full = table.assign(root=table["evidence"].map(evidence))
    assert len(diagnosticity(full)) == table["evidence"].nunique()
    assert set(sensitivity(full)["root"]) == set(evidence)
