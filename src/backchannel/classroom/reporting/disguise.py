"""What a class calls its members, and how names, addresses and numbers are kept out of what it says."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, pairwise

from backchannel.classroom import students
from backchannel.classroom.students import Student

_TOKEN = re.compile(r"[^\W_]+")
_SHORTEST_PART = 3  # letters of a part of a name; shorter ones are too often something else
_SHORTEST_NUMBER = 4
_WIDEST_GAP = 3  # characters between two parts, as in "Doe, Ida" or "ida.doe@"
_SOMEBODY = "…"


def call(listed: Mapping[str, Student], ids: Iterable[str], *, real: bool) -> dict[str, str]:
    """Say what to call each student, by id, so that no two are called alike.

    Who shares a name has the id behind it. Who shares a pseudonym, as all do who are on no list, has a
    number, which does not follow the order of the ids.

    Args:
        listed: the students of the list.
        ids: whom to call.
        real: call them by name; else by pseudonym.
    """
    found = students.names(listed, ids, real=real)
    names = {one: name or "S?" for one, name in found.items()}  # a list made by hand has no pseudonyms yet
    often, numbers = Counter(names.values()), count(1)
    order = sorted(names) if real else sorted(names, key=lambda one: sha256(one.encode()).digest())
    for one in order:
        if often[names[one]] > 1:
            names[one] += f" ({one})" if real else str(next(numbers))
    return names


@dataclass(frozen=True)
class _Sign:
    """Something that tells who it is: its parts in lower case, and what is said instead."""

    parts: tuple[str, ...]
    instead: str


class Disguise:
    """Finds where a text names a member of the class.

    The time a text takes does not depend on how large the class is.

    Args:
        everybody: in the class.
        called: what to call each, by id.
    """

    def __init__(self, everybody: Iterable[Student], called: Mapping[str, str]) -> None:
        self._signs: dict[str, list[_Sign]] = {}
        self._parts: set[str] = set()
        for student in everybody:
            for sign in _signs(student, called.get(student.id) or _SOMEBODY):
                self._signs.setdefault(sign.parts[0], []).append(sign)
            self._parts.update(_parts_of(student.name))
        for signs in self._signs.values():
            signs.sort(key=lambda sign: -len(sign.parts))
        self._folded = {part.casefold() for part in self._parts}

    def hide(self, text: str) -> str:
        """Return a text in which everybody is called as the class calls them; parts of names are dots."""
        plain = unicodedata.normalize("NFC", text)
        kept, done = [], 0
        for start, end, instead in self._found(plain):
            if start >= done:
                kept += [plain[done:start], instead]
                done = end
        return "".join((*kept, plain[done:]))

    def names_somebody(self, text: str) -> bool:
        """Say whether a text holds anything that tells who it is, even a part of a name in small letters."""
        plain = unicodedata.normalize("NFC", text)
        if any(token.group().casefold() in self._folded for token in _TOKEN.finditer(plain)):
            return True
        return next(self._found(plain), None) is not None

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        tokens = [(token.start(), token.end(), token.group()) for token in _TOKEN.finditer(text)]
        for number, (start, end, word) in enumerate(tokens):
            for sign in self._signs.get(word.casefold(), ()):
                if _stands(sign, tokens[number : number + len(sign.parts)]):
                    yield start, tokens[number + len(sign.parts) - 1][1], sign.instead
                    break
            else:
                if word in self._parts:
                    yield start, end, _SOMEBODY


def _stands(sign: _Sign, tokens: list[tuple[int, int, str]]) -> bool:
    if tuple(word.casefold() for _, _, word in tokens) != sign.parts:
        return False
    gaps = (after[0] - before[1] for before, after in pairwise(tokens))
    return all(gap <= _WIDEST_GAP for gap in gaps)


def _signs(student: Student, instead: str) -> Iterator[_Sign]:
    """Yield all that tells who a student is, names also with the family name first, wherever it begins."""
    name = tuple(_tokens(student.name))
    turned = [name[place:] + name[:place] for place in range(len(name))]
    numbers = (student.number, *student.moodle.split(), student.canvas)
    listed = (student.id, student.email, student.login, *numbers)
    for parts in (*turned, *(tuple(_tokens(sign)) for sign in listed)):
        whole = "".join(parts)
        long_enough = len(whole) >= (_SHORTEST_NUMBER if whole.isdigit() else 2)
        if parts and long_enough:
            yield _Sign(parts, instead)


def _tokens(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFC", text)
    return (token.group().casefold() for token in _TOKEN.finditer(plain))


def _parts_of(name: str) -> Iterator[str]:
    """Yield the parts of a name which begin with a capital letter, so not ``von`` or ``da``."""
    for token in _TOKEN.finditer(unicodedata.normalize("NFC", name)):
        part = token.group()
        if len(part) >= _SHORTEST_PART and not part[0].islower():
            yield part
