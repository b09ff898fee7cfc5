"""Partners, who buy to sell on, and whose customers are whose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select, update

from storage.database import Memory
from storage.models import Customer, CustomerKind, Feedback, Figures, Order, table_of

CUSTOMERS, FIGURES, ORDERS, FEEDBACK = map(table_of, (Customer, Figures, Order, Feedback))
CHUNK = 500  # numbers in one statement


class Own(NamedTuple):
    """What a partner's own customers are, together; money in minor units. Whoever switched profiling off is only counted.
    `buyers` are those whose orders these are."""

    customers: int = 0
    orders: int = 0
    spent: int = 0
    present_value: int = 0
    buyers: int = 0


def list_ids(memory: Memory, among: Collection[int] | None = None) -> set[int]:
    """Of all customers, or of these."""
    statement = select(CUSTOMERS.c.id).where(CUSTOMERS.c.kind == CustomerKind.partner)
    if among is not None:
        statement = statement.where(CUSTOMERS.c.id.in_(list(among)))
    return set(memory.connection().execute(statement).scalars())


def list_all(memory: Memory) -> list[Customer]:
    """By name."""
    statement = select(Customer).where(Customer.kind == CustomerKind.partner).order_by(Customer.name, Customer.id)
    return list(memory.scalars(statement))


class Dealings(NamedTuple):
    """Orders of a partner, without refunds, and cases of theirs that are open."""

    orders: int = 0
    last_order_at: datetime | None = None
    open_cases: int = 0


def sum_dealings(memory: Memory, partner_ids: Collection[int]) -> dict[int, Dealings]:
    connection, ids = memory.connection(), list(partner_ids)
    last = func.max(ORDERS.c.ordered_at, type_=ORDERS.c.ordered_at.type)
    ordered = (
        select(ORDERS.c.customer_id, func.count(), last)
        .where(ORDERS.c.customer_id.in_(ids), ORDERS.c.total > 0)
        .group_by(ORDERS.c.customer_id)
    )
    waiting = (
        select(FEEDBACK.c.customer_id, func.count())
        .where(FEEDBACK.c.customer_id.in_(ids), FEEDBACK.c.status == "open")
        .group_by(FEEDBACK.c.customer_id)
    )
    found = {one: Dealings(count, at) for one, count, at in connection.execute(ordered)}
    for one, count in connection.execute(waiting):
        found[one] = found.get(one, Dealings())._replace(open_cases=count)
    return found


def list_own(memory: Memory, partner_id: int) -> list[int]:
    statement = select(CUSTOMERS.c.id).where(CUSTOMERS.c.partner_id == partner_id).order_by(CUSTOMERS.c.id)
    return list(memory.connection().execute(statement).scalars())


def list_names(memory: Memory, partner_id: int, most: int) -> list[str]:
    """Of own customers, who came last first: for staff alone."""
    statement = select(CUSTOMERS.c.name).where(CUSTOMERS.c.partner_id == partner_id).order_by(CUSTOMERS.c.id.desc())
    return list(memory.connection().execute(statement.limit(most)).scalars())


def sum_own(memory: Memory, partner_ids: Collection[int]) -> dict[int, Own]:
    """By partner; who has none is not in it."""
    statement = (
        select(
            CUSTOMERS.c.partner_id, func.count(), func.coalesce(func.sum(FIGURES.c.orders), 0),
            func.coalesce(func.sum(FIGURES.c.spent), 0), func.coalesce(func.sum(FIGURES.c.present_value), 0),
            func.coalesce(func.sum(case((FIGURES.c.orders > 0, 1), else_=0)), 0),
        )
        .outerjoin(FIGURES, FIGURES.c.customer_id == CUSTOMERS.c.id)
        .where(CUSTOMERS.c.partner_id.in_(list(partner_ids)))
        .group_by(CUSTOMERS.c.partner_id)
    )  # fmt: skip
    memory.flush()
    return {partner: Own(*map(int, sums)) for partner, *sums in memory.connection().execute(statement)}


def assign(
    memory: Memory, customer_ids: Collection[int], partner_id: int | None, *, only_of: int | None = None
) -> None:
    """They are this partner's customers from now on; `only_of`: those alone that are that one's now."""
    ids = list(customer_ids)
    for start in range(0, len(ids), CHUNK):
        statement = update(CUSTOMERS).where(CUSTOMERS.c.id.in_(ids[start : start + CHUNK]))
        if only_of is not None:
            statement = statement.where(CUSTOMERS.c.partner_id == only_of)
        memory.connection().execute(statement.values(partner_id=partner_id))


def let_go(memory: Memory, partner_ids: Collection[int]) -> None:
    """Partners go: their customers are nobody's."""
    statement = update(CUSTOMERS).where(CUSTOMERS.c.partner_id.in_(list(partner_ids)))
    memory.connection().execute(statement.values(partner_id=None))
