"""Rows of follow-ups: planned once, found by the partial index, and their status read through the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import follow_ups, outbox
from storage.database import Database, Memory
from storage.follow_ups import Plan, Settled
from storage.models import Delivery, FollowUp, FollowUpStatus, OutboxMessage, OutboxState
from tests.support.follow_ups import DAY, HOUR, START, add_customer, rows_of


def plan(customer: int, occurrence: str = "1", at: datetime = START, rule: str = "reminder") -> Plan:
    return Plan(customer, rule, occurrence, "service", at, at + DAY, {"text": "x"})


def add(database: Database, *plans: Plan) -> int:
    return database.write_now(lambda memory: follow_ups.add_plans(memory, plans, START))


def settle(database: Database, status: FollowUpStatus, **more: Any) -> None:
    def run(memory: Memory) -> None:
        due = follow_ups.claim_due(memory, START + 9 * DAY)
        follow_ups.settle(memory, [Settled(row, status, more.pop("reason", None), START, **more) for row in due])

    database.write_now(run)


def test_planned_once_whatever_became_of_it(database: Database) -> None:
    anna = add_customer(database)
    assert add(database, plan(anna), plan(anna, "2")) == 2
    assert add(database, plan(anna), plan(anna, "2"), plan(anna, "3")) == 1
    settle(database, FollowUpStatus.skipped)
    assert add(database, plan(anna)) == 0
    assert {row["status"] for row in rows_of(database)} == {"skipped"}


def test_cancelled_lives_again_when_planned_again(database: Database) -> None:
    anna = add_customer(database)
    add(database, plan(anna))
    assert database.write_now(lambda memory: follow_ups.cancel(memory, [anna], "stopped", START)) == 1
    assert [(row["status"], row["reason"]) for row in rows_of(database)] == [("cancelled", "stopped")]
    assert add(database, plan(anna, at=START + DAY)) == 1
    (row,) = rows_of(database)
    assert (row["status"], row["reason"], row["due_at"]) == ("planned", None, START + DAY)


def test_due_are_claimed_oldest_first(database: Database) -> None:
    anna = add_customer(database)
    add(database, *(plan(anna, str(n), START - n * HOUR) for n in (1, 3, 2)), plan(anna, "9", START + HOUR))
    due = database.write_now(lambda memory: follow_ups.claim_due(memory, START, most=10))
    assert [row.occurrence for row in due] == ["3", "2", "1"]


def test_all_due_of_a_customer_are_claimed_together(database: Database) -> None:
    anna, ben = add_customer(database), add_customer(database, "Ben")
    add(database, plan(anna, "1", START - 3 * HOUR), plan(ben, "2", START - 2 * HOUR), plan(anna, "3", START - HOUR))
    due = database.write_now(lambda memory: follow_ups.claim_due(memory, START, most=1))
    assert [row.occurrence for row in due] == ["1", "3"]


def test_due_are_found_by_the_partial_index(sqlite_database: Database) -> None:
    from bench.claims import explain

    assert explain(sqlite_database) == "SEARCH follow_ups USING INDEX ix_follow_ups_due (due_at<?)"


def test_next_due_is_found_by_the_partial_index(database: Database) -> None:
    anna = add_customer(database)
    assert database.read_now(follow_ups.next_due) is None
    add(database, plan(anna, "1", START + HOUR), plan(anna, "2", START - HOUR))
    assert database.read_now(follow_ups.next_due) == START - HOUR
    settle(database, FollowUpStatus.skipped)
    assert database.read_now(follow_ups.next_due) is None


STATUSES = [
    (OutboxState.ready, "queued"),
    (OutboxState.sending, "sending"),
    (OutboxState.sent, "sent"),
    (OutboxState.failed, "failed"),
    (OutboxState.unknown, "unknown"),
    (OutboxState.cancelled, "cancelled"),
]


@pytest.mark.parametrize(("state", "status"), STATUSES)
def test_status_is_read_through_the_outbox(database: Database, state: OutboxState, status: str) -> None:
    anna = add_customer(database)
    add(database, plan(anna))
    queued = database.write_now(
        lambda memory: outbox.add(memory, "sendMessage", {}, now=START, chat_id=1, delivery=Delivery.follow_up)
    )
    settle(database, FollowUpStatus.queued, outbox_id=queued.id, text="Hello")

    def set_state(memory: Memory) -> None:
        message = memory.get_one(OutboxMessage, queued.id)
        message.state, message.sent_at = state, START + HOUR if state == OutboxState.sent else None

    database.write_now(set_state)
    (row,) = rows_of(database, anna, status)
    assert (row["status"], row["text"], row["sent_at"]) == (status, "Hello", START + HOUR if status == "sent" else None)
    others = {other for _, other in STATUSES} - {status}
    assert all(rows_of(database, anna, other) == [] for other in others)

    def read(memory: Memory) -> FollowUpStatus:
        return follow_ups.status_of(memory.get_one(FollowUp, row["id"]), memory.get_one(OutboxMessage, queued.id))

    assert database.read_now(read) == status


def test_listing_is_by_due_time_and_limited(database: Database) -> None:
    anna = add_customer(database)
    add(database, *(plan(anna, str(n), START + timedelta(hours=9 - n)) for n in range(5)))
    listed = database.read_now(lambda memory: follow_ups.list_rows(memory, "planned", anna, 2))
    assert [row["occurrence"] for row in listed] == ["4", "3"]
    assert {"customer_id", "rule", "occurrence", "due_at", "status", "reason", "text", "sent_at"} <= set(listed[0])
