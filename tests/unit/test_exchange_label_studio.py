"""Label Studio: tasks and configuration of our own, and exports that are not as they should be."""

from __future__ import annotations

import json
import random
from xml.etree import ElementTree

import pytest

from backchannel.errors import UsageError
from backchannel.exchange import LabelDecision, pass_decisions, reference_decisions
from backchannel.exchange.label_studio import from_label_studio, to_json, to_tasks
from backchannel.exchange.label_studio_config import to_config
from backchannel.words import Text

GOOD = LabelDecision(
    "d1-p02-1", "elements", "citizen;intent", "A", confidence="low", note="why", lead_time=4.5
)


@pytest.fixture
def read(small_dossier, tmp_path):
    """Return a function that reads an export, given as JSON, text or bytes."""

    def from_export(contents, coder=""):
        path = tmp_path / "export.json"
        if not isinstance(contents, str | bytes):
            contents = json.dumps(contents)
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return from_label_studio(path, small_dossier, coder)

    return from_export


def choices(control, *chosen, **more):
    return {
        "from_name": control,
        "to_name": "claim",
        "type": "choices",
        "value": {"choices": list(chosen)},
    } | more


def text(control, words):
    return {"from_name": control, "to_name": "claim", "type": "textarea", "value": {"text": [words]}}


def task(*results, claim="d1-p01-1", **annotation):
    data = {"text": "Ten chars.", "claim_id": claim, "passage": "🙂"}
    return {"data": data, "annotations": [{"completed_by": 1, "result": list(results), **annotation}]}


LABEL = choices("form", "author")
TAKEN = LabelDecision("d1-p01-1", "form", "author", "user-1")


def told(imported):
    return [str(finding) for finding in imported.findings]


# --- export ------------------------------------------------------------------------------------------


def test_there_is_a_task_for_each_claim_and_it_shows_the_reading_edition_without_its_marks(small_dossier):
    tasks = to_tasks(small_dossier, [GOOD], "de")
    assert [entry["data"]["claim_id"] for entry in tasks] == list(small_dossier.claims)
    assert tasks[1]["data"] == {
        "text": "Ida sagt, man treffe sich bald.",
        "claim_id": "d1-p02-1",
        "passage": "Ida sagte wir treffen uns im Mai, und ein Beamter erhofft einen Brückenschlag.",
        "document": "The bridge talks (deutsch)",
    }
    assert [len(entry["annotations"]) for entry in tasks] == [0, 1, 0, 0, 0, 0]


def test_an_annotation_holds_one_coders_labels_with_distinct_ids(small_dossier):
    (annotation,) = to_tasks(small_dossier, [GOOD], "en")[1]["annotations"]
    results = annotation.pop("result")
    assert annotation == {"was_cancelled": False, "ground_truth": False, "lead_time": 4.5}
    assert "completed_by" not in annotation, "a user of another Label Studio does not exist in this one"
    assert {result["from_name"]: next(iter(result["value"].values())) for result in results} == {
        "coder": ["A"],
        "status": ["annotation"],
        "elements": ["citizen", "intent"],
        "elements__confidence": ["low"],
        "elements__note": ["why"],
    }


def test_result_ids_are_distinct_in_the_whole_file(small_dossier):
    tasks = to_tasks(small_dossier, reference_decisions(small_dossier) + pass_decisions(small_dossier), "en")
    ids = [
        result["id"]
        for entry in tasks
        for annotation in entry["annotations"]
        for result in annotation["result"]
    ]
    assert len(ids) == len(set(ids)) > 30


def test_only_the_reference_is_ground_truth(small_dossier):
    for entry in to_tasks(small_dossier, reference_decisions(small_dossier), "en"):
        for annotation in entry["annotations"]:
            status = annotation["result"][1]["value"]["choices"][0]
            assert annotation["ground_truth"] == (status == "reference")


# --- the configuration -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_configuration_asks_every_question_of_the_codebook(small_dossier, language):
    root = ElementTree.fromstring(to_config(small_dossier.codebook, language))
    headers = [header.get("value") for header in root.iter("Header")]
    for dimension in small_dossier.codebook.dimensions:
        asked = root.find(f".//Choices[@name='{dimension.id}']")
        assert asked.get("choice") == ("multiple" if dimension.several else "single-radio")
        assert dimension.question.in_(language) in headers
        assert [(c.get("alias"), c.get("value"), c.get("hint")) for c in asked] == [
            (label.id, label.name.in_(language), label.definition.in_(language)) for label in dimension.labels
        ]
        assert root.find(f".//TextArea[@name='{dimension.id}__note']") is not None
        assert len(root.find(f".//Choices[@name='{dimension.id}__confidence']")) == 3
    assert root.find(".//TextArea[@name='form__reason_en']") is None


def test_reasons_are_asked_for_where_references_are_exported(small_dossier):
    root = ElementTree.fromstring(to_config(small_dossier.codebook, "en", reasons=True))
    for part in ("rule", "reason_en", "reason_de"):
        assert root.find(f".//TextArea[@name='form__{part}']") is not None


def test_words_of_the_codebook_cannot_break_the_configuration(small_package):
    evil = r"\"/><Choices name=\"x\" toName=\"y\"> & \u0001 'ß'"
    small_package.edit("codebook.toml", lambda raw: raw.replace(b"Nobody.", evil.encode()))
    config = to_config(small_package.load().codebook, "en")
    hints = [choice.get("hint") for choice in ElementTree.fromstring(config).iter("Choice")]
    assert '"/><Choices name="x" toName="y"> & \ufffd \'ß\'' in hints


def test_a_dimension_with_a_name_in_use_is_refused(small_package):
    small_package.edit("codebook.toml", lambda raw: raw.replace(b'id = "form"', b'id = "text"'))
    from backchannel.codebook import load_codebook

    with pytest.raises(UsageError, match="'text' has a name"):
        to_config(load_codebook(small_package.path("codebook.toml")), "en")


# --- import ------------------------------------------------------------------------------------------


def test_a_coder_is_the_one_who_says_so_or_else_the_user(read):
    def coder(*results, **annotation):
        (decision,) = read([task(LABEL, *results, **annotation)], "named").decisions
        return decision.coder

    assert coder(text("coder", "Ida")) == "Ida"
    assert coder() == "user-1"
    assert coder(completed_by={"id": 3, "email": "ida@example.org"}) == "ida@example.org"
    assert coder(completed_by={"id": 3}) == "user-3"
    assert coder(completed_by=None) == "named"


def test_a_task_alone_is_read_like_a_list_of_one(read):
    assert read(task(LABEL)).decisions == (TAKEN,)


def test_a_choice_about_a_part_of_the_text_counts_if_the_part_is_there(read):
    whole = choices("form", "author")
    whole["value"] |= {"start": 0, "end": 10}
    assert read([task(whole)]).decisions == (TAKEN,)


def test_places_are_counted_in_code_units_as_browsers_do(read):
    spanned = choices("form", "author", to_name="passage")
    spanned["value"] |= {"start": 0, "end": 2}
    assert read([task(spanned)]).findings == ()
    spanned["value"]["end"] = 3
    assert "marks the place 0 to 3 of a text that has 2 characters" in told(read([task(spanned)]))[0]


def spanned(start, end, kind="labels", **more):
    value = {"start": start, "end": end, "labels": ["x"]}
    return {"from_name": "span", "to_name": "claim", "type": kind, "value": value} | more


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (spanned(0, 5), "result 2 has the type 'labels', which is not read here"),
        (spanned(0, 11), "result 2 marks the place 0 to 11 of a text that has 10 characters"),
        (spanned(-1, 3), "result 2 marks the place -1 to 3 of a text that has 10 characters"),
        (spanned(5, 3), "result 2 marks the place 5 to 3 of a text that has 10 characters"),
        (spanned("/p[1]", 3), "result 2 marks the place '/p[1]' to 3, which are no whole numbers"),
        (spanned(1, None), "result 2 marks the place 1 to None, which are no whole numbers"),
        (spanned(1, 2, to_name="image"), "result 2 marks a part of a text that the task does not have"),
        (
            {"type": "relation", "from_id": "a", "to_id": "b"},
            "result 2 has no object as its value but nothing",
        ),
        (choices("mood", "good"), "result 2 comes from 'mood', which is no control of ours"),
        (choices(None, "good"), "result 2 comes from None, which is no control of ours"),
        (
            choices("form__note", "x"),
            "result 2 comes from 'form__note' with the type choices, which should be",
        ),
        (choices("naming", 3), "result 2 holds no list of words for 'naming'"),
        (choices("naming", "named") | {"value": "named"}, "result 2 has no object as its value but text"),
        (["naming", "named"], "result 2 is not an object but a list"),
        (choices("naming", "shouted"), "the label 'shouted' does not exist in the dimension naming"),
        (choices("naming", "named", "none"), "the dimension naming takes one label, but several were given"),
        (choices("elements", "citizen;intent"), "a label of elements holds a semicolon"),
        (text("naming__note", "?"), "something is said about naming, but there is no label"),
        (choices("form__confidence", "total"), "the confidence 'total' does not exist"),
    ],
)
def test_a_wrong_result_is_one_sentence_and_the_other_labels_are_taken(read, result, problem):
    imported = read([task(LABEL, result), task(LABEL, claim="d2-p01-1")])
    (sentence,) = told(imported)
    assert sentence.startswith("export.json: in task 1, annotation 1, ")
    assert problem in sentence
    assert sentence.endswith(".")
    taken = [decision.claim for decision in imported.decisions]
    assert taken == (["d2-p01-1"] if "confidence" in problem else ["d1-p01-1", "d2-p01-1"])


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (
            task(LABEL, was_cancelled=True),
            "in task 1, annotation 1, the coder cancelled, so no label was taken",
        ),
        (task(LABEL) | {"data": {"text": "x"}}, "in task 1, there is no claim_id"),
        (task(LABEL, claim=7), "in task 1, there is no claim_id"),
        (task(LABEL) | {"data": ["x"]}, "in task 1, data is not an object but a list"),
        ({"annotations": []}, "in task 1, data is not an object but nothing"),
        ({"form": "author"}, "in task 1, there is no claim_id"),
        (task() | {"annotations": {}}, "in task 1, annotations is not a list but an object"),
        (task() | {"annotations": [7]}, "in task 1, annotation 1, there is no annotation but a number"),
        (task(result=None), "in task 1, annotation 1, result is not a list but nothing"),
        (task(result="x"), "in task 1, annotation 1, result is not a list but text"),
        ([task(LABEL)], "in task 1, there is no task but a list"),
        (True, "in task 1, there is no task but true or false"),
        (
            task(LABEL, claim="d9-p09-9"),
            "in task 1, annotation 1, the claim 'd9-p09-9' is not in the dossier",
        ),
        (task(text("coder", "x"), LABEL, choices("status", "final")), "the status 'final' does not exist"),
        ({"claim_id": "d1-p01-1", "form": 3}, "in task 1, form holds neither words nor a list"),
        ({"claim_id": "d1-p01-1", "form": "author"}, "the label of d1-p01-1 in form names no coder"),
    ],
)
def test_a_wrong_task_is_one_sentence_and_the_others_are_taken(read, wrong, problem):
    imported = read([wrong, task(LABEL, claim="d2-p01-1")])
    (sentence,) = told(imported)
    assert problem in sentence
    assert sentence.endswith(".")
    assert [decision.claim for decision in imported.decisions] == ["d2-p01-1"]


@pytest.mark.parametrize("seconds", [-1, "soon", True, [1], float("inf"), 10**400])
def test_a_wrong_lead_time_is_left_out_with_a_sentence(read, seconds):
    imported = read([task(LABEL, lead_time=seconds)])
    assert "is not a number of seconds and was left out" in told(imported)[0]
    assert imported.decisions == (TAKEN,)


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        ("", "the file is not JSON, or only a part of it"),
        ('[{"data": ', "the file is not JSON, or only a part of it"),
        ("[" * 100_000, "the file is not JSON, or only a part of it"),
        ("claim,label\n", "the file is not JSON, or only a part of it"),
        ("7", "the file holds no list of tasks"),
        ("null", "the file holds no list of tasks"),
        ("[]".encode("utf-16-le"), "the file seems to be UTF-16 without a byte order mark"),
        ('["für"]'.encode("cp1252"), "is not UTF-8, and the file seems to be Windows-1252 (ANSI)"),
        (b"\x81\x00\xff", "the file seems to be UTF-16 without a byte order mark"),
    ],
)
def test_a_file_that_is_no_export_is_one_sentence(read, contents, problem):
    (sentence,) = told(read(contents))
    assert problem in sentence
    assert sentence.endswith(".")


def test_a_byte_order_mark_is_no_fault_and_utf_16_is_named(read):
    whole = json.dumps([task(LABEL)])
    assert read(whole.encode("utf-8-sig")).remarks == ()
    imported = read(whole.encode("utf-16"))
    assert imported.decisions == (TAKEN,)
    assert imported.remarks == ("export.json was read as UTF-16.",)


def test_predictions_and_foreign_entries_are_remarked(read):
    record = {"claim_id": "d2-p01-1", "form": "author", "annotator": 1, "mood": "good", "id": 4}
    imported = read([task(LABEL) | {"predictions": [{"result": []}]}, record])
    assert imported.findings == ()
    assert imported.remarks == (
        "export.json has entries that belong to no control of ours and were not read: 'mood'.",
        "export.json has predictions in 1 of its tasks, which were not read.",
    )


def test_reasons_and_rules_are_read(read):
    (decision,) = read(
        [task(LABEL, text("form__rule", "form-marks"), text("form__reason_de", "Darum."))]
    ).decisions
    assert (decision.rule, decision.reason) == ("form-marks", Text("", "Darum."))


def test_random_damage_never_ends_in_a_traceback(small_dossier, read):
    dice = random.Random(5)
    good = to_json(to_tasks(small_dossier, pass_decisions(small_dossier), "en"))
    junk = [None, True, -1, 1e300, "", "x", [], {}, [[]], [None], {"choices": {}}, "\ud800"]

    def damage(value):
        if dice.random() < 0.03:
            return dice.choice(junk)
        if isinstance(value, dict):
            return {dice.choice((key, key, key, "id")): damage(entry) for key, entry in value.items()}
        return [damage(entry) for entry in value] if isinstance(value, list) else value

    for _ in range(400):
        imported = read(damage(json.loads(good)))
        assert all(str(finding).endswith(".") for finding in imported.findings)
