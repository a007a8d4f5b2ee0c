"""What ``collect`` says: a line for each file, by student, and at the end what someone has to do."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from backchannel.classroom.collecting import copies
from backchannel.classroom.collecting.collection import Collection, Row
from backchannel.classroom.collecting.versions import Outcome, is_restored
from backchannel.classroom.visible import padded, visible, width

_WHO, _FILE = 28, 36  # columns at most for the student and the file
_NARROWEST, _INDENT = 30, 4  # columns a sentence needs at least, and where it begins in a line of its own
_LISTED = 12  # names in a list at most
_IGNORED = 2  # files that nobody needs, which are still named one by one
_QUIET = ("same", "earlier", "duplicate", "ignored")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows on a terminal what is being read, in one line that goes afterwards."""
    if not sys.stdout.isatty():
        yield lambda _: None
        return
    shown = 0.0

    def show(what: str) -> None:
        nonlocal shown
        if time.monotonic() - shown > 0.2:
            shown = time.monotonic()
            print(f"\r\x1b[KReading {visible(what)}", end="", flush=True)

    try:
        yield show
    finally:
        print("\r\x1b[K", end="", flush=True)


def lines(found: Collection) -> Iterator[str]:
    """Yield everything that is said of a run."""
    shown = _with_news(found)
    names = max((width(visible(row.who, _WHO)) for row in shown), default=0)
    files = max((width(visible(row.name, _FILE)) for row in shown), default=0)
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for who, rows in groupby(shown, key=lambda row: (row.student, row.who)):
        label = visible(who[1] or "(unknown)", _WHO)
        for name, sentence in _told(found, who[0], list(rows)):
            left = f"{padded(label, names)}  {padded(visible(name, _FILE), files)}  "
            yield from _hanging(left, sentence, room)
            label = ""
    if shown:
        yield ""
    yield from _summary(found, room)


def _hanging(left: str, sentence: str, room: int) -> Iterator[str]:
    """Yield a line, its sentence broken under itself, on a narrow terminal below what it is on."""
    indent = width(left)
    if room - indent < _NARROWEST:
        yield left.rstrip()
        left, indent = " " * _INDENT, _INDENT
    first, *rest = textwrap.wrap(sentence, max(_NARROWEST, room - indent)) or [""]
    yield (left + first).rstrip()
    yield from (" " * indent + part for part in rest)


def _with_news(found: Collection) -> list[Row]:
    """Return the files of everyone of whom there is something new to tell."""
    news = {(row.student, row.who) for row in found.rows if row.outcome not in _QUIET}
    return [row for row in found.rows if (row.student, row.who) in news]


def _told(found: Collection, student: str, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield what is said of one student: file and sentence, then what is unusual about a submission."""
    ignored = [row for row in rows if row.outcome == "ignored"]
    for row in rows:
        if row.outcome != "ignored" or len(ignored) <= _IGNORED:
            yield row.name, visible(row.told, 400)
    if len(ignored) > _IGNORED:
        yield "", f"{len(ignored)} other files, which nobody needs"
    for place, (outcome, record) in found.submissions.items():
        if place.student == student and outcome != "same":
            if record.late > 1:
                yield "", f"→ Late by {_lasting(record.late)}."
            for finding in record.findings:
                if not copies.is_about_sharing(finding):
                    yield "", f"→ {visible(finding, 400)}"


# --- the end -------------------------------------------------------------------------------------------


def _summary(found: Collection, room: int) -> Iterator[str]:
    yield _headline(found)
    for exercise, count in sorted(found.left_out.items()):
        were = "was" if count == 1 else "were"
        told = f"{_some(count, 'submission')} of exercise {exercise[:2]} {were} left out, "
        yield from _hanging("  ", f"{told}since you asked for {found.wanted[:2]}.", room)
    for what, whom in _tasks(found):
        yield from _hanging(f"  {what}: ", whom, room)
    new = {place.number for place, (outcome, _) in found.submissions.items() if outcome != "same"}
    if new:
        yield f"Next: backchannel grade {' '.join(sorted(new))}"


def _headline(found: Collection) -> str:
    outcomes = Counter(outcome for outcome, _ in found.submissions.values())
    students = {place.student for place in found.submissions}
    if not found.submissions:
        return (
            "No submission was taken in."
            if found.rows
            else f"{len(found.students)} students are on the list."
        )
    if set(outcomes) == {"same"}:
        return f"Nothing new: {_some(len(found.submissions), 'submission')} as collected before."
    exercises = ", ".join(sorted({place.number for place in found.submissions}))
    words: dict[Outcome, str] = {"collected": "new", "replaced": "replaced", "same": "as before"}
    counted = ", ".join(f"{outcomes[key]} {word}" for key, word in words.items() if outcomes[key])
    return (
        f"{_some(len(students), 'student')}, {_some(len(found.submissions), 'submission')} "
        f"of exercise {exercises}: {counted}."
    )


def _tasks(found: Collection) -> Iterator[tuple[str, str]]:
    """Yield what someone may have to do, and about whom."""
    records = {place: record for place, (_, record) in found.submissions.items()}
    several = len({place.exercise for place in records}) > 1

    def name(student: str, number: str = "") -> str:
        shown = visible(found.name(student), _WHO)
        return f"{shown} ({number})" if several and number else shown

    late = {place: record.late for place, record in records.items() if record.late}
    if late:
        yield (
            f"{len(late)} late",
            _list(f"{name(p.student, p.number)}, {_lasting(s)}" for p, s in late.items()),
        )
    without = [place for place, record in records.items() if not record.journal]
    if without:
        who = _list(name(place.student, place.number) for place in without)
        yield f"{len(without)} without a journal", f"{who}. Ask them for journal.jsonl."
    restored = [place for place, record in records.items() if is_restored(record)]
    if restored:
        who = _list(name(place.student, place.number) for place in restored)
        yield f"{_some(len(restored), 'journal')} restored from the notebook", who
    if refused := [row for row in found.rows if row.outcome == "refused"]:
        who = _list(dict.fromkeys(visible(row.who or row.name, _WHO) for row in refused))
        yield (
            f"{_some(len(refused), 'file')} refused",
            f"{who}. Each is told above and in {found.folder.log.name}.",
        )
    if found.undated:
        yield (
            "When they came is not known of",
            f"{len(found.undated)}, so none of these counts as late. Moodle's grading worksheet knows: "
            "give it with --students.",
        )
    for exercise, students in found.missing.items():
        if students:
            whole = f"{len(students)} of {len(found.students)} on the list"
            yield f"No exercise {exercise[:2]} from {whole}", _list(map(name, students))
    if found.unlisted:
        yield f"{len(found.unlisted)} not on the list, added", _list(map(name, found.unlisted))
    for pair in found.shared[:_LISTED]:
        yield f"Exercise {pair.exercise[:2]}", copies.in_words(pair, name)
    if len(found.shared) > _LISTED:
        yield (
            "and",
            f"{len(found.shared) - _LISTED} more pairs with shared decisions, in collected.json of each.",
        )


def _list(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _LISTED
    return "; ".join(listed[:_LISTED]) + (f"; and {more} more" if more > 0 else "")


def _lasting(seconds: int) -> str:
    """Return how late something is, in the two largest units."""
    if seconds == 1:
        return "marked late"
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(_some(count, unit))
    return " ".join(parts[:2]) or "less than a minute"


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
