"""The sandbox: hostile notebooks are held and named, honest ones run as they would elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import sandboxed
from classroom import hostile_notebooks
from classroom.hostile_notebooks import AFTER, BEFORE, CANARY, NOTEBOOKS

from backchannel.classroom.sandbox import box as sandbox
from backchannel.classroom.sandbox import run_cells, seccomp, view, watch
from backchannel.classroom.sandbox.box import Limits, Run, Unsandboxed, find_sandbox
from backchannel.classroom.sandbox.safe_html import safe_html
from backchannel.classroom.sandbox.transcript import Transcript
from backchannel.dossier import load_dossier
from backchannel.errors import NotReadyError
from backchannel.exercise_book import ExerciseBook
from backchannel.exercises import load_exercise
from backchannel.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
SMALL = Limits(memory=400, processes=32, files=500, file_size=4, disk=16, output=1)
HONEST = [
    (
        "open",
        "import csv, backchannel.dates\nfrom pathlib import Path\nfrom os import environ\n"
        "with (Path(environ['BACKCHANNEL_COURSE_DATA']) / 'claims.csv').open(encoding='utf-8') as file:\n"
        "    rows = list(csv.DictReader(file))\nlen(rows)",
    ),
    ("sum", "print(1 + 1)"),
]


@pytest.fixture(scope="session")
def box():
    """Return the sandbox of this machine."""
    sandboxed.require()
    return find_sandbox(PROJECT)


@pytest.fixture(scope="module")
def number_of_claims(course_data):
    return len(load_dossier(course_data).claims)


@pytest.fixture(autouse=True)
def no_process_survives(monkeypatch):
    """Hold the process namespace of each sandbox that a test starts, and look who is in it afterwards."""
    held = []
    start = sandbox._Boxed.__init__

    def watched(self, process, info):
        start(self, process, info)
        if self._handle:
            held.append(os.open(f"/proc/{self._first}/ns/pid", os.O_RDONLY))  # its number stays its own

    monkeypatch.setattr(sandbox._Boxed, "__init__", watched)
    yield
    numbers = {os.fstat(handle).st_ino for handle in held}
    assert not numbers & set(_namespaces())
    for handle in held:
        os.close(handle)


def _namespaces():
    """Yield the number of the process namespace of every process."""
    for process in Path("/proc").glob("[0-9]*/ns/pid") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):
            yield process.stat().st_ino


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Return what a hostile notebook could want to know, as the file that tells it."""
    monkeypatch.setenv("CANARY", CANARY)
    other = tmp_path / "class" / "submitted" / "other" / "03_how_sure_is_who" / "journal.jsonl"
    other.parent.mkdir(parents=True)
    other.write_text(CANARY, encoding="utf-8")
    name = f"backchannel-{os.getpid()}-{threading.get_ident()}"
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{name}" if sys.platform == "linux" else str(tmp_path / "socket"))
        abstract.listen()
        found = {
            "project": str(PROJECT),
            "class": str(tmp_path / "class"),
            "canary": str(other),
            "port": listener.getsockname()[1],
            "abstract": name,
        }
        yield {"places.json": json.dumps(found).encode(), "journal.jsonl": b""}


def _fingerprint(*folders):
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in files]


def _texts(run: Run, cell: str) -> str:
    """Everything that a person would read in the outputs of a cell."""
    parts = []
    for output in run.outputs[cell]:
        parts += [output.get("text", ""), *output.get("traceback", []), *output.get("data", {}).values()]
    return "".join(parts)


def _error_names(run: Run) -> set[str]:
    return {
        output["ename"]
        for outputs in run.outputs.values()
        for output in outputs
        if output["output_type"] == "error"
    }


def _hostile_cells(hostile):
    harm = [(f"harm-{number}", source) for number, source in enumerate(hostile.cells)]
    return [("before", BEFORE), *harm, ("after", AFTER)]


# --- hostile notebooks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", NOTEBOOKS, ids=lambda hostile: hostile.name.replace(" ", "-"))
def test_a_hostile_notebook_is_held_and_named(box, hostile, places, course_data, tmp_path):
    folders = (course_data, tmp_path, PROJECT / "solutions")
    untouched = _fingerprint(*folders)
    run = box.run(_hostile_cells(hostile), places, replace(SMALL, cell_seconds=hostile.cell_seconds))

    assert _texts(run, "before") == "honest before\n", "a run that is ended must lose nothing"
    assert run.complete == hostile.goes_on
    assert (_texts(run, "after") == "honest after\n") == hostile.goes_on
    assert ("after" in run.finished) == hostile.goes_on
    if hostile.finding:
        assert any(hostile.finding in finding for finding in run.findings), run.findings
    else:
        assert run.findings == ()
    assert not hostile.error or hostile.error in _error_names(run)
    assert hostile.shows in "".join(_texts(run, cell) for cell in run.outputs)

    told = json.dumps(run.outputs)
    json.loads(told.encode("utf-8"))
    assert CANARY not in told
    assert len(told) < 2 * SMALL.output * run_cells.MB
    assert "<script" not in told
    assert run.memory < 2 * SMALL.memory, "it was seen too late"
    assert _fingerprint(*folders) == untouched


def test_after_all_of_them_an_honest_notebook_runs(box, number_of_claims):
    """Each of them ran its own honest cell first too, so what one leaves behind would show in the next."""
    honest = box.run(HONEST, {}, Limits())
    assert (honest.complete, honest.findings) == (True, ())
    assert _texts(honest, "open") == str(number_of_claims)
    assert _texts(honest, "sum") == "2\n"


def test_what_runs_inside_lies_where_the_sandbox_shows_it(box):
    """It is started by its path inside, which no import checks."""
    (here,) = (here for here, inside in box.view.parts if inside == view.COURSE / "src" / "backchannel")
    inside = sandbox._RUNNER_INSIDE.relative_to(view.COURSE / "src" / "backchannel")
    assert here / inside == Path(run_cells.__file__).resolve()


def test_the_corpus_has_each_name_once_and_something_to_see_in_each():
    assert len(NOTEBOOKS) >= 60
    assert len({hostile.name for hostile in NOTEBOOKS}) == len(NOTEBOOKS)
    for hostile in NOTEBOOKS:
        assert hostile.finding or hostile.error or hostile.shows, hostile.name


# --- honest notebooks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["01", "03", "09"])
def test_an_exercise_runs_as_it_does_for_a_student(box, number, course_data, tmp_path):
    dossier = load_dossier(course_data)
    (path,) = (PROJECT / "exercises").glob(f"{number}_*/*.ipynb")
    workspace = Workspace(tmp_path, dossier.codebook.version)
    workspace.use_name("Ada")
    book = ExerciseBook(dossier, workspace, load_exercise(dossier, number))
    for task in book.exercise.tasks:
        if task.kind != "written":
            book.solve(task.id)
    cells = [
        (cell["id"], "".join(cell["source"]))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    journal = workspace.journal.path.read_bytes()
    run = box.run(cells, {"journal.jsonl": journal}, Limits())

    assert (run.complete, run.findings, _error_names(run)) == (True, (), set())
    assert run.finished == tuple(cell for cell, _ in cells)
    assert "Workspace: Ada" in _texts(run, "open"), "it reads the journal beside the notebook"
    for cell, source in cells:
        if source.startswith("exercise.points"):
            assert "answers are there" in _texts(run, cell), "and finds every answer in it"
            assert run.outputs[cell][-1]["data"]["text/plain"] == "0.0", "but no key"
    assert 0 < run.seconds < Limits().seconds
    assert 30 < run.memory < Limits().memory
    assert workspace.journal.path.read_bytes() == journal


def test_outputs_of_all_kinds_come_as_jupyter_shows_them(box):
    cells = [
        ("streams", "import sys; print('a'); print('b'); print('c', file=sys.stderr)"),
        ("value", "40 + 2"),
        ("table", "import pandas; pandas.DataFrame({'x': [1]})"),
        ("figure", "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"),
        ("error", "1 / 0"),
        ("cleared", "from IPython.display import clear_output\nprint('no'); clear_output(); print('yes')"),
        ("waiting", "print('old'); clear_output(wait=True); print('new')"),
        ("updated", "handle = display('first', display_id=True); handle.update('second')"),
    ]
    run = box.run(cells, {}, Limits())
    assert (run.complete, run.findings) == (True, ())
    assert run.outputs["streams"] == (
        {"output_type": "stream", "name": "stdout", "text": "a\nb\n"},
        {"output_type": "stream", "name": "stderr", "text": "c\n"},
    )
    assert run.outputs["value"] == (
        {
            "output_type": "execute_result",
            "data": {"text/plain": "42"},
            "metadata": {},
            "execution_count": 2,
        },
    )
    assert "<th>x</th>" in run.outputs["table"][0]["data"]["text/html"].replace("<th></th>", "")
    assert run.outputs["figure"][-1]["data"]["image/png"].startswith("iVBOR")
    assert run.outputs["error"][0]["ename"] == "ZeroDivisionError"
    assert _texts(run, "cleared") == "yes\n"
    assert _texts(run, "waiting") == "new\n"
    assert _texts(run, "updated") == "'second'"


def test_several_run_at_once_and_see_nothing_of_one_another(box):
    def one(number):
        cells = [
            ("write", f"open('mine', 'w').write('{number}'); import time; time.sleep(0.5)"),
            ("read", "import os; print(open('mine').read(), sorted(os.listdir()), os.getpid())"),
        ]
        return _texts(box.run(cells, {}, Limits()), "read")

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(one, range(3)))
    assert [text.split()[:2] for text in found] == [[str(number), "['mine']"] for number in range(3)]


def test_the_time_of_the_whole_notebook_is_kept_and_what_was_told_stays(box):
    cells = [("quick", "print('told')"), ("endless", "while True: pass"), ("later", "")]
    run = box.run(cells, {}, Limits(seconds=5.0))
    assert run.findings == (
        "The notebook was stopped in the code cell 2 (endless): the whole notebook took longer than 5 s; "
        "1 cell was not run.",
    )
    assert run.finished == ("quick",)
    assert _texts(run, "quick") == "told\n"
    assert not run.complete


def test_this_side_steps_in_where_process_1_does_not(box, monkeypatch):
    monkeypatch.setattr(sandbox, "PATIENCE", -10.0)
    run = box.run([("a", "import time; time.sleep(100)")], {}, Limits(cell_seconds=8.0))
    assert run.findings == ("The notebook was stopped in the code cell 1 (a): it took longer than 8 s.",)


def test_what_is_no_name_of_a_file_is_not_written(box):
    for name in ("../harm", "/harm", "a/b", "..", ""):
        with pytest.raises(ValueError, match="no name of a file"):
            box.run(HONEST, {name: b""}, Limits())
    with pytest.raises(ValueError, match="same id"):
        box.run([("a", ""), ("a", "")], {}, Limits())


def test_a_sandbox_ends_with_whoever_started_it(box, course_data):
    script = f"""
import threading, time
from pathlib import Path
from backchannel.classroom.sandbox import box as sandbox
start = sandbox._Boxed.__init__
def told(self, process, info):
    start(self, process, info)
    print(self._first, flush=True)
sandbox._Boxed.__init__ = told
box = sandbox.Bubblewrap({box.name!r}, {box.program!r}, sandbox.make_view(Path({str(course_data)!r}), []))
box.run([("a", "while True: pass")], {{}}, sandbox.Limits())
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as grader:
        first = os.pidfd_open(int(grader.stdout.readline()))
        grader.kill()
    ended = select.poll()
    ended.register(first, select.POLLIN)
    assert ended.poll(30_000), "it goes on"
    os.close(first)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="An ordinary user runs all of these tests."
)
def test_an_ordinary_user_has_the_same_sandbox(box):
    """Root starts this test's sandboxes as somebody else; here somebody else starts them."""
    names = (
        *("endless loop", "fork bomb", "memory shared between processes", "a million small files"),
        *("kill process 1", "tracing process 1, and taking its descriptors"),
    )
    script = f"""
import dataclasses, json, sys
from pathlib import Path
sys.path.insert(0, "/tests")
from hostile_notebooks import NOTEBOOKS, BEFORE
from backchannel.classroom.sandbox.box import Limits, find_sandbox
box = find_sandbox(Path("/course"))
limits = Limits(memory=400, processes=32, files=500, file_size=4, disk=16, output=1)
for hostile in NOTEBOOKS:
    if hostile.name in {names!r}:
        cells = [("before", BEFORE), ("harm", hostile.cells[0])]
        limits = dataclasses.replace(limits, cell_seconds=hostile.cell_seconds)
        run = box.run(cells, {{"places.json": b"{{}}"}}, limits)
        text = json.dumps(run.outputs)
        print(hostile.name, "|", "honest before" in text and hostile.shows in text, "|",
              any(hostile.finding in f for f in run.findings) if hostile.finding else run.complete)
"""
    tests = Path(hostile_notebooks.__file__).parent
    command = [
        *(box.program, "--die-with-parent", "--tmpfs", "/tmp", *box.view.arguments),
        *("--dir", "/tests", "--ro-bind", str(tests), "/tests"),
        *("--bind", "/proc", "/proc", "--dev", "/dev", "--setenv", "PYTHONPATH", "/course/src", "--"),
        *("setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups", "--no-new-privs"),
        *(sys.executable, "-c", script),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    lines = done.stdout.splitlines()
    assert len(lines) == len(names), done.stderr
    assert all(line.endswith("| True | True") for line in lines), lines


# --- without a sandbox ---------------------------------------------------------------------------------


def test_without_a_sandbox_the_same_cells_run(number_of_claims):
    run = Unsandboxed().run(HONEST, {"journal.jsonl": b""}, Limits())
    assert (run.complete, run.findings, run.memory) == (True, (), 0.0)
    assert _texts(run, "open") == str(number_of_claims)
    assert _texts(run, "sum") == "2\n"


def test_without_a_sandbox_time_and_outputs_are_limited_and_nothing_is_left_running(tmp_path):
    started = tmp_path / "started"
    source = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
open({str(started)!r}, "w").write(str(child.pid))
while True: print("x" * 1000)
"""
    run = Unsandboxed().run([("a", source), ("b", "")], {}, Limits(cell_seconds=1.5, output=1))
    left_out, stopped = run.findings
    assert left_out == (
        "Some outputs of the code cell 1 (a) were left out, since those of a notebook may come to 1 MB, half "
        "of it in one cell."
    )
    assert stopped.endswith("in the code cell 1 (a): it took longer than 1.5 s; 1 cell was not run.")
    child = int(started.read_text())
    deadline = time.monotonic() + 20  # a process that was killed takes a moment to go
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)


def _lives(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_windows_is_told_where_to_grade(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        with pytest.raises(NotReadyError, match="on Windows grade in WSL"):
            Unsandboxed()


# --- where there is none -------------------------------------------------------------------------------


def _program(folder, body):
    """Make a program called ``bwrap``."""
    path = folder / "bwrap"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def _fake(monkeypatch, folder, words, version="0.8.0"):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    body = f'[ "$1" = --version ] && echo bubblewrap {version} && exit 0\necho "bwrap: {words}" >&2\nexit 1'
    monkeypatch.setenv("PATH", f"{_program(folder, body).parent}:{os.environ['PATH']}")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_another_system_is_refused(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(NotReadyError, match="sandbox of Linux, which this system does not have; grade on"):
        find_sandbox(PROJECT)


def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "s390x")
    with pytest.raises(NotReadyError, match="does not know the processor s390x; grade on"):
        find_sandbox(PROJECT)


def test_a_missing_bubblewrap_is_named_and_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        NotReadyError, match=r"bubblewrap, which is not installed; .*sudo apt install bubblewrap"
    ):
        find_sandbox(PROJECT)


@pytest.mark.parametrize("version", ["0.4.1", "0.7.9", "of another kind"])
def test_an_old_bubblewrap_is_refused(monkeypatch, tmp_path, version):
    _fake(monkeypatch, tmp_path, "", version)
    with pytest.raises(NotReadyError, match=r"needs bubblewrap 0.8 or later, .*; install a newer one"):
        find_sandbox(PROJECT)


@pytest.mark.parametrize(
    ("words", "container", "told"),
    [
        ("No permissions to create new namespace", False, "ask its administrator to allow user namespaces"),
        ("setting up uid map: Permission denied", False, "AppArmor profile for bwrap"),
        ("Can't mount proc on /newroot/proc: Operation not permitted", True, "in this container .*SYS_ADMIN"),
        ("Can't find source path /nowhere", True, "could not be started: .*Can't find source path /nowhere"),
        ("\x1b[31m odd", False, r"could not be started: bubblewrap says .bwrap: \[31m odd"),
    ],
)
def test_why_bubblewrap_makes_no_sandbox_is_said_in_one_sentence(
    monkeypatch, tmp_path, words, container, told
):
    _fake(monkeypatch, tmp_path, words)
    exists = Path.exists
    marks = ("/.dockerenv", "/run/.containerenv")
    monkeypatch.setattr(Path, "exists", lambda path: container if str(path) in marks else exists(path))
    with pytest.raises(NotReadyError, match=told) as caught:
        find_sandbox(PROJECT)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_data_that_the_sandbox_cannot_read_are_named(box, tmp_path):
    (tmp_path / "course_data").mkdir()
    (tmp_path / "course_data" / "datapackage.json").touch(mode=0)
    with pytest.raises(NotReadyError, match=r"cannot read .*course_data .*chmod -R o"):
        find_sandbox(tmp_path)


@pytest.mark.parametrize("secret", ["the course", "the class", "another"])
def test_a_view_that_would_show_what_is_hidden_is_refused(monkeypatch, tmp_path, secret):
    """Here Python's prefix holds the course, or the class, or something else that has to stay hidden."""
    _fake(monkeypatch, tmp_path, "")
    prefix = tmp_path / "prefix"
    inside = prefix / "share" / "hidden"
    (inside / "course_data").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(prefix))
    if secret == "the class":
        monkeypatch.setenv("BACKCHANNEL_CLASS", str(inside))
    with pytest.raises(NotReadyError, match=r"has to show .*prefix .*hidden, which they must not see"):
        find_sandbox(inside if secret == "the course" else PROJECT, [inside] if secret == "another" else [])


def test_a_link_does_not_get_around_that(tmp_path):
    (tmp_path / "course_data").mkdir()
    (tmp_path / "course_data" / "class").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "course_data" / "class")
    with pytest.raises(NotReadyError, match="must not see"):
        view.make_view(tmp_path / "course_data", [tmp_path / "link"])


def test_an_older_linux_counts_processes_of_all_programs_and_is_not_asked_to(monkeypatch):
    monkeypatch.setattr(platform, "release", lambda: "5.10.0-30-amd64")
    assert "NPROC" not in sandbox._rlimits(SMALL)
    monkeypatch.setattr(platform, "release", lambda: "6.1.0-30-amd64")
    assert sandbox._rlimits(SMALL)["NPROC"] > SMALL.processes


def test_what_has_ended_uses_nothing():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert watch.usage(process.pid, Path("/tmp"), 1.0) is None


# --- what the host believes ----------------------------------------------------------------------------


def _line(**event):
    return json.dumps(event).encode() + b"\n"


def _read(*lines, cells=("a", "b")):
    transcript = Transcript(cells, 20.0, 1)
    for line in lines:
        transcript.read(line)
    return transcript


START = _line(event="start", cell=0)


def _stream(text, cell=0):
    return _line(event="output", cell=cell, kind="stream", content={"name": "stdout", "text": text})


def test_lines_may_come_in_pieces():
    told = START + _stream("one ") + _stream("two") + _line(event="end", cell=0)
    transcript = _read(*(told[place : place + 1] for place in range(len(told))))
    assert transcript.outputs["a"] == ({"output_type": "stream", "name": "stdout", "text": "one two"},)
    assert transcript.finished == ("a",)
    assert not transcript.over


@pytest.mark.parametrize(
    "line",
    [
        b"no JSON\n",
        b"[" * 100_000 + b"\n",
        b"7\n",
        b"null\n",
        b'{"event": "start", "cell": 1e400}\n',
        b"\xff\xfe\n",
        _line(event="start", cell=1),
        _line(event="start", cell="0"),
        _line(event="start", cell=True),
        _line(event="end", cell=0),
        _line(event="done"),
        _line(event="cut", cell=-1),
        _line(event="harm", cell=-1),
        _stream("before any cell"),
        _stream("of no cell", cell=-1),
        _line(event="stop", cell=0, why="exit", code="three"),
        b'{"event": "end", "cell": ' + b"9" * 10_000 + b"}\n",
    ],
    ids=range(17),
)
def test_a_line_that_does_not_belong_ends_the_run(line):
    transcript = _read(line, START)
    (finding,) = transcript.findings
    assert finding.endswith("what came out of the sandbox cannot be understood; 2 cells were not run.")
    assert transcript.over
    assert not transcript.done


def test_more_than_was_agreed_on_ends_the_run_at_once():
    transcript = _read(START, *(b"x" * 65536 for _ in range(100)))
    assert "it sent more than it may" in transcript.findings[0]
    assert len(transcript._rest) < 2 * run_cells.MB


def test_nothing_is_taken_after_the_end():
    end = [_line(event="end", cell=0), _line(event="done"), _stream("late"), b"no JSON\n"]
    transcript = _read(START, *end, cells=("a",))
    assert transcript.done
    assert (transcript.outputs["a"], transcript.findings) == ((), [])


def test_the_id_of_a_cell_is_shown_only_where_it_is_one():
    stop = _line(event="stop", cell=0, why="exit", code=-9)
    (finding,) = _read(START, stop, cells=("\u202eevil\n", "b")).findings
    assert finding == (
        "The notebook was stopped in the code cell 1: the Jupyter kernel was ended in it (signal SIGKILL); "
        "1 cell was not run."
    )


def test_updates_do_not_make_the_host_work_without_end():
    content = {"data": {"text/plain": "x"}, "transient": {"display_id": "same"}}
    shown = _line(event="output", cell=0, kind="display_data", content=content)
    content = content | {"data": {"text/plain": "y"}}
    update = _line(event="output", cell=0, kind="update_display_data", content=content)
    transcript = _read(START, shown * 100, update)
    assert [output["data"]["text/plain"] for output in transcript.outputs["a"]] == ["y"] * 20 + ["x"] * 80


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("<p>a &amp; b</p>", "<p>a &amp; b</p>"),
        ("<P CLASS='x' onclick=harm()>a</P>", "<p>a</p>"),
        ('<td rowspan="2" ColSpan=3 style="x">a</td>', "<td rowspan=2 colspan=3>a</td>"),
        ("<script>alert(1)</script>after", "after"),
        ("<script>a<b</scr</script >c", "c"),
        ("<style>p{}</style><svg onload=x><b>y</b></svg>", "<b>y</b>"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("<a href='javascript:x'>a</a>", "a"),
        ("<!-- <script>x</script> -->a", " --&gt;a"),
        ("1 < 2 > 3", "1 &lt; 2 &gt; 3"),
        ("<<p>p</p>", "&lt;<p>p</p>"),
        ("<p title='>'>a</p>", "<p>&#x27;&gt;a</p>"),
        ("<div><p>open", "<div><p>open</p></div>"),
        ("</div></td>stray<b><i>x</b>y</i>", "stray<b><i>x</i></b>y"),
        ("<br/><hr>a", "<br><hr>a"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("<scr<script>ipt>alert(1)</script>", "&lt;scr"),
        ("<p/onclick=x>a", "<p>a</p>"),
        ("<script>never closed <p>x", ""),
    ],
)
def test_html_keeps_structure_and_text_alone(given, made):
    assert safe_html(given) == made


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<p", "<p ", "<p>", "</p>", "<script>", "<p colspan=", "&amp", "&#", "<b><i></b>"]
)
def test_much_html_of_the_same_is_made_anew_too(piece):
    """What takes time that grows with the square of the length would take minutes here."""
    made = safe_html(piece * 100_000)
    assert set(re.findall("<[^>]*>", made)) <= {"<p>", "</p>", "<b>", "</b>", "<i>", "</i>"}


# --- the filter of calls -------------------------------------------------------------------------------


def _judged(program, machine, number, *arguments):
    """Run a filter as the Linux kernel would and return what it answers."""
    data = struct.pack("=iIQ6Q", number, machine, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = [struct.unpack_from("=HBBI", program, place) for place in range(0, len(program), 8)]
    place, value = 0, 0
    while True:
        code, if_true, if_false, operand = steps[place]
        place += 1
        if code == 0x20:
            value = struct.unpack_from("=I", data, operand)[0]
        elif code == 0x06:
            return operand
        else:
            met = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            place += if_true if met else if_false


@pytest.mark.parametrize("name", ["x86_64", "aarch64", "riscv64"])
def test_the_filter_refuses_what_it_should_and_nothing_else(name):
    machine, column = seccomp._MACHINES[name]
    program = seccomp.filter_program(name)
    assert len(program) // 8 < 4096, "Linux takes no longer one"
    allowed, refused, missing, family = 0x7FFF0000, 0x50001, 0x50026, 0x50061
    numbers = {numbers[column] for numbers in seccomp._REFUSED.values()}
    clone, prlimit, open_socket = (
        numbers[column] for numbers in (seccomp._CLONE, seccomp._PRLIMIT, seccomp._SOCKET)
    )
    for number in range(500):
        if number in (435, prlimit, open_socket):
            continue
        assert _judged(program, machine, number) == (refused if number in numbers else allowed), number
    assert _judged(program, machine, 435) == missing, "clone3 hides its flags"
    assert _judged(program, machine, 0x40000000) == missing
    assert _judged(program, machine ^ 1, 0) == missing, "another interface, such as that for 32 bits"
    assert _judged(program, machine, clone, 0x3D0F00) == allowed, "a thread"
    assert _judged(program, machine, clone, 0x10000011) == refused, "a user namespace"
    assert _judged(program, machine, prlimit, 0) == allowed
    assert _judged(program, machine, prlimit, 1) == refused
    kinds = {number: _judged(program, machine, open_socket, number, 1, 0) for number in range(50)}
    assert {number for number, answer in kinds.items() if answer == allowed} == {1, 2, 10, 16}
    assert set(kinds.values()) == {allowed, family}
    assert _judged(program, machine, open_socket, 16, 3, 9) == family, "netlink of another kind than routes"


def test_there_is_a_filter_for_known_processors_alone():
    assert seccomp.is_known("x86_64")
    assert not seccomp.is_known("i686")
