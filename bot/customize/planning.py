"""From what happened to planned follow-ups: events are read once, and lead to rows.

| event | what it leads to |
| --- | --- |
| order (reference: order id) | after_purchase for a first order, a new item, or again after `every`; the check-in moves |
| reminder (reference: any id unique to it; data: text, at as ISO, exact) | reminder at that time; `exact`: they named the time of day |
| solved (reference: feedback id) | loop_closed, at once |
| stock (reference: number of what a partner told) | stock_ask, a while after the last of them |
| life_event (data: days, as "05-03") | wishes for these days are cancelled, with that as their reason, and all on changes |
| life_change (reference: fact id; data: what, person) | good wishes, once for each kind of change in `ONCE_IN`; none after a life event |
| tier, occasion, consent, status, merged | the customer's check-in and birthdays are put right (`reconcile`) |
| complaint, and any kind not known | nothing: the arbiter reads open complaints when a message is due |

A stop cancels all that is planned but what the customer asked for; a refused consent all of its purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.config.sections import (
    AfterPurchase,
    BusinessSettings,
    LifeChange,
    LoopClosed,
    Reminder,
    StockAsk,
)
from bot.customize.arbiter import Reason
from bot.customize.returning import MEMORY, reconcile, zone_of
from bot.customize.rules import (
    end_of_quiet,
    find_rule,
    quiet_span,
    write_after_at,
)
from storage import events, follow_ups, orders, reach
from storage.database import Memory
from storage.follow_ups import Plan, Row
from storage.models import Event, FollowUpStatus
from storage.reach import Standing

BATCH = 500  # events planned from in one transaction
ONCE_IN = timedelta(days=270)  # one change told twice: "we had a baby", and months later its day of birth
UNSENT = (FollowUpStatus.planned, FollowUpStatus.held, FollowUpStatus.skipped)  # nothing, if its fact was taken back
GRIEF = timedelta(days=180)  # after a death, a separation, a lost pregnancy: nobody is congratulated


def plan(memory: Memory, settings: BusinessSettings, now: datetime, most: int = BATCH) -> int:
    """Read waiting events and plan from them; returns how many were read."""
    memory.flush()
    waiting = events.list_waiting(memory, most)
    if not waiting:
        return 0
    customer_ids = sorted({event.customer_id for event in waiting})
    standings = reach.load(memory, customer_ids, since=now - MEMORY)
    _silence(memory, now, waiting)
    reconcile(memory, settings, now, customer_ids, standings)
    plans = [
        *_plan_after_purchase(memory, settings, now, waiting, standings),
        *_plan_reminders(settings, waiting, standings),
        *_plan_loops(memory, settings, now, waiting),
        *_plan_stock_asks(memory, settings, now, waiting, standings),
        *_plan_wishes(memory, settings, now, waiting, standings),
    ]
    follow_ups.add_plans(memory, plans, now)
    events.mark_planned(memory, [event.id for event in waiting], now)
    return len(waiting)


def _plan_after_purchase(
    memory: Memory,
    settings: BusinessSettings,
    now: datetime,
    waiting: Sequence[Event],
    standings: dict[int, Standing],
) -> list[Plan]:
    rule = find_rule(settings, AfterPurchase)
    order_ids = [int(event.reference) for event in waiting if event.kind == "order" and event.reference.isdigit()]
    if rule is None or not order_ids:
        return []
    bought = [order for order in orders.compare_with_history(memory, order_ids) if order.total > 0]
    customers = sorted({order.customer_id for order in bought})
    asked = _last_asked(follow_ups.list_recent(memory, customers, ["after_purchase"], now - MEMORY))
    plans = []
    for order in bought:
        at = write_after_at(order.ordered_at, rule, zone_of(standings[order.customer_id], settings))
        before = asked.get(order.customer_id)
        why = _why_ask(order, before, at, rule)
        if why is None or at + rule.valid_for <= now:
            continue
        asked[order.customer_id] = (at, True)
        sku = next(iter(order.new_skus if why == "new_item" else order.skus), None)
        data = {"order_id": order.id, "sku": sku, "why": why}
        expires_at = at + rule.valid_for
        plans.append(Plan(order.customer_id, rule.rule, str(order.id), rule.purpose, at, expires_at, data))
    return plans


def _last_asked(rows: Sequence[Row]) -> dict[int, tuple[datetime, bool]]:
    """When each customer was or will be asked last, and whether that is still to come."""
    return {
        row.customer_id: (row.planned_for, row.status != FollowUpStatus.queued)
        for row in rows
        if row.status in (FollowUpStatus.planned, FollowUpStatus.held, FollowUpStatus.queued)
    }


def _why_ask(
    order: orders.Bought, before: tuple[datetime, bool] | None, at: datetime, rule: AfterPurchase
) -> str | None:
    if before is not None and before[1]:
        return None  # about to be asked already
    if order.is_first:
        return "first"
    if order.new_skus:
        return "new_item"
    return "again" if before is None or at - before[0] >= rule.every else None


def _plan_reminders(settings: BusinessSettings, waiting: Sequence[Event], standings: dict[int, Standing]) -> list[Plan]:
    rule = find_rule(settings, Reminder)
    plans = []
    for event in waiting:
        at = _read_instant(event.data.get("at")) if event.kind == "reminder" else None
        if rule is None or at is None:
            continue
        standing = standings[event.customer_id]
        exact = bool(event.data.get("exact", True))
        if not exact:
            span = quiet_span(settings.contact_policy, standing.quiet_from, standing.quiet_to)
            at = end_of_quiet(span, zone_of(standing, settings), at) or at
        data = {"text": str(event.data.get("text", "")), "exact": exact, "asked_at": event.at.isoformat()}
        expires_at = at + rule.valid_for
        plans.append(Plan(event.customer_id, rule.rule, event.reference, rule.purpose, at, expires_at, data))
    return plans


def _plan_loops(memory: Memory, settings: BusinessSettings, now: datetime, waiting: Sequence[Event]) -> list[Plan]:
    """A case solved again, after it was opened again, is told again; what was not told of it yet is not."""
    rule = find_rule(settings, LoopClosed)
    solved = {event.reference: event for event in waiting if event.kind == "solved" and event.reference.isdigit()}
    if rule is None or not solved:
        return []
    customers = sorted({event.customer_id for event in solved.values()})
    old = [
        row.id
        for row in follow_ups.list_open(memory, customers, [rule.rule])
        if str(row.data.get("feedback_id")) in solved
    ]
    follow_ups.cancel_rows(memory, old, Reason.superseded, now)
    return [
        Plan(
            event.customer_id, rule.rule, f"{event.reference}:{event.id}", rule.purpose, now, now + rule.valid_for,
            {"feedback_id": int(event.reference), "kind": event.data.get("kind")},
        )
        for event in solved.values()
    ]  # fmt: skip


def _plan_wishes(
    memory: Memory,
    settings: BusinessSettings,
    now: datetime,
    waiting: Sequence[Event],
    standings: dict[int, Standing],
) -> list[Plan]:
    """For changes at home that the rule names."""
    rule = find_rule(settings, LifeChange)
    told = [event for event in waiting if event.kind == "life_change" and rule and event.data["what"] in rule.kinds]
    if rule is None or not told:
        return []
    customers = sorted({event.customer_id for event in told})
    grieving = events.find_customers(memory, "life_event", customers, now - GRIEF)
    holding = {fact.id for fact in reach.list_facts(memory, customers, ["demographic", "occasion"])}
    wished = {
        (row.customer_id, row.data["what"])
        for row in follow_ups.list_recent(memory, customers, [rule.rule], now - ONCE_IN)
        if row.status != FollowUpStatus.cancelled and (row.status not in UNSENT or row.data["fact_id"] in holding)
    }
    plans = []
    for event in told:
        key = (event.customer_id, event.data["what"])
        at = write_after_at(event.at, rule, zone_of(standings[event.customer_id], settings))
        if event.customer_id in grieving or key in wished or at + rule.valid_for <= now:
            continue
        wished.add(key)
        data = {**event.data, "fact_id": int(event.reference.partition(":")[0])}
        expires_at = at + rule.valid_for
        plans.append(Plan(event.customer_id, rule.rule, event.reference, rule.purpose, at, expires_at, data))
    return plans


def _plan_stock_asks(
    memory: Memory, settings: BusinessSettings, now: datetime, waiting: Sequence[Event], standings: dict[int, Standing]
) -> list[Plan]:
    """One at most for each partner: telling it again puts the question off."""
    rule = find_rule(settings, StockAsk)
    told = {event.customer_id: event for event in waiting if event.kind == "stock"}  # the last of each
    if rule is None or not told:
        return []
    old = follow_ups.list_open(memory, sorted(told), [rule.rule])
    follow_ups.cancel_rows(memory, [row.id for row in old], Reason.superseded, now)
    plans = []
    for customer_id, event in told.items():
        at = write_after_at(event.at, rule, zone_of(standings[customer_id], settings))
        plans.append(Plan(customer_id, rule.rule, event.reference, rule.purpose, at, at + rule.valid_for, {}))
    return plans


def _silence(memory: Memory, now: datetime, waiting: Sequence[Event]) -> None:
    """Cancel the wishes for these days. Where somebody else has the day too, `reconcile` plans theirs anew."""
    grieving = sorted({event.customer_id for event in waiting if event.kind == "life_event"})
    congratulations = [row.id for row in follow_ups.list_open(memory, grieving, ["life_change"])]
    follow_ups.cancel_rows(memory, congratulations, Reason.life_event, now)
    for event in waiting:
        days = event.data.get("days", ()) if event.kind == "life_event" else ()
        if days:
            rows = follow_ups.list_open(memory, [event.customer_id], ["birthday"])
            touched = [row.id for row in rows if row.data.get("month_day") in days]
            follow_ups.cancel_rows(memory, touched, Reason.life_event, now)


def _read_instant(value: Any) -> datetime | None:
    at = value if isinstance(value, datetime) else None
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
    return at if at is not None and at.tzinfo is not None else None
