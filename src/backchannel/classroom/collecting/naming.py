"""Whose a file is: the names that Moodle, Canvas, nbgrader and people give to what students hand in.

The forms are those of the platforms' own source code. Moodle (``mod/assign/classes/downloader.php``) names a
folder ``Full Name_123_assignsubmission_file`` (with one more ``_`` in older versions), or puts that before
the name of each file; the number belongs to one participant in one assignment, so the same student has
another one in the next. Canvas (``lib/content_zipper.rb``) names a file ``lastnamefirstname_LATE_12_345_``
and so on: the id of the user, which stays, and that of the upload, which rises; ``LATE`` where it was, and
``-1`` and so on at the end of a name that was handed in before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from backchannel.classroom.visible import plain

Platform = Literal["moodle", "canvas", "folder"]

_MOODLE = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<number>\d+))?_assign(?P<kind>submission|feedback)_(?P<plugin>[a-z]+)"
    r"(?:_(?P<file>.*))?",
    re.DOTALL,
)
_CANVAS = re.compile(
    r"(?P<name>\w+?)_(?:(?P<late>LATE|late)_)?(?P<number>[1-9]\d*)_(?P<upload>[1-9]\d{2,})_(?P<file>.+)",
    re.DOTALL,
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE)_)?anon_(?P<number>[A-Za-z0-9]{5})_(?P<upload>[1-9]\d{2,})_(?P<file>.+)", re.DOTALL
)
_CANVAS_TEXT = re.compile(
    r"(?P<name>\w+?)_(?:(?P<late>LATE)_)?(?P<number>[1-9]\d*)_(?P<file>(?:text|link)\.html)"
)
_PARTICIPANT = re.compile(r"(?:participant|teilnehmer(?:/?[-_:*]?in)?)\s*", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|tar\.gz|gz)$", re.IGNORECASE)
_SUFFIX = re.compile(
    r"[ _]*\((?P<round>\d{1,3})\)$|-(?P<dash>[1-9]\d?)$|[ _-]v(?P<version>[1-9]\d?)$", re.IGNORECASE
)
_ENDINGS = re.compile(r"(?:\.(?:ipynb|jsonl|json|txt))+$", re.IGNORECASE)


@dataclass(frozen=True)
class Sender:
    """Whoever handed something in, as the platform names them.

    Attributes:
        name: as it stands there, without anything that acts or hides; empty where it is hidden.
        number: of the participant in a Moodle assignment, or the id of the user in Canvas; maybe empty.
    """

    platform: Platform
    name: str
    number: str = ""

    @property
    def called(self) -> str:
        """What to call them where nothing else is known."""
        return self.name or f"Participant {self.number}"


@dataclass(frozen=True)
class Named:
    """What the name of a file says.

    Attributes:
        sender: whose it is, or None where the name does not say.
        file: its own name.
        beside: the folders that it lies in.
        upload: rises with each upload in Canvas; 0 elsewhere.
        late: whether the platform says that it was late.
        typed: whether it is text typed into the platform, not a file.
        depth: in which of its folders, counted from 0, or as a file itself, it has the platform's name.
    """

    sender: Sender | None
    file: str
    beside: tuple[str, ...]
    upload: int = 0
    late: bool = False
    typed: bool = False
    depth: int = 0

    @property
    def version(self) -> int:
        """The number that programs add to a name that is taken: ``journal (1)``, ``journal-2``; else 0."""
        match = _SUFFIX.search(_ENDINGS.sub("", self.file))
        return int(next(filter(None, match.groups()))) if match else 0


# --- reading names -------------------------------------------------------------------------------------


def on_platform(parts: tuple[str, ...]) -> Named | None:
    """Return what a name says in the form of Moodle or Canvas, or None."""
    for place, part in enumerate(parts):
        is_file = place == len(parts) - 1
        found = _on_moodle(part) or _on_canvas(part, is_file=is_file)
        if found:
            file = found.file if is_file else parts[-1]
            return replace(found, file=file, beside=parts[:-1], depth=place)
    return None


def _on_moodle(part: str) -> Named | None:
    match = _MOODLE.fullmatch(part)
    if not match:
        return None
    name = plain(match["name"])
    name = "" if _PARTICIPANT.fullmatch(name) else name
    sender = Sender("moodle", name, match["number"] or "")
    typed = (match["kind"], match["plugin"]) != ("submission", "file")
    return Named(sender, match["file"] or "", (), typed=typed)


def _on_canvas(part: str, *, is_file: bool) -> Named | None:
    if is_file and (match := _CANVAS_TEXT.fullmatch(part)):
        return Named(Sender("canvas", plain(match["name"]), match["number"]), match["file"], (), typed=True)
    match = _CANVAS_ANONYMOUS.fullmatch(part)
    if match:
        sender = Sender("canvas", "", f"anon-{match['number'].lower()}")
    elif match := _CANVAS.fullmatch(part):
        sender = Sender("canvas", plain(match["name"]), match["number"])
    else:
        return None
    return Named(sender, match["file"], (), int(match["upload"]), bool(match["late"]))


_SHORTEST_NUMBER = 4  # digits of a number that may be a student's
# Folders that are named after no person, and words in the name of a file that say nothing of one.
_NOBODY = frozenset(
    """
    abgabe abgaben all alle archive archiv backchannel backchannel-instructor backchannel-main
    backchannel-student class course data dateien desktop documents dokumente download downloads e-mail
    e-mails eingesammelt email emails exercise exercises files hand-in hand-ins home jupyter klasse kurs mail
    mails neuer-ordner new-folder notebook notebooks src student students studenten studierende submission
    submissions submitted temp tmp uebung uebungen upload uploads week woche work workspace
    """.split()  # noqa: SIM905
)
_FILLING = frozenset(
    """
    abgabe and aufgabe copy corrected ex exercise fertig final journal kopie korrigiert last letzte loesung
    mein my neu new notebook of rev solution student submission the uebung und untitled v version von
    """.split()  # noqa: SIM905
)


def plain_names(
    files: Sequence[tuple[str, ...]],
    source: str,
    exercises: Iterable[str],
    is_known: Callable[[Sender], object],
) -> list[Named]:
    """Return whose files are that no platform named: by the folder they lie in, else by their name.

    Args:
        files: folders and name of each file of one source.
        source: name of the source, which counts where nothing else says whose a file is.
        exercises: names of exercises, after which folders are named too.
        is_known: tells whether a sender is a student of the class.
    """
    stems = tuple(exercises)
    folders = [[part for part in path[:-1] if not _says_nothing(part, stems)] for path in files]
    while _is_shared(folders, is_known):
        folders = [below[1:] for below in folders]
    loose = [_words_of_file(path[-1], stems) for path, below in zip(files, folders, strict=True) if not below]
    whole = None if _says_nothing(source, stems) or _ENDINGS.search(source) else _folder(source)
    if whole and len(set(loose) - {""}) > 1 and not is_known(whole):
        whole = None  # the files of several people lie side by side
    return [
        Named(_sender_of(below, path[-1], whole, stems, is_known), path[-1], path[:-1])
        for below, path in zip(folders, files, strict=True)
    ]


def _is_shared(folders: Sequence[Sequence[str]], is_known: Callable[[Sender], object]) -> bool:
    """Say whether the first folder is shared by all and those below it are whose the files are."""
    firsts = {below[0] if below else "" for below in folders}
    seconds = {below[1] if len(below) > 1 else "" for below in folders}
    if len(firsts) != 1 or "" in firsts or "" in seconds or len(seconds) < 2:
        return False
    return not is_known(_folder(next(iter(firsts))))


def _says_nothing(part: str, stems: Iterable[str]) -> bool:
    """Say whether a folder is named after no person; a longer number may be that of a student."""
    stem = _ARCHIVE.sub("", part)
    if any(name in stem for name in stems):
        return True
    if not any(mark.isalpha() for mark in stem):
        return sum(mark.isdigit() for mark in stem) < _SHORTEST_NUMBER
    return re.sub(r"[-\d]+$", "", slug(_SUFFIX.sub("", stem))) in _NOBODY


def _folder(name: str) -> Sender:
    return Sender("folder", plain(_ARCHIVE.sub("", name)))


def _words_of_file(name: str, stems: Iterable[str]) -> str:
    """Return what the name of a file says besides the exercise and words such as *final*."""
    left = _ENDINGS.sub("", name)
    for stem in stems:
        left = left.replace(stem, " ")
    words = (word.rstrip("0123456789") for word in slug(left).split("-"))
    return " ".join(word for word in words if word and word not in _FILLING)


def _sender_of(
    below: Sequence[str],
    file: str,
    whole: Sender | None,
    stems: Iterable[str],
    is_known: Callable[[Sender], object],
) -> Sender | None:
    if below:
        return _folder(below[0])
    words = _words_of_file(file, stems)
    by_file = Sender("folder", words) if words else None
    if by_file and is_known(by_file):
        return by_file
    return whole or by_file


# --- names of folders ----------------------------------------------------------------------------------

_LETTERS = str.maketrans(
    {
        **{"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe"},
        **{"ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "ng", "ħ": "h", "ĸ": "k"},
        # Cyrillic as in passports (ICAO Doc 9303)
        **{"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z"},
        **{"и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r"},
        **{"с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh"},
        **{"щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia", "і": "i"},
        **{"ї": "i", "є": "ie", "ґ": "g", "ў": "u", "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c"},
        # Greek
        **{"α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i"},
        **{"κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s"},
        **{"ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o"},
        **dict.fromkeys("'’‘`´", ""),
    }
)


@lru_cache(maxsize=20_000)
def slug(text: str) -> str:
    """Return a name in small letters, digits and single dashes: ``Anna Müller`` gives ``anna-mueller``."""
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", bare.translate(_LETTERS)).strip("-")
