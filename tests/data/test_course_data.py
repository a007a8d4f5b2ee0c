"""The real course data: it keeps our own rules and the published ones, and every id leads somewhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from frictionless import Package, system

from backchannel.dossier import Dossier, inspect, load_dossier
from backchannel.key import FOLDER as KEY
from backchannel.key import find_key, with_key
from backchannel.quiz import load_items
from backchannel.tables import rows_of
from backchannel.validation.labels import held_back, unfinished

LESSONS = [f"{number:02}" for number in range(11)]


@pytest.fixture(scope="module")
def dossier(course_data: Path) -> Dossier:
    return load_dossier(course_data)


def _report(folder: Path) -> list[str]:
    """Return what the published specification finds wrong, one line an error."""
    with system.use_context(trusted=True):  # the folder may be given by its full path
        report = Package(str(folder / "datapackage.json")).validate()
    errors = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    return [error.message for error in errors]


# --- rules -----------------------------------------------------------------------------------------------


def test_the_course_data_keeps_every_rule_of_ours(course_data):
    assert [str(finding) for finding in inspect(course_data)[2]] == []


def test_the_course_data_is_a_valid_data_package(course_data):
    assert _report(course_data) == []


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("claims", {"id": "d1-p01-x"}),
        ("claims", {"id": "d1-p02-1"}),
        ("claims", {"passage": "d1-p99"}),
        ("claims", {"claim_en": ""}),
        ("sources", {"checked": "seen"}),
        ("actors", {"anonymous": "no"}),
        ("documents", {"words": "0"}),
    ],
)
def test_our_rules_and_the_published_ones_catch_the_same_planted_fault(small_package, table, cells):
    assert _report(small_package.folder) == []
    small_package.set(table, 0, **cells)
    assert _report(small_package.folder) != []
    assert inspect(small_package.folder)[2][0].file == f"{table}.csv"


def test_every_table_of_the_folder_is_declared_and_every_declared_one_is_there(course_data):
    package = json.loads((course_data / "datapackage.json").read_text(encoding="utf-8"))
    declared = [resource["path"] for resource in package["resources"]]
    assert sorted(declared) == sorted(path.name for path in course_data.glob("*.csv"))


def test_tables_are_saved_in_one_way(course_data):
    for path in sorted(course_data.glob("*.csv")):
        data = path.read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in data, path.name
        assert data.endswith(b"\n"), path.name


def test_the_declaration_describes_every_column(dossier, course_data):
    package = json.loads((course_data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["description"].strip(), f"{resource['name']}.{field['name']}"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


# --- what is there ---------------------------------------------------------------------------------------


def test_there_are_five_documents_and_each_reading_edition_is_complete(dossier):
    assert [document.label for document in dossier.documents.values()] == ["D1", "D2", "D3", "D4", "D5"]
    for number, row in rows_of(dossier.tables["documents"]):
        assert len(dossier.passages_of(row["id"])) == row["passages"], f"documents.csv, row {number}"
    assert all(dossier.claims_of(document) for document in dossier.documents)


def test_every_claim_is_labelled_or_held_back_and_about_a_third_is_held_back(dossier):
    labelled = {claim for claim, _ in dossier.references}
    secret = held_back(dossier.tables)
    assert labelled | secret == set(dossier.claims)
    assert labelled & secret == set()
    assert 0.3 < len(secret) / len(dossier.claims) < 0.37


def test_no_label_seems_to_be_missing(dossier):
    assert list(unfinished(dossier.tables)) == []
    assert list(unfinished(with_key(dossier, dossier.folder.parent / KEY).tables)) == []


def test_the_key_holds_what_is_held_back(dossier):
    folder = find_key(dossier.folder)
    assert folder is not None
    whole = with_key(dossier, folder)
    assert {claim for claim, _ in whole.references} == set(dossier.claims)


def test_held_back_and_open_claims_have_the_same_labels_to_choose_from(dossier):
    """A label that the exercises ask for and the lessons never show would be unfair."""
    references = with_key(dossier, dossier.folder.parent / KEY).references
    secret = held_back(dossier.tables)
    for dimension in dossier.codebook.dimensions:
        given = {True: set(), False: set()}
        for claim in dossier.claims:
            given[claim in secret].update(references[claim, dimension.id][0].label.split(";"))
        assert given[True] <= given[False], dimension.id


def test_labels_that_were_often_taken_for_each_other_have_a_rule_that_separates_them(dossier):
    """Often is four times: by the two annotators, or as reference and alternative."""
    whole = with_key(dossier, dossier.folder.parent / KEY)
    given = whole.tables["annotations"].pivot(
        index=["claim", "dimension"], columns="annotator", values="label"
    )
    pairs = Counter(
        (dimension, frozenset(labels))
        for (_, dimension), labels in zip(given.index, given.to_numpy().tolist(), strict=True)
    )
    for (_, dimension), (first, *others) in whole.references.items():
        pairs.update((dimension, frozenset((first.label, other.label))) for other in others)
    for dimension in dossier.codebook.dimensions:
        if dimension.several:
            continue
        separated = {frozenset(confusion.labels) for confusion in dimension.confusions}
        often = {
            pair for (name, pair), n in pairs.items() if name == dimension.id and n > 3 and len(pair) == 2
        }
        assert often <= separated, dimension.id


def test_each_contact_is_spoken_of(dossier):
    spoken = set(dossier.tables["claims"]["contact"]) | set(dossier.tables["contact_words"]["contact"])
    assert set(dossier.tables["contacts"]["id"]) <= spoken


def test_each_claim_that_two_documents_tell_is_linked_once_to_each(dossier):
    """The July 2023 report is told by D1 and D2: each of its propositions says what either did with it."""
    told = dossier.tables["retellings"].merge(
        dossier.tables["propositions"], left_on="proposition", right_on="id", suffixes=("", "_of")
    )
    july = told[told["root"].isin(["moscow-times-2023", "nbc-2023"])]
    assert len(july) > 60
    assert all(set(group["document"]) >= {"d1", "d2"} for _, group in july.groupby("proposition"))


def test_no_hypothesis_wins_by_construction(dossier):
    """Each has evidence for and against it, and some evidence tells none of them apart."""
    ratings = dossier.tables["evidence_ratings"]
    for hypothesis, group in ratings.groupby("hypothesis"):
        assert group["rating"].str.contains("for").any(), hypothesis
        assert group["rating"].str.contains("against").any(), hypothesis
    alike = ratings.groupby("evidence")["rating"].nunique() == 1
    assert 0 < alike.sum() < len(alike) / 2


def test_both_sides_of_the_debate_on_the_act_are_equally_strong_in_number(dossier):
    positions = dossier.tables["logan_arguments"]["position"].value_counts()
    assert positions["repeal"] == positions["keep"] + positions["enforce"]
    assert dossier.tables["logan_cases"]["indicted"].sum() == 2
    assert not dossier.tables["logan_cases"]["convicted"].any()


def test_every_id_that_a_text_mentions_exists(dossier):
    """Ids also stand in free text: notes, reasons, descriptions."""
    known = {cell for frame in dossier.tables.values() if "id" in frame for cell in frame["id"]}
    pattern = re.compile(
        r"(?<![\w-])(?:d\d-p\d{2,3}(?:-\d+)?|(?:source|actor|event|quiz|contact|prop|hyp|ev|case|arg)"
        r"-[a-z0-9]+(?:-[a-z0-9]+)*)\b"
    )
    lost = [
        f"{name}.csv, row {number}, {column}: {mention}"
        for name, frame in dossier.tables.items()
        for number, row in rows_of(frame)
        for column, cell in row.items()
        if isinstance(cell, str) and column != "url"
        for mention in pattern.findall(cell)
        if mention not in known
    ]
    assert lost == []


def test_every_source_is_used_or_says_what_for(dossier):
    columns = [frame["sources"] for frame in dossier.tables.values() if "sources" in frame]
    used = {part.strip() for column in columns for cell in column for part in cell.split(";")}
    used |= {source for dimension in dossier.codebook.dimensions for source in dimension.derived_from}
    idle = dossier.tables["sources"].query("id not in @used and note == ''")
    assert list(idle["id"]) == []


def test_every_unnamed_actor_is_described(dossier):
    unnamed = dossier.tables["actors"].query("anonymous and described_as == ''")
    assert list(unnamed["id"]) == []


def test_every_dimension_has_labels_rules_and_examples_in_both_languages(dossier):
    for dimension in dossier.codebook.dimensions:
        assert len(dimension.labels) > 1
        assert dimension.rules
        assert dimension.confusions
        texts = [dimension.name, dimension.question, dimension.about]
        texts += [
            text for label in dimension.labels for text in (label.name, label.definition, label.example)
        ]
        texts += [entry.text for entry in (*dimension.rules, *dimension.confusions)]
        assert all(text.en.strip() and text.de.strip() for text in texts), dimension.id


def test_the_labels_are_those_of_the_starting_point(dossier):
    assert {d.id: (len(d.labels), d.scale, d.several) for d in dossier.codebook.dimensions} == {
        "speech_form": (5, "nominal", False),
        "source_naming": (5, "ordinal", False),
        "knowledge_basis": (6, "nominal", False),
        "commitment": (5, "nominal", False),
        "stance": (4, "nominal", False),
        "claim_type": (6, "nominal", False),
        "corroboration": (5, "ordinal", False),
        "track": (7, "nominal", False),
        "logan_elements": (8, "nominal", True),
    }


def test_annotators_a_and_b_labelled_the_same_units(dossier):
    whole = with_key(dossier, dossier.folder.parent / KEY)
    frame = whole.tables["annotations"]
    units = {
        who: set(zip(part["claim"], part["dimension"], strict=True))
        for who, part in frame.groupby("annotator")
    }
    assert len(set(map(frozenset, units.values()))) <= 1


def test_the_tests_before_and_after_are_parallel(dossier):
    before, after = load_items(dossier, "pre"), load_items(dossier, "post")
    twins = dict(zip(dossier.tables["quiz"]["id"], dossier.tables["quiz"]["parallel"], strict=True))
    assert [twins[item.id] for item in before] == [item.id for item in after]


def test_every_question_belongs_to_a_lesson_and_its_answers_differ(dossier):
    for form in ("pre", "post", "predict", "check"):
        for item in load_items(dossier, form):
            assert item.lesson in LESSONS, item.id
            for language in ("en", "de"):
                answers = [option.text.in_(language) for option in item.options]
                assert len(set(answers)) == len(answers), item.id


def test_right_answers_do_not_stand_in_one_place(dossier):
    """Who always chooses one letter does not pass: no letter is right in half of the test."""
    for form in ("pre", "post", "check"):
        items = load_items(dossier, form)
        right = [option.id for item in items for option in item.options if option.correct]
        for letter in set(right):
            assert right.count(letter) <= max(2, len(items) / 2), (form, letter)


@pytest.mark.originals
def test_the_originals_have_as_many_words_as_the_catalogue_says(dossier, originals):
    texts = {document: path.read_text(encoding="utf-8") for document, path in originals.items()}
    counted = {document: len(text.split()) for document, text in texts.items()}
    declared = {row["id"]: row["words"] for _, row in rows_of(dossier.tables["documents"])}
    assert counted == declared
