"""The only source of "now", and wall times of a place as instants.

Everything stored or compared is aware UTC; a wall time ("10:00 in Berlin") becomes an instant here
and nowhere else, so that the rule for the hour that is missing or comes twice is one rule.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo


class Clock:
    """The time now, moved by an offset when a sandbox drives it.

    The offset is one attribute, replaced whole: any thread may read while another moves it.
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    @property
    def offset(self) -> timedelta:
        return self._offset

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self._offset

    def shift_to(self, offset: timedelta) -> None:
        """Be this far from the machine's clock from now on; 0 is real time."""
        self._offset = offset


def at_local(day: date, wall: time, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which clocks in `zone` show `wall` on `day`.

    A wall time that is skipped (clocks go forward) is the first instant after the gap;
    one that comes twice (clocks go back) is the first of the two.
    """
    local = datetime.combine(day, wall.replace(tzinfo=None, fold=0), tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap, fold=0 reads the wall time by the offset from before it and fold=1 by the one after,
    # so the change lies after the second reading and not after the first. Changes fall on whole seconds.
    before = local.replace(fold=1).astimezone(UTC).replace(microsecond=0)
    offset_after = instant.astimezone(zone).utcoffset()
    seconds = range(int((instant - before).total_seconds()) + 1)
    first = bisect_left(
        seconds,
        True,
        key=lambda second: (before + timedelta(seconds=second)).astimezone(zone).utcoffset() == offset_after,
    )
    return before + timedelta(seconds=first)


def next_local(now: datetime, wall: time, zone: tzinfo) -> datetime:
    """The next instant, strictly after `now`, at which clocks in `zone` show `wall`; in UTC."""
    day = local_day(now, zone)
    instant = at_local(day, wall, zone)
    while instant <= now:
        day += timedelta(days=1)
        instant = at_local(day, wall, zone)
    return instant


def local_day(now: datetime, zone: tzinfo) -> date:
    """The calendar day in `zone`."""
    return now.astimezone(zone).date()
