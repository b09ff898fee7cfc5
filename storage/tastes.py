"""Who bought what, summed up by customer and item, and who said that they like or dislike it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from storage.database import Memory
from storage.models import Fact, Figures, Order, OrderLine, table_of

ORDERS, LINES, FACTS, FIGURES = table_of(Order), table_of(OrderLine), table_of(Fact), table_of(Figures)


class Taken(NamedTuple):
    """How often a customer bought an item, and when last."""

    customer_id: int
    sku: str
    times: int
    last_at: datetime


class Stated(NamedTuple):
    """A current like or dislike of an item."""

    customer_id: int
    sku: str
    likes: bool


def load_taken(memory: Memory, *, until: datetime, since: datetime | None = None) -> Iterator[Taken]:
    """Of everybody who has figures, and so has not switched profiling off; refunds are left out."""
    statement = (
        select(ORDERS.c.customer_id, LINES.c.sku, func.count(), func.max(ORDERS.c.ordered_at))
        .join(LINES, LINES.c.order_id == ORDERS.c.id)
        .where(
            ORDERS.c.ordered_at <= until, ORDERS.c.total > 0, LINES.c.quantity > 0,
            ORDERS.c.customer_id.in_(select(FIGURES.c.customer_id)),
        )
        .group_by(ORDERS.c.customer_id, LINES.c.sku)
        .order_by(ORDERS.c.customer_id, LINES.c.sku)
    )  # fmt: skip
    if since is not None:
        statement = statement.where(ORDERS.c.ordered_at > since)
    return (Taken(*row) for row in memory.connection().execute(statement))


def load_stated(memory: Memory) -> Iterator[Stated]:
    """What customers said of items, of their own taste; the newest last."""
    statement = (
        select(FACTS.c.customer_id, FACTS.c.item, FACTS.c.polarity == "like")
        .where(
            FACTS.c.kind == "preference", FACTS.c.item.is_not(None), FACTS.c.person.is_(None),
            FACTS.c.superseded_by.is_(None), FACTS.c.forgotten_at.is_(None),
            FACTS.c.customer_id.in_(select(FIGURES.c.customer_id)),
        )
        .order_by(FACTS.c.id)
    )  # fmt: skip
    return (Stated(customer_id, sku, bool(likes)) for customer_id, sku, likes in memory.connection().execute(statement))
