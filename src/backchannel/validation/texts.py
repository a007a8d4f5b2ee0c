"""What documents, passages, claims and chains must mean together, beyond what their schema says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pandas as pd

from backchannel.codebook import Codebook
from backchannel.errors import DataError
from backchannel.markup import claim_positions, parse, quotations
from backchannel.tables import Finding, Tables, rows_of

QUOTE_WORDS = 12
_LOST_MARK = re.compile(r"\?[^\W\d_]")
_MARKS = re.compile("[\"'„“”‚‘«»]")


def ids_follow_their_parents(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A passage's id begins with its document's, a claim's is its passage's and its position."""
    for number, row in rows_of(tables["passages"]):
        if not row["id"].startswith(f"{row['document']}-p"):
            problem = f"the id {row['id']!r} does not begin with its document {row['document']}"
            yield Finding("passages.csv", number, problem, "correct the id or the document")
    for number, row in rows_of(tables["claims"]):
        if row["id"] != f"{row['passage']}-{row['position']}":
            problem = f"the id {row['id']!r} is not made of its passage and position"
            yield Finding("claims.csv", number, problem, f"it should be {row['passage']}-{row['position']}")


def positions_are_complete(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Positions run 1, 2, 3 … within their document, passage or claim."""
    for name, group, position in (
        ("passages", "document", "position"),
        ("claims", "passage", "position"),
        ("attributions", "claim", "hop"),
    ):
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, row in rows_of(tables[name]):
            found[row[group]].append((int(row[position]), number))
        for owner, places in found.items():
            for expected, (place, number) in enumerate(sorted(places), start=1):
                if place != expected:
                    problem = f"{owner} has {position} {place} where {expected} is expected"
                    yield Finding(f"{name}.csv", number, problem, "number them 1, 2, 3 without gaps")
                    break


def passages_are_counted(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A document says how many passages it has, so that a lost row is noticed."""
    counts = tables["passages"]["document"].value_counts()
    for number, row in rows_of(tables["documents"]):
        have = int(counts.get(row["id"], 0))
        if have != int(row["passages"]):
            problem = f"{row['id']} declares {row['passages']} passages but passages.csv has {have}"
            remedy = f"write {have} in the cell passages, or restore the missing rows"
            yield Finding("documents.csv", number, problem, remedy)


def passages_lie_in_order(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Passages have both offsets or none, and follow one another in the original without overlap."""
    ends: dict[str, int] = {}
    for number, row in rows_of(tables["passages"].sort_values(["document", "position"])):
        start, end = row["start"], row["end"]
        if pd.isna(start) and pd.isna(end):
            continue
        if pd.isna(start) or pd.isna(end):
            problem = f"{row['id']} has only one of start and end"
            yield Finding("passages.csv", number, problem, "give both or leave both empty")
            continue
        before = ends.get(row["document"], 0)
        if not before <= start < end:
            problem = f"{row['id']} runs from {start} to {end}, but the text before it ends at {before}"
            yield Finding(
                "passages.csv", number, problem, "let each passage begin where the one before has ended"
            )
        ends[row["document"]] = max(before, int(end))


def readings_carry_their_claims(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Each reading is well marked up and carries just the claims of its passage."""
    expected: dict[str, set[int]] = defaultdict(set)
    for _number, row in rows_of(tables["claims"]):
        expected[row["passage"]].add(int(row["position"]))
    for number, row in rows_of(tables["passages"]):
        for column in ("reading_en", "reading_de"):
            try:
                carried = set(claim_positions(row[column]))
            except DataError as error:
                remedy = "correct the markup of the reading"
                yield Finding("passages.csv", number, f"in {column} of {row['id']} {error}", remedy)
                continue
            for position in sorted(carried ^ expected[row["id"]]):
                marked = position in carried
                state = "marks claim" if marked else "does not mark claim"
                problem = f"{column} of {row['id']} {state} {position}, unlike claims.csv"
                add = f"add the claim {row['id']}-{position} to claims.csv, or take the mark away"
                mark = f"mark its words with {{{position}|…}}, or remove the claim"
                yield Finding("passages.csv", number, problem, add if marked else mark)


def retelling_uses_no_quotation_marks(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Our own words never stand between quotation marks: only «…» in a reading quotes."""
    for number, row in rows_of(tables["claims"]):
        for column in ("claim_en", "claim_de"):
            if _MARKS.search(row[column]):
                problem = f"{column} of {row['id']} has quotation marks around our own words"
                yield Finding("claims.csv", number, problem, "say it without; the column quote may quote")
    for number, row in rows_of(tables["passages"]):
        for column in ("reading_en", "reading_de"):
            try:
                segments = parse(row[column])
            except DataError:
                continue
            if any(_MARKS.search(segment.text) for segment in segments if segment.form != "verbatim"):
                problem = f"{column} of {row['id']} has quotation marks around our own words"
                yield Finding("passages.csv", number, problem, "use ⟦…⟧ for speech that is retold")


def marks_are_not_lost(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A question mark right before a letter is what some programs leave of ⟦ and «."""
    for number, row in rows_of(tables["passages"]):
        for column in ("reading_en", "reading_de"):
            if _LOST_MARK.search(row[column]):
                problem = f"{column} of {row['id']} has a question mark right before a letter"
                remedy = (
                    "a mark such as ⟦ or « was lost when the file was saved; take it from an earlier copy"
                )
                yield Finding("passages.csv", number, problem, remedy)


def quotations_are_short(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A quotation has at most twelve words."""
    for number, row in rows_of(tables["claims"]):
        if len(row["quote"].split()) > QUOTE_WORDS:
            problem = f"the quotation of {row['id']} has more than {QUOTE_WORDS} words"
            yield Finding("claims.csv", number, problem, "quote only the words that are the matter")
    for number, row in rows_of(tables["passages"]):
        for column in ("reading_en", "reading_de"):
            try:
                found = quotations(row[column])
            except DataError:  # reported by readings_carry_their_claims
                continue
            if any(len(quotation.split()) > QUOTE_WORDS for quotation in found):
                problem = f"a quotation in {column} of {row['id']} has more than {QUOTE_WORDS} words"
                yield Finding("passages.csv", number, problem, "retell the rest in our own words")


def claims_have_an_origin(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Each claim has at least one hop."""
    known = set(tables["attributions"]["claim"])
    for number, row in rows_of(tables["claims"]):
        if row["id"] not in known:
            problem = f"the claim {row['id']} has no row in attributions.csv"
            yield Finding("claims.csv", number, problem, "add at least hop 1, who prints it")


def chains_do_not_turn_back(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """No mouth stands twice in one chain, since a chain leads from the page to the origin."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for number, row in rows_of(tables["attributions"].sort_values(["claim", "hop"])):
        mouths = told[row["claim"]]
        if row["actor"] in mouths:
            problem = (
                f"the chain of {row['claim']} comes back to {row['actor']}, which is its hop "
                f"{mouths[row['actor']]} already"
            )
            yield Finding("attributions.csv", number, problem, "name each mouth once, the origin last")
        mouths.setdefault(row["actor"], int(row["hop"]))


def days_exist(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Dates are days of the calendar, and a date that is exact to the day names the day."""
    for name, frame in tables.items():
        for number, row in rows_of(frame):
            for column in ("date", "date_end"):
                day = str(row.get(column, ""))
                if day and not _is_day(day):
                    problem = f"the cell {column} holds {day!r}, which is no date of the calendar"
                    yield Finding(f"{name}.csv", number, problem, "write it like 2024-05-21, 2024-05 or 2024")
            exact = row.get("precision") == "day" or row.get("date_precision") == "day"
            if exact and len(row["date"]) != len("2024-05-21"):
                problem = f"the cell date holds {row['date']!r}, but its precision is day"
                yield Finding(f"{name}.csv", number, problem, "write the day, or another precision")


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat((day + "-01-01")[: len("2024-05-21")] if len(day) < len("2024-05-21") else day)
    except ValueError:
        return False
    return True
