"""What the tables about the subject must mean together: contacts, retellings, evidence, the Act, the quiz."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from backchannel.codebook import Codebook
from backchannel.tables import Finding, Tables, rows_of, split_list
from backchannel.tracks import Criteria, track_under


def sources_resolve(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Each source that a row or the codebook names is in the bibliography."""
    known = set(tables["sources"]["id"])
    for name, frame in tables.items():
        if "sources" not in frame.columns:
            continue
        for number, row in rows_of(frame):
            for source in split_list(row["sources"]):
                if source not in known:
                    problem = f"the source {source!r} is not in sources.csv"
                    yield Finding(f"{name}.csv", number, problem, "add it there or correct the id")
    for dimension in codebook.dimensions:
        for source in dimension.derived_from:
            if source not in known:
                problem = f"the dimension {dimension.id} derives from {source!r}, which is not in sources.csv"
                yield Finding("codebook.toml", 0, problem, "add it there or correct the id")


def questions_have_answers(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """A prediction has no right answer, every other question exactly one; twins name each other.

    Each answer has its reason. The questions of exercises show neither: their key is under ``solutions``.
    """
    right: dict[str, int] = defaultdict(int)
    options: dict[str, int] = defaultdict(int)
    secret = set(tables["quiz"]["id"][tables["quiz"]["form"] == "exercise"])
    for number, row in rows_of(tables["quiz_options"]):
        options[row["item"]] += 1
        right[row["item"]] += row["correct"] is True
        given = bool(row["reason_en"] and row["reason_de"])
        place = f"the answer {row['option']} of {row['item']}"
        if row["item"] in secret and (row["reason_en"] or row["reason_de"] or not pd.isna(row["correct"])):
            remedy = "move it to the key of the exercises"
            yield Finding("quiz_options.csv", number, f"{place} says whether it is right, or why", remedy)
        if row["item"] not in secret and not given:
            remedy = "write reason_en and reason_de"
            yield Finding("quiz_options.csv", number, f"{place} has no reason", remedy)
    twins = dict(zip(tables["quiz"]["id"], tables["quiz"]["parallel"], strict=True))
    for number, row in rows_of(tables["quiz"]):
        wanted = 0 if row["form"] in ("predict", "exercise") else 1
        if right[row["id"]] != wanted or options[row["id"]] < 2:
            problem = f"{row['id']} has {options[row['id']]} answers, {right[row['id']]} of them right"
            yield Finding(
                "quiz.csv", number, problem, f"it needs at least two answers, {wanted} of them right"
            )
        if row["parallel"] and twins.get(row["parallel"]) != row["id"]:
            problem = f"the twin {row['parallel']!r} of {row['id']} does not name it in return"
            yield Finding("quiz.csv", number, problem, "let both name each other")


def claims_resolve(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Each claim that a row names is in claims.csv."""
    known = set(tables["claims"]["id"])
    for name, frame in tables.items():
        if "claims" not in frame.columns:
            continue
        for number, row in rows_of(frame):
            for claim in split_list(row["claims"]):
                if claim not in known:
                    problem = f"the claim {claim!r} is not in claims.csv"
                    yield Finding(f"{name}.csv", number, problem, "correct the cell claims")


def blocks_ask_what_the_codebook_asks(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Each dimension of a block exists."""
    for number, row in rows_of(tables["blocks"]):
        for name in split_list(row["dimensions"]):
            if name not in codebook.by_id:
                problem = f"the block {row['id']} names the dimension {name!r}, which does not exist"
                yield Finding("blocks.csv", number, problem, f"use one of {', '.join(codebook.by_id)}")


ASKED_OF: Mapping[str, tuple[str, str]] = {
    "questions": ("quiz", "id"),
    "chains": ("claims", "id"),
    "sorter": ("contacts", "id"),
    "coverage": ("propositions", "id"),
    "hypotheses": ("evidence", "id"),
    "elements": ("logan_cases", "id"),
    "labels": ("blocks", "id"),
    "writing": ("prompts", "activity"),
}
"""Where the items of each kind of activity are; of labels and writing it is the activity's own name."""


def activities_ask_what_is_there(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """An activity belongs to a lesson that exists, and asks about rows that exist."""
    lessons = set(tables["lessons"]["id"])
    forms = dict(zip(tables["quiz"]["id"], tables["quiz"]["form"], strict=True))
    known = {kind: set(tables[name][column]) for kind, (name, column) in ASKED_OF.items()}
    for number, row in rows_of(tables["activities"]):
        if row["lesson"] not in lessons:
            problem = f"{row['id']} belongs to the lesson {row['lesson']}, which is not in lessons.csv"
            yield Finding("activities.csv", number, problem, "add the lesson or correct the number")
        kind, items = row["kind"], split_list(row["items"])
        by_name = kind in ("labels", "writing")
        for item in (row["id"],) if by_name else items:
            if item not in known.get(kind, {item}):
                problem = f"{row['id']} asks about {item!r}, which is not in {ASKED_OF[kind][0]}.csv"
                yield Finding("activities.csv", number, problem, "add it there or correct the id")
        for item in items if kind == "questions" else ():
            if forms.get(item, "task") != "task":
                problem = f"{row['id']} asks about {item!r}, which is not a question of the form task"
                yield Finding("activities.csv", number, problem, "use one of quiz.csv that is")
        if bool(items) == (by_name or kind == "debate"):
            wanted = "leave the cell items empty" if items else "name what it asks about in the cell items"
            yield Finding(
                "activities.csv", number, f"{row['id']} of the kind {kind} has {len(items)} items", wanted
            )


def tasks_ask_what_is_kept(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """The tasks of an exercise ask for labels that are held back and for questions without a key."""
    claims = tables["claims"]
    secret = set(claims["id"][claims["held_back"].fillna(False)])
    questions = set(tables["quiz"]["id"][tables["quiz"]["form"] == "exercise"])
    for number, row in rows_of(tables["tasks"]):
        items, dimensions = split_list(row["items"]), split_list(row["dimensions"])
        known = {"labels": secret, "questions": questions, "written": set()}[row["kind"]]
        what = {
            "labels": "a claim held back",
            "questions": "a question of an exercise",
            "written": "asked for",
        }
        for item in items:
            if item not in known:
                problem = f"{row['id']} asks about {item!r}, which is not {what[row['kind']]}"
                yield Finding("tasks.csv", number, problem, "correct the cell items")
        for dimension in dimensions:
            if dimension not in codebook.by_id:
                problem = f"{row['id']} asks for the dimension {dimension!r}, which does not exist"
                yield Finding("tasks.csv", number, problem, f"use one of {', '.join(codebook.by_id)}")
        if bool(items) == (row["kind"] == "written") or bool(dimensions) != (row["kind"] == "labels"):
            problem = (
                f"{row['id']} of the kind {row['kind']} has {len(items)} items, {len(dimensions)} dimensions"
            )
            yield Finding(
                "tasks.csv", number, problem, "labels need both, questions items, written tasks neither"
            )
        if not row["id"].startswith(f"ex{row['exercise']}-"):
            problem = f"{row['id']} does not begin with the number of its exercise {row['exercise']}"
            yield Finding("tasks.csv", number, problem, "correct the id or the exercise")


def grids_are_complete(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Where a row is judged under one heading of a grid, it is judged under all of them."""
    for name, rows, columns, all_columns in (
        ("contact_tracks", "contact", "definition", "track_definitions"),
        ("evidence_ratings", "evidence", "hypothesis", "hypotheses"),
        ("case_elements", "case", "element", "logan_elements"),
    ):
        wanted = list(tables[all_columns]["id"])
        for judged, group in tables[name].groupby(rows, sort=False):
            for missing in [column for column in wanted if column not in set(group[columns])]:
                problem = f"{judged} is judged, but not under {missing}"
                yield Finding(f"{name}.csv", int(group.index[0]), problem, f"add the row for {missing}")


def evidence_is_rated(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Each piece of evidence is held against the hypotheses."""
    rated = set(tables["evidence_ratings"]["evidence"])
    for number, row in rows_of(tables["evidence"]):
        if row["id"] not in rated:
            problem = f"{row['id']} is held against no hypothesis"
            yield Finding("evidence.csv", number, problem, "add its rows to evidence_ratings.csv")


def contacts_are_sorted(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Each contact has a word some document uses for it, and a track under each definition."""
    for name, problem in (
        ("contact_words", "has no word of a document"),
        ("contact_tracks", "is sorted under no definition"),
    ):
        known = set(tables[name]["contact"])
        for number, row in rows_of(tables["contacts"]):
            if row["id"] not in known:
                yield Finding("contacts.csv", number, f"{row['id']} {problem}", f"add it to {name}.csv")


def tracks_follow_from_the_criteria(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """The track of a contact under a definition is what the definition makes of its criteria."""
    criteria = {row["id"]: Criteria.of(row) for _number, row in rows_of(tables["contacts"])}
    for number, row in rows_of(tables["contact_tracks"]):
        verdict = track_under(row["definition"], criteria[row["contact"]])
        if (row["track"], row["because"]) != (verdict.track or "", verdict.because):
            found, expected = row["track"] or "no track", verdict.track or "no track"
            problem = (
                f"{row['contact']} has {found} ({row['because']}) under {row['definition']}, but its "
                f"criteria give {expected} ({verdict.because})"
            )
            yield Finding("contact_tracks.csv", number, problem, "correct the track or the criteria")


def words_stand_in_their_document(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """The passage of a contact's word belongs to the document that is named."""
    home = dict(zip(tables["passages"]["id"], tables["passages"]["document"], strict=True))
    for name in ("contact_words", "tokens"):
        for number, row in rows_of(tables[name]):
            if home[row["passage"]] != row["document"]:
                problem = f"the passage {row['passage']} is not in {row['document']}"
                yield Finding(f"{name}.csv", number, problem, "correct the passage or the document")


def retellings_fit_their_claims(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """What is kept or changed names claims of its document; what is dropped names none."""
    for number, row in rows_of(tables["retellings"]):
        claims, place = split_list(row["claims"]), f"{row['proposition']} in {row['document']}"
        if (row["treatment"] == "dropped") == bool(claims):
            problem = f"{place} is {row['treatment']} and names {len(claims)} claims"
            yield Finding(
                "retellings.csv",
                number,
                problem,
                "name the claims where it is told, and none where it is dropped",
            )
        if (row["treatment"] == "changed") != bool(row["change"]):
            problem = f"{place} is {row['treatment']}, with the change {row['change']!r}"
            yield Finding(
                "retellings.csv",
                number,
                problem,
                "name the kind of change where it is changed, and only there",
            )
        for claim in claims:
            if claim.split("-")[0] != row["document"]:
                problem = f"the claim {claim} does not stand in {row['document']}"
                yield Finding("retellings.csv", number, problem, "name it in the row of its own document")


def elements_are_those_of_the_codebook(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """The elements of the Act are the labels students give; a dossier without that dimension has none."""
    dimension = codebook.by_id.get("logan_elements")
    labels = set(dimension.label_ids) - {"none"} if dimension else set()
    for number, row in rows_of(tables["logan_elements"]):
        if row["id"] not in labels:
            problem = f"the element {row['id']!r} is no label of the dimension logan_elements"
            yield Finding("logan_elements.csv", number, problem, "use the label ids of codebook.toml")


def convictions_need_an_indictment(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """Nobody is convicted who was not indicted, and kind and column agree on who was."""
    for number, row in rows_of(tables["logan_cases"]):
        if row["convicted"] and not row["indicted"]:
            problem = f"{row['id']} has a conviction without an indictment"
            yield Finding("logan_cases.csv", number, problem, "correct indicted or convicted")
        if row["indicted"] != (row["kind"] == "indictment"):
            problem = (
                f"{row['id']} is of the kind {row['kind']}, but indicted says {str(row['indicted']).lower()}"
            )
            yield Finding("logan_cases.csv", number, problem, "correct kind or indicted")


def arguments_answer_one_another(tables: Tables, _: Codebook) -> Iterator[Finding]:
    """An answer names another argument, of another position, and no row of answers runs in a circle."""
    rows = {row["id"]: (number, row) for number, row in rows_of(tables["logan_arguments"])}
    for name, (number, row) in rows.items():
        answered = row["answers"]
        if not answered:
            continue
        if answered not in rows:
            problem = f"{name} answers {answered!r}, which does not exist"
            yield Finding("logan_arguments.csv", number, problem, "correct the cell answers")
            continue
        if rows[answered][1]["position"] == row["position"]:
            problem = f"{name} answers {answered}, which argues for the same"
            yield Finding(
                "logan_arguments.csv", number, problem, "let it answer an argument of another position"
            )
        seen = {name}
        while answered in rows and answered not in seen:
            seen.add(answered)
            answered = rows[answered][1]["answers"]
        if answered == name:
            problem = f"the answers that lead on from {name} come back to it"
            yield Finding(
                "logan_arguments.csv", number, problem, "let an argument answer an earlier one only"
            )
