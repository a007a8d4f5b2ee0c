"""`backchannel lab --grading`: nbgrader's Formgrader on the same class folder, beside our marking page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sandboxed
from classmates import people

from backchannel import cli
from backchannel.classroom import gradebook
from backchannel.classroom.folder import VARIABLE, ClassFolder
from backchannel.classroom.grading.steps import TRUST
from backchannel.dossier import load_dossier
from backchannel.exercises import require_key

ROOT = Path(__file__).resolve().parents[2]
EXERCISE = "03_how_sure_is_who"


@pytest.fixture
def class_folder(tmp_path, monkeypatch) -> ClassFolder:
    """A class beside a copy of the course: one student did well, one wrote a script, both are graded."""
    course = tmp_path / "course"
    for part in ("course_data", "exercises", "notebooks", "solutions"):
        shutil.copytree(ROOT / part, course / part)
    monkeypatch.chdir(course)
    monkeypatch.setenv(VARIABLE, str(course / "class"))
    key = require_key(load_dossier(ROOT / "course_data"))
    for person in people(key, EXERCISE, tmp_path / "homes", each=1, kinds=("excellent", "wrong")):
        handed = tmp_path / "handed" / person.number
        handed.mkdir(parents=True)
        (handed / f"{EXERCISE}.ipynb").write_bytes(person.handed.notebook)
        (handed / "journal.jsonl").write_bytes(person.handed.journal)
    assert cli.main(["collect", str(tmp_path / "handed")]) == 0
    assert cli.main(["grade", "--without-sandbox", TRUST]) == 0
    return ClassFolder(course / "class", course)


@pytest.fixture
def address(class_folder) -> Iterator[tuple[str, str]]:
    """The address and the token of a server that an instructor started."""
    home = class_folder.project.parent / "home"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    process = subprocess.Popen(
        [sys.executable, "-m", "backchannel.cli", "lab", "--grading", "--no-browser", "--port", "9300"],
        cwd=class_folder.project,
        env=kept | {"HOME": str(home), "CI": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        found = None
        while found is None and (line := process.stdout.readline()):
            found = re.search(r"(http://\S+)/\?token=(\w+)", line)
        assert found, "the server said no address"
        while "Ctrl-C" not in process.stdout.readline():
            pass
        yield found[1], found[2]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def test_formgrader_shows_marks_and_grades_the_class_and_no_script_of_a_student_runs(
    page, address, class_folder
):
    url, token = address
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{url}/lab?token={token}")
    page.get_by_text("Nbgrader", exact=True).wait_for()

    page.goto(f"{url}/formgrader/manage_assignments")
    row = page.locator("tr", has_text=EXERCISE)
    row.wait_for()
    assert page.locator("tbody tr").count() == 10
    assert row.locator(".num-submissions").inner_text() == "2"

    page.goto(f"{url}/formgrader/gradebook/{EXERCISE}/{EXERCISE}")
    page.locator("tbody tr", has_text="12 / 12").wait_for()
    links = page.locator('a[href*="/formgrader/submissions/"]')
    addresses = {link.get_attribute("href") for link in links.all()}
    assert len(addresses) == 2
    for there in addresses:
        page.goto(url + there)
        page.locator("textarea").first.wait_for()
        page.wait_for_load_state("networkidle")  # its fields take what is typed once they hold the points
    assert dialogs == []

    # Points that a person gives here stand in the gradebook that our own pages read.
    field = page.locator("input.score").last
    field.fill("6.5")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.ok):
        field.press("Tab")
    given = gradebook.scores(class_folder)
    assert given["manual"].dropna().tolist() == [6.5]

    if not sandboxed.can_be_made():
        return
    # The button grades with our steps: the same points by machine, and the person's stay.
    page.goto(f"{url}/formgrader/manage_submissions/{EXERCISE}")
    page.locator(".autograde a").first.click()
    page.locator(".modal-title", has_text="Success").wait_for()
    again = gradebook.scores(class_folder)
    assert again["auto"].equals(given["auto"])
    assert again["manual"].equals(given["manual"])
