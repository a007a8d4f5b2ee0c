"""The original texts, where an instructor who may use them has put them beside the course.

They are press texts and never part of the project. Everything works without them; with them, the reader
shows them beside the reading edition, and ``backchannel.rights`` checks what the course quotes.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from backchannel.dossier import Dossier, Passage
from backchannel.errors import DataError
from backchannel.key import FOLDER as KEY
from backchannel.markup import quotations
from backchannel.tables import rows_of, split_list

Recognised = Literal["hash", "wording"]

# By wording, a file counts as a document when it holds this share of its quotations, and this many.
LEAST_SHARE = 0.8
LEAST_QUOTATIONS = 8
REASONS = "reference_labels.csv"
_LONGEST = 2.0  # a file of several documents also holds the quotations of each
_LARGEST_FILE = 2_000_000  # bytes

_WORD = re.compile(r"[^\W_]+")
_LOCATOR = re.compile(r"([PL])([1-9]\d{0,5})(?:-\1([1-9]\d{0,5}))?")
_BLOCK = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_LINE = re.compile(r"^[^\n]*$", re.MULTILINE)
_FILLED_LINE = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters and digits, case-folded; ``1.5-Format`` has three."""
    return _WORD.findall(text.casefold())


@dataclass(frozen=True)
class Original:
    """The text of one document, with LF line ends and in Unicode's composed form (NFC).

    The text stays out of the ``repr``, so that it cannot slip into the stored output of a notebook.
    """

    document: str
    recognised: Recognised
    path: Path = field(repr=False)
    text: str = field(repr=False)

    def span(self, locator: str) -> tuple[int, int] | None:
        """Return where a locator begins and ends in ``text``, in characters, or None if nowhere.

        ``P4`` is the fourth paragraph that is not blank, ``L7-L11`` are the lines 7 to 11 of the file.
        """
        match = _LOCATOR.fullmatch(locator.strip())
        if not match:
            return None
        kind, first, last = match[1], int(match[2]), int(match[3] or match[2])
        places = self._paragraphs if kind == "P" else self._lines
        if not first <= last <= len(places):
            return None
        return places[first - 1][0], places[last - 1][1]

    def passage(self, locator: str) -> str | None:
        """Return the text at a locator, or None where the document has no such place."""
        span = self.span(locator)
        return None if span is None else self.text[slice(*span)]

    def place(self, passage: Passage) -> tuple[int, int] | None:
        """Return where a passage begins and ends in ``text``, or None if nowhere.

        Its offsets count only in the very file the course was made with; in another copy, and where it has
        none, all of its locator counts.
        """
        if passage.span is None or self.recognised != "hash":
            return self.span(passage.locator)
        start, end = passage.span
        return (start, end) if end <= len(self.text) else None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the text, see ``words_of``."""
        return tuple(words_of(self.text))

    @cached_property
    def _lines(self) -> tuple[tuple[int, int], ...]:
        return tuple(match.span() for match in _LINE.finditer(self.text))

    @cached_property
    def _paragraphs(self) -> tuple[tuple[int, int], ...]:
        """Blank lines part paragraphs; in a copy that has lost them, each line is a paragraph."""
        pattern = _BLOCK if _BLANK_LINE.search(self.text.strip()) else _FILLED_LINE
        return tuple(match.span() for match in pattern.finditer(self.text))


@dataclass(frozen=True)
class Originals:
    """The originals that were found, in the dossier's order.

    ``notes`` says in sentences what was not found or not used; ``changed`` lists the documents that have a
    file of their name which is not their text.
    """

    found: tuple[Original, ...] = ()
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Original]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def get(self, document: str) -> Original | None:
        """Return the original of a document, or None where it was not found."""
        return next((original for original in self.found if original.document == document), None)

    def texts(self, passages: Iterable[Passage]) -> dict[str, str]:
        """Return the original text of each passage by passage id, as far as it was found."""
        by_document = {original.document: original for original in self.found}
        texts: dict[str, str] = {}
        for passage in passages:
            original = by_document.get(passage.document)
            span = original.place(passage) if original else None
            if original and span:
                texts[passage.id] = original.text[slice(*span)]
        return texts


@dataclass(frozen=True)
class Quotation:
    """Wording which a table says stands in an original.

    ``passages`` are the ids of the passages where it may stand, the likeliest first; ``row`` is the row
    in ``file`` as a spreadsheet counts. ``is_cue`` marks cue words, which show attribution, not content.
    """

    text: str
    passages: tuple[str, ...]
    file: str
    row: int
    owner: str
    is_cue: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is part of the share quoted; single cue words are not."""
        return not self.is_cue or len(self.text.split()) > 1


def quotations_of(dossier: Dossier) -> Iterator[Quotation]:
    """Yield all wording the tables take from the originals: in readings and reasons, quotes, cues."""
    for row, cells in rows_of(dossier.tables["passages"]):
        for column in ("reading_en", "reading_de"):
            for text in quotations(cells[column]):
                yield Quotation(text, (cells["id"],), "passages.csv", row, cells["id"])
    passage_of = {}
    for row, cells in rows_of(dossier.tables["claims"]):
        passage_of[cells["id"]] = cells["passage"]
        place = (cells["passage"],)
        if cells["quote"]:
            yield Quotation(cells["quote"], place, "claims.csv", row, cells["id"])
        for cue in split_list(cells["cues"]):
            yield Quotation(cue, place, "claims.csv", row, cells["id"], is_cue=True)
    for row, cells in rows_of(dossier.tables["attributions"]):
        if cells["cue"]:
            places = _with_neighbours(dossier, passage_of[cells["claim"]])
            yield Quotation(cells["cue"], places, "attributions.csv", row, cells["claim"], is_cue=True)
    for row, cells in rows_of(dossier.tables["contact_words"]):
        place = (cells["passage"],)
        yield Quotation(cells["word"], place, "contact_words.csv", row, cells["contact"], is_cue=True)
    for row, cells in rows_of(dossier.tables["reference_labels"]):
        # A reason may point at words beside its claim, such as the frame in the sentence before.
        places = _with_neighbours(dossier, passage_of[cells["claim"]])
        for text in re.findall("«([^»]*)»", f"{cells['reason_en']} {cells['reason_de']}"):
            file = str(KEY / REASONS) if dossier.claims[cells["claim"]].held_back else REASONS
            yield Quotation(text, places, file, row, cells["claim"], is_cue=True)


def _with_neighbours(dossier: Dossier, passage_id: str) -> tuple[str, ...]:
    """Return a passage, the one before and the one after: the frame of a report may stand beside it."""
    ids = [passage.id for passage in dossier.passages_of(dossier.passages[passage_id].document)]
    at = ids.index(passage_id)
    return (passage_id, *ids[max(at - 1, 0) : at], *ids[at + 1 : at + 2])


def find_originals(dossier: Dossier, folder: Path | None = None) -> Originals:
    """Find the originals among the files ``*.txt`` of a folder, whatever their names.

    A file is recognised by its hash in ``documents.csv``, else by its wording: it holds nearly all that
    the course quotes from the document (see ``LEAST_SHARE``), so a document nothing is quoted from can
    be recognised by hash only. Nothing is raised: what cannot be used is passed over with a note.

    Args:
        dossier: the course data.
        folder: where to look; else the folder that ``BACKCHANNEL_DOCUMENTS`` names; else ``documents``
            beside the course data.
    """
    named = folder or os.environ.get("BACKCHANNEL_DOCUMENTS")
    place = Path(named) if named else dossier.folder.parent / "documents"
    try:
        if not place.is_dir():
            missing = f"The folder {place} for the originals does not exist; create it or name another one."
            return Originals(notes=(missing,) if named else ())
        paths = sorted(path for path in place.iterdir() if _may_be_text(path))
    except OSError:
        return Originals(notes=(f"The folder {place} cannot be read; check who may read it.",))
    return _recognise_all(dossier, paths)


def read_original(path: Path, document: str = "") -> Original:
    """Read one file as the very copy of a document, whatever the course knows of it.

    Raises:
        DataError: it is no text that could be one.
    """
    text, _, problem = _read(path)
    if problem:
        raise DataError(problem)
    return Original(document, "hash", path, text)


def _may_be_text(path: Path) -> bool:
    return path.suffix.casefold() == ".txt" and not path.name.startswith(".")


def _recognise_all(dossier: Dossier, paths: Iterable[Path]) -> Originals:
    """Recognise each file, by hash first, since a hash leaves no doubt."""
    notes: list[str] = []
    by_hash = {document.sha256: document.id for document in dossier.documents.values() if document.sha256}
    found: dict[str, Original] = {}
    unknown: list[tuple[Path, str]] = []
    for path in paths:
        text, prints, problem = _read(path)
        document = next((by_hash[mark] for mark in prints if mark in by_hash), None)
        if problem:
            notes.append(problem)
        elif document is None:
            unknown.append((path, text))
        elif document in found:
            notes.append(_second(path, found[document]))
        else:
            found[document] = Original(document, "hash", path, text)
    phrases = _phrases(dossier) if unknown else {}
    sizes = {cells["id"]: cells["words"] for _, cells in rows_of(dossier.tables["documents"])}
    for path, text in unknown:
        likely = _by_wording(text, phrases, sizes)
        if likely is None:
            notes.append(_unlike(path, dossier))
        elif likely[0] in found:
            notes.append(_second(path, found[likely[0]]))
        else:
            document, have, of = likely
            found[document] = Original(document, "wording", path, text)
            notes.append(
                f"{path.name} was recognised as {document} by its wording ({have} of {of} quotations stand "
                "in it); it is not the copy the course was made with, so places in it may be shifted."
            )
    ordered = tuple(found[document] for document in dossier.documents if document in found)
    named = {path.stem.casefold() for path, _ in unknown} & dossier.documents.keys()
    return Originals(ordered, tuple(notes), tuple(sorted(named - found.keys())))


def _unlike(path: Path, dossier: Dossier) -> str:
    """Say that a file is no document; if it is named like one, its text or its row has changed."""
    if path.stem.casefold() in dossier.documents:
        document = path.stem.casefold()
        return (
            f"{path.name} is not the text whose sha256 stands in documents.csv for {document}; put the "
            "text back as it was, or run `backchannel dossier measure` on it and correct words, sha256, "
            "start and end."
        )
    return (
        f"{path.name} is none of the documents in documents.csv; it was passed over. "
        "If it is a new one, add its row first."
    )


def _second(path: Path, first: Original) -> str:
    return f"{path.name} is a second copy of {first.document}, which {first.path.name} gives already."


def _read(path: Path) -> tuple[str, tuple[str, ...], str]:
    """Return a file's text, its hashes, and a sentence saying why it cannot be used, or ''."""
    try:
        if not path.is_file():
            return "", (), f"{path.name} is not a file; it was passed over."
        if path.stat().st_size > _LARGEST_FILE:
            return "", (), f"{path.name} is far too large for one article; it was passed over."
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError:
        return "", (), f"{path.name} cannot be read; check who may read it."
    except UnicodeDecodeError:
        return "", (), f"{path.name} is not UTF-8 text; save it again with the encoding UTF-8."
    if not text.strip() or "\0" in text:
        return "", (), f"{path.name} holds no text; it was passed over."
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).replace("\u00ad", ""), _fingerprints(raw, text), ""


def _fingerprints(raw: bytes, text: str) -> tuple[str, ...]:
    """Return the hash of a file, and those it had before an editor changed line ends or its last line."""
    bare = text.rstrip("\n")
    variants = (raw, *(variant.encode() for variant in (text, bare, bare + "\n")))
    return tuple(dict.fromkeys(hashlib.sha256(variant).hexdigest() for variant in variants))


def _phrases(dossier: Dossier) -> dict[str, set[tuple[str, ...]]]:
    """Return what is quoted from each document; single words stand in any text and say nothing."""
    phrases: dict[str, set[tuple[str, ...]]] = {}
    for quotation in quotations_of(dossier):
        words = tuple(words_of(quotation.text))
        if len(words) > 1:
            document = dossier.passages[quotation.passages[0]].document
            phrases.setdefault(document, set()).add(words)
    return phrases


def _by_wording(
    text: str, phrases: Mapping[str, set[tuple[str, ...]]], sizes: Mapping[str, int]
) -> tuple[str, int, int] | None:
    """Return the document a text is likeliest to be, how many of its phrases it holds, and of how many."""
    words = words_of(text)
    flat = f" {' '.join(words)} "
    candidates = []
    for document, wanted in phrases.items():
        have = sum(f" {' '.join(phrase)} " in flat for phrase in wanted)
        enough = have >= max(LEAST_QUOTATIONS, LEAST_SHARE * len(wanted))
        if enough and len(words) <= _LONGEST * sizes[document]:
            candidates.append((have / len(wanted), document, have, len(wanted)))
    return max(candidates)[1:] if candidates else None
