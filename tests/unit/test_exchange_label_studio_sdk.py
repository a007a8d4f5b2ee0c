"""Label Studio's own validators and converter agree with our files.

The SDK takes seconds to import and warns while it does, so it is imported here alone, and only once.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter

import pytest

from backchannel.dossier import load_dossier
from backchannel.exchange import LabelDecision, pass_decisions, reference_decisions
from backchannel.exchange.label_studio import from_label_studio, to_tasks
from backchannel.exchange.label_studio_config import to_config
from backchannel.words import Text


@pytest.fixture(scope="module")
def sdk():
    """Return the SDK's validator and converter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from label_studio_sdk.converter import Converter
        from label_studio_sdk.converter.converter import Format
        from label_studio_sdk.label_interface import LabelInterface
    return LabelInterface, Converter, Format


@pytest.fixture(scope="module")
def real_dossier(course_data):
    return load_dossier(course_data)


@pytest.fixture(scope="module", params=["en", "de"])
def validator(request, sdk, real_dossier):
    """Return the SDK's view of the real configuration, which it has found valid."""
    interface = sdk[0](to_config(real_dossier.codebook, request.param, reasons=True))
    interface.validate()
    return interface


def faults(interface, tasks):
    """Return which tasks and annotations the SDK finds invalid.

    Its check of a task with annotations calls the check of an annotation without one, so each is asked alone.
    """
    found = [
        task["data"]["claim_id"] for task in tasks if not interface.validate_task({"data": task["data"]})
    ]
    return found + [
        task["data"]["claim_id"]
        for task in tasks
        for annotation in task["annotations"]
        if not interface.validate_annotation(annotation)
    ]


def test_the_sdk_finds_all_labels_of_the_course_valid(validator, real_dossier):
    for decisions in (reference_decisions(real_dossier), pass_decisions(real_dossier)):
        tasks = to_tasks(real_dossier, decisions, "de")
        assert sum(len(task["annotations"]) for task in tasks) > 100
        assert faults(validator, tasks) == []


def test_the_sdk_knows_our_choices_by_their_ids(validator, real_dossier):
    for dimension in real_dossier.codebook.dimensions:
        assert tuple(validator.get_control(dimension.id).labels) == dimension.label_ids


def test_the_configuration_without_reasons_is_valid_for_the_passes(sdk, real_dossier):
    interface = sdk[0](to_config(real_dossier.codebook, "en"))
    interface.validate()
    assert faults(interface, to_tasks(real_dossier, pass_decisions(real_dossier), "en")) == []
    assert faults(interface, to_tasks(real_dossier, reference_decisions(real_dossier), "en")) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"choices": ["direct"]', '"choices": ["shouted"]'),
        ('"from_name": "form"', '"from_name": "mood"'),
        ('"to_name": "claim"', '"to_name": "image"'),
        ('"type": "choices"', '"type": "labels"'),
        ('"text": ["A"]', '"text": "A"'),
    ],
)
def test_the_sdk_catches_a_planted_fault(sdk, small_dossier, old, new):
    interface = sdk[0](to_config(small_dossier.codebook, "en"))
    decisions = [LabelDecision("d1-p01-1", "form", "direct", "A")]
    text = json.dumps(to_tasks(small_dossier, decisions, "en"))
    assert faults(interface, json.loads(text)) == []
    assert old in text
    assert faults(interface, json.loads(text.replace(old, new))) == ["d1-p01-1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [('name="form"', 'name="naming"'), ('toName="claim"', 'toName="nothing"'), ("</View>", "")],
)
def test_the_sdk_catches_a_fault_planted_in_the_configuration(sdk, small_dossier, old, new):
    config = to_config(small_dossier.codebook, "en")
    with pytest.raises(Exception, match=r"non-unique|not found|tag mismatch|Premature"):
        sdk[0](config.replace(old, new)).validate()


# --- as Label Studio itself exports ------------------------------------------------------------------


def as_imported(tasks):
    """Give tasks what Label Studio adds when it imports them."""
    number = iter(range(1, 10**6))
    for task in tasks:
        task |= {"id": next(number), "meta": {}, "project": 1, "predictions": [], "drafts": []}
        for annotation in task["annotations"]:
            annotation |= {"id": next(number), "completed_by": 1, "task": task["id"], "result_count": 0}
            annotation |= {"created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z"}
            for result in annotation["result"]:
                result["origin"] = "manual"
    return tasks


def test_a_full_export_comes_back(real_dossier, tmp_path):
    decisions = reference_decisions(real_dossier) + pass_decisions(real_dossier)
    path = tmp_path / "export.json"
    path.write_text(json.dumps(as_imported(to_tasks(real_dossier, decisions, "en"))), encoding="utf-8")
    imported = from_label_studio(path, real_dossier)
    assert (imported.findings, imported.remarks) == ((), ())
    assert Counter(imported.decisions) == Counter(decisions)


def test_a_json_min_export_comes_back(sdk, real_dossier, tmp_path):
    _, converter, formats = sdk
    first = next(iter(real_dossier.claims))
    dimension = next(iter(real_dossier.codebook.dimensions))
    nasty = LabelDecision(
        claim=first,
        dimension=dimension.id,
        label=dimension.label_ids[0],
        coder='=Ida "🙂"\n',
        confidence="high",
        note="two\nlines; שלום",
        lead_time=12.4,
        reason=Text("[a]", "{b}"),
    )
    decisions = (*reference_decisions(real_dossier), *pass_decisions(real_dossier), nasty)
    full = tmp_path / "full.json"
    full.write_text(json.dumps(as_imported(to_tasks(real_dossier, decisions, "de"))), encoding="utf-8")
    config = to_config(real_dossier.codebook, "de", reasons=True)
    converter(config, str(tmp_path)).convert(str(full), str(tmp_path / "min"), formats.JSON_MIN, is_dir=False)
    imported = from_label_studio(tmp_path / "min" / "result.json", real_dossier)
    assert (imported.findings, imported.remarks) == ((), ())
    assert Counter(imported.decisions) == Counter(decisions)
