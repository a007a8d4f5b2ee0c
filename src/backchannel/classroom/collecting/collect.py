"""Take in what students handed in: ``backchannel collect``.

Folders, archives and single files go in; ``submitted/<student>/<exercise>/`` of the class folder comes out,
with one line for each file on what became of it. See ``intake`` for what is safe to read, ``naming`` and
``register`` for whose a file is, ``recognise`` for what it is, ``versions`` for which one counts.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from backchannel.classroom import students as class_list
from backchannel.classroom.collecting import collection, copies, shelf, telling
from backchannel.classroom.collecting.collection import Collection, Row
from backchannel.classroom.collecting.finds import Find, find_all
from backchannel.classroom.collecting.intake import Intake, Limits
from backchannel.classroom.collecting.naming import Sender, slug
from backchannel.classroom.collecting.recognise import Answers, Catalogue, Sheet
from backchannel.classroom.collecting.register import Register
from backchannel.classroom.collecting.rosters import Roster, read_roster
from backchannel.classroom.collecting.versions import Outcome, Settler, named_before
from backchannel.classroom.folder import ClassFolder, Place, class_option, exercise_named, find_class
from backchannel.classroom.records import Collected, read_collected
from backchannel.errors import DataError, UsageError

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NAMELESS = (
    "does not say whose it is; put it into a folder named after the student, then collect that folder, or "
    "give --student ID with the id in students.csv"
)
_LESSONS = "is the journal of the lessons; ask for the journal.jsonl that lies beside the exercise's notebook"
_BLANK = "is a journal without any answer, and no notebook came with it; ask for both"


def collect(
    folder: ClassFolder,
    sources: Iterable[Path],
    *,
    exercise: str = "",
    due: datetime | None = None,
    students: Path | None = None,
    student: str = "",
    add: bool = False,
    take: bool = False,
    limits: Limits | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Collection:
    """Take in what students handed in.

    Args:
        folder: the class folder; it need not exist yet.
        sources: folders, archives and files.
        exercise: number or name of the only exercise to take in; all of them where it is empty.
        due: when it was due; without a time zone, in that of this computer.
        students: a list of students from Moodle or Canvas, or our own.
        student: id of the student whose files these are; empty where their names say it.
        add: take in what comes from somebody who is not on the list that was given, now or before.
        take: put in force what comes now even where a later version is in force.
        limits: what one source may hold.
        progress: is told what is being read.

    Raises:
        UsageError: a source, exercise or student does not exist, or another run is at work.
        DataError: a list of students cannot be read.
        BackchannelError: the class folder cannot be written to.
    """
    wanted = exercise_named(folder, exercise) if exercise else ""
    paths = [Path(source) for source in sources]
    for place, path in enumerate(paths):
        _check(folder, path, paths[place + 1 :])
    roster = read_roster(students) if students else Roster(())
    with shelf.opened(folder) as opened:
        register = Register(class_list.load(folder), dict(_numbers_before(folder)), add=add)
        register.merge(roster.students)
        _check_student(register, student)
        intake = Intake(opened.store, limits or Limits(), folder.root)
        run = _Run(folder, intake, register, roster.submitted, wanted, student)
        settler = Settler(opened, due.timestamp() if due else None, run.write, take=take)
        return run.collect(paths, settler, progress)


def _check(folder: ClassFolder, source: Path, after: Sequence[Path]) -> None:
    """Look that a source may be one; ``after`` are those named after it.

    Raises:
        UsageError: it is not; the message says so where a name with spaces was torn apart.
    """
    if place := _found(source):
        if folder.root.is_relative_to(place):
            raise UsageError(
                f"{source} holds the class folder itself; name what students handed in, not where it goes."
            )
        return
    for count in range(1, len(after) + 1):
        whole = " ".join(map(str, (source, *after[:count])))
        if _found(Path(whole)):
            raise UsageError(
                f'There is no file or folder {source}, but there is "{whole}"; put it in quotes.'
            )


def _found(source: Path) -> Path | None:
    try:
        return source.expanduser().resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def _check_student(register: Register, student: str) -> None:
    if student and student not in register.students:
        near = ", ".join(register.near(student))
        hint = f"near are {near}" if near else "collect the list of the class with --students first"
        raise UsageError(f"No student has the id {student!r} in students.csv; {hint}.")


class _Run:
    """One run, from the sources to the records.

    Args:
        folder: the class folder.
        intake: reads the sources.
        register: the students known before.
        submitted: when was handed in, in seconds since 1970, by the number of a participant in Moodle.
        wanted: the only exercise to take in, or empty.
        student: id of the student whose files these are, or empty.
    """

    def __init__(
        self,
        folder: ClassFolder,
        intake: Intake,
        register: Register,
        submitted: Mapping[str, float],
        wanted: str,
        student: str,
    ) -> None:
        self._folder, self._intake, self._register = folder, intake, register
        self._submitted, self._wanted, self._given = submitted, wanted, student
        self._catalogue = Catalogue(folder.project)
        self._listed = frozenset(self._register.students)
        self._names: Mapping[str, str] = {}
        self._rows: list[Row] = []
        self._submissions: dict[Place, tuple[Outcome, Collected]] = {}
        self._undated: list[Place] = []
        self._left_out: Counter[str] = Counter()

    def write(self, content: bytes) -> Path:
        """Write bytes into a new file of ours, which goes with the run."""
        path = self._intake.new_file()
        path.write_bytes(content)
        return path

    def collect(
        self, sources: Iterable[Path], settler: Settler, progress: Callable[[str], None]
    ) -> Collection:
        """Take in all sources."""
        finds = [find for source in sources for find in self._find(source, progress)]
        for number, find in enumerate(finds):
            find.piece = replace(find.piece, number=number) if find.piece else None
        by_owner: defaultdict[str, list[Find]] = defaultdict(list)
        for owner, find in self._owned(finds):
            by_owner[owner].append(find)
        # The list is written first, so that no submission is ever there without its student.
        everyone = class_list.store(self._folder, self._register.students.values())
        self._register.students.update(everyone)
        self._names = collection.names(everyone)
        for student in sorted(by_owner, key=lambda student: (not student, slug(self._who(student)))):
            begun = len(self._rows)
            self._settle(student, by_owner[student], settler)
            collection.log(self._folder.log, self._rows[begun:])
        return self._collection()

    def _find(self, source: Path, progress: Callable[[str], None]) -> list[Find]:
        known = self._register.named
        return find_all(source, self._intake, self._catalogue, self._submitted, known, progress)

    def _who(self, student: str) -> str:
        return self._names.get(student, student)

    # --- whose is what

    def _owned(self, finds: Iterable[Find]) -> Iterator[tuple[str, Find]]:
        """Yield each file with its student; new students join the register."""
        groups: defaultdict[Sender | None, list[Find]] = defaultdict(list)
        for find in finds:
            groups[find.named.sender].append(find)
        for sender, group in groups.items():
            student = self._student(sender, group) if sender else self._given
            yield from ((student, find) for find in group)

    def _student(self, sender: Sender, group: Iterable[Find]) -> str:
        """Return the student who sent some files, or nothing where that cannot be told."""
        exercises = {exercise for find in group for exercise in self._exercises(find.content)}
        if not exercises and not self._given:
            for find in group:
                if isinstance(find.content, Answers):
                    find.turn_away(_LESSONS if find.content.lessons else _BLANK)
            found = self._register.named(sender)
            return found[0].id if len(found) == 1 else ""
        try:
            if self._given:
                return self._register.resolve_as(self._given, sender, sorted(exercises)).id
            return self._register.resolve(sender, sorted(exercises)).id
        except LookupError as problem:
            for find in group:
                if find.content:
                    find.turn_away(str(problem))
            return ""

    def _exercises(self, content: Sheet | Answers | None) -> tuple[str, ...]:
        """Return the exercises that a notebook or a journal is about."""
        if isinstance(content, Sheet):
            return (content.exercise,)
        known = self._catalogue.exercises
        return tuple(known[number] for number in content.ids if number in known) if content else ()

    # --- what becomes of it

    def _settle(self, student: str, finds: Iterable[Find], settler: Settler) -> None:
        if not student:
            for find in finds:
                if find.content:
                    find.turn_away(_NAMELESS)
        sheets: defaultdict[str, list[Find]] = defaultdict(list)
        journals: defaultdict[str, list[Find]] = defaultdict(list)
        self._pass_over_untouched(finds)
        for find in finds:
            if isinstance(find.content, Sheet):
                sheets[find.content.exercise].append(find)
        for find in finds:
            if isinstance(find.content, Answers):
                for exercise in self._exercises(find.content) or self._exercise_beside(find, sheets):
                    journals[exercise].append(find)
        for exercise in sorted({*sheets, *journals}):
            if self._wanted in ("", exercise):
                place = Place(student, exercise)
                self._submission(place, sheets.get(exercise, ()), journals.get(exercise, ()), settler)
            else:
                self._left_out[exercise] += exercise in sheets
                for find in (*sheets.get(exercise, ()), *journals.get(exercise, ())):
                    why = f"is of exercise {exercise[:2]}, and only {self._wanted[:2]} was asked for"
                    self._tell(find, student, exercise, "ignored", why)
        for find in finds:
            if find.content is None:
                self._tell_of_none(find, student, complete=bool(sheets))

    def _pass_over_untouched(self, finds: Iterable[Find]) -> None:
        """Leave out exercises as they were handed out that came along with others that were worked on."""
        answered = {
            exercise
            for find in finds
            if isinstance(find.content, Answers)
            for exercise in self._exercises(find.content)
        }
        worked = {
            find.content.exercise
            for find in finds
            if isinstance(find.content, Sheet) and not find.content.untouched
        }
        for find in finds:
            if worked and find.is_untouched and isinstance(find.content, Sheet):
                exercise = find.content.exercise
                if exercise in worked or exercise not in answered:
                    why = f"is exercise {exercise[:2]} as it was handed out; passed over"
                    find.turn_away(why, harmless=True)

    def _exercise_beside(self, find: Find, sheets: Mapping[str, list[Find]]) -> tuple[str, ...]:
        """Return the exercise that a journal without answers lies beside, or nothing, with the reason."""
        if isinstance(find.content, Answers) and find.content.lessons:
            find.turn_away(_LESSONS)
            return ()
        beside = [
            exercise
            for exercise, found in sheets.items()
            if any(other.named.beside == find.named.beside for other in found)
        ]
        close = beside or list(sheets)
        if len(close) == 1:
            return (close[0],)
        find.turn_away("is a journal without any answer; passed over", harmless=True)
        return ()

    def _submission(
        self, place: Place, sheets: Iterable[Find], journals: Iterable[Find], settler: Settler
    ) -> None:
        settled = settler.settle(
            place,
            [find.piece for find in sheets if find.piece],
            [find.piece for find in journals if find.piece],
        )
        for told in settled.told:
            self._rows.append(
                Row(
                    source=told.piece.source,
                    file="/".join(told.piece.parts),
                    name=told.piece.named.file,
                    student=place.student,
                    who=self._who(place.student),
                    exercise=place.exercise,
                    outcome=told.outcome,
                    sentence=told.sentence,
                )
            )
        if settled.record:
            self._submissions[place] = (settled.outcome, settled.record)
            if settled.undated:
                self._undated.append(place)

    def _tell_of_none(self, find: Find, student: str, *, complete: bool) -> None:
        """Tell of a file that is neither a notebook nor a journal that could be taken in."""
        if find.is_timestamp:
            self._tell(find, student, "", "ignored", "says when the files beside it were handed in")
        elif find.spare and complete:
            self._tell(find, student, "", "ignored", f"{find.why.partition(';')[0]}; not needed")
        else:
            self._tell(find, student, "", "ignored" if find.harmless else "refused", find.why)

    def _tell(self, find: Find, student: str, exercise: str, outcome: Outcome, sentence: str) -> None:
        sender, file = find.named.sender, "/".join(find.parts)
        who = self._who(student) or (sender.called if sender and sender.platform != "folder" else "")
        name = (find.named.file if who else "") or file
        self._rows.append(Row(find.source, file, name, student, who, exercise, outcome, sentence))

    # --- afterwards

    def _collection(self) -> Collection:
        exercises = sorted({self._wanted, *(place.exercise for place in self._submissions)} - {""})
        shared = [pair for exercise in exercises for pair in copies.note_shared(self._folder, exercise)]
        there: defaultdict[str, set[str]] = defaultdict(set)
        for place in self._folder.places():
            there[place.exercise].add(place.student)
        everyone = self._register.students
        return Collection(
            folder=self._folder,
            rows=tuple(self._rows),
            submissions={
                place: (outcome, read_collected(self._folder, place))  # with what is shared by now
                for place, (outcome, _) in self._submissions.items()
            },
            students=everyone,
            unlisted=tuple(sorted(everyone.keys() - self._listed)) if self._listed else (),
            missing={
                exercise: tuple(student for student in everyone if student not in there[exercise])
                for exercise in exercises
            },
            shared=tuple(shared),
            undated=tuple(self._undated),
            wanted=self._wanted,
            left_out=+self._left_out,
        )


def _numbers_before(folder: ClassFolder) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield under which number of Moodle an exercise was handed in, by exercise and student."""
    for place in folder.places():
        try:
            named = named_before(read_collected(folder, place))
        except DataError:
            continue
        if named and named.sender and named.sender.platform == "moodle":
            yield (place.exercise, place.student), named.sender.number


# --- the command ---------------------------------------------------------------------------------------


def read_due(text: str) -> datetime:
    """Return a due date; a day alone is due when it ends, a time without a zone is that of this computer.

    Raises:
        UsageError: it is no date.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"--due {text} is no date; write it as 2026-12-01T23:59, with a zone as 2026-12-01T23:59+01:00."
        ) from None
    if _DAY.fullmatch(text.strip()):
        moment += timedelta(days=1, seconds=-1)
    return moment.astimezone() if moment.tzinfo is None else moment


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backchannel collect",
        description="Take in what students handed in: what Moodle or Canvas give as “download all "
        "submissions”, folders named after students, single archives and notebooks.",
    )
    add = parser.add_argument
    add("sources", nargs="*", type=Path, metavar="SOURCE", help="a folder, an archive or a file")
    add("--exercise", default="", metavar="NUMBER", help="take in this exercise only, such as 03")
    add(
        "--students",
        type=Path,
        metavar="CSV",
        help="the list of students: Moodle's grading worksheet, which also says when each handed in, its "
        "list of participants, or Canvas' gradebook",
    )
    add(
        "--student",
        default="",
        metavar="ID",
        help="whose files these are, by the id in students.csv; for what came by mail",
    )
    add("--add", action="store_true", help="add to the class whoever is not on its list")
    add("--due", metavar="WHEN", help="when it was due, such as 2026-12-01T23:59; what came later is late")
    add("--take", action="store_true", help="put in force what comes now, even in place of a later version")
    class_option(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    """Take in what students handed in and say what was done.

    Returns:
        0 if everything found its place; 1 if something was refused, while the rest was taken in, or if all
        there was is of exercises that were not asked for.
    """
    parser = _parser()
    options = parser.parse_args(argv)
    if not options.sources and not options.students:
        parser.error("name what students handed in: a folder, an archive or a file")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may lack letters of a name
    folder = find_class(options.folder)
    with telling.progress() as progress:
        found = collect(
            folder,
            options.sources,
            exercise=options.exercise,
            due=read_due(options.due) if options.due else None,
            students=options.students,
            student=options.student,
            add=options.add,
            take=options.take,
            progress=progress,
        )
    for line in telling.lines(found):
        print(line)
    return found.status
