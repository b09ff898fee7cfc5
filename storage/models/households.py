"""Customers of one household: a link between two, proposed or decided. A household is all who are linked, by whichever way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word


class LinkStatus(StrEnum):
    proposed = "proposed"
    linked = "linked"
    apart = "apart"  # staff said that they are not; never proposed again


class HouseholdLink(Base):
    """Two customers, the smaller number first. Evidence: [{"what", "by" (customer or None), "words"}], the oldest first.

    `what` is address, phone, said (by one of them) or staff.
    """

    __tablename__ = "household_links"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        {"sqlite_autoincrement": True},  # staff name it by its number
    )

    id: Mapped[PrimaryKey]
    one_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    status: Mapped[Word] = mapped_column(default=LinkStatus.proposed)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
