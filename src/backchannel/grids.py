"""Grids of judgements: rows, columns, one choice for each cell, and a reason where the student gives one.

Three activities are grids. *Coverage*: what a document makes of each proposition of a report. *Hypotheses*:
how each piece of evidence bears on each hypothesis. *Elements*: how each element of the Act stands in a case.
The course has a reading of its own for the cells, offered for contradiction. It leaves this module only after
the student's own judgement: for elements on the cell, for the other two on the whole row, since there the
cells of a row are weighed against each other and the course's reasons speak of them together.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import pandas as pd

from backchannel.dossier import Claim, Dossier
from backchannel.errors import UsageError
from backchannel.hypotheses import STEPS
from backchannel.journal import CONFIDENCES, Decision
from backchannel.tables import rows_of, split_list
from backchannel.words import Text
from backchannel.workspace import Workspace

Kind = Literal["coverage", "hypotheses", "elements"]

CHOICES: Mapping[Kind, tuple[str, ...]] = {
    "coverage": ("kept", "changed", "dropped"),
    "hypotheses": tuple(STEPS),
    "elements": ("met", "not_met", "arguable", "unknown"),
}
EXCEPTION = "exception"  # the one element that takes a case out of the Act where it is met
LONGEST_REASON = 4000
FEWEST_CLAIMS = 4
NOT_THE_TEXT = (
    "residue",
    "foreign_thread",
)  # of other texts on the page; they stand beside only if they tell


@dataclass(frozen=True)
class Exhibit:
    """A claim shown beside a cell. ``tells`` belongs to the course's reading: it tells the proposition."""

    claim: str
    place: str
    text: Text
    quote: str
    tells: bool = True


@dataclass(frozen=True)
class Heading:
    """A row or a column.

    ``name`` is what a table shows, ``text`` what it means at length, ``question`` what to ask of it.
    ``aside`` may be opened at any time, ``later`` only with the course's reading; both are pairs of a word of
    the interface and a text. ``root`` says whose account a piece of evidence is.
    """

    id: str
    name: Text
    text: Text | None = None
    question: Text | None = None
    aside: tuple[tuple[str, Text], ...] = ()
    later: tuple[tuple[str, Text], ...] = ()
    root: str = ""
    exhibits: tuple[Exhibit, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """The course's reading of a cell with its reason; ``change`` is the kind of change of a retelling."""

    value: str
    reason: Text
    change: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A row under a column: the claims beside it, and the course's reading where there is one."""

    exhibits: tuple[Exhibit, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True)
class Grid:
    """What is to be judged. ``cells`` are by (row, column)."""

    kind: Kind
    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: Mapping[tuple[str, str], Cell]

    @property
    def choices(self) -> tuple[str, ...]:
        """What a cell may be given."""
        return CHOICES[self.kind]

    def row(self, row: str) -> Heading:
        """Return one row.

        Raises:
            UsageError: the grid has no such row.
        """
        return _named(row, self.rows, "row")

    def column(self, column: str) -> Heading:
        """Return one column.

        Raises:
            UsageError: the grid has no such column.
        """
        return _named(column, self.columns, "column")

    def check(self, value: str) -> None:
        """Say in a sentence if a choice is not one of this grid.

        Raises:
            UsageError: it is not.
        """
        if value not in self.choices:
            raise UsageError(f"The grid has no choice {value!r}; use one of {', '.join(self.choices)}.")


def _named(name: str, headings: Sequence[Heading], what: str) -> Heading:
    for heading in headings:
        if heading.id == name:
            return heading
    some = ", ".join(heading.id for heading in headings[:8]) + (" …" if len(headings) > 8 else "")
    raise UsageError(f"The grid has no {what} {name!r}; use one of {some}.")


# --- the three grids of the course ---------------------------------------------------------------------


def coverage_grid(
    dossier: Dossier,
    propositions: Iterable[str] = (),
    *,
    root: str = "moscow-times-2023",
    documents: Iterable[str] = ("d1", "d2"),
) -> Grid:
    """Return propositions × documents: kept, changed or dropped.

    Beside each cell stand claims of the document that may tell the proposition: those that do, filled up
    with those nearest to it in wording to one number for the row, so that the number gives nothing away.

    Args:
        dossier: the course data.
        propositions: ids in the order wanted; without any, all of ``root``.
        root: the report they go back to, where none are named.
        documents: ids of the documents, the columns.

    Raises:
        UsageError: a proposition or document does not exist, or the root has none.
    """
    columns = tuple(_document(dossier, name) for name in documents)
    known = {row["id"]: row for _, row in rows_of(dossier.tables["propositions"])}
    of_root = tuple(name for name, row in known.items() if row["root"] == root)
    chosen = _chosen(propositions, known, of_root, "proposition", f"the root {root!r}")
    told = {(row["proposition"], row["document"]): row for _, row in rows_of(dossier.tables["retellings"])}
    finder = {column.id: _Nearest(dossier, column.id) for column in columns}
    rows, cells = [], {}
    for name in chosen:
        proposition = _text(known[name], "proposition")
        sources = _citations(dossier, known[name]["sources"])
        original = _text_or_none(known[name], "original")
        later = (("original", original),) if original else ()
        rows.append(Heading(name, proposition, later=later, root=known[name]["root"], sources=sources))
        retold = [told.get((name, column.id)) for column in columns]
        tells = [split_list(row["claims"]) if row else () for row in retold]
        size = max(FEWEST_CLAIMS, *map(len, tells))
        for column, row, claims in zip(columns, retold, tells, strict=True):
            beside = finder[column.id].exhibits(proposition, claims, size)
            reading = Reading(row["treatment"], _text(row, "comment"), row["change"]) if row else None
            cells[name, column.id] = Cell(beside, reading)
    return Grid("coverage", tuple(rows), columns, cells)


def hypothesis_grid(dossier: Dossier, evidence: Iterable[str] = (), hypotheses: Iterable[str] = ()) -> Grid:
    """Return evidence × hypotheses in five ratings; all rows and columns of the tables, or those named.

    Raises:
        UsageError: a piece of evidence or a hypothesis does not exist, or there are none.
    """
    known = {row["id"]: row for _, row in rows_of(dossier.tables["evidence"])}
    guesses = {row["id"]: row for _, row in rows_of(dossier.tables["hypotheses"])}
    columns = tuple(
        Heading(
            name,
            Text(f"H{number}", f"H{number}"),
            text=_text(guesses[name], "statement"),
            aside=(("best_case", _text(guesses[name], "best_case")),),
            sources=_citations(dossier, guesses[name]["sources"]),
        )
        for number, name in enumerate(_chosen(hypotheses, guesses, tuple(guesses), "hypothesis"), start=1)
    )
    rows = tuple(
        Heading(
            name,
            _text(known[name], "text"),
            root=known[name]["root"],
            exhibits=_exhibits(dossier, known[name]["claims"]),
            sources=_citations(dossier, known[name]["sources"]),
        )
        for name in _chosen(evidence, known, tuple(known), "piece of evidence")
    )
    readings = {
        (row["evidence"], row["hypothesis"]): Reading(row["rating"], _text(row, "reason"))
        for _, row in rows_of(dossier.tables["evidence_ratings"])
    }
    return Grid("hypotheses", rows, columns, _with_readings(rows, columns, readings))


def element_grid(dossier: Dossier, *cases: str, elements: Iterable[str] = ()) -> Grid:
    """Return elements of the Act × cases: met, not met, arguable or unknown.

    Args:
        dossier: the course data.
        cases: ids of cases, one column each; without any, all that the course itself has a reading of.
        elements: ids of elements; without any, all.

    Raises:
        UsageError: a case or an element does not exist, or there are none.
    """
    stood = {(row["element"], row["case"]): row for _, row in rows_of(dossier.tables["case_elements"])}
    known = {row["id"]: row for _, row in rows_of(dossier.tables["logan_cases"])}
    ordered = dossier.tables["logan_elements"].sort_values("position", kind="stable")
    parts = {row["id"]: row for _, row in rows_of(ordered)}
    read = tuple(name for name in known if any(case == name for _, case in stood))
    columns = tuple(_case(dossier, known[name]) for name in _chosen(cases, known, read, "case"))
    rows = tuple(
        Heading(
            name,
            _text(parts[name], "name"),
            text=_text(parts[name], "text"),
            question=_text(parts[name], "question"),
            aside=(("contested", _text(parts[name], "contested")),),
            sources=_citations(dossier, parts[name]["sources"]),
        )
        for name in _chosen(elements, parts, tuple(parts), "element")
    )
    readings = {
        key: Reading(row["finding"], _text(row, "reason"), sources=_citations(dossier, row["sources"]))
        for key, row in stood.items()
    }
    beside = {key: _exhibits(dossier, row["claims"]) for key, row in stood.items()}
    return Grid("elements", rows, columns, _with_readings(rows, columns, readings, beside))


def _with_readings(
    rows: Iterable[Heading],
    columns: Sequence[Heading],
    readings: Mapping[tuple[str, str], Reading],
    beside: Mapping[tuple[str, str], tuple[Exhibit, ...]] | None = None,
) -> Mapping[tuple[str, str], Cell]:
    keys = [(row.id, column.id) for row in rows for column in columns]
    return {key: Cell((beside or {}).get(key, ()), readings.get(key)) for key in keys}


def _chosen(
    named: Iterable[str], known: Mapping[str, Any], default: tuple[str, ...], what: str, where: str = ""
) -> tuple[str, ...]:
    """Return the ids that are named, each once, or the default."""
    chosen = tuple(dict.fromkeys(named)) or default
    if not chosen:
        raise UsageError(f"The dossier holds no {what}{f' for {where}' if where else ''}; name another one.")
    for name in chosen:
        if name not in known:
            example = next(iter(known), "")
            raise UsageError(f"There is no {what} {name!r} in the dossier; ids look like {example}.")
    return chosen


def _document(dossier: Dossier, name: str) -> Heading:
    dossier.claims_of(name)  # says in a sentence which documents there are
    found = dossier.documents[name]
    return Heading(name, Text(found.label, found.label), text=found.title)


def _case(dossier: Dossier, row: Mapping[str, Any]) -> Heading:
    person, year = _text(row, "person"), row["date"][:4]
    aside = [(key, _text_or_none(row, key)) for key in ("raised_by", "followed")]
    note = _text_or_none(row, "note")  # speaks of the law in the case, so it waits for the own judgement
    return Heading(
        row["id"],
        Text(f"{person.en} ({year})", f"{person.de} ({year})"),
        text=_text(row, "act"),
        aside=tuple((key, text) for key, text in aside if text),
        later=(("note", note),) if note else (),
        sources=_citations(dossier, row["sources"]),
    )


def _text(row: Mapping[str, Any], name: str) -> Text:
    return Text(row[f"{name}_en"], row[f"{name}_de"])


def _text_or_none(row: Mapping[str, Any], name: str) -> Text | None:
    return _text(row, name) if row[f"{name}_en"] else None


def _citations(dossier: Dossier, cell: str) -> tuple[str, ...]:
    sources = dossier.tables["sources"].set_index("id")["citation"]
    return tuple(str(sources.loc[source]) for source in split_list(cell))


def _exhibits(dossier: Dossier, cell: str) -> tuple[Exhibit, ...]:
    return tuple(_exhibit(dossier, dossier.claim(name)) for name in split_list(cell))


def _exhibit(dossier: Dossier, claim: Claim, tells: bool = True) -> Exhibit:
    label, passage = dossier.documents[claim.document].label, dossier.passages[claim.passage]
    return Exhibit(claim.id, f"{label} {passage.locator}", claim.text, claim.quote, tells)


class _Nearest:
    """Finds the claims of a document nearest in wording to a proposition, rare words counting more."""

    def __init__(self, dossier: Dossier, document: str) -> None:
        self._dossier = dossier
        self._words = {name: _words(dossier.claim(name).text) for name in dossier.claims_of(document)}
        kinds = {name: dossier.passages[dossier.claim(name).passage].kind for name in self._words}
        self._fillers = [name for name, kind in kinds.items() if kind not in NOT_THE_TEXT]
        self._common = Counter(word for words in self._words.values() for word in words)

    def exhibits(self, wanted: Text, tells: Sequence[str], size: int) -> tuple[Exhibit, ...]:
        """Return ``size`` claims in reading order: those that tell it, and the nearest others."""
        target = _words(wanted)
        others = sorted(self._fillers, key=lambda name: (name in tells, -self._weight(name, target), name))
        beside = {*tells, *others[: size - len(tells)]}
        return tuple(
            _exhibit(self._dossier, self._dossier.claim(name), name in tells)
            for name in self._words
            if name in beside
        )

    def _weight(self, name: str, target: frozenset[str]) -> float:
        shared = self._words[name] & target
        return sum(math.log(1 + len(self._words) / self._common[word]) for word in shared)


def _words(text: Text) -> frozenset[str]:
    return frozenset(re.findall(r"\w{4,}", f"{text.en} {text.de}".lower()))


# --- a student's judgements -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a grid is."""

    cells: int
    judged: int
    rows: int
    complete: int


class GridSession:
    """A grid on the journal: each judgement is a line with the row as item and the column as field.

    Confidence and reason (the line's note) travel with the choice; an empty choice leaves the cell open.
    """

    def __init__(self, workspace: Workspace, grid: Grid, *, activity: str) -> None:
        self.workspace, self.grid, self.activity = workspace, grid, activity

    # --- reading ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what other kernels wrote."""
        self.workspace.journal.refresh()

    def decision(self, row: str, column: str) -> Decision | None:
        """Return the standing decision on a cell, or None."""
        return self.workspace.journal.state.get(self.activity, row, column)

    def value(self, row: str, column: str) -> str:
        """Return the standing choice; empty where there is none, or none that this grid knows."""
        found = self.decision(row, column)
        return found.value if found and found.value in self.grid.choices else ""

    def is_complete(self, row: str) -> bool:
        """Say whether each cell of the row is judged."""
        return all(self.value(row, column.id) for column in self.grid.columns)

    @property
    def complete_rows(self) -> tuple[str, ...]:
        """Ids of the rows whose cells are all judged."""
        return tuple(row.id for row in self.grid.rows if self.is_complete(row.id))

    @property
    def progress(self) -> Progress:
        """Count what is judged."""
        rows, columns = self.grid.rows, self.grid.columns
        judged = sum(bool(self.value(row.id, column.id)) for row, column in product(rows, columns))
        return Progress(len(rows) * len(columns), judged, len(rows), len(self.complete_rows))

    @property
    def saved_at(self) -> str:
        """When the last standing decision was written, or an empty string."""
        return self.workspace.saved_at(self.activity)

    def may_show(self, row: str, column: str) -> bool:
        """Say whether the course's reading of a cell may be shown: after the student's own judgement."""
        return bool(self.value(row, column)) if self.grid.kind == "elements" else self.is_complete(row)

    def reading(self, row: str, column: str) -> Reading | None:
        """Return the course's reading of a cell, or None where it may not be shown or there is none."""
        return self.grid.cells[row, column].reading if self.may_show(row, column) else None

    def table(self) -> pd.DataFrame:
        """Return the own judgements, one row a cell.

        Columns: row, column, value (empty where open), confidence, reason, at.
        """
        rows = []
        for row, column in product(self.grid.rows, self.grid.columns):
            found = self.decision(row.id, column.id)
            rest = (found.confidence, found.note, found.at) if found else ("", "", "")
            rows.append((row.id, column.id, self.value(row.id, column.id), *rest))
        return pd.DataFrame(rows, columns=["row", "column", "value", "confidence", "reason", "at"])

    def compared(self) -> pd.DataFrame:
        """Return the cells whose reading may be shown, yours beside the course's.

        Columns: row, column, own, course.
        """
        rows = [
            (row.id, column.id, self.value(row.id, column.id), reading.value)
            for row, column in product(self.grid.rows, self.grid.columns)
            if (reading := self.reading(row.id, column.id))
        ]
        return pd.DataFrame(rows, columns=["row", "column", "own", "course"])

    def ratings(self, whose: Literal["own", "course"] = "own") -> pd.DataFrame:
        """Return the ratings of the complete rows of a hypothesis grid, for ``backchannel.hypotheses``.

        Columns: evidence, hypothesis, rating, root. The course's ratings are of the same rows.
        """
        table = self.compared().rename(columns={"row": "evidence", "column": "hypothesis", whose: "rating"})
        roots = {row.id: row.root for row in self.grid.rows}
        return table.assign(root=table["evidence"].map(roots))[["evidence", "hypothesis", "rating", "root"]]

    # --- deciding --------------------------------------------------------------------------------------

    def judge(
        self,
        row: str,
        column: str,
        value: str,
        *,
        reason: str | None = None,
        confidence: str | None = None,
        decision_id: str = "",
    ) -> None:
        """Judge a cell; the last judgement counts. Reason and confidence stay where none is given.

        Raises:
            UsageError: row, column, choice or confidence does not exist, or the reason is too long.
            JournalError: it could not be saved.
        """
        self.grid.check(value)
        self._write(row, column, value, reason, confidence, decision_id)

    def annotate(
        self,
        row: str,
        column: str,
        *,
        reason: str | None = None,
        confidence: str | None = None,
        decision_id: str = "",
    ) -> None:
        """Change reason or confidence and keep the choice. Raises as ``judge`` does."""
        self._write(row, column, None, reason, confidence, decision_id)

    def _write(
        self,
        row: str,
        column: str,
        value: str | None,
        reason: str | None,
        confidence: str | None,
        decision_id: str,
    ) -> None:
        """Write a decision; what is None stays as it stands. A decision sent again is not written twice."""
        if self.workspace.is_written(decision_id):
            return
        self.grid.row(row), self.grid.column(column)
        if confidence and confidence not in CONFIDENCES:
            raise UsageError(f"The confidence {confidence!r} does not exist; use {', '.join(CONFIDENCES)}.")
        if reason and len(reason) > LONGEST_REASON:
            raise UsageError(
                f"The reason has {len(reason)} characters, more than {LONGEST_REASON}; shorten it, then save."
            )
        found = self.decision(row, column)
        stands = (found.value, found.confidence, found.note) if found else ("", "", "")
        given = (value, confidence, reason)
        new = [old if now is None else now for old, now in zip(stands, given, strict=True)]
        if found is None or tuple(new) != stands:
            self.workspace.decide(
                self.activity, row, column, new[0], confidence=new[1], note=new[2], id=decision_id
            )

    @property
    def undoable(self) -> str:
        """Id of the decision that undo would take back, or an empty string."""
        last = self.workspace.journal.state.last(self.activity)
        return last.id if last and (last.item, last.field) in self.grid.cells else ""

    def undo(self, *, expected: str = "", decision_id: str = "") -> Decision | None:
        """Take the last decision back and return it, or None where there is nothing.

        Args:
            expected: id of the decision that is meant; where another one is the last by now, nothing is
                taken back.
            decision_id: id of the retraction itself.

        Raises:
            UsageError: another decision came after the one that is meant.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return None
        if not self.undoable:
            return None
        last = self.workspace.journal.state.last(self.activity)
        assert last is not None
        return self.workspace.take_back(last, expected=expected, decision_id=decision_id)


# --- what follows from the elements -------------------------------------------------------------------


@dataclass(frozen=True)
class ElementResult:
    """What a column of an element grid says, as ids of elements; no verdict on anybody.

    All elements are needed together, and the exception must not fit. So ``missing`` decides where it is not
    empty: elements held not met, or the exception held met. ``turns_on`` are those on which the case then
    turns: arguable ones. ``unknown`` and ``open`` ones are not known, or not judged yet.
    """

    met: tuple[str, ...]
    missing: tuple[str, ...]
    turns_on: tuple[str, ...]
    unknown: tuple[str, ...]
    open: tuple[str, ...]


def element_result(findings: Mapping[str, str]) -> ElementResult:
    """Sort the findings on one case, by element; an empty finding is open. The exception counts reversed."""

    def those(finding: str) -> tuple[str, ...]:
        return tuple(name for name, found in findings.items() if _turned(name, found) == finding)

    return ElementResult(*(those(name) for name in ("met", "not_met", "arguable", "unknown", "")))


def _turned(element: str, finding: str) -> str:
    """Return a finding as it bears on the case: an exception that fits stands against it."""
    if element != EXCEPTION:
        return finding
    return {"met": "not_met", "not_met": "met"}.get(finding, finding)
