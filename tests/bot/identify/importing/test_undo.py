"""Taking a file back on SQLite and PostgreSQL: what it brought, what it changed, and what others have touched since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.config import load_settings
from bot.errors import InputError
from bot.identify import merging
from bot.identify.importing import undo
from bot.identify.importing.files import import_file
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.report import ImportReport
from bot.identify.importing.undo import undo_import
from storage import contacts, customers, feedback, follow_ups, provenance
from storage.database import Database, Memory
from storage.follow_ups import Plan
from storage.models import (
    Base,
    Consent,
    Customer,
    Event,
    Fact,
    FollowUp,
    Identity,
    Import,
    ImportChange,
    Meta,
    Order,
    table_of,
)

SETTINGS = load_settings(Path(__file__).parents[4] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PEOPLE = """customer_id,name,phone,email,city,birthday,tags
c1,Anna Keller,0171 3920001,anna@example.org,Berlin,1990-05-03,regular
c2,李伟,+49 171 3920002,,,05-04,
"""
SOLD = """order_id,customer_id,ordered_at,total,currency,sku,quantity,price,options
o1,c1,2026-02-28T10:00,8.50,EUR,latte,2,3.40,oat milk|large
o2,c1,2026-02-27T09:00,5.00,EUR,,,,
o3,c9,2026-02-26T09:00,12,EUR,beans,1,,
"""
OWN = (Import, ImportChange, Meta)


def _import(database: Database, folder: Path, kind: str, text: str, **options: Any) -> ImportReport:
    file = folder / f"{kind}.csv"
    file.write_text(text)
    return import_file(database, kind, file, SETTINGS, NOW, options=ImportOptions(**options))


def _dump(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but our own book-keeping."""

    def read(memory: Memory) -> dict[str, list[Any]]:
        tables = [table for table in Base.metadata.sorted_tables if table not in map(table_of, OWN)]
        return {
            table.name: [tuple(row) for row in memory.connection().execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }

    return database.read_now(read)


def _chats(database: Database, customer_id: int) -> None:
    database.write_now(lambda memory: customers.link(memory, customer_id, "telegram", "501", NOW))


def test_every_row_knows_its_import(database: Database, tmp_path: Path) -> None:
    people = _import(database, tmp_path, "customers", PEOPLE)
    sold = _import(database, tmp_path, "orders", SOLD)
    origins = database.read_now(lambda memory: [
        list(memory.scalars(select(model.import_id).order_by(model.id))) for model in (Customer, Identity, Fact, Order)
    ])  # fmt: skip
    a, b = people.import_id, sold.import_id
    assert origins == [[a, a, b], [a, a, a, a, a, b], [a, a], [b, b, b]]
    listed = database.read_now(lambda memory: [
        (row.kind, row.source, row.basis, row.began_at, row.counts["added"]) for row in provenance.list_all(memory)
    ])  # fmt: skip
    assert listed == [("orders", "orders.csv", "own", NOW, 3), ("customers", "customers.csv", "own", NOW, 2)]


def test_undone_files_leave_nothing(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "BATCH", 2)
    empty = _dump(database)
    people = _import(database, tmp_path, "customers", PEOPLE)
    between = _dump(database)
    sold = _import(database, tmp_path, "orders", SOLD)
    undone = undo_import(database, sold.import_id or 0, LATER)
    assert (undone.removed, undone.restored, undone.kept) == ({"orders": 3, "customers": 1}, {}, [])
    assert _dump(database) == between
    undone = undo_import(database, people.import_id or 0, LATER)
    assert undone.removed == {"customers": 2}
    assert _dump(database) == empty
    with pytest.raises(InputError, match=r"import \d+: was undone on 2026-03-03"):
        undo_import(database, people.import_id or 0, LATER)


def test_what_was_changed_is_as_before(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    _import(database, tmp_path, "orders", SOLD)
    _import(
        database,
        tmp_path,
        "catalogue",
        "sku,name_en,name_zh,category,price,currency\nlatte,Latte,拿铁,coffee,3.40,EUR\n",
    )
    _import(database, tmp_path, "faq", "name,language,question,answer\nhours,en,When?,Eight\n")
    before = _dump(database)
    more_people = (
        PEOPLE.replace("Berlin", "Potsdam")
        .replace("05-04", "05-06")
        .replace("李伟,+49 171 3920002,", "李伟,+49 171 3920009,")
    )
    changes = [
        _import(database, tmp_path, "customers", more_people),
        _import(database, tmp_path, "orders", SOLD.replace("latte,2", "latte,3").replace("12,EUR", "14,EUR").replace("5.00", "6.00")),
        _import(database, tmp_path, "catalogue",
                "sku,name_en,name_zh,category,price,currency\nlatte,Latte,拿铁,coffee,3.60,EUR\nbun,Bun,面包,food,2,EUR\n"),
        _import(database, tmp_path, "faq", "name,language,question,answer\nhours,en,When?,Nine\nwifi,en,Wifi?,Yes\n"),
    ]  # fmt: skip
    assert [(one.added, one.changed) for one in changes] == [(0, 2), (0, 3), (1, 1), (1, 1)]
    told = [undo_import(database, one.import_id or 0, LATER) for one in reversed(changes)]
    assert [(one.removed, one.restored) for one in reversed(told)] == [
        ({"facts": 1, "identities": 1}, {"customers": 1}), ({}, {"orders": 3}), ({"items": 1}, {"items": 1}),
        ({"faqs": 1}, {"faqs": 1}),
    ]  # fmt: skip
    after = _dump(database)
    for name in ("order_lines", "faq_entries"):  # their own numbers are of no matter
        before[name], after[name] = (sorted(row[1:] for row in rows[name]) for rows in (before, after))
    assert after == before


def test_what_was_touched_since_is_kept_and_told(database: Database, tmp_path: Path) -> None:
    people = _import(database, tmp_path, "customers", PEOPLE)
    sold = _import(database, tmp_path, "orders", SOLD)
    _chats(database, 1)
    again = _import(database, tmp_path, "orders", SOLD.replace("5.00", "6.00"))
    o1 = database.read_now(lambda memory: memory.scalar(select(Order.id).where(Order.external_id == "o1")))
    database.write_now(lambda memory: feedback.add(
        memory, customer_id=1, kind="complaint", polarity=-1, at=NOW, order_id=o1))  # fmt: skip
    undone = undo_import(database, sold.import_id or 0, LATER)
    assert (undone.removed, undone.kept) == (
        {"orders": 1, "customers": 1},
        [("order", "o1", "has feedback"), ("order", "o2", f"changed by import {again.import_id}")],
    )
    undone = undo_import(database, people.import_id or 0, LATER)
    assert (undone.removed, undone.kept) == (
        {"customers": 1},
        [("customer", "#1 Anna Keller", "has chat of other origin")],
    )
    left = database.read_now(lambda memory: list(memory.scalars(select(Order.external_id).order_by(Order.id))))
    assert left == ["o1", "o2"]


def test_what_an_order_would_have_led_to_is_withdrawn(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    _chats(database, 1)
    database.write_now(lambda memory: contacts.add(
        memory, customer_id=1, direction="in", kind="text", at=NOW - timedelta(days=9), text="hi", chat_id=501))  # fmt: skip
    sold = _import(database, tmp_path, "orders", SOLD)
    o1 = database.read_now(lambda memory: memory.scalar(select(Order.id).where(Order.external_id == "o1")))
    plan = Plan(1, "after_purchase", str(o1), "service", LATER, LATER, {})
    database.write_now(lambda memory: follow_ups.add_plans(memory, [plan], NOW))
    undo_import(database, sold.import_id or 0, LATER)
    assert database.read_now(lambda memory: [
        (row.status, row.reason) for row in memory.scalars(select(FollowUp))]) == [("cancelled", "withdrawn")]  # fmt: skip
    assert database.read_now(lambda memory: list(memory.scalars(select(Event).where(Event.kind == "order")))) == []
    seen = database.read_now(lambda memory: memory.get_one(Customer, 1).last_contact_at)
    assert seen == NOW - timedelta(days=9)


def test_a_cut_undo_is_finished_by_running_it_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "BATCH", 2)
    empty = _dump(database)
    sold = _import(database, tmp_path, "orders", SOLD)
    first = undo._take_orders(database, sold.import_id or 0, LATER)
    assert next(iter(first)).removed == {"orders": 2}
    assert undo_import(database, sold.import_id or 0, LATER).removed == {"orders": 1, "customers": 2}
    assert _dump(database) == empty


@pytest.mark.parametrize(("basis", "granted"), [("own", []), ("bought", []), ("agreed", [1, 2])])
def test_only_a_list_that_agreed_has_marketing(
    database: Database, tmp_path: Path, basis: str, granted: list[int]
) -> None:
    report = _import(database, tmp_path, "customers", PEOPLE, basis=basis)
    found = database.read_now(lambda memory: [
        (one.customer_id, one.purpose, one.wording) for one in memory.scalars(select(Consent).order_by(Consent.id))])  # fmt: skip
    assert found == [(one, "marketing", f"import:{report.import_id}") for one in granted]
    assert database.read_now(lambda memory: provenance.list_all(memory)[0].basis) == basis
    undo_import(database, report.import_id or 0, LATER)
    assert database.read_now(lambda memory: list(memory.scalars(select(Consent)))) == []


def test_what_somebody_answered_stands_against_a_list(database: Database, tmp_path: Path) -> None:
    _import(database, tmp_path, "customers", PEOPLE)
    database.write_now(lambda memory: memory.add(
        Consent(customer_id=1, purpose="marketing", granted=False, wording="start", at=NOW)))  # fmt: skip
    _import(database, tmp_path, "customers", PEOPLE, basis="agreed")
    found = database.read_now(lambda memory: [
        (one.customer_id, one.granted) for one in memory.scalars(select(Consent).order_by(Consent.id))])  # fmt: skip
    assert found == [(1, False), (2, True)]


def test_there_is_no_such_import(database: Database) -> None:
    with pytest.raises(InputError, match="import 7: there is none; see: regulars import list"):
        undo_import(database, 7, LATER)


@pytest.mark.parametrize("first", ["file", "chat"])
def test_a_phone_that_was_shown_in_the_chat_stays(database: Database, tmp_path: Path, first: str) -> None:
    def meet(memory: Memory) -> int:
        anna = customers.add(memory, name="Anna", language="en", now=NOW)
        customers.link(memory, anna.id, "telegram", "501", NOW)
        return anna.id

    def show(memory: Memory) -> str:
        return merging.link_phone(memory, memory.get_one(Customer, anna), "+491713920001", NOW)

    anna = database.write_now(meet)
    if first == "chat":
        database.write_now(lambda memory: customers.link(memory, anna, "email", "anna@example.org", NOW) and None)
    people = _import(database, tmp_path, "customers", PEOPLE)
    assert database.write_now(show) == ("known" if first == "chat" else "merged")
    undo_import(database, people.import_id or 0, LATER)
    left = database.read_now(lambda memory: {one.kind for one in customers.list_identities(memory, anna)})
    assert left == {"telegram", "phone"} | ({"email"} if first == "chat" else set())


def test_two_of_a_file_who_were_merged_since_go_as_one(database: Database, tmp_path: Path) -> None:
    people = _import(database, tmp_path, "customers", PEOPLE)
    _import(database, tmp_path, "orders", SOLD)

    def merge(memory: Memory) -> None:
        anna, wei = (memory.get_one(Customer, number) for number in (1, 2))
        merging.merge(memory, into=anna, other=wei, now=NOW)

    database.write_now(merge)
    undone = undo_import(database, people.import_id or 0, LATER)
    assert undone.kept == [("customer", "#1 Anna Keller", "has orders of other origin")]
    (sold, *_) = database.read_now(provenance.list_all)
    assert undo_import(database, sold.id, LATER).removed == {"orders": 3, "customers": 1}
    again = _import(database, tmp_path, "customers", PEOPLE)
    assert again.added == 0
    assert _import(database, tmp_path, "customers", PEOPLE).unchanged == 2
