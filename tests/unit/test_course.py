"""The door of the lessons: one line for each thing asked for, and a friendly line where it cannot be."""

import json
import subprocess
import sys

import pytest
from whole_course import add_lessons, work_through, write_line

from backchannel.charts import Picture
from backchannel.course import Notice, open_course
from backchannel.errors import BackchannelError, DataError, UsageError


@pytest.fixture
def course(small_package, tmp_path):
    return open_course(small_package.folder, tmp_path / "workspace")


def test_a_block_brings_its_own_claims_dimensions_and_mode(course):
    session = course.session("01-blind")
    assert (session.claims, session.mode) == (("d2-p01-1",), "blind")
    assert [d.id for d in session.dimensions] == ["elements"]


def test_a_new_name_takes_the_whole_dossier_or_what_is_named(course):
    assert len(course.session("mine").claims) == 6
    assert course.session("mine", ["d2", "d1-p01-1"]).claims == (
        "d2-p01-1",
        "d2-p02-1",
        "d2-p02-2",
        "d1-p01-1",
    )
    with pytest.raises(UsageError, match="d7"):
        course.session("mine", ["d7-p01-1"])


def test_comparing_waits_for_labels_and_for_the_end_of_a_blind_block(course):
    assert "Nothing is labelled" in repr(course.agreement_picture("you", "reference", "01-blind"))
    assert "still blind" in repr(course.disputed_picture("A", "reference", block="01-blind"))
    labeller = course.labeller("01-blind")
    labeller.label("d2-p01-1", "elements", "citizen")
    told = course.agreement("you", "reference", "01-blind")
    assert isinstance(told, Notice)
    assert "still blind" in told._repr_html_()
    labeller.finish()
    assert list(course.agreement("you", "reference", "01-blind")["percent"]) == [0.0]
    assert isinstance(course.agreement_picture("you", "reference", "01-blind"), Picture)


def test_a_dimension_skipped_throughout_gives_a_friendly_line(course):
    labeller = course.labeller("01-practice")
    for claim in ("d1-p02-1", "d1-p01-1"):
        labeller.label(claim, "form", "direct")
        labeller.skip(claim, "naming")
    assert "no labels by you" in repr(course.confusion_picture("you", "reference", "naming", "01-practice"))
    assert "no labels by you" in repr(course.confused("you", "reference", "naming", "01-practice"))
    assert isinstance(course.confusion_picture("you", "reference", "form", "01-practice"), Picture)


def test_two_annotators_are_compared_without_anything_of_the_students(course):
    table = course.agreement("A", "B")
    assert list(table["dimension"]) == ["form"]
    pairs = course.confused("A", "B", "form")
    assert list(pairs["claims"]) == ["d1-p01-1"]
    assert isinstance(course.confusion_picture("A", "B", "form"), Picture)
    assert "d1-p01-1" in course.disputed_picture("A", "B").alt
    with pytest.raises(UsageError, match="coder 'C'"):
        course.labels("C")
    with pytest.raises(UsageError, match="named twice"):
        course.agreement("A", "A")


def test_name_and_language_are_remembered_and_an_empty_name_changes_nothing(course, small_package):
    course.use_name("  ").use_name("Kim").use_language("de")
    again = open_course(small_package.folder, course.workspace.folder)
    assert (again.workspace.student, again.language) == ("Kim", "de")
    assert "Kim" in repr(again)


def test_broken_data_are_one_sentence_with_file_row_and_remedy(small_package, tmp_path):
    small_package.set("claims", 2, passage="d1-p77")
    with pytest.raises(DataError, match=r"claims\.csv, row 4: .*d1-p77.*; .*\."):
        open_course(small_package.folder, tmp_path)


def test_a_notebook_shows_the_sentence_without_a_traceback():
    assert BackchannelError("One sentence.")._render_traceback_() == ["One sentence."]


def test_the_lower_half_does_not_load_the_notebook_packages():
    code = "import sys, json, backchannel.labelling; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert not {"ipywidgets", "anywidget", "matplotlib", "IPython"} & set(loaded)


def test_a_document_without_a_reading_edition_is_said_to_have_none(small_package, tmp_path):
    small_package.append(
        "documents",
        **{
            **small_package.rows["documents"][0],
            "id": "d3",
            "label": "D3",
            "passages": "0",
            "sha256": "0" * 64,
        },
    )
    course = open_course(small_package.folder, tmp_path / "workspace")
    assert "D3 has no reading edition" in repr(course.reader("d3"))
    with pytest.raises(UsageError, match="D3 has no reading edition"):
        course.session("mine", ["d3"])


@pytest.mark.parametrize(
    "name",
    [
        "provenance_picture",
        "composition_picture",
        "token_picture",
        "hops_picture",
        "origins_picture",
        "network_picture",
        "root_picture",
        "coverage_picture",
        "drift_picture",
        "evidence_picture",
        "arguments_picture",
        "timeline_picture",
        "criteria_picture",
        "definitions_picture",
        "accusations_picture",
        "elements_picture",
    ],
)
def test_each_picture_of_the_subject_has_its_text_version(course_data, tmp_path, name):
    picture = getattr(open_course(course_data, tmp_path), name)()
    assert len(picture.alt.splitlines()) > 5


def test_the_roots_are_those_of_d1_and_d2_unless_others_are_named(course_data, tmp_path):
    course = open_course(course_data, tmp_path)
    assert course.root_picture().alt == course.root_picture("d1", "d2").alt
    assert course.root_picture("d3", "d5").title == "Common roots: D3 and D5"
    assert course.use_language("de").root_picture("d1", "d4").title == "Gemeinsame Wurzeln: D1 und D4"


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        (("d1", "d9"), "There is no document 'd9'; use one of d1"),
        (("d1",), "name two documents or more"),
        (("d1", "d1"), "name two documents or more"),
    ],
)
def test_roots_of_one_or_an_unknown_document_are_refused(course_data, tmp_path, documents, sentence):
    with pytest.raises(UsageError, match=sentence):
        open_course(course_data, tmp_path).root_picture(*documents)


def test_the_network_leaves_foreign_threads_out_unless_asked_for(course_data, tmp_path):
    course = open_course(course_data, tmp_path)
    assert "Phoenix" not in course.network_picture("d2").alt
    assert "Phoenix" in course.network_picture("d2", threads=True).alt
    with pytest.raises(UsageError, match="There is no document 'd9'"):
        course.network_picture("d9", threads=True)


def test_the_activities_start_on_an_empty_journal(course_data, tmp_path):
    course = open_course(course_data, tmp_path)
    assert repr(course.sorter("05-sorter")) == "Sorter('05-sorter')"
    assert repr(course.coverage("06-coverage")) == "JudgementGrid('06-coverage')"
    assert repr(course.hypotheses("07-weigh")) == "JudgementGrid('07-weigh')"
    assert repr(course.elements("08-check", "case-talks-2023")) == "JudgementGrid('08-check')"
    assert repr(course.chain_builder("02-chains", ["d1-p02-1", "d5"])) == "ChainBuilder('02-chains')"
    assert repr(course.debate()) == "DebateBoard('09-debate')"
    with pytest.raises(UsageError, match="There is no claim 'd9-p01-1'"):
        course.chain_builder("02-chains", ["d9-p01-1"])


def test_every_activity_of_a_lesson_opens_by_its_name_alone(course):
    assert course.chain_builder("01-chains").session.claims == ("d1-p02-1", "d2-p01-1")
    assert course.sorter("01-sorter").session.contacts == ("contact-bridge",)
    assert [row.id for row in course.coverage("01-coverage").session.grid.rows] == ["prop-may"]
    assert [row.id for row in course.hypotheses("01-signals").session.grid.rows] == ["ev-ida"]
    assert [item.id for item in course.questions("01-bridge").session.items] == ["task-01-bridge"]
    assert course.write("01-notes").prompts == {"1": "What did you see?", "2": "What surprised you?"}


def test_prompts_come_in_the_language_of_the_interface(course):
    course.use_language("de")
    assert course.write("01-notes").prompts["1"] == "What did you see? (deutsch)"


def test_an_unknown_activity_is_refused_with_those_of_its_kind(course):
    with pytest.raises(UsageError, match="use one of these: 01-bridge"):
        course.questions("01-notes")
    with pytest.raises(UsageError, match="use one of these: 01-notes"):
        course.write("01-diary")


def test_a_question_within_a_lesson_shows_its_reasons_once_answered(course):
    quiz = course.questions("01-bridge")
    assert quiz.session.reasons_to_show("task-01-bridge") == ()
    quiz.answer("task-01-bridge", "a")
    assert [option.correct for option in quiz.session.reasons_to_show("task-01-bridge")] == [False, True]


def test_the_comparison_waits_for_the_test_after_the_course(course):
    told = course.before_and_after()
    assert isinstance(told, Notice)
    assert "you have answered 0 of 1" in repr(told)
    assert "the test after the course, in lesson 01, is complete" in repr(told)
    course.test("pre").answer("quiz-pre-1", "b")
    assert isinstance(course.before_and_after(), Notice)
    course.test("post").answer("quiz-post-1", "b")
    picture = course.before_and_after()
    assert isinstance(picture, Picture)
    assert "Right before: 1 of 1. Right after: 0 of 1." in picture.alt


def test_the_comparison_names_no_lesson_where_there_is_none(small_package, tmp_path):
    for table in ("lessons", "activities", "prompts"):
        small_package.rows[table].clear()
        small_package.write(table)
    course = open_course(small_package.folder, tmp_path / "workspace")
    assert "the test after the course is complete; you have" in repr(course.before_and_after())


def test_a_first_test_never_taken_is_not_counted_as_wrong(course):
    course.test("post").answer("quiz-post-1", "a")
    assert "was not taken. Right after: 1 of 1." in course.before_and_after().alt
    assert "Right before" not in course.before_and_after().alt


def test_the_path_is_drawn_over_all_lessons(small_package, tmp_path):
    add_lessons(small_package)
    course = open_course(small_package.folder, tmp_path / "workspace")
    assert "Nothing is saved yet" in course.path_picture().alt
    course.test("pre").answer("quiz-pre-1", "b")
    course.test("post").answer("quiz-post-1", "b")
    course.write("01-notes").write(1, "A thought.")
    lines = course.path_picture().alt.splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == ["lesson 00", "lesson 01", "lesson 02", "lesson 10"]
    assert ["decisions: 1" in line for line in lines[1:]] == [True, True, False, True]
    write_line(course.workspace, activity="01-notes", item="2", field="text", value="x", at="yesterday")
    assert course.path_picture().alt.splitlines() == lines


def test_the_portfolio_is_written_at_any_time_and_says_what_is_missing(small_package, tmp_path):
    dossier = add_lessons(small_package)
    course = open_course(small_package.folder, tmp_path / "workspace")
    told = course.write_portfolio()
    assert isinstance(told, Notice)
    assert "workspace/portfolio.html (" in repr(told)
    assert "Download" in repr(told)
    assert "13 of 13 activities are still open, first “Test before the course” in lesson 00." in repr(told)
    work_through(dossier, course.workspace)
    told = course.write_portfolio(str(tmp_path / "else" / "where"))
    assert repr(told).endswith("Nothing is missing.")
    assert "data:image/png;base64," in (tmp_path / "else" / "where" / "portfolio.html").read_text()
    assert "data:" not in (tmp_path / "workspace" / "portfolio.html").read_text().split("</head>")[1]


def test_the_portfolio_may_go_into_a_folder_of_ones_home(course, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    told = course.write_portfolio("~/mine")
    assert (tmp_path / "home" / "mine" / "portfolio.md").is_file()
    assert "home/mine/portfolio.html (" in repr(told)
    assert not (tmp_path / "~").exists()
    with pytest.raises(BackchannelError, match="~nobody-of-that-name/x is in the home of someone"):
        course.write_portfolio("~nobody-of-that-name/x")


def test_a_portfolio_that_cannot_be_written_is_one_sentence(course, tmp_path):
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "portfolio.html").mkdir()
    with pytest.raises(BackchannelError, match=r"^The portfolio was not written: .*\.$"):
        course.write_portfolio()


def test_the_tests_open_together_and_then_their_answers_stand(course):
    before, after = course.test("pre"), course.test("post")
    before.answer("quiz-pre-1", "a")
    assert before.session.reasons_to_show("quiz-pre-1") == ()
    assert "Why b." not in before.static_html()
    after.answer("quiz-post-1", "b")
    assert len(after.session.reasons_to_show("quiz-post-1")) == 2
    assert "Why b." in course.test("pre").static_html()
    with pytest.raises(UsageError, match="all answers stand"):
        after.answer("quiz-post-1", "a")
    with pytest.raises(UsageError, match="all answers stand"):
        before.answer("quiz-pre-1", "b")
    assert "Right before: 0 of 1. Right after: 0 of 1." in course.before_and_after().alt


def test_a_forecast_comes_before_what_it_is_about(course):
    told = course.after("01-notes", course.glance())
    assert isinstance(told, Notice)
    assert "Notes" in repr(told)
    assert "“Your prediction”" in repr(course.after("01-predict", 1))
    course.write("01-notes").write(1, "I expect two bars.")
    assert isinstance(course.after("01-notes", course.glance()), Picture)


def test_another_kernel_sees_that_the_tests_are_open_before_it_answers(small_package, tmp_path):
    here, there = (open_course(small_package.folder, tmp_path / "workspace") for _ in range(2))
    late = there.test("post")
    here.test("post").answer("quiz-post-1", "b")
    with pytest.raises(UsageError, match="all answers stand"):
        late.answer("quiz-post-1", "a")


def test_the_last_answer_of_a_test_may_be_sent_again(course):
    quiz = course.test("post")
    for _ in range(2):
        quiz.session.answer("quiz-post-1", "b", decision_id="abc")
    assert quiz.session.chosen("quiz-post-1").id == "b"


def test_a_prompt_keeps_its_name_in_the_journal_where_another_goes(small_package, tmp_path):
    small_package.drop("prompts", 0)
    course = open_course(small_package.folder, tmp_path / "workspace")
    writing = course.write("01-notes")
    assert writing.prompts == {"2": "What surprised you?"}
    writing.write(2, "The bridge.")
    assert course.workspace.journal.state.get("01-notes", "2", "text").value == "The bridge."


def test_a_misspelt_activity_does_not_hide_a_picture_for_ever(course):
    with pytest.raises(UsageError, match="no activity '01-nots'"):
        course.after("01-nots", course.glance())


def test_an_emptied_field_and_another_kernel_count_for_what_waits(small_package, tmp_path):
    here, there = (open_course(small_package.folder, tmp_path / "workspace") for _ in range(2))
    here.write("01-notes").write(1, "A thought.")
    assert there.after("01-notes", "shown") == "shown"
    here.write("01-notes").write(1, "")
    assert isinstance(there.after("01-notes", "shown"), Notice)
