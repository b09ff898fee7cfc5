"""Wall times as instants, where clocks change and where they do not."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock, at_local, local_day, next_local

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")

PLACES = [BERLIN, NEW_YORK, SHANGHAI, LORD_HOWE, APIA]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        # An ordinary day, winter and summer.
        ("2026-01-15", "10:00", BERLIN, "2026-01-15T09:00"),
        ("2026-07-15", "10:00", BERLIN, "2026-07-15T08:00"),
        ("2026-03-29", "10:00", SHANGHAI, "2026-03-29T02:00"),
        ("2026-10-25", "02:30", SHANGHAI, "2026-10-24T18:30"),
        # Berlin, 29 March: 02:00 to 03:00 does not exist; the change is at 01:00 UTC.
        ("2026-03-29", "01:59", BERLIN, "2026-03-29T00:59"),
        ("2026-03-29", "02:00", BERLIN, "2026-03-29T01:00"),
        ("2026-03-29", "02:30", BERLIN, "2026-03-29T01:00"),
        ("2026-03-29", "02:59", BERLIN, "2026-03-29T01:00"),
        ("2026-03-29", "03:00", BERLIN, "2026-03-29T01:00"),
        ("2026-03-29", "03:01", BERLIN, "2026-03-29T01:01"),
        # Berlin, 25 October: 02:00 to 03:00 comes twice; the first is meant.
        ("2026-10-25", "01:59", BERLIN, "2026-10-24T23:59"),
        ("2026-10-25", "02:30", BERLIN, "2026-10-25T00:30"),
        ("2026-10-25", "03:00", BERLIN, "2026-10-25T02:00"),
        # New York, 8 March and 1 November.
        ("2026-03-08", "02:30", NEW_YORK, "2026-03-08T07:00"),
        ("2026-03-08", "03:30", NEW_YORK, "2026-03-08T07:30"),
        ("2026-11-01", "01:30", NEW_YORK, "2026-11-01T05:30"),
        ("2026-11-01", "02:30", NEW_YORK, "2026-11-01T07:30"),
        # Lord Howe changes by half an hour: 02:00 to 02:30 on 4 October is missing, 01:30 to 02:00 on 5 April comes twice.
        ("2026-10-04", "02:15", LORD_HOWE, "2026-10-03T15:30"),
        ("2026-10-04", "02:30", LORD_HOWE, "2026-10-03T15:30"),
        ("2026-10-04", "02:45", LORD_HOWE, "2026-10-03T15:45"),
        ("2026-04-05", "01:45", LORD_HOWE, "2026-04-04T14:45"),
        ("2026-04-05", "02:00", LORD_HOWE, "2026-04-04T15:30"),
        # Samoa left out the whole of 30 December 2011.
        ("2011-12-30", "10:00", APIA, "2011-12-30T10:00"),
    ],
)
def test_at_local(day: str, wall: str, zone: ZoneInfo, expected: str) -> None:
    assert at_local(date.fromisoformat(day), time.fromisoformat(wall), zone) == utc(expected)


def test_at_local_is_in_utc() -> None:
    assert at_local(date(2026, 3, 29), time(2, 30, 0, 5), BERLIN).tzinfo is UTC
    assert at_local(date(2026, 3, 29), time(2, 30, 0, 5), BERLIN) == utc("2026-03-29T01:00")


@given(st.dates(date(2000, 1, 1), date(2037, 12, 31)), st.times(), st.sampled_from(PLACES))
def test_at_local_is_the_first_instant_that_shows_the_wall_time_or_a_later_one(
    day: date, wall: time, zone: ZoneInfo
) -> None:
    instant = at_local(day, wall, zone)
    wanted = datetime.combine(day, wall)
    assert instant.astimezone(zone).replace(tzinfo=None) >= wanted
    just_before = (instant - timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None)
    assert just_before < wanted


@pytest.mark.parametrize(
    ("now", "wall", "zone", "expected"),
    [
        ("2026-01-15T08:59", "10:00", BERLIN, "2026-01-15T09:00"),
        ("2026-01-15T09:00", "10:00", BERLIN, "2026-01-16T09:00"),
        ("2026-01-15T23:30", "10:00", BERLIN, "2026-01-16T09:00"),
        ("2026-03-28T12:00", "09:00", BERLIN, "2026-03-29T07:00"),
        ("2026-03-28T12:00", "02:30", BERLIN, "2026-03-29T01:00"),
        ("2026-03-29T01:00", "02:30", BERLIN, "2026-03-30T00:30"),
        ("2026-10-24T12:00", "02:30", BERLIN, "2026-10-25T00:30"),
        # Between the two half past twos: today's has been.
        ("2026-10-25T01:00", "02:30", BERLIN, "2026-10-26T01:30"),
        ("2026-10-25T12:00", "09:00", NEW_YORK, "2026-10-25T13:00"),
        ("2026-10-25T12:00", "09:00", SHANGHAI, "2026-10-26T01:00"),
        ("2026-10-03T15:00", "02:15", LORD_HOWE, "2026-10-03T15:30"),
    ],
)
def test_next_local(now: str, wall: str, zone: ZoneInfo, expected: str) -> None:
    assert next_local(utc(now), time.fromisoformat(wall), zone) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "expected"), [(NEW_YORK, date(2026, 10, 24)), (BERLIN, date(2026, 10, 25)), (SHANGHAI, date(2026, 10, 25))]
)
def test_local_day(zone: ZoneInfo, expected: date) -> None:
    assert local_day(utc("2026-10-25T00:30"), zone) == expected


def test_clock_is_aware_utc_and_runs_with_the_machine() -> None:
    before = datetime.now(UTC)
    now = Clock().now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)


def test_clock_follows_its_offset() -> None:
    clock = Clock(timedelta(days=1))
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23, minutes=59)
    clock.shift_to(timedelta(days=7))
    assert clock.offset == timedelta(days=7)
    assert clock.now() - datetime.now(UTC) > timedelta(days=6, hours=23, minutes=59)
    clock.shift_to(timedelta())
    assert clock.now() - datetime.now(UTC) < timedelta(minutes=1)
