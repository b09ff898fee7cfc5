"""The commands menu: what a bot sets by scope and language, and which one a person sees."""

import re

from sandbox.model import Bot, Json, Person
from sandbox.parameters import Parameters
from sandbox.refusals import bad_request
from sandbox.telegram import Telegram

SCOPES = (
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
)


def set_my_commands(telegram: Telegram, bot: Bot, parameters: Parameters) -> bool:
    commands = parameters.nested("commands")
    if not isinstance(commands, list) or not all(isinstance(command, dict) for command in commands):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    bot.menus[_key(telegram, bot, parameters)] = [
        {"command": str(command["command"]).removeprefix("/"), "description": command["description"]}
        for command in commands
    ]
    telegram.save_settings(bot)
    return True


def get_my_commands(telegram: Telegram, bot: Bot, parameters: Parameters) -> list[Json]:
    return bot.menus.get(_key(telegram, bot, parameters), [])


def delete_my_commands(telegram: Telegram, bot: Bot, parameters: Parameters) -> bool:
    bot.menus.pop(_key(telegram, bot, parameters), None)
    telegram.save_settings(bot)
    return True


def menu_of(bot: Bot, person: Person) -> list[Json]:
    """What this person sees in their private chat: the narrowest scope that is set, their language first."""
    language = (person.language_code or "")[:2]
    for scope in (f"chat:{person.id}", "all_private_chats", "default"):
        for key in (f"{scope}|{language}", f"{scope}|"):
            if bot.menus.get(key):
                return bot.menus[key]
    return []


def _key(telegram: Telegram, bot: Bot, parameters: Parameters) -> str:
    scope = parameters.nested("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("unsupported BotCommandScope specified")
    place = scope["type"]
    if place.startswith("chat"):
        place += f":{telegram.chat_for_sending(bot, scope.get('chat_id')).id}"
        if "user_id" in scope:
            place += f":{scope['user_id']}"
    language = parameters.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return f"{place}|{language}"
