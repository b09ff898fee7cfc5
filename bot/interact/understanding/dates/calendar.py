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


Span = tuple[date, date]


def week_from(day: date, weeks: int = 0) -> Span:
    first = week_of(day, weeks)
    return first, first + timedelta(weeks=1)


def weekend_of(day: date, weeks: int = 0) -> Span:
    saturday = week_of(day, weeks) + timedelta(days=5)
    return saturday, saturday + timedelta(days=2)


def months_from(day: date, shift: int, count: int = 1) -> Span:
    """`count` months from the first of the day's month, moved by `shift` months."""
    first = add_months(day.replace(day=1), shift)
    return first, add_months(first, count)


def quarter_of(year: int, quarter: int) -> Span:
    return months_from(date(year, 3 * quarter - 2, 1), 0, 3)


def years_from(year: int, count: int = 1) -> Span:
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    return date(year, 1, 1), date(min(year + count, LAST_YEAR + 1), 1, 1)


def month_span(today: date, month: int, past: bool, year: int | None = None) -> Span:
    """The coming one (the present month counts), or the last if the past is meant."""
    if year is None:
        year = today.year
        if past and month > today.month:
            year -= 1
        elif not past and month < today.month:
            year += 1
    return months_from(date(year, month, 1), 0)


def iso_weeks(span: Span, number: int) -> Span | None:
    """The nth week of a month or year, -1 the last. Its first is the one with the first Thursday in it."""
    first, until = span
    week = week_of(first) if first.weekday() <= 3 else week_of(first, 1)
    if number < 0:
        week = week_of(until - timedelta(days=1))
        if week + timedelta(days=3) >= until:
            week -= timedelta(weeks=1)
    else:
        week += timedelta(weeks=number - 1)
    return (week, week + timedelta(weeks=1)) if week < until else None


def nth_weekday(first: date, weekday: int, number: int) -> date | None:
    """The nth of the month that begins on `first`, -1 the last."""
    until = add_months(first, 1)
    if number < 0:
        return until - timedelta(days=(until.weekday() - weekday - 1) % 7 + 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    return found if found < until else None


def coming_day(today: date, day: int, past: bool) -> date | None:
    """The next such day of a month, or the last one."""
    for months in range(13):
        first = add_months(today.replace(day=1), -months if past else months)
        found = make_date(first.year, first.month, day)
        if found and (found <= today if past else found >= today):
            return found
    return None


def part_of(span: Span, part: str, today: date) -> Span:
    """`part` "early" and "late" are halves; "begin", "mid" and "end" thirds (of a month ten days, of a year four months);
    "rest" is what is still to come and "gone" what has been."""
    first, until = span
    days = (until - first).days
    if part == "rest":
        return max(first, today), until
    if part == "gone":
        return first, max(first + timedelta(days=1), min(today, until))
    if days > 300:
        cuts = {"early": (0, 6), "late": (6, 12), "begin": (0, 4), "mid": (4, 8), "end": (8, 12)}[part]
        return add_months(first, cuts[0]), add_months(first, cuts[1])
    if days > 20:
        cuts = {"early": (0, 15), "late": (15, days), "begin": (0, 10), "mid": (10, 20), "end": (20, days)}[part]
    else:
        cuts = {"early": (0, 3), "late": (3, days), "begin": (0, 3), "mid": (1, 5), "end": (4, days)}[part]
    return first + timedelta(days=cuts[0]), first + timedelta(days=cuts[1])


# First days; of the northern half of the world, as the astronomers count.
_SEASONS = {"spring": (3, 20), "summer": (6, 21), "autumn": (9, 23), "winter": (12, 21)}
_LENGTHS = {"spring": (6, 21), "summer": (9, 24), "autumn": (12, 21), "winter": (3, 21)}


def season_span(today: date, name: str, shift: int, year: int | None = None) -> Span:
    """The season that is, or the next to come; `shift` years from it."""

    def of(year: int) -> Span:
        last = _LENGTHS[name]
        return date(year, *_SEASONS[name]), date(year + (name == "winter"), *last)

    if year is not None:
        return of(min(max(year, FIRST_YEAR), LAST_YEAR - 1))
    found = next(span for step in (-1, 0, 1) if (span := of(today.year + step))[1] > today)
    if shift > 0:
        return of(found[0].year + 1) if found[0] <= today else found
    return of(found[0].year + shift)
