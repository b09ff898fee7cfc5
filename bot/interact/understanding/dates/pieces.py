"""What the grammars of dates share: the piece they find, what they may look at, and how their rules are kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from typing import Literal

from ..result import Grain
from .calendar import add_months

MAX_DATES = 32
Half = Literal["am", "pm"]
Kind = Literal["day", "span", "time", "part", "instant", "window", "shift", "length", "frame"]


@dataclass(frozen=True, slots=True)
class Piece:
    """day: `day`. span: from `day` up to `until`. time: `hour`, `minute`, `second`, with `half` "am" or "pm" where it is
    said. part: `hours`. instant: `delta` from now, on another `day` if given. window: from `since` to `delta` from now, or up to the day `until`.
    shift: `months` and `delta` from the day beside it ("the day before …"). length: how long, from what is beside it.
    frame: the week or month (`grain`) of the day beside it.

    `loose`: what of a day was not said and may be moved. `weak`: counts only beside a piece that is not.
    """

    start: int
    end: int
    kind: Kind
    day: date | None = None
    until: date | None = None
    grain: Grain = "day"
    hour: int = 0
    minute: int = 0
    second: int = 0
    half: Half | None = None
    hours: tuple[int, int] = (0, 24)
    since: timedelta = timedelta()
    delta: timedelta = timedelta()
    months: int = 0
    loose: Literal["", "week", "month", "year"] = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """What a grammar may look at: today where the customer is, whether the past is meant there, local habits."""

    today: date
    past: Callable[[int], bool]
    month_first: bool = False
    place: str = ""


Found = Piece | list[Piece] | None
Make = Callable[[re.Match[str], Reference], Found]


IN_DIGITS = tuple("0123456789")
Needs = tuple[str, ...]


class Rules:
    """The rules of one grammar. A rule is tried on texts that hold one of its `needs` and one of what it needs `also`."""

    def __init__(self, lead: str = "") -> None:
        """`lead`: what every pattern begins with."""
        self._lead = lead
        self._written: list[tuple[int, int, str, Make]] = []
        self._needs: list[Needs] = [()]  # many rules have the same

    def __call__(self, pattern: str, *needs: str, also: Needs = ()) -> Callable[[Make], Make]:
        def keep(make: Make) -> Make:
            self._written.append((self._place(needs), self._place(also), f"{self._lead}(?:{pattern})", make))
            return make

        return keep

    def _place(self, needs: Needs) -> int:
        if needs not in self._needs:
            self._needs.append(needs)
        return self._needs.index(needs)

    @cached_property
    def _rules(self) -> list[tuple[int, int, re.Pattern[str], Make]]:
        """Compiled when first used: a command that understands nothing does not wait for it."""
        return [(needs, also, re.compile(pattern), make) for needs, also, pattern, make in self._written]

    @cached_property
    def _holds(self) -> list[Callable[[str], object]]:
        """Whether a text holds one of these, by place; a pattern finds that in half the time of one word after another."""
        return [re.compile("|".join(map(re.escape, needs))).search for needs in self._needs]

    def find(self, text: str, regions: list[tuple[int, int]], now: Reference) -> list[Piece]:
        held = [holds(text) for holds in self._holds]
        found: list[Piece] = []
        for needs, also, pattern, make in self._rules:
            if not (held[needs] and held[also]):
                continue
            for start, end in regions:
                for match in islice(pattern.finditer(text, start, end), MAX_DATES):
                    made = make(match, now)
                    if made is not None:
                        found.extend(made if isinstance(made, list) else [made])
        return found


_NEAR = 64  # characters around a hint in which its date stands
_MOST = 1_000  # characters of one message that are looked at closely


def find_regions(text: str, hint: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where dates may stand: all of a short text with a hint in it; of a long one what is near its hints."""
    if len(text) <= 4 * _NEAR:
        return [(0, len(text))] if hint.search(text) else []
    regions: list[tuple[int, int]] = []
    left = _MOST
    for match in hint.finditer(text):
        start, end = max(0, match.start() - _NEAR), min(len(text), match.end() + _NEAR)
        if regions and start <= regions[-1][1]:
            left -= end - regions[-1][1]
            regions[-1] = regions[-1][0], end
        else:
            left -= end - start
            regions.append((start, end))
        if left <= 0:
            break
    return regions


def day_piece(
    match: re.Match[str], day: date | None, loose: Literal["", "week", "month", "year"] = "", weak: bool = False
) -> Piece | None:
    return Piece(*_place(match), "day", day=day, loose=loose, weak=weak) if day else None


def span_piece(match: re.Match[str], span: tuple[date, date], grain: Grain, weak: bool = False) -> Piece:
    return Piece(*_place(match), "span", day=span[0], until=span[1], grain=grain, weak=weak)


def _place(match: re.Match[str]) -> tuple[int, int]:
    """The whole match, without the words that only lead to it (group `lead`)."""
    lead = match.groupdict().get("lead")
    return match.start() + len(lead) if lead else match.start(), match.end()


place = _place


def shift_day(today: date, months: int, days: float) -> date:
    """That much from today, a hundred years at most."""
    moved = add_months(today, max(-1200, min(1200, months))) if months else today
    days = max(-36_500, min(36_500, round(days)))
    try:
        return moved + timedelta(days=days)
    except OverflowError:
        return moved
