"""Count the words of the originals into ``course_data/tokens.csv``: ``backchannel tokens``."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from backchannel.codebook import load_codebook
from backchannel.dossier import Dossier, course_data_in, find_course_data
from backchannel.errors import DataError, UsageError
from backchannel.exchange.files import write_files
from backchannel.originals import find_originals
from backchannel.tables import read_package
from backchannel.tokens import count_tokens
from backchannel.validation import check_meaning

TABLE = "tokens.csv"


def main(argv: Sequence[str]) -> int:
    """Write the table anew.

    Raises:
        DataError: something is wrong with the course data, the table of tokens apart.
        UsageError: an original is missing, since half a table would look like a whole one.
        BackchannelError: the table cannot be written.
    """
    parser = argparse.ArgumentParser(prog="backchannel tokens", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="the dossier; found by default"
    )
    folder = parser.parse_args(argv).folder
    course_data = find_course_data() if folder is None else course_data_in(folder)
    if course_data is None:
        parser.error(f"In {folder} there is no datapackage.json; name the folder of the dossier.")
    dossier = _dossier_without_tokens(course_data)
    originals = find_originals(dossier)
    exact = {original.document for original in originals if original.recognised == "hash"}
    missing = [document for document in dossier.documents if document not in exact]
    if missing:
        raise UsageError(
            f"The originals of {', '.join(missing)} were not found, or only in another copy; put them into "
            "documents/ or name their folder in BACKCHANNEL_DOCUMENTS."
        )
    rows = list(count_tokens(dossier, originals))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(dossier.tables["tokens"].columns)
    writer.writerows(rows)
    write_files({dossier.folder / TABLE: text.getvalue()}, force=True)
    documents = "1 document" if len(originals) == 1 else f"{len(originals)} documents"
    print(f"{sum(n for *_, n in rows)} words of {documents} counted in {len(rows)} rows.")
    return 0


def _dossier_without_tokens(folder: Path) -> Dossier:
    """Load the course data whatever is wrong with the table of tokens, which is written anew.

    Raises:
        DataError: something else is wrong.
    """
    package, codebook = read_package(folder), load_codebook(folder / "codebook.toml")
    for finding in chain(package.findings, check_meaning(package.tables, codebook)):
        if finding.file != TABLE:
            raise DataError(str(finding))
    return Dossier(folder, package.tables, codebook)
