"""What partners tell and are told: how much they have of an item, and bulletins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word, index_of_reference


class StockLevel(Base):
    """So much of one item a partner had at one time, as they told. The newest that was not taken back holds."""

    __tablename__ = "stock_levels"
    __table_args__ = (Index(None, "customer_id", "sku", "at"), index_of_reference("stock_levels", "contact_id"))

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    sku: Mapped[Word]
    quantity: Mapped[int]
    at: Mapped[datetime]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]


class Bulletin(Base):
    """News for all partners. Who gets it when is a follow-up of each; until it is sent it is a draft."""

    __tablename__ = "bulletins"

    id: Mapped[PrimaryKey]
    text: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class BulletinRead(Base):
    """That a partner has seen a bulletin: pressed so, or listed it."""

    __tablename__ = "bulletin_reads"
    __table_args__ = (UniqueConstraint("customer_id", "bulletin_id"), Index(None, "bulletin_id"))

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id", ondelete="CASCADE"))
    at: Mapped[datetime]
