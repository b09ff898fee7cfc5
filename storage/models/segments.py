"""Segments: conditions by name, and the figures of each customer that make them quick to count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word


class Segment(Base):
    """A named condition over profile, value and behaviour. Who is in it is looked up, never stored."""

    __tablename__ = "segments"

    id: Mapped[PrimaryKey]
    name: Mapped[Word] = mapped_column(unique=True)
    expression: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Figures(Base):
    """What a customer bought and is worth, as of when they were last classed: after every order, and at night.

    Money is in minor units of the business's currency; refunds are no orders and lessen `spent`. Nobody who switched
    profiling off is in here.
    """

    __tablename__ = "figures"
    __table_args__ = (Index(None, "last_order_at"),)

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    orders: Mapped[int]
    spent: Mapped[int]
    first_order_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    present_value: Mapped[float | None]
    expected_orders: Mapped[float | None]
    alive: Mapped[float | None]
    stage: Mapped[Word | None]
    priced: Mapped[int | None]  # orders of the last horizon whose discount is known …
    discounted: Mapped[int | None]  # … and those that had one
