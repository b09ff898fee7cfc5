"""Where a customer is on their way with us, by their own rhythm: prospect, new, regular, at risk, lapsed, won back.

A rhythm of their own needs no model and no other customers; the chance that they are still a customer is `worth`'s.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.config.worth import Lifecycle
from storage.models import Stage
from storage.tiers import Trail

SHORTEST = timedelta(days=7)  # of a rhythm: who comes daily is not missed after two days
LATELY = 2  # orders after a long silence, for which somebody counts as won back


def choose_stage(trail: Trail | None, now: datetime, rules: Lifecycle) -> Stage:
    """`trail`: what they bought until now; None for nothing."""
    if trail is None:
        return Stage.prospect
    silence = now - trail.last[0]
    usual = find_rhythm(trail.first, trail.last[0], trail.orders, rules)
    if silence > rules.lapsed * usual:
        return Stage.lapsed
    if silence > rules.at_risk * usual:
        return Stage.at_risk
    if any(_returned(trail, place, rules) for place in range(LATELY)):
        return Stage.won_back
    return Stage.new if trail.orders == 1 else Stage.regular


def find_rhythm(first: datetime, last: datetime, orders: int, rules: Lifecycle) -> timedelta:
    """The time from order to order: their own mean; of one order, what is usual here."""
    return rules.usual_gap if orders < 2 else max(SHORTEST, (last - first) / (orders - 1))


def _returned(trail: Trail, place: int, rules: Lifecycle) -> bool:
    """Whether the silence before their last order but `place` was so long that they had lapsed."""
    if place + 1 >= len(trail.last):
        return False
    came, before = trail.last[place], trail.last[place + 1]
    return came - before > rules.lapsed * find_rhythm(trail.first, before, trail.orders - place - 1, rules)
