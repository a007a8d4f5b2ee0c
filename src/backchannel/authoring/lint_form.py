"""Rules for a lesson as a whole: its file, its metadata, its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from backchannel.authoring import prose
from backchannel.authoring.lessons import CLOSING, NEED, NEXT, OPENING, WILL, Known, Lesson, Remark

MINUTES = range(30, 61)
# An objective says what one can do and be seen doing, so it does not begin like these.
NOT_A_VERB = ("a", "an", "how", "know", "learn", "that", "the", "to", "understand", "what", "why", "you")


_FILE = re.compile(r"(\d\d)_[a-z0-9]+(?:_[a-z0-9]+)*\.ipynb")
_QUESTION = re.compile(r"\*\*Central question\.\*\*\s+(.+)")
_MINUTES = re.compile(r"About (\d+) minutes: (\d+) reading, (\d+) tasks\.")


def the_file_is_a_lesson(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the author whose file is passed over, or opened by a kernel that is not there."""
    about = _FILE.fullmatch(lesson.name)
    if about is None:
        yield lesson.remark(
            None, "the name of the file is not NN_name.ipynb", "rename it, such as 03_name.ipynb"
        )
    elif about[1] != str(lesson.about.get("lesson")):
        yield lesson.remark(
            None,
            "the file and its metadata name different lessons",
            f'set "lesson": "{about[1]}" in backchannel',
        )
    if lesson.version != (4, 5):
        major, minor = lesson.version
        yield lesson.remark(None, f"it has the format {major}.{minor} and not 4.5", "run `make refresh`")
    kernel = lesson.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield lesson.remark(None, f"its kernel is {kernel!r} and not 'python3'", "run `make refresh`")
    if "widgets" in lesson.metadata:
        yield lesson.remark(None, "it stores the state of widgets", "run `make refresh`")


def the_metadata_is_complete(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the instructor who lists lessons by what they say about themselves."""
    for key, holds in _METADATA.items():
        if not holds(lesson.about.get(key)):
            yield lesson.remark(
                None,
                f"the metadata backchannel has no {key} in the form agreed",
                f"write it as {_METADATA_FORMS[key]}",
            )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(item) for item in value)


def _are_minutes(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"reading", "tasks"}
        and all(type(number) is int and number > 0 for number in value.values())
    )


_METADATA: Mapping[str, Callable[[Any], bool]] = {
    "lesson": _is_text,
    "title": _is_text,
    "question": _is_text,
    "minutes": _are_minutes,
    "objectives": _are_texts,
    "needs": _are_texts,
}
_METADATA_FORMS = {
    "lesson": 'a text of two digits, such as "03"',
    "title": "a text",
    "question": "a text",
    "minutes": '{"reading": 15, "tasks": 30}, both whole numbers',
    "objectives": "a list of texts",
    "needs": "a list of texts",
}


def the_first_cell_asks_the_question(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who wants to know, before anything else, what the lesson is about."""
    first = lesson.cells[0] if lesson.cells else None
    if first is None or first.kind != "markdown":
        yield lesson.remark(first, "the lesson does not begin with prose", "begin it with a cell of Markdown")
        return
    title = f"# {lesson.about.get('lesson')} {lesson.about.get('title')}"
    if first.source.splitlines()[:1] != [title]:
        yield lesson.remark(
            first, f"its first line is not {title!r}", "write the title as the metadata has it"
        )
    quoted = " ".join(line.lstrip("> ").strip() for line in first.source.splitlines() if line.startswith(">"))
    match = _QUESTION.fullmatch(quoted.strip())
    if match is None:
        yield lesson.remark(
            first, "the central question is missing", "write it as a line '> **Central question.** …'"
        )
    elif match[1] != lesson.about.get("question"):
        yield lesson.remark(
            first, f"the central question {match[1]!r} is not that of the metadata", "make both the same"
        )


def the_lesson_is_that_of_the_tables(lesson: Lesson, known: Known) -> Iterator[Remark]:
    """Spare the student whose portfolio calls a lesson by another name than its notebook does."""
    number = str(lesson.about.get("lesson"))
    card = known.lessons.get(number)
    if card is None:
        yield lesson.remark(None, f"lessons.csv has no lesson {number}", "add its row there")
        return
    for name, wanted in (("title", card.title.en), ("question", card.question.en)):
        if lesson.about.get(name) != wanted:
            yield lesson.remark(
                None,
                f"its {name} in the metadata is not {wanted!r}, as in lessons.csv",
                "make both the same",
            )


def the_parts_stand_in_order(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who comes back to a lesson and looks for its parts where they always are."""
    titles = [heading.title for heading in lesson.headings if heading.level == 2]
    for title in (*OPENING, *CLOSING):
        if titles.count(title) != 1:
            many = "missing" if title not in titles else "there more than once"
            yield lesson.remark(None, f"the heading '## {title}' is {many}", "have it once, word for word")
    own = titles[len(OPENING) : -len(CLOSING)]
    fixed = [title for title in titles if title in (*OPENING, *CLOSING)]
    if sorted(fixed) != sorted((*OPENING, *CLOSING)):
        return
    if tuple(titles[: len(OPENING)]) != OPENING or tuple(titles[-len(CLOSING) :]) != CLOSING:
        order = "; ".join((*OPENING, "your own headings", *CLOSING))
        yield lesson.remark(None, "the headings of level 2 stand in another order", f"the order is: {order}")
    elif not own:
        yield lesson.remark(
            None,
            "no heading of its own stands between prediction and check",
            "give the guided work a heading",
        )


def headings_nest(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who moves through the lesson by its headings, with a screen reader or the outline."""
    level = 0
    for heading in lesson.headings:
        if heading.level > level + 1:
            yield lesson.remark(
                heading.cell,
                f"the heading {heading.title!r} jumps from level {level} to {heading.level}",
                f"make it level {level + 1}",
            )
        if heading.level == 1 and level:
            yield lesson.remark(
                heading.cell, f"the heading {heading.title!r} is a second title", "make it level 2 or lower"
            )
        level = heading.level


def the_objectives_are_those_of_the_metadata(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who decides by the objectives, and the instructor who plans by them."""
    wanted = [" ".join(str(item).split()) for item in lesson.about.get("objectives") or ()]
    cell = lesson.section(WILL).cell
    shown = list(prose.list_items(lesson.section(WILL).prose))
    for item in sorted({*wanted, *shown}, key=[*wanted, *shown].index):
        if item not in shown or item not in wanted:
            where = "metadata" if item not in shown else "list"
            yield lesson.remark(
                cell, f"the objective {item!r} stands in the {where} only", "make both the same"
            )
        elif item.split()[0].casefold() in NOT_A_VERB:
            yield lesson.remark(
                cell,
                f"the objective {item!r} does not begin with a verb",
                "say what one can do, such as compare",
            )


def the_minutes_are_true_to_the_metadata(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student with one hour, and the instructor who plans a session."""
    cell, minutes = lesson.section(NEED).cell, lesson.about.get("minutes")
    if not _are_minutes(minutes) or minutes is None:
        return
    reading, tasks = minutes["reading"], minutes["tasks"]
    line = f"About {reading + tasks} minutes: {reading} reading, {tasks} tasks."
    found = [match[0] for match in _MINUTES.finditer(prose.readable(lesson.section(NEED).prose))]
    if found != [line]:
        yield lesson.remark(cell, "it does not state the minutes of the metadata once", f"write {line!r}")
    if reading + tasks not in MINUTES:
        yield lesson.remark(
            cell, f"the lesson takes {reading + tasks} minutes", "cut or join it to between 30 and 60 minutes"
        )


def the_next_step_is_named(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who has finished and does not know where to go."""
    section = lesson.section(NEXT)
    if section.title and not section.prose.strip():
        yield lesson.remark(section.cell, "nothing stands below '## Next'", "say which lesson comes next")
