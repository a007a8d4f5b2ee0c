"""What somebody wrote in Markdown, as blocks of plain text in which nothing acts.

A student's answer is hostile until shown otherwise. So no HTML is made of it here: links, pictures, tags and
addresses stay as they were typed, and whoever shows a block sets it as text. Only what helps reading is
recognised: paragraphs, headings, lists, quotations, tables, code and emphasis. Every pattern is bounded, so
that reading takes time in proportion to the length, whatever stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from backchannel.classroom.visible import with_hidden_named

Form = Literal["plain", "strong", "emphasis", "code"]
Kind = Literal["paragraph", "heading", "item", "quote", "code", "header", "row"]

#: Characters after which a text is shown as it was typed, so that no number of marks makes a page slow.
LONGEST_FORMATTED = 20_000

_ENDS = re.compile("\r\n|\r")
_MARKS = re.compile(
    r"`([^`\n]{1,2000})`"
    r"|\*\*(?![\s*])([^*]{1,2000})(?<!\s)\*\*"
    r"|(?<![\w*])\*(?![\s*])([^*]{1,2000})(?<!\s)\*(?![\w*])"
    r"|(?<!\w)_(?![\s_])([^_]{1,2000})(?<!\s)_(?!\w)"
)
_FORMS: tuple[Form, ...] = ("code", "strong", "emphasis", "emphasis")
_HEADING = re.compile(r" {0,3}(#{1,6}) +(.*)")
_ITEM = re.compile(r"( {0,12})([-*+]|\d{1,9}[.)]) +(\S.*)")
_QUOTE = re.compile(r" {0,3}> ?(.*)")
_FENCE = re.compile(r" {0,3}(```|~~~) *(.*)")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")


@dataclass(frozen=True)
class Run:
    """A piece of text in one form."""

    text: str
    form: Form = "plain"


@dataclass(frozen=True)
class Block:
    """A piece of a text. ``cells`` has several entries in a row of a table, else one.

    ``mark`` and ``depth`` belong to items of lists: the mark as it was typed, and how far they stand inside.
    """

    kind: Kind
    cells: tuple[tuple[Run, ...], ...]
    mark: str = ""
    depth: int = 0


def legible(text: str) -> str:
    """Return a text with plain line ends, in which what hides or acts is named, as in ``‹U+202E›``."""
    return with_hidden_named(_ENDS.sub("\n", text))


def blocks(text: str) -> tuple[Block, ...]:
    """Split a text into blocks; all its words are in them, in order."""
    shown = legible(text).expandtabs(4)
    head, rest = shown[:LONGEST_FORMATTED], shown[LONGEST_FORMATTED:]
    found = [*_blocks(head.split("\n"))]
    if rest:
        found.append(Block("paragraph", ((Run(rest),),)))
    return tuple(found)


def _blocks(lines: list[str]) -> Iterator[Block]:
    here = 0
    while here < len(lines):
        line = lines[here]
        if not line.strip():
            here += 1
        elif fence := _FENCE.match(line):
            end = _fence_end(lines, here + 1, fence.group(1))
            code = [fence.group(2)] * bool(fence.group(2)) + lines[here + 1 : end]
            yield Block("code", ((Run("\n".join(code), "code"),),))
            here = end + 1
        elif _is_table(lines, here):
            yield Block("header", _cells(line))
            here += 2
            while here < len(lines) and lines[here].lstrip().startswith("|"):
                yield Block("row", _cells(lines[here]))
                here += 1
        elif heading := _HEADING.fullmatch(line):
            yield Block("heading", (_runs(heading.group(2).rstrip("# ")),), depth=len(heading.group(1)))
            here += 1
        else:
            end = _paragraph_end(lines, here)
            yield _paragraph(lines[here:end])
            here = end


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    ends = (n for n in range(start, len(lines)) if lines[n].strip() == fence)
    return next(ends, len(lines))


def _is_table(lines: list[str], here: int) -> bool:
    return (
        lines[here].lstrip().startswith("|")
        and here + 1 < len(lines)
        and "|" in lines[here + 1]
        and bool(_RULE.fullmatch(lines[here + 1]))
    )


def _paragraph_end(lines: list[str], start: int) -> int:
    """Return where the block that starts at a line ends: before an empty line or before another block."""
    quoted = bool(_QUOTE.match(lines[start]))
    end = start + 1
    while end < len(lines) and lines[end].strip():
        line = lines[end]
        if _ITEM.fullmatch(line) or _HEADING.fullmatch(line) or _FENCE.match(line):
            break
        if bool(_QUOTE.match(line)) != quoted or line.lstrip().startswith("|"):
            break
        end += 1
    return end


def _paragraph(lines: list[str]) -> Block:
    if item := _ITEM.fullmatch(lines[0]):
        words = [item.group(3), *(line.strip() for line in lines[1:])]
        return Block("item", (_runs("\n".join(words)),), item.group(2), len(item.group(1)) // 2)
    if _QUOTE.match(lines[0]):
        inner = [quoted.group(1) if (quoted := _QUOTE.match(line)) else line for line in lines]
        return Block("quote", (_runs("\n".join(inner)),))
    return Block("paragraph", (_runs("\n".join(line.rstrip() for line in lines)),))


def _cells(line: str) -> tuple[tuple[Run, ...], ...]:
    return tuple(_runs(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _runs(text: str) -> tuple[Run, ...]:
    found, done = [], 0
    for mark in _MARKS.finditer(text):
        if mark.start() > done:
            found.append(Run(text[done : mark.start()]))
        number = mark.lastindex or 1
        found.append(Run(mark.group(number), _FORMS[number - 1]))
        done = mark.end()
    if done < len(text):
        found.append(Run(text[done:]))
    return tuple(found)
