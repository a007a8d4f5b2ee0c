"""Submissions that were edited, damaged or made to deceive, each with the marks and the words it should get.

All begin with the exercise 03 as released and with a journal that answers two thirds of the labels and three
of five questions rightly. What a case does not name is as in an honest submission: the marks that the journal
earns, the written answer, no findings.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backchannel.classroom.release import TEXT_STUB
from backchannel.dossier import load_dossier
from backchannel.exercises import Key, Task, load_exercise, question_session, require_key
from backchannel.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
EXERCISE = "03_how_sure_is_who"
ANSWER = "President Biden is the origin of the first; he commits himself firmly, and the newsroom relays it."
EARNED = {"ex03-1": 4.67, "ex03-2": 3.0}
NOTHING = {"ex03-1": 0.0, "ex03-2": 0.0}

Notebook = dict[str, Any]
Change = Callable[[Notebook, list[bytes]], Any]


# --- an honest submission --------------------------------------------------------------------------------


def released(exercise: str = EXERCISE) -> Notebook:
    """Return an exercise as students receive it."""
    text = (PROJECT / "exercises" / exercise / f"{exercise}.ipynb").read_text(encoding="utf-8")
    found: Notebook = json.loads(text)
    return found


def cell(notebook: Notebook, name: str) -> dict[str, Any]:
    """Return a cell by its id."""
    found: dict[str, Any] = next(cell for cell in notebook["cells"] if cell["id"] == name)
    return found


def drop(notebook: Notebook, *names: str) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in names]


def insert(notebook: Notebook, after: str, kind: str, source: str, **more: Any) -> dict[str, Any]:
    """Put a new cell behind another one."""
    fresh: dict[str, Any] = {"cell_type": kind, "id": f"new-{len(notebook['cells'])}", "metadata": {}}
    fresh |= {"source": source} | ({"outputs": [], "execution_count": None} if kind == "code" else {}) | more
    place = notebook["cells"].index(cell(notebook, after)) + 1
    notebook["cells"].insert(place, fresh)
    return fresh


def line(number: int, activity: str, item: str, field: str, value: Any, **more: Any) -> bytes:
    """Return one line of a journal."""
    entry = {"id": f"{number:032x}", "at": "2026-11-20T10:00:00.000Z", "student": "", "activity": activity}
    entry |= {"item": item, "field": field, "value": value, "confidence": "", "note": "", "codebook": "1.0"}
    return json.dumps(entry | more, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


@cache
def the_key() -> Key:
    return require_key(load_dossier(PROJECT / "course_data"))


def answers(exercise: str, share: float = 1.0) -> list[bytes]:
    """Return a journal with this share of each task answered rightly and the rest wrongly."""
    found: list[bytes] = []
    for task in load_exercise(the_key().dossier, exercise[:2]).tasks:
        options = _label_answers(task) if task.kind == "labels" else _question_answers(task)
        right = round(len(options) * share)
        for number, (item, field, good, bad) in enumerate(options):
            found.append(line(len(found), task.id, item, field, good if number < right else bad))
    return found


def _label_answers(task: Task) -> list[tuple[str, str, str, str]]:
    dossier = the_key().dossier
    found = []
    for claim in task.items:
        for dimension in task.dimensions:
            accepted = [reference.label for reference in dossier.references[claim, dimension]]
            other = next(label for label in dossier.codebook[dimension].label_ids if label not in accepted)
            found.append((claim, dimension, accepted[0], other))
    return found


def _question_answers(task: Task) -> list[tuple[str, str, str, str]]:
    if task.kind != "questions":
        return []
    found = []
    for item in question_session(the_key().dossier, Workspace(Path("nowhere")), task).items:
        options = {option.id: the_key().options[item.id, option.id][0] for option in item.options}
        right = next(option for option, is_right in options.items() if is_right)
        wrong = next(option for option, is_right in options.items() if not is_right)
        found.append((item.id, "answer", right, wrong))
    return found


@cache
def _honest_journal() -> tuple[bytes, ...]:
    return tuple(answers(EXERCISE, 2 / 3))


def honest() -> tuple[Notebook, list[bytes]]:
    """Return an honest submission, to be changed."""
    notebook = released()
    cell(notebook, "memo")["source"] = ANSWER
    return notebook, list(_honest_journal())


# --- cases -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A submission and what is expected of it.

    Attributes:
        change: changes notebook and journal in place, or returns the bytes of the two; None is no file.
        findings: words of which each stands in a finding; empty where nothing is to be found.
        marks: points of the tasks that the machine marks.
        text: what counts as the written answer.
    """

    name: str
    change: Change
    findings: tuple[str, ...]
    marks: dict[str, float]
    text: str
    status: str

    def files(self) -> tuple[bytes | None, bytes | None]:
        """Return notebook and journal."""
        notebook, journal = honest()
        changed = self.change(notebook, journal)
        if changed is not None:
            found: tuple[bytes | None, bytes | None] = changed
            return found
        return json.dumps(notebook).encode(), b"".join(journal)


CASES: list[Case] = []


def case(
    *findings: str, marks: dict[str, float] = EARNED, text: str = ANSWER, status: str = "graded"
) -> Callable[[Change], Change]:
    """Add a function as a case of its name."""

    def add(change: Change) -> Change:
        name = change.__name__.replace("_", "-")  # type: ignore[attr-defined]
        CASES.append(Case(name, change, findings, marks, text, status))
        return change

    return add


@case()
def honest_work(notebook, journal):
    pass


@case()
def added_notes_and_code(notebook, journal):
    insert(notebook, "title", "markdown", "My own plan: first the labels.")
    insert(notebook, "open", "code", "1 + 1")


# Cells deleted, moved, copied, changed


@case("The points cell of ex03-1 was deleted")
def points_cell_deleted(notebook, journal):
    drop(notebook, "labels-points")


@case("2 cells were deleted and put back: the working cell of ex03-2, the points cell of ex03-2")
def all_of_a_task_deleted(notebook, journal):
    drop(notebook, "questions", "questions-points")


@case("The answer cell of ex03-3 was deleted", text="")
def answer_deleted(notebook, journal):
    drop(notebook, "memo")


@case("answer cell of ex03-3 was deleted", "a new cell beside it does; that text was taken")
def answer_in_a_new_text_cell(notebook, journal):
    drop(notebook, "memo")
    insert(notebook, "memo-intro", "markdown", ANSWER)


@case("a new cell beside it does; that text was taken")
def answer_in_a_new_code_cell(notebook, journal):
    cell(notebook, "memo")["source"] = TEXT_STUB
    insert(notebook, "memo", "code", ANSWER)


@case("there is text in another cell of the exercise", "look whether it is the answer", text="")
def answer_in_the_heading(notebook, journal):
    cell(notebook, "memo")["source"] = TEXT_STUB
    cell(notebook, "memo-intro")["source"] += [
        "\n\n",
        ANSWER,
        " It says so twice, and no word of doubt follows.",
    ]


@case("there is text in a new cell elsewhere", text="")
def answer_at_the_wrong_task(notebook, journal):
    cell(notebook, "memo")["source"] = TEXT_STUB
    insert(notebook, "open", "markdown", ANSWER + " It says so twice, and no word of doubt follows.")


@case("There is more text in a new cell beside the answer cell of ex03-3")
def answer_in_two_cells(notebook, journal):
    insert(notebook, "memo", "markdown", "And more.")


@case()
def answer_below_the_stub(notebook, journal):
    cell(notebook, "memo")["source"] = f"{TEXT_STUB}\n\n{ANSWER}"


@case(text="")
def answer_of_blanks(notebook, journal):
    cell(notebook, "memo")["source"] = " \n\t\n "


@case("answer cell of ex03-3 was turned from text into code")
def answer_turned_into_code(notebook, journal):
    cell(notebook, "memo").update(cell_type="code", outputs=[], execution_count=None)


@case("answer cell of ex03-3 was turned from text into raw text")
def answer_turned_into_raw_text(notebook, journal):
    cell(notebook, "memo").update(cell_type="raw")


@case("points cell of ex03-1 was turned from code into text")
def points_cell_turned_into_text(notebook, journal):
    found = cell(notebook, "labels-points")
    found["cell_type"] = "markdown"
    del found["outputs"], found["execution_count"]


@case("The points cell of ex03-1 was edited")
def points_cell_edited(notebook, journal):
    cell(notebook, "labels-points")["source"] = "7.0"


@case()
def stored_output_claims_full_points(notebook, journal):
    shown = {
        "output_type": "execute_result",
        "data": {"text/plain": "7.0"},
        "metadata": {},
        "execution_count": 1,
    }
    cell(notebook, "labels-points")["outputs"] = [shown]


@case("points of the points cell of ex03-1 were changed from 7 to 1000")
def points_raised(notebook, journal):
    cell(notebook, "labels-points")["metadata"]["nbgrader"]["points"] = 1000


@case("points of the points cell of ex03-1 were changed", "points of the answer cell of ex03-3 were changed")
def points_of_no_number(notebook, journal):
    cell(notebook, "labels-points")["metadata"]["nbgrader"]["points"] = "a lot"
    cell(notebook, "memo")["metadata"]["nbgrader"]["points"] = float("nan")


@case("The points cell of ex03-1 was edited", "The points cell of ex03-2 was edited")
def names_of_two_cells_swapped(notebook, journal):
    one, two = (cell(notebook, name)["metadata"] for name in ("labels-points", "questions-points"))
    one["nbgrader"], two["nbgrader"] = two["nbgrader"], one["nbgrader"]


@case("points cell of ex03-1 was deleted", "carries settings of nbgrader that are not its own")
def name_moved_to_the_title(notebook, journal):
    settings = cell(notebook, "labels-points")["metadata"]["nbgrader"]
    drop(notebook, "labels-points")
    cell(notebook, "title")["metadata"]["nbgrader"] = settings | {"grade_id": "ex03-9"}


@case("The points cell of ex03-1 is there 4 times; one counts")
def points_cell_copied(notebook, journal):
    settings = cell(notebook, "labels-points")["metadata"]
    for _ in range(3):
        insert(notebook, "end", "code", "7.0", metadata=settings)


@case("answer cell of ex03-3 is there 2 times; the first that holds an answer counts")
def answer_cell_copied_and_filled(notebook, journal):
    settings = cell(notebook, "memo")["metadata"]
    cell(notebook, "memo")["source"] = TEXT_STUB
    insert(notebook, "title", "markdown", ANSWER, metadata=settings)


@case("The order of the cells was changed")
def cells_turned_round(notebook, journal):
    notebook["cells"].reverse()


@case("order of the cells was changed: the answer cell of ex03-3 stands before the cell “# Exercise 03")
def answer_moved_to_the_top(notebook, journal):
    found = cell(notebook, "memo")
    drop(notebook, "memo")
    notebook["cells"].insert(0, found)


@case(
    "2 cells that give no points were deleted: the cell “# Exercise 03", "the cell “from backchannel import"
)
def text_and_opening_deleted(notebook, journal):
    drop(notebook, "title", "open")


@case(
    "cells that give no points were deleted: ", "5 cells were deleted and put back: ", " and 1 more.", text=""
)
def everything_deleted(notebook, journal):
    notebook["cells"] = []


@case("5 cells had lost their settings of nbgrader: the working cell of ex03-1, the points cell of ex03-1")
def settings_lost(notebook, journal):
    for found in notebook["cells"]:
        found["metadata"] = {}


@case(
    "4 cells had lost their settings of nbgrader",
    "The answer cell of ex03-3 was deleted",
    "that text was taken",
)
def settings_and_ids_lost(notebook, journal):
    for number, found in enumerate(notebook["cells"]):
        found.update(metadata={}, id=f"other-{number}")


@case("The points cell of ex03-1 had other settings of nbgrader")
def made_into_a_task_cell(notebook, journal):
    cell(notebook, "labels-points")["metadata"]["nbgrader"].update(task=True, grade=False, schema_version=99)


@case("The answer cell of ex03-3 had other settings of nbgrader")
def schema_of_another_time(notebook, journal):
    cell(notebook, "memo")["metadata"]["nbgrader"].update(schema_version=1, checksum="0" * 32)


@case("Cells carry settings of nbgrader that the exercise does not have")
def a_task_of_my_own(notebook, journal):
    settings = cell(notebook, "labels-points")["metadata"]["nbgrader"]
    insert(
        notebook, "end", "code", "20", metadata={"nbgrader": settings | {"grade_id": "mine", "points": 20}}
    )


@case("Cells carry settings of nbgrader that the exercise does not have")
def nbgrader_of_no_kind(notebook, journal):
    for number, settings in enumerate(
        ({"grade": {}}, {"grade_id": [1]}, {"grade_id": "../../x", "points": -1})
    ):
        insert(notebook, "end", "code", str(number), metadata={"nbgrader": settings})


# What stands around the cells


@case()
def kernel_is_a_shell(notebook, journal):
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"},
        "language_info": "bash",
        "backchannel": {"findings": 7, "tasks": [{"task": "ex03-1", "gained": 7.0}], "run": None},
    }


@case("cells had the same id as another cell")
def ids_all_the_same(notebook, journal):
    for found in notebook["cells"]:
        found["id"] = "memo"


@case()
def ids_missing(notebook, journal):
    notebook["nbformat_minor"] = 4
    for found in notebook["cells"]:
        del found["id"]


@case("2 cells of the notebook could not be read")
def cells_that_are_none(notebook, journal):
    notebook["cells"][1:1] = [None, {"cell_type": "code", "source": 7}]
    cell_without_metadata = notebook["cells"][3]
    cell_without_metadata["metadata"] = None


@case("The notebook has 50,000 new cells; all after the first 500 were left out")
def fifty_thousand_cells(notebook, journal):
    fresh = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
    notebook["cells"] += [fresh | {"id": f"n{number}"} for number in range(50_000)]


@case("2 cells had more than 100,000 characters", text=ANSWER + " " + "x" * (100_000 - len(ANSWER) - 1))
def cells_without_end(notebook, journal):
    insert(notebook, "open", "code", "x = '" + "a" * 3_000_000 + "'")
    cell(notebook, "memo")["source"] = ANSWER + " " + "x" * 200_000


@case("An attachment that is no picture was taken out")
def attachments_that_act(notebook, journal):
    bundle = {"text/html": "<script>alert(1)</script>", "image/svg+xml": "<svg/>", "image/png": '"><script>'}
    good = {"image/png": "iVBORw0KGgo="}
    cell(notebook, "memo")["attachments"] = {"a": bundle, "b": good, "c": 5}


@case(text=ANSWER + " <script>alert(1)</script>")
def text_that_acts(notebook, journal):
    cell(notebook, "memo")["source"] = ANSWER + " <script>alert(1)</script>"
    insert(notebook, "title", "raw", "<img src=x onerror=alert(2)>")
    insert(notebook, "title", "markdown", "<iframe src='https://example.org'></iframe>")


@case(text="? " + ANSWER)
def half_a_character(notebook, journal):
    cell(notebook, "memo")["source"] = "\ud800 " + ANSWER
    insert(notebook, "open", "code", "'\udfff'")


@case("The cell “def (” ends in an error (SyntaxError")
def syntax_error(notebook, journal):
    insert(notebook, "open", "code", "def (")


@case('The cell “raise ValueError("\\u202e\\x1b[31m")” ends in an error (ValueError: \\u202e\\x1b[31m)')
def error_that_paints_the_terminal(notebook, journal):
    insert(notebook, "open", "code", 'raise ValueError("\u202e\x1b[31m")')


@case()
def in_another_encoding(notebook, journal):
    return json.dumps(notebook, ensure_ascii=False).encode("utf-16"), b"".join(journal)


# No notebook at all


def _refused(*findings: str) -> Callable[[Change], Change]:
    return case(*findings, marks={}, text="", status="refused")


@_refused("no JSON from row 1 on")
def torn(notebook, journal):
    whole = json.dumps(notebook).encode()
    return whole[: len(whole) // 2], b"".join(journal)


@_refused("is empty")
def empty(notebook, journal):
    return b" \n", b"".join(journal)


@_refused(".ipynb is missing")
def missing(notebook, journal):
    return None, b"".join(journal)


@_refused("it has no cells")
def a_list(notebook, journal):
    return b"[1, 2]", b"".join(journal)


@_refused("it has no cells")
def cells_of_no_kind(notebook, journal):
    return b'{"cells": {"a": 1}, "nbformat": 4}', b"".join(journal)


@_refused("it is of an old format")
def of_an_old_format(notebook, journal):
    return b'{"worksheets": [{"cells": []}], "nbformat": 3, "nbformat_minor": 0}', b"".join(journal)


@_refused("it is of format 99, not 4")
def of_a_format_to_come(notebook, journal):
    notebook["nbformat"] = 99
    return json.dumps(notebook).encode(), b"".join(journal)


@_refused("nested or filled in a way no notebook is")
def nested_without_end(notebook, journal):
    return b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", b"".join(journal)


@_refused("marks of two versions that were not merged")
def not_merged(notebook, journal):
    return json.dumps(notebook, indent=1).replace("{\n", "{\n<<<<<<< HEAD\n", 1).encode(), b"".join(journal)


@_refused("no text in UTF-8")
def not_text(notebook, journal):
    return json.dumps(notebook).replace("President", "Pr\\\\").encode().replace(b"\\\\", b"\xe4", 1), b""


@_refused("larger than 20 MB")
def larger_than_life(notebook, journal):
    return json.dumps(notebook).encode() + b" " * 21_000_000, b"".join(journal)


# Journals


@case("journal.jsonl is missing", marks=NOTHING)
def journal_missing(notebook, journal):
    return json.dumps(notebook).encode(), None


@case("journal.jsonl is empty", marks=NOTHING)
def journal_empty(notebook, journal):
    return json.dumps(notebook).encode(), b""


@case("row 27: the last line is torn")
def journal_torn(notebook, journal):
    journal.append(line(999, "ex03-1", "x", "y", "z")[:50])


@case(
    "row 1: the line is torn or is not JSON",
    "row 3: the line is not a decision",
    "3 more rows were set aside",
)
def journal_of_garbage(notebook, journal):
    garbage = (
        b"\x00\xff\xfe\n",
        b'{"points": 7}\n',
        b"[1]\n",
        b"[" * 50_000 + b"\n",
        b"1" * 5_000 + b"\n",
        b"NaN\n",
    )
    journal[:0] = garbage


@case("26 rows repeat the id of an earlier row, which counts")
def journal_said_twice_with_better_answers(notebook, journal):
    journal += answers(EXERCISE)


@case("row 27: the entry value is not text")
def journal_with_numbers(notebook, journal):
    journal.append(line(999, "ex03-1", "x", "y", 7))


@case(
    "ex03-1: 1 answers are none that the task offers",
    "ex03-2: 1 answers are none that the task offers",
    "ex03-1: 2 answers to something the task does not ask",
    marks={"ex03-1": 4.33, "ex03-2": 2.0},
)
def journal_of_unknown_answers(notebook, journal):
    labels, questions = (json.loads(journal[number]) for number in (0, 21))
    journal.append(line(900, "ex03-1", labels["item"], labels["field"], "surely;perhaps;" * 9_000))
    journal.append(line(901, "ex03-2", questions["item"], "answer", "z\u202e"))
    journal.append(line(902, "ex03-1", labels["item"], "points", "7"))
    journal.append(line(903, "ex03-1", "d9-p99-1", labels["field"], "author"))


@case("holds no answer to this exercise; its decisions belong to 03-\\u202eblind", marks=NOTHING)
def journal_of_a_lesson(notebook, journal):
    journal[:] = [line(number, "03-\u202eblind", "d1-p01-1", "form", "author") for number in range(5)]


@case("its decisions belong to ex04-1, ex04-2", marks=NOTHING)
def journal_of_another_exercise(notebook, journal):
    journal[:] = answers("04_do_we_agree")


@case("journal.jsonl has more than 100,000 rows")
def journal_of_too_many_rows(notebook, journal):
    journal += [b"\n"] * 100_000 + answers(EXERCISE)


@case()
def journal_of_many_undone_decisions(notebook, journal):
    many = range(1_000, 21_000)
    journal += [line(number, "ex03-1", "x", "form", "author") for number in many]
    journal += [line(number + 50_000, "ex03-1", "x", "undo", f"{number:032x}") for number in reversed(many)]


@case("the codebook 99.0 is newer than this course's")
def journal_of_a_time_to_come(notebook, journal):
    journal.append(line(999, "workspace", "settings", "name", "Ida", codebook="99.0"))


@case()
def journal_from_windows(notebook, journal):
    journal[:] = [row.replace(b"\n", b"\r\n") for row in journal]


@case(marks={"ex03-1": 4.67, "ex03-2": 2.0})
def journal_with_an_answer_undone(notebook, journal):
    last = json.loads(journal[21])
    journal.append(line(999, "ex03-2", last["item"], "undo", last["id"]))
    journal.append(line(1000, "ex03-1", "elsewhere", "undo", json.loads(journal[0])["id"]))
