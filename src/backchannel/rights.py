"""What the course may take from the originals, checked against them.

The rules (design of the course, "Texts and rights"): each quotation is verbatim at its place; all
quotations of a document together stay under 15 % of its words, the measure of § 60a UrhG; no eight words
in a row are copied outside quotation marks. A passing check is no legal opinion.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from backchannel.dossier import Dossier
from backchannel.originals import Original, Originals, Quotation, quotations_of, words_of
from backchannel.tables import Finding, rows_of
from backchannel.validation import QUOTE_WORDS

LARGEST_SHARE = 0.15
RUN_WORDS = 8

# Not part of the project: what is installed or built, a student's work, the originals themselves.
_NOT_OURS = frozenset({".venv", "build", "dist", "documents", "workspace"})
_CACHES = frozenset({".git", "__pycache__", ".ipynb_checkpoints", "node_modules"})

_BREAK = "\0"  # no word runs across it
_TOKEN = re.compile(r"[^\W_]+|\x00")
_QUOTED = re.compile("«([^«»]*)»")
_CLAIM_MARK = re.compile(r"\{\d+(?:,\d+)*\|")
_CLAIM_NUMBER = re.compile(r"<sup\b[^<>]*>[\d,\s]*</sup>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrt])")
_NOT_NEW_LINE = re.compile(r"[^\n]")


@dataclass(frozen=True)
class SharedRun:
    """Words in a row that a text shares with an original, outside quotation marks.

    ``line`` is where they begin in the text, counted from 1.
    """

    document: str
    words: tuple[str, ...]
    line: int

    def __str__(self) -> str:
        shown = " ".join(self.words[:RUN_WORDS]) + (" …" if len(self.words) > RUN_WORDS else "")
        return f"{len(self.words)} words in a row of {self.document}, {shown!r}"


def check_rights(dossier: Dossier, originals: Originals) -> Iterator[Finding]:
    """Yield what breaks a rule, in the tables and in all of the project, for the originals found."""
    if not originals:
        return
    yield from check_lengths(dossier, originals)
    yield from check_places(dossier, originals)
    yield from check_quotations(dossier, originals)
    yield from check_shares(dossier, originals)
    yield from check_project(dossier.folder.parent, originals)


def check_lengths(dossier: Dossier, originals: Originals) -> Iterator[Finding]:
    """The catalogue says how many words the file of each original has, split at white space."""
    for row, cells in rows_of(dossier.tables["documents"]):
        original = originals.get(cells["id"])
        words = len(original.text.split()) if original and original.recognised == "hash" else cells["words"]
        if words != cells["words"]:
            problem = f"{cells['id']} has {words} words, but the cell words holds {cells['words']}"
            yield Finding("documents.csv", row, problem, "correct the cell")


def check_places(dossier: Dossier, originals: Originals) -> Iterator[Finding]:
    """Each passage has its place in the original: its locator exists, its offsets lie inside.

    Only the very copy the course was made with can tell; in another one places may be shifted.
    """
    for row, cells in rows_of(dossier.tables["passages"]):
        passage = dossier.passages[cells["id"]]
        original = originals.get(passage.document)
        if original is None or original.recognised != "hash":
            continue
        if original.span(passage.locator) is None:
            problem = f"the locator {passage.locator} of {passage.id} is past the end of {passage.document}"
            yield Finding("passages.csv", row, problem, "correct the locator")
        elif original.place(passage) is None:
            problem = (
                f"{passage.id} ends at character {cells['end']}, but {passage.document} has only "
                f"{len(original.text)}"
            )
            yield Finding("passages.csv", row, problem, "correct start and end")


def check_quotations(dossier: Dossier, originals: Originals) -> Iterator[Finding]:
    """Each quotation and cue stands verbatim at its passage; white space alone may differ."""
    for quotation in quotations_of(dossier):
        document = dossier.passages[quotation.passages[0]].document
        original = originals.get(document)
        if original and _place(dossier, original, quotation) is None:
            kind = "cue" if quotation.is_cue else "quotation"
            locator = dossier.passages[quotation.passages[0]].locator
            problem = f"the {kind} {quotation.text!r} of {quotation.owner} is not verbatim at {locator}"
            remedy = "copy the wording letter by letter, or correct the place"
            if elsewhere := _found_elsewhere(dossier, original, quotation):
                remedy = f"it stands at {', '.join(elsewhere)}: correct the place, or quote other words"
            yield Finding(quotation.file, quotation.row, problem, remedy)


def check_shares(dossier: Dossier, originals: Originals) -> Iterator[Finding]:
    """All quotations of a document together stay under 15 % of its words."""
    rows = {cells["id"]: row for row, cells in rows_of(dossier.tables["documents"])}
    for original in originals:
        share = quoted_share(dossier, original)
        if share >= LARGEST_SHARE:
            problem = (
                f"{share:.1%} of the words of {original.document} are quoted, not under {LARGEST_SHARE:.0%}"
            )
            remedy = (
                "retell some of them; what counts are the words between « and », the cells quote and cue, "
                "and reasons, but not single cue words"
            )
            yield Finding("documents.csv", rows[original.document], problem, remedy)


def quoted_share(dossier: Dossier, original: Original) -> float:
    """Return the share of an original's words that the tables quote, from 0 to 1.

    It is the union: words which several quotations cover count once. Single cue words do not count.
    """
    covered: set[int] = set()
    for quotation in quotations_of(dossier):
        if quotation.counts and dossier.passages[quotation.passages[0]].document == original.document:
            covered.update(_place(dossier, original, quotation) or ())
    return len(covered) / len(original.words) if original.words else 0.0


def _place(dossier: Dossier, original: Original, quotation: Quotation) -> range | None:
    """Return the positions of a quotation's words in the original, or None where it does not stand.

    In a copy that was recognised by its wording places may be shifted, so there it may stand anywhere.
    """
    spans = [original.span(dossier.passages[passage_id].locator) for passage_id in quotation.passages]
    if original.recognised == "wording":
        spans.append((0, len(original.text)))
    for span in filter(None, spans):
        passage = _one_space(original.text[slice(*span)])
        if match := _verbatim(quotation.text).search(passage):
            before = _count(original.text, span[0]) + len(words_of(passage[: match.start()]))
            return range(before, before + len(words_of(quotation.text)))
    return None


def _found_elsewhere(dossier: Dossier, original: Original, quotation: Quotation) -> list[str]:
    """Return the locators of the document where a quotation does stand, at most three."""
    pattern = _verbatim(quotation.text)
    locators = dict.fromkeys(passage.locator for passage in dossier.passages_of(original.document))
    found = [where for where in locators if pattern.search(_one_space(original.passage(where) or ""))]
    return found[:3]


@lru_cache(maxsize=4096)
def _count(text: str, end: int) -> int:
    """Return how many words stand before a place in a text."""
    return len(words_of(text[:end]))


@lru_cache(maxsize=4096)
def _verbatim(text: str) -> re.Pattern[str]:
    """Return a pattern for just this wording, in whole words."""
    wording = _one_space(text)
    left = r"(?<!\w)" if wording[:1].isalnum() else ""
    right = r"(?!\w)" if wording[-1:].isalnum() else ""
    return re.compile(f"{left}{re.escape(wording)}{right}")


def _one_space(text: str) -> str:
    return " ".join(text.split())


def shared_runs(text: str, originals: Originals, length: int = RUN_WORDS) -> tuple[SharedRun, ...]:
    """Return the runs of at least ``length`` words which a text shares with an original.

    Words in «…» are left out if they are no more than twelve, and nothing runs across them; marks of
    the reading edition, HTML tags and escapes do not part words. A run is reported once, even if the text
    repeats it.
    """
    starts = _starts(originals, length)
    found: dict[tuple[int, int], SharedRun] = {}
    covered: set[tuple[int, int]] = set()
    for form in _forms(text):
        words = _TOKEN.findall(form)
        at = 0
        for number, gram in enumerate(zip(*(words[shift:] for shift in range(length)), strict=False)):
            if number < at or gram not in starts:
                continue
            which, begin = starts[gram]
            size = _common(words, number, originals.found[which].words, begin)
            at = number + size - length + 1
            if (which, begin) not in covered:
                covered.update((which, place) for place in range(begin, begin + size))
                line = form.count("\n", 0, _offset(form, number)) + 1
                shared = tuple(words[number : number + size])
                found[which, begin] = SharedRun(originals.found[which].document, shared, line)
    return tuple(found.values())


@lru_cache(maxsize=8)
def _starts(originals: Originals, length: int) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return for each run of words where it begins: which original, and the position of its first word."""
    starts: dict[tuple[str, ...], tuple[int, int]] = {}
    for which, original in enumerate(originals):
        grams = zip(*(original.words[shift:] for shift in range(length)), strict=False)
        for begin, gram in enumerate(grams):
            starts.setdefault(gram, (which, begin))
    return starts


def _common(words: list[str], at: int, others: tuple[str, ...], begin: int) -> int:
    """Return how many words agree from two places on."""
    size = 0
    while at + size < len(words) and begin + size < len(others) and words[at + size] == others[begin + size]:
        size += 1
    return size


def _offset(form: str, number: int) -> int:
    """Return where the word with this number begins."""
    return next(match.start() for place, match in enumerate(_TOKEN.finditer(form)) if place == number)


def _forms(text: str) -> Iterator[str]:
    """Yield the text with quotations masked, lines kept; where there are tags, also without them.

    Both, since copied words may stand across tags as well as inside one, as in the text of an image.
    """
    text = unicodedata.normalize("NFC", html.unescape(_ESCAPE.sub(_unescape, text))).replace("\u00ad", "")
    text = _CLAIM_MARK.sub("", _QUOTED.sub(_mask, text)).casefold()
    yield text
    without = _TAG.sub(_blank, _CLAIM_NUMBER.sub(_blank, text))
    if without != text:
        yield without


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else " "


def _mask(match: re.Match[str]) -> str:
    """Put a break in the place of a quotation that is short enough."""
    return _BREAK + _blank(match) if len(match[1].split()) <= QUOTE_WORDS else match[0]


def _blank(match: re.Match[str]) -> str:
    return _NOT_NEW_LINE.sub(" ", match[0])


@dataclass(frozen=True)
class _Piece:
    """A part of a file that is looked at by itself; ``row`` is 0 and ``where`` empty for a whole file."""

    text: str
    row: int = 0
    where: str = ""


def check_project(root: Path, originals: Originals) -> Iterator[Finding]:
    """No eight words in a row of an original stand in any file of the project outside quotation marks."""
    if not originals:
        return
    for path in project_files(root):
        for piece in _pieces(path):
            for run in shared_runs(piece.text, originals):
                where = piece.where or f"line {run.line}"
                problem = f"in {where} stand {run}"
                remedy = f"retell them in our own words, or quote at most {QUOTE_WORDS} words between « and »"
                yield Finding(path.relative_to(root).as_posix(), piece.row, problem, remedy)


def project_files(root: Path) -> tuple[Path, ...]:
    """Return the files of the project: what git keeps or would add, else all but what is not ours."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=True,
        ).stdout.decode("utf-8", "surrogateescape")
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    paths = [root / name for name in listed.split("\0") if name] or list(_walk(root))
    return tuple(sorted(path for path in paths if path.is_file()))


def _walk(root: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(root):
        here = Path(folder)
        inner[:] = [
            name
            for name in inner
            if name not in _CACHES and not name.endswith("_cache") and (here != root or name not in _NOT_OURS)
        ]
        yield from (here / name for name in names)


def _pieces(path: Path) -> Iterator[_Piece]:
    """Split a file: a notebook into cells, a table into cells, all other text not at all."""
    try:
        raw = path.read_bytes()
    except OSError:
        return
    if b"\0" in raw[:8192]:
        return
    text = raw.decode("utf-8-sig", "replace")
    if path.suffix == ".ipynb":
        yield from _notebook_pieces(text)
    elif path.suffix == ".csv":
        yield from _table_pieces(text)
    else:
        yield _Piece(text)


def _notebook_pieces(text: str) -> Iterator[_Piece]:
    """Yield each cell with source, outputs and metadata, and the notebook's metadata (widget states)."""
    try:
        notebook = json.loads(text)
        cells = list(notebook["cells"])
    except (ValueError, KeyError, TypeError):
        yield _Piece(text)
        return
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    for number, part in enumerate((rest, *cells)):
        where = f"cell {number}" if number else "the metadata"
        yield _Piece(f"\n{_BREAK}\n".join(_strings(part)), where=where)


def _strings(value: Any) -> Iterator[str]:
    """Yield all text inside a JSON value but the data of pictures."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("image/png", "image/jpeg"):
                yield from _strings(inner)
    elif isinstance(value, list) and all(isinstance(inner, str) for inner in value):
        yield "\n".join(inner.removesuffix("\n") for inner in value)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _table_pieces(text: str) -> Iterator[_Piece]:
    """Yield each cell of a table; the column ``quote`` holds a quotation without marks."""
    try:
        records = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        yield _Piece(text)
        return
    header = records[0] if records else []
    for row, record in enumerate(records, start=1):
        for place, cell in enumerate(record):
            column = header[place] if place < len(header) else f"column {place + 1}"
            short = column == "quote" and len(cell.split()) <= QUOTE_WORDS
            if not short:
                yield _Piece(cell, row, f"the cell {column}")
