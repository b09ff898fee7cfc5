"""What is stored, tiered and sent with and without each purpose of consent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from storage import orders
from storage.database import Database
from tests.support.follow_ups import (
    DAY,
    HOUR,
    SETTINGS,
    START,
    add_customer,
    add_event,
    add_fact,
    buy,
    customer_of,
    rows_of,
    run_ticks,
    sent_of,
    set_consent,
)

NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def life_of(database: Database, consents: dict[str, bool]) -> dict[str, Any]:
    """A regular who buys, has a birthday, asks for a reminder, and answers the questions of consent like this."""
    anna = add_customer(database, now=START - 60 * DAY, marketing=None)
    for purpose, granted in consents.items():
        set_consent(database, anna, purpose, granted, START - 50 * DAY)
    for days in range(40, 0, -8):
        buy(database, anna, START - days * DAY, "latte", total=1200)
    buy(database, anna, START, "cake", total=500)
    add_fact(database, anna, "occasion", "birthday", START, date="12-10")
    at = START + 5 * DAY + 6 * HOUR
    add_event(database, anna, "reminder", START, "7", text="beans", at=at.isoformat())
    for day in range(50):
        for hour in (-6, 0, 6):
            sent_of(database, START + day * DAY + hour * HOUR)
    customer = customer_of(database, anna)
    rows = rows_of(database, anna)
    return {
        "tier": customer.tier,
        "value": customer.value.get("rfm") is not None,
        "orders": database.read_now(lambda memory: orders.count(memory, anna)),
        "sent": sorted(row["rule"] for row in rows if row["status"] == "sent"),
        "reasons": {(row["rule"], row["reason"]) for row in rows if row["status"] in ("skipped", "cancelled")},
    }


@pytest.mark.parametrize(
    ("consents", "expected"),
    [
        pytest.param(
            {"marketing": True},
            {"tier": "B", "value": True, "orders": 6, "sent": ["after_purchase", "birthday", "check_in", "reminder"],
             "reasons": set()},
            id="all",
        ),
        pytest.param(
            {},
            {"tier": "B", "value": True, "orders": 6, "sent": ["after_purchase", "reminder"],
             "reasons": {("birthday", "consent_missing"), ("check_in", "consent_missing")}},
            id="marketing not answered",
        ),
        pytest.param(
            {"marketing": False},
            {"tier": "B", "value": True, "orders": 6, "sent": ["after_purchase", "reminder"],
             "reasons": {("birthday", "consent_refused")}},
            id="marketing refused",
        ),
        pytest.param(
            {"marketing": True, "profiling": False},
            {"tier": "new", "value": False, "orders": 6, "sent": ["after_purchase", "birthday", "reminder"],
             "reasons": set()},
            id="profiling off",
        ),
        pytest.param(
            {"marketing": True, "service": False},
            {"tier": "B", "value": True, "orders": 6, "sent": ["birthday", "check_in"],
             "reasons": {("after_purchase", "consent_refused"), ("reminder", "consent_refused")}},
            id="service refused",
        ),
    ],
)  # fmt: skip
def test_with_and_without_each_purpose(
    sqlite_database: Database, consents: dict[str, bool], expected: dict[str, Any]
) -> None:
    assert life_of(sqlite_database, consents) == expected


def test_marketing_taken_back_cancels_what_was_planned_and_given_again_plans_it(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_fact(database, anna, "occasion", "birthday", START, date="12-10")
    run_ticks(database, SETTINGS, START)
    set_consent(database, anna, "marketing", False, START + HOUR)
    run_ticks(database, SETTINGS, START + HOUR)
    assert {(row["status"], row["reason"]) for row in rows_of(database, anna)} == {("cancelled", "consent_refused")}
    set_consent(database, anna, "marketing", True, START + 2 * HOUR)
    run_ticks(database, SETTINGS, START + 2 * HOUR)
    assert {row["status"] for row in rows_of(database, anna)} == {"planned"}


def test_profiling_switched_off_takes_value_tier_and_check_in_away(database: Database) -> None:
    anna = add_customer(database, now=START - 60 * DAY)
    for days in range(40, 0, -8):
        buy(database, anna, START - days * DAY, "latte", total=1200)
    run_ticks(database, SETTINGS, START)
    run_ticks(database, SETTINGS, NIGHT)
    assert (customer_of(database, anna).tier, [row["rule"] for row in rows_of(database, anna, "planned")]) == (
        "B", ["check_in"],
    )  # fmt: skip
    set_consent(database, anna, "profiling", False, NIGHT + HOUR)
    run_ticks(database, SETTINGS, NIGHT + HOUR)
    assert [row["reason"] for row in rows_of(database, anna, "cancelled")] == ["profiling_off"]
    run_ticks(database, SETTINGS, NIGHT + DAY)
    customer = customer_of(database, anna)
    assert (customer.tier, customer.value) == ("new", {})
