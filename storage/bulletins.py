"""Bulletins for partners: drafts, what was sent, who has it and who has read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Memory
from storage.models import Bulletin, BulletinRead, FollowUp, FollowUpStatus, OutboxMessage, OutboxState, table_of

BULLETINS, READS = table_of(Bulletin), table_of(BulletinRead)
FOLLOW_UPS, OUTBOX = table_of(FollowUp), table_of(OutboxMessage)
RULE = "bulletin"  # of the follow-ups that bring them; their occurrence is the bulletin's number


class Reach(NamedTuple):
    """To how many partners it went, is on its way or held, never goes; and how many have read it."""

    sent: int = 0
    waiting: int = 0
    refused: int = 0
    read: int = 0


def draft(memory: Memory, text: str, staff_id: int | None, now: datetime) -> Bulletin:
    return memory.create(Bulletin, text=text, staff_id=staff_id, created_at=now, sent_at=None)


def get(memory: Memory, bulletin_id: int) -> Bulletin | None:
    return memory.get(Bulletin, bulletin_id)


def list_sent(memory: Memory, most: int) -> list[Bulletin]:
    """The newest first."""
    statement = select(Bulletin).where(Bulletin.sent_at.is_not(None)).order_by(Bulletin.sent_at.desc()).limit(most)
    return list(memory.scalars(statement))


def load_texts(memory: Memory, ids: Collection[int]) -> dict[int, str]:
    """Of those that were sent."""
    statement = select(BULLETINS.c.id, BULLETINS.c.text).where(
        BULLETINS.c.id.in_(list(ids)), BULLETINS.c.sent_at.is_not(None)
    )
    return {one: text for one, text in memory.connection().execute(statement)} if ids else {}


def list_read(memory: Memory, customer_id: int) -> set[int]:
    statement = select(READS.c.bulletin_id).where(READS.c.customer_id == customer_id)
    return set(memory.connection().execute(statement).scalars())


def mark_read(memory: Memory, customer_id: int, ids: Collection[int], now: datetime) -> None:
    """The first time counts."""
    if not ids:
        return
    memory.flush()
    connection = memory.connection()
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](READS)
    rows = [{"customer_id": customer_id, "bulletin_id": one, "at": now} for one in ids]
    connection.execute(insert.values(rows).on_conflict_do_nothing(index_elements=["customer_id", "bulletin_id"]))


def count_reach(memory: Memory, bulletin_id: int) -> Reach:
    memory.flush()
    connection = memory.connection()
    went = case((OUTBOX.c.state.in_([OutboxState.sent, OutboxState.unknown]), 1), else_=0)
    waits = case(
        (FOLLOW_UPS.c.status.in_([FollowUpStatus.planned, FollowUpStatus.held]), 1),
        (OUTBOX.c.state.in_([OutboxState.ready, OutboxState.sending]), 1),
        else_=0,
    )
    statement = (
        select(func.count(), func.coalesce(func.sum(went), 0), func.coalesce(func.sum(waits), 0))
        .select_from(FOLLOW_UPS)
        .outerjoin(OUTBOX, OUTBOX.c.id == FOLLOW_UPS.c.outbox_id)
        .where(FOLLOW_UPS.c.rule == RULE, FOLLOW_UPS.c.occurrence == str(bulletin_id))
    )
    whole, sent, waiting = map(int, connection.execute(statement).one())
    seen = select(func.count()).where(READS.c.bulletin_id == bulletin_id)
    return Reach(sent, waiting, whole - sent - waiting, connection.execute(seen).scalar_one())
