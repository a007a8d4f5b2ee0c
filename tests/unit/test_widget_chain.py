"""The chain builder: what is on the screen, what may not be there yet, and the answer to each request."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from backchannel.chains import ChainSession
from backchannel.dossier import load_dossier
from backchannel.errors import JournalError, UsageError
from backchannel.widgets.chain import ChainBuilder

CLAIMS = ("d1-p02-1", "d1-p03-2", "d3-p09-3", "d1-p03-1")
COURSE = ["actor-tagesspiegel", "actor-moscow-times", "actor-ex-official"]


@pytest.fixture(scope="module")
def dossier():
    return load_dossier()


@pytest.fixture
def make(dossier, workspace):
    return lambda *claims: ChainBuilder(
        ChainSession(dossier, workspace, activity="02-chains", claims=claims or CLAIMS)
    )


def ask(widget, action, **fields):
    return widget.perform(
        {"kind": "do", "action": action, "id": "", "claim": widget.view["unit"]["claim"], **fields}
    )


def everything_sent(widget):
    state = {key: value for key, value in widget.get_state().items() if not key.startswith("_")}
    return json.dumps({key: state[key] for key in ("view", "shelf")}, ensure_ascii=False, default=str)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_chain_is_on_disk_when_the_answer_says_so_and_then_the_courses_stands_beside(make, workspace):
    widget = make()
    assert widget.view["feedback"] is None
    answer = ask(
        widget, "save", value=";".join(COURSE[:2]), confidence="low", note="Anführungszeichen", id="1"
    )
    assert answer["ok"]
    last = json.loads(workspace.journal.path.read_text().splitlines()[-1])
    assert (last["item"], last["field"], last["value"]) == ("d1-p02-1", "chain", ";".join(COURSE[:2]))
    found = widget.view["feedback"]
    assert (found["same"], found["hops"]) == (False, {"own": 2, "course": 3})
    assert [d["kind"] for d in found["differences"]] == ["origin"]
    assert found["anonymous"]["own"] == []
    assert [name["de"] for name in found["anonymous"]["course"]] == ["Früherer US-Beamter (anonym)"]
    assert widget.view["unit"]["own"]["note"] == "Anführungszeichen"


def test_nothing_of_the_courses_chain_is_sent_before_the_own_one_is_saved(make, dossier):
    table = dossier.tables["attributions"]
    widget = make()
    for claim in CLAIMS:
        widget.go(claim)
        sent = everything_sent(widget) + widget.static_html()
        assert widget.view["feedback"] is None
        cues = [
            cue for cue in table[table["claim"] == claim]["cue"] if cue and cue not in _shown(dossier, claim)
        ]
        assert not [cue for cue in cues if f'"{cue}"' in sent]
        assert '"medium"' not in sent
        assert '"anonymous"' not in sent
        assert dossier.references[claim, "source_naming"][-1].reason.en not in sent


def _shown(dossier, claim):
    passage = dossier.passages[dossier.claim(claim).passage]
    return passage.reading.de + passage.reading.en


def test_the_same_chain_as_the_courses_says_so(make):
    widget = make()
    ask(widget, "save", value=";".join(COURSE), id="1")
    found = widget.view["feedback"]
    assert (found["same"], found["differences"]) == (True, [])
    assert [row["medium"] for row in found["rows"]] == ["article", "article", "interview"]
    assert widget.view["checked"] == 1


def test_an_arguable_chain_says_so_and_a_blind_block_holds_that_back(make):
    widget = make()
    widget.build("d1-p03-2", ["actor-tagesspiegel"])
    assert len(widget.view["feedback"]["readings"]) == 1
    assert "arguable" in widget.static_html()
    widget.build("d1-p03-1", ["actor-tagesspiegel"])
    assert widget.view["feedback"]["readings"] == []
    assert widget.view["feedback"]["finishFirst"] == ["03-blind"]
    assert "03-blind" in widget.static_html()


def test_a_claim_held_back_says_that_other_readings_are_kept(make):
    widget = make("d5-p16-4")
    widget.build("d5-p16-4", ["actor-d5-outlet", "actor-tass"])
    assert (widget.view["feedback"]["kept"], widget.view["feedback"]["readings"]) == (True, [])
    assert "graded exercise" in widget.static_html()


def test_undo_goes_back_to_the_claim_and_hides_the_courses_chain_again(make):
    widget = make()
    ask(widget, "save", value=";".join(COURSE), id="1")
    ask(widget, "next")
    assert widget.view["unit"]["claim"] == "d1-p03-2"
    assert not ask(widget, "undo", base="another")["ok"]
    assert ask(widget, "undo", base=widget.view["undoable"])["ok"]
    assert widget.view["unit"]["claim"] == "d1-p02-1"
    assert (widget.view["feedback"], widget.view["unit"]["own"]["actors"]) == (None, [])
    assert ask(widget, "undo")["ok"]


def test_bad_requests_are_answered_in_a_sentence(make, workspace):
    widget = make()
    for action, fields in (
        ("save", {"value": ""}),
        ("save", {"value": "actor-nobody"}),
        ("save", {"value": "actor-nbc;actor-nbc"}),
        ("save", {"value": "actor-nbc", "claim": "d9-p01-1"}),
        ("save", {"value": 7}),
        ("save", {}),
        ("go", {"claim": "d2-p02-2"}),
        ("dance", {}),
    ):
        answer = ask(widget, action, **fields)
        assert (answer["ok"], answer["final"]) == (False, True), action
        assert answer["sentence"].endswith(".")
    assert not workspace.journal.decisions
    for call in (lambda: widget.mouths("d9"), lambda: widget.comparison("d9"), lambda: widget.go("d9")):
        with pytest.raises(UsageError, match="d9"):
            call()


def test_a_disk_that_refuses_leaves_the_chain_with_the_front_end(make, workspace, monkeypatch):
    widget = make()

    def refuse(*_args, **_more):
        raise JournalError("The decision was not saved: the disk is full; make room, then save again.")

    monkeypatch.setattr(type(workspace.journal), "append", refuse)
    answer = ask(widget, "save", value="actor-tagesspiegel", id="1")
    assert (answer["ok"], answer["final"]) == (False, False)
    assert widget.view["feedback"] is None


def test_an_old_chain_sent_again_does_not_replace_a_newer_one(make):
    widget = make()
    ask(widget, "save", value=";".join(COURSE), id="newer")
    answer = ask(widget, "save", value="actor-tagesspiegel", id="older", base="", resumed=True)
    assert (answer["ok"], answer["final"]) == (False, True)
    assert widget.session.own("d1-p02-1") == tuple(COURSE)


def test_a_new_widget_opens_at_the_first_open_claim_with_everything_as_it_was(make):
    make().build("d1-p02-1", COURSE, confidence="high")
    again = make()
    assert again.view["unit"]["claim"] == "d1-p03-2"
    again.go("d1-p02-1")
    assert again.view["unit"]["own"] == {"actors": COURSE, "confidence": "high", "note": ""}
    assert again.table().iloc[0]["chain"] == ";".join(COURSE)
    assert again.comparison("d1-p02-1").same
    assert again.comparison("d1-p03-2") is None


def test_a_chain_from_an_earlier_edition_is_still_shown(make, workspace):
    workspace.decide("02-chains", "d1-p02-1", "chain", "actor-tagesspiegel;actor-putin")
    widget = make()
    widget.go("d1-p02-1")
    assert widget.view["unit"]["own"]["actors"][-1] == "actor-putin"
    assert widget.view["unit"]["pool"][-1]["id"] == "actor-putin"


def test_mouths_are_listed_for_people_without_javascript(make, workspace):
    table = make().mouths("d1-p02-1")
    assert set(COURSE) < set(table["actor"])
    assert "Former US official (anonymous)" in set(table["name"])


def test_static_rendering_is_well_formed_and_the_same_on_each_run(make):
    for _ in range(2):
        tags = Tags()
        tags.feed(make().static_html())
        assert tags.open == []
        assert make().static_html() == make().static_html()
        make().build("d1-p02-1", COURSE[:1])
    assert repr(make()) == "ChainBuilder('02-chains')"


def test_what_is_written_in_a_note_is_never_markup(make):
    widget = make()
    widget.build("d1-p02-1", COURSE, note="<script>alert(1)</script>")
    assert "<script" not in widget.static_html()


def test_german_is_german(make, workspace):
    workspace.use_language("de")
    widget = make()
    widget.build("d1-p02-1", COURSE[:2])
    html = widget.static_html()
    assert widget.words["check"] == "Speichern und prüfen"
    assert "Anderer Ursprung" in html
    assert "Früherer US-Beamter (anonym) [anonym]" in html
    assert "Interview" in html
