"""From an update as Telegram sent it to PTB's object, by a shorter way for the commonest: plain words in private."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from telegram import Bot, Chat, Message, Update, User

from bot import json_text

PLAIN = {"message_id", "from", "chat", "date", "text"}  # the keys of a message that is nothing but words


def read(raw: str, bot: Bot) -> Update:
    """Raises what PTB or the JSON reader raises where this is no update."""
    data = json_text.load(raw)
    message = data.get("message")
    if len(data) != 2 or not isinstance(message, dict) or message.keys() != PLAIN or not message["date"]:
        return Update.de_json(data, bot)
    return _PlainUpdate(data["update_id"], message=_read_plain(message, bot))


def _read_plain(message: dict[str, Any], bot: Bot) -> Message:
    """Without asking for the hundred keys that are not there, and without setting what they would hold."""
    read = _PlainMessage.__new__(_PlainMessage)
    read.message_id = message["message_id"]
    read.from_user = User.de_json(message["from"], bot)
    read.chat = Chat.de_json(message["chat"], bot)
    read.date = datetime.fromtimestamp(message["date"], UTC)
    read.text = message["text"]
    read._id_attrs = (read.message_id, read.chat)
    read.set_bot(bot)
    return read


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
