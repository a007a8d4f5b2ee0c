"""Bring a submitted notebook back to the exercise it was made from, and say what had been changed.

Points cells are as released again, cells that nbgrader needs are there once and with the settings of the
exercise, and each written answer stands in its cell, also where a student put it into another. The marks do
not depend on any of this, since they come from the journal; what a person reads and nbgrader stores does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise

from nbformat.notebooknode import NotebookNode

from backchannel.classroom.grading.reading import MINOR, Submitted, short
from backchannel.classroom.release import TEXT_STUB

MOST_CELLS = 500  # besides those of the exercise
_SETTINGS = ("grade_id", "grade", "solution", "locked", "task", "schema_version")
_LONG = 20  # words of a text that may be an answer in the wrong place
_NAMED = 4  # cells that are named in one finding
_SENTENCE = 6  # words in a row that are no code


@dataclass(frozen=True)
class Mended:
    """A notebook that nbgrader can take, and full sentences on what had been changed in it."""

    notebook: NotebookNode
    findings: tuple[str, ...]


def grade_id(cell: NotebookNode) -> str:
    """Return what nbgrader knows a cell by, or an empty string."""
    found = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return found if isinstance(found, str) else ""


def is_answer(cell: NotebookNode) -> bool:
    """Say whether a cell is one that a written answer goes into."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade") and about.get("solution"))


def is_points(cell: NotebookNode) -> bool:
    """Say whether a cell is one whose output nbgrader reads as points."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade") and not about.get("solution"))


def written(cell: NotebookNode) -> str:
    """Return what was written into a cell, without the words that ask for it."""
    source: str = cell.source
    return source.replace(TEXT_STUB, "").strip()


def named(cell: NotebookNode) -> str:
    """Return what to call a cell in a sentence."""
    name = short(grade_id(cell), 40)
    if not name:
        return f"the cell “{short(cell.source, 40)}”"
    if is_answer(cell):
        return f"the answer cell of {name}"
    if is_points(cell):
        return f"the points cell of {name}"
    return f"the working cell of {name.removesuffix('-work')}"


def enumerated(names: Sequence[str], one: str, several: str) -> str:
    """Return a sentence that says the same of one cell or of several, and names the first of them."""
    if len(names) == 1:
        return _begun(f"{names[0]} {one}.")
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {several}: {', '.join(names[:_NAMED])}{more}."


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def mend(submitted: Submitted, released: NotebookNode) -> Mended:
    """Return a submitted notebook with the cells and settings of the released one.

    Args:
        submitted: cells as they were read.
        released: the exercise as students received it.
    """
    work = _Work(list(submitted.cells), list(released.cells))
    cells = work.cells()
    metadata = {name: deepcopy(released.metadata[name]) for name in ("kernelspec", "language_info")}
    notebook = NotebookNode(cells=cells, metadata=NotebookNode(metadata), nbformat=4, nbformat_minor=MINOR)
    return Mended(notebook, (*submitted.findings, *work.findings))


@dataclass
class _Work:
    """One notebook on its way back; ``match`` leads from a released cell to the submitted one, by number."""

    submitted: list[NotebookNode]
    released: list[NotebookNode]
    match: dict[int, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def cells(self) -> list[NotebookNode]:
        """Do everything, and return the cells."""
        self._recognise()
        self._report_order()
        self._report_deleted()
        by_submitted = {there: number for number, there in self.match.items()}
        for number, there in self.match.items():
            self.submitted[there] = self._mended(self.submitted[there], self.released[number])
        rows = [(by_submitted.get(there, -1), cell) for there, cell in enumerate(self.submitted)]
        rows = self._without_strangers(rows)
        self._put_back(rows)
        for number, cell in enumerate(self.released):
            if is_answer(cell):
                self._find_answer(rows, number)
        for names, one, several in (
            (self.deleted, "was deleted; it was put back", "cells were deleted and put back"),
            (self.lost, "had lost its settings of nbgrader", "cells had lost their settings of nbgrader"),
            (self.changed, "had other settings of nbgrader", "cells had other settings of nbgrader"),
        ):
            if names:
                self._say(enumerated(names, one, several))
        return [cell for _, cell in rows]

    def _say(self, sentence: str) -> None:
        self.findings.append(_begun(sentence))

    # --- which cell is which -------------------------------------------------------------------------

    def _recognise(self) -> None:
        """Match by id and nbgrader's name, then by the name alone, then by the id, then by the text."""
        by_id = {cell.id: there for there, cell in enumerate(self.submitted)}
        by_name: dict[str, list[int]] = {}
        by_source: dict[str, list[int]] = {}
        for there, cell in enumerate(self.submitted):
            by_name.setdefault(grade_id(cell), []).append(there)
            by_source.setdefault(cell.source, []).append(there)
        same_id = [[by_id[cell.id]] if cell.id in by_id else [] for cell in self.released]
        same_name = [by_name.get(grade_id(cell), []) if grade_id(cell) else [] for cell in self.released]
        both = [
            [there for there in found if grade_id(self.submitted[there]) == grade_id(cell)]
            for found, cell in zip(same_id, self.released, strict=True)
        ]
        for number, cell in enumerate(self.released):
            if is_answer(cell):  # of several, one that holds an answer
                same_name[number] = [*both[number], *same_name[number]]
                same_name[number].sort(key=lambda there: not written(self.submitted[there]))
                both[number] = []
        same_source = [by_source.get(cell.source, []) for cell in self.released]
        taken: set[int] = set()
        for found_by in (both, same_name, same_id, same_source):
            for number, found in enumerate(found_by):
                free = next((there for there in found if there not in taken), None)
                if number not in self.match and free is not None:
                    self.match[number] = free
                    taken.add(free)

    def _report_order(self) -> None:
        in_order = [number for number, _ in sorted(self.match.items(), key=lambda pair: pair[1])]
        for before, after in pairwise(in_order):
            if after < before:
                first, second = named(self.released[before]), named(self.released[after])
                self._say(f"the order of the cells was changed: {first} stands before {second}.")
                return

    def _report_deleted(self) -> None:
        gone = [
            named(cell)
            for number, cell in enumerate(self.released)
            if number not in self.match and not grade_id(cell)
        ]
        if gone:
            self._say(enumerated(gone, "was deleted", "cells that give no points were deleted"))

    # --- one cell --------------------------------------------------------------------------------------

    def _mended(self, cell: NotebookNode, model: NotebookNode) -> NotebookNode:
        """Return a recognised cell with the settings, and where it is locked the text, of the exercise."""
        if not grade_id(model) and "nbgrader" in cell.metadata:
            self._say(
                f"{named(model)} carries settings of nbgrader that are not its own; they were taken out."
            )
        if not grade_id(model) and cell.source != model.source:
            return _as(cell, cell.cell_type)
        if cell.cell_type != model.cell_type:
            self._say(
                f"{named(model)} was turned from {_KINDS[model.cell_type]} into {_KINDS[cell.cell_type]}; "
                "it was turned back."
            )
        if grade_id(model):
            self._compare(cell, model)
        mended = _as(cell, model.cell_type)
        mended.metadata = deepcopy(model.metadata)
        if is_points(model):
            mended.source = model.source
        elif is_answer(model) and not written(cell):
            mended.source = model.source  # so that nbgrader sees that there is no answer
        return mended

    def _compare(self, cell: NotebookNode, model: NotebookNode) -> None:
        """Say what differs in a cell that nbgrader knows."""
        about, ours = cell.metadata.get("nbgrader", {}), model.metadata.nbgrader
        if not about:
            self.lost.append(named(model))
        elif any(about.get(name, False) != ours.get(name, False) for name in _SETTINGS):
            self.changed.append(named(model))
        if about.get("points", ours.get("points")) != ours.get("points"):
            given = short(str(about["points"])[:40], 20)
            self._say(
                f"the points of {named(model)} were changed from {ours.get('points')} to {given}; "
                "they were put back."
            )
        if is_points(model) and cell.source != model.source:
            self._say(f"{named(model)} was edited; the released one was put back.")

    # --- cells that are not of the exercise --------------------------------------------------------------

    def _without_strangers(self, rows: list[tuple[int, NotebookNode]]) -> list[tuple[int, NotebookNode]]:
        """Return the rows with what students added made plain, and what is beyond all measure left out."""
        ours = {grade_id(cell): cell for cell in self.released if grade_id(cell)}
        copies: dict[str, int] = {}
        kept, added, marked = [], 0, 0
        for number, cell in rows:
            if number >= 0:
                kept.append((number, cell))
                continue
            if grade_id(cell) in ours:
                copies[grade_id(cell)] = copies.get(grade_id(cell), 0) + 1
            elif "nbgrader" in cell.metadata:
                marked += 1
            added += 1
            if added <= MOST_CELLS:
                kept.append((number, _as(cell, cell.cell_type)))
        for name, count in copies.items():
            which = "the first that holds an answer counts" if is_answer(ours[name]) else "one counts"
            self._say(f"{named(ours[name])} is there {count + 1} times; {which}.")
        if marked:
            self._say(
                "cells carry settings of nbgrader that the exercise does not have; they were taken out."
            )
        if added > MOST_CELLS:
            self._say(
                f"the notebook has {added:,} new cells; all after the first {MOST_CELLS} were left out."
            )
        return kept

    # --- what is missing ---------------------------------------------------------------------------------

    def _put_back(self, rows: list[tuple[int, NotebookNode]]) -> None:
        """Put deleted cells that nbgrader needs back behind the cell they followed."""
        for number, cell in enumerate(self.released):
            if number in self.match or not grade_id(cell):
                continue
            earlier = [(known, place) for place, (known, _) in enumerate(rows) if 0 <= known < number]
            place = max(earlier)[1] + 1 if earlier else 0
            fresh = deepcopy(cell)
            fresh.id = _free_id(cell.id, [other.id for _, other in rows])
            rows.insert(place, (number, fresh))
            self.deleted.append(named(cell))

    def _find_answer(self, rows: list[tuple[int, NotebookNode]], number: int) -> None:
        """Take an answer from a new cell of the same section where its own cell holds none."""
        place = next(place for place, (known, _) in enumerate(rows) if known == number)
        answer, model = rows[place][1], self.released[number]
        beside = [there for there in _section(rows, place) if _is_prose(rows[there][1])]
        if written(answer):
            if beside:
                self._say(f"there is more text in a new cell beside {named(model)}; look at the notebook.")
            return
        if beside:
            answer.source = "\n\n".join(written(rows[there][1]) for there in beside)
            pictures = {
                name: bundle
                for there in beside
                for name, bundle in rows[there][1].get("attachments", {}).items()
            }
            if pictures:
                answer.attachments = NotebookNode(pictures)
            for there in reversed(beside):
                del rows[there]
            self._say(f"{named(model)} holds no answer, but a new cell beside it does; that text was taken.")
            return
        for known, cell in rows:
            if known >= 0 and grade_id(cell):
                continue
            asked = self.released[known].source if known >= 0 else ""
            more = len(cell.source.split()) - len(asked.split())
            if _is_prose(cell) and more >= _LONG:
                where = "another cell of the exercise" if asked else "a new cell elsewhere"
                self._say(
                    f"{named(model)} holds no answer, but there is text in {where}, which ends "
                    f"“{short(cell.source.strip()[-60:])}”; look whether it is the answer."
                )


_KINDS = {"code": "code", "markdown": "text", "raw": "raw text"}


def _as(cell: NotebookNode, kind: str) -> NotebookNode:
    """Return a plain cell of a kind with the id, the text and the pictures of another; raw becomes text.

    Raw cells would be shown as HTML.
    """
    kind = "markdown" if kind == "raw" else kind
    found = NotebookNode(cell_type=kind, id=cell.id, metadata=NotebookNode(), source=cell.source)
    if kind == "code":
        found.outputs, found.execution_count = [], None
    elif "attachments" in cell:
        found.attachments = cell.attachments
    return found


def _section(rows: Sequence[tuple[int, NotebookNode]], place: int) -> Iterator[int]:
    """Yield the places of the new cells around a cell, up to the next cell of the exercise on each side."""
    start = place
    while start and rows[start - 1][0] < 0:
        start -= 1
    end = place + 1
    while end < len(rows) and rows[end][0] < 0:
        end += 1
    yield from (there for there in range(start, end) if there != place)


def _is_prose(cell: NotebookNode) -> bool:
    """Say whether a cell holds text rather than code; a new cell is code until somebody changes that.

    Code is not parsed, since Python's own parser can be made to crash.
    """
    if cell.cell_type == "markdown":
        return bool(written(cell))
    lines = (line.split() for line in cell.source.splitlines() if not line.lstrip().startswith("#"))
    return any(_words_in_a_row(words) >= _SENTENCE for words in lines)


def _words_in_a_row(words: Sequence[str]) -> int:
    longest = here = 0
    for word in words:
        here = here + 1 if word.strip(",;:.!?'\"()’“”„«»").isalpha() else 0
        longest = max(longest, here)
    return longest


def _free_id(wanted: str, taken: Sequence[str]) -> str:
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found
