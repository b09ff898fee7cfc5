"""A tier set by hand: kept, for good or until its end, whatever the numbers say; and given back to them."""

from __future__ import annotations

from datetime import datetime

from bot.config.sections import BusinessSettings
from bot.differentiate.tiers import class_anew
from storage import tiers as stored
from storage.database import Memory
from storage.models import Customer, Tier


def override_tier(
    memory: Memory, customer: Customer, tier: str, reason: str, staff_id: int, now: datetime,
    until: datetime | None = None,
) -> bool:  # fmt: skip
    """Set a tier by hand; classing leaves it alone until then, or `release_tier`. Raises ValueError for no tier.

    `reason` is what the member of staff gave, stored as it is. False: the customer switched profiling off, and
    nothing was changed.
    """
    memory.flush()
    if not stored.is_profiled(memory, customer.id):
        return False
    numbers = {"by": "staff", "until": until.isoformat() if until else None}
    one = stored.Decided(
        customer.id, customer.tier, Tier(tier), reason, customer.value, numbers, staff_id, until, group=customer.group
    )
    stored.write(memory, [one], now, staff_id=staff_id)
    return True


def release_tier(memory: Memory, customer: Customer, settings: BusinessSettings, now: datetime) -> None:
    """Take an override back and class the customer by their numbers again, at once."""
    customer.tier_set_by, customer.tier_until = None, None
    memory.flush()
    class_anew(memory, settings, now, [customer.id], keep=False)
