"""Customers by what they first came by, with what they bought and will bring."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, case, cast, func, select

from storage.database import Memory
from storage.models import Customer, Figures, table_of

CUSTOMERS, FIGURES = table_of(Customer), table_of(Figures)


class Lead(NamedTuple):
    """`won`: those who bought something; money in minor units. Of those who switched profiling off no more is known
    than that they came. `name` None: nobody noted by what."""

    name: str | None
    customers: int
    won: int
    spent: int
    present_value: int  # of those won
    expected: int = 0  # of those who bought nothing yet


def count(memory: Memory) -> list[Lead]:
    """By name; those of whom it is not known last."""
    name = func.nullif(CUSTOMERS.c.lead_source, "").label("lead")
    statement = (
        select(
            name, func.count(), func.coalesce(func.sum(case((FIGURES.c.orders > 0, 1), else_=0)), 0),
            cast(func.coalesce(func.sum(FIGURES.c.spent), 0), BigInteger),
            func.coalesce(func.sum(case((FIGURES.c.orders > 0, FIGURES.c.present_value))), 0.0),
            func.coalesce(func.sum(case((FIGURES.c.orders == 0, FIGURES.c.present_value))), 0.0),
        )
        .outerjoin(FIGURES, FIGURES.c.customer_id == CUSTOMERS.c.id)
        .group_by("lead")
    )  # fmt: skip
    found = [
        Lead(lead, customers, int(won), int(spent), round(worth), round(expected))
        for lead, customers, won, spent, worth, expected in memory.connection().execute(statement)
    ]
    return sorted(found, key=lambda one: (one.name is None, one.name or ""))
