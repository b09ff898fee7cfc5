"""What one customer needs, as their orders of the last horizon tell: favourites and how often, when they come, whether
prices matter. What does not stand out from chance is not said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import comb
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.sections import BusinessSettings
from bot.differentiate import prices
from bot.differentiate.prices import Usual
from storage import catalogue, needs, tiers
from storage.conditions import FAVOURITE_ORDERS, FAVOURITE_SHARE, SURE
from storage.database import Memory
from storage.models import Customer
from storage.needs import Purchase

DAY = timedelta(days=1)
SHOWN = 5  # favourites
LEAST_DAYS = 3  # with an order, before a cycle is told
HOURS = 3  # of a habit: 8 to 11
CHANCE = 0.05  # that no habit is taken for one
LEAST_EACH = 4  # orders with and without a discount, before they are compared


def describe_needs(
    memory: Memory, customer: Customer, settings: BusinessSettings, now: datetime
) -> dict[str, Any] | None:
    """{"since", "orders", "favourites": [{"sku", "orders", "share", "cycle_days", "last_at"}], "categories": [{"category",
    "orders", "share"}], "cycle_days", "weekday", "hours", "share_of_wallet", "prices"}; None where profiling is off.

    Cycles are median days between days with an order; `weekday` is {"day" (1 is Monday), "share"}, `hours` {"from",
    "to", "share"} in the customer's time zone; None for what is not known. `prices`: see `weigh_prices`.
    """
    if not tiers.is_profiled(memory, customer.id):
        return None
    since = now - settings.value.horizon
    bought = needs.load_purchases(
        memory, customer.id, since=since, until=now, currency=settings.business.currency
    )  # fmt: skip
    zone = ZoneInfo(customer.time_zone) if customer.time_zone else settings.business.time_zone
    wheres = [one.at.astimezone(zone) for one in bought]
    return {
        "since": since,
        "orders": len(bought),
        "favourites": rank_items(bought, zone),
        "categories": _rank_categories(memory, bought),
        "cycle_days": find_cycle(wheres),
        "weekday": find_weekday(wheres),
        "hours": find_hours(wheres),
        "share_of_wallet": tiers.list_shares(memory, [customer.id]).get(customer.id),
        "prices": weigh_prices(bought, prices.load(memory)),
    }


def rank_items(bought: Sequence[Purchase], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Those in at least a fifth of the orders, and three, the most frequent first."""
    counts = Counter(sku for one in bought for sku in one.skus)
    favourites = [(sku, count) for sku, count in counts.most_common(SHOWN) if is_favourite(count, len(bought))]
    listed = []
    for sku, count in favourites:
        times = [one.at.astimezone(zone) for one in bought if sku in one.skus]
        listed.append({
            "sku": sku, "orders": count, "share": round(count / len(bought), 3), "cycle_days": find_cycle(times),
            "last_at": times[-1],
        })  # fmt: skip
    return listed


def is_favourite(count: int, orders: int) -> bool:
    """As the word `favourite` of segments has it."""
    return count >= FAVOURITE_ORDERS and count >= FAVOURITE_SHARE * orders


def _rank_categories(memory: Memory, bought: Sequence[Purchase]) -> list[dict[str, Any]]:
    categories = {item.sku: item.category for item in catalogue.list_items(memory)}
    counts = Counter(
        category for one in bought for category in sorted({categories[sku] for sku in one.skus if categories.get(sku)})
    )
    return [
        {"category": category, "orders": count, "share": round(count / len(bought), 3)}
        for category, count in counts.most_common(SHOWN)
        if is_favourite(count, len(bought))
    ]


def find_cycle(times: Iterable[datetime]) -> float | None:
    """Days from one day with an order to the next, the median; None for fewer than three such days."""
    days = sorted({at.date() for at in times})
    gaps = [(after - before).days for before, after in pairwise(days)]
    return float(median(gaps)) if len(days) >= LEAST_DAYS else None


def find_weekday(times: Sequence[datetime]) -> dict[str, Any] | None:
    """The weekday they come on more than chance would have it, were all alike."""
    days = sorted({at.date() for at in times})
    counts = Counter(day.isoweekday() for day in days)
    if not counts:
        return None
    day, count = min(counts.items(), key=lambda one: (-one[1], one[0]))
    if 7 * _at_least(count, len(days), 1 / 7) > CHANCE:
        return None
    return {"day": day, "share": round(count / len(days), 3)}


def find_hours(times: Sequence[datetime]) -> dict[str, Any] | None:
    """The hours of the day, three at most, in which at least half of the orders lie, and more than chance would have it, were the
    hours from the first to the last they ever came at alike. A file that knows no times of day has midnight: left out."""
    hours = [at.hour for at in times if (at.hour, at.minute, at.second) != (0, 0, 0)]
    if not hours:
        return None
    counts = {start: sum(start <= hour < start + HOURS for hour in hours) for start in range(24 - HOURS + 1)}
    start, count = min(counts.items(), key=lambda one: (-one[1], one[0]))
    open_for = max(max(hours) - min(hours) + 1, 12)  # a day's trade: nobody's habit is that a shop closes
    if 2 * count < len(hours) or open_for * _at_least(count, len(hours), HOURS / open_for) > CHANCE:
        return None
    inside = [hour for hour in hours if start <= hour < start + HOURS]
    return {"from": min(inside), "to": max(inside) + 1, "share": round(count / len(hours), 3)}


def _at_least(count: int, tries: int, chance: float) -> float:
    """That chance alone would make so many of so many (binomial)."""
    return sum(comb(tries, k) * chance**k * (1 - chance) ** (tries - k) for k in range(count, tries + 1))


def weigh_prices(bought: Sequence[Purchase], usual: Usual) -> dict[str, Any] | None:
    """{"orders" (all of whose lines have a price), "discounted", "share" (leaning on what is usual), "usual",
    "sensitive", "larger", "earlier"}; None where no prices are known.

    `larger`: how many times as much, at list prices, they take at a discount; `earlier`: how many times as long it took
    them to come for one. None where there are too few of either, or chance may have made the difference.
    """
    priced = [one for one in bought if one.listed is not None]
    if not priced:
        return None
    discounted = sum(one.is_discounted for one in priced)
    return {
        "orders": len(priced),
        "discounted": discounted,
        "share": round(usual.lean(len(priced), discounted), 3),
        "usual": round(usual.share, 3),
        "sensitive": usual.is_exceeded(len(priced), discounted),
        "larger": _compare(priced, [float(one.listed or 0) for one in priced]),
        "earlier": _compare(priced[1:], [(b.at - a.at) / DAY for a, b in pairwise(priced)]),
    }


def _compare(bought: Sequence[Purchase], values: Sequence[float]) -> float | None:
    """The median of those at a discount by that of the others, where ranks part them (Mann & Whitney 1947)."""
    cheaper = [value for one, value in zip(bought, values, strict=True) if one.is_discounted]
    others = [value for one, value in zip(bought, values, strict=True) if not one.is_discounted]
    if min(len(cheaper), len(others)) < LEAST_EACH or median(others) <= 0:
        return None
    above = sum((a > b) + 0.5 * (a == b) for a in cheaper for b in others)
    pairs = len(cheaper) * len(others)
    deviation = (pairs * (len(cheaper) + len(others) + 1) / 12) ** 0.5
    return round(median(cheaper) / median(others), 2) if abs(above - pairs / 2) > SURE * deviation else None
