"""The shapes that programs rely on, of the example business."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.differentiate.tiers import retier
from bot.identify import examples, portrait
from storage import facts
from storage.database import Database
from storage.models import Customer

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LISTS = {"import", "household", "identities", "consents", "facts", "feedback", "follow_ups"}
CONTRACT = LISTS | {
    "id", "name", "language", "time_zone", "status", "tier", "tier_reason", "group", "value", "orders", "contacts",
}  # fmt: skip


@pytest.fixture
def filled(sqlite_database: Database) -> Database:
    return _fill(sqlite_database)


def _fill(database: Database) -> Database:
    database.write_now(lambda memory: examples.load_examples(memory, SETTINGS, NOW))
    database.write_now(lambda memory: retier(memory, SETTINGS, NOW))
    return database


def test_a_portrait_has_the_shape_of_the_contract(database: Database) -> None:
    shown = _fill(database).read_now(lambda memory: portrait.show_customer(
        memory, portrait.find_customer(memory, "telegram:1001", SETTINGS), SETTINGS, NOW))  # fmt: skip
    assert shown.keys() >= CONTRACT
    assert (shown["name"], shown["tier"], shown["language"], shown["time_zone"]) == (
        "Anna Keller", "A", "en", "Europe/Berlin",
    )  # fmt: skip
    assert shown["value"].keys() >= {"rfm", "expected_orders", "alive", "present_value"}
    oat = shown["facts"][0]
    assert oat.keys() >= {"id", "kind", "value", "polarity", "source", "confidence", "since", "superseded_by"}
    assert (oat["kind"], oat["value"], oat["polarity"]) == ("preference", "oat milk", "like")
    assert oat["source"]["text"] == "I always take my latte with oat milk"
    assert oat["source"].keys() >= {"contact_id", "text", "at"}
    assert {one["purpose"]: one["granted"] for one in shown["consents"]} == {
        "service": True, "marketing": True, "profiling": True,
    }  # fmt: skip
    assert json.loads(json.dumps(shown)) == shown


def test_a_list_is_portraits_without_the_lists(filled: Database) -> None:
    rows = filled.read_now(lambda memory: portrait.list_customers(memory, SETTINGS))
    shown = filled.read_now(lambda memory: portrait.show_customer(memory, memory.get_one(Customer, 1), SETTINGS, NOW))
    assert rows[0] == {name: value for name, value in shown.items() if name not in LISTS}
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_a_forgotten_fact_is_not_shown_and_a_superseded_one_is(filled: Database) -> None:
    def change(memory):  # type: ignore[no-untyped-def]
        first, second, *_ = facts.list_current(memory, 1)
        facts.forget(memory, [first.id], NOW)
        newer = facts.add(memory, customer_id=1, kind="preference", value="tea", since=NOW)
        facts.supersede(memory, [second.id], newer.id)
        return first.id, second.id, newer.id

    gone, old, newer = filled.write_now(change)
    shown = filled.read_now(lambda memory: portrait.show_customer(memory, memory.get_one(Customer, 1), SETTINGS, NOW))
    by_id = {fact["id"]: fact["superseded_by"] for fact in shown["facts"]}
    assert gone not in by_id
    assert by_id[old] == newer


def test_an_export_has_everything_but_staff(filled: Database) -> None:
    held = filled.read_now(lambda memory: portrait.export_customer(memory, 1, NOW))
    assert held.keys() == {
        "exported_at", "import", "customer", "stock_levels", "bulletins_read", "identities", "consents", "facts", "feedback", "orders", "tier_changes",
        "follow_ups", "questions", "events", "contacts", "conversation", "shared_keys", "household",
    }  # fmt: skip
    assert held["customer"]["name"] == "Anna Keller"
    assert len(held["orders"]) == 43
    assert held["orders"][0]["lines"][0].keys() == {"sku", "quantity", "price", "options"}
    assert "My birthday is on 7 March" in [contact["text"] for contact in held["contacts"]]
    assert "staff_id" not in json.dumps(held)


def test_the_panel_knows_only_who_has_written(filled: Database) -> None:
    shown = filled.read_now(lambda memory: portrait.show_panel(memory, "1001", SETTINGS, NOW))
    assert shown is not None
    assert json.loads(json.dumps(shown))["name"] == "Anna Keller"
    assert filled.read_now(lambda memory: portrait.show_panel(memory, "4711", SETTINGS, NOW)) is None


def test_the_examples_are_one_of_each_tier(filled: Database) -> None:
    tiers = filled.read_now(lambda memory: {
        person["id"]: portrait.find_customer(memory, f"telegram:{person['id']}", SETTINGS).tier
        for person in examples.list_people() if person["id"] != 1000})  # fmt: skip
    assert tiers == {1001: "A", 1002: "B", 1003: "C", 1004: "new", 1005: "B"}
    assert filled.read_now(examples.is_empty) is False
