"""What ``grade`` says: what it is about to do, a line for each submission, and what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backchannel.classroom import gradebook
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Record
from backchannel.classroom.students import Student, called
from backchannel.tables import rows_of

_WORDS = ("none", "one", "two", "three", "four")
_MARKING = "backchannel lab --grading"


@dataclass(frozen=True)
class Changed:
    """Points that a person gave, out of ``most``, for an answer that is another one by now."""

    task: str
    given: float
    most: float


def opening(count: int, jobs: int, *, again: bool) -> str:
    """Return the line before anything runs."""
    jobs = min(jobs, count)
    at_a_time = f", {_WORDS[jobs] if jobs < len(_WORDS) else jobs} at a time" if count > 1 else ""
    rest = "." if again else "; what did not change since it was graded is not run again."
    return f"{_some(count, 'submission')}{at_a_time}{rest}"


def taken_in(exercises: Sequence[str]) -> str:
    """Return the line on exercises that are new in the gradebook."""
    numbers = ", ".join(exercise[:2] for exercise in exercises)
    one = len(exercises) == 1
    return f"Taken into the gradebook: {'exercise' if one else f'{len(exercises)} exercises,'} {numbers}."


def marked_before(folder: ClassFolder) -> frozenset[Place]:
    """Return the submissions to which a person has given points."""
    table = gradebook.scores(folder)
    return frozenset(
        Place(row["student"], row["exercise"]) for _, row in rows_of(table[table["manual"].notna()])
    )


def changed(folder: ClassFolder, only: Place | None = None) -> Mapping[Place, Sequence[Changed]]:
    """Return the points to look at again, by submission; of one alone where one is named."""
    table = gradebook.scores(folder, only)
    found: dict[Place, list[Changed]] = {}
    for _, row in rows_of(table[gradebook.has_changed(table)]):
        given = Changed(row["task"], float(row["manual"]), float(row["points"]))
        found.setdefault(Place(row["student"], row["exercise"]), []).append(given)
    return found


def progress(
    record: Record,
    who: str,
    place: tuple[int, int],
    again: Sequence[Changed] = (),
) -> str:
    """Return the line on a submission and the lines on what was found in it.

    Args:
        record: what was found.
        who: what to call the student.
        place: its number, and how many there are.
        again: points of a person that are to be looked at again.
    """
    number, count = place
    head = f"[{number:>{len(str(count))}}/{count}] {who}, exercise {record.place.number}: "
    marked = [task for task in record.tasks if task.gained is not None]
    gained, most = sum(task.gained or 0.0 for task in marked), sum(task.points for task in marked)
    points = f"{gained:.4g} of {most} points by machine, {record.seconds:.1f} s"
    tail = {"graded": points, "stopped": f"{points}, stopped", "refused": "refused"}[record.status]
    lines = (*record.findings, *(_to_look_at(record, points) for points in again))
    return "\n".join((head + tail, *(f"    {line}" for line in lines)))


def _to_look_at(record: Record, again: Changed) -> str:
    given = f"{again.given:g} of {again.most:g} points"
    if record.status == "refused":
        return f"The {given} you gave for {again.task} are kept."
    if any(task.task == again.task and task.kind == "written" for task in record.tasks):
        return (
            f"An answer you marked with {given} was changed ({again.task}); look at it again with "
            f"`{_MARKING}`."
        )
    return (
        f"Answers for which you gave {given} were changed ({again.task}); look at them again in Formgrader, "
        f"which `{_MARKING}` has in the menu Nbgrader."
    )


def summary(
    folder: ClassFolder,
    students: Mapping[str, Student],
    fresh: Mapping[Place, Record],
    known: Mapping[Place, Record],
    seconds: float,
) -> Iterator[str]:
    """Yield what was done, what it cost, what is left to a person, and the next command."""
    yield _counted(fresh, known)
    if fresh:
        memory = max(record.memory for record in fresh.values())
        yield f"{seconds / len(fresh):.1f} s a submission; at most {memory:.0f} MB in the sandbox."
    readable = {place: record for place, record in (*fresh.items(), *known.items()) if record.tasks}
    empty = Counter(
        task.task
        for record in readable.values()
        for task in record.tasks
        if task.kind == "written" and not task.text
    )
    for task, count in sorted(empty.items()):
        yield f"{_some(count, 'student')} wrote nothing for {task} (0 points)."
    to_mark = _to_mark(folder, readable)
    yield f"To be marked by a person: {_by_task(to_mark)}."
    again = {place: found for place, found in changed(folder).items() if place in readable}
    if again:
        names = ", ".join(
            f"{called(students, place.student)}, {', '.join(one.task for one in found)}"
            for place, found in sorted(again.items(), key=lambda pair: str(pair[0]))
        )
        count = sum(map(len, again.values()))
        yield f"Among these, marked before and changed since: {count} ({names})."
    numbers = sorted({place.number for place in (*fresh, *known)})
    yield f"Next: {_MARKING if to_mark else ' '.join(('backchannel feedback', *numbers))}"


def _counted(fresh: Mapping[Place, Record], known: Mapping[Place, Record]) -> str:
    before = sum(record.status != "graded" for record in known.values())
    held = f" ({before} of them stopped or refused)" if before else ""
    unchanged = f"{len(known)} unchanged{held}."
    if not fresh:
        return f"Nothing new: {unchanged}"
    counts = Counter(record.status for record in fresh.values())
    told = [f"{counts['graded']} graded"]
    told += [f"{counts['stopped']} stopped (named above; their points count)"] * bool(counts["stopped"])
    told += [f"{counts['refused']} refused (named above)"] * bool(counts["refused"])
    return f"{', '.join(told)}; {unchanged}"


def _to_mark(folder: ClassFolder, places: Mapping[Place, Record]) -> Counter[str]:
    """Count what a person has to look at, by task."""
    table = gradebook.scores(folder)
    asked = rows_of(table[table["to_mark"]])
    return Counter(row["task"] for _, row in asked if Place(row["student"], row["exercise"]) in places)


def _by_task(to_mark: Counter[str]) -> str:
    tasks = ", ".join(f"{task}: {count}" for task, count in sorted(to_mark.items()))
    if len(to_mark) == 1:
        tasks = next(iter(to_mark))
    return f"{to_mark.total()} ({tasks})" if to_mark else "nothing"


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
