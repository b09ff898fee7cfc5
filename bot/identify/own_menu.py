"""Whether a chat has a command menu of its own, beside everybody's, and taking that away."""

from __future__ import annotations

from datetime import datetime

from bot.config import Settings
from storage import outbox
from storage.database import Memory
from storage.models import Conversation
from storage.outbox import Queued

NOTED = "menu"  # key of what a conversation notes


def has_own_menu(conversation: Conversation | None) -> bool:
    return conversation is not None and bool((conversation.last_recorded or {}).get(NOTED))


def list_languages(settings: Settings) -> tuple[str, ...]:
    """Telegram keeps a menu for each language and one for all others."""
    return (*settings.business.languages, "")


def take_away(
    memory: Memory, settings: Settings, chat_id: int, now: datetime, customer_id: int | None = None
) -> list[Queued]:
    """Everybody's menu holds in this chat again."""
    scope = {"type": "chat", "chat_id": chat_id}
    return [
        outbox.add(
            memory, "deleteMyCommands", {"scope": scope, "language_code": code}, now=now, chat_id=chat_id,
            customer_id=customer_id,
        )
        for code in list_languages(settings)
    ]  # fmt: skip
