"""What a sandbox tells of a run, believed only as far as it was checked.

The lines come from ``run_cells.py``, but what they carry comes from a stranger's notebook. So the host takes
no more than it said it would, reads JSON and nothing else, makes every output anew from the parts it knows,
and puts the sentences itself.
"""

from __future__ import annotations

import base64
import json
import re
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backchannel.classroom.sandbox.run_cells import MB
from backchannel.classroom.sandbox.safe_html import safe_html

SLACK = 256 * 1024  # bytes for all that is told besides outputs
SAME = 20  # outputs with the same display id that are kept up to date
_PNG = b"\x89PNG\r\n\x1a\n"
_PIXELS = 40_000_000  # a larger picture is made to stop whoever opens it
_CONTROL = re.compile(r"\x1b(?!\[[\d;]{0,20}m)|[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_CELL = re.compile(r"[A-Za-z0-9_-]{1,64}")

_NO_OUTPUT = (AttributeError, IndexError, KeyError, TypeError, ValueError)

Output = dict[str, Any]


class Transcript:
    """Grows line by line.

    Args:
        cells: ids of the cells that are run, in order.
        cell_seconds: how long each may take.
        room: MB of outputs that were agreed on.
    """

    def __init__(self, cells: Sequence[str], cell_seconds: float, room: int) -> None:
        self._cells, self._cell_seconds, self._room = cells, cell_seconds, room
        self._bytes, self._rest = 0, b""
        self._outputs: list[list[Output]] = [[] for _ in cells]
        self._shown: dict[str, list[Output]] = {}  # outputs that a later one may replace, by display id
        self._clear: set[int] = set()  # cells whose outputs go when the next one comes
        self._ended: list[int] = []
        self.current = -1
        self.since = time.monotonic()
        self.findings: list[str] = []
        self.stopped = self.done = False

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self.stopped or self.done

    @property
    def outputs(self) -> Mapping[str, tuple[Output, ...]]:
        """The outputs of every cell in nbformat 4, by the cell's id."""
        return {
            cell: tuple(map(_whole, found)) for cell, found in zip(self._cells, self._outputs, strict=True)
        }

    @property
    def finished(self) -> tuple[str, ...]:
        """Ids of the cells that ran to their end."""
        return tuple(self._cells[number] for number in self._ended)

    def read(self, data: bytes) -> None:
        """Take in what came through the pipe; after more than was agreed on, nothing else is taken."""
        self._bytes += len(data)
        if self.over:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._bytes > self._room * MB + SLACK + 200 * len(self._cells):
            self.stop("it sent more than it may")
            return
        for line in lines:
            try:
                self._event(json.loads(line))
            except (*_NO_OUTPUT, RecursionError):
                self.stop("what came out of the sandbox cannot be understood")
                return

    def _event(self, event: dict[str, Any]) -> None:
        kind, number = event["event"], event.get("cell", -1)
        if type(number) is not int or not -1 <= number <= self.current + (kind == "start"):
            raise ValueError("A cell that was not started.")
        if kind == "done" and len(self._ended) == len(self._cells):
            self.done = True
        elif kind == "stop":
            self._kernel_stopped(event["why"], event["code"])
        elif kind == "start" and number == len(self._ended) < len(self._cells):
            self.current, self.since = number, time.monotonic()
        elif kind == "end" and number == len(self._ended):
            self._ended.append(number)
        elif kind == "cut" and number >= 0:
            self._left_out(number, f"those of a notebook may come to {self._room} MB, half of it in one cell")
        elif kind == "output" and number >= 0:
            try:
                self._output(number, event["kind"], event["content"])
            except _NO_OUTPUT:
                self._left_out(number, "they are nothing that Jupyter knows")
        else:
            raise ValueError("An event that does not belong here.")

    def _left_out(self, number: int, why: str) -> None:
        finding = f"Some outputs of {self._name(number)} were left out, since {why}."
        if finding not in self.findings:
            self.findings.append(finding)

    def _kernel_stopped(self, why: str, code: int) -> None:
        if why == "time":
            self.stop(f"it took longer than {self._cell_seconds:g} s")
        elif code < 0:
            self.stop(f"the Jupyter kernel was ended in it ({_signal(-code)})")
        else:
            self.stop(f"the Jupyter kernel was ended in it (exit code {code:d})")

    def stop(self, why: str) -> None:
        """Write down that the run ended before its time, and why, as half a sentence on the cell."""
        if self.over:
            return
        self.stopped = True
        left = len(self._cells) - max(self.current, 0) - (self.current >= 0)
        where = f"in {self._name(self.current)}" if self.current >= 0 else "before its first cell"
        rest = f"; {left} {'cells were' if left > 1 else 'cell was'} not run" if left else ""
        self.findings.append(f"The notebook was stopped {where}: {why}{rest}.")

    def _name(self, number: int) -> str:
        """Name a cell; an id that is none is not shown, since it comes from the notebook."""
        cell = self._cells[number]
        return f"the code cell {number + 1}" + (f" ({cell})" if _CELL.fullmatch(cell) else "")

    # --- outputs -----------------------------------------------------------------------------------------

    def _output(self, number: int, kind: str, content: Mapping[str, Any]) -> None:
        found = self._outputs[number]
        if kind == "clear_output":
            if content.get("wait"):
                self._clear.add(number)
            else:
                found.clear()
            return
        if number in self._clear:
            self._clear.remove(number)
            found.clear()
        output = as_output(kind, content)
        name = _display_id(content)
        if kind == "update_display_data":
            for earlier in self._shown.get(name, ()):
                earlier["data"] = output["data"]
            return
        if name and len(self._shown.setdefault(name, [])) < SAME:
            self._shown[name].append(output)
        if kind == "stream" and found and found[-1].get("name") == output["name"]:
            found[-1]["text"] += output["text"]
        else:
            found.append(output)


def as_output(kind: str, content: Mapping[str, Any]) -> Output:
    """Return an output in nbformat 4, made anew from a Jupyter message; the text of a stream is a list.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if kind == "stream":
        name = content["name"]
        if name not in ("stdout", "stderr"):
            raise ValueError("A stream of another name.")
        return {"output_type": "stream", "name": name, "text": [_text(content["text"])]}
    if kind == "error":
        return {
            "output_type": "error",
            "ename": _text(content["ename"]),
            "evalue": _text(content["evalue"]),
            "traceback": [_text(line) for line in content["traceback"]],
        }
    data = dict(_data(content["data"]))
    if kind == "execute_result":
        count = content["count"]
        known = count if type(count) is int and 0 < count < 10**6 else None
        return {"output_type": kind, "data": data, "metadata": {}, "execution_count": known}
    if kind in ("display_data", "update_display_data"):
        return {"output_type": "display_data", "data": data, "metadata": {}}
    raise ValueError("An output of another kind.")


def _data(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what can be shown without harm; scripts, widgets and all other types are left out."""
    if "text/plain" in data:
        yield "text/plain", _text(data["text/plain"])
    if "text/html" in data:
        yield "text/html", safe_html(_text(data["text/html"]))
    if "image/png" in data and _is_picture(picture := "".join(data["image/png"].split())):
        yield "image/png", picture


def _is_picture(encoded: str) -> bool:
    try:
        head = base64.b64decode(encoded, validate=True)[:24]
    except ValueError:
        return False
    width, height = int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
    return len(head) == 24 and head.startswith(_PNG) and 0 < width * height <= _PIXELS


def _text(text: Any) -> str:
    """Return text that UTF-8 can hold, without control characters but for lines and colours.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(text, str):
        raise TypeError("No text.")
    return _CONTROL.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))


def _display_id(content: Mapping[str, Any]) -> str:
    transient = content.get("transient") or {}
    return _text(transient.get("display_id") or "")


def _whole(output: Output) -> Output:
    return output | {"text": "".join(output["text"])} if output["output_type"] == "stream" else output


def _signal(number: int) -> str:
    try:
        return f"signal {signal.Signals(number).name}"
    except ValueError:
        return f"signal {number}"
