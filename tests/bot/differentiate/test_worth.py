"""What serving somebody costs, and what is left: counted from the database, taken off what they will bring, and groups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.differentiate import value, worth
from bot.differentiate.choosing import Choice, choose_group
from bot.differentiate.numbers import Numbers
from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all
from bot.differentiate.yardstick import Yardstick
from storage import contacts, costs, orders, team
from storage.costs import Served
from storage.database import Database, Memory
from storage.models import CatalogueItem, Tier
from tests.bot.differentiate.test_forecast import END, fill
from tests.support.follow_ups import DAY, SETTINGS, add_complaint, add_customer, buy, customer_of, settings_with

YEAR = 365 * DAY


def count(database: Database, customer: int, since: datetime = END - YEAR) -> Served:
    found = database.read_now(
        lambda memory: costs.load(
            memory, since=since, until=END, currency="EUR", margin=0.5, customer_ids=[customer]
        )
    )  # fmt: skip
    everybody = database.read_now(
        lambda memory: costs.load(memory, since=since, until=END, currency="EUR", margin=0.5)
    )  # fmt: skip
    assert everybody.get(customer) == found.get(customer)
    return found.get(customer, worth.NOBODY)


def talk(database: Database, customer: int, at: datetime, direction: str = "out", staff: bool = True) -> None:
    def run(memory: Memory) -> None:
        member = team.add(memory, telegram_id=1, name="Olivia", role="owner", language="en", now=END)
        by = member.id if staff else None
        contacts.add(
            memory, customer_id=customer, direction=direction, kind="text", at=at, text="Hello", staff_id=by
        )  # fmt: skip

    database.write_now(run)


def sell(database: Database, customer: int, at: datetime, total: int, lines: list[dict[str, Any]]) -> None:
    database.write_now(
        lambda memory: orders.add_order(
            memory, customer_id=customer, external_id=f"o-{at.isoformat()}", ordered_at=at, total=total,
            currency="EUR", lines=lines,
        )
    )  # fmt: skip


def test_what_the_database_knows_is_counted(database: Database) -> None:
    anna = add_customer(database, now=END - YEAR)
    assert count(database, anna) == Served()
    talk(database, anna, END - DAY)
    talk(database, anna, END - 2 * DAY)
    talk(database, anna, END - 2 * YEAR)  # too long ago
    talk(database, anna, END - DAY, staff=False)  # the bot's own words are cheap
    talk(database, anna, END - DAY, direction="note")
    add_complaint(database, anna, END - DAY)
    add_complaint(database, anna, END - DAY, status="withdrawn")
    buy(database, anna, END - 3 * DAY, total=1000)
    buy(database, anna, END - DAY, total=-400)
    assert count(database, anna) == Served(contacts=2, complaints=1, refunds=1, spent=600)


@pytest.mark.parametrize(("how", "brought"), [("courier", 1), ("快递", 1), ("Pickup", 0), ("自提", 0), (None, 0)])
def test_what_is_brought_is_counted(database: Database, how: str | None, brought: int) -> None:
    anna = add_customer(database, now=END - YEAR)
    terms = {"store": "Mitte"} | ({"delivery": how} if how else {})
    database.write_now(
        lambda memory: orders.add_order(
            memory, customer_id=anna, external_id="o1", ordered_at=END - DAY, total=900, currency="EUR", terms=terms
        )
    )  # fmt: skip
    assert count(database, anna) == Served(deliveries=brought, spent=900)


def test_discounts_are_what_an_order_was_cheaper_than_its_lines(database: Database) -> None:
    anna = add_customer(database, now=END - YEAR)
    item = CatalogueItem(sku="beans", name_en="", name_zh="", category="beans", price=1000, currency="EUR", margin=0.25)
    database.write_now(lambda memory: memory.merge(item))
    beans, unknown = {"sku": "beans", "quantity": 2, "price": 1000}, {"sku": "cup", "quantity": 1, "price": 400}
    sell(database, anna, END - 3 * DAY, 2100, [beans, unknown])  # 3 off 24
    sell(database, anna, END - 2 * DAY, 2500, [beans, unknown])  # a tip is no discount
    sell(database, anna, END - 1 * DAY, 100, [beans, {"sku": "cup", "quantity": 1, "price": None}])  # not known
    assert count(database, anna) == Served(
        spent=4700, listed=4800, listed_margin=2 * (2000 * 0.25 + 400 * 0.5), discounts=300, priced=2, discounted=1
    )


def test_costs_are_what_the_settings_say() -> None:
    served = Served(contacts=3, complaints=1, refunds=2, spent=5000, listed=4000, listed_margin=1000.0, discounts=400)
    assert worth.cost_of(Served(deliveries=4), SETTINGS) == 1200
    # 3 × 1 + 1 × 5 + 2 × 2, and of a discount of 4.00 the 75 % that the goods cost.
    assert worth.cost_of(served, SETTINGS) == 1200 + 300
    yen = settings_with(BUSINESS__CURRENCY="JPY", VALUE__COST_TO_SERVE__CONTACT="10.5")
    assert worth.cost_of(Served(contacts=2), yen) == 21
    alone = worth.join(None, served, SETTINGS)
    assert (alone.present_value, alone.cost_to_serve, alone.brought) == (None, 1500, 1250 - 1500)


def test_cost_is_taken_off_what_somebody_will_bring(database: Database) -> None:
    fill(database, 60)
    differentiate_all(database, SETTINGS, END - DAY)
    differentiate_all(database, SETTINGS, END)
    best = max(range(1, 61), key=lambda one: customer_of(database, one).value.get("present_value") or 0)
    before = customer_of(database, best)
    assert (before.tier, before.group) == ("A", "MVC")
    talk(database, best, END - DAY)
    database.write_now(lambda memory: retier(memory, SETTINGS, END, [best]))
    after = customer_of(database, best)
    assert after.value["cost_to_serve"] == 100
    alive, discount = after.value["alive"], 1.1**-0.5
    assert before.value["present_value"] - after.value["present_value"] == pytest.approx(100 * alive * discount, abs=1)
    for hours in range(900):
        add_complaint(database, best, END - hours * DAY / 24)
    database.write_now(lambda memory: retier(memory, SETTINGS, END, [best]))
    lossy = customer_of(database, best)
    assert lossy.group == "BZ"
    assert lossy.value["present_value"] < 0
    assert (lossy.tier, lossy.tier_below_since) == ("A", END)  # falls only after the grace period


def test_the_base_is_split_into_tiers_and_groups_by_value(database: Database) -> None:
    fill(database, 200, seed=5)
    result = differentiate_all(database, SETTINGS, END)
    assert result["yardstick"]["rests_on"] == "model"
    values = sorted(
        (one.value["present_value"], one.tier, one.group)
        for one in (customer_of(database, number) for number in range(1, 201))
        if one.tier != "new"
    )
    tiers = [tier for _, tier, _ in reversed(values)]
    assert tiers == sorted(tiers)  # who is worth more never has the lower tier
    ranked = len(values)
    assert result["tiers"]["A"] == pytest.approx(0.2 * ranked, abs=3)
    assert result["tiers"]["B"] == pytest.approx(0.3 * ranked, abs=4)
    assert result["groups"]["MVC"] == pytest.approx(0.1 * ranked, abs=3)
    assert sum(result["groups"].values()) == sum(result["tiers"].values()) == 200
    again = differentiate_all(database, SETTINGS, END)
    assert again["changed"] == 0


def test_a_base_that_left_long_ago_has_no_best_customers(database: Database) -> None:
    fill(database, 200, seed=5)
    result = differentiate_all(database, SETTINGS, END + 20 * YEAR)
    assert result["yardstick"]["rests_on"] == "model"
    everybody = [customer_of(database, number) for number in range(1, 201)]
    gone = [one for one in everybody if one.value["present_value"] == 0]
    assert len(gone) > 150
    assert {one.tier for one in gone} == {"C", "new"}  # who ordered once may have left as well
    assert {one.group for one in gone} == {"steady"}


def test_who_came_lately_and_often_is_growable(database: Database) -> None:
    fill(database, 200, seed=5)
    fresh = [add_customer(database, f"Fresh {n}", now=END - 40 * DAY) for n in range(6)]
    for one in fresh:
        for days in (1, 13, 25, 37):
            buy(database, one, END - days * DAY, total=150)
    result = differentiate_all(database, SETTINGS, END)
    for one in (customer_of(database, number) for number in fresh):
        assert one.value["present_value"] > one.value["brought"] > 0
        assert one.group == "MGC"
    assert result["groups"]["MGC"] >= 6


def test_tiers_may_begin_at_amounts(database: Database) -> None:
    fill(database, 60)
    settings = settings_with(TIERS__VALUE='{"A": {"at_least": 20}, "B": {"at_least": "7.5"}}')
    measured = database.read_now(lambda memory: value.fit(memory, settings, END))[1]
    assert (measured.A, measured.B) == (2000, 750)
    only_a = settings_with(TIERS__VALUE__A__AT_LEAST="0.01")
    measured = database.read_now(lambda memory: value.fit(memory, only_a, END))[1]
    assert (measured.A, measured.B) == (1, 1)  # B never begins above A


def test_by_rfm_where_the_settings_say_so(database: Database) -> None:
    fill(database, 60)
    measured = database.read_now(lambda memory: value.fit(memory, settings_with(TIERS__BY="rfm"), END))[1]
    assert (measured.rests_on, measured.by_value) == ("chosen", False)


def test_where_the_forecast_does_not_fit_tiers_are_by_rfm_and_say_so(database: Database) -> None:
    fill(database, 300, dies=True)
    result = differentiate_all(database, SETTINGS, END)
    assert result["model"]["how"] == "own_rate"
    assert result["yardstick"]["rests_on"] == "misfit"
    reasons = {customer_of(database, number).tier_reason for number in range(1, 20)}
    assert all("Tiers are by orders, money and recency: the forecast does not fit" in reason for reason in reasons)


MEASURED = Yardstick("model", 200, A=10_000, B=4_000, most_valuable=20_000, growable=5_000)
KNOWN = Choice(Tier.B, "earned", Tier.A, (), "value")


@pytest.mark.parametrize(
    ("present", "brought", "alive", "group"),
    [
        (20_000, 15_000, 0.9, "MVC"),
        (19_999, 15_000, 0.9, "steady"),
        (19_999, 14_999, 0.9, "MGC"),
        (19_999, 14_999, 0.4, "steady"),  # gone, most likely
        (-1, 15_000, 0.9, "BZ"),
        (0, 100, 0.9, "steady"),
    ],
)
def test_groups(present: int, brought: int, alive: float, group: str) -> None:
    numbers = Numbers(9, 9000, 9, DAY, "EUR", present_value=present, alive=alive, brought=brought)
    assert choose_group(numbers, KNOWN, MEASURED) == group


def test_a_newcomer_is_steady_and_a_loss_without_a_forecast_is_below_zero() -> None:
    newcomer = Numbers(1, 900, 1, DAY, "EUR", present_value=30_000, alive=1.0)
    assert choose_group(newcomer, Choice(Tier.new, "too_few", Tier.C), MEASURED) == "steady"
    loss = Numbers(3, 900, 3, DAY, "EUR", cost_to_serve=1000, brought=-460)
    assert choose_group(loss, Choice(Tier.C, "below", Tier.B), Yardstick("few", 5)) == "BZ"
