"""Names are found wherever they turn up, and nothing else is taken for one."""

from __future__ import annotations

import unicodedata

import pytest

from backchannel.classroom.reporting.disguise import Disguise, call
from backchannel.classroom.students import Student

ANNA = Student(
    "doe_a3", "Änna van der Doe-Åberg", "S0042", "anna.doe@uni.example", "adoe7", "0471100", "471", "98765"
)
BOB = Student("bob", "Bob Will", "S0007")


@pytest.fixture
def disguise():
    return Disguise((ANNA, BOB), {"doe_a3": "S0042", "bob": "S0007"})


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("As that of Änna van der Doe-Åberg.", "As that of S0042."),
        ("As that of van der Doe-Åberg, Änna.", "As that of S0042."),
        ("ANNA.DOE@UNI.EXAMPLE wrote", "S0042 wrote"),
        ("doe_a3, adoe7 and 0471100", "S0042, S0042 and S0042"),
        ("submitted/doe_a3/03/journal.jsonl", "submitted/S0042/03/journal.jsonl"),
        ("The work of bob and 98765.", "The work of S0007 and S0042."),
        ("Åberg_98765_assignsubmission_file", "…_S0042_assignsubmission_file"),
        (unicodedata.normalize("NFD", "from Änna Doe"), "from … …"),
    ],
)
def test_whoever_is_named_is_called_by_pseudonym(disguise, told, shown):
    assert disguise.hide(told) == shown
    assert disguise.names_somebody(told)


def test_each_of_several_numbers_in_moodle_is_hidden_by_itself():
    disguise = Disguise((Student("eve", "Eve Else", "S1", moodle="41217 52208"),), {"eve": "S1"})
    assert disguise.hide("From 41217, then 52208; 41218 is another.") == "From S1, then S1; 41218 is another."


@pytest.mark.parametrize(
    "told",
    [
        "The journal is missing; row 471 will count as open, der Rest von 03 auch.",
        "Of its 7 decisions 3 were made under codebook 1.4; see ex03-1.",
        "",
        "\u202e<script>\x00",
    ],
)
def test_words_that_name_nobody_stay(disguise, told):
    assert disguise.hide(told) == told


def test_a_note_is_withheld_for_less_than_a_sentence_is_changed(disguise):
    assert disguise.names_somebody("änna sat beside me")
    assert not disguise.names_somebody("der Modus entscheidet, van heißt nichts")


def test_no_two_are_called_alike():
    listed = {one.id: one for one in (ANNA, BOB, Student("bob2", "Bob Will"))}
    ids = [*listed, "x1", "x2"]
    assert call(listed, ids, real=True) == {
        "doe_a3": "Änna van der Doe-Åberg",
        "bob": "Bob Will (bob)",
        "bob2": "Bob Will (bob2)",
        "x1": "x1",
        "x2": "x2",
    }
    hidden = call(listed, ids, real=False)
    assert len(set(hidden.values())) == 5
    assert hidden["bob"] == "S0007"
    assert {hidden["bob2"], hidden["x1"], hidden["x2"]} == {"S?1", "S?2", "S?3"}


def test_a_large_class_costs_no_more_for_each_text():
    """Looking up what a text may name must not try every name of the class."""
    many = [Student(f"p{n:06}", f"Vorname{n} Nachname{n}", email=f"p{n}@example.org") for n in range(5000)]
    disguise = Disguise(many, {one.id: one.id[1:] for one in many})
    assert max(map(len, disguise._signs.values())) <= 3
    assert disguise.hide("Nachname77, Vorname77 and p000078") == "000077 and 000078"
