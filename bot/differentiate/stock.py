"""How long what a partner has will last: what they told, what they bought since, and how fast it goes.

How fast is told by the first of these that can: two stock reports with what was bought between them; orders, since
what was bought was sold by the next time; the catalogue's days of supply, of one piece each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from typing import NamedTuple

from storage import catalogue, stock
from storage.database import Memory
from storage.stock import Moved

DAY = timedelta(days=1)
LOOKED_AT = timedelta(days=365)  # what is older says nothing of how fast it goes now
LEAST = timedelta(days=1)  # between two times that tell a pace


class Pace(NamedTuple):
    """Pieces a day, and what that is from: reports, orders or catalogue."""

    daily: float
    by: str


@dataclass(frozen=True, slots=True)
class Level:
    """One item of a partner, as it stands now."""

    sku: str
    told: int | None
    """What they last told to have; None where they told nothing."""
    told_at: datetime | None
    left: float | None
    """By now: what was told, and bought since, less what went; None where nothing was told."""
    pace: Pace | None
    ordered: int
    """How many orders of it there were, lately."""

    @property
    def days(self) -> float | None:
        """Until it runs out; None where that cannot be told."""
        if self.left is None or self.pace is None or self.pace.daily <= 0:
            return None
        return self.left / self.pace.daily


def read_levels(memory: Memory, customer_ids: Collection[int], now: datetime) -> dict[int, list[Level]]:
    """By partner, what runs out first first; of whatever they told or bought lately."""
    since = now - LOOKED_AT
    told = _by_item(stock.list_told(memory, customer_ids, since))
    bought = _by_item(stock.list_bought(memory, customer_ids, since))
    lasts = {item.sku: item.days_of_supply for item in catalogue.list_items(memory)}
    found: dict[int, list[Level]] = {}
    for customer_id, sku in sorted(told.keys() | bought.keys()):
        key = customer_id, sku
        level = _read(sku, told.get(key, []), bought.get(key, []), lasts.get(sku), now)
        found.setdefault(customer_id, []).append(level)
    return {one: sorted(levels, key=_by_urgency) for one, levels in found.items()}


def _by_item(rows: Sequence[Moved]) -> dict[tuple[int, str], list[Moved]]:
    ordered = sorted(rows, key=lambda row: (row.customer_id, row.sku))  # stable: by time within each
    return {key: list(some) for key, some in groupby(ordered, key=lambda row: (row.customer_id, row.sku))}


def _by_urgency(level: Level) -> tuple[float, str]:
    return (float("inf") if level.days is None else level.days, level.sku)


def _read(sku: str, told: Sequence[Moved], bought: Sequence[Moved], lasts: int | None, now: datetime) -> Level:
    pace = find_pace(told, bought, lasts)
    last = told[-1] if told else None
    ordered = sum(row.quantity > 0 for row in bought)
    if last is None:
        return Level(sku, None, None, None, pace, ordered)
    since = sum(row.quantity for row in bought if row.at > last.at)
    gone = pace.daily * ((now - last.at) / DAY) if pace else 0.0
    return Level(sku, last.quantity, last.at, max(0.0, last.quantity + since - gone), pace, ordered)


def find_pace(told: Sequence[Moved], bought: Sequence[Moved], lasts: int | None) -> Pace | None:
    """How fast one item goes at one partner's; `lasts`: days that one piece does, as the catalogue says."""
    if told and (span := told[-1].at - told[0].at) >= LEAST:
        between = sum(row.quantity for row in bought if told[0].at < row.at <= told[-1].at)
        sold = told[0].quantity + between - told[-1].quantity
        if sold > 0:
            return Pace(sold / (span / DAY), "reports")
    if bought and (span := bought[-1].at - bought[0].at) >= LEAST:
        sold = sum(row.quantity for row in bought if row.at < bought[-1].at)
        if sold > 0:
            return Pace(sold / (span / DAY), "orders")
    return Pace(1 / lasts, "catalogue") if lasts else None


def propose(levels: Sequence[Level], cover: timedelta) -> list[tuple[Level, int]]:
    """What to order so that everything lasts so long: items with how many. What was never told counts as used up
    where it was ordered twice."""
    wanted = []
    for level in levels:
        if level.pace is None or (level.told is None and level.ordered < 2):
            continue
        missing = ceil(level.pace.daily * (cover / DAY) - (level.left or 0.0) - 1e-9)
        if missing > 0:
            wanted.append((level, missing))
    return wanted
