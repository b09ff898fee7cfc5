"""What reports sum up: the value of tiers, how customers moved between them, and who bought again in later months."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, DateTime, cast, extract, func, select, type_coerce
from sqlalchemy.types import BigInteger, Integer

from storage.database import Memory
from storage.models import Customer, CustomerKind, Order, TierChange, table_of

CUSTOMERS, ORDERS, CHANGES = table_of(Customer), table_of(Order), table_of(TierChange)


class Held(NamedTuple):
    """A tier: how many have it, and their present value together in minor units (None: no forecast)."""

    tier: str
    customers: int
    value: int | None


def sum_tiers(memory: Memory, *, partners: bool = False) -> list[Held]:
    """Of all customers, or of partners alone."""
    value = cast(CUSTOMERS.c.value["present_value"].as_integer(), BigInteger)
    statement = select(CUSTOMERS.c.tier, func.count(), func.sum(value)).group_by(CUSTOMERS.c.tier)
    if partners:
        statement = statement.where(CUSTOMERS.c.kind == CustomerKind.partner)
    return [
        Held(tier, count, None if total is None else int(total))
        for tier, count, total in memory.connection().execute(statement)
    ]


def count_moves(memory: Memory, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """From the tier each had at `since` to the one at `until`; who had the same then is left out."""
    changes = (
        select(CHANGES.c.customer_id, CHANGES.c.before, CHANGES.c.after)
        .where(CHANGES.c.at > since, CHANGES.c.at <= until)
        .order_by(CHANGES.c.id)
    )
    first: dict[int, str] = {}
    last: dict[int, str] = {}
    for customer_id, before, after in memory.connection().execute(changes):
        first.setdefault(customer_id, before)
        last[customer_id] = after
    counted: dict[tuple[str, str], int] = {}
    for customer_id, before in first.items():
        if before != last[customer_id]:
            move = before, last[customer_id]
            counted[move] = counted.get(move, 0) + 1
    return counted


class Returned(NamedTuple):
    """Customers of one month's first orders who bought in a month. Months are counted from year 0."""

    first: int
    month: int
    customers: int


def count_returns(memory: Memory, until: datetime, ahead: timedelta) -> list[Returned]:
    """By month of the first order and month of buying; refunds are no orders. `ahead`: of the business's clocks to UTC."""
    month = month_of(memory.connection().dialect.name, ahead)
    bought = (
        select(ORDERS.c.customer_id, month.label("month"))
        .where(ORDERS.c.ordered_at <= until, ORDERS.c.total >= 0)
        .group_by(ORDERS.c.customer_id, "month")
        .subquery()
    )
    first = func.min(bought.c.month).over(partition_by=bought.c.customer_id).label("first")
    known = select(bought.c.month, first).subquery()
    statement = (
        select(known.c.first, known.c.month, func.count())
        .group_by(known.c.first, known.c.month)
        .order_by(known.c.first, known.c.month)
    )
    return [Returned(*map(int, row)) for row in memory.connection().execute(statement)]


def month_of(dialect: str, ahead: timedelta) -> ColumnElement[int]:
    """Of an order, counted from year 0."""
    seconds = int(ahead.total_seconds())
    year: ColumnElement[Any]
    month: ColumnElement[Any]
    if dialect == "sqlite":
        local = func.datetime(ORDERS.c.ordered_at, f"{seconds:+d} seconds")
        year, month = func.strftime("%Y", local), func.strftime("%m", local)
    else:
        moved = type_coerce(ORDERS.c.ordered_at, DateTime(timezone=True)) + timedelta(seconds=seconds)
        year, month = extract("year", moved), extract("month", moved)
    return cast(cast(year, Integer) * 12 + cast(month, Integer) - 1, Integer)
