"""The track sorter under a student's hands, by keyboard alone, in both themes."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, run_all

OPEN = """from backchannel import open_course
from backchannel.sorting import SortSession
from backchannel.widgets.sorter import Sorter
course = open_course()"""
CONTACTS = ["contact-lavrov-new-york-2023", "contact-video-call-2021", "contact-burns-naryshkin-2022"]
SORT = f'Sorter(SortSession(course.dossier, course.workspace, activity="05-sorter", contacts={CONTACTS}))'


@pytest.fixture
def notebook(course_folder):
    found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (OPEN, SORT)])
    found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(found, course_folder / "own.ipynb")
    return "own.ipynb"


def lines(workspace):
    path = workspace / "journal.jsonl"
    found = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(line["item"], line["field"], line["value"]) for line in found]


def picture(page, widget, name):
    """Keep a picture for a person to look at, where a folder for pictures is named."""
    if folder := os.environ.get("BACKCHANNEL_PICTURES"):
        page.wait_for_timeout(300)
        widget.screenshot(path=str(Path(folder) / f"sorter-{name}.png"))


def violations(page):
    found = Axe().run(page, context=".bc").response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_contact_is_sorted_compared_and_tried_by_keyboard_alone(request, theme, notebook, workspace):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    lab = request.getfixturevalue("lab" if theme == "light" else "dark_lab")
    page.set_viewport_size({"width": 1400, "height": 2400})
    open_notebook(page, lab, notebook)
    run_all(page)
    widget = page.get_by_test_id("sorter")
    widget.focus()
    choices = widget.get_by_test_id("choices")
    expect(choices).to_have_attribute("data-criterion", "us_status")
    picture(page, widget, f"{theme}-1-start")
    page.keyboard.press("7")  # citizens
    expect(choices).to_have_attribute("data-criterion", "russian_status")
    page.keyboard.press("u")
    expect(choices).to_have_attribute("data-criterion", "us_status")
    page.keyboard.press("5")  # experts
    expect(choices).to_have_attribute("data-criterion", "russian_status")
    page.keyboard.press("5")
    expect(choices).to_have_attribute("data-criterion", "third_party")
    page.keyboard.press("1")
    expect(choices).to_have_attribute("data-criterion", "mandate")
    expect(widget.get_by_test_id("track-asymmetric")).to_have_attribute("data-track", "track_2")
    assert widget.get_by_test_id("reading").count() == 0
    page.keyboard.press("3")  # nobody spoke for a government
    expect(choices).to_have_attribute("data-criterion", "briefed")
    page.keyboard.press("1")
    expect(widget.get_by_test_id("enough")).to_be_visible()
    expect(widget.get_by_test_id("parting").locator("li")).to_have_count(2)
    assert violations(page) == []
    picture(page, widget, f"{theme}-2-sorted")

    page.keyboard.press("c")
    expect(widget.get_by_test_id("reading")).to_be_visible()
    expect(widget.get_by_test_id("track-asymmetric")).to_contain_text("What made the difference")
    expect(widget.locator("[data-testid=saved][data-state=saved]")).to_be_visible()
    assert violations(page) == []
    picture(page, widget, f"{theme}-3-compared")

    page.keyboard.press("n")
    expect(widget.get_by_test_id("contact-title")).to_have_attribute("data-contact", CONTACTS[1])
    assert widget.get_by_test_id("reading").count() == 0
    page.keyboard.press("ArrowDown")
    expect(choices).to_have_attribute("data-criterion", "russian_status")

    widget.get_by_test_id("mode-free").focus()
    page.keyboard.press("Enter")
    start = widget.get_by_test_id("start")
    start.focus()
    page.keyboard.press("ArrowDown")  # the first sketch
    expect(widget.get_by_test_id("sketch")).to_contain_text("Oslo")
    chosen = widget.get_by_test_id("free-us_status-expert")
    expect(chosen).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Tab")
    expect(chosen).to_be_focused()
    picture(page, widget, f"{theme}-4-free")
    page.keyboard.press("1")  # in office
    expect(widget.get_by_test_id("free-us_status-official")).to_have_attribute("aria-checked", "true")
    expect(widget.get_by_test_id("free-us_status-official")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(widget.get_by_test_id("free-us_status-envoy")).to_have_attribute("aria-checked", "true")
    widget.get_by_test_id("keep-title").focus()
    page.keyboard.type("My n1 talks")
    page.keyboard.press("Enter")
    expect(widget.get_by_text("Contacts you invented and kept")).to_be_visible()
    assert violations(page) == []
    kept = next(line for line in lines(workspace) if line[1] == "criteria")
    assert kept[2].startswith("us_status=envoy")
    assert lines(workspace)[:3] == [
        (CONTACTS[0], "us_status", "citizen"),
        (CONTACTS[0], "undo", lines(workspace)[1][2]),
        (CONTACTS[0], "us_status", "expert"),
    ]
    assert (CONTACTS[0], "compared", "yes") in lines(workspace)


BUSY = """async () => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  kernel.requestExecute({ code: 'import time; time.sleep(1.5)' });
  while (kernel.status !== 'busy') await new Promise((done) => setTimeout(done, 5));
}"""


def test_keys_typed_ahead_of_a_slow_kernel_do_not_change_the_answer_before(page, lab, notebook, workspace):
    """The old question still stands then; the second key was meant for the next one."""
    open_notebook(page, lab, notebook)
    run_all(page)
    widget = page.get_by_test_id("sorter")
    widget.focus()
    page.evaluate(BUSY)
    for key in ("7", "5", "6"):
        page.keyboard.press(key)
    expect(widget.get_by_test_id("choices")).to_have_attribute("data-criterion", "russian_status")
    expect(widget.locator("[data-testid=saved][data-state=saved]")).to_be_visible()
    assert [(field, value) for _, field, value in lines(workspace)] == [("us_status", "citizen")]
