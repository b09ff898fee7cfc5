"""Answers to questions of consent: rows are added, the newest of a purpose counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from storage.database import Memory
from storage.models import Consent, table_of

_INSERT = insert(table_of(Consent))


def add(
    memory: Memory, customer_id: int, purpose: str, *, granted: bool, wording: str, at: datetime,
    contact_id: int | None,
) -> None:  # fmt: skip
    """`wording` names the text the customer answered to."""
    row = {
        "customer_id": customer_id, "purpose": purpose, "granted": granted, "wording": wording, "at": at,
        "contact_id": contact_id,
    }  # fmt: skip
    memory.connection().execute(_INSERT, row)


def find_newest(memory: Memory, customer_id: int, purpose: str) -> Consent | None:
    return memory.scalar(
        select(Consent)
        .where(Consent.customer_id == customer_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )


def list_of(memory: Memory, customer_id: int) -> Sequence[Consent]:
    """Every answer, oldest first."""
    return memory.scalars(select(Consent).where(Consent.customer_id == customer_id).order_by(Consent.id)).all()
