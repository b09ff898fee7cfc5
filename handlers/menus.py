"""The command menu of one chat follows what its customer is: partners have a longer one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.config import Settings
from bot.customize.wording import Wording
from bot.differentiate.partners import is_partner
from bot.identify import own_menu
from bot.interact.turn import remember
from bot.runtime.menus import menu
from storage import outbox
from storage.database import Memory
from storage.models import Conversation, Customer
from storage.outbox import Queued

PARTNERS = "partners"  # what is noted of a chat that has their menu


def follow_kind(
    memory: Memory, wording: Wording, settings: Settings, customer: Customer, conversation: Conversation, chat_id: int,
    now: datetime,
) -> list[Queued]:  # fmt: skip
    """Calls that set or take away the partners' menu of a chat, in every language; none where it is as it should be."""
    has = own_menu.has_own_menu(conversation)
    if has == is_partner(customer):
        return []
    remember(conversation, **{own_menu.NOTED: None if has else PARTNERS})
    if has:
        return own_menu.take_away(memory, settings, chat_id, now, customer.id)
    scope = {"type": "chat", "chat_id": chat_id}
    queued = []
    for code in own_menu.list_languages(settings):
        commands = partner_menu(wording, code or settings.business.language)
        parameters: dict[str, Any] = {"scope": scope, "language_code": code, "commands": commands}
        queued.append(
            outbox.add(memory, "setMyCommands", parameters, now=now, chat_id=chat_id, customer_id=customer.id)
        )
    return queued


def partner_menu(wording: Wording, language: str) -> list[dict[str, str]]:
    return menu(wording, language, PARTNERS) + menu(wording, language, "customers")
