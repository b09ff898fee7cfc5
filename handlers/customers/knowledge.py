"""The tap that says which of two questions was meant."""

from __future__ import annotations

from collections.abc import Callable

from bot.interact import knowledge
from bot.interact.replies import Answer
from bot.interact.understanding import Understanding
from handlers.customers.answers import make_turn, redraw
from handlers.visit import Visit


def answer_meant(visit: Visit) -> None:
    answer = Answer()
    name = visit.pressed.values.get("name", "") if visit.pressed else ""
    knowledge.answer_faq(make_turn(visit, Understanding(text="", language=visit.language)), name, answer)
    if answer.parts:
        redraw(visit, answer)
    else:
        visit.acknowledge("press/expired")  # the entry is gone


PRESSES: dict[str, Callable[[Visit], None]] = {"faq_meant": answer_meant}
