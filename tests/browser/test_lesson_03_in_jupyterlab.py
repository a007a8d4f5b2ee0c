"""A student works through lesson 03: labels are safe, keys stay in the widget, the key stays out of it."""

import json
import os
import re
import signal

import psutil
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, reload, run_all, save
from backchannel.dossier import load_dossier

LESSON = "notebooks/03_how_sure_is_who.ipynb"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .map((cell) => [cell.model.type, cell.model.sharedModel.source])"""


def journal(workspace):
    path = workspace / "journal.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def labels_in(workspace, activity):
    return {
        (line["item"], line["field"]): line["value"]
        for line in journal(workspace)
        if line["activity"] == activity and line["item"] != "block"
    }


def labeller(page, mode):
    return page.get_by_test_id("labeller").filter(has=page.locator(".bc-title", has_text=mode))


def expect_labelled(widget, count):
    expect(widget.get_by_test_id("progress")).to_have_text(re.compile(rf"^{count} of "))
    expect(saved(widget)).to_be_visible()


def saved(widget):
    return widget.locator("[data-testid=saved][data-state=saved]")


def test_a_student_labels_by_keyboard_and_mouse_and_loses_nothing(page, lab, workspace):
    open_notebook(page, lab, LESSON)
    run_all(page)
    practice = labeller(page, "Practice")
    claim = practice.locator("[data-claim]").first.get_attribute("data-claim")
    dimensions = load_dossier(lab.folder / "course_data").blocks["03-practice"].dimensions

    practice.focus()
    page.keyboard.press("2")
    expect_labelled(practice, 1)
    practice.locator(f"[data-dimension={dimensions[1]}] .bc-choice").nth(2).click()
    expect_labelled(practice, 2)
    shown = practice.get_by_test_id("progress").inner_text()
    before = labels_in(workspace, "03-practice")
    assert list(before) == [(claim, dimensions[0]), (claim, dimensions[1])]
    save(page)

    for kernel in lab.kernel_pids():
        os.kill(kernel, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(kernel)] if psutil.pid_exists(kernel) else [])
    reload(page)
    run_all(page)

    practice = labeller(page, "Practice")
    expect(saved(practice)).to_be_visible()
    expect(practice.get_by_test_id("progress")).to_have_text(shown)
    expect(practice.get_by_test_id(f"dimension-{dimensions[0]}")).not_to_contain_text("open")
    assert labels_in(workspace, "03-practice") == before


def test_a_press_the_dead_kernel_never_saw_is_saved_by_the_next_one(page, lab, workspace):
    open_notebook(page, lab, LESSON)
    run_all(page)
    practice = labeller(page, "Practice")
    practice.focus()
    for kernel in lab.kernel_pids():
        os.kill(kernel, signal.SIGSTOP)  # a kernel that hangs, and is then killed, has read nothing
    page.keyboard.press("1")
    expect(practice.locator("[data-state=late]")).to_be_visible(timeout=20_000)
    for kernel in lab.kernel_pids():
        os.kill(kernel, signal.SIGKILL)
    assert labels_in(workspace, "03-practice") == {}
    reload(page)
    run_all(page)
    practice = labeller(page, "Practice")
    expect(saved(practice)).to_be_visible()
    assert len(labels_in(workspace, "03-practice")) == 1


def test_keys_act_only_in_the_widget_and_never_on_the_notebook(page, lab, workspace):
    open_notebook(page, lab, LESSON)
    run_all(page)
    cells = page.evaluate(CELLS)
    practice = labeller(page, "Practice")
    practice.focus()
    for key in "ddxmyab0zv":
        page.keyboard.press(key)
    assert page.evaluate(CELLS) == cells

    page.locator(".jp-Notebook").focus()
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("1")
    assert journal(workspace) == []


def test_nothing_of_the_key_is_in_the_page_before_it_may_be_shown(page, lab, workspace):
    dossier = load_dossier(lab.folder / "course_data")
    reasons = {
        reference.reason.in_(language)
        for block in ("03-practice", "03-blind")
        for claim in dossier.blocks[block].claims
        for dimension in dossier.blocks[block].dimensions
        for reference in dossier.references[claim, dimension]
        for language in ("en", "de")
    }
    # The words of a rule stand in the guideline for everybody to read.
    reasons -= {
        rule.text.in_(language) for rule in dossier.codebook.rules.values() for language in ("en", "de")
    }
    sent = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(str(frame))))
    open_notebook(page, lab, LESSON)
    run_all(page)
    blind = labeller(page, "Blind")
    blind.focus()
    page.keyboard.press("1")
    expect(saved(blind)).to_be_visible()
    seen = page.content() + page.evaluate("() => JSON.stringify(localStorage)") + "".join(sent)
    assert len(reasons) > 20
    assert [reason for reason in reasons if reason in seen] == []


def test_practice_gives_reasons_after_each_claim_by_keyboard_alone(page, lab, workspace):
    dossier = load_dossier(lab.folder / "course_data")
    block = dossier.blocks["03-practice"]
    open_notebook(page, lab, LESSON)
    run_all(page)
    practice = labeller(page, "Practice")
    practice.focus()
    for number, dimension in enumerate(block.dimensions, start=1):
        expect(practice.locator(f"[data-dimension={dimension}]")).to_be_visible()
        expect(practice.get_by_test_id("feedback")).to_have_count(0)
        page.keyboard.press("1")
        expect_labelled(practice, number)
    expect(practice.get_by_test_id("feedback")).to_be_visible()
    reference = dossier.references[block.claims[0], block.dimensions[0]][0]
    expect(practice.get_by_test_id(f"verdict-{block.dimensions[0]}")).to_contain_text(reference.reason.en)
    page.keyboard.press("f")
    expect(practice.locator(".bc-flag")).to_be_visible()
    page.keyboard.press("u")
    expect(practice.locator(".bc-flag")).to_have_count(0)
    page.keyboard.press("n")
    expect(practice.locator("[data-claim]").first).to_have_attribute("data-claim", block.claims[1])


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence_and_the_label_waits(page, lab, workspace):
    open_notebook(page, lab, LESSON)
    run_all(page)
    practice = labeller(page, "Practice")
    workspace.write_text("a file where the workspace should be")
    practice.focus()
    page.keyboard.press("1")
    problem = practice.locator("[data-testid=saved][data-state=problem]")
    expect(problem).to_contain_text("cannot be")
    expect(practice.get_by_test_id("progress")).to_have_text(re.compile(r"^0 of "))

    workspace.unlink()
    problem.get_by_role("button").click()
    expect_labelled(practice, 1)
    assert list(labels_in(workspace, "03-practice").values()) == [
        load_dossier(lab.folder / "course_data").codebook["speech_form"].label_ids[0]
    ]
