"""Marking by rubric: what a grader sees, what the gradebook gets, what is never overwritten or lost."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
import rubric_class as small
from rubric_class import EXERCISE, PROJECT, TASK, add_answers, change_answer, make_class

from backchannel import journal
from backchannel.authoring.canonical import canonical, formatted, parse
from backchannel.authoring.drift import drift_of_form
from backchannel.classroom import gradebook, students
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.rubric import prose
from backchannel.classroom.rubric.comment_bank import LONGEST, CommentBank
from backchannel.classroom.rubric.session import MARKING, RubricSession
from backchannel.classroom.rubric.widget import LONGEST_SHOWN, RubricGrading, open_grading
from backchannel.classroom.rubric.written_answers import Mark, Seen
from backchannel.classroom.rubric.written_tasks import written_tasks
from backchannel.dossier import load_dossier
from backchannel.errors import BackchannelError, DataError, JournalError, NotReadyError, UsageError
from backchannel.exercises import require_key
from backchannel.workspace import Workspace

NOTEBOOK = PROJECT / "solutions" / "grading.ipynb"
ADA, BEN, CEM, FINN = "ada.amann", "ben.busch", "cem.celik", "finn.falk"


@pytest.fixture(scope="session")
def key(course_data):
    return require_key(load_dossier(course_data))


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("template") / "class")


@pytest.fixture
def folder(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "class")
    return ClassFolder(tmp_path / "class", PROJECT)


@pytest.fixture
def open_session(folder, key):
    """Return a way to open a session, as a grader's kernel does."""

    def opened() -> RubricSession:
        session = RubricSession(folder, Workspace(folder.root / MARKING), key)
        session.written.refresh()
        return session

    return opened


@pytest.fixture
def session(open_session):
    return open_session()


@pytest.fixture
def widget(session):
    return RubricGrading(session)


def answer(session, student):
    session.written.refresh()
    return session.written.answer(TASK, student)


def standing(folder, student):
    """Return what the gradebook says, as Formgrader and our own pages read it."""
    table = gradebook.scores(folder)
    (row,) = table[(table["student"] == student) & (table["task"] == TASK)].to_dict("records")
    return row["manual"], row["comment"], row["to_mark"]


def ask(widget, action, **fields):
    return widget.perform({"kind": "do", "action": action, "id": "", **fields})


def give(widget, points, comment="", **fields):
    """Save what is on the screen, as Enter does."""
    shown = widget.view["answer"]
    base = {"points": shown["points"], "comment": shown["comment"]}
    message = {"task": widget.view["task"], "answer": shown["id"], "base": base, "seen": shown["seen"]}
    return ask(widget, "give", points=points, comment=comment, **message | fields)


def shown(widget):
    """Return the pseudonym of the answer on the screen; it tells which student of the class it is."""
    return widget.view["answer"]["label"]


# --- what is asked -------------------------------------------------------------------------------------


def test_each_exercise_has_a_written_task_with_wording_levels_and_sample(key):
    tasks = list(written_tasks(PROJECT, key))
    assert [task.id for task in tasks] == [f"ex{n:02}-3" for n in range(1, 11)]
    for task in tasks:
        assert [level.points for level in task.levels] == [8, 4, 1]
        assert "| Level |" not in task.wording
        assert "words" in task.wording
        assert len(task.sample) > 400
        assert task.words is not None
        assert 100 <= task.words[0] < task.words[1] <= 400
        low, high = task.words
        assert low * 0.8 <= len(task.sample.split()) <= high * 1.2, "the sample has the length it asks for"


def test_a_master_without_the_cell_of_a_task_is_told(key, tmp_path):
    place = tmp_path / "solutions" / EXERCISE
    place.mkdir(parents=True)
    (place / f"{EXERCISE}.ipynb").write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(BackchannelError, match=r"has no cell of ex03-3; restore"):
        list(written_tasks(tmp_path, key))


# --- the session ---------------------------------------------------------------------------------------


def test_a_mark_is_in_the_gradebook_and_comes_back(session, folder):
    assert [one.state for one in session.written.answers(TASK)].count("open") == 7
    session.give(TASK, ADA, Mark(6.5, "Good."))
    assert standing(folder, ADA) == (6.5, "Good.", False)
    assert answer(session, ADA).mark == Mark(6.5, "Good.")
    assert answer(session, ADA).state == "marked"
    session.give(TASK, ADA, Mark(None, "Good."))
    assert standing(folder, ADA)[1:] == ("Good.", True)
    assert answer(session, ADA).state == "open"


def test_nothing_written_has_its_points_from_the_machine_and_may_get_others(session):
    assert answer(session, FINN).state == "nothing"
    assert session.written.progress(TASK) == (1, 8)
    session.give(TASK, FINN, Mark(1.0, "You wrote it into another cell."))
    assert answer(session, FINN).state == "marked"


@pytest.mark.parametrize("points", [-0.5, 8.5, float("nan")])
def test_points_that_the_task_cannot_give_are_refused(session, folder, points):
    with pytest.raises(UsageError, match="gives 0 to 8 points"):
        session.give(TASK, ADA, Mark(points))
    assert not (folder.root / MARKING / "journal.jsonl").exists()


def test_undo_brings_back_what_stood_and_keeps_a_comment(session, folder):
    session.give(TASK, ADA, Mark(4.0, "First."))
    session.give(TASK, ADA, Mark(6.0, "Second."))
    session.give(TASK, BEN, Mark(1.0, "Later knowledge."))
    step = session.undo()
    assert (step.student, step.after) == (BEN, Mark(1.0, "Later knowledge."))
    assert standing(folder, BEN)[1:] == ("Later knowledge.", True)
    session.undo()
    assert standing(folder, ADA) == (4.0, "First.", False)
    assert answer(session, ADA).state == "marked"
    session.undo()
    assert answer(session, ADA).state == "open"
    with pytest.raises(UsageError, match="nothing was marked that could be taken back"):
        session.undo()


def test_undo_means_the_mark_on_the_screen_and_never_a_colleagues(open_session, folder):
    mine, other = open_session(), open_session()
    mine.give(TASK, ADA, Mark(4.0))
    first = mine.last_step.id
    mine.give(TASK, BEN, Mark(1.0))
    with pytest.raises(UsageError, match="another mark came later"):
        mine.undo(expected=first)
    with pytest.raises(UsageError, match="nothing was marked that could be taken back"):
        other.undo()
    other.give(TASK, BEN, Mark(2.0, "No, two."))
    with pytest.raises(UsageError, match="somebody marked this answer after you"):
        mine.undo()
    assert standing(folder, BEN) == (2.0, "No, two.", False)
    mine.undo()
    assert answer(mine, ADA).state == "open"


def test_a_mark_given_meanwhile_is_not_overwritten_unseen(open_session, folder):
    mine, other = open_session(), open_session()
    before = answer(mine, ADA)
    other.give(TASK, ADA, Mark(3.0, "Theirs."))
    with pytest.raises(UsageError, match="somebody else has saved it, with 3 points"):
        mine.give(TASK, ADA, Mark(7.0, "Mine."), seen=Seen(before.mark, before.fingerprint))
    assert standing(folder, ADA) == (3.0, "Theirs.", False)
    now = answer(mine, ADA)
    mine.give(TASK, ADA, Mark(7.0, "Mine."), seen=Seen(now.mark, now.fingerprint))
    assert standing(folder, ADA) == (7.0, "Mine.", False)


def test_a_mark_in_formgrader_counts_like_any_other(session, folder):
    before = answer(session, ADA)
    gradebook.give(folder, Place(ADA, EXERCISE), TASK, 5.0, "From Formgrader.")
    assert answer(session, ADA).state == "marked"
    with pytest.raises(UsageError, match="with 5 points"):
        session.give(TASK, ADA, Mark(7.0), seen=Seen(before.mark, before.fingerprint))


def test_of_two_who_save_at_the_same_moment_one_is_told(open_session, folder):
    sessions = [open_session() for _ in range(4)]
    seen = answer(sessions[0], ADA)

    def save(number: int) -> str:
        try:
            sessions[number].give(
                TASK,
                ADA,
                Mark(number + 1.0),
                seen=Seen(seen.mark, seen.fingerprint),
                decision_id=f"d{number}",
            )
        except UsageError as problem:
            return str(problem)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(save, range(4)))
    assert sorted(map(bool, said)) == [False, True, True, True]
    assert standing(folder, ADA)[0] == said.index("") + 1.0


def test_the_same_decision_sent_twice_is_given_once(session, folder):
    session.give(TASK, ADA, Mark(4.0), decision_id="one")
    gradebook.give(folder, Place(ADA, EXERCISE), TASK, 5.0, "")
    session.give(TASK, ADA, Mark(4.0), decision_id="one")
    assert standing(folder, ADA)[0] == 5.0
    assert len((folder.root / MARKING / "journal.jsonl").read_text().splitlines()) == 1


def test_an_answer_that_changed_after_its_mark_is_to_look_at_again(session, folder):
    seen = answer(session, ADA)
    session.give(TASK, ADA, Mark(4.0))
    change_answer(folder, ADA, small.GOOD + " And one more thing.")
    changed = answer(session, ADA)
    assert (changed.state, changed.mark) == ("again", Mark(4.0))
    with pytest.raises(UsageError, match="graded anew since you opened it, with other words"):
        session.give(TASK, ADA, Mark(4.0), seen=Seen(changed.mark, seen.fingerprint))
    session.give(TASK, ADA, Mark(4.0), seen=Seen(changed.mark, changed.fingerprint))
    assert answer(session, ADA).state == "marked"


def test_what_nbgrader_asks_to_look_at_is_shown_too(session, folder):
    session.give(TASK, ADA, Mark(4.0))
    with sqlite3.connect(folder.gradebook) as connection:
        connection.execute("update grade set needs_manual_grade = 1")
    assert answer(session, ADA).state == "again"


def test_a_record_that_cannot_be_read_is_told_under_its_pseudonym(session, folder):
    folder.graded(Place(ADA, EXERCISE)).write_text("{", encoding="utf-8")
    folder.graded(Place(BEN, EXERCISE)).unlink()
    folder.graded(Place(CEM, EXERCISE)).write_text('{"tasks": [{"task": "x"}]}', encoding="utf-8")
    session.written.refresh()
    told = session.written.unreadable(TASK)
    assert len(told) == 3
    assert told[0].startswith("The answer of S01 to ex03-3 could not be read; `backchannel grade 03 --again`")
    assert ADA not in "".join(told)
    assert session.written.answers(TASK)[0].student == "dora.daum"


def test_a_gradebook_that_cannot_be_written_loses_nothing(session, folder):
    trigger(folder)
    with pytest.raises(
        JournalError, match=r"Nothing was saved: .*gradebook.db cannot be written \(no room\)"
    ):
        session.give(TASK, ADA, Mark(4.0))
    assert answer(session, ADA).state == "open"
    assert session.last_step is None
    trigger(folder, on=False)
    session.give(TASK, ADA, Mark(4.0))
    assert standing(folder, ADA)[0] == 4.0


def test_a_mark_whose_line_could_not_be_written_is_sent_again(session, folder, monkeypatch):
    """The gradebook has it by then, which is no mark of somebody else."""

    def full(*_):
        raise OSError(28, "No space left on device")

    before = answer(session, ADA)
    seen = Seen(before.mark, before.fingerprint)
    with monkeypatch.context() as patched:
        patched.setattr(journal, "_append_line", full)
        with pytest.raises(JournalError, match="No space left"):
            session.give(TASK, ADA, Mark(4.0), seen=seen, decision_id="one")
    session.give(TASK, ADA, Mark(4.0), seen=seen, decision_id="one")
    assert standing(folder, ADA)[0] == 4.0
    session.undo()
    assert answer(session, ADA).state == "open"


def trigger(folder, on=True):
    """Let the database refuse to be written, as on a full disk."""
    with sqlite3.connect(folder.gradebook) as connection:
        connection.execute(
            "create trigger full before update on grade begin select raise(abort, 'no room'); end"
            if on
            else "drop trigger full"
        )


def test_a_gradebook_that_is_none_is_told_in_a_sentence(folder):
    folder.gradebook.write_bytes(b"not a database" * 100)
    with pytest.raises(DataError, match=r"cannot be read \(file is not a database\); put back"):
        gradebook.scores(folder)


def test_the_spread_counts_half_points_and_the_latest_ten(session, folder):
    answers = {f"s{n:02}": f"Answer {n}." for n in range(12)}
    add_answers(folder, answers)
    session.written.refresh()
    assert session.written.spread(TASK).mean is None
    for student in answers:
        gradebook.give(folder, Place(student, EXERCISE), TASK, 1.0, "")
    session.written.refresh()
    assert (session.written.spread(TASK).mean, session.written.spread(TASK).latest) == (1.0, None)
    for n, student in enumerate(answers):
        session.give(TASK, student, Mark(8.0 if n < 2 else 3.5 if n < 7 else 4.0))
    session.give(TASK, "s11", Mark(3.3))  # given by a call; it is shown with the nearest half point
    session.written.refresh()
    spread = session.written.spread(TASK)
    assert {points: n for points, n in spread.counts if n} == {3.5: 6, 4.0: 4, 8.0: 2}
    assert len(spread.counts) == 17
    assert spread.mean == pytest.approx((2 * 8 + 5 * 3.5 + 4 * 4 + 3.3) / 12)
    assert spread.median == pytest.approx(3.75)
    assert spread.latest == pytest.approx((5 * 3.5 + 4 * 4 + 3.3) / 10)


def test_students_without_a_pseudonym_are_told_apart(session, folder):
    kept = [one for one in students.load(folder).values() if one.id not in (ADA, BEN)]
    students.store(folder, kept)
    session.written.refresh()
    called = session.written.names(real=False)
    assert called[ADA] != called[BEN]
    assert called[ADA].startswith("S? ")
    assert session.written.student(called[ADA]) == ADA
    assert (
        session.written.student("Cem Celik")
        == session.written.student("S03")
        == session.written.student(CEM)
        == CEM
    )
    with pytest.raises(UsageError, match="'S99' means nobody"):
        session.written.student("S99")


# --- the text of an answer -----------------------------------------------------------------------------


def words_in(found):
    return "".join(run.text for block in found for cell in block.cells for run in cell)


def test_an_answer_is_read_as_blocks_of_text():
    found = prose.blocks(small.ANSWERS["hans.horn"])
    assert [block.kind for block in found] == [
        "header", "row", "code", "quote", "heading", "item", "item",
    ]  # fmt: skip
    assert found[1].cells[1] == (prose.Run("2", "emphasis"),)
    assert (found[5].mark, found[5].depth, found[6].depth) == ("-", 0, 1)
    good = prose.blocks(small.GOOD)
    assert [block.mark for block in good] == ["1.", "2.", "3.", ""]
    assert good[0].cells[0][0] == prose.Run("Concern.", "strong")


@pytest.mark.parametrize(
    "text", [small.HOSTILE, "[a](javascript:x)", "![](http://a.b/c.png)", "<b>", "a_b_c", "2 * 3 * 4"]
)
def test_tags_links_and_pictures_stay_as_they_were_typed(text):
    found = prose.blocks(text)
    assert {block.kind for block in found} == {"paragraph"}
    assert "".join(words_in(found).split()) == "".join(text.split())
    assert {run.form for block in found for cell in block.cells for run in cell} == {"plain"}


def test_what_hides_or_turns_the_line_is_named():
    shown = words_in(prose.blocks(small.TURNED))
    assert "‹U+202E›elbatoc si ti‹U+202C›" in shown
    assert "‹U+200B›this‹U+0007›" in shown
    assert "الخبر" in shown
    assert prose.legible("a\r\nb\rc\td\U000e0041\ud800") == "a\nb\nc\td‹U+E0041›‹U+D800›"


@pytest.mark.parametrize(
    "piece", ["*a", "**a ", "_a ", "`", "|\n", "|-|\n", "> ", "- a\n", "1. a ", "```x\n", "[x]("]
)
def test_no_number_of_marks_loses_a_word(piece):
    text = piece * 40_000 + " end"
    kept = words_in(prose.blocks(text))
    assert kept.endswith("end")
    assert kept.count("a") == text.count("a")
    assert kept.count("x") == text.count("x")


# --- the comment bank ----------------------------------------------------------------------------------


@pytest.fixture
def bank(tmp_path):
    return CommentBank(tmp_path / "class" / "comments.csv")


def test_comments_are_kept_found_changed_used_and_dropped(bank):
    assert bank.of(TASK) == ()
    first = bank.add(" Names no origin. ", TASK)
    everywhere = bank.add("Too short.")
    bank.add("Of another task.", "ex04-3")
    assert bank.add("Names no origin.", TASK) == first
    bank.use(everywhere.id)
    assert [(one.text, one.used) for one in bank.of(TASK)] == [("Too short.", 1), ("Names no origin.", 0)]
    bank.edit(first.id, "=Names no word,\nthat decides", "")
    assert [one.text for one in bank.of("ex04-3")][1] == "=Names no word,\nthat decides"
    bank.drop(everywhere.id)
    with pytest.raises(UsageError, match="somebody else took it out"):
        bank.use(everywhere.id)
    with bank.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ["'=Names no word,\nthat decides", "Of another task."], (
        "no formula"
    )


@pytest.mark.parametrize("text", ["", "  ", "x" * (LONGEST + 1)])
def test_a_comment_that_will_not_do_is_refused(bank, text):
    with pytest.raises(UsageError, match="has 1 to 4000 characters"):
        bank.add(text)
    assert not bank.path.exists()


def test_graders_who_keep_comments_at_once_lose_none(bank):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: bank.add(f"Comment {n}."), range(40)))
    assert len(bank.comments()) == 40


def test_a_bank_from_a_table_program_is_read(bank):
    bank.path.parent.mkdir()
    bank.path.write_text("task,text\n,Without an id.\nex03-3,Another.\nex03-3,\n", encoding="utf-8-sig")
    assert [one.text for one in bank.of(TASK)] == ["Another.", "Without an id."]
    bank.use(bank.of(TASK)[1].id)
    assert [(one.text, one.used) for one in bank.of(TASK)] == [("Without an id.", 1), ("Another.", 0)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"text\nx\n", "lacks the column task"),
        (b"\xff\xfe", "save it as CSV in UTF-8"),
        (b'task,text\n,"' + b"x" * 200_000 + b'"\n', "is no CSV"),
    ],
)
def test_a_bank_that_is_no_table_is_told_and_stops_nobody(widget, folder, content, said):
    folder.comments.write_bytes(content)
    assert ask(widget, "next")["ok"]
    assert any(said in report for report in widget.view["reports"])
    answered = ask(widget, "bank_add", text="New.", task="")
    assert (answered["ok"], said in answered["sentence"]) == (False, True)
    assert folder.comments.read_bytes() == content
    assert give(widget, 4)["ok"]


def test_a_bank_that_cannot_be_written_is_told(widget, folder):
    folder.comments.mkdir()
    answered = ask(widget, "bank_add", text="New.", task="")
    assert "comments.csv cannot be" in answered["sentence"]


# --- the widget ----------------------------------------------------------------------------------------


def test_the_queue_goes_on_to_what_is_to_mark_and_stays_in_place(widget, folder):
    assert (shown(widget), widget.view["answer"]["number"], widget.view["answer"]["of"]) == ("S01", 1, 7)
    assert give(widget, 4, "Good.") == {"kind": "done", "id": "", "ok": True}
    assert standing(folder, ADA) == (4.0, "Good.", False)
    assert (shown(widget), widget.view["answer"]["number"], widget.view["answer"]["of"]) == ("S02", 2, 7)
    ask(widget, "previous")
    assert (shown(widget), widget.view["answer"]["state"]) == ("S01", "marked")
    ask(widget, "previous")
    assert shown(widget) == "S08"
    give(widget, 1)
    assert shown(widget) == "S02", "Ada has her mark already"
    assert widget.view["counts"] == {"open": 5, "again": 0, "marked": 2, "nothing": 1}


def test_all_can_be_marked_and_the_end_is_told(widget):
    for _ in range(7):
        assert widget.view["answer"]["state"] == "open"
        assert give(widget, 4)["ok"]
    assert widget.view["counts"] == {"open": 0, "again": 0, "marked": 7, "nothing": 1}
    assert shown(widget) == "S08"
    ask(widget, "filter", value="open")
    assert widget.view["answer"] is None
    ask(widget, "filter", value="all")
    assert widget.view["answer"]["of"] == 8


def test_it_begins_with_what_there_is_to_do(widget, folder, open_session):
    assert widget.view["filter"] == "open"
    for _ in range(7):
        give(widget, 4)
    change_answer(folder, BEN, "Something else.")
    again = RubricGrading(open_session())
    assert (again.view["filter"], shown(again)) == ("again", "S02")
    give(again, 5)
    assert RubricGrading(open_session()).view["filter"] == "all"


def test_filters_show_what_they_say(widget, folder):
    give(widget, 4)
    change_answer(folder, ADA, "Something else.")
    ask(widget, "filter", value="again")
    assert (shown(widget), widget.view["answer"]["state"]) == ("S01", "again")
    assert [one["count"] for one in widget.view["filters"]] == [6, 1, 8]
    answered = ask(widget, "filter", value="none")
    assert "There is no filter 'none'; use one of open, again, all." in answered["sentence"]


def test_a_mark_that_came_first_is_shown_beside_the_own(widget, open_session):
    open_session().give(TASK, ADA, Mark(2.0, "Theirs."))
    answered = give(widget, 6, "Mine.")
    assert (answered["ok"], answered["final"]) == (False, True)
    assert "somebody else has saved it" in answered["sentence"]
    assert (shown(widget), widget.view["answer"]["comment"]) == ("S01", "Theirs.")
    assert give(widget, 6, "Mine.")["ok"]


def test_a_full_disk_is_told_and_the_mark_may_be_sent_again(widget, folder):
    trigger(folder)
    answered = give(widget, 6, id="one")
    assert (answered["ok"], answered["final"]) == (False, False)
    assert shown(widget) == "S01"
    trigger(folder, on=False)
    assert give(widget, 6, id="one", resumed=True)["ok"]
    assert widget.view["saved"]


def test_undo_goes_to_the_answer_it_concerns(widget, folder):
    assert widget.view["undo"] is None
    give(widget, 4, "Words.")
    ask(widget, "next")
    ask(widget, "undo", base=widget.view["undo"]["id"])
    assert (shown(widget), widget.view["answer"]["points"]) == ("S01", None)
    assert widget.view["answer"]["comment"] == "Words."


def test_an_incomplete_or_unknown_request_is_answered(widget):
    assert "incomplete" in ask(widget, "give", task=TASK)["sentence"]
    assert "no longer in the gradebook" in ask(widget, "go", answer="nobody")["sentence"]
    assert "There is no written task 'x'" in ask(widget, "task", value="x")["sentence"]
    assert ask(widget, "go", answer=widget.view["queue"][2]["id"])["ok"]
    assert shown(widget) == "S03"


def everything_sent(widget):
    return json.dumps(widget.get_state(), ensure_ascii=False, default=str)


def test_names_are_not_sent_before_they_are_asked_for(widget):
    for student in small.ANSWERS:
        for part in (student, *student.title().split(".")):
            assert part not in everything_sent(widget)
    ask(widget, "names", value=True)
    assert shown(widget) == "Ada Amann"
    token = widget.view["answer"]["id"]
    ask(widget, "names", value=False)
    assert (shown(widget), widget.view["answer"]["id"]) == ("S01", token)
    assert "Amann" not in everything_sent(widget)


def test_the_same_words_are_told_whatever_the_spaces(widget):
    assert widget.view["answer"]["twins"] == [{"label": "S07", "points": None}]
    ask(widget, "next")
    assert widget.view["answer"]["twins"] == []


def test_a_text_without_end_is_cut_and_says_so(widget, folder):
    change_answer(folder, ADA, "long " * LONGEST_SHOWN)
    ask(widget, "go", answer=widget.view["answer"]["id"])
    assert widget.view["answer"]["cut"] == 4 * LONGEST_SHOWN
    assert widget.view["answer"]["words"] == LONGEST_SHOWN


def test_a_saved_notebook_holds_no_answer_and_no_name(widget):
    ask(widget, "names", value=True)
    give(widget, 4, "A comment.")
    page = widget.static_html() + repr(widget)
    for text in ("Concern", "script", "Amann", "ada", "A comment", "S01"):
        assert text not in page
    assert '<td align="left">6</td>' in page


def test_both_languages_have_their_words(widget):
    assert widget.words["filter_open"] == "to mark"
    assert ask(widget, "language", value="de")["ok"]
    assert (widget.language, widget.words["filter_open"]) == ("de", "zu bewerten")
    assert "does not speak 'fr'" in ask(widget, "language", value="fr")["sentence"]
    assert "Geschriebene Antworten bewerten" in widget.static_html()


def test_the_same_by_function_calls(widget, folder):
    assert widget.tasks().to_dict("records") == [
        {
            "task": TASK,
            "title": "Who is sure of what?",
            "answers": 8,
            "to_mark": 7,
            "again": 0,
            "marked": 0,
            "nothing": 1,
        }
    ]
    widget.give(TASK, "S02", 1.5, "Later knowledge.")
    widget.give(TASK, "Ben Busch", 2)
    assert standing(folder, BEN) == (2.0, "Later knowledge.", False)
    table = widget.answers(TASK).set_index("student")
    assert table.loc["S02", ["state", "points", "comment", "words"]].tolist() == [
        "marked", 2.0, "Later knowledge.", 8,
    ]  # fmt: skip
    assert table["points"].notna().sum() == 1
    assert "‹U+202E›" in table.loc["S04", "text"]
    assert widget.answers(TASK, names=True)["student"].tolist()[1] == "Ben Busch"
    assert widget.text(TASK, "S01") == small.GOOD
    widget.undo()
    assert standing(folder, BEN)[0] == 1.5
    assert widget.view["spread"]["mean"] == 1.5
    for wrong in (lambda: widget.give("ex03-1", "S02", 1), lambda: widget.text("ex99-1", "S02")):
        with pytest.raises(UsageError, match="There is no written task"):
            wrong()


# --- the door and the notebook -------------------------------------------------------------------------


def test_without_a_class_a_sentence_says_what_to_do_first(tmp_path, template):
    grading = open_grading(tmp_path / "class")
    assert grading.view["missing"] == "no_class"
    assert "backchannel collect" in grading.static_html()
    assert not (tmp_path / "class").exists(), "looking made a class"
    with pytest.raises(NotReadyError, match="no gradebook"):
        grading.answers(TASK)
    shutil.copytree(template.root, tmp_path / "class")
    grading.redraw()
    assert grading.view["answer"]["label"] == "S01"


def test_a_class_without_written_answers_says_so(folder):
    with sqlite3.connect(folder.gradebook) as connection:
        connection.execute("delete from grade")
    grading = open_grading(folder.root)
    assert grading.view["missing"] == "no_answers"
    with pytest.raises(NotReadyError, match="No written answer is graded yet"):
        grading.give(TASK, "S01", 3)


def test_without_the_key_nobody_marks(tmp_path, monkeypatch, course_data):
    shutil.copytree(course_data, tmp_path / "course_data")
    monkeypatch.setenv("BACKCHANNEL_COURSE_DATA", str(tmp_path / "course_data"))
    with pytest.raises(NotReadyError, match=r"key of the exercises is not in .*solutions, so nothing"):
        open_grading(tmp_path / "class")


def cell_of(name: str) -> str:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return "".join(next(cell["source"] for cell in cells if cell["id"] == name))


def ran(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the cells that hold an output, or say that they were run."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell["id"] for cell in cells if cell["outputs"] or cell["execution_count"] is not None]


def test_the_notebook_is_stored_as_not_yet_run_and_says_how_to_run_it():
    """A stored "nothing to mark yet" would look like a failure after a grading that went well."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    stored = parse(text, NOTEBOOK.name)
    tidy = formatted(canonical(stored), NOTEBOOK)
    (only,) = drift_of_form(NOTEBOOK.name, text, stored, tidy)
    assert "marking: the cell was not run" in str(only)
    assert ran(stored) == []
    assert "Click the grey cell below and press Shift+Enter" in cell_of("title")
    (marking,) = (cell for cell in stored["cells"] if cell["cell_type"] == "code")
    marking["outputs"] = [nbformat.v4.new_output("stream", text="There is nothing to mark yet.")]
    assert ran(stored) == ["marking"]


@pytest.mark.parametrize(
    ("graded", "said"), [(False, "There is nothing to mark yet."), (True, "ex03-3: Who is sure of what?")]
)
def test_the_cell_shows_what_there_is_to_mark(template, tmp_path, monkeypatch, graded, said):
    monkeypatch.setenv("BACKCHANNEL_CLASS", str(template.root if graded else tmp_path / "class"))
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.chdir(NOTEBOOK.parent)
    names: dict[str, RubricGrading] = {}
    exec(compile(cell_of("marking"), "marking", "exec"), names)
    assert said in names["grading"].static_html()


def test_the_calls_that_the_notebook_names_are_there(widget, folder):
    """The notebook shows them as text, since they need a class."""
    code = cell_of("calls").split("```python\n")[1].split("```")[0].replace("S0412", "S01")
    exec(compile(code, "calls", "exec"), {"grading": widget, "print": lambda *_: None})
    assert standing(folder, ADA)[1] != ""
    assert widget.language == "de"
