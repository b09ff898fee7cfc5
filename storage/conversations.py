"""Where a conversation stands, and the contacts of one message through its edits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from storage import follow_ups
from storage.database import Memory
from storage.models import Contact, Conversation, Event, table_of
from storage.prepared import Prepared

_CONTACTS = table_of(Contact)
_MARK = {
    name: Prepared(update(_CONTACTS).where(_CONTACTS.c.id == bindparam("contact")).values({name: bindparam("given")}))
    for name in ("touchpoint", "feedback_id")
}
_EVENTS = table_of(Event)


def find(memory: Memory, customer_id: int) -> Conversation | None:
    return memory.get(Conversation, customer_id)


def mark_contact(memory: Memory, contact_id: int, **values: Any) -> None:
    """Complete a contact just logged: its touchpoint, the case it belongs to."""
    for name, value in values.items():
        _MARK[name].run(memory, contact=contact_id, given=value)


def list_versions(memory: Memory, customer_id: int, chat_id: int, message_id: int, before: int) -> Sequence[int]:
    """Ids of the contacts that an edited message was, before this one."""
    return memory.scalars(
        select(Contact.id)
        .where(
            Contact.customer_id == customer_id, Contact.chat_id == chat_id, Contact.message_id == message_id,
            Contact.direction == "in", Contact.kind != "press", Contact.id < before,
        )
        .order_by(Contact.id)
    ).all()  # fmt: skip


def withdraw_reminder(memory: Memory, customer_id: int, reference: str, now: datetime) -> bool:
    """A reminder asked for is not wanted any more, whether it is planned yet or not. False: nothing is left of it."""
    unplanned = memory.connection().execute(
        delete(_EVENTS).where(
            _EVENTS.c.customer_id == customer_id, _EVENTS.c.kind == "reminder", _EVENTS.c.reference == reference,
            _EVENTS.c.planned_at.is_(None),
        )
    )  # fmt: skip
    planned = follow_ups.cancel(memory, [customer_id], "withdrawn", now, rules=["reminder"], occurrences=[reference])
    return unplanned.rowcount + planned > 0
