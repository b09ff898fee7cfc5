"""Lanes and the lead, by lease on the database's clock (PostgreSQL; SQLite has one process)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql

from storage.database import Memory
from storage.models import Lane, Lease, table_of

LANES = table_of(Lane)
LEASES = table_of(Lease)


def claim_lanes(memory: Memory, chats: Sequence[int], owner: str, seconds: float) -> set[int]:
    """Take or renew the lanes that are free or ours; returns those."""
    if not chats:
        return set()
    until = func.now() + timedelta(seconds=seconds)
    statement = postgresql.insert(LANES).values(
        [{"chat_id": chat, "owner": owner, "leased_until": until} for chat in chats]
    )
    claimed = statement.on_conflict_do_update(
        index_elements=["chat_id"],
        set_={"owner": owner, "leased_until": until},
        where=or_(LANES.c.owner == owner, LANES.c.leased_until < func.now()),
    ).returning(LANES.c.chat_id)
    return {int(chat) for chat in memory.connection().execute(claimed).scalars()}


def release_lanes(memory: Memory, chats: Sequence[int], owner: str) -> None:
    memory.connection().execute(delete(LANES).where(LANES.c.chat_id.in_(chats), LANES.c.owner == owner))


def claim_lead(memory: Memory, name: str, owner: str, seconds: float) -> str | None:
    """Take or keep a lease by name. Returns who had it: "" nobody, ourselves, or one who died; None: it is taken."""
    before = memory.connection().execute(select(LEASES.c.owner).where(LEASES.c.name == name)).scalar()
    until = func.now() + timedelta(seconds=seconds)
    statement = (
        postgresql.insert(LEASES)
        .values(name=name, owner=owner, leased_until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "leased_until": until},
            where=or_(LEASES.c.owner == owner, LEASES.c.leased_until < func.now()),
        )
        .returning(LEASES.c.name)
    )
    return (before or "") if memory.connection().execute(statement).first() is not None else None


def release_lead(memory: Memory, name: str, owner: str) -> None:
    memory.connection().execute(delete(LEASES).where(LEASES.c.name == name, LEASES.c.owner == owner))
