"""Customers and their identities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from storage.database import Memory
from storage.memory import Pair, Selection
from storage.models import Conversation, Customer, Identity, table_of
from storage.prepared import Prepared

CUSTOMERS = table_of(Customer)
IDENTITIES = table_of(Identity)

_GLANCE = Prepared(
    select(CUSTOMERS.c.id, CUSTOMERS.c.language, CUSTOMERS.c.time_zone)
    .join(IDENTITIES, IDENTITIES.c.customer_id == CUSTOMERS.c.id)
    .where(IDENTITIES.c.kind == bindparam("kind"), IDENTITIES.c.value == bindparam("value"))
)
_FIND = Selection(
    Customer,
    Customer.id == Identity.customer_id,
    Identity.kind == bindparam("kind"),
    Identity.value == bindparam("value"),
)
_BOTH = Pair(
    Customer,
    Conversation,
    Conversation.customer_id == Customer.id,
    Customer.id == Identity.customer_id,
    Identity.kind == bindparam("kind"),
    Identity.value == bindparam("value"),
)


class Glance(NamedTuple):
    """As much of a customer as understanding needs."""

    id: int
    language: str
    time_zone: str | None


def glance(memory: Memory, kind: str, value: str) -> Glance | None:
    row = _GLANCE.first(memory, kind=kind, value=value)
    return Glance(*row) if row else None


def find(memory: Memory, kind: str, value: str) -> Customer | None:
    return _FIND.first(memory, kind=kind, value=value)


def find_with_conversation(memory: Memory, kind: str, value: str) -> tuple[Customer, Conversation | None] | None:
    return _BOTH.first(memory, kind=kind, value=value)


def get(memory: Memory, customer_id: int) -> Customer | None:
    return memory.get(Customer, customer_id)


def add(memory: Memory, *, name: str, language: str, now: datetime, **more: Any) -> Customer:
    return memory.create(Customer, name=name, language=language, created_at=now, **more)


def link(memory: Memory, customer_id: int, kind: str, value: str, now: datetime) -> Identity:
    """Raises IntegrityError where the identity is somebody's already: look first, merge on purpose."""
    return memory.create(Identity, customer_id=customer_id, kind=kind, value=value, created_at=now)


def vouch(memory: Memory, kind: str, value: str) -> None:
    """The identity is known from its owner from now on: taking back the file that brought it leaves it."""
    known = Identity.kind == kind, Identity.value == value
    memory.execute(update(Identity).where(*known).values(import_id=None))


def list_identities(memory: Memory, customer_id: int) -> Sequence[Identity]:
    return memory.scalars(select(Identity).where(Identity.customer_id == customer_id).order_by(Identity.id)).all()


def find_telegram_id(memory: Memory, customer_id: int) -> int | None:
    """The private chat in which a customer can be reached."""
    statement = (
        select(Identity.value)
        .where(Identity.customer_id == customer_id, Identity.kind == "telegram")
        .order_by(Identity.id.desc())
        .limit(1)
    )
    value = memory.scalar(statement)
    return int(value) if value is not None else None
