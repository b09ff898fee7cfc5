"""Why: what a customer is worth, why, what comes next, and what was held back — for `/why` and the sandbox's panel.

Names and values only; the words of a reason are `reasons/held` (for staff) and `reasons/held_customer`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.config.sections import BusinessSettings
from bot.customize import arbiter
from bot.customize.arbiter import Reason
from bot.customize.returning import MEMORY, zone_of
from bot.differentiate.tiers import decide, read_standings
from bot.identify.households import show_household
from storage import follow_ups, partners, reach, tiers
from storage.database import Memory
from storage.models import Customer, FollowUpStatus, Purpose

HELD_BACK = 5  # of what was held back or skipped, the newest


def explain(memory: Memory, customer: Customer, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    """{"worth", "why", "next", "held"}; times are aware datetimes, money is in minor units.

    - worth: {"tier", "group", "value", "by_staff", "until" (the end of a tier set by hand, or None), "own" (what a
      partner's own customers bring: {"customers", "orders", "spent", "present_value"})}
    - why: {"reason" (plain words as stored), "choice" and "grounds" (to say it in another language), "numbers" (of
      orders, money and recency; None where profiling is off), "rests_on", "next_tier", "missing", "changes" (newest first)}
    - next: None, or {"rule", "purpose", "due_at", "status", "reason" (why it waits now), "blocked" (what would
      refuse it as things are)}; "upcoming" has them all, soonest first
    - held: [{"rule", "status", "reason", "held_by", "at", "until"}], newest first
    - household: the others of theirs: [{"id", "name"}]
    - blocked: what refuses every message of marketing just now, a `Reason` or None
    """
    memory.flush()
    standing = reach.load(memory, [customer.id], since=now - MEMORY)[customer.id]
    open_rows = [row for row in follow_ups.list_rows(memory, customer_id=customer.id, limit=None)]
    upcoming = [_upcoming(row, standing, settings, now) for row in open_rows if row["status"] in _OPEN]
    return {
        "worth": {
            "tier": customer.tier,
            "group": customer.group,
            "value": customer.value or _value_now(memory, customer, settings, now),
            "by_staff": customer.tier_set_by is not None,
            "until": customer.tier_until,
            "own": partners.sum_own(memory, [customer.id]).get(customer.id, partners.Own())._asdict(),
        },
        "why": _why(memory, customer, settings, now),
        "next": upcoming[0] if upcoming else None,
        "upcoming": upcoming,
        "held": _held_back(open_rows),
        "blocked": _blocked(standing, settings, now),
        "household": [{"id": one["id"], "name": one["name"]} for one in show_household(memory, customer.id)],
        "time_zone": str(zone_of(standing, settings)),
        "now": now,
    }


_OPEN = (FollowUpStatus.planned, FollowUpStatus.held)


def _value_now(memory: Memory, customer: Customer, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    """Of somebody the night has not classed yet."""
    return next((one.value for one in decide(memory, settings, now, [customer.id])), {})


def _why(memory: Memory, customer: Customer, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    (standing,) = read_standings(memory, settings, now, [customer.id])
    choice, grounds = standing.choice, standing.grounds
    changes = tiers.list_changes(memory, customer.id, most=3)
    names = ("before", "after", "reason", "at", "numbers")
    return {
        "reason": customer.tier_reason,
        "choice": choice,
        "grounds": grounds,
        "numbers": grounds.numbers.to_json()["rfm"] if grounds else None,
        "rests_on": grounds.yardstick.rests_on if grounds else None,
        "next_tier": choice.next,
        "missing": list(choice.missing),
        "changes": [{name: change[name] for name in names} for change in changes],
    }


def _upcoming(row: Any, standing: reach.Standing, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    as_row = follow_ups.Row(*(row.get(name) for name in follow_ups.Row._fields))
    refused = arbiter.refuse(as_row, standing, settings, now)
    return {
        "rule": row["rule"],
        "purpose": row["purpose"],
        "due_at": row["due_at"],
        "status": row["status"],
        "reason": row["reason"],
        "blocked": refused.reason if refused else None,
    }


def _held_back(rows: list[Any]) -> list[dict[str, Any]]:
    held = [row for row in rows if row["reason"] and row["status"] in (*_OPEN, "skipped", "cancelled")]
    held.sort(key=lambda row: row["reason_at"] or row["due_at"], reverse=True)
    return [
        {
            "rule": row["rule"],
            "status": row["status"],
            "reason": row["reason"],
            "held_by": row["data"].get("held_by"),
            "at": row["reason_at"],
            "until": row["due_at"] if row["status"] in _OPEN else None,
        }
        for row in held[:HELD_BACK]
    ]


def _blocked(standing: reach.Standing, settings: BusinessSettings, now: datetime) -> Reason | None:
    """As if a message of marketing were due: what would refuse it."""
    if standing.chat_id is None:
        return Reason.no_chat
    if standing.status != "active":
        return Reason.stopped if standing.status == "stopped" else Reason.unreachable
    granted = standing.consents.get(Purpose.marketing)
    if granted is None:
        return Reason.consent_missing
    return None if granted else Reason.consent_refused
