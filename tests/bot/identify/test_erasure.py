"""Erasing on SQLite and PostgreSQL: nothing of the person is left in any table, and no file brings them back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.config import load_settings
from bot.customize.messages import Button, compose
from bot.customize.wording import Wording
from bot.identify import merging
from bot.identify.erasure import erase_customer
from bot.identify.importing.files import import_file
from storage import (
    consents,
    contacts,
    conversations,
    customers,
    events,
    facts,
    feedback,
    follow_ups,
    inbox,
    orders,
    outbox,
    questions,
    team,
)
from storage.database import Database, Memory
from storage.follow_ups import Plan
from storage.models import (
    Base,
    ButtonToken,
    Contact,
    Conversation,
    Customer,
    Duplicate,
    Erasure,
    Figures,
    InboxUpdate,
    OutboxMessage,
    SharedKey,
    TierChange,
)

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
WORDING = Wording(("en", "zh"), business={"name": "Blue Door Coffee", "currency": "EUR"})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TRACES = ("Zebulon", "Quittenbaum", "\\u6bd4\\u7279", "比特", "3920777", "70707", "z@example.org", "Ottokar")
"""Name, surname, a Chinese nickname plain and as JSON has it, phone, Telegram number, e-mail, and the
name of an entry that was merged into theirs."""


def _live(memory: Memory) -> int:
    """Fill every table with something of one person, as a year of chatting would."""
    person = customers.add(memory, name="Zebulon Quittenbaum 比特", language="en", now=NOW, city="Berlin")
    for kind, value in (("telegram", "70707"), ("phone", "+491713920777"), ("email", "z@example.org"),
                        ("order_system", "zq-1")):  # fmt: skip
        customers.link(memory, person.id, kind, value, NOW)
    said = contacts.add(memory, customer_id=person.id, direction="in", kind="text", at=NOW, text="I am Zebulon",
                        chat_id=70707, message_id=1)  # fmt: skip
    contacts.add(memory, customer_id=person.id, direction="in", kind="edit", at=NOW, text="Zebulon!", revises=said)
    consents.add(memory, person.id, "marketing", granted=True, wording="start", at=NOW, contact_id=said)
    first = facts.add(memory, customer_id=person.id, kind="interest", value="Quittenbaum family", since=NOW,
                      contact_id=said, quote="Zebulon")  # fmt: skip
    second = facts.add(memory, customer_id=person.id, kind="interest", value="Zebulon", since=NOW)
    facts.supersede(memory, [first.id], second.id)
    order = orders.add_order(memory, customer_id=person.id, external_id="zq-o1", ordered_at=NOW, total=100,
                             currency="EUR", lines=[{"sku": "latte"}])  # fmt: skip
    case = feedback.add(memory, customer_id=person.id, kind="complaint", polarity=-1, at=NOW, quote="says Zebulon",
                        contact_id=said, order_id=order.id, status="open")  # fmt: skip
    memory.add(Conversation(customer_id=person.id, open_question={"name": "why", "text": "Zebulon"}))
    questions.add(memory, person.id, "milk", NOW)
    events.add(memory, person.id, "reminder", at=NOW, reference="1", data={"text": "call Zebulon"})
    follow_ups.add_plans(memory, [Plan(person.id, "reminder", "1", "service", NOW, NOW, {"text": "Zebulon"})], NOW)
    memory.add(SharedKey(customer_id=person.id, kind="phone", value="+491713920777", created_at=NOW))
    memory.add(Figures(customer_id=person.id, orders=1, spent=100))
    double = customers.add(memory, name="Quittenbaum, Ottokar", language="en", now=NOW)
    merging.merge(memory, into=person, other=double, now=NOW)
    third = customers.add(memory, name="Zebra", language="en", now=NOW)
    memory.add(Duplicate(
        one_id=person.id, other_id=third.id, score=0.9, is_strong=True, found_at=NOW,
        evidence=[{"what": "name_typo", "one": "Zebulon", "other": "Zebra"}],
    ))  # fmt: skip
    memory.add(TierChange(customer_id=person.id, before="new", after="C", reason="Zebulon", at=NOW))
    sent = outbox.add(memory, "sendDocument", {"chat_id": 70707, "caption": "Dear Zebulon"}, now=NOW, chat_id=70707,
                      customer_id=person.id)  # fmt: skip
    outbox.attach(memory, sent.id, "document", "zebulon.json", b"Zebulon Quittenbaum")
    olivia = team.add(memory, telegram_id=900, name="Olivia", role="owner", language="en", now=NOW)
    desk = customers.add(memory, name="Olivia", language="en", now=NOW)
    customers.link(memory, desk.id, "telegram", "900", NOW)
    contacts.add(memory, customer_id=desk.id, direction="in", kind="command", at=NOW, text="/note Zebulon likes tea",
                 chat_id=900)  # fmt: skip
    contacts.add(memory, customer_id=desk.id, direction="out", kind="text", at=NOW, text="Zebulon Quittenbaum · tier A",
                 chat_id=900)  # fmt: skip
    outbox.add(memory, "sendMessage", {"chat_id": 900, "text": "#1 Zebulon Quittenbaum 比特"}, now=NOW, chat_id=900,
               customer_id=desk.id)  # fmt: skip
    outbox.add(memory, "sendMessage", {"chat_id": 900, "text": "found: Ottokar"}, now=NOW, chat_id=900,
               customer_id=desk.id)  # fmt: skip
    outbox.add(memory, "sendMessage", {"chat_id": 900, "text": "complaint of Zebulon"}, now=NOW, chat_id=900,
               customer_id=person.id)  # fmt: skip
    team.log(memory, command="note", arguments="Zebulon Quittenbaum 比特 likes tea", outcome="done", at=NOW,
             staff_id=olivia.id, customer_id=person.id)  # fmt: skip
    team.log(memory, command="find", arguments="+491713920777", outcome="done", at=NOW, staff_id=olivia.id)
    compose(memory, WORDING, "chat/thanks", {"name": "x"}, chat_id=70707, customer_id=person.id, language="en",
            zone=UTC, now=NOW, rows=[[Button("undo", values={"facts": [first.id]})]])  # fmt: skip
    inbox.store(memory, [_raw(1, 70707, "I am Zebulon"), _raw(2, 900, "/find Zebulon"), _raw(3, -55, "hi from 比特"),
                         _raw(4, 800, "my friend Ana")])  # fmt: skip
    for row in (1, 2, 3, 4):
        inbox.finish(memory, row, NOW)
    memory.flush()
    assert case.id
    return person.id


def _raw(number: int, chat: int, text: str) -> dict[str, Any]:
    message = {"chat": {"id": chat}, "from": {"id": 70707 if chat != 900 else 900, "first_name": "比特"}, "text": text}
    if chat in (900, 800):
        message["from"] = {"id": chat, "first_name": "x"}
    return {"bot_id": 1, "update_id": number, "chat_id": chat, "raw": json.dumps({"message": message}),
            "received_at": NOW, "state": "ready", "error": None}  # fmt: skip


def _find_traces(memory: Memory) -> list[str]:
    """Every cell of every table in which something of the person stands; lane numbers of the inbox apart."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in memory.connection().execute(select(table)).mappings():
            for column, value in row.items():
                if (table.name, column) == ("inbox", "chat_id"):
                    continue
                text = (
                    value.decode("latin-1") if isinstance(value, bytes) else str(value) + json.dumps(value, default=str)
                )
                found += [f"{table.name}.{column}: {value}" for trace in TRACES if trace in text]
    return found


def test_nothing_is_left(database: Database) -> None:
    person = database.write_now(_live)
    assert len(database.read_now(_find_traces)) > 20
    assert database.write_now(lambda memory: erase_customer(memory, person, NOW, SETTINGS)) == []
    assert database.read_now(_find_traces) == []
    assert database.read_now(lambda memory: memory.get(Customer, person)) is None
    left = database.read_now(lambda memory: {
        "inbox": [(row.state, row.raw == "{}") for row in memory.scalars(select(InboxUpdate).order_by(InboxUpdate.id))],
        "tokens": len(memory.scalars(select(ButtonToken)).all()),
        "erasures": len(memory.scalars(select(Erasure)).all()),
        "outbox": [(row.chat_id, row.parameters) for row in memory.scalars(select(OutboxMessage))],
        "desk": [row.text for row in memory.scalars(select(Contact))],
    })  # fmt: skip
    assert left == {
        "inbox": [("done", True), ("done", True), ("done", True), ("done", False)],
        "tokens": 0,
        "erasures": 4,
        "outbox": [(900, {}), (900, {})],
        "desk": ["", ""],
    }


def test_others_stay(database: Database) -> None:
    def meet(memory: Memory) -> tuple[int, int]:
        gone, stays = (customers.add(memory, name=name, language="en", now=NOW) for name in ("Mia", "Ana"))
        contacts.add(memory, customer_id=stays.id, direction="in", kind="text", at=NOW, text="my daughter Mia",
                     chat_id=502)  # fmt: skip
        memory.add(Conversation(customer_id=stays.id))
        return gone.id, stays.id

    gone, stays = database.write_now(meet)
    database.write_now(lambda memory: erase_customer(memory, gone, NOW, SETTINGS))
    assert database.read_now(lambda memory: [row.text for row in memory.scalars(select(Contact))]) == [
        "my daughter Mia"
    ]
    assert database.read_now(lambda memory: conversations.find(memory, stays)) is not None
    assert database.write_now(lambda memory: erase_customer(memory, gone, NOW, SETTINGS)) is None


def test_an_import_does_not_bring_them_back(database: Database, tmp_path: Path) -> None:
    person = database.write_now(_live)
    database.write_now(lambda memory: erase_customer(memory, person, NOW, SETTINGS))
    people = tmp_path / "people.csv"
    people.write_text(
        "customer_id,name,phone,email\nzq-1,Zebulon,,\nother,Zebulon,+491713920777,\nthird,Zebulon,,z@example.org\n"
        "fourth,Ana,,\n"
    )
    report = import_file(database, "customers", people, SETTINGS, NOW)
    assert (report.added, report.erased) == (1, 3)
    sold = tmp_path / "orders.csv"
    sold.write_text("order_id,customer_id,ordered_at,total\nx1,zq-1,2026-01-01,5\nx2,fourth,2026-01-01,5\n")
    report = import_file(database, "orders", sold, SETTINGS, NOW)
    assert (report.added, report.erased, report.customers) == (1, 1, 0)
    assert [trace for trace in database.read_now(_find_traces) if "meta" not in trace] == []
