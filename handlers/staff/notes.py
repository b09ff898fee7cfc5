"""/note: what a colleague wants the next one to know. Notes are counted: the memory of the house is made of them."""

from __future__ import annotations

from collections.abc import Callable

from bot.customize.messages import Button
from handlers.staff.access import FAILED, Deed, acknowledge, answer, member_of, redraw, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer, split_key
from handlers.visit import Visit
from storage import contacts, customers, desk, portraits
from storage.models import Customer

LONGEST = 2_000


@staff_only()
def note(visit: Visit) -> Deed:
    key, text = split_key(visit, visit.said.arguments)
    if not key or not text:
        reply(visit, "staff/usage", command="note")
        return FAILED
    customer = choose(visit, key, "note_for", text=text[:LONGEST])
    return FAILED if customer is None else _keep(visit, customer, text)


@staff_only()
def note_for(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    text = visit.pressed.values["text"] if visit.pressed else ""
    return FAILED if customer is None else _keep(visit, customer, text)


def _keep(visit: Visit, customer: Customer, text: str) -> Deed:
    member = member_of(visit)
    contact_id = contacts.add(
        visit.memory, customer_id=customer.id, direction="note", kind="note", channel="staff", at=visit.now,
        text=text[:LONGEST], staff_id=member.id,
    )  # fmt: skip
    count = portraits.count_notes(visit.memory).get(member.id, 0)
    undo = Button("undo_note", "undo", {"contact_id": contact_id, "customer_id": customer.id})
    answer(visit, "staff/note_kept", buttons=[[undo]], **name_of(customer), text=text[:LONGEST], count=count)
    return Deed(about=customer.id)


@staff_only()
def undo_note(visit: Visit) -> Deed:
    values = visit.pressed.values if visit.pressed else {}
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        acknowledge(visit, "press/too_late")
        return FAILED
    customer = customers.get(visit.memory, values["customer_id"])
    if customer is None or not desk.withdraw_note(visit.memory, values["contact_id"], member_of(visit).id):
        acknowledge(visit, "press/expired")
        return FAILED
    redraw(visit, "staff/note_undone", **name_of(customer))
    return Deed(about=customer.id)


COMMANDS: dict[str, Callable[[Visit], None]] = {"note": note}
PRESSES: dict[str, Callable[[Visit], None]] = {"note_for": note_for, "undo_note": undo_note}
