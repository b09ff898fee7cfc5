"""What is known of customers. A fact is superseded or forgotten, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from storage.database import Memory
from storage.memory import Selection
from storage.models import Contact, Fact

_CURRENT = Selection(
    Fact,
    Fact.customer_id == bindparam("customer"),
    Fact.superseded_by.is_(None),
    Fact.forgotten_at.is_(None),
    order_by=Fact.id,
)
_ONE = Selection(Fact, Fact.id == bindparam("fact"), Fact.customer_id == bindparam("customer"))


def list_current(memory: Memory, customer_id: int, kind: str | None = None) -> Sequence[Fact]:
    """What holds now, oldest first."""
    found = _CURRENT.all(memory, customer=customer_id)
    return found if kind is None else [fact for fact in found if fact.kind == kind]


def list_with_sources(
    memory: Memory, customer_id: int, *, skip: int = 0, most: int = 8
) -> list[tuple[Fact, Contact | None]]:
    """Current facts, newest first, each with the contact it came from."""
    rows = memory.execute(
        select(Fact, Contact)
        .outerjoin(Contact, Contact.id == Fact.contact_id)
        .where(Fact.customer_id == customer_id, Fact.superseded_by.is_(None), Fact.forgotten_at.is_(None))
        .order_by(Fact.id.desc())
        .offset(skip)
        .limit(most)
    )
    return [(fact, contact) for fact, contact in rows]


def count_current(memory: Memory, customer_id: int) -> int:
    statement = (
        select(func.count())
        .select_from(Fact)
        .where(Fact.customer_id == customer_id, Fact.superseded_by.is_(None), Fact.forgotten_at.is_(None))
    )
    return memory.scalar(statement) or 0


def get(memory: Memory, customer_id: int, fact_id: int) -> Fact | None:
    """The fact, if it is this customer's."""
    fact = memory.find_known(Fact, fact_id) or _ONE.first(memory, fact=fact_id, customer=customer_id)
    return fact if fact is not None and fact.customer_id == customer_id else None


def list_by_ids(memory: Memory, customer_id: int, ids: Sequence[int]) -> Sequence[Fact]:
    found = [get(memory, customer_id, fact_id) for fact_id in sorted(set(ids))]
    return [fact for fact in found if fact is not None]


def list_from(memory: Memory, customer_id: int, contact_ids: Sequence[int]) -> Sequence[Fact]:
    """Current facts that came from these contacts."""
    if not contact_ids:
        return []
    return memory.scalars(
        select(Fact)
        .where(
            Fact.customer_id == customer_id, Fact.contact_id.in_(contact_ids),
            Fact.superseded_by.is_(None), Fact.forgotten_at.is_(None),
        )
        .order_by(Fact.id)
    ).all()  # fmt: skip


def add(memory: Memory, *, customer_id: int, kind: str, value: str, since: datetime, **more: Any) -> Fact:
    """`more`: polarity, item, person, date, confidence, quote, stated_by, contact_id."""
    values = {"confidence": 1.0, "quote": "", **more}
    return memory.create(Fact, customer_id=customer_id, kind=kind, value=value, since=since, **values)


def supersede(memory: Memory, old: Sequence[int], new: int) -> None:
    if old:
        memory.execute(update(Fact).where(Fact.id.in_(old)).values(superseded_by=new))


def forget(memory: Memory, ids: Sequence[int], now: datetime) -> None:
    if ids:
        memory.execute(update(Fact).where(Fact.id.in_(ids), Fact.forgotten_at.is_(None)).values(forgotten_at=now))


def remember_again(memory: Memory, ids: Sequence[int], forgotten_at: datetime) -> None:
    """What was forgotten at that moment, and not since, holds again."""
    if ids:
        memory.execute(
            update(Fact).where(Fact.id.in_(ids), Fact.forgotten_at == forgotten_at).values(forgotten_at=None)
        )


def list_replaced(memory: Memory, ids: Sequence[int]) -> Sequence[Fact]:
    """What these facts had replaced, and `restore_superseded` makes hold again."""
    return memory.scalars(select(Fact).where(Fact.superseded_by.in_(ids))).all() if ids else []


def restore_superseded(memory: Memory, ids: Sequence[int]) -> None:
    """What these facts had replaced holds again."""
    if ids:
        memory.execute(update(Fact).where(Fact.superseded_by.in_(ids)).values(superseded_by=None))
