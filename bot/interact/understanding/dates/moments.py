"""What was said, as moments of the customer's own clock."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..result import Grain
from .calendar import add_months, at, coming_day, in_year, wall
from .groups import Said
from .pieces import Kind, Piece, shift_day

Kinds = dict[Kind, Piece]
Moment = tuple[datetime, datetime, Grain]
_NOON, _DAY = 12 * 60, 24 * 60  # minutes
_AWAKE = (7 * 60, 23 * 60)  # "at 7" without a day is one of these minutes


@dataclass(frozen=True, slots=True)
class Now:
    zone: ZoneInfo
    local: datetime
    past: bool

    @property
    def today(self) -> date:
        return self.local.date()

    def on(self, day: date, minutes: int, second: int = 0) -> datetime:
        days, minute = divmod(minutes, _DAY)
        return wall(at(day + timedelta(days=days), minute // 60, minute % 60), self.zone) + timedelta(seconds=second)

    def after(self, delta: timedelta) -> datetime:
        return (self.local.astimezone(UTC) + delta).replace(microsecond=0).astimezone(self.zone)


def resolve(said: Said, now: Now) -> Moment | None:
    try:
        return _interval(said.pieces, said.until, now) if said.until else _one(said.pieces, now)
    except OverflowError:
        return None


def _one(pieces: list[Piece], now: Now) -> Moment | None:
    kinds = {piece.kind: piece for piece in pieces}
    length = kinds.pop("length", None)
    found = _moment(kinds, now)
    if length is None or found is None:
        return found
    start, end, grain = found
    if grain not in {"hour", "minute"}:
        last = shift_day(start.date(), length.months, length.delta / timedelta(days=1))
        return start, max(end, now.on(last, 0)), grain
    naive = datetime.combine(shift_day(start.date(), length.months, 0), start.time()) + length.delta
    return start, wall(naive, now.zone), grain


def _moment(kinds: Kinds, now: Now) -> Moment | None:
    if "instant" in kinds:
        start = _instant(kinds["instant"], now)
        return start, start + timedelta(minutes=1), "minute"
    if "window" in kinds:
        piece = kinds["window"]
        end = now.on(piece.until, 0) if piece.until else now.after(piece.delta)
        return now.after(piece.since), end, "minute"
    if "span" in kinds:
        piece = kinds["span"]
        if piece.day is None or piece.until is None:
            return None
        return now.on(piece.day, 0), now.on(piece.until, 0), piece.grain
    day, time, part = kinds.get("day"), kinds.get("time"), kinds.get("part")
    said = day.day if day else part.day if part else None
    if time is not None:
        return _time(time, part, said, now)
    if part is not None:
        first, last = part.hours
        if said is None:
            # Half of it over, tomorrow's is meant.
            begun = now.local.hour < first if now.past else 2 * now.local.hour >= first + last
            said = now.today + timedelta(days=(-1 if now.past else 1) * begun)
        return now.on(said, first * 60), now.on(said, max(min(last, 24), first + 1) * 60), "hour"
    return (now.on(said, 0), now.on(said, _DAY), "day") if said else None


def _instant(piece: Piece, now: Now) -> datetime:
    if piece.day is None:
        return now.after(piece.delta).replace(second=0)
    there = wall(datetime.combine(piece.day, now.local.time().replace(second=0, microsecond=0)), now.zone)
    return (there.astimezone(UTC) + piece.delta).astimezone(now.zone)


def _time(piece: Piece, part: Piece | None, day: date | None, now: Now) -> Moment:
    readings = _readings(piece, part)
    start = _nearest(piece, readings, now) if day is None else now.on(day, _likelier(readings), piece.second)
    minute = piece.grain == "minute"
    return start, start + (timedelta(minutes=1) if minute else timedelta(hours=1)), "minute" if minute else "hour"


def _readings(piece: Piece, part: Piece | None) -> list[int]:
    """Minutes of the day: one, or two where the words leave the half of the day open."""
    hour, minutes = piece.hour, piece.hour * 60 + piece.minute
    if piece.half is not None:
        return [minutes % _NOON + (_NOON if piece.half == "pm" else 0)] if hour <= 12 else [minutes]
    if hour == 0 or hour > 12:
        return [minutes]
    if part is not None:
        return [_within(hour, part.hours) * 60 + piece.minute]
    return [minutes % _NOON + _NOON, minutes % _NOON + _DAY] if hour == 12 else [minutes, minutes + _NOON]


def _likelier(readings: list[int]) -> int:
    """ "Friday at 3" is the afternoon: nobody is out at three in the morning."""
    return next((one for one in readings if one >= _AWAKE[0]), readings[0])


def _nearest(piece: Piece, readings: list[int], now: Now) -> datetime:
    """The next such time, or the last one if the past is meant."""
    if len(readings) > 1:
        readings = [one for one in (*readings, readings[0] % _NOON) if _AWAKE[0] <= one < _AWAKE[1]] or readings
    steps = (0, -1) if now.past else (0, 1)
    starts = [now.on(now.today + timedelta(days=step), one, piece.second) for step in steps for one in readings]
    if now.past:
        return max((start for start in starts if start <= now.local), default=min(starts))
    return min((start for start in starts if start > now.local), default=max(starts))


def _within(hour: int, hours: tuple[int, int]) -> int:
    """9 in the evening is 21; 1 at night is 25, of the day that began before; 12 at noon is 12, at night 24."""
    first, last = hours
    for candidate in (hour % 12 + 12, hour % 12, hour % 12 + 24):
        if first <= candidate < last:
            return candidate
    return hour % 12 + 12 if first >= 12 else hour


def _interval(one: list[Piece], other: list[Piece], now: Now) -> Moment | None:
    left = {piece.kind: piece for piece in one}
    right = {piece.kind: piece for piece in other}
    if "time" in left and "time" in right:
        return _between_times(left, right, now)
    if "time" in right and "day" in left and "time" not in left and not right.keys() & {"day", "part"}:
        right = {**right, "day": left["day"]}  # "Monday until 5"
    first, last = _settled(left, right, now)
    start, end = _moment(first, now), _moment(last, now)
    if start is None or end is None:
        return None
    finish = end[0] if "time" in last or "instant" in last else end[1]
    return (start[0], finish, start[2]) if start[0] < finish else None


def _between_times(left: Kinds, right: Kinds, now: Now) -> Moment | None:
    first, last = left["time"], right["time"]
    day, until = _day_of(left), _day_of(right)
    if day is None and until is not None:
        led = "day" in right and right["day"].start < last.start  # "2 o'clock to tomorrow 4 o'clock"
        day, until = (now.today, until) if led else (until, None)
    readings = _readings(first, left.get("part")), _readings(last, right.get("part"))
    if until is not None and until != day and day is not None:
        start, end = (
            now.on(day, _likelier(readings[0]), first.second),
            now.on(until, _likelier(readings[1]), last.second),
        )
        return (start, end, _grain(first)) if start < end else None
    firsts = readings[0] if len(readings[1]) == 1 else [_likelier(readings[0])]
    length, begin = min((((b - a) % _DAY or _DAY), a) for a in firsts for b in readings[1])
    if day is None:
        minutes = now.local.hour * 60 + now.local.minute
        over = begin + length <= minutes
        day = now.today + timedelta(days=-(begin > minutes) if now.past else over)
    elif "day" not in left and begin >= _DAY:
        begin -= _DAY
    return now.on(day, begin, first.second), now.on(day, begin + length, last.second), _grain(first)


def _grain(time: Piece) -> Grain:
    return "minute" if time.grain == "minute" else "hour"


def _day_of(kinds: Kinds) -> date | None:
    day = kinds.get("day") or kinds.get("part")
    return day.day if day else None


def _settled(left: Kinds, right: Kinds, now: Now) -> tuple[Kinds, Kinds]:
    """What was left open of one end (its week, month or year) is told by the other."""
    kind = "day" if "day" in left else "span"
    if "instant" in right and kind in left and left[kind].loose == "year" and (day := left[kind].day):
        return {**left, kind: _in(left[kind], in_year(now.today, day.month, day.day, True))}, right
    other = "day" if "day" in right else "span"
    if kind not in left or other not in right:
        return left, right
    first, last = left[kind], right[other]
    begin, end = first.day, last.day
    if begin is None or end is None:
        return left, right
    if first.loose == "month" and last.loose in {"", "year"}:
        first = replace(first, day=coming_day(end, begin.day, True))
    elif last.loose == "month" and first.loose != "week":
        last = replace(last, day=coming_day(begin, end.day, False))
    elif first.loose == "year" and not last.loose:
        first = _in(first, in_year(end, begin.month, begin.day, True))
    elif last.loose == "year" and not first.loose:
        last = _in(last, in_year(begin, end.month, end.day, False))
    elif last.loose == "week" and end <= begin:
        last = replace(last, day=end + timedelta(weeks=(begin - end).days // 7 + 1))
    elif last.loose == "year" and end < begin:
        earlier = add_months(begin, -12)
        if first.loose == "year" and earlier <= now.today:
            first = _in(first, earlier)
        else:
            last = _in(last, in_year(begin, end.month, end.day, False))
    return {**left, kind: first}, {**right, other: last}


def _in(piece: Piece, day: date | None) -> Piece:
    """The same piece on another day; a month keeps its length."""
    if day is None or piece.day is None or piece.until is None:
        return replace(piece, day=day)
    return replace(piece, day=day, until=add_months(day, round((piece.until - piece.day).days / 30.4)))
