"""The chain builder under a student's hands: by keyboard alone, by mouse, in both themes."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, reload, run_all

OPEN = """from backchannel import open_course
from backchannel.chains import ChainSession
from backchannel.widgets.chain import ChainBuilder
course = open_course()
session = ChainSession(course.dossier, course.workspace, activity="02-chains",
                       claims=["d1-p02-1", "d3-p09-3", "d1-p03-2"])
ChainBuilder(session)"""


@pytest.fixture
def notebook(course_folder):
    found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(OPEN)])
    found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(found, course_folder / "own.ipynb")
    return "own.ipynb"


def chains(workspace):
    path = workspace / "journal.jsonl"
    found = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(line["item"], line["value"]) for line in found if line["field"] == "chain"]


def press_mouth(page, widget, actor):
    """Press the number that stands beside a mouth."""
    number = widget.get_by_test_id("mouth-actor-" + actor).locator("kbd").inner_text()
    page.keyboard.press(number)


def built(widget, *actors):
    """Wait until the chain on the screen is this one."""
    expect(widget.locator("[data-testid=own] li")).to_have_count(len(actors))
    for place, actor in enumerate(actors):
        row = widget.locator("[data-testid=own] li").nth(place)
        expect(row).to_have_attribute("data-actor", "actor-" + actor)


def picture(widget, name):
    """Keep a picture where a folder for them is named."""
    if folder := os.environ.get("BACKCHANNEL_SHOTS"):
        widget.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chains_are_built_by_keyboard_alone(request, theme, notebook, workspace):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    lab = request.getfixturevalue("lab" if theme == "light" else "dark_lab")
    page.set_viewport_size({"width": 1180, "height": 2300})
    open_notebook(page, lab, notebook)
    run_all(page)
    widget = page.get_by_test_id("chain")
    widget.focus()
    for actor in ("moscow-times", "nbc", "tagesspiegel", "ex-official"):
        press_mouth(page, widget, actor)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")  # the Tagesspiegel, one up
    page.keyboard.press("Shift+ArrowUp")
    built(widget, "tagesspiegel", "moscow-times", "nbc", "ex-official")
    expect(widget.get_by_test_id("unsaved")).to_be_visible()
    picture(widget, f"chain-{theme}-open")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    built(widget, "tagesspiegel", "moscow-times", "ex-official")
    expect(widget.get_by_test_id("feedback")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(widget.get_by_test_id("verdict")).to_contain_text("the same as the course’s")
    expect(widget.get_by_test_id("anonymous")).to_contain_text("Former US official")
    expect(widget.get_by_test_id("unsaved")).to_have_count(0)

    page.keyboard.press("n")
    expect(widget.locator(".bc-claim-text").first).to_have_attribute("data-claim", "d3-p09-3")
    for actor in ("d3-outlet", "carlson", "reuters", "russian-sources"):
        press_mouth(page, widget, actor)
    page.keyboard.press("Enter")
    kinds = widget.locator("[data-testid=differences] li")
    expect(kinds).to_have_count(2)
    assert [kinds.nth(n).get_attribute("data-kind") for n in range(2)] == ["extra", "origin"]
    expect(widget.get_by_test_id("arguable")).to_be_visible()
    expect(widget.get_by_test_id("progress")).to_have_text("2 of 3 chains checked")
    assert Axe().run(page, context=".bc").response["violations"] == []
    picture(widget, f"chain-{theme}-checked")
    page.keyboard.press("u")
    expect(widget.get_by_test_id("progress")).to_have_text("1 of 3 chains checked")
    expect(widget.get_by_test_id("feedback")).to_have_count(0)
    assert chains(workspace) == [
        ("d1-p02-1", "actor-tagesspiegel;actor-moscow-times;actor-ex-official"),
        ("d3-p09-3", "actor-d3-outlet;actor-carlson;actor-reuters;actor-russian-sources"),
    ]


def test_chains_are_built_by_mouse_and_a_chain_not_saved_survives_a_reload(page, lab, notebook, workspace):
    open_notebook(page, lab, notebook)
    run_all(page)
    widget = page.get_by_test_id("chain")
    for actor in ("nbc", "moscow-times", "tagesspiegel"):
        widget.get_by_test_id("mouth-actor-" + actor).click()
    widget.get_by_test_id("up-actor-tagesspiegel").click()
    widget.get_by_test_id("up-actor-tagesspiegel").click()
    assert page.evaluate("() => document.activeElement.closest('[data-testid=chain]') !== null")
    widget.get_by_test_id("remove-actor-nbc").click()
    built(widget, "tagesspiegel", "moscow-times")
    assert chains(workspace) == []
    reload(page)
    run_all(page)
    widget = page.get_by_test_id("chain")
    built(widget, "tagesspiegel", "moscow-times")
    widget.get_by_test_id("check").click()
    expect(widget.get_by_test_id("verdict")).to_contain_text("at one point")
    widget.get_by_test_id("claims").select_option("d1-p03-2")
    expect(widget.locator(".bc-claim-text").first).to_have_attribute("data-claim", "d1-p03-2")
    assert chains(workspace) == [("d1-p02-1", "actor-tagesspiegel;actor-moscow-times")]
