"""The portfolio as a widget: the student's own path, what comes next, and the files to take along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from backchannel.dates import time_words, written
from backchannel.errors import BackchannelError
from backchannel.portfolio.binder import Binder, Entry, Lesson, Step, open_steps
from backchannel.portfolio.blocks import Image
from backchannel.portfolio.files import NAMES, OnDisk, files_in, write_portfolio
from backchannel.portfolio.page import MARKS, state_words
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, front, style
from backchannel.words import Language, say
from backchannel.workspace import shown

ACTIVITY = "portfolio"
NEXT_STEPS = 5


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class PortfolioPage(BackchannelWidget):
    """See how far you are, and write it all into a file; ``write`` does the same as a function call.

    Args:
        binder: all activities over the student's journal.
        picture: makes the picture of the two tests, or nothing while they may not be shown.
        clock: says when a file is written.
    """

    _esm = front("portfolio")
    _css = style("portfolio")
    section = "portfolio"

    def __init__(
        self,
        binder: Binder,
        picture: Callable[[], Image | None] = lambda: None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.binder, self._picture, self._clock = binder, picture, clock
        self._times = 0
        super().__init__(binder.workspace, ACTIVITY, keeps=False)

    def write(self, folder: Path | None = None) -> tuple[OnDisk, ...]:
        """Write the portfolio as it stands now, into the workspace or another folder.

        Raises:
            BackchannelError: it could not be written.
        """
        found = self._write(folder)
        self.redraw()
        return found

    def _write(self, folder: Path | None = None) -> tuple[OnDisk, ...]:
        portfolio = self.binder.portfolio(self._clock())
        place = _at_home(folder) if folder else self.workspace.folder
        found = write_portfolio(portfolio, place, self._picture())
        self._times += 1
        return found

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {"write": lambda _message: self._on_write()}

    def _on_write(self) -> None:
        self._write()

    # --- what is on the screen -----------------------------------------------------------------------

    def draw(self) -> View:
        """Return the lessons with their states, what comes next, and the files that are there."""
        language = self.language_now
        lessons, others = self.binder.overview(language)
        steps = open_steps(lessons)
        return {
            "who": self.workspace.student or say("course.nobody", language),
            "progress": _progress(lessons),
            "lessons": [_lesson_view(lesson) for lesson in lessons],
            "next": [_step_view(step) for step in steps[:NEXT_STEPS]],
            "more": max(0, len(steps) - NEXT_STEPS),
            "others": others,
            "files": [_file_view(file) for file in files_in(self.workspace.folder)],
            "names": [shown(self.workspace.folder / name) for name in NAMES],
            "folder": shown(self.workspace.folder),
            "missing": missing_words(lessons, language),
            "times": self._times,
            "reports": self.reports(),
        }

    @property
    def language_now(self) -> Language:
        """The language the words of this widget are in."""
        return "de" if self.language == "de" else "en"

    # --- without scripts -----------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return the path as a table with the activities, what comes next, and the files."""
        language = self.workspace.language

        def told(key: str, **fields: object) -> str:
            return say(f"portfolio.{key}", language, **fields)

        lessons, others = self.binder.overview(language)
        steps = open_steps(lessons)
        who = self.workspace.student or say("course.nobody", language)
        header = [told("lesson"), told("state"), told("activities"), told("decisions")]
        parts = [
            html.words("h4", told("title")),
            html.words("p", f"{told('whose', who=who)} · {told('progress', **_progress(lessons))}"),
            html.table(header, ([*_static_row(lesson, language)] for lesson in lessons)),
            *(_static_entries(lesson, language) for lesson in lessons if lesson.entries),
        ]
        if steps:
            items = [html.words("li", _step_words(step, language)) for step in steps[:NEXT_STEPS]]
            if len(steps) > NEXT_STEPS:
                items.append(html.words("li", told("next_more", n=len(steps) - NEXT_STEPS)))
            parts += [html.words("p", told("next_steps")), html.tag("ul", *items)]
        if others:
            parts.append(html.words("p", told("others_count", n=others)))
        files = files_in(self.workspace.folder)
        # Without the folder, which in a stored lesson is one that is gone.
        lines = [_file_words(file, language) for file in files]
        lines = lines or [told("not_written", files=", ".join(NAMES))]
        parts += [html.words("p", line) for line in (*lines, *self.reports(), told("static_note"))]
        return html.tag("section", *parts)


def _at_home(folder: Path) -> Path:
    try:
        return folder.expanduser()
    except RuntimeError as error:
        raise BackchannelError(
            f"The portfolio was not written: {folder} is in the home of someone this computer does not know; "
            "choose another folder, then write it again; the journal holds everything."
        ) from error


def missing_words(lessons: tuple[Lesson, ...], language: Language) -> str:
    """Say in a friendly line what is not complete yet."""
    steps = open_steps(lessons)
    if not steps:
        any_there = any(lesson.entries for lesson in lessons)
        return say("portfolio.missing_none" if any_there else "portfolio.no_lessons", language)
    first = {"title": steps[0].title, "lesson": steps[0].lesson}
    if len(steps) == 1:
        return say("portfolio.missing_one", language, **first)
    total = sum(len(lesson.required) for lesson in lessons)
    return say("portfolio.missing", language, n=len(steps), total=total, **first)


def written_words(files: tuple[OnDisk, ...], language: Language) -> str:
    """Say which files were written, how large they are, and how to open them."""
    named = " · ".join(
        say("portfolio.notice_file", language, path=shown(file.path), size=_kilobytes(file)) for file in files
    )
    folder = shown(files[0].path.parent)
    return " ".join(
        (
            say("portfolio.written_notice", language, files=named),
            say("portfolio.how_to_open", language, folder=folder),
        )
    )


def _progress(lessons: tuple[Lesson, ...]) -> dict[str, int]:
    return {
        "done": sum(lesson.complete for lesson in lessons),
        "total": sum(len(lesson.required) for lesson in lessons),
    }


def _lesson_view(lesson: Lesson) -> View:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "state": lesson.state,
        "mark": MARKS[lesson.state],
        "done": lesson.complete,
        "total": len(lesson.required),
        "decisions": lesson.decisions,
        "entries": [_entry_view(entry) for entry in lesson.entries],
    }


def _entry_view(entry: Entry) -> View:
    return {
        "id": entry.id,
        "title": entry.title,
        "kind": entry.kind,
        "state": entry.state,
        "mark": MARKS[entry.state],
        "done": entry.done,
        "total": entry.total,
        "at": entry.at,
        "optional": entry.optional,
    }


def _step_view(step: Step) -> View:
    return {
        "lesson": step.lesson,
        "lesson_title": step.lesson_title,
        "title": step.title,
        "done": step.done,
        "total": step.total,
    }


def _file_view(file: OnDisk) -> View:
    return {
        "name": file.path.name,
        "path": shown(file.path),
        "size": _kilobytes(file),
        "at": _written_at(file),
    }


def _kilobytes(file: OnDisk) -> int:
    return max(1, round(file.size / 1000))


def _written_at(file: OnDisk) -> str:
    return written(datetime.fromtimestamp(file.at, UTC))


def _static_row(lesson: Lesson, language: Language) -> tuple[str, ...]:
    counted = say("portfolio.of", language, done=lesson.complete, total=len(lesson.required))
    return (
        f"{lesson.id} {lesson.title}",
        state_words(lesson.state, language),
        counted if lesson.required else "–",
        str(lesson.decisions),
    )


def _static_entries(lesson: Lesson, language: Language) -> str:
    items = []
    for entry in lesson.entries:
        counted = say(f"portfolio.done_{entry.kind}", language, done=entry.done, total=entry.total)
        title = f"{entry.title} ({say('portfolio.extra', language)})" if entry.optional else entry.title
        items.append(html.words("li", f"{title}: {state_words(entry.state, language)}, {counted}"))
    summary = html.words("summary", f"{lesson.id} {lesson.title}")
    return html.tag("details", summary, html.tag("ul", *items))


def _step_words(step: Step, language: Language) -> str:
    where = say(
        "portfolio.next_step",
        language,
        lesson=step.lesson,
        lesson_title=step.lesson_title,
        title=step.title,
    )
    return f"{where} ({say('portfolio.of', language, done=step.done, total=step.total)})"


def _file_words(file: OnDisk, language: Language) -> str:
    return say(
        "portfolio.file_line",
        language,
        path=shown(file.path),
        size=_kilobytes(file),
        when=time_words(_written_at(file), language),
    )
