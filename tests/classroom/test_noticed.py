"""What students are told of findings: the sentences are those that collect and grade really make."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from classmates import hand_in, released

from backchannel import exercises
from backchannel.classroom.collecting import versions
from backchannel.classroom.collecting.copies import _sentence
from backchannel.classroom.grading import mending, reading
from backchannel.classroom.grading.marking import mark_journal
from backchannel.classroom.grading.reading import Handed
from backchannel.classroom.handing_back import noticed
from backchannel.classroom.records import Collected, Record
from backchannel.classroom.sandbox.transcript import Transcript
from backchannel.dossier import load_dossier
from backchannel.words import section_words

EXERCISE = "03_how_sure_is_who"


@pytest.fixture(scope="module")
def key(course_data):
    return exercises.require_key(load_dossier(course_data))


def told(
    *findings: str, status: str = "graded", journal: str = "1", of_collect: tuple[str, ...] = ()
) -> list[str]:
    collected = Collected("ada", EXERCISE, "x.ipynb", journal=journal, findings=of_collect)
    record = Record("ada", EXERCISE, "1", "2026-12-02T10:00:00Z", status, "none", findings=findings)
    return [text.en for text in noticed.noticed(collected, record, ())]


def mended(key, folder, change) -> tuple[str, ...]:
    """What mending a notebook says that a student changed."""
    handed = json.loads(hand_in(key, EXERCISE, "half", folder).notebook)
    change(handed)
    submitted = reading.read_notebook(json.dumps(handed).encode())
    return mending.mend(submitted, nbformat.reads(json.dumps(released(EXERCISE)), as_version=4)).findings


def graded_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


def delete(notebook):
    notebook["cells"].remove(graded_cells(notebook)[0])


def edit(notebook):
    graded_cells(notebook)[0]["source"] = "7"


def inflate(notebook):
    graded_cells(notebook)[0]["metadata"]["nbgrader"]["points"] = 1000


def strip(notebook):
    graded_cells(notebook)[0]["metadata"] = {}


def move(notebook):
    answer = graded_cells(notebook)[-1]
    fresh = {"cell_type": "markdown", "id": "fresh", "metadata": {}, "source": "My answer is here. " * 9}
    answer["source"] = ""
    notebook["cells"].insert(notebook["cells"].index(answer) + 1, fresh)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (delete, "were missing from your notebook"),
        (edit, "had been changed in your notebook"),
        (inflate, "had been changed in your notebook"),
        (strip, "had been changed in your notebook"),
        (move, "Your text for ex03-3 stood in a new cell"),
    ],
)
def test_what_was_mended_is_told(key, tmp_path, change, said):
    found = mended(key, tmp_path, change)
    assert found
    assert any(said in sentence for sentence in told(*found)), found


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("it took longer than 20 s", "in the cell 1 (loop), since it took too long"),
        ("it used more than 1024 MB of memory", "since it used too much memory"),
        ("it ran more than 64 processes and threads", "it broke off in the cell 1 (loop)"),
    ],
)
def test_where_a_notebook_was_stopped_is_told(why, said):
    transcript = Transcript(["loop", "next"], 20, 1)
    transcript.read(json.dumps({"event": "start", "cell": 0}).encode() + b"\n")
    transcript.stop(why)
    (sentence,) = told(*transcript.findings, status="stopped")
    assert said in sentence
    early = Transcript(["loop"], 20, 1)
    early.stop(why)
    assert told(*early.findings, status="stopped") == told(status="stopped")


def test_what_a_journal_lacks_is_told(key):
    line = '{"id":"%s","at":"x","activity":"%s","item":"%s","field":"%s","value":"%s"}\n'
    claim = exercises.load_exercise(key.dossier, "03").tasks[0].items[0]
    torn = mark_journal(
        key, "03", Handed((line % ("1", "ex03-1", claim, "stance", "blue") + "torn\n").encode()), {}
    )
    sentences = told(*torn.findings)
    assert any("none that the task offers" in sentence for sentence in sentences), torn.findings
    assert any("could not be read" in sentence for sentence in sentences), torn.findings
    other = mark_journal(key, "03", Handed((line % ("1", "ex05-1", "x", "y", "z")).encode()), {})
    assert "holds no answer to this exercise" in told(*other.findings)[0]


def test_what_collect_found_is_told():
    assert "no journal with your notebook" in told(journal="", of_collect=(versions.NO_JOURNAL,))[0]
    restored = f"{versions._RESTORED}, 21 decisions."
    assert "restored from the notebook’s last cell" in told(of_collect=(restored,))[0]
    assert told(of_collect=("The notebook is as it was handed out.",)) == [
        "Your notebook is as it was handed out."
    ]
    (refused,) = told("It is no JSON.", status="refused", journal="")
    assert "could not be read, so nothing was marked" in refused


def test_what_is_said_of_others_or_unknown_is_not_told():
    shared = _sentence([("bob", 20, 21)])
    assert "bob" in shared
    unknown = "Bob sat beside Ada and wrote the same."
    more = "There is more text in a new cell beside the answer cell of ex03-3; look at the notebook."
    assert (
        told(shared, unknown, more, of_collect=(shared, "The journal gives more than one name: Bob (2)."))
        == []
    )


def test_every_kind_has_its_words_and_a_pattern():
    kinds = {key for _, key in noticed._KINDS} | {"restored", "no_journal", "refused"}
    words = {
        name.removeprefix("noticed_")
        for name in section_words("feedback", "de")
        if name.startswith("noticed_")
    }
    assert words - {"about"} == kinds
    assert all(isinstance(pattern, re.Pattern) for pattern, _ in noticed._KINDS)
