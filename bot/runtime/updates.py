"""From an update as Telegram sent it to PTB's object, by a shorter way for the commonest: plain words in private."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime
from typing import Any, TypeVar

from telegram import Bot, Chat, Message, Update, User

from bot import json_text

PLAIN = {"message_id", "from", "chat", "date", "text"}  # the keys of a message that is nothing but words
REMEMBERED = 4000  # people and chats

Kind = TypeVar("Kind", User, Chat)


class Reader:
    """Reads the updates of one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._known: dict[tuple[Hashable, ...], Any] = {}

    def read(self, raw: str) -> Update:
        """Raises what PTB or the JSON reader raises where this is no update."""
        data = json_text.load(raw)
        message = data.get("message")
        if len(data) != 2 or not isinstance(message, dict) or message.keys() != PLAIN or not message["date"]:
            return Update.de_json(data, self._bot)
        return _PlainUpdate(data["update_id"], message=self._read_plain(message))

    def _read_plain(self, message: dict[str, Any]) -> Message:
        """Without asking for the hundred keys that are not there, and without setting what they would hold."""
        read = _PlainMessage.__new__(_PlainMessage)
        read.message_id = message["message_id"]
        read.from_user = self._read_known(User, message["from"])
        read.chat = self._read_known(Chat, message["chat"])
        read.date = datetime.fromtimestamp(message["date"], UTC)
        read.text = message["text"]
        read._id_attrs = (read.message_id, read.chat)
        read.set_bot(self._bot)
        return read

    def _read_known(self, kind: type[Kind], told: dict[str, Any]) -> Kind:
        """Who wrote lately is mostly told in the same words again, and PTB's objects do not change."""
        key = (kind, *told.items())
        try:
            known: Kind | None = self._known.get(key)
        except TypeError:  # something in it is a list
            return kind.de_json(told, self._bot)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[key] = kind.de_json(told, self._bot)
        return known


class _PlainMessage(Message):
    """What is not set is as in any message that is nothing but words."""

    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return getattr(_ANY, name)


_ANY = Message(message_id=1, date=datetime.fromtimestamp(1, UTC), chat=Chat(id=1, type=Chat.PRIVATE))


class _PlainUpdate(Update):
    """Set without asking each time whether it is frozen, which it never is while it is made."""

    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment]
