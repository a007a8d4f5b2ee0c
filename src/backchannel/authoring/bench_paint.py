"""Measure how long each widget takes from running its cell to its first paint, with the full dossier.

Every widget gets all there is: all claims, contacts, propositions, evidence and cases, the longest document.
The yardstick is a bare ipywidgets Button in the same notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from backchannel.authoring.scratch import scratch_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROUNDS = 5
_OPEN = "from backchannel import open_course\nimport ipywidgets\ncourse = open_course()"

WIDGETS = {
    "bare ipywidgets Button": ("ipywidgets.Button(description='Press')", ".jupyter-button"),
    "settings": ("course.settings()", "[data-testid=settings]"),
    "questions, the test before": ("course.test('pre')", "[data-testid=quiz]"),
    "writing": ("course.write('bench', ['one', 'two'])", "[data-testid=writing]"),
    "reader, the longest document": ("course.reader('d2')", "[data-testid=reader]"),
    "labeller, all claims": ("course.labeller('bench-labels')", "[data-testid=labeller]"),
    "chain builder, all claims": (
        "course.chain_builder('bench-chains', course.dossier.documents)",
        "[data-testid=chain]",
    ),
    "track sorter, all contacts": ("course.sorter('bench-sorter')", "[data-testid=sorter]"),
    "coverage grid, all of the report": ("course.coverage('bench-coverage')", "[data-testid=grid]"),
    "hypothesis grid, all evidence": ("course.hypotheses('bench-signals')", "[data-testid=grid]"),
    "element grid, all cases": ("course.elements('bench-cases')", "[data-testid=grid]"),
    "portfolio": ("course.portfolio()", "[data-testid=portfolio]"),
    "debate board": ("course.debate('bench-debate')", "[data-testid=debate]"),
}
"""What is measured: the code of its cell, and what stands on the page once it is drawn."""

# Run the cell and wait until the widget stands in its output and the page had the time to paint it.
_PAINT = """async ([index, selector]) => {
  const { commands, shell } = window.jupyterapp;
  const notebook = shell.currentWidget.content;
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  await commands.execute('notebook:clear-cell-output');
  const cell = notebook.widgets[index].node;
  notebook.widgets[index].model.outputs.clear();
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  while (cell.querySelector(selector)) await frame();
  const started = performance.now();
  commands.execute('notebook:run-cell');
  await new Promise((done) => {
    const look = () => {
      if (!cell.querySelector(selector)) return;
      watcher.disconnect();
      done();
    };
    const watcher = new MutationObserver(look);
    watcher.observe(cell, { subtree: true, childList: true });
    look();
  });
  await frame();
  await frame();
  return performance.now() - started;
}"""


def bench_paint() -> Iterator[str]:
    """Yield a row a widget: from running its cell to its first paint."""
    yield f"Running a cell -> first paint of its widget, full dossier (median of {ROUNDS}, then the first)"
    codes = [code for code, _selector in WIDGETS.values()]
    with scratch_notebook(_OPEN, *codes) as (_folder, page):
        for number, (name, (_code, selector)) in enumerate(WIDGETS.items(), start=1):
            page.locator(f".jp-CodeCell >> nth={number}").scroll_into_view_if_needed()
            times = [_painted(page, number, selector) for _ in range(ROUNDS)]
            yield f"  {name:<34} {median(times):6.0f} ms   first {times[0]:6.0f} ms"


def _painted(page: Page, cell: int, selector: str) -> float:
    milliseconds: float = page.evaluate(_PAINT, [cell, selector])
    return milliseconds
