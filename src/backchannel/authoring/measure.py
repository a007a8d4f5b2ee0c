"""Measure a text for the tables: what nobody can count by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from backchannel.errors import UsageError
from backchannel.originals import read_original

_SHOWN = 40


def measure(path: Path) -> Iterator[str]:
    """Yield a line for each figure: words and sha256 of documents.csv, then the paragraphs of passages.csv.

    A paragraph's line has its locator, its start and end in characters, and its first words.

    Raises:
        UsageError: there is no such file.
        DataError: it is no text in UTF-8.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}; name a text, such as documents/d2.txt.")
    original = read_original(path)
    yield f"words   {len(original.text.split())}"
    yield f"sha256  {hashlib.sha256(path.read_bytes()).hexdigest()}"
    for number in count(1):
        span = original.span(f"P{number}")
        if span is None:
            return
        start, end = span
        text = " ".join(original.text[start:end].split())
        shown = text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + " …"
        yield f"P{number:<4} start {start:>6}  end {end:>6}  {shown}"
