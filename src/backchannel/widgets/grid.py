"""Grids of judgements as a widget: one row at a time across its columns, the whole grid below, the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from textwrap import shorten

import pandas as pd

from backchannel.grids import LONGEST_REASON, Exhibit, GridSession, Heading, Reading
from backchannel.widgets import markup_html as html
from backchannel.widgets.grid_result import Block, result, root_name
from backchannel.widgets.kit import BackchannelWidget, Message, View, front, style
from backchannel.words import Language, Text, say


class JudgementGrid(BackchannelWidget):
    """Judge the cells of a grid by mouse, by keyboard or by function calls.

    The function calls ``judge``, ``annotate``, ``undo`` and ``go`` do what the buttons do; ``table``,
    ``compared`` and ``ratings`` return what stands.
    """

    _esm = front("grid")
    _css = style("grid")
    section = "grid"

    def __init__(self, session: GridSession) -> None:
        self.session = session
        self._row = session.grid.rows[0].id
        self._result: tuple[object, list[Block]] = (None, [])
        self._go_to_open()
        super().__init__(session.workspace, session.activity)

    # --- function calls --------------------------------------------------------------------------------

    def judge(
        self, row: str, column: str, value: str, *, reason: str | None = None, confidence: str | None = None
    ) -> None:
        """Judge a cell; see ``GridSession.judge``."""
        self.session.judge(row, column, value, reason=reason, confidence=confidence)
        self.redraw()

    def annotate(
        self, row: str, column: str, *, reason: str | None = None, confidence: str | None = None
    ) -> None:
        """Change reason or confidence of a cell; see ``GridSession.annotate``."""
        self.session.annotate(row, column, reason=reason, confidence=confidence)
        self.redraw()

    def undo(self) -> None:
        """Take the last decision back; see ``GridSession.undo``."""
        self.session.undo()
        self.redraw()

    def go(self, row: str) -> None:
        """Go to a row.

        Raises:
            UsageError: the grid has no such row.
        """
        self._row = self.session.grid.row(row).id
        self.redraw()

    def table(self) -> pd.DataFrame:
        """Return the own judgements; see ``GridSession.table``."""
        return self.session.table()

    def compared(self) -> pd.DataFrame:
        """Return the own judgements beside the course's, where they may be shown."""
        return self.session.compared()

    # --- what the front-end may ask for ----------------------------------------------------------------

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {
            "judge": lambda m: self.session.judge(m["row"], m["column"], m["value"], decision_id=m["id"]),
            "annotate": lambda m: self.session.annotate(
                m["row"],
                m["column"],
                reason=m.get("reason"),
                confidence=m.get("confidence"),
                decision_id=m["id"],
            ),
            "undo": self._on_undo,
            "go": lambda m: self._go(m["row"]),
            "next": lambda m: self._step(1),
            "previous": lambda m: self._step(-1),
            "open": lambda m: self._go_to_open(),
        }

    def standing_id(self, message: Message) -> str:
        """Return the id of the judgement that a request would replace."""
        if message["action"] != "judge":
            return ""
        found = self.session.decision(message["row"], message["column"])
        return found.id if found else ""

    def _on_undo(self, message: Message) -> None:
        taken_back = self.session.undo(expected=message.get("base", ""), decision_id=message["id"])
        if taken_back:
            self._row = taken_back.item

    def _go(self, row: str) -> None:
        self._row = self.session.grid.row(row).id

    @property
    def _rows(self) -> list[str]:
        return [row.id for row in self.session.grid.rows]

    def _step(self, by: int) -> None:
        rows = self._rows
        self._row = rows[(rows.index(self._row) + by) % len(rows)]

    def _go_to_open(self) -> None:
        """Go to the next row with an open cell, from here on and then from the top; stay if there is none."""
        rows = self._rows
        here = rows.index(self._row)
        ahead = [*rows[here + 1 :], *rows[: here + 1]] if self.session.is_complete(self._row) else rows[here:]
        self._row = next((row for row in ahead if not self.session.is_complete(row)), self._row)

    # --- the screen ------------------------------------------------------------------------------------

    def draw(self) -> View:
        """Return the present row, the whole grid as signs, and the result; the course's reading only where
        it may be shown.
        """
        session, language = self.session, self.language_now
        session.refresh()
        progress, grid = session.progress, session.grid
        return {
            "kind": grid.kind,
            "activity": session.activity,
            "progress": {
                "cells": progress.cells,
                "judged": progress.judged,
                "rows": progress.rows,
                "complete": progress.complete,
            },
            "saved": session.saved_at,
            "reports": self.reports(),
            "undoable": session.undoable,
            "longest": LONGEST_REASON,
            "choices": list(grid.choices),
            "row": self._row_view(grid.row(self._row), language),
            "cells": [self._cell_view(column, language) for column in grid.columns],
            "columns": [_column_view(column, language) for column in grid.columns],
            "map": [self._map_row(row, number, language) for number, row in enumerate(grid.rows, start=1)],
            "result": self._result_now(language),
        }

    def _result_now(self, language: Language) -> list[Block]:
        """Return the result; it is computed anew only when a judgement changed, not on each step."""
        stands = (language, *(self.session.value(*key) for key in self.session.grid.cells))
        if self._result[0] != stands:
            self._result = (stands, result(self.session, language))
        return self._result[1]

    @property
    def language_now(self) -> Language:
        """The language the words of this widget are in."""
        return "de" if self.language == "de" else "en"

    def _row_view(self, row: Heading, language: Language) -> View:
        shown = all(self.session.may_show(row.id, column.id) for column in self.session.grid.columns)
        return {
            "id": row.id,
            "number": self._rows.index(row.id) + 1,
            "total": len(self._rows),
            "name": row.name.in_(language),
            "text": _in(row.text, language),
            "question": _in(row.question, language),
            "root": root_name(row.root, language) if row.root not in ("", "none") else "",
            "aside": _pairs(row.aside, language),
            "later": _pairs(row.later, language) if shown else [],
            "noOriginal": shown and self.session.grid.kind == "coverage" and not row.later,
            "complete": self.session.is_complete(row.id),
            "claims": [_claim_view(exhibit, language) for exhibit in row.exhibits],
            # The sources of a proposition tell which documents have it, so they wait for the judgement.
            "sources": list(row.sources) if shown or self.session.grid.kind != "coverage" else [],
        }

    def _cell_view(self, column: Heading, language: Language) -> View:
        session = self.session
        cell, found = session.grid.cells[self._row, column.id], session.decision(self._row, column.id)
        shown, coverage = session.may_show(self._row, column.id), session.grid.kind == "coverage"
        reading = session.reading(self._row, column.id)
        own = session.value(self._row, column.id)
        return {
            "column": column.id,
            "name": column.name.in_(language),
            "text": _in(column.text, language),
            "aside": _pairs(column.aside, language),
            "later": _pairs(column.later, language) if shown else [],
            "sources": list(column.sources),
            "claims": [_claim_view(e, language, shown and coverage) for e in cell.exhibits],
            "own": {
                "id": found.id if found else "",
                "value": own,
                "confidence": found.confidence if found else "",
                "reason": found.note if found else "",
            },
            "reading": _reading_view(reading, own, language) if reading else None,
            "noReading": shown and reading is None,
        }

    def _map_row(self, row: Heading, number: int, language: Language) -> View:
        cells = []
        for column in self.session.grid.columns:
            own, reading = self.session.value(row.id, column.id), self.session.reading(row.id, column.id)
            cells.append({"own": own, "differs": bool(reading and reading.value != own)})
        return {"id": row.id, "number": number, "name": row.name.in_(language), "cells": cells}

    # --- without scripts -------------------------------------------------------------------------------

    def static_html(self) -> str:
        """Return the grid as a table of own judgements, with the course's reading where it may be shown."""
        session, language = self.session, self.workspace.language
        session.refresh()
        grid = session.grid
        header = ["", say("grid.map_row", language), *(column.name.in_(language) for column in grid.columns)]
        parts = [
            html.words("h4", say(f"grid.title_{grid.kind}", language)),
            html.words("p", say(f"grid.purpose_{grid.kind}", language)),
            *(_static_column(column, language) for column in grid.columns if column.text),
            html.table(
                header, (self._static_row(row, n, language) for n, row in enumerate(grid.rows, start=1))
            ),
            *self._static_readings(language),
            *(part for block in result(session, language) for part in _static_block(block)),
            html.words("p", say("grid.static_note", language)),
        ]
        return html.tag("section", *parts)

    def _static_row(self, row: Heading, number: int, language: Language) -> list[str]:
        return [
            str(number),
            row.name.in_(language),
            *(self._static_cell(row, c, language) for c in self.session.grid.columns),
        ]

    def _static_cell(self, row: Heading, column: Heading, language: Language) -> str:
        found, value = self.session.decision(row.id, column.id), self.session.value(row.id, column.id)
        chosen = say(f"grid.choice_{value}", language) if value else say("grid.not_judged", language)
        return f"{chosen} – {found.note}" if found and found.note else chosen

    def _static_readings(self, language: Language) -> Iterable[str]:
        items = [
            html.words(
                "li",
                f"{row.name.in_(language)} · {column.name.in_(language)}: {_reading_line(reading, language)}",
            )
            for row in self.session.grid.rows
            for column in self.session.grid.columns
            if (reading := self.session.reading(row.id, column.id))
        ]
        if items:
            yield html.words("p", f"{say('grid.course', language)} {say('grid.contradict', language)}")
            yield html.tag("ul", *items)


def _in(text: Text | None, language: Language) -> str:
    return text.in_(language) if text else ""


def _column_view(column: Heading, language: Language) -> View:
    name = column.name.in_(language)
    return {
        "id": column.id,
        "name": name,
        "short": shorten(name, 30, placeholder=" …"),
        "text": _in(column.text, language),
    }


def _pairs(pairs: Iterable[tuple[str, Text]], language: Language) -> list[View]:
    return [{"key": key, "text": text.in_(language)} for key, text in pairs]


def _claim_view(exhibit: Exhibit, language: Language, shown: bool = False) -> View:
    """Return a claim; whether it tells the proposition is the course's reading and comes only with it."""
    return {
        "id": exhibit.claim,
        "place": exhibit.place,
        "text": exhibit.text.in_(language),
        "quote": exhibit.quote,
        "tells": exhibit.tells if shown else None,
    }


def _reading_view(reading: Reading, own: str, language: Language) -> View:
    return {
        "value": reading.value,
        "change": say(f"retellings.{reading.change}", language) if reading.change else "",
        "reason": reading.reason.in_(language),
        "same": reading.value == own,
        "sources": list(reading.sources),
    }


def _reading_line(reading: Reading, language: Language) -> str:
    change = f" ({say(f'retellings.{reading.change}', language)})" if reading.change else ""
    return f"{say(f'grid.choice_{reading.value}', language)}{change} – {reading.reason.in_(language)}"


def _static_column(column: Heading, language: Language) -> str:
    return html.tag(
        "p", html.words("strong", column.name.in_(language)), " ", escape(_in(column.text, language))
    )


def _static_block(block: Block) -> Iterable[str]:
    yield html.words("h5", block["title"])
    yield from (html.words("p", line) for line in block["lines"])
    if block["table"]:
        yield html.table(block["table"]["header"], block["table"]["rows"])
    yield from (html.words("p", line) for line in block["after"])
