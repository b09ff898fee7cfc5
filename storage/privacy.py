"""All that is held on one person: to hand it over, and to erase it."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import households, partners, referrals
from storage.database import Memory
from storage.models import (
    AuditEntry,
    Base,
    BulletinRead,
    ButtonToken,
    Consent,
    Contact,
    Conversation,
    Customer,
    Erasure,
    Event,
    Fact,
    Feedback,
    FollowUp,
    Identity,
    InboxState,
    InboxUpdate,
    Order,
    OrderLine,
    OutboxMessage,
    OutboxState,
    QuestionAsked,
    SharedKey,
    Staff,
    StockLevel,
    TierChange,
    table_of,
)

HELD: dict[str, type[Base]] = {
    "identities": Identity,
    "shared_keys": SharedKey,
    "consents": Consent,
    "facts": Fact,
    "feedback": Feedback,
    "orders": Order,
    "tier_changes": TierChange,
    "follow_ups": FollowUp,
    "questions": QuestionAsked,
    "events": Event,
    "contacts": Contact,
    "stock_levels": StockLevel,
    "bulletins_read": BulletinRead,
}
"""Tables a person finds in their export, by the name they have there."""
INNER = {"customer_id", "outbox_id", "staff_id", "owner_id", "planned_at"}
"""Columns that say nothing about the person: our own bookkeeping, our staff."""
CUSTOMERS, CONTACTS = table_of(Customer), table_of(Contact)
INBOX, OUTBOX, AUDIT, STAFF = table_of(InboxUpdate), table_of(OutboxMessage), table_of(AuditEntry), table_of(Staff)
ERASURES, BUTTONS = table_of(Erasure), table_of(ButtonToken)
NOTHING = "{}"


def load_held(memory: Memory, customer_id: int) -> dict[str, Any]:
    """Everything, by table, as stored; the customer's own row under `customer`."""
    connection = memory.connection()
    memory.flush()
    row = connection.execute(select(CUSTOMERS).where(CUSTOMERS.c.id == customer_id)).mappings().one()
    held: dict[str, Any] = {"customer": {name: value for name, value in row.items() if name != "tier_set_by"}}
    for name, model in HELD.items():
        held[name] = _rows(memory, model, customer_id)
    lines = table_of(OrderLine)
    found = connection.execute(
        select(lines).join(table_of(Order), table_of(Order).c.id == lines.c.order_id)
        .where(table_of(Order).c.customer_id == customer_id).order_by(lines.c.id)
    ).mappings()  # fmt: skip
    by_order: dict[int, list[dict[str, Any]]] = {}
    for line in found:
        by_order.setdefault(line["order_id"], []).append(
            {name: value for name, value in line.items() if name not in ("id", "order_id")}
        )
    for order in held["orders"]:
        order["lines"] = by_order.get(order["id"], [])
        order["terms"] = {name: said for name, said in (order["terms"] or {}).items() if name != "seller"}
    held["household"] = [
        {"status": row.status, "found_at": row.found_at, "decided_at": row.decided_at,
         "said": [each["words"] for each in row.evidence if each["by"] == customer_id]}
        for row in households.list_of(memory, customer_id)
    ]  # fmt: skip
    conversation = memory.get(Conversation, customer_id)
    held["conversation"] = {"open_question": conversation.open_question} if conversation else {}
    return held


def _rows(memory: Memory, model: type[Base], customer_id: int) -> list[dict[str, Any]]:
    table = table_of(model)
    columns = [column for column in table.c if column.name not in INNER]
    statement = select(*columns).where(table.c.customer_id == customer_id).order_by(table.c.id)
    return [dict(row) for row in memory.connection().execute(statement).mappings()]


def bury(memory: Memory, hashes: Sequence[str], now: datetime) -> None:
    """Remember that these identities were erased."""
    if hashes:
        connection = memory.connection()
        insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
        statement: Any = insert(ERASURES).values([{"identity_hash": value, "at": now} for value in hashes])
        connection.execute(statement.on_conflict_do_nothing(index_elements=["identity_hash"]))


def erase(memory: Memory, customer_id: int, chats: Sequence[int], names: Sequence[str]) -> None:
    """Delete the customer with all that hangs on them, and take what names them out of logs and queues.

    `names`: what they are called and known by. Raw updates and the audit keep their rows, blank: that an update
    was done, and that somebody did something, must still be known.
    """
    memory.flush()
    connection = memory.connection()
    connection.execute(update(AUDIT).where(AUDIT.c.customer_id == customer_id).values(arguments="", customer_id=None))
    connection.execute(delete(OUTBOX).where(or_(OUTBOX.c.customer_id == customer_id, OUTBOX.c.chat_id.in_(chats))))
    _blank_inbox(memory, INBOX.c.chat_id.in_(chats))
    _blank_groups(memory, chats)
    _blank_staff(memory, [f"#{customer_id}", *names])
    _drop_buttons(memory, customer_id, names)
    partners.let_go(memory, [customer_id])
    referrals.release(memory, [customer_id])
    connection.execute(delete(CUSTOMERS).where(CUSTOMERS.c.id == customer_id))
    # What the visit holds in hand of them is gone too: a later flush would look for the rows.
    for instance in list(memory.identity_map.values()):
        if (isinstance(instance, Customer) and instance.id == customer_id) or getattr(
            instance, "customer_id", None
        ) == customer_id:
            memory.expunge(instance)


def _blank_inbox(memory: Memory, where: ColumnElement[bool]) -> None:
    handled = INBOX.c.state != InboxState.ready
    memory.connection().execute(update(INBOX).where(handled, where).values(raw=NOTHING, error=None))


def _blank_groups(memory: Memory, chats: Sequence[int]) -> None:
    """What they wrote in groups is the group's lane, and names them by number only inside."""
    for chat in chats:
        _blank_inbox(memory, and_(INBOX.c.chat_id < 0, INBOX.c.raw.contains(str(chat))))


def _blank_staff(memory: Memory, names: Sequence[str]) -> None:
    """What staff asked and were shown. Other customers' words stay: their friend may have the same name."""
    connection = memory.connection()
    chats = select(STAFF.c.telegram_id)
    spelt = [spelling for name in names for spelling in _spellings(name)]
    _blank_inbox(memory, INBOX.c.chat_id.in_(chats))
    shown = cast(OUTBOX.c.parameters, Text)
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.chat_id.in_(chats), _mentions(shown, spelt), OUTBOX.c.state == OutboxState.ready)
        .values(state=OutboxState.cancelled, error="about somebody who was erased")
    )
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.chat_id.in_(chats), _mentions(shown, spelt), OUTBOX.c.state != OutboxState.sending)
        .values(parameters={})
    )
    connection.execute(
        update(CONTACTS)
        .where(
            CONTACTS.c.chat_id.in_(chats),
            or_(CONTACTS.c.kind == "command", CONTACTS.c.direction == "out"),
            _mentions(CONTACTS.c.text, spelt),
        )
        .values(text="")
    )
    connection.execute(update(AUDIT).where(_mentions(AUDIT.c.arguments, spelt)).values(arguments=""))


def _drop_buttons(memory: Memory, customer_id: int, names: Sequence[str]) -> None:
    """Buttons shown to staff carry what they wrote: a note whose customer is yet to be chosen."""
    connection = memory.connection()
    shown = select(BUTTONS.c.row, BUTTONS.c.action_values).where(BUTTONS.c.chat_id.in_(select(STAFF.c.telegram_id)))
    spelt = [name.casefold() for name in names if name]
    about = [
        row
        for row, values in connection.execute(shown)
        if values.get("customer_id") == customer_id
        or any(name in said.casefold() for said in values.values() if isinstance(said, str) for name in spelt)
    ]
    connection.execute(delete(BUTTONS).where(BUTTONS.c.row.in_(about)))


def _spellings(name: str) -> set[str]:
    """As it stands in text, in HTML and in JSON."""
    return {name, html.escape(name), json.dumps(name)[1:-1]}


def _mentions(column: ColumnElement[Any], spelt: Sequence[str]) -> ColumnElement[bool]:
    text = func.lower(cast(column, Text))
    return or_(*(text.contains(func.lower(literal(spelling)), autoescape=False) for spelling in spelt if spelling))
