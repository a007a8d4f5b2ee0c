"""Find decisions that stand in the journals of several students.

The id of a decision is drawn at random when it is made (``journal.new_id``), so the same id in two journals
means that a file, or lines of it, went from one to the other. Why it did, these sentences do not say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from backchannel.classroom.collecting.recognise import NotUnderstoodError, read_answers
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Collected, read_collected, write_collected
from backchannel.errors import DataError

_SIGN = "have the same ids as decisions in the journal of"
_SHOWN = 3


@dataclass(frozen=True)
class Shared:
    """Two students of one exercise in whose journals the same decisions stand.

    Attributes:
        same: how many decisions stand in both.
        totals: how many decisions each has.
    """

    exercise: str
    students: tuple[str, str]
    same: int
    totals: tuple[int, int]


def find_shared(folder: ClassFolder, exercise: str) -> tuple[Shared, ...]:
    """Return the pairs of students whose journals in force share decisions, those with most first."""
    ids = {}
    for place in folder.places():
        if place.exercise == exercise:
            ids[place.student] = _ids(folder, place)
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for student, own in ids.items():
        for name in own:
            holders[name].append(student)
    pairs: Counter[tuple[str, str]] = Counter()
    for students in holders.values():
        pairs.update((one, other) for n, one in enumerate(students) for other in students[n + 1 :])
    return tuple(
        Shared(exercise, pair, same, (len(ids[pair[0]]), len(ids[pair[1]])))
        for pair, same in sorted(pairs.items(), key=lambda found: (-found[1], found[0]))
    )


def _ids(folder: ClassFolder, place: Place) -> frozenset[str]:
    try:
        return read_answers(folder.journal(place).read_bytes()).of(place.number)
    except (OSError, NotUnderstoodError):
        return frozenset()


def note_shared(folder: ClassFolder, exercise: str) -> tuple[Shared, ...]:
    """Write what is shared into the records of both students, and return it."""
    found = find_shared(folder, exercise)
    sentences = _by_student(found)
    for place in tuple(folder.places()):
        if place.exercise != exercise:
            continue
        try:
            record = read_collected(folder, place)
        except DataError:
            continue
        wanted = _with(record, sentences.get(place.student, ""))
        if wanted != record:
            write_collected(folder, wanted)
    return found


def _with(record: Collected, sentence: str) -> Collected:
    others = tuple(finding for finding in record.findings if not is_about_sharing(finding))
    return replace(record, findings=(*others, sentence) if sentence else others)


def _by_student(shared: tuple[Shared, ...]) -> Mapping[str, str]:
    found: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for pair in shared:
        for own, other in ((0, 1), (1, 0)):
            found[pair.students[own]].append((pair.students[other], pair.same, pair.totals[own]))
    return {student: _sentence(others) for student, others in found.items()}


def _sentence(others: list[tuple[str, int, int]]) -> str:
    parts = [f"{same:,} of {total:,} {_SIGN} {other}" for other, same, total in others[:_SHOWN]]
    more = f", and as those of {len(others) - _SHOWN} others" if len(others) > _SHOWN else ""
    return f"Of its decisions {'; '.join(parts)}{more}; ids are drawn at random."


def is_about_sharing(finding: str) -> bool:
    """Say whether a finding tells what is shared with others."""
    return _SIGN in finding


def in_words(pair: Shared, name: Callable[[str], str]) -> str:
    """Say in a line whose journals share how much."""
    one, other = map(name, pair.students)
    first, second = pair.totals
    return f"{one} and {other} have {pair.same:,} decisions with the same ids, of {first:,} and {second:,}"
