"""What the end of a call changes: the outbox row, the contact log, the customer's status, a moved chat."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update

from storage import contacts, events, outbox
from storage.database import Memory
from storage.models import Customer, CustomerStatus, Identity, OutboxMessage, OutboxState, table_of
from storage.outbox import Claimed, Outcome, Queued
from storage.prepared import Each

IDENTITIES = table_of(Identity)
OUTBOX = table_of(OutboxMessage)
TAG = re.compile(r"<[^>]+>")

_OWNERS = Each(
    lambda one_of: select(IDENTITIES.c.value, IDENTITIES.c.customer_id).where(
        IDENTITIES.c.kind == "telegram", one_of(IDENTITIES.c.value)
    )
)
STATES = {
    "sent": OutboxState.sent,
    "unreachable": OutboxState.failed,
    "refused": OutboxState.failed,
    "unknown": OutboxState.unknown,
}


class Ended(NamedTuple):
    """A call that has ended; `meaning` is a word of `bot.runtime.outcomes.Meaning`."""

    row: Claimed
    meaning: str
    error: str | None
    message_id: int | None
    chat_id: int | None  # where the chat moved
    at: datetime
    again_at: datetime  # when a retry is due
    too_old: bool


def record(memory: Memory, calls: Sequence[Ended]) -> list[Queued]:
    """Write all of it down. Returns the rows that go again."""
    again: list[Queued] = []
    outcomes: list[Outcome] = []
    for call in calls:
        state = STATES.get(call.meaning, OutboxState.ready)
        if state == OutboxState.ready and call.too_old:
            state = OutboxState.failed
        not_before = call.again_at if call.meaning == "retry" and state == OutboxState.ready else None
        outcomes.append(
            Outcome(call.row.id, call.row.attempts, state, call.at, call.message_id, call.error, not_before)
        )
        if call.meaning == "moved" and call.chat_id:
            outbox.move_chat(memory, call.row.chat_id, call.chat_id)
        elif call.meaning == "plain":
            _drop_markup(memory, call.row)
        if state == OutboxState.ready:
            chat_id = call.chat_id or call.row.chat_id
            again.append(Queued(call.row.id, chat_id, call.row.priority, call.row.delivery, not_before, call.row.key))
    outbox.record(memory, outcomes)
    _log_sent(memory, [call for call in calls if call.meaning == "sent" and call.row.customer_id is not None])
    for call in calls:
        if call.meaning == "unreachable":
            mark_unreachable(memory, call.row.chat_id, call.at)
    return again


def mark_unreachable(memory: Memory, chat_id: int, at: datetime) -> None:
    """Nobody can be written to there, until they write again."""
    for _, owner in _OWNERS.rows(memory, [str(chat_id)]):
        memory.execute(update(Customer).where(Customer.id == owner).values(status=CustomerStatus.unreachable))
        events.add(memory, owner, "status", at=at, reference="unreachable")


def _log_sent(memory: Memory, calls: Sequence[Ended]) -> None:
    """A message to a customer's own chat is a contact; one to staff about them is not."""
    if not calls:
        return
    chats = {str(call.row.chat_id) for call in calls}
    owners = {int(value): customer for value, customer in _OWNERS.rows(memory, chats)}
    contacts.add_all(
        memory,
        [
            {
                "customer_id": call.row.customer_id,
                "direction": "out",
                "channel": "telegram",
                "kind": "edit" if call.row.method == "editMessageText" else "text",
                "text": plain_text(call.row.parameters),
                "at": call.at,
                "chat_id": call.row.chat_id,
                "message_id": call.message_id,
            }
            for call in calls
            if owners.get(call.row.chat_id) == call.row.customer_id
        ],
    )


def plain_text(parameters: dict[str, Any]) -> str:
    """What a person reads of a message's parameters."""
    text = str(parameters.get("text") or parameters.get("caption") or "")
    return html.unescape(TAG.sub("", text)) if parameters.get("parse_mode") == "HTML" else text


def _drop_markup(memory: Memory, row: Claimed) -> None:
    parameters = {**row.parameters, "text": plain_text(row.parameters)}
    parameters.pop("parse_mode", None)
    memory.connection().execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(parameters=parameters))
