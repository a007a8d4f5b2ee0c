"""Contacts under the competing definitions of the tracks.

The cases outside the dossier are drawn after well-known ones, in the barest strokes; they test the
definitions, and say nothing about the history.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from backchannel.errors import DataError, UsageError
from backchannel.tracks import (
    CRITERIA,
    DEFINITIONS,
    OPEN,
    REASONS,
    TRACKS,
    Criteria,
    Verdict,
    parting,
    track_under,
)

CASES = {
    "summit": Criteria("official", "official", mandate="both", briefed="both", public="public"),
    "secret envoys": Criteria("envoy", "envoy", mandate="both", briefed="both", public="secret"),
    # Scholars of one side with officials of the other, a research institute as host.
    "Oslo, start": Criteria(
        "expert", "official", "private_mediator", mandate="one_side", briefed="both", public="secret"
    ),
    "Oslo, end": Criteria(
        "official", "official", "state_mediator", mandate="both", briefed="both", public="secret"
    ),
    "Dartmouth": Criteria("expert", "expert", mandate="none", briefed="both", public="confidential"),
    "Pugwash": Criteria("expert", "expert", mandate="none", briefed="none", public="confidential"),
    "shuttle": Criteria(
        "official", "official", "state_mediator", mandate="both", briefed="both", public="public"
    ),
    "private mediation": Criteria(
        "official", "official", "private_mediator", mandate="both", briefed="both", public="public"
    ),
    "talks of 2023": Criteria("former_official", "official", mandate="one_side", public="secret"),
    "workshop": Criteria("mixed", "mixed", mandate="none", briefed="both", public="confidential"),
    "choirs": Criteria("citizen", "citizen", mandate="none", briefed="none", public="public"),
    "scholar and choir": Criteria("expert", "citizen", mandate="none", briefed="none", public="public"),
    "councils": Criteria("none", "official", "party", mandate="both", briefed="both", public="public"),
    "speech": Criteria("none", "official", mandate="one_side", public="public"),
    "staff meeting": Criteria("official", "none", mandate="one_side", public="secret"),
    "message carried": Criteria(third_party="go_between", mandate="disputed", public="secret"),
}

# participants, mediator, asymmetric, link, course
TRACK_OF = {
    "summit": ("track_1", "track_1", "track_1", "track_1", "track_1"),
    "secret envoys": ("back_channel",) * 5,
    "Oslo, start": ("track_1_5", "track_2", "track_1_5", "track_1_5", "track_1_5"),
    "Oslo, end": ("back_channel",) * 5,
    "Dartmouth": ("track_2", "track_2", "track_2", "track_1_5", "track_2"),
    "Pugwash": ("track_2",) * 5,
    "shuttle": ("track_1",) * 5,
    "private mediation": ("track_1", "track_1_5", "track_1", "track_1", "track_1"),
    "talks of 2023": ("track_1_5", "track_2", "track_1_5", "track_1_5", "track_1_5"),
    "workshop": ("track_1_5", "track_1", "track_1", "track_1_5", "track_1_5"),
    "choirs": ("track_3",) * 5,
    "scholar and choir": ("track_2",) * 5,
    "councils": ("track_1",) * 5,
    "speech": ("public",) * 5,
    "staff meeting": ("none",) * 5,
    "message carried": (None, None, None, None, "back_channel"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_case_has_its_track_under_each_definition(case):
    given = tuple(track_under(definition, CASES[case]).track for definition in DEFINITIONS)
    assert given == TRACK_OF[case]


@pytest.mark.parametrize(
    ("definition", "case", "because"),
    [
        ("participants", "talks of 2023", "mixed_table"),
        ("participants", "workshop", "private_capacity"),
        ("mediator", "talks of 2023", "not_all_in_office"),
        ("mediator", "private mediation", "private_mediator"),
        ("asymmetric", "talks of 2023", "one_side_in_office"),
        ("asymmetric", "workshop", "all_in_office"),
        ("link", "Dartmouth", "line_to_government"),
        ("link", "Pugwash", "no_line_to_government"),
        ("course", "Oslo, end", "hidden"),
        ("course", "message carried", "go_between"),
        ("asymmetric", "message carried", "unknown_status"),
        ("link", "speech", "one_side_in_public"),
        ("link", "staff meeting", "no_other_side"),
        ("link", "choirs", "citizens_only"),
        ("course", "scholar and choir", "nobody_in_office"),
    ],
)
def test_the_verdict_names_what_decided(definition, case, because):
    assert track_under(definition, CASES[case]).because == because


@pytest.mark.parametrize(
    ("definition", "contact", "missing"),
    [
        ("asymmetric", Criteria("official", "unknown", mandate="both"), "unknown_status"),
        ("mediator", Criteria("official", "official", "unknown", mandate="both"), "unknown_third_party"),
        ("participants", Criteria("official", "official", mandate="disputed"), "unknown_mandate"),
        ("link", Criteria("expert", "expert", mandate="none"), "unknown_briefed"),
        ("course", Criteria(), "unknown_status"),
    ],
)
def test_a_missing_criterion_is_named(definition, contact, missing):
    assert track_under(definition, contact) == Verdict(None, missing)


def test_what_is_open_does_no_harm_where_each_answer_leads_to_the_same_track():
    talks = CASES["talks of 2023"]
    assert track_under("link", talks).track == track_under("link", replace(talks, briefed="none")).track
    assert track_under("mediator", Criteria("expert", "unknown")).track == "track_2"


def test_what_is_not_asked_is_not_named_as_missing():
    open_mandate = Criteria("official", "official", "unknown", mandate="unknown")
    assert track_under("asymmetric", open_mandate).track == "track_1"


def test_the_courses_rule_presumes_what_a_text_leaves_out():
    assert track_under("course", Criteria("official", "unknown")).track == "track_1"
    assert track_under("course", Criteria("unofficial", "unknown")).track == "track_2"
    assert track_under("course", Criteria("official", "official", mandate="one_side")).track == "track_1_5"


def test_intermediaries_whom_no_government_sent_are_no_back_channel():
    sent_by_nobody = Criteria("unofficial", "unofficial", "go_between", mandate="none", public="secret")
    assert track_under("course", sent_by_nobody).track == "track_2"


def test_secrecy_alone_makes_no_back_channel():
    talks = CASES["talks of 2023"]
    assert "back_channel" not in parting(replace(talks, deniable="high"))


def test_definitions_part_over_the_talks_of_2023():
    assert parting(CASES["talks of 2023"]) == {
        "track_1_5": ("participants", "asymmetric", "link", "course"),
        "track_2": ("mediator",),
    }


def test_definitions_agree_on_a_summit():
    assert parting(CASES["summit"]) == {"track_1": DEFINITIONS}


def _all_contacts():
    """Every combination, with two values of publicity; deniability and binding have tests of their own."""
    names = ("us_status", "russian_status", "third_party", "mandate", "briefed")
    for public in ("public", "secret"):
        for values in product(*(CRITERIA[name] for name in names)):
            yield Criteria(
                **dict(zip(names, values, strict=True)), deniable="low", public=public, binding="no"
            )


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_every_combination_has_a_track_or_names_what_is_missing(definition):
    seen = {track_under(definition, contact) for contact in _all_contacts()}
    assert {verdict.track for verdict in seen} <= {*TRACKS, None}
    assert {verdict.because for verdict in seen} <= set(REASONS)
    assert all((verdict.track is None) == verdict.because.startswith("unknown_") for verdict in seen)
    assert {"track_1", "back_channel", "track_1_5", "track_2", "track_3", "public"} <= {
        verdict.track for verdict in seen
    }


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_sides_are_treated_alike(definition):
    for contact in _all_contacts():
        turned = replace(contact, us_status=contact.russian_status, russian_status=contact.us_status)
        assert track_under(definition, contact) == track_under(definition, turned)


def test_every_contact_known_in_full_has_a_track():
    known = [contact for contact in _all_contacts() if not OPEN & set(vars(contact).values())]
    assert all(track_under(definition, contact).track for contact in known for definition in DEFINITIONS)


@pytest.mark.parametrize("case", CASES)
def test_how_binding_a_contact_is_decides_nothing(case):
    given = {str(parting(replace(CASES[case], binding=value))) for value in CRITERIA["binding"]}
    assert len(given) == 1


def test_deniability_decides_only_between_track_1_and_back_channel():
    for case, deniable in product(CASES.values(), CRITERIA["deniable"]):
        for definition in DEFINITIONS:
            before, after = (
                track_under(definition, case),
                track_under(definition, replace(case, deniable=deniable)),
            )
            assert before == after or {before.track, after.track} == {"track_1", "back_channel"}


def test_every_reason_is_given_by_some_contact():
    given = {
        track_under(definition, contact).because for contact in _all_contacts() for definition in DEFINITIONS
    }
    assert given == set(REASONS)


def test_criteria_come_from_a_row_of_the_table():
    row = {name: values[0] for name, values in CRITERIA.items()} | {"id": "contact-x", "note_en": "open"}
    assert Criteria.of(row) == Criteria(**{name: values[0] for name, values in CRITERIA.items()})


def test_a_value_outside_its_column_is_refused():
    with pytest.raises(DataError, match="mandate cannot be 'partial'"):
        Criteria(mandate="partial")


def test_an_unknown_definition_is_refused():
    with pytest.raises(UsageError, match="participants, mediator"):
        track_under("mixture", CASES["summit"])
