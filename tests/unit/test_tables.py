"""Reading tables strictly: every fault is found in its row and said in a sentence with a remedy."""

from __future__ import annotations

import re
from math import isnan

import pandas as pd
import pytest

from backchannel.errors import DataError
from backchannel.tables import Field, Finding, read_package, read_schemas, rows_of


def _sentences(package):
    return [str(finding) for finding in package.findings()]


# --- what is accepted ------------------------------------------------------------------------------------


def test_a_valid_package_has_no_findings(small_package):
    assert _sentences(small_package) == []


def test_frames_have_the_declared_columns_and_types(small_package):
    tables = read_package(small_package.folder).tables
    for name, columns in small_package.columns.items():
        assert tuple(tables[name].columns) == columns
    assert tables["claims"]["position"].dtype == "Int64"
    assert tables["actors"]["anonymous"].dtype == "boolean"
    assert pd.api.types.is_string_dtype(tables["claims"]["quote"])


def test_an_empty_cell_is_an_empty_text_or_no_value(small_package):
    tables = read_package(small_package.folder).tables
    assert tables["claims"]["quote"].iloc[0] == ""
    predictions = tables["quiz_options"].query("item == 'predict-01'")
    assert predictions["correct"].isna().all()


def test_rows_are_numbered_as_a_spreadsheet_does(small_package):
    frame = read_package(small_package.folder).tables["sources"]
    assert [(number, row["id"]) for number, row in rows_of(frame)] == [
        (2, "source-style"),
        (3, "source-statute"),
    ]


def test_a_line_break_inside_a_cell_does_not_shift_the_row_numbers(small_package):
    small_package.set("sources", 0, note="first line\nsecond line")
    small_package.set("sources", 1, checked="perhaps")
    assert _sentences(small_package)[0].startswith("sources.csv, row 3: ")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="byte order mark"),
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"), id="as Excel saves"),
        pytest.param(lambda data: data.removesuffix(b"\n"), id="no line end at the end"),
        pytest.param(lambda data: data.replace(b"d1-p01-1", b'"d1-p01-1"'), id="needless quotation marks"),
    ],
)
def test_harmless_ways_to_save_a_table_are_accepted(small_package, change):
    before = read_package(small_package.folder).tables["claims"]
    small_package.edit("claims.csv", change)
    assert _sentences(small_package) == []
    pd.testing.assert_frame_equal(read_package(small_package.folder).tables["claims"], before)


# --- what is found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "row", "cells", "sentence"),
    [
        (
            "documents",
            1,
            {"words": "many"},
            "documents.csv, row 3: the cell words holds 'many', which is not a whole number; "
            "correct the cell.",
        ),
        (
            "documents",
            1,
            {"words": "12.0"},
            "documents.csv, row 3: the cell words holds '12.0', which is not a whole number; "
            "correct the cell.",
        ),
        (
            "documents",
            0,
            {"words": "0"},
            "documents.csv, row 2: the cell words holds 0, which is less than 1; correct the cell.",
        ),
        (
            "actors",
            0,
            {"anonymous": "yes"},
            "actors.csv, row 2: the cell anonymous holds 'yes', which is neither true nor false in small "
            "letters; correct the cell.",
        ),
        (
            "sources",
            1,
            {"checked": "perhaps"},
            "sources.csv, row 3: the cell checked holds 'perhaps', "
            "which is none of read, second_hand, not_checked; correct the cell.",
        ),
        (
            "claims",
            2,
            {"claim_de": ""},
            "claims.csv, row 4: the cell claim_de is empty; correct the cell.",
        ),
        (
            "claims",
            2,
            {"claim_de": "  "},
            "claims.csv, row 4: the cell claim_de is empty; correct the cell.",
        ),
        (
            "events",
            0,
            {"date": "May 2020"},
            "events.csv, row 2: the cell date holds 'May 2020', "
            "where ISO day or month, such as 2024-05-21 or 2024-05 is expected; correct the cell.",
        ),
        (
            "claims",
            0,
            {"position": "9" * 30},
            f"claims.csv, row 2: the cell position holds '{'9' * 30}', which is not a whole number; "
            "correct the cell.",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_file_row_and_remedy(small_package, table, row, cells, sentence):
    small_package.set(table, row, **cells)
    assert sentence in _sentences(small_package)


def test_a_row_with_a_lost_comma_is_named(small_package):
    small_package.edit("sources.csv", lambda data: data.replace(b"A statute (1901).,", b"A statute (1901)."))
    assert _sentences(small_package)[0] == (
        "sources.csv, row 3: the row has 5 cells where 6 are expected; "
        "look for a missing comma, or a comma in text that needs quotation marks."
    )


def test_a_blank_line_is_named(small_package):
    small_package.edit("sources.csv", lambda data: data.replace(b"source-statute", b"\nsource-statute"))
    assert _sentences(small_package)[0].startswith("sources.csv, row 3: the row has 0 cells")


def test_a_quotation_mark_never_closed_is_named_in_its_row(small_package):
    small_package.edit("claims.csv", lambda data: data.replace(b",There are", b',"There are'))
    (sentence,) = _sentences(small_package)
    assert sentence.startswith("claims.csv, row 2: the row cannot be split into cells (")
    assert sentence.endswith("; look for a quotation mark that is never closed.")


def test_a_quotation_mark_that_swallows_the_next_row_is_named_where_it_opens(small_package):
    small_package.set("claims", 3, claim_en="It is said, somewhere, to go on.")
    small_package.edit("claims.csv", lambda data: data.replace(b",There are", b',"There are'))
    assert _sentences(small_package)[0].startswith("claims.csv, row 2: ")


def test_an_id_given_twice_names_both_rows(small_package):
    small_package.set("actors", 1, id="actor-gazette")
    assert (
        "actors.csv, row 3: id 'actor-gazette' stands already in row 2; "
        "give it another id or remove one of the rows."
    ) in _sentences(small_package)


def test_a_key_of_several_columns_is_checked_as_a_whole(small_package):
    small_package.append("reference_labels", **small_package.rows["reference_labels"][0])
    last = len(small_package.rows["reference_labels"]) + 1
    assert _sentences(small_package) == [
        f"reference_labels.csv, row {last}: claim dimension label 'd1-p01-1 form author' "
        "stands already in row 2; give it another id or remove one of the rows."
    ]


def test_a_cell_declared_unique_is_checked_beside_the_key(small_package):
    small_package.replace(
        "datapackage.json",
        '"description": "full citation",\n      "constraints": {',
        '"description": "full citation",\n      "constraints": {"unique": true,',
    )
    small_package.set("sources", 1, citation="A style guide (2019).")
    assert "citation 'A style guide (2019).' stands already in row 2" in _sentences(small_package)[0]


def test_a_cell_that_names_no_row_is_found(small_package):
    small_package.set("attributions", 1, actor="actor-nobody")
    assert _sentences(small_package) == [
        "attributions.csv, row 3: the actor 'actor-nobody' is not in actors.csv; "
        "add it there or correct the cell actor."
    ]


def test_a_claim_without_its_passage_is_found(small_package):
    small_package.drop("passages", 2)
    assert (
        "claims.csv, row 5: the passage 'd2-p01' is not in passages.csv; "
        "add it there or correct the cell passage."
    ) in _sentences(small_package)


def test_cells_separated_by_semicolons_are_recognised(small_package):
    small_package.edit("claims.csv", lambda data: data.replace(b",", b";"))
    assert _sentences(small_package) == [
        "claims.csv, row 1: the cells are separated by semicolons; "
        "save it with commas between the cells, not semicolons."
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"id,citation,", b"id,", "the header does not fit (missing citation)"),
        (
            b"id,citation,",
            b"id,quotation,",
            "the header does not fit (missing citation; unknown 'quotation')",
        ),
        (b"id,citation,", b"id,citation,colour,", "the header does not fit (unknown 'colour')"),
        (b"id,citation,", b"citation,id,", "the header does not fit (another order)"),
        (
            b"id,citation,",
            b"id, citation,",
            "the header does not fit (missing citation; unknown ' citation')",
        ),
    ],
)
def test_a_header_that_does_not_fit_is_named(small_package, old, new, problem):
    small_package.edit("sources.csv", lambda data: data.replace(old, new))
    (sentence,) = _sentences(small_package)
    assert (
        sentence == f"sources.csv, row 1: {problem}; the columns are id, citation, url, date, checked, note."
    )


def test_an_empty_file_lacks_its_header(small_package):
    small_package.edit("events.csv", lambda _: b"")
    assert _sentences(small_package)[0].startswith("events.csv, row 1: the header does not fit (missing id")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_found(small_package, encoding):
    small_package.edit("claims.csv", lambda data: data.decode().replace("…", "").encode(encoding))
    (sentence,) = _sentences(small_package)
    assert re.fullmatch(
        r"claims\.csv: the byte at position \d+ is not UTF-8; save the file again with the encoding UTF-8\.",
        sentence,
    )


def test_a_missing_file_is_found_and_blames_no_other_file(small_package):
    small_package.path("passages.csv").unlink()
    assert _sentences(small_package) == [
        "passages.csv: the file cannot be read; restore it from an earlier copy."
    ]


def test_all_faults_of_all_files_are_listed(small_package):
    small_package.set("sources", 0, checked="perhaps")
    small_package.set("claims", 0, claim_en="", position="first")
    assert [(finding.file, finding.row) for finding in small_package.findings()] == [
        ("claims.csv", 2),
        ("claims.csv", 2),
        ("sources.csv", 2),
    ]


def test_a_table_with_a_fault_comes_back_empty_but_with_its_columns(small_package):
    small_package.set("claims", 0, position="first")
    frame = read_package(small_package.folder).tables["claims"]
    assert len(frame) == 0
    assert tuple(frame.columns) == small_package.columns["claims"]


# --- the declaration itself ------------------------------------------------------------------------------


def test_a_folder_without_a_declaration_is_said(tmp_path):
    with pytest.raises(DataError, match=r"^The course data was not found: .*; open the lesson from inside"):
        read_schemas(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="half of it"),
        pytest.param(lambda data: data.replace(b'"resources"', b'"resource"'), id="no resources"),
        pytest.param(lambda data: data.replace(b'"primaryKey"', b'"key"'), id="no key"),
        pytest.param(lambda data: data.replace(b'"integer"', b'"number"'), id="a type we do not read"),
        pytest.param(lambda _: b"[1]", id="another kind of JSON"),
        pytest.param(lambda _: b"\xff\xfe", id="not a text"),
    ],
)
def test_a_damaged_declaration_is_said(small_package, change):
    small_package.edit("datapackage.json", change)
    with pytest.raises(
        DataError, match=r"^datapackage\.json in the folder .* is damaged .*; restore it from"
    ):
        read_schemas(small_package.folder)


def test_a_finding_on_a_whole_file_names_no_row():
    assert str(Finding("a.csv", 0, "it is gone", "restore it")) == "a.csv: it is gone; restore it."


@pytest.mark.parametrize("value", ["", "0", "-3", "12"])
def test_a_whole_number_may_be_negative_or_left_out(value):
    assert Field("n", "integer", "").problem_with(value) == ""


def test_rows_hold_plain_values_and_only_what_is_not_there_is_none():
    frame = pd.DataFrame(
        {
            "n": pd.array([1, pd.NA], dtype="Int64"),
            "yes": pd.array([True, pd.NA], dtype="boolean"),
            "share": [0.5, float("nan")],
            "text": pd.array(["a", ""], dtype="str"),
        },
        index=[2, 5],
    )
    (first, one), (second, two) = rows_of(frame)
    assert (first, second) == (2, 5)
    assert one == {"n": 1, "yes": True, "share": 0.5, "text": "a"}
    assert one["yes"] is True
    assert (two["n"], two["yes"], two["text"]) == (None, None, "")
    assert isnan(two["share"])
