"""Every word the interface shows, in English and German, from one table (``words.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = ("en", "de")


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    en: str
    de: str

    def in_(self, language: Language) -> str:
        """Return the words in ``language``."""
        return self.de if language == "de" else self.en

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> Text:
        """Build from ``{"en": …, "de": …}``; raises KeyError where a language is missing."""
        return cls(en=str(entry["en"]), de=str(entry["de"]))


@cache
def _table() -> dict[str, dict[str, Text]]:
    raw = tomllib.loads(files("backchannel").joinpath("words.toml").read_text(encoding="utf-8"))
    return {
        section: {key: Text.from_mapping(entry) for key, entry in entries.items()}
        for section, entries in raw.items()
    }


def say(key: str, language: Language, **fields: object) -> str:
    """Return the words for ``section.key``, with ``{name}`` fields filled in.

    Raises:
        KeyError: there is no such key; this is a programming error, not a reader's.
    """
    section, _, name = key.partition(".")
    return _table()[section][name].in_(language).format(**fields)


def section_words(section: str, language: Language) -> dict[str, str]:
    """Return all words of one section, unformatted, for a front-end that fills its own fields."""
    return {key: text.in_(language) for key, text in _table()[section].items()}


def as_language(value: str) -> Language | None:
    """Return ``value`` as a language of the interface, or None where it is not one."""
    return next((language for language in LANGUAGES if language == value), None)
