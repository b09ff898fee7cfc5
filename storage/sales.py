"""What was sold, split by something orders, their customers or their lines have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select

from storage.database import Memory
from storage.models import TERMS, CatalogueItem, Customer, Order, OrderLine, table_of
from storage.reports import month_of

ORDERS, LINES, ITEMS, CUSTOMERS = table_of(Order), table_of(OrderLine), table_of(CatalogueItem), table_of(Customer)
BY_ORDER: dict[str, ColumnElement[Any]] = {
    "source": ORDERS.c.source,
    "tier": CUSTOMERS.c.tier,
    "group": CUSTOMERS.c.value_group,
    "city": CUSTOMERS.c.city,
    "language": CUSTOMERS.c.language,
    "kind": CUSTOMERS.c.kind,
    "lead_source": CUSTOMERS.c.lead_source,
    **{name: ORDERS.c.terms[name].as_string() for name in TERMS},
}
BY_LINE: dict[str, ColumnElement[Any]] = {"category": ITEMS.c.category, "item": LINES.c.sku}
MONTH = "month"
SPLIT = "split_by"  # a label that is no column's name: GROUP BY would take the column
SPLITS = (*BY_ORDER, MONTH, *BY_LINE)


class Sold(NamedTuple):
    """`sales` in minor units, refunds taken off; by line: of lines whose price is known. `name` None: not known."""

    name: Any
    orders: int
    customers: int
    sales: int


def split(
    memory: Memory, by: str, *, since: datetime, until: datetime, currency: str, ahead: timedelta
) -> list[Sold]:  # fmt: skip
    """Largest sales first; months by time, counted from year 0. Raises KeyError for what orders are not split by."""
    if by in BY_LINE:
        statement = _by_line(BY_LINE[by])
    else:
        month = month_of(memory.connection().dialect.name, ahead) if by == MONTH else None
        statement = _by_order(month if month is not None else BY_ORDER[by])
    chosen = statement.where(ORDERS.c.ordered_at > since, ORDERS.c.ordered_at <= until, ORDERS.c.currency == currency)
    found = [Sold(name, int(orders), int(customers), int(sales or 0))
             for name, orders, customers, sales in memory.connection().execute(chosen)]  # fmt: skip
    if by == MONTH:
        return sorted(found, key=lambda one: one.name)
    return sorted(found, key=lambda one: (-one.sales, str(one.name)))


def list_popular(memory: Memory, *, since: datetime, orders: int, most: int) -> list[tuple[str, int]]:
    """Items bought by most customers and how many they were, of so many orders that were entered last: bounded, for it runs within a visit."""
    newest = select(ORDERS.c.id, ORDERS.c.customer_id, ORDERS.c.ordered_at).order_by(ORDERS.c.id.desc()).limit(orders)
    entered = newest.subquery()
    customers = func.count(entered.c.customer_id.distinct())
    statement = (
        select(LINES.c.sku, customers)
        .join(entered, entered.c.id == LINES.c.order_id)
        .where(LINES.c.sku.is_not(None), entered.c.ordered_at > since)
        .group_by(LINES.c.sku)
        .order_by(customers.desc(), LINES.c.sku)
        .limit(most)
    )
    return [(str(sku), int(number)) for sku, number in memory.connection().execute(statement)]


def _by_order(column: ColumnElement[Any]) -> Select[Any]:
    name = func.nullif(column, "") if column.type.python_type is str else column
    bought = case((ORDERS.c.total >= 0, 1), else_=0)
    return (
        select(name.label(SPLIT), func.sum(bought), func.count(ORDERS.c.customer_id.distinct()), func.sum(ORDERS.c.total))
        .join(CUSTOMERS, CUSTOMERS.c.id == ORDERS.c.customer_id)
        .group_by(SPLIT)
    )  # fmt: skip


def _by_line(column: ColumnElement[Any]) -> Select[Any]:
    paid = cast(func.sum(LINES.c.quantity * LINES.c.price), BigInteger)
    return (
        select(
            func.nullif(column, "").label(SPLIT), func.count(ORDERS.c.id.distinct()),
            func.count(ORDERS.c.customer_id.distinct()), paid,
        )
        .join(LINES, LINES.c.order_id == ORDERS.c.id)
        .outerjoin(ITEMS, ITEMS.c.sku == LINES.c.sku)
        .group_by(SPLIT)
    )  # fmt: skip
