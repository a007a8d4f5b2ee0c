"""The key of the graded exercises: the labels of the claims that are held back.

It lies beside the course data, under ``solutions/``, and has the form of the two tables of labels there.
What students receive does not contain it, so everything else works without it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from backchannel.codebook import Codebook
from backchannel.dossier import Dossier
from backchannel.errors import DataError
from backchannel.tables import Finding, Package, read_beside
from backchannel.validation import LABEL_RULES
from backchannel.validation.labels import LABEL_TABLES, held_back

FOLDER = Path("solutions", "held_back")


def find_key(course_data: Path) -> Path | None:
    """Return the folder of the key that belongs to a course, or None where it is not there."""
    folder = course_data.parent / FOLDER
    return folder if folder.is_dir() else None


def inspect_key(folder: Path, package: Package, codebook: Codebook) -> tuple[Package, tuple[Finding, ...]]:
    """Read the key of a package and return it with all findings.

    The key holds each label of each claim that is held back, and of no other.
    """
    key = read_beside(folder, LABEL_TABLES, package)
    if key.findings:
        return key, _placed(folder, key.findings)
    tables = {**package.tables, **key.tables}
    found = [finding for rule in LABEL_RULES for finding in rule(tables, codebook)]
    wanted = held_back(package.tables)
    for name in LABEL_TABLES:
        claims = key.tables[name]["claim"]
        for claim in dict.fromkeys(claims[~claims.isin(wanted)]):
            row = int(claims.index[claims == claim][0])
            problem = f"the claim {claim} is not held back, but its labels stand in the key"
            remedy = "move them to the course data, or set held_back to true in claims.csv"
            found.append(Finding(f"{name}.csv", row, problem, remedy))
        for claim in sorted(wanted - set(claims)):
            problem = f"the claim {claim} is held back, but has no row here"
            found.append(Finding(f"{name}.csv", 0, problem, "add its labels to the key"))
    return key, _placed(folder, found)


def with_key(dossier: Dossier, folder: Path) -> Dossier:
    """Return the dossier with the labels of the claims that are held back, for those who may see them.

    Raises:
        DataError: something is wrong with the key; the sentence names the first finding.
    """
    package = Package(dossier.folder, dossier.tables, ())
    key, findings = inspect_key(folder, package, dossier.codebook)
    if findings:
        raise DataError(str(findings[0]))
    joined = {name: pd.concat([dossier.tables[name], key.tables[name]]) for name in LABEL_TABLES}
    return replace(dossier, tables={**dossier.tables, **joined})


def _placed(folder: Path, findings: tuple[Finding, ...] | list[Finding]) -> tuple[Finding, ...]:
    """Say of each finding that it is in the key, since the course data has files of the same names."""
    place = Path(*folder.parts[-2:]).as_posix()
    return tuple(replace(finding, file=f"{place}/{finding.file}") for finding in findings)
