"""How long a partner's stock lasts: by reports, by orders, by the catalogue; and what to order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.differentiate.stock import Pace, find_pace, propose, read_levels
from storage import orders, stock
from storage.database import Database, Memory
from storage.models import CatalogueItem
from storage.stock import Moved
from tests.support.follow_ups import DAY, START, add_customer


def moved(*rows: tuple[float, int]) -> list[Moved]:
    return [Moved(1, "beans", START - days * DAY, quantity) for days, quantity in rows]


def test_two_reports_tell_the_pace_with_what_came_between() -> None:
    assert find_pace(moved((10, 12), (0, 2)), [], None) == Pace(1.0, "reports")
    assert find_pace(moved((10, 12), (0, 2)), moved((20, 99), (5, 10)), None) == Pace(2.0, "reports")
    assert find_pace(moved((10, 12), (5, 4), (0, 7)), moved((2, 10)), None) == Pace(1.5, "reports")


def test_else_orders_tell_it_what_was_bought_last_is_still_there() -> None:
    assert find_pace(moved((0, 2)), moved((20, 10), (10, 20), (0, 30)), None) == Pace(1.5, "orders")
    assert find_pace(moved((1, 5), (0, 9)), moved((20, 10), (10, 30)), 14) == Pace(1.0, "orders")  # it grew: no pace


def test_else_the_catalogue_else_nothing() -> None:
    assert find_pace(moved((0, 2)), moved((0, 30)), 14) == Pace(1 / 14, "catalogue")
    assert find_pace([], moved((3, 10), (0, -10)), 14) == Pace(10 / 3, "orders")
    assert find_pace(moved((0, 2)), [], None) is None


def fill(database: Database) -> int:
    dealer = add_customer(database, kind="partner")

    def run(memory: Memory) -> None:
        for sku, lasts in (("beans", 14), ("decaf", None), ("tea", None)):
            memory.add(CatalogueItem(sku=sku, name_en=sku, name_zh=sku, category="x", price=1, currency="EUR",
                                     days_of_supply=lasts))  # fmt: skip
        for days, quantity in ((40, 20), (20, 20)):
            orders.add_order(
                memory, customer_id=dealer, external_id=f"o{days}", ordered_at=START - days * DAY, total=100,
                currency="EUR", lines=[{"sku": "decaf", "quantity": quantity}],
            )  # fmt: skip
        orders.add_order(
            memory, customer_id=dealer, external_id="o1", ordered_at=START - 2 * DAY, total=100, currency="EUR",
            lines=[{"sku": "beans", "quantity": 6}, {"sku": "tea", "quantity": 5}],
        )  # fmt: skip
        stock.add(memory, dealer, [("beans", 30)], at=START - 12 * DAY, contact_id=None)
        stock.add(memory, dealer, [("beans", 18)], at=START - 4 * DAY, contact_id=None)

    database.write_now(run)
    return dealer


def test_levels_count_what_came_and_went_since(database: Database) -> None:
    dealer = fill(database)
    beans, decaf, tea = database.read_now(lambda memory: read_levels(memory, [dealer], START))[dealer]
    assert (beans.sku, beans.told, beans.pace) == ("beans", 18, Pace(1.5, "reports"))
    assert (beans.left, beans.days) == (18 + 6 - 4 * 1.5, 12.0)
    assert (decaf.told, decaf.left, decaf.days, decaf.pace) == (None, None, None, Pace(1.0, "orders"))
    assert (tea.pace, tea.ordered) == (None, 1)


def test_what_is_taken_back_does_not_count(database: Database) -> None:
    dealer = fill(database)
    database.write_now(lambda memory: stock.withdraw(memory, dealer, [2], START))
    beans = database.read_now(lambda memory: read_levels(memory, [dealer], START))[dealer][0]
    assert (beans.told, beans.pace) == (30, Pace(1 / 14, "catalogue"))
    assert database.write_now(lambda memory: stock.withdraw(memory, dealer, [2], START)) == 0
    assert database.write_now(lambda memory: stock.withdraw(memory, dealer + 1, [1], START)) == 0


def test_what_to_order_fills_up_for_the_time(database: Database) -> None:
    levels = database.read_now(lambda memory: read_levels(memory, [fill(database)], START)).popitem()[1]
    assert {level.sku: count for level, count in propose(levels, 30 * DAY)} == {"beans": 27, "decaf": 30}
    assert {level.sku: count for level, count in propose(levels, 12 * DAY)} == {"decaf": 12}
    assert propose(levels, timedelta(0)) == []


def test_nothing_runs_below_nothing(database: Database) -> None:
    dealer = fill(database)
    beans = database.read_now(lambda memory: read_levels(memory, [dealer], START + 90 * DAY))[dealer][0]
    assert (beans.left, beans.days) == (0.0, 0.0)
    assert beans.days == pytest.approx(0)
