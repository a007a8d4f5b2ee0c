"""The labelling configuration of Label Studio, made from the codebook: one question a dimension.

Tags: https://labelstud.io/tags. A choice shows the label's readable name and stores its id (``alias``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from backchannel.codebook import Codebook, Dimension
from backchannel.errors import UsageError
from backchannel.exchange.model import STATUSES
from backchannel.journal import CONFIDENCES
from backchannel.words import Language, say

CHOICES, TEXTAREA = "choices", "textarea"  # types of results, and of controls
TO_NAME, PASSAGE = "claim", "passage"  # the texts that are shown
CODER, STATUS = "coder", "status"  # controls of the annotation as a whole
CONFIDENCE, NOTE = "__confidence", "__note"  # controls of a dimension, behind its id
RULE, REASON_EN, REASON_DE = "__rule", "__reason_en", "__reason_de"

PARTS = {
    "": CHOICES,
    CONFIDENCE: CHOICES,
    NOTE: TEXTAREA,
    RULE: TEXTAREA,
    REASON_EN: TEXTAREA,
    REASON_DE: TEXTAREA,
}
# Names in use already, in the configuration or in a record of JSON-MIN.
_RESERVED = {
    *(TO_NAME, PASSAGE, CODER, STATUS, "id", "text", "claim_id", "document", "annotator", "annotation_id"),
    *("created_at", "updated_at", "lead_time", "agreement"),
}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def control_types(codebook: Codebook) -> Mapping[str, str]:
    """Return the type of every control, by its name.

    Raises:
        UsageError: a dimension has a name that is in use already.
    """
    for dimension in codebook.by_id:
        if dimension in _RESERVED:
            raise UsageError(
                f"The dimension {dimension!r} has a name that Label Studio's exports use for something else; "
                "give the dimension another id."
            )
    named = {dimension + part: kind for dimension in codebook.by_id for part, kind in PARTS.items()}
    return {**named, CODER: TEXTAREA, STATUS: CHOICES}


def to_config(codebook: Codebook, language: Language, *, reasons: bool = False) -> str:
    """Return the configuration as XML.

    Args:
        codebook: what is asked.
        language: of questions, names and hints.
        reasons: ask for rule and reasons too, which only references have.
    """
    control_types(codebook)
    view = ElementTree.Element("View")
    _add(view, "Header", value=_clean(codebook.title.in_(language)), size="3")
    _add(view, "Header", value="$document", size="5")
    _add(view, "Text", name=PASSAGE, value="$passage", selectionEnabled="false")
    _add(view, "Text", name=TO_NAME, value="$text", selectionEnabled="false")
    for dimension in codebook.dimensions:
        _add_dimension(view, dimension, language, reasons)
    _add_text(view, CODER, say("exchange.coder", language), rows=1)
    statuses = {status: say(f"exchange.{status}", language) for status in STATUSES}
    _add_choices(view, STATUS, statuses)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _add_dimension(
    view: ElementTree.Element, dimension: Dimension, language: Language, reasons: bool
) -> None:
    name = dimension.name.in_(language)
    box = _add(view, "View")
    _add(box, "Header", value=_clean(dimension.question.in_(language)), size="4")
    choices = _add(
        box,
        "Choices",
        name=dimension.id,
        toName=TO_NAME,
        choice="multiple" if dimension.several else "single-radio",
    )
    for label in dimension.labels:
        _add(
            choices,
            "Choice",
            value=_clean(label.name.in_(language)),
            alias=label.id,
            hint=_clean(label.definition.in_(language)),
        )
    _add(box, "Header", value=_clean(say("labeller.confidence", language, dimension=name)), size="6")
    sure = {word: say(f"labeller.confidence_{word}", language) for word in CONFIDENCES}
    _add_choices(box, dimension.id + CONFIDENCE, sure)
    _add_text(box, dimension.id + NOTE, say("labeller.note", language, dimension=name))
    if reasons:
        _add_text(box, dimension.id + RULE, say("exchange.rule", language, dimension=name), rows=1)
        _add_text(box, dimension.id + REASON_EN, say("exchange.reason_en", language, dimension=name))
        _add_text(box, dimension.id + REASON_DE, say("exchange.reason_de", language, dimension=name))


def _add_choices(parent: ElementTree.Element, name: str, words: Mapping[str, str]) -> None:
    choices = _add(parent, "Choices", name=name, toName=TO_NAME, choice="single-radio", showInline="true")
    for identity, word in words.items():
        _add(choices, "Choice", value=_clean(word), alias=identity)


def _add_text(parent: ElementTree.Element, name: str, words: str, rows: int = 2) -> None:
    _add(
        parent,
        "TextArea",
        name=name,
        toName=TO_NAME,
        placeholder=_clean(words),
        rows=str(rows),
        maxSubmissions="1",
        editable="true",
    )


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _clean(words: str) -> str:
    """Replace what XML cannot hold; all else is escaped when it is written."""
    return _NOT_IN_XML.sub("\ufffd", words)
