"""Orders by external id: once, and again; and what is new in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage import events, orders, sales
from storage.database import Database, Memory
from tests.support.follow_ups import DAY, START, add_customer, buy


def order(customer: int, external_id: str, days_ago: float = 0, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "customer_id": customer, "external_id": external_id, "ordered_at": START - days_ago * DAY, "total": 1250,
        "currency": "EUR", "lines": [{"sku": "latte", "quantity": 2, "price": 400, "options": ["oat"]}, {"sku": "cake"}],
    }  # fmt: skip
    return {**values, **more}


def references(memory: Memory) -> list[str]:
    return [event.reference for event in events.list_waiting(memory)]


def test_order_is_added_once_with_its_lines_and_event(database: Database) -> None:
    anna = add_customer(database)
    first = database.write_now(lambda memory: orders.add_order(memory, **order(anna, "o-1")))
    again = database.write_now(lambda memory: orders.add_order(memory, **order(anna, "o-1", total=9)))
    assert (first.new, again) == (True, (first.id, False))

    def read(memory: Memory) -> Any:
        found = orders.find(memory, "o-1")
        assert found is not None
        return found.total, [(line.sku, line.quantity, line.price, line.options) for line in found.lines]

    assert database.read_now(read) == (1250, [("latte", 2, 400, ["oat"]), ("cake", 1, None, [])])
    assert database.read_now(references) == [str(first.id)]


def test_orders_are_listed_newest_first(database: Database) -> None:
    anna = add_customer(database)
    for days in (3, 1, 2):
        buy(database, anna, START - days * DAY, "latte")
    found = database.read_now(lambda memory: [one.ordered_at for one in orders.list_for(memory, anna, 2)])
    assert found == [START - DAY, START - 2 * DAY]
    last = database.read_now(lambda memory: orders.find_last(memory, anna))
    assert last is not None
    assert last.ordered_at == START - DAY


def test_comparison_knows_first_orders_and_new_items(database: Database) -> None:
    anna, ben = add_customer(database), add_customer(database, "Ben")
    refund = buy(database, anna, START - timedelta(days=9), "latte", total=-400)
    first = buy(database, anna, START - 3 * DAY, "latte")
    second = buy(database, anna, START - DAY, "latte", "cake")
    other = buy(database, ben, START, "cake")
    found = database.read_now(lambda memory: orders.compare_with_history(memory, [refund, first, second, other]))
    assert [(one.id, one.is_first, one.new_skus) for one in found] == [
        (refund, False, ()),
        (first, True, ("latte",)),
        (second, False, ("cake",)),
        (other, True, ("cake",)),
    ]


def test_popular_is_what_most_customers_bought_lately(database: Database) -> None:
    anna, ben = add_customer(database, "Anna"), add_customer(database, "Ben")
    buy(database, anna, START - 40 * DAY, "tea")
    bought = [(anna, "cake"), (anna, "cake"), (anna, "cake"), (anna, "latte"), (ben, "latte")]
    for hour, (who, sku) in enumerate(bought):
        buy(database, who, START - DAY + hour * timedelta(hours=1), sku)

    def popular(orders: int, most: int = 9) -> list[tuple[str, int]]:
        return database.read_now(
            lambda memory: sales.list_popular(memory, since=START - 30 * DAY, orders=orders, most=most)
        )

    assert popular(100) == [("latte", 2), ("cake", 1)]  # by customers, not by cups
    assert popular(100, most=1) == [("latte", 2)]
    assert popular(1) == [("latte", 1)]
