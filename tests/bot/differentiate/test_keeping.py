"""A tier once earned: kept by the band, through the grace period, and while a colleague says so. It rises at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.config import Settings
from bot.differentiate import yardstick
from bot.differentiate.choosing import Held, choose_tier, keep_tier
from bot.differentiate.numbers import Numbers
from bot.differentiate.overrides import override_tier, release_tier
from bot.differentiate.tiers import retier
from bot.differentiate.yardstick import Yardstick
from storage import team, tiers
from storage.database import Database, Memory
from storage.models import Customer, Tier
from tests.support.follow_ups import DAY, SETTINGS, START, add_customer, buy, customer_of, settings_with

TIERS = SETTINGS.tiers
BY_VALUE = Yardstick("model", 200, A=10_000, B=4_000, most_valuable=20_000, growable=5_000)


def worth(value: int) -> Numbers:
    return Numbers(9, 9000, 9, DAY, "EUR", present_value=value, alive=0.9)


def keep(value: int, held: Held, now: datetime = START) -> Any:
    numbers = worth(value)
    return keep_tier(choose_tier(numbers, TIERS, BY_VALUE), held, numbers, TIERS, BY_VALUE, now)


@pytest.mark.parametrize(
    ("value", "tier"),
    [(10_000, "A"), (9_999, "B"), (4_000, "B"), (3_999, "C"), (-1, "C")],
)
def test_value_is_held_against_where_tiers_begin(value: int, tier: str) -> None:
    choice = choose_tier(worth(value), TIERS, BY_VALUE)
    assert (choice.tier, choice.rule) == (tier, "value")


def test_without_a_value_orders_decide() -> None:
    assert choose_tier(replace(worth(0), present_value=None), TIERS, BY_VALUE).rule == "rfm"


@pytest.mark.parametrize(
    ("value", "held", "tier", "why"),
    [
        (9_000, Tier.A, "A", "band"),  # a tenth below
        (8_999, Tier.A, "A", "grace"),
        (9_000, Tier.B, "B", "earned"),  # who did not have it does not get it by the band
        (3_600, Tier.B, "B", "band"),
        (3_599, Tier.B, "B", "grace"),
        (3_599, Tier.new, "C", "below"),
        (10_000, Tier.C, "A", "earned"),  # up at once
    ],
)
def test_band_keeps_what_is_held(value: int, held: Tier, tier: str, why: str) -> None:
    choice = keep(value, Held(held))
    assert (choice.tier, choice.why) == (tier, why)


def test_grace_begins_runs_and_ends() -> None:
    first = keep(3_700, Held(Tier.A))
    assert (first.tier, first.since, first.falls_to) == ("A", START, "B")  # B by its band
    later = keep(3_000, Held(Tier.A, START), START + 13 * DAY)
    assert (later.tier, later.since, later.falls_to) == ("A", START, "C")
    assert keep(3_000, Held(Tier.A, START), START + 14 * DAY).tier == "C"
    assert keep(9_500, Held(Tier.A, START), START + 14 * DAY).since is None


def test_where_nobody_looked_for_longer_the_period_is_over() -> None:
    assert keep(100, Held(Tier.A, None, START - 13 * DAY)).tier == "A"
    assert keep(100, Held(Tier.A, None, START - 15 * DAY)).tier == "C"


def test_what_was_given_only_just_is_not_kept() -> None:
    assert keep(100, Held(Tier.A, given_at=START - timedelta(hours=11))).tier == "C"
    assert keep(100, Held(Tier.A, given_at=START - timedelta(hours=12))).tier == "A"


def test_tiers_are_right_after_files_imported_one_by_one(database: Database) -> None:
    anna = add_customer(database, now=START - 300 * DAY)
    for n in range(12):
        buy(database, anna, START - (3 * n + 1) * DAY, total=1500)
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    assert customer_of(database, anna).tier == "A"
    for n in range(11):  # the second file has what was paid back
        buy(database, anna, START - (3 * n + 2) * DAY, total=-1500)
    database.write_now(lambda memory: retier(memory, SETTINGS, START + timedelta(minutes=5)))
    assert customer_of(database, anna).tier == "C"


def test_looking_back_keeps_nothing_of_what_came_later() -> None:
    assert keep(100, Held(Tier.A, None, START + DAY)).tier == "C"


def run_often(database: Database, settings: Settings, values: list[int], start: datetime = START) -> list[str]:
    """A tier a minute, of the one customer there is; where tiers begin is what moves."""
    seen = []
    for minute, begins in enumerate(values):
        at = start + timedelta(minutes=minute)
        moved = replace(BY_VALUE, A=begins, B=1, most_valuable=begins)

        def run(memory: Memory, at: datetime = at, moved: Yardstick = moved) -> None:
            yardstick.save(memory, moved)
            retier(memory, settings, at)

        database.write_now(run)
        (customer,) = database.read_now(lambda memory: memory.query(Customer).all())
        seen.append(customer.tier)
    return seen


def test_a_value_around_the_mark_does_not_flap(database: Database) -> None:
    from bot.differentiate import value

    anna = add_customer(database, now=START - 300 * DAY)
    for n in range(10):
        buy(database, anna, START - (20 * n + 1) * DAY, total=2000)
    database.write_now(lambda memory: value.save(memory, value.fit(memory, SETTINGS, START)))
    assert run_often(database, SETTINGS, [1], START - DAY) == ["A"]
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    present = customer_of(database, anna).value["present_value"]
    around = [round(present * (1.04 if turn % 2 else 0.96)) for turn in range(20)]
    assert run_often(database, SETTINGS, around) == ["A"] * 20
    hasty = settings_with(TIERS__BAND="0", TIERS__GRACE="0d")
    flapping = run_often(database, hasty, around)
    assert flapping == ["A", "B"] * 10
    changes = database.read_now(lambda memory: tiers.list_changes(memory, anna, most=100))
    told = changes[0]["numbers"]
    assert told["numbers"]["present_value"] <= present
    assert told["yardstick"]["A"] == around[-1]


def test_a_fall_by_night_is_stored_with_its_grace(database: Database) -> None:
    anna = add_customer(database, now=START - 300 * DAY)
    for n in range(5):
        buy(database, anna, START - (8 * n + 1) * DAY, total=1200)
    seen = []
    for days in range(0, 130, 5):
        database.write_now(lambda memory, days=days: retier(memory, SETTINGS, START + days * DAY))
        customer = customer_of(database, anna)
        seen.append((days, customer.tier, customer.tier_below_since))
    # The fourth order of the four that B asks for leaves the window after 155 days; recency is over at 99.
    begun = START + 100 * DAY
    assert [one for one in seen if one[0] in (95, 100, 110, 115)] == [
        (95, "B", None), (100, "B", begun), (110, "B", begun), (115, "C", None),
    ]  # fmt: skip
    (fall, rise) = database.read_now(lambda memory: tiers.list_changes(memory, anna))
    assert [(one["before"], one["after"]) for one in (rise, fall)] == [("new", "B"), ("B", "C")]
    assert fall["numbers"]["numbers"]["rfm"]["recency_days"] == 116.0


def test_in_the_grace_period_the_reason_says_until_when(database: Database) -> None:
    anna = add_customer(database, now=START - 300 * DAY)
    for n in range(5):
        buy(database, anna, START - (8 * n + 1) * DAY, total=1200)
    for days in (0, 90, 99):
        database.write_now(lambda memory, days=days: retier(memory, SETTINGS, START + days * DAY))
    assert customer_of(database, anna).tier_reason.startswith(
        "5 orders worth €60.00 in the last 180 days, the last one 100 days ago. Below tier B since 1 Mar 2027: "
        "becomes C on 15 Mar 2027 without an order within the last 90 days."
    )


def override(database: Database, customer: int, until: datetime | None, now: datetime = START) -> None:
    def run(memory: Memory) -> None:
        owner = team.add(memory, telegram_id=1, name="Olivia", role="owner", language="en", now=now)
        override_tier(memory, memory.get_one(Customer, customer), "A", "her sister's wedding", owner.id, now, until)

    database.write_now(run)


def test_a_tier_by_hand_ends_when_it_should(database: Database) -> None:
    anna = add_customer(database, now=START - 300 * DAY)
    for n in range(5):
        buy(database, anna, START - (8 * n + 1) * DAY, total=1200)
    override(database, anna, START + 10 * DAY)
    seen = []
    for at in (START + 9 * DAY, START + 10 * DAY - timedelta(seconds=1), START + 10 * DAY):
        database.write_now(lambda memory, at=at: retier(memory, SETTINGS, at))
        seen.append(customer_of(database, anna).tier)
    assert seen == ["A", "A", "B"]
    customer = customer_of(database, anna)
    assert (customer.tier_set_by, customer.tier_until) == (None, None)
    (ended, begun, *_) = database.read_now(lambda memory: tiers.list_changes(memory, anna))
    assert (begun["numbers"], ended["after"]) == ({"by": "staff", "until": (START + 10 * DAY).isoformat()}, "B")


def test_a_tier_given_back_falls_at_once(database: Database) -> None:
    anna = add_customer(database, now=START - 300 * DAY)
    for n in range(2):
        buy(database, anna, START - (8 * n + 1) * DAY, total=1200)
    override(database, anna, None)
    database.write_now(lambda memory: release_tier(memory, memory.get_one(Customer, anna), SETTINGS, START))
    assert customer_of(database, anna).tier == "C"
