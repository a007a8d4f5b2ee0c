"""What a grid of judgements says once some of it is judged: blocks of lines and a table, in one language.

Both renderings of the widget show the same blocks. A block is ``{title, lines, table, after}``; a table is
``{header, rows, row_names}`` of text, where ``row_names`` are the long forms of the first cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import shorten
from typing import Any

import pandas as pd

from backchannel import hypotheses
from backchannel.grids import EXCEPTION, ElementResult, GridSession, Heading, element_result
from backchannel.words import Language, say, section_words

Block = dict[str, Any]


def root_name(root: str, language: Language) -> str:
    """Return the name of a root of evidence; one without a name shows its id."""
    return section_words("roots", language).get(root, root.replace("-", " "))


def result(session: GridSession, language: Language) -> list[Block]:
    """Return what follows from the judgements so far; nothing before there is enough of them."""
    if session.grid.kind == "elements":
        return [
            _element_block(session, case, language) for case in session.grid.columns if _begun(session, case)
        ]
    if not session.complete_rows:
        return []
    if session.grid.kind == "coverage":
        return [_counts(session, language)]
    own, course = session.ratings("own"), session.ratings("course")
    if own.empty:
        return []
    return [
        _diagnosticity(session, own, course, language),
        _inconsistency(session, own, course, language),
        _sensitivity(session, own, course, language),
    ]


def _block(title: str, lines: Iterable[str], table: Any = None, after: Iterable[str] = ()) -> Block:
    return {"title": title, "lines": list(lines), "table": table, "after": list(after)}


def _table(header: Sequence[str], rows: Iterable[Sequence[object]], names: Iterable[str] = ()) -> Block:
    return {
        "header": list(header),
        "rows": [[str(cell) for cell in row] for row in rows],
        "row_names": list(names),
    }


# --- coverage ------------------------------------------------------------------------------------------


def _counts(session: GridSession, language: Language) -> Block:
    """Count the choices for each document, yours and the course's, in the complete rows."""
    cells, choices = session.compared(), session.grid.choices
    you, course = say("grid.you", language), say("grid.the_course", language)
    names = [say(f"grid.choice_{choice}", language) for choice in choices]
    rows = []
    for column in session.grid.columns:
        of_it = cells[cells["column"] == column.id]
        counts = [
            f"{(of_it['own'] == choice).sum()} · {(of_it['course'] == choice).sum()}" for choice in choices
        ]
        rows.append([column.name.in_(language), *counts])
    header = [say("grid.counts_document", language), *(f"{name}: {you} · {course}" for name in names)]
    same = int((cells["own"] == cells["course"]).sum())
    return _block(
        say("grid.counts_title", language),
        [say("grid.counts_about", language)],
        _table(header, rows),
        [say("grid.counts_agree", language, same=same, of=len(cells))],
    )


# --- hypotheses ----------------------------------------------------------------------------------------


def _diagnosticity(
    session: GridSession, own: pd.DataFrame, course: pd.DataFrame, language: Language
) -> Block:
    yours = hypotheses.diagnosticity(own)
    theirs = hypotheses.diagnosticity(course).set_index("evidence")["diagnosticity"]
    names = {row.id: shorten(row.name.in_(language), 90, placeholder=" …") for row in session.grid.rows}
    numbers = {row.id: str(number) for number, row in enumerate(session.grid.rows, start=1)}
    telling = yours[yours["diagnosticity"] > 0]
    nothing = [numbers[evidence] for evidence in yours[yours["diagnosticity"] == 0]["evidence"]]
    rows = [
        (
            f"{numbers[evidence]} · {names[evidence]}",
            _number(step, language),
            _number(theirs[evidence], language),
        )
        for evidence, step in zip(telling["evidence"], telling["diagnosticity"], strict=True)
    ]
    header = [say(f"grid.{key}", language) for key in ("evidence", "you", "the_course")]
    after = [say("grid.diagnosticity_none", language, evidence=", ".join(nothing))] if nothing else []
    return _block(
        say("grid.diagnosticity_title", language),
        [say("grid.diagnosticity_about", language)],
        _table(header, rows) if rows else None,
        after,
    )


def _number(value: float, language: Language) -> str:
    written = f"{value:.1f}"
    return written.replace(".", ",") if language == "de" else written


def _inconsistency(
    session: GridSession, own: pd.DataFrame, course: pd.DataFrame, language: Language
) -> Block:
    yours, theirs = hypotheses.inconsistency(own), hypotheses.inconsistency(course)
    course_score = theirs.set_index("hypothesis")["inconsistency"]
    names = {column.id: column for column in session.grid.columns}
    rows = [
        (names[name].name.in_(language), against, course_score[name], support, neutral)
        for name, against, support, neutral, _leads in yours.to_numpy().tolist()
    ]
    keys = ("hypothesis", "against_you", "against_course", "for_you", "neutral_you")
    statements = [_statement(names[name], language) for name in yours["hypothesis"]]
    return _block(
        say("grid.inconsistency_title", language),
        [say("grid.inconsistency_about", language)],
        _table([say(f"grid.{key}", language) for key in keys], rows, statements),
        [
            say("grid.lead_you", language, names=_leaders(yours, session, language)),
            say("grid.lead_course", language, names=_leaders(theirs, session, language)),
            say("grid.inconsistency_caution", language),
        ],
    )


def _statement(column: Heading, language: Language) -> str:
    return column.text.in_(language) if column.text else ""


def _leaders(scores: pd.DataFrame, session: GridSession, language: Language) -> str:
    leading = set(scores[scores["leads"]]["hypothesis"])
    return ", ".join(c.name.in_(language) for c in session.grid.columns if c.id in leading)


def _sensitivity(session: GridSession, own: pd.DataFrame, course: pd.DataFrame, language: Language) -> Block:
    title, about = (say(f"grid.sensitivity_{key}", language) for key in ("title", "about"))
    yours = hypotheses.sensitivity(own)
    if yours.empty:
        return _block(title, [about], None, [say("grid.sensitivity_one", language)])
    rows = []
    names = {column.id: column.name.in_(language) for column in session.grid.columns}
    for root, part in _by_root(yours).items():
        leading = ", ".join(names[cell["hypothesis"]] for cell in part if cell["leads"])
        then = leading if part[0]["changes"] else say("grid.lead_stays", language)
        scores = [cell["inconsistency"] for cell in part]
        rows.append([root_name(root, language), part[0]["pieces"], *scores, then])
    header = [say("grid.without", language), say("grid.pieces", language), *names.values()]
    after = [
        _changing(yours, "sensitivity_changes", "sensitivity_stays", language),
        _changing(hypotheses.sensitivity(course), "sensitivity_course", "sensitivity_course_stays", language),
    ]
    return _block(title, [about], _table([*header, say("grid.then_leads", language)], rows), after)


def _by_root(table: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in table.to_dict("records"):
        found.setdefault(cell["root"], []).append({str(key): value for key, value in cell.items()})
    return found


def _changing(table: pd.DataFrame, key: str, otherwise: str, language: Language) -> str:
    roots = table[table["changes"].astype(bool)]["root"].unique()
    if not len(roots):
        return say(f"grid.{otherwise}", language)
    return say(f"grid.{key}", language, roots=", ".join(root_name(root, language) for root in roots))


# --- elements ------------------------------------------------------------------------------------------


def _begun(session: GridSession, case: Heading) -> bool:
    return any(session.value(row.id, case.id) for row in session.grid.rows)


def _element_block(session: GridSession, case: Heading, language: Language) -> Block:
    findings = {row.id: session.value(row.id, case.id) for row in session.grid.rows}
    found = element_result(findings)
    title = case.name.in_(language)
    return _block(
        title, element_sentences(session, found, language), None, _otherwise(session, case, language)
    )


def element_sentences(session: GridSession, found: ElementResult, language: Language) -> list[str]:
    """Say in words which elements are met, which decide and what remains open; no verdict."""
    names = {row.id: row.name.in_(language) for row in session.grid.rows}

    def listed(key: str, elements: Iterable[str]) -> str:
        return say(f"grid.{key}", language, elements=", ".join(names[element] for element in elements))

    met = [element for element in found.met if element != EXCEPTION]
    lacking = [
        say("grid.element_exempt", language)
        if element == EXCEPTION
        else say("grid.element_lacks", language, element=names[element])
        for element in found.missing
    ]
    lines = [
        listed("element_met", met) if met else "",
        say("grid.element_exception_clear", language) if EXCEPTION in found.met else "",
        say("grid.element_missing", language, elements=", ".join(lacking)) if lacking else "",
        listed("element_still_arguable" if lacking else "element_turns", found.turns_on)
        if found.turns_on
        else "",
        listed("element_unknown", found.unknown) if found.unknown else "",
        listed("element_open", found.open) if found.open else "",
        say("grid.element_all", language) if len(found.met) == len(names) else "",
    ]
    return [line for line in lines if line]


def _otherwise(session: GridSession, case: Heading, language: Language) -> list[str]:
    """Name the elements of a case, as far as judged, which the course reads otherwise."""
    cells = session.compared()
    differ = cells[(cells["column"] == case.id) & (cells["own"] != cells["course"])]
    pairs = [
        say(
            "grid.element_pair",
            language,
            element=session.grid.row(row).name.in_(language),
            own=say(f"grid.choice_{own}", language),
            course=say(f"grid.choice_{course}", language),
        )
        for row, own, course in zip(differ["row"], differ["own"], differ["course"], strict=True)
    ]
    return [say("grid.element_course", language, elements="; ".join(pairs))] if pairs else []
