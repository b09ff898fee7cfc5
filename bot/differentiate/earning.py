"""What would earn a customer the next tier by value, in orders: what can be said to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.config.sections import BusinessSettings
from bot.differentiate import last_fit
from bot.differentiate.choosing import Choice, Grounds, begins_at
from bot.differentiate.numbers import count_value
from bot.differentiate.worth import NOBODY, join
from storage import costs, partners, purchases
from storage.database import Memory

TRIED = 12  # orders at most; more is no encouragement
WITHIN = timedelta(days=30)  # they are spread over this time


def count_orders_needed(
    memory: Memory, settings: BusinessSettings, customer_id: int, choice: Choice, grounds: Grounds | None, now: datetime
) -> int | None:
    """How many orders like theirs, within `WITHIN`, would earn `choice.next`; None where no such number helps."""
    if grounds is None or choice.next is None or "value" not in choice.missing:
        return None
    least, currency = begins_at(choice.next, grounds.yardstick), settings.business.currency
    model = last_fit.load(memory)
    found = purchases.load(memory, until=now, currency=currency, customer_ids=[customer_id])
    if model is None or not found:
        return None
    served = costs.load(
        memory, since=now - settings.value.horizon, until=now, currency=currency, margin=settings.value.margin,
        customer_ids=[customer_id],
    ).get(customer_id, NOBODY)  # fmt: skip
    then = now + WITHIN
    more_orders = [_with_more(found[0], more, then) for more in range(1, TRIED + 1)]
    tried = model.expect(more_orders, settings, then, partners.list_ids(memory, [customer_id]))
    brought = grounds.numbers.referrals
    values = [count_value(join(expected, served, settings).present_value, brought) or 0 for expected in tried]
    return next((more for more, value in enumerate(values, start=1) if value >= least), None)


def _with_more(bought: purchases.Bought, more: int, then: datetime) -> purchases.Bought:
    """As if they had come on so many more days by then, and spent what they usually do."""
    repeats = max(bought.days - 1, 1)
    spent = round(bought.repeat_spent * (bought.days - 1 + more) / repeats)
    return bought._replace(days=bought.days + more, last_day=purchases.day_of(then), repeat_spent=spent)
