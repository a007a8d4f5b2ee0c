"""The page of a portfolio: what it says in which order, for both renderers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backchannel.before_after import Pair
from backchannel.dates import days_words, time_words
from backchannel.portfolio.binder import Entry, Lesson, Other, Portfolio, State
from backchannel.portfolio.blocks import (
    Block,
    Facts,
    Group,
    Heading,
    Image,
    Line,
    Link,
    Listing,
    Own,
    Share,
    Table,
    Words,
    Written,
)
from backchannel.words import Language, say

MARKS: dict[State, str] = {"nothing": "–", "not_begun": "○", "begun": "◐", "complete": "●"}
SUMMARY, TESTS, OTHERS, REPORTS = "summary", "tests", "others", "set-aside"


def title_of(portfolio: Portfolio) -> str:
    """Return the title of the page, for a browser's tab."""
    name = portfolio.student or say("course.nobody", portfolio.language)
    return say("portfolio.document_title", portfolio.language, name=name)


def page_of(portfolio: Portfolio, image: Image | None = None) -> tuple[Block, ...]:
    """Return the whole page: whose it is, contents, summary, tests, lessons, what is left over.

    Args:
        portfolio: what to show.
        image: a picture of the two tests, shown only where both may be.
    """
    language = portfolio.language
    return (
        *_head(portfolio),
        Heading(2, say("portfolio.contents", language)),
        Listing(tuple(_contents(portfolio))),
        *_summary(portfolio),
        *_tests(portfolio, image),
        *(block for lesson in portfolio.lessons for block in _lesson(lesson, language)),
        *_others(portfolio.others, language),
        *_reports(portfolio),
    )


def state_words(state: State, language: Language) -> str:
    """Return a state as a mark and a word, so that neither has to be known to read the other."""
    return f"{MARKS[state]} {say(f'portfolio.state_{state}', language)}"


def _head(portfolio: Portfolio) -> Iterator[Block]:
    language, course = portfolio.language, portfolio.course

    def told(key: str, **fields: object) -> str:
        return say(f"portfolio.{key}", language, **fields)

    name: Words = Own(portfolio.student) if portfolio.student else say("course.nobody", language)
    yield Heading(1, told("heading"))
    yield Facts(
        (
            (told("name"), name),
            (told("written_at"), time_words(portfolio.at, language)),
            (told("course"), f"{course.title} {course.version}".strip()),
            (told("codebook"), course.codebook),
            (told("journal"), told("journal_count", n=portfolio.decisions)),
        )
    )
    yield Line(told("from_journal"))
    yield Line(told("labels_made" if course.own else "labels_made_elsewhere"))


def _contents(portfolio: Portfolio) -> Iterator[Link]:
    language = portfolio.language
    yield Link(say("portfolio.summary", language), SUMMARY)
    yield Link(say("portfolio.tests", language), TESTS)
    for lesson in portfolio.lessons:
        yield Link(f"{lesson.id} {lesson.title}", _anchor(lesson))
    if portfolio.others:
        yield Link(say("portfolio.others", language), OTHERS)
    if portfolio.reports:
        yield Link(say("portfolio.reports", language), REPORTS)


def _anchor(lesson: Lesson) -> str:
    return f"lesson-{lesson.id}"


# --- summary -------------------------------------------------------------------------------------------


def _summary(portfolio: Portfolio) -> Iterator[Block]:
    language = portfolio.language
    yield Heading(2, say("portfolio.summary", language), SUMMARY)
    header = ("lesson", "state", "activities", "decisions", "when")
    rows = tuple(_path_row(lesson, language) for lesson in portfolio.lessons)
    if rows:
        yield Table(
            say("portfolio.path_caption", language),
            tuple(say(f"portfolio.{key}", language) for key in header),
            (Group("", rows),),
        )
    steps = portfolio.what_is_open()
    if not steps:
        any_there = any(lesson.entries for lesson in portfolio.lessons)
        yield Line(say("portfolio.nothing_open" if any_there else "portfolio.no_lessons", language))
        return
    yield Heading(3, say("portfolio.open_heading", language, n=len(steps)))
    items = []
    for lesson in portfolio.lessons:
        titles = [
            say("portfolio.open_step", language, title=step.title, done=step.done, total=step.total)
            for step in steps
            if step.lesson == lesson.id
        ]
        if titles:
            items.append(f"{lesson.id} {lesson.title}: {'; '.join(titles)}")
    yield Listing(tuple(items))


def _path_row(lesson: Lesson, language: Language) -> tuple[Words, ...]:
    total = len(lesson.required)
    counted = say("portfolio.of", language, done=lesson.complete, total=total)
    return (
        Link(f"{lesson.id} {lesson.title}", _anchor(lesson)),
        state_words(lesson.state, language),
        Share(lesson.complete, total, counted) if total else "–",
        str(lesson.decisions),
        days_words(lesson.first, lesson.last, language) or "–",
    )


# --- the two tests -------------------------------------------------------------------------------------


def _tests(portfolio: Portfolio, image: Image | None) -> Iterator[Block]:
    language, pairs = portfolio.language, portfolio.pairs
    yield Heading(2, say("portfolio.tests", language), TESTS)
    if not pairs:
        yield Line(say("portfolio.tests_later", language))
        return
    if image:
        yield image
    yield Table(
        say("portfolio.tests_caption", language),
        tuple(say(key, language) for key in ("portfolio.question", "progress.before", "progress.after")),
        (Group("", tuple(_pair_row(pair, language) for pair in pairs)),),
    )
    right = {when: Counter(getattr(pair, when) for pair in pairs)["right"] for when in ("before", "after")}
    taken = any(pair.before != "open" for pair in pairs)
    total = "progress.prepost_sum" if taken else "progress.prepost_after_only"
    yield Line(say(total, language, n=len(pairs), **right), strong=True)
    yield Line(say("progress.prepost_note", language))


def _pair_row(pair: Pair, language: Language) -> tuple[Words, ...]:
    marks = {"right": "✓", "wrong": "✗", "open": "–"}
    outcomes = (
        f"{marks[outcome]} {say(f'progress.{outcome}', language)}" for outcome in (pair.before, pair.after)
    )
    return (pair.item.question.in_(language), *outcomes)


# --- lessons -------------------------------------------------------------------------------------------


def _lesson(lesson: Lesson, language: Language) -> Iterator[Block]:
    yield Heading(2, f"{lesson.id} {lesson.title}", _anchor(lesson))
    yield Line(lesson.question)
    if not lesson.entries:
        yield Line(say("portfolio.state_nothing", language))
    for entry in lesson.entries:
        yield Heading(3, entry.title)
        yield Line(_entry_line(entry, language))
        yield from entry.content


def _entry_line(entry: Entry, language: Language) -> str:
    found = [say("portfolio.extra", language)] if entry.optional else []
    found += [say(f"portfolio.kind_{entry.kind}", language), state_words(entry.state, language)]
    if entry.state != "not_begun":
        found.append(say(f"portfolio.done_{entry.kind}", language, done=entry.done, total=entry.total))
    if when := time_words(entry.at, language):
        found.append(say("portfolio.last", language, when=when))
    return " · ".join(found)


# --- the rest ------------------------------------------------------------------------------------------


def _others(others: tuple[Other, ...], language: Language) -> Iterator[Block]:
    if not others:
        return
    yield Heading(2, say("portfolio.others", language), OTHERS)
    yield Line(say("portfolio.others_about", language))
    yield Table(
        say("portfolio.others_caption", language),
        tuple(say(f"portfolio.{key}", language) for key in ("others_name", "decisions", "when")),
        (
            Group(
                "",
                tuple(
                    (Own(one.activity) if one.activity.strip() else "–", str(one.count), _when(one, language))
                    for one in others
                ),
            ),
        ),
    )
    for one in others:
        for item, text in one.written:
            yield Line((Own(one.activity), ", ", Own(item)), strong=True)
            yield Written(text)


def _when(one: Other, language: Language) -> str:
    return time_words(one.at, language) or "–"


def _reports(portfolio: Portfolio) -> Iterator[Block]:
    if not portfolio.reports:
        return
    yield Heading(2, say("portfolio.reports", portfolio.language), REPORTS)
    yield Line(say("portfolio.reports_about", portfolio.language))
    yield from (Line(Own(report), language="en") for report in portfolio.reports)
