"""What a student is told of the findings of ``collect`` and ``grade``.

Those sentences are for who grades: they may name other students, suspect something, or speak of places on the
instructor's machine. So only kinds that are known here are told, in the student's language and in plain
words; every other sentence stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from backchannel.classroom.collecting.versions import is_restored
from backchannel.classroom.records import Collected, Record
from backchannel.words import LANGUAGES, Text, say

_CELL = "(?P<cell>the cell “.*”|[^“”:]*)"  # a cell is named by its first words, which may hold anything
_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"^The notebook was stopped before its first cell: ", "stopped"),
        (rf"^The notebook was stopped in {_CELL}: [^“”]*took longer than ", "stopped_time"),
        (rf"^The notebook was stopped in {_CELL}: [^“”]*MB of memory", "stopped_memory"),
        (rf"^The notebook was stopped in {_CELL}: ", "stopped_in"),
        (r"^(?P<cell>.*) ends in an error \((?P<what>.*)\)\.$", "error"),
        (r" was deleted; it was put back\.$| cells were deleted and put back: ", "deleted"),
        (r" was edited; the released one was put back\.$", "changed"),
        (r"^The points of .* were changed from .*; they were put back\.$", "changed"),
        (r" settings of nbgrader(\.$|: |; they| that)", "changed"),
        (r"answer cell of (?P<task>\S+) holds no answer, but a new cell beside it does", "moved"),
        (r"answer cell of (?P<task>\S+) holds no answer, but there is text in ", "elsewhere"),
        (r"^The journal has .* that cannot be read; the others count\.$", "unread"),
        (r"^journal\.jsonl, row \d+: ", "unread"),
        (r"^journal\.jsonl holds no answer|^The journal holds no decision on exercise ", "no_answers"),
        (r" answers are none that the task offers and count as open\.$", "not_offered"),
        (r"^The notebook is as it was handed out\.$", "untouched"),
    )
)
_QUOTED = re.compile("“(.*)”")
_TASK = re.compile(r"\bex\d\d-\d+\b")


def noticed(collected: Collected, record: Record, places: Iterable[Path]) -> tuple[Text, ...]:
    """Return what a student is told, each thing once.

    Args:
        collected: what ``collect`` found.
        record: what ``grade`` found.
        places: folders of this machine, which are on no page.
    """
    hidden = sorted((str(place) for place in places if len(place.parts) > 1), key=len, reverse=True)
    return tuple(dict.fromkeys(_all(collected, record, hidden)))


def _all(collected: Collected, record: Record, hidden: list[str]) -> Iterator[Text]:
    if record.status == "refused":
        yield _told("refused")
        return
    if is_restored(collected):
        yield _told("restored")
    elif not collected.journal:
        yield _told("no_journal")
    known = list(filter(None, (_kind(finding) for finding in (*collected.findings, *record.findings))))
    if record.status == "stopped" and not any(key.startswith("stopped") for key, _ in known):
        known.insert(0, ("stopped", {}))
    for key, fields in known:
        if key != "no_answers" or collected.journal:
            yield _told(key, **{name: _without(text, hidden) for name, text in fields.items()})


def _kind(finding: str) -> tuple[str, dict[str, str]] | None:
    for pattern, key in _KINDS:
        if found := pattern.search(finding):
            fields = found.groupdict()
            return key, fields | ({"cell": _named(fields["cell"])} if "cell" in fields else {})
    return None


def _named(cell: str) -> str:
    """Return the first words of a cell, or its task, or its number and id."""
    if quoted := _QUOTED.search(cell):
        return f"«{quoted.group(1)}»"
    if task := _TASK.search(cell):
        return task.group()
    return cell.removeprefix("the code cell ").removeprefix("The code cell ")


def _without(text: str, hidden: Iterable[str]) -> str:
    for place in hidden:
        text = text.replace(place, "…")
    return text


def _told(key: str, **fields: str) -> Text:
    return Text(*(say(f"feedback.noticed_{key}", language, **fields) for language in LANGUAGES))
