"""Count the words of the originals into ``course_data/tokens.csv``: ``backchannel tokens``."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence

from backchannel.dossier import load_dossier
from backchannel.errors import UsageError
from backchannel.originals import find_originals
from backchannel.tokens import count_tokens


def main(argv: Sequence[str]) -> int:
    """Write the table anew.

    Raises:
        UsageError: an original is missing, since half a table would look like a whole one.
    """
    argparse.ArgumentParser(prog="backchannel tokens", description=__doc__).parse_args(argv)
    dossier = load_dossier()
    originals = find_originals(dossier)
    missing = [document for document in dossier.documents if originals.get(document) is None]
    if missing:
        raise UsageError(
            f"The originals of {', '.join(missing)} were not found; put them into documents/ "
            "or name their folder in BACKCHANNEL_DOCUMENTS."
        )
    rows = list(count_tokens(dossier, originals))
    with (dossier.folder / "tokens.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(dossier.tables["tokens"].columns)
        writer.writerows(rows)
    print(f"{sum(n for *_, n in rows)} words of {len(originals)} documents counted in {len(rows)} rows.")
    return 0
