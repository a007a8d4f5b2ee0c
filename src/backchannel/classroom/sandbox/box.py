"""Runs the cells of a submitted notebook where they can do no harm.

A submission is hostile until shown otherwise. Its cells run in a Jupyter kernel inside a sandbox made by
bubblewrap: a world of its own without a network, in which Python, the package and the course data can be read
(``view.py``), one folder in memory can be written to, and nothing else exists, no solutions, no class, no
home. Three things keep to the limits:

* the Linux kernel, which counts for each process and refuses some calls at all (``seccomp.py``),
* ``run_cells.py``, which is process 1 inside and gives each cell its time,
* this side, which sees from outside what the whole sandbox uses (``watch.py``) and ends it where that is too
  much. With process 1 all others end, whatever they did to stay.

What happens inside is told line by line, at once, so ending a sandbox loses nothing of what was there before;
``transcript.py`` checks it. What goes in is a copy, so nothing that a notebook writes reaches this side.

Root's submissions are not root's: there a first bubblewrap gives a view of the needed folders to an
unprivileged user, who starts the sandbox as any other user would.
"""

from __future__ import annotations

import base64
import json
import math
import os
import platform
import re
import select
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import psutil

import backchannel
from backchannel.classroom.sandbox import run_cells, seccomp
from backchannel.classroom.sandbox.transcript import Output, Transcript
from backchannel.classroom.sandbox.view import COURSE, View, make_view
from backchannel.classroom.sandbox.watch import MB, Usage, usage
from backchannel.dossier import find_course_data
from backchannel.errors import DataError, NotReadyError

OLDEST = (0, 8)  # the first bubblewrap that can limit a file system in memory and forbid user namespaces
COUNTED = (5, 14)  # the first Linux that counts processes in each user namespace by itself
WRITABLE = Path("/tmp")  # the one folder inside that can be written to, a file system of its own
NOBODY = "65534"
TICK = 0.05  # seconds between two looks at what a sandbox uses
PATIENCE = 2.0  # seconds after all that run_cells gives a cell, before this side steps in
LONGEST_END = 10.0  # seconds for the Linux kernel to clear a sandbox away
OPEN_FILES = 256
TOLD = 8192  # bytes of what a program says of its own troubles
_PLACES = ("HOME", "BACKCHANNEL_CLASS", "BACKCHANNEL_DOCUMENTS", "BACKCHANNEL_WORKSPACE")
_PROBE = """
import os, pathlib, backchannel.errors
data = (pathlib.Path(os.environ["BACKCHANNEL_COURSE_DATA"]) / "datapackage.json").read_bytes()
"""
_SOURCE = Path(backchannel.__file__).resolve().parents[1]
_RUNNER = Path(run_cells.__file__).resolve()
_RUNNER_INSIDE = COURSE / "src" / _RUNNER.relative_to(_SOURCE)
_SINGLE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")

Cells = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Limits:
    """What one submission may take.

    Attributes:
        seconds: from the start of the sandbox to its end; no process gets more of the processor either.
        cell_seconds: from the start of a cell to its end.
        memory: MB, of all processes and of the files they made together.
        processes: with their threads, of which the kernel and ``run_cells`` have about 15.
        files: files and folders.
        file_size: MB of one file.
        disk: MB of all files together.
        output: MB of outputs sent back, together.
    """

    seconds: float = 60.0
    cell_seconds: float = 20.0
    memory: int = 1024
    processes: int = 64
    files: int = 2000
    file_size: int = 16
    disk: int = 64
    output: int = 2


@dataclass(frozen=True)
class Run:
    """What came of running the cells of a notebook.

    Attributes:
        outputs: of every cell by its id, in nbformat 4: stream, display_data, execute_result and error, of
            plain text, harmless HTML and PNG alone.
        finished: ids of the cells that ran to their end, in order; one that ends with an error did.
        findings: full sentences: what was stopped, in which cell, why.
        complete: whether every cell ran to its end.
        seconds: from start to end.
        memory: MB, the most that was seen; 0 where it is not looked at.
    """

    outputs: Mapping[str, tuple[Output, ...]]
    finished: tuple[str, ...]
    findings: tuple[str, ...]
    complete: bool
    seconds: float
    memory: float


class NoSandboxError(NotReadyError):
    """This machine has no sandbox, or does not let one be made; the course itself is well."""


class Sandbox(Protocol):
    """Runs cells under limits."""

    @property
    def name(self) -> str:
        """What it is, with its version, such as ``bubblewrap 0.8.0``; ``none`` where there is none."""

    def run(self, cells: Cells, files: Mapping[str, bytes], limits: Limits) -> Run:
        """Run cells and return what came of it, whatever they do; several threads may call it at once.

        Args:
            cells: id and source of the code cells, in order; no two ids are the same.
            files: content by name, put into the working folder.
            limits: what they may take.

        Raises:
            OSError: the program that runs them cannot be started.
            ValueError: two cells have the same id, or the name of a file is none.
        """


# --- with a sandbox ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bubblewrap:
    """A sandbox of Linux namespaces, made by the program ``bwrap``.

    Attributes:
        name: the program with its version.
        program: where it lies.
        view: what can be seen inside.
    """

    name: str
    program: str
    view: View

    def run(self, cells: Cells, files: Mapping[str, bytes], limits: Limits) -> Run:
        """See ``Sandbox``."""
        return self.try_to_run(cells, files, limits)[0]

    def try_to_run(self, cells: Cells, files: Mapping[str, bytes], limits: Limits) -> tuple[Run, str]:
        """Run cells; return with it what bubblewrap had to say, which is nothing where all went well."""
        job = _job(cells, files, limits, WRITABLE, _rlimits(limits))
        return _follow(self._start(limits), job, cells, limits)

    def _start(self, limits: Limits) -> _Program:
        rules, (info, told) = _pipe_with(seccomp.filter_program()), os.pipe()
        with os.fdopen(info, "rb", buffering=0) as pipe:
            try:
                # The environment is empty since process 1 could not hide what it was started with.
                process = _popen(self._command(limits, rules, told), {}, (rules, told))
            finally:
                os.close(rules)
                os.close(told)  # so that the pipe ends with bubblewrap
            return _Boxed(process, pipe)

    def _command(self, limits: Limits, rules: int, told: int) -> list[str]:
        environment = _environment(WRITABLE, COURSE / "src", COURSE / "course_data")
        view = self.view if os.geteuid() else self.view.from_inside
        inside = [
            self.program,
            *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
            *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
            *("--as-pid-1", "--new-session", "--die-with-parent"),
            *("--size", str(limits.disk * MB), "--tmpfs", str(WRITABLE)),
            *view.arguments,
            *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"),
            *("--clearenv", *(word for item in environment.items() for word in ("--setenv", *item))),
            *("--seccomp", str(rules), "--info-fd", str(told), "--chdir", str(WRITABLE), "--"),
            *_runner(_RUNNER_INSIDE),
        ]
        if os.geteuid():
            return inside
        return [
            *(self.program, "--die-with-parent", "--tmpfs", str(WRITABLE), *self.view.arguments),
            *("--bind", "/proc", "/proc", "--dev", "/dev", "--"),
            *("/usr/bin/setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"),
            *("--no-new-privs", "--pdeathsig", "KILL", "--", *inside),
        ]


def find_sandbox(project: Path, hidden: Iterable[Path] = ()) -> Bubblewrap:
    """Return the sandbox of this machine, after running a cell in it.

    Args:
        project: the course, of which a submission sees the package and the course data alone.
        hidden: what else a submission must not see, besides the home and the folders that variables name.

    Raises:
        NoSandboxError: the machine has none; one sentence says what is missing and how it is had.
        NotReadyError: it has one, which could not be started or used.
        DataError: the course data are not there.
    """
    if sys.platform != "linux":
        raise NoSandboxError(
            "Submissions run in a sandbox of Linux, which this system does not have; grade on a machine or a "
            "virtual machine with Linux, on Windows for example in WSL."
        )
    if not seccomp.is_known():
        raise NoSandboxError(
            f"The sandbox does not know the processor {platform.machine()}; grade on a machine with an "
            "x86-64 or ARM processor of 64 bits."
        )
    program = shutil.which("bwrap")
    if program is None:
        raise NoSandboxError(
            "The sandbox for submissions needs bubblewrap, which is not installed; install it, on Debian and "
            "Ubuntu with `sudo apt install bubblewrap`, on Fedora with `sudo dnf install bubblewrap`."
        )
    name = _version(program)
    named = [Path(place) for place in map(os.environ.get, _PLACES) if place]
    view = make_view(project / "course_data", [project, *named, *hidden])
    package = project / "course_data" / "datapackage.json"
    if not package.is_file():
        raise DataError(f"The course lacks the file {package}; restore it from your copy of the course.")
    sandbox = Bubblewrap(name, program, view)
    run, troubles = sandbox.try_to_run([("probe", _PROBE)], {}, Limits())
    if not run.complete:
        raise _refusal(troubles or run.findings[0])
    if run.outputs["probe"]:
        raise NotReadyError(
            f"The sandbox cannot read {project / 'course_data'} or the package, since they are closed to the "
            "user it runs as; open them to everybody, with `chmod -R o+rX`, and all folders above them."
        )
    return sandbox


def _version(program: str) -> str:
    """Return the name of a bubblewrap with its version, once it is new enough."""
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.fullmatch(r"bubblewrap (\d+)\.(\d+)(\.\d+)*", asked.strip())
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise NoSandboxError(
            f"The sandbox needs bubblewrap {'.'.join(map(str, OLDEST))} or later, and {program} is "
            f"{found[0] if found else 'something else'}; install a newer one."
        )
    return found[0]


def _refusal(troubles: str) -> NotReadyError:
    """Return the error that says why bubblewrap made no sandbox, from its own words."""
    words = " ".join("".join(mark if mark.isprintable() else " " for mark in troubles).split())[:200]
    told = f'bubblewrap says "{words}"'
    if not re.search("namespace|uid map|Operation not permitted|Permission denied", words):
        return NotReadyError(f"The sandbox could not be started: {told}; put that right and try again.")
    if any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")):
        return NoSandboxError(
            f"No sandbox can be made in this container ({told}); grade outside of it, or start it with the "
            "right to make namespaces and to mount /proc (Docker: --cap-add SYS_ADMIN --security-opt "
            "seccomp=unconfined --security-opt systempaths=unconfined)."
        )
    return NoSandboxError(
        f"This machine does not let you make a sandbox ({told}); ask its administrator to allow user "
        "namespaces (sysctl user.max_user_namespaces above 0; on Debian also "
        "kernel.unprivileged_userns_clone=1; on Ubuntu from 24.04 an AppArmor profile for bwrap)."
    )


def _rlimits(limits: Limits) -> dict[str, int]:
    """Return limits of each process, by the names of the module ``resource`` without ``RLIMIT_``."""
    found = {
        "CORE": 0,
        "CPU": math.ceil(limits.seconds) + 1,
        "DATA": limits.memory * MB,
        "FSIZE": limits.file_size * MB,
        "MEMLOCK": 0,
        "MSGQUEUE": 0,
        "NOFILE": OPEN_FILES,
    }
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    if release and (int(release[1]), int(release[2])) >= COUNTED:
        found["NPROC"] = (
            limits.processes * 5 // 4
        )  # a little more, so that the watch sees when it is too much
    return found  # on an older Linux it would count the user's other programs too; the watch has to do


# --- without one ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unsandboxed:
    """No sandbox: the same run as the user who grades, with limits on time and outputs; for trusted cells."""

    name: str = "none"

    def __post_init__(self) -> None:
        """Refuse a system on which cells cannot be run.

        Raises:
            NotReadyError: it is Windows.
        """
        if os.name != "posix":
            raise NotReadyError("Submissions can be run on Linux and macOS alone; on Windows grade in WSL.")

    def run(self, cells: Cells, files: Mapping[str, bytes], limits: Limits) -> Run:
        """See ``Sandbox``.

        Raises:
            DataError: the course data cannot be found.
        """
        course_data = find_course_data()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            job = _job(cells, files, limits, Path(name), {})
            environment = _environment(Path(name), _SOURCE, course_data)
            program = _Program(_popen(_runner(_RUNNER), environment))
            return _follow(program, job, cells, limits)[0]


# --- a program that runs cells -------------------------------------------------------------------------


class _Program:
    """``run_cells``, started by itself."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self.process, self.stdin, self.stdout, self.stderr = (
            process,
            process.stdin,
            process.stdout,
            process.stderr,
        )
        self._started: set[psutil.Process] = set()

    def usage(self, most: float) -> Usage | None:
        """Return None, since what it uses is not looked at; but note what it started, to end it too."""
        with suppress(psutil.Error):
            self._started.update(psutil.Process(self.process.pid).children(recursive=True))
        return None

    def end(self) -> None:
        """End it with what it started, as far as that did not hide."""
        self.usage(0)
        for child in self._started:
            with suppress(psutil.Error):
                child.kill()
        self._end_bare()

    def _end_bare(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class _Boxed(_Program):
    """``run_cells`` in a sandbox, as its process 1."""

    def __init__(self, process: subprocess.Popen[bytes], info: IO[bytes]) -> None:
        super().__init__(process)
        text = b""
        while b"}" not in text and (data := info.read(1024)):
            text += data
        found = re.search(rb'"child-pid": (\d+)', text)
        self._first, self._handle = (int(found[1]), _handle(int(found[1]))) if found else (0, None)

    def usage(self, most: float) -> Usage | None:
        """Return what the sandbox uses."""
        return usage(self._first, WRITABLE, most) if self._handle else None

    def end(self) -> None:
        """End the sandbox, and return when no process of it is left."""
        if self._handle:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            gone = select.poll()
            gone.register(self._handle, select.POLLIN)
            gone.poll(LONGEST_END * 1000)
            os.close(self._handle)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(LONGEST_END)  # bubblewrap takes leave of process 1, then ends too
        self._end_bare()


def _handle(pid: int) -> int | None:
    """Return a handle of a process, which stays with it when another gets its number."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _popen(
    command: list[str], environment: Mapping[str, str], descriptors: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd="/",
        pass_fds=descriptors,
        start_new_session=True,  # Ctrl-C is for this side, which then ends the other
    )


def _runner(place: Path) -> list[str]:
    return [sys.executable, "-I", str(place)]


def _pipe_with(content: bytes) -> int:
    """Return the end of a pipe from which some bytes can be read, fewer than a pipe holds."""
    end, way_in = os.pipe()
    os.write(way_in, content)
    os.close(way_in)
    return end


def _environment(folder: Path, source: Path, course_data: Path) -> dict[str, str]:
    """Return all variables that there are where cells run; ``folder`` is the one they can write to."""
    home = folder / "home"
    return {
        "HOME": str(home),
        "USER": "student",
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "TMPDIR": str(folder),
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "NBGRADER_EXECUTION": "autograde",
        "BACKCHANNEL_COURSE_DATA": str(course_data),
        "BACKCHANNEL_WORKSPACE": str(home / "workspace"),
        **dict.fromkeys(_SINGLE, "1"),  # a submission has one processor's worth, and threads count
    }


def _job(
    cells: Cells, files: Mapping[str, bytes], limits: Limits, folder: Path, rlimits: Mapping[str, int]
) -> bytes:
    """Return what ``run_cells`` reads."""
    if len({cell for cell, _ in cells}) < len(cells):
        raise ValueError("Two cells have the same id.")
    if wrong := [name for name in files if Path(name).name != name or name in ("", "..")]:
        raise ValueError(f"{wrong[0]!r} is no name of a file.")
    job = {
        "work": str(folder / "work"),
        "files": {name: base64.b64encode(content).decode() for name, content in files.items()},
        "sources": [source.encode("utf-8", "replace").decode() for _, source in cells],
        "cell_seconds": limits.cell_seconds,
        "room": limits.output * run_cells.MB,
        "limits": dict(rlimits),
    }
    return json.dumps(job).encode()


# --- following it --------------------------------------------------------------------------------------


def _follow(program: _Program, job: bytes, cells: Cells, limits: Limits) -> tuple[Run, str]:
    """Take in what a program tells until it is done or has to be ended; return its own troubles too."""
    begin = time.monotonic()
    transcript = Transcript([cell for cell, _ in cells], limits.cell_seconds, limits.output)
    troubles, peak = b"", 0.0
    threading.Thread(target=_feed, args=(program.stdin, job), daemon=True).start()
    try:
        with selectors.DefaultSelector() as pipes:
            for pipe in (program.stdout, program.stderr):
                pipes.register(pipe, selectors.EVENT_READ)
            next_look = begin
            while pipes.get_map() and not transcript.over:
                for key, _ in pipes.select(TICK):
                    data = os.read(key.fd, 65536)
                    if not data:
                        pipes.unregister(key.fileobj)
                    elif key.fileobj is program.stdout:
                        transcript.read(data)
                    else:
                        troubles = (troubles + data)[:TOLD]
                if time.monotonic() >= next_look:
                    # Before the first cell nothing foreign runs, and the sandbox may not stand yet.
                    used = program.usage(limits.memory) if transcript.current >= 0 else None
                    peak = max(peak, used.memory if used else 0.0)
                    if reason := _too_much(used, transcript, limits, begin):
                        transcript.stop(reason)
                    next_look = time.monotonic() + TICK
        transcript.stop("the sandbox broke off")
    finally:
        program.end()
        for pipe in (program.stdout, program.stderr):
            pipe.close()
    seconds = time.monotonic() - begin
    findings, done = tuple(transcript.findings), transcript.done
    run = Run(transcript.outputs, transcript.finished, findings, done, seconds, peak)
    return run, troubles.decode(errors="replace")


def _feed(pipe: IO[bytes], job: bytes) -> None:
    with suppress(OSError), pipe:  # a program that has ended says why itself
        pipe.write(job)


def _too_much(used: Usage | None, transcript: Transcript, limits: Limits, begin: float) -> str:
    """Return half a sentence on what is too much, or nothing."""
    now = time.monotonic()
    grace = run_cells.INTERRUPT_GRACE + run_cells.IDLE_GRACE + PATIENCE
    if now - begin > limits.seconds:
        return f"the whole notebook took longer than {limits.seconds:g} s"
    if transcript.current >= 0 and now - transcript.since > limits.cell_seconds + grace:
        return f"it took longer than {limits.cell_seconds:g} s"
    if used and used.memory > limits.memory:
        return f"it used more than {limits.memory} MB of memory"
    if used and used.processes > limits.processes:
        return f"it ran more than {limits.processes} processes and threads"
    if used and used.files > limits.files:
        return f"it made more than {limits.files} files"
    return ""
