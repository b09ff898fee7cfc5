"""/tier: a tier set by hand, with the reason and perhaps an end; `auto` gives it back to the numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import NamedTuple

from bot.clock import at_local
from bot.customize.messages import Button
from bot.differentiate.overrides import override_tier, release_tier
from bot.identify import consents
from handlers.staff.access import FAILED, Deed, acknowledge, answer, member_of, redraw, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer
from handlers.visit import Visit
from storage.models import Customer, Purpose

TIERS = {"a": "A", "b": "B", "c": "C", "new": "new", "auto": "auto"}
LONGEST = 300
UNTIL = re.compile(r"\s*(?:\buntil|直到|至|到)\s*(\d{4}-\d\d?-\d\d?)\s*$", re.IGNORECASE)


class Asked(NamedTuple):
    """/tier's arguments."""

    key: str
    tier: str  # A, B, C, new or auto
    reason: str
    until: date | None = None
    """The last day it holds."""


@staff_only()
def tier(visit: Visit) -> Deed:
    asked = read_tier(visit.said.arguments)
    until = _end_of(visit, asked.until) if asked else None
    if asked is None or (until is not None and until <= visit.now):
        reply(visit, "staff/usage", command="tier")
        return FAILED
    ends = until.isoformat() if until else None
    customer = choose(visit, asked.key, "tier_for", tier=asked.tier, reason=asked.reason, until=ends)
    return FAILED if customer is None else _set(visit, customer, asked.tier, asked.reason, until)


@staff_only()
def tier_for(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    values = visit.pressed.values if visit.pressed else {}
    if customer is None:
        return FAILED
    return _set(visit, customer, values["tier"], values["reason"], _read_end(values.get("until")))


def _end_of(visit: Visit, day: date | None) -> datetime | None:
    """The last moment of a day, where the business is."""
    return at_local(day, time(23, 59, 59), visit.settings.business.time_zone) if day else None


def _read_end(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def read_tier(arguments: str) -> Asked | None:
    """KEY A|B|C|new reason… [until DAY], or KEY auto. An override without its reason, or until no day, is none."""
    until = None
    if (found := UNTIL.search(arguments)) is not None:
        try:
            until = date(*map(int, found[1].split("-")))
        except ValueError:
            return None
        arguments = arguments[: found.start()]
    words = arguments.replace('"', " ").split()
    at = next((place for place in range(1, len(words)) if words[place].lower() in TIERS), None)
    if at is None:
        return None
    asked = Asked(" ".join(words[:at]), TIERS[words[at].lower()], " ".join(words[at + 1 :])[:LONGEST], until)
    return asked if asked.reason or asked.tier == "auto" else None


def _set(visit: Visit, customer: Customer, wanted: str, reason: str, until: datetime | None) -> Deed:
    memory = visit.memory
    if not consents.is_granted(memory, customer.id, Purpose.profiling):
        answer(visit, "staff/not_profiled", **name_of(customer))
        return FAILED
    ended = customer.tier_until.isoformat() if customer.tier_until else None
    before = {
        "tier": customer.tier, "reason": customer.tier_reason, "set_by": customer.tier_set_by, "until": ended,
    }  # fmt: skip
    if wanted == "auto":
        release_tier(memory, customer, visit.settings, visit.now)
    else:
        override_tier(memory, customer, wanted, reason, member_of(visit).id, visit.now, until)
    memory.flush()
    memory.refresh(customer)
    visit.outcome.planned = True
    undo = Button("undo_tier", "undo", {"customer_id": customer.id, **before})
    answer(
        visit, "staff/tier_set", buttons=[[undo]], **name_of(customer), before=before["tier"],
        reason=customer.tier_reason, automatic=wanted == "auto", until=customer.tier_until,
    )  # fmt: skip
    return Deed(about=customer.id)


@staff_only()
def undo_tier(visit: Visit) -> Deed:
    if visit.pressed is None or visit.now - visit.pressed.created_at > visit.settings.conversation.undo_for:
        acknowledge(visit, "press/too_late")
        return FAILED
    customer, before = pressed_customer(visit), visit.pressed.values
    if customer is None:
        return FAILED
    if before["set_by"] is None:
        release_tier(visit.memory, customer, visit.settings, visit.now)
    else:
        until = _read_end(before.get("until"))
        override_tier(visit.memory, customer, before["tier"], before["reason"], before["set_by"], visit.now, until)
    visit.memory.flush()
    visit.memory.refresh(customer)
    visit.outcome.planned = True
    redraw(visit, "staff/tier_undone", **name_of(customer), reason=customer.tier_reason)
    return Deed(about=customer.id)


COMMANDS: dict[str, Callable[[Visit], None]] = {"tier": tier}
PRESSES: dict[str, Callable[[Visit], None]] = {"tier_for": tier_for, "undo_tier": undo_tier}
