"""The key of the graded exercises: it fits the claims that are held back, and nothing of it stays behind."""

from __future__ import annotations

import pytest

from backchannel.authoring.check import main
from backchannel.dossier import inspect
from backchannel.errors import DataError
from backchannel.key import FOLDER, find_key, inspect_key, with_key

HELD_BACK = "d2-p02-1"
TABLES = ("reference_labels", "annotations")


class SmallKey:
    """The small package with one claim held back, and its labels in a key beside it."""

    def __init__(self, package):
        self.package = package
        self.folder = package.folder.parent / FOLDER
        self.folder.mkdir(parents=True)
        row = package.find("claims", id=HELD_BACK)
        package.set("claims", row, held_back="true")
        self.rows = {}
        for table in TABLES:
            rows = package.rows[table]
            self.rows[table] = [row for row in rows if row["claim"] == HELD_BACK]
            package.rows[table] = [row for row in rows if row["claim"] != HELD_BACK]
        for who, label in (("A", "author"), ("B", "author")):
            self.rows["annotations"].append(
                {
                    "claim": HELD_BACK,
                    "dimension": "form",
                    "annotator": who,
                    "label": label,
                    "confidence": "high",
                }
            )
        self.write()

    def write(self):
        kept, folder = self.package.rows, self.package.folder
        self.package.write(*TABLES)
        self.package.rows, self.package.folder = self.rows, self.folder
        self.package.write(*TABLES)
        self.package.rows, self.package.folder = kept, folder

    def findings(self):
        package, codebook, public = inspect(self.package.folder)
        assert public == ()
        return [str(finding) for finding in inspect_key(self.folder, package, codebook)[1]]


@pytest.fixture
def key(small_package):
    return SmallKey(small_package)


def test_a_course_without_a_key_has_none(small_package):
    assert find_key(small_package.folder) is None


def test_a_key_that_fits_has_no_findings(key):
    assert find_key(key.package.folder) == key.folder
    assert key.findings() == []


def test_with_the_key_the_held_back_claim_has_labels_and_without_it_none(key):
    dossier = key.package.load()
    assert (HELD_BACK, "form") not in dossier.references
    whole = with_key(dossier, key.folder)
    assert whole.references[HELD_BACK, "form"][0].label == "author"
    assert len(whole.references) > len(dossier.references)


FAULTS = [
    (
        lambda key: key.rows["reference_labels"][0].update(label="sung"),
        "solutions/held_back/reference_labels.csv, row 2: ",
    ),
    (
        lambda key: key.rows["reference_labels"].pop(),
        "solutions/held_back/reference_labels.csv: d2-p02-1 has 0 reference labels in elements; "
        "give it exactly one.",
    ),
    (
        lambda key: key.rows["annotations"].clear(),
        "solutions/held_back/annotations.csv: the claim d2-p02-1 is held back, but has no row here; "
        "add its labels to the key.",
    ),
    (
        lambda key: key.rows["annotations"][0].update(claim="d1-p01-1"),
        "solutions/held_back/annotations.csv, row 2: the claim d1-p01-1 is not held back, but its labels "
        "stand in the key; move them to the course data, or set held_back to true in claims.csv.",
    ),
    (
        lambda key: key.rows["annotations"][0].update(claim="d9-p09-9"),
        "solutions/held_back/annotations.csv, row 2: the claim 'd9-p09-9' is not in claims.csv; "
        "add it there or correct the cell claim.",
    ),
]


@pytest.mark.parametrize(("plant", "sentence"), FAULTS)
def test_a_fault_in_the_key_is_found_in_its_file(key, plant, sentence):
    plant(key)
    key.write()
    assert any(found.startswith(sentence) for found in key.findings()), key.findings()


@pytest.mark.parametrize(("plant", "sentence"), FAULTS)
def test_a_key_with_a_fault_is_not_used(key, plant, sentence):
    plant(key)
    key.write()
    with pytest.raises(DataError, match=r"^solutions/held_back/"):
        with_key(key.package.load(), key.folder)


def test_the_check_command_checks_the_key_and_says_when_it_is_not_here(key, capsys, monkeypatch):
    monkeypatch.delenv("BACKCHANNEL_DOCUMENTS", raising=False)
    assert main([str(key.package.folder)]) == 0
    capsys.readouterr()
    key.rows["reference_labels"].pop()
    key.write()
    assert main([str(key.package.folder)]) == 1
    assert "has 0 reference labels in elements" in capsys.readouterr().out
    for path in key.folder.iterdir():
        path.unlink()
    key.folder.rmdir()
    assert main([str(key.package.folder)]) == 0
    told = capsys.readouterr().out
    assert "The labels of the 1 claims held back were not checked: their key is not here." in told
