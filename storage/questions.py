"""Questions asked to fill the profile: each at most once, whatever became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam

from storage.database import Memory
from storage.memory import Selection
from storage.models import QuestionAsked

_OF = Selection(QuestionAsked, QuestionAsked.customer_id == bindparam("customer"))
_UNSETTLED = Selection(
    QuestionAsked,
    QuestionAsked.customer_id == bindparam("customer"),
    QuestionAsked.name == bindparam("question"),
    QuestionAsked.outcome.is_(None),
)


def list_of(memory: Memory, customer_id: int) -> Sequence[QuestionAsked]:
    return _OF.all(memory, customer=customer_id)


def add(memory: Memory, customer_id: int, name: str, now: datetime) -> None:
    memory.create(QuestionAsked, customer_id=customer_id, name=name, asked_at=now)


def settle(memory: Memory, customer_id: int, name: str, outcome: str, now: datetime) -> None:
    """`outcome`: answered, skipped or ignored; the first one stands."""
    asked = _UNSETTLED.first(memory, customer=customer_id, question=name)
    if asked is not None:
        asked.outcome, asked.answered_at = outcome, now
