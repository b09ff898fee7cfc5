"""Things that happened to a customer and may lead to a follow-up: written by the lower rooms, read by `customize`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from storage.database import Memory
from storage.models import Event, table_of
from storage.prepared import Insertion

_INSERT = Insertion(table_of(Event))


def add(
    memory: Memory, customer_id: int, kind: str, *, at: datetime, reference: str, data: dict[str, Any] | None = None
) -> None:
    """Kinds: order, tier, occasion, life_event, life_change, reminder, complaint, solved, stock, consent, status, merged. `reference` is an id."""
    _INSERT.run(memory, customer_id=customer_id, kind=kind, at=at, reference=reference, data=data or {})


def find(memory: Memory, customer_id: int, kind: str, reference: str) -> Event | None:
    """The newest of this kind and reference."""
    wanted = (Event.customer_id == customer_id, Event.kind == kind, Event.reference == reference)
    return memory.scalars(select(Event).where(*wanted).order_by(Event.id.desc()).limit(1)).first()


def list_references(memory: Memory, kind: str, customer_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(customer, reference) of every event of this kind that is still kept."""
    wanted = (Event.kind == kind, Event.customer_id.in_(customer_ids))
    return {(customer_id, reference) for customer_id, reference in memory.execute(
        select(Event.customer_id, Event.reference).where(*wanted))}  # fmt: skip


def find_customers(memory: Memory, kind: str, customer_ids: Sequence[int], since: datetime) -> set[int]:
    """Those of them to whom something of this kind has happened since then."""
    wanted = (Event.kind == kind, Event.customer_id.in_(customer_ids), Event.at >= since)
    return set(memory.scalars(select(Event.customer_id).where(*wanted)))


def list_waiting(memory: Memory, most: int = 500) -> Sequence[Event]:
    return memory.scalars(select(Event).where(Event.planned_at.is_(None)).order_by(Event.id).limit(most)).all()


def mark_planned(memory: Memory, ids: Sequence[int], now: datetime) -> None:
    memory.execute(update(Event).where(Event.id.in_(ids)).values(planned_at=now))


def prune(memory: Memory, before: datetime) -> None:
    """A life event stays: whoever takes it back gets back what it silenced. So does a change: reports count them, and a
    child comes of age once."""
    kept = ("life_event", "life_change")
    memory.execute(delete(Event).where(Event.planned_at < before, Event.kind.not_in(kept)))
