"""Read the tables of a Data Package strictly, and say in sentences what is wrong with them.

Only what ``datapackage.json`` declares is checked here: columns, types, constraints, keys. What the
tables mean to one another beyond their foreign keys is the business of ``backchannel.validation``.
Specification: Frictionless Table Schema (source-frictionless-table-schema).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from backchannel.errors import DataError

Row = Mapping[str, str]
Tables = Mapping[str, pd.DataFrame]
_DTYPES: Mapping[str, Any] = {"string": "str", "integer": "Int64", "boolean": "boolean"}
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}


@dataclass(frozen=True)
class Finding:
    """Something wrong in the data: where it is, what it is, what to do.

    ``row`` counts as a spreadsheet does: the header is row 1. It is 0 where the whole file is meant.
    """

    file: str
    row: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{place}: {self.problem}; {self.remedy}."


@dataclass(frozen=True)
class Field:
    """A column of a table, as declared."""

    name: str
    type: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None

    @classmethod
    def from_schema(cls, entry: Mapping[str, Any]) -> Field:
        """Build from a field descriptor of a Table Schema."""
        constraints = dict(entry.get("constraints", {}))
        if entry["type"] not in _DTYPES:
            raise ValueError(f"the column {entry['name']} has the type {entry['type']!r}")
        return cls(
            name=entry["name"],
            type=entry["type"],
            description=entry.get("description", ""),
            required=constraints.get("required", False),
            unique=constraints.get("unique", False),
            enum=tuple(constraints.get("enum", ())),
            pattern=constraints.get("pattern", ""),
            minimum=constraints.get("minimum"),
        )

    def problem_with(self, value: str) -> str:
        """Say what is wrong with a cell, as half a sentence, or return an empty string."""
        if self.required and not value.strip():
            return f"the cell {self.name} is empty"
        if not value:
            return ""
        if self.type == "integer" and not re.fullmatch(r"-?\d{1,18}", value):
            return f"the cell {self.name} holds {value!r}, which is not a whole number"
        if self.type == "boolean" and value not in _BOOLEANS:
            return f"the cell {self.name} holds {value!r}, which is neither true nor false in small letters"
        if self.minimum is not None and int(value) < self.minimum:
            return f"the cell {self.name} holds {value}, which is less than {self.minimum}"
        if self.enum and value not in self.enum:
            return f"the cell {self.name} holds {value!r}, which is none of {', '.join(self.enum)}"
        if self.pattern and not re.fullmatch(self.pattern, value):
            return (
                f"the cell {self.name} holds {value!r}, where {self.description or self.pattern} is expected"
            )
        return ""


@dataclass(frozen=True)
class ForeignKey:
    """Cells of ``field`` name rows of ``table`` by its ``target`` column."""

    field: str
    table: str
    target: str


@dataclass(frozen=True)
class Schema:
    """A table of the package, as declared."""

    name: str
    path: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @classmethod
    def from_resource(cls, resource: Mapping[str, Any]) -> Schema:
        """Build from a resource descriptor of a Data Package."""
        schema = resource["schema"]
        key = schema["primaryKey"]
        return cls(
            name=resource["name"],
            path=resource["path"],
            fields=tuple(Field.from_schema(entry) for entry in schema["fields"]),
            primary_key=(key,) if isinstance(key, str) else tuple(key),
            foreign_keys=tuple(
                ForeignKey(entry["fields"], entry["reference"]["resource"], entry["reference"]["fields"])
                for entry in schema.get("foreignKeys", ())
            ),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(field.name for field in self.fields)


def read_schemas(folder: Path) -> tuple[Schema, ...]:
    """Read the declaration of all tables from ``folder/datapackage.json``.

    Raises:
        DataError: the file is missing or is not a Data Package.
    """
    path = folder / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Schema.from_resource(resource) for resource in package["resources"])
    except OSError as error:
        raise DataError(
            f"The course data was not found: {path.name} cannot be read in the folder {folder}; "
            "open the lesson from inside the course folder, or fetch the course again."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path.name} in the folder {folder} is damaged ({error}); restore it from an earlier copy."
        ) from error


def read_text(path: Path) -> tuple[str, list[Finding]]:
    """Read a UTF-8 file, with or without a byte order mark, and report what prevents it."""
    try:
        return path.read_bytes().decode("utf-8-sig"), []
    except OSError:
        return "", [Finding(path.name, 0, "the file cannot be read", "restore it from an earlier copy")]
    except UnicodeDecodeError as error:
        problem = f"the byte at position {error.start} is not UTF-8"
        return "", [Finding(path.name, 0, problem, "save the file again with the encoding UTF-8")]


def _split(text: str, schema: Schema) -> tuple[list[list[str]], list[Finding]]:
    """Split a file into records; a header that does not fit ends the reading."""
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), strict=True):
            records.append(record)  # noqa: PERF402 - the count says in which row the reader gave up
    except csv.Error as error:
        problem = f"the row cannot be split into cells ({error})"
        remedy = "look for a quotation mark that is never closed"
        return [], [Finding(schema.path, len(records) + 1, problem, remedy)]
    header = records[0] if records else []
    if header == list(schema.columns):
        return records[1:], []
    if len(header) == 1 and ";" in header[0]:
        remedy = "save it with commas between the cells, not semicolons"
        return [], [Finding(schema.path, 1, "the cells are separated by semicolons", remedy)]
    missing = [name for name in schema.columns if name not in header]
    extra = [name for name in header if name not in schema.columns]
    parts = [f"missing {', '.join(missing)}"] if missing else []
    parts += [f"unknown {', '.join(map(repr, extra))}"] if extra else []
    problem = f"the header does not fit ({'; '.join(parts) or 'another order'})"
    return [], [Finding(schema.path, 1, problem, f"the columns are {', '.join(schema.columns)}")]


def _cells(schema: Schema, records: list[list[str]]) -> tuple[list[dict[str, str]], list[Finding]]:
    """Turn records into rows and check each cell; a row of the wrong width is left out."""
    rows, findings = [], []
    for number, record in enumerate(records, start=2):
        if len(record) != len(schema.fields):
            problem = f"the row has {len(record)} cells where {len(schema.fields)} are expected"
            remedy = "look for a missing comma, or a comma in text that needs quotation marks"
            findings.append(Finding(schema.path, number, problem, remedy))
            continue
        rows.append({"": str(number), **dict(zip(schema.columns, record, strict=True))})
        for field, value in zip(schema.fields, record, strict=True):
            if problem := field.problem_with(value):
                findings.append(Finding(schema.path, number, problem, "correct the cell"))
    return rows, findings


def _duplicates(schema: Schema, rows: Sequence[Row]) -> Iterator[Finding]:
    """Report rows that repeat the key of an earlier row, or a cell that must be unique."""
    uniques = [(field.name,) for field in schema.fields if field.unique]
    for columns in dict.fromkeys([schema.primary_key, *uniques]):
        first: dict[tuple[str, ...], str] = {}
        for row in rows:
            key = tuple(row[name] for name in columns)
            if any(key) and key in first:
                problem = f"{' '.join(columns)} {' '.join(key)!r} stands already in row {first[key]}"
                remedy = "give it another id or remove one of the rows"
                yield Finding(schema.path, int(row[""]), problem, remedy)
            else:
                first[key] = row[""]


def _dangling(
    schema: Schema,
    tables: Mapping[str, Sequence[Row]],
    unread: set[str],
    others: Mapping[str, pd.DataFrame],
) -> Iterator[Finding]:
    """Report cells that name a row which does not exist; a table that was not read blames no other."""
    for link in schema.foreign_keys:
        if link.table in unread:
            continue
        known = {row[link.target] for row in tables.get(link.table, ())}
        if link.table in others:
            known |= set(others[link.table][link.target])
        for row in tables[schema.name]:
            value = row[link.field]
            if value and value not in known:
                problem = f"the {link.field} {value!r} is not in {link.table}.csv"
                remedy = f"add it there or correct the cell {link.field}"
                yield Finding(schema.path, int(row[""]), problem, remedy)


def _frame(schema: Schema, rows: Sequence[Row]) -> pd.DataFrame:
    """Turn checked rows into a typed frame; the index is the row number in the file."""
    index = pd.Index([int(row[""]) for row in rows], name="row", dtype="int64")
    columns = {}
    for field in schema.fields:
        cells: list[Any] = [row[field.name] for row in rows]
        if field.type != "string":
            convert: Callable[[str], Any] = int if field.type == "integer" else _BOOLEANS.__getitem__
            cells = [convert(cell) if cell else pd.NA for cell in cells]
        columns[field.name] = pd.Series(cells, index=index, dtype=_DTYPES[field.type])
    return pd.DataFrame(columns, index=index)


def rows_of(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row of a frame of a package as (row number in the file, cells by column).

    Cells are plain Python values; where a frame has ``pd.NA``, the cell is None.
    """
    names = [str(name) for name in frame.columns]
    columns = [[None if cell is pd.NA else cell for cell in frame[name].tolist()] for name in frame.columns]
    for number, *cells in zip(frame.index.tolist(), *columns, strict=True):
        yield number, dict(zip(names, cells, strict=True))


def split_list(cell: str) -> tuple[str, ...]:
    """Split a cell that lists things between semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


@dataclass(frozen=True)
class Package:
    """All tables of a Data Package, and what was found wrong with them.

    ``tables`` maps a table's name to a frame with its declared columns; an empty string stands for an
    empty cell in text columns, ``pd.NA`` in others. A frame's index is the row number in the file.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]


def read_package(folder: Path) -> Package:
    """Read and check all tables declared in ``folder/datapackage.json``.

    Tables with a finding in their own cells come back empty, since their cells cannot be typed.

    Raises:
        DataError: there is no usable ``datapackage.json``.
    """
    return _read(folder, read_schemas(folder), {})


def read_beside(folder: Path, names: Sequence[str], package: Package) -> Package:
    """Read tables which lie in another folder and have the form of tables of ``package``.

    Their foreign keys lead into ``package``; where they name each other, they lead to one another.

    Raises:
        DataError: the declaration of ``package`` cannot be read.
    """
    schemas = tuple(schema for schema in read_schemas(package.folder) if schema.name in names)
    others = {name: frame for name, frame in package.tables.items() if name not in names}
    return _read(folder, schemas, others)


def _read(folder: Path, schemas: Sequence[Schema], others: Mapping[str, pd.DataFrame]) -> Package:
    rows: dict[str, list[dict[str, str]]] = {}
    findings: list[Finding] = []
    unread: set[str] = set()
    for schema in schemas:
        text, problems = read_text(folder / schema.path)
        if not problems:
            records, problems = _split(text, schema)
        if problems:
            unread.add(schema.name)
        rows[schema.name], cell_problems = _cells(schema, records if not problems else [])
        findings += [*problems, *cell_problems]
    for schema in schemas:
        findings += [*_duplicates(schema, rows[schema.name]), *_dangling(schema, rows, unread, others)]
    broken = Counter(finding.file for finding in findings)
    tables = {s.name: _frame(s, [] if broken[s.path] else rows[s.name]) for s in schemas}
    return Package(folder, tables, tuple(findings))
