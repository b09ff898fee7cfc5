"""The report on value: each part against a count by hand, on both databases; and its plots, in both languages."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread
from sqlalchemy import select

from bot.config import Settings
from bot.differentiate.plots import draw_report
from bot.differentiate.report import report_value
from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all
from storage.database import Database
from storage.models import Customer, Order
from tests.bot.differentiate.test_forecast import END, fill
from tests.bot.differentiate.test_learning import live
from tests.support.follow_ups import DAY, SETTINGS, add_customer, buy, settings_with

PLOTS = ["tiers", "movements", "rfm", "alive", "calibration", "retention", "learning"]
BERLIN = SETTINGS.business.time_zone


def report(database: Database, now: datetime = END, settings: Settings = SETTINGS) -> dict[str, Any]:
    return database.read_now(lambda memory: report_value(memory, settings, now))


@pytest.fixture
def shop(database: Database) -> Database:
    fill(database, 200, seed=5)
    differentiate_all(database, SETTINGS, END)
    return database


def test_every_part_adds_up(shop: Database) -> None:
    found = report(shop)
    people = shop.read_now(lambda memory: memory.scalars(select(Customer)).all())
    for tier in found["tiers"]:
        of_tier = [one for one in people if one.tier == tier["tier"]]
        assert tier["customers"] == len(of_tier)
        assert tier["value"] == sum(one.value["present_value"] for one in of_tier)
    assert sum(tier["share_of_customers"] for tier in found["tiers"]) == pytest.approx(1, abs=0.001)
    assert sum(tier["share_of_value"] for tier in found["tiers"]) == pytest.approx(1, abs=0.001)
    assert found["groups"] == {
        group: sum(one.group == group for one in people) for group in ("MVC", "MGC", "BZ", "steady")
    }
    assert sum(map(sum, found["rfm"]["customers"])) == found["customers"] == 200
    orders = shop.read_now(lambda memory: memory.scalars(select(Order)).all())
    repeats: Counter[int] = Counter()
    first = {one.customer_id: min(o.ordered_at for o in orders if o.customer_id == one.customer_id) for one in orders}
    for one in orders:
        repeats[one.customer_id] += one.total if one.ordered_at.date() > first[one.customer_id].date() else 0
    spent = sum(
        (money or 0) * count
        for line, counts in zip(found["rfm"]["spent"], found["rfm"]["customers"], strict=True)
        for money, count in zip(line, counts, strict=True)
    )
    assert spent == pytest.approx(sum(repeats.values()), abs=200)  # each cell is rounded
    check = found["calibration"]
    since = datetime.fromisoformat(check["since"])
    came = {
        (o.customer_id, o.ordered_at.date())
        for o in orders
        if since < o.ordered_at <= END and first[o.customer_id] <= since
    }
    assert check["actual"] == len(came)
    assert check["predicted"] == pytest.approx(check["actual"], rel=0.4)
    assert sum(one["customers"] for one in check["by_orders"]) == check["customers"]
    assert sum(one["customers"] * one["actual"] for one in check["by_orders"]) == pytest.approx(len(came), abs=0.2)


def test_p_alive_falls_the_longer_ago_and_the_faster_the_oftener(shop: Database) -> None:
    grid = report(shop)["alive"]
    alive = np.array(grid["alive"])
    assert alive.shape == (len(grid["orders"]), len(grid["weeks_ago"]))
    assert np.all(np.diff(alive, axis=1) <= 0)
    middle = len(grid["weeks_ago"]) // 2
    assert np.all(np.diff(alive[:, middle]) <= 0)
    assert (alive[:, 0] > 0.5).all()


def test_who_rose_and_who_fell_is_counted_once(shop: Database) -> None:
    assert {move["before"] for move in report(shop)["movements"]["moves"]} == {"new"}
    later = END + 120 * DAY
    for days in (60, 90, 105, 120):
        shop.write_now(lambda memory, days=days: retier(memory, SETTINGS, END + days * DAY))
    people = shop.read_now(lambda memory: memory.scalars(select(Customer)).all())
    moves = {(one["before"], one["after"]): one["customers"] for one in report(shop, later)["movements"]["moves"]}
    assert moves
    assert all("new" not in move for move in moves)
    assert not any(before == after for before, after in moves)
    assert sum(count for (_, after), count in moves.items() if after == "C") <= sum(one.tier == "C" for one in people)


def test_retention_counts_months_where_the_business_is(database: Database) -> None:
    anna, ben, cleo = (add_customer(database, name) for name in ("Anna", "Ben", "Cleo"))
    new_year = datetime(2026, 1, 1, 0, 0, tzinfo=BERLIN).astimezone(UTC)  # still December by UTC
    summer = datetime(2026, 7, 1, 0, 0, tzinfo=BERLIN).astimezone(UTC)
    for customer, moments in {
        anna: (new_year, datetime(2026, 2, 10, tzinfo=UTC), summer),
        ben: (datetime(2026, 1, 20, tzinfo=UTC),),
        cleo: (datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 4, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
    }.items():
        for moment in moments:
            buy(database, customer, moment, total=1000)
    buy(database, ben, datetime(2026, 3, 1, 12, tzinfo=UTC), total=-500)  # a refund is no order
    found = report(database, datetime(2026, 8, 15, tzinfo=UTC))["retention"]
    assert found == {
        "cohorts": [
            {"month": "2026-01", "customers": 2, "shares": [1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.5]},
            {"month": "2026-02", "customers": 1, "shares": [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]},
        ]
    }


def test_retention_is_followed_for_two_years(database: Database) -> None:
    buy(database, add_customer(database, "Anna"), datetime(2004, 5, 3, tzinfo=UTC), total=1000)
    (cohort,) = report(database)["retention"]["cohorts"]
    assert (cohort["month"], cohort["shares"]) == ("2004-05", [1.0] + 24 * [0.0])


def test_nothing_is_said_of_nothing(database: Database) -> None:
    found = report(database)
    assert [found[name] for name in ("rfm", "alive", "calibration", "retention", "forecast")] == [None] * 5
    assert found["rests_on"] == "unmeasured"
    assert [tier["customers"] for tier in found["tiers"]] == [0] * 4
    assert [plot.name for plot in draw_report(found, "en", BERLIN)] == ["movements"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plots_are_drawn_without_a_warning(sqlite_database: Database, language: str) -> None:
    """Warnings are errors here: a glyph that no font has is one."""
    fill(sqlite_database, 200, seed=5)
    differentiate_all(sqlite_database, SETTINGS, END)
    sqlite_database.write_now(live)
    named = settings_with(BUSINESS__NAME="蓝门咖啡 $5 Café")
    drawn = draw_report(report(sqlite_database, settings=named), language, BERLIN)
    assert [plot.name for plot in drawn] == PLOTS
    for plot in drawn:
        height, width, _ = imread(io.BytesIO(plot.png)).shape
        assert (height, width) > (600, 900)
        assert "{" not in plot.caption
    others = draw_report(report(sqlite_database, settings=named), "zh" if language == "en" else "en", BERLIN)
    assert all(one.png != other.png for one, other in zip(drawn, others, strict=True))


def test_where_nothing_fits_there_is_no_chance_to_draw(sqlite_database: Database) -> None:
    fill(sqlite_database, 300, dies=True)
    differentiate_all(sqlite_database, SETTINGS, END)
    found = report(sqlite_database)
    assert (found["rests_on"], found["alive"]) == ("misfit", None)
    assert "alive" not in [plot.name for plot in draw_report(found, "en", BERLIN)]
