"""W3C Web Annotations: well formed, anchored in the reading edition, and refused where the anchor slips."""

from __future__ import annotations

import json
import random
import re
from copy import deepcopy

import pytest

from backchannel.dossier import load_dossier
from backchannel.errors import UsageError
from backchannel.exchange import LabelDecision, pass_decisions, reference_decisions
from backchannel.exchange.web_annotation import (
    check_annotations,
    claim_spans,
    document_text,
    from_web_annotations,
    to_annotations,
    to_json,
)
from backchannel.words import LANGUAGES

GOOD = LabelDecision("d2-p02-2", "elements", "citizen;intent", "Ida", confidence="low", note="why")
D2 = "The talks are said to go on.\n\nThe author doubts it; so does Ola, who was there."


@pytest.fixture(scope="module")
def real_dossier(course_data):
    return load_dossier(course_data)


@pytest.fixture
def entry(small_dossier):
    """Return one annotation that a test may break."""
    return deepcopy(to_annotations(small_dossier, [GOOD], "en")[0])


def told(dossier, *entries):
    return [str(finding) for finding in check_annotations(entries, dossier, "anno.json").findings]


# --- the text ----------------------------------------------------------------------------------------


def test_the_text_of_a_document_is_its_reading_without_marks_and_with_blank_lines_between(small_dossier):
    assert document_text(small_dossier, "d2", "en") == D2
    assert document_text(small_dossier, "d1", "de") == (
        "Gespräche über die Brücke\n\n"
        "Ida sagte wir treffen uns im Mai, und ein Beamter erhofft einen Brückenschlag."
    )


def test_an_unknown_document_is_one_sentence(small_dossier):
    with pytest.raises(UsageError, match="There is no document 'd9'; use one of d1, d2"):
        document_text(small_dossier, "d9", "en")


def test_a_claim_in_several_places_has_several_targets(entry):
    """The reading is ``{1|The author doubts it;} {1,2|so does Ola,} {2|who was there.}``"""
    assert [target["selector"] for target in entry["target"]] == [
        [
            {
                "type": "TextQuoteSelector",
                "exact": "so does Ola,",
                "prefix": "o go on.\n\nThe author doubts it; ",
                "suffix": " who was there.",
            },
            {"type": "TextPositionSelector", "start": 52, "end": 64},
        ],
        [
            {
                "type": "TextQuoteSelector",
                "exact": "who was there.",
                "prefix": "he author doubts it; so does Ola, "[-32:],
                "suffix": "",
            },
            {"type": "TextPositionSelector", "start": 65, "end": 79},
        ],
    ]


def test_marks_inside_a_claim_do_not_part_its_words(small_dossier):
    claim = small_dossier.claim("d1-p02-2")
    ((start, end),) = claim_spans(small_dossier, claim, "en")
    words = document_text(small_dossier, "d1", "en")[start:end]
    assert words == "a clerk hopes for a Brückenschlag (bridging)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_of_the_course_stands_where_its_selectors_say(real_dossier, language):
    for claim in real_dossier.claims.values():
        text = document_text(real_dossier, claim.document, language)
        spans = claim_spans(real_dossier, claim, language)
        assert spans, claim.id
        marked = "".join(
            segment.text
            for segment in real_dossier.passages[claim.passage].segments(language)
            if claim.position in segment.claims
        )
        assert "".join(text[start:end] for start, end in spans) == marked
        assert not re.search(r"[{}⟦⟧«»|]", marked)


def test_positions_count_code_points(small_package):
    row = small_package.find("passages", id="d2-p01")
    small_package.set("passages", row, reading_en="🙂🙂 {1|The talks are said to go on.}")
    dossier = small_package.load()
    (entry,) = to_annotations(dossier, [LabelDecision("d2-p01-1", "form", "indirect", "Ida")], "en")
    assert entry["target"][0]["selector"][1] == {"type": "TextPositionSelector", "start": 3, "end": 31}
    entry = deepcopy(entry)
    entry["target"][0]["selector"][1] |= {"start": 5, "end": 33}
    assert told(dossier, entry)[0].endswith("; count Unicode code points, not UTF-16 code units.")


# --- the form ----------------------------------------------------------------------------------------

MOTIVATIONS = {
    *("assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting"),
    *("identifying", "linking", "moderating", "questioning", "replying", "tagging"),
}
FORMS = {  # the terms of the model that we use: what must be there, and what may be
    "Annotation": ({"@context", "id", "type", "motivation", "creator", "body", "target"}, set()),
    "TextualBody": ({"type", "value", "format", "purpose"}, {"id", "language"}),
    None: ({"nickname"}, set()),
    "SpecificResource": ({"type", "source", "selector"}, set()),
    "TextQuoteSelector": ({"type", "exact", "prefix", "suffix"}, set()),
    "TextPositionSelector": ({"type", "start", "end"}, set()),
}
PLACES = {
    "creator": {None},
    "body": {"TextualBody"},
    "target": {"SpecificResource"},
    "selector": {"TextQuoteSelector", "TextPositionSelector"},
}
WORDS = {
    "motivation": MOTIVATIONS,
    "purpose": MOTIVATIONS,
    "@context": {"http://www.w3.org/ns/anno.jsonld"},
}
IRI = re.compile(r"(urn|https?):[^\s<>\"{}|\\^`]+")


def form_faults(node, kinds=frozenset({"Annotation"})):
    """Return where a node departs from the Web Annotation Data Model, as far as we use it."""
    kind = node.get("type")
    if kind not in kinds:
        return [f"a {kind} where {sorted(kinds)} may stand"]
    must, may = FORMS[kind]
    faults = [f"{kind} lacks {name}" for name in sorted(must - node.keys())]
    faults += [f"{kind} has {name}" for name in sorted(node.keys() - must - may)]
    for name, value in node.items():
        if name in PLACES:
            parts = value if isinstance(value, list) else [value]
            faults += [] if parts else [f"{name} is empty"]
            faults += [fault for part in parts for fault in form_faults(part, PLACES[name])]
        elif name in ("start", "end"):
            faults += [] if type(value) is int and value >= 0 else [f"{name} is {value!r}"]
        elif not isinstance(value, str):
            faults.append(f"{name} is {value!r}")
        elif name in ("id", "source") and not IRI.fullmatch(value):
            faults.append(f"{name} is no IRI: {value}")
        elif name in WORDS and value not in WORDS[name]:
            faults.append(f"{name} is {value}")
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_annotations_of_the_course_have_the_form_of_the_model(real_dossier, language):
    decisions = reference_decisions(real_dossier) + pass_decisions(real_dossier)
    entries = json.loads(to_json(to_annotations(real_dossier, decisions, language)))
    assert len({entry["id"] for entry in entries}) == len(entries) == len(decisions)
    assert [fault for entry in entries for fault in form_faults(entry)] == []
    imported = check_annotations(entries, real_dossier, "anno.json")
    assert imported.findings == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda e: e.pop("@context"), "Annotation lacks @context"),
        (lambda e: e.update(motivation="labelling"), "motivation is labelling"),
        (lambda e: e.update(label="x"), "Annotation has label"),
        (lambda e: e.update(id="no iri"), "id is no IRI: no iri"),
        (lambda e: e.update(target=[]), "target is empty"),
        (lambda e: e["body"][0].update(purpose="guessing"), "purpose is guessing"),
        (lambda e: e["body"][0].update(type="Text"), "a Text where ['TextualBody'] may stand"),
        (lambda e: e["target"][0]["selector"][1].update(start=1.0), "start is 1.0"),
        (lambda e: e["target"][0]["selector"][0].pop("exact"), "TextQuoteSelector lacks exact"),
    ],
)
def test_the_check_of_the_form_catches_a_planted_fault(entry, change, fault):
    assert form_faults(entry) == []
    change(entry)
    assert form_faults(entry) == [fault]


def test_bodies_say_label_and_dimension_claim_and_what_the_coder_added(entry):
    assert [(body["purpose"], body["value"]) for body in entry["body"]] == [
        ("classifying", "citizen"),
        ("classifying", "intent"),
        ("identifying", "d2-p02-2"),
        ("tagging", "status:annotation"),
        ("assessing", "low"),
        ("commenting", "why"),
    ]
    assert [body.get("id") for body in entry["body"][:3]] == [
        "urn:backchannel:label:elements:citizen",
        "urn:backchannel:label:elements:intent",
        None,
    ]
    assert entry["target"][0]["source"] == "urn:backchannel:d2:en"


def test_a_coder_is_named_and_not_said_to_be_a_person(small_dossier, entry):
    """Whether A and B are people differs from dossier to dossier; a type would be a guess."""
    assert entry["creator"] == {"nickname": "Ida"}
    for decision in to_annotations(small_dossier, pass_decisions(small_dossier), "en"):
        assert decision["creator"] in ({"nickname": "A"}, {"nickname": "B"})


def test_only_the_reading_edition_is_quoted(small_package):
    """What the tables take from an original stays where it is."""
    row = small_package.find("claims", id="d1-p02-2")
    small_package.set("claims", row, quote="Urtextwort", cues="Urtextwort")
    dossier = small_package.load()
    for language in LANGUAGES:
        assert "Urtextwort" not in to_json(to_annotations(dossier, reference_decisions(dossier), language))


# --- import ------------------------------------------------------------------------------------------


def set_position(**places):
    return lambda e: e["target"][0]["selector"][1].update(places)


def set_quote(**parts):
    return lambda e: e["target"][0]["selector"][0].update(parts)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (set_position(end=80), "the place 52 to 80 is not in the text, which has 79 characters"),
        (set_position(start=-1), "the place -1 to 64 is not in the text, which has 79 characters"),
        (set_position(start=64), "the place 64 to 64 is not in the text, which has 79 characters"),
        (set_position(start="52"), "the place '52' to 64 is not given in whole numbers"),
        (set_position(start=True), "the place True to 64 is not given in whole numbers"),
        (set_position(start=51), "the words 'so does Ola,' do not stand at the place 51 to 64"),
        (set_quote(exact="so does Udo,"), "the words 'so does Udo,' do not stand at the place 52 to 64"),
        (set_quote(exact=""), "a quote selector has no text"),
        (set_quote(exact=None), "a quote selector has no text"),
        (set_quote(prefix="no "), "the words before or after 'so does Ola,' are not those of the text"),
        (set_quote(suffix="no"), "the words before or after 'so does Ola,' are not those of the text"),
        (lambda e: e["target"][0].update(selector=[]), "a target has neither a quote nor a position"),
        (lambda e: e["target"][1].pop("selector"), "a target has neither a quote nor a position"),
        (lambda e: e["target"][1].update(source="urn:backchannel:d9:en"), "is none of the dossier's texts"),
        (lambda e: e["target"][1].update(source=["x"]), "the source ['x'] is none of the dossier's texts"),
        (lambda e: e.update(target="https://example.org/"), "is none of the dossier's texts"),
        (lambda e: e.update(target="urn:backchannel:d2:en"), "a target has neither a quote nor a position"),
        (
            lambda e: e["target"][0].update(source="urn:backchannel:d1:en"),
            "the source urn:backchannel:d1:en is not the document of the claim d2-p02-2",
        ),
        (lambda e: e.pop("target"), "there is no target"),
        (lambda e: e.update(type="Note"), "there is no object of the type Annotation"),
        (lambda e: e.pop("body"), "there are labels of no dimension or of several"),
        (lambda e: e["body"][0].pop("id"), "the id '' does not name a dimension and the label 'citizen'"),
        (lambda e: e["body"][0].update(value="none"), "does not name a dimension and the label 'none'"),
        (
            lambda e: e["body"][0].update(id="urn:backchannel:label:form:citizen"),
            "there are labels of no dimension or of several",
        ),
        (lambda e: e["body"][0].update(value=3), "the value of a body is not text"),
        (lambda e: e["body"].pop(2), "no claims are named"),
        (lambda e: e["body"].append(e["body"][2]), "2 claims are named"),
        (lambda e: e["body"][2].update(value="d9-p09-9"), "the claim 'd9-p09-9' is not in the dossier"),
        (lambda e: e["body"][3].update(value="lead_time:soon"), "the lead time 'soon' is not a number"),
        (lambda e: e.pop("creator"), "the label of d2-p02-2 in elements names no coder"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_the_rest_is_taken(small_dossier, entry, change, problem):
    wrong = deepcopy(entry)
    change(wrong)
    imported = check_annotations([wrong, entry], small_dossier, "anno.json")
    (sentence,) = [str(finding) for finding in imported.findings]
    assert sentence.startswith("anno.json: in annotation 1, ")
    assert problem in sentence
    assert sentence.endswith(".")
    assert imported.decisions == (GOOD,)


@pytest.mark.parametrize("entry", [None, 7, "x", [], [[]], {}, {"type": ["Annotation"]}])
def test_what_is_no_annotation_is_one_sentence(small_dossier, entry):
    (sentence,) = told(small_dossier, entry)
    assert sentence.endswith(".")


def test_a_quote_or_a_position_alone_is_enough_where_it_fits(small_dossier, entry):
    for kept in (0, 1):
        alone = deepcopy(entry)
        for target in alone["target"]:
            target["selector"] = target["selector"][kept]
        assert told(small_dossier, alone) == []
    alone = deepcopy(entry)
    alone["target"] = [{**entry["target"][0], "selector": [{"type": "TextQuoteSelector", "exact": "Udo"}]}]
    assert "the words 'Udo' do not stand in the text so" in told(small_dossier, alone)[0]


def test_a_list_one_alone_a_page_and_a_collection_are_read(small_dossier, entry, tmp_path):
    page = {"type": "AnnotationPage", "items": [entry]}
    for whole in ([entry], entry, page, {"type": "AnnotationCollection", "first": page}):
        path = tmp_path / "anno.json"
        path.write_text(json.dumps(whole), encoding="utf-8")
        assert from_web_annotations(path, small_dossier).decisions == (GOOD,)


def test_a_page_that_is_elsewhere_is_told(small_dossier, entry, tmp_path):
    path = tmp_path / "anno.json"
    path.write_text(json.dumps({"items": [entry], "next": "https://example.org/2"}), encoding="utf-8")
    imported = from_web_annotations(path, small_dossier)
    assert imported.decisions == (GOOD,)
    assert "in annotation 2, there is no object of the type Annotation" in str(imported.findings[0])


@pytest.mark.parametrize("raw", [b"", b"[", b"[" * 100_000, "ü".encode("cp1252"), b"\xff\xfe\x00"])
def test_a_file_that_is_not_json_is_one_sentence(small_dossier, tmp_path, raw):
    path = tmp_path / "anno.json"
    path.write_bytes(raw)
    (finding,) = from_web_annotations(path, small_dossier).findings
    assert str(finding).endswith(".")


def test_random_damage_never_ends_in_a_traceback(small_dossier):
    dice = random.Random(3)
    good = to_annotations(small_dossier, reference_decisions(small_dossier), "de")
    junk = [None, True, -1, 1.5, "", "x", [], {}, [[]], [None], {"type": []}, "\ud800"]

    def damage(value):
        if dice.random() < 0.02:
            return dice.choice(junk)
        if isinstance(value, dict):
            return {key: damage(part) for key, part in value.items()}
        return [damage(part) for part in value] if isinstance(value, list) else value

    for _ in range(400):
        told(small_dossier, *[damage(entry) for entry in good])
