"""The codebook: dimensions, labels, decision rules and common confusions.

Everything about a label is written in ``course_data/codebook.toml`` and nowhere else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from backchannel.errors import DataError, UsageError
from backchannel.tables import read_text
from backchannel.words import Text

SET_SEPARATOR = ";"
_VERSION_PART = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Label:
    """One answer a coder may give. ``example`` is invented, never taken from the dossier."""

    id: str
    name: Text
    definition: Text
    example: Text


@dataclass(frozen=True)
class Rule:
    """A decision rule, in the order in which rules are applied."""

    id: str
    text: Text


@dataclass(frozen=True)
class Confusion:
    """Two labels often taken for each other, and what separates them."""

    labels: tuple[str, str]
    text: Text


@dataclass(frozen=True)
class Dimension:
    """One question asked of every claim.

    ``several`` means that a label is a set of label ids; ``missing`` lists label ids which count as
    missing when agreement is computed on an ordinal scale.
    """

    id: str
    scale: str
    several: bool
    missing: tuple[str, ...]
    name: Text
    question: Text
    about: Text
    derived_from: tuple[str, ...]
    labels: tuple[Label, ...]
    rules: tuple[Rule, ...]
    confusions: tuple[Confusion, ...]

    @cached_property
    def label_ids(self) -> tuple[str, ...]:
        """Label ids in the order of the codebook, which is the order of the scale."""
        return tuple(label.id for label in self.labels)

    def label(self, label_id: str) -> Label:
        """Return one label.

        Raises:
            UsageError: the dimension has no such label.
        """
        for label in self.labels:
            if label.id == label_id:
                return label
        raise UsageError(
            f"The label {label_id!r} does not exist in the dimension {self.id}; "
            f"use one of {', '.join(self.label_ids)}."
        )

    def normalise(self, value: str | Iterable[str]) -> str:
        """Return a label, or a set of labels in the codebook's order, as it is written down.

        Raises:
            UsageError: a label is unknown, nothing is given, ``none`` stands beside others, or a
                set is given where one label is asked for.
        """
        parts = value.split(SET_SEPARATOR) if isinstance(value, str) else list(value)
        chosen = {part.strip() for part in parts if part.strip()}
        for part in sorted(chosen):
            self.label(part)
        if not chosen:
            raise UsageError(f"No label was given for {self.id}; use one of {', '.join(self.label_ids)}.")
        if len(chosen) > 1 and not self.several:
            raise UsageError(f"The dimension {self.id} takes one label, but several were given; choose one.")
        if len(chosen) > 1 and "none" in chosen:
            raise UsageError(f"In {self.id} the label none stands alone; leave it out or use it alone.")
        return SET_SEPARATOR.join(label for label in self.label_ids if label in chosen)

    def name_of(self, value: str) -> Text:
        """Return the readable name of a label or of a set of labels."""
        names = [self.label(part).name for part in value.split(SET_SEPARATOR)]
        return Text(en=", ".join(n.en for n in names), de=", ".join(n.de for n in names))


@dataclass(frozen=True)
class Codebook:
    """All dimensions, with a version that every decision carries."""

    version: str
    title: Text
    unit: Text
    principle: Text
    dimensions: tuple[Dimension, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Dimension]:
        """Dimensions by their id."""
        return {dimension.id: dimension for dimension in self.dimensions}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules of all dimensions by their id."""
        return {rule.id: rule for dimension in self.dimensions for rule in dimension.rules}

    def __getitem__(self, dimension_id: str) -> Dimension:
        if dimension_id not in self.by_id:
            raise UsageError(
                f"The dimension {dimension_id!r} is not in the codebook; use one of {', '.join(self.by_id)}."
            )
        return self.by_id[dimension_id]

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The version as numbers, so that versions can be compared."""
        return version_order(self.version)


def version_order(version: str) -> tuple[int, ...]:
    """Turn ``"1.10"`` into ``(1, 10)``, and ``"1.0"`` into ``(1,)``, so that equal versions compare equal.

    What is no number of at most nine digits counts as 0: a version may come from a file that is not ours.
    """
    numbers = [int(part) if _VERSION_PART.fullmatch(part) else 0 for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _texts(entry: Mapping[str, Any], *names: str) -> dict[str, Text]:
    return {name: Text.from_mapping(entry[name]) for name in names}


def _dimension(entry: Mapping[str, Any]) -> Dimension:
    return Dimension(
        id=entry["id"],
        scale=entry["scale"],
        several=entry["several"],
        missing=tuple(entry["missing"]),
        derived_from=tuple(entry["derived_from"]),
        labels=tuple(
            Label(id=label["id"], **_texts(label, "name", "definition", "example"))
            for label in entry["label"]
        ),
        rules=tuple(Rule(rule["id"], Text.from_mapping(rule["text"])) for rule in entry["rule"]),
        confusions=tuple(
            Confusion((item["labels"][0], item["labels"][1]), Text.from_mapping(item["text"]))
            for item in entry["confusion"]
        ),
        **_texts(entry, "name", "question", "about"),
    )


def _dimensions(raw: Mapping[str, Any], file: str) -> Iterator[Dimension]:
    """Yield the dimensions; where one lacks an entry, say which."""
    for number, entry in enumerate(raw["dimension"], start=1):
        try:
            yield _dimension(entry)
        except KeyError as error:
            place = f"{file}, dimension {entry.get('id', number)}"
            sentence = f"{place}: the entry {error} is missing; add it as elsewhere in the file."
            raise DataError(sentence) from error


def load_codebook(path: Path) -> Codebook:
    """Read a codebook.

    Raises:
        DataError: the file is missing, is not TOML, or lacks an entry.
    """
    text, findings = read_text(path)
    if findings:
        raise DataError(str(findings[0]))
    try:
        raw = tomllib.loads(text)
        return Codebook(
            version=str(raw["version"]),
            dimensions=tuple(_dimensions(raw, path.name)),
            **_texts(raw, "title", "unit", "principle"),
        )
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path.name} cannot be read: {error}; correct the place named.") from error
    except (KeyError, TypeError, IndexError) as error:
        raise DataError(f"{path.name} lacks the entry {error}; add it as in the other dimensions.") from error
