"""Groups that customers fall into: found where there are some, none where there are none, in words that find them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.config import load_settings
from bot.differentiate.clusters import Behaviour, compare_labels, find_groups
from bot.differentiate.suggesting import suggest_segments
from bot.differentiate.tiers import retier
from storage import customers, orders
from storage.database import Database, Memory
from storage.models import CatalogueItem

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HABITS = {"coffee": (12, 4), "tea": (3, 60), "beans": (1, 300)}  # category: orders, days since the last


def open_shop(memory: Memory) -> None:
    for category in HABITS:
        memory.add(CatalogueItem(
            sku=f"{category}-1", name_en=category.title(), name_zh=category, category=category, price=400,
            currency="EUR", aliases=[], options=[], contains=[],
        ))  # fmt: skip
    chance = np.random.default_rng(2)
    for number in range(90):
        category = list(HABITS)[number % 3]
        count, last = HABITS[category]
        customer = customers.add(memory, name=f"C{number}", language="en", now=NOW)
        memory.flush()
        for order in range(max(1, count + int(chance.integers(-1, 2)))):
            orders.add_order(
                memory, customer_id=customer.id, external_id=f"{number}-{order}", total=400, currency="EUR",
                ordered_at=NOW - timedelta(days=last * (1 + order) + int(chance.integers(0, 3))),
                lines=[{"sku": f"{category}-1", "quantity": 1}],
            )  # fmt: skip
    retier(memory, SETTINGS, NOW)


def test_planted_groups_are_found_in_words(database: Database) -> None:
    database.write_now(open_shop)
    found = database.read_now(lambda memory: suggest_segments(memory, SETTINGS, NOW))
    assert found["stable"]
    assert found["stability"] > 0.95
    assert found["of"] == 90
    assert [(group["customers"], group["precision"], group["recall"]) for group in found["groups"]] == [
        (30, 1.0, 1.0)
    ] * 3


def noise(count: int = 400) -> Behaviour:
    """One cloud: nobody falls into any group."""
    chance = np.random.default_rng(5)
    return Behaviour(
        np.exp(chance.normal(1, 0.3, count)), np.exp(chance.normal(3, 0.3, count)), np.exp(chance.normal(3, 0.3, count)),
        chance.poisson(5, (count, 4)).astype(float), ("a", "b", "c", "d"),
    )  # fmt: skip


def test_no_groups_are_told_where_there_are_none() -> None:
    found = find_groups(noise())
    assert found.groups == ()
    assert found.stability < 0.7
    assert find_groups(noise(10)).groups == ()


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [([0, 0, 1, 1], [1, 1, 0, 0], 1.0), ([0, 0, 1, 1], [0, 1, 0, 1], -0.5), ([0, 0, 0], [0, 0, 0], 1.0)],
)
def test_agreement_of_labels(one: list[int], other: list[int], agreement: float) -> None:
    assert compare_labels(np.array(one), np.array(other)) == pytest.approx(agreement)
