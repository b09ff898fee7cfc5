"""The numbers a tier is chosen from, of one customer: what they bought, and what they are worth. Money in minor units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from storage.tiers import Bought

DAY = timedelta(days=1)
RFM = ("orders", "spent", "currency", "orders_ever")
WORTH = ("expected_orders", "alive", "present_value", "cost_to_serve", "brought", "priced", "discounted", "referrals")


@dataclass(frozen=True, slots=True)
class Numbers:
    """`orders` and `spent` are of the window of tiers, `cost_to_serve` and `brought` of the last horizon of value."""

    orders: int
    spent: int
    orders_ever: int
    recency: timedelta | None
    """Since the last order; None without one."""
    currency: str
    expected_orders: float | None = None
    """Within the horizon; None, as the next two, where there is no forecast."""
    alive: float | None = None
    """The chance that they are still a customer; None, too, where that is not modelled."""
    present_value: int | None = None
    """Of what is expected within the horizon, less what serving them will cost."""
    cost_to_serve: int = 0
    brought: int = 0
    """What was left of their orders after their cost, and that of serving them."""
    priced: int = 0
    """Orders of the last horizon whose discount is known, all lines having a price …"""
    discounted: int = 0
    """… and those that had one."""
    referrals: dict[str, int] | None = None
    """Of whoever brought customers: how many "customers", "won" of them, their "present_value", and what of it is
    "counted" here; None of others."""

    @property
    def counted(self) -> int | None:
        """What tiers go by: what they will bring, and a share of what those they brought will."""
        return count_value(self.present_value, self.referrals)

    @property
    def unrealised(self) -> int:
        """What they will bring beyond what they brought."""
        return 0 if self.present_value is None else self.present_value - self.brought

    def to_json(self) -> dict[str, Any]:
        """The value of a customer, as `customers show` has it."""
        days = None if self.recency is None else round(self.recency / DAY, 1)
        rfm = {"recency_days": days} | {name: getattr(self, name) for name in RFM}
        return {"rfm": rfm} | {name: getattr(self, name) for name in WORTH}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Numbers:
        rfm, worth = stored["rfm"], {name: stored[name] for name in WORTH if name in stored}
        days = rfm["recency_days"]
        recency = None if days is None else days * DAY
        return cls(recency=recency, **{name: rfm[name] for name in RFM}, **worth)

    def worth(self, worth: Worth) -> Numbers:
        return replace(self, **{name: getattr(worth, name) for name in WORTH})


@dataclass(frozen=True, slots=True)
class Worth:
    """The part of `Numbers` that a forecast and the costs make."""

    expected_orders: float | None = None
    alive: float | None = None
    present_value: int | None = None
    cost_to_serve: int = 0
    brought: int = 0
    priced: int = 0
    discounted: int = 0
    referrals: dict[str, int] | None = None

    @property
    def counted(self) -> int | None:
        return count_value(self.present_value, self.referrals)


def count_value(present_value: int | None, referrals: dict[str, int] | None) -> int | None:
    if present_value is None or referrals is None:
        return present_value
    return present_value + referrals["counted"]


def read_numbers(bought: Bought, currency: str, now: datetime, worth: Worth | None = None) -> Numbers:
    recency = None if bought.last_order_at is None else now - bought.last_order_at
    numbers = Numbers(bought.orders, bought.spent, bought.orders_ever, recency, currency)
    return numbers.worth(worth) if worth else numbers
