"""The forecast of a whole business: which model was used and why, what it says of each customer, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bot.differentiate import forecast, last_fit
from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all, look_back
from storage import orders, purchases
from storage.database import Database, Memory
from storage.models import Customer
from tests.support.follow_ups import DAY, SETTINGS, add_customer, buy, customer_of, set_consent

END = datetime(2026, 11, 22, 12, tzinfo=UTC)


def fill(database: Database, customers: int, *, dies: bool = False, seed: int = 2) -> None:
    """Customers of the model's world over 40 weeks; `dies`: in the last two fifths nobody buys any more."""
    chance = np.random.default_rng(seed)
    days = 280
    last = days * 3 // 5 if dies else days

    def run(memory: Memory) -> None:
        for number in range(customers):
            customer = Customer(name=f"C {number}", language="en", created_at=END - days * DAY)
            memory.add(customer)
            memory.flush()
            at, rate = float(chance.integers(0, days // 2)), chance.gamma(1.0, 1 / 14.0)
            while at < last:
                moment = END - (days - int(at)) * DAY
                orders.add_order(
                    memory, customer_id=customer.id, external_id=f"{number}-{int(at)}", ordered_at=moment,
                    total=int(chance.gamma(4, 300)) + 1, currency="EUR",
                )  # fmt: skip
                if not dies and chance.random() < 0.15:
                    break
                at += 1 + chance.exponential(1 / rate)

    database.write_now(run)


def fit(database: Database, until: datetime = END) -> forecast.Forecast | None:
    return database.read_now(lambda memory: forecast.fit(memory, SETTINGS, until))


def test_purchases_are_summed_by_day(database: Database) -> None:
    anna = add_customer(database)
    buy(database, anna, END - 30 * DAY, total=500)
    buy(database, anna, END - 30 * DAY + timedelta(hours=2), total=300)
    buy(database, anna, END - 10 * DAY, total=900)
    buy(database, anna, END - 9 * DAY, total=-400)  # a refund
    buy(database, anna, END + 3 * DAY, total=700)
    bob = add_customer(database, "Bob")
    buy(database, bob, END - 5 * DAY, total=0)
    add_customer(database, "Who never bought")
    found = database.read_now(lambda memory: purchases.load(memory, until=END, currency="EUR"))
    day = purchases.day_of(END)
    assert found == [(anna, 2, day - 30, day - 10, 500), (bob, 1, day - 5, day - 5, 0)]
    assert database.read_now(lambda memory: purchases.load(memory, until=END, currency="EUR", customer_ids=[bob])) == [
        (bob, 1, day - 5, day - 5, 0)
    ]


def test_nobody_who_came_back_is_no_model(database: Database) -> None:
    buy(database, add_customer(database), END - 3 * DAY)
    assert fit(database) is None
    result = differentiate_all(database, SETTINGS, END)
    assert result["model"] is None


def test_few_customers_lean_on_a_prior_many_on_themselves(database: Database) -> None:
    fill(database, 40)
    few = fit(database)
    assert few is not None
    assert few.how == "bg_nbd_with_prior"
    fill(database, 400, seed=9)
    many = fit(database)
    assert many is not None
    assert many.how in forecast.HOWS.values()
    assert many.check is not None
    assert many.check.predicted == pytest.approx(many.check.actual, rel=0.35)


def test_a_shop_whose_customers_stopped_coming_is_not_forecast_by_the_model(database: Database) -> None:
    fill(database, 300, dies=True)
    found = fit(database)
    assert found is not None
    assert found.how == "own_rate"
    assert found.why
    assert found.check is not None
    assert found.check.actual == 0
    ahead = database.read_now(lambda memory: found.predict(purchases.load(memory, until=END, currency="EUR"), 90))
    assert ahead.sum() == pytest.approx(0.0)


def test_what_is_stored_is_the_forecast_itself(database: Database) -> None:
    fill(database, 60)
    found = fit(database)
    database.write_now(lambda memory: last_fit.save(memory, found))
    assert database.read_now(last_fit.load) == found


def test_each_customer_gets_a_value_and_an_order_later_a_new_one(database: Database) -> None:
    fill(database, 120)
    differentiate_all(database, SETTINGS, END)
    ids = database.read_now(
        lambda memory: [one.customer_id for one in purchases.load(memory, until=END, currency="EUR")]
    )
    values = [customer_of(database, one).value for one in ids]
    assert all(value["present_value"] >= 0 and 0 <= value["alive"] <= 1 for value in values)
    assert sum(value["present_value"] > 100 for value in values) > 30
    lapsed = min(ids, key=lambda one: customer_of(database, one).value["alive"])
    before = customer_of(database, lapsed).value
    buy(database, lapsed, END, total=2000)
    database.write_now(lambda memory: retier(memory, SETTINGS, END, [lapsed]))
    after = customer_of(database, lapsed).value
    assert after["alive"] > before["alive"]
    assert after["present_value"] > before["present_value"]


def test_looking_back_writes_nothing(database: Database) -> None:
    fill(database, 200)
    until = END - 60 * DAY
    result = look_back(database, SETTINGS, until, END)
    assert result["predicted_orders"] == pytest.approx(result["actual_orders"], rel=0.4)
    assert database.read_now(last_fit.load) is None


def test_whoever_switched_profiling_off_has_no_value(database: Database) -> None:
    fill(database, 60)
    differentiate_all(database, SETTINGS, END)
    one = database.read_now(lambda memory: purchases.load(memory, until=END, currency="EUR"))[0].customer_id
    set_consent(database, one, "profiling", False, END)
    differentiate_all(database, SETTINGS, END)
    assert not customer_of(database, one).value
