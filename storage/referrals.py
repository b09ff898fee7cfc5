"""Who brought whom: customers' numbers, and no more of anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from storage.database import Memory
from storage.figures import select_unprofiled
from storage.models import Customer, Figures, Order, table_of

CUSTOMERS, FIGURES, ORDERS = table_of(Customer), table_of(Figures), table_of(Order)
LONGEST = 1000  # steps from customer to referrer that are followed


class Brought(NamedTuple):
    """A customer whom another brought. `profiled`: their value may be looked at."""

    customer_id: int
    has_bought: bool
    profiled: bool


class Referrer(NamedTuple):
    """Who brought customers, with what those who bought spent and will bring, in minor units."""

    customer_id: int
    name: str
    customers: int
    won: int
    spent: int
    present_value: int


def find_referrer(memory: Memory, customer_id: int) -> int | None:
    return memory.connection().execute(select(CUSTOMERS.c.referred_by).where(CUSTOMERS.c.id == customer_id)).scalar()


def is_brought_by(memory: Memory, customer_id: int, other: int, new: Mapping[int, int] | None = None) -> bool:
    """Whether `other` brought this customer, or who brought them, and so on. `new` are referrers not written yet."""
    at = customer_id
    for _ in range(LONGEST):
        by = (new or {}).get(at) or find_referrer(memory, at)
        if by is None or by == other:
            return by is not None
        at = by
    return True


def list_brought(memory: Memory, customer_ids: Sequence[int] | None = None) -> dict[int, list[Brought]]:
    """By who brought them: of these customers, or of all who brought somebody."""
    bought = select(ORDERS.c.id).where(ORDERS.c.customer_id == CUSTOMERS.c.id, ORDERS.c.total > 0).exists()
    statement = select(CUSTOMERS.c.referred_by, CUSTOMERS.c.id, bought).where(CUSTOMERS.c.referred_by.is_not(None))
    if customer_ids is not None:
        statement = statement.where(CUSTOMERS.c.referred_by.in_(customer_ids))
    rows = memory.connection().execute(statement.order_by(CUSTOMERS.c.id)).all()
    if not rows:
        return {}
    closed = set(memory.connection().execute(select_unprofiled([row[1] for row in rows])).scalars())
    found: dict[int, list[Brought]] = {}
    for referrer, customer_id, has_bought in rows:
        found.setdefault(referrer, []).append(Brought(customer_id, bool(has_bought), customer_id not in closed))
    return found


def list_who_brought(memory: Memory, customer_ids: Sequence[int]) -> list[int]:
    """Those who brought any of these, and are none of them."""
    by = CUSTOMERS.c.referred_by
    statement = select(by).where(CUSTOMERS.c.id.in_(customer_ids), by.is_not(None)).distinct().order_by(by)
    return sorted(set(memory.connection().execute(statement).scalars()).difference(customer_ids))


def list_referrers(memory: Memory, most: int) -> list[Referrer]:
    """Those who brought most customers who bought something."""
    brought = CUSTOMERS.alias()
    won = func.coalesce(func.sum(case((FIGURES.c.orders > 0, 1), else_=0)), 0).label("won")
    statement = (
        select(
            CUSTOMERS.c.id, CUSTOMERS.c.name, func.count(), won, func.coalesce(func.sum(FIGURES.c.spent), 0),
            func.coalesce(func.sum(case((FIGURES.c.orders > 0, FIGURES.c.present_value))), 0),
        )
        .join(brought, brought.c.referred_by == CUSTOMERS.c.id)
        .outerjoin(FIGURES, FIGURES.c.customer_id == brought.c.id)
        .group_by(CUSTOMERS.c.id, CUSTOMERS.c.name)
        .order_by(won.desc(), func.count().desc(), CUSTOMERS.c.id)
        .limit(most)
    )  # fmt: skip
    rows = memory.connection().execute(statement)
    return [
        Referrer(id_, name, count, int(won), int(spent), round(worth)) for id_, name, count, won, spent, worth in rows
    ]


def set_referrers(memory: Memory, referrers: Mapping[int, int | None]) -> None:
    """By customer."""
    if referrers:
        statement: Any = (
            update(CUSTOMERS).where(CUSTOMERS.c.id == bindparam("row")).values(referred_by=bindparam("referrer"))
        )
        memory.connection().execute(statement, [{"row": id_, "referrer": by} for id_, by in referrers.items()])


def release(memory: Memory, customer_ids: Sequence[int]) -> None:
    """These are gone: nobody is known to have been brought by them."""
    memory.connection().execute(
        update(CUSTOMERS).where(CUSTOMERS.c.referred_by.in_(customer_ids)).values(referred_by=None)
    )


def release_missing(memory: Memory, customer_ids: Sequence[int]) -> None:
    """These were brought by nobody, where the one who brought them is gone."""
    there = CUSTOMERS.alias()
    gone = ~select(there.c.id).where(there.c.id == CUSTOMERS.c.referred_by).exists()
    memory.connection().execute(
        update(CUSTOMERS).where(CUSTOMERS.c.id.in_(customer_ids), gone).values(referred_by=None)
    )
