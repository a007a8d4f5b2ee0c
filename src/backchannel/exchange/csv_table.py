"""Labels as one CSV table, for spreadsheets and statistics: one row a claim, dimension and coder.

The file survives a spreadsheet: it opens with a byte order mark, so that Excel takes it for UTF-8; no cell is
taken for a formula; and it is read back with semicolons, another order of columns or more of them. Against
formulas in cells see OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from backchannel.dossier import Dossier
from backchannel.exchange.files import read_file
from backchannel.exchange.model import Door, Imported, LabelDecision, read_seconds
from backchannel.words import Text

COLUMNS = (
    *("claim", "dimension", "label", "coder", "status", "confidence", "note", "rule"),
    *("reason_en", "reason_de", "lead_time", "claim_en", "claim_de", "passage", "document"),
)
REQUIRED = ("claim", "dimension", "label")
BYTE_ORDER_MARK = "\ufeff"

_DELIMITERS = ",;\t"
# What a spreadsheet may take for a formula, behind any number of apostrophes of ours.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_DELIMITER_LINE = re.compile(r"sep=([,;\t])\r?\n")


def neutralise(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet may take for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """Take the apostrophe of ``neutralise`` away; every other cell stays as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


# --- export ------------------------------------------------------------------------------------------


def to_csv(dossier: Dossier, decisions: Iterable[LabelDecision], delimiter: str = ",") -> str:
    """Return the table as text, columns as in ``COLUMNS``; claims without labels have no row.

    ``lead_time`` carries its unit, ``12.4 s``, since German Excel takes 12.4 for the 12th of April.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for decision in decisions:
        writer.writerow(map(neutralise, _row(dossier, decision)))
    return BYTE_ORDER_MARK + buffer.getvalue()


def _row(dossier: Dossier, decision: LabelDecision) -> tuple[str, ...]:
    claim = dossier.claim(decision.claim)
    return (
        *(decision.claim, decision.dimension, decision.label, decision.coder, decision.status),
        *(decision.confidence, decision.note, decision.rule, decision.reason.en, decision.reason.de),
        "" if decision.lead_time is None else f"{decision.lead_time!r} s",
        *(claim.text.en, claim.text.de, claim.passage, claim.document),
    )


# --- import ------------------------------------------------------------------------------------------


def from_csv(path: Path, dossier: Dossier, coder: str = "") -> Imported:
    """Read a table back.

    Args:
        path: the file. Needed are the columns claim, dimension and label; coder too, unless it is named here.
        dossier: the course data.
        coder: whose labels those are which have no coder in the file.
    """
    door = Door(dossier, path.name, coder)
    contents = read_file(path, lambda text: _shows_known_claims(text, dossier))
    if contents.finding:
        return Imported((), (contents.finding,))
    text, delimiter = _delimited(contents.text)
    header = _header(text, delimiter)
    if not _header_fits(header, door):
        return door.imported()
    for number, cells in _records(text, delimiter, door):
        if not any(cells):  # spreadsheets leave empty rows behind
            continue
        if len(cells) < len(header) or any(cells[len(header) :]):
            problem = f"the row has {len(cells)} cells where {len(header)} are expected"
            door.refuse(problem, "look for a separator in text that needs quotation marks", row=number)
        else:
            _admit(dict(zip(header, map(restore, cells), strict=False)), number, door)
    remarks = contents.remarks(path)
    if extra := [name for name in header if name not in COLUMNS]:
        remarks.append(f"{path.name} has columns that were not read: {', '.join(map(repr, extra))}.")
    return door.imported(remarks)


def _delimited(text: str) -> tuple[str, str]:
    """Return the table and its delimiter: the one Excel's first line names, else the one that fits best."""
    if named := _DELIMITER_LINE.match(text):
        return text[named.end() :], named.group(1)
    return text, max(_DELIMITERS, key=lambda mark: len(set(_header(text, mark)) & set(COLUMNS)))


def _header(text: str, delimiter: str) -> list[str]:
    try:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
    names = [name.strip().lower() for name in first]
    while names and not names[-1]:
        names.pop()
    return names


def _header_fits(header: Sequence[str], door: Door) -> bool:
    needed = REQUIRED if door.coder else (*REQUIRED, "coder")
    columns = f"it needs {', '.join(needed)}, in any order"
    if missing := [name for name in needed if name not in header]:
        many = "columns" if len(missing) > 1 else "column"
        door.refuse(f"the header lacks the {many} {', '.join(missing)}", columns, row=1)
    elif twice := sorted({name for name in header if header.count(name) > 1 and name in COLUMNS}):
        door.refuse(f"the header names {', '.join(twice)} more than once", "remove one of them", row=1)
    else:
        return True
    return False


def _records(text: str, delimiter: str, door: Door) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header with their numbers, as far as they can be split into cells."""
    number = 1
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(islice(rows, 1, None), start=2):
            yield number, cells
    except csv.Error as error:
        problem = f"the row cannot be split into cells ({error}), so nothing was read from here on"
        door.refuse(problem, "look for a quotation mark that is never closed", row=number + 1)


def _admit(cells: Mapping[str, str], number: int, door: Door) -> None:
    try:
        seconds = read_seconds(cells.get("lead_time", "").strip().removesuffix("s").replace(",", "."))
    except ValueError:
        problem = f"the lead time {cells['lead_time']!r} is not a number of seconds"
        door.refuse(problem, "write it as 12.4 s, or leave the cell empty", row=number)
        return
    decision = LabelDecision(
        claim=cells["claim"].strip(),
        dimension=cells["dimension"].strip(),
        label=cells["label"],
        coder=cells.get("coder", ""),
        status=cells.get("status", "").strip() or "annotation",
        confidence=cells.get("confidence", "").strip(),
        note=cells.get("note", ""),
        lead_time=seconds,
        rule=cells.get("rule", "").strip(),
        reason=Text(cells.get("reason_en", ""), cells.get("reason_de", "")),
    )
    door.admit(decision, row=number)


def _shows_known_claims(text: str, dossier: Dossier) -> bool:
    """Say whether a claim's known German text stands in the table with all its umlauts.

    This proves that the text was decoded as it was encoded.
    """
    text, delimiter = _delimited(text)
    header = _header(text, delimiter)
    rows = csv.DictReader(io.StringIO(text, newline=""), header, delimiter=delimiter)
    try:
        shown = {(row.get("claim"), row.get("claim_de")) for row in rows}
    except csv.Error:
        return False
    return any(
        (claim.id, neutralise(claim.text.de)) in shown
        for claim in dossier.claims.values()
        if not claim.text.de.isascii()
    )
