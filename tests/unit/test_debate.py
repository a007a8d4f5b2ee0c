"""The debate board: what may be cited, what the board lacks, and when the other side's best case is shown."""

import json

import pytest

from backchannel.debate import (
    STEPS,
    Argument,
    DebateSession,
    citable,
    findings,
    graph,
    threads,
    voices,
)
from backchannel.dossier import load_dossier
from backchannel.errors import JournalError, NotReadyError, UsageError
from backchannel.widgets.debate import DebateBoard
from backchannel.words import Text
from backchannel.workspace import Workspace

SECRET = "A best case that only the table knows."


def argument(name, position, answers="", evidence=(), own=True):
    return Argument(name, position, Text(name, name), tuple(evidence), answers, own)


# --- findings, a pure function ---------------------------------------------------------------------------


def test_findings_name_what_is_unsupported_and_unanswered():
    found = findings(
        [argument("a", "keep", evidence=["x"]), argument("b", "repeal", answers="a"), argument("c", "keep")]
    )
    assert found.unsupported == ("b", "c")
    assert found.unanswered == ("b", "c")


def test_an_answer_from_the_same_side_is_no_answer():
    found = findings([argument("a", "keep"), argument("b", "keep", answers="a")])
    assert found.same_side == (("b", "a"),)
    assert found.unanswered == ("a", "b")


def test_circles_are_found_once_and_what_leads_into_them_is_no_part():
    board = [
        argument("a", "keep", answers="b"),
        argument("b", "repeal", answers="c"),
        argument("c", "keep", answers="b"),
        argument("d", "enforce", answers="d"),
    ]
    assert findings(board).cycles == (("b", "c"), ("d",))
    assert findings(board[:1]).cycles == ()


def test_an_answer_to_something_gone_is_reported():
    assert findings([argument("a", "keep", answers="z")]).gone == (("a", "z"),)


def test_evidence_counts_as_shared_only_between_positions():
    board = [
        argument("a", "keep", evidence=["x", "y"]),
        argument("b", "keep", evidence=["x"]),
        argument("c", "enforce", evidence=["y"]),
    ]
    assert findings(board).shared == {"y": ("a", "c")}


def test_the_balance_tells_own_arguments_from_voices():
    board = [argument("a", "keep"), argument("b", "keep", own=False), argument("c", "repeal")]
    assert findings(board).balance == {"repeal": (1, 0), "keep": (1, 1), "enforce": (0, 0)}


def test_an_empty_board_has_nothing_to_report():
    found = findings([])
    assert (found.unsupported, found.cycles, found.shared) == ((), (), {})


def test_threads_put_each_answer_below_what_it_answers_and_lose_nothing_in_circles():
    board = [
        argument("a", "keep"),
        argument("b", "repeal"),
        argument("c", "repeal", answers="a"),
        argument("d", "keep", answers="c"),
        argument("e", "keep", answers="f"),
        argument("f", "repeal", answers="e"),
        argument("g", "repeal", answers="gone"),
    ]
    shape = [(one.id, depth) for one, depth in threads(board)]
    assert shape == [("a", 0), ("c", 1), ("d", 2), ("b", 0), ("g", 0), ("e", 0), ("f", 1)]


def test_the_map_has_a_node_for_each_argument_and_piece_of_evidence(small_dossier):
    board = [
        argument("a", "keep", evidence=["d1-p02-1"]),
        argument("b", "repeal", "a", ["d1-p02-1", "source-statute"]),
    ]
    found = graph(board, citable(small_dossier), "de")
    assert list(found.nodes["kind"]) == ["argument", "argument", "claim", "source"]
    assert list(found.nodes["shared"]) == [False, False, True, False]
    assert found.nodes["text"][2] == "Ida sagt, man treffe sich bald."
    assert [tuple(row) for row in found.edges.to_numpy()] == [
        ("b", "a", "answers"),
        ("a", "d1-p02-1", "cites"),
        ("b", "d1-p02-1", "cites"),
        ("b", "source-statute", "cites"),
    ]
    assert graph([], {}).nodes.empty


# --- the session ------------------------------------------------------------------------------------------


@pytest.fixture
def dossier(small_package):
    """The small dossier with best cases that are easy to find, and one voice more."""
    rows = small_package.rows["logan_arguments"]
    for row in rows:
        row.update(text_en=f"{SECRET} {row['id']}", text_de=f"{SECRET} {row['id']}")
    third = rows[0] | {"id": "arg-enforce", "position": "enforce", "claims": "d1-p02-1", "role": "prosecutor"}
    rows.append(third)
    small_package.write("logan_arguments")
    return small_package.load()


@pytest.fixture
def board(dossier, workspace):
    return DebateSession(dossier, workspace)


def lines(workspace):
    return [json.loads(line) for line in workspace.journal.path.read_text().splitlines()]


def test_an_argument_is_one_line_of_the_journal(board, workspace):
    item = board.argue(
        "  Talks are\n good. ", position="repeal", evidence=["d1-p02-1", "source-statute", "d1-p02-1"]
    )
    (line,) = lines(workspace)
    assert (line["activity"], line["item"], line["field"]) == ("09-debate", item, "argument")
    assert json.loads(line["value"]) == {
        "sentence": "Talks are good.",
        "position": "repeal",
        "evidence": ["d1-p02-1", "source-statute"],
        "answers": "",
    }


def test_the_own_position_is_taken_where_none_is_named(board):
    with pytest.raises(UsageError, match="position"):
        board.argue("Talks are good.")
    board.choose_position("keep")
    board.argue("Talks are good.")
    assert board.arguments[0].position == "keep"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda b: b.choose_role("king"), "king"),
        (lambda b: b.choose_position("ignore"), "ignore"),
        (lambda b: b.argue("   ", position="keep"), "empty"),
        (lambda b: b.argue("x" * 601, position="keep"), "601"),
        (lambda b: b.argue("x", position="keep", evidence=["d9-p01-1"]), "d9-p01-1"),
        (lambda b: b.argue("x", position="keep", evidence=[f"d{n}" for n in range(13)]), "13"),
        (lambda b: b.argue("x", position="keep", answers="arg-keep"), "on the board"),
        (lambda b: b.argue("x", position="keep", answers=3), "number 3"),
        (lambda b: b.save("board", "x", "keep"), "'board'"),
        (lambda b: b.edit("mine-1", sentence="x"), "mine-1"),
        (lambda b: b.remove("mine-1"), "mine-1"),
        (lambda b: b.take("arg-keep"), "position first"),
        (lambda b: b.take("arg-none"), "arg-none"),
        (lambda b: b.name_strongest("arg-keep"), "arg-keep"),
        (lambda b: b.best_case("arg-none"), "arg-none"),
        (lambda b: b.find("x", "rumour"), "rumour"),
    ],
)
def test_what_does_not_exist_is_said_in_one_sentence_and_writes_nothing(board, workspace, call, said):
    with pytest.raises(UsageError, match=said) as error:
        call(board)
    assert str(error.value).endswith(".")
    assert workspace.journal.count == 0


def test_an_argument_does_not_answer_itself(board):
    item = board.argue("Talks are good.", position="keep")
    with pytest.raises(UsageError, match="cannot answer"):
        board.edit(item, answers=item)


def test_an_edit_changes_what_it_names_and_undo_brings_the_old_words_back(board):
    item = board.argue("Talks are good.", position="keep", evidence="d1-p02-1; source-style")
    board.edit(1, sentence="Talks help.", answers="")
    (now,) = board.arguments
    assert (now.id, now.sentence.en, now.evidence) == (item, "Talks help.", ("d1-p02-1", "source-style"))
    board.undo()
    assert board.arguments[0].sentence.en == "Talks are good."
    board.undo()
    assert board.arguments == ()
    assert board.undo() is None


def test_removal_retracts_every_version_and_the_id_is_not_used_again(board, workspace):
    item = board.argue("Talks are good.", position="keep")
    board.edit(item, sentence="Talks help.")
    board.remove(item)
    assert board.arguments == ()
    assert [line["field"] for line in lines(workspace)] == ["argument", "argument", "undo", "undo"]
    assert board.argue("Once more.", position="keep") != item
    with pytest.raises(UsageError, match="nothing was removed"):
        board.remove(item)


def test_a_removal_that_fails_half_way_leaves_the_newest_words(board, workspace, monkeypatch):
    item = board.argue("Talks are good.", position="keep")
    board.edit(item, sentence="Talks help.")
    append, written = type(workspace.journal).append, []

    def refuse_the_second(journal, decision):
        written.append(decision)
        if len(written) == 2:
            raise JournalError("The disk is full; make room, then save again.")
        return append(journal, decision)

    monkeypatch.setattr(type(workspace.journal), "append", refuse_the_second)
    with pytest.raises(JournalError):
        board.remove(item)
    assert board.arguments[0].sentence.en == "Talks help."
    board.remove(item)
    assert board.arguments == ()


def test_an_answer_to_a_removed_argument_can_still_be_edited(board):
    first = board.argue("Talks are good.", position="keep")
    second = board.argue("They are not.", position="repeal", answers=first)
    board.remove(first)
    assert board.findings().gone == ((second, first),)
    board.edit(second, sentence="They never are.")
    board.edit(second, answers="")
    assert board.findings().gone == ()


def test_only_voices_against_the_own_position_can_be_taken(board):
    assert board.open_voices == ()
    board.choose_position("repeal")
    assert [one.id for one in board.open_voices] == ["arg-keep", "arg-enforce"]
    with pytest.raises(UsageError, match="own position"):
        board.take("arg-repeal")
    board.take("arg-keep")
    assert [one.id for one in board.open_voices] == ["arg-enforce"]
    (voice,) = board.arguments
    assert (voice.own, voice.role, voice.position, voice.evidence) == (
        False,
        "scholar",
        "keep",
        ("source-statute",),
    )
    board.remove("arg-keep")
    assert board.arguments == ()


def test_a_voice_turns_against_what_it_is_taken_against_or_what_the_table_says(board):
    board.choose_position("enforce")
    item = board.argue("Enforce it.")
    board.take("arg-keep", against=item)
    board.take("arg-repeal")  # in the table it answers arg-keep
    assert [one.answers for one in board.arguments] == ["", item, "arg-keep"]
    board.remove("arg-keep")
    assert board.findings().gone == ()


def test_the_best_case_comes_only_after_an_own_rebuttal(board):
    board.choose_position("repeal")
    board.take("arg-keep")
    with pytest.raises(NotReadyError, match="rebuttal"):
        board.best_case("arg-keep")
    board.argue("They agree.", position="keep", answers="arg-keep")  # the same side is no rebuttal
    assert board.best_cases == {}
    item = board.argue("They are wrong.", answers="arg-keep")
    assert board.best_case("arg-keep").en == f"{SECRET} arg-keep"
    assert list(board.best_cases) == ["arg-keep"]
    board.remove(item)
    assert board.best_cases == {}


def test_a_voice_of_the_table_is_no_own_rebuttal(board):
    board.choose_position("enforce")
    board.take("arg-keep")
    board.take("arg-repeal")
    assert board.findings().unanswered == ("arg-repeal",)
    assert board.best_cases == {}


def test_a_counter_argument_in_own_words_opens_the_tables_cases_of_its_position(board):
    board.choose_position("repeal")
    own = board.argue("One voice is needed.", position="keep")
    board.name_strongest(own)
    assert board.best_cases == {}
    board.argue("Many voices do no harm.", answers=own)
    assert list(board.best_cases) == ["arg-keep"]


def test_the_board_asks_for_an_answer_to_the_strongest_before_it_is_complete(board):
    assert list(board.steps) == list(STEPS)
    board.choose_role("senate")
    board.choose_position("repeal")
    board.argue("Nobody can know the line.", evidence=["source-statute"])
    board.take("arg-keep")
    assert [name for name, done in board.steps.items() if not done] == ["strongest", "answered"]
    board.name_strongest("arg-keep")
    item = board.argue("It does not hold.", answers="arg-keep")
    assert not board.complete  # the answer cites nothing yet
    board.edit(item, evidence=["d1-p02-1"])
    assert board.complete
    board.choose_position("keep")
    assert board.strongest is None
    assert not board.complete


def test_a_decision_sent_twice_is_written_once(board, workspace):
    for _ in range(2):
        board.choose_position("keep", decision_id="p")
        board.save("mine-abc", "Talks.", "keep", decision_id="a")
        board.take("arg-repeal", decision_id="t")
        board.name_strongest("arg-repeal", decision_id="s")
    for _ in range(2):
        board.remove("arg-repeal", decision_id="r")
        board.undo(decision_id="u")
    assert len(lines(workspace)) == 6


def test_the_board_is_the_same_after_a_restart(board, dossier, workspace):
    board.choose_position("repeal")
    board.take("arg-enforce")
    board.argue("It is vague.", evidence=["d1-p02-1"], answers="arg-enforce")
    again = DebateSession(dossier, Workspace(workspace.folder, "1.2"))
    assert again.arguments == board.arguments
    assert again.findings().shared == {"d1-p02-1": ("arg-enforce", "mine-1")}
    assert list(again.table()["by"]) == ["prosecutor", "you"]


@pytest.mark.parametrize("value", ["", "[1]", "{torn", '{"sentence": 1}', '{"sentence":"x","position":"y"}'])
def test_a_foreign_line_is_left_out_and_named(board, workspace, value):
    workspace.decide(board.activity, "mine-9", "argument", value)
    workspace.decide(board.activity, "arg-gone", "taken", value)
    workspace.decide(board.activity, "board", "position", "ignore")
    assert board.arguments == ()
    assert board.unreadable == ("mine-9",)
    assert board.position == ""


def test_a_voice_taken_by_a_damaged_line_still_stands(board, workspace):
    workspace.decide(board.activity, "arg-keep", "taken", '{"against": 3}')
    assert [one.id for one in board.arguments] == ["arg-keep"]


def test_evidence_is_found_in_either_language_by_place_and_by_id(board):
    assert list(board.find("treffe bald")["id"]) == ["d1-p02-1"]
    assert "d1-p02-1" in set(board.find("d1 p2")["id"])
    assert list(board.find("statute", "source")["id"]) == ["source-statute"]
    assert board.find("zebra").empty


def test_each_voice_of_the_course_cites_what_exists(course_data):
    dossier = load_dossier(course_data)
    known, lent = citable(dossier), voices(dossier)
    assert {voice.argument.position for voice in lent.values()} == {"repeal", "keep", "enforce"}
    for voice in lent.values():
        assert set(voice.argument.evidence) <= set(known)
        assert voice.argument.answers in ("", *lent)


# --- the widget -------------------------------------------------------------------------------------------


@pytest.fixture
def widget(board):
    return DebateBoard(board)


def ask(widget, action, **fields):
    return widget.perform({"kind": "do", "action": action, "id": fields.pop("id", ""), **fields})


def everything_shown(widget):
    return json.dumps(widget.get_state(), ensure_ascii=False, default=str) + widget.static_html()


def write(item="mine-abc", **fields):
    return {"item": item, "sentence": "Talks.", "position": "repeal", "evidence": [], "answers": ""} | fields


def test_no_best_case_is_sent_before_the_own_rebuttal(widget):
    assert SECRET not in everything_shown(widget)
    widget.choose(role="senate", position="repeal")
    widget.take("arg-keep")
    widget.take("arg-enforce")
    widget.name_strongest("arg-keep")
    widget.argue("One point.", evidence=["d1-p02-1"])
    assert SECRET not in everything_shown(widget)
    item = widget.argue("My answer.", answers="arg-keep")
    for shown in (json.dumps(widget.view), widget.static_html()):
        assert f"{SECRET} arg-keep" in shown
        assert f"{SECRET} arg-enforce" not in shown
    assert len(widget.view["strongest"]["cases"]) == 1
    widget.remove(item)
    assert SECRET not in everything_shown(widget)


def test_the_front_end_saves_edits_and_removes(widget, workspace):
    assert ask(widget, "position", value="repeal", id="one") == {"kind": "done", "id": "one", "ok": True}
    assert ask(widget, "save", id="two", **write(evidence=["d1-p02-1"]))["ok"]
    shown = widget.view["arguments"][0]
    assert (shown["id"], shown["number"], shown["base"], shown["evidence"]) == (
        "mine-abc",
        1,
        "two",
        ["d1-p02-1"],
    )
    assert ask(widget, "save", id="three", base="two", **write(sentence="Talks help."))["ok"]
    assert widget.view["findings"]["unsupported"] == ["mine-abc"]
    assert ask(widget, "take", id="four", item="arg-keep", against="mine-abc")["ok"]
    assert [one["depth"] for one in widget.view["arguments"]] == [0, 1]
    assert ask(widget, "strongest", id="five", value="arg-keep")["ok"]
    assert ask(widget, "remove", id="six", item="arg-keep", base="four")["ok"]
    assert widget.view["strongest"]["chosen"] == ""
    assert ask(widget, "undo", id="seven", base=widget.view["undoable"])["ok"]
    assert workspace.journal.count == 7


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("role", {"value": "king"}),
        ("save", write(evidence=["d9"])),
        ("save", write(sentence="")),
        ("save", {"item": "mine-1"}),
        ("save", write(evidence=None)),
        ("take", {"item": "arg-keep", "against": ""}),
        ("remove", {"item": "mine-7"}),
        ("strongest", {"value": "x"}),
        ("dance", {}),
    ],
)
def test_a_bad_request_is_answered_in_a_sentence(widget, action, fields):
    answer = ask(widget, action, **fields)
    assert (answer["ok"], answer["final"]) == (False, True)
    assert answer["sentence"].endswith(".")


def test_an_old_draft_sent_again_does_not_replace_newer_words(widget):
    ask(widget, "save", id="newer", **write(sentence="Newer."))
    answer = ask(widget, "save", id="older", base="", resumed=True, **write(sentence="Older."))
    assert (answer["ok"], answer["final"]) == (False, True)
    assert widget.view["arguments"][0]["sentence"]["en"] == "Newer."


def test_undo_takes_back_only_what_it_means(widget, dossier, workspace):
    widget.choose(position="keep")
    meant = widget.view["undoable"]
    DebateSession(dossier, workspace).choose_role("scholar")  # another kernel, meanwhile
    assert ask(widget, "undo", base=meant)["final"]
    widget.undo()
    assert widget.view["role"]["chosen"] == ""


def test_function_calls_do_what_the_buttons_do(widget):
    widget.choose(role="defence", position="repeal")
    item = widget.argue("It is vague.", evidence=widget.find("statute")["id"])
    widget.edit(item, position="keep")
    widget.edit(1, position="repeal")
    widget.take("arg-keep", against=item)
    widget.name_strongest(2)
    widget.argue("It is not.", answers=2, evidence="d1-p02-1")
    assert widget.view["complete"]
    assert widget.best_case("arg-keep").de.startswith(SECRET)
    assert widget.findings().unsupported == ()
    assert list(widget.table()["answers"]) == ["", item, "arg-keep"]
    assert len(widget.graph().edges) == 5
    assert repr(widget) == "DebateBoard('09-debate')"


def test_static_html_tells_the_board_and_escapes_what_was_written(widget):
    assert "The board is still empty" in widget.static_html()
    widget.choose(position="repeal")
    widget.argue("<b>Talks</b> & more", evidence=["d1-p02-1"])
    page = widget.static_html()
    assert "&lt;b&gt;Talks&lt;/b&gt; &amp; more" in page
    assert "D1 P2: Ida says they meet in May." in page
    assert "Still open: name the strongest counter-argument." in page
    assert page == DebateBoard(widget.session).static_html()


def test_the_board_speaks_german(widget, workspace):
    workspace.use_language("de")
    widget.choose(position="keep")
    widget.argue("Ein Satz.", evidence=["d1-p02-1"])
    again = DebateBoard(widget.session)
    page = again.static_html()
    assert "Beibehalten: von Ihnen 1, aus der Tabelle 0" in page
    assert "Ida sagt, man treffe sich bald." in page
    assert again.words["take"] == "Aufnehmen"


def test_a_board_without_a_table_still_works(small_package, workspace):
    small_package.rows["logan_arguments"] = []
    small_package.write("logan_arguments")
    widget = DebateBoard(DebateSession(small_package.load(), workspace))
    widget.choose(position="keep")
    assert widget.view["voices"] == []
    own = widget.argue("The other side.", position="repeal")
    widget.name_strongest(own)
    widget.argue("My answer.", answers=own)
    assert widget.view["strongest"]["cases"] == []
