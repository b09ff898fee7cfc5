"""Bulletins: one follow-up for each partner, so that the arbiter judges each and each is told once."""

from __future__ import annotations

from datetime import datetime

from bot.config.sections import BusinessSettings
from bot.customize.rules import find_rule_named
from storage import follow_ups, partners
from storage.bulletins import RULE
from storage.database import Memory
from storage.follow_ups import Plan
from storage.models import Bulletin


def is_on(settings: BusinessSettings) -> bool:
    """Whether the business has the rule; without it nothing would go out."""
    return find_rule_named(settings, RULE) is not None


def send(memory: Memory, bulletin: Bulletin, settings: BusinessSettings, now: datetime) -> int:
    """Plan it for everybody who is a partner now; to how many. Sending it again adds only partners who are new."""
    rule = find_rule_named(settings, RULE)
    if rule is None:
        return 0
    bulletin.sent_at = bulletin.sent_at or now
    plans = [
        Plan(partner, RULE, str(bulletin.id), rule.purpose, now, now + rule.valid_for, {"bulletin_id": bulletin.id})
        for partner in sorted(partners.list_ids(memory))
    ]
    memory.flush()
    return follow_ups.add_plans(memory, plans, now)
