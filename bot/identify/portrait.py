"""A customer as others are shown them: the portrait for staff and programs, and the export for the person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.config import Settings
from bot.identify.households import show_household
from bot.identify.matching import find_customer
from storage import consents, contacts, customers, follow_ups, orders, portraits, privacy, provenance, tiers
from storage.database import Memory
from storage.models import Consent, Contact, Customer, Fact, Feedback

__all__ = ["export_customer", "find_customer", "list_customers", "show_customer", "show_follow_up", "show_panel"]

UNVALUED: dict[str, Any] = dict.fromkeys(
    (
        "rfm",
        "expected_orders",
        "alive",
        "present_value",
        "cost_to_serve",
        "brought",
        "priced",
        "discounted",
        "referrals",
        "prospect",
    )
)
BATCH = 1000


def show_customer(memory: Memory, customer: Customer, settings: Settings, now: datetime) -> dict[str, Any]:
    """The shape of `customers show --json`; times are ISO 8601 with offset."""
    return {
        **_head(customer, settings),
        "identities": [
            {"kind": one.kind, "value": one.value} for one in customers.list_identities(memory, customer.id)
        ],
        "consents": _consents(memory, customer.id),
        "facts": [_fact(fact, contact) for fact, contact in portraits.list_facts(memory, customer.id)],
        "feedback": [_feedback(one) for one in portraits.list_feedback(memory, customer.id)],
        "orders": orders.count(memory, customer.id),
        "follow_ups": [show_follow_up(row) for row in follow_ups.list_rows(memory, customer_id=customer.id)],
        "contacts": contacts.count(memory, customer.id),
        "import": _import(memory, customer),
        "household": jsonable(show_household(memory, customer.id)),
    }


def list_customers(memory: Memory, settings: Settings) -> list[dict[str, Any]]:
    """The same of everybody, without the lists."""
    shown: list[dict[str, Any]] = []
    after = 0
    while batch := portraits.list_customers(memory, after=after, most=BATCH):
        ids = [customer.id for customer in batch]
        bought = portraits.count_per_customer(memory, "orders", ids)
        talked = portraits.count_per_customer(memory, "contacts", ids)
        shown += [
            {**_head(one, settings), "orders": bought.get(one.id, 0), "contacts": talked.get(one.id, 0)}
            for one in batch
        ]
        after = ids[-1]
        memory.expunge_all()
    return shown


def show_panel(memory: Memory, user_id: str, settings: Settings, now: datetime) -> dict[str, Any] | None:
    """What the sandbox's page shows beside the chat; None for somebody who has not written yet."""
    customer = customers.find(memory, "telegram", user_id)
    if customer is None:
        return None
    changes = [
        {name: change[name] for name in ("before", "after", "reason", "at")}
        for change in tiers.list_changes(memory, customer.id, most=5)
    ]
    shown: dict[str, Any] = jsonable(
        {**show_customer(memory, customer, settings, now), "tier_changes": changes, "now": now}
    )
    return shown


def export_customer(memory: Memory, customer_id: int, now: datetime) -> dict[str, Any]:
    """Everything we hold on a person, by table, in values JSON has. For the person: no word about our staff."""
    customer = memory.get_one(Customer, customer_id)
    held = {"import": _import(memory, customer), **privacy.load_held(memory, customer_id)}
    for row, name in ((held["customer"], "value"), *((change, "numbers") for change in held["tier_changes"])):
        row[name] = _without_friends(row[name])
    exported: dict[str, Any] = jsonable({"exported_at": now, **held})
    return exported


def _without_friends(numbers: Any) -> Any:
    """Of those they brought, all the way down: how many. What these buy and are worth is theirs."""
    if not isinstance(numbers, Mapping):
        return numbers
    return {
        name: {"customers": one["customers"]} if name == "referrals" and one else _without_friends(one)
        for name, one in numbers.items()
    }


def show_follow_up(row: Mapping[str, Any]) -> dict[str, Any]:
    """One of `storage.follow_ups.list_rows` in the shape of listings."""
    names = ("customer_id", "rule", "occurrence", "due_at", "status", "reason", "text", "sent_at", "purpose")
    shown: dict[str, Any] = jsonable({name: row[name] for name in names})
    return shown


def jsonable(value: Any) -> Any:
    """Times as ISO 8601, all the way down."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): jsonable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(one) for one in value]
    return value


def _head(customer: Customer, settings: Settings) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "kind": customer.kind,
        "partner": customer.partner_id,
        "language": customer.language,
        "time_zone": customer.time_zone or str(settings.business.time_zone),
        "status": customer.status,
        "tier": customer.tier,
        "tier_reason": customer.tier_reason,
        "tier_by_staff": customer.tier_set_by is not None,
        "tier_until": customer.tier_until.isoformat() if customer.tier_until else None,
        "tier_below_since": customer.tier_below_since.isoformat() if customer.tier_below_since else None,
        "group": customer.group,
        "value": UNVALUED | customer.value,
        "city": customer.city,
        "address": customer.address,
        "postcode": customer.postcode,
        "tags": list(customer.tags),
        "lead_source": customer.lead_source,
        "referred_by": customer.referred_by,
        "created_at": customer.created_at.isoformat(),
        "last_contact_at": customer.last_contact_at.isoformat() if customer.last_contact_at else None,
    }


def _import(memory: Memory, customer: Customer) -> dict[str, Any] | None:
    """The file that made them known; None for whoever came by themselves."""
    found = provenance.get(memory, customer.import_id) if customer.import_id is not None else None
    if found is None:
        return None
    return {"id": found.id, "source": found.source, "at": found.began_at.isoformat(), "basis": found.basis}


def _consents(memory: Memory, customer_id: int) -> list[dict[str, Any]]:
    """The answer that counts for each purpose: the newest."""
    newest: dict[str, Consent] = {row.purpose: row for row in consents.list_of(memory, customer_id)}
    return [
        {"purpose": row.purpose, "granted": row.granted, "wording": row.wording, "at": row.at.isoformat()}
        for row in newest.values()
    ]


def _fact(fact: Fact, contact: Contact | None) -> dict[str, Any]:
    return {
        "id": fact.id,
        "kind": fact.kind,
        "value": fact.value,
        "polarity": fact.polarity,
        "item": fact.item,
        "person": fact.person,
        "date": fact.date,
        "source": {
            "contact_id": fact.contact_id,
            "text": (contact.text if contact else "") or fact.quote,
            "at": (contact.at if contact else fact.since).isoformat(),
            "stated_by": fact.stated_by,
        },
        "quote": fact.quote,
        "confidence": fact.confidence,
        "since": fact.since.isoformat(),
        "superseded_by": fact.superseded_by,
    }


def _feedback(one: Feedback) -> dict[str, Any]:
    names = ("id", "kind", "aspect", "polarity", "severity", "score", "quote", "touchpoint", "status", "answer")
    times = {name: jsonable(getattr(one, name)) for name in ("at", "due_at", "ended_at")}
    return {name: getattr(one, name) for name in names} | times
