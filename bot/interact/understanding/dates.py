"""Dates and times said in a message, in the customer's time zone.

`dates_en` and `dates_zh` find *pieces* (a day, a span, a time of day, a part of the day, a distance from now); here
neighbours are joined ("Friday" + "at 9", "下周三" + "下午") and resolved. The future is meant unless the words say
otherwise. Clock changes: `calendar.wall`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from .calendar import add_months, at, wall
from .result import FoundDate, Grain

MAX_DATES = 32


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind` day: `day`; span: `day` up to `until` with `grain`; time: `hour`, `minute`; part: `hours`; instant: `delta`.

    `half` of a time: "am", "pm" or None when the words leave it open.
    """

    start: int
    end: int
    kind: Literal["day", "span", "time", "part", "instant"]
    day: date | None = None
    until: date | None = None
    grain: Grain = "day"
    hour: int = 0
    minute: int = 0
    half: Literal["am", "pm"] | None = None
    hours: tuple[int, int] = (0, 24)
    delta: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Reference:
    """What a grammar may look at: today's date and hour where the customer is, and whether the past is meant."""

    today: date
    hour: int
    past: bool
    month_first: bool


Grammar = Callable[[str, Reference], list[Piece]]
# What may stand between a day and its time. Chinese puts nothing, 的 or a comma there.
_BETWEEN = re.compile(r"^(?:\s|,|，|、|的|at|on|in|the|around|about|by|of|from|@|in the|-|大概|大约|左右|，)*$")


def find_dates(text: str, grammars: Sequence[Grammar], zone: ZoneInfo, now: datetime, past: bool) -> list[FoundDate]:
    """Dates of folded text, in order. `past`: verbs say that a bare day is a past one."""
    local = now.astimezone(zone)
    reference = Reference(
        local.date(),
        local.hour,
        past,
        str(zone).startswith(("America/New", "America/Los", "America/Chi", "America/Den", "US/")),
    )
    pieces = _longest([piece for grammar in grammars for piece in grammar(text, reference)])
    found: list[FoundDate] = []
    index = 0
    while index < len(pieces) and len(found) < MAX_DATES:
        group = [pieces[index]]
        while index + len(group) < len(pieces) and len(group) < 3 and _joins(group, pieces[index + len(group)], text):
            group.append(pieces[index + len(group)])
        resolved = _resolve(group, zone, local)
        if resolved is not None:
            start, end, grain = resolved
            found.append(FoundDate(text[group[0].start : group[-1].end].strip(), start, end, grain))
        index += len(group)
    return found


def _longest(pieces: list[Piece]) -> list[Piece]:
    """No two overlap; of two that do, the one that begins first, then the longer."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: (each.start, -each.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _joins(group: list[Piece], following: Piece, text: str) -> bool:
    kinds = {piece.kind for piece in group}
    if following.kind in kinds or "instant" in kinds or following.kind in {"instant"}:
        return False
    if {"day", "span"} & kinds and following.kind in {"day", "span"}:
        return False
    if "span" in kinds and any(piece.grain != "week" for piece in group if piece.kind == "span"):
        return False
    if following.kind == "span":
        return False
    between = text[group[-1].end : following.start]
    return len(between) <= 12 and _BETWEEN.match(between) is not None


def _resolve(group: list[Piece], zone: ZoneInfo, local: datetime) -> tuple[datetime, datetime, Grain] | None:
    by_kind = {piece.kind: piece for piece in group}
    today = local.date()
    if "instant" in by_kind:
        piece = by_kind["instant"]
        start = (local.astimezone(UTC) + piece.delta).replace(second=0, microsecond=0).astimezone(zone)
        return start, start + timedelta(minutes=1), "minute"
    if "span" in by_kind and "time" not in by_kind:
        piece = by_kind["span"]
        if piece.day is None or piece.until is None:
            return None
        return wall(at(piece.day, 0), zone), wall(at(piece.until, 0), zone), piece.grain
    part = by_kind.get("part")
    day_piece = by_kind.get("day") or by_kind.get("span")
    day = day_piece.day if day_piece else part.day if part else None
    if "time" in by_kind:
        return _resolve_time(by_kind["time"], part, day, zone, local)
    if part is not None:
        first, last = part.hours[0], min(part.hours[1], 24)
        day = day or (today if local.hour < last else today + timedelta(days=1))
        end = at(day + timedelta(days=last // 24), last % 24)
        return wall(at(day, first), zone), wall(end, zone), "hour"
    if day is None:
        return None
    return wall(at(day, 0), zone), wall(at(day + timedelta(days=1), 0), zone), "day"


def _resolve_time(
    piece: Piece, part: Piece | None, day: date | None, zone: ZoneInfo, local: datetime
) -> tuple[datetime, datetime, Grain]:
    hour, half = piece.hour, piece.half
    open_half = half is None and 1 <= hour <= 12 and part is None
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    elif part is not None and half is None and hour <= 12:
        hour = _within(hour, part.hours)
    today = local.date()
    extra = 0
    if hour == 24:
        hour, extra = 0, 1
    if day is None:
        candidates = [hour]
        if open_half:
            candidates = [h for h in (hour % 12, hour % 12 + 12) if 7 <= h <= 22]
        start = min(
            (
                wall(at(today + timedelta(days=step + extra), h, piece.minute), zone)
                for step in (0, 1)
                for h in candidates
                if at(today + timedelta(days=step + extra), h, piece.minute) > local.replace(tzinfo=None)
            ),
            default=wall(at(today + timedelta(days=1), hour % 24, piece.minute), zone),
        )
    else:
        if open_half and 1 <= hour <= 6:
            hour += 12  # "Friday at 3" is the afternoon: nobody is out at three in the morning
        start = wall(at(day + timedelta(days=extra), hour, piece.minute), zone)
    grain: Grain = "minute" if piece.grain == "minute" else "hour"
    return start, start + (timedelta(minutes=1) if grain == "minute" else timedelta(hours=1)), grain


def _within(hour: int, hours: tuple[int, int]) -> int:
    """9 in the evening is 21; 1 at night is 1; 12 at noon is 12; 12 at night is 24."""
    first, last = hours
    for candidate in (hour % 12 + 12, hour % 12, hour % 12 + 24):
        if first <= candidate < last:
            return candidate if candidate <= 24 else candidate - 24
    if first >= 12 and hour < 12:
        return hour + 12
    return hour


def step(today: date, number: float, unit: str) -> date:
    """`number` days, weeks, months or years from today."""
    if unit == "day":
        return _bounded(today, number)
    if unit == "week":
        return _bounded(today, number * 7)
    return add_months(today, round(number * (12 if unit == "year" else 1)))


def _bounded(today: date, days: float) -> date:
    return today + timedelta(days=max(-36_500, min(36_500, round(days))))
