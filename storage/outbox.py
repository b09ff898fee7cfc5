"""The outbox: calls of the Bot API that must happen, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, cast, delete, func, or_, select, update
from sqlalchemy.types import BigInteger

from storage.database import Memory
from storage.models import Attachment, Delivery, Identity, OutboxMessage, OutboxState, Priority, table_of
from storage.prepared import Each, Insertion, Prepared

OUTBOX = table_of(OutboxMessage)
STOPPED = "stopped while sending; whether it arrived is not known"
ANSWERED = "answered:"  # begins the key of an answer that more of the customer's words changed; no row outlives it


class Queued(NamedTuple):
    """What the sender keeps in mind of a waiting row."""

    id: int
    chat_id: int | None
    priority: int
    delivery: str
    not_before: datetime | None
    key: str | None


class Claimed(NamedTuple):
    """A row about to be sent: whole, and with its recipient resolved."""

    id: int
    customer_id: int | None
    chat_id: int
    method: str
    parameters: dict[str, Any]
    delivery: str
    priority: int
    key: str | None
    then: str | None
    attempts: int
    created_at: datetime


class Outcome(NamedTuple):
    """What became of one call."""

    id: int
    attempt: int  # which of the row's this was
    state: OutboxState
    at: datetime
    message_id: int | None = None
    error: str | None = None
    not_before: datetime | None = None
    chat_id: int | None = None  # where the chat moved


_INSERT = Insertion(OUTBOX)
_RECIPIENT = (
    select(cast(Identity.value, BigInteger))
    .where(Identity.customer_id == OUTBOX.c.customer_id, Identity.kind == "telegram")
    .order_by(Identity.id.desc())
    .limit(1)
    .scalar_subquery()
)
_WAITING = (
    select(
        OUTBOX.c.id,
        func.coalesce(OUTBOX.c.chat_id, _RECIPIENT),
        OUTBOX.c.priority,
        OUTBOX.c.delivery,
        OUTBOX.c.not_before,
        OUTBOX.c.key,
    )
    .where(OUTBOX.c.state == OutboxState.ready, OUTBOX.c.id > bindparam("after"))
    .order_by(OUTBOX.c.id)
    .limit(bindparam("most"))
)
_CLAIM = Each(
    lambda one_of: (
        update(OUTBOX)
        .where(one_of(OUTBOX.c.id), OUTBOX.c.state == OutboxState.ready)
        .values(state=OutboxState.sending, attempts=OUTBOX.c.attempts + 1, sending_at=bindparam("at"))
        .returning(*(OUTBOX.c[name] for name in Claimed._fields))
    )
)
_RESOLVE = update(OUTBOX).where(OUTBOX.c.id == bindparam("row")).values(chat_id=bindparam("chat"))
_RECORD = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"), OUTBOX.c.attempts == bindparam("attempt"))
    .values(
        state=bindparam("new_state"),
        sent_at=bindparam("at"),
        message_id=func.coalesce(bindparam("new_message_id"), OUTBOX.c.message_id),
        error=bindparam("new_error"),
        not_before=bindparam("new_not_before"),
    )
)


def add(
    memory: Memory,
    method: str,
    parameters: dict[str, Any],
    *,
    now: datetime,
    chat_id: int | None = None,
    customer_id: int | None = None,
    delivery: Delivery = Delivery.answer,
    priority: Priority = Priority.answer,
    key: str | None = None,
    then: str | None = None,
    message_name: str | None = None,
) -> Queued:
    """Queue a call. Without `chat_id` it goes wherever the customer can be reached when it is sent.

    With a `key`, an edit of that key which still waits is replaced, so that only the newest is sent.
    """
    if key is not None:
        _collapse(memory, chat_id, key)
    new_id = _INSERT.run(
        memory, method=method, parameters=parameters, created_at=now, chat_id=chat_id, customer_id=customer_id,
        delivery=delivery, priority=priority, key=key, then=then, message_name=message_name,
        state=OutboxState.ready, attempts=0,
    )  # fmt: skip
    return Queued(new_id, chat_id, priority, delivery, None, key)


def attach(memory: Memory, outbox_id: int, field: str, file_name: str, content: bytes) -> None:
    memory.add(Attachment(outbox_id=outbox_id, field=field, file_name=file_name, content=content))


def _collapse(memory: Memory, chat_id: int | None, key: str) -> None:
    """A newer text under this key makes those that still wait useless, except the first: it creates the message."""
    sent_before = select(OUTBOX.c.id).where(
        OUTBOX.c.chat_id == chat_id, OUTBOX.c.key == key, OUTBOX.c.message_id.is_not(None)
    )
    if memory.connection().execute(sent_before.limit(1)).first() is not None:
        memory.connection().execute(
            update(OUTBOX)
            .where(OUTBOX.c.chat_id == chat_id, OUTBOX.c.key == key, OUTBOX.c.state == OutboxState.ready)
            .values(state=OutboxState.cancelled, error="replaced by a newer text")
        )


def load_waiting(memory: Memory, *, after: int = 0, most: int = 5000) -> list[Queued]:
    """Rows to send, oldest first, with their chat where one is known."""
    return [Queued(*row) for row in memory.connection().execute(_WAITING, {"after": after, "most": most})]


def claim(memory: Memory, rows: Sequence[Queued], at: datetime) -> list[Claimed]:
    """Flip the rows to `sending` and return them; one that is not ready any more is left out.

    The flip is committed before the call: a row found `sending` after a crash may or may not have been sent.
    """
    chats = {row.id: row.chat_id for row in rows}
    claimed = [Claimed(*row) for row in _CLAIM.rows(memory, chats, at=at)]
    symbolic = [row for row in claimed if row.chat_id is None]
    if symbolic:
        memory.connection().execute(_RESOLVE, [{"row": row.id, "chat": chats[row.id]} for row in symbolic])
    return [row._replace(chat_id=chats[row.id] or 0) for row in claimed]


def record(memory: Memory, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of claimed rows. A sent row's attachments are let go.

    A row that whoever leads now has claimed anew is theirs: what we knew of it is no longer so.
    """
    _RECORD.run_all(
        memory,
        [
            {
                "row": outcome.id,
                "attempt": outcome.attempt,
                "new_state": outcome.state,
                "at": outcome.at if outcome.state == OutboxState.sent else None,
                "new_message_id": outcome.message_id,
                "new_error": outcome.error,
                "new_not_before": outcome.not_before,
            }
            for outcome in outcomes
        ],
    )
    ended = [outcome.id for outcome in outcomes if outcome.state in (OutboxState.sent, OutboxState.failed)]
    if ended:
        _DROP_FILES.run(memory, ended)


_DROP_FILES = Each(lambda one_of: delete(Attachment).where(one_of(Attachment.outbox_id)))  # type: ignore[arg-type]


def move_chat(memory: Memory, old: int, new: int) -> None:
    """A group became a supergroup: what still waits goes to the new id."""
    memory.connection().execute(
        update(OUTBOX)
        .where(OUTBOX.c.chat_id == old, OUTBOX.c.state.in_([OutboxState.ready, OutboxState.sending]))
        .values(chat_id=new)
    )


def recover(memory: Memory) -> tuple[int, list[int | None]]:
    """After a crash: rows left `sending`. Answers are sent again; the rest become `unknown` and stay so.

    Returns how many answers, and whose the rest are. Only for whoever leads, and before it sends.
    """
    connection = memory.connection()
    stuck = OUTBOX.c.state == OutboxState.sending
    again = connection.execute(
        update(OUTBOX).where(stuck, OUTBOX.c.delivery == Delivery.answer).values(state=OutboxState.ready)
    ).rowcount
    unknown = connection.execute(
        update(OUTBOX)
        .where(stuck, OUTBOX.c.delivery == Delivery.follow_up)
        .values(state=OutboxState.unknown, error=STOPPED)
        .returning(OUTBOX.c.customer_id)
    )
    return again, list(unknown.scalars())


def cancel(memory: Memory, outbox_id: int, why: str) -> bool:
    """Take back a row that has not been claimed. False: too late."""
    statement = (
        update(OUTBOX)
        .where(OUTBOX.c.id == outbox_id, OUTBOX.c.state == OutboxState.ready)
        .values(state=OutboxState.cancelled, error=why)
    )
    return memory.connection().execute(statement).rowcount == 1


def give_key(memory: Memory, outbox_id: int, key: str) -> None:
    """Let what is sent under this key later edit the message of this row."""
    memory.connection().execute(update(OUTBOX).where(OUTBOX.c.id == outbox_id).values(key=key))


def find_sent_as(memory: Memory, chat_id: int, key: str) -> int | None:
    """Telegram's id of the message last sent to this chat under this key."""
    statement = (
        select(OUTBOX.c.message_id)
        .where(OUTBOX.c.chat_id == chat_id, OUTBOX.c.key == key, OUTBOX.c.message_id.is_not(None))
        .order_by(OUTBOX.c.id.desc())
        .limit(1)
    )
    return memory.connection().execute(statement).scalar()


def load_files(memory: Memory, outbox_id: int) -> list[Attachment]:
    return list(memory.scalars(select(Attachment).where(Attachment.outbox_id == outbox_id).order_by(Attachment.id)))


def prune(memory: Memory, before: datetime, most: int = 2000) -> int:
    """Delete the answers sent before then; follow-ups' rows stay, they tell what became of them."""
    old = (
        select(OUTBOX.c.id)
        .where(
            OUTBOX.c.state.in_([OutboxState.sent, OutboxState.cancelled]),
            OUTBOX.c.delivery == Delivery.answer,
            OUTBOX.c.created_at < before,
            or_(OUTBOX.c.key.is_(None), OUTBOX.c.key.startswith(ANSWERED)),
        )
        .limit(most)
    )
    return memory.connection().execute(delete(OUTBOX).where(OUTBOX.c.id.in_(old))).rowcount


def count_by_state(memory: Memory) -> dict[str, int]:
    rows = memory.connection().execute(select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state))
    return {state: count for state, count in rows}


def is_empty(memory: Memory, now: datetime, horizon: timedelta = timedelta(0)) -> bool:
    """Nothing waits that could be sent within `horizon`."""
    waiting = select(OUTBOX.c.id).where(
        OUTBOX.c.state.in_([OutboxState.ready, OutboxState.sending]),
        or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= now + horizon),
    )
    return memory.connection().execute(waiting.limit(1)).first() is None
