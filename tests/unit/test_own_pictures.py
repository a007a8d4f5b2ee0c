"""Pictures of a student's own work: what was decided, whose it is, and a friendly line before anything is."""

from dataclasses import replace

import pandas as pd
import pytest
from drawn import assert_nothing_overlaps_is_cut_off_or_faint

from backchannel import sessions
from backchannel.charts import Picture
from backchannel.course import Course, Notice
from backchannel.dossier import load_dossier
from backchannel.errors import UsageError
from backchannel.workspace import Workspace

DRAWN = {
    "99-labels": "labels",
    "99-sorter": "sorter",
    "99-coverage": "coverage",
    "99-signals": "hypotheses",
    "99-cases": "elements",
    "99-debate": "debate",
}
_TABLES = {
    "sorter": "contacts",
    "coverage": "propositions",
    "hypotheses": "evidence",
    "elements": "case_elements",
}


def _first(tables, kind):
    """Return the id of the first row that an activity of this kind can ask about."""
    table = tables[_TABLES[kind]] if kind in _TABLES else None
    return "" if table is None else table["case" if kind == "elements" else "id"].iloc[0]


@pytest.fixture
def course(course_data, tmp_path):
    """Open the real course with one more activity of each kind that has a picture."""
    whole = load_dossier(course_data)
    more = [
        {
            "id": name,
            "lesson": "99",
            "position": position,
            "kind": kind,
            "title_en": f"My {kind}",
            "title_de": f"Meine {kind}",
            "items": _first(whole.tables, kind),
            "optional": False,
        }
        for position, (name, kind) in enumerate(DRAWN.items(), start=1)
    ]
    block = {
        "id": "99-labels",
        "lesson": "99",
        "mode": "practice",
        "dimensions": "speech_form",
        "claims": "d1-p02-1",
    }
    added = {
        "activities": pd.concat([whole.tables["activities"], pd.DataFrame(more)]),
        "blocks": pd.concat([whole.tables["blocks"], pd.DataFrame([block])]),
    }
    dossier = replace(whole, tables={**whole.tables, **added})
    return Course(dossier, Workspace(tmp_path / "workspace"))


def _work(course):
    """Decide one thing in each activity that has a picture."""
    dossier, workspace = course.dossier, course.workspace
    sessions.labels(dossier, workspace, "99-labels").label("d1-p02-1", "speech_form", "direct")
    contact = _first(dossier.tables, "sorter")
    sessions.sorter(dossier, workspace, "99-sorter").answer(contact, "us_status", "official")
    proposition = _first(dossier.tables, "coverage")
    sessions.coverage(dossier, workspace, "99-coverage").judge(proposition, "d2", "dropped")
    grid = sessions.hypotheses(dossier, workspace, "99-signals")
    grid.judge(grid.grid.rows[0].id, grid.grid.columns[0].id, "strongly_against")
    case = _first(dossier.tables, "elements")
    sessions.elements(dossier, workspace, "99-cases").judge("citizen", case, "arguable")
    board = sessions.debate(dossier, workspace, "99-debate")
    board.choose_position("repeal")
    board.argue("Nobody was ever convicted.", evidence=["d1-p02-1"])


@pytest.mark.parametrize("activity", DRAWN)
def test_before_anything_is_decided_a_line_names_the_activity(course, activity):
    told = course.own_picture(activity)
    assert isinstance(told, Notice)
    assert course.dossier.activities[activity].title.en in repr(told)


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        ("99-labels", "direct speech 1"),
        ("99-sorter", "A table of 1 contacts"),
        ("99-coverage", "D2 dropped"),
        ("99-signals", "strongly against"),
        ("99-cases", "arguable"),
        ("99-debate", "Nobody was ever convicted"),
    ],
)
def test_it_shows_what_was_decided_and_says_that_it_is_ones_own(course, activity, words):
    _work(course)
    picture = course.own_picture(activity)
    assert isinstance(picture, Picture)
    assert words in picture.alt
    assert "your" in picture.title.lower()
    assert_nothing_overlaps_is_cut_off_or_faint(picture)


def test_the_own_judgement_is_drawn_and_not_the_courses(course):
    _work(course)
    told = course.own_picture("99-coverage").alt
    assert "D1 open" in told
    assert not any(word in told for word in ("D1 kept", "D1 changed", "D2 kept", "D2 changed"))


def test_in_german_it_is_named_in_german(course):
    _work(course)
    course.use_language("de")
    for activity in DRAWN:
        picture = course.own_picture(activity)
        assert picture.language == "de"
        assert any(word in picture.title for word in ("Ihre", "Ihren"))


@pytest.mark.parametrize("activity", ["00-notes", "99-nowhere"])
def test_an_activity_without_a_picture_is_refused_with_those_that_have_one(course, activity):
    with pytest.raises(UsageError, match=r"use one of 00-warm-up, .*99-labels, 99-sorter"):
        course.own_picture(activity)
