"""The CSV table: what a spreadsheet does to it, and what it must never do to a spreadsheet."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace

import pytest

from backchannel.exchange import LabelDecision, pass_decisions, reference_decisions
from backchannel.exchange.csv_table import COLUMNS, from_csv, neutralise, restore, to_csv

GOOD = LabelDecision("d1-p01-1", "form", "author", "A", confidence="low", note="a note", lead_time=12.4)
HEADER = "claim,dimension,label,coder"


@pytest.fixture
def read(small_dossier, tmp_path):
    """Return a function that reads text or bytes as a table."""

    def from_text(contents, coder="", encoding="utf-8"):
        path = tmp_path / "labels.csv"
        path.write_bytes(contents.encode(encoding) if isinstance(contents, str) else contents)
        return from_csv(path, small_dossier, coder)

    return from_text


def told(imported):
    return [str(finding) for finding in imported.findings]


# --- export ------------------------------------------------------------------------------------------


def test_a_row_holds_the_label_and_its_claim_in_both_languages(small_dossier):
    (row,) = csv.DictReader(io.StringIO(to_csv(small_dossier, [GOOD]).removeprefix("\ufeff"), newline=""))
    assert tuple(row) == COLUMNS
    assert row["claim_en"] == "There are talks about the bridge."
    assert row["claim_de"] == "Es gibt Gespräche über die Brücke."
    assert (row["passage"], row["document"]) == ("d1-p01", "d1")
    assert row["lead_time"] == "12.4 s", "12.4 alone is the 12th of April to a German Excel"


def test_the_table_opens_with_a_byte_order_mark_and_ends_lines_as_rfc_4180_says(small_dossier):
    text = to_csv(small_dossier, [GOOD])
    assert text.startswith("\ufeffclaim,")
    assert text.count("\r\n") == text.count("\n") == 2


# --- formulas ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",
        "'=1",
        "''=1",
        "=cmd|' /C calc'!A0",
        "-",
    ],
)
def test_no_cell_can_be_taken_for_a_formula_and_each_is_restored(cell):
    assert neutralise(cell) == f"'{cell}"
    assert restore(neutralise(cell)) == cell


@pytest.mark.parametrize("cell", ["", "a=1", "'", "'tis", "1-2", "a\t=1", "''", "„=“"])
def test_other_cells_stay_as_they_are(cell):
    assert neutralise(cell) == restore(cell) == cell


def test_neutralising_is_reversible_for_any_text():
    dice = random.Random(7)
    for _ in range(5000):
        cell = "".join(dice.choices("'=+-@\t\r\n ＝a\"", k=dice.randint(0, 6)))
        assert restore(neutralise(cell)) == cell
        assert neutralise(cell)[:1] not in tuple("=+-@\t\r\n＝")


def test_a_formula_in_coder_and_note_is_neutral_in_the_file(small_dossier, read):
    decision = replace(GOOD, coder="=HYPERLINK(1)", note="@SUM(A1)")
    text = to_csv(small_dossier, [decision])
    assert ",'=HYPERLINK(1)," in text
    assert ",'@SUM(A1)," in text
    assert read(text).decisions == (decision,)


# --- what a spreadsheet makes of it ------------------------------------------------------------------


def as_saved_by(small_dossier, delimiter, line_end):
    """Return the passes as another program writes them: another order, another column, cells it emptied."""
    rows = list(csv.DictReader(io.StringIO(to_csv(small_dossier, pass_decisions(small_dossier))[1:])))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end)
    columns = [*reversed(COLUMNS), "Bemerkung"]
    writer.writerow([*(f" {name.title()} " for name in columns), "", ""])
    for row in rows:
        writer.writerow([*(row.get(name, "ä") for name in columns), "", ""])
    writer.writerow([""] * len(columns))
    return buffer.getvalue()


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_line_ends_and_order_of_columns_do_not_matter(small_dossier, read, delimiter, line_end):
    imported = read(as_saved_by(small_dossier, delimiter, line_end))
    assert imported.findings == ()
    assert imported.decisions == pass_decisions(small_dossier)
    assert imported.remarks == ("labels.csv has columns that were not read: 'bemerkung'.",)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_an_encoding_that_can_be_told_is_read_and_named(small_dossier, read, encoding, name):
    imported = read(as_saved_by(small_dossier, ";", "\r\n"), encoding=encoding)
    assert imported.findings == ()
    assert imported.decisions == pass_decisions(small_dossier)
    assert ("emoji" in imported.remarks[0]) == (name == "Windows-1252")
    assert any(name in remark for remark in imported.remarks) == (name != "UTF-8")


def test_windows_1252_is_not_guessed_where_no_known_claim_proves_it(read):
    imported = read(f"{HEADER},note\nd1-p01-1,form,author,A,für\n", encoding="cp1252")
    assert imported.decisions == ()
    assert told(imported) == [
        "labels.csv: the byte at position 57 is not UTF-8, and the file seems to be Windows-1252 (ANSI); "
        "save it again as UTF-8 (in Excel: CSV UTF-8)."
    ]


def test_another_single_byte_encoding_is_not_taken_for_windows_1252(small_dossier, read):
    imported = read(as_saved_by(small_dossier, ";", "\r\n"), encoding="mac_roman")
    assert imported.decisions == ()
    assert "is not UTF-8" in told(imported)[0]


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        (HEADER.encode("utf-16-le"), "seems to be UTF-16 without a byte order mark"),
        (HEADER.encode("utf-16-be"), "seems to be UTF-16 without a byte order mark"),
        (b"\xff\xfea", "the file begins as UTF-16 but is damaged further on"),
        (b"\xef\xbb\xbf\xff", "the file begins as UTF-8 but is damaged further on"),
        (b"claim\x81\xff", "the byte at position 5 is not UTF-8"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_one_sentence(read, contents, problem):
    (sentence,) = told(read(contents))
    assert problem in sentence
    assert sentence.endswith("; save it again as UTF-8 (in Excel: CSV UTF-8).")


def test_excels_line_with_the_delimiter_is_understood(read):
    imported = read("sep=;\r\nclaim;dimension;label;coder\r\nd1-p01-1;elements;citizen,intent;A\r\n")
    assert "'citizen,intent'" in told(imported)[0]
    assert told(imported)[0].startswith("labels.csv, row 2: ")


def test_a_german_decimal_comma_is_a_lead_time(read):
    assert read(f"{HEADER};lead_time\nd1-p01-1;form;author;A;12,5\n".replace(",", ";", 3)).decisions == (
        LabelDecision("d1-p01-1", "form", "author", "A", lead_time=12.5),
    )


# --- what is wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "claim,label\nd1-p01-1,author\n",
            "labels.csv, row 1: the header lacks the columns dimension, coder; "
            "it needs claim, dimension, label, coder, in any order.",
        ),
        (
            "claim,dimension,label\n",
            "labels.csv, row 1: the header lacks the column coder; "
            "it needs claim, dimension, label, coder, in any order.",
        ),
        (
            "",
            "labels.csv, row 1: the header lacks the columns claim, dimension, label, coder; "
            "it needs claim, dimension, label, coder, in any order.",
        ),
        (
            f"{HEADER},Label\n",
            "labels.csv, row 1: the header names label more than once; remove one of them.",
        ),
        (
            f"{HEADER}\nd1-p01-1,form,author\n",
            "labels.csv, row 2: the row has 3 cells where 4 are expected; "
            "look for a separator in text that needs quotation marks.",
        ),
        (
            f"{HEADER}\n\nd1-p01-1,form,author,A,more\n",
            "labels.csv, row 3: the row has 5 cells where 4 are expected; "
            "look for a separator in text that needs quotation marks.",
        ),
        (
            f"{HEADER}\nd1-p01-1,mood,author,A\n",
            "labels.csv, row 2: the dimension 'mood' is not in the codebook; "
            "use one of form, naming, elements.",
        ),
        (
            f"{HEADER},lead_time\nd1-p01-1,form,author,A,12. Apr\n",
            "labels.csv, row 2: the lead time '12. Apr' is not a number of seconds; "
            "write it as 12.4 s, or leave the cell empty.",
        ),
        (
            f"{HEADER},lead_time\nd1-p01-1,form,author,A,nan\n",
            "labels.csv, row 2: the lead time 'nan' is not a number of seconds; "
            "write it as 12.4 s, or leave the cell empty.",
        ),
        (
            f"{HEADER}\nd1-p01-1,form,,A\n",
            "labels.csv, row 2: no label was given for form; use one of direct, indirect, author.",
        ),
        (
            f'{HEADER}\nd1-p01-1,form,author,"A\n',
            "labels.csv, row 2: the row cannot be split into cells (unexpected end of data), "
            "so nothing was read from here on; look for a quotation mark that is never closed.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(read, text, sentence):
    assert told(read(text)) == [sentence]


def test_a_repeated_row_is_told_and_everything_else_is_taken(read):
    rows = [
        "d1-p01-1,form,author,A",
        "d1-p01-1,form,author,A",
        "d9-p1-1,form,author,A",
        "d2-p01-1,form,direct,A",
    ]
    imported = read("\n".join([HEADER, *rows]))
    assert [finding.row for finding in imported.findings] == [3, 4]
    assert [decision.claim for decision in imported.decisions] == ["d1-p01-1", "d2-p01-1"]


def test_rows_before_one_that_cannot_be_split_are_taken(read):
    imported = read(f'{HEADER}\nd1-p01-1,form,author,A\nd2-p01-1,form,"a"b,A\n')
    assert [decision.claim for decision in imported.decisions] == ["d1-p01-1"]
    assert [finding.row for finding in imported.findings] == [3]


def test_a_coder_named_when_importing_stands_for_the_missing_column(read):
    (decision,) = read("claim,dimension,label\nd1-p01-1,form,author\n", coder="C").decisions
    assert decision.coder == "C"


def test_a_file_that_cannot_be_opened_is_one_sentence(small_dossier, tmp_path):
    (sentence,) = told(from_csv(tmp_path, small_dossier))
    assert sentence.endswith("check its name and that you may open it.")


def test_random_damage_never_ends_in_a_traceback(small_dossier, read):
    dice = random.Random(11)
    good = to_csv(small_dossier, reference_decisions(small_dossier)).encode()
    for _ in range(300):
        raw = bytearray(good)
        for _ in range(dice.randint(1, 30)):
            place = dice.randrange(len(raw))
            raw[place : place + dice.randint(0, 3)] = dice.choice((b"\x00", b'"', b"\xff", b";", b"\r", b""))
        imported = read(bytes(raw))
        assert all(str(finding).endswith(".") for finding in imported.findings)
