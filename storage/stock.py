"""How much partners have: what they told, and what they bought since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update

from storage.database import Memory
from storage.models import Order, OrderLine, StockLevel, table_of

LEVELS, ORDERS, LINES = table_of(StockLevel), table_of(Order), table_of(OrderLine)


class Moved(NamedTuple):
    """So much of an item, told to be there or bought, at a time."""

    customer_id: int
    sku: str
    at: datetime
    quantity: int


def add(
    memory: Memory, customer_id: int, levels: Sequence[tuple[str, int]], *, at: datetime, contact_id: int | None
) -> list[int]:
    """`levels` are (sku, quantity); their numbers."""
    return [
        memory.create(
            StockLevel, customer_id=customer_id, sku=sku, quantity=quantity, at=at, contact_id=contact_id
        ).id
        for sku, quantity in levels
    ]  # fmt: skip


def list_from(memory: Memory, customer_id: int, contact_ids: Collection[int]) -> list[int]:
    """Numbers of what these contacts told and that still holds."""
    memory.flush()
    statement = select(LEVELS.c.id).where(
        LEVELS.c.customer_id == customer_id, LEVELS.c.contact_id.in_(list(contact_ids)), LEVELS.c.withdrawn_at.is_(None)
    )
    return list(memory.connection().execute(statement).scalars())


def withdraw(memory: Memory, customer_id: int, ids: Collection[int], now: datetime) -> int:
    """Take back what was told; how many there were."""
    statement = update(LEVELS).where(
        LEVELS.c.customer_id == customer_id, LEVELS.c.id.in_(list(ids)), LEVELS.c.withdrawn_at.is_(None)
    )
    return memory.connection().execute(statement.values(withdrawn_at=now)).rowcount


def list_told(memory: Memory, customer_ids: Collection[int], since: datetime) -> list[Moved]:
    """What holds of what was told, oldest first."""
    memory.flush()
    statement = (
        select(LEVELS.c.customer_id, LEVELS.c.sku, LEVELS.c.at, LEVELS.c.quantity)
        .where(LEVELS.c.customer_id.in_(list(customer_ids)), LEVELS.c.at > since, LEVELS.c.withdrawn_at.is_(None))
        .order_by(LEVELS.c.at, LEVELS.c.id)
    )
    return [Moved(*row) for row in memory.connection().execute(statement)]


def find_told_at(memory: Memory, customer_ids: Collection[int]) -> dict[int, datetime]:
    """When each told anything last that holds; who never did is not in it."""
    memory.flush()
    last = func.max(LEVELS.c.at, type_=LEVELS.c.at.type)
    statement = select(LEVELS.c.customer_id, last).where(
        LEVELS.c.customer_id.in_(list(customer_ids)), LEVELS.c.withdrawn_at.is_(None)
    )
    return {one: at for one, at in memory.connection().execute(statement.group_by(LEVELS.c.customer_id))}


def list_bought(memory: Memory, customer_ids: Collection[int], since: datetime) -> list[Moved]:
    """Lines of their orders, oldest first; what a refund took back is negative."""
    memory.flush()
    statement = (
        select(ORDERS.c.customer_id, LINES.c.sku, ORDERS.c.ordered_at, LINES.c.quantity)
        .join(LINES, LINES.c.order_id == ORDERS.c.id)
        .where(ORDERS.c.customer_id.in_(list(customer_ids)), ORDERS.c.ordered_at > since)
        .order_by(ORDERS.c.ordered_at, LINES.c.id)
    )
    return [Moved(*row) for row in memory.connection().execute(statement)]
