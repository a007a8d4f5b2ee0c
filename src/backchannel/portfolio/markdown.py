"""A portfolio as Markdown, where nothing that a student wrote is anything but text.

The text is read by renderers that differ: GitHub, JupyterLab (which sets mathematics between dollar signs),
nbconvert, pandoc. So each character that one of them might take for markup is written such that all of them
take it for itself. A backslash becomes an entity: doubled, JupyterLab would take it for mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from backchannel.portfolio.binder import Portfolio
from backchannel.portfolio.blocks import (
    Block,
    Cell,
    Facts,
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
    contained,
    parts,
)
from backchannel.portfolio.page import page_of

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\\": "&#92;"}
_INLINE = re.compile(r"[&<>\\]")
_MARKS = re.compile(r"([`*_\[\]~$|^])")
_ADDRESS = re.compile(r"(:)(//)|(www)(\.)|(@)", re.IGNORECASE)
_AT_START = re.compile(r"^(#|[-+=]|:(?=\s)|\d{1,9}(?=[.)]))")
_INDENT = re.compile(r"^[ \t\u00a0]+")


def portfolio_markdown(portfolio: Portfolio) -> str:
    """Return the portfolio as Markdown; the same portfolio gives the same text.

    It has no picture of the tests: inside a text, that would be one line of many thousand characters, which
    few programs show. The table says the same.
    """
    return "\n\n".join(_block(block) for block in page_of(portfolio)) + "\n"


def plain(text: str) -> str:
    """Return one line of text such that no renderer of Markdown finds markup in it."""
    indent = _INDENT.match(text)
    width = min(len(indent.group().expandtabs(4)), 24) if indent else 0
    return "&nbsp;" * width + _at_start(_within(text.strip(" \t\u00a0")))


def _within(text: str) -> str:
    """Return text without markup, to stand behind something else on its line."""
    safe = _INLINE.sub(lambda found: _ENTITIES[found.group()], text)
    safe = _MARKS.sub(r"\\\1", safe)
    return _ADDRESS.sub(_broken_address, safe)


def _at_start(text: str) -> str:
    return _AT_START.sub(_broken_start, text)


def _broken_address(found: re.Match[str]) -> str:
    """Keep a renderer from making a link of an address; the reader sees the same."""
    colon, slashes, www, dot, at = found.groups()
    if at:
        return "\\@"
    return f"{colon}\\{slashes}" if colon else f"{www}\\{dot}"


def _broken_start(found: re.Match[str]) -> str:
    """Keep the begin of a line from making a heading, a list or a rule of it."""
    start = found.group()
    return f"&#{ord(start[0])};{start[1:]}" if start[0].isdigit() else f"\\{start}"


def _lines(text: str) -> list[str]:
    return [plain(line) for line in contained(text).split("\n")]


def _inline(text: str) -> str:
    return _within(contained(text).replace("\n", " "))


def _block(block: Block) -> str:
    match block:
        case Heading():
            anchor = f'<a id="{block.anchor}"></a>\n\n' if block.anchor else ""
            return f"{anchor}{'#' * block.level} {_inline(block.text)}"
        case Line():
            words = _words(block.words)
            return f"**{words}**" if block.strong else _at_start(words)
        case Written():
            return "\n".join(_quoted(_lines(block.text)))
        case Listing():
            return "\n".join(f"- {_at_start(_words(item))}" for item in block.items)
        case Facts():
            return "\n".join(f"- **{_inline(name)}:** {_words(words)}" for name, words in block.rows)
        case Table():
            return "\n\n".join(_tables(block))
        case Image():
            return f"*{_inline(block.alt)}*"


def _quoted(lines: Sequence[str]) -> Iterator[str]:
    """Yield a quotation: two spaces keep a line break, an empty line parts two paragraphs."""
    for line, after in zip_longest(lines, lines[1:], fillvalue=""):
        yield f"> {line}  " if line and after else f"> {line}".rstrip()


def _words(words: Words) -> str:
    return "".join(_cell(cell) for cell in parts(words))


def _cell(cell: Cell) -> str:
    match cell:
        case str():
            return _inline(cell)
        case Own():
            return "<br>".join(_lines(cell.text.strip()))
        case Link():
            return f"[{_inline(cell.text)}](#{cell.anchor})"
        case Share():
            return _inline(cell.words)


def _tables(table: Table) -> Iterator[str]:
    """Yield a table for each group, since Markdown has no rows that head others."""
    yield f"*{_inline(table.caption)}*"
    for group in table.groups:
        if group.title:
            yield f"**{_words(group.title)}**"
        rows = [_row(_inline(name) for name in table.header), _row("---" for _ in table.header)]
        rows += [_row(_words(words) for words in row) for row in group.rows]
        yield "\n".join(rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
