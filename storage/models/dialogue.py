"""Where a conversation stands: its state, the questions asked, the buttons shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, PrimaryKey, Word


class Conversation(Base):
    """Dialogue state of one customer, written in the transaction of the visit that changed it."""

    __tablename__ = "conversations"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    open_question: Mapped[dict[str, Any] | None]  # {"name", "asked_at", …}: what the next answer is about
    last_recorded: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # {"facts": [ids], "feedback": [ids], …} for undo
    misunderstood: Mapped[int] = mapped_column(default=0)  # in a row
    upset_until: Mapped[datetime | None]
    colleague_until: Mapped[datetime | None]  # a person is talking: the bot holds back
    apologised_at: Mapped[datetime | None]  # for having been away
    recent: Mapped[list[str]] = mapped_column(default=list)  # names of the last wordings used


class QuestionAsked(Base):
    __tablename__ = "questions_asked"
    __table_args__ = (Index(None, "customer_id", "name", unique=True),)

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    name: Mapped[Word]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # answered | skipped | ignored


class ButtonToken(Base):
    """What a button does. The token is all that Telegram carries; it is bound to one chat and works once."""

    __tablename__ = "button_tokens"

    token: Mapped[Word] = mapped_column(primary_key=True)
    chat_id: Mapped[int]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    action: Mapped[Word]
    values: Mapped[dict[str, Any]] = mapped_column("action_values", default=dict)
    row: Mapped[Word]  # the buttons of one message share it: one press uses them all, unless `again`
    again: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
