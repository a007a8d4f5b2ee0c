"""The codebook: how labels are read and written down, and what a damaged codebook says."""

from __future__ import annotations

from itertools import permutations

import pytest

from backchannel.codebook import load_codebook, version_order
from backchannel.errors import DataError, UsageError
from backchannel.words import Text


@pytest.fixture
def codebook(small_dossier):
    return small_dossier.codebook


def test_a_codebook_holds_its_dimensions_in_order(codebook):
    assert codebook.version == "1.2"
    assert [(d.id, d.scale, d.several, d.missing) for d in codebook.dimensions] == [
        ("form", "nominal", False, ()),
        ("naming", "ordinal", False, ("unknown",)),
        ("elements", "nominal", True, ()),
    ]
    assert codebook["naming"].label_ids == ("named", "described", "none", "unknown")


def test_rules_of_all_dimensions_are_found_by_their_id(codebook):
    assert list(codebook.rules) == ["form-marks", "naming-roles", "elements-any"]
    assert codebook.rules["form-marks"].text.en == "Quotation marks mean direct."


def test_an_unknown_dimension_is_said_with_those_there_are(codebook):
    with pytest.raises(UsageError) as error:
        codebook["mood"]
    assert str(error.value) == (
        "The dimension 'mood' is not in the codebook; use one of form, naming, elements."
    )


@pytest.mark.parametrize("given", ["direct", " direct ", ["direct"], ("direct", "direct"), "direct;"])
def test_one_label_is_written_down_as_it_is(codebook, given):
    assert codebook["form"].normalise(given) == "direct"


@pytest.mark.parametrize("given", list(permutations(["citizen", "authority", "intent"])))
def test_a_set_is_written_in_the_order_of_the_codebook_however_it_is_given(codebook, given):
    dimension = codebook["elements"]
    assert dimension.normalise(given) == dimension.normalise(" ; ".join(given)) == "citizen;authority;intent"


@pytest.mark.parametrize(
    ("dimension", "given", "sentence"),
    [
        (
            "form",
            "hearsay",
            "The label 'hearsay' does not exist in the dimension form; use one of direct, indirect, author.",
        ),
        (
            "elements",
            ["citizen", "wealth"],
            "The label 'wealth' does not exist in the dimension elements; "
            "use one of citizen, authority, intent, none.",
        ),
        ("form", "", "No label was given for form; use one of direct, indirect, author."),
        ("form", ["", " "], "No label was given for form; use one of direct, indirect, author."),
        (
            "form",
            "direct;author",
            "The dimension form takes one label, but several were given; choose one.",
        ),
        (
            "elements",
            "none;citizen",
            "In elements the label none stands alone; leave it out or use it alone.",
        ),
    ],
)
def test_what_is_no_label_is_said_in_a_sentence(codebook, dimension, given, sentence):
    with pytest.raises(UsageError) as error:
        codebook[dimension].normalise(given)
    assert str(error.value) == sentence


def test_none_is_a_label_like_others_where_one_label_is_asked_for(codebook):
    assert codebook["naming"].normalise("none") == "none"


def test_a_set_has_a_readable_name(codebook):
    assert codebook["elements"].name_of("citizen;intent") == Text("citizen, intent", "Bürger, Absicht")


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1.2", "1.10"), ("0.9", "1.0"), ("1", "1.0.1"), ("", "0.1"), ("1.x", "1.1")],
)
def test_versions_are_compared_as_numbers(older, newer):
    assert version_order(older) < version_order(newer)


@pytest.mark.parametrize(("one", "same"), [("1", "1.0"), ("1.0", "1.0.0"), ("01.2", "1.2"), ("x", "0")])
def test_versions_that_mean_the_same_are_equal(one, same):
    assert version_order(one) == version_order(same)


@pytest.mark.parametrize("version", ["1.²", "9" * 5000, "-1", "1..2", "\x00", "١.٢"])
def test_a_version_from_a_foreign_file_never_breaks_the_reader(version):
    assert isinstance(version_order(version), tuple)


# --- damage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('version = "1.2"', "", r"^codebook\.toml lacks the entry 'version'; add it"),
        (
            'scale = "ordinal"',
            "",
            r"^codebook\.toml, dimension naming: the entry 'scale' is missing; add it as elsewhere",
        ),
        (
            ', de="Welche Merkmale?"',
            "",
            r"^codebook\.toml, dimension elements: the entry 'de' is missing; add it as elsewhere",
        ),
        (
            'id = "naming"',
            "",
            r"^codebook\.toml, dimension 2: the entry 'id' is missing; add it as elsewhere",
        ),
        ("[[dimension]]", "[[dimension]", r"^codebook\.toml cannot be read: .*line \d+.*; correct the place"),
        ('["direct", "indirect"]', '["direct"]', r"^codebook\.toml lacks the entry "),
    ],
)
def test_a_damaged_codebook_is_said_with_the_place(small_package, old, new, sentence):
    small_package.replace("codebook.toml", old, new)
    with pytest.raises(DataError, match=sentence):
        load_codebook(small_package.path("codebook.toml"))


def test_a_missing_codebook_is_said(tmp_path):
    with pytest.raises(DataError, match=r"^codebook\.toml: the file cannot be read; restore it from"):
        load_codebook(tmp_path / "codebook.toml")


def test_a_codebook_in_another_encoding_is_said(small_package):
    small_package.edit("codebook.toml", lambda data: data.decode().encode("utf-16"))
    with pytest.raises(DataError, match=r"is not UTF-8; save the file again with the encoding UTF-8\.$"):
        load_codebook(small_package.path("codebook.toml"))
