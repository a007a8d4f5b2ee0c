"""The labeller under a student's hands: focus, held keys, folds, sets, and answers that had to wait."""

import json
import os
import re
import signal

import nbformat
import pytest
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, reload, run_all

OPEN = "from backchannel import open_course\ncourse = open_course()"
BLOCK = 'course.labeller("{name}", ["d1-p02-1", "d1-p03-1", "d1-p04-1"], {dimensions}, mode="{mode}")'


@pytest.fixture
def notebook(course_folder):
    """Write a notebook with these cells and return its name."""

    def write(*cells):
        found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (OPEN, *cells)])
        found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(found, course_folder / "own.ipynb")
        return "own.ipynb"

    return write


def block(name="own", mode="practice", dimensions=("speech_form", "stance")):
    return BLOCK.format(name=name, dimensions=list(dimensions), mode=mode)


def lines(workspace, field):
    path = workspace / "journal.jsonl"
    found = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [line for line in found if line["field"] == field]


def labelled(widget, count):
    expect(widget.get_by_test_id("progress")).to_have_text(re.compile(rf"^{count} of "))


def test_after_a_click_the_keys_go_on_and_folds_stay_as_they_were(page, lab, notebook):
    open_notebook(page, lab, notebook(block()))
    run_all(page)
    widget = page.get_by_test_id("labeller")
    examples = widget.locator("details", has_text="Examples")
    examples.locator("summary").click()
    widget.locator("details", has_text="How to decide").locator("summary").click()
    widget.get_by_test_id("label-direct").click()
    labelled(widget, 1)
    assert page.evaluate("() => document.activeElement.closest('[data-testid=labeller]') !== null")
    page.keyboard.press("2")
    labelled(widget, 2)
    expect(examples).to_have_attribute("open", "")
    expect(widget.locator("details", has_text="How to decide")).not_to_have_attribute("open", "")
    page.keyboard.press("n")
    expect(widget.locator(".bc-claim-text").first).to_have_attribute("data-claim", "d1-p03-1")


def test_a_key_held_down_is_one_decision(page, lab, notebook, workspace):
    open_notebook(page, lab, notebook(block(mode="blind", dimensions=("stance",))))
    run_all(page)
    widget = page.get_by_test_id("labeller")
    widget.focus()
    for _ in range(5):
        page.keyboard.down("2")  # a key that is not released repeats itself
    page.keyboard.up("2")
    labelled(widget, 1)
    page.keyboard.press("u")
    labelled(widget, 0)
    assert len(lines(workspace, "stance")) == 1


def test_a_set_is_saved_once_and_undo_shows_it_undone(page, lab, notebook, workspace):
    open_notebook(page, lab, notebook(block(dimensions=("logan_elements",))))
    run_all(page)
    widget = page.get_by_test_id("labeller")
    widget.focus()
    for key in "31":
        page.keyboard.press(key)
    expect(widget.get_by_text("Not saved yet.")).to_be_visible()
    page.keyboard.press("Enter")
    labelled(widget, 1)
    page.keyboard.press("Enter")
    expect(widget.locator(".bc-claim-text").first).to_have_attribute("data-claim", "d1-p03-1")
    assert [line["value"] for line in lines(workspace, "logan_elements")] == ["citizen;intercourse"]
    page.keyboard.press("u")
    expect(widget.locator(".bc-claim-text").first).to_have_attribute("data-claim", "d1-p02-1")
    expect(widget.locator(".bc-choice[aria-pressed=true]")).to_have_count(0)


def test_what_is_typed_and_not_yet_saved_survives_a_reload(page, lab, notebook, workspace):
    open_notebook(page, lab, notebook('course.write("essay", ["What do you think?"])', block()))
    run_all(page)
    page.get_by_test_id("text-1").press_sequentially("Half a thought")
    reload(page)
    run_all(page)
    field = page.get_by_test_id("text-1")
    expect(field).to_have_value("Half a thought")
    button = page.get_by_test_id("save-1")
    if button.is_enabled():  # else the browser left the field on its way out, and that saved it
        button.click()
    expect(button).to_be_disabled()
    assert [line["value"] for line in lines(workspace, "text")] == ["Half a thought"]


def test_a_newer_answer_takes_the_place_of_one_that_still_waits(page, lab, notebook, workspace):
    open_notebook(page, lab, notebook(block()))
    run_all(page)
    widget = page.get_by_test_id("labeller")
    workspace.write_text("in the way")
    widget.get_by_test_id("label-direct").click()
    expect(widget.locator("[data-state=problem]")).to_be_visible()
    workspace.unlink()
    widget.get_by_test_id("label-author").click()
    labelled(widget, 1)
    expect(widget.locator("[data-state=saved]")).to_be_visible()
    assert [line["value"] for line in lines(workspace, "speech_form")] == ["author"]


def test_a_review_beside_its_block_leaves_waiting_answers_alone(page, lab, notebook, workspace):
    open_notebook(page, lab, notebook(block(mode="review"), block(mode="blind")))
    run_all(page)
    blind = page.get_by_test_id("labeller").nth(1)
    blind.focus()
    for kernel in lab.kernel_pids():
        os.kill(kernel, signal.SIGSTOP)
    page.keyboard.press("1")
    page.keyboard.press("f")  # two answers wait, each under its own name
    expect(blind.locator("[data-state=late]")).to_be_visible(timeout=20_000)
    for kernel in lab.kernel_pids():
        os.kill(kernel, signal.SIGKILL)
    reload(page)
    run_all(page)
    blind = page.get_by_test_id("labeller").nth(1)
    labelled(blind, 1)
    expect(blind.locator(".bc-flag")).to_be_visible()
    assert len(lines(workspace, "speech_form")) == len(lines(workspace, "flag")) == 1
