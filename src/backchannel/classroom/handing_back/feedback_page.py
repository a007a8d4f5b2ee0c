"""A page of feedback as one HTML file: no script, nothing from the network, both languages in one page.

A page that has both languages holds the same content twice; two radio buttons and the style say which of the
two is shown. Whatever a student, a grader or a file name brought in is escaped, and its direction of writing
is closed where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from backchannel.classroom.handing_back.grade_sheets import points_words
from backchannel.classroom.handing_back.handback import Again, Answer, Group, Guide, Handback, Told, Written
from backchannel.classroom.handing_back.prose_html import prose_html
from backchannel.codebook import Label
from backchannel.dates import time_words
from backchannel.exercises import Verdict
from backchannel.portfolio.blocks import contained
from backchannel.portfolio.html import POLICY
from backchannel.words import LANGUAGES, Language, say

MARKS: dict[Verdict, str] = {"right": "✓", "accepted": "✓", "other": "✗", "open": "–"}
NAMES: dict[Language, str] = {"en": "English", "de": "Deutsch"}
_HOUR = 3600
_HOURS_IN_WORDS = 47  # more are told as days and hours
_LINE = "\n"


@cache
def _style() -> str:
    base = (files("backchannel.portfolio") / "portfolio.css").read_text(encoding="utf-8")
    return base + (files("backchannel.classroom.handing_back") / "feedback.css").read_text(encoding="utf-8")


def page(handback: Handback, languages: Sequence[Language] = LANGUAGES) -> str:
    """Return the page; the same content gives the same page.

    Args:
        handback: what to tell.
        languages: one, or both; of both, the student's own is shown first.
    """
    first = handback.language if handback.language in languages else languages[0]
    bodies = "\n".join(
        f'<div class="in-{language}" lang="{language}">\n{_Writer(handback, language).body()}\n</div>'
        for language in languages
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{first}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{_Writer(handback, first).title()}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f"<body>\n{_switch(languages, first)}<main>\n{bodies}\n</main>\n</body>\n</html>\n"
    )


def _switch(languages: Sequence[Language], first: Language) -> str:
    if len(languages) == 1:
        return ""
    buttons = "".join(
        f'<label lang="{language}"><input type="radio" name="language" id="in-{language}"'
        f"{' checked' if language == first else ''}> {NAMES[language]}</label>"
        for language in languages
    )
    legend = " / ".join(say("feedback.language", language) for language in languages)
    return (
        '<header class="switch"><fieldset>'
        f'<legend class="unseen">{escape(legend)}</legend>{buttons}</fieldset></header>\n'
    )


def number(points: float, language: Language) -> str:
    """Return points as they are written in a language, without needless zeros."""
    return points_words(points, comma=language == "de")


def late_words(seconds: int, language: Language) -> str:
    """Return how late something came: days with hours, hours, or minutes, rounded up."""
    hours, minutes = -(-seconds // _HOUR), -(-seconds // 60)
    if hours > _HOURS_IN_WORDS:
        return say("feedback.late_days", language, n=hours // 24, hours=hours % 24)
    if seconds >= _HOUR:
        return say("feedback.late_hours", language, n=hours)
    return say("feedback.late_minutes", language, n=minutes)


def _text(text: str) -> str:
    return escape(contained(text))


class _Writer:
    """Writes the content in one language."""

    def __init__(self, handback: Handback, language: Language) -> None:
        self.handback, self.language = handback, language

    def say(self, key: str, **fields: object) -> str:
        return _text(say(f"feedback.{key}", self.language, **fields))

    def number(self, points: float) -> str:
        return number(points, self.language)

    def anchor(self, name: str) -> str:
        return escape(f"{self.language}-{name}")

    def title(self) -> str:
        exercise = self.handback.exercise
        return self.say("title", number=exercise.id, title=exercise.title.in_(self.language))

    def body(self) -> str:
        parts = (
            f"<h1>{self.title()}</h1>",
            self._facts(),
            self._findings(),
            self._points(),
            *(self._task(place, told) for place, told in enumerate(self.handback.tasks, start=1)),
            self._again(),
            self._about(),
        )
        return "\n".join(filter(None, parts))

    # --- the whole -----------------------------------------------------------------------------------

    def _facts(self) -> str:
        handback = self.handback
        received = time_words(handback.received, self.language)
        if handback.late:
            late = late_words(handback.late, self.language)
            received = f"{received}, {late}" if received else late
        rows = (
            ("for", f"<bdi>{_text(handback.student)}</bdi>"),
            ("received", _text(received)),
            ("graded", _text(time_words(handback.graded, self.language))),
            ("points", f"<strong>{self._total()}</strong>"),
        )
        shown = (f"<div><dt>{self.say(key)}</dt><dd>{value}</dd></div>" for key, value in rows if value)
        return f"<dl>{''.join(shown)}</dl>"

    def _total(self) -> str:
        handback = self.handback
        gained, most = self.number(handback.gained), handback.exercise.points
        if handback.unmarked:
            marked = most - handback.unmarked
            return self.say("so_far", gained=gained, most=marked, left=handback.unmarked)
        return self.say("of", gained=gained, most=most)

    def _findings(self) -> str:
        if not self.handback.noticed:
            return ""
        items = "".join(f"<li>{_text(told.in_(self.language))}</li>" for told in self.handback.noticed)
        return (
            f'<section class="noticed"><h2>{self.say("noticed")}</h2>'
            f"<ul>{items}</ul><p>{self.say('noticed_about')}</p></section>"
        )

    def _points(self) -> str:
        rows = "".join(self._points_row(n, told) for n, told in enumerate(self.handback.tasks, start=1))
        return f'<h2>{self.say("points_by_task")}</h2>\n<ul class="points">{rows}</ul>'

    def _points_row(self, place: int, told: Told) -> str:
        name = self._task_name(place, told)
        return (
            f'<li><a href="#{self.anchor(told.task.id)}">{name}</a>'
            f'{_bar(told.gained, told.task.points)}<span class="count">{self._task_points(told)}</span></li>'
        )

    def _task_name(self, place: int, told: Told) -> str:
        return self.say("task", n=place, title=told.task.title.in_(self.language))

    def _task_points(self, told: Told) -> str:
        if told.gained is None:
            return self.say("unmarked", most=told.task.points)
        return self.say("of", gained=self.number(told.gained), most=told.task.points)

    def _again(self) -> str:
        heading = f"<h2>{self.say('next')}</h2>"
        if not self.handback.again:
            key = "next_unmarked" if self.handback.unmarked else "next_nothing"
            return f"{heading}\n<p>{self.say(key)}</p>"
        items = "".join(f"<li>{self._lesson(again)}</li>" for again in self.handback.again)
        return f"{heading}\n<p>{self.say('next_about')}</p>\n<ul>{items}</ul>"

    def _lesson(self, again: Again) -> str:
        lesson = self.say("lesson", number=again.lesson, title=again.title.in_(self.language))
        names = ", ".join(dimension.name.in_(self.language) for dimension in again.dimensions)
        return f"<strong>{lesson}</strong>" + (f": {self.say('lesson_for', names=names)}" if names else "")

    def _about(self) -> str:
        lines = [self.say("about"), self.say("about_key" if self.handback.reference else "about_no_key")]
        if self.handback.machine_labels:
            lines.append(_text(say("portfolio.labels_made", self.language)))
        lines.append(self.say("about_doubt"))
        return f"<h2>{self.say('about_title')}</h2>\n" + "\n".join(f"<p>{line}</p>" for line in lines)

    # --- a task --------------------------------------------------------------------------------------

    def _task(self, place: int, told: Told) -> str:
        heading = (
            f'<h2 id="{self.anchor(told.task.id)}">{self._task_name(place, told)} '
            f'<span class="count">{self._task_points(told)}</span></h2>'
        )
        content = self._written(told.written) if told.written else self._marked(told)
        return "\n".join(filter(None, (heading, content, self._comment(told))))

    def _comment(self, told: Told) -> str:
        lines = ""
        if told.by_key is not None:
            lines = f"<p>{self.say('by_person', by_key=self.number(told.by_key))}</p>"
        if told.comment.strip():
            lines += f'<h3>{self.say("comment")}</h3><blockquote class="grader" dir="auto">'
            lines += f"{_text(told.comment)}</blockquote>"
        return lines

    def _marked(self, told: Told) -> str:
        if not told.groups:
            return f"<p>{self.say('nothing_marked')}</p>"
        tally = self._tally(answer for group in told.groups for answer in group.answers)
        groups = "\n".join(self._group(n, told, group) for n, group in enumerate(told.groups, start=1))
        return f"<p>{tally}</p>\n{groups}{self._guides(told)}"

    def _tally(self, answers: Iterable[Answer]) -> str:
        found = [answer.verdict for answer in answers]
        counts = ((verdict, found.count(verdict)) for verdict in MARKS)
        return " · ".join(f"{self._verdict(v)}: {n}" for v, n in counts if n)

    def _verdict(self, verdict: Verdict) -> str:
        mark = f'<span aria-hidden="true">{MARKS[verdict]}</span>'
        return f'<span class="verdict {verdict}">{mark} {self.say(verdict)}</span>'

    def _group(self, place: int, told: Told, group: Group) -> str:
        """Return what was answered on a claim or to a question; what was left open of a claim is one line."""
        title, where = group.answers[0].asked, ""
        if group.claim is not None:
            title, where = group.claim, f'<p class="where">{_text(group.where)}</p>'
        together = [one for one in group.answers if one.dimension and one.given is None and not one.known]
        answers = [self._answer(told, one) for one in group.answers if one not in together]
        if together:
            names = ", ".join(_text(one.asked.in_(self.language)) for one in together)
            answers.append(f'<div class="answer open"><p>{self._verdict("open")}: {names}</p></div>')
        return (
            f'<section class="group"><h3>{place}. {_text(title.in_(self.language))}</h3>{where}\n'
            f"{_LINE.join(answers)}</section>"
        )

    def _answer(self, told: Told, answer: Answer) -> str:
        asked = f'<p class="asked">{_text(answer.asked.in_(self.language))}</p>' if answer.dimension else ""
        given = ""
        if answer.given is not None:
            key = "your_label" if answer.dimension else "your_answer"
            given = f" · {self.say(key)} <b>{_text(answer.given.in_(self.language))}</b>"
        right = "known_reference" if answer.dimension else "known_right"
        known = "".join(
            f'<p class="known">{self.say(right if one.verdict == "right" else "known_accepted")} '
            f"<b>{_text(one.name.in_(self.language))}</b>. {_text(one.reason.in_(self.language))}</p>"
            for one in answer.known
        )
        return (
            f'<div class="answer {answer.verdict}">{asked}<p>{self._verdict(answer.verdict)}{given}</p>'
            f"{self._why(told, answer)}{known}</div>"
        )

    def _why(self, told: Told, answer: Answer) -> str:
        reasons = [_text(reason.in_(self.language)) for reason in answer.why]
        if answer.look_up:
            links = (self._link(told, answer.dimension, label) for label in answer.look_up)
            reasons = [f"{link}: {reason}" for link, reason in zip(links, reasons, strict=True)]
        if answer.verdict == "other" and not reasons and not answer.known:
            return f'<p class="held">{self.say("held_back")}</p>'
        return "".join(f"<p>{reason}</p>" for reason in reasons)

    def _link(self, told: Told, dimension: str, label: Label) -> str:
        place = self.anchor(f"{told.task.id}-{dimension}")
        return f'<a href="#{place}">{self.say("meant", label=self._quoted(label))}</a>'

    def _quoted(self, label: Label) -> str:
        return say("feedback.quoted", self.language, name=label.name.in_(self.language))

    def _guides(self, told: Told) -> str:
        if not told.guides:
            return ""
        parts = "\n".join(self._guide(told, guide) for guide in told.guides)
        return (
            f'\n<section class="guides"><h3>{self.say("guides")}</h3>\n<p>{self.say("guides_about")}</p>\n'
            f"{parts}</section>"
        )

    def _guide(self, told: Told, guide: Guide) -> str:
        language = self.language
        names = ", ".join(map(self._quoted, guide.labels))
        rules = "".join(f"<li>{_text(rule.in_(language))}</li>" for rule in guide.rules)
        taken = "".join(f"<li>{_text(text.in_(language))}</li>" for text in guide.confusions)
        parts = [
            f'<h4 id="{self.anchor(f"{told.task.id}-{guide.dimension.id}")}">'
            f"{_text(guide.dimension.name.in_(language))}: {_text(names)}</h4>",
            f'<p class="question">{_text(guide.dimension.question.in_(language))}</p>',
        ]
        parts += [f'<p class="about">{self.say("rules")}</p><ul>{rules}</ul>'] if rules else []
        parts += [f'<p class="about">{self.say("confusions")}</p><ul>{taken}</ul>'] if taken else []
        return "\n".join(parts)

    # --- a written task --------------------------------------------------------------------------------

    def _written(self, written: Written) -> str:
        if written.text.strip():
            own = f'<blockquote class="own" dir="auto">{prose_html(written.text)}</blockquote>'
        else:
            own = f"<p>{self.say('nothing_written')}</p>"
        return f"<h3>{self.say('your_text')}</h3>\n{own}\n{self._levels(written)}"

    def _levels(self, written: Written) -> str:
        if written.reached is None and written.next is None:
            return ""
        below = "" if written.reached else f"<p>{self.say('below')}</p>\n"
        rows = "".join(
            f"<div><dt>{self.say(key)}: {self.say(f'level_{level.name}')}, "
            f"{self.say('level_points', n=level.points)}</dt>"
            f"<dd>{_text(level.text.in_(self.language))}</dd></div>"
            for key, level in (("reached", written.reached), ("above", written.next))
            if level is not None
        )
        return f"<h3>{self.say('rubric')}</h3>\n{below}<dl>{rows}</dl>"


def _bar(gained: float | None, most: float) -> str:
    """Return a bar that the words beside it say too; where nothing is marked yet, a dashed frame."""
    if gained is None:
        inner = '<rect class="unmarked" x="0.5" y="0.5" width="99" height="9"/>'
    else:
        share = max(0.0, min(1.0, gained / most if most else 0.0))
        inner = (
            '<rect class="whole" width="100" height="10"/>'
            f'<rect class="gained" width="{100 * share:.2f}" height="10"/>'
        )
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{inner}</svg>"
    )
