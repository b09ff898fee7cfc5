"""Follow-ups: one tick of their life, and the way in for the rest of the program.

Everything due is a row compared with `now`; nothing here reads a clock. `planning` makes rows of events,
`arbiter` says what may go, `judging` sends it, `rules` has the dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from bot.clock import next_local
from bot.config.sections import BusinessSettings
from bot.customize.judging import Judged, cancel_for, judge_due, recheck
from bot.customize.planning import BATCH, plan
from bot.customize.returning import reconcile
from bot.customize.wording import Wording
from bot.differentiate.tiers import class_anew
from bot.interact import life_changes
from storage import events, follow_ups, meta, tiers
from storage.database import Memory
from storage.follow_ups import next_due as next_follow_up_at
from storage.follow_ups import status_of
from storage.outbox import Queued

__all__ = [
    "Judged", "Ticked", "cancel_for", "judge_due", "next_due", "next_follow_up_at", "plan", "recheck", "reconcile",
    "status_of", "tick",
]  # fmt: skip

NIGHT = time(3, 30)  # in the business's time zone: after midnight's dates, before anybody is up
NIGHTLY_AT = "nightly_at"  # meta: when the next night's work is due
NIGHTLY_AFTER = "nightly_after"  # meta: the last customer done of a night under way
NIGHT_BATCH = 500
MOST = 100  # follow-ups judged in one transaction


@dataclass(slots=True)
class Ticked:
    """What one tick did. `more`: there is more to do at once; tick again."""

    queued: list[Queued] = field(default_factory=list)
    more: bool = False
    counts: dict[str, int] = field(default_factory=dict)


def tick(
    memory: Memory, settings: BusinessSettings, wording: Wording, now: datetime, *, night_batch: int = NIGHT_BATCH
) -> Ticked:
    """Plan from what happened, do a batch of the night's work if it is due, judge what is due. One transaction."""
    planned = plan(memory, settings, now)
    night = _work_at_night(memory, settings, now, night_batch)
    judged = judge_due(memory, settings, wording, now, MOST)
    more = planned == BATCH or night or sum(judged.counts.values()) >= MOST or _has_waiting(memory)
    return Ticked(judged.queued, more, dict(judged.counts))


def next_due(memory: Memory, settings: BusinessSettings, now: datetime) -> datetime:
    """When there is something to do next: a follow-up, the night's work, or at once for waiting events."""
    if _has_waiting(memory) or meta.read(memory, NIGHTLY_AFTER, 0):
        return now
    times = [read_nightly_at(memory) or now, follow_ups.next_due(memory)]
    return min(at for at in times if at is not None)


def _work_at_night(memory: Memory, settings: BusinessSettings, now: datetime, most: int) -> bool:
    """Class anew and put plans right, a batch of customers a call; True while more of the night's work is left."""
    nightly_at = read_nightly_at(memory)
    if nightly_at is None:
        _plan_night(memory, settings, now)
        return False
    if now < nightly_at:
        return False
    after = int(meta.read(memory, NIGHTLY_AFTER, 0))
    batch = tiers.list_customer_ids(memory, after=after, most=most)
    if batch:
        class_anew(memory, settings, now, batch)
        life_changes.come_of_age(memory, batch, now, settings.business.time_zone)
        reconcile(memory, settings, now, batch)
    if len(batch) == most:
        meta.write(memory, NIGHTLY_AFTER, batch[-1])
        return True
    meta.write(memory, NIGHTLY_AFTER, 0)
    _plan_night(memory, settings, now)
    return False


def _plan_night(memory: Memory, settings: BusinessSettings, now: datetime) -> None:
    meta.write(memory, NIGHTLY_AT, next_local(now, NIGHT, settings.business.time_zone).isoformat())


def read_nightly_at(memory: Memory) -> datetime | None:
    stored: Any = meta.read(memory, NIGHTLY_AT)
    return datetime.fromisoformat(stored) if isinstance(stored, str) else None


def _has_waiting(memory: Memory) -> bool:
    return bool(events.list_waiting(memory, 1))
