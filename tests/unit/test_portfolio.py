"""The portfolio holds all a student did, and nothing of the course that is not to be seen yet."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

import pytest
import whole_course as work
from whole_course import CLOCK, add_lessons, write_line

from backchannel import sessions
from backchannel.before_after import BeforeAndAfter
from backchannel.dossier import load_dossier
from backchannel.grids import GridSession
from backchannel.labelling import LabelSession
from backchannel.portfolio.binder import Binder, build_portfolio
from backchannel.portfolio.html import portfolio_html
from backchannel.portfolio.markdown import portfolio_markdown
from backchannel.quiz import QuizSession
from backchannel.sorting import SortSession
from backchannel.widgets.portfolio import missing_words
from backchannel.workspace import Workspace


@pytest.fixture
def dossier(small_package):
    return add_lessons(small_package)


@pytest.fixture
def built(dossier, workspace):
    return lambda: build_portfolio(dossier, workspace, CLOCK)


def entry(portfolio, name):
    return next(e for lesson in portfolio.lessons for e in lesson.entries if e.id == name)


def told(portfolio, name=""):
    """Return all words of one activity, or of all."""
    found = entry(portfolio, name).content if name else asdict(portfolio)
    return json.dumps(found, ensure_ascii=False, default=vars)


def both_files(portfolio):
    return portfolio_html(portfolio) + portfolio_markdown(portfolio)


# --- how far everything is -------------------------------------------------------------------------------


def test_an_empty_journal_gives_all_activities_in_the_order_of_the_lessons(built):
    portfolio = built()
    assert [lesson.id for lesson in portfolio.lessons] == ["00", "01", "02", "10"]
    assert [e.id for e in portfolio.lessons[0].entries] == ["test-pre"]
    assert [e.id for e in portfolio.lessons[1].entries] == ["01-predict", *work.KINDS, "01-check"]
    assert [e.id for e in portfolio.lessons[3].entries] == ["test-post"]
    states = {e.state for lesson in portfolio.lessons for e in lesson.entries}
    assert (states, portfolio.lessons[2].state, portfolio.others) == ({"not_begun"}, "nothing", ())
    assert (portfolio.student, portfolio.at, portfolio.decisions) == ("", "2026-11-22T09:30:00Z", 0)
    assert portfolio.lessons[1].title == "Lesson 01 <by> *name*"


def test_a_finished_course_is_complete_and_nothing_is_open(built, dossier, workspace):
    work.work_through(dossier, workspace)
    portfolio = built()
    assert {e.id: e.state for e in portfolio.lessons[1].entries if e.state != "complete"} == {}
    assert portfolio.what_is_open() == ()
    assert [lesson.state for lesson in portfolio.lessons] == ["complete", "complete", "nothing", "complete"]
    assert portfolio.others == ()
    assert portfolio.lessons[1].decisions > 20
    assert portfolio.lessons[1].first <= portfolio.lessons[1].last
    assert portfolio.student == "Kim"
    assert all(e.content and e.at for e in portfolio.lessons[1].entries)


def test_half_done_work_says_how_much_and_what_comes_first(built, dossier, workspace):
    work.answer(dossier, workspace, "pre")
    workspace.decide("01-notes", "1", "text", "A thought.")
    work.sorter(dossier, workspace).answer("contact-bridge", "us_status", "official")
    portfolio = built()
    done = {e.id: (e.done, e.total, e.state) for e in portfolio.lessons[1].entries}
    assert done["01-notes"] == (1, 2, "begun")
    assert done["01-sorter"] == (0, 1, "begun")
    assert done["01-chains"] == (0, 2, "not_begun")
    first, *rest = portfolio.what_is_open()
    assert (first.lesson, first.lesson_title, first.title) == (
        "01",
        "Lesson 01 <by> *name*",
        "Your prediction",
    )
    assert "Title of 01-notes" in [step.title for step in rest]
    assert portfolio.lessons[0].state == "complete"


def test_the_same_journal_and_clock_give_the_same_files(built, dossier, workspace):
    work.work_through(dossier, workspace)
    again = build_portfolio(dossier, Workspace(workspace.folder, "1.2"), CLOCK)
    assert built() == again
    assert both_files(built()) == both_files(again)


def test_a_field_that_was_emptied_again_is_not_begun(built, workspace):
    workspace.decide("01-notes", "1", "text", "A thought.")
    workspace.decide("01-notes", "1", "text", "")
    assert entry(built(), "01-notes").state == "not_begun"


def test_the_words_are_those_of_the_workspace(built, dossier, workspace):
    work.work_through(dossier, workspace)
    workspace.use_language("de")
    portfolio = built()
    assert entry(portfolio, "01-check").title == "Prüfen Sie sich"
    assert entry(portfolio, "01-notes").title == "Titel von 01-notes"
    assert "Your" not in both_files(portfolio)


# --- what a reader sees ----------------------------------------------------------------------------------


def test_each_activity_shows_what_was_done_in_it(built, dossier, workspace):
    work.work_through(dossier, workspace, words="Mine alone.")
    portfolio = built()
    for name in ("01-notes", "01-practice", "01-blind", "01-chains", "01-sorter", "01-coverage", "01-weigh"):
        assert "Mine alone." in told(portfolio, name), name
    assert "Prompt 1" in told(portfolio, "01-notes")
    assert "Why a." in told(portfolio, "01-predict")
    assert "Why b." not in told(portfolio, "01-predict")
    assert "Task reason b." in told(portfolio, "01-tasks")
    check = told(portfolio, "01-check")
    assert "answer a" in check
    assert "Right would be" in check
    practice = told(portfolio, "01-practice")
    assert "same as the reference" in practice
    assert "differs" in practice
    chains = told(portfolio, "01-chains")
    assert "The Gazette → Ida" in chains
    assert "same as the course’s" in chains
    sorter = told(portfolio, "01-sorter")
    assert "in office" in sorter
    assert "Talks about the bridge (May 2020)" in sorter
    assert "track_1_5" in sorter  # the small codebook has no name for it
    assert "as you" in told(portfolio, "01-coverage")
    board = told(portfolio, "01-debate")
    assert "Scholar" in board
    assert "A statute (1901)." in board
    assert "D1 P2 (d1-p02-1)" in board
    assert "strongest counter-argument: 2" in board


def test_a_board_says_what_is_unsupported_and_unanswered(built, dossier, workspace):
    session = work.debate(dossier, workspace)
    session.argue("Without evidence.")
    board = told(built(), "01-debate")
    assert "Without evidence: 4." in board
    assert "Not answered: 3, 4." in board


# --- nothing before its time -----------------------------------------------------------------------------

SECRET = "A reading that only the course knows."


@pytest.fixture
def secretive(small_package):
    """A course all of whose readings and reasons carry one sentence."""
    add_lessons(small_package)
    for table in ("reference_labels", "evidence_ratings", "quiz_options", "contact_tracks"):
        for row in small_package.rows[table]:
            row.update(reason_en=SECRET, reason_de=SECRET)
    for row in small_package.rows["retellings"]:
        row.update(comment_en=SECRET, comment_de=SECRET)
    for row in small_package.rows["logan_arguments"]:
        row.update(text_en=SECRET, text_de=SECRET)
    contact = small_package.rows["contacts"][0]
    contact.update(note_en=SECRET, us_side_en=SECRET, russian_side_en=SECRET, deniable="nothing")
    small_package.set("actors", 1, name_en="Secret Ida")
    small_package.write(*small_package.columns)
    return small_package.load()


def test_an_unfinished_blind_block_shows_own_labels_only(secretive, workspace):
    session = work.label(secretive, workspace, "01-blind", note="my own note", finish=False)
    portfolio = build_portfolio(secretive, workspace, CLOCK)
    shown = told(portfolio, "01-blind")
    assert entry(portfolio, "01-blind").state == "begun"
    assert entry(portfolio, "01-blind").done == entry(portfolio, "01-blind").total
    assert "my own note" in shown
    for word in (SECRET, "Reference", "same as the reference", "differs"):
        assert word not in shown
    session.finish()
    portfolio = build_portfolio(secretive, workspace, CLOCK)
    assert SECRET in told(portfolio, "01-blind")
    assert entry(portfolio, "01-blind").state == "complete"


def test_a_practice_block_that_asks_what_a_blind_one_asks_waits_for_it(small_package, workspace):
    add_lessons(small_package)
    small_package.set("blocks", 0, dimensions="elements", claims="d2-p01-1")
    for row in small_package.rows["reference_labels"]:
        row.update(reason_en=SECRET, reason_de=SECRET)
    small_package.write("reference_labels")
    dossier = small_package.load()
    work.label(dossier, workspace, "01-practice")
    portfolio = build_portfolio(dossier, workspace, CLOCK)
    assert "once the blind block 01-blind is finished" in told(portfolio, "01-practice")
    assert SECRET not in both_files(portfolio)


def begin_everything(dossier, workspace):
    """Do the first half of each activity, so that nothing of the course may be seen yet."""
    work.sort(dossier, workspace)  # sorted, but not compared
    work.coverage(dossier, workspace).judge("prop-may", "d1", "kept")  # one cell of a row of two
    work.weighing(dossier, workspace).judge("ev-ida", "hyp-met", "for")
    board = sessions.debate(dossier, workspace, "01-debate")
    board.choose_position("repeal")
    board.take("arg-keep")
    work.label(dossier, workspace, "01-blind", finish=False)
    work.answer(dossier, workspace, "pre")


def leaks(dossier, workspace):
    """Return which words of the course's readings the portfolio shows."""
    shown = both_files(build_portfolio(dossier, workspace, CLOCK))
    return [word for word in (SECRET, "Secret Ida", "nothing to deny") if word in shown]


def test_the_course_waits_for_the_own_judgement_everywhere(secretive, workspace):
    begin_everything(secretive, workspace)
    assert leaks(secretive, workspace) == []
    work.chains(secretive, workspace).save("d1-p02-1", ["actor-gazette"])
    assert leaks(secretive, workspace) == ["Secret Ida"]
    work.sorter(secretive, workspace).compare("contact-bridge")
    assert leaks(secretive, workspace) == ["Secret Ida", "nothing to deny"]
    work.coverage(secretive, workspace).judge("prop-may", "d2", "kept")
    assert SECRET in leaks(secretive, workspace)


@pytest.mark.parametrize(
    ("owner", "rule", "broken", "leak"),
    [
        (LabelSession, "finished", property(lambda _: True), SECRET),
        (GridSession, "may_show", lambda *_: True, SECRET),
        (SortSession, "is_compared", lambda *_: True, "nothing to deny"),
        (BeforeAndAfter, "complete", property(lambda _: True), SECRET),
    ],
)
def test_a_rule_that_is_broken_is_seen(secretive, workspace, monkeypatch, owner, rule, broken, leak):
    begin_everything(secretive, workspace)
    monkeypatch.setattr(owner, rule, broken)
    assert leak in leaks(secretive, workspace)


def test_the_tests_open_together_once_the_second_is_complete(built, dossier, workspace):
    work.answer(dossier, workspace, "pre", option="b")
    portfolio = built()
    shown = told(portfolio, "test-pre")
    assert "Answered: 1 of 1." in shown
    for word in ("answer a", "answer b", "Why b.", "Question quiz-pre-1?"):
        assert word not in shown
    assert portfolio.pairs == ()
    assert "Why b." not in both_files(portfolio)
    work.answer(dossier, workspace, "post", option="b")
    portfolio = built()
    assert "Why b." in told(portfolio, "test-pre")
    assert "Right would be" in told(portfolio, "test-post")
    (pair,) = portfolio.pairs
    assert (pair.before, pair.after) == ("right", "wrong")


def test_the_reasons_of_a_test_are_those_its_session_shows(built, dossier, workspace, monkeypatch):
    work.answer(dossier, workspace, "pre", option="b")
    work.answer(dossier, workspace, "post", option="b")
    assert "Why b." in told(built(), "test-pre")
    monkeypatch.setattr(QuizSession, "reasons_to_show", lambda *_: ())
    for name in ("test-pre", "test-post"):
        shown = told(built(), name)
        assert "answer b" in shown
        assert "Why" not in shown
        assert "Right would be" not in shown


def test_a_test_after_the_course_without_one_before_shows_itself(built, dossier, workspace):
    work.answer(dossier, workspace, "post", option="a")
    portfolio = built()
    assert [(pair.before, pair.after) for pair in portfolio.pairs] == [("open", "right")]
    assert entry(portfolio, "test-pre").state == "not_begun"
    assert "Not so" not in both_files(portfolio)


# --- a journal may hold anything -------------------------------------------------------------------------


def test_unknown_activities_and_items_are_counted_at_the_end(built, dossier, workspace):
    workspace.decide("my-page", "1", "text", "A thought of my own.")
    workspace.decide("my-page", "2", "text", "Another one.")
    workspace.decide("07-later", "x", "y", "z")
    workspace.decide("01-practice", "d9-p99-1", "form", "direct")
    workspace.decide("01-practice", "d1-p02-1", "form", "of another codebook")
    workspace.decide("01-chains", "d1-p02-1", "chain", "actor-gone")
    workspace.decide("01-notes", "7", "text", "Seventh.")
    workspace.decide("01-check", "check-01-a", "answer", "f")
    workspace.decide("01-coverage", "prop-may", "d1", "mangled")
    workspace.decide("01-sorter", "contact-bridge", "us_status", "king")
    workspace.decide("01-debate", "mine-1", "argument", "{")
    portfolio = built()
    counts = {other.activity: other.count for other in portfolio.others}
    assert counts == {
        "my-page": 2,
        "07-later": 1,
        "01-practice": 2,
        "01-chains": 1,
        "01-notes": 1,
        "01-check": 1,
        "01-coverage": 1,
        "01-sorter": 1,
        "01-debate": 1,
    }
    assert ("1", "A thought of my own.") in portfolio.others[0].written
    files = both_files(portfolio)
    assert files.count("A thought of my own.") == 2
    assert files.count("Seventh.") == 2
    assert {lesson.state for lesson in portfolio.lessons} == {"not_begun", "nothing"}


def test_every_standing_decision_is_shown_or_counted(dossier, workspace):
    """What the activities know and what is left over are the whole journal, settings apart."""
    work.work_through(dossier, workspace)
    workspace.decide("mine", "x", "y", "z")
    binder = Binder(dossier, workspace)
    standing = [d for d in workspace.journal.state.standing() if d.activity != "workspace"]
    shown, left = binder._sorted_out()
    assert shown.total() + sum(map(len, left.values())) == len(standing)
    assert [(other.activity, other.count) for other in binder.others()] == [("mine", 1)]
    assert binder.overview("en")[1] == 1


def test_other_decisions_carry_the_latest_time_that_can_be_read(built, workspace):
    for number, at in enumerate(
        ("2026-10-01T10:00:00.000Z", "yesterday", "2026-10-01T11:30:00+02:00", "2026-10-01T07:00-05:00")
    ):
        write_line(workspace, activity="mine", item=str(number), field="text", value="x", at=at)
    write_line(workspace, activity="no-time", item="1", field="text", value="x", at="zz top")
    mine, timeless = built().others
    assert (mine.at, timeless.at) == ("2026-10-01T12:00:00Z", "")


def test_foreign_lines_of_the_sorter_are_told_apart_without_reading_its_inventions(
    dossier, workspace, monkeypatch
):
    for number in range(5):
        write_line(workspace, activity="01-sorter", item=f"foreign-{number}", field="text", value="x")
    read = []
    monkeypatch.setattr(SortSession, "inventions", property(lambda _: read.append(1) or ()))
    lessons, others = Binder(dossier, workspace).overview("en")
    assert (others, read) == (5, [])
    assert [lesson.id for lesson in lessons] == list(work.LESSONS)


def test_a_damaged_journal_is_read_as_far_as_it_goes(built, dossier, workspace):
    work.answer(dossier, workspace, "predict", "01")
    with workspace.journal.path.open("ab") as file:
        file.write(b'{"torn": \nnot json\n\xff\xfe\n[]\n')
    write_line(workspace, activity="01-notes", item="1", field="text", value="Still here.", at="yesterday")
    write_line(workspace, activity="01-weigh", item="ev-ida", field="hyp-met", value="for", confidence="?!")
    portfolio = built()
    assert len(portfolio.reports) == 4
    assert entry(portfolio, "01-notes").done == 1
    assert entry(portfolio, "01-weigh").state == "begun"
    files = both_files(portfolio)
    assert files.count("Still here.") == 2
    assert "row 3" in files


def test_an_activity_that_cannot_be_opened_keeps_its_place(small_package, workspace):
    add_lessons(small_package)
    small_package.append(
        "activities",
        id="01-elements",
        lesson="01",
        position="9",
        kind="elements",
        title_en="Elements",
        title_de="Elemente",
        items="case-ida",
        optional="false",
    )
    workspace.decide("01-elements", "contact", "case-ida", "met")
    portfolio = build_portfolio(small_package.load(), workspace, CLOCK)
    found = entry(portfolio, "01-elements")
    assert (found.total, found.state) == (0, "not_begun")
    assert "holds no element" in told(portfolio, "01-elements")
    assert [(other.activity, other.count) for other in portfolio.others] == [("01-elements", 1)]


def test_a_dossier_without_lessons_counts_everything_as_other(small_package, workspace):
    for table in ("lessons", "activities", "prompts"):
        small_package.rows[table].clear()
        small_package.write(table)
    dossier = small_package.load()
    work.answer(dossier, workspace, "post")
    portfolio = build_portfolio(dossier, workspace, CLOCK)
    assert (portfolio.lessons, portfolio.activities) == ((), 0)
    assert [other.activity for other in portfolio.others] == ["test-post"]
    assert "no activities" in both_files(portfolio)
    assert missing_words(portfolio.lessons, "en") == "This course has no activities in its lessons yet."


def test_the_path_counts_what_was_saved_in_each_lesson(dossier, workspace):
    workspace.decide("01-notes", "1", "text", "First.")
    workspace.decide("01-notes", "1", "text", "Second.")
    workspace.take_back(workspace.journal.state.last("01-notes"))
    work.label(dossier, workspace, "01-blind", finish=False)  # with a line of its own for the start
    work.answer(dossier, workspace, "post")
    workspace.decide("mine", "1", "text", "Mine.")
    binder = Binder(dossier, workspace)
    assert list(binder.decisions()["lesson"]) == ["01", "01", "01", "10"]
    workspace.decide("01-notes", "2", "text", "Third.")
    assert len(binder.decisions()) == 5
    workspace.journal.path.unlink()
    workspace.journal.refresh()
    assert len(binder.decisions()) == 0


def test_the_course_is_named_and_only_ours_tells_how_its_labels_were_made(built, small_package, workspace):
    assert built().course.own
    assert "language model" in both_files(built())
    small_package.replace("datapackage.json", '"backchannel-dossier"', '"somebody-elses"')
    other = build_portfolio(small_package.load(), workspace, CLOCK)
    assert not other.course.own
    assert "language model" not in both_files(other)
    assert "README.md" in both_files(other)


def test_the_real_course_is_read_with_a_grid_of_elements(course_data, tmp_path):
    dossier = load_dossier(course_data)
    workspace = Workspace(tmp_path / "workspace", dossier.codebook.version)
    grid = sessions.elements(dossier, workspace, "08-talks")
    row = grid.grid.rows[0].id
    grid.judge(row, "case-talks-2023", "arguable", reason="Two readings.")
    portfolio = build_portfolio(dossier, workspace, CLOCK)
    shown = told(portfolio, "08-talks")
    assert "Two readings." in shown
    assert grid.reading(row, "case-talks-2023").reason.en in shown or "as you" in shown
    assert grid.grid.cells[grid.grid.rows[1].id, "case-talks-2023"].reading.reason.en not in shown
    assert entry(portfolio, "00-notes").title == "First notes on documents and calendar"
    assert len(portfolio.lessons) == 11


def test_what_is_extra_has_its_place_and_counts_for_nothing(small_package, workspace):
    add_lessons(small_package)
    row = small_package.find("activities", id="01-tasks")
    small_package.set("activities", row, optional="true")
    dossier = small_package.load()
    work.work_through(dossier, workspace)
    workspace.take_back(workspace.journal.state.last("01-tasks"))
    portfolio = build_portfolio(dossier, workspace, CLOCK)
    lesson = next(lesson for lesson in portfolio.lessons if lesson.id == "01")
    assert lesson.state == "complete"
    assert (lesson.complete, len(lesson.required), len(lesson.entries)) == (10, 10, 11)
    assert portfolio.what_is_open() == ()
    assert "Title of 01-tasks" in both_files(portfolio)
    tasks = both_files(portfolio).split("Title of 01-tasks")[1:]
    assert any("extra · questions · " in text[:60] for text in tasks)
    assert both_files(portfolio).count("extra · ") == 2  # once in each file
    workspace.use_language("de")
    assert "zusätzlich · Fragen · " in both_files(build_portfolio(dossier, workspace, CLOCK))


def test_a_lesson_with_extras_alone_does_not_say_that_there_is_nothing(small_package, workspace):
    add_lessons(small_package)
    small_package.append(
        "activities",
        id="02-more",
        lesson="02",
        position="1",
        kind="writing",
        title_en="More",
        title_de="Mehr",
        optional="true",
    )
    small_package.append("prompts", activity="02-more", position="1", prompt_en="One?", prompt_de="Eins?")
    dossier = small_package.load()

    def lesson():
        portfolio = build_portfolio(dossier, workspace, CLOCK)
        assert "nothing to do here" not in both_files(portfolio)
        return next(lesson for lesson in portfolio.lessons if lesson.id == "02")

    assert (lesson().state, lesson().complete, lesson().required) == ("not_begun", 0, ())
    workspace.decide("02-more", "1", "text", "More of it.")
    assert lesson().state == "complete"
    work.work_through(dossier, workspace)
    assert "Everything is complete." in both_files(build_portfolio(dossier, workspace, CLOCK))


def test_no_title_of_the_course_says_by_hand_that_something_is_extra(course_data):
    titles = [activity.title for activity in load_dossier(course_data).activities.values()]
    marked = [t.en for t in titles if re.search(r"extra|zusätzlich|zusatz", f"{t.en} {t.de}", re.IGNORECASE)]
    assert marked == []
