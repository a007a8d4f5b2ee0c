"""Labels as tasks of Label Studio, one a claim, and back from its exports JSON and JSON-MIN.

An annotation holds what one coder says of one claim. Everything stands in the results of controls that our
labelling configuration declares, coder and status too: what stands beside the results (``meta``, an unknown
``completed_by``) does not survive an import into Label Studio or a JSON-MIN export.
Format: https://labelstud.io/guide/task_format and https://labelstud.io/guide/export.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backchannel.dossier import Dossier
from backchannel.exchange.files import read_file
from backchannel.exchange.label_studio_config import (
    CHOICES,
    CODER,
    CONFIDENCE,
    NOTE,
    PARTS,
    PASSAGE,
    REASON_DE,
    REASON_EN,
    RULE,
    STATUS,
    TEXTAREA,
    TO_NAME,
    control_types,
)
from backchannel.exchange.model import Door, Imported, LabelDecision, read_seconds
from backchannel.markup import plain
from backchannel.words import Language, Text

Json = dict[str, Any]
Given = dict[str, list[str]]  # what an annotation gives in each control

# What JSON-MIN writes beside the results of the controls.
_MIN_NAMES = {
    *("id", "text", "claim_id", "passage", "document", "annotator", "annotation_id"),
    *("created_at", "updated_at", "lead_time", "agreement"),
}
_FORMAT_REMEDY = "export the project from Label Studio again, as JSON or JSON-MIN"


# --- export ------------------------------------------------------------------------------------------


def to_tasks(dossier: Dossier, decisions: Iterable[LabelDecision], language: Language) -> list[Json]:
    """Return one task for each claim of the dossier, with an annotation for each coder who labelled it.

    A coder's reference, each round of alternatives and each lead time are annotations of their own.
    """
    by_claim: dict[str, list[LabelDecision]] = defaultdict(list)
    for decision in decisions:
        by_claim[decision.claim].append(decision)
    return [
        {
            "data": {
                "text": claim.text.in_(language),
                "claim_id": claim.id,
                "passage": plain(dossier.passages[claim.passage].reading.in_(language)),
                "document": dossier.documents[claim.document].title.in_(language),
            },
            "annotations": [
                _annotation(f"{claim.id}-{number}", group)
                for number, group in enumerate(_groups(by_claim[claim.id]), start=1)
            ],
        }
        for claim in dossier.claims.values()
    ]


def to_json(tasks: list[Json]) -> str:
    """Return tasks as the text of a file."""
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def _groups(decisions: Iterable[LabelDecision]) -> Iterator[list[LabelDecision]]:
    """Gather what goes into one annotation: each dimension at most once."""
    rounds: Counter[tuple[object, ...]] = Counter()
    groups: dict[tuple[object, ...], list[LabelDecision]] = defaultdict(list)
    for decision in decisions:
        who = (decision.coder, decision.status, decision.lead_time)
        rounds[*who, decision.dimension] += 1
        groups[*who, rounds[*who, decision.dimension]].append(decision)
    yield from groups.values()


def _annotation(name: str, decisions: list[LabelDecision]) -> Json:
    first = decisions[0]
    results = [_text(CODER, first.coder), _choices(STATUS, [first.status])]
    for decision in decisions:
        dimension = decision.dimension
        results.append(_choices(dimension, decision.label.split(";")))
        if decision.confidence:
            results.append(_choices(dimension + CONFIDENCE, [decision.confidence]))
        for part, text in (
            (NOTE, decision.note),
            (RULE, decision.rule),
            (REASON_EN, decision.reason.en),
            (REASON_DE, decision.reason.de),
        ):
            if text:
                results.append(_text(dimension + part, text))
    return {
        "was_cancelled": False,
        "ground_truth": first.status == "reference",
        **({} if first.lead_time is None else {"lead_time": first.lead_time}),
        "result": [{"id": f"{name}-{number}", **result} for number, result in enumerate(results, start=1)],
    }


def _choices(control: str, chosen: list[str]) -> Json:
    return {"from_name": control, "to_name": TO_NAME, "type": CHOICES, "value": {"choices": chosen}}


def _text(control: str, text: str) -> Json:
    return {"from_name": control, "to_name": TO_NAME, "type": TEXTAREA, "value": {"text": [text]}}


# --- import ------------------------------------------------------------------------------------------


def from_label_studio(path: Path, dossier: Dossier, coder: str = "") -> Imported:
    """Read an export of Label Studio, JSON or JSON-MIN, whichever it is.

    Args:
        path: the file.
        dossier: the course data.
        coder: whose labels those are whose coder nothing tells. Where an annotation was made in Label Studio,
            its user is the coder: the e-mail address, or ``user-1`` where there is only a number.
    """
    contents = read_file(path)
    if contents.finding:
        return Imported((), (contents.finding,))
    reader = _Reader(Door(dossier, path.name, coder), control_types(dossier.codebook))
    try:
        tasks = json.loads(contents.text)
    except (ValueError, RecursionError):
        reader.door.refuse("the file is not JSON, or only a part of it", _FORMAT_REMEDY)
        return reader.door.imported()
    if isinstance(tasks, dict):
        tasks = [tasks]
    if not isinstance(tasks, list):
        reader.door.refuse("the file holds no list of tasks", _FORMAT_REMEDY)
        return reader.door.imported()
    for number, task in enumerate(tasks, start=1):
        reader.read_task(task, f"in task {number}")
    return reader.door.imported([*contents.remarks(path), *reader.remarks(path.name)])


@dataclass
class _Reader:
    """Turns tasks into decisions; ``controls`` maps the name of each control to its type."""

    door: Door
    controls: Mapping[str, str]
    predictions: int = 0
    foreign: dict[str, None] = field(default_factory=dict)

    def remarks(self, file: str) -> Iterator[str]:
        """Say what was passed over although nothing is wrong with it."""
        if self.foreign:
            names = ", ".join(map(repr, self.foreign))
            yield f"{file} has entries that belong to no control of ours and were not read: {names}."
        if self.predictions:
            yield f"{file} has predictions in {self.predictions} of its tasks, which were not read."

    def read_task(self, task: object, place: str) -> None:
        """Read a task of a full export, or a record of JSON-MIN."""
        if not isinstance(task, dict):
            self.door.refuse(f"{place}, there is no task but {_kind(task)}", _FORMAT_REMEDY)
        elif "data" in task or "annotations" in task:
            self._read_full(task, place)
        elif claim := self._claim(task, place):
            self._read_min(task, claim, place)

    def _claim(self, data: object, place: str) -> str:
        """Return the claim a task is about, or an empty string after a report."""
        if not isinstance(data, dict):
            self.door.refuse(f"{place}, data is not an object but {_kind(data)}", _FORMAT_REMEDY)
            return ""
        claim = data.get("claim_id")
        if isinstance(claim, str) and claim:
            return claim
        self.door.refuse(f"{place}, there is no claim_id", "keep claim_id in the data of every task")
        return ""

    # --- the full export ---

    def _read_full(self, task: Json, place: str) -> None:
        data = task.get("data")
        claim = self._claim(data, place)
        if not claim or not isinstance(data, dict):
            return
        self.predictions += bool(task.get("predictions"))
        annotations = task.get("annotations", [])
        if not isinstance(annotations, list):
            problem = f"{place}, annotations is not a list but {_kind(annotations)}"
            self.door.refuse(problem, _FORMAT_REMEDY)
            return
        texts = {TO_NAME: data.get("text"), PASSAGE: data.get("passage")}
        for number, annotation in enumerate(annotations, start=1):
            here = f"{place}, annotation {number}"
            if not isinstance(annotation, dict):
                self.door.refuse(f"{here}, there is no annotation but {_kind(annotation)}", _FORMAT_REMEDY)
            elif annotation.get("was_cancelled"):
                remedy = "submit it in Label Studio if its labels are meant"
                self.door.refuse(f"{here}, the coder cancelled, so no label was taken", remedy)
            else:
                self._read_annotation(claim, annotation, texts, here)

    def _read_annotation(self, claim: str, annotation: Json, texts: Mapping[str, object], place: str) -> None:
        results = annotation.get("result")
        if not isinstance(results, list):
            self.door.refuse(f"{place}, result is not a list but {_kind(results)}", _FORMAT_REMEDY)
            return
        given: Given = defaultdict(list)
        for number, result in enumerate(results, start=1):
            try:
                control, values = self._result(result, texts)
            except _Unreadable as unreadable:
                problem, remedy = unreadable.args
                self.door.refuse(f"{place}, result {number} {problem}", remedy)
            else:
                given[control] += values
        self._admit(claim, given, annotation.get("completed_by"), annotation.get("lead_time"), place)

    def _result(self, result: object, texts: Mapping[str, object]) -> tuple[str, list[str]]:
        """Return the control of a result and what was given in it."""
        if not isinstance(result, dict):
            raise _Unreadable(f"is not an object but {_kind(result)}", _FORMAT_REMEDY)
        value, kind, control = result.get("value"), result.get("type"), result.get("from_name")
        if not isinstance(value, dict):
            raise _Unreadable(f"has no object as its value but {_kind(value)}", _FORMAT_REMEDY)
        _check_span(value, texts.get(str(result.get("to_name"))))
        if kind not in (CHOICES, TEXTAREA):
            remedy = "label the claim as a whole, with choices and text areas"
            raise _Unreadable(f"has the type {kind!r}, which is not read here", remedy)
        if not isinstance(control, str) or control not in self.controls:
            remedy = "use the labelling configuration that was exported with the tasks"
            raise _Unreadable(f"comes from {control!r}, which is no control of ours", remedy)
        if kind != self.controls[control]:
            problem = f"comes from {control!r} with the type {kind}, which should be {self.controls[control]}"
            raise _Unreadable(problem, "use the labelling configuration that was exported with the tasks")
        values = _strings(value.get("choices" if kind == CHOICES else "text"))
        if values is None:
            raise _Unreadable(f"holds no list of words for {control!r}", _FORMAT_REMEDY)
        return control, values

    # --- JSON-MIN ---

    def _read_min(self, record: Json, claim: str, place: str) -> None:
        given: Given = {}
        for name, value in record.items():
            if name in self.controls:
                values = _min_strings(value)
                if values is None:
                    self.door.refuse(f"{place}, {name} holds neither words nor a list", _FORMAT_REMEDY)
                else:
                    given[name] = values
            elif name not in _MIN_NAMES:
                self.foreign[name] = None
        self._admit(claim, given, record.get("annotator"), record.get("lead_time"), place)

    # --- both ---

    def _admit(self, claim: str, given: Given, user: object, lead_time: object, place: str) -> None:
        """Let in one decision for each dimension of an annotation."""
        try:
            seconds = read_seconds(lead_time)
        except (ValueError, OverflowError):
            seconds = None
            problem = f"{place}, the lead time {lead_time!r} is not a number of seconds and was left out"
            self.door.refuse(problem, "correct it, or remove it")
        coder = _joined(given, CODER) or ("" if user is None else _user(user))
        for dimension in self.door.dossier.codebook.by_id:
            if not any(given.get(dimension + part) for part in PARTS):
                continue
            if not given.get(dimension):
                problem = f"{place}, something is said about {dimension}, but there is no label"
                self.door.refuse(problem, "choose a label too")
                continue
            if (label := _one_answer(given[dimension])) is None:
                problem = f"{place}, a label of {dimension} holds a semicolon"
                self.door.refuse(problem, "give each label of a set as a choice of its own")
                continue
            decision = LabelDecision(
                claim=claim,
                dimension=dimension,
                label=label,
                coder=coder,
                status=_joined(given, STATUS) or "annotation",
                confidence=_joined(given, dimension + CONFIDENCE),
                note=_joined(given, dimension + NOTE),
                lead_time=seconds,
                rule=_joined(given, dimension + RULE),
                reason=Text(_joined(given, dimension + REASON_EN), _joined(given, dimension + REASON_DE)),
            )
            self.door.admit(decision, place=place)


class _Unreadable(Exception):  # noqa: N818 - it never leaves this module
    """What is wrong with a result, and what to do: two half sentences."""


def _check_span(value: Json, text: object) -> None:
    """See that a result which marks a part of a text marks a part that is there.

    Label Studio counts as browsers do, in UTF-16 code units.
    """
    start, end = value.get("start"), value.get("end")
    if start is None and end is None:
        return
    remedy = "mark the words anew in Label Studio"
    if not isinstance(text, str):
        raise _Unreadable("marks a part of a text that the task does not have", remedy)
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if type(start) is not int or type(end) is not int:
        raise _Unreadable(f"marks the place {start!r} to {end!r}, which are no whole numbers", remedy)
    if not 0 <= start <= end <= length:
        problem = f"marks the place {start} to {end} of a text that has {length} characters"
        raise _Unreadable(problem, remedy)


def _strings(value: object) -> list[str] | None:
    """Return a list of words, or None where it is none; a word alone counts as a list."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return list(value)
    return None


def _min_strings(value: object) -> list[str] | None:
    """Return what JSON-MIN makes of one control: a word, an object with a list, or a list of either."""
    found: list[str] = []
    for entry in value if isinstance(value, list) else [value]:
        words = _strings(entry.get("choices", entry.get("text")) if isinstance(entry, dict) else entry)
        if words is None:
            return None
        found += words
    return found


def _joined(given: Mapping[str, list[str]], control: str) -> str:
    return "\n".join(given.get(control, ()))


def _one_answer(choices: list[str]) -> str | None:
    return None if any(";" in choice for choice in choices) else ";".join(choices)


def _user(user: object) -> str:
    """Return what to call a user of Label Studio."""
    if isinstance(user, dict):
        return str(user.get("email") or f"user-{user.get('id', '?')}")
    return f"user-{user}" if isinstance(user, int) else str(user)


def _kind(value: object) -> str:
    """Name what stands where something else should."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return kinds.get(type(value), "a number")
