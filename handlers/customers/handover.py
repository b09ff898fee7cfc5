"""Asking for a person, and coming back to the bot."""

from __future__ import annotations

from collections.abc import Callable

from bot.interact import handoff
from handlers.customers.answers import deliver
from handlers.visit import Visit


def talk_to_person(visit: Visit) -> None:
    text = visit.pressed.values.get("text", "") if visit.pressed else ""
    answer = handoff.begin(
        visit.memory, visit.conversation, visit.settings, visit.now, reason="not_understood", text=text
    )  # fmt: skip
    deliver(visit, answer)


def bring_bot_back(visit: Visit) -> None:
    deliver(visit, handoff.end(visit.conversation))


COMMANDS: dict[str, Callable[[Visit], None]] = {"bot": bring_bot_back}
PRESSES: dict[str, Callable[[Visit], None]] = {"talk_to_person": talk_to_person, "bot_back": bring_bot_back}
