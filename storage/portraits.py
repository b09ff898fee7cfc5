"""Customers looked at: listings, counts, and the names they are searched by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from storage.database import Memory
from storage.models import Contact, Customer, Event, Fact, Feedback, Identity, Order, table_of
from storage.spelling import spell

CUSTOMERS, IDENTITIES = table_of(Customer), table_of(Identity)
CONTACTS, ORDERS = table_of(Contact), table_of(Order)
COUNTED = {"orders": Order, "contacts": Contact}


class Named(NamedTuple):
    """As much of a customer as a search looks at."""

    id: int
    name: str
    tags: list[str]


def list_customers(memory: Memory, *, after: int = 0, most: int | None = None) -> Sequence[Customer]:
    """By id, those after `after`."""
    return memory.scalars(select(Customer).where(Customer.id > after).order_by(Customer.id).limit(most)).all()


def count_all(memory: Memory) -> int:
    """How many customers there are."""
    return memory.scalar(select(func.count()).select_from(CUSTOMERS)) or 0


def count_per_customer(memory: Memory, what: str, ids: Sequence[int]) -> dict[int, int]:
    """How many `orders` or `contacts` each has."""
    if not ids:
        return {}
    table = table_of(COUNTED[what])
    statement = (
        select(table.c.customer_id, func.count())
        .where(table.c.customer_id.between(min(ids), max(ids)))
        .group_by(table.c.customer_id)
    )
    return {customer_id: count for customer_id, count in memory.connection().execute(statement)}


def list_facts(memory: Memory, customer_id: int) -> list[tuple[Fact, Contact | None]]:
    """All but the forgotten, superseded ones too, oldest first; each with the contact it came from."""
    rows = memory.execute(
        select(Fact, Contact)
        .outerjoin(Contact, Contact.id == Fact.contact_id)
        .where(Fact.customer_id == customer_id, Fact.forgotten_at.is_(None))
        .order_by(Fact.id)
    )
    return [(fact, contact) for fact, contact in rows]


def list_feedback(memory: Memory, customer_id: int) -> Sequence[Feedback]:
    return memory.scalars(select(Feedback).where(Feedback.customer_id == customer_id).order_by(Feedback.id)).all()


def list_names(memory: Memory, most: int) -> list[Named]:
    """Whom a search may find, those seen last first."""
    statement = (
        select(CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.tags)
        .order_by(CUSTOMERS.c.last_contact_at.desc().nulls_last(), CUSTOMERS.c.id.desc())
        .limit(most)
    )
    return [Named(*row) for row in memory.connection().execute(statement)]


def count_named(memory: Memory, name: str) -> int:
    """How many are called so, whatever the case."""
    named = func.lower(CUSTOMERS.c.name).in_(spell(name.lower()))
    return memory.scalar(select(func.count()).select_from(CUSTOMERS).where(named)) or 0


def find_by_digits(memory: Memory, digits: str, most: int) -> list[int]:
    """Customers in whose phone number these digits stand together."""
    statement = (
        select(IDENTITIES.c.customer_id)
        .where(IDENTITIES.c.kind == "phone", IDENTITIES.c.value.contains(digits, autoescape=True))
        .order_by(IDENTITIES.c.id)
        .limit(most)
    )
    return list(dict.fromkeys(memory.connection().execute(statement).scalars()))


def get_all(memory: Memory, ids: Sequence[int]) -> list[Customer]:
    """These customers, in this order."""
    found = {one.id: one for one in memory.scalars(select(Customer).where(Customer.id.in_(ids)))}
    return [found[id_] for id_ in ids if id_ in found]


def count_notes(memory: Memory) -> dict[int, int]:
    """How many notes each member of staff has contributed."""
    statement = (
        select(CONTACTS.c.staff_id, func.count())
        .where(CONTACTS.c.direction == "note", CONTACTS.c.kind == "note", CONTACTS.c.staff_id.is_not(None))
        .group_by(CONTACTS.c.staff_id)
    )
    return {staff_id: count for staff_id, count in memory.connection().execute(statement)}


def is_empty(memory: Memory) -> bool:
    """Nobody and nothing is here yet: no customer, no order, no event."""
    return all(
        memory.connection().execute(select(table_of(model).c.id).limit(1)).first() is None
        for model in (Customer, Order, Event)
    )
