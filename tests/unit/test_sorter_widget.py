"""The track sorter as a widget: what is on the screen, what may not be there yet, each request answered."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from backchannel.dossier import load_dossier
from backchannel.errors import UsageError
from backchannel.settling import ASKED
from backchannel.sorting import SortSession
from backchannel.widgets.sorter import Sorter
from backchannel.workspace import Workspace

ACTIVITY = "05-sorter"
LAVROV = "contact-lavrov-new-york-2023"
CALL = "contact-video-call-2021"
CHOIR = {"us_status": "citizen", "russian_status": "citizen", "third_party": "none"}


@pytest.fixture(scope="module")
def dossier():
    return load_dossier(Path(__file__).resolve().parents[2] / "course_data")


@pytest.fixture
def make(dossier, workspace):
    return lambda: Sorter(SortSession(dossier, workspace, activity=ACTIVITY, contacts=[LAVROV, CALL]))


def ask(widget, action, **fields):
    """Send what the front-end would send, and return the answer."""
    unit = widget.view["unit"] or {}
    defaults = {"contact": unit.get("contact"), "criterion": unit.get("criterion")}
    return widget.perform({"kind": "do", "action": action, "id": fields.pop("id", ""), **defaults, **fields})


def everything_shown(widget):
    state = json.dumps([widget.view, widget.words], ensure_ascii=False, default=str)
    return state + widget.static_html()


def sort(widget, answers=CHOIR):
    for value in answers.values():
        assert ask(widget, "answer", value=value)["ok"]


def hidden_of(widget, contact):
    """Return texts that only the course's reading of a contact has."""
    reading = widget.session._reading(contact)
    reasons = {track.reason for track in reading.tracks.values()}
    texts = [reading.note, reading.us_side, *(r for r in reasons if len(r.en) > 120)]
    return [text.in_(language) for text in texts for language in ("en", "de")]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_an_answer_is_on_disk_when_the_sorter_says_so_and_the_next_criterion_comes(make, workspace):
    widget = make()
    assert widget.view["unit"]["criterion"] == "us_status"
    assert ask(widget, "answer", value="expert", id="one") == {"kind": "done", "id": "one", "ok": True}
    last = json.loads(workspace.journal.path.read_text().splitlines()[-1])
    assert (last["id"], last["item"], last["field"], last["value"]) == ("one", LAVROV, "us_status", "expert")
    assert widget.view["unit"]["criterion"] == "russian_status"
    assert widget.view["saved"] == last["at"]


def test_a_changed_answer_stays_where_it_is(make):
    widget = make()
    sort(widget)
    ask(widget, "go", criterion="us_status")
    ask(widget, "answer", value="expert")
    assert widget.view["unit"]["criterion"] == "us_status"


def test_tracks_come_one_by_one_and_the_parting_once_all_stand(make):
    widget = make()
    ask(widget, "answer", value="expert")
    ask(widget, "answer", value="official")
    ask(widget, "answer", value="none")
    own = {one["id"]: one["own"] for one in widget.view["definitions"]}
    assert (own["participants"], widget.view["parting"]) == (None, [])
    assert own["asymmetric"]["track"] == "track_1_5"
    assert own["asymmetric"]["name"]["en"] == "track 1.5: mixed"
    assert widget.view["unit"]["criterion"] == "mandate"
    ask(widget, "answer", value="one_side")
    assert {group["track"] for group in widget.view["parting"]} == {"track_1_5", "track_2"}
    assert widget.view["unit"]["criterion"] == ""


def test_nothing_of_the_reading_is_sent_before_the_student_asked_for_it(make):
    widget = make()
    hidden = hidden_of(widget, LAVROV)
    assert not any(text in everything_shown(widget) for text in hidden)
    answer = ask(widget, "compare")
    assert (answer["ok"], answer["final"]) == (False, True)
    sort(widget)
    assert not any(text in everything_shown(widget) for text in hidden)
    assert widget.view["reading"] is None
    assert ask(widget, "compare")["ok"]
    assert all(text in json.dumps(widget.view, ensure_ascii=False) for text in hidden)
    ask(widget, "step", by=1)
    assert widget.view["unit"]["contact"] == CALL
    assert widget.view["reading"] is None
    assert all(one["course"] is None for one in widget.view["definitions"])


def test_after_the_comparison_the_answers_that_made_the_difference_are_named(make):
    widget = make()
    sort(widget)
    widget.compare(LAVROV)
    course = {one["id"]: one["course"] for one in widget.view["definitions"]}
    assert course["asymmetric"]["madeIt"] == [["russian_status"]]
    assert course["mediator"]["same"] is False
    rows = {row["criterion"]: row for row in widget.view["reading"]["rows"]}
    assert (rows["us_status"]["own"], rows["us_status"]["course"]) == ("citizen", "expert")
    assert rows["mandate"]["own"] == ""


def test_the_sorter_opens_at_the_first_contact_still_to_be_sorted(make):
    sort(make())
    again = make()
    assert again.view["unit"]["contact"] == CALL
    assert again.view["progress"] == {"total": 2, "sorted": 1, "compared": 0}
    assert [one["mark"] for one in again.view["contacts"]] == ["sorted", ""]


def test_undo_leads_back_to_the_question(make):
    widget = make()
    sort(widget)
    ask(widget, "step", by=1)
    assert ask(widget, "undo", base=widget.view["undoable"])["ok"]
    assert (widget.view["unit"]["contact"], widget.view["unit"]["criterion"]) == (LAVROV, "third_party")
    assert not ask(widget, "undo", base="another")["ok"]


def test_criteria_are_walked_through_in_a_circle(make):
    widget = make()
    ask(widget, "turn", by=-1)
    assert widget.view["unit"]["criterion"] == ASKED[-1]
    ask(widget, "turn", by=1)
    assert widget.view["unit"]["criterion"] == ASKED[0]
    sort(widget)
    ask(widget, "turn", by=1)
    assert widget.view["unit"]["criterion"] == ASKED[0]


def test_an_answer_that_waited_never_replaces_a_newer_one(make):
    widget = make()
    ask(widget, "answer", value="expert", id="new")
    late = ask(widget, "answer", criterion="us_status", value="citizen", id="old", base="", resumed=True)
    assert (late["ok"], late["final"]) == (False, True)
    assert widget.session.answers(LAVROV) == {"us_status": "expert"}


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("answer", {"value": "wizard"}, "wizard"),
        ("answer", {"contact": "contact-moon", "value": "expert"}, "contact-moon"),
        ("go", {"contact": "contact-moon"}, "contact-moon"),
        ("mode", {"value": "sleep"}, "sleep"),
        ("start", {"value": "sketch:mars"}, "mars"),
        ("start", {"value": "moon"}, "moon"),
        ("set", {"criterion": "us_status", "value": "wizard"}, "wizard"),
        ("keep", {"title": "", "criteria": {}}, "A title needs"),
        ("forget", {"invention": "invented-x"}, "invented-x"),
        ("dance", {}, "dance"),
        ("keep", {}, "incomplete"),
    ],
)
def test_bad_requests_are_answered_in_a_sentence_and_leave_no_trace(
    make, workspace, action, fields, sentence
):
    widget = make()
    answer = ask(widget, action, **fields)
    assert (answer["ok"], answer["final"]) == (False, True)
    assert sentence in answer["sentence"]
    assert workspace.journal.count == 0


def test_inventing_leaves_no_trace_until_it_is_kept(make, workspace):
    widget = make()
    ask(widget, "mode", value="free")
    ask(widget, "start", value="sketch:dartmouth")
    assert widget.view["free"]["sketch"] == {"id": "dartmouth", "checked": "second_hand"}
    assert len(widget.view["parting"]) == 2
    assert widget.view["free"]["moves"]["briefed"]["none"] == ["link"]
    ask(widget, "set", criterion="briefed", value="none")
    assert len(widget.view["parting"]) == 1
    assert widget.view["free"]["changed"]
    assert workspace.journal.count == 0
    ask(widget, "keep", title="Without a report", criteria=widget.view["free"]["criteria"], id="k" * 32)
    (kept,) = widget.view["free"]["kept"]
    assert kept["title"] == "Without a report"
    assert widget.view["free"]["start"] == "kept:" + kept["id"]
    ask(widget, "forget", invention=kept["id"])
    assert (widget.view["free"]["kept"], widget.view["free"]["start"]) == ([], "blank")


def test_own_answers_can_be_tried_further_without_changing_them(make):
    widget = make()
    sort(widget)
    ask(widget, "start", value=f"own:{LAVROV}")
    ask(widget, "set", criterion="us_status", value="official")
    assert widget.view["free"]["criteria"]["russian_status"] == "citizen"
    assert widget.session.answers(LAVROV) == CHOIR


def test_every_action_is_a_function_call_too(make):
    widget = make()
    for criterion, value in CHOIR.items():
        widget.answer(LAVROV, criterion, value)
    assert set(widget.tracks(LAVROV)["track"]) == {"track_3"}
    assert set(widget.tracks(CALL)["track"]) == {""}
    widget.note(LAVROV, "a note")
    widget.compare(LAVROV)
    assert len(widget.comparison(LAVROV)) == 5
    widget.go(CALL, "mandate")
    assert (widget.view["unit"]["contact"], widget.view["unit"]["criterion"]) == (CALL, "mandate")
    found = widget.invent(us_status="expert", russian_status="expert", mandate="none", briefed="both")
    assert list(found["track"]) == ["track_2", "track_2", "track_2", "track_1_5", "track_2"]
    kept = widget.keep("Experts who report")
    widget.forget(kept)
    widget.undo()
    assert widget.session.invention(kept).title == "Experts who report"
    assert widget.table().loc[0, "note"] == "a note"
    with pytest.raises(UsageError, match="royal"):
        widget.invent(mandate="royal")


def test_the_static_rendering_has_answers_tracks_and_the_readings_that_may_be_shown(make):
    widget = make()
    assert "not answered" in widget.static_html()
    sort(widget)
    widget.invent(us_status="expert")
    widget.keep("Talks <at sea>")
    widget.compare(LAVROV)
    shown = widget.static_html()
    tags = Tags()
    tags.feed(shown)
    assert tags.open == []
    assert "American side: citizens" in shown
    assert "By the participants: track 3: citizens" in shown
    assert "The course’s reading: Lavrov meets" in shown
    assert "Talks &lt;at sea&gt;" in shown
    assert repr(widget) == "Sorter('05-sorter')"


def test_the_static_rendering_dates_a_contact_in_the_words_of_the_live_sorter(dossier, workspace):
    contacts = [CALL, "contact-regular-talks-2023", "contact-referendum-offer"]
    session = SortSession(dossier, workspace, activity=ACTIVITY, contacts=contacts)
    assert [session.card(contact).precision for contact in contacts] == ["day", "about", "undated"]
    shown = Sorter(session).static_html()
    assert all(date in shown for date in ("(2021-12-07)", "(about 2023-07)", "(date not given)"))
    workspace.use_language("de")
    assert "(etwa 2023-07)" in Sorter(session).static_html()


def test_in_german_everything_is_german(make, workspace):
    workspace.use_language("de")
    widget = make()
    sort(widget)
    widget.compare(LAVROV)
    assert widget.words["tracks.status_expert"] == "Fachleute"
    assert widget.words["heading"] == "Spuren sortieren"
    shown = widget.static_html()
    assert "Amerikanische Seite: Bürger" in shown
    assert "Die Lesart des Kurses" in shown
    assert "track 3: citizens" not in shown


def test_no_word_of_the_front_end_is_missing(make):
    widget = make()
    source = files("backchannel.widgets") / "front" / "sorter.js"
    named = set(re.findall(r"(?<!unit\.)\bwords\.(\w+)", source.read_text(encoding="utf-8")))
    assert named - set(widget.words) == set()


def test_a_course_without_contacts_still_lets_one_invent(dossier, workspace, monkeypatch):
    session = SortSession(dossier, workspace, activity=ACTIVITY)
    session.contacts = ()
    widget = Sorter(session)
    assert widget.view["mode"] == "free"
    assert ask(widget, "mode", value="contacts")["ok"]
    assert widget.view["mode"] == "free"
    assert ask(widget, "step", by=1)["ok"]
    assert "no contacts to sort" in widget.static_html()


def test_a_second_kernel_sees_what_the_first_decided(make, dossier, workspace):
    sort(make())
    other = Sorter(
        SortSession(dossier, Workspace(workspace.folder), activity=ACTIVITY, contacts=[CALL, LAVROV])
    )
    assert [one["mark"] for one in other.view["contacts"]] == ["", "sorted"]
