"""Grids of judgements by keyboard alone, in both themes; BACKCHANNEL_SHOTS may name a folder for pictures."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, reload, run_all

OPEN = """from backchannel import open_course
from backchannel import grids
from backchannel.widgets.grid import JudgementGrid
course = open_course()
def show(activity, grid):
    return JudgementGrid(grids.GridSession(course.workspace, grid, activity=activity))"""
CELLS = (
    'show("06-own", grids.coverage_grid(course.dossier, ["prop-mt-secret-talks", "prop-mt-frequency"]))',
    'show("07-own", grids.hypothesis_grid(course.dossier, ["ev-us-denial", "ev-nyt-doubts"]))',
    'show("08-own", grids.element_grid(course.dossier, "case-talks-2023"))',
)


@pytest.fixture
def notebook(course_folder):
    found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (OPEN, *CELLS)])
    found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(found, course_folder / "own.ipynb")
    return "own.ipynb"


def judged(widget, count):
    expect(widget.get_by_test_id("progress")).to_have_text(re.compile(rf"^{count} of "))
    expect(widget.locator("[data-testid=saved][data-state=saved]")).to_be_visible()


def shoot(widget, name):
    if folder := os.environ.get("BACKCHANNEL_SHOTS"):
        widget.screenshot(path=str(Path(folder) / f"{name}.png"))


def violations(page):
    found = Axe().run(page, context=".bc").response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_three_grids_are_judged_by_keyboard_alone(request, theme, notebook, workspace):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    lab = request.getfixturevalue("lab" if theme == "light" else "dark_lab")
    # Wide enough for a widget of about 960 pixels, high enough for a whole one in a picture.
    page.set_viewport_size({"width": 1400, "height": 3400})
    open_notebook(page, lab, notebook)
    run_all(page)
    coverage, hypotheses, elements = (page.get_by_test_id("grid").nth(n) for n in range(3))

    coverage.focus()
    page.keyboard.press("2")
    judged(coverage, 1)
    expect(coverage.get_by_test_id("cell-d2")).to_be_focused()
    expect(coverage.get_by_test_id("reading-d1")).to_be_empty()
    expect(coverage.locator("[data-tells]")).to_have_count(0)
    shoot(coverage, f"coverage-before-{theme}")
    page.keyboard.press("1")
    judged(coverage, 2)
    expect(coverage.get_by_test_id("reading-d1")).to_contain_text("as you")
    expect(coverage.locator("[data-tells=true]").first).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Security officials became defence officials.")
    page.keyboard.press("Escape")
    expect(coverage.get_by_test_id("reason")).to_have_value(re.compile("^Security"))
    page.keyboard.press("ArrowUp")  # from the first row to the last
    expect(coverage.get_by_test_id("row")).to_have_attribute("data-row", "prop-mt-frequency")
    page.keyboard.press("ArrowDown")
    expect(coverage.get_by_test_id("row")).to_have_attribute("data-row", "prop-mt-secret-talks")
    shoot(coverage, f"coverage-{theme}")

    hypotheses.focus()
    for number, key in enumerate("42245", start=1):
        page.keyboard.press(key)
        judged(hypotheses, number)
    page.keyboard.press("ArrowDown")
    expect(hypotheses.get_by_test_id("row")).to_have_attribute("data-row", "ev-nyt-doubts")
    shoot(hypotheses, f"hypotheses-before-{theme}")
    for key in "42133":  # as fast as fingers are
        page.keyboard.press(key)
    judged(hypotheses, 10)
    page.keyboard.press("u")
    judged(hypotheses, 9)
    page.keyboard.press("3")
    judged(hypotheses, 10)
    expect(hypotheses.get_by_test_id("result")).to_have_attribute("open", "")
    shoot(hypotheses, f"hypotheses-{theme}")

    elements.focus()
    for number, key in enumerate("1311332", start=1):
        page.keyboard.press(key)
        judged(elements, number)
        page.keyboard.press("o")
        page.wait_for_timeout(150)
    expect(elements.get_by_test_id("result")).to_contain_text("On this it turns")
    shoot(elements, f"elements-{theme}")
    assert violations(page) == []

    lines = [json.loads(line) for line in (workspace / "journal.jsonl").read_text().splitlines()]
    kept = [(line["activity"], line["item"], line["field"], line["value"]) for line in lines[:2]]
    assert kept == [
        ("06-own", "prop-mt-secret-talks", "d1", "changed"),
        ("06-own", "prop-mt-secret-talks", "d2", "kept"),
    ]
    assert lines[2]["note"].startswith("Security officials")
    reload(page)
    run_all(page)
    judged(page.get_by_test_id("grid").nth(1), 10)


def test_a_slow_click_on_the_next_column_counts(page, lab, notebook, workspace):
    """A hand holds the button for a moment; what moves on the press must not take the button away."""
    page.set_viewport_size({"width": 1400, "height": 3400})
    open_notebook(page, lab, notebook)
    run_all(page)
    coverage, hypotheses = (page.get_by_test_id("grid").nth(n) for n in range(2))
    # A touch that becomes a scroll is cancelled; the keys then act on the column with the focus.
    coverage.get_by_test_id("cell-d1").dispatch_event("pointerdown")
    coverage.get_by_test_id("cell-d1").dispatch_event("pointercancel", {"bubbles": True})
    coverage.get_by_test_id("cell-d2").focus()
    expect(coverage.get_by_test_id("cell-d2")).to_have_attribute("data-here", "true")
    cells = hypotheses.locator(".bc-grid-cell")
    for number in range(cells.count()):
        cells.nth(number).locator(".bc-grid-pick").first.click(delay=90)
        judged(hypotheses, number + 1)
        expect(cells.nth(number)).to_have_attribute("data-here", "true")
    assert cells.count() > 2
