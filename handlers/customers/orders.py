"""Buttons below an order that is being put together: place it, change it, drop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.interact import orders
from bot.interact.replies import Answer, Tap
from handlers.customers.answers import redraw
from handlers.visit import Visit


def place_order(visit: Visit) -> None:
    """Store it and tell staff; an old list, or one that was changed since, places nothing."""
    draft = _open_draft(visit)
    if draft is None:
        return
    told = visit.pressed.values.get("warned", 0) if visit.pressed else 0
    if orders.count_warnings(visit.memory, visit.customer, draft) > told:  # learnt since: not without a warning
        _show(visit, draft, hint=False)
        return
    order = orders.place(visit.memory, visit.customer, visit.conversation, draft, visit.settings, visit.now)
    if order is None:
        visit.acknowledge("press/expired")
        return
    answer = Answer(taps=[[Tap("undo", {"orders": [order.id]})]])
    orders.say_placed(visit.memory, visit.customer, visit.conversation, order, visit.settings, answer)
    redraw(visit, answer)


def change_order(visit: Visit) -> None:
    """Say how: the same list again, with examples."""
    draft = _open_draft(visit)
    if draft is not None:
        _show(visit, draft, hint=True)


def cancel_order(visit: Visit) -> None:
    if _open_draft(visit) is not None:
        orders.cancel(visit.conversation)
        visit.redraw("orders/cancelled")


def _show(visit: Visit, draft: dict[str, Any], *, hint: bool) -> None:
    answer = Answer()
    orders.add_draft(visit.memory, visit.customer, visit.conversation, draft, answer, hint=hint)
    redraw(visit, answer)


def _open_draft(visit: Visit) -> dict[str, Any] | None:
    """The draft as the message of this button showed it."""
    draft = orders.find_draft(visit.conversation, visit.now)
    values = visit.pressed.values if visit.pressed else {}
    if draft is None or (draft["draft"], draft["version"]) != (values.get("draft"), values.get("version")):
        visit.acknowledge("press/expired")
        return None
    return draft


PRESSES: dict[str, Callable[[Visit], None]] = {
    "place_order": place_order,
    "change_order": change_order,
    "cancel_order": cancel_order,
}
