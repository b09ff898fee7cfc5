"""One person, however they reach us: a phone they show to be theirs brings the history kept under it."""

from __future__ import annotations

from datetime import datetime

from storage import customers, events, merging
from storage.database import Memory
from storage.models import Customer, CustomerStatus, Tier


def link_phone(memory: Memory, customer: Customer, phone: str, now: datetime) -> str:
    """Make an E.164 number this customer's. Telegram vouches that it is.

    `linked`, or `known` (it was already), or `merged` (it was somebody's whom we never met in Telegram: their
    history is now this customer's), or `taken` (it is that of another Telegram user: nothing is changed).
    """
    owner = customers.find(memory, "phone", phone)
    if owner is None:
        customers.link(memory, customer.id, "phone", phone, now)
        return "linked"
    if owner.id == customer.id:
        return "known"
    if customers.find_telegram_id(memory, owner.id) is not None:
        return "taken"
    merge(memory, into=customer, other=owner, now=now)
    return "merged"


def merge(memory: Memory, *, into: Customer, other: Customer, now: datetime) -> None:
    """All that is known under `other` becomes `into`'s; `other` is gone. What `into` stated of itself stands."""
    into.lead_source = into.lead_source or other.lead_source
    into.city = into.city or other.city
    into.tags = [*into.tags, *(tag for tag in other.tags if tag not in into.tags)]
    into.quiet_from, into.quiet_to = (
        (into.quiet_from, into.quiet_to) if into.quiet_from else (other.quiet_from, other.quiet_to)
    )
    into.time_zone = into.time_zone or other.time_zone
    into.created_at = min(into.created_at, other.created_at)
    if into.tier == Tier.new:
        into.tier, into.tier_reason, into.tier_set_by = other.tier, other.tier_reason, other.tier_set_by
        into.tier_until, into.tier_below_since = other.tier_until, other.tier_below_since
        into.group, into.value = other.group, other.value
    if other.status == CustomerStatus.stopped:
        into.status = CustomerStatus.stopped  # a stop holds however they reach us
    number = other.id
    merging.move(memory, source=number, target=into.id)
    events.add(memory, into.id, "merged", at=now, reference=str(number))
