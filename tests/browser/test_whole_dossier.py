"""All five documents in the browser: each can be read, and each of its claims labelled to the last."""

import csv
import re

import nbformat
import pytest
from playwright.sync_api import expect

from backchannel.authoring.browser import open_notebook, run_all

DOCUMENTS = ("d1", "d2", "d3", "d4", "d5")
READ = "from backchannel import open_course\ncourse = open_course()\ncourse.reader({document!r})"
LABEL = (
    "from backchannel import open_course\ncourse = open_course()\n"
    'course.labeller("whole", {documents!r}, ["speech_form"], mode="blind")'
)
# For each claim press a label's key, wait until it is counted, and go on to the next.
PRESS_ALL = """async (count) => {
  const root = document.querySelector('[data-testid=labeller]');
  const press = (key) => root.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const until = (met, what) => new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error('waited in vain for ' + what)), 10000);
    const look = () => { if (met()) { watcher.disconnect(); clearTimeout(late); done(); } };
    const watcher = new MutationObserver(look);
    watcher.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    look();
  });
  const counted = () => root.querySelector('[data-testid=progress]').textContent;
  const claim = () => root.querySelector('.bc-claim-text').dataset.claim;
  for (let n = 1; n <= count; n++) {
    press('5');
    await until(() => counted().startsWith(n + ' of '), 'answer ' + n);
    if (n === count) return;
    const before = claim();
    press('n');
    await until(() => claim() !== before, 'the claim after ' + before);
  }
}"""


@pytest.fixture
def rows(course_folder):
    """Return a function that reads a table of the course."""

    def read(name):
        with (course_folder / "course_data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture
def opened(page, lab, course_folder):
    """Return a function that opens a notebook with these cells and runs it."""

    def run(*cells):
        found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(found, course_folder / "own.ipynb")
        open_notebook(page, lab, "own.ipynb")
        run_all(page)

    return run


def test_every_passage_of_every_document_can_be_read(page, opened, rows):
    opened(*(READ.format(document=document) for document in DOCUMENTS))
    for row in rows("passages"):
        passage = page.get_by_test_id(row["id"])
        expect(passage).to_have_count(1)
        expect(passage).to_have_text(re.compile(r"\w"))


def test_every_claim_of_every_document_can_be_labelled_to_the_end(page, opened, rows, workspace):
    claims = [row["id"] for row in rows("claims")]
    opened(LABEL.format(documents=list(DOCUMENTS)))
    widget = page.get_by_test_id("labeller")
    widget.focus()
    page.evaluate(PRESS_ALL, len(claims))
    expect(widget.get_by_test_id("progress")).to_have_text(re.compile(f"^{len(claims)} of {len(claims)}"))
    labelled = re.findall(
        r'"item":"([^"]+)","field":"speech_form"', (workspace / "journal.jsonl").read_text()
    )
    assert sorted(labelled) == sorted(claims)
