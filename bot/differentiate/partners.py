"""Partners: customers who buy to sell on. They are classed among themselves, and may have customers of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.config.sections import BusinessSettings
from bot.differentiate.tiers import class_anew
from storage import customers
from storage.database import Memory
from storage.models import Customer, CustomerKind


def is_partner(customer: Customer) -> bool:
    return customer.kind == CustomerKind.partner


def set_kind(memory: Memory, customer: Customer, kind: CustomerKind, settings: BusinessSettings, now: datetime) -> None:
    """From now on a person, a firm or a partner, and classed anew at once, by whom they are now compared with."""
    customer.kind = kind
    memory.flush()
    class_anew(memory, settings, now, [customer.id], keep=False)
    memory.refresh(customer)


def set_kind_of(
    memory: Memory, customer_id: int, kind: CustomerKind, settings: BusinessSettings, now: datetime
) -> dict[str, Any]:
    """The same by number: {"id", "kind", "tier", "tier_reason"}."""
    customer = memory.get_one(Customer, customer_id)
    set_kind(memory, customer, kind, settings, now)
    return {name: getattr(customer, name) for name in ("id", "kind", "tier", "tier_reason")}


def adopt(memory: Memory, customer: Customer) -> None:
    """Whoever a partner brought is that partner's customer."""
    brought_by = customers.get(memory, customer.referred_by) if customer.referred_by is not None else None
    if brought_by is not None and is_partner(brought_by) and customer.partner_id is None:
        customer.partner_id = brought_by.id


def find_hindrance(customer: Customer, partner: Customer) -> str | None:
    """Why a customer cannot be this partner's: `self` or `no_partner`."""
    if customer.id == partner.id:
        return "self"
    return None if is_partner(partner) else "no_partner"
