"""The inbox: raw updates between Telegram's hand and ours, done exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Memory
from storage.models import InboxState, InboxUpdate, table_of
from storage.prepared import Prepared

INBOX = table_of(InboxUpdate)


class Waiting(NamedTuple):
    """An update that waits: what the worker needs to run it."""

    id: int
    update_id: int
    chat_id: int
    raw: str
    attempts: int
    received_at: datetime


_INSERT = {
    "sqlite": sqlite.insert(INBOX).on_conflict_do_nothing(index_elements=["bot_id", "update_id"]),
    "postgresql": postgresql.insert(INBOX).on_conflict_do_nothing(index_elements=["bot_id", "update_id"]),
}
_READY = (
    select(INBOX.c.id, INBOX.c.update_id, INBOX.c.chat_id, INBOX.c.raw, INBOX.c.attempts, INBOX.c.received_at)
    .where(INBOX.c.state == InboxState.ready, INBOX.c.id > bindparam("after"))
    .order_by(INBOX.c.id)
    .limit(bindparam("most"))
)
_FINISH = Prepared(
    update(INBOX)
    .where(INBOX.c.id == bindparam("row"), INBOX.c.state == InboxState.ready)
    .values(state=InboxState.done, done_at=bindparam("at"))
)
_LATER = Prepared(
    select(INBOX.c.id)
    .where(INBOX.c.chat_id == bindparam("chat"), INBOX.c.state == InboxState.ready, INBOX.c.id > bindparam("row"))
    .limit(1)
)


def store(memory: Memory, rows: Sequence[dict[str, Any]]) -> None:
    """Add raw updates; one that is there already is left as it is.

    A row: bot_id, update_id, chat_id, raw, received_at, state, error.
    """
    connection = memory.connection()
    connection.execute(_INSERT[connection.dialect.name], list(rows))


def load_ready(memory: Memory, *, after: int, most: int = 1000) -> list[Waiting]:
    rows = memory.connection().execute(_READY, {"after": after, "most": most})
    return [Waiting(*row) for row in rows]


def finish(memory: Memory, row: int, at: datetime) -> bool:
    """Mark done in the visit's own transaction. False: somebody has done it already, so change nothing."""
    return _FINISH.run(memory, row=row, at=at) == 1


def blank(memory: Memory, row: int) -> None:
    """Keep that it was done, and nothing of what it said."""
    memory.connection().execute(update(INBOX).where(INBOX.c.id == row).values(raw="{}"))


def has_later(memory: Memory, row: int, chat_id: int) -> bool:
    """Whether more of this chat waits behind this update."""
    return _LATER.first(memory, chat=chat_id, row=row) is not None


def count_attempt(memory: Memory, row: int, error: str | None = None) -> int:
    """One more try; returns how many that makes."""
    statement = (
        update(INBOX)
        .where(INBOX.c.id == row)
        .values(attempts=INBOX.c.attempts + 1, error=func.coalesce(error, INBOX.c.error))
        .returning(INBOX.c.attempts)
    )
    return int(memory.connection().execute(statement).scalar_one())


def park(memory: Memory, row: int, error: str, at: datetime) -> None:
    """Put aside an update that cannot be run, with its error, so that its lane moves on."""
    memory.connection().execute(
        update(INBOX)
        .where(INBOX.c.id == row, INBOX.c.state == InboxState.ready)
        .values(state=InboxState.parked, error=error, done_at=at)
    )


def prune(memory: Memory, before: datetime, most: int = 2000) -> int:
    """Delete done updates older than `before`, at most `most` of them."""
    old = select(INBOX.c.id).where(INBOX.c.state == InboxState.done, INBOX.c.done_at < before).limit(most)
    return memory.connection().execute(delete(INBOX).where(INBOX.c.id.in_(old))).rowcount


def count_by_state(memory: Memory) -> dict[str, int]:
    rows = memory.connection().execute(select(INBOX.c.state, func.count()).group_by(INBOX.c.state))
    return {state: count for state, count in rows}
