"""The people of the business, what they did, and what the installation remembers about itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Json, Name, PrimaryKey, Word, index_of_reference


class Staff(Base):
    """A member of staff, known by numeric Telegram id. Never deleted: the audit names them."""

    __tablename__ = "staff"

    id: Mapped[PrimaryKey]
    telegram_id: Mapped[int] = mapped_column(unique=True)
    name: Mapped[Name]
    role: Mapped[Word]  # owner | manager | staff
    language: Mapped[Word]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class AuditEntry(Base):
    """One staff command, allowed or refused."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), index_of_reference("audit", "customer_id"))

    id: Mapped[PrimaryKey]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    telegram_id: Mapped[int | None]
    command: Mapped[Word]
    arguments: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    outcome: Mapped[Word]  # done | refused | failed
    at: Mapped[datetime]


class Meta(Base):
    """Small facts about this installation: the bot's id, revisions of cached subjects, the next night's work."""

    __tablename__ = "meta"

    key: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
