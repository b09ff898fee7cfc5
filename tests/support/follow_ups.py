"""Customers, orders, consents and settings for tests of tiers and follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.config import Settings, load_settings
from bot.customize.follow_ups import Ticked, tick
from bot.customize.wording import Wording
from storage import contacts, customers, events, orders, outbox, team
from storage.database import Database, Memory
from storage.follow_ups import list_rows
from storage.models import CatalogueItem, Consent, Customer, Fact, Feedback, OutboxState

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 22, 9, tzinfo=UTC)  # a Sunday, 10:00 in Berlin
WORDING = Wording(["en", "zh"], business={"name": "Blue Door Coffee"})


def settings_with(**environ: str) -> Settings:
    """The example settings, a few changed by environment variables: `TIERS__WINDOW="90d"`."""
    root = Path(__file__).parents[2]
    return load_settings(root / "config.yaml", {f"REGULARS_{name}": value for name, value in environ.items()})


SETTINGS = settings_with()


def add_customer(
    database: Database,
    name: str = "Anna",
    *,
    now: datetime = START,
    marketing: bool | None = True,
    chat: int | None = 0,
    **more: Any,
) -> int:
    """A customer with a private chat (None: none) who said yes to marketing (None: was not asked)."""

    def run(memory: Memory) -> int:
        values = {"language": "en", **more}
        if more.get("tier", "new") != "new":  # by staff, or the night would class them by orders they have not
            values["tier_set_by"] = team.add(
                memory, telegram_id=1, name="Olivia", role="owner", language="en", now=now
            ).id
        customer = customers.add(memory, name=name, now=now, **values)
        if chat is not None:
            customers.link(memory, customer.id, "telegram", str(chat or 1000 + customer.id), now)
        if marketing is not None:
            memory.add(consent_of(customer.id, "marketing", marketing, now))
        return customer.id

    return database.write_now(run)


def consent_of(customer_id: int, purpose: str, granted: bool, now: datetime) -> Consent:
    return Consent(customer_id=customer_id, purpose=purpose, granted=granted, wording="test", at=now)


def set_consent(database: Database, customer_id: int, purpose: str, granted: bool, now: datetime) -> None:
    def run(memory: Memory) -> None:
        memory.add(consent_of(customer_id, purpose, granted, now))
        data = {"purpose": purpose, "granted": granted}
        events.add(memory, customer_id, "consent", at=now, reference=purpose, data=data)

    database.write_now(run)


def change(database: Database, customer_id: int, **values: Any) -> None:
    def run(memory: Memory) -> None:
        customer = memory.get_one(Customer, customer_id)
        for name, value in values.items():
            setattr(customer, name, value)

    database.write_now(run)


def buy(database: Database, customer_id: int, at: datetime, *skus: str, total: int = 1000) -> int:
    def run(memory: Memory) -> int:
        lines = [{"sku": sku} for sku in skus]
        external_id = f"{customer_id}-{at.isoformat()}"
        return orders.add_order(
            memory, customer_id=customer_id, external_id=external_id, ordered_at=at, total=total, currency="EUR",
            lines=lines,
        ).id  # fmt: skip

    return database.write_now(run)


def add_event(
    database: Database, customer_id: int, kind: str, now: datetime, reference: str = "", /, **data: Any
) -> None:
    database.write_now(lambda memory: events.add(memory, customer_id, kind, at=now, reference=reference, data=data))


def add_fact(database: Database, customer_id: int, kind: str, value: str, now: datetime, **more: Any) -> int:
    def run(memory: Memory) -> int:
        fact = Fact(customer_id=customer_id, kind=kind, value=value, confidence=1.0, since=now, **more)
        memory.add(fact)
        memory.flush()
        if more.get("date"):
            events.add(memory, customer_id, "occasion", at=now, reference=str(fact.id))
        return fact.id

    return database.write_now(run)


def add_complaint(database: Database, customer_id: int, now: datetime, status: str = "open", **more: Any) -> int:
    def run(memory: Memory) -> int:
        feedback = Feedback(
            customer_id=customer_id, kind="complaint", polarity=-1, severity=1, at=now, status=status, **more
        )
        memory.add(feedback)
        memory.flush()
        return feedback.id

    return database.write_now(run)


def hear(database: Database, customer_id: int, at: datetime, text: str = "Hello") -> None:
    """The customer writes."""

    def run(memory: Memory) -> None:
        contacts.add(memory, customer_id=customer_id, direction="in", kind="text", at=at, text=text)
        memory.get_one(Customer, customer_id).last_contact_at = at

    database.write_now(run)


def run_ticks(
    database: Database, settings: Settings, now: datetime, *, wording: Wording = WORDING, night_batch: int = 500
) -> list[Ticked]:
    """Tick at `now` until there is no more to do at once."""
    ticks = []
    while True:
        ticks.append(
            database.write_now(
                lambda memory: tick(memory, settings, wording, now, night_batch=night_batch), name="tick"
            )
        )
        if not ticks[-1].more:
            return ticks


def sent_of(database: Database, now: datetime) -> list[str]:
    """Tick and deliver; the rules of all that was ever sent, by due time."""
    run_ticks(database, SETTINGS, now)
    deliver(database, now)
    return [row["rule"] for row in rows_of(database, status="sent")]


def only(rows: list[dict[str, Any]], rule: str) -> dict[str, Any]:
    (row,) = [row for row in rows if row["rule"] == rule]
    return row


def add_item(database: Database, sku: str, name_en: str, name_zh: str, contains: Sequence[str] = ()) -> None:
    item = CatalogueItem(
        sku=sku, name_en=name_en, name_zh=name_zh, category="drinks", price=400, currency="EUR", contains=list(contains)
    )
    database.write_now(lambda memory: memory.merge(item))


def deliver(database: Database, at: datetime, state: OutboxState = OutboxState.sent) -> list[int]:
    """What the sender does with all that waits; returns the rows."""

    def run(memory: Memory) -> list[int]:
        claimed = outbox.claim(memory, outbox.load_waiting(memory), at)
        if claimed:
            outbox.record(memory, [outbox.Outcome(row.id, row.attempts, state, at, message_id=1) for row in claimed])
        return [row.id for row in claimed]

    return database.write_now(run)


def rows_of(database: Database, customer_id: int | None = None, status: str | None = None) -> list[dict[str, Any]]:
    return [dict(row) for row in database.read_now(lambda memory: list_rows(memory, status, customer_id, None))]


def customer_of(database: Database, customer_id: int) -> Customer:
    return database.read_now(lambda memory: memory.scalars(select(Customer).where(Customer.id == customer_id)).one())
