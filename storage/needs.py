"""One customer's purchases as their needs are read from them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from storage.database import Memory
from storage.models import Order, OrderLine, table_of

ORDERS, LINES = table_of(Order), table_of(OrderLine)
MOST = 2000  # orders, the newest: enough for any habit


class Purchase(NamedTuple):
    """`listed`: its lines at their prices, in minor units as `total`; None where a line has none."""

    at: datetime
    total: int
    listed: int | None
    skus: tuple[str, ...]

    @property
    def is_discounted(self) -> bool:
        return self.listed is not None and self.listed > self.total


def load_purchases(
    memory: Memory, customer_id: int, *, since: datetime, until: datetime, currency: str
) -> list[Purchase]:
    """Oldest first, without refunds and what was paid in other currencies."""
    orders = (
        select(ORDERS.c.id, ORDERS.c.ordered_at, ORDERS.c.total)
        .where(
            ORDERS.c.customer_id == customer_id, ORDERS.c.ordered_at > since, ORDERS.c.ordered_at <= until,
            ORDERS.c.total > 0, ORDERS.c.currency == currency,
        )
        .order_by(ORDERS.c.ordered_at.desc(), ORDERS.c.id.desc())
        .limit(MOST)
        .subquery()
    )  # fmt: skip
    statement = (
        select(orders, LINES.c.sku, LINES.c.quantity, LINES.c.price)
        .outerjoin(LINES, LINES.c.order_id == orders.c.id)
        .order_by(orders.c.ordered_at, orders.c.id, LINES.c.id)
    )
    found: dict[int, Purchase] = {}
    for id_, at, total, sku, quantity, price in memory.connection().execute(statement):
        before = found.get(id_, Purchase(at, total, 0, ()))
        if sku is None:  # an order without lines
            found[id_] = before._replace(listed=None)
            continue
        listed = None if price is None or before.listed is None else before.listed + quantity * price
        skus = (*before.skus, sku) if quantity > 0 and sku not in before.skus else before.skus
        found[id_] = before._replace(listed=listed, skus=skus)
    return list(found.values())
