"""From a message's name to what the Bot API is given, buttons with tokens of their own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.customize.messages import Button, compose
from storage import buttons
from storage.database import Database, Memory
from tests.support.follow_ups import START, WORDING, add_customer

BERLIN = ZoneInfo("Europe/Berlin")


def test_message_without_buttons_is_text_in_html(database: Database) -> None:
    def run(memory: Memory) -> dict[str, object]:
        return compose(
            memory, WORDING, "reasons/held", {"reason": "<cap>"}, chat_id=7, customer_id=None, language="en",
            zone=BERLIN, now=START,
        )  # fmt: skip

    assert database.write_now(run) == {
        "chat_id": 7,
        "text": "&lt;cap&gt;",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


def test_buttons_carry_tokens_only_and_are_bound_to_the_chat(database: Database) -> None:
    anna = add_customer(database)
    rows = [
        [Button("rate", values={"score": 1}, words={"score": 1}), Button("rate", values={"score": 2}, words={"score": 2})],
        [Button("answer", label="solved_yes")],
    ]  # fmt: skip

    def run(memory: Memory) -> list[list[dict[str, str]]]:
        parameters = compose(
            memory, WORDING, "reasons/held", {"reason": "cap"}, chat_id=7, customer_id=anna, language="zh",
            zone=BERLIN, now=START, rows=rows,
        )  # fmt: skip
        keyboard: list[list[dict[str, str]]] = parameters["reply_markup"]["inline_keyboard"]
        return keyboard

    keyboard = database.write_now(run)
    assert [[key["text"] for key in row] for row in keyboard] == [["1 ★", "2 ★"], [WORDING.label("zh", "solved_yes")]]
    tokens = [key["callback_data"] for row in keyboard for key in row]
    assert len(set(tokens)) == 3
    assert all(len(token.encode()) <= 64 for token in tokens)

    def find(memory: Memory, chat: int) -> list[tuple[str, dict[str, object]] | None]:
        found = [buttons.find(memory, token, chat) for token in tokens]
        return [(one.action, one.values) if one else None for one in found]

    assert database.read_now(lambda memory: find(memory, 7)) == [
        ("rate", {"score": 1}), ("rate", {"score": 2}), ("answer", {}),
    ]  # fmt: skip
    assert database.read_now(lambda memory: find(memory, 8)) == [None, None, None]
