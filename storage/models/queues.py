"""Messages on their way: the inbox, the outbox with its attachments, the lanes and leases of several processes."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word


class InboxState(StrEnum):
    ready = "ready"
    done = "done"
    parked = "parked"  # failed too often, or could not be read; kept with its error


class OutboxState(StrEnum):
    ready = "ready"
    sending = "sending"
    sent = "sent"
    failed = "failed"
    unknown = "unknown"  # the outcome of an at-most-once message is not known; never resent by itself
    cancelled = "cancelled"


class Delivery(StrEnum):
    answer = "answer"  # at least once
    follow_up = "follow_up"  # at most once


class Priority(IntEnum):
    answer = 0
    reminder = 10
    campaign = 20


class InboxUpdate(Base):
    """A raw update, stored before it is read. `chat_id` is its lane (0 where none could be found)."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_ready", "id", sqlite_where=text("state = 'ready'"), postgresql_where=text("state = 'ready'")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    bot_id: Mapped[int]
    update_id: Mapped[int]
    chat_id: Mapped[int]
    raw: Mapped[str]
    state: Mapped[Word] = mapped_column(default=InboxState.ready)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class OutboxMessage(Base):
    """One call of the Bot API that must happen. `chat_id` is empty while the recipient is "the customer"."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "priority",
            "id",
            sqlite_where=text("state IN ('ready', 'sending')"),
            postgresql_where=text("state IN ('ready', 'sending')"),
        ),
        Index("ix_outbox_key", "chat_id", "key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    chat_id: Mapped[int | None]
    method: Mapped[Word]
    parameters: Mapped[dict[str, Any]]
    delivery: Mapped[Word]
    priority: Mapped[int]
    key: Mapped[str | None]  # the message last sent to this chat under this key is edited instead
    then: Mapped[str | None]  # a function run in the transaction that records the outcome
    message_name: Mapped[str | None]  # which template, for the log
    state: Mapped[Word] = mapped_column(default=OutboxState.ready)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    error: Mapped[str | None]


class Attachment(Base):
    """A file of an outbox message, kept until it is sent."""

    __tablename__ = "attachments"

    id: Mapped[PrimaryKey]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    field: Mapped[Word]  # the parameter it fills: document, photo
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Lane(Base):
    """One chat being worked on, by one process, until its lease ends."""

    __tablename__ = "lanes"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[Word]
    leased_until: Mapped[datetime]


class Lease(Base):
    """Who leads: the one process that polls, schedules and sends."""

    __tablename__ = "leases"

    name: Mapped[Word] = mapped_column(primary_key=True)
    owner: Mapped[Word]
    leased_until: Mapped[datetime]
