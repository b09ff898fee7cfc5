"""Answers to questions of consent: rows are added, the newest of a purpose counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert

from storage.database import Memory
from storage.memory import Selection
from storage.models import Consent, table_of

_INSERT = insert(table_of(Consent))
_OF = Selection(Consent, Consent.customer_id == bindparam("customer"), order_by=Consent.id)


def add(
    memory: Memory, customer_id: int, purpose: str, *, granted: bool, wording: str, at: datetime,
    contact_id: int | None,
) -> int:  # fmt: skip
    """`wording` names the text the customer answered to. Returns the answer's number."""
    row = {
        "customer_id": customer_id, "purpose": purpose, "granted": granted, "wording": wording, "at": at,
        "contact_id": contact_id,
    }  # fmt: skip
    (number,) = memory.connection().execute(_INSERT, row).inserted_primary_key or (0,)
    return int(number)


def find_newest(memory: Memory, customer_id: int, purpose: str) -> Consent | None:
    return next((row for row in reversed(list_of(memory, customer_id)) if row.purpose == purpose), None)


def list_of(memory: Memory, customer_id: int) -> Sequence[Consent]:
    """Every answer, oldest first."""
    return _OF.all(memory, customer=customer_id)
