"""What customers bought, summed up as the model of lifetime value takes it: days with an order, and money of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select

from storage.database import Memory
from storage.models import Order, table_of

ORDERS = table_of(Order)
DAY_SECONDS = 86_400


class Bought(NamedTuple):
    """One customer's orders by UTC days since 1970. A refund is no order, but lessens `repeat_spent`."""

    customer_id: int
    days: int
    first_day: int
    last_day: int
    repeat_spent: int  # minor units, without the first day


def day_of(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp()) // DAY_SECONDS


def load(
    memory: Memory, *, until: datetime, currency: str, since: datetime | None = None,
    customer_ids: Sequence[int] | None = None,
) -> list[Bought]:  # fmt: skip
    """By customer id; who bought nothing is not in it. Money in other currencies is left out."""
    connection = memory.connection()
    day = _day(connection.dialect.name)
    money = case((ORDERS.c.currency == currency, ORDERS.c.total), else_=0)
    daily: Any = (
        select(
            ORDERS.c.customer_id,
            day.label("day"),
            func.sum(money).label("spent"),
            func.max(ORDERS.c.total).label("largest"),
        )
        .where(ORDERS.c.ordered_at <= until)
        .group_by(ORDERS.c.customer_id, "day")
    )
    if since is not None:
        daily = daily.where(ORDERS.c.ordered_at > since)
    if customer_ids is not None:
        daily = daily.where(ORDERS.c.customer_id.in_(customer_ids))
    days = daily.subquery()
    is_bought = days.c.largest >= 0
    first = func.min(case((is_bought, days.c.day))).over(partition_by=days.c.customer_id).label("first")
    marked = select(days, first).subquery()
    statement = (
        select(
            marked.c.customer_id,
            func.sum(case((marked.c.largest >= 0, 1), else_=0)),
            func.min(marked.c.first),
            func.max(case((marked.c.largest >= 0, marked.c.day))),
            cast(func.sum(case((marked.c.day > marked.c.first, marked.c.spent), else_=0)), BigInteger),
        )
        .where(marked.c.first.is_not(None))
        .group_by(marked.c.customer_id)
        .order_by(marked.c.customer_id)
    )
    return [Bought(*map(int, row)) for row in connection.execute(statement)]


def _day(dialect: str) -> ColumnElement[int]:
    if dialect == "sqlite":
        return cast(cast(func.strftime("%s", ORDERS.c.ordered_at), BigInteger).op("/")(DAY_SECONDS), BigInteger)
    return cast(func.floor(extract("epoch", ORDERS.c.ordered_at) / DAY_SECONDS), BigInteger)
