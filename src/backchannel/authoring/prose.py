"""Prose in Markdown: what a reader reads of it, in sentences.

A plain measure for a lint, no parser of Markdown or of English: sentences end at ``. ? !`` before a
capital, a digit or an opening mark, unless the full stop belongs to an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SOURCE = re.compile(r"\[(source-[a-z0-9-]+)\]")
"""A source that a text cites, in square brackets."""
DATA_ID = re.compile(r"\bd\d+-p\d+(?:-\d+)?\b")
"""The id of a claim or a passage."""

_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_CITATION = re.compile(r"\[source-[^\]]*\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(.*)")
_END = re.compile(r"[.?!…][\"”’»)*_]*\s+(?=[\"“‘«(*_]*[A-ZÄÖÜ0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|etc|Mr|Mrs|Ms|Dr|No|Nos|Art|p|pp|ed|[A-Z]))\.$")
_WORD = re.compile(r"[^\W_]+(?:[’'.,\-–/][^\W_]+)*")


def images(markdown: str) -> tuple[tuple[str, str], ...]:
    """Return (alternative text, target) of each image."""
    return tuple((match[1].strip(), match[2]) for match in _IMAGE.finditer(_CODE.sub("", markdown)))


def links(markdown: str) -> tuple[str, ...]:
    """Return the target of each link."""
    return tuple(match[2] for match in _LINK.finditer(_CODE.sub("", markdown)))


def code_spans(markdown: str) -> tuple[str, ...]:
    """Return what stands in backticks."""
    return tuple(match[2].strip() for match in _CODE.finditer(markdown))


def without_code(markdown: str) -> str:
    """Return Markdown without what stands in backticks."""
    return _CODE.sub(" ", markdown)


def readable(markdown: str) -> str:
    """Return the words of a text without its marks: a link by its text, code as one word."""
    text = _IMAGE.sub("", _CODE.sub("code", markdown))
    text = _TAG.sub("", _CITATION.sub("", _LINK.sub(r"\1", text)))
    return re.sub(r"\s+([.,;:?!])", r"\1", text)


def list_items(markdown: str) -> tuple[str, ...]:
    """Return the items of all lists, each in one line."""
    items: list[str] = []
    for line in markdown.splitlines():
        if match := _ITEM.match(line):
            items.append(match[1])
        elif items and line.startswith((" ", "\t")) and line.strip():
            items[-1] += f" {line.strip()}"
    return tuple(" ".join(item.split()) for item in items)


def sentences(markdown: str) -> Iterator[str]:
    """Yield the sentences of paragraphs, lists and quotations; headings and tables hold none."""
    for block in _blocks(markdown):
        text, start = " ".join(readable(block).split()), 0
        for end in _END.finditer(text):
            if not _ABBREVIATION.search(text[: end.start() + 1]):
                yield text[start : end.end()].strip()
                start = end.end()
        if text[start:].strip():
            yield text[start:].strip()


def _blocks(markdown: str) -> Iterator[str]:
    block: list[str] = []
    for line in [*markdown.splitlines(), ""]:
        bare = line.lstrip("> \t")
        item = _ITEM.match(line.lstrip("> "))
        skipped = not bare or bare.startswith(("#", "|"))
        if (skipped or item) and block:
            yield " ".join(block)
            block = []
        if not skipped:
            block.append(item[1] if item else bare)


def count_words(sentence: str) -> int:
    """Return how many words a sentence has; a number is a word."""
    return len(_WORD.findall(sentence))
