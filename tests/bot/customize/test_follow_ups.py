"""Follow-ups from what happened to what was sent, on both databases, with time passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.database import Database
from tests.support.follow_ups import (
    DAY,
    HOUR,
    START,
    add_complaint,
    add_customer,
    add_event,
    add_fact,
    buy,
    change,
    deliver,
    hear,
    rows_of,
    run_ticks,
    set_consent,
    settings_with,
)

SETTINGS = settings_with()


def sent_of(database: Database, now: datetime) -> list[str]:
    run_ticks(database, SETTINGS, now)
    deliver(database, now)
    return [row["rule"] for row in rows_of(database, status="sent")]


def only(rows: list[dict], rule: str) -> dict:
    (row,) = [row for row in rows if row["rule"] == rule]
    return row


def test_first_order_is_asked_about_two_days_later(database: Database) -> None:
    anna = add_customer(database)
    order = buy(database, anna, START, "latte")
    run_ticks(database, SETTINGS, START + HOUR)
    row = only(rows_of(database, anna), "after_purchase")
    assert (row["status"], row["occurrence"]) == ("planned", str(order))
    assert row["due_at"] == datetime(2026, 11, 24, 9, tzinfo=UTC)  # 10:00 in Berlin
    assert sent_of(database, row["due_at"] - timedelta(seconds=1)) == []
    assert sent_of(database, row["due_at"]) == ["after_purchase"]
    sent = only(rows_of(database, anna), "after_purchase")
    assert sent["status"] == "sent"
    assert "Hi Anna" in sent["text"] or "Hello Anna" in sent["text"]


def test_reminder_comes_at_the_time_asked_for_even_at_night(database: Database) -> None:
    anna = add_customer(database, marketing=None)
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    add_event(database, anna, "reminder", START, "7:0", text="reorder beans", at=at.isoformat(), exact=True)
    run_ticks(database, SETTINGS, START)
    assert sent_of(database, at) == ["reminder"]
    assert "reorder beans" in only(rows_of(database, anna), "reminder")["text"]


def test_reminder_without_a_time_of_day_waits_for_the_morning(database: Database) -> None:
    anna = add_customer(database, marketing=None)
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    add_event(database, anna, "reminder", START, "7:0", text="reorder", at=at.isoformat(), exact=False)
    run_ticks(database, SETTINGS, START)
    assert only(rows_of(database, anna), "reminder")["due_at"] == datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_check_in_comes_after_the_days_of_the_tier(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_event(database, anna, "tier", START, str(anna))
    run_ticks(database, SETTINGS, START)
    row = only(rows_of(database, anna), "check_in")
    assert row["due_at"] == datetime(2026, 12, 6, 9, tzinfo=UTC)


def test_own_birthday_is_wished_each_year(database: Database) -> None:
    anna = add_customer(database)
    add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    run_ticks(database, SETTINGS, START)
    row = only(rows_of(database, anna), "birthday")
    assert (row["occurrence"], row["due_at"]) == ("2026-12-24", datetime(2026, 12, 24, 9, tzinfo=UTC))
    assert sent_of(database, row["due_at"]) == ["birthday"]
    assert [one["occurrence"] for one in rows_of(database, anna, "planned")] == ["2027-12-24"]
