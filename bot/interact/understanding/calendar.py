"""Wall times and calendar steps. The one place that knows what a clock change does."""

import calendar as _calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2199  # outside, a number is not a year


def wall(naive: datetime, zone: ZoneInfo) -> datetime:
    """A local wall time as an aware one. Said twice (fold): the first. Skipped (gap): the first instant after it."""
    aware = naive.replace(tzinfo=zone, fold=0)
    back = aware.astimezone(UTC).astimezone(zone)
    if back.replace(tzinfo=None) == naive:
        return aware
    low = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    high = aware.astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0).astimezone(zone)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def next_weekday(today: date, weekday: int) -> date:
    """The coming one; today's own name means today's in a week."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def last_weekday(today: date, weekday: int) -> date:
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def week_of(day: date, weeks: int = 0) -> date:
    """Monday of the week that is `weeks` after the day's."""
    return day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)


def in_year(today: date, month: int, day: int, past: bool, year: int | None = None) -> date | None:
    """A day of the year, the coming one (or the last, if past); None if there is no such day."""
    if year is not None:
        if year < 100:
            year += 2000 if year < 70 else 1900
        return make_date(year, month, day)
    for step in range(9):  # 29 February may be eight years off
        found = make_date(today.year - step if past else today.year + step, month, day)
        if found is not None and (found <= today if past else found >= today):
            return found
    return None


def make_date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    if not 1 <= day <= _calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))
