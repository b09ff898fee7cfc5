"""What returns: the check-in and the coming birthdays of a customer, put right whenever something about them changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import local_day
from bot.config.sections import Birthday, BusinessSettings, CheckIn
from bot.customize.arbiter import ASKED, Reason, check_in_base
from bot.customize.rules import DayOfYear, check_in_at, find_rule, next_birthday, read_month_day, write_month_day
from storage import follow_ups, reach
from storage.database import Memory
from storage.follow_ups import Plan, Row, Settled
from storage.models import CustomerStatus, FollowUpStatus, Purpose
from storage.reach import KnownFact, Standing

MEMORY = timedelta(days=400)  # how far back follow-ups are looked at: the last birthday must be among them
BIRTHDAY_WORDS = ("birthday", "born", "生日", "birth_date", "birth date")  # values of facts, never shown


def zone_of(standing: Standing, settings: BusinessSettings) -> ZoneInfo:
    """The customer's time zone: stated, or the business's."""
    return ZoneInfo(standing.time_zone) if standing.time_zone else settings.business.time_zone


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


def plan_anew(memory: Memory, settings: BusinessSettings, now: datetime, customer_id: int) -> None:
    """Where the customer's clocks are read has changed: what returns is planned by the new ones."""
    memory.flush()
    rows = follow_ups.list_open(memory, [customer_id], ["check_in", "birthday"])
    follow_ups.cancel_rows(memory, [row.id for row in rows], Reason.superseded, now)
    reconcile(memory, settings, now, [customer_id])


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
