"""Questions asked to fill the profile: each at most once, whatever became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from storage.database import Memory
from storage.models import QuestionAsked


def list_of(memory: Memory, customer_id: int) -> Sequence[QuestionAsked]:
    return memory.scalars(select(QuestionAsked).where(QuestionAsked.customer_id == customer_id)).all()


def add(memory: Memory, customer_id: int, name: str, now: datetime) -> None:
    memory.add(QuestionAsked(customer_id=customer_id, name=name, asked_at=now))
    memory.flush()


def settle(memory: Memory, customer_id: int, name: str, outcome: str, now: datetime) -> None:
    """`outcome`: answered, skipped or ignored; the first one stands."""
    memory.execute(
        update(QuestionAsked)
        .where(QuestionAsked.customer_id == customer_id, QuestionAsked.name == name, QuestionAsked.outcome.is_(None))
        .values(outcome=outcome, answered_at=now)
    )
