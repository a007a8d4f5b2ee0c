"""Answers settle a track as soon as nothing that is open can change it, and not before."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from backchannel import settling
from backchannel.settling import (
    ASKED,
    answers_of,
    criteria_of,
    differing,
    moves,
    settled,
    still_needed,
    what_made_it,
)
from backchannel.tracks import CRITERIA, DEFINITIONS, Criteria, track_under

TALKS = Criteria("former_official", "official", mandate="one_side", public="secret")


def _some_contacts(number: int, seed: int = 5) -> list[Criteria]:
    chance = Random(seed)
    return [Criteria(**{name: chance.choice(CRITERIA[name]) for name in ASKED}) for _ in range(number)]


def _tracks(contact: Criteria) -> list[str | None]:
    return [track_under(definition, contact).track for definition in DEFINITIONS]


def test_every_criterion_asked_can_change_a_track_and_binding_never_does():
    contacts = _some_contacts(400)
    for criterion in ASKED:
        changed = [
            replace(contact, **{criterion: value}) for contact in contacts for value in CRITERIA[criterion]
        ]
        pairs = zip((c for c in contacts for _ in CRITERIA[criterion]), changed, strict=True)
        assert any(_tracks(before) != _tracks(after) for before, after in pairs), criterion
    for contact in contacts:
        assert {tuple(_tracks(replace(contact, binding=value))) for value in CRITERIA["binding"]} == {
            tuple(_tracks(contact))
        }


@pytest.mark.parametrize("criterion", ASKED)
def test_the_answers_that_stand_for_all_leave_nothing_out(criterion):
    known = settling._STAND_FOR_ALL[criterion]
    for contact in _some_contacts(300):
        given = {tuple(_tracks(replace(contact, **{criterion: value}))) for value in known}
        for value in CRITERIA[criterion]:
            assert tuple(_tracks(replace(contact, **{criterion: value}))) in given


def test_without_answers_everything_is_needed_and_nothing_settled():
    assert still_needed({}) == ASKED
    assert set(settled({}).values()) == {None}


def test_official_talks_need_no_answer_on_who_was_briefed():
    answers = {"us_status": "official", "russian_status": "official", "third_party": "none"}
    assert still_needed(answers) == ("mandate", "public", "deniable")


def test_choirs_are_settled_by_who_sat_there():
    answers = {"us_status": "citizen", "russian_status": "citizen", "third_party": "none"}
    assert still_needed(answers) == ()
    assert {verdict.track for verdict in settled(answers).values()} == {"track_3"}


def test_a_definition_is_settled_before_the_others_where_it_asks_less():
    answers = {"us_status": "expert", "russian_status": "official", "third_party": "none"}
    found = settled(answers)
    assert found["asymmetric"].track == "track_1_5"
    assert settled(answers | {"russian_status": "expert"})["link"] is None


def test_unknown_is_an_answer_and_may_leave_a_definition_undecided():
    answers = {"us_status": "unknown", "russian_status": "unknown", "third_party": "none"}
    assert still_needed(answers) == ()
    assert {verdict.track for verdict in settled(answers).values()} == {None}


def test_what_is_settled_stays_whatever_is_answered_later():
    chance = Random(11)
    for contact in _some_contacts(150):
        answers: dict[str, str] = {}
        for name in ASKED:
            answers[name] = getattr(contact, name)
            if not still_needed(answers):
                break
        early = {name: verdict.track for name, verdict in settled(answers).items()}
        rest = {name: chance.choice(CRITERIA[name]) for name in ASKED if name not in answers}
        assert {name: verdict.track for name, verdict in settled(answers | rest).items()} == early


def test_something_is_needed_exactly_while_a_definition_waits():
    chance = Random(3)
    for contact in _some_contacts(200):
        answers = {name: value for name, value in answers_of(contact).items() if chance.random() < 0.7}
        assert bool(still_needed(answers)) == (None in settled(answers).values())


def test_a_move_names_the_definitions_whose_track_would_change():
    found = moves(TALKS)
    assert "mediator" in found["us_status"]["official"]
    assert "former_official" not in found["us_status"]
    for criterion, values in found.items():
        for value, names in values.items():
            changed = replace(TALKS, **{criterion: value})
            for name in DEFINITIONS:
                moved = track_under(name, changed).track != track_under(name, TALKS).track
                assert moved == (name in names)


def test_the_smallest_set_of_answers_that_makes_the_difference_is_found():
    own = replace(TALKS, us_status="official", mandate="both", briefed="both")
    assert what_made_it("asymmetric", own, TALKS) == (("us_status",),)
    assert what_made_it("participants", own, TALKS) == (("mandate",),)
    assert differing(own, TALKS) == ("us_status", "mandate", "briefed")


def test_several_answers_may_make_the_difference_only_together():
    own = Criteria("expert", "expert", "none", "none", "none", public="public")
    other = replace(own, us_status="official", russian_status="official")
    assert what_made_it("asymmetric", own, other) == (("us_status", "russian_status"),)


def test_where_the_tracks_are_the_same_nothing_made_a_difference():
    assert what_made_it("asymmetric", replace(TALKS, public="public"), TALKS) == ()


def test_each_set_leads_to_the_track_of_the_other_reading():
    contacts = _some_contacts(80)
    for own, other in zip(contacts, reversed(contacts), strict=True):
        for name in DEFINITIONS:
            goal = track_under(name, other).track
            for names in what_made_it(name, own, other):
                taken = replace(own, **{criterion: getattr(other, criterion) for criterion in names})
                assert track_under(name, taken).track == goal


def test_answers_and_criteria_are_the_same_thing():
    assert answers_of(criteria_of({"mandate": "both"}))["mandate"] == "both"
    assert criteria_of({}).us_status == "unknown"
