"""Write what each student gets back: ``backchannel feedback``.

One page for each submission lies where nbgrader's ``release_feedback`` looks for it. A page is written anew
only where it changed. With ``--zip`` the pages go into one archive, for a platform or to send them yourself.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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
from backchannel.classroom.students import called
from backchannel.classroom.visible import plain
from backchannel.dossier import load_dossier
from backchannel.errors import DataError, NotReadyError, UsageError
from backchannel.exercises import require_key
from backchannel.words import LANGUAGES, Language

PLATFORMS = ("plain", "moodle")
_LISTED = 12  # names in a list at most
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*_]')


@dataclass(frozen=True)
class Outcome:
    """What became of one page.

    Attributes:
        changed: whether it was written anew.
        problem: half a sentence on why there is none.
        held_back: whether it was not written since it is not fully marked, as was asked for.
        open_tasks: the tasks that are not marked yet.
        no_journal: whether labels and questions have no points because no journal came.
    """

    place: Place
    changed: bool = False
    problem: str = ""
    held_back: bool = False
    open_tasks: tuple[str, ...] = ()
    no_journal: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the page is there as it should be."""
        return not self.problem and not self.held_back


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
    for number, place in enumerate(wanted, start=1):
        outcomes.append(write_page(desk, place, languages, only_marked=options.only_marked))
        if sys.stdout.isatty():
            print(f"\r\x1b[KPage {number} of {len(wanted)}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r\x1b[K", end="")
    for line in _summary(desk, outcomes):
        print(line)
    if not options.student:
        _say_who_is_missing(desk, wanted)
    if options.zip:
        _pack(desk, [one.place for one in outcomes if one.is_there], options.zip, options.platform)
    print(f"Next: {_next(desk, outcomes)}")
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
    parser.add_argument(
        "--only-marked",
        action="store_true",
        help="write and pack no page of a submission that is not fully marked",
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


def write_page(
    desk: Desk, place: Place, languages: Sequence[Language] = LANGUAGES, *, only_marked: bool = False
) -> Outcome:
    """Write one page where it is not there as it should be, and say what became of it."""
    path = desk.folder.feedback(place)
    try:
        told = desk.hand_back(place)
    except (NotReadyError, DataError) as problem:
        earlier = "; the page of an earlier time was left where it is" if path.is_file() else ""
        return Outcome(place, problem=str(problem).rstrip(".") + earlier)
    found = Outcome(place, open_tasks=told.open_tasks, no_journal=told.no_journal)
    if only_marked and told.open_tasks:
        return replace(found, held_back=True)
    text = page(told, languages)
    with suppress(OSError, UnicodeDecodeError):
        if path.read_text(encoding="utf-8") == text:
            return found
    write_whole(path, text)
    return replace(found, changed=True)


# --- what is said --------------------------------------------------------------------------------------


def _summary(desk: Desk, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what was done, and what a person should know before pages are handed back."""
    pages = [outcome for outcome in outcomes if outcome.is_there]
    changed = sum(outcome.changed for outcome in pages)
    yield (
        f"Pages written: {changed}; as they were: {len(pages) - changed}; submissions without a page: "
        f"{len(outcomes) - len(pages)}. They lie in {desk.folder.root / 'feedback'}."
    )
    problems: dict[str, list[Place]] = {}
    for outcome in outcomes:
        if outcome.problem:
            problems.setdefault(outcome.problem, []).append(outcome.place)
    for problem, places in problems.items():
        yield f"No page for {len(places)}, since {problem}: {_listed(desk, places)}."
    if unmarked := [outcome for outcome in outcomes if outcome.open_tasks]:
        tasks = ", ".join(sorted({task for outcome in unmarked for task in outcome.open_tasks}))
        if any(outcome.held_back for outcome in unmarked):
            yield f"Left out, not fully marked ({tasks} open): {len(unmarked)}. Earlier pages stay."
        else:
            yield (
                f"{len(unmarked)} of {len(pages)} pages are not fully marked ({tasks} open); they say so. "
                "Mark first, or use --only-marked."
            )
    if without := [outcome.place for outcome in outcomes if outcome.no_journal]:
        have = "has" if len(without) == 1 else "have"
        yield (
            f"{len(without)} {have} 0 points for labels and questions because no journal came: "
            f"{_listed(desk, without)}."
        )


def _say_who_is_missing(desk: Desk, wanted: Iterable[Place]) -> None:
    """Name who handed nothing in, for each exercise of which somebody did."""
    there = set(wanted)
    for exercise in sorted({place.exercise for place in there}):
        missing = [Place(student, exercise) for student in desk.students]
        if missing := [place for place in missing if place not in there]:
            who = _listed(desk, missing)
            print(f"Exercise {exercise[:2]}: no page for {len(missing)} who handed nothing in: {who}.")


def _listed(desk: Desk, places: Sequence[Place]) -> str:
    """Return the first names of some, and how many there are more."""
    several = len({place.exercise for place in places}) > 1
    names = [
        called(desk.students, place.student) + (f" ({place.number})" if several else "") for place in places
    ]
    more = len(names) - _LISTED
    return "; ".join(names[:_LISTED]) + (f"; and {more} more" if more > 0 else "")


def _next(desk: Desk, outcomes: Sequence[Outcome]) -> str:
    """Return the command that comes next."""
    numbers = sorted({outcome.place.number for outcome in outcomes})
    if any("backchannel grade" in outcome.problem for outcome in outcomes):
        return " ".join(("backchannel grade", *numbers))
    if any(outcome.open_tasks and not outcome.held_back for outcome in outcomes):
        return "backchannel lab --grading"
    which = " ".join(f"--exercise {number}" for number in numbers)
    return f"backchannel export grades {which} --for {_platform(desk)}"


def _platform(desk: Desk) -> str:
    """Return the platform that the list of students came from."""
    known = desk.students.values()
    if any(student.canvas for student in known):
        return "canvas"
    return "moodle" if any(student.moodle for student in known) else "plain"


# --- the archive ---------------------------------------------------------------------------------------


def _pack(desk: Desk, places: Sequence[Place], path: Path, platform: str) -> None:
    if not places:
        raise NotReadyError(f"There is no page to pack, so {path} was not written; grade and mark first.")
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
        names = ", ".join(called(desk.students, place.student) for place in left_out)
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
