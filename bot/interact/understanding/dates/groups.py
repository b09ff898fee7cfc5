"""Which pieces belong together: a day and its time, and the two ends of an interval."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from .calendar import months_from, week_from
from .pieces import Kind, Piece, shift_day

# What may stand between a day and its time. Chinese puts nothing, 的 or a comma there.
_BETWEEN = re.compile(
    r"^(?:[\s,，、的在@-]|\b(?:at|on|in|the|around|about|by|of|from|for|between|and|starting|starts|beginning|some ?time|any ?time|after|before|past|just|shortly|roughly|approximately|exactly|right|not|later|than|t)\b|大概|大约|左右|是)*$"
)
_SAME_DAY = re.compile(r"^[\s,，]*(?:the |on |on the |of )?$")
_OF = re.compile(r"^ ?(?:on |of )?(?:the |this )?$")
_FROM = re.compile(r"^,? ?(?:from|starting|beginning|as of)(?: from| on| at)?(?: the)? $")
_TO = re.compile(
    r"^[\s,]*(?:(?P<to>-|~|to|till?|until|through|thru|up to|到|至|直到|一直到)|(?P<and>and|和|与|跟|同))\s*(?:the |on |on the |at |about |around )?$"
)
_WIDEST = 24  # characters between two pieces of a group
_TOGETHER = 4  # pieces of a group
_PAIRED = re.compile(r"\bbetween\b|[在于]|之?间")


@dataclass(slots=True)
class Said:
    """What belongs together. `until` is the other end of an interval."""

    pieces: list[Piece]
    until: list[Piece] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return (self.until or self.pieces)[-1].end


def gather(pieces: list[Piece], text: str) -> list[Said]:
    """Groups and intervals in order of the text; what counts only beside something else and stands alone is left out."""
    groups = _grouped(_longest(pieces), text)
    found: list[Said] = []
    index = 0
    while index < len(groups):
        group = groups[index]
        following = groups[index + 1] if index + 1 < len(groups) else None
        if following is not None and _is_interval(group, following, text):
            found.append(Said(group, following))
            index += 2
            continue
        if _stands(group):
            found.append(Said(group))
        index += 1
    return found


def _longest(pieces: list[Piece]) -> list[Piece]:
    """No two overlap; of two that do, the one that begins first, then the longer."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: (each.start, -each.end, each.weak)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _grouped(pieces: list[Piece], text: str) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    for piece in pieces:
        joined = _joined(groups[-1], piece, text) if groups else None
        if joined is not None:
            groups[-1] = joined
        else:
            groups.append([piece])
    return groups


def _stands(group: list[Piece]) -> bool:
    return not all(piece.weak or piece.kind in {"shift", "length", "frame"} for piece in group)


def _joined(group: list[Piece], piece: Piece, text: str) -> list[Piece] | None:
    """The group with one more piece in it; None if that belongs to the next."""
    last = group[-1]
    between = text[last.end : piece.start]
    if len(between) > _WIDEST:
        return None
    if last.kind in {"shift", "frame"} and piece.kind == "day":
        return [*group[:-1], _moved(last, piece)] if _OF.match(between) else None
    kinds: set[Kind] = {one.kind for one in group}
    if piece.kind == "day" and last.kind == "day":
        return _one_day(group, last, piece) if _SAME_DAY.match(between) else None
    if piece.kind == "length":
        return (
            [*group, piece] if "length" not in kinds and kinds & {"day", "time"} and _BETWEEN.match(between) else None
        )
    if kinds == {"length"}:
        return [*group, piece] if piece.kind in {"day", "time"} and _FROM.match(between) else None
    if piece.kind not in {"day", "time", "part"} or not kinds <= {"day", "time", "part", "length"}:
        return None
    if piece.kind in kinds or len(group) >= _TOGETHER or not _BETWEEN.match(between):
        return None
    if "-" in between and last.kind == "time":
        return None  # 2点-明天4点
    if "and" in between and "between" not in between:
        return None
    return [*group, piece]


def _one_day(group: list[Piece], last: Piece, piece: Piece) -> list[Piece] | None:
    """ "Wednesday, 22 January": the date says which day it is, the weekday nothing more."""
    if (last.loose == "week") == (piece.loose == "week"):
        return None
    day = piece if last.loose == "week" else last
    return [*group[:-1], replace(day, start=last.start, end=piece.end, weak=False)]


def _moved(before: Piece, day: Piece) -> Piece:
    """ "The day before Christmas", "the week of the 5th"."""
    if day.day is None:
        return day
    if before.kind == "frame":
        span = week_from(day.day) if before.grain == "week" else months_from(day.day, 0)
        return replace(before, kind="span", day=span[0], until=span[1], end=day.end, weak=False)
    moved = shift_day(day.day, before.months, before.delta / timedelta(days=1))
    return replace(day, day=moved, start=before.start, weak=False)


def _is_interval(group: list[Piece], following: list[Piece], text: str) -> bool:
    between = text[group[-1].end : following[0].start]
    match = _TO.match(between) if len(between) <= _WIDEST else None
    if match is None or not (_stands(group) or _stands(following)):
        return False
    kinds = {piece.kind for piece in [*group, *following]}
    if kinds & {"window", "shift", "length", "frame"}:
        return False
    if {"time", "instant", "part"}.isdisjoint(kinds) is False and "span" in kinds:
        return False
    if match["and"]:
        around = text[max(0, group[0].start - 12) : group[0].start] + text[following[-1].end : following[-1].end + 2]
        return _PAIRED.search(around) is not None or "between" in text[group[0].start : following[0].start]
    return True
