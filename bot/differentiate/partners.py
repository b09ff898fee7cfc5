"""Partners: customers who buy to sell on. They are classed among themselves, and may have customers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.config.sections import BusinessSettings
from bot.differentiate.stock import Level, read_levels
from bot.differentiate.tiers import class_anew
from storage import customers, partners
from storage.database import Memory
from storage.models import Customer, CustomerKind
from storage.partners import Dealings, Own


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


def report_partners(memory: Memory, now: datetime) -> list[dict[str, Any]]:
    """Every partner, whose stock runs out first first: {"id", "name", "tier", "orders", "last_order_at", "stock": [{"sku",
    "told", "told_at", "left", "days", "daily", "by"}], "told_at", "runs_out_in_days", "runs_out", "own_customers",
    "own_spent", "open_cases"}. `left` and `days` are as of now, `by` what the pace is from; money in minor units."""
    everybody = partners.list_all(memory)
    ids = [one.id for one in everybody]
    levels = read_levels(memory, ids, now)
    dealings, own = partners.sum_dealings(memory, ids), partners.sum_own(memory, ids)
    rows = [
        _report(one, levels.get(one.id, []), dealings.get(one.id, Dealings()), own.get(one.id, Own()))
        for one in everybody
    ]
    return sorted(rows, key=_by_urgency)


def _report(partner: Customer, levels: Sequence[Level], dealings: Dealings, own: Own) -> dict[str, Any]:
    first = next((level for level in levels if level.days is not None), None)
    told = [level.told_at for level in levels if level.told_at is not None]
    return {
        "id": partner.id, "name": partner.name, "tier": partner.tier, "orders": dealings.orders,
        "last_order_at": dealings.last_order_at.isoformat() if dealings.last_order_at else None,
        "stock": [_show(level) for level in levels if level.told is not None],
        "told_at": max(told).isoformat() if told else None,
        "runs_out_in_days": None if first is None or first.days is None else round(first.days, 1),
        "runs_out": first.sku if first else None,
        "own_customers": own.customers, "own_spent": own.spent, "open_cases": dealings.open_cases,
    }  # fmt: skip


def _show(level: Level) -> dict[str, Any]:
    return {
        "sku": level.sku, "told": level.told, "told_at": level.told_at.isoformat() if level.told_at else None,
        "left": None if level.left is None else round(level.left, 1),
        "days": None if level.days is None else round(level.days, 1),
        "daily": round(level.pace.daily, 3) if level.pace else None, "by": level.pace.by if level.pace else None,
    }  # fmt: skip


def _by_urgency(row: dict[str, Any]) -> tuple[bool, float, str, int]:
    days = row["runs_out_in_days"]
    return days is None, days or 0.0, row["name"], row["id"]


def find_hindrance(customer: Customer, partner: Customer) -> str | None:
    """Why a customer cannot be this partner's: `self` or `no_partner`."""
    if customer.id == partner.id:
        return "self"
    return None if is_partner(partner) else "no_partner"
