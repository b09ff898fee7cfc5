"""/partner: who is a partner and how they do, and whose customer somebody is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.customize.messages import Button
from bot.differentiate import partners
from bot.interact.orders import name_of as name_of_item
from handlers.staff.access import FAILED, Deed, acknowledge, answer, member_of, redraw, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer
from handlers.visit import Visit
from storage import catalogue, customers, duplicates
from storage.models import Customer, CustomerKind

OF = re.compile(r"(.+)\s(?:of|属于|归)\s(.+)", re.IGNORECASE | re.DOTALL)
QUOTED = re.compile(r'"[^"]+"|“[^”]+”|「[^」]+」')  # "Cup of Joe" is a name
NO = re.compile(r"(.+?)\s+(?:no|off|不是|取消)", re.IGNORECASE | re.DOTALL)
SHOWN = 15
NOBODY = ("nobody", "none", "无", "没有")


@staff_only()
def partner(visit: Visit) -> Deed:
    """`/partner CUSTOMER`, `/partner CUSTOMER no`, `/partner CUSTOMER of PARTNER`."""
    asked = visit.said.arguments.strip()
    if not asked:
        return _list(visit)
    if (owned := OF.fullmatch(asked)) is not None and not QUOTED.fullmatch(asked):
        return _assign(visit, _bare(owned[1]), _bare(owned[2]))
    refused = NO.fullmatch(asked)
    kind = CustomerKind.person if refused else CustomerKind.partner
    customer = choose(visit, _bare(refused[1] if refused else asked), "partner_kind", kind=kind.value)
    return FAILED if customer is None else _set_kind(visit, customer, kind)


def _list(visit: Visit) -> Deed:
    """Everybody, whose stock runs out first first; how to make one, where there is none."""
    rows = partners.report_partners(visit.memory, visit.now)
    if not rows:
        reply(visit, "staff/usage", command="partner")
        return FAILED
    language = member_of(visit).language
    shown = [
        {**row, "runs_out": _name_item(visit, row["runs_out"], language), "days": row["runs_out_in_days"]}
        for row in rows[:SHOWN]
    ]
    reply(visit, "staff/partners", partners=shown, count=len(rows), currency=visit.settings.business.currency)
    return Deed()


def _name_item(visit: Visit, sku: str | None, language: str) -> str | None:
    item = catalogue.find_item(visit.memory, sku) if sku else None
    return name_of_item(item, language) if item is not None else sku


def _bare(key: str) -> str:
    return key.strip().strip('"“”„「」').strip()


@staff_only()
def partner_kind(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    return FAILED if customer is None else _set_kind(visit, customer, CustomerKind(_values(visit)["kind"]))


def _set_kind(visit: Visit, customer: Customer, kind: CustomerKind) -> Deed:
    before = str(customer.kind)
    if kind == CustomerKind.partner or partners.is_partner(customer):  # a firm that is no partner stays a firm
        partners.set_kind(visit.memory, customer, kind, visit.settings, visit.now)
        visit.follow_kind(customer)
        visit.outcome.planned = True
    _say(visit, "staff/partner_kind", customer, "kind", before, str(customer.kind))
    return Deed(about=customer.id)


def _assign(visit: Visit, key: str, partner_key: str) -> Deed:
    if partner_key.lower() in NOBODY:
        owner_id = 0
    else:
        owner = choose(visit, partner_key, "assign_to", whom=key)
        if owner is None:
            return FAILED
        owner_id = owner.id
    customer = choose(visit, key, "assign", partner_id=owner_id)
    return FAILED if customer is None else _give(visit, customer, owner_id)


@staff_only()
def assign_to(visit: Visit) -> Deed:
    """Which of several partners of a name was meant."""
    owner = pressed_customer(visit)
    customer = choose(visit, _values(visit)["whom"], "assign", partner_id=owner.id) if owner else None
    return FAILED if owner is None or customer is None else _give(visit, customer, owner.id)


@staff_only()
def assign(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    return FAILED if customer is None else _give(visit, customer, int(_values(visit)["partner_id"]))


def _give(visit: Visit, customer: Customer, owner_id: int) -> Deed:
    owner = _find_owner(visit, owner_id)
    if owner_id and owner is None:
        answer(visit, "staff/nobody", words=f"#{owner_id}")
        return FAILED
    wrong = partners.find_hindrance(customer, owner) if owner else None
    if owner is not None and wrong is not None:
        answer(visit, "staff/partner_wrong", **name_of(owner), why=wrong)
        return FAILED
    before = customer.partner_id
    customer.partner_id = owner.id if owner else None
    visit.memory.flush()
    partner = name_of(owner) if owner else None
    _say(visit, "staff/partner_of", customer, "partner_id", before, customer.partner_id, partner=partner)
    return Deed(about=customer.id)


def _find_owner(visit: Visit, number: int | None) -> Customer | None:
    """The partner of this number, or whoever they were merged with; None where they are gone."""
    if not number:
        return None
    return customers.get(visit.memory, duplicates.find_survivor(visit.memory, number) or number)


def _say(
    visit: Visit, name: str, customer: Customer, what: str, before: str | int | None, after: str | int | None,
    **values: Any,
) -> None:  # fmt: skip
    """With Undo, where anything changed: of `what` alone, kind or partner_id."""
    changed = {"customer_id": customer.id, "what": what, "before": before, "after": after}
    buttons = [[Button("undo_partner", "undo", changed)]] if before != after else []
    answer(visit, name, buttons=buttons, **name_of(customer), kind=customer.kind, reason=customer.tier_reason, **values)


@staff_only()
def undo_partner(visit: Visit) -> Deed:
    """Take back what the button names, unless it was changed again since; nothing else."""
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        acknowledge(visit, "press/too_late")
        return FAILED
    customer, changed = pressed_customer(visit), visit.pressed.values
    if customer is None:
        return FAILED
    if getattr(customer, changed["what"]) != changed["after"]:
        acknowledge(visit, "press/expired")
        return FAILED
    if changed["what"] == "kind":
        partners.set_kind(visit.memory, customer, CustomerKind(changed["before"]), visit.settings, visit.now)
        visit.follow_kind(customer)
        visit.outcome.planned = True
    else:
        before = _find_owner(visit, changed["before"])
        customer.partner_id = before.id if before and before.id != customer.id else None
    owner = _find_owner(visit, customer.partner_id)
    redraw(
        visit, "staff/partner_undone", **name_of(customer), kind=customer.kind,
        partner=name_of(owner) if owner else None,
    )  # fmt: skip
    return Deed(about=customer.id)


def _values(visit: Visit) -> dict[str, Any]:
    return visit.pressed.values if visit.pressed else {}


COMMANDS: dict[str, Callable[[Visit], None]] = {"partner": partner}
PRESSES: dict[str, Callable[[Visit], None]] = {
    "partner_kind": partner_kind,
    "assign_to": assign_to,
    "assign": assign,
    "undo_partner": undo_partner,
}
