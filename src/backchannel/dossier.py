"""The dossier: documents, passages, claims and what is known about each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from backchannel.codebook import Codebook, load_codebook
from backchannel.errors import DataError, UsageError
from backchannel.markup import Segment, parse
from backchannel.tables import Finding, Package, read_package, rows_of, split_list
from backchannel.validation import check_meaning
from backchannel.words import Language, Text

# Every dossier has these tables; those it does not need may be empty.
TABLES = (
    "documents",
    "passages",
    "claims",
    "attributions",
    "actors",
    "contacts",
    "contact_words",
    "track_definitions",
    "contact_tracks",
    "propositions",
    "retellings",
    "reference_labels",
    "annotations",
    "hypotheses",
    "evidence",
    "evidence_ratings",
    "logan_elements",
    "logan_cases",
    "case_elements",
    "logan_arguments",
    "events",
    "quiz",
    "quiz_options",
    "lessons",
    "activities",
    "prompts",
    "exercises",
    "tasks",
    "blocks",
    "sources",
    "tokens",
)


@dataclass(frozen=True)
class Document:
    """One of the texts the course is about."""

    id: str
    label: str
    title: Text
    outlet: Text
    date: str
    sha256: str


@dataclass(frozen=True)
class Passage:
    """A passage in the reading edition. ``reading`` carries markup, see ``backchannel.markup``.

    ``span`` is where it begins and ends in the file of the original, in characters, where that is known.
    """

    id: str
    document: str
    position: int
    locator: str
    kind: str
    reading: Text
    span: tuple[int, int] | None = None

    def segments(self, language: Language) -> tuple[Segment, ...]:
        """Return the reading in its segments."""
        return parse(self.reading.in_(language))


@dataclass(frozen=True)
class Claim:
    """One proposition with one speaker and one attribution chain.

    The labels of a claim that is ``held_back`` are kept for graded exercises, see ``backchannel.key``.
    """

    id: str
    passage: str
    position: int
    text: Text
    quote: str
    cues: tuple[str, ...]
    held_back: bool = False

    @property
    def document(self) -> str:
        """Id of the document the claim stands in."""
        return self.id.split("-", 1)[0]


@dataclass(frozen=True)
class Reference:
    """A label the course gives a claim, or an acceptable alternative, with its reason.

    ``by_rule`` says that the reason is the words of the codebook's rule and nothing more.
    """

    label: str
    status: str
    rule: str
    reason: Text
    by_rule: bool = False


@dataclass(frozen=True)
class Block:
    """A block of claims that a lesson asks students to label; ``id`` is its activity in the journal."""

    id: str
    lesson: str
    mode: str
    dimensions: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True)
class LessonCard:
    """A lesson as lists and portfolios name it; its notebook has the rest."""

    id: str
    title: Text
    question: Text


@dataclass(frozen=True)
class Activity:
    """Something a lesson asks a student to do; ``id`` is its name in the journal.

    ``items`` are the ids it asks about, in order: questions, claims, contacts, propositions, evidence or
    cases, as the kind has it. For labels they are the claims of the block, for writing the prompts. What is
    ``optional`` the lesson marks as extra.
    """

    id: str
    lesson: str
    kind: str
    title: Text
    items: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Dossier:
    """The course data in memory. Frames are as ``backchannel.tables.Package`` describes them."""

    folder: Path
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    codebook: Codebook = field(repr=False)

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """Documents by id, in the dossier's order."""
        return {
            row["id"]: Document(
                row["id"],
                row["label"],
                Text(row["title_en"], row["title_de"]),
                Text(row["outlet_en"], row["outlet_de"]),
                row["date"],
                row["sha256"],
            )
            for _, row in rows_of(self.tables["documents"])
        }

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """Passages by id, in reading order."""
        ordered = self.tables["passages"].sort_values(["document", "position"])
        return {
            row["id"]: Passage(
                row["id"],
                row["document"],
                int(row["position"]),
                row["locator"],
                row["kind"],
                Text(row["reading_en"], row["reading_de"]),
                None if pd.isna(row["start"]) else (int(row["start"]), int(row["end"])),
            )
            for _, row in rows_of(ordered)
        }

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """Claims by id, in reading order."""
        order = {passage: number for number, passage in enumerate(self.passages)}
        found = [
            Claim(
                row["id"],
                row["passage"],
                int(row["position"]),
                Text(row["claim_en"], row["claim_de"]),
                row["quote"],
                split_list(row["cues"]),
                row["held_back"] is True,
            )
            for _, row in rows_of(self.tables["claims"])
        ]
        return {claim.id: claim for claim in sorted(found, key=lambda c: (order[c.passage], c.position))}

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        """Blocks of the lessons by id."""
        return {
            row["id"]: Block(
                row["id"],
                row["lesson"],
                row["mode"],
                split_list(row["dimensions"]),
                split_list(row["claims"]),
            )
            for _, row in rows_of(self.tables["blocks"])
        }

    @cached_property
    def lessons(self) -> Mapping[str, LessonCard]:
        """Lessons by number, in order."""
        return lessons_in(self.tables)

    @cached_property
    def activities(self) -> Mapping[str, Activity]:
        """Activities by id, in the order of the lessons."""
        return activities_in(self.tables)

    @cached_property
    def prompts(self) -> Mapping[str, Mapping[str, Text]]:
        """What to write about, by activity and number, in order."""
        found: dict[str, dict[str, Text]] = {}
        for _, row in rows_of(self.tables["prompts"].sort_values(["activity", "position"])):
            prompt = Text(row["prompt_en"], row["prompt_de"])
            found.setdefault(row["activity"], {})[str(row["position"])] = prompt
        return found

    def activity(self, name: str, kind: str) -> Activity:
        """Return an activity of a lesson.

        Raises:
            UsageError: there is none of that name and kind.
        """
        found = self.activities.get(name)
        if found is None or found.kind != kind:
            known = ", ".join(a.id for a in self.activities.values() if a.kind == kind) or "none yet"
            raise UsageError(
                f"The lessons have no activity {name!r} of the kind {kind}; name the items yourself, or use "
                f"one of these: {known}."
            )
        return found

    @cached_property
    def references(self) -> Mapping[tuple[str, str], tuple[Reference, ...]]:
        """Reference labels by (claim, dimension): the adjudicated label first, then alternatives."""
        found: dict[tuple[str, str], list[Reference]] = {}
        for _, row in rows_of(self.tables["reference_labels"]):
            entry = Reference(
                row["label"],
                row["status"],
                row["rule"],
                self._reason(row["rule"], row["reason_en"], row["reason_de"]),
                by_rule=not row["reason_en"],
            )
            found.setdefault((row["claim"], row["dimension"]), []).append(entry)
        return {
            key: tuple(sorted(rows, key=lambda r: r.status != "reference")) for key, rows in found.items()
        }

    def _reason(self, rule: str, reason_en: str, reason_de: str) -> Text:
        """Return the written reason, or the rule's own words where the rule is the whole reason."""
        if reason_en:
            return Text(reason_en, reason_de)
        return self.codebook.rules[rule].text

    def claim(self, claim_id: str) -> Claim:
        """Return one claim.

        Raises:
            UsageError: there is no such claim.
        """
        if claim_id not in self.claims:
            example = next(iter(self.claims), "d1-p01-1")
            raise UsageError(f"There is no claim {claim_id!r} in the dossier; claim ids look like {example}.")
        return self.claims[claim_id]

    def claims_of(self, *documents: str) -> tuple[str, ...]:
        """Return the ids of all claims of the named documents, in reading order.

        Raises:
            UsageError: there is no such document.
        """
        for document in documents:
            if document not in self.documents:
                raise UsageError(
                    f"There is no document {document!r}; use one of {', '.join(self.documents)}."
                )
        return tuple(claim.id for claim in self.claims.values() if claim.document in documents)

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """Return the passages of a document in order."""
        return tuple(passage for passage in self.passages.values() if passage.document == document)

    def claims_in(self, passage_id: str) -> tuple[Claim, ...]:
        """Return the claims of a passage in order."""
        return self._claims_by_passage.get(passage_id, ())

    @cached_property
    def _claims_by_passage(self) -> Mapping[str, tuple[Claim, ...]]:
        found: dict[str, list[Claim]] = {}
        for claim in self.claims.values():
            found.setdefault(claim.passage, []).append(claim)
        return {passage: tuple(claims) for passage, claims in found.items()}


def lessons_in(tables: Mapping[str, pd.DataFrame]) -> Mapping[str, LessonCard]:
    """Return the lessons by number, in order."""
    return {
        row["id"]: LessonCard(
            row["id"],
            Text(row["title_en"], row["title_de"]),
            Text(row["question_en"], row["question_de"]),
        )
        for _, row in rows_of(tables["lessons"].sort_values("id"))
    }


def activities_in(tables: Mapping[str, pd.DataFrame]) -> Mapping[str, Activity]:
    """Return the activities by id, in the order of the lessons."""
    return {
        row["id"]: Activity(
            row["id"],
            row["lesson"],
            row["kind"],
            Text(row["title_en"], row["title_de"]),
            split_list(row["items"]) or _items_elsewhere(tables, row["id"], row["kind"]),
            row["optional"] is True,
        )
        for _, row in rows_of(tables["activities"].sort_values(["lesson", "position"]))
    }


def _items_elsewhere(tables: Mapping[str, pd.DataFrame], activity: str, kind: str) -> tuple[str, ...]:
    """Return the claims of a block or the numbers of prompts, which stand in tables of their own."""
    if kind == "labels":
        found = tables["blocks"]["claims"][tables["blocks"]["id"] == activity]
        return tuple(claim for claims in found for claim in split_list(claims))
    if kind == "writing":
        prompts = tables["prompts"]
        positions = prompts["position"][prompts["activity"] == activity].sort_values()
        return tuple(str(position) for position in positions)
    return ()


def _walk_up(start: Path) -> Iterable[Path]:
    return (start, *start.parents)


def find_course_data(start: Path | None = None) -> Path:
    """Find the folder ``course_data``: the one ``BACKCHANNEL_COURSE_DATA`` names, else the nearest upwards.

    Raises:
        DataError: there is none.
    """
    if named := os.environ.get("BACKCHANNEL_COURSE_DATA"):
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    beside_code = Path(__file__).resolve().parents[2]
    for folder in (*_walk_up(here), beside_code):
        if (folder / "course_data" / "datapackage.json").is_file():
            return folder / "course_data"
    raise DataError(
        f"The folder course_data was not found at or above {here}; "
        "open the lesson from inside the course folder, or set BACKCHANNEL_COURSE_DATA to the folder."
    )


def course_data_in(folder: Path) -> Path | None:
    """Return the course data of a folder that is it or holds it, or None where there is none.

    The path is absolute, since lessons, originals and key are found beside it, which ``.`` does not tell.
    """
    places = (folder.resolve(), folder.resolve() / "course_data")
    return next((place for place in places if (place / "datapackage.json").is_file()), None)


def inspect(folder: Path) -> tuple[Package, Codebook, tuple[Finding, ...]]:
    """Read everything and return it with all findings, the most fundamental first.

    Raises:
        DataError: the package or the codebook cannot be read at all.
    """
    package, codebook = read_package(folder), load_codebook(folder / "codebook.toml")
    if lost := [name for name in TABLES if name not in package.tables]:
        raise DataError(
            f"datapackage.json in the folder {folder} does not declare {', '.join(lost)}; restore it from "
            "the course archive, or begin a new dossier and copy your rows into it."
        )
    return package, codebook, package.findings or tuple(check_meaning(package.tables, codebook))


def load_dossier(folder: Path | None = None) -> Dossier:
    """Load the course data, checked.

    Raises:
        DataError: something is wrong; the sentence names file, row and remedy of the first finding.
    """
    package, codebook, findings = inspect(folder or find_course_data())
    if findings:
        more = f" ({len(findings) - 1} more; `backchannel check` lists all)" if len(findings) > 1 else ""
        raise DataError(f"{findings[0]}{more}")
    return Dossier(package.folder, package.tables, codebook)
