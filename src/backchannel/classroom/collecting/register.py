"""Who is who: students of the class, matched with the names and numbers that platforms give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

from backchannel.classroom.collecting.naming import Sender, slug
from backchannel.classroom.folder import STUDENT
from backchannel.classroom.students import Student
from backchannel.classroom.visible import plain

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_LONGEST = 40
_NEAR = 3  # ids named at most where one is not known


@lru_cache(maxsize=20_000)
def _words(name: str) -> tuple[str, ...]:
    """Return what two ways to write one name share: ``Müller, Anna``, ``Anna Müller``, ``anna_mueller``."""
    return tuple(sorted(slug(name).split("-"))) if slug(name) else (plain(name).casefold(),)


def _run_together(name: str) -> set[str]:
    """Return how Canvas may write a name; where the last name begins is not known."""
    words = slug(name).split("-")
    return {"".join(words[n:] + words[:n]) for n in range(len(words))} - {""}


class Register:
    """The students of a class while files are matched with them.

    Args:
        students: those known, by id.
        numbers: the number in Moodle under which a student handed in an exercise before, by both.
        add: whether whoever is on no list joins even where a list was given.
    """

    def __init__(
        self,
        students: Mapping[str, Student],
        numbers: Mapping[tuple[str, str], str] | None = None,
        *,
        add: bool = False,
    ) -> None:
        self.students = dict(students)
        self._numbers, self._add = dict(numbers or {}), add

    def named(self, sender: Sender) -> tuple[Student, ...]:
        """Return the students that a sender may be."""
        return self._by_number(sender) or self._by_word(sender) or self._by_name(sender)

    def _by_number(self, sender: Sender) -> tuple[Student, ...]:
        if not sender.number or sender.platform == "folder":
            return ()
        return tuple(
            student
            for student in self.students.values()
            if sender.number in getattr(student, sender.platform).split()
        )

    def _by_word(self, sender: Sender) -> tuple[Student, ...]:
        """Match a folder named by one word that is unique: id, login, address or number."""
        word = sender.name.casefold()
        if sender.platform != "folder" or not word:
            return ()
        found = (
            student
            for student in self.students.values()
            if word in (student.id, *map(str.casefold, (student.login, student.email, student.number)))
        )
        return tuple(found)

    def _by_name(self, sender: Sender) -> tuple[Student, ...]:
        if not sender.name:
            return ()
        words, joined = _words(sender.name), slug(sender.name).replace("-", "")
        return tuple(
            student
            for student in self.students.values()
            if student.name
            and (
                _words(student.name) == words
                or (sender.platform == "canvas" and joined in _run_together(student.name))
            )
        )

    def near(self, text: str) -> list[str]:
        """Return some ids that may be meant by a text: those spelt alike, then those that share a word."""
        wanted = slug(text)
        alike = get_close_matches(wanted, self.students, _NEAR)
        words = set(wanted.split("-"))
        shared = (
            student.id
            for student in self.students.values()
            if words & set(slug(f"{student.id} {student.name}").split("-"))
        )
        return list(dict.fromkeys((*alike, *shared)))[:_NEAR]

    def resolve(self, sender: Sender, exercises: Iterable[str]) -> Student:
        """Return the student a sender is; where nobody has that name and no list was given, a new one.

        Args:
            sender: as the platform names them.
            exercises: what they handed in; nobody hands in one exercise of Moodle under two numbers.

        Raises:
            LookupError: several could be meant, or nobody on the list; the message is half a sentence.
        """
        wanted = tuple(exercises)
        found = self._by_number(sender)
        if not found:
            found = tuple(
                student for student in self.named(sender) if not self._is_another(student, sender, wanted)
            )
        if len(found) > 1:
            listed = "the list of this assignment with --students, or this file alone with "
            remedy = f"give {listed if sender.number else ''}--student ID, such as {found[0].id}"
            ids = ", ".join(student.id for student in found)
            raise LookupError(f"is by one of several students of that name ({ids}); {remedy}")
        if not found and not self._add and any(student.listed for student in self.students.values()):
            raise LookupError(self._not_listed(sender))
        return self._noted(found[0] if found else self._made(sender), sender, wanted)

    def resolve_as(self, student: str, sender: Sender, exercises: Iterable[str]) -> Student:
        """Return the student whose files these are said to be.

        Raises:
            LookupError: they bear the name of somebody else; the message is half a sentence.
        """
        found = self.named(sender)
        is_another = found or sender.platform != "folder"
        if is_another and student not in {known.id for known in found}:
            raise LookupError(f"bears the name of {sender.called}; collect it without --student")
        return self._noted(self.students[student], sender, exercises)

    def _not_listed(self, sender: Sender) -> str:
        """Say what to do about somebody who is not on the list, as half a sentence."""
        add = "collect again with --add, which adds them to the class"
        if sender.platform != "folder":
            return (
                f"is by {sender.called}, who is not on the list; give a newer list with --students, or {add}"
            )
        example = (self.near(sender.name) or list(self.students))[0]
        return (
            f"is by “{sender.called}”, who is not on the list; name its folder after the student's id in "
            f"students.csv, such as {example}/, give --student ID, or {add}"
        )

    def _noted(self, student: Student, sender: Sender, exercises: Iterable[str]) -> Student:
        """Note under which numbers a platform knows a student."""
        student = self._with_number(student, sender)
        self.students[student.id] = student
        if sender.platform == "moodle":
            self._numbers.update({(exercise, student.id): sender.number for exercise in exercises})
        return student

    def _is_another(self, student: Student, sender: Sender, exercises: Iterable[str]) -> bool:
        """Say whether someone of the same name must be another person, as the numbers show."""
        if sender.platform == "canvas":
            return bool(student.canvas) and student.canvas != sender.number
        if sender.platform == "moodle":
            before = (self._numbers.get((exercise, student.id), "") for exercise in exercises)
            return any(number not in ("", sender.number) for number in before)
        return False

    def _with_number(self, student: Student, sender: Sender) -> Student:
        if sender.platform == "moodle" and sender.number and sender.number not in student.moodle.split():
            return replace(student, moodle=f"{student.moodle} {sender.number}".strip())
        if sender.platform == "canvas" and not student.canvas:
            return replace(student, canvas=sender.number)
        return student

    def _made(self, sender: Sender) -> Student:
        tail = sender.number if sender.platform != "folder" else ""
        made = self._new_id(sender.name, tail, "participant" if tail else "student")
        student = Student(made, sender.name)
        return self._with_number(student, sender)

    def _new_id(self, name: str, tail: str, otherwise: str) -> str:
        own = name.casefold()
        if not tail and STUDENT.fullmatch(own) and own == name and slug(own):
            base = own.rstrip(".")
        else:
            base = slug(name)[:_LONGEST].strip("-") or otherwise
        if tail:
            base = f"{base}-{tail[:20]}"
        if base.split(".")[0] in _RESERVED:
            base = f"student-{base}"
        found, count = base, 1
        while found in self.students:
            count += 1
            found = f"{base}-{count}"
        return found

    # --- lists

    def merge(self, listed: Iterable[Student]) -> None:
        """Take in a list: fill what is unknown of students who are here, and add those who are not."""
        met: set[str] = set()
        rows = tuple(replace(row, listed="yes") for row in listed)
        names = Counter(_words(row.name) for row in rows)
        for row in rows:
            known = self._listed_before(row, met, by_name=names[_words(row.name)] == 1)
            if known is None:
                tail = row.canvas or (row.moodle.split() or [""])[0]
                name = row.name or row.login or row.email.partition("@")[0] or row.number
                known = Student(row.id or self._new_id(name, tail, "student"))
            else:
                row = replace(row, moodle=_both(known.moodle, row.moodle))
                known = replace(known, moodle="") if row.moodle else known
            if " " in row.name and " " not in known.name:  # such as muelleranna, as Canvas names files
                known = replace(known, name=row.name)
            values = {key: value or getattr(row, key) for key, value in vars(known).items()}
            self.students[known.id] = Student(**values)
            met.add(known.id)

    def _listed_before(self, row: Student, met: set[str], *, by_name: bool) -> Student | None:
        """Return the student a row of a list is; two rows of one list are never the same."""
        others = [student for student in self.students.values() if student.id not in met]
        for key in ("id", "canvas", "number", "login", "email"):
            value = getattr(row, key).casefold()
            for student in others:
                if value and getattr(student, key).casefold() == value:
                    return student
        numbers = set(row.moodle.split())
        for student in others:
            if numbers & set(student.moodle.split()):
                return student
        same = [
            student
            for student in others
            if by_name and row.name and student.name and _words(student.name) == _words(row.name)
        ]
        same = [student for student in same if not _contradict(student, row)]
        return same[0] if len(same) == 1 else None


def _both(one: str, other: str) -> str:
    return " ".join(dict.fromkeys((*one.split(), *other.split())))


def _contradict(one: Student, other: Student) -> bool:
    """Say whether two of one name must be two people."""
    keys = ("email", "login", "number", "canvas")
    pairs = ((getattr(one, key).casefold(), getattr(other, key).casefold()) for key in keys)
    return any(mine and yours and mine != yours for mine, yours in pairs)
