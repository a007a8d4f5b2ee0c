"""A debate built by keyboard alone: keys stay in it, drafts survive a reload, the best case comes last."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, reload, run_all
from backchannel.dossier import load_dossier

CELL = """from backchannel import open_course
from backchannel.debate import DebateSession
from backchannel.widgets.debate import DebateBoard

course = open_course()
DebateBoard(DebateSession(course.dossier, course.workspace))"""
VOICE = "arg-keep-a-line"
PICTURES = os.environ.get("BACKCHANNEL_PICTURES")


@pytest.fixture
def notebook(course_folder):
    found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(found, course_folder / "own.ipynb")
    return "own.ipynb"


def arguments(workspace):
    path = workspace / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [json.loads(line["value"]) for line in lines if line["field"] == "argument"]


def press(page, testid, key="Enter"):
    """Press a key on an element that the keyboard reaches."""
    target = page.get_by_test_id(testid)
    target.focus()
    page.keyboard.press(key)


def cite(page, query):
    page.get_by_test_id("search").focus()
    page.keyboard.type(query)
    expect(page.locator("[data-testid^=hit-]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("search")).to_have_value("")


def violations(page):
    found = Axe().run(page, context=".bc").response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


def picture(page, widget, name):
    if PICTURES:
        widget.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_debate_is_built_by_keyboard_alone(request, theme, notebook, workspace, course_folder):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    lab = request.getfixturevalue("lab" if theme == "light" else "dark_lab")
    if PICTURES:  # tall enough for the whole board, with a cell about 960 px wide
        page.set_viewport_size({"width": 1420, "height": 3000})
    secret = load_dossier(course_folder / "course_data").tables["logan_arguments"].set_index("id")["text_en"]
    open_notebook(page, lab, notebook)
    run_all(page)
    widget = page.get_by_test_id("debate")
    progress = widget.get_by_test_id("progress")
    press(page, "role-senate")
    press(page, "position-repeal", "Space")
    expect(progress).to_have_text("1 of 5 steps")

    widget.focus()
    page.keyboard.press("n")
    page.keyboard.type("Nobody can tell beforehand, run or not, which talks the Act forbids.")
    cite(page, "source-feldman-2017")
    cite(page, "d1 p4")
    reload(page)  # nothing was saved: the draft waits in the browser
    run_all(page)
    sentence = page.get_by_test_id("sentence")
    expect(sentence).to_have_value("Nobody can tell beforehand, run or not, which talks the Act forbids.")
    expect(page.get_by_test_id("cited").locator("li")).to_have_count(2)
    assert arguments(workspace) == []
    picture(page, widget, f"{theme}-1-draft")
    press(page, "save")
    expect(progress).to_have_text("2 of 5 steps")
    expect(sentence).to_have_value("")

    page.get_by_test_id("voices").locator("summary").focus()
    page.keyboard.press("Enter")
    picture(page, widget, f"{theme}-2-voices")
    press(page, f"take-{VOICE}")
    press(page, "take-arg-keep-deterrence")
    expect(page.get_by_test_id(f"argument-{VOICE}")).to_be_visible()
    press(page, f"strongest-{VOICE}")
    expect(progress).to_have_text("4 of 5 steps")
    assert secret[VOICE] not in page.content()

    widget.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id(f"argument-{VOICE}")).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.type("A statement within days drew the same line without a criminal law.")
    cite(page, "source-sullivan-2023-07-07")
    page.get_by_test_id("search").focus()
    page.keyboard.type("back channel")
    expect(page.locator("[data-testid^=hit-]").first).to_be_visible()
    picture(page, widget, f"{theme}-3-search")
    assert violations(page) == []
    page.keyboard.press("Escape")
    press(page, "save")
    expect(page.get_by_test_id("complete")).to_be_visible()
    expect(page.get_by_test_id("cases")).to_contain_text(secret[VOICE])
    assert secret["arg-keep-deterrence"] not in page.content()
    picture(page, widget, f"{theme}-4-complete")
    assert violations(page) == []

    own = page.locator("[data-argument^=mine-]").first
    own.focus()
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" Really.")
    press(page, "save")
    expect(own).to_contain_text("Really.")
    widget.focus()
    page.keyboard.press("u")
    expect(own).not_to_contain_text("Really.")
    page.get_by_test_id("argument-arg-keep-deterrence").focus()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("argument-arg-keep-deterrence")).to_have_count(0)
    assert [one["answers"] for one in arguments(workspace)][:2] == ["", VOICE]
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == 1
