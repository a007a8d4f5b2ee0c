"""The dossier in memory: what it holds, in which order, and where it is found."""

from __future__ import annotations

import pytest

from backchannel.dossier import Block, find_course_data, load_dossier
from backchannel.errors import DataError, UsageError
from backchannel.tables import split_list
from backchannel.words import Text


def test_documents_passages_and_claims_come_in_reading_order(small_dossier):
    assert list(small_dossier.documents) == ["d1", "d2"]
    assert list(small_dossier.passages) == ["d1-p01", "d1-p02", "d2-p01", "d2-p02"]
    assert list(small_dossier.claims) == [
        "d1-p01-1",
        "d1-p02-1",
        "d1-p02-2",
        "d2-p01-1",
        "d2-p02-1",
        "d2-p02-2",
    ]


def test_the_order_of_rows_in_the_files_does_not_matter(small_package, small_dossier):
    for table in ("passages", "claims", "attributions", "reference_labels"):
        small_package.rows[table].reverse()
        small_package.write(table)
    shuffled = small_package.load()
    assert list(shuffled.passages.items()) == list(small_dossier.passages.items())
    assert list(shuffled.claims.items()) == list(small_dossier.claims.items())
    assert shuffled.references[("d1-p02-2", "form")][0].status == "reference"


def test_the_tenth_claim_of_a_passage_comes_after_the_ninth(small_package):
    marks = "".join(f"{{{n}|word }}" for n in range(1, 11))
    small_package.set("passages", 2, reading_en=marks, reading_de=marks)
    for position in range(10, 1, -1):
        claim = f"d2-p01-{position}"
        small_package.append(
            "claims",
            id=claim,
            passage="d2-p01",
            position=str(position),
            claim_en="They go on.",
            claim_de="Es geht weiter.",
        )
        small_package.append("attributions", claim=claim, hop="1", actor="actor-gazette", medium="article")
    in_passage = [claim.position for claim in small_package.load().claims_in("d2-p01")]
    assert in_passage == list(range(1, 11))


def test_a_claim_knows_its_place_its_words_and_its_cues(small_dossier):
    claim = small_dossier.claim("d1-p02-2")
    assert (claim.document, claim.passage, claim.position) == ("d1", "d1-p02", 2)
    assert claim.text == Text("A clerk hopes for an agreement.", "Ein Beamter hofft auf Einigung.")
    assert (claim.quote, claim.cues) == ("einen Brückenschlag", ("hofft", "wohl"))


def test_a_passage_gives_its_segments_in_either_language(small_dossier):
    passage = small_dossier.passages["d2-p01"]
    assert [segment.text for segment in passage.segments("en")] == ["The talks are said to go on."]
    assert [segment.text for segment in passage.segments("de")] == ["Man rede angeblich weiter."]


def test_claims_are_found_by_document_and_by_passage(small_dossier):
    assert small_dossier.claims_of("d2") == ("d2-p01-1", "d2-p02-1", "d2-p02-2")
    assert small_dossier.claims_of("d2", "d1") == tuple(small_dossier.claims)
    assert [claim.id for claim in small_dossier.claims_in("d1-p02")] == ["d1-p02-1", "d1-p02-2"]
    assert small_dossier.claims_in("d9-p01") == ()
    assert [passage.id for passage in small_dossier.passages_of("d1")] == ["d1-p01", "d1-p02"]


def test_the_reference_comes_before_its_alternatives(small_dossier):
    found = small_dossier.references[("d1-p02-2", "form")]
    assert [(entry.label, entry.status) for entry in found] == [
        ("indirect", "reference"),
        ("direct", "alternative"),
    ]


def test_a_reference_without_a_reason_of_its_own_gives_the_rule(small_dossier):
    assert small_dossier.references[("d1-p02-1", "form")][0].reason == Text(
        "Quotation marks mean direct.", "Anführungszeichen heißen direkt."
    )
    assert small_dossier.references[("d1-p01-1", "form")][0].reason.en == "The wording shows it."


def test_blocks_name_their_claims_in_the_order_of_the_lesson(small_dossier):
    assert small_dossier.blocks["01-practice"] == Block(
        "01-practice", "01", "practice", ("form", "naming"), ("d1-p02-1", "d1-p01-1")
    )
    assert list(small_dossier.blocks) == ["01-practice", "01-blind"]


def test_an_unknown_claim_or_document_is_said(small_dossier):
    with pytest.raises(
        UsageError, match=r"^There is no claim 'd1-p01' in the dossier; claim ids look like d1-p01-1\.$"
    ):
        small_dossier.claim("d1-p01")
    with pytest.raises(UsageError, match=r"^There is no document 'd3'; use one of d1, d2\.$"):
        small_dossier.claims_of("d1", "d3")


def test_a_dossier_shows_itself_shortly(small_dossier):
    assert len(repr(small_dossier)) < 300


@pytest.mark.parametrize(("cell", "parts"), [("", ()), ("a; b;c ;", ("a", "b", "c")), (" ; ", ())])
def test_a_cell_that_lists_things_is_split(cell, parts):
    assert split_list(cell) == parts


# --- where the data is found -----------------------------------------------------------------------------


def test_the_data_is_found_from_any_folder_of_the_course(small_package, tmp_path, monkeypatch):
    monkeypatch.delenv("BACKCHANNEL_COURSE_DATA", raising=False)
    deep = tmp_path / "notebooks" / "copies"
    deep.mkdir(parents=True)
    assert find_course_data(deep) == small_package.folder
    monkeypatch.chdir(deep)
    assert load_dossier().folder == small_package.folder


def test_the_environment_names_another_folder(small_package, tmp_path, monkeypatch):
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(small_package.folder))
    monkeypatch.chdir(tmp_path)
    assert find_course_data() == small_package.folder


def test_a_wrong_folder_in_the_environment_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"^The course data was not found: datapackage\.json cannot be read"):
        load_dossier()


def test_outside_the_course_the_data_beside_the_package_is_used_or_its_lack_is_said(
    tmp_path, monkeypatch, course_data
):
    monkeypatch.delenv("BACKCHANNEL_COURSE_DATA", raising=False)
    assert find_course_data(tmp_path) == course_data
    monkeypatch.setattr("backchannel.dossier.__file__", str(tmp_path / "site" / "backchannel" / "dossier.py"))
    with pytest.raises(
        DataError, match=r"^The folder course_data was not found at or above .*; open the lesson"
    ):
        find_course_data(tmp_path)
