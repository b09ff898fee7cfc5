"""When the rules want to write: local days, changes of the clock, 29 February."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import AfterPurchase, Birthday
from bot.customize.rules import (
    birthday_in,
    check_in_at,
    end_of_quiet,
    next_birthday,
    quiet_span,
    read_month_day,
    write_after_at,
    write_month_day,
)
from tests.support.follow_ups import SETTINGS

BERLIN = ZoneInfo("Europe/Berlin")
TEN = time(10)
NIGHT = (time(21), time(9))
DAY = timedelta(days=1)


def test_check_in_keeps_its_hour_over_a_change_of_the_clock() -> None:
    last = datetime(2026, 10, 20, 8, 0, 5, tzinfo=UTC)  # 10:00:05 in summer
    at = check_in_at(last, 14 * DAY, TEN, BERLIN, last)
    assert at == datetime(2026, 11, 3, 9, tzinfo=UTC)  # 10:00 in winter, fourteen days on


def test_check_in_is_never_in_the_past() -> None:
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert check_in_at(now - 90 * DAY, 14 * DAY, TEN, BERLIN, now) == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_check_in_of_less_than_a_day_comes_the_next_day() -> None:
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert check_in_at(now, timedelta(hours=1), TEN, BERLIN, now) == datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "day"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29)), (2100, date(2100, 2, 28))]
)
def test_29_february_is_kept_on_the_28th_where_there_is_none(year: int, day: date) -> None:
    assert birthday_in(year, 2, 29) == day


def test_birthday_of_today_is_still_wished_while_of_use() -> None:
    rule = Birthday(rule="birthday")
    morning = datetime(2026, 5, 3, 8, tzinfo=UTC)  # 10:00 in Berlin
    assert next_birthday((5, 3), rule, BERLIN, morning + timedelta(hours=5)) == (date(2026, 5, 3), morning)
    day, _ = next_birthday((5, 3), rule, BERLIN, morning + timedelta(hours=12))
    assert day == date(2027, 5, 3)


def test_birthday_is_written_so_many_days_before() -> None:
    rule = Birthday(rule="birthday", before=timedelta(days=7))
    day, at = next_birthday((1, 3), rule, BERLIN, datetime(2026, 12, 1, tzinfo=UTC), after=None)
    assert (day, at) == (date(2027, 1, 3), datetime(2026, 12, 27, 9, tzinfo=UTC))


def test_purchase_is_asked_about_at_the_local_hour() -> None:
    rule = AfterPurchase(rule="after_purchase")
    late = datetime(2026, 3, 27, 23, 30, tzinfo=UTC)  # 00:30 on the 28th in Berlin; clocks change on the 29th
    assert write_after_at(late, rule, BERLIN) == datetime(2026, 3, 30, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 11, 22, 20, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),  # 21:00
        (datetime(2026, 11, 22, 19, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 22, 7, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC)),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), None),  # 09:00, their end, is not quiet
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),  # the night is an hour short
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # and an hour long
    ],
)
def test_quiet_hours_end_in_the_morning(now: datetime, ends: datetime | None) -> None:
    assert end_of_quiet(NIGHT, BERLIN, now) == ends


def test_own_quiet_hours_come_before_the_business_s() -> None:
    policy = SETTINGS.contact_policy
    assert quiet_span(policy, None, None) == (time(21), time(9))
    assert quiet_span(policy, "12:00", "14:00") == (time(12), time(14))
    assert quiet_span(policy, "00:00", "00:00") is None


@pytest.mark.parametrize(
    ("text", "found"), [("05-03", (5, 3)), ("2019-05-03", (5, 3)), ("02-29", (2, 29)), ("13-40", None), ("soon", None)]
)
def test_read_month_day(text: str, found: tuple[int, int] | None) -> None:
    assert read_month_day(text) == found


def test_a_day_of_the_lunar_calendar_is_another_one_each_year() -> None:
    assert read_month_day("L08-15") == (8, 15, 1)
    assert write_month_day((8, 15, 1)) == "L08-15"
    assert [birthday_in(year, 8, 15, 1) for year in (2025, 2026)] == [date(2025, 10, 6), date(2026, 9, 25)]
    rule = Birthday(rule="birthday", at=time(9))
    day, _ = next_birthday((12, 23, 1), rule, BERLIN, datetime(2026, 1, 5, tzinfo=UTC))
    assert day == date(2026, 2, 10)  # of the lunar year 2025
