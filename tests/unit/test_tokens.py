"""Token counts: what is counted, and that a table which does not fit the originals is noticed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from backchannel.authoring.count_tokens import main
from backchannel.errors import DataError, UsageError
from backchannel.originals import find_originals
from backchannel.tokens import check_tokens, count_tokens

TEXT = "Gespräche über die neue Brücke\n\nDie Brücke, die alte Brücke. Ende"
COUNTED = [
    ("d1", "d1-p01", "brücke", 1),
    ("d1", "d1-p01", "die", 1),
    ("d1", "d1-p01", "gespräche", 1),
    ("d1", "d1-p01", "neue", 1),
    ("d1", "d1-p01", "über", 1),
    ("d1", "d1-p02", "alte", 1),
    ("d1", "d1-p02", "brücke", 2),
    ("d1", "d1-p02", "die", 2),
]


@pytest.fixture
def package(small_package, monkeypatch):
    """Return the small package with the original of d1 beside it; the last word belongs to no passage."""
    folder = small_package.folder.parent / "documents"
    folder.mkdir()
    (folder / "d1.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("BACKCHANNEL_DOCUMENTS", str(folder))
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(small_package.folder))
    small_package.set("documents", 0, sha256=hashlib.sha256(TEXT.encode()).hexdigest())
    small_package.set("passages", 0, start="0", end="30")
    small_package.set("passages", 1, start="32", end=str(len(TEXT) - 5))
    small_package.rows["tokens"] = [
        dict(zip(small_package.columns["tokens"], map(str, row), strict=True)) for row in COUNTED
    ]
    small_package.write("tokens")
    return small_package


def problems(package) -> list[str]:
    dossier = package.load()
    return [str(finding) for finding in check_tokens(dossier, find_originals(dossier))]


def test_words_are_counted_by_passage_and_stand_by_the_alphabet(package):
    dossier = package.load()
    assert list(count_tokens(dossier, find_originals(dossier))) == COUNTED


def test_a_passage_whose_place_is_not_known_is_not_counted(package):
    package.set("passages", 1, start="", end="")
    dossier = package.load()
    assert {row[1] for row in count_tokens(dossier, find_originals(dossier))} == {"d1-p01"}


def test_a_table_that_fits_is_let_pass(package):
    assert problems(package) == []


@pytest.mark.parametrize(
    ("plant", "row"),
    [
        (lambda package: package.set("tokens", 6, n="3"), 7),
        (lambda package: package.drop("tokens", 5), 7),
        (lambda package: package.append("tokens", document="d1", passage="d1-p02", token="x", n="1"), 7),
    ],
)
def test_a_count_that_differs_from_the_original_is_found_once_in_its_passage(package, plant, row):
    plant(package)
    assert problems(package) == [
        f"tokens.csv, row {row}: the tokens of d1-p02 are not those of its original; "
        "run `backchannel tokens`, which counts them anew."
    ]


def test_the_command_refuses_to_write_half_a_table(package):
    before = package.path("tokens.csv").read_bytes()
    with pytest.raises(UsageError, match=r"^The originals of d2 were not found, .* put them into"):
        main([])
    assert package.path("tokens.csv").read_bytes() == before


@pytest.fixture
def both(package):
    """Add the original of d2, so that the command has all it needs."""
    (package.folder.parent / "documents" / "d2.txt").write_text("Mehr", encoding="utf-8")
    package.set("documents", 1, sha256=hashlib.sha256(b"Mehr").hexdigest())
    return package


def test_another_copy_of_a_document_is_neither_counted_nor_held_against_the_table(both, monkeypatch):
    dossier = both.load()
    exact = find_originals(dossier)
    others = replace(exact, found=tuple(replace(one, recognised="wording") for one in exact))
    assert list(count_tokens(dossier, others)) == []
    assert list(check_tokens(dossier, others)) == []
    before = both.path("tokens.csv").read_bytes()
    monkeypatch.setattr("backchannel.authoring.count_tokens.find_originals", lambda _: others)
    with pytest.raises(UsageError, match=r"^The originals of d1, d2 were not found, or only in another copy"):
        main([])
    assert both.path("tokens.csv").read_bytes() == before


@pytest.mark.parametrize("passage", ["d9-p09", "d2-p01", ""])
def test_the_command_mends_a_table_that_names_the_wrong_passages(both, passage):
    both.set("tokens", 0, passage=passage)
    with pytest.raises(DataError):
        both.load()
    assert main([]) == 0
    assert problems(both) == []


def test_the_command_waits_until_the_rest_of_the_data_is_right(both):
    both.set("claims", 0, passage="d9-p99")
    with pytest.raises(DataError, match="d9-p99"):
        main([])


def test_the_command_writes_what_is_counted(both, capsys):
    package = both
    package.drop("tokens", 5)
    assert main([]) == 0
    assert capsys.readouterr().out == "10 words of 2 documents counted in 8 rows.\n"
    assert problems(package) == []
