"""Labels of a class: every answer on record in the journals that were handed in, as one table.

The table lies in the class folder as one Parquet file, which also holds what it was made of. Only journals
that changed since are read anew. A journal is what a student's machine wrote and may hold anything: what no
task asks for is passed over, and what is wrong with a journal is told in a sentence, never by stopping.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from backchannel.classroom import students
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.grading.reading import read_journal
from backchannel.classroom.reporting.disguise import call
from backchannel.dates import moment
from backchannel.dossier import Dossier, load_dossier
from backchannel.errors import BackchannelError, NotReadyError, UsageError
from backchannel.exchange.csv_table import BYTE_ORDER_MARK, neutralise
from backchannel.exercises import Exercise, load_exercises
from backchannel.journal import CONFIDENCES, RETRACTION, Decision, Replay, read_line
from backchannel.labelling import SKIPPED
from backchannel.portfolio.blocks import contained
from backchannel.quiz import ANSWER, all_items

TABLE = "labels.parquet"
#: ``at`` is UTC; ``seconds`` since the answer before in the same journal, empty where there is none or time
#: ran backwards; ``standing`` is false for an answer that was changed, cleared or taken back later.
TYPES: Mapping[str, str] = {
    **dict.fromkeys(
        ("student", "exercise", "task", "item", "field", "value", "confidence", "note"), "VARCHAR"
    ),
    "at": "TIMESTAMP",
    "seconds": "FLOAT",
    "standing": "BOOLEAN",
}
_LONGEST_NOTE = 4000
_ROWS_AT_ONCE = 100_000
_TOLD_EVERY = 1000
_FORM = "1"  # of the table; another one means reading all journals anew
_MADE_OF = "backchannel"

Row = tuple[Any, ...]
Normalise = Callable[[str], str]


@dataclass(frozen=True)
class Labels:
    """The table of a class.

    Attributes:
        path: the Parquet file; its columns are those of ``TYPES``.
        findings: sentences on journals of which something could not be used.
        read: how many journals were read anew.
    """

    path: Path
    findings: Mapping[Place, tuple[str, ...]]
    read: int


@contextmanager
def opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB without network, with little memory, and with a place for what does not fit into it."""
    with tempfile.TemporaryDirectory(prefix="backchannel-labels-") as name:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": "400MB",
            "threads": min(4, os.cpu_count() or 1),  # each wants a part of the memory
            "temp_directory": name,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=settings) as connection:
            connection.execute("set enable_progress_bar = false")  # it would stand in what a command prints
            yield connection


def view(
    connection: duckdb.DuckDBPyConnection, labels: Labels, exercises: Iterable[str] | None = None
) -> None:
    """Let queries see the table as ``answers``, of the exercises named or of all."""
    query = f"from read_parquet({_literal(labels.path)})"
    if exercises is not None:
        query += f" where exercise in ({', '.join(map(_literal, exercises)) or 'null'})"
    connection.execute(f"create or replace view answers as {query}")


# --- what a task asks for ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """What the journal of one exercise may answer: how a value is read, by task, item and field."""

    values: Mapping[tuple[str, str, str], Normalise]

    @classmethod
    def by(cls, exercise: Exercise, dossier: Dossier, options: Mapping[str, frozenset[str]]) -> _Asked:
        values: dict[tuple[str, str, str], Normalise] = {}
        for task in exercise.tasks:
            for item in task.items:
                if task.kind == "questions":
                    values[task.id, item, ANSWER] = _one_of(options[item])
                for dimension in task.dimensions:
                    values[task.id, item, dimension] = dossier.codebook[dimension].normalise
        return cls(values)

    def knows(self, decision: Decision) -> bool:
        return (decision.activity, decision.item, decision.field) in self.values

    def read(self, decision: Decision) -> str | None:
        """Return the answer as the codebook writes it, empty where it was cleared, None where it is none."""
        if decision.value in ("", SKIPPED):
            return decision.value
        try:
            return self.values[decision.activity, decision.item, decision.field](decision.value)
        except UsageError:
            return None


def _one_of(options: frozenset[str]) -> Normalise:
    def read(value: str) -> str:
        if value not in options:
            raise UsageError(f"There is no answer {value!r}.")
        return value

    return read


def _asked(dossier: Dossier) -> dict[str, _Asked]:
    options = {item.id: frozenset(option.id for option in item.options) for item in all_items(dossier)}
    return {
        number: _Asked.by(exercise, dossier, options) for number, exercise in load_exercises(dossier).items()
    }


def _course_print(dossier: Dossier) -> str:
    """Return a fingerprint of everything that decides which answers count."""
    tables = dossier.tables
    parts = [tables[name].to_csv(index=False) for name in ("tasks", "quiz_options")]
    labels = [
        (dimension.id, dimension.several, dimension.label_ids) for dimension in dossier.codebook.dimensions
    ]
    return hashlib.sha256("\n".join((_FORM, repr(labels), *parts)).encode()).hexdigest()


# --- one journal ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """A journal that was read as ``Journal`` reads it: answers to what is asked, in the order of the file."""

    answers: tuple[Decision, ...]
    state: Replay
    aside: tuple[tuple[int, str], ...]


def _read(data: bytes, asked: _Asked) -> _Read:
    answers, state, ids, aside = [], Replay(), set(), []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            decision = read_line(line)
        except ValueError as problem:
            aside.append((number, str(problem)))
            continue
        if decision.id in ids:  # sent twice; the first one counts
            continue
        ids.add(decision.id)
        if decision.field == RETRACTION:
            state.feed(decision)
        elif asked.knows(decision):
            state.feed(decision)
            answers.append(decision)
    return _Read(tuple(answers), state, tuple(aside))


def _rows(place: Place, asked: _Asked, path: Path) -> tuple[list[Row], list[str]]:
    """Return the answers of one journal in the order of the file, and what is wrong with it."""
    handed = read_journal(path)
    journal = _read(handed.data, asked)
    return list(_answers(place, asked, journal)), [*handed.findings, *_problems(asked, journal)]


def _answers(place: Place, asked: _Asked, journal: _Read) -> Iterator[Row]:
    before: datetime | None = None
    for decision in journal.answers:
        value = asked.read(decision)
        if value is None:
            continue
        at = moment(decision.at)
        standing = journal.state.get(decision.activity, decision.item, decision.field)
        yield (
            place.student,
            place.exercise,
            decision.activity,
            decision.item,
            decision.field,
            value,
            decision.confidence if decision.confidence in CONFIDENCES else "",
            decision.note[:_LONGEST_NOTE],
            at.replace(tzinfo=None) if at else None,
            _seconds(before, at),
            bool(value) and standing is decision,
        )
        before = at or before


def _seconds(before: datetime | None, at: datetime | None) -> float | None:
    passed = (at - before).total_seconds() if before and at else -1.0
    return passed if passed >= 0 else None


def _problems(asked: _Asked, journal: _Read) -> Iterator[str]:
    if journal.aside:
        row, problem = journal.aside[0]
        first = f"the first is row {row}: {problem}"
        yield f"Lines of the journal that were set aside as no decisions: {len(journal.aside)} ({first})."
    if unknown := sum(asked.read(decision) is None for decision in journal.state.standing()):
        yield f"Answers in the journal that this course does not offer and that count as open: {unknown}."


# --- the table -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _MadeOf:
    """What a table was made of: the course, and of each journal its stamp and what is wrong with it."""

    course: str
    journals: dict[str, tuple[str, list[str]]]

    @classmethod
    def read(cls, path: Path) -> _MadeOf | None:
        """Return what stands in a table; None where it is missing, damaged or somebody else's."""
        if not path.is_file():
            return None
        query = "select value from parquet_kv_metadata(?) where key = ?"
        try:
            with opened() as connection:
                found = connection.execute(query, [str(path), _MADE_OF.encode()]).fetchone()
            entry = json.loads(found[0]) if found else {}
            journals = {name: (stamp, problems) for name, (stamp, problems) in entry["journals"].items()}
            return cls(entry["course"], journals)
        except (duckdb.Error, ValueError, KeyError, TypeError, AttributeError):
            return None

    def written(self) -> str:
        return json.dumps({"course": self.course, "journals": self.journals}, ensure_ascii=False)


def bring_up_to_date(folder: ClassFolder, dossier: Dossier, tell: Callable[[str], None] = print) -> Labels:
    """Read the journals that changed since the last time into the table of the class, and return it.

    Args:
        folder: of the class.
        dossier: the course data, which decides which answers count.
        tell: takes a line on how far a long reading is.

    Raises:
        NotReadyError: nothing was collected yet.
        BackchannelError: the table cannot be written.
    """
    path, course = folder.root / TABLE, _course_print(dossier)
    places = {str(place): place for place in folder.places()}
    if not places:
        raise NotReadyError(f"Nothing lies under {folder.root}/submitted; run `backchannel collect` first.")
    known = _MadeOf.read(path)
    if known is None or known.course != course:
        known = _MadeOf(course, {})
    stamps = {name: _stamp(folder.journal(place)) for name, place in places.items()}
    made = _MadeOf(course, {n: entry for n, entry in known.journals.items() if entry[0] == stamps.get(n)})
    changed = [name for name in places if name not in made.journals]
    if changed or len(made.journals) < len(known.journals) or not path.is_file():
        unchanged = [places[name] for name in made.journals]
        fresh = _Reading(folder, _asked(dossier), {places[name]: stamps[name] for name in changed}, tell)
        _write(path, unchanged, fresh, made)
    findings = {places[name]: tuple(problems) for name, (_, problems) in made.journals.items() if problems}
    return Labels(path, findings, len(changed))


def _stamp(journal: Path) -> str:
    """Return what changes whenever a journal is written anew; empty where there is none."""
    try:
        status = journal.lstat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


@dataclass(frozen=True)
class _Reading:
    """Journals to read: their stamps by place, and who is told how far it is."""

    folder: ClassFolder
    asked: Mapping[str, _Asked]
    stamps: Mapping[Place, str]
    tell: Callable[[str], None]

    def batches(self, made: _MadeOf) -> Iterator[list[Row]]:
        """Yield the answers of all journals, some at a time, and note down in ``made`` what was read."""
        rows: list[Row] = []
        for number, (place, stamp) in enumerate(self.stamps.items(), start=1):
            found, problems = self._read(place) if stamp else ([], [])
            made.journals[str(place)] = (stamp, problems)
            rows += found
            if len(rows) >= _ROWS_AT_ONCE:
                yield rows
                rows = []
            if number % _TOLD_EVERY == 0:
                self.tell(f"journals read: {number} of {len(self.stamps)}")
        yield rows

    def _read(self, place: Place) -> tuple[list[Row], list[str]]:
        if place.number not in self.asked:
            return [], []
        return _rows(place, self.asked[place.number], self.folder.journal(place))


def _write(path: Path, unchanged: Sequence[Place], fresh: _Reading, made: _MadeOf) -> None:
    """Write the table anew: rows of unchanged journals from the old one, the others from their journals."""
    with opened() as connection, tempfile.TemporaryDirectory(prefix="backchannel-labels-") as name:
        parts = [
            _store(connection, Path(name) / f"{number}.parquet", rows)
            for number, rows in enumerate(fresh.batches(made))
        ]
        query = f"select * from read_parquet([{', '.join(_literal(part) for part in parts)}])"
        if unchanged:
            pairs = pd.DataFrame([(place.student, place.exercise) for place in unchanged], columns=["s", "e"])
            connection.register("unchanged", pairs)
            query = (
                f"select old.* from read_parquet({_literal(path)}) as old "
                f"semi join unchanged on student = s and exercise = e union all {query}"
            )
        made_of = f"KV_METADATA {{{_MADE_OF}: {_literal(made.written())}}}"
        _copy(connection, query, path, f"FORMAT parquet, COMPRESSION zstd, {made_of}")


def _store(connection: duckdb.DuckDBPyConnection, path: Path, rows: Sequence[Row]) -> Path:
    """Write some rows as a Parquet file of their own."""
    table = pd.DataFrame(rows, columns=list(TYPES), dtype=object)
    table["at"] = pd.to_datetime(table["at"])
    table["seconds"] = table["seconds"].astype(float)
    connection.register("part", table)
    columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in TYPES.items())
    connection.execute(f"copy (select {columns} from part) to {_literal(path)} (FORMAT parquet)")
    connection.unregister("part")
    return path


def _literal(text: str | Path) -> str:
    """Return a text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, form: str) -> int:
    """Write the rows of a query into a file, whole or not at all, and return how many they are."""
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        found = connection.execute(f"copy ({query}) to {_literal(draft)} ({form})").fetchone()
        draft.replace(path)
    except (duckdb.Error, OSError) as problem:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BackchannelError(
            f"{path} cannot be written ({str(problem).splitlines()[0]}); make room, or choose another place."
        ) from None
    return int(found[0]) if found else 0


# --- export --------------------------------------------------------------------------------------------


def write_labels(folder: ClassFolder, out: Path, *, real_names: bool, notes: bool = False) -> int:
    """Write the answers in force as one table, and return how many rows it has.

    Columns: student (the pseudonym; with real names the id, and then name), exercise, task, item (claim or
    question), field (dimension or ``answer``), value (``~`` where it was skipped), confidence, at (UTC),
    seconds since the answer before. Notes are left out unless they are asked for, since students may name
    themselves or others in them. Rows stand in the order of what the student is called, so that they do
    not tell the order of names.

    Args:
        folder: of the class.
        out: a file whose name ends in ``.csv`` or ``.parquet``. Cells of a CSV that a spreadsheet would
            take for a formula get an apostrophe.
        real_names: say who it was; else the pseudonym of ``students.csv`` stands for it.
        notes: add the column note.

    Raises:
        UsageError: the name ends otherwise.
        NotReadyError: nothing was collected yet.
        BackchannelError: the file cannot be written.
    """
    forms = {".csv": "FORMAT csv, HEADER", ".parquet": "FORMAT parquet, COMPRESSION zstd"}
    if out.suffix.lower() not in forms:
        raise UsageError(
            f"{out.name} is neither a CSV nor a Parquet file; let its name end in .csv or .parquet."
        )
    is_csv = out.suffix.lower() == ".csv"
    labels = bring_up_to_date(folder, load_dossier(folder.project / "course_data"))
    with opened() as connection:
        connection.create_function("plain", _plain, ["VARCHAR"], "VARCHAR")
        view(connection, labels)
        ids = [row[0] for row in connection.execute("select distinct student from answers").fetchall()]
        listed = students.load(folder)
        names = students.names(listed, ids, real=True)
        shown = {one: one for one in ids} if real_names else call(listed, ids, real=False)
        rows = [(one, shown[one], names[one]) for one in ids]
        called = pd.DataFrame(rows, columns=["id", "called", "name"], dtype=object)
        connection.register("called", called)
        first = f"{BYTE_ORDER_MARK}student" if is_csv else "student"  # with the mark, Excel reads UTF-8
        columns = [f'called as "{first}"']
        free = "plain({0}) as {0}" if is_csv else "{0}"
        columns += [free.format("name")] if real_names else []
        columns += [f'"{name}"' for name in TYPES if name not in ("student", "note", "standing")]
        columns += [free.format("note")] if notes else []
        query = f"""select {", ".join(columns)} from answers
            join called on id = student where standing order by called, exercise, "at", task, item, field"""
        return _copy(connection, query, out, forms[out.suffix.lower()])


def _plain(text: str) -> str:
    return neutralise(contained(text))
