"""Labels as W3C Web Annotations (JSON-LD), anchored in the reading edition's own words.

One annotation is one decision. Its targets are the words that carry the claim, in the plain text of the whole
document as ``document_text`` returns it, with a TextQuoteSelector and a TextPositionSelector each; positions
count Unicode code points from 0, the end not included. Its bodies say, by their purpose:

========== ============================================================================================
classifying a label; the body's id ``urn:backchannel:label:<dimension>:<label>`` names the dimension too
identifying the claim's id
assessing   the coder's confidence
commenting  the coder's note
describing  a reason, with its language
tagging     ``status:…``, ``rule:…`` or ``lead_time:…`` (seconds)
========== ============================================================================================

Only the reading edition is ever quoted, never an original.
Source: W3C, "Web Annotation Data Model" (Recommendation, 23 February 2017), sections 3.2, 3.3 and 4.2.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from backchannel.dossier import Claim, Dossier
from backchannel.errors import UsageError
from backchannel.exchange.files import read_file
from backchannel.exchange.model import Door, Imported, LabelDecision, read_seconds
from backchannel.markup import plain
from backchannel.words import LANGUAGES, Language, Text

Json = dict[str, Any]

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32  # characters of prefix and suffix
BETWEEN_PASSAGES = "\n\n"

_SOURCE = "urn:backchannel:{document}:{language}"
_LABEL = "urn:backchannel:label:"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:backchannel:annotation")
_FORMAT_REMEDY = "give the file as it was exported, or a list of annotations"
_ANCHOR_REMEDY = "anchor the annotation anew in the reading edition's plain text"


# --- the text, and where a claim stands in it --------------------------------------------------------


def document_text(dossier: Dossier, document: str, language: Language) -> str:
    """Return the reading edition of a document as plain text: passages in order, a blank line between them.

    Raises:
        UsageError: there is no such document.
    """
    if document not in dossier.documents:
        known = ", ".join(dossier.documents)
        raise UsageError(f"There is no document {document!r}; use one of {known}.")
    return BETWEEN_PASSAGES.join(
        plain(passage.reading.in_(language)) for passage in dossier.passages_of(document)
    )


def claim_spans(dossier: Dossier, claim: Claim, language: Language) -> tuple[tuple[int, int], ...]:
    """Return where the words of a claim stand in its document's text: (start, end) of each unbroken run."""
    start = 0
    for passage in dossier.passages_of(claim.document):
        if passage.id == claim.passage:
            break
        start += len(plain(passage.reading.in_(language))) + len(BETWEEN_PASSAGES)
    spans = []
    segments = dossier.passages[claim.passage].segments(language)
    for carries, run in groupby(segments, key=lambda segment: claim.position in segment.claims):
        end = start + sum(len(segment.text) for segment in run)
        if carries:
            spans.append((start, end))
        start = end
    return tuple(spans)


# --- export ------------------------------------------------------------------------------------------


def to_annotations(dossier: Dossier, decisions: Iterable[LabelDecision], language: Language) -> list[Json]:
    """Return one annotation for each decision."""
    texts = {document: document_text(dossier, document, language) for document in dossier.documents}
    targets: dict[str, list[Json]] = {}
    found = []
    for decision in decisions:
        claim = dossier.claim(decision.claim)
        if claim.id not in targets:
            targets[claim.id] = [
                _target(texts[claim.document], span, claim.document, language)
                for span in claim_spans(dossier, claim, language)
            ]
        found.append(
            {
                "@context": CONTEXT,
                "id": uuid.uuid5(_IDS, json.dumps(decision.key)).urn,
                "type": "Annotation",
                "motivation": "classifying",
                # Without a type: only the README of a dossier says whether its coders are people.
                "creator": {"nickname": decision.coder},
                "body": list(_bodies(decision)),
                "target": targets[claim.id],
            }
        )
    return found


def to_json(annotations: list[Json]) -> str:
    """Return annotations as the text of a file."""
    return json.dumps(annotations, ensure_ascii=False, indent=1) + "\n"


def _bodies(decision: LabelDecision) -> Iterator[Json]:
    for label in decision.label.split(";"):
        yield _body("classifying", label, id=f"{_LABEL}{decision.dimension}:{label}")
    yield _body("identifying", decision.claim)
    yield _body("tagging", f"status:{decision.status}")
    if decision.confidence:
        yield _body("assessing", decision.confidence)
    if decision.note:
        yield _body("commenting", decision.note)
    for language in LANGUAGES:
        if reason := decision.reason.in_(language):
            yield _body("describing", reason, language=language)
    if decision.rule:
        yield _body("tagging", f"rule:{decision.rule}")
    if decision.lead_time is not None:
        yield _body("tagging", f"lead_time:{decision.lead_time!r}")


def _body(purpose: str, value: str, **more: str) -> Json:
    return {**more, "type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}


def _target(text: str, span: tuple[int, int], document: str, language: Language) -> Json:
    start, end = span
    return {
        "type": "SpecificResource",
        "source": _SOURCE.format(document=document, language=language),
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - AROUND) : start],
                "suffix": text[end : end + AROUND],
            },
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }


# --- import ------------------------------------------------------------------------------------------


def from_web_annotations(path: Path, dossier: Dossier, coder: str = "") -> Imported:
    """Read annotations back: a list, one alone, an AnnotationPage or an AnnotationCollection.

    Args:
        path: the file.
        dossier: the course data.
        coder: whose labels those are which have no creator with a nickname or a name.
    """
    contents = read_file(path)
    if contents.finding:
        return Imported((), (contents.finding,))
    try:
        entries = list(_annotations(json.loads(contents.text)))
    except (ValueError, RecursionError):
        door = Door(dossier, path.name)
        door.refuse("the file is not JSON, or only a part of it", _FORMAT_REMEDY)
        return door.imported()
    imported = check_annotations(entries, dossier, path.name, coder)
    return replace(imported, remarks=tuple(contents.remarks(path)))


def check_annotations(entries: Iterable[object], dossier: Dossier, file: str, coder: str = "") -> Imported:
    """Turn annotations into decisions; leave those out whose selectors do not fit the text, with a sentence.

    Args:
        entries: annotations as JSON has them.
        dossier: the course data, whose reading edition the selectors are held against.
        file: the file's name, for the findings.
        coder: as for ``from_web_annotations``.
    """
    door, anchors = Door(dossier, file, coder), _Anchors(dossier)
    for number, entry in enumerate(entries, start=1):
        place = f"in annotation {number}"
        try:
            decision = _decision(entry)
            anchors.check(entry.get("target") if isinstance(entry, dict) else None, decision.claim)
        except _Unreadable as unreadable:
            problem, remedy = unreadable.args
            door.refuse(f"{place}, {problem}", remedy)
        else:
            door.admit(decision, place=place)
    return door.imported()


class _Unreadable(Exception):  # noqa: N818 - it never leaves this module
    """What is wrong with an annotation, and what to do: two half sentences."""


def _annotations(found: object) -> Iterator[object]:
    """Yield the annotations of a list, a page or a collection."""
    if isinstance(found, list):
        yield from found
    elif isinstance(found, dict) and ("items" in found or "first" in found):
        for part in ("items", "first", "next"):
            yield from _annotations(found.get(part, []))
    else:
        yield found


def _listed(value: object) -> list[Any]:
    """Return one thing, or several, as a list, as JSON-LD lets both be written."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _decision(entry: object) -> LabelDecision:
    if not isinstance(entry, dict) or "Annotation" not in _listed(entry.get("type")):
        raise _Unreadable("there is no object of the type Annotation", _FORMAT_REMEDY)
    bodies = [body for body in _listed(entry.get("body")) if isinstance(body, dict)]
    if any(not isinstance(body.get("value", ""), str) for body in bodies):
        raise _Unreadable("the value of a body is not text", _FORMAT_REMEDY)
    dimension, label = _label(bodies)
    claims = _values(bodies, "identifying")
    if len(claims) != 1:
        remedy = "let one body with the purpose identifying hold the claim's id"
        raise _Unreadable(f"{len(claims) or 'no'} claims are named", remedy)
    tags = dict(tag.split(":", 1) for tag in _values(bodies, "tagging") if ":" in tag)
    try:
        seconds = read_seconds(tags.get("lead_time"))
    except ValueError:
        problem = f"the lead time {tags['lead_time']!r} is not a number of seconds"
        raise _Unreadable(problem, "correct it, or remove the tag") from None
    reasons = _with_purpose(bodies, "describing")
    return LabelDecision(
        claim=claims[0],
        dimension=dimension,
        label=label,
        coder=_creator(entry.get("creator")),
        status=tags.get("status", "annotation"),
        confidence="".join(_values(bodies, "assessing")),
        note="\n".join(_values(bodies, "commenting")),
        lead_time=seconds,
        rule=tags.get("rule", ""),
        reason=Text(*(_in_language(reasons, language) for language in LANGUAGES)),
    )


def _with_purpose(bodies: Sequence[Json], purpose: str) -> list[Json]:
    return [body for body in bodies if purpose in _listed(body.get("purpose")) and "value" in body]


def _in_language(bodies: Sequence[Json], language: Language) -> str:
    return "".join(body["value"] for body in bodies if body.get("language") == language)


def _values(bodies: Sequence[Json], purpose: str) -> list[str]:
    return [body["value"] for body in _with_purpose(bodies, purpose)]


def _label(bodies: Sequence[Json]) -> tuple[str, str]:
    """Return the dimension and the label, or set of labels, of an annotation."""
    found = []
    for body in _with_purpose(bodies, "classifying"):
        named = str(body.get("id", ""))
        dimension = named.removeprefix(_LABEL).removesuffix(f":{body['value']}")
        if named != f"{_LABEL}{dimension}:{body['value']}":
            problem = f"the id {named!r} does not name a dimension and the label {body['value']!r}"
            raise _Unreadable(problem, f"write it as {_LABEL}<dimension>:<label>")
        found.append((dimension, body["value"]))
    if len({dimension for dimension, _ in found}) != 1:
        remedy = "let each annotation classify in one dimension"
        raise _Unreadable("there are labels of no dimension or of several", remedy)
    return found[0][0], ";".join(label for _, label in found)


def _creator(creator: object) -> str:
    """Return what to call the first creator, or an empty string."""
    for agent in _listed(creator):
        if isinstance(agent, dict) and (name := agent.get("nickname") or agent.get("name")):
            return str(name)
    return ""


@dataclass(frozen=True)
class _Anchors:
    """Holds selectors against the texts they speak of."""

    dossier: Dossier

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, str]]:
        """The document and its text, by source."""
        return {
            _SOURCE.format(document=document, language=language): (
                document,
                document_text(self.dossier, document, language),
            )
            for document in self.dossier.documents
            for language in LANGUAGES
        }

    def check(self, targets: object, claim: str) -> None:
        """Refuse an annotation of which a target does not stand where it says, or is of another document."""
        listed = _listed(targets)
        if not listed:
            raise _Unreadable("there is no target", _ANCHOR_REMEDY)
        for target in listed:
            source = target.get("source") if isinstance(target, dict) else target
            if not isinstance(source, str) or source not in self.texts:
                problem = f"the source {source!r} is none of the dossier's texts"
                raise _Unreadable(problem, f"use a source such as {next(iter(self.texts), _SOURCE)}")
            document, text = self.texts[source]
            if claim in self.dossier.claims and self.dossier.claims[claim].document != document:
                problem = f"the source {source} is not the document of the claim {claim}"
                raise _Unreadable(problem, "correct the source or the claim")
            _check_selectors(target.get("selector") if isinstance(target, dict) else None, text)


def _check_selectors(selectors: object, text: str) -> None:
    quote = _of_type(selectors, "TextQuoteSelector")
    position = _of_type(selectors, "TextPositionSelector")
    if quote is None and position is None:
        raise _Unreadable("a target has neither a quote nor a position as its selector", _ANCHOR_REMEDY)
    if position is not None:
        _check_position(position, len(text))
    if quote is None:
        return
    parts = [quote.get("prefix", ""), quote.get("exact"), quote.get("suffix", "")]
    if not all(isinstance(part, str) for part in parts) or not parts[1]:
        raise _Unreadable("a quote selector has no text", _ANCHOR_REMEDY)
    if position is not None:
        _check_quote_at(position["start"], position["end"], parts, text)
    elif "".join(parts) not in text:
        raise _Unreadable(f"the words {parts[1]!r} do not stand in the text so", _ANCHOR_REMEDY)


def _of_type(selectors: object, kind: str) -> Json | None:
    found = (entry for entry in _listed(selectors) if isinstance(entry, dict))
    return next((entry for entry in found if kind in _listed(entry.get("type"))), None)


def _check_position(position: Json, length: int) -> None:
    start, end = position.get("start"), position.get("end")
    if type(start) is not int or type(end) is not int:
        raise _Unreadable(f"the place {start!r} to {end!r} is not given in whole numbers", _ANCHOR_REMEDY)
    if not 0 <= start < end <= length:
        problem = f"the place {start} to {end} is not in the text, which has {length} characters"
        raise _Unreadable(problem, _ANCHOR_REMEDY)


def _check_quote_at(start: int, end: int, parts: Sequence[str], text: str) -> None:
    prefix, exact, suffix = parts
    if text[start:end] != exact:
        problem = f"the words {exact!r} do not stand at the place {start} to {end}"
        if _by_code_units(text, start, end) == exact:
            raise _Unreadable(problem, "count Unicode code points, not UTF-16 code units")
        raise _Unreadable(problem, _ANCHOR_REMEDY)
    if not text[:start].endswith(prefix) or not text[end:].startswith(suffix):
        problem = f"the words before or after {exact!r} are not those of the text"
        raise _Unreadable(problem, _ANCHOR_REMEDY)


def _by_code_units(text: str, start: int, end: int) -> str:
    """Return the words at a place counted as browsers do."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")
