"""Every word of the interface is there in both languages, with the same fields to fill in."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest

from backchannel import words
from backchannel.words import LANGUAGES, Text, as_language, say, section_words

Entries = dict[str, dict[str, Any]]


def _faults(table: dict[str, Entries]) -> list[str]:
    """Return what is wrong with a table of words, one line an entry."""
    found = []
    for section, entries in table.items():
        for key, entry in entries.items():
            place = f"{section}.{key}"
            if not isinstance(entry, dict) or set(entry) != set(LANGUAGES):
                found.append(f"{place} is not given in just {', '.join(LANGUAGES)}")
            elif empty := [language for language in LANGUAGES if not str(entry[language]).strip()]:
                found.append(f"{place} is empty in {', '.join(empty)}")
            elif _fields(entry["en"]) != _fields(entry["de"]):
                found.append(f"{place} has other fields in English than in German")
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_entry_has_both_languages_and_the_same_fields():
    table = tomllib.loads(files("backchannel").joinpath("words.toml").read_text(encoding="utf-8"))
    assert _faults(table) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"en": "Save"}, "not given in just en, de"),
        ({"en": "Save", "de": "Sichern", "fr": "Sauver"}, "not given in just en, de"),
        ("Save", "not given in just en, de"),
        ({"en": "Save", "de": " "}, "empty in de"),
        ({"en": "{done} of {all}", "de": "{done} von {alle}"}, "other fields"),
        ({"en": "{done} of {all}", "de": "{done}"}, "other fields"),
    ],
)
def test_the_check_of_the_words_catches(entry, fault):
    assert fault in _faults({"part": {"key": entry}})[0]


@pytest.fixture
def small_table(monkeypatch):
    done = Text("{n} of {all} done", "{n} von {all} fertig")
    table = {"part": {"done": done, "stop": Text("Stop", "Halt")}}
    monkeypatch.setattr(words, "_table", lambda: table)


@pytest.mark.usefixtures("small_table")
def test_fields_are_filled_in_in_the_language_asked_for():
    assert say("part.done", "en", n=3, all=7) == "3 of 7 done"
    assert say("part.done", "de", n=3, all=7) == "3 von 7 fertig"


@pytest.mark.usefixtures("small_table")
def test_a_section_for_a_front_end_keeps_its_fields_open():
    assert section_words("part", "de") == {"done": "{n} von {all} fertig", "stop": "Halt"}


@pytest.mark.usefixtures("small_table")
@pytest.mark.parametrize("key", ["part.start", "nothing.done", "part"])
def test_an_unknown_key_is_a_programming_error(key):
    with pytest.raises(KeyError):
        say(key, "en")


@pytest.mark.parametrize(("value", "language"), [("en", "en"), ("de", "de"), ("fr", None), ("", None)])
def test_only_two_languages_are_spoken(value, language):
    assert as_language(value) == language
