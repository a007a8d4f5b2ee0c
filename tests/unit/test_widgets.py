"""Widgets are views: what is on the screen, what may not be there yet, and the answer to each request."""

import json
from html.parser import HTMLParser

import pytest

from backchannel.errors import JournalError, UsageError
from backchannel.labelling import LabelSession
from backchannel.quiz import QuizSession, load_items
from backchannel.widgets import Labeller, Quiz, Reader, Settings, Writing
from backchannel.words import say
from backchannel.workspace import Workspace

CLAIMS = ("d1-p02-1", "d1-p01-1", "d2-p02-2")
DIMENSIONS = ("form", "naming")


@pytest.fixture
def make(small_dossier, workspace):
    def build(mode="practice", dimensions=DIMENSIONS, activity="block"):
        return Labeller(
            LabelSession(
                small_dossier, workspace, activity=activity, claims=CLAIMS, dimensions=dimensions, mode=mode
            )
        )

    return build


def ask(widget, action, **fields):
    """Send what the front-end would send, and return the answer."""
    unit = widget.view.get("unit") or {}
    defaults = {"claim": unit.get("claim"), "dimension": unit.get("dimension"), "confidence": "", "note": ""}
    return widget.perform({"kind": "do", "action": action, "id": fields.pop("id", ""), **defaults, **fields})


def receive(widget, action, **fields):
    """Let a message of the front-end arrive as a kernel gets it: what is answered is sent."""
    message = {"kind": "do", "action": action, "id": "", "confidence": "", "note": "", **fields}
    widget._receive(None, message, None)


def everything_sent(widget):
    return json.dumps(widget.get_state(), ensure_ascii=False, default=str)


class Tags(HTMLParser):
    """Checks that elements are closed in order, and collects the text."""

    def __init__(self):
        super().__init__()
        self.open, self.names, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def parsed(html):
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


# --- the labeller ----------------------------------------------------------------------------------------


def test_a_label_is_on_disk_when_the_answer_says_so(make, workspace):
    widget = make()
    assert ask(widget, "label", value="direct", id="one") == {"kind": "done", "id": "one", "ok": True}
    last = json.loads(workspace.journal.path.read_text().splitlines()[-1])
    assert (last["id"], last["item"], last["value"]) == ("one", "d1-p02-1", "direct")
    assert widget.view["saved"] == last["at"]


def test_the_next_question_of_the_claim_comes_by_itself_and_feedback_when_all_are_answered(make):
    widget = make()
    ask(widget, "label", value="direct")
    assert (widget.view["unit"]["claim"], widget.view["unit"]["dimension"]) == ("d1-p02-1", "naming")
    assert widget.view["feedback"] == []
    ask(widget, "label", value="described")
    assert widget.view["unit"]["claim"] == "d1-p02-1"
    assert [f["verdict"] for f in widget.view["feedback"]] == ["match", "differs"]


def test_nothing_of_the_key_is_sent_before_it_may_be_shown(make, small_package):
    reason = "A reason that only the key knows."
    for row in small_package.rows["reference_labels"]:
        row.update(reason_en=reason, reason_de=reason)
    small_package.write("reference_labels")
    dossier = small_package.load()
    workspace = Workspace(small_package.folder.parent / "work", "1.2")
    for mode in ("practice", "blind", "review"):
        session = LabelSession(
            dossier, workspace, activity=mode, claims=CLAIMS, dimensions=DIMENSIONS, mode=mode
        )
        widget = Labeller(session)
        assert reason not in everything_sent(widget) + widget.static_html()
    widget = Labeller(
        LabelSession(dossier, workspace, activity="blind", claims=CLAIMS, dimensions=DIMENSIONS, mode="blind")
    )
    while not widget.view["canFinish"]:
        ask(widget, "skip")
        if widget.view["unit"]["own"]["id"]:
            ask(widget, "next")
        assert reason not in everything_sent(widget) + widget.static_html()
    ask(widget, "finish")
    assert reason in everything_sent(widget)
    assert reason in widget.static_html()


def test_a_blind_block_stays_at_its_claim_like_practice_and_locks_when_finished(make):
    widget = make("blind", dimensions=("form",))
    for claim in CLAIMS:
        assert widget.view["unit"]["claim"] == claim
        ask(widget, "label", value="direct")
        assert widget.view["unit"]["claim"] == claim
        ask(widget, "next")
    assert widget.view["done"] == "blind"
    ask(widget, "finish")
    assert widget.view["locked"]
    answer = ask(widget, "label", value="indirect")
    assert (answer["ok"], answer["final"]) == (False, True)


def test_a_review_beside_its_block_follows_it(make):
    blind, review = make("blind", dimensions=("form",)), make("review", dimensions=("form",))
    for claim in CLAIMS:
        receive(blind, "label", claim=claim, dimension="form", value="direct")
    assert (review.view["progress"]["labelled"], review.view["feedback"]) == (3, [])
    receive(blind, "finish")
    assert review.view["feedback"]


def test_a_decision_is_answered_before_another_widget_is_drawn_anew(make, workspace, monkeypatch):
    happened = []
    labeller, beside = make(), Writing(workspace, "essay", ["Why?"])
    monkeypatch.setattr(labeller, "send", lambda answer: happened.append(("answered", answer["ok"])))
    monkeypatch.setattr(beside, "draw", lambda: happened.append("beside") or {})
    message = {"claim": "d1-p02-1", "dimension": "form"}
    receive(labeller, "label", value="direct", **message)
    assert happened == [("answered", True), "beside"]
    receive(labeller, "label", value="loud", **message)
    assert happened[2:] == [("answered", False)]  # nothing changed, so nobody is told


@pytest.mark.parametrize("error", [UsageError("Its own."), JournalError("Its own."), KeyError("x")])
def test_the_error_of_another_widget_stays_with_it(make, workspace, monkeypatch, error):
    labeller, broken, last = make(), Settings(workspace), Writing(workspace, "essay", ["Why?"])
    drawn, answers = [], []

    def fails():
        raise error

    monkeypatch.setattr(broken, "draw", fails)
    monkeypatch.setattr(last, "draw", lambda: drawn.append(1) or {})
    monkeypatch.setattr(labeller, "send", answers.append)
    receive(labeller, "label", claim="d1-p02-1", dimension="form", value="direct", id="one")
    assert answers == [{"kind": "done", "id": "one", "ok": True}]
    assert drawn == [1]
    assert workspace.journal.decisions[-1].id == "one"


def test_a_disk_that_refuses_leaves_the_decision_with_the_front_end(make, workspace, monkeypatch):
    widget = make()

    def refuse(*_args, **_more):
        raise JournalError("The decision was not saved: the disk is full; make room, then save again.")

    monkeypatch.setattr(type(workspace.journal), "append", refuse)
    answer = ask(widget, "label", value="direct")
    assert (answer["ok"], answer["final"]) == (False, False)
    assert answer["sentence"].endswith("then save again.")
    assert widget.view["progress"]["labelled"] == 0


def test_an_unknown_label_or_request_is_answered_in_a_sentence(make):
    widget = make()
    answer = ask(widget, "label", value="loud")
    assert (answer["ok"], answer["final"]) == (False, True)
    assert "loud" in answer["sentence"]
    assert "dance" in ask(widget, "dance")["sentence"]
    incomplete = widget.perform({"action": "label", "id": "1", "claim": "d1-p02-1"})
    assert (incomplete["ok"], incomplete["final"]) == (False, True)
    assert ask(widget, "filter", value="pretty")["final"]


def test_a_decision_sent_twice_is_written_once(make, workspace):
    widget = make()
    message = {"claim": "d1-p02-1", "dimension": "form", "value": "direct", "id": "twice"}
    ask(widget, "label", **message)
    ask(widget, "label", **message)
    assert [d.id for d in workspace.journal.decisions].count("twice") == 1


def test_a_decision_sent_again_after_the_end_of_the_block_counts_as_saved(make):
    widget = make("blind", dimensions=("form",))
    for claim in CLAIMS:
        ask(widget, "label", claim=claim, value="direct", id=f"id-{claim}")
    ask(widget, "finish", id="end")
    for message in (
        {"action": "label", "value": "direct", "id": "id-d1-p02-1"},
        {"action": "finish", "id": "end"},
    ):
        assert ask(widget, **message)["ok"]


def test_an_old_answer_sent_again_does_not_replace_a_newer_one(make, workspace):
    widget = make()
    ask(widget, "label", value="indirect", id="newer")
    old = {"claim": "d1-p02-1", "dimension": "form", "value": "direct", "id": "older", "base": ""}
    answer = ask(widget, "label", **old, resumed=True)
    assert (answer["ok"], answer["final"]) == (False, True)
    assert widget.table().iloc[0]["label"] == "indirect"
    assert ask(widget, "label", **(old | {"base": "newer"}), resumed=True)["ok"]
    assert widget.table().iloc[0]["label"] == "direct"


def test_undo_takes_back_only_the_decision_it_means(make):
    widget = make()
    ask(widget, "label", value="direct")
    meant = widget.view["undoable"]
    make().label("d1-p01-1", "form", "author")  # another kernel, meanwhile
    answer = ask(widget, "undo", base=meant)
    assert (answer["ok"], answer["final"]) == (False, True)
    assert list(widget.table()["label"]).count("author") == 1
    assert ask(widget, "undo", base=widget.view["undoable"])["ok"]
    assert list(widget.table()["label"]).count("author") == 0


def test_a_new_label_keeps_confidence_and_note(make):
    widget = make()
    ask(widget, "annotate", confidence="high", note=None)
    ask(widget, "annotate", confidence=None, note="marks")
    ask(widget, "label", value="direct", dimension="form")
    row = widget.table().iloc[0]
    assert (row["label"], row["confidence"], row["note"]) == ("direct", "high", "marks")


def test_a_review_keeps_nothing_in_the_browser(make):
    assert make("review").shelf == ""
    assert make().shelf.endswith(":block")


def test_the_reference_of_an_unfinished_blind_block_is_held_back_under_any_name(small_dossier, workspace):
    other = Labeller(
        LabelSession(
            small_dossier, workspace, activity="mine", claims=["d2-p01-1"], dimensions=["form", "elements"]
        )
    )
    other.label("d2-p01-1", "form", "direct")
    other.label("d2-p01-1", "elements", "citizen")
    assert [f["dimension"] for f in other.view["feedback"]] == ["form"]
    assert other.view["finishFirst"] == ["01-blind"]
    workspace.decide("01-blind", "block", "finished", "yes")
    other.redraw()
    assert [f["dimension"] for f in other.view["feedback"]] == ["form", "elements"]


@pytest.mark.parametrize(("held_back", "reason"), [("true", "kept"), ("false", "missing")])
def test_a_claim_without_a_reference_says_why_once_it_is_labelled(
    small_package, workspace, held_back, reason
):
    for table in ("reference_labels", "annotations"):
        rows = small_package.rows[table]
        small_package.rows[table] = [row for row in rows if row["claim"] != "d2-p02-1"]
        small_package.write(table)
    small_package.set("claims", small_package.find("claims", id="d2-p02-1"), held_back=held_back)
    session = LabelSession(
        small_package.load(), workspace, activity="mine", claims=["d2-p02-1"], dimensions=["form"]
    )
    widget = Labeller(session)
    assert widget.view["noReference"] == ""
    widget.label("d2-p02-1", "form", "author")
    assert (widget.view["noReference"], widget.view["feedback"]) == (reason, [])


def test_a_claim_with_a_reference_gives_no_such_reason(make):
    widget = make()
    ask(widget, "label", value="direct", dimension="form")
    assert widget.view["noReference"] == ""


def test_filters_and_places_can_be_called_too(make):
    widget = make()
    widget.flag("d2-p02-2")
    widget.show("flagged")
    assert widget.view["unit"]["claim"] == "d2-p02-2"
    widget.show("all")
    widget.go("d1-p01-1", "naming")
    assert (widget.view["unit"]["claim"], widget.view["unit"]["dimension"]) == ("d1-p01-1", "naming")
    with pytest.raises(UsageError, match="d9"):
        widget.go("d9-p01-1")


def test_undo_returns_to_what_it_took_back(make):
    widget = make()
    ask(widget, "label", value="direct")
    ask(widget, "undo")
    assert widget.view["unit"]["dimension"] == "form"
    assert widget.view["unit"]["own"]["labels"] == []
    assert ask(widget, "undo")["ok"]


def test_filters_show_what_they_name_and_say_when_there_is_nothing(make):
    widget = make()
    ask(widget, "flag", claim="d2-p02-2", value="yes")
    ask(widget, "filter", value="flagged")
    assert widget.view["unit"]["claim"] == "d2-p02-2"
    ask(widget, "flag", claim="d2-p02-2", value="")
    assert widget.view["unit"] is None
    counts = {f["id"]: f["count"] for f in widget.view["filters"]}
    assert counts == {"all": 3, "open": 3, "flagged": 0, "differing": 0}


def test_next_and_previous_stay_within_the_filter(make):
    widget = make()
    for claim in ("d1-p02-1", "d2-p02-2"):
        ask(widget, "flag", claim=claim, value="yes")
    ask(widget, "filter", value="flagged")
    ask(widget, "next")
    assert widget.view["unit"]["claim"] == "d2-p02-2"
    ask(widget, "next")
    assert widget.view["unit"]["claim"] == "d1-p02-1"
    ask(widget, "previous")
    assert widget.view["unit"]["claim"] == "d2-p02-2"


def test_a_new_widget_resumes_where_the_first_open_claim_is(make):
    first = make()
    for value in ("direct", "named"):
        ask(first, "label", value=value)
    again = make()
    assert again.view["unit"]["claim"] == "d1-p01-1"
    assert again.view["progress"]["labelled"] == 2
    assert again.view["saved"] == first.view["saved"]


def test_function_calls_do_what_the_buttons_do(make):
    widget = make()
    widget.label("d1-p02-1", "form", "direct", confidence="high", note="marks")
    widget.skip("d1-p02-1", "naming")
    widget.flag("d1-p02-1")
    widget.annotate("d1-p02-1", "form", confidence="low", note="on second thought")
    row = widget.table().iloc[0]
    assert (row["label"], row["confidence"], row["note"]) == ("direct", "low", "on second thought")
    assert [f.verdict for f in widget.feedback("d1-p02-1")] == ["match", "skipped"]
    assert widget.view["progress"] | {} == {
        "units": 6,
        "labelled": 1,
        "skipped": 1,
        "complete": 1,
        "claims": 3,
    }
    widget.undo()
    with pytest.raises(UsageError, match="open answers"):
        widget.finish()


def test_a_set_of_labels_is_one_decision_in_the_codebooks_order(make):
    widget = make(dimensions=("elements",))
    ask(widget, "label", value="intent;citizen")
    assert widget.table().iloc[0]["label"] == "citizen;intent"
    assert ask(widget, "label", value="citizen;none")["final"]


# --- the same model without scripts ----------------------------------------------------------------------


def test_static_rendering_is_well_formed_and_the_same_on_each_run(make):
    widget = make()
    assert parsed(widget.static_html()).names.count("tr") == 1 + len(CLAIMS)
    assert widget.static_html() == make().static_html()


def test_the_bundle_has_the_view_and_the_static_rendering_and_a_stable_name(make):
    widget = make()
    data, _metadata = widget._repr_mimebundle_()
    assert data["text/html"] == widget.static_html()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == "Labeller('block')"


def test_what_people_wrote_is_escaped(small_dossier, workspace):
    evil = "<script>alert(1)</script> & <b>"
    workspace.use_name("<i>Kim</i>")
    writing = Writing(workspace, "essay", ["What do you think of <this>?"])
    writing.write(1, evil)
    for html in (writing.static_html(), Settings(workspace).static_html()):
        tags = parsed(html)
        assert not {"script", "b", "i"} & set(tags.names)
    assert evil in parsed(writing.static_html()).text


# --- the reader ------------------------------------------------------------------------------------------


def test_the_original_is_sent_only_when_asked_for_and_never_kept_in_the_state(small_dossier, workspace):
    original = "Der Wortlaut, der niemandem hier gehört."
    reader = Reader(small_dossier, workspace, "d1", {"d1-p01": original})
    sent = []
    reader.send = sent.append
    assert original not in everything_sent(reader) + reader.static_html() + repr(reader)
    reader._receive(None, {"kind": "originals"}, None)
    assert sent == [{"kind": "originals", "passages": {"d1-p01": original}}]
    assert original not in everything_sent(reader)


def test_the_reader_shows_passages_in_order_with_claims_and_chains(small_dossier, workspace):
    view = Reader(small_dossier, workspace, "d1").view
    assert [p["id"] for p in view["passages"]] == ["d1-p01", "d1-p02"]
    chain = view["passages"][1]["claims"][0]["chain"]
    assert [hop["name"]["en"] for hop in chain] == ["The Gazette", "Ida"]
    assert not view["hasOriginal"]
    with pytest.raises(UsageError, match="d9"):
        Reader(small_dossier, workspace, "d9")


# --- questions, settings, writing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "lesson", "shown"), [("predict", "01", 1), ("check", "01", 3), ("pre", "", 0)]
)
def test_reasons_come_after_the_answer_and_never_in_a_test(small_dossier, workspace, form, lesson, shown):
    items = load_items(small_dossier, form, lesson)[:1]
    quiz = Quiz(QuizSession(workspace, activity=form, items=items))
    assert "Why" not in everything_sent(quiz) + quiz.static_html()
    assert quiz.perform({"action": "answer", "id": "1", "item": items[0].id, "value": "a"})["ok"]
    assert len(quiz.view["items"][0]["reasons"]) == shown
    assert quiz.view["answered"] == 1
    assert quiz.perform({"action": "answer", "id": "2", "item": items[0].id, "value": "z"})["final"]


def test_settings_are_remembered_and_change_the_words_at_once(workspace):
    settings = Settings(workspace)
    settings.perform({"action": "name", "id": "", "value": "  Kim   B. "})
    settings.perform({"action": "language", "id": "", "value": "de"})
    assert settings.words["title"] == say("settings.title", "de")
    again = Workspace(workspace.folder, "1.2")
    assert (again.student, again.language) == ("Kim B.", "de")
    assert settings.perform({"action": "language", "id": "", "value": "fr"})["final"]


def test_writing_is_kept_and_a_text_too_long_is_refused_in_a_sentence(workspace):
    writing = Writing(workspace, "essay", ["One?", "Two?"])
    assert writing.perform({"action": "write", "id": "1", "prompt": "2", "value": "Because."})["ok"]
    assert Writing(workspace, "essay", ["One?", "Two?"]).text(2) == "Because."
    answer = writing.perform({"action": "write", "id": "2", "prompt": "2", "value": "x" * 30_000})
    assert answer["final"]
    assert writing.text(2) == "Because."
    with pytest.raises(UsageError, match="prompt '3'"):
        writing.write(3, "?")


def test_what_the_journal_set_aside_is_shown(make, workspace):
    make().label("d1-p02-1", "form", "direct")
    with workspace.journal.path.open("a") as file:
        file.write("not a decision\n")
    assert len(make().view["reports"]) == 1
