"""Check the course data, what it takes from the originals, and the lessons: ``backchannel check``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from backchannel.authoring import guide
from backchannel.authoring.lessons import FOLDER, find_lessons, is_lesson
from backchannel.authoring.lint import known_ids, lint_files
from backchannel.codebook import Codebook
from backchannel.dossier import Dossier, course_data_in, find_course_data, inspect
from backchannel.errors import DataError
from backchannel.exercises import check_key, find_exercise_key
from backchannel.key import find_key, inspect_key, with_key
from backchannel.originals import find_originals
from backchannel.rights import check_rights
from backchannel.tables import Finding, Package, rows_of
from backchannel.tokens import check_tokens
from backchannel.validation.labels import held_back, unfinished


def main(argv: Sequence[str]) -> int:
    """Print what is wrong, the most fundamental first, one sentence a line, then one line that sums it up.

    Returns:
        0 where nothing is wrong, 1 where something is, 2 where the folder holds no course data.
    """
    parser = argparse.ArgumentParser(
        prog="backchannel check",
        description="Check the course data, the rights in the originals, and the lessons.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="the course, or its course_data; found by default",
    )
    folder = parser.parse_args(argv).folder
    course_data = find_course_data() if folder is None else course_data_in(folder)
    if course_data is None:
        parser.error(
            f"In {folder} there is no datapackage.json; name the folder of the course or its course_data."
        )
    found = check(course_data)
    print(f"{found} {'thing is' if found == 1 else 'things are'} wrong." if found else "Nothing is wrong.")
    return int(bool(found))


def check(course_data: Path) -> int:
    """Print all findings and return how many there are."""
    try:
        package, codebook, findings = inspect(course_data)
    except DataError as problem:
        print(problem)
        print("Rights and lessons were not checked, since both need course data that can be read.")
        return 1
    sentences = tell(findings)
    _print(sentences)
    if findings:
        print("Rights were not checked, since the course data has to be right first.")
    else:
        dossier = Dossier(package.folder, package.tables, codebook)
        key = find_key(package.folder)
        in_key = _key(key, package, codebook)
        whole = with_key(dossier, key) if key and not in_key else dossier
        _print(list(unfinished(whole.tables)))
        sentences += in_key
        sentences += _rights(whole)
        sentences += _guide(dossier)
        sentences += _exercises(dossier)
    lessons = [path for path in find_lessons(folder=course_data.parent / FOLDER) if is_lesson(path)]
    remarks = lint_files(lessons, known_ids(course_data))
    _print(remarks)
    many = f"{len(lessons)} {'lesson' if len(lessons) == 1 else 'lessons'}"
    print(f"{len(package.tables)} tables and {many} were checked in {course_data.parent}.")
    return len(sentences) + len(remarks)


def _exercises(dossier: Dossier) -> list[str]:
    """Check the key of the exercises, where it is at hand."""
    try:
        key = find_exercise_key(dossier)
        found = list(check_key(key)) if key else []
    except DataError as problem:
        found = [str(problem)]
    _print(found)
    return found


def _guide(dossier: Dossier) -> list[str]:
    """Check the notes behind the instructor's guide, where they are at hand."""
    project = dossier.folder.parent
    if not (project / guide.NOTES).is_dir():
        return []
    try:
        found = list(guide.faults(dossier, project))
    except DataError as problem:
        found = [str(problem)]
    _print(found)
    return found


def _key(folder: Path | None, package: Package, codebook: Codebook) -> list[str]:
    """Check the labels that are held back, where they are at hand."""
    if folder is None:
        if claims := len(held_back(package.tables)):
            print(f"The labels of the {claims} claims held back were not checked: their key is not here.")
        return []
    sentences = tell(inspect_key(folder, package, codebook)[1])
    _print(sentences)
    return sentences


def _rights(dossier: Dossier) -> list[str]:
    originals = find_originals(dossier)
    _print(originals.notes)
    missing = [document for document in dossier.documents if originals.get(document) is None]
    if missing:
        print(
            f"Rights were not checked for {', '.join(missing)}, whose originals were not found; to do so, "
            "put them into documents/ or name their folder in BACKCHANNEL_DOCUMENTS."
        )
    changed = [
        Finding(
            "documents.csv",
            row,
            f"the text of {cells['id']} is another than the row describes",
            "see the sentence on its file above",
        )
        for row, cells in rows_of(dossier.tables["documents"])
        if cells["id"] in originals.changed
    ]
    sentences = tell((*changed, *check_rights(dossier, originals), *check_tokens(dossier, originals)))
    _print(sentences)
    return sentences


def tell(findings: Iterable[Finding]) -> list[str]:
    """Return findings as sentences, in their order; one fault that shows in many rows of a file is told once.

    A wrong id in one table is named by every row that leads to it, which would bury the rest.
    """
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        alike.setdefault((finding.file, finding.problem, finding.remedy), []).append(finding)
    return [_with_number_of_rows(found) for found in alike.values()]


def _with_number_of_rows(alike: Sequence[Finding]) -> str:
    sentence = str(alike[0])
    if len(alike) == 1:
        return sentence
    rows = "row says" if len(alike) == 2 else "rows say"
    return f"{sentence} {len(alike) - 1} more {rows} the same, the last is row {alike[-1].row}."


def _print(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(sentence)
