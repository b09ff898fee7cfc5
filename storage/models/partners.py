"""What partners tell: how much they have of an item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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
