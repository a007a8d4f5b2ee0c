"""Questions: which are asked, what an answer shows, and that tests give nothing away."""

from __future__ import annotations

import pytest

from backchannel.errors import UsageError
from backchannel.journal import Decision, new_id, now
from backchannel.quiz import QuizSession, load_items
from backchannel.workspace import Workspace


@pytest.fixture
def ask(small_dossier, workspace):
    """Return a function that opens the questions of a form."""

    def opens(form, kernel=workspace):
        return QuizSession(kernel, activity=f"01-{form}", items=load_items(small_dossier, form))

    return opens


def test_questions_come_in_their_order_with_answers_in_theirs(small_package):
    small_package.rows["quiz_options"].reverse()
    small_package.write("quiz_options")
    first, second = load_items(small_package.load(), "check", "01")
    assert (first.id, second.id) == ("check-01-a", "check-01-b")
    assert [option.id for option in first.options] == ["a", "b", "c"]
    assert [option.correct for option in first.options] == [True, False, False]
    assert (first.question.de, first.options[1].text.en, first.options[1].reason.de) == (
        "Frage check-01-a?",
        "answer b",
        "Warum b.",
    )
    assert first.sources == ("source-style",)


def test_a_prediction_has_no_right_answer(small_dossier):
    (item,) = load_items(small_dossier, "predict", "01")
    assert [option.correct for option in item.options] == [None, None]


@pytest.mark.parametrize(
    ("form", "lesson", "sentence"),
    [
        ("check", "07", "There are no questions of the form 'check' for lesson 07."),
        ("exam", "", "There are no questions of the form 'exam' for lesson any."),
    ],
)
def test_questions_that_do_not_exist_are_said(small_dossier, form, lesson, sentence):
    with pytest.raises(UsageError) as error:
        load_items(small_dossier, form, lesson)
    assert str(error.value) == sentence


def test_the_last_answer_counts(ask):
    quiz = ask("check")
    assert quiz.chosen("check-01-a") is None
    quiz.answer("check-01-a", "b")
    quiz.answer("check-01-a", "a", confidence="high")
    assert quiz.chosen("check-01-a").id == "a"
    assert quiz.decision("check-01-a").confidence == "high"
    assert quiz.answered == 1


def test_an_answer_sent_twice_is_written_once(ask, workspace):
    quiz = ask("check")
    for _ in range(2):
        quiz.answer("check-01-a", "b", decision_id="click-1")
    assert [d.id for d in workspace.journal.decisions] == ["click-1"]


def test_a_check_shows_all_reasons_once_it_is_answered(ask):
    quiz = ask("check")
    assert quiz.reasons_to_show("check-01-a") == ()
    quiz.answer("check-01-a", "b")
    assert [option.id for option in quiz.reasons_to_show("check-01-a")] == ["a", "b", "c"]
    assert quiz.reasons_to_show("check-01-b") == ()


def test_a_prediction_shows_the_reason_of_the_chosen_answer_only(ask):
    quiz = ask("predict")
    assert quiz.reasons_to_show("predict-01") == ()
    quiz.answer("predict-01", "b")
    assert [option.id for option in quiz.reasons_to_show("predict-01")] == ["b"]


@pytest.mark.parametrize("form", ["pre", "post"])
def test_a_test_shows_no_reasons_even_when_all_is_answered(ask, form):
    quiz = ask(form)
    quiz.answer(f"quiz-{form}-1", "a")
    assert quiz.answered == len(quiz.items) == 1
    assert quiz.reasons_to_show(f"quiz-{form}-1") == ()


@pytest.mark.parametrize(
    ("item", "option", "sentence"),
    [
        ("check-99", "a", "The question 'check-99' is not part of 01-check."),
        ("predict-01", "a", "The question 'predict-01' is not part of 01-check."),
        ("check-01-b", "c", "The question check-01-b has no answer 'c'; choose one of a, b."),
        ("check-01-b", "", "The question check-01-b has no answer ''; choose one of a, b."),
    ],
)
def test_an_answer_that_does_not_exist_is_said_and_nothing_is_written(ask, workspace, item, option, sentence):
    with pytest.raises(UsageError) as error:
        ask("check").answer(item, option)
    assert str(error.value) == sentence
    assert workspace.journal.decisions == ()


def test_answers_outlive_the_kernel(ask, workspace):
    ask("check").answer("check-01-a", "c")
    again = ask("check", Workspace(workspace.folder))
    assert again.chosen("check-01-a").id == "c"
    assert again.answered == 1


def test_an_answer_that_no_longer_exists_counts_as_none(ask, workspace):
    workspace.folder.mkdir()
    line = Decision(new_id(), now(), "", "01-check", "check-01-b", "answer", "f").line()
    workspace.journal.path.write_bytes(line)
    quiz = ask("check")
    workspace.journal.refresh()
    assert quiz.chosen("check-01-b") is None
    assert quiz.reasons_to_show("check-01-b") == ()
    assert quiz.answered == 0
