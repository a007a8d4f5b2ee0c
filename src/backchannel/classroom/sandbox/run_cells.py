"""Runs the cells of one notebook in a Jupyter kernel; this is the program inside the sandbox.

It reads one JSON object from standard input (``box.py`` writes it) and tells what happens as
JSON lines on standard output, at once, so that nothing is lost when the sandbox is ended from outside::

    {"event": "start", "cell": 0}                                    the cell begins
    {"event": "output", "cell": 0, "kind": "stream", "content": {…}} as the kernel sent it
    {"event": "cut", "cell": 0}                                      outputs are left out from here on
    {"event": "end", "cell": 0}                                      the cell ran to its end, or to an error
    {"event": "stop", "cell": 0, "why": "time", "code": 0}           nothing comes after this one
    {"event": "done"}

It is started by its path and needs the standard library and pyzmq alone: jupyter_client would cost a fifth of
a second a submission, and the part of Jupyter's wire protocol that is needed here is short. In the sandbox it
is process 1, which no process in there can signal or look into, and it alone holds the way out.
"""

from __future__ import annotations

import base64
import ctypes
import hmac
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OUTPUTS = frozenset(
    {"stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"}
)
MIME_TYPES = ("text/plain", "text/html", "image/png")  # what is worth carrying out
INTERRUPT_GRACE = 1.0  # seconds to react to an interrupt before the kernel is killed
IDLE_GRACE = 1.0  # seconds to wait for the last outputs of a cell that has ended
POLL = 50  # milliseconds
MESSAGES = 100  # taken in one go before the clock is looked at
LARGEST = 2**25  # bytes of an output that are read at all
WIDEST = 12  # bytes that one character takes as JSON, at most
QUEUED = 100  # messages ZeroMQ may hold in memory for us
DELIMITER = b"<IDS|MSG>"
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
OPTIONS = ("--HistoryManager.enabled=False",)  # there is nobody to recall an input
MB = 10**6
PR_SET_DUMPABLE = 4

Message = tuple[str, str, bytes]


class Kernel:
    """A kernel of our own Python, spoken to in Jupyter's wire protocol.

    What it sends is taken without a look at the signature, since its key is known to whoever runs in it.
    """

    def __init__(self, folder: Path) -> None:
        """Start it; the folder takes its sockets."""
        self._key, self._session = os.urandom(16).hex(), os.urandom(8).hex()
        self._ended: int | None = None
        place = str(folder / "kernel")
        ports = {f"{channel}_port": number for number, channel in enumerate(CHANNELS, start=1)}
        connection = folder / "connection.json"
        connection.write_text(json.dumps({"transport": "ipc", "ip": place, "key": self._key, **ports}))
        # Its standard streams lead nowhere: it carries off itself what is written there, and ours lead out.
        nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", str(connection), *OPTIONS]
        self._pid = os.posix_spawn(
            sys.executable,
            command,
            os.environ,
            file_actions=nowhere,
            setpgroup=0,
            setsigdef=[signal.SIGINT],
        )
        self._channels = Channels(*(f"ipc://{place}-{ports[f'{name}_port']}" for name in ("shell", "iopub")))

    def ask(self, kind: str, content: Mapping[str, Any]) -> str:
        """Send a request and return its id."""
        name = os.urandom(8).hex()
        date = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        header = {"msg_id": name, "msg_type": kind, "session": self._session, "username": "", "date": date}
        frames = [json.dumps(part).encode() for part in (header | {"version": "5.3"}, {}, {}, content)]
        signature = hmac.new(self._key.encode(), b"".join(frames), "sha256").hexdigest()
        self._channels.send([DELIMITER, signature.encode(), *frames])
        return name

    def messages(self, wait: int = POLL) -> Iterator[Message]:
        """Yield what has come, as (kind, id of the request, content); wait for it up to some milliseconds."""
        for frames in self._channels.receive(wait):
            if message := _parsed(frames):
                yield message

    def ended(self) -> int | None:
        """Return how the kernel ended, an exit code or minus a signal, or None while it lives.

        Process 1 is heir to all orphans in the sandbox, so every process that ended is reaped here.
        """
        for _ in range(MESSAGES):
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            if pid == self._pid:
                self._ended = os.waitstatus_to_exitcode(status)
        return self._ended

    def interrupt(self) -> None:
        """Interrupt the running cell, as Jupyter's square button does."""
        if self.ended() is None:
            os.kill(self._pid, signal.SIGINT)

    def kill(self) -> None:
        """End the kernel with what it started, as far as that stayed in its process group."""
        if self.ended() is None:
            os.killpg(self._pid, signal.SIGKILL)


class Channels:
    """Our ends of the two channels that are needed, the kernel's shell and its broadcasts."""

    def __init__(self, shell: str, iopub: str) -> None:
        """Open them; they wait for the kernel's ends."""
        import zmq  # here, while the kernel imports what it needs

        self._zmq, context = zmq, zmq.Context()
        self._shell, self._iopub = context.socket(zmq.DEALER), context.socket(zmq.SUB)
        self._iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self._poller = zmq.Poller()
        for socket, address in ((self._shell, shell), (self._iopub, iopub)):
            socket.setsockopt(zmq.RECONNECT_IVL, 10)  # milliseconds
            socket.setsockopt(zmq.RCVHWM, QUEUED)
            socket.connect(address)
            self._poller.register(socket, zmq.POLLIN)

    def send(self, frames: list[bytes]) -> None:
        """Send a message on the shell channel."""
        self._shell.send_multipart(frames)

    def receive(self, wait: int) -> Iterator[list[bytes]]:
        """Yield messages of both channels, some of each."""
        for socket, _ in self._poller.poll(wait):
            for _ in range(MESSAGES):
                try:
                    yield socket.recv_multipart(self._zmq.NOBLOCK)
                except self._zmq.Again:
                    break


def _parsed(frames: list[bytes]) -> Message | None:
    """Return a message, or None for what is none; only the header is read, the content may be large."""
    try:
        start = frames.index(DELIMITER)
        header, parent = json.loads(frames[start + 2]), json.loads(frames[start + 3])
        return str(header["msg_type"]), str(parent.get("msg_id", "")), frames[start + 5]
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return None


class Run:
    """One run of the cells, told line by line.

    Args:
        kernel: which runs them.
        out: file descriptor of the way out.
        cell_seconds: how long a cell may take.
        room: how many bytes of outputs may be told.
    """

    def __init__(self, kernel: Kernel, out: int, cell_seconds: float, room: int) -> None:
        self._kernel, self._out, self._cell_seconds = kernel, out, cell_seconds
        self._room, self._room_of_cell = room, room // 2  # so one cell does not take it from all others
        self._used: dict[int, int] = {}
        self._cells: dict[str, int] = {}  # the cell that each request ran
        self._cut: set[int] = set()  # cells of which some outputs are left out
        self._broken_off: set[int] = set()  # cells of which more text would not follow what was told

    def run(self, sources: list[str]) -> None:
        """Run the cells one after the other; an error in one does not keep the next from running."""
        if self._wait_for_kernel() and all(self._cell(*cell) for cell in enumerate(sources)):
            self._tell(event="done")

    def _wait_for_kernel(self) -> bool:
        """Ask until the kernel answers and its outputs reach us; the host ends a wait that is too long."""
        answered = heard = False
        while not (answered and heard):
            self._kernel.ask("kernel_info_request", {})
            for kind, _, _ in self._kernel.messages(1000):
                answered |= kind == "kernel_info_reply"
                heard |= kind in ("status", "iopub_welcome")
            if self._kernel.ended() is not None:
                return self._stop(-1, "exit")
        return True

    def _cell(self, number: int, source: str) -> bool:
        """Run a cell and tell whether the next one can be run."""
        self._tell(event="start", cell=number)
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
        request = self._kernel.ask(
            "execute_request", {**content, "allow_stdin": False, "stop_on_error": False}
        )
        self._cells[request] = number
        deadline, interrupted, replied, idle = time.monotonic() + self._cell_seconds, False, False, False
        while not (replied and idle):
            for kind, parent, content_of in self._kernel.messages():
                self._output(kind, parent, content_of)
                if parent == request and kind == "execute_reply" and not replied:
                    replied = True
                    deadline = time.monotonic() + IDLE_GRACE
                idle |= parent == request and kind == "status" and b'"idle"' in content_of
            if self._kernel.ended() is not None:
                self._take_last_outputs()
                return self._stop(number, "exit")
            if time.monotonic() < deadline:
                continue
            if replied:
                break
            if interrupted:
                return self._stop(number, "time")
            self._kernel.interrupt()
            interrupted, deadline = True, time.monotonic() + INTERRUPT_GRACE
        if interrupted:
            return self._stop(number, "time")
        self._tell(event="end", cell=number)
        return True

    def _take_last_outputs(self) -> None:
        while found := list(self._kernel.messages()):
            for message in found:
                self._output(*message)

    def _stop(self, number: int, why: str) -> bool:
        code = self._kernel.ended() or 0
        self._kernel.kill()
        self._tell(event="stop", cell=number, why=why, code=code)
        return False

    def _output(self, kind: str, parent: str, content: bytes) -> None:
        """Tell an output, or its beginning, or once for each cell that some are left out."""
        number = self._cells.get(parent)
        if kind not in OUTPUTS or number is None or (kind == "stream" and number in self._broken_off):
            return
        room = self._room
        if kind != "error":  # whatever it printed before, a cell shall say what went wrong
            room = max(0, min(room, self._room_of_cell - self._used.get(number, 0)))
        line = _output_line(number, kind, content) if len(content) <= LARGEST else b""
        if line is None:
            return
        if not line or len(line) > room:
            self._leave_out(number)
            if kind == "stream" and line:
                self._broken_off.add(number)
                line = _output_line(number, kind, content, room // WIDEST)
        if line and len(line) <= room:
            self._room -= len(line)
            self._used[number] = self._used.get(number, 0) + len(line)
            self._write(line)

    def _leave_out(self, number: int) -> None:
        if number not in self._cut:
            self._cut.add(number)
            self._tell(event="cut", cell=number)

    def _tell(self, **event: Any) -> None:
        self._write(_line(**event))

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._out, rest) :]


def _line(**event: Any) -> bytes:
    return json.dumps(event).encode("ascii") + b"\n"


def _output_line(number: int, kind: str, content: bytes, characters: int | None = None) -> bytes | None:
    """Return the line that tells an output, or None for what is no JSON; text is cut after some characters.

    What the host would drop anyway, such as the state of widgets, is left out, so that it takes no room.
    """
    try:
        told = json.loads(content)
        if not isinstance(told, dict):
            told = {}
        if "data" in told:
            data = {name: told["data"][name] for name in MIME_TYPES if name in told["data"]}
            told = {"data": data, "transient": told.get("transient"), "count": told.get("execution_count")}
        if characters is not None:
            told["text"] = told["text"][:characters]
        return _line(event="output", cell=number, kind=kind, content=told)
    except (KeyError, RecursionError, TypeError, ValueError):
        return None


def _close_ourselves() -> None:
    """Let no process in here read our memory or open our descriptors, and let no signal end us."""
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError("This process could not be closed to others.")
    # A handler that does nothing rather than SIG_IGN, which the kernel would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)


def _limit(limits: Mapping[str, int]) -> None:
    """Set limits for this process and, by inheritance, for all that the kernel starts."""
    import resource

    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def main() -> None:
    """Do the job that stands on standard input, in the current folder."""
    _close_ourselves()
    job = json.load(sys.stdin.buffer)
    work, home = Path(job["work"]), Path(os.environ["HOME"])
    for folder in (work, home):
        folder.mkdir(exist_ok=True)
    os.chdir(work)
    for name, content in job["files"].items():
        (work / name).write_bytes(base64.b64decode(content))
    _limit(job["limits"])
    kernel = Kernel(home)
    try:
        Run(kernel, sys.stdout.fileno(), job["cell_seconds"], job["room"]).run(job["sources"])
    finally:
        kernel.kill()
    os._exit(0)  # nothing is left to be tidied up, and ZeroMQ would wait for peers that are gone


if __name__ == "__main__":
    main()
