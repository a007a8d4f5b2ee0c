"""Imports run one way, downwards; the lower half needs pandas, numpy and the standard library only."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "backchannel"

# From the bottom to the top. A module may import what stands in its own row or in a row before.
LAYERS = (
    ("words", "errors"),
    ("tables", "markup", "dates"),
    ("codebook", "validation", "dossier", "key", "originals", "rights", "tokens", "tracks", "settling"),
    ("journal", "workspace"),
    ("labelling", "quiz", "chains", "debate", "grids", "hypotheses", "sorting"),
    ("before_after", "exercises", "sessions"),
    ("agreement", "comparison", "exchange", "portfolio"),
    ("widgets", "charts"),
    ("course", "dossier_pictures", "exercise_book", "hand_in", "own_pictures"),
    ("classroom", "websocket", "authoring", "launch", "cli"),
)
# The same within ``classroom``.
CLASSROOM = (
    ("visible", "folder"),
    ("csv_files",),
    ("students", "records", "archives", "leaks"),
    ("release",),
    ("gradebook", "sandbox"),
    ("collecting", "grading"),
    ("rubric", "reporting"),
    ("handing_back",),
)
HEIGHT = {part: height for height, parts in enumerate(LAYERS) for part in parts}
BELOW_THE_VIEWS = HEIGHT["agreement"]
ALLOWED_BELOW = {"backchannel", "numpy", "pandas", *sys.stdlib_module_names}


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, full name) of every import, wherever it stands in the module."""
    package = ("backchannel", *path.relative_to(SOURCE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (above, node.module or "") if part)
            if module == "backchannel":
                yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)
            else:
                yield node.lineno, module


def _part(path: Path) -> str:
    """Return the module of the package, or the sub-package, that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _modules() -> list[Path]:
    files = sorted(SOURCE.rglob("*.py"))
    return [path for path in files if path.relative_to(SOURCE) != Path("__init__.py")]


def _faults(path: Path, part: str) -> list[str]:
    """Return the imports of a file that break the order, one line each."""
    found = []
    for line, name in _imports(path):
        top, _, rest = name.partition(".")
        place = f"{path.name}, line {line}: {name}"
        if top == "backchannel":
            other = rest.split(".")[0]
            if other in HEIGHT and HEIGHT[other] > HEIGHT[part]:
                found.append(f"{place} stands above {part}")
        elif HEIGHT[part] <= BELOW_THE_VIEWS and top not in ALLOWED_BELOW:
            found.append(f"{place} is not there in the browser")
    return found


def test_every_part_of_the_package_has_its_layer():
    assert {_part(path) for path in _modules()} <= set(HEIGHT)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_downwards(path):
    assert _faults(path, _part(path)) == []


def _within_classroom() -> dict[str, set[str]]:
    """Return which parts of ``classroom`` each part of it imports."""
    found: dict[str, set[str]] = {}
    for path in (SOURCE / "classroom").rglob("*.py"):
        part = path.relative_to(SOURCE / "classroom").parts[0].removesuffix(".py")
        names = (name.split(".") for _, name in _imports(path))
        inner = {name[2] for name in names if name[:2] == ["backchannel", "classroom"] and len(name) > 2}
        found.setdefault(part, set()).update(inner - {part})
    return found


def _rising(wanted: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Return who imports what stands beside or above it."""
    height = {part: number for number, parts in enumerate(CLASSROOM) for part in parts}
    return {
        (part, other) for part, others in wanted.items() for other in others if height[other] >= height[part]
    }


def test_imports_run_downwards_within_the_classroom():
    wanted = _within_classroom()
    assert set(wanted) - {"__init__"} == {part for parts in CLASSROOM for part in parts}
    assert _rising(wanted) == set()


def test_an_import_that_rises_within_the_classroom_is_caught():
    planted = {"folder": {"gradebook"}, "grading": {"sandbox", "collecting"}}
    assert _rising(planted) == {("folder", "gradebook"), ("grading", "collecting")}


def test_modules_of_one_layer_do_not_import_one_another_in_a_circle():
    wanted: dict[str, set[str]] = {}
    for path in _modules():
        inner = {name.split(".")[1] for _, name in _imports(path) if name.startswith("backchannel.")}
        wanted.setdefault(_part(path), set()).update(inner & set(HEIGHT) - {_part(path)})
    while free := [part for part, needs in wanted.items() if not needs & set(wanted)]:
        for part in free:
            del wanted[part]
    assert wanted == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("from backchannel.labelling import LabelSession", "backchannel.labelling stands above journal"),
        ("import backchannel.cli", "backchannel.cli stands above journal"),
        ("from backchannel import workspace, charts", "backchannel.charts stands above journal"),
        ("from .widgets.kit import Kit", "backchannel.widgets.kit stands above journal"),
        ("def late():\n    from backchannel import course", "backchannel.course stands above journal"),
        ("import ipywidgets as w", "ipywidgets is not there in the browser"),
        ("from matplotlib.figure import Figure", "matplotlib.figure is not there in the browser"),
    ],
)
def test_a_planted_import_is_caught(tmp_path, monkeypatch, line, fault):
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    (tmp_path / "journal.py").write_text(f"{line}\n", encoding="utf-8")
    (found,) = _faults(tmp_path / "journal.py", "journal")
    assert found.endswith(fault)


@pytest.mark.parametrize("line", ["import json", "from backchannel.errors import DataError", "import pandas"])
def test_an_allowed_import_is_no_fault(tmp_path, monkeypatch, line):
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    (tmp_path / "journal.py").write_text(f"{line}\n", encoding="utf-8")
    assert _faults(tmp_path / "journal.py", "journal") == []
