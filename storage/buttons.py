"""What buttons do: short random tokens, bound to a chat, used once."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from storage.database import Memory
from storage.models import ButtonToken, table_of
from storage.prepared import Insertion

_INSERT = Insertion(table_of(ButtonToken))


def add_row(
    memory: Memory,
    actions: list[tuple[str, dict[str, Any]]],
    *,
    chat_id: int,
    customer_id: int | None,
    now: datetime,
    again: bool = False,
) -> list[str]:
    """One token an action, all of one message. `again`: they may be pressed more than once."""
    tokens = [secrets.token_urlsafe(12) for _ in actions]
    for token, (action, values) in zip(tokens, actions, strict=True):
        _INSERT.run(
            memory, token=token, chat_id=chat_id, customer_id=customer_id, action=action, action_values=values,
            row=tokens[0], again=again, created_at=now,
        )  # fmt: skip
    return tokens


def find(memory: Memory, token: str, chat_id: int) -> ButtonToken | None:
    """The button, if it was shown in this very chat; a forged or foreign token finds nothing."""
    return memory.scalar(select(ButtonToken).where(ButtonToken.token == token, ButtonToken.chat_id == chat_id))


def use(memory: Memory, button: ButtonToken, now: datetime) -> None:
    """Use up all buttons of its message."""
    if not button.again:
        memory.execute(
            update(ButtonToken).where(ButtonToken.row == button.row, ButtonToken.used_at.is_(None)).values(used_at=now)
        )


def prune(memory: Memory, before: datetime) -> None:
    memory.execute(delete(ButtonToken).where(ButtonToken.created_at < before))
