"""What is sold and what was bought: catalogue, questions and answers about it, orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, PrimaryKey, Word, index_of_reference


class CatalogueItem(Base):
    __tablename__ = "catalogue_items"

    sku: Mapped[Word] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_zh: Mapped[str]
    category: Mapped[str]
    price: Mapped[int]  # minor units
    currency: Mapped[Word]
    aliases: Mapped[list[str]] = mapped_column(default=list)
    options: Mapped[list[str]] = mapped_column(default=list)
    contains: Mapped[list[str]] = mapped_column(default=list)  # allergens
    margin: Mapped[float | None]
    days_of_supply: Mapped[int | None]


class FaqEntry(Base):
    """One phrasing of one question; rows of one name and language share the answer, which stands on any of them."""

    __tablename__ = "faq_entries"
    __table_args__ = (Index(None, "name", "language"),)

    id: Mapped[PrimaryKey]
    name: Mapped[Word]
    language: Mapped[Word]
    question: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")


class Lesson(Base):
    """What was learnt from the FAQ: arrays as bytes, under the hash of the questions and names."""

    __tablename__ = "lessons"

    key: Mapped[Word] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


TERMS = ("store", "seller", "channel", "postcode", "payment", "delivery")
"""On what terms an order was placed: where, with whom, through what, and how it is paid and brought."""


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (Index(None, "customer_id", "ordered_at"), index_of_reference("orders", "import_id"))

    id: Mapped[PrimaryKey]
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    ordered_at: Mapped[datetime]
    total: Mapped[int]  # minor units; negative for a refund
    currency: Mapped[Word]
    source: Mapped[Word] = mapped_column(default="import")
    terms: Mapped[dict[str, Any] | None]  # those of `TERMS` that are known, as text
    import_id: Mapped[int | None]

    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.id", cascade="all, delete-orphan")


class OrderLine(Base):
    __tablename__ = "order_lines"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    sku: Mapped[str]
    quantity: Mapped[int]
    price: Mapped[int | None]  # minor units, each
    options: Mapped[list[str]] = mapped_column(default=list)
