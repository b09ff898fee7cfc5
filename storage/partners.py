"""Partners, who buy to sell on, and whose customers are whose."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select, update

from storage.database import Memory
from storage.models import Customer, CustomerKind, Figures, table_of

CUSTOMERS, FIGURES = table_of(Customer), table_of(Figures)


class Own(NamedTuple):
    """What a partner's own customers are, together; money in minor units. Whoever switched profiling off is only counted."""

    customers: int = 0
    orders: int = 0
    spent: int = 0
    present_value: int = 0


def list_ids(memory: Memory) -> set[int]:
    return set(
        memory.connection().execute(select(CUSTOMERS.c.id).where(CUSTOMERS.c.kind == CustomerKind.partner)).scalars()
    )


def list_all(memory: Memory) -> list[Customer]:
    """By name."""
    statement = select(Customer).where(Customer.kind == CustomerKind.partner).order_by(Customer.name, Customer.id)
    return list(memory.scalars(statement))


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
    statement = update(CUSTOMERS).where(CUSTOMERS.c.id.in_(list(customer_ids)))
    if only_of is not None:
        statement = statement.where(CUSTOMERS.c.partner_id == only_of)
    memory.connection().execute(statement.values(partner_id=partner_id))


def let_go(memory: Memory, partner_ids: Collection[int]) -> None:
    """Partners go: their customers are nobody's."""
    statement = update(CUSTOMERS).where(CUSTOMERS.c.partner_id.in_(list(partner_ids)))
    memory.connection().execute(statement.values(partner_id=None))
