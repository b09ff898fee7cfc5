"""What the report on demand counts: who there is, what they told of home, what changed there, what they bought."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from storage.database import Memory
from storage.figures import select_unprofiled
from storage.models import (
    CatalogueItem,
    Customer,
    CustomerKind,
    Event,
    Fact,
    Order,
    OrderLine,
    table_of,
)

CUSTOMERS, FACTS, EVENTS = map(table_of, (Customer, Fact, Event))
ORDERS, LINES, ITEMS = map(table_of, (Order, OrderLine, CatalogueItem))


class Told(NamedTuple):
    """A fact of home that holds."""

    customer_id: int
    kind: str
    value: str
    person: str | None
    date: str | None
    since: datetime


def list_people(memory: Memory) -> set[int]:
    """All who buy for a household of their own: no partner or firm, and nobody who switched profiling off."""
    statement = select(CUSTOMERS.c.id).where(
        CUSTOMERS.c.kind == CustomerKind.person, CUSTOMERS.c.id.not_in(select_unprofiled())
    )
    return set(memory.connection().execute(statement).scalars())


def list_told(memory: Memory) -> list[Told]:
    """Of people of theirs, and of themselves what stands in demographics or is a date; no health."""
    columns = [FACTS.c[name] for name in Told._fields]
    about = or_(FACTS.c.kind.in_(["occasion", "demographic"]), FACTS.c.person.is_not(None))
    statement = select(*columns).where(
        about, FACTS.c.kind != "restriction", FACTS.c.superseded_by.is_(None), FACTS.c.forgotten_at.is_(None)
    )
    return [Told(*row) for row in memory.connection().execute(statement)]


def count_changes(memory: Memory, since: datetime, until: datetime) -> Counter[tuple[int, str]]:
    """Of each customer, how often each kind of change was told in that time; without those whose fact was taken back."""
    statement = select(EVENTS.c.customer_id, EVENTS.c.reference, EVENTS.c.data).where(
        EVENTS.c.kind == "life_change", EVENTS.c.at > since, EVENTS.c.at <= until
    )
    forgotten = select(FACTS.c.id).where(FACTS.c.kind.in_(["occasion", "demographic"]), FACTS.c.forgotten_at > since)
    gone = set(map(str, memory.connection().execute(forgotten).scalars()))
    return Counter(
        (customer_id, str(data["what"]))
        for customer_id, reference, data in memory.connection().execute(statement)
        if reference.partition(":")[0] not in gone
    )


def list_categories(memory: Memory, since: datetime, until: datetime) -> list[tuple[int, str]]:
    """(customer, category) of whatever each bought in that time."""
    statement = (
        select(ORDERS.c.customer_id, ITEMS.c.category)
        .join(LINES, LINES.c.order_id == ORDERS.c.id)
        .join(ITEMS, ITEMS.c.sku == LINES.c.sku)
        .where(
            and_(ORDERS.c.ordered_at > since, ORDERS.c.ordered_at <= until, ORDERS.c.total > 0, LINES.c.quantity > 0)
        )
        .group_by(ORDERS.c.customer_id, ITEMS.c.category)
    )
    return [(customer_id, category) for customer_id, category in memory.connection().execute(statement)]


def count_all(memory: Memory) -> int:
    """How many people there are, whether profiled or not."""
    statement = select(func.count()).where(CUSTOMERS.c.kind == CustomerKind.person)
    return memory.connection().execute(statement).scalar_one()
