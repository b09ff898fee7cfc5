"""Reports that were asked for and are not made yet, by the chat that waits: they outlive a stop."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from storage import meta
from storage.database import Memory
from storage.meta import META

PREFIX = "report:"


def ask(memory: Memory, chat_id: int, language: str, key: str) -> None:
    """One a chat: a newer one replaces it. `key` is that of the message that says it is being made."""
    meta.write(memory, f"{PREFIX}{chat_id}", {"chat_id": chat_id, "language": language, "key": key})


def list_asked(memory: Memory) -> list[dict[str, Any]]:
    """{"chat_id", "language", "key"} of each."""
    found = select(META.c.value).where(META.c.key.startswith(PREFIX)).order_by(META.c.key)
    return list(memory.connection().execute(found).scalars())


def settle(memory: Memory, asked: dict[str, Any]) -> bool:
    """It is made. False: somebody else made it meanwhile, or it was asked for anew."""
    key = f"{PREFIX}{asked['chat_id']}"
    if meta.read(memory, key) != asked:
        return False
    memory.connection().execute(delete(META).where(META.c.key == key))
    return True
