"""The lint passes a good lesson and catches one planted fault for each of its rules."""

from __future__ import annotations

import pytest

from backchannel.authoring import lint as linting
from backchannel.authoring import prose
from backchannel.authoring.lessons import Known, find_lessons, is_readable, read_lesson
from backchannel.authoring.lint import RULES, lint, lint_files
from backchannel.dossier import Activity, LessonCard
from backchannel.errors import DataError, UsageError
from backchannel.words import Text

KNOWN = Known(
    frozenset({"source-style", "source-statute"}),
    frozenset({"d1-p02-1"}),
    frozenset({"d1-p02"}),
    {"03": LessonCard("03", Text("Two claims", "Zwei"), Text("Who says so?", "Wer sagt das?"))},
    {
        name: Activity(name, name[:2], kind, Text(name, name), ())
        for name, kind in (("03-notes", "writing"), ("00-notes", "writing"), ("04-cases", "elements"))
    },
)

LONG = "The clerk who " + "said that he " * 15 + "came."


def found(notebook):
    return [str(remark) for remark in lint(read_lesson(notebook.save()), KNOWN)]


def test_a_good_lesson_passes(good_lesson):
    assert found(good_lesson) == []


def about(**more):
    return lambda lesson: lesson.metadata["backchannel"].update(more)


def edit(cell_id, old, new):
    return lambda lesson: lesson.replace(cell_id, old, new)


def say(text):
    """Add a sentence to the prose of the guided work."""
    return edit("work-intro", "[source-style].", f"[source-style].\n\n{text}")


def code(text):
    return lambda lesson: lesson.cell("work").update(source=text)


def show(*outputs, **data):
    def change(lesson):
        output = {"output_type": "display_data", "metadata": {}, "data": dict(data)}
        lesson.cell("work")["outputs"] = list(outputs) or [output]

    return change


def html(text):
    return show(**{"text/html": text, "text/plain": "x"})


def stream(name, text):
    return show({"output_type": "stream", "name": name, "text": text})


def rename(name):
    return lambda lesson: setattr(lesson, "path", lesson.path.with_name(name))


def move(cell_id, before):
    def change(lesson):
        cell = lesson.cell(cell_id)
        lesson.cells.remove(cell)
        lesson.cells.insert(lesson.cells.index(lesson.cell(before)), cell)

    return change


def put(cell_id, **more):
    return lambda lesson: lesson.cell(cell_id).update(more)


FAULTS = [
    # rule, the fault, what is said of it
    ("the_file_is_a_lesson", rename("lesson3.ipynb"), "the name of the file is not NN_name.ipynb"),
    (
        "the_file_is_a_lesson",
        rename("04_two_claims.ipynb"),
        "the file and its metadata name different lessons",
    ),
    ("the_file_is_a_lesson", lambda lesson: setattr(lesson, "minor", 4), "it has the format 4.4 and not 4.5"),
    ("the_file_is_a_lesson", lambda lesson: lesson.metadata.pop("kernelspec"), "its kernel is None"),
    ("the_file_is_a_lesson", lambda lesson: lesson.metadata.update(widgets={}), "the state of widgets"),
    ("the_metadata_is_complete", lambda lesson: lesson.metadata.pop("backchannel"), "has no question"),
    ("the_metadata_is_complete", about(needs=[]), "has no needs in the form agreed"),
    ("the_metadata_is_complete", about(minutes={"reading": "15", "tasks": 30}), "has no minutes"),
    (
        "the_first_cell_asks_the_question",
        about(title="Other claims"),
        "its first line is not '# 03 Other claims'",
    ),
    ("the_first_cell_asks_the_question", edit("start", "> **Central", "**Central"), "question is missing"),
    ("the_first_cell_asks_the_question", about(question="Who?"), "is not that of the metadata"),
    ("the_first_cell_asks_the_question", put("start", cell_type="raw"), "does not begin with prose"),
    ("the_parts_stand_in_order", edit("start", "## You need", "## Needed"), "'## You need' is missing"),
    ("the_parts_stand_in_order", say("## Key points"), "'## Key points' is there more than once"),
    ("the_parts_stand_in_order", edit("work-intro", "## The claims", "Claims."), "no heading of its own"),
    ("the_parts_stand_in_order", move("check-intro", "predict-intro"), "stand in another order"),
    ("headings_nest", say("#### Deep"), "'Deep' jumps from level 2 to 4"),
    ("headings_nest", say("# Second"), "'Second' is a second title"),
    (
        "the_objectives_are_those_of_the_metadata",
        edit("start", "- compare", "- weigh"),
        "stands in the list only",
    ),
    (
        "the_objectives_are_those_of_the_metadata",
        lambda lesson: lesson.metadata["backchannel"]["objectives"].append("draw one"),
        "'draw one' stands in the metadata only",
    ),
    (
        "the_objectives_are_those_of_the_metadata",
        lambda lesson: (
            about(objectives=["Understand two claims", "name the source of each"])(lesson),
            edit("start", "compare two claims\n-", "Understand two claims\n-")(lesson),
        ),
        "does not begin with a verb",
    ),
    (
        "the_minutes_are_true_to_the_metadata",
        edit("start", "15 reading", "16 reading"),
        "does not state the minutes",
    ),
    ("the_minutes_are_true_to_the_metadata", about(minutes={"reading": 15, "tasks": 46}), "takes 61 minutes"),
    ("the_prediction_comes_first", code('course.predict("03")'), "has 2 predictions and needs one"),
    ("the_prediction_comes_first", put("predict", source="course"), "has 0 predictions and needs one"),
    ("the_prediction_comes_first", edit("predict", "03", "04"), "the prediction of another lesson"),
    (
        "the_prediction_comes_first",
        move("work", "predict-intro"),
        "course.glance comes before the prediction",
    ),
    ("the_prediction_comes_first", move("predict", "predict-intro"), "does not stand below"),
    ("the_check_closes_the_lesson", put("check", source="course"), "no questions stand below"),
    ("the_check_closes_the_lesson", move("check", "check-intro"), "no questions stand below"),
    ("the_check_closes_the_lesson", edit("check", "03", "04"), "the questions of another lesson"),
    (
        "the_lesson_is_that_of_the_tables",
        lambda lesson: (
            lesson.replace("start", "Two claims", "Two more claims"),
            about(title="Two more claims")(lesson),
        ),
        "its title in the metadata is not 'Two claims', as in lessons.csv",
    ),
    (
        "the_activities_are_those_of_the_tables",
        code('course.write("03-diary")'),
        "course.write names '03-diary', which activities.csv does not have as writing",
    ),
    (
        "the_activities_are_those_of_the_tables",
        code('course.debate("04-cases")'),
        "course.debate names '04-cases', which activities.csv does not have as debate",
    ),
    (
        "the_activities_are_those_of_the_tables",
        code('course.after("03-nots", course.glance())'),
        "course.after looks at '03-nots', which activities.csv does not have",
    ),
    (
        "the_activities_are_those_of_the_tables",
        put("notes", source='course.write("00-notes")'),
        "activities.csv has 03-notes for this lesson, and no cell asks for it",
    ),
    ("the_next_step_is_named", edit("end", "The next lesson is still to come.", ""), "nothing stands below"),
    ("cells_have_readable_ids", put("end", id="work"), "2 cells have this id"),
    ("cells_have_readable_ids", put("end", id="5f3a9c1b"), "cell 5f3a9c1b: the id is not readable"),
    ("cells_have_readable_ids", lambda lesson: lesson.cells[-1].pop("id"), "the id is not readable"),
    (
        "prose_comes_before_code",
        lambda lesson: lesson.cells.remove(lesson.cell("work-intro")),
        "no prose stands",
    ),
    (
        "prose_comes_before_code",
        put("work-intro", source="## The claims"),
        "no prose stands before this code",
    ),
    ("code_is_short", code("\n".join(["1"] * 9)), "the code has 9 lines and may have 8"),
    ("code_is_short", code(f"'{'x' * 99}'"), "line 1 has 101 characters"),
    ("code_is_plain", code("%matplotlib inline"), "it holds a magic"),
    ("code_is_plain", code("1\n!ls"), "it holds a magic"),
    ("code_is_plain", code("course.glance?"), "it holds a magic"),
    ("code_is_plain", code("1 +"), "line 1 is not Python"),
    ("code_is_plain", code("import micropip"), "it imports micropip"),
    ("code_is_plain", code("import numpy as np"), "it imports numpy"),
    ("code_is_plain", code("from backchannel import journal"), "it imports backchannel.journal"),
    (
        "code_is_plain",
        code("from backchannel.journal import Journal"),
        "it imports backchannel.journal.Journal",
    ),
    ("code_is_plain", code("pip.main()"), "it uses pip"),
    ("code_is_plain", code("input()"), "it uses input"),
    (
        "code_is_plain",
        code('import pandas as pd\npd.read_csv("https://a.org/b")'),
        "an address of the network",
    ),
    ("code_is_plain", code("try:\n    1\nexcept ValueError:\n    2"), "it catches errors"),
    (
        "nothing_is_kept_from_the_tests",
        put("work", metadata={"tags": ["raises-exception"]}),
        "raises-exception",
    ),
    ("nothing_is_kept_from_the_tests", put("work", metadata={"tags": ["nbval-skip"]}), "nbval-skip keeps it"),
    ("nothing_is_kept_from_the_tests", code("# NBVAL_IGNORE_OUTPUT\n1"), "NBVAL_IGNORE_OUTPUT keeps it"),
    (
        "cells_were_run_in_order",
        put("work", execution_count=None, outputs=[]),
        "cell work: the cell was not run",
    ),
    ("cells_were_run_in_order", put("work", execution_count=7), "it was run as number 7 and not as 3"),
    (
        "outputs_show_no_errors",
        show({"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}),
        "its output is the error ValueError",
    ),
    (
        "outputs_show_no_errors",
        stream("stderr", "x\nDeprecationWarning: y\n"),
        "it warns 'DeprecationWarning: y'",
    ),
    ("outputs_hold_no_traces", stream("stdout", "saved in /home/ida/journal"), "an absolute path, '/home/'"),
    ("outputs_hold_no_traces", html('<a href="file:///x">'), "an absolute path, 'file://'"),
    ("outputs_hold_no_traces", stream("stdout", "C:\\Users"), "an absolute path"),
    ("outputs_hold_no_traces", stream("stdout", "<object at 0x7f12ab34cd56>"), "a memory address"),
    (
        "outputs_hold_no_traces",
        show(**{"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}),
        "the id of a widget's model",
    ),
    ("pictures_have_words", show(**{"image/png": "AAAA"}), "a picture in its output has no alternative text"),
    (
        "pictures_have_words",
        show(**{"image/svg+xml": "<svg/>"}),
        "a picture in its output has no alternative",
    ),
    ("pictures_have_words", html('<img src="x.png">'), "a picture in its output has no alternative text"),
    (
        "pictures_have_words",
        html('<img alt="A."><img alt=" ">'),
        "a picture in its output has no alternative",
    ),
    ("pictures_have_words", say("![](03_two_claims.ipynb)"), "a picture has no alternative text"),
    ("pictures_have_words", say('<img src="03_two_claims.ipynb">'), "a picture has no alternative text"),
    ("citations_resolve", say("So it is [source-nobody]."), "it cites source-nobody"),
    ("citations_resolve", say("So says source-style."), "source-style stands outside square brackets"),
    ("citations_resolve", say("So it is, `d1-p09-1`."), "it cites d1-p09-1"),
    ("citations_resolve", say("So it is, d1-p02-1."), "the claim d1-p02-1 stands outside backticks"),
    (
        "the_sources_are_those_cited",
        say("So it is [source-statute]."),
        "source-statute is cited and not listed",
    ),
    (
        "the_sources_are_those_cited",
        edit("end", "## Next", "- [source-statute] A statute.\n\n## Next"),
        "source-statute is listed and not cited",
    ),
    (
        "the_sources_are_those_cited",
        edit("end", " A style guide (2019).", ""),
        "listed twice or without words",
    ),
    ("links_lead_somewhere", say("See [there](nowhere.ipynb)."), "'nowhere.ipynb' leads to no file"),
    ("links_lead_somewhere", say("See [there](/etc/hosts)."), "'/etc/hosts' is not relative"),
    ("links_lead_somewhere", say("See [there](https://a.org)."), "'https://a.org' leaves the course"),
    ("links_lead_somewhere", say("See [there](#Nowhere)."), "'#Nowhere' leads to no heading"),
    ("the_tone_is_calm", say("Well done!"), "it holds an exclamation mark, 'May, code. Well done!'"),
    ("the_tone_is_calm", say("Well done 🎉."), "it holds the emoji"),
    ("the_tone_is_calm", say("This is Easy."), "it uses the word 'easy'"),
    (
        "the_tone_is_calm",
        edit("work-intro", "## The claims", "## Simply the claims"),
        "it uses the word 'simply'",
    ),
    ("sentences_are_short", say(LONG), "the sentence 'The clerk who said that he said that …' has 49 words"),
    (
        "sentences_are_short",
        say(f"{'The clerk said ' * 13}so. " * 20),
        "words on average and may have 22; shorten the longest; the longest of all, here, has 40",
    ),
]


@pytest.mark.parametrize(
    ("rule", "plant", "said"), FAULTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_planted_fault_is_caught(good_lesson, rule, plant, said):
    plant(good_lesson)
    lesson = read_lesson(good_lesson.save())
    (function,) = [function for function in RULES if function.__name__ == rule]
    remarks = [str(remark) for remark in function(lesson, KNOWN)]
    assert any(said in remark for remark in remarks), remarks
    assert all(remark.startswith(good_lesson.path.name) and remark.endswith(".") for remark in remarks)


def test_each_rule_has_a_planted_fault_and_names_the_reader_it_spares():
    assert {rule for rule, _, _ in FAULTS} == {function.__name__ for function in RULES}
    assert all((function.__doc__ or "").startswith("Spare the") for function in RULES)


@pytest.mark.parametrize(
    "plant",
    [
        say("The guide is [here](#The-claims), the lesson [there](03_two_claims.ipynb#Next)."),
        say("She calls it «sehr einfach!» and “just so!”, and `x!` is code."),
        say("```\nsource-nobody! # no heading\n```"),
        edit("end", "(2019).", "(2019), [online](https://example.org/guide)."),
        edit("start", "> **Central question.** Who says so?", "> **Central question.** Who\n> says so?"),
        edit("start", "- name the source of each", "* name the\n  source of each"),
        html('<a href="https://a.org/home/x">x</a><img alt="A" src="data:image/png;base64,0x7f12ab/home/">'),
        code("import pandas as pd\n\npd.DataFrame()"),
        put("work", metadata={"tags": ["long"]}),
    ],
)
def test_what_is_no_fault_passes(good_lesson, plant):
    plant(good_lesson)
    assert found(good_lesson) == []


def test_an_empty_notebook_is_told_and_no_rule_fails_on_it(good_lesson):
    good_lesson.cells.clear()
    good_lesson.metadata.clear()
    assert len(found(good_lesson)) > 10


# --- the command


@pytest.fixture
def course(good_lesson, small_package):
    """Return the good lesson in a course of its own."""
    assert small_package.folder.parent == good_lesson.path.parent.parent
    two = {"title_en": "Two claims", "title_de": "Zwei Aussagen"}
    asked = {"question_en": "Who says so?", "question_de": "Wer sagt das?"}
    small_package.append("lessons", id="03", **two, **asked)
    small_package.append(
        "activities", id="03-notes", lesson="03", position="1", kind="writing", optional="false", **two
    )
    small_package.append(
        "prompts", activity="03-notes", position="1", prompt_en="Notes:", prompt_de="Notizen:"
    )
    return good_lesson


def test_the_command_passes_a_good_lesson(course, capsys):
    assert linting.main([str(course.save())]) == 0
    assert capsys.readouterr().out == "1 lesson read, 0 remarks.\n"


def test_the_command_tells_each_fault_with_its_cell_and_a_remedy(course, capsys):
    say("So it is [source-nobody].")(course)
    assert linting.main([str(course.save())]) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "03_two_claims.ipynb, cell work-intro: it cites source-nobody; cite an id of sources.csv."
    assert last == "1 lesson read, 2 remarks."


def test_the_command_refuses_a_lesson_that_does_not_exist(capsys):
    with pytest.raises(SystemExit) as stopped:
        linting.main(["99"])
    assert stopped.value.code == 2
    assert "There is no lesson '99'" in capsys.readouterr().err


def test_a_broken_file_is_a_remark_and_does_not_hide_the_others(good_lesson, tmp_path):
    (tmp_path / "00_broken.ipynb").write_text("{", encoding="utf-8")
    say("Well done!")(good_lesson)
    first, second = lint_files([tmp_path / "00_broken.ipynb", good_lesson.save()], KNOWN)
    assert first.startswith("00_broken.ipynb cannot be read as a notebook (")
    assert "exclamation mark" in second


@pytest.mark.parametrize(
    "text", ["", "[]", '{"cells": []}', '{"cells": 1, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}']
)
def test_what_is_no_notebook_is_told(tmp_path, text):
    (tmp_path / "x.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"x\.ipynb cannot be read as a notebook"):
        read_lesson(tmp_path / "x.ipynb")


def test_a_lesson_is_found_by_number_name_and_path(good_lesson):
    path = good_lesson.save()
    for name in ("03", "03_two_claims", "03_two_claims.ipynb", str(path)):
        assert find_lessons([name], path.parent) == (path,)
    assert find_lessons(["03", "03_two_claims"], path.parent) == (path,)
    assert find_lessons((), path.parent) == (path,)
    with pytest.raises(UsageError, match="the lessons are: 03_two_claims"):
        find_lessons(["04"], path.parent)


# --- prose


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("One. Two? Three", ["One.", "Two?", "Three"]),
        ("See e.g. Ida, cf. No. 3 of J. Doe. Then go.", ["See e.g. Ida, cf. No. 3 of J. Doe.", "Then go."]),
        ("a soft\nbreak\n\nanother", ["a soft break", "another"]),
        ("- one\n- two\n  more\n\n1. three", ["one", "two more", "three"]),
        ("## Heading\n\n| a | b |\n|---|---|\n\n> Quoted.", ["Quoted."]),
        ("It is so [source-style]. Ask `course.x()`.", ["It is so.", "Ask code."]),
        ("He said «so.» Then [more](x.md).", ["He said «so.»", "Then more."]),
        ("On 27 July 2023. 3.5 of them.", ["On 27 July 2023.", "3.5 of them."]),
    ],
)
def test_sentences_are_cut_where_a_reader_cuts_them(markdown, expected):
    assert list(prose.sentences(markdown)) == expected


def test_words_are_counted_as_a_reader_counts_them():
    assert prose.count_words("Don’t count well-known words, 3.5 of them – or the U.S.") == 10


@pytest.mark.parametrize(
    ("cell_id", "readable"),
    [
        ("practice-intro", True),
        ("practice-2", True),
        ("5f3a9c1b", False),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", False),
        ("Practice", False),
        ("a--b", False),
        ("", False),
        ("x" * 65, False),
    ],
)
def test_an_id_is_readable_where_a_person_wrote_it(cell_id, readable):
    assert is_readable(cell_id) == readable
