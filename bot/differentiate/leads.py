"""What winning customers cost: by lead source, who came, who bought, and the cost of each customer won."""

from __future__ import annotations

from typing import Any

from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings
from storage import leads, referrals
from storage.database import Memory

SHOWN = 20  # of those who brought customers


def report_leads(memory: Memory, settings: BusinessSettings) -> dict[str, Any]:
    """{"currency", "referrers": [{"customer_id", "name", "customers", "won", "spent", "present_value"}] (those who brought
    most), "rows": [{"name", "customers", "won", "share_won", "cost", "cost_per_lead", "cost_per_won", "spent",
    "present_value" (of those won), "expected" (of those who bought nothing yet: `prospects`)}]}: money in minor units, a cost None where config.yaml names none. A source that cost something
    and brought nobody is a row too."""
    currency = settings.business.currency
    scale = 10 ** get_currency_precision(currency)
    costs = {source.name: int(source.cost * scale) for source in settings.lead_sources}
    counted = leads.count(memory)
    nobody = [leads.Lead(name, 0, 0, 0, 0) for name in costs if name not in {one.name for one in counted}]
    referrers = [one._asdict() for one in referrals.list_referrers(memory, SHOWN)]
    return {
        "currency": currency,
        "referrers": referrers,
        "rows": [_describe(one, costs.get(one.name or "")) for one in [*nobody, *counted]],
    }


def _describe(lead: leads.Lead, cost: int | None) -> dict[str, Any]:
    return {
        "name": lead.name,
        "customers": lead.customers,
        "won": lead.won,
        "share_won": round(lead.won / lead.customers, 4) if lead.customers else None,
        "cost": cost,
        "cost_per_lead": None if cost is None or not lead.customers else round(cost / lead.customers),
        "cost_per_won": None if cost is None or not lead.won else round(cost / lead.won),
        "spent": lead.spent,
        "present_value": lead.present_value,
        "expected": lead.expected,
    }
