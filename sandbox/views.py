"""A chat as the person in it sees it, for the page and for tests."""

from itertools import takewhile
from typing import Any

from sandbox.clock import iso
from sandbox.model import Bot, Chat, Json, Message, Person
from sandbox.telegram import Telegram


def show_person(telegram: Telegram, bot: Bot, person: Person) -> Json:
    chat = bot.chats.get(person.id)
    shown = person.as_user() | {"started": False, "blocked": False, "seq": 0, "last_message": None}
    if chat is not None:
        shown |= {"started": chat.started, "blocked": chat.blocked, "seq": chat.seq}
        if chat.last is not None:
            shown["last_message"] = show_message(chat.last)
    return shown


def show_chat(telegram: Telegram, chat: Chat, after: int) -> Json:
    """What changed after that change number: messages by id, the answers to presses, the reply keyboard."""
    changed = list(takewhile(lambda message: message.seq > after, reversed(chat.messages.values())))
    shown: Json = {
        "messages": [show_message(message) for message in sorted(changed, key=lambda message: message.id)],
        "notices": [notice for notice in chat.notices if notice["seq"] > after],
        "seq": chat.seq,
        "blocked": chat.blocked,
        "keyboard": (chat.keyboard or {}).get("keyboard"),
        "action": None,
    }
    if chat.action is not None and chat.action[1] > telegram.clock.now():
        shown["action"] = chat.action[0]
    return shown


def show_message(message: Message) -> Json:
    api = message.api
    sender = api["from"]
    shown: Json = {
        "message_id": message.id,
        "seq": message.seq,
        "from_bot": message.from_bot,
        "from": {"id": sender["id"], "name": " ".join(filter(None, (sender["first_name"], sender.get("last_name"))))},
        "date": iso(api["date"]),
        "edited_at": iso(api["edit_date"]) if "edit_date" in api else None,
        "deleted": message.deleted,
    }
    if message.deleted:
        return shown | {"text": "", "entities": [], "buttons": []}
    shown |= {
        "text": api.get("text", api.get("caption", "")),
        "entities": api.get("entities", api.get("caption_entities", [])),
        "buttons": api.get("reply_markup", {}).get("inline_keyboard", []),
        "reply_to": api["reply_to_message"]["message_id"] if "reply_to_message" in api else None,
    }
    return shown | _files(api)


def _files(api: Json) -> Json:
    shown: dict[str, Any] = {}
    if "photo" in api:
        largest = api["photo"][-1]
        shown["photo"] = f"/sandbox/files/{largest['file_id']}"
        shown["photo_size"] = [largest["width"], largest["height"]]  # so that the page can leave room for it
    for kind in ("document", "voice", "sticker"):
        if kind in api:
            file = api[kind]
            shown[kind] = {
                "url": f"/sandbox/files/{file['file_id']}",
                "name": file.get("file_name"),
                "size": file.get("file_size"),
                "mime_type": file.get("mime_type"),
                "emoji": file.get("emoji"),
                "duration": file.get("duration"),
            }
    for kind in ("contact", "location", "forward_origin"):
        if kind in api:
            shown[kind] = api[kind]
    return shown
