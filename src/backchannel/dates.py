"""Dates and times in words, and the times of a journal that may hold anything."""

from __future__ import annotations

from datetime import UTC, datetime

from backchannel.words import Language, say


def date_words(iso: str, precision: str, language: Language) -> str:
    """Return ``2022-01-13`` as ``13 Jan 2022``; a month as ``Jan 2022``; ``about`` adds a word for it."""
    year, *rest = iso.split("-")
    months = say("charts.months", language).split()
    words = year
    if rest:
        words = f"{months[int(rest[0]) - 1]} {year}"
    if len(rest) > 1 and precision != "month":
        words = f"{int(rest[1])}{'.' if language == 'de' else ''} {words}"
    return say("charts.about", language, date=words) if precision == "about" else words


def moment(at: str) -> datetime | None:
    """Read a time as a journal writes it; None where it is none, as in a line that something else wrote."""
    try:
        found = datetime.fromisoformat(at)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(at: datetime) -> str:
    """Return a time as a journal writes it, to the second; one without a zone is taken as UTC."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="seconds").replace("+00:00", "Z")


def day_words(at: str, language: Language) -> str:
    """Return the day of a time in words, or an empty string where there is none."""
    found = moment(at)
    return date_words(found.date().isoformat(), "day", language) if found else ""


def time_words(at: str, language: Language) -> str:
    """Return day and minute of a time in words, or an empty string where there is none."""
    found = moment(at)
    return f"{day_words(at, language)}, {found:%H:%M} UTC" if found else ""


def days_words(first: str, last: str, language: Language) -> str:
    """Return the days from the first to the last in words; one day alone stands once."""
    days = dict.fromkeys(filter(None, (day_words(first, language), day_words(last, language))))
    return " – ".join(days)
