"""From a message's name and values to what the Bot API is given: text, and buttons with their tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from bot.customize.wording import Wording
from storage import buttons
from storage.database import Memory


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: what pressing it does, with which values, and which label it shows."""

    action: str
    label: str = ""  # name in buttons.yaml; the action's own where empty
    values: dict[str, Any] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)  # filled into the label


Rows = list[list[Button]]


def compose(
    memory: Memory,
    wording: Wording,
    name: str,
    values: dict[str, Any],
    *,
    chat_id: int,
    customer_id: int | None,
    language: str,
    zone: tzinfo,
    now: datetime,
    rows: Rows | None = None,
    again: bool = False,
    turn: int = 0,
) -> dict[str, Any]:
    """Parameters of `sendMessage`. `again`: the buttons may be pressed more than once; `turn` picks the variant."""
    parameters: dict[str, Any] = {
        "chat_id": chat_id,
        "text": wording.render(language, name, values, zone=zone, turn=turn),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if not rows:
        return parameters
    actions = [(button.action, button.values) for row in rows for button in row]
    tokens = iter(buttons.add_row(memory, actions, chat_id=chat_id, customer_id=customer_id, now=now, again=again))
    parameters["reply_markup"] = {
        "inline_keyboard": [
            [
                {
                    "text": wording.label(language, button.label or button.action, button.words),
                    "callback_data": next(tokens),
                }
                for button in row
            ]
            for row in rows
        ]
    }
    return parameters
