"""The report on demand against counts by hand, on both databases; and its plots, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.customize.follow_ups import tick
from bot.differentiate.tiers import retier
from bot.identify import consents, households
from bot.interact import demand
from bot.interact.demand import choose_stage
from bot.interact.demand_plots import draw_demand
from storage import customers, events, facts, orders
from storage.database import Database, Memory
from storage.demand import Told
from storage.models import CatalogueItem, Fact
from tests.support.follow_ups import SETTINGS, WORDING

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = NOW.date()


def told(kind: str, value: str, person: str | None = None, date: str | None = None, days: int = 1) -> Told:
    return Told(1, kind, value, person, date, NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("facts_of_home", "stage"),
    [
        ([], "not_known"),
        ([told("demographic", "had a baby")], "small_children"),
        ([told("demographic", "had a baby", days=7 * 365)], "school_children"),
        ([told("occasion", "birthday", "daughter Mia", "2021-05-03")], "small_children"),
        ([told("occasion", "birthday", "son", "2012-05-03")], "school_children"),
        ([told("occasion", "birthday", "son", "2000-05-03")], "grown_children"),
        ([told("occasion", "birthday", "son", "2000-05-03"), told("occasion", "birthday", "儿子", "2021-05-03")], "small_children"),
        ([told("demographic", "moved out", "女儿")], "grown_children"),
        ([told("demographic", "moved out", "flatmate")], "not_known"),
        ([told("occasion", "birthday", "daughter", "05-03")], "children"),
        ([told("preference", "tea", "wife Anna")], "couple"),
        ([told("demographic", "got married")], "couple"),
        ([told("demographic", "retired"), told("demographic", "got married")], "couple"),
        ([told("demographic", "retired")], "retired"),
        ([told("occasion", "due date", None, "07-20")], "expecting"),
        ([told("occasion", "due date", None, "01-20")], "not_known"),  # it is past
        ([told("occasion", "due date", None, "2025-04-20", days=320)], "not_known"),
        ([told("occasion", "birthday", "mother", "1950-05-03")], "not_known"),
    ],
)  # fmt: skip
def test_a_household_is_of_the_first_kind_that_holds(facts_of_home: list[Told], stage: str) -> None:
    assert choose_stage(facts_of_home, TODAY, NOW) == stage


def add(memory: Memory, name: str, bought: tuple[str, ...] = (), **fact: Any) -> int:
    customer = customers.add(memory, name=name, language="en", now=NOW - timedelta(days=100))
    memory.flush()
    if bought:
        orders.add_order(
            memory, customer_id=customer.id, external_id=name, ordered_at=NOW - timedelta(days=9), total=900,
            currency="EUR", lines=[{"sku": sku} for sku in bought],
        )  # fmt: skip
    if fact:
        facts.add(memory, customer_id=customer.id, since=NOW - timedelta(days=5), **fact)
    return customer.id


def report(database: Database) -> dict[str, Any]:
    return database.read_now(lambda memory: demand.report_demand(memory, SETTINGS, NOW))


@pytest.fixture
def filled(database: Database) -> Database:
    """Ten with a baby of whom nine buy cocoa; twenty of whom we know nothing, two of whom do; a couple of two customers."""

    def fill(memory: Memory) -> None:
        for sku, category in (("cocoa", "sweet"), ("latte", "coffee")):
            memory.add(CatalogueItem(
                sku=sku, name_en=sku, name_zh=sku, category=category, price=400, currency="EUR", contains=[]))  # fmt: skip
        for number in range(10):
            one = add(
                memory,
                f"P{number}",
                ("cocoa", "latte") if number else ("latte",),
                kind="demographic",
                value="had a baby",
            )
            events.add(
                memory, one, "life_change", at=NOW - timedelta(days=5), reference=f"{one}", data={"what": "baby"}
            )
        for number in range(20):
            add(memory, f"N{number}", ("cocoa", "latte") if number < 2 else ("latte",))
        anna = add(memory, "Anna", ("latte",), kind="preference", value="tea", person="husband Tom")
        tom = add(memory, "Tom")
        households.link(memory, anna, tom, NOW)
        moved = add(memory, "Mo", kind="demographic", value="moved house")
        events.add(memory, moved, "life_change", at=NOW - timedelta(days=99), reference="m", data={"what": "moved"})
        add(memory, "Ida", kind="occasion", value="due date", date="05-20")
        add(memory, "Lee", kind="occasion", value="birthday", person="son Leo", date="2008-04-10")
        hidden = customers.get(memory, add(memory, "Hid", ("latte",), kind="demographic", value="had a baby"))
        assert hidden is not None
        consents.answer(memory, hidden, "profiling", granted=False, wording="x", contact_id=None, now=NOW)
        retier(memory, SETTINGS, NOW)

    database.write_now(fill)
    return database


def test_households_by_size_and_kind(filled: Database) -> None:
    found = report(filled)
    assert (found["customers"], found["left_out"], found["households"]) == (35, 1, 34)
    assert found["sizes"] == [{"size": 1, "households": 33}, {"size": 2, "households": 1}]
    assert [(row["stage"], row["households"], row["customers"], row["bought"]) for row in found["stages"]] == [
        ("expecting", 1, 1, 0),
        ("small_children", 10, 10, 10),
        ("school_children", 1, 1, 0),
        ("couple", 1, 2, 1),
        ("not_known", 21, 21, 20),
    ]


def test_changes_beside_those_before(filled: Database) -> None:
    assert report(filled)["changes"]["rows"] == [
        {"what": "baby", "households": 10, "before": 0},
        {"what": "moved", "households": 0, "before": 1},
    ]


def test_what_a_kind_buys_beside_the_average_and_nothing_of_few(filled: Database) -> None:
    buys = report(filled)["buys"]
    assert [(row["stage"], row["category"], row["bought"], row["of"], row["lift"], row["sure"]) for row in buys["rows"]] == [
        ("small_children", "sweet", 9, 10, 2.54, True),  # 9 of 10 against 11 of 31
        ("small_children", "coffee", 10, 10, 1.0, False),
    ]  # fmt: skip
    assert buys["too_few"] == ["couple"]


def test_what_is_to_come(filled: Database) -> None:
    assert report(filled)["expected"]["rows"] == [
        {"month": "2026-04", "what": "child_of_age", "households": 1},
        {"month": "2026-05", "what": "baby", "households": 1},
    ]


def test_of_nobody_there_is_nothing_to_say(database: Database) -> None:
    found = report(database)
    assert (found["households"], found["stages"], found["buys"]["rows"]) == (0, [], [])
    assert draw_demand(found, "en", SETTINGS.business.time_zone) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plots_are_drawn_without_a_warning(filled: Database, language: str) -> None:
    plots = draw_demand(report(filled), language, SETTINGS.business.time_zone)
    assert [plot.name for plot in plots] == ["households", "lift"]
    assert all(plot.png.startswith(b"\x89PNG") and "{" not in plot.caption for plot in plots)


def test_a_change_is_still_counted_after_the_schedule_has_read_it(filled: Database) -> None:
    filled.write_now(lambda memory: tick(memory, SETTINGS, WORDING, NOW))
    filled.write_now(lambda memory: events.prune(memory, NOW + timedelta(days=400)))
    assert len(report(filled)["changes"]["rows"]) == 2


def test_a_change_that_was_taken_back_is_not_counted(filled: Database) -> None:
    def take_back(memory: Memory) -> None:
        (gone,) = [one for one in memory.scalars(select(Fact)) if one.value == "moved house"]
        for number, reference in enumerate((f"{gone.id}", f"{gone.id}:child_of_age")):
            data = {"what": ("moved", "child_of_age")[number]}
            events.add(
                memory, gone.customer_id, "life_change", at=NOW - timedelta(days=4), reference=reference, data=data
            )
        facts.forget(memory, [gone.id], NOW - timedelta(days=1))

    before = report(filled)["changes"]["rows"]
    filled.write_now(take_back)
    assert report(filled)["changes"]["rows"] == before
