"""Who would take an item, on SQLite and PostgreSQL: ranked by taste and curiosity, without whom it would harm."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.customize.takers import NoSuchItem, check_ranking, list_takers
from bot.customize.tastes import Tastes, Thing, backtest, rank_takers
from bot.differentiate.tiers import retier
from bot.identify import consents, facts
from storage import customers, orders
from storage.database import Database, Memory
from storage.models import CatalogueItem
from storage.tastes import Stated, Taken

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SHOP = {"oat-latte": "coffee", "mocha": "coffee", "flat-white": "coffee", "green-tea": "tea", "mint-tea": "tea"}


def open_shop(memory: Memory) -> None:
    for sku, category in SHOP.items():
        memory.add(CatalogueItem(
            sku=sku, name_en=sku.replace("-", " ").title(), name_zh=sku, category=category, price=400, currency="EUR",
            aliases=[], options=[], contains=["peanuts"] if sku == "mint-tea" else [],
        ))  # fmt: skip
    habits = {
        "Green": {"green-tea": 5}, "Brown": {"mocha": 5, "flat-white": 2}, "Both": {"green-tea": 3, "mocha": 1},
        "Has": {"mint-tea": 1, "green-tea": 9}, "Hates": {"green-tea": 9}, "Allergic": {"green-tea": 9},
        "Private": {"green-tea": 9},
    }  # fmt: skip
    for name, bought in habits.items():
        customer = customers.add(memory, name=name, language="en", now=NOW)
        memory.flush()
        for sku, times in bought.items():
            for time in range(times):
                orders.add_order(
                    memory, customer_id=customer.id, external_id=f"{name}-{sku}-{time}", ordered_at=NOW - (time + 1) * DAY,
                    total=400, currency="EUR", lines=[{"sku": sku, "quantity": 1}],
                )  # fmt: skip
        if name == "Hates":
            facts.record(memory, customer.id, kind="preference", value="mint tea", polarity="dislike", item="mint-tea",
                         now=NOW, contact_id=None)  # fmt: skip
        if name == "Allergic":
            facts.record(memory, customer.id, kind="restriction", value="peanuts", now=NOW, contact_id=None)
        if name == "Private":
            consents.answer(memory, customer, "profiling", granted=False, wording="x", contact_id=None, now=NOW)
    retier(memory, SETTINGS, NOW)


def test_the_likeliest_first_and_nobody_it_is_not_for(database: Database) -> None:
    database.write_now(open_shop)
    found = database.read_now(lambda memory: list_takers(memory, "mint-tea", NOW))
    assert [(one["name"], one["because"]) for one in found] == [
        ("Both", ("green-tea",)), ("Green", ("green-tea",)), ("Brown", ()),
    ]  # fmt: skip
    assert [one["name"] for one in database.read_now(lambda memory: list_takers(memory, "mint-tea", NOW, 1))] == [
        "Both"
    ]
    with pytest.raises(NoSuchItem, match="did you mean mint-tea"):
        database.read_now(lambda memory: list_takers(memory, "mint-te", NOW))
    assert database.read_now(lambda memory: check_ranking(memory, NOW)) is None


THINGS = [Thing(f"{category}-{place}", category, (f"{category} number {place}",))
          for category in ("coffee", "tea", "cake") for place in range(8)]  # fmt: skip


def draw(tasteful: bool) -> tuple[list[Taken], dict[str, set[int]]]:
    """Customers who each buy within one category, or of all alike; and what they take afterwards."""
    chance = random.Random(3)
    taken, since = [], {}
    for customer in range(600):
        own = [thing for thing in THINGS if not tasteful or thing.category == ("coffee", "tea", "cake")[customer % 3]]
        for thing in chance.sample(own, 4):
            taken.append(Taken(customer, thing.sku, chance.randrange(1, 6), NOW - 30 * DAY))
        for thing in chance.sample(own, 2):
            since.setdefault(thing.sku, set()).add(customer)
    return taken, since


def test_a_backtest_finds_tastes_where_there_are_any() -> None:
    taken, since = draw(tasteful=True)
    tested = backtest(Tastes(THINGS, taken, [], NOW), since)
    assert tested is not None
    assert tested.items == len(THINGS)
    assert tested.auc > 0.8
    assert tested.lift > 2
    assert 0.4 < tested.auc_by_purchases < 0.6


def test_a_backtest_finds_none_where_there_are_none() -> None:
    taken, since = draw(tasteful=False)
    tested = backtest(Tastes(THINGS, taken, [], NOW), since)
    assert tested is not None
    assert 0.4 < tested.auc < 0.6


def test_saying_so_counts_and_time_wears_off() -> None:
    things = [Thing("a", "coffee", ("Alpha",)), Thing("b", "coffee", ("Beta",)), Thing("c", "tea", ("Gamma",))]
    taken = [Taken(1, "b", 1, NOW - 720 * DAY), Taken(2, "b", 1, NOW), Taken(3, "c", 9, NOW)]
    stated = [Stated(4, "b", True), Stated(5, "b", True), Stated(5, "a", False)]
    ranked = list(rank_takers(Tastes(things, taken, stated, NOW), "a"))
    assert [one.customer_id for one in ranked] == [4, 2, 1, 3]
    assert list(rank_takers(Tastes(things, [], [], NOW), "a")) == []
