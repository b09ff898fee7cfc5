"""Which customer a colleague means, and how they are named to colleagues."""

from __future__ import annotations

import re
from typing import Any

from bot.customize.messages import Button, Rows
from bot.identify import matching
from handlers.staff.access import answer, reply
from handlers.visit import Visit
from storage import customers
from storage.models import Customer

_QUOTED = re.compile(r'\s*["“„「]([^"”“」]{1,80})["”“」]\s*(.*)', re.DOTALL)


def split_key(visit: Visit, arguments: str) -> tuple[str, str]:
    """The customer's key and the rest: a quoted name, a whole name we know, or else the first word."""
    if match := _QUOTED.match(arguments):
        return match[1].strip(), match[2].strip()
    words = arguments.split()
    for count in range(min(4, len(words)), 1, -1):
        name = " ".join(words[:count])
        if matching.is_name(visit.memory, name):
            return name, _after(arguments, count)
    return (words[0], _after(arguments, 1)) if words else ("", "")


def _after(arguments: str, count: int) -> str:
    """What follows the first words, with its own spaces and lines."""
    parts = arguments.split(maxsplit=count)
    return parts[count].strip() if len(parts) > count else ""


def choose(visit: Visit, key: str, action: str, **values: Any) -> Customer | None:
    """The customer of this key. None: nobody (said so), or several, of whom a press of `action` chooses one."""
    found = matching.choose_customers(visit.memory, key, visit.settings) if key else []
    if len(found) == 1:
        return found[0]
    if not found:
        reply(visit, "staff/nobody", words=key)
    else:
        reply(visit, "staff/which", buttons=buttons_to(found, action, **values), words=key)
    return None


def buttons_to(found: list[Customer], action: str, **values: Any) -> Rows:
    return [
        [Button(action, "customer", {"customer_id": one.id, **values}, {"name": one.name, "id": one.id, "tier": one.tier})]
        for one in found
    ]  # fmt: skip


def pressed_customer(visit: Visit) -> Customer | None:
    """The customer that a button names; told where they are gone meanwhile."""
    customer_id = visit.pressed.values.get("customer_id", 0) if visit.pressed else 0
    found = customers.get(visit.memory, customer_id)
    if found is None:
        answer(visit, "staff/nobody", words=f"#{customer_id}")
    return found


def name_of(customer: Customer) -> dict[str, Any]:
    """How every message to staff names a customer."""
    return {"name": customer.name, "customer_id": customer.id, "tier": customer.tier}
