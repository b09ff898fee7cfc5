"""Tiers from orders: each threshold from both sides, reasons in plain words, and whom the night leaves alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.differentiate.choosing import Choice, Grounds, choose_tier
from bot.differentiate.numbers import Numbers
from bot.differentiate.overrides import override_tier, release_tier
from bot.differentiate.reasons import describe_ground, describe_tier, describe_tier_to_customer
from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all
from bot.differentiate.yardstick import Yardstick
from storage import events, team, tiers
from storage.database import Database, Memory
from storage.models import Customer, Stage, Tier
from tests.support.follow_ups import DAY, SETTINGS, START, add_customer, buy, customer_of, set_consent, settings_with

TIERS = SETTINGS.tiers
BY_RFM = "Tiers are by orders, money and recency: values are first worked out at night."


def numbers(orders: int = 12, spent: int = 15000, ever: int = 20, days: float | None = 45) -> Numbers:
    return Numbers(orders, spent, ever, None if days is None else days * DAY, "EUR")


@pytest.mark.parametrize(
    ("given_numbers", "tier", "missing"),
    [
        (numbers(), "A", ()),
        (numbers(orders=11), "B", ("orders",)),
        (numbers(spent=14999), "B", ("spent",)),
        (numbers(days=45.01), "B", ("recency",)),
        (numbers(orders=4, spent=4000, days=90), "B", ("orders", "spent", "recency")),
        (numbers(orders=3), "C", ("orders",)),
        (numbers(spent=3999), "C", ("spent",)),
        (numbers(days=90.01), "C", ("recency",)),
        (numbers(orders=0, spent=0, days=400), "C", ("orders", "spent", "recency")),
        (numbers(ever=1), "new", ("orders",)),
        (numbers(orders=0, spent=0, ever=0, days=None), "new", ("orders",)),
    ],
)
def test_choose_tier(given_numbers: Numbers, tier: str, missing: tuple[str, ...]) -> None:
    choice = choose_tier(given_numbers, TIERS)
    assert (choice.tier, choice.missing) == (tier, missing)


def test_spending_is_counted_in_the_currency_s_own_minor_units() -> None:
    yen = Numbers(12, 150, 20, DAY, "JPY")  # no minor unit: 150 is 150
    assert choose_tier(yen, TIERS).tier == "A"


RANK = {"new": 0, "C": 1, "B": 2, "A": 3}


@given(st.integers(2, 40), st.integers(0, 50000), st.integers(0, 200), st.integers(0, 5), st.integers(0, 5000))
def test_buying_more_never_costs_a_tier(orders: int, spent: int, days: int, more: int, more_spent: int) -> None:
    before = choose_tier(numbers(orders, spent, orders, days), TIERS).tier
    after = choose_tier(numbers(orders + more, spent + more_spent, orders + more, days), TIERS).tier
    assert RANK[after] >= RANK[before]


def regular(database: Database, times: int = 5, total: int = 1200, every: float = 8, **more: Any) -> int:
    customer = add_customer(database, now=START - 300 * DAY, **more)
    for n in range(times):
        buy(database, customer, START - (n * every + 1) * DAY, "latte", total=total)
    return customer


def run_retier(database: Database, ids: list[int] | None = None, at: Any = START) -> dict[str, Any]:
    return database.write_now(lambda memory: retier(memory, SETTINGS, at, ids))


def test_customers_are_classed_with_reason_value_history_and_event(database: Database) -> None:
    best, good, rare, fresh = (
        regular(database, 14, every=3), regular(database), regular(database, 2, every=100), regular(database, 1),
    )  # fmt: skip
    summary = run_retier(database)
    assert summary == {
        "customers": 4, "changed": 3, "tiers": {"A": 1, "B": 1, "C": 1, "new": 1},
        "groups": {"MVC": 1, "MGC": 0, "BZ": 0, "steady": 3},
        "stages": dict.fromkeys(Stage, 0) | {"regular": 3, "new": 1},
    }  # fmt: skip
    assert [customer_of(database, one).tier for one in (best, good, rare, fresh)] == ["A", "B", "C", "new"]
    customer = customer_of(database, good)
    earned = "5 orders worth €60.00 in the last 180 days, the last one 1 day ago: earns tier B."
    assert customer.tier_reason == f"{earned} {BY_RFM}"
    assert customer.value == {
        "rfm": {"recency_days": 1.0, "orders": 5, "spent": 6000, "currency": "EUR", "orders_ever": 5},
        "expected_orders": None, "alive": None, "present_value": None, "cost_to_serve": 0, "brought": 3600,
        "priced": 0, "discounted": 0, "referrals": None,
        "as_of": "2026-11-22", "stage": "regular",
    }  # fmt: skip
    (change,) = database.read_now(lambda memory: tiers.list_changes(memory, good))
    assert (change["before"], change["after"], change["numbers"]["numbers"]["rfm"]["orders"]) == ("new", "B", 5)
    told = database.read_now(lambda memory: [e.customer_id for e in events.list_waiting(memory) if e.kind == "tier"])
    assert told == [best, good, rare]


def test_classing_again_changes_nothing(database: Database) -> None:
    anna = regular(database)
    assert run_retier(database)["changed"] == 1
    assert run_retier(database)["changed"] == 0
    assert len(database.read_now(lambda memory: tiers.list_changes(memory, anna))) == 1


def test_who_stays_away_falls_and_who_returns_rises(database: Database) -> None:
    anna = regular(database)
    seen = []
    for days in (0, 60, 110, 400):
        run_retier(database, at=START + days * DAY)
        seen.append(customer_of(database, anna).tier)
    for n in range(4):
        buy(database, anna, START + (401 + n) * DAY, "latte", total=1200)
    run_retier(database, at=START + 406 * DAY)
    assert [*seen, customer_of(database, anna).tier] == ["B", "B", "C", "C", "B"]


def test_refunds_are_taken_off_and_orders_to_come_are_not_counted(database: Database) -> None:
    anna = regular(database, times=4, total=1000)
    buy(database, anna, START - timedelta(hours=1), "latte", total=-10)
    run_retier(database)
    assert (customer_of(database, anna).tier, customer_of(database, anna).value["rfm"]["spent"]) == ("C", 3990)
    buy(database, anna, START + DAY, "latte", total=9000)
    run_retier(database)
    assert customer_of(database, anna).tier == "C"


def test_only_those_asked_for_are_classed(database: Database) -> None:
    anna, ben = regular(database), regular(database)
    assert run_retier(database, [ben])["customers"] == 1
    assert [customer_of(database, one).tier for one in (anna, ben)] == ["new", "B"]


def test_tier_set_by_staff_stays_until_released(database: Database) -> None:
    anna = regular(database)

    def override(memory: Memory) -> bool:
        owner = team.add(memory, telegram_id=1, name="Olivia", role="owner", language="en", now=START)
        customer = memory.get_one(Customer, anna)
        done = override_tier(memory, customer, "A", "The owner's sister", owner.id, START)
        assert customer.tier == "A"  # also for whoever holds the customer already
        return done

    assert database.write_now(override)
    run_retier(database, at=START + DAY)
    customer = customer_of(database, anna)
    assert (customer.tier, customer.tier_reason, customer.value["rfm"]["orders"]) == ("A", "The owner's sister", 5)
    database.write_now(lambda memory: release_tier(memory, memory.get_one(Customer, anna), SETTINGS, START + DAY))
    assert (customer_of(database, anna).tier, customer_of(database, anna).tier_set_by) == ("B", None)


def test_no_such_tier_is_refused(database: Database) -> None:
    anna = regular(database)
    with pytest.raises(ValueError, match="Z"):
        database.write_now(lambda memory: override_tier(memory, memory.get_one(Customer, anna), "Z", "", 1, START))


def test_who_switched_profiling_off_has_no_value_and_tier_new(database: Database) -> None:
    anna = regular(database)
    run_retier(database)
    set_consent(database, anna, "profiling", False, START)
    run_retier(database)
    customer = customer_of(database, anna)
    assert (customer.tier, customer.value) == ("new", {})
    assert "profiling off" in customer.tier_reason

    def override(memory: Memory) -> bool:
        return override_tier(memory, memory.get_one(Customer, anna), "A", "because", 1, START)

    assert not database.write_now(override)
    set_consent(database, anna, "profiling", True, START)
    run_retier(database)
    assert customer_of(database, anna).tier == "B"


def test_whole_base_is_classed_by_batches(database: Database) -> None:
    for _ in range(3):
        regular(database)
    done: list[tuple[int, int | None]] = []
    summary = differentiate_all(database, SETTINGS, START, progress=lambda *so_far: done.append(so_far))
    assert summary.pop("seconds") >= 0
    assert summary.pop("model")["how"] == "bg_nbd_with_prior"
    assert summary.pop("yardstick")["rests_on"] == "few"
    assert summary.pop("partners")["rests_on"] == "nothing"
    assert summary == {
        "customers": 3, "changed": 3, "tiers": {"A": 0, "B": 3, "C": 0, "new": 0},
        "groups": {"MVC": 0, "MGC": 0, "BZ": 0, "steady": 3},
        "stages": dict.fromkeys(Stage, 0) | {"regular": 3},
    }  # fmt: skip
    assert done == [(3, 3)]


SINCE = START - 3 * DAY
CHOICES = [
    Choice(Tier.A, "earned", None),
    Choice(Tier.B, "earned", Tier.A, ("orders", "spent", "recency")),
    Choice(Tier.C, "below", Tier.B, ("orders", "spent", "recency")),
    Choice(Tier.B, "band", Tier.A, ("spent",)),
    Choice(Tier.A, "grace", Tier.A, ("recency",), since=SINCE, falls_to=Tier.C),
    Choice(Tier.new, "too_few", Tier.C, ("orders",)),
    Choice(Tier.new, "not_profiled", None),
    Choice(Tier.A, "earned", None, (), "value"),
    Choice(Tier.B, "earned", Tier.A, ("value",), "value"),
    Choice(Tier.C, "below", Tier.B, ("value",), "value"),
    Choice(Tier.A, "band", None, ("value",), "value"),
    Choice(Tier.B, "grace", Tier.B, ("value",), "value", since=SINCE, falls_to=Tier.C),
    Choice(Tier.new, "too_few", Tier.C, ("orders",), "value"),
]
GROUNDS = Grounds(numbers(1, 100, 1, 0), Yardstick("model", 200, A=9000, B=4000))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: f"{choice.tier}-{choice.why}-{choice.rule}")
def test_every_choice_has_words_for_staff_and_customer(choice: Choice, language: str) -> None:
    grounds = None if choice.why == "not_profiled" else GROUNDS
    for said in (
        describe_tier(SETTINGS, choice, grounds, language=language),
        describe_tier_to_customer(SETTINGS, choice, grounds, language),
        describe_tier_to_customer(SETTINGS, choice, grounds, language, needed=3),
    ):
        assert said
        assert "{" not in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_ground_has_words(language: str) -> None:
    checked = {"days": 91, "predicted": 1234.4, "actual": 500}
    names = ("model", "prior", "unmeasured", "nothing", "few", "nobody_returned", "misfit", "chosen")
    grounds = [Yardstick(name, 1200) for name in names] + [Yardstick("misfit", 1200, check=checked)]
    said = {describe_ground(SETTINGS, one, language=language) for one in grounds}
    assert len(said) == len(names) + 1
    assert not any("{" in words for words in said)
    assert any("1,234" in words and "500" in words for words in said)


def test_reason_is_in_the_business_s_first_language(database: Database) -> None:
    anna = regular(database)
    chinese = settings_with(BUSINESS__LANGUAGES='["zh", "en"]')
    database.write_now(lambda memory: retier(memory, chinese, START, [anna]))
    assert (
        customer_of(database, anna).tier_reason
        == "最近 180 天内有 5 笔订单，共 €60.00，最近一次下单：1 天前。符合 B 级。"
        "等级按订单、金额和最近一次下单划分：价值要到夜里才首次计算。"
    )


def test_what_is_missing_is_named() -> None:
    choice = choose_tier(numbers(orders=3, spent=100, ever=3, days=100), TIERS)
    assert describe_tier(SETTINGS, choice, Grounds(numbers(3, 100, 3, 100))) == (
        "3 orders worth €1.00 in the last 180 days, the last one 100 days ago. For tier B still missing: "
        f"at least 4 orders, at least €40.00 spent and an order within the last 90 days. {BY_RFM}"
    )
