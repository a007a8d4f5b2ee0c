"""What the tests share: a small invented dossier that a test may break, a workspace, and the real data."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backchannel.dossier import Dossier, load_dossier
from backchannel.tables import Finding, read_package, read_schemas
from backchannel.workspace import Workspace

pytest.register_assert_rewrite("drawn")

PROJECT = Path(__file__).resolve().parents[1]
Row = dict[str, str]

SHARED: Row = {"sources": "source-style"}
REASON: Row = {"reason_en": "The wording shows it.", "reason_de": "Der Wortlaut zeigt es."}


def _two(name: str, text: str) -> Row:
    return {f"{name}_en": text, f"{name}_de": f"{text} (deutsch)"}


def _document(number: int, title: str) -> Row:
    identity = f"d{number}"
    return {
        "id": identity,
        "label": identity.upper(),
        "title_en": title,
        "title_de": f"{title} (deutsch)",
        **_two("outlet", "The Invented Gazette"),
        **_two("outlet_how_known", "we invented it"),
        "date": "2020-05",
        "date_precision": "month",
        **_two("date_how_known", "we chose it"),
        "language": "de",
        **_two("genre", "article"),
        "words": "40",
        "passages": "2",
        "sha256": hashlib.sha256(identity.encode()).hexdigest(),
        **SHARED,
    }


def _passage(identity: str, kind: str, en: str, de: str) -> Row:
    document, running = identity.split("-p")
    place = str(int(running))
    return {
        "id": identity,
        "document": document,
        "position": place,
        "locator": f"P{place}",
        "kind": kind,
        "reading_en": en,
        "reading_de": de,
    }


def _claim(identity: str, en: str, de: str, quote: str = "", cues: str = "") -> Row:
    passage, position = identity.rsplit("-", 1)
    return {
        "id": identity,
        "passage": passage,
        "position": position,
        "claim_en": en,
        "claim_de": de,
        "quote": quote,
        "cues": cues,
    }


def _label(claim: str, dimension: str, label: str, status: str = "reference", **more: str) -> Row:
    return {"claim": claim, "dimension": dimension, "label": label, "status": status, **(more or REASON)}


def _question(identity: str, form: str, position: int, parallel: str = "") -> Row:
    return {
        "id": identity,
        "form": form,
        "lesson": "01" if form in ("predict", "check") else "00",
        "position": str(position),
        "question_en": f"Question {identity}?",
        "question_de": f"Frage {identity}?",
        "parallel": parallel,
        **SHARED,
    }


def _options(item: str, *correct: str) -> list[Row]:
    return [
        {
            "item": item,
            "option": letter,
            "text_en": f"answer {letter}",
            "text_de": f"Antwort {letter}",
            "correct": right,
            "reason_en": f"Why {letter}.",
            "reason_de": f"Warum {letter}.",
        }
        for letter, right in zip("abcdef", correct, strict=False)
    ]


REFERENCES = {
    "d1-p01-1": ("author", "none", "none"),
    "d1-p02-1": ("direct", "named", "citizen;authority"),
    "d1-p02-2": ("indirect", "described", "intent"),
    "d2-p01-1": ("indirect", "unknown", "none"),
    "d2-p02-1": ("author", "none", "citizen"),
    "d2-p02-2": ("indirect", "named", "citizen;intent"),
}


# One of each kind: name, kind, what it asks about.
ACTIVITIES = (
    ("practice", "labels", ""),
    ("blind", "labels", ""),
    ("bridge", "questions", "task-01-bridge"),
    ("notes", "writing", ""),
    ("chains", "chains", "d1-p02-1; d2-p01-1"),
    ("sorter", "sorter", "contact-bridge"),
    ("coverage", "coverage", "prop-may"),
    ("signals", "hypotheses", "ev-ida"),
    ("cases", "elements", "case-ida"),
    ("debate", "debate", ""),
)


def _grid(rows: str, columns: str, cell: str, *found: tuple[str, str, str]) -> list[Row]:
    return [{rows: row, columns: column, cell: value, **REASON} for row, column, value in found]


def _subjects() -> dict[str, list[Row]]:
    """Return the rows of the tables about the subject: one contact, one proposition, one case and so on."""
    case = {
        "id": "case-ida",
        "date": "1799",
        "precision": "year",
        "kind": "indictment",
        "accused_side": "none",
        "accuser_side": "none",
        "indicted": "true",
        "convicted": "false",
        "sources": "source-statute",
        "checked": "read",
        **_two("person", "Ida"),
        **_two("act", "wrote to the other bank"),
        **_two("followed", "nothing"),
    }
    argument = {"role": "scholar", "sources": "source-statute", "checked": "read"}
    return {
        "contacts": [
            {
                "id": "contact-bridge",
                "date": "2020-05",
                "precision": "month",
                "status": "reported",
                "us_status": "official",
                "russian_status": "expert",
                "third_party": "none",
                "mandate": "one_side",
                "briefed": "one_side",
                "deniable": "medium",
                "public": "confidential",
                "binding": "no",
                "checked": "read",
                **_two("title", "Talks about the bridge"),
                **_two("us_side", "a mayor"),
                **_two("russian_side", "an engineer"),
                **_two("purpose", "the bridge"),
                **_two("note", "invented"),
                **SHARED,
            }
        ],
        "contact_words": [
            {"contact": "contact-bridge", "document": "d1", "passage": "d1-p01", "word": "Gespräche"}
        ],
        "track_definitions": [
            {
                "id": name,
                "checked": "read",
                **_two("name", name),
                **_two("text", name),
                **_two("question", name),
                **SHARED,
            }
            for name in ("participants", "mediator")
        ],
        "contact_tracks": [
            {"contact": "contact-bridge", "definition": definition, "track": track, "because": key, **REASON}
            for definition, track, key in (
                ("participants", "track_1_5", "mixed_table"),
                ("mediator", "track_2", "not_all_in_office"),
            )
        ],
        "propositions": [
            {
                "id": "prop-may",
                "root": "ida-2020",
                "checked": "read",
                **_two("proposition", "They meet in May."),
            }
        ],
        "retellings": [
            {
                "proposition": "prop-may",
                "document": "d1",
                "treatment": "kept",
                "claims": "d1-p02-1",
                **_two("comment", "as told"),
            },
            {
                "proposition": "prop-may",
                "document": "d2",
                "treatment": "changed",
                "change": "generalised",
                "claims": "d2-p01-1",
                **_two("comment", "without the month"),
            },
        ],
        "hypotheses": [
            {"id": f"hyp-{name}", **_two("statement", name), **_two("best_case", name)}
            for name in ("met", "did-not")
        ],
        "evidence": [
            {
                "id": "ev-ida",
                "root": "Ida",
                "claims": "d1-p02-1",
                "checked": "read",
                **_two("name", "Ida"),
                **_two("text", "Ida says so"),
            }
        ],
        "evidence_ratings": _grid(
            "evidence",
            "hypothesis",
            "rating",
            ("ev-ida", "hyp-met", "for"),
            ("ev-ida", "hyp-did-not", "against"),
        ),
        "logan_cases": [case],
        "logan_arguments": [
            {
                "id": "arg-keep",
                "position": "keep",
                **argument,
                **_two("claim", "Keep it"),
                **_two("text", "Keep it"),
            },
            {
                "id": "arg-repeal",
                "position": "repeal",
                "answers": "arg-keep",
                **argument,
                **_two("claim", "Repeal it"),
                **_two("text", "Repeal it"),
            },
        ],
        "tokens": [{"document": "d1", "passage": "d1-p01", "token": "brücke", "n": "1"}],
    }


def small_tables() -> dict[str, list[Row]]:
    """Return the rows of a dossier of two invented documents, four passages and six claims."""
    labels = [
        _label(claim, dimension, label)
        for claim, found in REFERENCES.items()
        for dimension, label in zip(("form", "naming", "elements"), found, strict=True)
    ]
    labels[3] = _label("d1-p02-1", "form", "direct", rule="form-marks")  # the rule is the whole reason
    labels += [
        _label("d1-p02-2", "form", "direct", "alternative"),
        _label("d1-p02-1", "elements", "citizen", "alternative"),
    ]
    return {
        **_subjects(),
        "documents": [_document(1, "The bridge talks"), _document(2, "More about the bridge")],
        "passages": [
            _passage("d1-p01", "heading", "{1|Talks about the bridge}", "{1|Gespräche über die Brücke}"),
            _passage(
                "d1-p02",
                "body",
                "Ida said {1|⟦we meet in May⟧}, and {2|a clerk hopes for a «Brückenschlag» (bridging)}.",
                "Ida sagte {1|⟦wir treffen uns im Mai⟧}, und {2|ein Beamter erhofft einen «Brückenschlag»}.",
            ),
            _passage("d2-p01", "post", "{1|The talks are said to go on.}", "{1|Man rede angeblich weiter.}"),
            _passage(
                "d2-p02",
                "post",
                "{1|The author doubts it;} {1,2|so does Ola,} {2|who was there.}",
                "{1|Der Autor zweifelt daran;} {1,2|auch Ola,} {2|die dort war.}",
            ),
        ],
        "claims": [
            _claim("d1-p01-1", "There are talks about the bridge.", "Es gibt Gespräche über die Brücke."),
            _claim("d1-p02-1", "Ida says they meet in May.", "Ida sagt, man treffe sich bald.", cues="sagte"),
            _claim(
                "d1-p02-2",
                "A clerk hopes for an agreement.",
                "Ein Beamter hofft auf Einigung.",
                "einen Brückenschlag",
                "hofft; wohl",
            ),
            _claim("d2-p01-1", "The talks are said to go on.", "Die Gespräche gehen angeblich weiter."),
            _claim("d2-p02-1", "The author doubts the talks.", "Der Autor bezweifelt die Gespräche."),
            _claim("d2-p02-2", "Ola doubts the talks.", "Ola bezweifelt die Gespräche."),
        ],
        "attributions": [
            *(
                {"claim": claim, "hop": "1", "actor": "actor-gazette", "medium": "article"}
                for claim in REFERENCES
            ),
            {"claim": "d1-p02-1", "hop": "2", "actor": "actor-ida", "medium": "interview", "cue": "sagte"},
        ],
        "actors": [
            {
                "id": "actor-gazette",
                "name_en": "The Gazette",
                "name_de": "Die Gazette",
                "kind": "outlet",
                "anonymous": "false",
            },
            {
                "id": "actor-ida",
                "name_en": "Ida",
                "name_de": "Ida",
                "kind": "person",
                "anonymous": "false",
                **SHARED,
            },
        ],
        "reference_labels": labels,
        "annotations": [
            {"claim": "d1-p01-1", "dimension": "form", "annotator": who, "label": label, "confidence": "high"}
            for who, label in (("A", "author"), ("B", "indirect"))
        ],
        "events": [
            {
                "id": "event-opening",
                "date": "2020-05-04",
                "precision": "day",
                "title_en": "The bridge opens",
                "title_de": "Die Brücke öffnet",
                "kind": "meeting",
                "sources": "source-style; source-statute",
                "checked": "read",
            }
        ],
        "quiz": [
            _question("quiz-pre-1", "pre", 1, "quiz-post-1"),
            _question("quiz-post-1", "post", 1, "quiz-pre-1"),
            _question("predict-01", "predict", 1),
            _question("check-01-b", "check", 2),
            _question("check-01-a", "check", 1),
            _question("task-01-bridge", "task", 1),
        ],
        "quiz_options": [
            *_options("quiz-pre-1", "false", "true", "false"),
            *_options("quiz-post-1", "true", "false"),
            *_options("predict-01", "", ""),
            *_options("check-01-b", "false", "true"),
            *_options("check-01-a", "true", "false", "false"),
            *_options("task-01-bridge", "false", "true"),
        ],
        "lessons": [{"id": "01", **_two("title", "The bridge"), **_two("question", "Who meets?")}],
        "activities": [
            {
                "id": f"01-{name}",
                "lesson": "01",
                "position": str(position),
                "kind": kind,
                "items": items,
                "optional": "false",
                **_two("title", name.capitalize()),
            }
            for position, (name, kind, items) in enumerate(ACTIVITIES, start=1)
        ],
        "prompts": [
            {"activity": "01-notes", "position": str(number), **_two("prompt", words)}
            for number, words in enumerate(("What did you see?", "What surprised you?"), start=1)
        ],
        "blocks": [
            {
                "id": "01-practice",
                "lesson": "01",
                "mode": "practice",
                "dimensions": "form; naming",
                "claims": "d1-p02-1; d1-p01-1",
            },
            {
                "id": "01-blind",
                "lesson": "01",
                "mode": "blind",
                "dimensions": "elements",
                "claims": "d2-p01-1",
            },
        ],
        "sources": [
            {"id": "source-style", "citation": "A style guide (2019).", "checked": "read"},
            {"id": "source-statute", "citation": "A statute (1901).", "checked": "second_hand"},
        ],
    }


class SmallPackage:
    """A valid small Data Package on disk, with ways to break one thing of it.

    ``row`` counts rows of a table from 0; a file's row number is two more, since a header comes first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        shutil.copy(PROJECT / "course_data" / "datapackage.json", folder)
        self.columns = {schema.name: schema.columns for schema in read_schemas(folder)}
        self.rows = {name: small_tables().get(name, []) for name in self.columns}
        self.write(*self.columns)
        shutil.copy(PROJECT / "tests" / "small" / "codebook.toml", folder)

    def path(self, file: str) -> Path:
        return self.folder / file

    def write(self, *tables: str) -> None:
        for table in tables:
            with self.path(f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, self.columns[table], restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(self.rows[table])

    def set(self, table: str, row: int, **cells: str) -> None:
        self.rows[table][row].update(cells)
        self.write(table)

    def drop(self, table: str, row: int) -> None:
        del self.rows[table][row]
        self.write(table)

    def append(self, table: str, **cells: str) -> None:
        self.rows[table].append(cells)
        self.write(table)

    def find(self, table: str, **cells: str) -> int:
        """Return the number of the first row that has these cells."""
        return next(n for n, row in enumerate(self.rows[table]) if cells.items() <= row.items())

    def edit(self, file: str, change: Callable[[bytes], bytes]) -> None:
        """Change a file's bytes; the change must change something."""
        before = self.path(file).read_bytes()
        after = change(before)
        assert after != before
        self.path(file).write_bytes(after)

    def replace(self, file: str, old: str, new: str) -> None:
        assert old in self.path(file).read_text(encoding="utf-8")
        self.edit(file, lambda data: data.replace(old.encode(), new.encode(), 1))

    def findings(self) -> tuple[Finding, ...]:
        """What the tables' own declaration finds wrong."""
        return read_package(self.folder).findings

    def load(self) -> Dossier:
        return load_dossier(self.folder)


@pytest.fixture
def small_package(tmp_path: Path) -> SmallPackage:
    """Return a valid small Data Package that the test may break."""
    return SmallPackage(tmp_path / "course_data")


@pytest.fixture
def small_dossier(small_package: SmallPackage) -> Dossier:
    """Return the small dossier, loaded."""
    return small_package.load()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace whose folder does not exist yet."""
    return Workspace(tmp_path / "workspace", "1.2")


@pytest.fixture(scope="session")
def course_data() -> Path:
    """Return the folder of the real course data."""
    return PROJECT / "course_data"


@pytest.fixture(scope="session")
def originals(course_data: Path) -> dict[str, Path]:
    """Return the five source texts by document id, recognised by their hash; skip where they are not here."""
    folder = Path(os.environ.get("BACKCHANNEL_DOCUMENTS") or PROJECT / "documents")
    files = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in sorted(folder.glob("*.txt"))}
    with (course_data / "documents.csv").open(encoding="utf-8", newline="") as file:
        wanted: dict[str, Any] = {row["id"]: files.get(row["sha256"]) for row in csv.DictReader(file)}
    if missing := [document for document, path in wanted.items() if path is None]:
        pytest.skip(
            f"The source texts {', '.join(missing)} are not in {folder}, so this was not checked; "
            "put them there or name their folder in BACKCHANNEL_DOCUMENTS."
        )
    return wanted
