"""Follow-ups from what happened to what was sent, on both databases, with time passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.customize.arbiter import Reason
from bot.customize.follow_ups import cancel_for, next_due, next_follow_up_at, plan, recheck, reconcile
from bot.customize.wording import Wording
from bot.identify import households
from storage import outbox
from storage.database import Database, Memory
from storage.models import ButtonToken, Fact, Feedback, OutboxMessage, OutboxState
from tests.support.follow_ups import (
    DAY,
    HOUR,
    SETTINGS,
    START,
    add_complaint,
    add_customer,
    add_event,
    add_fact,
    add_item,
    buy,
    change,
    customer_of,
    deliver,
    hear,
    only,
    rows_of,
    run_ticks,
    sent_of,
)

NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 8, tzinfo=UTC)


def remind(database: Database, customer: int, at: datetime, reference: str = "7", **more: Any) -> None:
    add_event(database, customer, "reminder", START, reference, text="reorder beans", at=at.isoformat(), **more)


def occurrences(database: Database, customer: int, status: str, rule: str | None = None) -> list[str]:
    return [row["occurrence"] for row in rows_of(database, customer, status) if rule in (None, row["rule"])]


# -- after a purchase --------------------------------------------------------------------------------------------


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
    assert (sent["status"], sent["sent_at"]) == ("sent", row["due_at"])
    assert "Anna" in sent["text"]


def test_question_after_a_purchase_has_five_buttons(database: Database) -> None:
    anna = add_customer(database)
    order = buy(database, anna, START, "latte")
    run_ticks(database, SETTINGS, START)
    run_ticks(database, SETTINGS, START + 2 * DAY)

    def read(memory: Memory) -> tuple[list[Any], list[str]]:
        message = memory.scalars(select(OutboxMessage)).one()
        (keys,) = message.parameters["reply_markup"]["inline_keyboard"]
        pressed = [memory.get_one(ButtonToken, key["callback_data"]) for key in keys]
        return [(token.action, token.values) for token in pressed], [key["text"] for key in keys]

    actions, labels = database.read_now(read)
    follow_up = only(rows_of(database, anna), "after_purchase")["id"]
    assert actions == [("rate", {"score": n, "order_id": order, "follow_up_id": follow_up}) for n in range(1, 6)]
    assert labels == [f"{n} ★" for n in range(1, 6)]


def test_same_again_is_asked_about_only_after_a_while_but_a_new_item_always(database: Database) -> None:
    anna = add_customer(database)
    first = buy(database, anna, START, "latte")
    sent_of(database, START)
    sent_of(database, START + 2 * DAY)
    buy(database, anna, START + 5 * DAY, "latte")
    run_ticks(database, SETTINGS, START + 5 * DAY)
    assert occurrences(database, anna, "planned", "after_purchase") == []
    new_item = buy(database, anna, START + 6 * DAY, "latte", "cake")
    run_ticks(database, SETTINGS, START + 6 * DAY)
    assert only(rows_of(database, anna, "planned"), "after_purchase")["data"] == {
        "order_id": new_item, "sku": "cake", "why": "new_item",
    }  # fmt: skip
    sent_of(database, START + 8 * DAY)
    again = buy(database, anna, START + 37 * DAY, "latte")
    run_ticks(database, SETTINGS, START + 37 * DAY)
    assert occurrences(database, anna, "sent", "after_purchase") == [str(first), str(new_item)]
    assert [row["data"]["why"] for row in rows_of(database, anna, "planned") if row["occurrence"] == str(again)] == [
        "again"
    ]


def test_old_orders_refunds_and_the_second_of_two_lead_to_nothing(database: Database) -> None:
    anna = add_customer(database)
    buy(database, anna, START - 30 * DAY, "latte")
    buy(database, anna, START - HOUR, "latte", total=-500)
    run_ticks(database, SETTINGS, START)
    assert rows_of(database, anna) == []
    one = buy(database, anna, START, "cake")
    buy(database, anna, START + HOUR, "tea")
    run_ticks(database, SETTINGS, START + HOUR)
    assert occurrences(database, anna, "planned") == [str(one)]


def test_event_read_twice_plans_once(database: Database) -> None:
    anna = add_customer(database)
    order = buy(database, anna, START, "latte")
    add_event(database, anna, "order", START, str(order))
    run_ticks(database, SETTINGS, START)
    add_event(database, anna, "order", START, str(order))
    run_ticks(database, SETTINGS, START)
    assert occurrences(database, anna, "planned") == [str(order)]


# -- reminders ---------------------------------------------------------------------------------------------------


def test_reminder_comes_at_the_time_asked_for_even_at_night(database: Database) -> None:
    anna = add_customer(database, marketing=None)
    remind(database, anna, NIGHT)
    run_ticks(database, SETTINGS, START)
    assert sent_of(database, NIGHT) == ["reminder"]
    assert "reorder beans" in only(rows_of(database, anna), "reminder")["text"]


def test_reminder_without_a_time_of_day_waits_for_the_morning(database: Database) -> None:
    anna = add_customer(database, marketing=None)
    remind(database, anna, NIGHT, exact=False)
    run_ticks(database, SETTINGS, START)
    assert only(rows_of(database, anna), "reminder")["due_at"] == MORNING
    assert sent_of(database, MORNING) == ["reminder"]


def test_reminder_goes_to_whom_has_stopped_but_not_to_whom_cannot_be_reached(database: Database) -> None:
    anna, ben = add_customer(database, marketing=None), add_customer(database, "Ben", marketing=None)
    for customer, status in ((anna, "stopped"), (ben, "unreachable")):
        remind(database, customer, START + DAY, str(customer))
        change(database, customer, status=status)
        add_event(database, customer, "status", START, status)
    run_ticks(database, SETTINGS, START)
    assert sent_of(database, START + DAY) == ["reminder"]
    assert (rows_of(database, anna)[0]["status"], rows_of(database, ben)[0]["reason"]) == ("sent", "unreachable")


def test_reminder_too_old_to_be_of_use_is_skipped(database: Database) -> None:
    anna = add_customer(database)
    remind(database, anna, START + HOUR)
    run_ticks(database, SETTINGS, START)
    run_ticks(database, SETTINGS, START + HOUR + timedelta(hours=12, seconds=1))
    assert (only(rows_of(database, anna), "reminder")["status"], rows_of(database, anna)[0]["reason"]) == (
        "skipped", "too_old",
    )  # fmt: skip


def test_reminder_with_a_bad_time_harms_nothing(database: Database) -> None:
    anna = add_customer(database)
    for number, at in enumerate(("soon", None, "2026-11-30T10:00:00")):
        add_event(database, anna, "reminder", START, f"x{number}", text="x", at=at)
    run_ticks(database, SETTINGS, START)
    assert rows_of(database, anna) == []


# -- birthdays ---------------------------------------------------------------------------------------------------


def test_own_birthday_is_wished_each_year(database: Database) -> None:
    anna = add_customer(database)
    add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    run_ticks(database, SETTINGS, START)
    row = only(rows_of(database, anna), "birthday")
    assert (row["occurrence"], row["due_at"]) == ("2026-12-24", datetime(2026, 12, 24, 9, tzinfo=UTC))
    assert sent_of(database, row["due_at"]) == ["birthday"]
    assert "Happy birthday, Anna" in only(rows_of(database, anna, "sent"), "birthday")["text"]
    assert occurrences(database, anna, "planned") == ["2027-12-24"]


def test_a_birthday_of_the_lunar_calendar_is_wished_on_its_day(database: Database) -> None:
    anna = add_customer(database)
    add_fact(database, anna, "occasion", "birthday", START, date="L12-01", person="grandma")
    run_ticks(database, SETTINGS, START)
    row = only(rows_of(database, anna), "birthday")
    assert row["occurrence"] == "2027-01-08"
    assert sent_of(database, row["due_at"]) == ["birthday"]


def test_birthdays_of_one_day_are_one_message(database: Database) -> None:
    anna = add_customer(database)
    for person in ("Mia", "Leo"):
        add_fact(database, anna, "occasion", "birthday", START, date="2019-12-24", person=person)
    add_fact(database, anna, "occasion", "anniversary", START, date="12-24")
    sent_of(database, START)
    assert sent_of(database, datetime(2026, 12, 24, 9, tzinfo=UTC)) == ["birthday"]
    text = only(rows_of(database, anna, "sent"), "birthday")["text"]
    assert "Mia and Leo have a birthday" in text
    assert "Happy birthday, Anna" not in text


def test_corrected_birthday_is_planned_anew_and_a_forgotten_one_is_not_sent(database: Database) -> None:
    anna = add_customer(database)
    wrong = add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    run_ticks(database, SETTINGS, START)
    right = add_fact(database, anna, "occasion", "birthday", START, date="12-20")
    change_fact(database, wrong, superseded_by=right)
    run_ticks(database, SETTINGS, START)
    assert occurrences(database, anna, "planned") == ["2026-12-20"]
    assert [row["reason"] for row in rows_of(database, anna, "cancelled")] == ["superseded"]
    run_ticks(database, SETTINGS, datetime(2026, 12, 20, 8, tzinfo=UTC))
    change_fact(database, right, forgotten_at=START)
    assert sent_of(database, datetime(2026, 12, 20, 9, tzinfo=UTC)) == []
    assert only(rows_of(database, anna, "skipped"), "birthday")["reason"] == "superseded"


def change_fact(database: Database, fact_id: int, **values: Any) -> None:
    def run(memory: Memory) -> None:
        for name, value in values.items():
            setattr(memory.get_one(Fact, fact_id), name, value)

    database.write_now(run)


def test_birthday_of_29_february_is_wished_in_a_common_year_too(database: Database) -> None:
    anna = add_customer(database)
    add_fact(database, anna, "demographic", "born 2000-02-29", START, date="2000-02-29")
    sent_of(database, START)
    assert sent_of(database, datetime(2027, 2, 28, 9, tzinfo=UTC)) == ["birthday"]
    assert occurrences(database, anna, "planned") == ["2028-02-29"]


# -- check-ins ---------------------------------------------------------------------------------------------------


def test_check_in_comes_after_the_days_of_the_tier(database: Database) -> None:
    for tier, days in (("A", 14), ("B", 30), ("C", 90)):
        customer = add_customer(database, tier, tier=tier, last_contact_at=START)
        add_event(database, customer, "tier", START, str(customer))
        run_ticks(database, SETTINGS, START)
        assert only(rows_of(database, customer), "check_in")["due_at"] == START + days * DAY


def test_new_customers_and_those_without_a_chat_are_not_asked_after(database: Database) -> None:
    for more in ({"tier": "new"}, {"tier": "A", "chat": None}):
        customer = add_customer(database, **more)
        add_event(database, customer, "tier", START, str(customer))
        run_ticks(database, SETTINGS, START)
        assert rows_of(database, customer) == []


def test_check_in_moves_with_a_purchase_and_with_the_tier_and_there_is_one(database: Database) -> None:
    anna = add_customer(database, tier="C", last_contact_at=START)
    add_event(database, anna, "tier", START)
    run_ticks(database, SETTINGS, START)
    buy(database, anna, START + 10 * DAY, "latte")
    run_ticks(database, SETTINGS, START + 10 * DAY)
    assert only(rows_of(database, anna, "planned"), "check_in")["due_at"] == START + 100 * DAY
    change(database, anna, tier="A")
    add_event(database, anna, "tier", START + 11 * DAY)
    run_ticks(database, SETTINGS, START + 11 * DAY)
    assert only(rows_of(database, anna), "check_in")["due_at"] == START + 24 * DAY
    change(database, anna, tier="new")
    add_event(database, anna, "tier", START + 12 * DAY)
    run_ticks(database, SETTINGS, START + 12 * DAY)
    ended = only(rows_of(database, anna), "check_in")
    assert (ended["status"], ended["reason"]) == ("cancelled", "tier_new")


def test_check_in_of_whom_wrote_meanwhile_moves_when_due(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_event(database, anna, "tier", START)
    run_ticks(database, SETTINGS, START)
    hear(database, anna, START + 10 * DAY)
    assert sent_of(database, START + 14 * DAY) == []
    row = only(rows_of(database, anna), "check_in")
    assert (row["status"], row["reason"], row["due_at"]) == ("planned", "heard_since", START + 24 * DAY)
    assert sent_of(database, START + 24 * DAY) == ["check_in"]
    assert only(rows_of(database, anna, "planned"), "check_in")["due_at"] == START + 38 * DAY


def test_check_in_names_the_usual_unless_a_restriction_forbids_it(database: Database) -> None:
    add_item(database, "latte", "Latte", "拿铁", contains=["milk"])
    add_item(database, "oat", "Oat latte", "燕麦拿铁", contains=["oats"])
    safe = add_customer(database, "Anna", tier="B", last_contact_at=START)
    sure = add_customer(database, "Ben", tier="B", last_contact_at=START)
    unknown = add_customer(database, "小明", tier="B", last_contact_at=START, language="zh")
    for customer in (safe, sure, unknown):
        add_fact(database, customer, "preference", "latte", START, item="latte", polarity="like")
        add_event(database, customer, "tier", START)
    add_fact(database, sure, "restriction", "lactose", START)
    add_fact(database, unknown, "restriction", "stardust", START)
    sent_of(database, START)
    sent_of(database, START + 30 * DAY)
    texts = [only(rows_of(database, customer, "sent"), "check_in")["text"] for customer in (safe, sure, unknown)]
    assert ["Latte" in text or "拿铁" in text for text in texts] == [True, False, False]
    assert "小明" in texts[2]


# -- the loop closed ---------------------------------------------------------------------------------------------


def solved_case(database: Database, customer: int, **more: Any) -> int:
    case = add_complaint(database, customer, START, "solved", quote="The latte was cold", **more)
    add_event(database, customer, "solved", START, str(case))
    return case


def test_customer_is_told_what_was_done_and_asked_whether_it_is_solved(database: Database) -> None:
    anna = add_customer(database, marketing=None, last_contact_at=START)
    case = solved_case(database, anna, answer="A new machine")
    assert sent_of(database, START) == ["loop_closed"]
    row = only(rows_of(database, anna), "loop_closed")
    assert "The latte was cold" in row["text"]
    assert "A new machine" in row["text"]

    def read(memory: Memory) -> list[Any]:
        return [(one.action, one.values) for one in memory.scalars(select(ButtonToken).order_by(ButtonToken.action))]

    values = {"feedback_id": case, "follow_up_id": row["id"]}
    assert database.read_now(read) == [("solved_no", values), ("solved_yes", values)]


def test_case_opened_again_is_not_told_of_and_solved_again_is(database: Database) -> None:
    anna = add_customer(database)
    case = solved_case(database, anna)

    def set_status(status: str) -> None:
        database.write_now(lambda memory: setattr(memory.get_one(Feedback, case), "status", status))

    set_status("open")
    assert sent_of(database, START) == []
    assert only(rows_of(database, anna), "loop_closed")["reason"] == "superseded"
    set_status("solved")
    add_event(database, anna, "solved", START + HOUR, str(case))
    assert sent_of(database, START + HOUR) == ["loop_closed"]


# -- holding back ------------------------------------------------------------------------------------------------


def test_of_two_due_together_the_more_valuable_goes_and_the_other_is_held(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_event(database, anna, "tier", START)
    add_fact(database, anna, "occasion", "birthday", START, date="12-06")
    run_ticks(database, SETTINGS, START)
    due = START + 14 * DAY
    assert sent_of(database, due) == ["birthday"]
    held = only(rows_of(database, anna, "held"), "check_in")
    assert (held["reason"], held["due_at"]) == ("min_gap", datetime(2026, 12, 7, 8, tzinfo=UTC))
    assert sent_of(database, held["due_at"]) == ["birthday", "check_in"]


def test_what_is_held_too_long_is_skipped_with_what_held_it(database: Database) -> None:
    anna = add_customer(database)
    buy(database, anna, START, "latte")
    run_ticks(database, SETTINGS, START)
    case = add_complaint(database, anna, START + DAY)
    for hours in range(0, 60, 4):
        run_ticks(database, SETTINGS, START + 2 * DAY + hours * HOUR)
    row = only(rows_of(database, anna), "after_purchase")
    assert (row["status"], row["reason"], row["data"]["held_by"]) == ("skipped", "too_old", "complaint")
    database.write_now(lambda memory: setattr(memory.get_one(Feedback, case), "status", "closed"))
    assert sent_of(database, START + 5 * DAY) == []


def test_solved_complaint_lets_go_what_it_held(database: Database) -> None:
    anna = add_customer(database)
    buy(database, anna, START, "latte")
    run_ticks(database, SETTINGS, START)
    case = add_complaint(database, anna, START + DAY)
    assert sent_of(database, START + 2 * DAY) == []
    assert only(rows_of(database, anna, "held"), "after_purchase")["reason"] == "complaint"
    database.write_now(lambda memory: setattr(memory.get_one(Feedback, case), "status", "closed"))
    assert sent_of(database, START + 2 * DAY + 4 * HOUR) == ["after_purchase"]


def test_stop_cancels_and_resuming_plans_again(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    remind(database, anna, START + 5 * DAY)
    run_ticks(database, SETTINGS, START)
    change(database, anna, status="stopped")
    add_event(database, anna, "status", START + HOUR, "stopped")
    run_ticks(database, SETTINGS, START + HOUR)
    assert [row["rule"] for row in rows_of(database, anna, "planned")] == ["reminder"]
    assert {row["reason"] for row in rows_of(database, anna, "cancelled")} == {"stopped"}
    change(database, anna, status="active")
    add_event(database, anna, "status", START + 2 * HOUR, "active")
    run_ticks(database, SETTINGS, START + 2 * HOUR)
    assert [row["rule"] for row in rows_of(database, anna, "planned")] == ["reminder", "check_in", "birthday"]
    assert {row["reason"] for row in rows_of(database, anna, "planned")} == {None}


def test_text_that_cannot_be_made_is_tried_again_and_stops_nobody_else(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "en" / "follow_ups" / "reminder"
    folder.mkdir(parents=True)
    (folder / "default.j2").write_text("{{ nonsense }}")
    broken = Wording(["en", "zh"], business={"name": "Blue Door Coffee"}, overlay=tmp_path)
    anna, ming = add_customer(database), add_customer(database, "小明", language="zh")
    for customer in (anna, ming):
        remind(database, customer, START + HOUR, str(customer))
    run_ticks(database, SETTINGS, START)
    run_ticks(database, SETTINGS, START + HOUR, wording=broken)
    assert [row["status"] for row in rows_of(database, ming)] == ["queued"]
    assert [(row["status"], row["reason"]) for row in rows_of(database, anna)] == [("held", "wording")]
    assert sent_of(database, START + 2 * HOUR) == ["reminder", "reminder"]


# -- the sender's second look ------------------------------------------------------------------------------------


def queued_birthday(database: Database) -> tuple[int, int]:
    anna = add_customer(database)
    add_fact(database, anna, "occasion", "birthday", START, date="11-24")
    run_ticks(database, SETTINGS, START)
    run_ticks(database, SETTINGS, START + 2 * DAY)
    return anna, database.read_now(lambda memory: memory.scalars(select(OutboxMessage.id)).one())


def recheck_now(database: Database, message: int, now: datetime) -> Reason | None:
    return database.write_now(lambda memory: recheck(memory, message, SETTINGS, now))


def test_recheck_lets_go_what_may_still_go(database: Database) -> None:
    _, message = queued_birthday(database)
    assert recheck_now(database, message, START + 2 * DAY + timedelta(seconds=1)) is None
    assert deliver(database, START + 2 * DAY) == [message]


@pytest.mark.parametrize(
    ("values", "hours", "reason", "status"),
    [
        ({"status": "stopped"}, 0, "stopped", "skipped"),
        ({"status": "unreachable"}, 0, "unreachable", "skipped"),
        ({}, 11.5, "quiet_hours", "held"),
        ({}, 12.5, "too_old", "skipped"),
        ({"last_contact_at": START + 2 * DAY}, 0, "conversation", "held"),
    ],
)
def test_recheck_takes_back_what_may_not_go_any_more(
    database: Database, values: dict[str, Any], hours: float, reason: str, status: str
) -> None:
    anna, message = queued_birthday(database)
    change(database, anna, **values)
    now = START + 2 * DAY + timedelta(hours=hours, minutes=1)
    assert recheck_now(database, message, now) == reason
    row = next(row for row in rows_of(database, anna) if row["occurrence"] == "2026-11-24")
    assert (row["status"], row["reason"]) == (status, reason)
    assert deliver(database, now) == []


def test_held_by_the_second_look_goes_later_once(database: Database) -> None:
    anna, message = queued_birthday(database)
    hear(database, anna, START + 2 * DAY)
    assert recheck_now(database, message, START + 2 * DAY) == Reason.conversation
    assert sent_of(database, START + 2 * DAY + 2 * HOUR) == ["birthday"]
    assert sent_of(database, START + 2 * DAY + 5 * HOUR) == ["birthday"]


def test_recheck_of_other_messages_is_not_ours(database: Database) -> None:
    queued = database.write_now(lambda memory: outbox.add(memory, "sendMessage", {}, now=START, chat_id=1))
    assert recheck_now(database, queued.id, START) is None


def test_cancelled_after_queuing_is_not_sent(database: Database) -> None:
    anna, _ = queued_birthday(database)
    assert database.write_now(lambda memory: cancel_for(memory, anna, START + 2 * DAY, purpose="marketing")) == 2
    assert deliver(database, START + 2 * DAY) == []
    assert {(row["status"], row["reason"]) for row in rows_of(database, anna)} == {("cancelled", "withdrawn")}


def test_cancelling_comes_too_late_for_what_is_being_sent(database: Database) -> None:
    anna, _ = queued_birthday(database)
    deliver(database, START + 2 * DAY, OutboxState.unknown)
    database.write_now(lambda memory: cancel_for(memory, anna, START + 2 * DAY))
    assert [row["occurrence"] for row in rows_of(database, anna, "unknown")] == ["2026-11-24"]
    assert sent_of(database, START + 2 * DAY + HOUR) == []  # what is unknown is never sent again


# -- ticks -------------------------------------------------------------------------------------------------------


def test_next_due_names_the_earliest(database: Database) -> None:
    anna = add_customer(database)
    remind(database, anna, START + HOUR)

    def due(now: datetime) -> tuple[datetime, datetime | None]:
        return database.read_now(lambda memory: (next_due(memory, SETTINGS, now), next_follow_up_at(memory)))

    assert due(START) == (START, None)  # an event waits
    run_ticks(database, SETTINGS, START)
    assert due(START) == (START + HOUR, START + HOUR)
    sent_of(database, START + HOUR)
    assert due(START + HOUR) == (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), None)  # 03:30 in Berlin


def test_night_classes_anew_and_plans(database: Database) -> None:
    anna = add_customer(database)
    run_ticks(database, SETTINGS, START)
    for n in range(5):
        buy(database, anna, START - n * DAY, "latte", total=1000)
    run_ticks(database, SETTINGS, START)
    night = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    run_ticks(database, SETTINGS, night)
    assert only(rows_of(database, anna), "check_in")["data"]["tier"] == "B"


def test_night_over_many_customers_goes_by_batches(sqlite_database: Database) -> None:
    for n in range(7):
        add_customer(sqlite_database, f"C{n}")
        change(sqlite_database, n + 1, tier="A")
    run_ticks(sqlite_database, SETTINGS, START)
    ticks = run_ticks(sqlite_database, SETTINGS, datetime(2026, 11, 23, 2, 30, tzinfo=UTC), night_batch=3)
    assert [tick.more for tick in ticks[:3]] == [True, True, True]
    assert {customer_of(sqlite_database, n).tier for n in range(1, 8)} == {"new"}


def test_planning_and_putting_right_again_changes_nothing(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    run_ticks(database, SETTINGS, START)
    before = rows_of(database)
    for now in (START, START + DAY, START + 13 * DAY):
        database.write_now(lambda memory, at=now: (plan(memory, SETTINGS, at), reconcile(memory, SETTINGS, at, [anna])))
    assert rows_of(database) == before


def test_rule_taken_out_is_planned_no_more(database: Database) -> None:
    anna = add_customer(database, tier="A", last_contact_at=START)
    add_fact(database, anna, "occasion", "birthday", START, date="12-24")
    without = SETTINGS.model_copy(update={"follow_ups": ()})
    run_ticks(database, without, START)
    assert rows_of(database) == []


def test_nothing_is_sent_twice_when_the_work_is_done_again(database: Database) -> None:
    """A tick whose COMMIT failed runs again; so does every tick after a restart."""
    anna = add_customer(database)
    remind(database, anna, START + HOUR)
    run_ticks(database, SETTINGS, START)
    for _ in range(3):
        run_ticks(database, SETTINGS, START + HOUR)
    count = database.read_now(lambda memory: memory.scalar(select(func.count()).select_from(OutboxMessage)))
    assert count == 1


# -- households --------------------------------------------------------------------------------------------------


def live_together(database: Database) -> tuple[int, int]:
    """Two of tier A whose check-ins fall on one morning."""
    anna, tom = add_customer(database, "Anna", tier="A"), add_customer(database, "Tom")
    change(database, tom, tier="A", tier_set_by=1)
    database.write_now(lambda memory: households.link(memory, anna, tom, START))
    database.write_now(lambda memory: reconcile(memory, SETTINGS, START, [anna, tom]))
    return anna, tom


def test_a_household_gets_one_message_of_marketing_at_a_time(database: Database) -> None:
    anna, tom = live_together(database)
    due = START + 14 * DAY
    assert sent_of(database, due) == ["check_in"]
    held = only(rows_of(database, tom), "check_in")
    assert (held["status"], held["reason"]) == ("held", "household")
    assert [row["status"] for row in rows_of(database, anna)] == ["sent", "planned"]
    assert held["due_at"] == due + timedelta(hours=23)  # 20 hours later it is 6 in the morning
    assert sent_of(database, held["due_at"]) == ["check_in", "check_in"]


def test_who_lives_apart_is_written_to_at_once(database: Database) -> None:
    anna, tom = live_together(database)
    database.write_now(lambda memory: households.unlink(memory, anna, tom, START))
    assert sent_of(database, START + 14 * DAY) == ["check_in", "check_in"]


def test_each_of_a_household_gets_their_own_birthday_wish(database: Database) -> None:
    anna, tom = live_together(database)
    for customer in (anna, tom):
        add_fact(database, customer, "occasion", "birthday", START, date="12-06")
    run_ticks(database, SETTINGS, START)
    assert sent_of(database, START + 14 * DAY) == ["birthday", "birthday"]
