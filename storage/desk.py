"""What staff do at their desk, as rows: whom a message was about, slips taken back, colleagues who leave."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, update

from storage import follow_ups, meta, orders
from storage.database import Memory
from storage.models import Contact, Event, Order, OutboxMessage, Staff, table_of

CONTACTS, OUTBOX = table_of(Contact), table_of(OutboxMessage)


class About(NamedTuple):
    """A message the bot sent: which one, and whom it was about."""

    customer_id: int | None
    message_name: str | None


def find_about(memory: Memory, chat_id: int, message_id: int) -> About | None:
    """The newest of ours that stands under this number in this chat; None when it is long ago, or not ours."""
    statement = (
        select(OUTBOX.c.customer_id, OUTBOX.c.message_name)
        .where(OUTBOX.c.chat_id == chat_id, OUTBOX.c.message_id == message_id)
        .order_by(OUTBOX.c.id.desc())
        .limit(1)
    )
    row = memory.connection().execute(statement).first()
    return About(*row) if row else None


def withdraw_note(memory: Memory, contact_id: int, staff_id: int) -> bool:
    """A note its writer takes back: no longer shown or counted. False: it is not theirs, or gone already."""
    statement = (
        update(CONTACTS)
        .where(
            CONTACTS.c.id == contact_id,
            CONTACTS.c.staff_id == staff_id,
            CONTACTS.c.direction == "note",
            CONTACTS.c.kind == "note",
        )
        .values(kind="withdrawn")
    )
    return memory.connection().execute(statement).rowcount == 1


def withdraw_contact(memory: Memory, contact_id: int) -> None:
    """The contact an order entered by mistake had made."""
    memory.execute(update(CONTACTS).where(CONTACTS.c.id == contact_id).values(kind="withdrawn"))


def remove_order(memory: Memory, order_id: int, now: datetime) -> int | None:
    """Take out an order that was entered or placed by mistake, and what it would have led to; returns whose it was."""
    order = memory.get(Order, order_id)
    if order is None or order.source not in (orders.COUNTER, orders.CHAT):
        return None
    memory.execute(
        delete(Event).where(Event.kind == "order", Event.reference == str(order_id), Event.planned_at.is_(None))
    )
    follow_ups.cancel(
        memory, [order.customer_id], "withdrawn", now, rules=["after_purchase"], occurrences=[str(order_id)]
    )
    memory.delete(order)
    memory.flush()
    return order.customer_id


def remove_member(memory: Memory, telegram_id: int, now: datetime) -> Staff | None:
    """A colleague leaves: nothing of staff is theirs from now on. Their row stays, for the audit."""
    member = memory.scalar(select(Staff).where(Staff.telegram_id == telegram_id, Staff.removed_at.is_(None)))
    if member is not None:
        member.removed_at = now
        memory.flush()
        meta.bump(memory, meta.TEAM)
    return member


def get_member(memory: Memory, staff_id: int | None) -> Staff | None:
    return memory.get(Staff, staff_id) if staff_id is not None else None


def list_notes(memory: Memory, customer_id: int, most: int = 3) -> list[Contact]:
    """What colleagues noted, newest first."""
    statement = (
        select(Contact)
        .where(Contact.customer_id == customer_id, Contact.direction == "note", Contact.kind == "note")
        .order_by(Contact.id.desc())
        .limit(most)
    )
    return list(memory.scalars(statement))
