"""Carry points and labels out of a class: ``backchannel export grades`` and ``backchannel export labels``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from backchannel.classroom import students
from backchannel.classroom.folder import (
    ClassFolder,
    Place,
    class_option,
    exercise_named,
    find_class,
    write_out,
)
from backchannel.classroom.handing_back import filled_sheets, grade_sheets
from backchannel.classroom.handing_back.grade_sheets import Sheet
from backchannel.classroom.handing_back.grades import Grades, read_grades
from backchannel.dossier import load_dossier
from backchannel.errors import NotReadyError, UsageError
from backchannel.exercises import Exercise, load_exercises

PLATFORMS = ("moodle", "canvas", "plain")


def main(argv: Sequence[str]) -> int:
    """Write points, or labels, as a table.

    Returns:
        0.
    """
    options = _parser().parse_args(argv)
    folder = find_class(options.folder)
    return _labels(folder, options) if options.what == "labels" else _grades(folder, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="backchannel export", description="Write points or labels.")
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    grades = kinds.add_parser(
        "grades",
        help="points as CSV for Moodle, Canvas or a spreadsheet",
        description="Write points as CSV. With --template the table that the platform gave is filled in and "
        "keeps its columns: Moodle's grading worksheet of one assignment, or the gradebook as Canvas exports "
        "it. Without, a table for the platform's import of grades.",
    )
    grades.add_argument("--for", dest="platform", choices=PLATFORMS, required=True, help="whose table")
    grades.add_argument(
        "--exercise", action="append", metavar="EXERCISE", help="such as 03; may be repeated; all by default"
    )
    grades.add_argument("--template", type=Path, metavar="FILE", help="the table that the platform gave")
    grades.add_argument(
        "--partial",
        action="store_true",
        help="count submissions that are not fully marked, as far as they are",
    )
    grades.add_argument(
        "--out", type=Path, metavar="FILE", help="by default grades-PLATFORM.csv in the class folder"
    )
    class_option(grades)
    labels = kinds.add_parser(
        "labels",
        help="all labels and answers as a table",
        description="Write all labels and answers of the class, under pseudonyms.",
    )
    labels.add_argument("--out", type=Path, required=True, metavar="FILE", help="ending in .csv or .parquet")
    labels.add_argument("--real-names", action="store_true", help="names in the place of pseudonyms")
    labels.add_argument("--notes", action="store_true", help="also what students wrote beside their labels")
    class_option(labels)
    return parser


def _labels(folder: ClassFolder, options: argparse.Namespace) -> int:
    # Imported late: it brings a database, which points do not need.
    from backchannel.classroom.reporting import labels

    rows = labels.write_labels(folder, options.out, real_names=options.real_names, notes=options.notes)
    print(f"{options.out}: {rows} rows.")
    return 0


def _grades(folder: ClassFolder, options: argparse.Namespace) -> int:
    exercises = _exercises(folder, options.exercise)
    grades = read_grades(folder, students.load(folder), exercises, partial=options.partial)
    _require_graded(folder, grades, exercises if options.exercise else ())
    if options.exercise is None:
        grades = _handed_in_only(grades)
    out = options.out or folder.root / _name(options)
    sheet = _sheet(grades, options, out)
    write_out(out, sheet.text())
    for name in grades.exercises:
        count = sum(place.exercise == name for place in sheet.filled)
        print(f"{name}: points for {_people(count)}.")
        for sentence in _left_empty(grades, name):
            print(f"  {sentence}")
    for sentence in sheet.findings:
        print(sentence)
    print(f"Written: {out}")
    return 0


def _exercises(folder: ClassFolder, names: Iterable[str] | None) -> Mapping[str, Exercise]:
    """Return the exercises asked for by their folders' names, in order; all where none is named."""
    dossier = load_dossier(folder.project / "course_data")
    known = load_exercises(dossier)
    found = sorted({exercise_named(folder, name) for name in (known if names is None else names)})
    return {name: known[name[:2]] for name in found}


def _handed_in_only(grades: Grades) -> Grades:
    """Leave out exercises that nobody handed in, so that a table has no empty columns."""
    there = {place.exercise for place in (*grades.standings, *grades.waiting)}
    kept = {name: exercise for name, exercise in grades.exercises.items() if name in there}
    return replace(grades, exercises=kept)


def _require_graded(folder: ClassFolder, grades: Grades, asked: Iterable[str]) -> None:
    """Refuse to write a table without a number where all that is missing is a command.

    Raises:
        NotReadyError: none of the submissions is graded as it is.
    """
    if any(not standing.outdated for standing in grades.standings.values()):
        return
    numbers = [name[:2] for name in asked]
    what = f" of exercise {', '.join(numbers)}" if numbers else ""
    if not grades.standings and not grades.waiting:
        raise NotReadyError(f"No submission{what} is in {folder.root}; run `backchannel collect`.")
    raise NotReadyError(
        f"No submission{what} is graded as it is now, so there are no points to write; run "
        f"`{' '.join(('backchannel grade', *numbers))}` first."
    )


def _name(options: argparse.Namespace) -> str:
    numbers = "".join(f"-{name[:2]}" for name in sorted(options.exercise or ()))
    return f"grades-{options.platform}{numbers}.csv"


def _sheet(grades: Grades, options: argparse.Namespace, out: Path) -> Sheet:
    if options.template is None:
        makers = {
            "plain": grade_sheets.plain,
            "moodle": grade_sheets.moodle_import,
            "canvas": grade_sheets.canvas_import,
        }
        return makers[options.platform](grades)
    if options.platform == "plain":
        raise UsageError(
            "A plain table has no template; leave --template out, or say --for moodle or canvas."
        )
    if out.resolve() == options.template.resolve():
        raise UsageError(
            f"{out} is the template itself; name another file with --out, so that both are there."
        )
    template = filled_sheets.read_template(options.template)
    if options.platform == "moodle":
        return filled_sheets.moodle_worksheet(template, grades)
    return filled_sheets.canvas_gradebook(template, grades)


def _people(count: int) -> str:
    return f"{count} student{'' if count == 1 else 's'}"


def _left_empty(grades: Grades, exercise: str) -> Iterable[str]:
    """Yield who has no points of an exercise, or none by machine, and why."""
    listed = grades.students.values()
    found = {one.id: grades.standings.get(Place(one.id, exercise)) for one in listed}
    refused = [one for one in listed if (s := found[one.id]) and s.refused]
    outdated = [one for one in listed if (s := found[one.id]) and s.outdated]
    to_mark = [one for one in listed if (s := found[one.id]) and s.stands and not s.complete]
    no_journal = [one for one in listed if (s := found[one.id]) and s.stands and s.no_journal]
    waiting = [one for one in listed if Place(one.id, exercise) in grades.waiting]
    without = [one for one in listed if found[one.id] is None and one not in waiting]
    if to_mark:
        how = "counted as far as they are marked" if grades.partial else "no number"
        tasks = sorted({task for one in to_mark if (s := found[one.id]) for task in s.open_tasks})
        yield f"Not fully marked yet ({', '.join(tasks)}), {how}: {grades.who_are(to_mark)}."
    if no_journal:
        have = "has" if len(no_journal) == 1 else "have"
        yield (
            f"{len(no_journal)} {have} 0 points for labels and questions because no journal came: "
            f"{grades.who_are(no_journal)}."
        )
    if refused:
        yield f"Could not be graded, no number: {grades.who_are(refused)}."
    if outdated:
        yield (
            "Handed in anew, or the key changed, since they were graded, no number; run `backchannel grade "
            f"{exercise[:2]}`: {grades.who_are(outdated)}."
        )
    if waiting:
        yield f"Not graded yet, no number; run `backchannel grade`: {grades.who_are(waiting)}."
    if without:
        yield f"Nothing handed in, no number: {grades.who_are(without)}."
