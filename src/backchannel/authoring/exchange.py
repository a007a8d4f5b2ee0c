"""Carry labels out of the course and back: ``backchannel exchange export | import``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from backchannel.dossier import Dossier, course_data_in, find_course_data, load_dossier
from backchannel.errors import UsageError
from backchannel.exchange import (
    Imported,
    LabelDecision,
    journal_decisions,
    pass_decisions,
    reference_decisions,
)
from backchannel.exchange.csv_table import from_csv, to_csv
from backchannel.exchange.files import write_files
from backchannel.exchange.label_studio import from_label_studio, to_tasks
from backchannel.exchange.label_studio import to_json as tasks_to_json
from backchannel.exchange.label_studio_config import to_config
from backchannel.exchange.model import labelled_activities
from backchannel.exchange.storing import into_journal, to_annotations_csv
from backchannel.exchange.web_annotation import from_web_annotations, to_annotations
from backchannel.exchange.web_annotation import to_json as annotations_to_json
from backchannel.words import LANGUAGES
from backchannel.workspace import Workspace, find_workspace

FAILED, MISUSED = 1, 2
JOURNAL = "journal"
READERS: Mapping[str, Callable[[Path, Dossier, str], Imported]] = {
    "csv": from_csv,
    "label-studio": from_label_studio,
    "web-annotation": from_web_annotations,
}


def main(argv: Sequence[str]) -> int:
    """Export or import labels and say in one line what was done.

    Returns:
        0 where all is well, 1 where something in the data is wrong (one sentence each), 2 where the command
        asks for something that cannot be done.
    """
    parser = _parser()
    wanted = parser.parse_args(argv)
    folder = course_data_in(wanted.dossier) if wanted.dossier else find_course_data()
    if folder is None:
        parser.error(f"In {wanted.dossier} there is no datapackage.json; name the folder of the dossier.")
    dossier = load_dossier(folder)
    workspace = Workspace(wanted.workspace or find_workspace(folder), dossier.codebook.version)
    try:
        if wanted.what == "export":
            return _export(wanted, dossier, workspace)
        return _import(wanted, dossier, workspace)
    except UsageError as problem:
        print(f"backchannel exchange: {problem}", file=sys.stderr)
        return MISUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backchannel exchange",
        description="Carry labels out of the course and back: spreadsheets, Label Studio, Web Annotation.",
    )
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--format", choices=READERS, required=True, help="the form of the file")
    both.add_argument("--activity", default="", help="name of the block in the journal, such as 03-blind")
    both.add_argument(
        "--dossier", type=Path, metavar="FOLDER", help="the dossier, or its course_data; found by default"
    )
    both.add_argument(
        "--workspace", type=Path, metavar="FOLDER", help="where the journal lies; found by default"
    )
    whats = parser.add_subparsers(dest="what", required=True, metavar="export|import")
    out = whats.add_parser("export", parents=[both], help="write labels into a file")
    out.add_argument("--labels", choices=("reference", "passes", JOURNAL), required=True, help="whose labels")
    out.add_argument("--coder", default="", metavar="NAME", help="what to call the coder of the journal")
    out.add_argument("--language", choices=LANGUAGES, default="en", help="of texts (default: %(default)s)")
    out.add_argument("--semicolons", action="store_true", help="separate cells as German Excel does (CSV)")
    out.add_argument("--force", action="store_true", help="replace files that exist")
    out.add_argument("output", type=Path, metavar="OUTPUT", help="the file to write")
    back = whats.add_parser("import", parents=[both], help="check a file of labels, and keep them")
    back.add_argument(
        "--coder", default="", metavar="NAME", help="take this coder's labels, and those that name no coder"
    )
    back.add_argument(
        "--into",
        metavar="journal|FILE.csv",
        help="the journal (with --activity), or a table like annotations.csv; without it nothing is kept",
    )
    back.add_argument("--force", action="store_true", help="replace what stands there already")
    back.add_argument("file", type=Path, metavar="FILE", help="the file to read")
    return parser


# --- export ------------------------------------------------------------------------------------------


def _export(wanted: argparse.Namespace, dossier: Dossier, workspace: Workspace) -> int:
    decisions = _decisions(wanted, dossier, workspace)
    if wanted.format == "csv":
        files = {wanted.output: to_csv(dossier, decisions, ";" if wanted.semicolons else ",")}
    elif wanted.format == "label-studio":
        config = wanted.output.with_suffix(".xml")
        if config == wanted.output:
            raise UsageError(f"{config.name} is for the configuration; give the tasks a name in .json.")
        reasons = wanted.labels == "reference"
        files = {
            wanted.output: tasks_to_json(to_tasks(dossier, decisions, wanted.language)),
            config: to_config(dossier.codebook, wanted.language, reasons=reasons),
        }
    else:
        files = {wanted.output: annotations_to_json(to_annotations(dossier, decisions, wanted.language))}
    write_files(files, force=wanted.force)
    claims = len({decision.claim for decision in decisions})
    places = " and ".join(map(str, files))
    print(f"Wrote {_many(len(decisions), 'label')} of {_many(claims, 'claim')} to {places}.")
    return 0


def _decisions(
    wanted: argparse.Namespace, dossier: Dossier, workspace: Workspace
) -> tuple[LabelDecision, ...]:
    if wanted.labels == "reference":
        return reference_decisions(dossier)
    if wanted.labels == "passes":
        return pass_decisions(dossier)
    known = labelled_activities(dossier, workspace)
    if not known:
        raise UsageError(f"{workspace.journal.path} holds no labels; label some claims first.")
    if not wanted.activity and len(known) > 1:
        raise UsageError(f"The journal holds labels of {', '.join(known)}; name one of them with --activity.")
    if wanted.activity and wanted.activity not in known:
        raise UsageError(
            f"The journal holds no labels of {wanted.activity!r}; use one of {', '.join(known)}."
        )
    return journal_decisions(dossier, workspace, wanted.activity or known[0], wanted.coder)


# --- import ------------------------------------------------------------------------------------------


def _import(wanted: argparse.Namespace, dossier: Dossier, workspace: Workspace) -> int:
    _check_import(wanted)
    imported = READERS[wanted.format](wanted.file, dossier, wanted.coder)
    for sentence in (*imported.findings, *imported.remarks):
        print(sentence)
    decisions = imported.decisions
    if wanted.coder:
        decisions = tuple(decision for decision in decisions if decision.coder == wanted.coder)
        others = [decision for decision in imported.decisions if decision.coder != wanted.coder]
        coders = ", ".join(sorted({decision.coder for decision in others}))
        if others and not decisions:
            raise UsageError(f"The file holds no labels of {wanted.coder}; its coders are {coders}.")
        if others:
            print(f"Left out {_many(len(others), 'label')} of {coders}.")
    found = len(imported.findings)
    if not wanted.into:
        coders = ", ".join(sorted({decision.coder for decision in decisions})) or "nobody"
        print(
            f"Read {_many(len(decisions), 'label')} of {coders} and kept nothing; name --into to keep them."
        )
    else:
        found += _keep(wanted, decisions, dossier, workspace)
    return FAILED if found else 0


def _check_import(wanted: argparse.Namespace) -> None:
    if not wanted.file.is_file():
        raise UsageError(f"There is no file {wanted.file}; check its name.")
    if wanted.into == JOURNAL and not wanted.activity:
        raise UsageError("Labels in the journal belong to an activity; name it with --activity.")
    if wanted.into and wanted.into != JOURNAL and not wanted.into.endswith(".csv"):
        raise UsageError(f"--into takes the word journal or a file in .csv, not {wanted.into!r}.")


def _keep(
    wanted: argparse.Namespace,
    decisions: Sequence[LabelDecision],
    dossier: Dossier,
    workspace: Workspace,
) -> int:
    """Keep the annotations among the labels, say what was done, and return how many things are wrong."""
    own = [decision for decision in decisions if decision.status == "annotation"]
    if left := len(decisions) - len(own):
        print(f"Left out {_many(left, 'label')} of a reference, which is nobody's own.")
    if not own:  # an empty table must not take the place of a full one
        print("There is no label to keep, so nothing was written.")
        return 1
    if wanted.into != JOURNAL:
        write_files({Path(wanted.into): to_annotations_csv(own)}, force=wanted.force)
        print(f"Wrote {_many(len(own), 'label')} to {wanted.into}.")
        return 0
    kept = into_journal(own, dossier, workspace, wanted.activity, replace=wanted.force)
    for finding in kept.findings:
        print(finding)
    print(
        f"Wrote {_many(kept.written, 'label')} into {workspace.journal.path} as {wanted.activity}; "
        f"{kept.standing} stood there already."
    )
    return len(kept.findings)


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
