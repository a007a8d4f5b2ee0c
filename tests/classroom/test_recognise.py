"""What was handed in: read as data, with limits, and held against the exercises of the course."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from classroom.handed import NAME, PROJECT, decision, journal, sheet, untouched

from backchannel.classroom.collecting import recognise as recognising
from backchannel.classroom.collecting.recognise import (
    Answers,
    Catalogue,
    NotUnderstoodError,
    Sheet,
    read_answers,
    recognise,
)
from backchannel.classroom.records import sha256

CATALOGUE = Catalogue(PROJECT)


def tell(content: bytes, name: str = "a.ipynb") -> Sheet | Answers:
    return recognise(content, (name,), sha256(content), CATALOGUE)


def test_all_exercises_are_known_as_they_were_handed_out():
    assert len(CATALOGUE.exercises) == 10
    for name in CATALOGUE.exercises.values():
        assert tell(untouched(name)) == Sheet(name, by_name=False, others=(), untouched=True)
        assert tell(sheet("x", name)) == Sheet(name, by_name=False, others=(), untouched=False)


@pytest.mark.parametrize(
    ("limit", "said"),
    [("MOST_GROUPS", "many more parts"), ("MOST_VALUES", "many more parts"), ("MOST_CELLS", "cells")],
)
def test_a_notebook_of_too_many_parts_is_refused_before_it_costs_memory(monkeypatch, limit, said):
    monkeypatch.setattr(recognising, limit, 10)
    with pytest.raises(NotUnderstoodError, match=said):
        tell(sheet())


def test_a_file_made_of_brackets_costs_little():
    content = b'{"cells": [' + b"[]," * 3_000_000 + b"[]]}"
    tracemalloc.start()
    with pytest.raises(NotUnderstoodError, match="many more parts"):
        tell(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


@pytest.mark.parametrize(
    "marks",
    [[], 3, {"grade_id": 3}, {"grade_id": "ex99-1"}, {"grade_id": "ex03-1\n"}, {"grade_id": "x" * 99}],
)
def test_marks_of_nbgrader_that_are_none_are_no_marks(marks):
    cell = {"cell_type": "markdown", "source": "x", "metadata": {"nbgrader": marks}}
    content = json.dumps({"nbformat": 4, "cells": [cell]}).encode()
    with pytest.raises(NotUnderstoodError, match="of no exercise of this course"):
        tell(content)
    assert tell(content, f"{NAME}.ipynb") == Sheet(NAME, by_name=True, others=(), untouched=False)


def test_numbers_that_are_not_finite_are_left_in_outputs():
    notebook = json.loads(sheet())
    notebook["cells"][1]["outputs"] = [
        {"output_type": "display_data", "data": {"x": float("nan")}, "metadata": {}}
    ]
    assert isinstance(tell(json.dumps(notebook).encode()), Sheet)


def test_a_journal_is_counted_by_exercise():
    content = (
        journal(3) + journal(2, activity="ex04-2") + journal(4, activity="03-claims") + decision(0) + b"torn"
    )
    answers = tell(content, "journal.jsonl")
    assert isinstance(answers, Answers)
    assert {number: len(ids) for number, ids in answers.ids.items()} == {"03": 3, "04": 2}
    assert (answers.lessons, answers.unreadable, answers.names) == (4, 1, {"Ida": 6})
    assert answers.last == "2026-11-20T10:02:00.000Z"
    assert len(answers.of("03")) == 3
    assert answers.of("09") == frozenset()


def test_a_journal_whose_first_line_is_torn_is_still_one():
    answers = tell(b'{"id": "x", "activ\n' + journal(3), "journal.jsonl")
    assert isinstance(answers, Answers)
    assert answers.unreadable == 1


def test_a_journal_of_too_many_lines_is_refused(monkeypatch):
    monkeypatch.setattr(recognising, "MOST_LINES", 10)
    with pytest.raises(NotUnderstoodError, match="more than 10 lines"):
        read_answers(journal(12))
