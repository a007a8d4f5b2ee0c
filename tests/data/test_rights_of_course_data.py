"""The rights rules on the real course data and on every file of the project, where the originals are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backchannel.dossier import Dossier, load_dossier
from backchannel.key import find_key, with_key
from backchannel.originals import Originals, find_originals
from backchannel.rights import (
    LARGEST_SHARE,
    RUN_WORDS,
    check_places,
    check_project,
    check_quotations,
    quoted_share,
    shared_runs,
)
from backchannel.tokens import check_tokens

pytestmark = pytest.mark.originals

HOW = (
    "put the source texts into documents/ at the root of the project, or name their folder in "
    "BACKCHANNEL_DOCUMENTS, and run the tests again."
)


@pytest.fixture(scope="module")
def dossier(course_data: Path) -> Dossier:
    """Return the course data with the key of the claims held back, whose reasons quote as well."""
    dossier = load_dossier(course_data)
    key = find_key(course_data)
    return with_key(dossier, key) if key else dossier


@pytest.fixture(scope="module")
def sources(dossier: Dossier) -> Originals:
    """Return the originals; skip where there are none, but fail where a folder was named in vain."""
    found = find_originals(dossier)
    if not found and os.environ.get("BACKCHANNEL_DOCUMENTS"):
        pytest.fail(f"BACKCHANNEL_DOCUMENTS names a folder without any source text. {' '.join(found.notes)}")
    if not found:
        pytest.skip(f"The rights test did not run, since the source texts are not here: {HOW}")
    return found


def test_each_document_has_its_source_text(dossier, sources):
    missing = [document for document in dossier.documents if sources.get(document) is None]
    if missing:
        pytest.skip(
            f"The rights test did not run for {', '.join(missing)}, without their source texts: {HOW}"
        )


def test_each_quotation_is_verbatim_at_its_place(dossier, sources):
    assert "\n".join(map(str, check_quotations(dossier, sources))) == ""


def test_all_quotations_of_a_document_stay_under_fifteen_per_cent(dossier, sources):
    shares = {original.document: quoted_share(dossier, original) for original in sources}
    assert {document: share for document, share in shares.items() if share >= LARGEST_SHARE} == {}


def test_no_file_of_the_project_copies_eight_words_in_a_row(course_data, sources):
    assert "\n".join(map(str, check_project(course_data.parent, sources))) == ""


def test_each_passage_has_a_place_in_its_source_text(dossier, sources):
    assert "\n".join(map(str, check_places(dossier, sources))) == ""
    assert all(passage.span for passage in dossier.passages.values())


def test_the_passages_leave_nothing_out(dossier, sources):
    """Before the first passage of a source text, between two and after the last is only white space."""
    for original in sources:
        end = 0
        for passage in dossier.passages_of(original.document):
            start, stop = original.place(passage)
            assert original.text[end:start].strip() == "", passage.id
            end = stop
        assert original.text[end:].strip() == "", original.document


def test_the_tokens_are_those_of_the_source_texts(dossier, sources):
    assert "\n".join(map(str, check_tokens(dossier, sources))) == ""


def test_the_check_would_notice_eight_words_of_each_source_text(sources):
    for original in sources:
        (run,) = shared_runs(" ".join(original.words[:RUN_WORDS]), sources)
        assert len(run.words) == RUN_WORDS
