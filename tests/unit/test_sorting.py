"""Sorting contacts on the journal: what stands, what may be shown, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backchannel.dossier import load_dossier
from backchannel.errors import UsageError
from backchannel.settling import ASKED, answers_of
from backchannel.sorting import SKETCHES, SortSession, invented, reason_words, sketch, value_hint, value_words
from backchannel.tracks import CRITERIA, DEFINITIONS, REASONS, Criteria, parting, track_under
from backchannel.words import LANGUAGES, say
from backchannel.workspace import Workspace

ACTIVITY = "05-sorter"
LAVROV = "contact-lavrov-new-york-2023"
CALL = "contact-video-call-2021"
CHOIR = {"us_status": "citizen", "russian_status": "citizen", "third_party": "none"}


@pytest.fixture(scope="module")
def dossier():
    return load_dossier(Path(__file__).resolve().parents[2] / "course_data")


@pytest.fixture
def session(dossier, workspace):
    return SortSession(dossier, workspace, activity=ACTIVITY, contacts=[LAVROV, CALL])


def give(session, contact, answers):
    for criterion, value in answers.items():
        session.answer(contact, criterion, value)


def as_the_course(dossier, contact):
    row = next(r for r in dossier.tables["contacts"].to_dict("records") if r["id"] == contact)
    return answers_of(Criteria.of(row))


# --- words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_criterion_value_and_reason_has_its_words(language):
    for criterion, values in CRITERIA.items():
        assert say(f"tracks.{criterion}", language)
        assert say(f"tracks.{criterion}_question", language).endswith("?")
        for value in values:
            assert value_words(criterion, value).in_(language)
            assert value_hint(criterion, value).in_(language).endswith(".")
    for because in REASONS:
        assert reason_words(because).in_(language).endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_of_a_criterion_can_be_told_apart(language):
    for criterion, values in CRITERIA.items():
        names = [value_words(criterion, value).in_(language) for value in values]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", SKETCHES, ids=lambda one: one.id)
def test_every_sketch_has_its_words_and_says_how_far_it_was_checked(one, language):
    assert say(f"tracks.sketch_{one.id}", language)
    assert say(f"tracks.sketch_{one.id}_text", language)
    assert say(f"tracks.sketch_checked_{one.checked}", language)


@pytest.mark.parametrize(
    ("name", "track"),
    [
        ("oslo_start", ("track_1_5", "track_2", "track_1_5", "track_1_5", "track_1_5")),
        ("oslo_end", ("back_channel",) * 5),
        ("dartmouth", ("track_2", "track_2", "track_2", "track_1_5", "track_2")),
        ("pugwash", ("track_2",) * 5),
        ("choir", ("track_3",) * 5),
    ],
)
def test_a_sketch_has_its_track_under_each_definition(name, track):
    assert tuple(track_under(d, sketch(name).criteria).track for d in DEFINITIONS) == track


# --- what the documents say -------------------------------------------------------------------------------


def test_a_card_holds_claims_and_words_of_its_contact_and_nothing_of_the_reading(session, dossier):
    card = session.card(LAVROV)
    contact_of = dict(zip(dossier.tables["claims"]["id"], dossier.tables["claims"]["contact"], strict=True))
    assert card.claims
    assert {contact_of[claim.id] for claim in card.claims} == {LAVROV}
    assert [(word.label, word.word) for word in card.words] == [("D2", "gesprochen")]
    reading = session._reading(LAVROV)
    for hidden in (reading.note.en, reading.us_side.en, reading.tracks["course"].reason.en):
        assert hidden not in repr(card)


def test_without_names_all_contacts_of_the_dossier_are_sorted(dossier, workspace):
    found = SortSession(dossier, workspace, activity=ACTIVITY)
    assert found.contacts == tuple(dossier.tables["contacts"]["id"])


def test_a_dossier_without_its_own_words_for_the_definitions_still_sorts(small_dossier, workspace):
    found = SortSession(small_dossier, workspace, activity=ACTIVITY)
    assert [definition.id for definition in found.definitions] == list(DEFINITIONS)
    give(found, "contact-bridge", CHOIR)
    assert found.is_sorted("contact-bridge")
    found.compare("contact-bridge")
    assert found.comparison("contact-bridge")[0].course.track == "track_1_5"
    assert found.track_name("track_2").en == "track_2"


# --- deciding ---------------------------------------------------------------------------------------------


def test_one_answer_is_one_line(session, workspace):
    session.answer(LAVROV, "us_status", "expert", confidence="low", note="D2 says so")
    (line,) = map(json.loads, workspace.journal.path.read_text().splitlines())
    assert (line["activity"], line["item"], line["field"], line["value"]) == (
        ACTIVITY, LAVROV, "us_status", "expert",
    )  # fmt: skip
    assert (line["confidence"], line["note"]) == ("low", "D2 says so")


def test_a_contact_is_sorted_as_soon_as_the_answers_suffice(session):
    give(session, LAVROV, {"us_status": "citizen", "russian_status": "citizen"})
    assert not session.is_sorted(LAVROV)
    session.answer(LAVROV, "third_party", "none")
    assert session.is_sorted(LAVROV)
    assert session.sorted_count == 1
    assert {verdict.track for verdict in session.tracks(LAVROV).values()} == {"track_3"}


def test_the_reading_of_the_course_waits_for_the_answers_and_for_the_question(session):
    with pytest.raises(UsageError, match="answer us_status first, 'unknown' is an answer too"):
        session.compare(LAVROV)
    give(session, LAVROV, CHOIR)
    assert session.reading(LAVROV) is None
    assert session.comparison(LAVROV) == ()
    session.compare(LAVROV)
    assert session.reading(LAVROV).criteria.russian_status == "official"
    assert session.reading(CALL) is None
    assert session.compared_count == 1


def test_the_comparison_says_which_answers_made_the_difference(session, dossier):
    give(session, LAVROV, as_the_course(dossier, LAVROV) | {"us_status": "official", "mandate": "both"})
    session.compare(LAVROV)
    found = {one.definition: one for one in session.comparison(LAVROV)}
    assert (found["asymmetric"].own.track, found["asymmetric"].course.track) == ("back_channel", "track_1_5")
    assert found["asymmetric"].made_it == (("us_status",),)
    assert "mixed" not in found["link"].course.reason.en
    session.answer(LAVROV, "us_status", "expert")  # one may still change one's mind
    assert {one.definition: one.made_it for one in session.comparison(LAVROV)}["asymmetric"] == ()


def test_answers_of_the_course_give_the_tracks_of_the_course(dossier, workspace):
    session = SortSession(dossier, workspace, activity=ACTIVITY)
    rows = dossier.tables["contact_tracks"]
    for contact in session.contacts:
        give(session, contact, as_the_course(dossier, contact))
        session.compare(contact)
        for one in session.comparison(contact):
            kept = rows[(rows["contact"] == contact) & (rows["definition"] == one.definition)]
            assert (one.own.track or "") == kept["track"].item() == (one.course.track or "")
            assert one.course.reason.de == kept["reason_de"].item()
            assert one.made_it == ()


def test_unknown_everywhere_is_a_way_to_sort(session):
    give(session, CALL, dict.fromkeys(ASKED, "unknown"))
    session.compare(CALL)
    assert {verdict.track for verdict in session.tracks(CALL).values()} == {None}


def test_undo_takes_back_one_decision_after_the_other(session):
    give(session, LAVROV, CHOIR)
    session.compare(LAVROV)
    assert session.undo().field == "compared"
    assert session.reading(LAVROV) is None
    assert session.undo().field == "third_party"
    assert not session.is_sorted(LAVROV)
    with pytest.raises(UsageError, match="came later"):
        session.undo(expected="another")
    session.undo()
    session.undo()
    assert session.undo() is None
    assert session.answers(LAVROV) == {}


def test_an_undo_sent_twice_takes_one_decision_back(session):
    give(session, LAVROV, CHOIR)
    last = session.undoable
    session.undo(expected=last, decision_id="u1")
    assert session.undo(expected=last, decision_id="u1") is None
    assert len(session.answers(LAVROV)) == 2


def test_all_stands_again_after_a_restart(session, dossier, workspace):
    give(session, LAVROV, CHOIR)
    session.compare(LAVROV)
    session.write_note(LAVROV, "Two choirs?")
    kept = session.keep("My talks", invented(us_status="expert"))
    again = SortSession(
        dossier, Workspace(workspace.folder, "1.4"), activity=ACTIVITY, contacts=[CALL, LAVROV]
    )
    assert again.answers(LAVROV) == CHOIR
    assert again.is_compared(LAVROV)
    assert again.note(LAVROV) == "Two choirs?"
    assert again.invention(kept).criteria.us_status == "expert"
    assert list(again.table()["contact"]) == [CALL, LAVROV]
    assert list(again.table()["course"]) == ["", "track_3"]


def test_what_another_course_or_hand_wrote_counts_as_no_answer(session, workspace):
    workspace.decide(ACTIVITY, LAVROV, "us_status", "wizard")
    workspace.decide(ACTIVITY, "invented-x", "criteria", "us_status=wizard", note="odd")
    workspace.decide(ACTIVITY, "invented-y", "criteria", "nonsense")
    assert session.answers(LAVROV) == {}
    assert session.inventions == ()


def test_an_empty_answer_takes_one_away(session):
    session.answer(LAVROV, "us_status", "expert")
    session.answer(LAVROV, "us_status", "")
    assert session.answers(LAVROV) == {}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("contact-moon", "us_status", "expert"), "contact-moon"),
        ((LAVROV, "binding", "no"), "'binding' is not asked"),
        ((LAVROV, "weather", "fair"), "'weather' is not asked"),
        ((LAVROV, "us_status", "wizard"), "no answer 'wizard'; use one of official"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(session, workspace, arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        session.answer(*arguments)
    assert workspace.journal.count == 0


def test_other_slips_are_refused_in_a_sentence(session, dossier, workspace):
    with pytest.raises(UsageError, match="confidence 'total'"):
        session.answer(LAVROV, "us_status", "expert", confidence="total")
    with pytest.raises(UsageError, match="5000 characters"):
        session.write_note(LAVROV, "x" * 5000)
    with pytest.raises(UsageError, match="contact-moon"):
        SortSession(dossier, workspace, activity=ACTIVITY, contacts=["contact-moon"])
    with pytest.raises(UsageError, match="no sketch 'mars'"):
        sketch("mars")
    with pytest.raises(UsageError, match="mandate cannot be 'royal'"):
        invented(mandate="royal")
    with pytest.raises(UsageError, match="'weather' is not asked"):
        invented(weather="fair")
    assert workspace.journal.count == 0


# --- inventing ----------------------------------------------------------------------------------------------


def test_an_invention_is_kept_and_taken_off_the_list(session):
    kept = session.keep("  Talks   at sea ", sketch("dartmouth").criteria, decision_id="abcdefgh1234")
    assert session.keep("Talks at sea", sketch("dartmouth").criteria, decision_id="abcdefgh1234") == kept
    (one,) = session.inventions
    assert (one.id, one.title, len(parting(one.criteria))) == ("invented-abcdefgh", "Talks at sea", 2)
    assert answers_of(one.criteria) == answers_of(sketch("dartmouth").criteria)
    session.forget(kept)
    assert session.inventions == ()
    session.undo()
    assert session.inventions == (one,)


def test_an_invention_needs_a_title_and_has_to_be_there(session):
    with pytest.raises(UsageError, match="A title needs 1 to 80 characters"):
        session.keep("  ", invented())
    with pytest.raises(UsageError, match="none so far"):
        session.forget("invented-nothing")
