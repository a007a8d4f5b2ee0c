"""What the codebook, the reference labels and the annotations must mean together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from backchannel.codebook import Codebook
from backchannel.errors import UsageError
from backchannel.tables import Finding, Tables, rows_of, split_list

SCALES = ("nominal", "ordinal")
LABEL_TABLES = ("reference_labels", "annotations")


def labels_are_in_the_codebook(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Dimensions and labels exist, and a set is written in the codebook's order."""
    for name in LABEL_TABLES:
        for number, row in rows_of(tables[name]):
            try:
                written = codebook[row["dimension"]].normalise(row["label"])
            except UsageError as error:
                sentence = str(error).rstrip(".")
                problem, _, remedy = sentence.partition("; ")
                if "," in row["label"]:
                    remedy = "separate the labels of a set by semicolons"
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
        if row["rule"] and row["rule"] not in _rules_of(codebook, row["dimension"]):
            problem = f"the rule {row['rule']!r} is not in the codebook under {row['dimension']}"
            yield Finding("reference_labels.csv", number, problem, "name a rule of this dimension")
        if bool(row["reason_en"]) != bool(row["reason_de"]):
            problem = f"the reason for {row['claim']} {row['dimension']} stands in one language only"
            yield Finding("reference_labels.csv", number, problem, "write it in English and German")
        if not row["reason_en"] and not (row["rule"] and row["status"] == "reference"):
            problem = f"the label of {row['claim']} in {row['dimension']} has no reason"
            remedy = "write reason_en and reason_de, citing the wording, or name a rule of the codebook"
            yield Finding("reference_labels.csv", number, problem, remedy)
    labelled = {claim for claim, _ in references}
    for claim in sorted(labelled):
        for dimension in codebook.by_id:
            if references[claim, dimension] != 1:
                problem = f"{claim} has {references[claim, dimension]} reference labels in {dimension}"
                yield Finding("reference_labels.csv", 0, problem, "give it exactly one")


def _rules_of(codebook: Codebook, dimension: str) -> set[str]:
    """Return the ids of a dimension's rules; a dimension that does not exist has none."""
    found = codebook.by_id.get(dimension)
    return {rule.id for rule in found.rules} if found else set()


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


def held_back(tables: Tables) -> set[str]:
    """Return the ids of the claims whose labels are kept for graded exercises."""
    claims = tables["claims"]
    return set(claims.loc[claims["held_back"].fillna(False), "id"])


def held_back_labels_stay_out(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A claim that is held back has no label in the course data, and no block of a lesson asks for it."""
    secret = held_back(tables)
    for name in LABEL_TABLES:
        for number, row in rows_of(tables[name][tables[name]["claim"].isin(secret)]):
            claim, dimension = row["claim"], row["dimension"]
            problem = f"the claim {claim} is held back, but its label in {dimension} stands here"
            remedy = "move the row to the key of the exercises, or set held_back to false"
            yield Finding(f"{name}.csv", number, problem, remedy)
    for number, row in rows_of(tables["blocks"]):
        for claim in split_list(row["claims"]):
            if claim in secret:
                problem = f"the block {row['id']} asks for {claim}, which is held back"
                yield Finding("blocks.csv", number, problem, "choose another claim")


def unfinished(tables: Tables) -> Iterator[str]:
    """Say in sentences which labels seem to be missing; labelling in progress looks alike."""
    yield from _claims_without_reference(tables)
    yield from _cells_of_one_annotator(tables)


def _claims_without_reference(tables: Tables) -> Iterator[str]:
    """A document of which some claims have reference labels and some have none."""
    home = dict(zip(tables["passages"]["id"], tables["passages"]["document"], strict=True))
    labelled, secret = set(tables["reference_labels"]["claim"]), held_back(tables)
    open_claims: dict[str, list[str]] = defaultdict(list)
    begun = set()
    for _, row in rows_of(tables["claims"]):
        document = home[row["passage"]]
        if row["id"] in labelled:
            begun.add(document)
        elif row["id"] not in secret:
            open_claims[document].append(row["id"])
    for document, claims in open_claims.items():
        if document in begun:
            yield (
                f"reference_labels.csv: {len(claims)} of the claims of {document} have no label, "
                f"the first is {claims[0]}; label them, or set held_back to true where the key has them."
            )


def _cells_of_one_annotator(tables: Tables) -> Iterator[str]:
    """Two annotators of whom one has labelled what the other has not."""
    cells: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for _, row in rows_of(tables["annotations"]):
        cells[row["annotator"]].add((row["claim"], row["dimension"]))
    for annotator, own in sorted(cells.items()):
        for other in sorted(cells.keys() - {annotator}):
            if lost := sorted(own - cells[other]):
                claim, dimension = lost[0]
                yield (
                    f"annotations.csv: {annotator} labelled {len(lost)} cells that {other} did not, "
                    f"the first is {claim} in {dimension}; agreement leaves them out."
                )
