"""Write the report on the class: ``backchannel report``, one page that needs no network."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from backchannel.classroom.folder import ClassFolder, class_option, exercise_named, find_class, write_out
from backchannel.classroom.reporting import labels
from backchannel.classroom.reporting.class_figures import class_figures
from backchannel.classroom.reporting.labels import Labels
from backchannel.classroom.reporting.report_page import Report, report_html
from backchannel.dossier import load_dossier
from backchannel.exercises import Key, require_key
from backchannel.words import LANGUAGES, Language


def make_report(
    folder: ClassFolder,
    found: Labels,
    key: Key,
    *,
    only: Sequence[str] = (),
    real_names: bool = False,
    language: Language = "en",
    at: datetime | None = None,
) -> str:
    """Return the page.

    Args:
        folder: of the class.
        found: the labels of the class, up to date.
        key: what is right.
        only: names of the exercises to report on; all that anybody handed in by default.
        real_names: call students by name; else by pseudonym.
        language: of the page.
        at: the moment it says it was written; now by default.

    Raises:
        NotReadyError: nobody handed in any of these exercises yet.
        DataError: a list or a record of the class is damaged.
    """
    figures = class_figures(folder, found, key, only=only, real_names=real_names)
    return report_html(Report(figures, key, folder.root.name, at or datetime.now(UTC), real_names, language))


def main(argv: Sequence[str]) -> int:
    """Write the report and say where it lies."""
    parser = argparse.ArgumentParser(prog="backchannel report", description=__doc__)
    parser.add_argument(
        "--exercise",
        action="append",
        default=[],
        metavar="03",
        help="report on this exercise; all by default",
    )
    parser.add_argument("--names", action="store_true", help="call students by name, not by pseudonym")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the report")
    parser.add_argument("--out", type=Path, metavar="FILE", help="report.html in the class folder by default")
    class_option(parser)
    options = parser.parse_args(argv)
    folder = find_class(options.folder)
    only = [exercise_named(folder, name) for name in options.exercise]
    dossier = load_dossier(folder.project / "course_data")
    key, found = require_key(dossier), labels.bring_up_to_date(folder, dossier)
    page = make_report(folder, found, key, only=only, real_names=options.names, language=options.language)
    out = options.out or folder.root / f"{'-'.join(('report', *(name[:2] for name in only)))}.html"
    write_out(out, page)
    print(f"{out}: {len(page.encode()) // 1024} KB.", end=" ")
    print("It names students." if options.names else "Students appear under pseudonyms.")
    return 0
