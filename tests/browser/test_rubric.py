"""Marking under an instructor's hands: by keyboard alone, with hostile answers, and with nothing lost."""

import json
import os
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from rubric_class import ANSWERS, EXERCISE, GOOD, TASK, add_answers, make_class

from backchannel.authoring.browser import open_notebook, reload, run_all, running_lab
from backchannel.classroom import gradebook
from backchannel.classroom.folder import ClassFolder, Place

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "solutions/grading.ipynb"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("template") / "class")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """One JupyterLab for all tests here; each has a course, a class and a kernel of its own in it."""
    root = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("BACKCHANNEL_CLASS", raising=False)
        with running_lab(root, root / "workspace") as running:
            yield running


@pytest.fixture
def folder(lab, template, request):
    """A course as instructors have it, with a class whose answers wait to be marked."""
    course = lab.folder / re.sub(r"\W+", "-", request.node.name)
    for name in ("course_data", "solutions"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(template.root, course / "class")
    return ClassFolder(course / "class", course)


def marks(folder):
    """Return what the gradebook holds, by pseudonym of the class of the tests."""
    table = gradebook.scores(folder).set_index("student")
    given = table[table["manual"].notna()]
    names = {student: f"S{n:02}" for n, student in enumerate(ANSWERS, start=1)}
    return {names[student]: (row["manual"], row["comment"]) for student, row in given.iterrows()}


def picture(page, widget, name):
    """Keep a picture for a person to look at, where a folder for pictures is named."""
    if place := os.environ.get("BACKCHANNEL_PICTURES"):
        page.wait_for_timeout(300)
        widget.screenshot(path=str(Path(place) / f"rubric-{name}.png"))


def violations(page):
    found = Axe().run(page, context=".bc").response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


def start(page, lab, folder, *, theme="light", width=1500, height=1500):
    page.set_viewport_size({"width": width, "height": height})
    (look,) = lab.folder.glob(".jupyter-home/settings/**/themes.jupyterlab-settings")
    look.write_text(json.dumps({"theme": f"JupyterLab {theme.title()}"}))
    open_notebook(page, lab, f"{folder.project.name}/{NOTEBOOK}")
    run_all(page)
    widget = page.get_by_test_id("rubric")
    on_screen(widget, "S01")
    return widget


def on_screen(widget, who):
    expect(widget.get_by_test_id("who")).to_have_text(who)


def saved(widget):
    expect(widget.locator("[data-testid=saved][data-state=saved]")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_three_answers_are_marked_by_keyboard_alone(request, theme, lab, folder):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    widget = start(page, lab, folder, theme=theme)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "light").lower())
    points, level = widget.get_by_test_id("points"), widget.get_by_test_id("level")
    widget.focus()
    page.keyboard.press("Enter")
    expect(widget.get_by_test_id("notice")).to_be_visible()
    page.keyboard.press("2")
    expect(points).to_have_text("4 of 8")
    expect(level).to_have_text("emergent")
    for key in ("+", "ArrowUp", "-"):
        page.keyboard.press(key)
    expect(points).to_have_text("4.5 of 8")
    expect(level).to_have_text("between emergent and proficient")
    page.keyboard.press("c")
    page.keyboard.type("Name the word: 12 npu.")  # the keys of the widget do nothing in a field
    expect(points).to_have_text("4.5 of 8")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(widget.get_by_test_id("in-bank")).to_be_visible()
    assert violations(page) == []
    picture(page, widget, f"{theme}-1-draft")
    page.keyboard.press("Enter")

    on_screen(widget, "S02")
    saved(widget)
    expect(widget.get_by_test_id("position")).to_have_text("answer 2 of 7")
    expect(widget.get_by_test_id("bars")).to_have_attribute("aria-label", re.compile(r"4\.5 points: 1\."))
    page.keyboard.press("3")
    page.keyboard.press("b")
    page.keyboard.type("THE wor")
    expect(widget.get_by_test_id("bank-option")).to_have_count(1)
    assert violations(page) == []
    picture(page, widget, f"{theme}-2-bank")
    page.keyboard.press("Enter")
    expect(widget.get_by_test_id("comment")).to_have_value("Name the word: 12 npu.")
    page.keyboard.press("c")
    page.keyboard.press("End")
    page.keyboard.type(" Again.")
    page.keyboard.press("Control+Enter")

    on_screen(widget, "S03")
    answer = widget.get_by_test_id("answer")
    expect(answer).to_contain_text("<script>document.title = 'broken'</script>")
    expect(answer).to_contain_text("![a picture](http://192.0.2.7/track.png)")
    assert answer.locator("script, style, img, a, iframe").count() == 0
    picture(page, widget, f"{theme}-3-hostile")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    on_screen(widget, "S04")
    saved(widget)
    expect(answer).to_contain_text("‹U+202E›elbatoc si ti‹U+202C›")
    page.keyboard.press("u")
    on_screen(widget, "S03")
    expect(points).to_have_text("no points yet")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    on_screen(widget, "S04")
    saved(widget)
    assert marks(folder) == {
        "S01": (4.5, "Name the word: 12 npu."),
        "S02": (1.0, "Name the word: 12 npu. Again."),
        "S03": (0.0, ""),
    }

    page.keyboard.press("n")
    on_screen(widget, "S05")
    expect(widget.get_by_test_id("words")).to_contain_text("(150 to 220 asked for)")
    box = answer.bounding_box()
    assert box["height"] < 600, "a long answer has a box of its own to scroll in"
    answer.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.querySelector('[data-testid=answer]').scrollTop > 0")
    expect(points).to_have_text("no points yet")
    assert violations(page) == []
    picture(page, widget, f"{theme}-4-long")

    for name in ("Amann", "ada.", "Ernst"):
        assert name not in widget.inner_html()
    assert page.title() != "broken"
    assert page.locator(".jp-Cell").count() == 7, "a key reached Jupyter's own commands"
    assert [url for url in asked if not url.startswith((lab.url, "data:", "blob:"))] == []


def test_what_is_typed_survives_a_reload_and_a_mark_that_came_first(page, lab, folder):
    widget = start(page, lab, folder)
    widget.focus()
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    on_screen(widget, "S02")
    expect(widget.get_by_test_id("unsaved")).to_contain_text("S01")
    reload(page)
    run_all(page)
    on_screen(widget, "S01")
    expect(widget.get_by_test_id("comment")).to_have_value("Half a thought")
    expect(widget.get_by_test_id("points")).to_have_text("4 of 8")
    expect(widget.get_by_test_id("standing")).to_contain_text("Not saved yet.")
    assert marks(folder) == {}

    gradebook.give(folder, Place("ada.amann", EXERCISE), TASK, 7.0, "A colleague’s.")
    widget.focus()
    page.keyboard.press("Enter")
    expect(widget.locator("[data-testid=saved][data-state=problem]")).to_contain_text(
        "somebody else has saved"
    )
    expect(widget.get_by_test_id("comment")).to_have_value("Half a thought")
    expect(widget.get_by_test_id("standing")).to_contain_text("In the gradebook: 7 of 8.")
    expect(widget.get_by_test_id("standing")).to_contain_text("A colleague’s.")
    assert violations(page) == []
    picture(page, widget, "5-colleague")
    page.keyboard.press("Enter")
    on_screen(widget, "S02")
    saved(widget)
    assert marks(folder) == {"S01": (4.0, "Half a thought")}
    expect(widget.get_by_test_id("unsaved")).to_have_count(0)


def test_a_mark_that_cannot_be_saved_waits_and_may_be_changed(page, lab, folder):
    widget = start(page, lab, folder, width=1366, height=768)
    expect(widget.get_by_test_id("spread")).not_to_have_attribute("open", "")  # short of room
    with sqlite3.connect(folder.gradebook) as connection:
        connection.execute(
            "create trigger full before update on grade begin select raise(abort, 'full'); end"
        )
    widget.focus()
    page.keyboard.press("c")
    page.keyboard.type("Kept.")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    problem = widget.locator("[data-testid=saved][data-state=problem]")
    expect(problem).to_contain_text("Nothing was saved")
    on_screen(widget, "S01")
    expect(widget.get_by_test_id("comment")).to_have_value("Kept.")
    page.keyboard.press("+")
    expect(widget.get_by_test_id("points")).to_have_text("4.5 of 8")
    with sqlite3.connect(folder.gradebook) as connection:
        connection.execute("drop trigger full")
    page.keyboard.press("Enter")
    on_screen(widget, "S02")
    saved(widget)
    assert marks(folder) == {"S01": (4.5, "Kept.")}


def test_the_mouse_marks_too_and_names_filters_and_bank_are_at_hand(page, lab, folder):
    widget = start(page, lab, folder)
    widget.get_by_test_id("level-basic").click()
    widget.get_by_test_id("more").click()
    page.keyboard.press("Enter")  # after a click the keys go on
    on_screen(widget, "S02")
    saved(widget)
    assert marks(folder) == {"S01": (1.5, "")}
    widget.get_by_test_id("names").click()
    on_screen(widget, "Ben Busch")
    widget.get_by_test_id("filter").select_option("all")
    on_screen(widget, "Ben Busch")
    expect(widget.get_by_test_id("position")).to_have_text("answer 2 of 8")
    widget.get_by_test_id("jump").select_option(label="1 · Ada Amann · 1.5 of 8")
    on_screen(widget, "Ada Amann")
    widget.get_by_test_id("names").click()
    on_screen(widget, "S01")

    widget.get_by_test_id("comment").fill("Good *marks*.")
    widget.get_by_test_id("everywhere").check()
    widget.get_by_test_id("keep").click()
    editor = widget.get_by_test_id("editor")
    editor.locator("summary").click()
    expect(editor).to_contain_text("for every task")
    editor.get_by_test_id("edit").click()
    editor.get_by_test_id("bank-words").fill("Good marks.")
    editor.get_by_test_id("bank-save").click()
    expect(editor.locator("li")).to_contain_text("Good marks.")
    assert violations(page) == []
    picture(page, widget, "6-editor")
    editor.get_by_test_id("drop").click()
    editor.get_by_test_id("put-back").click()
    expect(editor.locator("li")).to_contain_text("Good marks.")
    widget.get_by_test_id("comment").fill("")
    widget.get_by_test_id("bank").click()
    widget.get_by_test_id("bank-option").click()
    expect(widget.get_by_test_id("comment")).to_have_value("Good marks.")
    widget.get_by_test_id("save").click()
    saved(widget)
    assert marks(folder) == {"S01": (1.5, "Good marks.")}


def test_an_answer_and_its_levels_fit_a_screen_in_both_languages(page, lab, folder):
    add_answers(folder, {f"ida.{n:02}": GOOD for n in range(12)})
    widget = start(page, lab, folder, width=1400, height=1000)
    expect(widget.get_by_test_id("spread")).to_have_attribute("open", "")
    twins = widget.get_by_test_id("twins")
    expect(twins.locator("summary")).to_have_text(
        re.compile(r"^The same words .* by S07 .*, .* and 11 others\.$")
    )
    expect(twins.locator("p")).to_be_hidden()
    assert twins.locator("p").text_content().count("no points yet") == 13
    expect(widget.get_by_test_id("level-proficient")).to_contain_text("1 = highest level")
    widget.focus()
    page.keyboard.press("2")

    widget.get_by_test_id("names").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    german = widget.get_by_test_id("language-de")
    expect(german).to_be_focused()
    page.keyboard.press("Enter")
    expect(german).to_have_attribute("aria-pressed", "true")
    expect(german).to_be_focused()
    expect(widget.get_by_test_id("points")).to_have_text("4 von 8")  # the draft is still there
    expect(twins.locator("summary")).to_contain_text("und 11 weitere.")
    assert violations(page) == []
    fits(page, widget, "german")
    widget.get_by_test_id("language-en").click()
    expect(widget.get_by_test_id("points")).to_have_text("4 of 8")
    widget.focus()
    for who in ("S02", "S03", "S04", "S05"):  # the last is the longest
        page.keyboard.press("n")
        on_screen(widget, who)
    fits(page, widget, "english")


def fits(page, widget, name):
    widget.evaluate("widget => widget.scrollIntoView()")
    parts = (
        "task",
        "language-de",
        "who",
        "answer",
        "level-proficient",
        "level-basic",
        "points",
        "comment",
        "save",
        "standing",
    )
    for part in parts:
        expect(widget.get_by_test_id(part)).to_be_in_viewport(ratio=1)
    picture(page, widget, f"7-{name}")
