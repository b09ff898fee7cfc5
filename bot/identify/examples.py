"""The example business, loaded into an empty sandbox database. Tiers are chosen after it (`differentiate.tiers.retier`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import examples
from bot.clock import local_day
from bot.config import Settings
from bot.identify import consents, facts
from bot.identify.importing.checking import list_rows
from bot.identify.importing.customers import apply_customers
from bot.identify.importing.knowledge import apply_catalogue, apply_faq
from bot.identify.importing.orders import apply_orders
from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import COLUMNS
from bot.identify.importing.table import cut_table
from examples import Person, StatedFact
from storage import contacts, customers, events, feedback, imports, portraits, team
from storage.database import Memory
from storage.models import Customer

BUSINESS_NAME = "Blue Door Coffee"


def is_empty(memory: Memory) -> bool:
    return portraits.is_empty(memory)


def list_people() -> list[dict[str, Any]]:
    """The example people as the sandbox takes them."""
    return [
        {
            "id": person.id, "first_name": person.first_name, "last_name": person.last_name,
            "language_code": person.language_code, "started": person.started > 0 or person.role == "owner",
        }
        for person in examples.load_people()
    ]  # fmt: skip


def load_examples(memory: Memory, settings: Settings, now: datetime) -> None:
    """Import the example files and let the people have said what they said. Wants an empty database."""
    zone = settings.business.time_zone
    today = local_day(now, zone)
    read = partial(_read, settings=settings, now=now)
    apply_catalogue(memory, read("catalogue"), ImportReport("catalogue"))
    apply_faq(memory, read("faq"), ImportReport("faq"))
    apply_customers(memory, read("customers"), ImportReport("customers"), settings, now)
    for person in examples.load_people():
        if person.role == "owner":
            team.add(
                memory, telegram_id=person.id, name=person.first_name, role="owner",
                language=person.language_code, now=now,
            )  # fmt: skip
        else:
            _bring_in(memory, person, settings, now)
    # After the people: only orders of somebody Telegram reaches become events.
    bought = read("orders", text=examples.shifted_orders(today, zone))
    apply_orders(memory, bought, ImportReport("orders"), settings, now)
    memory.flush()


def _read(kind: str, *, settings: Settings, now: datetime, text: str | None = None) -> list[Any]:
    name = f"{kind}.csv"
    content = text or examples.example_path(name).read_text(encoding="utf-8")
    return list_rows(kind, cut_table(f"examples/{name}", content, COLUMNS[kind]), settings, now)


def _bring_in(memory: Memory, person: Person, settings: Settings, now: datetime) -> None:
    """What this person has said and answered so far, as their chat would have left it."""
    started = now - timedelta(days=person.started)
    customer = _recognise(memory, person, started)
    first = contacts.add(
        memory, customer_id=customer.id, direction="in", kind="command", at=started, text="/start", chat_id=person.id
    )
    consents.begin_service(memory, customer.id, first, started)
    for purpose, granted in person.consents.items():
        if purpose != "service":
            consents.answer(memory, customer, purpose, granted=granted, wording="start", contact_id=first, now=started)
    for fact in person.facts:
        _state(memory, customer, person, fact, settings, now)
    if person.how_was_it is not None:
        at = now - timedelta(days=person.how_was_it.days_ago)
        contact = contacts.add(
            memory, customer_id=customer.id, direction="in", kind="press", at=at, text=str(person.how_was_it.score),
            chat_id=person.id,
        )  # fmt: skip
        feedback.add(
            memory, customer_id=customer.id, kind="csat", polarity=(person.how_was_it.score > 3) * 1,
            score=float(person.how_was_it.score), at=at, contact_id=contact, status="noted",
        )  # fmt: skip
    if person.reminder is not None:
        at = now - timedelta(days=person.reminder.days_ago)
        contact = _say(memory, customer, person, person.reminder.said, at)
        due = now + timedelta(days=person.reminder.in_days)
        data = {"text": person.reminder.about, "at": due.isoformat()}
        events.add(memory, customer.id, "reminder", at=at, reference=str(contact), data=data)


def _recognise(memory: Memory, person: Person, started: datetime) -> Customer:
    customer = customers.find(memory, "order_system", person.customer_id or "")
    name = " ".join(filter(None, (person.first_name, person.last_name)))
    if customer is None:
        customer = customers.add(memory, name=name, language=person.language_code, now=started)
    customer.created_at, customer.language, customer.language_from = started, person.language_code, "telegram"
    customer.last_contact_at = max(started, customer.last_contact_at or started)
    customers.link(memory, customer.id, "telegram", str(person.id), started)
    return customer


def _say(memory: Memory, customer: Customer, person: Person, text: str, at: datetime) -> int:
    imports.touch_customers(memory, {customer.id: at})
    return contacts.add(
        memory, customer_id=customer.id, direction="in", kind="text", at=at, text=text, chat_id=person.id
    )


def _state(
    memory: Memory, customer: Customer, person: Person, fact: StatedFact, settings: Settings, now: datetime
) -> None:
    at = now - timedelta(days=fact.days_ago)
    today = local_day(now, settings.business.time_zone)
    said = person.words(fact, today)
    contact = _say(memory, customer, person, said, at)
    birthday = person.birthday(today) if fact.kind == "occasion" else None
    kept = facts.record(
        memory, customer.id, kind=fact.kind, value=fact.value, polarity=fact.polarity, item=fact.item,
        person=fact.person, date=f"{birthday:%m-%d}" if birthday else None, confidence=0.95, quote=said,
        contact_id=contact, now=at,
    )  # fmt: skip
    if birthday:
        events.add(memory, customer.id, "occasion", at=at, reference=str(kept.fact.id))
