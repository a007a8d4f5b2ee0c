"""What is written about the data from the data themselves: ``backchannel describe``.

These are the pages of the codebook, the instructor's guide (see ``guide``), and the lower half of
``course_data/README.md``: how much there is, agreement as measured, every table with its fields. What stands
above the line ``MARK`` is written by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from backchannel import comparison
from backchannel.authoring import guide
from backchannel.authoring.codebook_page import pages
from backchannel.dossier import Dossier, load_dossier
from backchannel.errors import UsageError
from backchannel.key import find_key, with_key
from backchannel.validation.labels import held_back

MARK = "<!-- From here on made from the data by `make describe`; do not edit. -->"


def main(argv: Sequence[str]) -> int:
    """Write the README of the data, the pages of the codebook and the instructor's guide anew.

    Raises:
        UsageError: the key of the claims held back is not here, and agreement is reported over all claims.
    """
    argparse.ArgumentParser(prog="backchannel describe", description=__doc__).parse_args(argv)
    dossier = load_dossier()
    for path, text in described(dossier).items():
        as_it_was = path.is_file() and path.read_text(encoding="utf-8") == text
        print("as it was" if as_it_was else "written anew", path.name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def described(dossier: Dossier) -> dict[Path, str]:
    """Return what the README of the data, the pages of the codebook and the guide should be, by path.

    Raises:
        UsageError: as ``main``.
        DataError: the notes of the instructor's guide are not complete.
    """
    project = dossier.folder.parent
    readme = dossier.folder / "README.md"
    return {
        readme: _readme(dossier, readme),
        **pages(dossier.codebook, project / "docs"),
        **guide.page(dossier, project),
    }


def _readme(dossier: Dossier, path: Path) -> str:
    """Return the README with its generated half anew and the rest as it is."""
    by_hand = path.read_text(encoding="utf-8").partition(MARK)[0]
    whole = _with_key(dossier)
    made = [*_counts(dossier, whole), *_agreement(whole), *tables_and_fields(dossier)]
    return by_hand + "\n".join([MARK, "", *made])


def _with_key(dossier: Dossier) -> Dossier:
    if not held_back(dossier.tables):
        return dossier
    folder = find_key(dossier.folder)
    if folder is None:
        raise UsageError(
            "The key of the claims held back is not here, and the agreement is that of all claims; "
            "describe the data in the whole project, with its folder solutions/."
        )
    return with_key(dossier, folder)


def _counts(dossier: Dossier, whole: Dossier) -> Iterator[str]:
    secret = held_back(dossier.tables)
    labels = whole.tables["reference_labels"]
    document = labels["claim"].str.partition("-")[0]
    yield "## How much there is"
    yield ""
    yield "| document | passages | claims | held back | labels | alternatives | reason is the rule |"
    yield "|---|---|---|---|---|---|---|"
    for name, given in dossier.documents.items():
        claims, rows = dossier.claims_of(name), labels[document == name]
        cells = [given.label, len(dossier.passages_of(name)), len(claims), len(secret & set(claims))]
        cells += [int((rows["status"] == "reference").sum()), int((rows["status"] != "reference").sum())]
        cells += [int((rows["reason_en"] == "").sum())]
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""


def _agreement(dossier: Dossier) -> Iterator[str]:
    labels = comparison.side_by_side(dossier, ("A", "B"))
    yield "## Agreement of the two passes"
    yield ""
    yield "| dimension | scale of α | claims | per cent | α | 95 % interval | AC1 | κ |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in comparison.agreement_by_dimension(labels, dossier.codebook).to_dict("records"):
        interval = f"{_number(row['low'])} to {_number(row['high'])}"
        cells = [row["dimension"], row["scale"], row["units"], f"{100 * row['percent']:.1f}"]
        cells += [_number(row["alpha"]), interval, _number(row["ac1"]), _number(row["kappa"])]
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""
    yield (
        "α is Krippendorff’s; on sets of labels it uses the MASI distance. "
        "The interval is a bootstrap over claims."
    )
    yield ""
    yield _overruled(dossier)
    yield ""


def _overruled(dossier: Dossier) -> str:
    """Say how often the adjudicators took a label which neither pass had given."""
    coders = comparison.side_by_side(dossier, ("A", "B", "reference"))
    cells = coders.pivot(index=["claim", "dimension"], columns="coder", values="label")
    differ = (cells["A"] != cells["B"]).sum()
    neither = ((cells["reference"] != cells["A"]) & (cells["reference"] != cells["B"])).sum()
    return (
        f"The passes differ in {differ} of {len(cells)} cells (a cell is a claim in a dimension). "
        f"In {neither} cells the reference is the label of neither pass."
    )


def _number(value: float) -> str:
    return "not defined" if isnan(value) else f"{value:.2f}"


def tables_and_fields(dossier: Dossier) -> Iterator[str]:
    """Yield the lines of Markdown which say what each table and column of a dossier holds."""
    package = json.loads((dossier.folder / "datapackage.json").read_text(encoding="utf-8"))
    yield "## Tables and fields"
    yield ""
    for resource in package["resources"]:
        rows = len(dossier.tables[resource["name"]])
        yield f"### {resource['path']}"
        yield ""
        yield f"{resource['title']}. {rows} rows."
        yield ""
        yield "| field | type | what it holds |"
        yield "|---|---|---|"
        yield from (
            f"| {f['name']} | {_kind(f)} | {f['description']} |" for f in resource["schema"]["fields"]
        )
        yield ""


def _kind(field: dict[str, Any]) -> str:
    constraints = field.get("constraints", {})
    kind = field["type"] if constraints.get("required") else f"{field['type']}, may be empty"
    values = constraints.get("enum")
    return f"{kind}: {', '.join(values)}" if values else kind
