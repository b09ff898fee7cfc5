"""/find: customers by name, phone, tag or number, however spelt; a tap opens one."""

from __future__ import annotations

from collections.abc import Callable

from bot.identify import matching
from handlers.staff.access import FAILED, Deed, reply, staff_only
from handlers.staff.choosing import buttons_to, pressed_customer
from handlers.staff.profile import show_profile
from handlers.visit import Visit


@staff_only()
def find(visit: Visit) -> Deed:
    words = visit.said.arguments
    if not words:
        reply(visit, "staff/usage", command="find")
        return FAILED
    found = matching.search_customers(visit.memory, words, visit.settings)
    if not found:
        reply(visit, "staff/nobody", words=words)
        return FAILED
    reply(visit, "staff/found", buttons=buttons_to(found, "open_customer"), again=True, words=words, count=len(found))
    return Deed()


@staff_only()
def open_customer(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    if customer is None:
        return FAILED
    show_profile(visit, customer)
    return Deed(about=customer.id)


COMMANDS: dict[str, Callable[[Visit], None]] = {"find": find}
PRESSES: dict[str, Callable[[Visit], None]] = {"open_customer": open_customer}
