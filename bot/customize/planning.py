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
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import local_day
from bot.config.sections import (
    AfterPurchase,
    Birthday,
    BusinessSettings,
    CheckIn,
    LifeChange,
    LoopClosed,
    Reminder,
    StockAsk,
)
from bot.customize.arbiter import ASKED, Reason, check_in_base
from bot.customize.rules import (
    DayOfYear,
    check_in_at,
    end_of_quiet,
    find_rule,
    next_birthday,
    quiet_span,
    read_month_day,
    write_after_at,
    write_month_day,
)
from storage import events, follow_ups, orders, reach
from storage.database import Memory
from storage.follow_ups import Plan, Row, Settled
from storage.models import CustomerStatus, Event, FollowUpStatus, Purpose
from storage.reach import KnownFact, Standing

BATCH = 500  # events planned from in one transaction
MEMORY = timedelta(days=400)  # how far back follow-ups are looked at: the last birthday must be among them
ONCE_IN = timedelta(days=270)  # one change told twice: "we had a baby", and months later its day of birth
UNSENT = (FollowUpStatus.planned, FollowUpStatus.held, FollowUpStatus.skipped)  # nothing, if its fact was taken back
GRIEF = timedelta(days=180)  # after a death, a separation, a lost pregnancy: nobody is congratulated
BIRTHDAY_WORDS = ("birthday", "born", "生日", "birth_date", "birth date")  # values of facts, never shown


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


def zone_of(standing: Standing, settings: BusinessSettings) -> ZoneInfo:
    """The customer's time zone: stated, or the business's."""
    return ZoneInfo(standing.time_zone) if standing.time_zone else settings.business.time_zone


# -- what happened once ------------------------------------------------------------------------------------------


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


# -- what returns ------------------------------------------------------------------------------------------------


def reconcile(
    memory: Memory,
    settings: BusinessSettings,
    now: datetime,
    customer_ids: Sequence[int],
    standings: dict[int, Standing] | None = None,
) -> None:
    """Make the planned check-in and birthdays of these customers what they should be now.

    One check-in at most is planned, and one follow-up for each coming birthday. It may be called at any time.
    """
    if standings is None:
        memory.flush()
        standings = reach.load(memory, customer_ids, since=now - MEMORY)
    _cancel_unwanted(memory, standings, now)
    _reconcile_check_ins(memory, settings, now, standings)
    _reconcile_birthdays(memory, settings, now, standings)


def _cancel_unwanted(memory: Memory, standings: dict[int, Standing], now: datetime) -> None:
    stopped = [one.id for one in standings.values() if one.status == CustomerStatus.stopped]
    if stopped:
        follow_ups.cancel(memory, stopped, Reason.stopped, now, but=[ASKED])
    for purpose in (Purpose.service, Purpose.marketing):
        refused = [one.id for one in standings.values() if one.consents.get(purpose) is False]
        if refused:
            follow_ups.cancel(memory, refused, Reason.consent_refused, now, purpose=purpose)


def _hindrance(standing: Standing, purpose: str) -> Reason | None:
    """Why nothing that returns is planned. Consent not yet given is none: it may be by then, and its lack is stored."""
    if standing.chat_id is None:
        return Reason.no_chat
    if standing.consents.get(purpose) is False:
        return Reason.consent_refused
    return {CustomerStatus.stopped: Reason.stopped, CustomerStatus.unreachable: Reason.unreachable}.get(
        CustomerStatus(standing.status)
    )


def _reconcile_check_ins(
    memory: Memory, settings: BusinessSettings, now: datetime, standings: dict[int, Standing]
) -> None:
    rule = find_rule(settings, CheckIn)
    planned: dict[int, list[Row]] = {}
    for row in follow_ups.list_open(memory, list(standings), ["check_in"]):
        planned.setdefault(row.customer_id, []).append(row)
    plans: list[Plan] = []
    moved: list[Settled] = []
    unwanted: dict[Reason, list[int]] = {}
    for standing in standings.values():
        rows = planned.get(standing.id, [])
        every = rule.every.of(standing.tier) if rule else None
        hindrance = _hindrance_to_check_in(standing, rule)
        if rule is None or every is None or hindrance is not None:
            unwanted.setdefault(hindrance or Reason.tier_new, []).extend(row.id for row in rows)
            continue
        zone = zone_of(standing, settings)
        base, reason = check_in_base(standing)
        at = check_in_at(base, every, rule.at, zone, now)
        data = {"tier": standing.tier, "since": base.isoformat()}
        if not rows:
            occurrence = local_day(at, zone).isoformat()
            plans.append(Plan(standing.id, rule.rule, occurrence, rule.purpose, at, at + rule.valid_for, data))
            continue
        unwanted.setdefault(Reason.superseded, []).extend(row.id for row in rows[1:])
        too_early = local_day(rows[0].planned_for, zone) < local_day(base + every, zone)
        if too_early or rows[0].data.get("tier") != standing.tier:
            moved.append(move(rows[0], at, at + rule.valid_for, reason if too_early else None, data, now))
    _cancel(memory, unwanted, now)
    follow_ups.settle(memory, moved)
    follow_ups.add_plans(memory, plans, now)


def _cancel(memory: Memory, unwanted: dict[Reason, list[int]], now: datetime) -> None:
    for reason, ids in unwanted.items():
        follow_ups.cancel_rows(memory, ids, reason, now)


def _hindrance_to_check_in(standing: Standing, rule: CheckIn | None) -> Reason | None:
    if rule is None:
        return Reason.rule_off
    if standing.consents.get(Purpose.profiling) is False:
        return Reason.profiling_off
    return _hindrance(standing, rule.purpose)


def move(
    row: Row, at: datetime, expires_at: datetime, reason: Reason | None, data: dict[str, Any], now: datetime
) -> Settled:
    """The row planned anew for `at`."""
    return Settled(
        row, FollowUpStatus.planned, reason, now, due_at=at, planned_for=at, expires_at=expires_at, data=data
    )


def _reconcile_birthdays(
    memory: Memory, settings: BusinessSettings, now: datetime, standings: dict[int, Standing]
) -> None:
    rule = find_rule(settings, Birthday)
    ids = list(standings)
    facts = reach.list_facts(memory, ids, ["occasion", "demographic"], dated=True)
    days: dict[int, set[DayOfYear]] = {}
    for fact in facts:
        month_day = read_month_day(fact.date or "")
        if month_day is not None and is_birthday(fact):
            days.setdefault(fact.customer_id, set()).add(month_day)
    existing: dict[int, list[Row]] = {}
    for row in follow_ups.list_recent(memory, ids, ["birthday"], now - MEMORY):
        existing.setdefault(row.customer_id, []).append(row)
    plans: list[Plan] = []
    unwanted: dict[Reason, list[int]] = {}
    for standing in standings.values():
        rows = existing.get(standing.id, [])
        wanted: dict[str, Plan] = {}
        hindrance = Reason.rule_off if rule is None else _hindrance(standing, rule.purpose)
        if hindrance == Reason.consent_refused and not rows:
            hindrance = None  # it is planned to be skipped with its reason, so that staff see why nobody was greeted
        if rule is not None and hindrance is None:
            for month_day in sorted(days.get(standing.id, ())):
                planned = _next_birthday(standing, settings, rule, month_day, rows, now)
                wanted.setdefault(planned.occurrence, planned)
        still_open = [row for row in rows if row.status in (FollowUpStatus.planned, FollowUpStatus.held)]
        known = {row.occurrence for row in still_open}
        unwanted.setdefault(hindrance or Reason.superseded, []).extend(
            row.id for row in still_open if row.occurrence not in wanted
        )
        plans += [one for one in wanted.values() if one.occurrence not in known]
    _cancel(memory, unwanted, now)
    follow_ups.add_plans(memory, plans, now)


def _next_birthday(
    standing: Standing,
    settings: BusinessSettings,
    rule: Birthday,
    month_day: DayOfYear,
    rows: Sequence[Row],
    now: datetime,
) -> Plan:
    """The next one that has not been dealt with: the day of a wish sent or skipped is behind us."""
    ended = {row.occurrence for row in rows if row.status in (FollowUpStatus.queued, FollowUpStatus.skipped)}
    zone = zone_of(standing, settings)
    after: date | None = None
    while True:
        day, at = next_birthday(month_day, rule, zone, now, after=after)
        if day.isoformat() not in ended:
            data = {"month_day": write_month_day(month_day)}
            return Plan(standing.id, rule.rule, day.isoformat(), rule.purpose, at, at + rule.valid_for, data)
        after = day


def is_birthday(fact: KnownFact) -> bool:
    """A birthday among occasions and dates of birth: the customer's own where no person is named."""
    if fact.kind == "demographic":
        return fact.person is None
    return any(word in fact.value.casefold() for word in BIRTHDAY_WORDS) or fact.value == fact.date
