"""Why this tier, what comes next, what was held back; and words for every reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.customize.arbiter import Reason
from bot.customize.explanation import explain
from bot.differentiate.tiers import retier
from storage.database import Database, Memory
from storage.models import Customer
from tests.support.follow_ups import (
    DAY,
    SETTINGS,
    START,
    WORDING,
    add_complaint,
    add_customer,
    add_fact,
    buy,
    change,
    run_ticks,
)


def why(database: Database, customer: int, now: datetime) -> dict[str, Any]:
    def run(memory: Memory) -> dict[str, Any]:
        return explain(memory, memory.get_one(Customer, customer), SETTINGS, now)

    return database.read_now(run)


def test_regular_is_explained(database: Database) -> None:
    anna = add_customer(database, now=START - 60 * DAY)
    for days in (30, 20, 10, 1):
        buy(database, anna, START - days * DAY, "latte", total=1500)
    add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    run_ticks(database, SETTINGS, START)
    told = why(database, anna, START)
    assert (told["worth"]["tier"], told["worth"]["by_staff"]) == ("B", False)
    earned = "4 orders worth €60.00 in the last 180 days, the last one 1 day ago: earns tier B."
    assert told["why"]["reason"].startswith(f"{earned} ")
    assert told["why"]["rests_on"] == "unmeasured"
    assert (told["why"]["next_tier"], told["why"]["missing"]) == ("A", ["orders", "spent"])
    assert [one["rule"] for one in told["upcoming"]] == ["after_purchase", "check_in", "birthday"]
    assert told["next"] == told["upcoming"][0]
    assert (told["held"], told["blocked"]) == ([], None)


def test_what_was_held_back_is_told_with_its_reason(database: Database) -> None:
    anna = add_customer(database)
    buy(database, anna, START, "latte")
    run_ticks(database, SETTINGS, START)
    add_complaint(database, anna, START + DAY)
    run_ticks(database, SETTINGS, START + 2 * DAY)
    told = why(database, anna, START + 2 * DAY)
    (held,) = told["held"]
    assert (held["rule"], held["status"], held["reason"], held["at"]) == (
        "after_purchase", "held", "complaint", START + 2 * DAY,
    )  # fmt: skip
    assert told["next"]["reason"] == "complaint"


@pytest.mark.parametrize(
    ("marketing", "status", "reason"),
    [
        (None, "active", "consent_missing"),
        (False, "active", "consent_refused"),
        (True, "stopped", "stopped"),
        (True, "unreachable", "unreachable"),
        (True, "active", None),
    ],
)
def test_what_refuses_marketing_is_told(
    database: Database, marketing: bool | None, status: str, reason: str | None
) -> None:
    anna = add_customer(database, marketing=marketing)
    change(database, anna, status=status)
    told = why(database, anna, START)
    assert (told["blocked"], told["next"]) == (reason, None)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["reasons/held", "reasons/held_customer"])
def test_every_reason_has_words(language: str, name: str) -> None:
    words = {reason: WORDING.render(language, name, {"reason": reason}) for reason in Reason}
    assert [reason for reason, said in words.items() if said == reason] == []


def test_who_came_just_now_has_an_expected_value_before_the_night(sqlite_database: Database) -> None:
    anna = add_customer(sqlite_database)

    def read(memory: Memory) -> Any:
        customer = memory.get_one(Customer, anna)
        assert customer.value == {}
        return explain(memory, customer, SETTINGS, START)["worth"]["value"]

    told = sqlite_database.read_now(read)["prospect"]
    assert (told["rests_on"], told["chance"]) == ("prior", 0.1)
