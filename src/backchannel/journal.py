"""The journal: everything a student does, one line a decision, never rewritten.

A journal is a JSON Lines file. One decision is one line, written to disk before anything says "saved".
Undo appends a retraction. The present state is what a replay of all lines gives. Several kernels may
append at once. Lines that cannot be read (torn by a crash, written by something else) stay in the file;
they are set aside when reading and reported, never deleted.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from backchannel.codebook import version_order
from backchannel.errors import JournalError, UsageError

try:
    import fcntl
except ImportError:  # Windows and the browser have no fcntl; an append is then one unlocked write.
    fcntl = None  # type: ignore[assignment]

RETRACTION = "undo"
CONFIDENCES = ("low", "medium", "high")


@dataclass(frozen=True)
class Decision:
    """One line of the journal.

    ``value`` is a string for labels and answers; an empty string clears a field. ``at`` is UTC in ISO
    8601 to the millisecond. ``codebook`` is the version the decision was made under. A retraction has
    the field ``undo``, the id of the retracted decision as its value, and that decision's activity and item.
    """

    id: str
    at: str
    student: str
    activity: str
    item: str
    field: str
    value: str
    confidence: str = ""
    note: str = ""
    codebook: str = ""

    def line(self) -> bytes:
        """Return the decision as it is written, with its line end."""
        text = json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace") + b"\n"  # half a surrogate pair, as a browser may send, is "?"


_NAMES = tuple(field.name for field in fields(Decision))
_REQUIRED = ("id", "at", "activity", "item", "field", "value")


@dataclass(frozen=True)
class SetAside:
    """A line that is kept in the file but not used. ``row`` counts from 1."""

    file: str
    row: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}: {self.problem}; {self.remedy}."


def new_id() -> str:
    """Return an id no other decision has."""
    return uuid.uuid4().hex


def now() -> str:
    """Return the present moment as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_line(raw: bytes) -> Decision:
    """Read one line.

    Raises:
        ValueError: it is not a decision; the message is half a sentence.
    """
    try:
        entry = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("the line is torn or is not JSON") from None
    if not isinstance(entry, dict):
        raise ValueError("the line is not a decision")
    if missing := [name for name in _REQUIRED if name not in entry]:
        raise ValueError(f"the line lacks {', '.join(missing)}")
    values = {name: entry.get(name, "") for name in _NAMES}
    if wrong := [name for name, value in values.items() if not isinstance(value, str)]:
        raise ValueError(f"the entry {', '.join(wrong)} is not text")
    try:
        "".join(values.values()).encode()
    except UnicodeEncodeError:
        raise ValueError("the line holds half of a character") from None
    return Decision(**values)


Key = tuple[str, str, str]


class Replay:
    """The present state of a journal: the latest standing decision for each (activity, item, field).

    Decisions are fed in the order of the file; each costs the same, however long the journal is.
    """

    def __init__(self) -> None:
        # By id, in the order of the file, so that a retraction finds its decision without a search.
        self._standing: dict[Key, dict[str, Decision]] = {}
        self._by_id: dict[str, Decision] = {}
        self._order: dict[str, dict[str, Decision]] = {}

    def feed(self, decision: Decision) -> None:
        """Take in one decision or retraction; a retraction of something unknown changes nothing."""
        if decision.field == RETRACTION:
            self._retract(decision)
            return
        self._by_id[decision.id] = decision
        self._standing.setdefault(_key(decision), {})[decision.id] = decision
        self._order.setdefault(decision.activity, {})[decision.id] = decision

    def _retract(self, retraction: Decision) -> None:
        decision = self._by_id.get(retraction.value)
        if decision and (decision.activity, decision.item) == (retraction.activity, retraction.item):
            del self._by_id[decision.id]
            del self._standing[_key(decision)][decision.id]
            del self._order[decision.activity][decision.id]

    def get(self, activity: str, item: str, field: str) -> Decision | None:
        """Return the latest standing decision, or None."""
        return _latest(self._standing.get((activity, item, field)))

    def last(self, activity: str) -> Decision | None:
        """Return the decision that undo would retract, or None."""
        return _latest(self._order.get(activity))

    def standing(self, activity: str | None = None) -> Iterator[Decision]:
        """Yield the latest standing decision of each key, of one activity or of all."""
        for (owner, _, _), found in self._standing.items():
            if activity in (None, owner) and (latest := _latest(found)):
                yield latest


def _key(decision: Decision) -> Key:
    return decision.activity, decision.item, decision.field


def _latest(decisions: dict[str, Decision] | None) -> Decision | None:
    return next(reversed(decisions.values())) if decisions else None


class Journal:
    """An append-only file of decisions, read incrementally.

    Args:
        path: the file; it and its folder are created by the first decision.
        codebook: version of the codebook in use; lines of a newer one are reported.

    Attributes:
        state: the replay of everything read so far.
        generation: changes when the file was replaced and everything was read anew.
    """

    def __init__(self, path: Path, codebook: str = "") -> None:
        self.path = path
        self.codebook = codebook
        self._forget()

    # --- reading -----------------------------------------------------------------------------------

    def refresh(self) -> list[Decision]:
        """Read what this or another kernel appended since the last time, and return it.

        If the file was replaced or cut meanwhile, everything is read anew and returned.

        Raises:
            JournalError: the file exists and cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                if not self._continues(file):
                    self._forget()
                file.seek(self._read_to)
                return self._take(file.read())
        except FileNotFoundError:
            self._forget()
            return []
        except OSError as error:
            raise JournalError(
                f"The journal {self.path} cannot be read ({error.strerror}); "
                "check that it is a file you may open, then run the cell again."
            ) from error

    def _continues(self, file: BinaryIO) -> bool:
        """Say whether the file still holds the line read last at the place where it was read.

        That line has an id of its own, so no other file agrees, nor this one after lines moved in it.
        """
        file.seek(self._read_to - len(self._last_line))
        return file.read(len(self._last_line)) == self._last_line

    def _forget(self) -> None:
        self.state = Replay()
        self.generation = object()
        self._decisions: list[Decision] = []
        self._ids: set[str] = set()
        self._set_aside: list[SetAside] = []
        self._newer: SetAside | None = None
        self._torn: SetAside | None = None
        self._first_reading = True
        self._read_to = self._rows = 0
        self._last_line = b""

    def _take(self, data: bytes) -> list[Decision]:
        """Take in complete lines; a last line without its end may still be being written."""
        complete = data[: data.rfind(b"\n") + 1]
        rest, first = data[len(complete) :], self._first_reading
        self._first_reading, self._torn = False, self._torn if rest else None
        fresh = []
        for raw in complete.split(b"\n")[:-1]:
            self._rows += 1
            if raw.strip() and (decision := self._accept(raw)):
                fresh.append(decision)
        self._read_to += len(complete)
        self._last_line = complete[complete.rfind(b"\n", 0, -1) + 1 :] or self._last_line
        if first and rest and (decision := self._take_unended(rest)):
            fresh.append(decision)
        return fresh

    def _take_unended(self, rest: bytes) -> Decision | None:
        """Use or report a last line without its end, left by a crash or by an editor that strips line ends.

        Only a journal just opened does so: later, such a line is one that another kernel is writing. The
        line is read again once it has its end; a decision is then known by its id.
        """
        try:
            read_line(rest)
        except ValueError:
            remedy = "the next decision begins a line of its own, and this one stays in the file"
            self._torn = SetAside(self.path.name, self._rows + 1, "the last line is torn", remedy)
            return None
        return self._accept(rest)

    def _accept(self, raw: bytes) -> Decision | None:
        try:
            decision = read_line(raw)
        except ValueError as error:
            remedy = "nothing else is affected, and the line stays in the file"
            self._set_aside.append(SetAside(self.path.name, self._rows, str(error), remedy))
            return None
        if decision.id in self._ids:  # sent twice after a lost answer; the first one counts
            return None
        self._note_newer(decision)
        self._ids.add(decision.id)
        self._decisions.append(decision)
        self.state.feed(decision)
        return decision

    def _note_newer(self, decision: Decision) -> None:
        if self._newer or not self.codebook or not decision.codebook:
            return
        if version_order(decision.codebook) > version_order(self.codebook):
            problem = f"the codebook {decision.codebook} is newer than this course's {self.codebook}"
            remedy = "fetch the newer course; until then labels it does not know stay in the file, unused"
            self._newer = SetAside(self.path.name, self._rows, problem, remedy)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All readable decisions in the order of the file, retractions included."""
        return tuple(self._decisions)

    @property
    def count(self) -> int:
        """How many decisions were read."""
        return len(self._decisions)

    def decisions_after(self, count: int) -> list[Decision]:
        """Return the decisions read since there were ``count`` of them."""
        return self._decisions[count:]

    @property
    def reports(self) -> tuple[SetAside, ...]:
        """What was set aside, and a codebook newer than ours."""
        return (*self._set_aside, *filter(None, (self._torn, self._newer)))

    def __contains__(self, decision_id: str) -> bool:
        return decision_id in self._ids

    # --- writing -----------------------------------------------------------------------------------

    def decide(
        self, *, student: str, activity: str, item: str, field: str, value: str, **more: str
    ) -> Decision:
        """Write one decision down and return it. When this returns, it is on disk.

        ``more`` may hold ``confidence``, ``note`` and ``id``; a decision whose id stands in the journal
        already is not written twice.

        Raises:
            JournalError: it could not be written; trying again with the same id is safe.
        """
        decision = Decision(
            id=more.get("id") or new_id(),
            at=now(),
            student=student,
            activity=activity,
            item=item,
            field=field,
            value=value,
            confidence=more.get("confidence", ""),
            note=more.get("note", ""),
            codebook=self.codebook,
        )
        return self.append(decision)

    def append(self, decision: Decision) -> Decision:
        """Append one decision, whole, and wait until the disk has it.

        Raises:
            JournalError: the folder is read-only, the disk is full, or the file cannot be opened.
            UsageError: an entry is not text, so that no reader would take the line.
        """
        line = decision.line()
        try:
            read_line(line)
        except ValueError as error:
            raise UsageError(f"The decision cannot be written down: {error}; give text instead.") from None
        self.refresh()
        if decision.id in self._ids:
            return next(known for known in reversed(self._decisions) if known.id == decision.id)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _append_line(self.path, line)
        except OSError as error:
            raise JournalError(
                f"The decision was not saved: {self.path} cannot be written ({error.strerror or error}); "
                "make room or choose a folder you may write to, then save again."
            ) from error
        self.refresh()
        if decision.id not in self._ids:  # without a lock, two kernels may write at the same place
            raise JournalError(
                f"The decision was not saved: another program wrote over it in {self.path}; save it again."
            )
        return decision


def _append_line(path: Path, line: bytes) -> None:
    """Append ``line`` under a lock; after a failure the file is as it was before.

    The journal's readers see either the whole line or none: one write, and a torn end left by a crash
    is closed with a line end first, so that the torn line stays alone.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
    try:
        locked = _lock(descriptor)
        size = os.fstat(descriptor).st_size
        try:
            _write_all(descriptor, (b"" if _ends_well(descriptor, size) else b"\n") + line)
            os.fsync(descriptor)
        except OSError:
            if locked:  # without the lock, another kernel's line may stand behind ours by now
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)  # gives the lock back


def _lock(descriptor: int) -> bool:
    """Wait for the lock and say whether there is one; some network folders know none."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        return False
    return True


def _ends_well(descriptor: int, size: int) -> bool:
    if not size:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, data[written:])
