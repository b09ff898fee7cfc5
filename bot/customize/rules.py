"""When each follow-up rule wants to write: dates and instants only, from values. Nothing here reads or sends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from lunardate import LunarDate

from bot.clock import at_local, local_day
from bot.config.sections import (
    AfterPurchase,
    Birthday,
    BusinessSettings,
    CheckIn,
    ContactPolicy,
    FollowUpRule,
    LifeChange,
    LoopClosed,
    Reminder,
    StockAsk,
)

DAY = timedelta(days=1)

MOST_VALUABLE_FIRST = (
    "reminder",
    "loop_closed",
    "bulletin",
    "birthday",
    "life_change",
    "after_purchase",
    "stock_ask",
    "check_in",
)
"""Of two due together for one customer the earlier in this list goes; the other is held."""

RuleT = TypeVar("RuleT", AfterPurchase, Birthday, CheckIn, LifeChange, LoopClosed, Reminder, StockAsk)


def find_rule(settings: BusinessSettings, kind: type[RuleT]) -> RuleT | None:
    """The rule of this kind; None where the business took it out."""
    return next((rule for rule in settings.follow_ups if isinstance(rule, kind)), None)


def find_rule_named(settings: BusinessSettings, name: str) -> FollowUpRule | None:
    return next((rule for rule in settings.follow_ups if rule.rule == name), None)


def write_after_at(happened_at: datetime, rule: AfterPurchase | LifeChange | StockAsk, zone: tzinfo) -> datetime:
    """So many days after the order, or what else happened, at the rule's time of day."""
    return at_local(local_day(happened_at + rule.after, zone), rule.at, zone)


def check_in_at(base: datetime, every: timedelta, at: time, zone: tzinfo, now: datetime) -> datetime:
    """`every` after the last contact, counted in local days, at the rule's time of day; never in the past."""
    day = local_day(base + every, zone)
    instant = at_local(day, at, zone)
    if instant <= max(now, base):
        day = local_day(max(now, base), zone)
        instant = at_local(day, at, zone)
        if instant <= max(now, base):
            instant = at_local(day + DAY, at, zone)
    return instant


DayOfYear = tuple[int, ...]  # month and day; a third number: of the lunar calendar


def birthday_in(year: int, month: int, day: int, lunar: int = 0) -> date:
    """The day it is kept in that year: 29 February on the 28th where there is none, and the 30th of a short lunar
    month on its 29th. A lunar year ends in the common one after it."""
    if lunar:
        try:
            kept: date = LunarDate(year, month, day).to_solar_date()
        except ValueError:
            kept = LunarDate(year, month, day - 1).to_solar_date()
        return kept
    if (month, day) == (2, 29) and not _is_leap(year):
        return date(year, 2, 28)
    return date(year, month, day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def read_month_day(text: str) -> DayOfYear | None:
    """Of "05-03" or "2019-05-03", or "L08-15" of the lunar calendar; None for what is no date."""
    if text.startswith("L"):
        month_day = read_month_day(text[1:])
        return None if month_day is None else (*month_day, 1)
    parts = text.split("-")[-2:]
    try:
        month, day = int(parts[0]), int(parts[1])
        date(2000, month, day)
    except (ValueError, IndexError):
        return None
    return month, day


def write_month_day(day: DayOfYear) -> str:
    return f"{'L' if len(day) > 2 else ''}{day[0]:02}-{day[1]:02}"


def next_birthday(
    month_day: DayOfYear, rule: Birthday, zone: tzinfo, now: datetime, *, after: date | None = None
) -> tuple[date, datetime]:
    """The next day it is kept, and when to write: still of use now, and later than `after`."""
    year = local_day(now, zone).year - (len(month_day) > 2)
    while True:
        day = birthday_in(year, *month_day)
        at = at_local(day - rule.before, rule.at, zone)
        if at + rule.valid_for > now and (after is None or day > after):
            return day, at
        year += 1


QuietSpan = tuple[time, time]


def quiet_span(policy: ContactPolicy, own_from: str | None, own_to: str | None) -> QuietSpan | None:
    """The customer's own quiet hours, or else the business's. Own ones that end as they begin are none."""
    if own_from and own_to:
        start, end = time.fromisoformat(own_from), time.fromisoformat(own_to)
        return None if start == end else (start, end)
    return policy.quiet_hours.start, policy.quiet_hours.end


def end_of_quiet(span: QuietSpan | None, zone: tzinfo, at: datetime) -> datetime | None:
    """When the quiet hours that cover `at` end; None where it is not quiet."""
    if span is None:
        return None
    start, end = span
    wall = at.astimezone(zone).time()
    quiet = start <= wall < end if start < end else wall >= start or wall < end
    if not quiet:
        return None
    day = local_day(at, zone)
    ends = at_local(day, end, zone)
    while ends <= at:
        day += DAY
        ends = at_local(day, end, zone)
    return ends.astimezone(UTC)
