"""Reports and imports that were asked for and are not made yet, by the chat that waits: they outlive a stop."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select

from storage import meta
from storage.database import Memory
from storage.meta import META

PREFIX, IMPORTS = "report:", "import:"


def ask(memory: Memory, chat_id: int, language: str, key: str) -> None:
    """One a chat: a newer one replaces it. `key` is that of the message that says it is being made."""
    meta.write(memory, f"{PREFIX}{chat_id}", {"chat_id": chat_id, "language": language, "key": key})


def ask_import(memory: Memory, asked: dict[str, Any]) -> None:
    """`asked`: chat_id, language, key, what (preview, import or undo), file_name, file_id, and what that needs."""
    meta.write(memory, f"{IMPORTS}{asked['key']}", asked)


def list_asked(memory: Memory) -> list[dict[str, Any]]:
    """{"chat_id", "language", "key"} of each; of a file, with `what` to do."""
    ours = or_(META.c.key.startswith(PREFIX), META.c.key.startswith(IMPORTS))
    found = select(META.c.value).where(ours).order_by(META.c.key)
    return list(memory.connection().execute(found).scalars())


def settle(memory: Memory, asked: dict[str, Any]) -> bool:
    """It is made. False: somebody else made it meanwhile, or it was asked for anew."""
    key = f"{IMPORTS}{asked['key']}" if "what" in asked else f"{PREFIX}{asked['chat_id']}"
    if meta.read(memory, key) != asked:
        return False
    memory.connection().execute(delete(META).where(META.c.key == key))
    return True
