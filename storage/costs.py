"""What serving customers cost and what they paid in a time, for many customers at once: counts, and money in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Float, Select, and_, case, cast, func, select

from storage.database import Memory
from storage.models import CatalogueItem, Contact, Feedback, Order, OrderLine, table_of

ORDERS, LINES, ITEMS = table_of(Order), table_of(OrderLine), table_of(CatalogueItem)
CONTACTS, FEEDBACK = table_of(Contact), table_of(Feedback)

TAKEN_ALONG = ("none", "no", "pickup", "pick-up", "pick up", "collection", "collect", "takeaway", "take away", "in store",
               "counter", "abholung", "keine", "自提", "到店自提", "到店", "堂食", "自取", "无")  # fmt: skip
"""What stands under delivery where nothing is delivered."""


class Served(NamedTuple):
    """One customer. `discounts`: what their orders were cheaper than the prices of the lines."""

    contacts: int = 0  # by colleagues
    complaints: int = 0
    refunds: int = 0
    deliveries: int = 0
    spent: int = 0  # less what was paid back
    listed: int = 0  # lines at their prices
    listed_margin: float = 0.0  # what of that is left after its cost
    discounts: int = 0
    priced: int = 0  # orders all of whose lines have a price
    discounted: int = 0  # of them, those that were cheaper


def load(
    memory: Memory, *, since: datetime, until: datetime, currency: str, margin: float,
    customer_ids: Sequence[int] | None = None,
) -> dict[int, Served]:  # fmt: skip
    """Of those who did something in this time. `margin` is that of items whose own is not known."""
    found: dict[int, dict[str, Any]] = {}
    for names, statement in (
        (("contacts",), _contacts(since, until)),
        (("complaints",), _complaints(since, until)),
        (("refunds", "deliveries", "spent"), _paid(since, until, currency)),
        (("listed", "listed_margin", "discounts", "priced", "discounted"), _listed(since, until, currency, margin)),
    ):
        column = statement.selected_columns[0]
        chosen = statement if customer_ids is None else statement.where(column.in_(customer_ids))
        for customer_id, *values in memory.connection().execute(chosen):
            found.setdefault(customer_id, {}).update(zip(names, values, strict=True))
    return {customer_id: _read(values) for customer_id, values in found.items()}


def _read(values: dict[str, Any]) -> Served:
    whole = {name: int(value or 0) for name, value in values.items() if name != "listed_margin"}
    return Served(**whole, listed_margin=float(values.get("listed_margin") or 0.0))


def _contacts(since: datetime, until: datetime) -> Select[Any]:
    return (
        select(CONTACTS.c.customer_id, func.count())
        .where(
            CONTACTS.c.direction == "out", CONTACTS.c.staff_id.is_not(None),
            CONTACTS.c.at > since, CONTACTS.c.at <= until,
        )
        .group_by(CONTACTS.c.customer_id)
    )  # fmt: skip


def _complaints(since: datetime, until: datetime) -> Select[Any]:
    made = (FEEDBACK.c.kind == "complaint", FEEDBACK.c.status != "withdrawn")
    return (
        select(FEEDBACK.c.customer_id, func.count())
        .where(*made, FEEDBACK.c.at > since, FEEDBACK.c.at <= until)
        .group_by(FEEDBACK.c.customer_id)
    )


def _paid(since: datetime, until: datetime, currency: str) -> Select[Any]:
    refunds = func.sum(case((ORDERS.c.total < 0, 1), else_=0))
    how = ORDERS.c.terms["delivery"].as_string()
    is_brought = and_(ORDERS.c.total > 0, how.is_not(None), func.lower(how).not_in(TAKEN_ALONG))
    deliveries = func.sum(case((is_brought, 1), else_=0))
    spent = func.sum(case((ORDERS.c.currency == currency, ORDERS.c.total), else_=0))
    return (
        select(ORDERS.c.customer_id, refunds, deliveries, spent)
        .where(ORDERS.c.ordered_at > since, ORDERS.c.ordered_at <= until)
        .group_by(ORDERS.c.customer_id)
    )


def _listed(since: datetime, until: datetime, currency: str, margin: float) -> Select[Any]:
    """Of orders all of whose lines have a price."""
    price = LINES.c.quantity * LINES.c.price
    kept = cast(price, Float) * func.coalesce(ITEMS.c.margin, margin)
    each = (
        select(
            ORDERS.c.customer_id,
            ORDERS.c.total,
            func.sum(price).label("listed"),
            func.sum(kept).label("kept"),
        )
        .join(LINES, LINES.c.order_id == ORDERS.c.id)
        .outerjoin(ITEMS, ITEMS.c.sku == LINES.c.sku)
        .where(
            ORDERS.c.ordered_at > since, ORDERS.c.ordered_at <= until, ORDERS.c.total > 0,
            ORDERS.c.currency == currency,
        )
        .group_by(ORDERS.c.id, ORDERS.c.customer_id, ORDERS.c.total)
        .having(func.count() == func.count(LINES.c.price))
    )  # fmt: skip
    orders = each.subquery()
    cheaper = orders.c.listed > orders.c.total
    return select(
        orders.c.customer_id,
        func.sum(orders.c.listed),
        func.sum(orders.c.kept),
        func.sum(case((cheaper, orders.c.listed - orders.c.total), else_=0)),
        func.count(),
        func.sum(case((cheaper, 1), else_=0)),
    ).group_by(orders.c.customer_id)
