"""What customers think of us, and the cases that complaints are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from storage.database import Memory
from storage.memory import Selection
from storage.models import Feedback

_OPEN = Selection(
    Feedback,
    Feedback.customer_id == bindparam("customer"),
    Feedback.kind == "complaint",
    Feedback.status == "open",
    Feedback.at >= bindparam("since"),
    order_by=Feedback.id.desc(),
    most=1,
)
_ONE = Selection(Feedback, Feedback.id == bindparam("feedback"), Feedback.customer_id == bindparam("customer"))
_FROM = Selection(
    Feedback,
    Feedback.customer_id == bindparam("customer"),
    Feedback.contact_id == bindparam("contact"),
    Feedback.status != "withdrawn",
    order_by=Feedback.id,
)
_EVER = datetime.min.replace(tzinfo=UTC)


def add(memory: Memory, *, customer_id: int, kind: str, polarity: int, at: datetime, **more: Any) -> Feedback:
    """`more`: aspect, severity, score, quote, touchpoint, order_id, contact_id, status, due_at."""
    return memory.create(Feedback, customer_id=customer_id, kind=kind, polarity=polarity, at=at, **more)


def get(memory: Memory, feedback_id: int) -> Feedback | None:
    return memory.get(Feedback, feedback_id)


def list_by_ids(memory: Memory, customer_id: int, ids: Sequence[int]) -> Sequence[Feedback]:
    found = [
        memory.find_known(Feedback, feedback_id) or _ONE.first(memory, feedback=feedback_id, customer=customer_id)
        for feedback_id in sorted(set(ids))
    ]
    return [row for row in found if row is not None and row.customer_id == customer_id]


def list_from(memory: Memory, customer_id: int, contact_ids: Sequence[int]) -> Sequence[Feedback]:
    """Feedback that came from these contacts and still stands."""
    found = (_FROM.all(memory, customer=customer_id, contact=contact_id) for contact_id in sorted(set(contact_ids)))
    return [row for rows in found for row in rows]


def list_of(memory: Memory, customer_id: int) -> Sequence[Feedback]:
    return memory.scalars(select(Feedback).where(Feedback.customer_id == customer_id).order_by(Feedback.id)).all()


def find_open(memory: Memory, customer_id: int, since: datetime | None = None) -> Feedback | None:
    """The newest open complaint, of those made since then."""
    return _OPEN.first(memory, customer=customer_id, since=since or _EVER)


def list_open(memory: Memory, customer_id: int, kind: str) -> Sequence[Feedback]:
    """Cases of this kind that are not dealt with yet, the oldest first."""
    statement = select(Feedback).where(
        Feedback.customer_id == customer_id, Feedback.kind == kind, Feedback.status == "open"
    )
    return memory.scalars(statement.order_by(Feedback.id)).all()


def withdraw(memory: Memory, ids: Sequence[int], now: datetime) -> None:
    if ids:
        memory.execute(update(Feedback).where(Feedback.id.in_(ids)).values(status="withdrawn", ended_at=now))
