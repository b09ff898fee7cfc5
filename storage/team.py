"""Staff by numeric Telegram id, and the audit of what they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from storage import meta
from storage.database import Memory
from storage.memory import Selection
from storage.models import AuditEntry, Staff

_FIND = Selection(Staff, Staff.telegram_id == bindparam("telegram_id"), Staff.removed_at.is_(None))
_ALL = Selection(Staff, Staff.removed_at.is_(None), order_by=Staff.id)


def find(memory: Memory, telegram_id: int) -> Staff | None:
    """Asked at every message, and seldom of a member."""
    return _FIND.first(memory, telegram_id=telegram_id) if telegram_id in list_ids(memory) else None


def list_ids(memory: Memory) -> frozenset[int]:
    """Telegram ids of all members, read once for a group of visits."""
    ids: frozenset[int] | None = memory.info.get(meta.TEAM)
    if ids is None:
        ids = memory.info[meta.TEAM] = frozenset(member.telegram_id for member in list_all(memory))
    return ids


def list_all(memory: Memory) -> Sequence[Staff]:
    return _ALL.all(memory)


def add(memory: Memory, *, telegram_id: int, name: str, role: str, language: str, now: datetime) -> Staff:
    """Add a member, or take back one who had left."""
    member = memory.scalar(select(Staff).where(Staff.telegram_id == telegram_id))
    if member is None:
        member = Staff(telegram_id=telegram_id, name=name, role=role, language=language, created_at=now)
        memory.add(member)
    member.name, member.role, member.language, member.removed_at = name, role, language, None
    memory.flush()
    meta.bump(memory, meta.TEAM)
    return member


def log(
    memory: Memory,
    *,
    command: str,
    arguments: str,
    outcome: str,
    at: datetime,
    staff_id: int | None = None,
    telegram_id: int | None = None,
    customer_id: int | None = None,
) -> None:
    """One row of the audit for every staff command, allowed or refused."""
    memory.add(
        AuditEntry(
            command=command, arguments=arguments[:500], outcome=outcome, at=at,
            staff_id=staff_id, telegram_id=telegram_id, customer_id=customer_id,
        )
    )  # fmt: skip
