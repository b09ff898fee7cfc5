"""What an update says, in plain values: the one place that reads PTB's objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import Message, Update, User


@dataclass(frozen=True, slots=True)
class Person:
    """Who sent it, as Telegram names them."""

    id: int
    first_name: str
    full_name: str
    language_code: str | None
    is_bot: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One update. `kind`: text, command, edit, press, photo, voice, contact, other, membership."""

    kind: str
    person: Person
    chat_id: int
    private: bool
    at: datetime
    text: str = ""
    unread: str = ""  # what is longer than we read: stored with the rest
    command: str = ""  # without the slash
    arguments: str = ""
    message_id: int | None = None
    reply_to: int | None = None  # Telegram's id of the message answered to
    token: str = ""  # of the button pressed
    query_id: str = ""
    file: dict[str, Any] | None = None
    phone: str | None = None  # shared, and the sender's own
    blocked: bool | None = None  # membership: the bot was blocked (True) or unblocked (False)
    forwarded: bool = False

    @property
    def whole(self) -> str:
        return self.text + self.unread


def read_update(update: Update, most: int) -> Said | None:
    """None where nobody speaks: channel posts, service messages, anonymous admins. Text is cut at `most`."""
    if (query := update.callback_query) is not None:
        message = query.message
        if message is None:
            return None
        return Said(
            kind="press",
            person=_person(query.from_user),
            chat_id=message.chat.id,
            private=message.chat.type == "private",
            at=message.date,
            message_id=message.message_id,
            token=(query.data or "")[:64],
            query_id=query.id,
        )
    if (member := update.my_chat_member) is not None:
        return Said(
            kind="membership",
            person=_person(member.from_user),
            chat_id=member.chat.id,
            private=member.chat.type == "private",
            at=member.date,
            blocked=member.new_chat_member.status in ("kicked", "left"),
        )
    message = update.edited_message or update.message
    if message is None or message.from_user is None or message.sender_chat is not None:
        return None
    return _read_message(message, message.from_user, most, edited=update.edited_message is not None)


def _read_message(message: Message, user: User, most: int, *, edited: bool) -> Said:
    whole = message.text or message.caption or ""
    text = whole[:most]
    command, arguments = _read_command(message, text)
    kind, file = _read_file(message)
    if edited:
        kind = "edit"
    elif kind == "other" and text:
        kind = "command" if command else "text"
    phone = None
    if message.contact is not None:
        kind = "contact"
        # Somebody else's card may be shared too; only one's own says who one is.
        phone = message.contact.phone_number if message.contact.user_id == user.id else None
    return Said(
        kind=kind,
        person=_person(user),
        chat_id=message.chat.id,
        private=message.chat.type == "private",
        at=message.edit_date or message.date,
        text=text,
        unread=whole[most:],
        command=command,
        arguments=arguments,
        message_id=message.message_id,
        reply_to=message.reply_to_message.message_id if message.reply_to_message else None,
        file=file,
        phone=phone,
        forwarded=message.forward_origin is not None,
    )


def _person(user: User) -> Person:
    return Person(user.id, user.first_name, user.full_name, user.language_code, user.is_bot)


def _read_command(message: Message, text: str) -> tuple[str, str]:
    entity = message.entities[0] if message.entities else None
    if entity is None or entity.type != "bot_command" or entity.offset != 0:
        return "", ""
    name, _, _bot = text[1 : entity.length].partition("@")
    return name.lower(), text[entity.length :].strip()


def _read_file(message: Message) -> tuple[str, dict[str, Any] | None]:
    if message.photo:
        return "photo", {"kind": "photo", "file_id": message.photo[-1].file_id}
    if message.voice:
        return "voice", {
            "kind": "voice",
            "file_id": message.voice.file_id,
            "seconds": message.voice.to_dict()["duration"],
        }
    if message.document:
        file = message.document
        return "other", {
            "kind": "document",
            "file_id": file.file_id,
            "file_name": file.file_name,
            "size": file.file_size,
        }
    for kind in ("sticker", "video", "audio", "video_note", "animation"):
        if (found := getattr(message, kind)) is not None:
            return "other", {"kind": kind, "file_id": found.file_id}
    return "other", None
