"""/profile: all a colleague needs to know before saying hello. Orders, notes and tiers have files of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.customize.messages import Button
from bot.differentiate.needs import describe_needs
from bot.identify import consents, facts, households
from handlers.staff import notes, orders, tiers
from handlers.staff.access import FAILED, Deed, reply, staff_only
from handlers.staff.choosing import choose, name_of
from handlers.visit import Visit
from storage import catalogue, contacts, customers, desk, follow_ups, partners
from storage import facts as known
from storage import feedback as cases
from storage import orders as bought
from storage.database import Memory
from storage.models import Customer, Order

ORDERS_SHOWN = 3
FACTS_SHOWN = 12
FAVOURITES_SHOWN = 3
OWN_SHOWN = 8
QUOTE_SHOWN = 300


@staff_only()
def profile(visit: Visit) -> Deed:
    if not visit.said.arguments:
        reply(visit, "staff/usage", command="profile")
        return FAILED
    customer = choose(visit, visit.said.arguments, "open_customer")
    if customer is None:
        return FAILED
    show_profile(visit, customer)
    return Deed(about=customer.id)


def show_profile(visit: Visit, customer: Customer) -> None:
    values = {"customer_id": customer.id}
    reply(
        visit, "staff/profile",
        buttons=[[Button("show_why", values=values), Button("show_follow_ups", values=values)]],
        again=True, **describe(visit, customer),
    )  # fmt: skip


def describe(visit: Visit, customer: Customer) -> dict[str, Any]:
    memory = visit.memory
    memory.flush()
    current = list(known.list_current(memory, customer.id))
    plans = follow_ups.list_rows(memory, customer_id=customer.id)
    coming = [row for row in plans if row["status"] in ("planned", "held", "queued")]
    feedback = cases.list_of(memory, customer.id)
    return {
        **name_of(customer),
        "tier_reason": customer.tier_reason,
        "by_staff": customer.tier_set_by is not None,
        "status": customer.status,
        "kind": customer.kind,
        **_relations(memory, customer, visit.settings.business.currency),
        "speaks": customer.language,
        "city": customer.city,
        "household": [f"{one['name']} #{one['id']}" for one in households.show_household(memory, customer.id)],
        "tags": customer.tags,
        "lead_source": customer.lead_source,
        "referred_by": customer.referred_by,
        "brought": (customer.value.get("referrals") or {}).get("customers", 0),
        "since": customer.created_at,
        "seen_at": customer.last_contact_at,
        "identities": [
            {"kind": one.kind, "value": one.value} for one in customers.list_identities(memory, customer.id)
        ],
        "agreed": consents.summarise(memory, customer.id),
        "restrictions": [fact.value for fact in current if fact.kind == "restriction"],
        "facts": [
            {**facts.describe(fact), "stated_by": fact.stated_by, "since": fact.since}
            for fact in current
            if fact.kind != "restriction"
        ][-FACTS_SHOWN:],
        "fact_count": len(current),
        "orders": [_order(visit, order) for order in bought.list_for(memory, customer.id, ORDERS_SHOWN)],
        "order_count": bought.count(memory, customer.id),
        "needs": _needs(visit, customer),
        "cases": [
            {"id": case.id, "kind": case.kind, "quote": case.quote[:QUOTE_SHOWN], "due_at": case.due_at}
            for case in feedback
            if case.status == "open"
        ],
        "scores": [int(one.score) for one in feedback if one.score is not None][-5:],
        "notes": [
            {"text": note.text[:QUOTE_SHOWN], "at": note.at, "by": _writer(visit, note.staff_id)}
            for note in desk.list_notes(memory, customer.id)
        ],
        "contact_count": contacts.count(memory, customer.id),
        "next": {name: coming[0][name] for name in ("rule", "due_at", "status")} if coming else None,
    }


def _relations(memory: Memory, customer: Customer, currency: str) -> dict[str, Any]:
    """Of a partner the own customers, of anybody the partner they belong to."""
    owner = customers.get(memory, customer.partner_id) if customer.partner_id else None
    own = partners.sum_own(memory, [customer.id]).get(customer.id, partners.Own())
    return {
        "partner": name_of(owner) if owner else None,
        "own": own._asdict(),
        "own_names": partners.list_names(memory, customer.id, OWN_SHOWN) if own.customers else [],
        "currency": currency,
    }


def _needs(visit: Visit, customer: Customer) -> dict[str, Any] | None:
    """What stands out of what they buy; None where nothing does."""
    found = describe_needs(visit.memory, customer, visit.settings, visit.now)
    if found is None:
        return None
    hours, wallet = found["hours"], found["share_of_wallet"]
    shown = {
        "favourites": [
            {"name": _name_item(visit, one["sku"]), "orders": one["orders"], "every": _round(one["cycle_days"])}
            for one in found["favourites"][:FAVOURITES_SHOWN]
        ],
        "every": _round(found["cycle_days"]),
        "day": found["weekday"]["day"] if found["weekday"] else None,
        "begins": f"{hours['from']}:00" if hours else None,
        "ends": f"{hours['to']}:00" if hours else None,
        "sensitive": bool(found["prices"] and found["prices"]["sensitive"]),
        "ours": None if wallet is None else round(10 * wallet),
    }
    return shown if any(shown.values()) else None


def _round(days: float | None) -> int | None:
    return None if days is None else round(days)


def _name_item(visit: Visit, sku: str) -> str:
    item = catalogue.find_item(visit.memory, sku)
    language = visit.staff.language if visit.staff else visit.language
    return sku if item is None else item.name_zh if language == "zh" else item.name_en


def _order(visit: Visit, order: Order) -> dict[str, Any]:
    items = [{"name": _name_item(visit, line.sku), "quantity": line.quantity} for line in order.lines]
    return {"at": order.ordered_at, "total": order.total, "currency": order.currency, "items": items}


def _writer(visit: Visit, staff_id: int | None) -> str:
    member = desk.get_member(visit.memory, staff_id)
    return member.name if member else ""


COMMANDS: dict[str, Callable[[Visit], None]] = {
    "profile": profile,
    **orders.COMMANDS,
    **notes.COMMANDS,
    **tiers.COMMANDS,
}
PRESSES: dict[str, Callable[[Visit], None]] = {**orders.PRESSES, **notes.PRESSES, **tiers.PRESSES}
