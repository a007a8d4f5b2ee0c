"""The marks of the reading edition: what they mean, and which of their faults are found."""

from __future__ import annotations

import pytest

from backchannel.errors import DataError
from backchannel.markup import Segment, claim_positions, parse, plain, quotations


def test_a_reading_without_marks_is_one_plain_segment():
    assert parse("Nothing is marked here.") == (Segment("Nothing is marked here."),)


def test_an_empty_reading_has_no_segments():
    assert parse("") == ()


def test_claims_and_forms_are_told_apart_where_they_overlap():
    reading = "She {1|said ⟦we meet⟧} and {2,1|uses «Spur» here}."
    assert parse(reading) == (
        Segment("She "),
        Segment("said ", (1,)),
        Segment("we meet", (1,), "retold"),
        Segment(" and "),
        Segment("uses ", (1, 2)),
        Segment("Spur", (1, 2), "verbatim"),
        Segment(" here", (1, 2)),
        Segment("."),
    )


def test_a_form_goes_on_where_a_claim_ends_inside_it():
    assert [(s.claims, s.form) for s in parse("{1|⟦we} meet⟧")] == [((1,), "retold"), ((), "retold")]


def test_claim_numbers_are_sorted_and_given_once():
    assert parse("{3,1,3|x}")[0].claims == (1, 3)


def test_plain_text_keeps_everything_but_the_marks():
    assert plain("A {1|⟦b⟧ «c»} | d, e") == "A b c | d, e"


def test_the_positions_of_all_claims_are_found():
    assert claim_positions("{1|a} b {2,10|c} {1|d}") == {1, 2, 10}
    assert claim_positions("no claim") == frozenset()


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        ("a «b c» d «e»", ("b c", "e")),
        ("«a»«b»", ("a", "b")),
        ("{1|er nannte «Krieg} und {2|Frieden» beides}", ("Krieg und Frieden",)),
        ("⟦retold⟧ only", ()),
    ],
)
def test_quotations_are_found_whole_and_in_order(reading, found):
    assert quotations(reading) == found


@pytest.mark.parametrize(
    ("reading", "problem"),
    [
        ("{1|a {2|b} c}", "a claim mark is opened inside another claim mark"),
        ("⟦a ⟦b⟧ c⟧", "the mark ⟦ is opened inside another quotation"),
        ("⟦a «b» c⟧", "the mark « is opened inside another quotation"),
        ("«a ⟦b⟧ c»", "the mark ⟦ is opened inside another quotation"),
        ("a⟧", "the mark ⟧ closes nothing"),
        ("«a⟧", "the mark ⟧ closes nothing"),
        ("»a«", "the mark » closes nothing"),
        ("a} b", "the brace } stands alone"),
        ("a { b", "the brace { stands alone"),
        ("{one|b}", "the brace { stands alone"),
        ("{|b}", "the brace { stands alone"),
        ("{1 a}", "the brace { stands alone"),
        ("{1|a", "a mark is opened and never closed"),
        ("«a", "a mark is opened and never closed"),
        ("{1|⟦a}", "a mark is opened and never closed"),
    ],
)
@pytest.mark.parametrize("reader", [parse, plain, quotations, claim_positions])
def test_each_fault_of_the_marks_is_named(reader, reading, problem):
    with pytest.raises(DataError, match=f"^{problem.replace('{', '[{]')}$"):
        reader(reading)
