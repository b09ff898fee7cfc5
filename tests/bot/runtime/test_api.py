"""Orders, customers and events over HTTP, on SQLite and PostgreSQL: done once, whole or not at all, and only with the token."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.clock import Clock
from bot.config import load_settings
from bot.identify.importing.undo import undo_import
from bot.identify.matching import find_customer
from bot.runtime import api
from bot.runtime.http import Probes, create_app
from storage import customers, provenance
from storage.database import Database
from storage.models import ApiAnswer, Contact, Customer, Event, Order

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TOKEN = "a-token-that-nobody-guesses-0123"
LATTE = {"sku": "latte", "quantity": 2, "price": 3.4, "options": ["oat milk"]}
ORDER = {"order_id": "o1", "customer_id": "c1", "ordered_at": "2026-03-02T10:30", "total": 8.5, "lines": [LATTE]}


class Standing(Clock):
    def now(self) -> datetime:
        return NOW


class Till:
    """Speaks to the pages as a till would, over ASGI."""

    def __init__(self, database: Database) -> None:
        async def nothing() -> Any:
            return []

        router = api.make_router(api.Receiver(database, SETTINGS, Standing()), TOKEN)
        self.app = create_app(Probes(troubles=nothing, counts=nothing, api=router))

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = TOKEN, **headers: str
    ) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            given = {"Authorization": f"Bearer {token}"} if token else {}
            async with httpx.AsyncClient(transport=transport, base_url="http://till") as client:
                return await client.request(method, path, json=body, headers=given | headers)

        return asyncio.run(run())

    def post(self, what: str, *records: Any, status: int = 200, **headers: str) -> Any:
        reply = self.ask("POST", f"/api/{what}", list(records), **headers)
        assert reply.status_code == status, reply.text
        return reply.json()


@pytest.fixture
def till(database: Database) -> Till:
    return Till(database)


def _count(database: Database, model: type) -> int:
    return database.read_now(lambda memory: memory.scalar(select(func.count()).select_from(model))) or 0


def test_an_order_is_there_at_once(database: Database, till: Till) -> None:
    answer = till.post("orders", ORDER)
    assert {name: answer[name] for name in ("received", "added", "customers", "bad", "repeated")} == {
        "received": 1, "added": 1, "customers": 1, "bad": [], "repeated": False,
    }  # fmt: skip
    order = database.read_now(lambda memory: [
        (one.ordered_at, one.total, one.currency, [(line.sku, line.quantity, line.price, line.options) for line in one.lines])
        for one in memory.scalars(select(Order))
    ])  # fmt: skip
    assert order == [(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), 850, "EUR", [("latte", 2, 340, ["oat milk"])])]
    assert till.post("orders", ORDER)["unchanged"] == 1
    assert till.post("orders", {**ORDER, "total": "9.00"})["changed"] == 1
    assert _count(database, Order) == 1


def test_the_tier_follows_and_so_do_follow_ups(database: Database, till: Till) -> None:
    till.post("customers", {"customer_id": "c1", "name": "Anna", "phone": "+49 171 3920001"})
    anna = database.read_now(lambda memory: find_customer(memory, "c1", SETTINGS))
    database.write_now(lambda memory: customers.link(memory, anna.id, "telegram", "501", NOW))
    orders = [{**ORDER, "order_id": f"o{n}", "ordered_at": f"2026-02-{n:02}", "total": 90} for n in range(1, 28)]
    till.post("orders", *orders)
    found = database.read_now(lambda memory: memory.get_one(Customer, anna.id))
    assert found.tier in ("A", "B")
    kinds = database.read_now(lambda memory: list(memory.scalars(select(Event.kind).where(Event.kind == "order"))))
    assert len(kinds) > 20


def test_a_request_sent_again_is_done_once(database: Database, till: Till) -> None:
    key = {"Idempotency-Key": "sale-17"}
    first = till.post("orders", ORDER, **key)
    till.post("orders", {**ORDER, "total": 9})  # corrected meanwhile
    again = till.post("orders", ORDER, **key)
    assert again == {**first, "repeated": True}
    total = database.read_now(lambda memory: memory.scalar(select(Order.total)))
    assert total == 900
    other = till.ask("POST", "/api/orders", [{**ORDER, "total": 7}], **key)
    assert (other.status_code, other.json()["detail"]) == (
        422, "Idempotency-Key: was used for another request; take a fresh one",
    )  # fmt: skip


def test_a_bad_record_refuses_all_or_is_told(database: Database, till: Till) -> None:
    bad = {**ORDER, "order_id": "o2", "ordered_at": "2026-02-31"}
    refused = till.post("orders", ORDER, bad, status=422, **{"Idempotency-Key": "k"})
    reason = 'ordered_at: "2026-02-31" is no day; 2026-02 has 28 days'
    assert refused["detail"] == [{"index": 1, "reason": reason}]
    assert (_count(database, Order), _count(database, ApiAnswer)) == (0, 0)
    taken = till.post("orders?skip_bad=true", ORDER, bad)
    assert (taken["added"], taken["bad"]) == (1, [{"index": 1, "reason": reason}])


@pytest.mark.parametrize(
    ("change", "where"),
    [({"total": "much"}, "total"), ({"colour": "red"}, "colour"), ({"order_id": ""}, "order_id"),
     ({"lines": [{"sku": "latte", "options": ["a|b"]}]}, "options"), ({"total": float("1e400")}, "total"),
     ({"lines": [{"sku": "ham", "quantity": 1.5}]}, "goods sold by weight"),
     ({"total": "1E+999999999"}, "total"), ({"total": "1E-999999999"}, "total"),
     ({"total": float("nan")}, "total"), ({"order_id": "\ud800"}, "order_id"), ({"\ud800": 1}, "string_unicode")],
)  # fmt: skip
def test_what_is_no_order_is_refused_by_field(till: Till, change: dict[str, Any], where: str) -> None:
    import json

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=till.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://till") as client:
            content = json.dumps([ORDER | change])
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            return await client.post("/api/orders", content=content, headers=headers)

    reply = asyncio.run(run())
    assert reply.status_code == 422
    assert where in str(reply.json()["detail"])


@pytest.mark.parametrize("token", [None, "", "another-token-that-is-as-long-0"])
def test_without_the_token_nothing_is_done(database: Database, till: Till, token: str | None) -> None:
    reply = till.ask("POST", "/api/orders", [ORDER], token=token)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert _count(database, Order) == 0


def test_no_more_than_we_take(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    assert till.ask("POST", "/api/orders", [ORDER] * 1001).status_code == 422
    assert till.ask("POST", "/api/orders", []).status_code == 422
    monkeypatch.setattr(api, "MOST_BYTES", 1000)
    reply = till.ask("POST", "/api/orders", [ORDER] * 20)
    assert (reply.status_code, reply.json()["detail"]) == (413, "a request has at most 1,000 bytes; send fewer records")


def test_customers_are_added_and_completed(database: Database, till: Till) -> None:
    person = {
        "customer_id": "c1",
        "name": "Anna Keller",
        "phone": "0171 3920001",
        "birthday": "05-03",
        "tags": ["regular"],
    }
    assert till.post("customers", person)["added"] == 1
    assert till.post("customers", {**person, "city": "Berlin"}, {"customer_id": "c2", "name": "Ben"})["changed"] == 1
    anna = database.read_now(lambda memory: find_customer(memory, "c1", SETTINGS))
    assert (anna.city, anna.tags) == ("Berlin", ["regular"])


def test_events_are_contacts_on_other_touchpoints(database: Database, till: Till) -> None:
    till.post("customers", {"customer_id": "c1", "name": "Anna"})
    visit = {
        "event_id": "e1",
        "customer": "c1",
        "kind": "visit",
        "at": "2026-03-02T09:00",
        "text": "window seat",
        "touchpoint": "counter",
    }
    assert till.post("events", visit)["added"] == 1
    assert till.post("events", visit, {**visit, "event_id": "e2", "kind": "note"}) == {
        "received": 2, "added": 1, "changed": 0, "unchanged": 1, "customers": 0, "erased": 0, "bad": [], "notes": [],
        "repeated": False,
    }  # fmt: skip
    logged = database.read_now(lambda memory: [
        (one.direction, one.channel, one.kind, one.text, one.touchpoint) for one in memory.scalars(select(Contact).order_by(Contact.id))
    ])  # fmt: skip
    assert logged == [
        ("in", "api", "visit", "window seat", "counter"),
        ("note", "api", "note", "window seat", "counter"),
    ]
    refused = till.post(
        "events",
        {**visit, "event_id": "e3", "customer": "c9"},
        {**visit, "event_id": "e4", "kind": "dance"},
        status=422,
    )
    assert [(one["index"], one["reason"].partition(":")[0]) for one in refused["detail"]] == [
        (0, "customer"),
        (1, "kind"),
    ]
    for change in ({"text": "a\0b"}, {"customer": "c1\0"}, {"event_id": "e\0"}, {"at": "1066-10-14"}):
        till.post("events", {**visit, "event_id": "e5", **change}, status=422)
    assert _count(database, Contact) == 2


def test_a_day_of_orders_is_one_import(database: Database, till: Till) -> None:
    till.post("orders", ORDER)
    till.post("orders", {**ORDER, "order_id": "o2"})
    (day,) = database.read_now(provenance.list_all)
    assert (day.kind, day.source, day.counts["added"], day.counts["rows"]) == ("orders", "api 2026-03-02", 2, 2)
    assert undo_import(database, day.id, NOW).removed == {"orders": 2, "customers": 1}
    till.post("orders", ORDER)
    assert len(database.read_now(provenance.list_all)) == 2


def test_the_page_says_how(till: Till) -> None:
    paths = till.ask("GET", "/openapi.json").json()["paths"]
    assert {path for path in paths if path.startswith("/api/")} == {"/api/orders", "/api/customers", "/api/events"}
    assert paths["/api/orders"]["post"]["security"] == [{"HTTPBearer": []}]


def test_an_erased_person_is_not_brought_back(database: Database, till: Till) -> None:
    from bot.identify.erasure import erase_customer

    till.post("customers", {"customer_id": "c1", "name": "Anna"})
    database.write_now(lambda memory: erase_customer(memory, 1, NOW, SETTINGS))
    assert till.post("orders", ORDER)["erased"] == 1
    assert (_count(database, Customer), _count(database, Order)) == (0, 0)
