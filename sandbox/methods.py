"""The Bot API's methods besides getUpdates: each a function of the state, the calling bot and its parameters.

What a method returns is the `result`; a `Refusal` carries Telegram's code and words.
"""

from collections.abc import Callable
from typing import Any

from sandbox.files import DOWNLOAD_BYTES, attachment, describe, image_size
from sandbox.keyboards import read_markup
from sandbox.markup import parse_html, read_entities, trim
from sandbox.menus import delete_my_commands, get_my_commands, set_my_commands
from sandbox.model import Bot, Chat, Json, Message, Upload
from sandbox.parameters import Parameters
from sandbox.refusals import bad_request
from sandbox.telegram import QUERY_SECONDS, Telegram

TEXT_CHARACTERS = 4096
CAPTION_CHARACTERS = 1024
ANSWER_CHARACTERS = 200
PHOTO_BYTES = 10 * 1024 * 1024
FILE_BYTES = 50 * 1024 * 1024
DELETABLE_SECONDS = 48 * 3600
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    return bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def send_message(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    text, entities = _formatted(parameters, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_CHARACTERS:
        raise bad_request("message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return _send(telegram, bot, parameters, lambda: content)


def send_photo(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    return _send_file(telegram, bot, parameters, "photo")


def send_document(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    return _send_file(telegram, bot, parameters, "document")


def send_voice(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    return _send_file(telegram, bot, parameters, "voice")


def send_sticker(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    return _send_file(telegram, bot, parameters, "sticker")


def edit_message_text(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    chat, message = _message_to_edit(telegram, bot, parameters)
    text, entities = _formatted(parameters, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_CHARACTERS:
        raise bad_request("message is too long")
    if "text" not in message.api:
        raise bad_request("there is no text in the message to edit")
    inline, _ = read_markup(parameters)
    same_text = message.api["text"] == text and message.api.get("entities", []) == entities
    if same_text and message.api.get("reply_markup") == inline:
        raise bad_request(NOT_MODIFIED)
    telegram.admit(bot, chat)
    api = message.api | {"text": text, "edit_date": int(telegram.clock.now())}
    _replace(api, "entities", entities)
    _replace(api, "reply_markup", inline)
    message.api = api
    telegram.change(bot, chat, message)
    return api


def edit_message_reply_markup(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    chat, message = _message_to_edit(telegram, bot, parameters)
    inline, _ = read_markup(parameters)
    if message.api.get("reply_markup") == inline:
        raise bad_request(NOT_MODIFIED)
    telegram.admit(bot, chat)
    api = message.api | {"edit_date": int(telegram.clock.now())}
    _replace(api, "reply_markup", inline)
    message.api = api
    telegram.change(bot, chat, message)
    return api


def delete_message(telegram: Telegram, bot: Bot, parameters: Parameters) -> bool:
    chat = telegram.chat_for_sending(bot, parameters.values.get("chat_id"))
    message = chat.messages.get(parameters.whole("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    if telegram.clock.now() - message.api["date"] > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    telegram.change(bot, chat, message)
    return True


def answer_callback_query(telegram: Telegram, bot: Bot, parameters: Parameters) -> bool:
    text = parameters.text("text")
    if len(text) > ANSWER_CHARACTERS:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = parameters.text("callback_query_id")
    query = bot.queries.pop(query_id, None)
    if query is not None:
        telegram.save_query(bot, query_id, None)
    if query is None or telegram.clock.now() - query["at"] > QUERY_SECONDS:
        raise bad_request(QUERY_TOO_OLD)
    chat = bot.chats[query["chat"]]
    url = parameters.text("url") or None
    telegram.notify(chat, text, parameters.yes("show_alert"), url)
    return True


def send_chat_action(telegram: Telegram, bot: Bot, parameters: Parameters) -> bool:
    chat = telegram.chat_for_sending(bot, parameters.values.get("chat_id"))
    action = parameters.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = (action, telegram.clock.now() + 5)
    chat.wake()
    return True


def get_chat(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    chat = bot.chats.get(parameters.whole("chat_id"))
    if chat is None or not chat.started:
        raise bad_request("chat not found")
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    return chat.api | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_file(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    upload = _known_file(telegram, bot, parameters.text("file_id"))
    if upload is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if upload.size > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return describe(upload) | {"file_path": upload.path}


def delete_webhook(telegram: Telegram, bot: Bot, parameters: Parameters) -> bool:
    if parameters.yes("drop_pending_updates"):
        telegram.confirm(bot, bot.next_update_id)
    return True


def get_webhook_info(telegram: Telegram, bot: Bot, parameters: Parameters) -> Json:
    return {"url": "", "has_custom_certificate": False, "pending_update_count": len(bot.updates)}


METHODS: dict[str, Callable[[Telegram, Bot, Parameters], Any]] = {
    "getme": get_me,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendvoice": send_voice,
    "sendsticker": send_sticker,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "sendchataction": send_chat_action,
    "getchat": get_chat,
    "getfile": get_file,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}


def _formatted(parameters: Parameters, field: str, entities_field: str) -> tuple[str, list[Json]]:
    """The text and its entities, trimmed; HTML is parsed, without a parse mode the entities are as given."""
    text = parameters.text(field)
    mode = parameters.text("parse_mode").lower()
    if mode == "html":
        return trim(*parse_html(text))
    if mode not in ("", "markdown", "markdownv2"):  # the two are taken as plain text: Regulars does not use them
        raise bad_request("unsupported parse_mode")
    return trim(text, read_entities(parameters.nested(entities_field) or [], text))


def _send(telegram: Telegram, bot: Bot, parameters: Parameters, content: Callable[[], Json]) -> Json:
    """Everything a send has in common. `content` is made only when nothing refuses the message."""
    inline, keyboard = read_markup(parameters)
    chat = telegram.chat_for_sending(bot, parameters.values.get("chat_id"))
    reply = _replied_to(chat, parameters)
    telegram.admit(bot, chat)
    api = content()
    if reply is not None:
        api["reply_to_message"] = {key: value for key, value in reply.items() if key != "reply_to_message"}
    if inline is not None:
        api["reply_markup"] = inline
    if parameters.yes("protect_content"):
        api["has_protected_content"] = True
    if keyboard is not None:
        chat.keyboard = None if keyboard.get("remove_keyboard") else keyboard
        telegram.save_chat(bot, chat)
    chat.action = None
    return telegram.post(bot, chat, bot.as_user(), api).api


def _replied_to(chat: Chat, parameters: Parameters) -> Json | None:
    asked = parameters.nested("reply_parameters")
    if isinstance(asked, dict):
        message_id, may_miss = asked.get("message_id"), bool(asked.get("allow_sending_without_reply"))
    else:
        message_id = parameters.whole("reply_to_message_id")
        may_miss = parameters.yes("allow_sending_without_reply")
    if not message_id:
        return None
    message = chat.messages.get(message_id) if isinstance(message_id, int) else None
    if message is not None and not message.deleted:
        return message.api
    if may_miss:
        return None
    raise bad_request("message to be replied not found")


def _message_to_edit(telegram: Telegram, bot: Bot, parameters: Parameters) -> tuple[Chat, Message]:
    chat = telegram.chat_for_sending(bot, parameters.values.get("chat_id"))
    message = chat.messages.get(parameters.whole("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _replace(api: Json, key: str, value: Any) -> None:
    if value:
        api[key] = value
    else:
        api.pop(key, None)


def _send_file(telegram: Telegram, bot: Bot, parameters: Parameters, kind: str) -> Json:
    caption, entities = _formatted(parameters, "caption", "caption_entities")
    if len(caption) > CAPTION_CHARACTERS:
        raise bad_request("message caption is too long")
    given = parameters.text(kind)
    part = parameters.files.get(given.removeprefix("attach://") if given.startswith("attach://") else kind)
    known = _known_file(telegram, bot, given) if part is None else None
    if part is None and known is None:
        missing = f"there is no {kind} in the request"
        raise bad_request("wrong file identifier/HTTP URL specified" if given else missing)
    if part is not None:
        if not part.data:
            raise bad_request("file must be non-empty")
        if len(part.data) > (PHOTO_BYTES if kind == "photo" else FILE_BYTES):
            raise bad_request("file is too big")
        if kind == "photo" and image_size(part.data) is None:
            raise bad_request("IMAGE_PROCESS_FAILED")

    def content() -> Json:
        if part is not None:
            upload = telegram.files.keep(bot.id, kind, part.data, part.name, part.mime_type)
        else:
            assert known is not None  # noqa: S101 - one of the two is there, see above
            upload = known
        api = attachment(upload)
        if caption:
            api["caption"] = caption
        if entities:
            api["caption_entities"] = entities
        return api

    return _send(telegram, bot, parameters, content)


def _known_file(telegram: Telegram, bot: Bot, file_id: str) -> Upload | None:
    upload = telegram.files.uploads.get(file_id)
    return upload if upload is not None and upload.bot_id == bot.id else None
