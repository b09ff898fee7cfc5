"""What customers are worth: what the forecast expects of them in today's money, less what serving them costs.

Serving somebody is expected to cost in the coming horizon what it cost in the last, as long as they are a customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings
from bot.differentiate.numbers import Worth
from storage import costs, partners, purchases, referrals
from storage.costs import Served
from storage.database import Memory
from storage.referrals import Brought

if TYPE_CHECKING:
    from bot.differentiate.forecast import Expected, Forecast

YEAR = timedelta(days=365)
NOBODY = Served()


def work_out(
    memory: Memory, settings: BusinessSettings, model: Forecast | None, now: datetime,
    customer_ids: Sequence[int] | None = None, bought: Sequence[purchases.Bought] | None = None,
) -> dict[int, Worth]:  # fmt: skip
    """Of everybody, or these, who bought something ever, cost something lately or brought somebody. `bought`: if it is
    known already."""
    brought = referrals.list_brought(memory, customer_ids)
    if customer_ids is not None:
        friends = {one.customer_id for group in brought.values() for one in group}
        asked, customer_ids = customer_ids, sorted(friends.union(customer_ids)) if friends else customer_ids
    worths = _work_out_own(memory, settings, model, now, customer_ids, bought)
    for referrer, group in brought.items():
        own = worths.get(referrer, Worth(None if model is None else 0.0, None, None if model is None else 0))
        worths[referrer] = replace(own, referrals=_sum_up(group, worths, settings.referrals.share))
    return worths if customer_ids is None else {id_: worths[id_] for id_ in asked if id_ in worths}


def _sum_up(group: Sequence[Brought], worths: Mapping[int, Worth], share: float) -> dict[str, int]:
    """Of those one customer brought. Whoever is worth less than nothing takes nothing off; of whoever switched profiling
    off no more is known than that they came."""
    known = [one for one in group if one.profiled]
    each = [worths[one.customer_id].present_value or 0 for one in known if one.customer_id in worths]
    value = sum(max(worth, 0) for worth in each)
    won = sum(one.has_bought for one in known)
    return {"customers": len(group), "won": won, "present_value": value, "counted": round(share * value)}


def _work_out_own(
    memory: Memory, settings: BusinessSettings, model: Forecast | None, now: datetime,
    customer_ids: Sequence[int] | None, bought: Sequence[purchases.Bought] | None,
) -> dict[int, Worth]:  # fmt: skip
    """Without what others count of it."""
    currency = settings.business.currency
    served = costs.load(
        memory, since=now - settings.value.horizon, until=now, currency=currency, margin=settings.value.margin,
        customer_ids=customer_ids,
    )  # fmt: skip
    expected: dict[int, Expected] = {}
    if model is not None:
        if bought is None:
            bought = purchases.load(memory, until=now, currency=currency, customer_ids=customer_ids)
        found = model.expect(bought, settings, now, partners.list_ids(memory, customer_ids))
        expected = {one.customer_id: each for one, each in zip(bought, found, strict=True)}
    return {
        customer_id: join(expected.get(customer_id), served.get(customer_id, NOBODY), settings)
        for customer_id in expected.keys() | served.keys()
    }


def join(expected: Expected | None, served: Served, settings: BusinessSettings) -> Worth:
    """One customer's worth. `expected.present` is what they will spend, in today's money."""
    margin = margin_of(served, settings)
    cost = cost_of(served, settings)
    brought = round(served.spent * margin) - cost
    if expected is None:
        return Worth(cost_to_serve=cost, brought=brought, priced=served.priced, discounted=served.discounted)
    alive = 1.0 if expected.alive is None else expected.alive
    middle = settings.value.horizon / YEAR / 2
    to_come = cost * alive / (1.0 + settings.value.discount_rate) ** middle
    value = round(expected.present * margin - to_come)
    return Worth(expected.orders, expected.alive, value, cost, brought, served.priced, served.discounted)


def margin_of(served: Served, settings: BusinessSettings) -> float:
    """Of the lines they bought, where their prices are known."""
    return served.listed_margin / served.listed if served.listed > 0 else settings.value.margin


def cost_of(served: Served, settings: BusinessSettings) -> int:
    """In minor units. A discount costs what the margin would not have kept: the goods cost the same."""
    each = settings.value.cost_to_serve
    scale = 10 ** get_currency_precision(settings.business.currency)
    counted = served.contacts * each.contact + served.complaints * each.complaint + served.refunds * each.refund
    counted += served.deliveries * each.delivery
    return int(counted * scale) + round(served.discounts * (1 - margin_of(served, settings)))
