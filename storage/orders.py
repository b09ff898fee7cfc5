"""What was bought. An order is known by its external id; adding one again changes nothing. Files: `imports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from storage import events
from storage.database import Memory
from storage.models import Order, OrderLine, table_of

ORDERS = table_of(Order)
LINES = table_of(OrderLine)
COUNTER, CHAT = "counter", "chat"  # sources, beside "import"


class Added(NamedTuple):
    """The order's id, and whether it was not known before."""

    id: int
    new: bool


def add_order(
    memory: Memory,
    *,
    customer_id: int,
    external_id: str,
    ordered_at: datetime,
    total: int,
    currency: str,
    lines: Sequence[Mapping[str, Any]] = (),
    source: str = "import",
    terms: Mapping[str, str] | None = None,
) -> Added:
    """Add one order and its event. `total` in minor units; lines: sku, quantity[, price (each), options]; `terms`: of
    `TERMS`, those that are known, and when it is wanted (`wanted_at`, `wanted_until`: ISO)."""
    known = memory.scalar(select(Order.id).where(Order.external_id == external_id))
    if known is not None:
        return Added(known, False)
    order = Order(
        external_id=external_id, customer_id=customer_id, ordered_at=ordered_at, total=total, currency=currency,
        source=source, terms=dict(terms) if terms else None, lines=[OrderLine(**_line(line)) for line in lines],
    )  # fmt: skip
    memory.add(order)
    memory.flush()
    events.add(memory, customer_id, "order", at=ordered_at, reference=str(order.id))
    return Added(order.id, True)


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sku": line["sku"],
        "quantity": line.get("quantity", 1),
        "price": line.get("price"),
        "options": list(line.get("options", ())),
    }


def find(memory: Memory, external_id: str) -> Order | None:
    return memory.scalar(select(Order).where(Order.external_id == external_id))


def get(memory: Memory, order_id: int) -> Order | None:
    return memory.get(Order, order_id)


def count(memory: Memory, customer_id: int) -> int:
    return memory.scalar(select(func.count()).select_from(Order).where(Order.customer_id == customer_id)) or 0


def list_for(memory: Memory, customer_id: int, most: int | None = 20) -> Sequence[Order]:
    """A customer's orders with their lines, newest first."""
    statement = (
        select(Order)
        .where(Order.customer_id == customer_id)
        .order_by(Order.ordered_at.desc(), Order.id.desc())
        .limit(most)
        .options(selectinload(Order.lines))
    )
    return memory.scalars(statement).all()


def find_last(memory: Memory, customer_id: int) -> Order | None:
    return next(iter(list_for(memory, customer_id, 1)), None)


class Bought(NamedTuple):
    """An order being asked about, beside what its customer bought before."""

    id: int
    customer_id: int
    ordered_at: datetime
    total: int
    is_first: bool
    new_skus: tuple[str, ...]  # never bought before this order
    skus: tuple[str, ...]


def compare_with_history(memory: Memory, order_ids: Sequence[int]) -> list[Bought]:
    """Which of these orders are a customer's first, and what in them is new; four queries, by time of order."""
    connection = memory.connection()
    found = connection.execute(
        select(ORDERS.c.id, ORDERS.c.customer_id, ORDERS.c.ordered_at, ORDERS.c.total)
        .where(ORDERS.c.id.in_(order_ids))
        .order_by(ORDERS.c.ordered_at, ORDERS.c.id)
    ).all()
    if not found:
        return []
    customers = sorted({row.customer_id for row in found})
    first_orders = {
        row.customer_id: row.first
        for row in connection.execute(
            select(ORDERS.c.customer_id, func.min(ORDERS.c.ordered_at).label("first"))
            .where(ORDERS.c.customer_id.in_(customers), ORDERS.c.total > 0)
            .group_by(ORDERS.c.customer_id)
        )
    }
    first_bought = {
        (row.customer_id, row.sku): row.first
        for row in connection.execute(
            select(ORDERS.c.customer_id, LINES.c.sku, func.min(ORDERS.c.ordered_at).label("first"))
            .join(LINES, LINES.c.order_id == ORDERS.c.id)
            .where(ORDERS.c.customer_id.in_(customers), ORDERS.c.total > 0)
            .group_by(ORDERS.c.customer_id, LINES.c.sku)
        )
    }
    lines: dict[int, list[str]] = {}
    for order_id, sku in connection.execute(
        select(LINES.c.order_id, LINES.c.sku).where(LINES.c.order_id.in_([row.id for row in found])).order_by(LINES.c.id)
    ):  # fmt: skip
        lines.setdefault(order_id, []).append(sku)
    return [
        Bought(
            row.id, row.customer_id, row.ordered_at, row.total,
            is_first=first_orders.get(row.customer_id) == row.ordered_at,
            new_skus=tuple(
                sku for sku in lines.get(row.id, []) if first_bought.get((row.customer_id, sku)) == row.ordered_at
            ),
            skus=tuple(lines.get(row.id, [])),
        )
        for row in found
    ]  # fmt: skip
