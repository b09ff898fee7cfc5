"""Taps on "how was it?", and on whether what was done about a complaint is enough."""

from __future__ import annotations

from collections.abc import Callable

from bot.interact import feedback
from handlers.customers.answers import redraw
from handlers.visit import Visit


def rate(visit: Visit) -> None:
    values = visit.pressed.values if visit.pressed else {}
    score = values.get("score")
    if not isinstance(score, int) or not 1 <= score <= 5:
        visit.acknowledge("press/expired")
        return
    answer = feedback.rate(
        visit.memory, visit.customer, visit.conversation, score=score, order_id=values.get("order_id"),
        contact_id=visit.contact_id, settings=visit.settings, now=visit.now,
    )  # fmt: skip
    redraw(visit, answer)


def accept_solution(visit: Visit) -> None:
    _close(visit, content=True)


def refuse_solution(visit: Visit) -> None:
    _close(visit, content=False)


def _close(visit: Visit, *, content: bool) -> None:
    feedback_id = visit.pressed.values.get("feedback_id", 0) if visit.pressed else 0
    answer = feedback.close(
        visit.memory, visit.customer, visit.conversation, feedback_id, content=content, settings=visit.settings,
        now=visit.now,
    )  # fmt: skip
    if answer is None:
        visit.acknowledge("press/expired")
    else:
        redraw(visit, answer)


PRESSES: dict[str, Callable[[Visit], None]] = {
    "rate": rate,
    "solved_yes": accept_solution,
    "solved_no": refuse_solution,
}
