"""Bulletins: one follow-up for each partner, so that the arbiter judges each and each is told once."""

from __future__ import annotations

from datetime import datetime

from bot.config.sections import BusinessSettings
from bot.customize.arbiter import refuse
from bot.customize.rules import find_rule_named
from storage import follow_ups, partners, reach
from storage.bulletins import RULE
from storage.database import Memory
from storage.follow_ups import Plan, Row
from storage.models import Bulletin, FollowUpStatus


def is_on(settings: BusinessSettings) -> bool:
    """Whether the business has the rule; without it nothing would go out."""
    return find_rule_named(settings, RULE) is not None


def count_readers(memory: Memory, settings: BusinessSettings, now: datetime) -> tuple[int, int]:
    """To how many partners a bulletin of now would go, as things are with them; and how many others there are."""
    rule = find_rule_named(settings, RULE)
    everybody = sorted(partners.list_ids(memory))
    if rule is None:
        return 0, len(everybody)
    standings = reach.load(memory, everybody, since=now)
    rows = [
        Row(0, one, RULE, "", rule.purpose, now, now, now + rule.valid_for, FollowUpStatus.planned, None, {}, None)
        for one in everybody
    ]
    count = sum(refuse(row, standings[row.customer_id], settings, now) is None for row in rows)
    return count, len(everybody) - count


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
