"""What the tables must mean together, beyond what their schema says; one small function a rule."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from backchannel.codebook import Codebook
from backchannel.errors import DataError, UsageError
from backchannel.markup import claim_positions, parse, quotations
from backchannel.tables import Finding, rows_of

Tables = Mapping[str, pd.DataFrame]
QUOTE_WORDS = 12
SCALES = ("nominal", "ordinal")
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
            yield Finding("documents.csv", number, problem, "restore the missing rows or correct the number")


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
                state = "marks claim" if position in carried else "does not mark claim"
                problem = f"{column} of {row['id']} {state} {position}, unlike claims.csv"
                yield Finding(
                    "passages.csv", number, problem, "mark each claim of the passage in both readings"
                )


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


def labels_are_in_the_codebook(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Dimensions and labels exist, and a set is written in the codebook's order."""
    for name in ("reference_labels", "annotations"):
        for number, row in rows_of(tables[name]):
            try:
                written = codebook[row["dimension"]].normalise(row["label"])
            except UsageError as error:
                sentence = str(error).rstrip(".")
                problem, _, remedy = sentence.partition("; ")
                yield Finding(f"{name}.csv", number, problem[0].lower() + problem[1:], remedy)
                continue
            if written != row["label"]:
                problem = f"the set {row['label']!r} is not in the codebook's order"
                yield Finding(f"{name}.csv", number, problem, f"write it {written}")


def references_are_complete(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """A claim labelled in one dimension is labelled in all, once, and each label has its reason."""
    references: dict[tuple[str, str], int] = defaultdict(int)
    for number, row in rows_of(tables["reference_labels"]):
        references[row["claim"], row["dimension"]] += row["status"] == "reference"
        if row["rule"] and row["rule"] not in codebook.rules:
            problem = f"the rule {row['rule']!r} is not in the codebook"
            yield Finding("reference_labels.csv", number, problem, "name a rule of codebook.toml")
        if bool(row["reason_en"]) != bool(row["reason_de"]):
            problem = f"the reason for {row['claim']} {row['dimension']} stands in one language only"
            yield Finding("reference_labels.csv", number, problem, "write it in English and German")
        if not row["reason_en"] and not (row["rule"] and row["status"] == "reference"):
            problem = f"the label of {row['claim']} in {row['dimension']} has no reason"
            yield Finding("reference_labels.csv", number, problem, "write the reason, citing the wording")
    labelled = {claim for claim, _ in references}
    for claim in sorted(labelled):
        for dimension in codebook.by_id:
            if references[claim, dimension] != 1:
                problem = f"{claim} has {references[claim, dimension]} reference labels in {dimension}"
                yield Finding("reference_labels.csv", 0, problem, "give it exactly one")


def codebook_holds_together(_: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Ids are given once, scales exist, and missing values and confusions name labels of their dimension."""
    ids = {
        "dimension": [dimension.id for dimension in codebook.dimensions],
        "rule": [rule.id for dimension in codebook.dimensions for rule in dimension.rules],
    }
    ids |= {f"label of {dimension.id}": list(dimension.label_ids) for dimension in codebook.dimensions}
    for kind, given in ids.items():
        for repeated in [one for one, times in Counter(given).items() if times > 1]:
            problem = f"the id {repeated!r} is given to more than one {kind}"
            yield Finding("codebook.toml", 0, problem, "give each an id of its own")
    for dimension in codebook.dimensions:
        if dimension.scale not in SCALES:
            problem = f"the dimension {dimension.id} has the scale {dimension.scale!r}"
            yield Finding("codebook.toml", 0, problem, f"use one of {', '.join(SCALES)}")
        named = (*dimension.missing, *(label for pair in dimension.confusions for label in pair.labels))
        for label in dict.fromkeys(named):
            if label not in dimension.label_ids:
                problem = f"the dimension {dimension.id} speaks of {label!r}, which is none of its labels"
                yield Finding("codebook.toml", 0, problem, f"use one of {', '.join(dimension.label_ids)}")


def sources_resolve(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Each source that a row or the codebook names is in the bibliography."""
    known = set(tables["sources"]["id"])
    for name, frame in tables.items():
        if "sources" not in frame.columns:
            continue
        for number, row in rows_of(tables[name]):
            for source in filter(None, (part.strip() for part in row["sources"].split(";"))):
                if source not in known:
                    problem = f"the source {source!r} is not in sources.csv"
                    yield Finding(f"{name}.csv", number, problem, "add it there or correct the id")
    for dimension in codebook.dimensions:
        for source in dimension.derived_from:
            if source not in known:
                problem = f"the dimension {dimension.id} derives from {source!r}, which is not in sources.csv"
                yield Finding("codebook.toml", 0, problem, "add it there or correct the id")


def questions_have_answers(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A prediction has no right answer, every other question exactly one; twins name each other."""
    right: dict[str, int] = defaultdict(int)
    options: dict[str, int] = defaultdict(int)
    for _number, row in rows_of(tables["quiz_options"]):
        options[row["item"]] += 1
        right[row["item"]] += row["correct"] is True
    twins = dict(zip(tables["quiz"]["id"], tables["quiz"]["parallel"], strict=True))
    for number, row in rows_of(tables["quiz"]):
        wanted = 0 if row["form"] == "predict" else 1
        if right[row["id"]] != wanted or options[row["id"]] < 2:
            problem = f"{row['id']} has {options[row['id']]} answers, {right[row['id']]} of them right"
            yield Finding(
                "quiz.csv", number, problem, f"it needs at least two answers, {wanted} of them right"
            )
        if row["parallel"] and twins.get(row["parallel"]) != row["id"]:
            problem = f"the twin {row['parallel']!r} of {row['id']} does not name it in return"
            yield Finding("quiz.csv", number, problem, "let both name each other")


def blocks_resolve(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Each claim and dimension of a block exists."""
    claims = set(tables["claims"]["id"])
    for number, row in rows_of(tables["blocks"]):
        for column, known in (("claims", claims), ("dimensions", set(codebook.by_id))):
            for name in filter(None, (part.strip() for part in row[column].split(";"))):
                if name not in known:
                    problem = f"the block {row['id']} names {name!r}, which does not exist"
                    yield Finding("blocks.csv", number, problem, f"correct the cell {column}")


RULES: tuple[Callable[[Tables, Codebook], Iterator[Finding]], ...] = (
    ids_follow_their_parents,
    positions_are_complete,
    passages_are_counted,
    readings_carry_their_claims,
    retelling_uses_no_quotation_marks,
    quotations_are_short,
    claims_have_an_origin,
    codebook_holds_together,
    labels_are_in_the_codebook,
    references_are_complete,
    sources_resolve,
    questions_have_answers,
    blocks_resolve,
)


def check_meaning(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Yield what every rule finds, in the order of ``RULES``."""
    for rule in RULES:
        yield from rule(tables, codebook)
