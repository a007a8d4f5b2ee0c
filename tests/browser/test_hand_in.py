"""A student answers in JupyterLab and saves: the notebook alone then carries every line of the journal."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, run_all, save
from backchannel.hand_in import JOURNAL_TYPE

ROOT = Path(__file__).resolve().parents[2]
EXERCISE = "exercises/03_how_sure_is_who/03_how_sure_is_who.ipynb"


@pytest.fixture
def exercise(course_folder):
    """The released exercise where a student has it, as a path."""
    shutil.copytree(ROOT / "exercises", course_folder / "exercises")
    return course_folder / EXERCISE


def test_the_saved_notebook_carries_the_journal_and_shows_only_what_people_read(exercise, page, lab):
    open_notebook(page, lab, EXERCISE)
    run_all(page)
    shown = page.locator(".jp-OutputArea-output", has_text="Handing in exercise 03")
    expect(shown).to_contain_text("No answer is saved beside this notebook yet.")
    assert not (exercise.parent / "journal.jsonl").exists()

    labeller = page.get_by_test_id("labeller")
    labeller.focus()
    page.keyboard.press("2")
    expect(labeller.locator("[data-testid=saved][data-state=saved]")).to_be_visible()
    labeller.locator("textarea").first.fill("</script> “note” \u2028 **bold**")
    labeller.focus()
    run_all(page)
    expect(shown.get_by_role("row", name="1. Form, commitment and stance")).to_contain_text("1 of 21")
    expect(shown).to_contain_text("the saved notebook alone carries your answers too")
    expect(shown).not_to_contain_text('"activity"')
    save(page)

    notebook = json.loads(exercise.read_text(encoding="utf-8"))
    assert notebook["cells"][-1]["id"] == "hand-in"
    (output,) = notebook["cells"][-1]["outputs"]
    assert {"text/plain", "text/html", JOURNAL_TYPE} == set(output["data"])
    restored = "".join(f"{line}\n" for line in output["data"][JOURNAL_TYPE]["lines"])
    assert restored.encode() == (exercise.parent / "journal.jsonl").read_bytes()
    assert "</script>" in restored
