"""The portfolio under a student's hands: the path by keyboard alone, and the written page in a browser."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, run_all

WORK = """from backchannel import open_course
course = open_course().use_name("Kim <i>Ola</i>")
course.write("00-notes").write(1, "# Five texts\\n<script>document.title = 'broken'</script> and *no* more.")
for quiz in (course.predict("00"), course.check("00"), course.test("pre")):
    for item in quiz.session.items:
        quiz.answer(item.id, item.options[0].id)
labeller = course.labeller("03-blind")
labeller.label("d1-p02-2", "speech_form", "direct", note="a word | of mine")"""
FINISH = """test = course.test("post")
for item in test.session.items:
    test.answer(item.id, item.options[0].id)"""


@pytest.fixture
def notebook(course_folder):
    cells = [nbformat.v4.new_code_cell(cell) for cell in (WORK, "course.portfolio()", FINISH)]
    found = nbformat.v4.new_notebook(cells=cells)
    found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(found, course_folder / "own.ipynb")
    return "own.ipynb"


def picture(page, what, name, **how):
    """Keep a picture for a person to look at, where a folder for pictures is named."""
    if folder := os.environ.get("BACKCHANNEL_PICTURES"):
        page.wait_for_timeout(300)
        what.screenshot(path=str(Path(folder) / f"portfolio-{name}.png"), **how)


def violations(page, context):
    found = Axe().run(page, context=context).response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_path_is_read_and_the_portfolio_written_by_keyboard_alone(request, theme, notebook, workspace):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    lab = request.getfixturevalue("lab" if theme == "light" else "dark_lab")
    page.set_viewport_size({"width": 1400, "height": 1800})
    open_notebook(page, lab, notebook)
    (workspace / "portfolio.md").mkdir(parents=True)  # in the way
    run_all(page)
    widget = page.get_by_test_id("portfolio")
    expect(widget.get_by_test_id("lesson-00")).to_have_attribute("data-state", "begun")
    expect(widget.get_by_test_id("lesson-03")).to_contain_text("begun")

    widget.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    notes = widget.get_by_test_id("entry-00-notes")
    expect(notes).to_be_visible()
    expect(notes).to_contain_text("written: 1 of 2")
    expect(widget.get_by_test_id("next").locator("li").first).to_contain_text("First notes")
    assert violations(page, ".bc") == []

    first = widget.get_by_test_id("lesson-01")
    expect(first.locator(".bc-path-count")).to_have_text("0 of 6 complete")
    expect(first.locator(".bc-path-bar > span")).to_have_count(6)
    expect(widget.get_by_test_id("entry-01-more")).to_contain_text(
        "A caption and a doubled line (extra) ○ not begun"
    )

    status = widget.get_by_test_id("status")
    widget.focus()
    page.keyboard.press("w")
    expect(status).to_have_attribute("data-state", "problem")
    expect(status).to_contain_text("make room or choose a folder")
    assert list(workspace.glob("portfolio.html*")) == []
    assert violations(page, ".bc") == []
    picture(page, widget, f"{theme}-1-problem")

    (workspace / "portfolio.md").rmdir()
    button = widget.get_by_test_id("write")
    while not button.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(status).to_have_attribute("data-state", "written")
    expect(status).to_contain_text("are still open, first “First notes")
    expect(button).to_be_focused()
    for name in ("portfolio.html", "portfolio.md"):
        expect(widget.get_by_test_id(f"file-{name}")).to_contain_text(
            re.compile(rf"workspace/{name}, \d+ KB")
        )
        assert (workspace / name).stat().st_size > 1000
    assert "_a word \\| of mine_" not in (workspace / "portfolio.md").read_text(encoding="utf-8")
    assert "a word \\| of mine" in (workspace / "portfolio.md").read_text(encoding="utf-8")
    assert violations(page, ".bc") == []
    picture(page, widget, f"{theme}-2-written")
    page.set_viewport_size({"width": 640, "height": 1800})
    picture(page, widget, f"{theme}-3-narrow")

    look_at_the_page(page, workspace / "portfolio.html", theme)


def look_at_the_page(page, file, theme):
    """The written file opens on its own: nothing is fetched or run, nothing runs over at any width."""
    page.goto("about:blank")  # what JupyterLab still asks for is not the page's doing
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for width in (1100, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(file.as_uri())
        assert page.title() == "Portfolio – Kim <i>Ola</i>"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page, "html") == []
        picture(page, page, f"page-{theme}-{width}", full_page=True)
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (background == "rgb(255, 253, 248)") == (theme == "light")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, page, f"page-{theme}-print", full_page=True)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
