"""A year of time travel: how many check-ins each tier gets, and what never happens whatever people do."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.customize.follow_ups import next_due
from storage.database import Database, Memory
from storage.models import Base
from tests.support.follow_ups import (
    DAY,
    HOUR,
    SETTINGS,
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
)

SECOND = timedelta(seconds=1)


def live(database: Database, start: datetime, end: datetime) -> None:
    """From one due time to the next, a second late each, as ticks are."""
    now = start
    while now <= end:
        run_ticks(database, SETTINGS, now)
        deliver(database, now)
        due = database.read_now(lambda memory, at=now: next_due(memory, SETTINGS, at))
        now = max(due, now) + SECOND


@pytest.mark.parametrize(("tier", "expected"), [("A", 26), ("B", 12), ("C", 4), ("new", 0)])
def test_check_ins_of_a_year(sqlite_database: Database, tier: str, expected: int) -> None:
    anna = add_customer(sqlite_database, tier=tier, last_contact_at=START)
    add_event(sqlite_database, anna, "tier", START)
    live(sqlite_database, START, START + 365 * DAY)
    sent = [row["sent_at"] for row in rows_of(sqlite_database, anna, "sent")]
    assert len(sent) == expected
    every = {"A": 14, "B": 30, "C": 90}.get(tier)
    berlin = ZoneInfo("Europe/Berlin")
    local = [at.astimezone(berlin) for at in sent]
    assert {at.hour for at in local} <= {10}
    assert {(b.date() - a.date()).days for a, b in itertools.pairwise(local)} <= {every}
    assert len(rows_of(sqlite_database, anna, "planned")) == (1 if every else 0)


ACTIONS = st.lists(
    st.tuples(
        st.integers(0, 59),  # on which day
        st.integers(0, 23),
        st.sampled_from(["buy", "hear", "remind", "complain", "solve", "stop", "resume", "tier", "birthday", "quiet"]),
        st.integers(0, 3),
    ),
    max_size=14,
)


@given(ACTIONS, st.sampled_from(["A", "B", "C"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_in_quiet_hours_never_over_the_cap_and_each_once(
    sqlite_database: Database, actions: list[tuple[int, int, str, int]], tier: str
) -> None:
    sqlite_database.write_now(_empty)
    zone = ZoneInfo("Asia/Shanghai")
    anna = add_customer(sqlite_database, tier=tier, last_contact_at=START, time_zone=str(zone))
    add_event(sqlite_database, anna, "tier", START)
    caps = {tier}
    now = START
    for day, hour, action, number in sorted(actions):
        at = START + day * DAY + hour * HOUR
        live(sqlite_database, now, at)
        now = at
        _act(sqlite_database, anna, action, number, at, caps)
    live(sqlite_database, now, START + 70 * DAY)
    rows = [row for row in rows_of(sqlite_database, anna, "sent") if row["rule"] != "reminder"]
    for row in rows:
        wall = row["sent_at"].astimezone(zone)
        assert 9 <= wall.hour < 21, row
        assert row["sent_at"] <= row["expires_at"], row
    capped = sorted(row["sent_at"] for row in rows)
    most = max(SETTINGS.contact_policy.cap.of(one).messages for one in caps)
    unasked = [row["sent_at"] for row in rows if row["rule"] != "loop_closed"]
    for at in unasked:
        before = [other for other in capped if at - 30 * DAY < other < at]
        assert len(before) < most, rows
    keys = [(row["rule"], row["occurrence"]) for row in rows_of(sqlite_database, anna)]
    assert len(keys) == len(set(keys))


def _act(database: Database, anna: int, action: str, number: int, at: datetime, caps: set[str]) -> None:
    if action == "buy":
        buy(database, anna, at, f"item{number}")
    elif action == "hear":
        hear(database, anna, at)
    elif action == "remind":
        remind_at = (at + number * DAY + HOUR).isoformat()
        add_event(database, anna, "reminder", at, f"{at.isoformat()}{number}", text="x", at=remind_at)
    elif action in ("complain", "solve"):
        case = add_complaint(database, anna, at, "open" if action == "complain" else "solved")
        add_event(database, anna, "solved" if action == "solve" else "complaint", at, str(case))
    elif action in ("stop", "resume"):
        change(database, anna, status="stopped" if action == "stop" else "active")
        add_event(database, anna, "status", at)
    elif action == "tier":
        tier = "ABC"[number % 3]
        caps.add(tier)
        change(database, anna, tier=tier)
        add_event(database, anna, "tier", at)
    elif action == "birthday":
        add_fact(database, anna, "occasion", "birthday", at, date=f"{(at + 3 * DAY):%m-%d}")
    else:
        change(database, anna, paused_until=at + number * DAY)


def _empty(memory: Memory) -> Any:
    for table in reversed(Base.metadata.sorted_tables):
        memory.execute(delete(table))
