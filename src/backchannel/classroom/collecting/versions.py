"""Which of several files counts: the latest notebook, and the journal that has all the answers.

Nothing is merged, and nothing is thrown away: what does not count is kept under ``earlier/``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from backchannel.classroom.collecting.naming import Named, on_platform
from backchannel.classroom.collecting.recognise import Answers, Sheet, carried_journal, read_answers
from backchannel.classroom.collecting.shelf import Shelf, Version
from backchannel.classroom.folder import Place
from backchannel.classroom.records import Collected, sha256
from backchannel.classroom.visible import visible
from backchannel.dates import written

#: collected: new in force; replaced: in force in place of an earlier one; same: in force already;
#: earlier: kept, a later one is in force; duplicate: there twice; ignored: not needed; refused: look at it.
Outcome = Literal["collected", "replaced", "same", "earlier", "duplicate", "ignored", "refused"]

NO_JOURNAL = "No journal came; ask for the file journal.jsonl that lies beside the notebook."
_ON_NOTEBOOKS = ("The notebook ", "Only its name ", "Canvas ")
_RESTORED = "The journal was restored from the notebook's last cell"
SEVERAL_NAMES = "The journal gives more than one name"
_SHOWN_NAMES = 4


@dataclass(frozen=True)
class Piece:
    """A notebook or a journal that came.

    Attributes:
        source: the folder or archive it came in.
        parts: folders and archives in it, and its name.
        path: a copy of its bytes.
        moment: when it was handed in, in seconds since 1970, as far as the platform says.
        changed: when the file was changed, where that says which of two is the later one.
        by_file: whether ``moment`` is only the time of the file.
        surely_by: a time at which the file was there for sure, or None.
        number: counts up in the order in which files came.
    """

    source: str
    parts: tuple[str, ...]
    named: Named
    path: Path
    sha256: str
    content: Sheet | Answers
    moment: float | None = None
    changed: float | None = None
    by_file: bool = False
    surely_by: float | None = None
    number: int = 0

    @property
    def origin(self) -> str:
        """Where it came from, in one line."""
        return visible("/".join((self.source, *self.parts)), 300)

    @property
    def rank(self) -> tuple[float, ...]:
        """The later one of two has the higher rank."""
        return (
            *(self.named.upload, self.moment or 0.0, self.changed or 0.0),
            *(self.named.version, self.number),
        )


@dataclass(frozen=True)
class Told:
    """What became of a file."""

    piece: Piece
    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class Settled:
    """What became of the files of one student and exercise.

    Attributes:
        told: one for each file.
        record: what is known of the submission in force; None where there is none.
        outcome: collected, replaced or same.
        undated: whether it may be late and nothing says when it came.
    """

    told: tuple[Told, ...]
    record: Collected | None = None
    outcome: Outcome = "same"
    undated: bool = False


@dataclass(frozen=True)
class _Journal:
    """A journal that may count; ``piece`` is None for the one in force and one that a notebook carries."""

    answers: Answers
    ids: frozenset[str]
    path: Path
    sha256: str
    piece: Piece | None = None
    is_current: bool = False
    carried: bool = False

    @property
    def size(self) -> int:
        """How many decisions it has besides the exercise's own."""
        return sum(map(len, self.answers.ids.values())) + self.answers.lessons


class Settler:
    """Settles submissions one after the other.

    Args:
        shelf: where they go.
        due: when they were due, in seconds since 1970, or None.
        take: whether to put in force what comes now even where a later version is.
        write: writes bytes into a file of ours and returns it.
    """

    def __init__(
        self, shelf: Shelf, due: float | None, write: Callable[[bytes], Path], *, take: bool = False
    ) -> None:
        self._shelf, self._due, self._write, self._take = shelf, due, write, take

    def settle(self, place: Place, sheets: Iterable[Piece], journals: Iterable[Piece]) -> Settled:
        """Put in force what counts of these files, keep the rest, and say what became of each."""
        return _Settling(self._shelf, self._due, self._write, self._take, place).run(
            sorted(sheets, key=lambda piece: piece.rank), sorted(journals, key=lambda piece: piece.rank)
        )


class _Settling:
    """One submission while it is settled."""

    def __init__(
        self, shelf: Shelf, due: float | None, write: Callable[[bytes], Path], take: bool, place: Place
    ) -> None:
        self._shelf, self._due, self._write, self._take, self._place = shelf, due, write, take, place
        self._current = shelf.current(place)
        self._kept = shelf.earlier(place)
        self._told: list[Told] = []
        self._findings: list[str] = []

    def run(self, sheets: list[Piece], journals: list[Piece]) -> Settled:
        sheet = self._newest(self._once(sheets))
        if sheet is None and self._current is None:
            for piece in journals:
                wanted = f"{self._place.exercise}.ipynb"
                self._tell(
                    piece, "refused", f"came without its notebook; ask for {wanted}, then collect both"
                )
            return Settled(tuple(self._told))
        journal = self._fullest(self._once(journals), sheet, stale=bool(sheets) and sheet is None)
        return self._store(sheet, journal)

    def _tell(self, piece: Piece, outcome: Outcome, sentence: str) -> None:
        self._told.append(Told(piece, outcome, sentence))

    def _once(self, pieces: list[Piece]) -> list[Piece]:
        """Return each content once, the last of those that are the same."""
        found: dict[str, Piece] = {}
        for piece in pieces:
            if before := found.pop(piece.sha256, None):
                self._tell(before, "duplicate", f"the same as {visible(piece.named.file)}")
            found[piece.sha256] = piece
        return list(found.values())

    def _keep(self, piece: Piece, *, journal: bool = False) -> str:
        """Keep a file that does not count, if it is not kept already, and return where it lies."""
        if piece.sha256 not in self._kept:
            record = Collected(
                *(*self._whose, piece.origin, _iso(piece.moment)),
                notebook="" if journal else piece.sha256,
                journal=piece.sha256 if journal else "",
            )
            version = Version(None if journal else piece.path, piece.path if journal else None, record)
            self._kept[piece.sha256] = self._shelf.keep(self._place, version)
        return self._where(piece.sha256)

    def _where(self, digest: str) -> str:
        return "/".join(self._kept[digest].parts[-4:])

    @property
    def _whose(self) -> tuple[str, str]:
        return self._place.student, self._place.exercise

    # --- the notebook

    def _newest(self, sheets: list[Piece]) -> Piece | None:
        """Return the notebook that counts among those that came, or None where the one in force stays."""
        fresh = []
        for piece in sheets:
            if piece.sha256 in self._kept and not self._take and not self._is_current(piece):
                self._tell(piece, "earlier", f"an earlier version, kept in {self._where(piece.sha256)}")
            else:
                fresh.append(piece)
        if not fresh:
            return None
        *others, newest = fresh
        if self._is_older(newest):
            self._tell(
                newest, "earlier", f"older than what was collected before; kept in {self._keep(newest)}"
            )
            others, newest = fresh[:-1], None  # type: ignore[assignment]
        for piece in others:
            if self._is_current(piece):
                self._tell(piece, "earlier", "in force until now; a later version came")
            else:
                self._tell(piece, "earlier", f"an earlier version; kept in {self._keep(piece)}")
        return newest

    def _is_current(self, piece: Piece) -> bool:
        return self._current is not None and self._current.record.notebook == piece.sha256

    def _is_older(self, piece: Piece) -> bool:
        """Say whether a notebook is older than the one in force, as far as the platform tells."""
        if self._current is None or self._take or self._is_current(piece):
            return False
        record = self._current.record
        before = named_before(record)
        if before and before.upload and piece.named.upload:
            return piece.named.upload < before.upload
        return bool(record.received) and piece.moment is not None and _iso(piece.moment) < record.received

    # --- the journal

    def _fullest(self, pieces: list[Piece], sheet: Piece | None, *, stale: bool) -> _Journal | None:
        """Return the journal that counts: the one with all answers, else the latest one."""
        best = self._journal_in_force()
        clash = False
        losers: list[_Journal] = []
        for piece in pieces:
            if best and best.is_current and best.sha256 == piece.sha256:
                self._tell(piece, "same", f"as collected before, {_count(len(best.ids))}")
                continue
            if piece.sha256 in self._kept and not self._take:
                self._tell(piece, "earlier", f"an earlier journal, kept in {self._where(piece.sha256)}")
                continue
            found = self._as_journal(piece)
            if best is None:
                best = found
                continue
            best, loser, differ = _better(best, found, stale=stale)
            clash = clash or differ
            losers.append(loser)
        carried = self._carried(sheet)
        if carried and (best is None or len(carried.ids) > len(best.ids)):
            if best:
                clash = clash or not best.ids <= carried.ids
                losers.append(best)
            best = carried
        if clash:
            self._findings.append(
                "Several journals came that do not contain one another; the latest one counts, "
                "and the others are kept under earlier/."
            )
        self._tell_journals(best, losers)
        return best

    def _journal_in_force(self) -> _Journal | None:
        if self._current is None or self._current.journal is None:
            return None
        path = self._current.journal
        answers = read_answers(path.read_bytes())
        digest = self._current.record.journal
        return _Journal(answers, answers.of(self._place.number), path, digest, is_current=True)

    def _as_journal(self, piece: Piece) -> _Journal:
        assert isinstance(piece.content, Answers)
        ids = piece.content.of(self._place.number)
        return _Journal(piece.content, ids, piece.path, piece.sha256, piece)

    def _carried(self, sheet: Piece | None) -> _Journal | None:
        """Return the journal that the notebook carries in the output of its last cell."""
        content = carried_journal(sheet.path.read_bytes()) if sheet else b""
        if not content:
            return None
        answers = read_answers(content)
        ids = answers.of(self._place.number)
        if not ids:
            return None
        return _Journal(answers, ids, self._write(content), sha256(content), carried=True)

    def _tell_journals(self, best: _Journal | None, losers: list[_Journal]) -> None:
        for loser in losers:
            if loser.piece:
                kept = self._keep(loser.piece, journal=True)
                more = f", {_count(len(loser.ids))}" if best and loser.ids != best.ids else ""
                self._tell(loser.piece, "earlier", f"another journal counts; kept in {kept}{more}")
        if best and best.piece:
            changed = self._current and self._current.journal and best.sha256 != self._current.record.journal
            self._tell(
                best.piece, "replaced" if changed else "collected", f"journal, {_count(len(best.ids))}"
            )

    # --- putting it in force

    def _store(self, sheet: Piece | None, journal: _Journal | None) -> Settled:
        before = self._current
        digest = sheet.sha256 if sheet else before.record.notebook if before else ""
        journal_digest = journal.sha256 if journal else ""
        moment, late = self._times(sheet or (journal.piece if journal else None))
        undated = self._is_undated(sheet, moment)
        if before and (digest, journal_digest) == (before.record.notebook, before.record.journal):
            if sheet:
                self._tell(sheet, "same", "as collected before")
            record = replace(before.record, received=moment, late=late)
            if record != before.record:
                self._shelf.note(self._place, record)
            return self._settled(record, "same", undated)
        source = sheet.origin if sheet else before.record.source if before else ""
        about_notebook = self._about_notebook(sheet) if sheet else self._said_before()
        findings = (*about_notebook, *self._about_journal(journal), *self._findings)
        record = Collected(
            *(*self._whose, source, moment, late, digest, journal_digest),
            (*findings, *self._about_time(sheet, journal, moment, late)),
        )
        notebook = sheet.path if sheet else before.notebook if before else None
        moved = self._shelf.put(self._place, Version(notebook, journal.path if journal else None, record))
        outcome: Outcome = "replaced" if moved else "collected"
        if sheet and before and before.record.notebook == sheet.sha256:
            self._tell(sheet, "same", "as collected before")
        elif sheet:
            kept = f", in place of what lies in {'/'.join(moved.parts[-4:])} now" if moved else ""
            self._tell(sheet, outcome, f"taken as exercise {self._place.number}{kept}")
        return self._settled(record, outcome, undated)

    def _settled(self, record: Collected, outcome: Outcome, undated: bool) -> Settled:
        """Return what was done, notebooks before journals."""
        told = sorted(self._told, key=lambda told: isinstance(told.piece.content, Answers))
        return Settled(tuple(told), record, outcome, undated)

    def _times(self, piece: Piece | None) -> tuple[str, int]:
        """Return when the submission was handed in, and by how many seconds late."""
        before = self._current.record if self._current else None
        received = _iso(piece.moment) if piece else ""
        if before and before.received and (piece is None or before.notebook == piece.sha256):
            # The same notebook again: a time the platform gave is not replaced by that of a new copy.
            received = before.received if piece is None or piece.by_file or not received else received
        late = before.late if before and self._due is None and before.received == received else 0
        if received and self._due is not None:
            late = max(0, math.ceil(datetime.fromisoformat(received).timestamp() - self._due))
        if piece and piece.named.late:
            late = max(late, 1)
        return received, late

    def _is_undated(self, sheet: Piece | None, moment: str) -> bool:
        if self._due is None or moment or sheet is None or sheet.named.late:
            return False
        return sheet.surely_by is None or sheet.surely_by > self._due

    # --- findings

    def _said_before(self) -> Iterable[str]:
        """Return what was found about the notebook in force, which stays."""
        before = self._current.record.findings if self._current else ()
        return (finding for finding in before if finding.startswith(_ON_NOTEBOOKS))

    def _about_notebook(self, piece: Piece) -> Iterable[str]:
        sheet = piece.content
        if not isinstance(sheet, Sheet):
            return
        if sheet.by_name:
            yield "Only its name says which exercise the notebook is; its cells are not those handed out."
        if sheet.others:
            yield f"The notebook holds cells of exercise {', '.join(sheet.others)} too."
        if sheet.untouched:
            yield "The notebook is as it was handed out."

    def _about_journal(self, journal: _Journal | None) -> Iterable[str]:
        if journal is None:
            yield NO_JOURNAL
            return
        answers = journal.answers
        if journal.carried:
            yield f"{_RESTORED}, {_count(len(journal.ids))}."
        if not journal.ids:
            yield f"The journal holds no decision on exercise {self._place.number}."
        if answers.unreadable:
            lines = "one line" if answers.unreadable == 1 else f"{answers.unreadable:,} lines"
            yield f"The journal has {lines} that cannot be read; the others count."
        if len(answers.names) > 1:
            shown = [f"{visible(name, 40)} ({count:,})" for name, count in sorted(answers.names.items())]
            rest = len(shown) - _SHOWN_NAMES
            more = f" and {rest} more" if rest > 0 else ""
            yield f"{SEVERAL_NAMES}: {', '.join(shown[:_SHOWN_NAMES])}{more}."

    def _about_time(
        self, sheet: Piece | None, journal: _Journal | None, moment: str, late: int
    ) -> Iterable[str]:
        if sheet and sheet.named.late and not moment:
            yield "Canvas marks it as late, and does not say by how much."
        if late and sheet and sheet.by_file:
            yield "It is late by the time of the file; nothing else says when it came."
        last = _seconds(journal.answers.last) if journal else None
        if last is not None and self._due is not None and not moment and last > self._due:
            yield f"The last answer in the journal is of {_iso(last)}, after the due date."


def named_before(record: Collected) -> Named | None:
    """Return what the platform's name of the submission in force says, or None where no platform named it."""
    return on_platform(tuple(record.source.split("/")[1:]))


def is_restored(record: Collected) -> bool:
    """Say whether the journal of a submission was made anew from its notebook."""
    return any(finding.startswith(_RESTORED) for finding in record.findings)


def _better(one: _Journal, other: _Journal, *, stale: bool) -> tuple[_Journal, _Journal, bool]:
    """Return the journal that counts, the other one, and whether each has answers that the other lacks.

    ``other`` came later, unless what came is older than what is in force (``stale``).
    """
    if one.ids == other.ids:
        wins = other.size > one.size
    elif one.ids < other.ids or other.ids < one.ids:
        wins = one.ids < other.ids
    else:
        wins = not (stale and one.is_current)
        return (other, one, True) if wins else (one, other, True)
    return (other, one, False) if wins else (one, other, False)


def _count(decisions: int) -> str:
    return "one decision" if decisions == 1 else f"{decisions:,} decisions"


def _iso(moment: float | None) -> str:
    return "" if moment is None else written(datetime.fromtimestamp(moment, UTC))


def _seconds(at: str) -> float | None:
    try:
        return datetime.fromisoformat(at).timestamp()
    except (ValueError, OverflowError):
        return None
