"""Sentences of the course that state numbers, and whether these are the numbers that the tables give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
from counted import Counted

from backchannel.errors import BackchannelError

Said = int | str
Counts = Said | tuple[Said, ...]

_WORDS = {
    "no none": 0,
    "one once single first ein eine einen": 1,
    "two twice second half zwei": 2,
    "three third thirds drei": 3,
    "four fourth quarter vier": 4,
    "five fifth fifths fünf": 5,
    "six sixth sechs": 6,
    "seven seventh sieben": 7,
    "eight eighth acht": 8,
    "nine ninth neun": 9,
    "ten tenth tenths zehn": 10,
    "eleven elf": 11,
    "twelve zwölf": 12,
    "thirteen dreizehn": 13,
    "fourteen vierzehn": 14,
    "fifteen fünfzehn": 15,
    "sixteen sechzehn": 16,
    "seventeen siebzehn": 17,
    "eighteen achtzehn": 18,
    "nineteen neunzehn": 19,
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = {
    **{word: number for words, number in _WORDS.items() for word in words.split()},
    **_TENS,
    **{f"{ten}-{one}": tens + n for ten, tens in _TENS.items() for n, one in enumerate(_UNITS, start=1)},
}
_NUMBER = rf"(\d+|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})(?!\w)"
# What a count may raise where rows are gone.
UNCOUNTABLE = (LookupError, ValueError, ArithmeticError, StopIteration, BackchannelError)
_PLACEHOLDERS = {"{}": _NUMBER, "{w}": r"([\w’-]+)"}


@dataclass(frozen=True)
class Statement:
    """A place of the course that states numbers, and how the tables give them.

    Attributes:
        id: lesson and a name.
        where: ``02 hops-after`` is a cell, ``notes 02`` the instructor's notes, ``quiz check-02-1 de`` a
            question with its options and reasons, in German.
        says: the words, without emphasis; ``{}`` stands for a number in digits or words, ``{w}`` for a word.
        count: gives the numbers and words from the tables, in the order in which they are said.
    """

    id: str
    where: str
    says: str
    count: Callable[[Counted], Counts]

    @property
    def lesson(self) -> str:
        """Number of the lesson that it belongs to."""
        return self.id[:2]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What to look for in a text that went through ``plain``."""
        pieces = re.split(r"(\{w?\})", plain(self.says))
        begins = r"(?<!\w)" if re.match(r"[\w{]", pieces[0] or "{") else ""
        return re.compile(
            begins + "".join(_PLACEHOLDERS.get(piece) or re.escape(piece) for piece in pieces), re.IGNORECASE
        )

    @cached_property
    def longest(self) -> str:
        """The longest of the pieces between the numbers, which is quickly looked for."""
        return max(re.split(r"\{w?\}", plain(self.says)), key=len).lower()

    def found_in(self, text: str) -> list[re.Match[str]]:
        """Return each place where a plain text says this, whatever the numbers are."""
        return list(self.pattern.finditer(text)) if self.longest in _lower(text) else []

    def with_numbers(self, numbers: Iterable[Said]) -> str:
        """Return the words with these numbers."""
        given = iter(numbers)
        words = re.sub(r"\{w?\}", lambda _: str(next(given, "?")), plain(self.says))
        return " and ".join([words, *map(str, given)])


@cache
def _lower(text: str) -> str:
    return text.lower()


def plain(text: str) -> str:
    """Return a text on one line, without emphasis."""
    return re.sub(r"\s+", " ", text.replace("*", "")).strip()


def texts_of(project: Path) -> dict[str, str]:
    """Return all places that may state numbers: markdown cells, notes, and questions in both languages."""
    texts = {}
    for path in sorted((project / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                texts[f"{path.name[:2]} {cell['id']}"] = plain("".join(cell["source"]))
    for path in sorted((project / "solutions" / "instructor").glob("[0-9][0-9].md")):
        texts[f"notes {path.stem}"] = plain(path.read_text(encoding="utf-8"))
    data = project / "course_data"
    questions, options = (pd.read_csv(data / f"{name}.csv", dtype=str) for name in ("quiz", "quiz_options"))
    for language in ("en", "de"):
        said = options[f"text_{language}"] + " · " + options[f"reason_{language}"].fillna("")
        below = said.groupby(options["item"]).agg(" · ".join)
        asked = questions.set_index("id")[f"question_{language}"]
        texts |= {
            f"quiz {item} {language}": plain(f"{text} · {below.get(item, '')}")
            for item, text in asked.items()
        }
    return texts


def spelled_out(where: str) -> str:
    """Return a place as a person finds it."""
    first, *rest = where.split()
    if first == "notes":
        return f"solutions/instructor/{rest[0]}.md"
    if first == "quiz":
        return f"course_data/quiz.csv and quiz_options.csv, question {rest[0]} ({rest[1]})"
    notebook = next(
        (Path(__file__).parents[1] / "notebooks").glob(f"{first}_*.ipynb"), Path(f"{first}_?.ipynb")
    )
    return f"notebooks/{notebook.name}, cell {rest[0]}"


def fault(statement: Statement, texts: Mapping[str, str], counted: Counted) -> str:
    """Say where a statement does not stand as it should, or says other numbers than the tables; else ''."""
    place, said = spelled_out(statement.where), plain(statement.says)
    found = statement.found_in(texts.get(statement.where, ""))
    if len(found) != 1:
        return f"{place}: “{said}” should stand there once and stands there {len(found)} times."
    words = [NUMBERS.get(word.lower(), word) for word in found[0].groups()]
    stated = [int(word) if str(word).isdigit() else word for word in words]
    try:
        counts = statement.count(counted)
    except UNCOUNTABLE as problem:
        return f"{place}: it says “{found[0][0]}”; the tables no longer tell ({problem!r})."
    given = list(counts) if isinstance(counts, tuple) else [counts]
    if stated == given:
        return ""
    return f"{place}: it says “{found[0][0]}”; by the tables it would be “{statement.with_numbers(given)}”."


def faults(statements: Iterable[Statement], texts: Mapping[str, str], counted: Counted) -> list[str]:
    """Return what is wrong with statements, in their order."""
    return [told for statement in statements if (told := fault(statement, texts, counted))]
