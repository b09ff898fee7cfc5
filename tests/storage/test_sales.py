"""Sales split by what is known of orders, customers and items, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.differentiate.report import report_sales
from storage import orders
from storage.database import Database
from storage.models import CatalogueItem
from storage.sales import SPLITS
from tests.support.follow_ups import DAY, SETTINGS, add_customer, change

BERLIN = SETTINGS.business.time_zone
END = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def shop(database: Database) -> Database:
    anna = add_customer(database, "Anna", city="Berlin", lead_source="poster")
    ben = add_customer(database, "Ben", city="")
    change(database, anna, tier="A", group="MVC")

    def fill(memory: Any) -> None:
        memory.merge(CatalogueItem(sku="latte", name_en="", name_zh="", category="coffee", price=400, currency="EUR"))
        for number, (customer, at, total, source, sku, quantity, price, currency) in enumerate([
            (anna, datetime(2026, 3, 1, tzinfo=BERLIN), 1000, "import", "latte", 2, 400, "EUR"),
            (anna, END - 2 * DAY, 800, "counter", "latte", 2, 400, "EUR"),
            (anna, END - DAY, -300, "counter", "latte", -1, 300, "EUR"),
            (ben, END - DAY, 500, "chat", "mug", 1, None, "EUR"),
            (ben, END - DAY / 2, 9900, "chat", "latte", 1, 9900, "USD"),  # another currency cannot be added
            (ben, END + DAY, 700, "chat", "latte", 1, 700, "EUR"),  # after the end
        ]):  # fmt: skip
            orders.add_order(
                memory, customer_id=customer, external_id=f"o{number}", ordered_at=at.astimezone(UTC), total=total,
                currency=currency, source=source, terms={"store": "Mitte"} if customer == anna else None, lines=[{"sku": sku, "quantity": quantity, "price": price}],
            )  # fmt: skip

    database.write_now(fill)
    return database


def split(database: Database, by: str) -> list[tuple[Any, ...]]:
    found = database.read_now(lambda memory: report_sales(memory, SETTINGS, by, END - 365 * DAY, END))
    return [(one["name"], one["orders"], one["customers"], one["sales"], one["share"]) for one in found["rows"]]


def test_orders_are_split_with_refunds_taken_off(shop: Database) -> None:
    assert split(shop, "source") == [
        ("import", 1, 1, 1000, 0.5), ("chat", 1, 1, 500, 0.25), ("counter", 1, 1, 500, 0.25),
    ]  # fmt: skip
    assert split(shop, "city") == [("Berlin", 2, 1, 1500, 0.75), (None, 1, 1, 500, 0.25)]
    assert split(shop, "store") == [("Mitte", 2, 1, 1500, 0.75), (None, 1, 1, 500, 0.25)]
    assert split(shop, "tier") == [("A", 2, 1, 1500, 0.75), ("new", 1, 1, 500, 0.25)]


def test_months_are_the_business_s(shop: Database) -> None:
    assert split(shop, "month") == [("2026-03", 1, 1, 1000, 0.5), ("2026-11", 2, 2, 1000, 0.5)]


def test_lines_are_split_by_item_and_category(shop: Database) -> None:
    assert split(shop, "item") == [("latte", 3, 1, 1300, 1.0), ("mug", 1, 1, 0, 0.0)]
    assert split(shop, "category") == [("coffee", 3, 1, 1300, 1.0), (None, 1, 1, 0, 0.0)]


def test_every_split_runs(shop: Database) -> None:
    assert all(split(shop, by) for by in SPLITS)
