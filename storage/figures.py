"""Figures of customers, renewed when they are classed: one statement for a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Memory
from storage.models import Consent, Customer, Figures, Order, Purpose, table_of

CUSTOMERS, ORDERS, FIGURES, CONSENTS = map(table_of, (Customer, Order, Figures, Consent))
COLUMNS = [column.name for column in FIGURES.c]
WORTH = ("present_value", "expected_orders", "alive")


def renew(memory: Memory, customer_ids: Sequence[int], currency: str) -> None:
    """Bring the figures of these customers up to their orders and value; rows that would stay the same are left alone."""
    if not customer_ids:
        return
    memory.flush()
    connection = memory.connection()
    connection.execute(delete(FIGURES).where(FIGURES.c.customer_id.in_(select_unprofiled(customer_ids))))
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](FIGURES)
    added = insert.from_select(COLUMNS, _sum_up(customer_ids, currency))
    renewed = {name: added.excluded[name] for name in COLUMNS if name != "customer_id"}
    differs = or_(*(FIGURES.c[name].is_distinct_from(value) for name, value in renewed.items()))
    connection.execute(added.on_conflict_do_update(index_elements=["customer_id"], set_=renewed, where=differs))


def _sum_up(customer_ids: Sequence[int], currency: str) -> Any:
    # A refund is no order: only what was bought for money dates the first and the last.
    bought_at = case((ORDERS.c.total > 0, ORDERS.c.ordered_at))
    worth = [CUSTOMERS.c.value[name].as_float() for name in WORTH]
    stage = CUSTOMERS.c.value["stage"].as_string()
    prices = [CUSTOMERS.c.value[name].as_integer() for name in ("priced", "discounted")]
    return (
        select(
            CUSTOMERS.c.id, func.count(bought_at), func.coalesce(func.sum(ORDERS.c.total), 0), func.min(bought_at),
            func.max(bought_at), *worth, stage, *prices,
        )
        .outerjoin(ORDERS, and_(ORDERS.c.customer_id == CUSTOMERS.c.id, ORDERS.c.currency == currency))
        .where(CUSTOMERS.c.id.in_(customer_ids), CUSTOMERS.c.id.not_in(select_unprofiled(customer_ids)))
        .group_by(CUSTOMERS.c.id)
    )  # fmt: skip


def select_unprofiled(customer_ids: Sequence[int] | None = None) -> Select[Any]:
    """Those of them, or of all, who switched profiling off."""
    newest = select(func.max(CONSENTS.c.id)).where(CONSENTS.c.purpose == Purpose.profiling)
    if customer_ids is not None:
        newest = newest.where(CONSENTS.c.customer_id.in_(customer_ids))
    newest = newest.group_by(CONSENTS.c.customer_id)
    return select(CONSENTS.c.customer_id).where(CONSENTS.c.id.in_(newest), CONSENTS.c.granted.is_(False))


class Bought(NamedTuple):
    """The figures of one customer who bought something."""

    customer_id: int
    orders: int
    spent: int
    last_order_at: datetime


def load_buyers(memory: Memory, most: int) -> list[Bought]:
    """At most so many, spread over all by their number."""
    buyers = FIGURES.c.orders > 0
    count = memory.connection().execute(select(func.count()).select_from(FIGURES).where(buyers)).scalar_one()
    step = max(1, -(-count // most))
    statement = (
        select(FIGURES.c.customer_id, FIGURES.c.orders, FIGURES.c.spent, FIGURES.c.last_order_at)
        .where(buyers, FIGURES.c.customer_id % step == 0)
        .order_by(FIGURES.c.customer_id)
    )
    return [Bought(*row) for row in memory.connection().execute(statement)]
