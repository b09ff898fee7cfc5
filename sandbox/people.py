"""What people do: write, send files, edit, press buttons, block. Each makes the update a bot would get."""

import base64
import binascii
import secrets
from typing import Any

from sandbox.clock import instant
from sandbox.files import attachment, tiny_picture
from sandbox.markup import find_commands, trim
from sandbox.model import Bot, Chat, Json, Message, Person
from sandbox.refusals import Misuse
from sandbox.telegram import QUERY_SECONDS, Telegram

CONTENTS = ("text", "photo", "voice", "sticker", "document", "contact", "location", "forward")


def whole(asked: Json, name: str) -> int:
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misuse(400, f"{name}: a whole number is needed, not {value!r}")
    return value


def person_of(telegram: Telegram, asked: Json, name: str = "from") -> Person:
    person = telegram.people.get(whole(asked, name))
    if person is None:
        raise Misuse(404, f"{name}: nobody has id {asked[name]}; make them with POST /sandbox/people")
    return person


def upsert_person(telegram: Telegram, asked: Json) -> Person:
    """Without an id the person gets a fresh one. Keys that are not given stay as they were."""
    names = ("first_name", "last_name", "username", "language_code")
    if "id" in asked and (whole(asked, "id") <= 0 or asked["id"] >= 2**52):
        raise Misuse(400, "id: a person's id is above 0 and below 2^52; groups are negative")
    for name in names:
        if asked.get(name) is not None and not isinstance(asked[name], str):
            raise Misuse(400, f"{name}: text is needed, not {asked[name]!r}")
    person_id = asked.get("id") or telegram.next_person_id
    person = telegram.people.get(person_id)
    if person is None:
        if not asked.get("first_name"):
            raise Misuse(400, "first_name: a new person needs one")
        person = telegram.people[person_id] = Person(person_id, asked["first_name"])
        telegram.next_person_id = max(telegram.next_person_id, min(person_id, 2**51) + 1)
    for name in names:
        if name in asked:
            setattr(person, name, asked[name] or (person.first_name if name == "first_name" else None))
    telegram.save_person(person)
    for bot in telegram.bots.values():
        if (chat := bot.chats.get(person_id)) is not None:
            chat.api = person.as_chat()
            telegram.save_chat(bot, chat)
    return person


def write(telegram: Telegram, bot: Bot, asked: Json) -> Json:
    """A message, or with `edit` a change of one, from a person: `{"update_id", "message_id"}`."""
    person = person_of(telegram, asked)
    chat = _chat(telegram, bot, person, asked.get("chat"))
    if "edit" in asked:
        return _edit(telegram, bot, person, chat, asked)
    content = _content(telegram, bot, person, asked)
    if asked.get("reply_to") is not None:
        replied = chat.messages.get(whole(asked, "reply_to"))
        if replied is None or replied.deleted:
            raise Misuse(404, f"reply_to: there is no message {asked['reply_to']} in this chat")
        content["reply_to_message"] = {k: v for k, v in replied.api.items() if k != "reply_to_message"}
    at = None if asked.get("date") is None else instant(asked["date"], "date")
    message = telegram.post(bot, chat, person.as_user(), content, at)
    return {"update_id": telegram.enqueue(bot, "message", message.api), "message_id": message.id}


def press(telegram: Telegram, bot: Bot, asked: Json) -> Json:
    """A press on a button by its label, or with any `data` at all: clients can forge it."""
    person = person_of(telegram, asked)
    chat, message = _message_in_sight(telegram, bot, person, asked)
    if (asked.get("data") is None) == (asked.get("button") is None):
        raise Misuse(400, "give either data or button (the label)")
    if asked.get("data") is not None:
        return {"update_id": _query(telegram, bot, person, chat, message, str(asked["data"]))}
    label = str(asked["button"])
    for button in (b for row in message.api.get("reply_markup", {}).get("inline_keyboard", []) for b in row):
        if button["text"] == label:
            if "callback_data" not in button:
                raise Misuse(409, f"the button {label!r} sends nothing to the bot: {button}")
            return {"update_id": _query(telegram, bot, person, chat, message, button["callback_data"])}
    for button in (b for row in (chat.keyboard or {}).get("keyboard", []) for b in row):
        if button["text"] == label:
            return _press_reply_key(telegram, bot, person, chat, button)
    labels = [b["text"] for row in message.api.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
    raise Misuse(404, f"message {message.id} has no button {label!r}; it has {labels}")


def block(telegram: Telegram, bot: Bot, asked: Json) -> Json:
    """Block or unblock the bot; the update id, or None when nothing changed."""
    person = person_of(telegram, asked, "user")
    if not isinstance(asked.get("blocked"), bool):
        raise Misuse(400, "blocked: true or false")
    chat = telegram.private_chat(bot, person)
    if chat.blocked == asked["blocked"]:
        return {"update_id": None}
    chat.blocked = asked["blocked"]
    telegram.save_chat(bot, chat)
    chat.wake()
    member: Json = {"user": bot.as_user(), "status": "member"}
    kicked: Json = {"user": bot.as_user(), "status": "kicked", "until_date": 0}
    old, new = (member, kicked) if chat.blocked else (kicked, member)
    change = {
        "chat": chat.api,
        "from": person.as_user(),
        "date": int(telegram.clock.now()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    return {"update_id": telegram.enqueue(bot, "my_chat_member", change)}


def _chat(telegram: Telegram, bot: Bot, person: Person, asked: Any) -> Chat:
    if asked is None or asked == person.id or (isinstance(asked, dict) and asked.get("id") == person.id):
        chat = telegram.private_chat(bot, person)
        if chat.blocked:
            raise Misuse(409, f"{person.first_name} has blocked the bot; unblock it first (POST /sandbox/blocks)")
        return chat
    described: Json = asked if isinstance(asked, dict) else {"id": asked}
    chat_id = whole(described, "id")
    if chat_id > 0:
        raise Misuse(400, "chat: a group's id is negative; nobody writes in another person's private chat")
    known = bot.chats.get(chat_id)
    if known is not None:
        return known
    kind = described.get("type") or ("supergroup" if chat_id <= -1_000_000_000_000 else "group")
    if kind not in ("group", "supergroup"):
        raise Misuse(400, "chat.type: group or supergroup")
    chat = Chat(chat_id, {"id": chat_id, "title": str(described.get("title") or "A group"), "type": kind}, True)
    bot.chats[chat_id] = chat
    telegram.save_chat(bot, chat)
    return chat


def _edit(telegram: Telegram, bot: Bot, person: Person, chat: Chat, asked: Json) -> Json:
    message = chat.messages.get(whole(asked, "edit"))
    if message is None or message.deleted or message.api["from"]["id"] != person.id:
        raise Misuse(404, f"edit: {person.first_name} has no message {asked['edit']} in this chat")
    field = "text" if "text" in message.api else "caption"
    text, entities = _text(asked.get("text", asked.get("caption")), field)
    api = message.api | {field: text, "edit_date": int(telegram.clock.now())}
    api.pop("entities", None)
    if entities:
        api["entities" if field == "text" else "caption_entities"] = entities
    message.api = api
    telegram.change(bot, chat, message)
    return {"update_id": telegram.enqueue(bot, "edited_message", api), "message_id": message.id}


def _text(value: Any, name: str) -> tuple[str, list[Json]]:
    if not isinstance(value, str):
        raise Misuse(400, f"{name}: text is needed, not {value!r}")
    # Empty and over-long texts pass on purpose: Telegram's apps would not send them, a bot must stand them.
    text, _ = trim(value, [])
    return text, find_commands(text)


def _content(telegram: Telegram, bot: Bot, person: Person, asked: Json) -> Json:
    kinds = [kind for kind in CONTENTS if asked.get(kind) is not None]
    if kinds == ["text", "forward"]:
        kinds = ["forward"]
    if len(kinds) != 1:
        raise Misuse(400, f"give exactly one of {', '.join(CONTENTS)}; got {kinds or 'none'}")
    kind, value = kinds[0], asked[kinds[0]]
    if kind == "text":
        text, entities = _text(value, "text")
        return {"text": text} | ({"entities": entities} if entities else {})
    if kind == "forward":
        return _forward(telegram, asked, value)
    if kind == "contact":
        return {"contact": _contact(person, value)}
    if kind == "location":
        place = [value.get(name) for name in ("latitude", "longitude")] if isinstance(value, dict) else [None]
        if not all(isinstance(number, (int, float)) for number in place):
            raise Misuse(400, "location: {latitude, longitude} is needed, in degrees")
        return {"location": value}
    return _media(telegram, bot, person, asked, kind, value)


def _contact(person: Person, value: Any) -> Json:
    if value is True:
        value = {"phone_number": f"+49151{person.id:07d}", "user_id": person.id}
    if not isinstance(value, dict) or not value.get("phone_number"):
        raise Misuse(400, "contact: true, or {phone_number, first_name?, user_id?}")
    return {"first_name": person.first_name} | value


def _forward(telegram: Telegram, asked: Json, value: Any) -> Json:
    details: Json = value if isinstance(value, dict) else {}
    text, entities = _text(details.get("text", asked.get("text", "Forwarded words")), "forward.text")
    date = int(instant(details["date"], "forward.date") if "date" in details else telegram.clock.now() - 3600)
    source = telegram.people.get(whole(details, "from")) if "from" in details else None
    origin: Json = {"type": "hidden_user", "date": date, "sender_user_name": str(details.get("name", "Somebody"))}
    if source is not None:
        origin = {"type": "user", "date": date, "sender_user": source.as_user()}
    return {"forward_origin": origin, "text": text} | ({"entities": entities} if entities else {})


def _media(telegram: Telegram, bot: Bot, person: Person, asked: Json, kind: str, value: Any) -> Json:
    details: Json = value if isinstance(value, dict) else {}
    given = details.get("data", None if value is True or details else value)
    if given is None:
        data = {
            "photo": tiny_picture(person.id),
            "voice": b"OggS" + bytes(24),
            "sticker": b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(14),
            "document": b"An example file.\n",
        }[kind]
    else:
        try:
            data = base64.b64decode(str(given).split("base64,")[-1], validate=True)
        except (ValueError, binascii.Error):
            raise Misuse(400, f"{kind}: true, base64, or an object with data in base64") from None
    name = str(details.get("name") or ("example.txt" if kind == "document" else ""))
    upload = telegram.files.keep(bot.id, kind, data, name, str(details.get("mime_type") or ""))
    content = attachment(upload)
    if kind == "voice":
        content["voice"]["duration"] = whole({"duration": 3} | details, "duration")
    if kind == "sticker":
        content["sticker"]["emoji"] = str(details.get("emoji", "👍"))
    if asked.get("caption"):
        content["caption"], entities = _text(asked["caption"], "caption")
        if entities:
            content["caption_entities"] = entities
    return content


def _message_in_sight(telegram: Telegram, bot: Bot, person: Person, asked: Json) -> tuple[Chat, Message]:
    """The message a press is on: in the named chat, or the private one, or a group (ids are unique in a bot)."""
    message_id = whole(asked, "message_id")
    named = asked.get("chat")
    ids = [whole({"chat": named}, "chat")] if named is not None else [person.id, *(c for c in bot.chats if c < 0)]
    for chat_id in ids:
        chat = bot.chats.get(chat_id)
        message = chat.messages.get(message_id) if chat is not None else None
        if chat is not None and message is not None and not message.deleted:
            if chat.blocked:
                raise Misuse(409, f"{person.first_name} has blocked the bot; unblock it first (POST /sandbox/blocks)")
            return chat, message
    raise Misuse(404, f"message_id: {person.first_name} sees no message {message_id}")


def _query(telegram: Telegram, bot: Bot, person: Person, chat: Chat, message: Message, data: str) -> int | None:
    now = telegram.clock.now()
    for old in [key for key, query in bot.queries.items() if now - query["at"] > QUERY_SECONDS]:
        del bot.queries[old]
        telegram.save_query(bot, old, None)
    query_id = str(secrets.randbits(62) + 1)
    bot.queries[query_id] = {"at": now, "chat": chat.id, "from": person.id}
    telegram.save_query(bot, query_id, bot.queries[query_id])
    query = {
        "id": query_id,
        "from": person.as_user(),
        "message": message.api,
        "chat_instance": str((chat.id * 2_654_435_761 + bot.id) % 2**62),
        "data": data,
    }
    return telegram.enqueue(bot, "callback_query", query)


def _press_reply_key(telegram: Telegram, bot: Bot, person: Person, chat: Chat, button: Json) -> Json:
    if button.get("request_contact"):
        content: Json = {"contact": _contact(person, True)}
    elif button.get("request_location"):
        content = {"location": {"latitude": 52.52, "longitude": 13.405}}
    else:
        text, entities = _text(button["text"], "button")
        content = {"text": text} | ({"entities": entities} if entities else {})
    if (chat.keyboard or {}).get("one_time_keyboard"):
        chat.keyboard = None
        telegram.save_chat(bot, chat)
    message = telegram.post(bot, chat, person.as_user(), content)
    return {"update_id": telegram.enqueue(bot, "message", message.api), "message_id": message.id}
