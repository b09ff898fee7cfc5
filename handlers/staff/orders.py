"""/order: what somebody bought at the counter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from bot.customize.messages import Button
from bot.differentiate.tiers import class_anew
from bot.identify.importing.cells import Refused, read_money
from bot.interact.understanding.result import FoundItem
from handlers.staff.access import FAILED, Deed, acknowledge, member_of, redraw, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer
from handlers.visit import Visit
from storage import contacts, customers, desk
from storage import orders as bought
from storage.models import Customer

LARGEST = 10_000_000  # minor units; more is a slip of the thumb
_AMOUNT = re.compile(r"[€$£¥]?(-?\d{1,7}(?:[.,]\d{1,2})?)(?:[€$£¥]|[A-Z]{3})?")
_QUOTED = re.compile(r'\s*["“„「]([^"”“」]{1,80})["”“」]\s*(.*)', re.DOTALL)


class Asked(NamedTuple):
    """/order's arguments: whose, how much, of what."""

    key: str
    amount: str
    items: str


@staff_only()
def order(visit: Visit) -> Deed:
    asked = read_order(visit.said.arguments)
    if asked is None:
        reply(visit, "staff/usage", command="order")
        return FAILED
    customer = choose(visit, asked.key, "order_for", amount=asked.amount, items=asked.items)
    return FAILED if customer is None else _keep(visit, customer, asked.amount, asked.items)


@staff_only()
def order_for(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    values = visit.pressed.values if visit.pressed else {}
    return FAILED if customer is None else _keep(visit, customer, values["amount"], values["items"])


def read_order(arguments: str) -> Asked | None:
    """KEY amount [items]. The amount is the first number after the key; after a phone number in groups, the last."""
    quoted = _QUOTED.match(arguments)
    words = (quoted[2] if quoted else arguments).split()
    start = 0 if quoted else 1
    at = next((place for place in range(start, len(words)) if _AMOUNT.fullmatch(words[place])), None)
    if at is None or (not quoted and not words):
        return None
    if not quoted and words[0].startswith("+"):
        while at + 1 < len(words) and _AMOUNT.fullmatch(words[at + 1]):
            at += 1
    match = _AMOUNT.fullmatch(words[at])
    key = quoted[1].strip() if quoted else " ".join(words[:at])
    return Asked(key, match[1].replace(",", ".") if match else "", " ".join(words[at + 1 :]))


def _keep(visit: Visit, customer: Customer, amount: str, words: str) -> Deed:
    memory, currency = visit.memory, visit.settings.business.currency
    try:
        total = read_money(amount, currency, "amount")
    except Refused:
        total = LARGEST + 1
    if abs(total) > LARGEST:
        reply(visit, "staff/usage", command="order")
        return FAILED
    items = _read_items(visit, words)
    added = bought.add_order(
        memory, customer_id=customer.id, external_id=f"counter-{visit.contact_id}", ordered_at=visit.now, total=total,
        currency=currency, source=bought.COUNTER, terms={"seller": member_of(visit).name},
        lines=[{"sku": item.sku, "quantity": item.quantity, "options": item.options} for item in items],
    )  # fmt: skip
    contact_id = contacts.add(
        memory, customer_id=customer.id, direction="in", kind="order", channel="counter", at=visit.now,
        text=f"{amount} {currency} {words}".strip(), staff_id=member_of(visit).id,
    )  # fmt: skip
    customer.last_contact_at = visit.now
    before = customer.tier
    _class(visit, customer)
    visit.outcome.planned = True
    said: dict[str, Any] = {
        **name_of(customer), "total": total, "currency": currency, "words": words, "before": before,
        "items": [{"name": item.name, "quantity": item.quantity} for item in items],
    }  # fmt: skip
    undo = Button("undo_order", "undo", {"order_id": added.id, "contact_id": contact_id})
    (redraw if visit.pressed else reply)(visit, "staff/order_kept", buttons=[[undo]], **said)
    return Deed(about=customer.id)


def _read_items(visit: Visit, words: str) -> tuple[FoundItem, ...]:
    if not words:
        return ()
    listener = visit.business.hearing.listener(visit.memory)
    heard = listener.understand(
        words, language=member_of(visit).language, time_zone=visit.settings.business.time_zone, now=visit.now
    )
    return heard.items


def _class(visit: Visit, customer: Customer, *, keep: bool = True) -> None:
    visit.memory.flush()
    class_anew(visit.memory, visit.settings, visit.now, [customer.id], keep=keep)
    visit.memory.refresh(customer)


@staff_only()
def undo_order(visit: Visit) -> Deed:
    values = visit.pressed.values if visit.pressed else {}
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        acknowledge(visit, "press/too_late")
        return FAILED
    customer_id = desk.remove_order(visit.memory, values["order_id"], visit.now)
    customer = customers.get(visit.memory, customer_id) if customer_id else None
    if customer is None:
        acknowledge(visit, "press/expired")
        return FAILED
    desk.withdraw_contact(visit.memory, values["contact_id"])
    _class(visit, customer, keep=False)  # a tier it earned is taken back with it
    visit.outcome.planned = True
    redraw(visit, "staff/order_undone", **name_of(customer))
    return Deed(about=customer.id)


COMMANDS: dict[str, Callable[[Visit], None]] = {"order": order}
PRESSES: dict[str, Callable[[Visit], None]] = {"order_for": order_for, "undo_order": undo_order}
