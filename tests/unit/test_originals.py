"""Originals: recognised by hash or wording, read by locator, never a reason to stop. All texts invented."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from backchannel.originals import Original, find_originals, quotations_of, words_of

TEXT = """Gespräche über die neue Brücke

Die Gazette meldet, dass am Fluss seit Wochen verhandelt wird. „Wir treffen uns im Mai“, sagte Ida.
Ein Beamter hofft wohl auf einen Brückenschlag, nennt aber keinen Termin.

Am anderen Ufer heißt es, man warte auf ein Zeichen. Der Fährmann will davon nichts wissen.
"""
QUOTED = (
    "neue Brücke",
    "am Fluss",
    "seit Wochen verhandelt",
    "keinen Termin",
    "anderen Ufer",
    "auf ein Zeichen",
    "Der Fährmann",
    "davon nichts wissen",
)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the originals beside the course data, and let no variable name another."""
    monkeypatch.delenv("BACKCHANNEL_DOCUMENTS", raising=False)
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder


@pytest.fixture
def dossier(small_package):
    """Return a dossier that knows the hash of TEXT as d1, and quotes ten phrases of it."""
    marks = ", ".join(f"«{phrase}»" for phrase in QUOTED)
    small_package.set("documents", 0, sha256=sha256(TEXT.encode()))
    small_package.set(
        "passages", 1, reading_de=f"{{1|⟦…⟧}} {{2|einen «Brückenschlag»}} {marks}, «hofft wohl auf»"
    )
    return small_package.load()


def original(text: str) -> Original:
    return Original("d1", "hash", Path("any.txt"), text)


def test_words_are_runs_of_letters_and_digits():
    assert words_of("Das 1.5-Format, GROẞ_und „klein“!") == [
        "das",
        "1",
        "5",
        "format",
        "gross",
        "und",
        "klein",
    ]


@pytest.mark.parametrize(
    ("locator", "expected"),
    [
        ("P1", "eins"),
        ("P2", "zwei\nnoch zwei"),
        ("P3", "drei"),
        ("P1-P2", "eins\n\nzwei\nnoch zwei"),
        ("L1", "eins"),
        ("L2", ""),
        ("L3-L4", "zwei\nnoch zwei"),
        ("L7", "drei"),
        (" L7 ", "drei"),
    ],
)
def test_a_locator_names_paragraphs_that_are_not_blank_or_lines_of_the_file(locator, expected):
    assert original("eins\n\nzwei\nnoch zwei\n \n\ndrei").passage(locator) == expected


@pytest.mark.parametrize(
    "locator",
    ["", "P0", "P4", "P3-P2", "P1-L2", "P1-", "X1", "1", "L8", "L1-L8", "P1,P2", "p1", "P99999999999"],
)
def test_a_place_the_document_does_not_have_is_none(locator):
    assert original("eins\n\nzwei\nnoch zwei\n \n\ndrei").passage(locator) is None


def test_only_line_ends_make_a_line():
    assert original("eins\x0cnoch eins\u2028immer eins\nzwei").passage("L2") == "zwei"


def test_in_a_text_without_blank_lines_each_line_is_a_paragraph():
    assert original("\neins\nzwei\n\n").passage("P2") == "zwei"


def test_the_text_stays_out_of_what_a_notebook_would_store(documents, dossier):
    (documents / "a.txt").write_bytes(TEXT.encode())
    shown = repr(find_originals(dossier))
    assert "d1" in shown
    assert "Brücke" not in shown
    assert str(documents) not in shown


def test_a_file_is_recognised_by_its_hash_whatever_its_name(documents, dossier):
    (documents / "Article of Monday.TXT").write_bytes(TEXT.encode())
    originals = find_originals(dossier)
    assert [(found.document, found.recognised) for found in originals] == [("d1", "hash")]
    assert originals.notes == ()
    assert originals.get("d1").passage("P1") == "Gespräche über die neue Brücke"
    assert originals.get("d2") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.rstrip("\n").encode(),
        lambda text: (text + "\n\n").encode(),
    ],
    ids=["CRLF", "CR", "BOM", "no last line end", "more line ends"],
)
def test_line_ends_and_a_byte_order_mark_do_not_hide_the_hash(documents, small_package, change):
    """So a document that nothing is quoted from yet is recognised too."""
    small_package.set("documents", 0, sha256=sha256(TEXT.encode()))
    (documents / "a.txt").write_bytes(change(TEXT))
    (found,) = find_originals(small_package.load())
    assert found.recognised == "hash"
    assert found.passage("L3-L4").endswith("keinen Termin.")


def edited(text: str) -> str:
    return text.replace("Die Gazette meldet", "Unsere Gazette meldet").replace(
        " man warte", "  man\u00a0warte"
    )


def test_small_edits_are_recognised_by_wording_and_a_note_says_so(documents, dossier):
    (documents / "a.txt").write_bytes(edited(TEXT).replace("\n", "\r\n").encode("utf-8-sig"))
    originals = find_originals(dossier)
    assert [(found.document, found.recognised) for found in originals] == [("d1", "wording")]
    assert originals.get("d1").passage("P1") == "Gespräche über die neue Brücke"
    (note,) = originals.notes
    assert "a.txt was recognised as d1 by its wording (10 of 10 quotations" in note


def test_a_file_that_holds_four_fifths_of_the_quotations_is_enough_and_less_is_not(documents, dossier):
    text = edited(TEXT).replace("Fährmann", "Fischer").replace("Zeichen", "Wunder")
    (documents / "a.txt").write_text(text, encoding="utf-8")
    assert [found.document for found in find_originals(dossier)] == ["d1"]
    (documents / "a.txt").write_text(text.replace("keinen Termin", "kein Datum"), encoding="utf-8")
    originals = find_originals(dossier)
    assert not originals
    assert "a.txt is none of the documents" in originals.notes[0]


def test_too_few_quotations_recognise_nothing(documents, small_dossier):
    (documents / "a.txt").write_text(TEXT, encoding="utf-8")
    assert not find_originals(small_dossier)


def test_a_file_of_several_documents_is_not_taken_for_one(documents, dossier):
    (documents / "all.txt").write_text(edited(TEXT) + "Und noch etwas ganz anderes. " * 30, encoding="utf-8")
    assert not find_originals(dossier)


def test_the_copy_with_the_right_hash_wins_over_one_that_comes_first(documents, dossier):
    (documents / "a.txt").write_text(edited(TEXT), encoding="utf-8")
    (documents / "b.txt").write_bytes(TEXT.encode())
    originals = find_originals(dossier)
    assert [found.recognised for found in originals] == ["hash"]
    assert originals.notes == ("a.txt is a second copy of d1, which b.txt gives already.",)


def test_originals_come_in_the_order_of_the_dossier(documents, small_package):
    for row, text in enumerate(("zweitens", "erstens")):
        small_package.set("documents", 1 - row, sha256=sha256(text.encode()))
        (documents / f"{row}.txt").write_text(text, encoding="utf-8")
    assert [found.document for found in find_originals(small_package.load())] == ["d1", "d2"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TEXT.encode("latin-1", "replace"), "is not UTF-8"),
        (TEXT.encode("utf-16"), "is not UTF-8"),
        (b" \n\n", "holds no text"),
        (b"", "holds no text"),
        (b"a\0b", "holds no text"),
        (b"a" * 2_000_001, "far too large"),
        (b"Ein Kochbuch.", "none of the documents"),
    ],
    ids=["Latin-1", "UTF-16", "blank", "empty", "binary", "huge", "another text"],
)
def test_an_odd_file_is_passed_over_with_a_sentence(documents, dossier, data, words):
    (documents / "odd.txt").write_bytes(data)
    (documents / "good.txt").write_bytes(TEXT.encode())
    originals = find_originals(dossier)
    assert [found.document for found in originals] == ["d1"]
    (note,) = originals.notes
    assert note.startswith("odd.txt ")
    assert words in note
    assert note.endswith(".")


def test_a_folder_named_like_a_text_is_passed_over(documents, dossier):
    (documents / "folder.txt").mkdir()
    assert find_originals(dossier).notes == ("folder.txt is not a file; it was passed over.",)


def test_a_file_that_cannot_be_read_is_passed_over(documents, dossier, monkeypatch):
    def refuse(self: Path) -> bytes:
        raise PermissionError(self)

    (documents / "a.txt").write_bytes(TEXT.encode())
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert find_originals(dossier).notes == ("a.txt cannot be read; check who may read it.",)


def test_other_files_and_hidden_ones_are_none_of_our_business(documents, dossier):
    (documents / "README.md").write_text("Notes", encoding="utf-8")
    (documents / "._a.txt").write_bytes(b"\0\5\x16\7")
    assert find_originals(dossier).notes == ()


def test_without_the_usual_folder_nothing_is_found_and_nothing_said(documents, dossier):
    documents.rmdir()
    originals = find_originals(dossier)
    assert len(originals) == 0
    assert originals.notes == ()


def test_a_named_folder_that_is_missing_gives_a_note(tmp_path, dossier, monkeypatch):
    named = tmp_path / "elsewhere"
    monkeypatch.setenv("BACKCHANNEL_DOCUMENTS", str(named))
    (note,) = find_originals(dossier).notes
    assert f"The folder {named} for the originals does not exist" in note


def test_a_folder_that_cannot_be_listed_gives_a_note(documents, dossier, monkeypatch):
    def refuse(self: Path):
        raise PermissionError(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert "cannot be read" in find_originals(dossier).notes[0]


def test_the_variable_names_another_folder_and_an_argument_wins(tmp_path, documents, dossier, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_bytes(TEXT.encode())
    assert len(find_originals(dossier)) == 0
    monkeypatch.setenv("BACKCHANNEL_DOCUMENTS", str(other))
    assert len(find_originals(dossier)) == 1
    assert len(find_originals(dossier, documents)) == 0
    assert os.environ["BACKCHANNEL_DOCUMENTS"]


def test_texts_are_given_by_passage_as_far_as_they_are_there(documents, dossier):
    (documents / "a.txt").write_bytes(TEXT.encode())
    texts = find_originals(dossier).texts(dossier.passages.values())
    assert list(texts) == ["d1-p01", "d1-p02"]
    assert texts["d1-p01"] == "Gespräche über die neue Brücke"


def test_a_cue_of_an_attribution_may_stand_one_passage_away(dossier):
    places = {(q.file, q.text, q.passages) for q in quotations_of(dossier)}
    assert ("attributions.csv", "sagte", ("d1-p02", "d1-p01")) in places
    assert ("claims.csv", "sagte", ("d1-p02",)) in places


def test_single_cue_words_do_not_count_as_quoted_but_single_quotations_do(dossier):
    counted = {quotation.text: quotation.counts for quotation in quotations_of(dossier)}
    assert not counted["sagte"]
    assert counted["Brückenschlag"]
    assert counted["einen Brückenschlag"]


def test_offsets_count_in_the_very_file_the_course_was_made_with_and_the_locator_elsewhere(small_package):
    small_package.set("passages", 1, locator="P2", start="5", end="9")
    passage = small_package.load().passages["d1-p02"]
    text = "eins\n\nzwei drei"
    assert Original("d1", "hash", Path("a.txt"), text).place(passage) == (5, 9)
    assert Original("d1", "wording", Path("a.txt"), text).place(passage) == (6, len(text))
    assert Original("d1", "hash", Path("a.txt"), "kurz").place(passage) is None


def test_a_file_named_like_a_document_that_is_not_its_text_is_told(documents, dossier):
    (documents / "D1.txt").write_text("Ein anderer Text.", encoding="utf-8")
    (documents / "notes.txt").write_text("Etwas ganz anderes.", encoding="utf-8")
    originals = find_originals(dossier)
    assert originals.changed == ("d1",)
    assert originals.notes[0].startswith(
        "D1.txt is not the text whose sha256 stands in documents.csv for d1; "
    )
    assert originals.notes[1] == (
        "notes.txt is none of the documents in documents.csv; it was passed over. "
        "If it is a new one, add its row first."
    )
