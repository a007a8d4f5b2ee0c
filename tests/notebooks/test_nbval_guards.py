"""What nbval catches in a lesson, what it lets pass, and who catches that."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbval.plugin import get_sanitize_patterns

from backchannel.authoring.lessons import Known, read_lesson
from backchannel.authoring.lint import lint
from backchannel.authoring.refresh import main as refresh

SANITIZE = Path(__file__).with_name("sanitize.cfg")
NOTHING = Known(frozenset(), frozenset(), frozenset())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("guards")


@pytest.fixture(scope="module")
def notebooks(folder, tools):
    """Write one notebook for each trap."""
    make, printed = tools.notebook, tools.printed
    say, mark = 'print("seen")', tools.png("white", (10, 10, 30, 30))
    now = f"HTML('{tools.html_image(mark)}')"
    show = f"from IPython.display import HTML\n\n{now}"
    figure = tools.result(
        text_html=tools.html_image(tools.png()), text_plain="<IPython.core.display.HTML object>"
    )
    lost = "UsageError: Line magic function `%no_such_magic` not found.\n"
    written = [
        make(folder, "good").code("cell-one", say, printed("seen\n")),
        make(folder, "broken").code("cell-one", f"{say}\n1 / 0", printed("seen\n")),
        make(folder, "drifted").code("cell-one", say, printed("once seen\n")),
        make(folder, "unrun").code("cell-one", say, run=False),
        make(folder, "figure").code("cell-one", show, figure),
        make(folder, "magic").code("cell-one", "%no_such_magic\nraise ValueError", printed(lost, "stderr")),
        make(folder, "unraised").code("cell-one", "value = 1"),
        make(folder, "address").code(
            "cell-one", "print(object())", printed("<object object at 0x7f00dead0000>\n")
        ),
    ]
    written[6].cells[0]["metadata"]["tags"] = ["raises-exception"]
    return {notebook.path.stem: notebook.save() for notebook in written}


@pytest.fixture(scope="module")
def passed(notebooks, folder):
    """Run nbval once over all of them, as `make lessons` does; return which passed."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60"]
    command += ["--nbval-sanitize-with", str(SANITIZE), "-rA", "-p", "no:cacheprovider", "-c", "pytest.ini"]
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    done = subprocess.run(
        [*command, *map(str, notebooks.values())],
        cwd=folder,
        env=os.environ | {"IPYTHONDIR": str(folder / "ipython")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    cases = re.findall(r"^(PASSED|FAILED) (?:\S*?)(\w+)\.ipynb::Cell 0", done.stdout, re.MULTILINE)
    found = {name: outcome == "PASSED" for outcome, name in cases}
    assert set(found) == set(notebooks), done.stdout
    return found


def test_a_megabyte_of_image_costs_no_time():
    patterns = get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8"))
    assert len(patterns) == 4
    text = f'<img src="data:image/png;base64,{"aB3/+x0T" * 130_000}">'
    begin = time.perf_counter()
    for bare in (text, text.replace("base64,", "")):
        for pattern, replacement in patterns:
            re.sub(pattern, replacement, bare)
    assert time.perf_counter() - begin < 3


def remarks(path):
    return " ".join(str(remark) for remark in lint(read_lesson(path), NOTHING) if remark.cell == "cell-one")


def test_a_notebook_that_shows_what_it_stores_passes(passed):
    assert passed["good"]


def test_a_broken_notebook_fails(passed):
    assert not passed["broken"]


def test_a_drifted_text_fails(passed):
    assert not passed["drifted"]


def test_a_memory_address_is_not_compared(passed):
    assert passed["address"]


def test_an_unrun_notebook_passes_and_the_lint_catches_it(passed, notebooks):
    assert passed["unrun"]
    assert "the cell was not run" in remarks(notebooks["unrun"])


def test_a_changed_figure_passes_and_refresh_check_catches_it(passed, notebooks, capsys):
    assert passed["figure"]
    assert refresh(["--check", str(notebooks["figure"])]) == 1
    assert "figure.ipynb, cell cell-one: the figure differs" in capsys.readouterr().out


def test_an_unknown_magic_before_an_error_passes_and_the_lint_catches_it(passed, notebooks):
    assert passed["magic"]
    assert "it holds a magic" in remarks(notebooks["magic"])


def test_a_cell_that_no_longer_raises_passes_and_the_lint_catches_it(passed, notebooks):
    assert passed["unraised"]
    assert "the mark raises-exception keeps it from the tests" in remarks(notebooks["unraised"])
