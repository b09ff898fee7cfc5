"""Tiers new, A, B and C from orders: recency, frequency and money against the thresholds of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings, Threshold
from bot.config.sections import Tiers as TierSettings
from bot.differentiate.reasons import describe_tier
from storage import meta, purchases
from storage import tiers as stored
from storage.database import Memory
from storage.models import Customer, Tier

BATCH = 1000  # customers whose numbers are read and written at one time
DAY = timedelta(days=1)
VALUE_MODEL = "model:value"  # where the fitted model is kept
UNVALUED: dict[str, Any] = {"expected_orders": None, "alive": None, "present_value": None}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a tier is chosen from. `spent` and `orders` are of the window, `spent` in minor units."""

    orders: int
    spent: int
    orders_ever: int
    recency: timedelta | None
    """Since the last order; None without one."""
    currency: str

    def to_json(self) -> dict[str, Any]:
        days = None if self.recency is None else round(self.recency / DAY, 1)
        return {
            "recency_days": days,
            "orders": self.orders,
            "spent": self.spent,
            "currency": self.currency,
            "orders_ever": self.orders_ever,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """A tier, and the threshold that decided: which rule, and what it asks."""

    tier: Tier
    why: str
    """`earned`, `below` (of `next`), or `too_few` orders for any tier."""
    next: Tier | None
    """The tier above."""
    missing: tuple[str, ...] = ()
    """What `next` asks and is not there: orders, spent, recency."""


def choose_tier(numbers: Numbers, tiers: TierSettings) -> Choice:
    """The highest tier all of whose thresholds hold; C where none does; new with too few orders ever."""
    if numbers.orders_ever < tiers.min_orders:
        return Choice(Tier.new, "too_few", Tier.C, ("orders",))
    missing_a = _missing(numbers, tiers.A)
    if not missing_a:
        return Choice(Tier.A, "earned", None)
    missing_b = _missing(numbers, tiers.B)
    if not missing_b:
        return Choice(Tier.B, "earned", Tier.A, missing_a)
    return Choice(Tier.C, "below", Tier.B, missing_b)


def _missing(numbers: Numbers, threshold: Threshold) -> tuple[str, ...]:
    held = {
        "orders": numbers.orders >= threshold.orders,
        "spent": numbers.spent >= threshold.spent * 10 ** get_currency_precision(numbers.currency),
        "recency": numbers.recency is not None and numbers.recency <= threshold.within,
    }
    return tuple(name for name, holds in held.items() if not holds)


def retier(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int] | None = None
) -> dict[str, Any]:
    """Class these customers, or all, anew; returns {"customers", "changed", "tiers", "groups"}, the last two of all.

    A tier set by staff stays (its value is renewed); who switched profiling off is tier `new`, without a value.
    `customer.value` is {"rfm", "expected_orders", "alive", "present_value"}: all but `rfm` come from the model last
    fitted, and are None before there is one. Many customers: see `differentiate_all`.
    """
    memory.flush()
    done = changed = 0
    for batch in _batches(memory, customer_ids):
        done += len(batch)
        changed += class_anew(memory, settings, now, batch)
    return {"customers": done, "changed": changed, **count_all(memory)}


def class_anew(memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int]) -> int:
    """Class these, at most a batch; returns how many changed tier."""
    decided = decide(memory, settings, now, customer_ids)
    stored.write(memory, decided, now)
    return sum(one.before != one.after for one in decided)


def count_all(memory: Memory) -> dict[str, Any]:
    """How many customers there are: {"tiers", "groups"}."""
    by_tier, by_group = stored.count_by(memory)
    return {
        "tiers": {tier.value: by_tier.get(tier, 0) for tier in (Tier.A, Tier.B, Tier.C, Tier.new)},
        "groups": by_group,
    }


def _batches(memory: Memory, customer_ids: Sequence[int] | None) -> Iterator[Sequence[int]]:
    if customer_ids is not None:
        ids = sorted(set(customer_ids))
        yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        return
    after = 0
    while batch := stored.list_customer_ids(memory, after=after, most=BATCH):
        yield batch
        after = batch[-1]


def decide(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int]
) -> list[stored.Decided]:
    """What `retier` would write of these customers: those alone whose row would change."""
    currency = settings.business.currency
    since = now - settings.tiers.window
    found = stored.load(memory, customer_ids, since=since, until=now, currency=currency)
    values = _value(memory, settings, now, customer_ids)
    decided = [_decide(one, settings, now, values.get(one.id, UNVALUED)) for one in found]
    return [
        new
        for old, new in zip(found, decided, strict=True)
        if (old.tier, old.tier_reason, old.tier_set_by, old.value) != (new.after, new.reason, new.set_by, new.value)
    ]


def _value(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """What the model that was last fitted makes of these customers; of those who bought something."""
    if meta.read(memory, VALUE_MODEL) in (None, {}):
        return {}
    from bot.differentiate import forecast  # SciPy takes half a second to import, and a new business needs none of it

    model = forecast.load(memory)
    bought = purchases.load(memory, until=now, currency=settings.business.currency, customer_ids=customer_ids)
    values = model.value(bought, settings, now) if model else []
    return {one.customer_id: value for one, value in zip(bought, values, strict=True)}


def _decide(
    one: stored.Classed, settings: BusinessSettings, now: datetime, modelled: Mapping[str, Any]
) -> stored.Decided:
    if not one.profiled:
        reason = describe_tier(settings, Choice(Tier.new, "not_profiled", None), None)
        return stored.Decided(one.id, one.tier, Tier.new, reason, {}, {})
    numbers = read_numbers(one.bought, settings, now)
    value = {"rfm": numbers.to_json(), **modelled}
    if one.tier_set_by is not None:
        return stored.Decided(one.id, one.tier, one.tier, one.tier_reason, value, {}, one.tier_set_by)
    choice = choose_tier(numbers, settings.tiers)
    reason = describe_tier(settings, choice, numbers)
    return stored.Decided(one.id, one.tier, choice.tier, reason, value, numbers.to_json() | asdict(choice))


def read_numbers(bought: stored.Bought, settings: BusinessSettings, now: datetime) -> Numbers:
    recency = None if bought.last_order_at is None else now - bought.last_order_at
    return Numbers(bought.orders, bought.spent, bought.orders_ever, recency, settings.business.currency)


def override_tier(memory: Memory, customer: Customer, tier: str, reason: str, staff_id: int, now: datetime) -> bool:
    """Set a tier by hand; the nightly classing leaves it alone until `release_tier`. Raises ValueError for no tier.

    `reason` is what the member of staff gave, stored as it is. False: the customer switched profiling off, and
    nothing was changed.
    """
    memory.flush()
    if not stored.is_profiled(memory, customer.id):
        return False
    one = stored.Decided(customer.id, customer.tier, Tier(tier), reason, customer.value, {"by": "staff"}, staff_id)
    stored.write(memory, [one], now, staff_id=staff_id)
    return True


def release_tier(memory: Memory, customer: Customer, settings: BusinessSettings, now: datetime) -> None:
    """Take an override back and class the customer by their orders again."""
    customer.tier_set_by = None
    retier(memory, settings, now, [customer.id])


def numbers_of(memory: Memory, customer_id: int, settings: BusinessSettings, now: datetime) -> Numbers:
    """The numbers of one customer as they are now, for explaining."""
    found = stored.load(
        memory, [customer_id], since=now - settings.tiers.window, until=now, currency=settings.business.currency
    )
    return read_numbers(found[0].bought if found else stored.NOTHING, settings, now)


def thresholds(settings: BusinessSettings, tier: Tier) -> Mapping[str, Any]:
    """What earns a tier, in the words' units: orders, spent (minor units), days."""
    if tier == Tier.C:
        return {"orders": settings.tiers.min_orders, "spent": 0, "days": None}
    asked = settings.tiers.A if tier == Tier.A else settings.tiers.B
    scale = 10 ** get_currency_precision(settings.business.currency)
    return {"orders": asked.orders, "spent": int(asked.spent * scale), "days": asked.within / DAY}
