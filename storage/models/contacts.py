"""What was said and what we know from it: the contact log, facts, feedback, events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word, index_of_reference


class Contact(Base):
    """One message, press, order, visit or note, in either direction. The log is never rewritten, only added to.

    `direction` is in, out or note (staff); `kind` is text, edit, press, photo, voice, other, order, note …
    """

    __tablename__ = "contacts"
    __table_args__ = (
        Index(None, "customer_id", "at"),
        index_of_reference("contacts", "revises"),
        index_of_reference("contacts", "import_id"),
        Index(
            "ix_contacts_by_staff",
            "customer_id",
            "at",
            postgresql_where=text("staff_id IS NOT NULL"),
            sqlite_where=text("staff_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    direction: Mapped[Word]
    channel: Mapped[Word] = mapped_column(default="telegram")
    kind: Mapped[Word]
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    chat_id: Mapped[int | None]
    message_id: Mapped[int | None]
    revises: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    touchpoint: Mapped[str | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    feedback_id: Mapped[int | None]  # the case it belongs to; no constraint, as feedback points back at contacts
    import_id: Mapped[int | None]  # that brought it; no constraint: imports are never deleted
    file: Mapped[dict[str, Any] | None]  # {"kind", "file_id", "file_name"?} of what came with it


class Fact(Base):
    """One thing known about a customer, with the contact it came from. Superseded or forgotten, never overwritten."""

    __tablename__ = "facts"
    __table_args__ = (
        Index(None, "customer_id", "kind"),
        index_of_reference("facts", "contact_id"),
        index_of_reference("facts", "superseded_by"),
        index_of_reference("facts", "import_id"),
        Index(
            "ix_facts_occasion_date",
            "date",
            postgresql_where=text("date IS NOT NULL"),
            sqlite_where=text("date IS NOT NULL"),
        ),
        Index(  # all that a segment looks at: who likes oat milk is read from it alone
            "ix_facts_current",
            "kind",
            "polarity",
            "customer_id",
            "item",
            "value",
            postgresql_where=text("superseded_by IS NULL AND forgotten_at IS NULL"),
            sqlite_where=text("superseded_by IS NULL AND forgotten_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[Word]
    value: Mapped[str]
    polarity: Mapped[str | None]
    item: Mapped[str | None]  # sku
    person: Mapped[str | None]
    date: Mapped[str | None]  # "05-03" or "2019-05-03"
    confidence: Mapped[float]
    quote: Mapped[str] = mapped_column(default="")  # the clause it came from
    stated_by: Mapped[Word] = mapped_column(default="customer")  # customer | staff | import
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    since: Mapped[datetime]
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("facts.id", ondelete="SET NULL"))
    forgotten_at: Mapped[datetime | None]
    import_id: Mapped[int | None]


class Feedback(Base):
    """What a customer thinks of us. A complaint is a case: open → solved (answered by staff) → closed (customer told)."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index(None, "customer_id", "at"),
        Index(None, "status", "due_at"),
        index_of_reference("feedback", "contact_id"),
        index_of_reference("feedback", "order_id"),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[Word]
    aspect: Mapped[Word] = mapped_column(default="other")
    polarity: Mapped[int]
    severity: Mapped[int] = mapped_column(default=0)
    score: Mapped[float | None]
    quote: Mapped[str] = mapped_column(default="")
    touchpoint: Mapped[str | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    status: Mapped[Word] = mapped_column(default="noted")  # noted | open | solved | closed | withdrawn
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    due_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Event(Base):
    """Something that may lead to a follow-up. `planned_at` is set when `customize.follow_ups` has read it.

    A flag and not a cursor: on PostgreSQL a smaller id may be committed after a larger one.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "ix_events_waiting",
            "id",
            sqlite_where=text("planned_at IS NULL"),
            postgresql_where=text("planned_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Word]
    at: Mapped[datetime]
    reference: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    planned_at: Mapped[datetime | None]
