"""Buttons below our questions: skip one, or say whether what we know still holds."""

from __future__ import annotations

from collections.abc import Callable

from bot.interact import rechecks
from bot.interact.replies import Answer
from handlers.customers.answers import redraw
from handlers.visit import Visit
from storage import questions


def skip(visit: Visit) -> None:
    _close(visit, "skipped")
    visit.redraw("chat/skipped")


def answer_recheck(visit: Visit) -> None:
    """Still so? Which of the two? What is right is kept as said anew, what is not is withdrawn."""
    values = visit.pressed.values if visit.pressed else {}
    _close(visit, "answered")
    asked = rechecks.asked_facts(values.get("name", ""))
    done = rechecks.settle(visit.memory, visit.customer.id, asked, values.get("right", []), visit.contact_id, visit.now)
    if done is None:
        visit.acknowledge("press/too_late")
    else:
        redraw(visit, Answer(parts=[done], planned=True))


def _close(visit: Visit, outcome: str) -> None:
    name = visit.pressed.values.get("name", "") if visit.pressed else ""
    if (visit.conversation.open_question or {}).get("name") == name:
        visit.conversation.open_question = None
    questions.settle(visit.memory, visit.customer.id, name, outcome, visit.now)


PRESSES: dict[str, Callable[[Visit], None]] = {"skip_question": skip, "answer_recheck": answer_recheck}
