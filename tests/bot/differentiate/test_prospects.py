"""What somebody who bought nothing yet is expected to bring, on both databases and by hand."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.differentiate import prospects
from bot.differentiate.leads import report_leads
from bot.differentiate.numbers import Worth
from bot.differentiate.prospects import Prospects
from bot.differentiate.value import differentiate_all
from bot.identify import consents, portrait
from storage import customers, orders
from storage.database import Database, Memory
from storage.models import Customer
from storage.purchases import Bought, day_of
from tests.support.follow_ups import SETTINGS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
YEAR = timedelta(days=365)
TODAY = day_of(NOW)


def fill(database: Database, people: list[tuple[str | None, int, int | None]]) -> list[int]:
    """(source, days since they came, days from then to the first order or None)."""

    def run(memory: Memory) -> list[int]:
        ids = []
        for number, (source, ago, after) in enumerate(people):
            came = NOW - timedelta(days=ago)
            one = customers.add(memory, name=f"C{number}", language="en", now=came, lead_source=source)
            memory.flush()
            ids.append(one.id)
            if after is not None:
                for again in range(3):
                    at = came + timedelta(days=after + 9 * again)
                    orders.add_order(
                        memory, customer_id=one.id, external_id=f"{number}-{again}", ordered_at=min(at, NOW),
                        total=1000, currency="EUR", lines=[],
                    )  # fmt: skip
        return ids

    return database.write_now(run)


def fit(database: Database, people: list[tuple[str | None, int, int | None]], worth: int | None = None) -> Prospects:
    ids = fill(database, people)
    bought = [
        Bought(id_, 1, TODAY - ago + after, TODAY - ago + after, 0)
        for id_, (_, ago, after) in zip(ids, people, strict=True)
        if after is not None
    ]
    worths = {one.customer_id: Worth(present_value=worth) for one in bought} if worth is not None else {}
    return database.read_now(lambda memory: prospects.fit(memory, SETTINGS, NOW, bought, worths))


def show(database: Database, customer_id: int) -> dict[str, Any]:
    return database.read_now(
        lambda memory: portrait.show_customer(memory, memory.get_one(Customer, customer_id), SETTINGS, NOW)["value"]
    )


def test_without_history_the_chance_is_that_of_settings(database: Database) -> None:
    model = fit(database, [])
    assert model.chance("", 0, YEAR) == pytest.approx(0.1)
    assert (model.rests_on, model.worth) == ("prior", None)
    assert model.expect("", 0, YEAR)["present_value"] is None


def test_who_bought_as_they_came_tells_nothing_of_who_waits(database: Database) -> None:
    model = fit(database, [("", 400, 0)] * 24)
    assert model.rests_on == "prior"
    assert model.chance("", 1, YEAR) == pytest.approx(0.1, abs=0.01)


def test_the_chance_is_the_share_of_those_who_bought(database: Database) -> None:
    people = [("", 400, 3)] * 60 + [("", 400, None)] * 140
    model = fit(database, people)
    assert model.rests_on == "history"
    assert model.chance("", 1, YEAR) == pytest.approx(0.3, abs=0.03)


def test_who_waited_long_has_little_chance_left(database: Database) -> None:
    model = fit(database, [("", 400, 3)] * 60 + [("", 400, None)] * 140)
    chances = [model.chance("", waited, YEAR) for waited in (1, 14, 60, 300)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.05


def test_a_source_is_told_from_others_as_far_as_it_is_known(database: Database) -> None:
    good = [("fair", 400, 5)] * 40 + [("fair", 400, None)] * 10
    poor = [("poster", 400, 5)] * 10 + [("poster", 400, None)] * 140
    few = [("friend", 400, 5)]
    model = fit(database, good + poor + few)
    fair, poster, friend, unknown = (model.chance(one, 1, YEAR) for one in ("fair", "poster", "friend", "radio"))
    assert fair > 2 * poster
    assert unknown == model.chance("radio", 1, YEAR)
    assert abs(friend - unknown) < 0.1  # one customer says little


def test_the_hazard_of_one_span_by_hand(database: Database) -> None:
    """Two of three bought on the third day; one has waited through the first."""
    model = fit(database, [("", 9, 3), ("", 9, 3), ("", 1, None)])
    prior = -math.log(0.9) / 365
    first = 1 / (3 * 1 + 1 / prior)
    assert model.hazards[:2] == pytest.approx((first, (2 + 1) / (2 * 2 + 1 / first)))


def test_who_bought_before_we_knew_of_them_tells_nothing(database: Database) -> None:
    assert fit(database, [("", 0, -30)] * 50).came == 0


def test_the_worth_of_a_source_leans_on_all_until_it_is_known(database: Database) -> None:
    ids = fill(database, [("fair", 90, 5)] * 30 + [("friend", 90, 5)])
    bought = [Bought(id_, 1, TODAY - 85, TODAY - 85, 0) for id_ in ids]
    worths = {id_: Worth(present_value=1000 if id_ != ids[-1] else 32000) for id_ in ids}
    model = database.read_now(lambda memory: prospects.fit(memory, SETTINGS, NOW, bought, worths))
    assert model.worth == 2000
    assert model.worths == {"fair": 1250.0, "friend": pytest.approx((32000 + 10 * 2000) / 11, abs=0.01)}


def test_prospects_have_a_value_and_say_how(database: Database) -> None:
    people: list[tuple[str | None, int, int | None]] = [("fair", 200, 4 + number % 9) for number in range(40)]
    ids = fill(database, [*people, ("fair", 3, None), (None, 200, None)])
    differentiate_all(database, SETTINGS, NOW)
    fresh, old = show(database, ids[-2]), show(database, ids[-1])
    assert fresh["stage"] == old["stage"] == "prospect"
    told = fresh["prospect"]
    assert (told["source"], told["waited_days"], told["rests_on"], told["first_orders"]) == ("fair", 3, "history", 40)
    assert fresh["present_value"] == pytest.approx(told["chance"] * told["worth"], abs=told["worth"] * 1e-4 + 1)
    assert fresh["present_value"] > old["present_value"] > 0
    assert show(database, ids[0]).get("prospect") is None

    rows = {row["name"]: row for row in database.read_now(lambda memory: report_leads(memory, SETTINGS))["rows"]}
    assert rows["fair"]["expected"] == fresh["present_value"]
    assert rows[None]["expected"] == old["present_value"]
    assert rows[None]["present_value"] == 0


def test_who_is_not_profiled_has_no_expected_value(database: Database) -> None:
    (one,) = fill(database, [("fair", 3, None)])

    def refuse(memory: Memory) -> None:
        customer = memory.get_one(Customer, one)
        consents.answer(memory, customer, "profiling", granted=False, wording="x", contact_id=None, now=NOW)

    database.write_now(refuse)
    differentiate_all(database, SETTINGS, NOW)
    assert show(database, one)["prospect"] is None
