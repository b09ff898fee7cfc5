"""The command menus Telegram shows: everybody's by language, and a longer one in the chats of staff.

A menu hides commands, it protects nothing: every staff command checks who asks.
"""

from __future__ import annotations

import logging

from telegram.error import NetworkError

from bot.config import Settings
from bot.customize.wording import Wording
from bot.runtime.telegram_api import TelegramApi
from storage import team
from storage.database import Database

logger = logging.getLogger(__name__)


async def publish(api: TelegramApi, database: Database, wording: Wording, settings: Settings) -> None:
    """Set all menus; where Telegram refuses, say so and go on, for starting needs none of this."""
    members = [(m.telegram_id, m.language) for m in await database.read(lambda memory: list(team.list_all(memory)))]
    languages = settings.business.languages
    calls: list[tuple[list[dict[str, str]], dict[str, object], str]]
    calls = [(menu(wording, language, "customers"), {"type": "all_private_chats"}, language) for language in languages]
    calls.append((menu(wording, languages[0], "customers"), {"type": "default"}, ""))
    calls += [(staff_menu(wording, lang), {"type": "chat", "chat_id": chat}, "") for chat, lang in members]
    for commands, scope, language in calls:
        parameters = {"commands": commands, "scope": scope, "language_code": language}
        try:
            reply = await api.call("setMyCommands", parameters)
        except NetworkError as error:
            logger.warning("menus not set: %s", error)
            return
        if reply.status != 200:
            logger.warning("menu %s not set: %s", scope, reply.description)


def staff_menu(wording: Wording, language: str) -> list[dict[str, str]]:
    return menu(wording, language, "customers") + menu(wording, language, "staff")


def menu(wording: Wording, language: str, whose: str) -> list[dict[str, str]]:
    """`templates/<language>/menus/<whose>.j2`: a line a command, `name: what it does`."""
    lines = wording.render(language, f"menus/{whose}", {}).splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return [{"command": name.strip(), "description": words.strip()} for name, _, words in pairs]
