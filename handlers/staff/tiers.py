"""/tier: a tier set by hand, with the reason; `auto` gives it back to the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bot.customize.messages import Button
from bot.differentiate.tiers import override_tier, release_tier
from bot.identify import consents
from handlers.staff.access import FAILED, Deed, acknowledge, answer, member_of, redraw, reply, staff_only
from handlers.staff.choosing import choose, name_of, pressed_customer
from handlers.visit import Visit
from storage.models import Customer, Purpose

TIERS = {"a": "A", "b": "B", "c": "C", "new": "new", "auto": "auto"}
LONGEST = 300


class Asked(NamedTuple):
    """/tier's arguments."""

    key: str
    tier: str  # A, B, C, new or auto
    reason: str


@staff_only()
def tier(visit: Visit) -> Deed:
    asked = read_tier(visit.said.arguments)
    if asked is None:
        reply(visit, "staff/usage", command="tier")
        return FAILED
    customer = choose(visit, asked.key, "tier_for", tier=asked.tier, reason=asked.reason)
    return FAILED if customer is None else _set(visit, customer, asked.tier, asked.reason)


@staff_only()
def tier_for(visit: Visit) -> Deed:
    customer = pressed_customer(visit)
    values = visit.pressed.values if visit.pressed else {}
    return FAILED if customer is None else _set(visit, customer, values["tier"], values["reason"])


def read_tier(arguments: str) -> Asked | None:
    """KEY A|B|C|new reason…, or KEY auto. An override without its reason is none."""
    words = arguments.replace('"', " ").split()
    at = next((place for place in range(1, len(words)) if words[place].lower() in TIERS), None)
    if at is None:
        return None
    asked = Asked(" ".join(words[:at]), TIERS[words[at].lower()], " ".join(words[at + 1 :])[:LONGEST])
    return asked if asked.reason or asked.tier == "auto" else None


def _set(visit: Visit, customer: Customer, wanted: str, reason: str) -> Deed:
    memory = visit.memory
    if not consents.is_granted(memory, customer.id, Purpose.profiling):
        answer(visit, "staff/not_profiled", **name_of(customer))
        return FAILED
    before = {"tier": customer.tier, "reason": customer.tier_reason, "set_by": customer.tier_set_by}
    if wanted == "auto":
        release_tier(memory, customer, visit.settings, visit.now)
    else:
        override_tier(memory, customer, wanted, reason, member_of(visit).id, visit.now)
    memory.flush()
    memory.refresh(customer)
    visit.outcome.planned = True
    undo = Button("undo_tier", "undo", {"customer_id": customer.id, **before})
    answer(
        visit, "staff/tier_set", buttons=[[undo]], **name_of(customer), before=before["tier"],
        reason=customer.tier_reason, automatic=wanted == "auto",
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
        override_tier(visit.memory, customer, before["tier"], before["reason"], before["set_by"], visit.now)
    visit.memory.flush()
    visit.memory.refresh(customer)
    visit.outcome.planned = True
    redraw(visit, "staff/tier_undone", **name_of(customer), reason=customer.tier_reason)
    return Deed(about=customer.id)


COMMANDS: dict[str, Callable[[Visit], None]] = {"tier": tier}
PRESSES: dict[str, Callable[[Visit], None]] = {"tier_for": tier_for, "undo_tier": undo_tier}
