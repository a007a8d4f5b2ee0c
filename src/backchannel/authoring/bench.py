"""Measure what a student and CI wait for. Timings belong here, never into tests.

Each figure stands beside a yardstick measured in the same run, since machines differ and drift.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pandas as pd

from backchannel.authoring.bench_grading import bench_grading
from backchannel.authoring.bench_paint import bench_paint
from backchannel.authoring.bench_report import bench_report
from backchannel.authoring.scratch import scratch_notebook
from backchannel.dossier import Dossier, find_course_data, load_dossier
from backchannel.errors import BackchannelError
from backchannel.labelling import LabelSession
from backchannel.widgets import Labeller
from backchannel.workspace import Workspace, find_workspace

SIZES = (200, 2000)
PRESSES = 100
DIMENSIONS = ("speech_form", "source_naming", "commitment", "stance")
_IMPORTS = "import matplotlib.pyplot\nimport pandas\nimport ipywidgets\nimport anywidget"


# A fast coder's pace, a tenth of a second between presses, so that the page has drawn the answer before.
# Press a key and wait until the line below says "saved" for a later moment than before.
_PRESS = """async (presses) => {
  const root = document.querySelector('[data-testid=labeller]');
  const line = () => root.querySelector('[data-testid=saved]');
  const times = [];
  for (let n = 0; n < presses; n++) {
    await new Promise((rest) => setTimeout(rest, 100));
    const before = line().dataset.at ?? '';
    const started = performance.now();
    root.dispatchEvent(new KeyboardEvent('keydown', { key: String(1 + (n % 4)), bubbles: true }));
    await new Promise((done) => {
      const look = () => {
        if (line().dataset.state !== 'saved' || (line().dataset.at ?? '') === before) return;
        watcher.disconnect();
        done();
      };
      const watcher = new MutationObserver(look);
      watcher.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    });
    times.push(performance.now() - started);
  }
  return times;
}"""

_CLICK = """async (presses) => {
  const button = document.querySelector('.bench-button');
  const label = document.querySelector('.bench-label');
  const times = [];
  for (let n = 0; n < presses; n++) {
    await new Promise((rest) => setTimeout(rest, 100));
    const before = label.textContent;
    const started = performance.now();
    button.click();
    await new Promise((done) => {
      const look = () => {
        if (label.textContent === before) return;
        watcher.disconnect();
        done();
      };
      const watcher = new MutationObserver(look);
      watcher.observe(label, { subtree: true, childList: true, characterData: true });
      look();
    });
    times.push(performance.now() - started);
  }
  return times;
}"""

_BUTTON = """import ipywidgets as widgets
button, label = widgets.Button(description="Press"), widgets.Label(value="0")
button.add_class("bench-button"), label.add_class("bench-label")
button.on_click(lambda _: setattr(label, "value", str(int(label.value) + 1)))
widgets.VBox([button, label])"""

_LABELLER = """from backchannel.authoring.bench import large_labeller
large_labeller({size})"""


def large_labeller(size: int) -> Labeller:
    """Return a labeller over ``size`` claims: those of the dossier, repeated under other ids."""
    dossier = load_dossier()
    passages, claims = dossier.tables["passages"], dossier.tables["claims"]
    copies = range(-(-size // len(claims)))

    def repeated(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
        renamed = [
            frame.assign(**{c: frame[c].str.replace("-p", f"-p{copy}x", n=1) for c in columns})
            for copy in copies
        ]
        return pd.concat(renamed, ignore_index=True)

    tables = dict(dossier.tables) | {
        "passages": repeated(passages, ("id",)),
        "claims": repeated(claims, ("id", "passage")).iloc[:size],
    }
    large = Dossier(dossier.folder, tables, dossier.codebook)
    workspace = Workspace(find_workspace(dossier.folder), dossier.codebook.version)
    session = LabelSession(
        large, workspace, activity=f"bench-{size}", claims=large.claims, dimensions=DIMENSIONS, mode="blind"
    )
    return Labeller(session)


def _row(name: str, milliseconds: list[float]) -> str:
    middle, high = np.percentile(milliseconds, (50, 95))
    return f"  {name:<34} p50 {middle:6.1f} ms   p95 {high:6.1f} ms   n {len(milliseconds)}"


def bench_decisions() -> Iterator[str]:
    """Yield rows: key press to "saved" at each size, beside a bare Button's round trip."""
    yield "Key press -> line on disk -> saved (bar: p95 <= 50 ms)"
    for size in SIZES:
        with scratch_notebook(_LABELLER.format(size=size), _BUTTON) as (folder, page):
            page.locator("[data-testid=labeller]").wait_for()
            page.locator(".bench-button").wait_for()
            clicks = page.evaluate(_CLICK, PRESSES)
            presses = page.evaluate(_PRESS, PRESSES)
            lines = (folder / "workspace" / "journal.jsonl").read_text().count("\n")
            if lines < PRESSES:
                raise BackchannelError(
                    f"Only {lines} of {PRESSES} decisions are in the journal; look at the labeller."
                )
            yield _row(f"labeller, {size} claims", presses)
            yield _row("bare ipywidgets Button beside it", clicks)


def bench_lessons() -> Iterator[str]:
    """Yield rows: all lessons under nbval, each of them, and as many notebooks that only import libraries."""
    lessons = sorted((find_course_data().parent / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    yield f"{len(lessons)} lessons under nbval on two cores (bar: at most 1.5 times the yardstick)"
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-") as name:
        folder = Path(name)
        for lesson in lessons:
            bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_IMPORTS)])
            bare.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
            nbformat.write(bare, folder / lesson.name)
        bare_seconds, each_bare = _nbval(sorted(folder.glob("*.ipynb")), folder)
        lesson_seconds, each = _nbval(lessons, folder)
    ratio = lesson_seconds / bare_seconds
    yield f"  lessons {lesson_seconds:.1f} s   yardstick {bare_seconds:.1f} s   ratio {ratio:.2f}"
    for lesson in lessons:
        seconds, bare_one = each[lesson.stem], each_bare[lesson.stem]
        yield f"  {lesson.stem:<34} {seconds:5.1f} s   only imports {bare_one:4.1f} s"


def _nbval(notebooks: list[Path], folder: Path) -> tuple[float, dict[str, float]]:
    """Run notebooks under nbval as ``make test`` does.

    Returns:
        The seconds of the whole run, and of each notebook by its name, with the start of its kernel.
    """
    report = folder / "report.xml"
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env",
        "--nbval-cell-timeout=60", "-n", "2", "--dist", "loadfile", f"--junitxml={report}",
        f"--rootdir={notebooks[0].parent}",  # else cells outside the project are reported without a file
        *map(str, notebooks),
    ]  # fmt: skip
    sanitised = find_course_data().parent / "tests" / "notebooks" / "sanitize.cfg"
    command += ["--nbval-sanitize-with", str(sanitised)] if sanitised.is_file() else []
    environment = os.environ | {"BACKCHANNEL_WORKSPACE": str(folder / "workspace")}
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise BackchannelError(
            f"The lessons fail under nbval, so their time means nothing: {done.stdout[-400:]}"
        )
    each = dict.fromkeys((notebook.stem for notebook in notebooks), 0.0)
    for case in ElementTree.parse(report).iter("testcase"):
        name = next(name for name in each if name in f"{case.get('classname')} {case.get('name')}")
        each[name] += float(case.get("time", 0))
    return seconds, each


_PEAK = """
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (2**20 if sys.platform == "darwin" else 2**10))"""


def bench_loading() -> Iterator[str]:
    """Yield rows: cold processes that load the dossier or check it, beside one that only imports pandas."""
    yield "A cold process: time to its end and largest memory (median of 5)"
    for name, code in (
        ("import pandas", "import pandas"),
        ("load the dossier", "from backchannel.dossier import load_dossier; load_dossier()"),
        ("open the course", "import backchannel as b; b.open_course()"),
        ("backchannel check", "from backchannel.cli import main; main(['check'])"),
    ):
        runs = [_cold(code) for _ in range(5)]
        seconds, megabytes = (sorted(figures)[2] for figures in zip(*runs, strict=True))
        yield f"  {name:<34} {seconds:5.2f} s   {megabytes:5.0f} MB"


def _cold(code: str) -> tuple[float, float]:
    """Run code in a process of its own and return its seconds and its largest memory in MB."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code + _PEAK], check=True, capture_output=True, text=True)
    return time.perf_counter() - started, float(done.stdout.splitlines()[-1])


BENCHES: dict[str, Callable[[], Iterator[str]]] = {
    "loading": bench_loading,
    "decisions": bench_decisions,
    "paint": bench_paint,
    "lessons": bench_lessons,
    "grading": bench_grading,
    "report": bench_report,
}


def main(argv: list[str]) -> int:
    """Print the figures of the named benches, or of all."""
    parser = argparse.ArgumentParser(prog="backchannel bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which; all by default")
    for name in parser.parse_args(argv).names or BENCHES:
        for row in BENCHES[name]():
            print(row, flush=True)
    return 0
