"""Write what each student gets back: ``backchannel feedback``.

One page for each submission lies where nbgrader's ``release_feedback`` looks for it. A page is written anew
only where it changed. With ``--zip`` the pages go into one archive, for a platform or to send them yourself.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backchannel.classroom import archives, gradebook, records, students
from backchannel.classroom.folder import (
    Place,
    asked_for,
    class_option,
    find_class,
    write_whole,
)
from backchannel.classroom.handing_back.feedback_page import page
from backchannel.classroom.handing_back.grades import participant
from backchannel.classroom.handing_back.handback import Desk
from backchannel.classroom.visible import plain, visible
from backchannel.dossier import load_dossier
from backchannel.errors import DataError, NotReadyError, UsageError
from backchannel.exercises import require_key
from backchannel.words import LANGUAGES, Language

PLATFORMS = ("plain", "moodle")
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*_]')


@dataclass(frozen=True)
class Outcome:
    """What became of one page. ``problem`` is half a sentence where there is none."""

    place: Place
    changed: bool = False
    problem: str = ""

    @property
    def words(self) -> str:
        """What to say of it."""
        if self.problem:
            return f"no page, since {self.problem}"
        return "written" if self.changed else "as it was"


def main(argv: Sequence[str]) -> int:
    """Write the pages and, where wanted, the archive.

    Returns:
        0; 1 where a submission got no page.
    """
    options = _parser().parse_args(argv)
    folder = find_class(options.folder)
    wanted = asked_for(folder, options.exercise, options.student)
    dossier = load_dossier(folder.project / "course_data")
    desk = Desk(
        folder,
        require_key(dossier),
        students.load(folder),
        gradebook.scores(folder),
        reference=options.reference,
    )
    languages: Sequence[Language] = LANGUAGES if options.language == "both" else (options.language,)
    outcomes = []
    for place in wanted:
        outcomes.append(write_page(desk, place, languages))
        print(f"{_name(desk, place.student)}, {place.exercise}: {outcomes[-1].words}", flush=True)
    _say_who_is_missing(desk, wanted, options)
    _say_sum(outcomes)
    if options.zip:
        _pack(desk, [one.place for one in outcomes if not one.problem], options.zip, options.platform)
    return int(any(outcome.problem for outcome in outcomes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backchannel feedback",
        description="Write what each student gets back: one HTML page for each graded submission.",
        epilog="Without --reference a page does not tell what would have been right, so it may be handed "
        "back while others still work. Sample answers and hidden tests are on no page.",
    )
    parser.add_argument("exercise", nargs="*", metavar="EXERCISE", help="such as 03; all by default")
    parser.add_argument("--student", metavar="ID", help="only this student")
    parser.add_argument(
        "--reference",
        action="store_true",
        help="also tell what is right, with its reasons: for when everybody has handed in",
    )
    parser.add_argument(
        "--language",
        choices=("en", "de", "both"),
        default="both",
        help="of the pages; both by default, and the student switches",
    )
    parser.add_argument("--zip", type=Path, metavar="FILE", help="also pack the pages into an archive")
    parser.add_argument(
        "--for",
        dest="platform",
        choices=PLATFORMS,
        default="plain",
        help="of the archive: a folder for each student (plain), or as Moodle takes it under "
        "“Upload multiple feedback files in a zip” (moodle; one exercise at a time)",
    )
    class_option(parser)
    return parser


def write_page(desk: Desk, place: Place, languages: Sequence[Language] = LANGUAGES) -> Outcome:
    """Write one page where it is not there as it should be, and say what became of it."""
    path = desk.folder.feedback(place)
    try:
        text = page(desk.hand_back(place), languages)
    except (NotReadyError, DataError) as problem:
        earlier = "; the page of an earlier time was left where it is" if path.is_file() else ""
        return Outcome(place, problem=str(problem).rstrip(".") + earlier)
    with suppress(OSError, UnicodeDecodeError):
        if path.read_text(encoding="utf-8") == text:
            return Outcome(place)
    write_whole(path, text)
    return Outcome(place, changed=True)


def _name(desk: Desk, student: str) -> str:
    known = desk.students.get(student)
    return f"{visible(known.name)} ({student})" if known and known.name else student


def _say_who_is_missing(desk: Desk, wanted: Iterable[Place], options: argparse.Namespace) -> None:
    """Name who handed nothing in, for each exercise of which somebody did."""
    if options.student:
        return
    handed: dict[str, set[str]] = {}
    for place in wanted:
        handed.setdefault(place.exercise, set()).add(place.student)
    for exercise, there in sorted(handed.items()):
        if missing := [_name(desk, student) for student in desk.students if student not in there]:
            print(f"{exercise}: no page for those who handed nothing in: {', '.join(missing)}")


def _say_sum(outcomes: Sequence[Outcome]) -> None:
    changed = sum(outcome.changed for outcome in outcomes)
    problems = sum(bool(outcome.problem) for outcome in outcomes)
    same = len(outcomes) - changed - problems
    print(f"Pages written: {changed}; as they were: {same}; submissions without a page: {problems}.")


# --- the archive ---------------------------------------------------------------------------------------


def _pack(desk: Desk, places: Sequence[Place], path: Path, platform: str) -> None:
    if not places:
        raise NotReadyError(f"There is no page to pack, so {path} was not written; grade first.")
    named = {place: _folder_for(desk, place, platform) for place in places}
    if platform == "moodle" and len({place.exercise for place in places}) > 1:
        raise UsageError("Moodle takes the pages of one exercise at a time; name it, such as 03.")
    left_out = [place for place, name in named.items() if not name]
    count = archives.write(
        path,
        (
            (f"{name}/{place.exercise}.html", desk.folder.feedback(place).read_bytes())
            for place, name in sorted(named.items(), key=lambda pair: (pair[1], pair[0].exercise))
            if name
        ),
    )
    what = "for “Upload multiple feedback files in a zip”" if platform == "moodle" else "a folder a student"
    print(f"{path}: {count} pages, {what}.")
    if left_out:
        names = ", ".join(_name(desk, place.student) for place in left_out)
        print(
            f"Not in it, since their participant number in Moodle is not known: {names}. Collect from "
            "Moodle’s own archive, or fill the column moodle of students.csv."
        )


def _folder_for(desk: Desk, place: Place, platform: str) -> str:
    """Return the folder of a student in the archive, or nothing where the platform would not know it."""
    known = desk.students.get(place.student)
    name = plain(_NOT_IN_NAMES.sub(" ", known.name if known else ""))
    if platform == "plain":
        return f"{name} ({place.student})" if name else place.student
    number = participant(records.read_collected(desk.folder, place)) or (known.moodle if known else "")
    # Moodle takes what stands after the first underscore for the number, so there is none in the name.
    name = name or place.student.replace("_", " ")
    return f"{name}_{number}_assignsubmission_file_" if number.isdecimal() else ""
