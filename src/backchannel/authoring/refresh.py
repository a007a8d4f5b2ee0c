"""Run the lessons and store their outputs: the command ``backchannel refresh``.

Each lesson runs in a fresh kernel with an empty workspace, an empty IPython folder and no originals, so
that neither a student's work, nor an author's settings, nor a press text can get into a stored output.
Nothing is written unless every lesson has run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from backchannel.authoring.canonical import canonical, formatted, parse, written
from backchannel.authoring.drift import drift_of_form, drift_of_outputs
from backchannel.authoring.lessons import Remark, find_lessons
from backchannel.errors import BackchannelError, UsageError
from backchannel.workspace import JOURNAL_NAME

CELL_SECONDS = 60
AT_ONCE = 2


@dataclass(frozen=True)
class Run:
    """A lesson before and after it was run; ``tidy`` is the stored one in canonical form, not yet run."""

    path: Path
    text: str
    stored: nbformat.NotebookNode
    tidy: nbformat.NotebookNode
    fresh: nbformat.NotebookNode

    def drift(self) -> tuple[Remark, ...]:
        """Return where the stored lesson differs from the fresh one."""
        name = self.path.name
        form = drift_of_form(name, self.text, self.stored, self.tidy)
        return (*form, *drift_of_outputs(name, self.tidy, self.fresh))


def main(argv: Sequence[str]) -> int:
    """Run lessons and store their outputs, or say with ``--check`` where they differ from what is stored.

    Returns:
        0 where all is well, 1 where a cell fails or a lesson differs, 2 where there is no such lesson.
    """
    parser = argparse.ArgumentParser(
        prog="backchannel refresh",
        description="Run the lessons and store their outputs in the canonical form.",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a lesson, such as 03; all of them by default"
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and say what would change")
    options = parser.parse_args(argv)
    try:
        paths = find_lessons(options.names)
    except UsageError as problem:
        parser.error(str(problem))
    runs, failures = run_lessons(paths)
    for failure in failures:
        print(failure)
    if options.check:
        found = [remark for run in runs for remark in run.drift()]
        for remark in found:
            print(remark)
        print(f"{len(runs)} of {len(paths)} lessons ran; {len(found)} differences from what is stored.")
        return int(bool(found or failures))
    if failures:
        print("Nothing was written.")
        return 1
    for run in runs:
        print(f"{run.path.name}: {store(run)}.")
    return 0


def run_lessons(paths: Sequence[Path]) -> tuple[list[Run], list[str]]:
    """Run lessons, two at a time, and return those that ran, and a sentence for each that did not."""
    done = asyncio.run(_run_all(paths))
    return [run for run in done if isinstance(run, Run)], [run for run in done if isinstance(run, str)]


async def _run_all(paths: Sequence[Path]) -> list[Run | str]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(path: Path) -> Run | str:
        async with gate:
            try:
                return await _run(path)
            except BackchannelError as problem:
                return str(problem)

    return await asyncio.gather(*(one(path) for path in paths))


async def _run(path: Path) -> Run:
    text = path.read_bytes().decode("utf-8")
    stored = parse(text, path.name)
    tidy = formatted(canonical(stored), path)
    fresh = parse(written(tidy), path.name)
    await execute(fresh, path)
    return Run(path, text, stored, tidy, canonical(fresh))


async def execute(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Run all cells of a notebook in its folder; the outputs are stored in the notebook.

    Raises:
        BackchannelError: a cell fails, takes too long, or writes into the journal.
    """
    running = ["the first"]
    with tempfile.TemporaryDirectory(prefix="backchannel-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.resolve().parent)}},
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            on_cell_execute=lambda cell, **_: running.append(cell["id"]),
            config=Config(KernelManager={"transport_encryption": "auto"}),
        )
        try:
            await client.async_execute(env=_environment(place))
        except CellExecutionError as problem:
            reason = f"{problem.ename}: {problem.evalue}".strip().splitlines()[-1]
            remark = Remark(
                path.name, running[-1], f"it fails with {reason!r}", "correct the cell or what it calls"
            )
            raise BackchannelError(str(remark)) from problem
        except CellTimeoutError as problem:
            slow = Remark(
                path.name, running[-1], f"it takes more than {CELL_SECONDS} seconds", "make it faster"
            )
            raise BackchannelError(str(slow)) from problem
        except DeadKernelError as problem:
            dead = Remark(
                path.name, running[-1], "Python ended while it ran", "look for what ends it in the cell"
            )
            raise BackchannelError(str(dead)) from problem
        if _size(place / "workspace" / JOURNAL_NAME):
            raise BackchannelError(
                f"{path.name}: running the lesson wrote into the journal, where only a student's decisions "
                "belong; take out the call that decides something, such as course.name or use_language."
            )


def _environment(place: Path) -> dict[str, str]:
    """Return the environment of a kernel that sees nothing of the person who runs it."""
    for name in ("documents", "ipython"):
        (place / name).mkdir()
    unset = ("BACKCHANNEL_COURSE_DATA",)
    return {key: value for key, value in os.environ.items() if key not in unset} | {
        "BACKCHANNEL_WORKSPACE": str(place / "workspace"),
        "BACKCHANNEL_DOCUMENTS": str(place / "documents"),
        "IPYTHONDIR": str(place / "ipython"),
    }


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def store(run: Run) -> str:
    """Write a lesson in its canonical form and say whether that changed it.

    Where nothing differs but what nobody sees in a figure, the file stays: no change without a reason.
    """
    if not run.drift():
        return "as it was"
    new = run.path.with_name(f".{run.path.name}.new")
    new.write_bytes(written(run.fresh).encode())
    new.replace(run.path)
    return "stored anew"
