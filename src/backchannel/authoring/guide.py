"""The instructor's guide: one page made from the lessons' own metadata and the notes on each lesson.

Question, objectives and minutes come from the notebooks, activities from ``activities.csv``, and what no file
of the course knows (how to use the time, what to expect, pitfalls, discussion) from ``solutions/instructor``:
``opening.md`` and ``NN.md`` for each lesson. The page cannot drift, and notes that fall behind are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from backchannel.authoring import prose
from backchannel.authoring.lessons import FOLDER, Lesson, find_lessons, is_lesson, read_lesson
from backchannel.dossier import Dossier
from backchannel.errors import DataError
from backchannel.tables import rows_of

NOTES = Path("solutions") / "instructor"
GUIDE = Path("solutions") / "instructors_guide.md"
OPENING = "opening.md"
ABOUT = ("lesson", "title", "question", "minutes", "objectives")
EXPECT = "What to expect of each activity"
HEADINGS = (
    "In one sentence",
    "Timing",
    EXPECT,
    "Pitfalls",
    "Discussion questions",
    "If a student asks",
)

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*$", re.MULTILINE)


def page(dossier: Dossier, project: Path) -> dict[Path, str]:
    """Return the guide by its path; nothing where the project has no notes.

    Raises:
        DataError: the notes on a lesson are missing, or a lesson cannot be read.
    """
    folder = project / NOTES
    if not folder.is_dir():
        return {}
    lessons = _lessons(project)
    notes = {str(lesson.about["lesson"]): _read(folder, f"{lesson.about['lesson']}.md") for lesson in lessons}
    parts = [
        _read(folder, OPENING).strip(),
        "## The lessons at a glance",
        _overview(lessons),
        *(part for lesson in lessons for part in _chapter(dossier, lesson, notes)),
        "## Sources",
        _bibliography(dossier, [_read(folder, OPENING), *notes.values()]),
    ]
    return {project / GUIDE: "\n\n".join(parts) + "\n"}


def _lessons(project: Path) -> list[Lesson]:
    found = [read_lesson(path) for path in find_lessons(folder=project / FOLDER) if is_lesson(path)]
    for lesson in found:
        if lost := [name for name in ABOUT if name not in lesson.about]:
            raise DataError(
                f"{lesson.name} lacks {', '.join(lost)} in its metadata, which the guide needs; "
                "`backchannel lint` says in which form."
            )
    return found


def _read(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(
            f"The notes {NOTES / name} cannot be read ({problem}); write them, with the headings "
            f"{', '.join(HEADINGS)}."
        ) from problem


def _overview(lessons: list[Lesson]) -> str:
    rows = ["| lesson | question | reading | tasks | minutes |", "|---|---|---|---|---|"]
    for lesson in lessons:
        about, minutes = lesson.about, lesson.about["minutes"]
        name = f"[{about['lesson']} {about['title']}](../notebooks/{lesson.name})"
        both = minutes["reading"], minutes["tasks"]
        rows.append(f"| {name} | {about['question']} | {both[0]} | {both[1]} | {sum(both)} |")
    reading = sum(lesson.about["minutes"]["reading"] for lesson in lessons)
    tasks = sum(lesson.about["minutes"]["tasks"] for lesson in lessons)
    return "\n".join([*rows, f"| together | | {reading} | {tasks} | {reading + tasks} |"])


def _chapter(dossier: Dossier, lesson: Lesson, notes: Mapping[str, str]) -> Iterator[str]:
    about = lesson.about
    number, minutes = str(about["lesson"]), about["minutes"]
    yield f"## {number} {about['title']}"
    yield f"**{about['question']}** {minutes['reading']} minutes of reading, {minutes['tasks']} of tasks."
    yield "Students will be able to:"
    yield "\n".join(f"- {objective}" for objective in about["objectives"])
    if rows := [a for a in dossier.activities.values() if a.lesson == number]:
        yield "Activities, by their name in the journal:"
        yield "\n".join(f"- `{a.id}`: {a.title.en} ({a.kind}{', extra' if a.optional else ''})" for a in rows)
    yield _HEADING.sub(lambda match: f"#{match[0]}", notes[number]).strip()


def _bibliography(dossier: Dossier, texts: list[str]) -> str:
    cited = {name for text in texts for name in prose.SOURCE.findall(text)}
    words = {"read": "", "second_hand": " (read at second hand)", "not_checked": " (not checked by us)"}
    return "\n".join(
        f"- [{row['id']}] {row['citation']}{words[row['checked']]}."
        for _, row in rows_of(dossier.tables["sources"])
        if row["id"] in cited
    )


def faults(dossier: Dossier, project: Path) -> Iterator[str]:
    """Yield a sentence for everything that is wrong in the notes: parts, activities, citations.

    Raises:
        DataError: as ``page``.
    """
    for lesson in _lessons(project):
        number = str(lesson.about["lesson"])
        text, name = _read(project / NOTES, f"{number}.md"), NOTES / f"{number}.md"
        yield from (f"{name}: {fault}." for fault in _faults(dossier, number, text))


def _faults(dossier: Dossier, number: str, text: str) -> Iterator[str]:
    headings = [(len(level), title) for level, title in _HEADING.findall(text)]
    if tuple(title for level, title in headings if level == 2) != HEADINGS:
        yield f"its headings of level 2 are not {', '.join(HEADINGS)}; write these, in this order"
    expected = [f"{number}-predict", *_asked(dossier, number), f"{number}-check"]
    found = [title for level, title in headings if level == 3]
    for title in found:
        if title not in expected:
            yield f"the heading {title!r} names no activity of the lesson; correct it, or make it bold text"
    for name in expected:
        if name not in found:
            yield f"it does not say what to expect of {name}; add a heading of level 3 with its name"
    known = set(dossier.tables["sources"]["id"])
    for source in dict.fromkeys(prose.SOURCE.findall(text)):
        if source not in known:
            yield f"it cites {source}, which is not in sources.csv; add it there or correct the id"
    spans = [name for span in prose.code_spans(text) for name in prose.DATA_ID.findall(span)]
    for name in dict.fromkeys(spans):
        if name not in dossier.claims and name not in dossier.passages:
            yield f"it cites {name}, which is not in claims.csv; correct the id"


def _asked(dossier: Dossier, number: str) -> list[str]:
    """Return the names of a lesson's activities, the tests before and after the course with them."""
    tests = {"00": ["test-pre"], "10": ["test-post"]}.get(number, [])
    return [a.id for a in dossier.activities.values() if a.lesson == number] + tests
