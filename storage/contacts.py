"""The contact log: everything said, in either direction. Rows are added, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from storage.database import Memory
from storage.models import Contact, table_of
from storage.prepared import Insertion, Prepared

CONTACTS = table_of(Contact)
_INSERT = Insertion(CONTACTS)
_LAST_REVISION = Prepared(
    select(func.max(CONTACTS.c.id))
    .where(
        CONTACTS.c.customer_id == bindparam("customer"),
        CONTACTS.c.chat_id == bindparam("chat"),
        CONTACTS.c.message_id == bindparam("message"),
        CONTACTS.c.direction == "in",
        CONTACTS.c.kind != "press",
    )
    .limit(1)
)


def add(memory: Memory, *, customer_id: int, direction: str, kind: str, at: datetime, **more: Any) -> int:
    """Log one contact; returns its id. `more`: text, channel, chat_id, message_id, revises, touchpoint, file …"""
    values = {"channel": "telegram", "text": "", **more}
    values |= {"customer_id": customer_id, "direction": direction, "kind": kind, "at": at}
    return _INSERT.run(memory, **values)


def add_all(memory: Memory, rows: Sequence[dict[str, Any]]) -> None:
    """Log many at once; every row must have the same keys."""
    if rows:
        _INSERT.run_all(memory, rows)


def blank(memory: Memory, ids: Sequence[int]) -> None:
    """Contacts just logged whose words stand elsewhere."""
    memory.connection().execute(update(CONTACTS).where(CONTACTS.c.id.in_(ids)).values(text=""))


def find_revised(memory: Memory, customer_id: int, chat_id: int, message_id: int) -> int | None:
    """The newest contact that stands for this message: what an edit revises."""
    found: int | None = _LAST_REVISION.scalar(memory, customer=customer_id, chat=chat_id, message=message_id)
    return found


def list_recent(memory: Memory, customer_id: int, most: int = 20) -> Sequence[Contact]:
    return memory.scalars(
        select(Contact).where(Contact.customer_id == customer_id).order_by(Contact.id.desc()).limit(most)
    ).all()


def count(memory: Memory, customer_id: int) -> int:
    return memory.scalar(select(func.count()).select_from(Contact).where(Contact.customer_id == customer_id)) or 0
