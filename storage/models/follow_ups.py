"""Planned contacts and the tier changes that shape them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word


class FollowUpStatus(StrEnum):
    planned = "planned"
    held = "held"  # judged "later"; `due_at` is when it is judged again
    queued = "queued"  # in the outbox
    sending = "sending"  # from the outbox, never stored here; so are sent, failed, unknown
    sent = "sent"
    skipped = "skipped"
    failed = "failed"
    unknown = "unknown"
    cancelled = "cancelled"


class FollowUp(Base):
    """One planned contact. (customer, rule, occurrence) is unique: it goes out at most once.

    While `queued` the outbox row tells what became of it (`storage.follow_ups.status_of`).
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("customer_id", "rule", "occurrence"),
        Index(
            "ix_follow_ups_due",
            "due_at",
            sqlite_where=text("status IN ('planned', 'held')"),
            postgresql_where=text("status IN ('planned', 'held')"),
        ),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    rule: Mapped[Word]
    occurrence: Mapped[str]  # from ids and ISO dates, never from formatted text
    purpose: Mapped[Word]
    planned_for: Mapped[datetime]  # when it should go out; staleness counts from here
    due_at: Mapped[datetime]  # when it is judged (again)
    expires_at: Mapped[datetime]  # of no use after this
    status: Mapped[Word] = mapped_column(default=FollowUpStatus.planned)
    reason: Mapped[str | None]  # why held, skipped or cancelled: a name of customize.arbiter
    reason_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    text: Mapped[str | None]  # as rendered
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class TierChange(Base):
    __tablename__ = "tier_changes"
    __table_args__ = (Index(None, "customer_id", "at"),)

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    before: Mapped[Word]
    after: Mapped[Word]
    reason: Mapped[str]
    numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
