"""Token counts: how often each word stands in each passage of the originals.

The counts let lessons compare texts where the texts themselves may not be shown: the order of the words is
not kept (after the extracted features of the HathiTrust Research Center, source-htrc-extracted-features).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backchannel.dossier import Dossier
from backchannel.originals import Original, Originals, words_of
from backchannel.tables import Finding, rows_of

Row = tuple[str, str, str, int]


def _exact(originals: Originals, document: str) -> Original | None:
    """Return the very copy the course was made with, or None where it was not found."""
    original = originals.get(document)
    return original if original and original.recognised == "hash" else None


def count_tokens(dossier: Dossier, originals: Originals) -> Iterator[Row]:
    """Yield (document, passage, token, n) in the dossier's order, tokens by alphabet, for what was found.

    A passage counts whose place in the original is known exactly, so that no word counts twice; in another
    copy than the one the course was made with, none is.
    """
    for passage in dossier.passages.values():
        original = _exact(originals, passage.document)
        span = original.place(passage) if original and passage.span else None
        if original and span:
            for token, n in sorted(Counter(words_of(original.text[slice(*span)])).items()):
                yield passage.document, passage.id, token, n


def check_tokens(dossier: Dossier, originals: Originals) -> Iterator[Finding]:
    """Say where the table of tokens is not what the originals give, once for each passage.

    Another copy of a document proves nothing about its counts, and is passed over.
    """
    expected: dict[str, Counter[str]] = {}
    for _document, passage_id, token, n in count_tokens(dossier, originals):
        expected.setdefault(passage_id, Counter())[token] = n
    found: dict[str, Counter[str]] = {}
    rows: dict[str, int] = {}
    for number, row in rows_of(dossier.tables["tokens"]):
        rows.setdefault(row["passage"], number)
        found.setdefault(row["passage"], Counter())[row["token"]] += int(row["n"])
    for passage in dossier.passages.values():
        original = _exact(originals, passage.document)
        if original is None or original.place(passage) is None:  # no place is said by check_rights
            continue
        if found.get(passage.id) != expected.get(passage.id):
            problem = f"the tokens of {passage.id} are not those of its original"
            remedy = "run `backchannel tokens`, which counts them anew"
            yield Finding("tokens.csv", rows.get(passage.id, 0), problem, remedy)
