"""Tables of a class as CSV: read as a spreadsheet saved them, written so that no cell acts in one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from backchannel.classroom.folder import write_whole
from backchannel.errors import DataError
from backchannel.exchange.csv_table import BYTE_ORDER_MARK, neutralise, restore

Rows = list[dict[str, str]]


def read_rows(path: Path, needed: Iterable[str] = ()) -> Rows:
    """Return the rows of a table by the names of its columns; none where there is no file.

    Cells have no space around them, and no apostrophe of ours.

    Args:
        path: the file, in UTF-8.
        needed: columns that it must have.

    Raises:
        DataError: it cannot be read, is no table, or lacks a column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(f"{path} cannot be read ({problem}); save it as CSV in UTF-8.") from None
    table = csv.DictReader(io.StringIO(text, newline=""), restkey="")
    try:
        rows = [{name: restore((cell or "").strip()) for name, cell in row.items() if name} for row in table]
    except csv.Error as problem:
        raise DataError(f"{path.name} is no CSV ({problem}); repair it, or move it away.") from None
    if missing := sorted(set(needed) - set(table.fieldnames or ())):
        names = ", ".join(missing)
        raise DataError(f"{path.name} lacks the column {names}; its first row names the columns.")
    return rows


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table whole; with the mark at its beginning, Excel reads UTF-8.

    Raises:
        OSError: it cannot be written; what stood there still stands.
    """
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:  # a name such as =1+1 would be a formula in a spreadsheet
        writer.writerow({name: neutralise(str(cell)) for name, cell in row.items()})
    write_whole(path, BYTE_ORDER_MARK + lines.getvalue())
