"""One person entered twice: keys that two customers have, pairs proposed to staff, merges that can be undone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word


class SharedKey(Base):
    """A key that is another customer's identity, given for this one too: a family's phone, or one person twice."""

    __tablename__ = "shared_keys"
    __table_args__ = (UniqueConstraint("customer_id", "kind", "value"),)

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[Word]
    value: Mapped[str]
    created_at: Mapped[datetime]


class DuplicateStatus(StrEnum):
    proposed = "proposed"
    apart = "apart"  # staff said that they are two


class Duplicate(Base):
    """Two customers who may be one person, the smaller number first. Merged, the row goes with the one who goes."""

    __tablename__ = "duplicates"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        Index(None, "status", "score"),
        {"sqlite_autoincrement": True},  # staff name it by its number
    )

    id: Mapped[PrimaryKey]
    one_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    score: Mapped[float]  # the probability that they are one person
    is_strong: Mapped[bool]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # {"what", "one", "other"}
    status: Mapped[Word] = mapped_column(default=DuplicateStatus.proposed)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Merge(Base):
    """One customer's rows given to another. `kept` is what undoing it needs; it is emptied by that."""

    __tablename__ = "merges"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    merged_id: Mapped[int]  # the number that is gone
    how: Mapped[Word]  # staff | phone: shown to be theirs in the chat
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
