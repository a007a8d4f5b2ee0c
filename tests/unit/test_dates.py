"""Dates in words, whatever stands in a journal where a time should be."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from backchannel.dates import day_words, days_words, moment, time_words, written


@pytest.mark.parametrize(
    ("at", "en", "de"),
    [
        ("2026-11-22T09:30:59.123Z", "22 Nov 2026, 09:30 UTC", "22. Nov. 2026, 09:30 UTC"),
        ("2026-01-01T00:30:00+02:00", "31 Dec 2025, 22:30 UTC", "31. Dez. 2025, 22:30 UTC"),
        ("2026-05-04T08:00:00", "4 May 2026, 08:00 UTC", "4. Mai 2026, 08:00 UTC"),
        ("yesterday", "", ""),
        ("", "", ""),
        ("0001-01-01T00:00:00+14:00", "", ""),
    ],
)
def test_a_time_is_said_in_words_where_it_is_one(at, en, de):
    assert (time_words(at, "en"), time_words(at, "de")) == (en, de)


def test_days_stand_once_where_they_are_the_same():
    first, last = "2026-11-22T09:30:00Z", "2026-11-23T09:30:00Z"
    assert days_words(first, first, "en") == day_words(first, "en") == "22 Nov 2026"
    assert days_words(first, last, "de") == "22. Nov. 2026 – 23. Nov. 2026"
    assert days_words("", "", "en") == ""


def test_a_clock_without_a_zone_is_taken_as_utc():
    at = datetime(2026, 11, 22, 9, 30, 12, 999)
    assert written(at) == written(at.replace(tzinfo=UTC)) == "2026-11-22T09:30:12Z"
    assert written(at.replace(tzinfo=timezone(timedelta(hours=1)))) == "2026-11-22T08:30:12Z"
    assert moment(written(at)) == at.replace(microsecond=0, tzinfo=UTC)
