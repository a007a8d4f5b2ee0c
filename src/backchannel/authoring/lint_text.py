"""Rules for the prose of a lesson: what it cites and links to, and how it speaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from backchannel.authoring import prose
from backchannel.authoring.lessons import SOURCES, Known, Lesson, Remark, Section

AVERAGE_WORDS, MOST_WORDS = 22, 45
FORBIDDEN_WORDS = ("easily", "easy", "just", "obviously", "simply", "trivial", "trivially")

_SOURCE_NAME = re.compile(r"\bsource-[a-z0-9]+(?:-[a-z0-9]+)*")
_LISTED = re.compile(r"\[(source-[a-z0-9-]+)\]\s*(.*)")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\ufe0f\U0001f000-\U0001faff]")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|‘[^’]*’")


def citations_resolve(lesson: Lesson, known: Known) -> Iterator[Remark]:
    """Spare the student who follows a citation and finds nothing."""
    for cell in lesson.markdown:
        text = prose.without_code(cell.text)
        cited = prose.SOURCE.findall(text)
        for name in _unknown(cited, known.sources):
            yield lesson.remark(cell, f"it cites {name}", "cite an id of sources.csv")
        for name in dict.fromkeys(_SOURCE_NAME.findall(prose.SOURCE.sub("", text))):
            yield lesson.remark(cell, f"{name} stands outside square brackets", f"write [{name}]")
        spans = [name for span in prose.code_spans(cell.text) for name in prose.DATA_ID.findall(span)]
        for name in _unknown(spans, known.claims | known.passages):
            yield lesson.remark(cell, f"it cites {name}", "cite an id of claims.csv")
        for name in dict.fromkeys(prose.DATA_ID.findall(text)):
            yield lesson.remark(cell, f"the claim {name} stands outside backticks", f"write `{name}`")


def _unknown(names: Iterable[str], known: frozenset[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in known]


def the_sources_are_those_cited(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who checks a statement, and finds no source or one for nothing."""
    section = lesson.section(SOURCES)
    cited = {
        name
        for other in lesson.sections
        if other.title != SOURCES
        for name in prose.SOURCE.findall(prose.without_code(other.prose))
    }
    matches = [match for item in prose.list_items(section.prose) if (match := _LISTED.match(item))]
    listed = Counter(match[1] for match in matches)
    cell = section.cell
    for name in sorted(cited - set(listed)):
        yield lesson.remark(cell, f"{name} is cited and not listed", f"add a line '- [{name}] …'")
    for name in sorted(set(listed) - cited):
        yield lesson.remark(cell, f"{name} is listed and not cited", "cite it or take it out")
    for match in matches:
        if not match[2].strip() or listed[match[1]] > 1:
            yield lesson.remark(
                cell,
                f"{match[1]} is listed twice or without words",
                "list each source once, with its citation",
            )


def links_lead_somewhere(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student without a network who clicks on a link."""
    anchors = {heading.title.replace(" ", "-") for heading in lesson.headings}
    for section in lesson.sections:
        for part in section.parts:
            if part.cell.kind != "markdown":
                continue
            for target in (*prose.links(part.text), *(target for _alt, target in prose.images(part.text))):
                if problem := _link_problem(lesson, section, target, anchors):
                    yield lesson.remark(
                        part.cell, f"the link to {target!r} {problem}", "link to a file of the course"
                    )


def _link_problem(lesson: Lesson, section: Section, target: str, anchors: set[str]) -> str:
    if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.IGNORECASE):
        # A bibliography may give addresses: nobody needs them to go on.
        return "" if section.title == SOURCES and target.startswith("https://") else "leaves the course"
    path, _, anchor = unquote(target).partition("#")
    if not path:
        return "" if anchor in anchors else "leads to no heading"
    if path.startswith("/"):
        return "is not relative"
    return "" if (lesson.path.parent / path).exists() else "leads to no file"


# --- language ----------------------------------------------------------------------------------------------


def the_tone_is_calm(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student to whom it is not easy at all. Quoted words are not ours and do not count."""
    for cell in lesson.markdown:
        text = _QUOTED.sub("", prose.readable(cell.text))
        if match := _EMOJI.search(text):
            yield lesson.remark(cell, f"it holds the emoji {match[0]!r}", "say it in words")
        if "!" in text:
            around = " ".join(text[: text.index("!") + 1].split()[-4:])
            yield lesson.remark(
                cell, f"it holds an exclamation mark, {around!r}", "end the sentence with a full stop"
            )
        for word in FORBIDDEN_WORDS:
            if re.search(rf"\b{word}\b", text, re.IGNORECASE):
                yield lesson.remark(
                    cell, f"it uses the word {word!r}", "leave the word out, or say what is meant"
                )


def sentences_are_short(lesson: Lesson, _: Known) -> Iterator[Remark]:
    """Spare the student who reads in a second language."""
    measured = [
        (prose.count_words(sentence), sentence, part.cell)
        for section in lesson.sections
        if section.title != SOURCES
        for part in section.parts
        if part.cell.kind == "markdown"
        for sentence in prose.sentences(part.text)
    ]
    measured = [entry for entry in measured if entry[0]]
    if not measured:
        return
    longest, sentence, cell = max(measured, key=lambda entry: entry[0])
    average = sum(words for words, _sentence, _cell in measured) / len(measured)
    if longest > MOST_WORDS:
        start = " ".join(sentence.split()[:8])
        yield lesson.remark(
            cell, f"the sentence '{start} …' has {longest} words and may have {MOST_WORDS}", "make two of it"
        )
    if average > AVERAGE_WORDS:
        yield lesson.remark(
            cell,
            f"sentences have {average:.1f} words on average and may have {AVERAGE_WORDS}",
            f"shorten the longest; the longest of all, here, has {longest}",
        )
