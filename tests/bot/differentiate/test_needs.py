"""What customers need, from what they bought: on SQLite and PostgreSQL, and where chance would do as well."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from bot.customize.takers import Ranking, find_takers, list_takers
from bot.differentiate import prices, segments
from bot.differentiate.needs import describe_needs, find_hours, find_weekday, rank_items, weigh_prices
from bot.differentiate.prices import Usual, measure
from bot.differentiate.segment_language import SegmentWrong
from bot.differentiate.value import differentiate_all
from bot.identify import consents, facts
from storage import customers, orders
from storage import segments as stored
from storage.database import Database, Memory
from storage.models import CatalogueItem, Customer
from storage.needs import Purchase
from tests.support.follow_ups import SETTINGS, settings_with

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SATURDAY = datetime(2026, 2, 28, 8, 40, tzinfo=BERLIN)


def open_shop(memory: Memory) -> None:
    """1 Ana: an oat latte every Saturday morning, beans each other week. 2 Bo: waits for discounts. 3 Cy does not want
    to be profiled. 4 Di came twice, both at a discount. 5 to 30 buy tea at list prices, now and then for less."""
    for sku, category in (("oat-latte", "coffee"), ("beans", "beans"), ("tea", "tea"), ("mint-tea", "tea")):
        memory.add(CatalogueItem(sku=sku, name_en=sku, name_zh=sku, category=category, price=400, currency="EUR",
                                 aliases=[], options=[], contains=["peanuts"] if sku == "mint-tea" else []))  # fmt: skip
    for name in ("Ana", "Bo", "Cy", "Di", *(f"T{number}" for number in range(26))):
        customers.add(memory, name=name, language="en", now=NOW - 300 * DAY)
    memory.flush()
    for week in range(12):
        at = SATURDAY - week * WEEK
        sell(memory, 1, at, 400, "oat-latte", *(("beans",) if week % 2 else ()))
        sell(memory, 2, at, 300 if week < 8 else 400, "tea")
        sell(memory, 3, at, 300, "oat-latte")
    for ago in (5, 50):
        sell(memory, 4, NOW - ago * DAY, 300, "beans")
    chance = random.Random(4)
    for customer in range(5, 31):
        for time in range(10):
            price = 300 if chance.random() < 0.1 else 400
            sell(
                memory,
                customer,
                NOW - timedelta(hours=chance.randrange(8000)) - time * timedelta(seconds=1),
                price,
                "tea",
            )
    consents.answer(
        memory, memory.get_one(Customer, 3), "profiling", granted=False, wording="x", contact_id=None, now=NOW
    )
    facts.record(memory, 5, kind="restriction", value="peanuts", now=NOW, contact_id=None)


def sell(memory: Memory, customer: int, at: datetime, each: int, *skus: str) -> None:
    orders.add_order(
        memory, customer_id=customer, external_id=f"{customer}-{at.isoformat()}", ordered_at=at, currency="EUR",
        total=each * len(skus), lines=[{"sku": sku, "quantity": 1, "price": 400} for sku in skus],
    )  # fmt: skip


def describe(database: Database, customer: int) -> dict[str, Any] | None:
    return database.read_now(
        lambda memory: describe_needs(memory, memory.get_one(Customer, customer), SETTINGS, NOW)
    )  # fmt: skip


def ask(database: Database, expression: str) -> list[int]:
    def run(memory: Memory) -> list[int]:
        found = segments.look_up(memory, expression, SETTINGS, NOW, find_takers)
        return [member.id for member in stored.list_members(memory, *found)]

    return database.read_now(run)


def test_needs_and_the_words_of_segments_that_are_made_of_them(database: Database) -> None:
    database.write_now(open_shop)
    differentiate_all(database, SETTINGS, NOW)
    ana, bo, di = (describe(database, number) for number in (1, 2, 4))
    assert ana
    assert bo
    assert di
    assert describe(database, 3) is None
    assert [(one["sku"], one["orders"], one["cycle_days"]) for one in ana["favourites"]] == [
        ("oat-latte", 12, 7.0), ("beans", 6, 14.0),
    ]  # fmt: skip
    assert [one["category"] for one in ana["categories"]] == ["coffee", "beans"]
    assert (ana["orders"], ana["cycle_days"]) == (12, 7.0)
    assert (ana["weekday"], ana["hours"]) == ({"day": 6, "share": 1.0}, {"from": 8, "to": 9, "share": 1.0})
    assert (ana["prices"]["orders"], ana["prices"]["discounted"], ana["prices"]["sensitive"]) == (12, 0, False)
    assert (bo["prices"]["discounted"], bo["prices"]["sensitive"]) == (8, True)
    assert (bo["prices"]["larger"], bo["prices"]["earlier"]) == (None, None)  # neither: each week, the same cup
    # Two of two at a discount are a share of 1; so few say less than what is usual.
    assert di["prices"]["discounted"] == di["prices"]["orders"] == 2
    assert di["prices"]["usual"] < di["prices"]["share"] < bo["prices"]["share"] < 8 / 12
    assert (di["favourites"], di["cycle_days"], di["weekday"]) == ([], None, None)

    assert ask(database, 'favourite("oat-latte")') == [1]
    assert ask(database, 'favourite("beans") or favourite("coffee")') == [1]
    assert ask(database, "price_sensitive") == [2]
    assert ask(database, f"discounted > {100 * di['prices']['share'] + 0.1:.2f} %") == [2]
    assert ask(database, f"discounted > {100 * di['prices']['share'] - 0.1:.2f} %") == [2, 4]
    assert ask(database, "not discounted >= 0 %") == [3]
    everybody = database.read_now(lambda memory: list_takers(memory, "mint-tea", NOW, 100))
    assert {one["customer_id"] for one in everybody}.isdisjoint({3, 5})  # not profiled; must avoid what is in it
    ranked = [one["customer_id"] for one in everybody]
    assert ask(database, 'would_like("mint-tea", 100 %)') == sorted(ranked)
    assert ask(database, 'would_like("mint-tea", 20 %)') == sorted(ranked[:6])  # a fifth of the 29 who are looked at
    assert ask(database, 'would_like("mint-tea")') == sorted(ranked[:3])
    assert ask(database, 'not would_like("mint-tea", 100 %) and orders > 0') == [5]


def test_would_like_is_always_current(sqlite_database: Database) -> None:
    sqlite_database.write_now(open_shop)
    differentiate_all(sqlite_database, SETTINGS, NOW)
    (first, *_) = ask(sqlite_database, 'would_like("mint-tea", 5 %)')
    sqlite_database.write_now(lambda memory: sell(memory, first, NOW, 400, "mint-tea"))
    assert first not in ask(sqlite_database, 'would_like("mint-tea", 100 %)')


def test_a_ranking_reads_who_bought_what_once(database: Database) -> None:
    database.write_now(open_shop)
    differentiate_all(database, SETTINGS, NOW)
    asked = [(("mint-tea",), 0.2), (("beans",), 0.5), (("mint-tea",), 0.2), (("mint-tea", "beans"), 0.1)]
    found = [database.read_now(lambda memory, one=one: find_takers(memory, *one, NOW)) for one in asked]
    read: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: read.append(said[2].lower()))
    ranking = Ranking()
    assert database.write_now(lambda memory: [ranking(memory, *one, NOW) for one in asked]) == found
    assert all(found)
    assert sum("order_lines" in statement for statement in read) == 1


def at(days: list[int], hours: list[int]) -> list[datetime]:
    return [SATURDAY.replace(hour=hour) - day * DAY for day, hour in zip(days, hours, strict=True)]


@pytest.mark.parametrize(
    ("days", "weekday"),
    [([0, 7, 14], 6), ([0, 7], None), (list(range(40)), None), ([0, 7, 14, 21, 28, 1, 2, 3], 6), ([0, 7, 14, 1, 2, 3, 4, 5, 12, 18], None)],
)  # fmt: skip
def test_a_weekday_is_told_where_chance_would_not_do(days: list[int], weekday: int | None) -> None:
    found = find_weekday(at(days, [9] * len(days)))
    assert (found["day"] if found else None) == weekday


@pytest.mark.parametrize(
    ("hours", "begins"),
    [([8, 9, 10, 8, 9], 8), ([8, 8], None), ([8, 11, 14, 17, 20] * 4, None), ([8, 9, 10] * 4 + [18, 14, 20], 8), ([], None)],
)  # fmt: skip
def test_hours_are_told_where_chance_would_not_do(hours: list[int], begins: int | None) -> None:
    found = find_hours(at(list(range(len(hours))), hours))
    assert (found["from"] if found else None) == begins


def test_midnight_is_no_time_of_day() -> None:
    assert find_hours([SATURDAY.replace(hour=0, minute=0) - day * DAY for day in range(20)]) is None


def bought(*days_and_prices: tuple[int, int, int]) -> list[Purchase]:
    return [Purchase(SATURDAY + day * DAY, total, listed, ("tea",)) for day, total, listed in days_and_prices]


def test_what_a_discount_changed_is_told_where_chance_would_not_do() -> None:
    usual = Usual(0.1, 10)
    dear = [(20 * place, 400, 400) for place in range(6)]
    cheap = [(100 + 5 * place, 900, 1200) for place in range(1, 7)]
    found = weigh_prices(bought(*dear, *cheap), usual)
    assert found is not None
    assert (found["larger"], found["earlier"], found["sensitive"]) == (3.0, 0.25, True)
    few = weigh_prices(bought(*dear, *cheap[:3]), usual)
    assert few is not None
    assert (few["larger"], few["earlier"]) == (None, None)
    assert weigh_prices([Purchase(SATURDAY, 400, None, ("tea",))], usual) is None


def test_what_is_usual_is_found_again() -> None:
    """Drawn from a beta-binomial: the share and how much customers differ come back."""
    chance = random.Random(7)

    def draw(share: float, weight: float) -> list[tuple[int, int]]:
        rates = [chance.betavariate(share * weight, (1 - share) * weight) for _ in range(4000)]
        return [(20, sum(chance.random() < rate for _ in range(20))) for rate in rates]

    for share, weight in ((0.2, 5.0), (0.1, 20.0)):
        found = measure(draw(share, weight))
        assert found.share == pytest.approx(share, rel=0.1)
        assert found.weight == pytest.approx(weight, rel=0.25)
    assert measure([(10, 1)] * 500).weight == prices.STRONGEST  # all alike
    assert measure([(1, 1), (1, 0)]).share == 0.5
    assert measure([(0, 0)]) == Usual()
    false_alarms = sum(Usual(0.2, 5.0).is_exceeded(*one) for one in draw(0.2, 5.0)) / 4000
    assert false_alarms < 0.25  # those truly above the usual are some; nobody is by few orders
    assert not Usual(0.2, 5.0).is_exceeded(1, 1)


def test_favourites_are_those_of_the_last_horizon(sqlite_database: Database) -> None:
    sqlite_database.write_now(open_shop)
    short = settings_with(VALUE__HORIZON="20d")
    found = sqlite_database.read_now(
        lambda memory: describe_needs(memory, memory.get_one(Customer, 1), short, NOW)
    )  # fmt: skip
    assert found is not None
    assert (found["orders"], [one["sku"] for one in found["favourites"]]) == (3, ["oat-latte"])
    assert rank_items([], BERLIN) == []


def test_what_is_no_share_is_refused(sqlite_database: Database) -> None:
    sqlite_database.write_now(open_shop)
    refused: list[Callable[[], list[int]]] = [
        lambda: ask(sqlite_database, 'would_like("mint-tea", 0 %)'),
        lambda: ask(sqlite_database, 'would_like("mint-tea", 130 %)'),
        lambda: ask(sqlite_database, 'would_like("mint-tea", 3 days)'),
    ]
    for run in refused:
        with pytest.raises(SegmentWrong, match="position"):
            run()
