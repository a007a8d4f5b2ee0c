"""What the lessons, the notes and the questions say in numbers is what the tables give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from counted import Counted
from stated import NUMBERS, UNCOUNTABLE, Statement, fault, faults, plain, texts_of
from statements import STATEMENTS

from backchannel.dossier import Dossier, load_dossier

# They say that something is nowhere, which an empty table bears out.
NOTHING = ("01-no-captions", "01-no-longer", "05-notes-track-3", "06-none-dropped")
PROJECT = Path(__file__).resolve().parents[2]
BY_LESSON = {f"{n:02}": [s for s in STATEMENTS if s.lesson == f"{n:02}"] for n in range(11)}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return texts_of(PROJECT)


@pytest.fixture(scope="module")
def dossier(course_data: Path) -> Dossier:
    return load_dossier(course_data)


@pytest.fixture(scope="module")
def counted(dossier: Dossier) -> Counted:
    return Counted(dossier)


def _named(name: str) -> Statement:
    return next(statement for statement in STATEMENTS if statement.id == name)


def _changed(dossier: Dossier, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Counted:
    """Return the counts in a dossier of which one table is another."""
    return Counted(replace(dossier, tables={**dossier.tables, table: change(dossier.tables[table].copy())}))


def _without(query: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        gone = table.query(query)
        assert not gone.empty
        return table.drop(gone.index)

    return change


def _with(query: str, **cells: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        found = table.query(query).index
        assert len(found) == 1
        for column, value in cells.items():
            assert table.loc[found[0], column] != value
            table.loc[found[0], column] = value
        return table

    return change


@pytest.mark.parametrize("lesson", BY_LESSON)
def test_a_lesson_says_the_numbers_that_the_tables_give(lesson, texts, counted):
    assert BY_LESSON[lesson]
    assert faults(BY_LESSON[lesson], texts, counted) == []


def test_each_statement_has_its_own_name_and_stands_nowhere_else(texts):
    assert len({statement.id for statement in STATEMENTS}) == len(STATEMENTS)
    strays = []
    for statement in STATEMENTS:
        told = {other.where for other in STATEMENTS if other.pattern == statement.pattern}
        found = [place for place, text in texts.items() for _ in statement.found_in(text)]
        if sorted(found) != sorted(told):
            strays.append((statement.id, found))
    assert strays == []


def test_each_count_hangs_on_the_tables(dossier, counted):
    empty = {name: table.iloc[:0] for name, table in dossier.tables.items()}
    nothing = Counted(replace(dossier, tables=empty, codebook=replace(dossier.codebook, dimensions=())))
    for statement in STATEMENTS:
        try:
            without = statement.count(nothing)
        except UNCOUNTABLE:
            continue
        assert without != statement.count(counted) or statement.id in NOTHING, statement.id


@pytest.mark.parametrize(
    ("table", "change", "statement", "stated", "true"),
    [
        ("tokens", _with("document == 'd3' and token == 'jänner'", n=2), "01-jaenner",
         "Jänner stands once among 872 words", "Jänner stands 2 among 873 words"),
        ("attributions", _without("claim == 'd1-p02-1' and hop == 3"), "02-three-mouths",
         "Three: in D1 33 of 57 claims came through three mouths", "3: in D1 32 of 57 claims came"),
        ("annotations", _without("dimension == 'track'"), "04-known",
         "You know four of the nine dimensions from lesson 03. The other five come", "The other 4 come"),
        ("contacts", _with("id == 'contact-burns-naryshkin-2022'", us_status="unknown"), "05-agree",
         "All five agree on 21 of the 32 contacts", "All 5 agree on 20 of the 32 contacts"),
        ("contacts", _without("id == 'contact-geneva-2022'"), "05-contacts",
         "The dossier tells of 32 contacts", "The dossier tells of 31 contacts"),
        ("retellings", _with("proposition == 'prop-mt-online' and document == 'd2'", treatment="kept"),
         "06-kept", "of 51 propositions: kept | 31 | 17 |", "of 51 propositions: kept | 31 | 18 |"),
        ("propositions", _without("id == 'prop-mt-frequency'"), "06-referendums",
         "Rows 40 to 44: the offer of help", "Rows 39 to 43: the offer of help"),
        ("evidence_ratings",
         _with("evidence == 'ev-peskov-denial' and hypothesis == 'hyp-offer-refused'", rating="neutral"),
         "07-against", "H1 3, H2 2, H3 6, H4 5, H5 3. H2 leads.", "H1 2, H2 2, H3 6, H4 5, H5 3. H1 leads."),
        ("logan_cases", _without("id == 'case-kerry-2018'"), "08-accusations",
         "The table holds fifteen accusations", "holds 14 accusations without a charge: 5 against Democrats"),
        ("case_elements", _with("case == 'case-cotton-2015' and element == 'intent'", finding="met"),
         "08-intent", "arguable in nine cases", "arguable in 8 cases"),
        ("logan_arguments", _with("id == 'arg-keep-a-line'", answers=""), "09-unanswered",
         "Ten are not answered: six for repeal", "11 are not answered: 7 for repeal"),
        ("prompts", _without("activity == '10-memo' and position == 8"), "10-fields",
         "The memo has eight fields", "The memo has 7 fields"),
    ],
)  # fmt: skip
def test_a_planted_change_of_a_table_is_told(table, change, statement, stated, true, dossier, texts):
    told = fault(_named(statement), texts, _changed(dossier, table, change))
    where, cell = _named(statement).where.split()
    assert told.startswith(f"notebooks/{where}_")
    assert f", cell {cell}: it says “{stated}" in told
    assert true in told.split("by the tables it would be “")[1]


def test_a_row_that_is_gone_is_told(dossier, texts):
    gone = _changed(dossier, "propositions", _without("id == 'prop-mt-dead-end'"))
    told = fault(_named("06-row-45"), texts, gone)
    assert told.startswith(
        "notebooks/06_one_report_two_retellings.ipynb, cell accuse-meaning: it says “Row 45"
    )
    assert "the tables no longer tell" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("33 of 57 claims", "34 of 57 claims", "it says “Three: in D1 34 of 57 claims"),
        ("came through three", "came by three", "should stand there once and stands there 0 times"),
        ("Three: in", "Three: in D1 33 of 57 claims came through three mouths. Three: in", "there 2 times"),
    ],
)  # fmt: skip
def test_a_planted_change_of_a_text_is_told(old, new, told, texts, counted):
    changed = {**texts, "02 hops-after": texts["02 hops-after"].replace(old, new)}
    assert changed != texts
    assert faults(BY_LESSON["02"], changed, counted) == [fault(_named("02-three-mouths"), changed, counted)]
    assert told in fault(_named("02-three-mouths"), changed, counted)


def test_a_number_may_be_said_in_digits_or_words():
    statement = Statement("00-a", "00 a", "All **{}** of {}", lambda _: ())
    said = "*All twenty-one\n of 57. all one of Sixteenth, overall two of 4, All two of 57th"
    assert [match.groups() for match in statement.found_in(plain(said))] == [("twenty-one", "57")]
    assert NUMBERS["twenty-one"] == 21
