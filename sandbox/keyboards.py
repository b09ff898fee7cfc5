"""`reply_markup` as Telegram takes it: what is shown under a message, and what is refused."""

from typing import Any

from sandbox.model import Json
from sandbox.parameters import Parameters
from sandbox.refusals import bad_request

DATA_BYTES = 64
ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
REPLY_KINDS = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(parameters: Parameters) -> tuple[Json | None, Json | None]:
    """(inline keyboard as the Message shows it or None, reply keyboard only the person sees or None)."""
    markup = parameters.nested("reply_markup")
    if markup is None:
        return None, None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [row for row in _inline_rows(markup["inline_keyboard"]) if row]
        return ({"inline_keyboard": rows} if rows else None), None
    if markup and not any(kind in markup for kind in REPLY_KINDS):
        raise bad_request("object expected as reply markup")
    if "keyboard" in markup:
        return None, markup | {"keyboard": _reply_rows(markup["keyboard"])}
    return None, markup or None


def _inline_rows(rows: Any) -> list[list[Json]]:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    return [[_inline_button(button) for button in _row(row)] for row in rows]


def _row(row: Any) -> list[Any]:
    if not isinstance(row, list):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardMarkup must be an Array of Arrays")
    return row


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not any(button.get(action) is not None for action in ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and (
        not isinstance(data, str) or not 1 <= len(data.encode("utf-8", "surrogatepass")) <= DATA_BYTES
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and (not isinstance(url, str) or ("." not in url and "://" not in url)):
        raise bad_request("BUTTON_URL_INVALID")
    return button


def _reply_rows(rows: Any) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    buttons = [[{"text": button} if isinstance(button, str) else button for button in row] for row in rows]
    for row in buttons:
        for button in row:
            if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"]:
                raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    return buttons
