"""What the tables mean together: for each rule a planted fault is found, in its place, with a remedy."""

from __future__ import annotations

import json

import pytest

from backchannel import validation
from backchannel.dossier import inspect
from backchannel.errors import DataError
from backchannel.validation.labels import unfinished


def _exercise(package, **cells):
    """Give the small dossier an exercise with one task."""
    package.append("exercises", id="01", title_en="The bridge", title_de="Die Brücke", minutes="40")
    task = {"id": "ex01-1", "exercise": "01", "position": "1", "kind": "labels", "points": "5"}
    package.append("tasks", **task | {"title_en": "Labels", "title_de": "Labels"} | cells)


FOUND_BY = {
    "ids_follow_their_parents": [
        (
            lambda package: package.set("passages", 1, document="d2"),
            "passages.csv, row 3: the id 'd1-p02' does not begin with its document d2; "
            "correct the id or the document.",
        ),
        (
            lambda package: package.set("claims", 1, position="7"),
            "claims.csv, row 3: the id 'd1-p02-1' is not made of its passage and position; "
            "it should be d1-p02-7.",
        ),
    ],
    "positions_are_complete": [
        (
            lambda package: package.set("passages", 3, position="4"),
            "passages.csv, row 5: d2 has position 4 where 2 is expected; number them 1, 2, 3 without gaps.",
        ),
        (
            lambda package: package.set("claims", 2, position="3"),
            "claims.csv, row 4: d1-p02 has position 3 where 2 is expected; number them 1, 2, 3 without gaps.",
        ),
        (
            lambda package: package.set("attributions", 6, hop="3"),
            "attributions.csv, row 8: d1-p02-1 has hop 3 where 2 is expected; "
            "number them 1, 2, 3 without gaps.",
        ),
    ],
    "passages_are_counted": [
        (
            lambda package: package.set("documents", 1, passages="3"),
            "documents.csv, row 3: d2 declares 3 passages but passages.csv has 2; "
            "write 2 in the cell passages, or restore the missing rows.",
        ),
        (
            lambda package: package.set("documents", 0, passages="0"),
            "documents.csv, row 2: d1 declares 0 passages but passages.csv has 2; "
            "write 2 in the cell passages, or restore the missing rows.",
        ),
    ],
    "readings_carry_their_claims": [
        (
            lambda package: package.set("passages", 0, reading_de="Gespräche über die Brücke"),
            "passages.csv, row 2: reading_de of d1-p01 does not mark claim 1, unlike claims.csv; "
            "mark its words with {1|…}, or remove the claim.",
        ),
        (
            lambda package: package.set("passages", 0, reading_en="{1|Talks} {2|again}"),
            "passages.csv, row 2: reading_en of d1-p01 marks claim 2, unlike claims.csv; "
            "add the claim d1-p01-2 to claims.csv, or take the mark away.",
        ),
        (
            lambda package: package.set("passages", 2, reading_en="{1|They go on."),
            "passages.csv, row 4: in reading_en of d2-p01 a mark is opened and never closed; "
            "correct the markup of the reading.",
        ),
    ],
    "retelling_uses_no_quotation_marks": [
        (
            lambda package: package.set("passages", 0, reading_de="{1|„Gespräche“ über die Brücke}"),
            "passages.csv, row 2: reading_de of d1-p01 has quotation marks around our own words; "
            "use ⟦…⟧ for speech that is retold.",
        ),
        (
            lambda package: package.set("passages", 0, reading_en="{1|⟦'Talks'⟧ about the bridge}"),
            "passages.csv, row 2: reading_en of d1-p01 has quotation marks around our own words; "
            "use ⟦…⟧ for speech that is retold.",
        ),
        (
            lambda package: package.set("claims", 3, claim_en="The “talks” go on."),
            "claims.csv, row 5: claim_en of d2-p01-1 has quotation marks around our own words; "
            "say it without; the column quote may quote.",
        ),
    ],
    "quotations_are_short": [
        (
            lambda package: package.set(
                "claims", 2, quote="one two three four five six seven eight nine ten 11 12 13"
            ),
            "claims.csv, row 4: the quotation of d1-p02-2 has more than 12 words; "
            "quote only the words that are the matter.",
        ),
        (
            lambda package: package.set("passages", 0, reading_en="{1|a «1 2 3 4 5 6} 7 8 9 10 11 12 13»"),
            "passages.csv, row 2: a quotation in reading_en of d1-p01 has more than 12 words; "
            "retell the rest in our own words.",
        ),
    ],
    "claims_have_an_origin": [
        (
            lambda package: package.drop("attributions", 3),
            "claims.csv, row 5: the claim d2-p01-1 has no row in attributions.csv; "
            "add at least hop 1, who prints it.",
        ),
    ],
    "codebook_holds_together": [
        (
            lambda package: package.replace("codebook.toml", 'id="indirect"', 'id="direct"'),
            "codebook.toml: the id 'direct' is given to more than one label of form; "
            "give each an id of its own.",
        ),
        (
            lambda package: package.replace("codebook.toml", 'id="naming-roles"', 'id="form-marks"'),
            "codebook.toml: the id 'form-marks' is given to more than one rule; give each an id of its own.",
        ),
        (
            lambda package: package.replace("codebook.toml", 'id = "naming"', 'id = "form"'),
            "codebook.toml: the id 'form' is given to more than one dimension; give each an id of its own.",
        ),
        (
            lambda package: package.replace("codebook.toml", '"ordinal"', '"ordered"'),
            "codebook.toml: the dimension naming has the scale 'ordered'; use one of nominal, ordinal.",
        ),
        (
            lambda package: package.replace("codebook.toml", '["unknown"]', '["unclear"]'),
            "codebook.toml: the dimension naming speaks of 'unclear', which is none of its labels; "
            "use one of named, described, none, unknown.",
        ),
        (
            lambda package: package.replace("codebook.toml", '["direct", "indirect"]', '["direct", "free"]'),
            "codebook.toml: the dimension form speaks of 'free', which is none of its labels; "
            "use one of direct, indirect, author.",
        ),
    ],
    "labels_are_in_the_codebook": [
        (
            lambda package: package.set("reference_labels", 0, label="hearsay"),
            "reference_labels.csv, row 2: the label 'hearsay' does not exist in the dimension form; "
            "use one of direct, indirect, author.",
        ),
        (
            lambda package: package.set("annotations", 1, dimension="mood"),
            "annotations.csv, row 3: the dimension 'mood' is not in the codebook; "
            "use one of form, naming, elements.",
        ),
        (
            lambda package: package.set("reference_labels", 5, label="authority;citizen"),
            "reference_labels.csv, row 7: the set 'authority;citizen' is not in the codebook's order; "
            "write it citizen;authority.",
        ),
        (
            lambda package: package.set("reference_labels", 0, label="direct;author"),
            "reference_labels.csv, row 2: the dimension form takes one label, but several were given; "
            "choose one.",
        ),
        (
            lambda package: package.set("reference_labels", 5, label="citizen;none"),
            "reference_labels.csv, row 7: in elements the label none stands alone; "
            "leave it out or use it alone.",
        ),
    ],
    "references_are_complete": [
        (
            lambda package: package.drop("reference_labels", 1),
            "reference_labels.csv: d1-p01-1 has 0 reference labels in naming; give it exactly one.",
        ),
        (
            lambda package: package.set("reference_labels", 18, status="reference"),
            "reference_labels.csv: d1-p02-2 has 2 reference labels in form; give it exactly one.",
        ),
        (
            lambda package: package.set("reference_labels", 0, rule="form-guess"),
            "reference_labels.csv, row 2: the rule 'form-guess' is not in the codebook under form; "
            "name a rule of this dimension.",
        ),
        (
            lambda package: package.set("reference_labels", 1, rule="form-marks"),
            "reference_labels.csv, row 3: the rule 'form-marks' is not in the codebook under naming; "
            "name a rule of this dimension.",
        ),
        (
            lambda package: package.set("reference_labels", 0, reason_de=""),
            "reference_labels.csv, row 2: the reason for d1-p01-1 form stands in one language only; "
            "write it in English and German.",
        ),
        (
            lambda package: package.set("reference_labels", 0, reason_en="", reason_de=""),
            "reference_labels.csv, row 2: the label of d1-p01-1 in form has no reason; "
            "write reason_en and reason_de, citing the wording, or name a rule of the codebook.",
        ),
        (
            lambda package: package.set(
                "reference_labels", 18, reason_en="", reason_de="", rule="form-marks"
            ),
            "reference_labels.csv, row 20: the label of d1-p02-2 in form has no reason; "
            "write reason_en and reason_de, citing the wording, or name a rule of the codebook.",
        ),
    ],
    "sources_resolve": [
        (
            lambda package: package.set("events", 0, sources="source-style; source-lost"),
            "events.csv, row 2: the source 'source-lost' is not in sources.csv; "
            "add it there or correct the id.",
        ),
        (
            lambda package: package.replace("codebook.toml", '["source-statute"]', '["source-lost"]'),
            "codebook.toml: the dimension elements derives from 'source-lost', which is not in sources.csv; "
            "add it there or correct the id.",
        ),
    ],
    "questions_have_answers": [
        (
            lambda package: package.set("quiz_options", 0, correct="true"),
            "quiz.csv, row 2: quiz-pre-1 has 3 answers, 2 of them right; "
            "it needs at least two answers, 1 of them right.",
        ),
        (
            lambda package: package.set("quiz_options", 3, correct="false"),
            "quiz.csv, row 3: quiz-post-1 has 2 answers, 0 of them right; "
            "it needs at least two answers, 1 of them right.",
        ),
        (
            lambda package: package.set("quiz_options", 5, correct="true"),
            "quiz.csv, row 4: predict-01 has 2 answers, 1 of them right; "
            "it needs at least two answers, 0 of them right.",
        ),
        (
            lambda package: package.drop("quiz_options", 4),
            "quiz.csv, row 3: quiz-post-1 has 1 answers, 1 of them right; "
            "it needs at least two answers, 1 of them right.",
        ),
        (
            lambda package: package.set("quiz_options", 1, reason_de=""),
            "quiz_options.csv, row 3: the answer b of quiz-pre-1 has no reason; "
            "write reason_en and reason_de.",
        ),
        (
            lambda package: package.set("quiz", 5, form="exercise"),
            "quiz_options.csv, row 14: the answer a of task-01-bridge says whether it is right, or why; "
            "move it to the key of the exercises.",
        ),
        (
            lambda package: package.set("quiz", 0, parallel="quiz-post-9"),
            "quiz.csv, row 2: the twin 'quiz-post-9' of quiz-pre-1 does not name it in return; "
            "let both name each other.",
        ),
        (
            lambda package: package.set("quiz", 1, parallel=""),
            "quiz.csv, row 2: the twin 'quiz-post-1' of quiz-pre-1 does not name it in return; "
            "let both name each other.",
        ),
    ],
    "claims_resolve": [
        (
            lambda package: package.set("blocks", 0, claims="d1-p02-1; d1-p02-9"),
            "blocks.csv, row 2: the claim 'd1-p02-9' is not in claims.csv; correct the cell claims.",
        ),
        (
            lambda package: package.set("evidence", 0, claims="d9-p01-1"),
            "evidence.csv, row 2: the claim 'd9-p01-1' is not in claims.csv; correct the cell claims.",
        ),
    ],
    "blocks_ask_what_the_codebook_asks": [
        (
            lambda package: package.set("blocks", 1, dimensions="mood"),
            "blocks.csv, row 3: the block 01-blind names the dimension 'mood', which does not exist; "
            "use one of form, naming, elements.",
        ),
    ],
    "activities_ask_what_is_there": [
        (
            lambda package: package.set("activities", 4, lesson="07"),
            "activities.csv, row 6: 01-chains belongs to the lesson 07, which is not in lessons.csv; "
            "add the lesson or correct the number.",
        ),
        (
            lambda package: package.set("activities", 5, items="contact-bridge; contact-tunnel"),
            "activities.csv, row 7: 01-sorter asks about 'contact-tunnel', which is not in contacts.csv; "
            "add it there or correct the id.",
        ),
        (
            lambda package: package.set("activities", 2, items="check-01-a"),
            "activities.csv, row 4: 01-bridge asks about 'check-01-a', which is not a question of the form "
            "task; use one of quiz.csv that is.",
        ),
        (
            lambda package: package.set("activities", 0, id="01-drill"),
            "activities.csv, row 2: 01-drill asks about '01-drill', which is not in blocks.csv; "
            "add it there or correct the id.",
        ),
        (
            lambda package: (package.drop("prompts", 1), package.drop("prompts", 0)),
            "activities.csv, row 5: 01-notes asks about '01-notes', which is not in prompts.csv; "
            "add it there or correct the id.",
        ),
        (
            lambda package: package.set("activities", 4, items=""),
            "activities.csv, row 6: 01-chains of the kind chains has 0 items; "
            "name what it asks about in the cell items.",
        ),
        (
            lambda package: package.set("activities", 9, items="case-ida"),
            "activities.csv, row 11: 01-debate of the kind debate has 1 items; leave the cell items empty.",
        ),
    ],
    "tasks_ask_what_is_kept": [
        (
            lambda package: _exercise(package, items="d1-p02-1", dimensions="form"),
            "tasks.csv, row 2: ex01-1 asks about 'd1-p02-1', which is not a claim held back; "
            "correct the cell items.",
        ),
        (
            lambda package: _exercise(package, kind="questions", items="check-01-a"),
            "tasks.csv, row 2: ex01-1 asks about 'check-01-a', which is not a question of an exercise; "
            "correct the cell items.",
        ),
        (
            lambda package: _exercise(package, dimensions="mood"),
            "tasks.csv, row 2: ex01-1 asks for the dimension 'mood', which does not exist; "
            "use one of form, naming, elements.",
        ),
        (
            lambda package: _exercise(package, kind="questions"),
            "tasks.csv, row 2: ex01-1 of the kind questions has 0 items, 0 dimensions; "
            "labels need both, questions items, written tasks neither.",
        ),
        (
            lambda package: _exercise(package, id="ex02-1", kind="written"),
            "tasks.csv, row 2: ex02-1 does not begin with the number of its exercise 01; "
            "correct the id or the exercise.",
        ),
    ],
    "chains_do_not_turn_back": [
        (
            lambda package: package.set("attributions", 6, actor=package.rows["attributions"][5]["actor"]),
            "attributions.csv, row 8: the chain of d1-p02-1 comes back to actor-gazette, which is its hop 1 "
            "already; name each mouth once, the origin last.",
        ),
    ],
    "passages_lie_in_order": [
        (
            lambda package: package.set("passages", 0, start="4"),
            "passages.csv, row 2: d1-p01 has only one of start and end; give both or leave both empty.",
        ),
        (
            lambda package: (
                package.set("passages", 0, start="0", end="30"),
                package.set("passages", 1, start="29", end="60"),
            ),
            "passages.csv, row 3: d1-p02 runs from 29 to 60, but the text before it ends at 30; "
            "let each passage begin where the one before has ended.",
        ),
        (
            lambda package: package.set("passages", 3, start="30", end="30"),
            "passages.csv, row 5: d2-p02 runs from 30 to 30, but the text before it ends at 0; "
            "let each passage begin where the one before has ended.",
        ),
    ],
    "held_back_labels_stay_out": [
        (
            lambda package: package.set("claims", 2, held_back="true"),
            "reference_labels.csv, row 8: the claim d1-p02-2 is held back, "
            "but its label in form stands here; "
            "move the row to the key of the exercises, or set held_back to false.",
        ),
        (
            lambda package: package.set("claims", 0, held_back="true"),
            "annotations.csv, row 2: the claim d1-p01-1 is held back, "
            "but its label in form stands here; "
            "move the row to the key of the exercises, or set held_back to false.",
        ),
        (
            lambda package: package.set("claims", 3, held_back="true"),
            "blocks.csv, row 3: the block 01-blind asks for d2-p01-1, which is held back; "
            "choose another claim.",
        ),
    ],
    "evidence_is_rated": [
        (
            lambda package: (package.drop("evidence_ratings", 0), package.drop("evidence_ratings", 0)),
            "evidence.csv, row 2: ev-ida is held against no hypothesis; "
            "add its rows to evidence_ratings.csv.",
        ),
    ],
    "grids_are_complete": [
        (
            lambda package: package.drop("contact_tracks", 1),
            "contact_tracks.csv, row 2: contact-bridge is judged, but not under mediator; "
            "add the row for mediator.",
        ),
        (
            lambda package: package.drop("evidence_ratings", 0),
            "evidence_ratings.csv, row 2: ev-ida is judged, but not under hyp-met; add the row for hyp-met.",
        ),
    ],
    "contacts_are_sorted": [
        (
            lambda package: package.drop("contact_words", 0),
            "contacts.csv, row 2: contact-bridge has no word of a document; add it to contact_words.csv.",
        ),
        (
            lambda package: (package.drop("contact_tracks", 0), package.drop("contact_tracks", 0)),
            "contacts.csv, row 2: contact-bridge is sorted under no definition; "
            "add it to contact_tracks.csv.",
        ),
    ],
    "tracks_follow_from_the_criteria": [
        (
            lambda package: package.set("contact_tracks", 0, track="track_1"),
            "contact_tracks.csv, row 2: contact-bridge has track_1 (mixed_table) under participants, but its "
            "criteria give track_1_5 (mixed_table); correct the track or the criteria.",
        ),
        (
            lambda package: package.set("contacts", 0, russian_status="unknown", mandate="both"),
            "contact_tracks.csv, row 3: contact-bridge has track_2 (not_all_in_office) under mediator, "
            "but its criteria give no track (unknown_status); correct the track or the criteria.",
        ),
    ],
    "words_stand_in_their_document": [
        (
            lambda package: package.set("contact_words", 0, document="d2"),
            "contact_words.csv, row 2: the passage d1-p01 is not in d2; correct the passage or the document.",
        ),
        (
            lambda package: package.set("tokens", 0, document="d2"),
            "tokens.csv, row 2: the passage d1-p01 is not in d2; correct the passage or the document.",
        ),
    ],
    "retellings_fit_their_claims": [
        (
            lambda package: package.set("retellings", 0, claims=""),
            "retellings.csv, row 2: prop-may in d1 is kept and names 0 claims; "
            "name the claims where it is told, and none where it is dropped.",
        ),
        (
            lambda package: package.set("retellings", 1, change=""),
            "retellings.csv, row 3: prop-may in d2 is changed, with the change ''; "
            "name the kind of change where it is changed, and only there.",
        ),
        (
            lambda package: package.set("retellings", 1, claims="d1-p02-1"),
            "retellings.csv, row 3: the claim d1-p02-1 does not stand in d2; "
            "name it in the row of its own document.",
        ),
    ],
    "elements_are_those_of_the_codebook": [
        (
            lambda package: package.append(
                "logan_elements",
                id="mood",
                position="1",
                sources="source-statute",
                checked="read",
                **{
                    f"{name}_{language}": name
                    for name in ("name", "text", "question", "contested")
                    for language in ("en", "de")
                },
            ),
            "logan_elements.csv, row 2: the element 'mood' is no label of the dimension logan_elements; "
            "use the label ids of codebook.toml.",
        ),
    ],
    "convictions_need_an_indictment": [
        (
            lambda package: package.set(
                "logan_cases", 0, indicted="false", convicted="true", kind="accusation"
            ),
            "logan_cases.csv, row 2: case-ida has a conviction without an indictment; "
            "correct indicted or convicted.",
        ),
        (
            lambda package: package.set("logan_cases", 0, kind="ruling"),
            "logan_cases.csv, row 2: case-ida is of the kind ruling, but indicted says true; "
            "correct kind or indicted.",
        ),
    ],
    "marks_are_not_lost": [
        (
            lambda package: package.set(
                "passages", 1, reading_de="Ida sagte {1|?wir treffen uns?}, und {2|hofft «Brückenschlag»}."
            ),
            "passages.csv, row 3: reading_de of d1-p02 has a question mark right before a letter; a mark "
            "such as ⟦ or « was lost when the file was saved; take it from an earlier copy.",
        ),
    ],
    "days_exist": [
        (
            lambda package: package.set("events", 0, date="2020-13-04"),
            "events.csv, row 2: the cell date holds '2020-13-04', which is no date of the calendar; "
            "write it like 2024-05-21, 2024-05 or 2024.",
        ),
        (
            lambda package: package.set(
                "events", 0, date="2020-02", precision="month", date_end="2020-02-30"
            ),
            "events.csv, row 2: the cell date_end holds '2020-02-30', which is no date of the calendar; "
            "write it like 2024-05-21, 2024-05 or 2024.",
        ),
        (
            lambda package: package.set("documents", 0, date_precision="day"),
            "documents.csv, row 2: the cell date holds '2020-05', but its precision is day; "
            "write the day, or another precision.",
        ),
    ],
    "arguments_answer_one_another": [
        (
            lambda package: package.set("logan_arguments", 1, answers="arg-lost"),
            "logan_arguments.csv, row 3: arg-repeal answers 'arg-lost', which does not exist; "
            "correct the cell answers.",
        ),
        (
            lambda package: package.set("logan_arguments", 1, position="keep"),
            "logan_arguments.csv, row 3: arg-repeal answers arg-keep, which argues for the same; "
            "let it answer an argument of another position.",
        ),
        (
            lambda package: package.set("logan_arguments", 0, answers="arg-repeal"),
            "logan_arguments.csv, row 2: the answers that lead on from arg-keep come back to it; "
            "let an argument answer an earlier one only.",
        ),
    ],
}
RULES = {rule.__name__: rule for rule in validation.RULES}
FAULTS = [
    pytest.param(rule, plant, sentence, id=f"{rule}-{number}")
    for rule, faults in FOUND_BY.items()
    for number, (plant, sentence) in enumerate(faults, start=1)
]


def test_a_valid_dossier_has_no_findings(small_package):
    assert inspect(small_package.folder)[2] == ()


def test_every_rule_has_a_planted_fault():
    assert set(FOUND_BY) == set(RULES)


@pytest.mark.parametrize(("rule", "plant", "sentence"), FAULTS)
def test_a_planted_fault_is_found_by_its_rule(small_package, rule, plant, sentence):
    plant(small_package)
    package, codebook, found = inspect(small_package.folder)
    assert sentence in [str(finding) for finding in found]
    by_rule = [str(finding) for finding in RULES[rule](package.tables, codebook)]
    assert sentence in by_rule


@pytest.mark.parametrize(("rule", "plant", "sentence"), FAULTS)
def test_a_dossier_with_a_fault_is_not_loaded(small_package, rule, plant, sentence):
    plant(small_package)
    with pytest.raises(
        DataError, match=r"^\S+(, row \d+)?: .+; .+\.( \(\d+ more; `backchannel check` lists all\))?$"
    ):
        small_package.load()


def test_a_fault_in_a_table_is_said_before_its_consequences(small_package):
    small_package.replace("claims.csv", "d1-p01-1", "d1-p01-x")
    with pytest.raises(DataError, match=r"^claims\.csv, row 2: the cell id holds 'd1-p01-x'.* more; "):
        small_package.load()


def test_twelve_words_are_a_short_quotation(small_package):
    small_package.set("claims", 2, quote="1 2 3 4 5 6 7 8 9 10 11 12")
    assert inspect(small_package.folder)[2] == ()


def test_the_apostrophe_is_no_quotation_mark(small_package):
    small_package.set("claims", 0, claim_en="The bridge’s talks go on.")
    assert inspect(small_package.folder)[2] == ()


@pytest.mark.parametrize("table", ["contacts", "annotations", "tokens"])
def test_a_table_that_is_not_declared_is_said_in_a_sentence(small_package, table):
    package = json.loads(small_package.path("datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] != table]
    small_package.path("datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match=rf"^datapackage\.json in the folder .* does not declare {table}; "):
        small_package.load()


def test_labels_that_seem_to_be_missing_are_told_and_are_no_fault(small_package):
    assert list(unfinished(small_package.load().tables)) == []
    small_package.append(
        "annotations", claim="d2-p01-1", dimension="form", annotator="A", label="direct", confidence="low"
    )
    rows = small_package.rows["reference_labels"]
    small_package.rows["reference_labels"] = [row for row in rows if row["claim"] != "d1-p02-1"]
    small_package.write("reference_labels")
    assert list(unfinished(small_package.load().tables)) == [
        "reference_labels.csv: 1 of the claims of d1 have no label, the first is d1-p02-1; label them, "
        "or set held_back to true where the key has them.",
        "annotations.csv: A labelled 1 cells that B did not, the first is d2-p01-1 in form; "
        "agreement leaves them out.",
    ]


def test_a_document_nobody_has_labelled_yet_is_not_mentioned(small_package):
    rows = small_package.rows["reference_labels"]
    small_package.rows["reference_labels"] = [row for row in rows if row["claim"].startswith("d1")]
    small_package.write("reference_labels")
    assert list(unfinished(small_package.load().tables)) == []
