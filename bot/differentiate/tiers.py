"""Tiers new, A, B and C, and groups, for many customers: read, chosen, written, with the reason and the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.config import Settings
from bot.config.sections import BusinessSettings
from bot.differentiate import last_fit, prospects, worth, yardstick
from bot.differentiate.choosing import Choice, Grounds, Held, choose_group, choose_tier, falls, keep_tier
from bot.differentiate.lifecycle import choose_stage
from bot.differentiate.numbers import Numbers, Worth, read_numbers
from bot.differentiate.reasons import describe_tier
from bot.differentiate.yardstick import Yardstick
from bot.identify.erasure import erase_customer
from storage import figures, referrals
from storage import prospects as stored_prospects
from storage import tiers as stored
from storage.database import Memory
from storage.models import Stage, Tier
from storage.outbox import Queued
from storage.purchases import day_of

BATCH = 1000  # customers whose numbers are read and written at one time
GROUPS = ("MVC", "MGC", "BZ", "steady")
NOT_PROFILED = Choice(Tier.new, "not_profiled", None)


def retier(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int] | None = None
) -> dict[str, Any]:
    """Class these customers, or all, anew; returns {"customers", "changed", "tiers", "groups"}, the last two of all.

    A tier set by staff stays until its end (its value is renewed); who switched profiling off is tier `new`, without
    a value. `customer.value` is `Numbers.to_json`, with the day it is of. Many customers: see `differentiate_all`.
    """
    memory.flush()
    done = changed = 0
    for batch in _batches(memory, customer_ids):
        done += len(batch)
        changed += class_anew(memory, settings, now, batch)
    return {"customers": done, "changed": changed, **count_all(memory)}


def class_anew(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int], *, keep: bool = True
) -> int:
    """Class these, at most a batch, and who brought them, since a share of their value is counted there; returns how many
    changed tier. Without `keep`, no tier of these is kept by band or grace."""
    changed = _class(memory, settings, now, customer_ids, keep=keep)
    brought_by = referrals.list_who_brought(memory, customer_ids)
    return changed + (_class(memory, settings, now, brought_by, keep=True) if brought_by else 0)


def erase_and_class(memory: Memory, customer_id: int, now: datetime, settings: Settings) -> list[Queued] | None:
    """`identify.erasure.erase_customer`, and class anew who brought them: a share of their value was counted there."""
    brought_by = referrals.list_who_brought(memory, [customer_id])
    erased = erase_customer(memory, customer_id, now, settings)
    if brought_by:
        class_anew(memory, settings, now, brought_by)
        memory.flush()
    return erased


def _class(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int], *, keep: bool
) -> int:
    decided = decide(memory, settings, now, customer_ids, keep=keep)
    stored.write(memory, decided, now)
    figures.renew(memory, customer_ids, settings.business.currency)
    return sum(one.before != one.after for one in decided)


def count_all(memory: Memory) -> dict[str, Any]:
    """How many customers there are: {"tiers", "groups", "stages"}."""
    by_tier, by_group = stored.count_by(memory)
    by_stage = stored.count_stages(memory)
    return {
        "tiers": {tier.value: by_tier.get(tier, 0) for tier in (Tier.A, Tier.B, Tier.C, Tier.new)},
        "groups": {group: by_group.get(group, 0) for group in GROUPS},
        "stages": {stage.value: by_stage.get(stage, 0) for stage in Stage},
    }


def _batches(memory: Memory, customer_ids: Sequence[int] | None) -> Iterator[Sequence[int]]:
    if customer_ids is not None:
        ids = sorted(set(customer_ids))
        yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        return
    after = 0
    while batch := stored.list_customer_ids(memory, after=after, most=BATCH):
        yield batch
        after = batch[-1]


@dataclass(frozen=True, slots=True)
class Standing:
    """One customer as they stand: what is written of them, and what that is from."""

    stored: stored.Classed
    choice: Choice
    grounds: Grounds | None
    """None: they switched profiling off."""
    may_keep: bool = False
    """Whether the tier is one that the numbers gave, so that it may outlast them a while."""

    @property
    def is_overridden(self) -> bool:
        return self.stored.tier_set_by is not None


def read_standings(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int], *, keep: bool = True
) -> list[Standing]:
    """The tier each has or would have by the numbers as they are now; by customer id."""
    since, currency = now - settings.tiers.window, settings.business.currency
    found = stored.load(memory, customer_ids, since=since, until=now, currency=currency)
    measured = {of: yardstick.load(memory, of) for of in {yardstick.choose_for(one.kind) for one in found}}
    worths = worth.work_out(memory, settings, last_fit.load(memory), now, customer_ids)
    standings = [
        _stand(one, settings, now, worths.get(one.id), measured[yardstick.choose_for(one.kind)]) for one in found
    ]
    falling = [one for one in standings if one.may_keep and falls(Tier(one.stored.tier), one.choice)] if keep else []
    given = stored.list_given(memory, [one.stored.id for one in falling]) if falling else {}
    kept = {one.stored.id: _keep(one, settings, now, given.get(one.stored.id)) for one in falling}
    return [kept.get(one.stored.id, one) for one in standings]


def _stand(
    one: stored.Classed, settings: BusinessSettings, now: datetime, worth_of_one: Worth | None, measured: Yardstick
) -> Standing:
    """By the numbers alone."""
    ended = one.tier_until is not None and one.tier_until <= now
    if ended:
        one = one._replace(tier_set_by=None, tier_until=None)
    if not one.profiled:
        return Standing(one, NOT_PROFILED, None)
    numbers = read_numbers(one.bought, settings.business.currency, now, worth_of_one)
    choice = choose_tier(numbers, settings.tiers.of(measured.of), measured)
    return Standing(one, choice, Grounds(numbers, measured), may_keep=not ended and one.tier_set_by is None)


def _keep(standing: Standing, settings: BusinessSettings, now: datetime, given_at: datetime | None) -> Standing:
    one, grounds = standing.stored, standing.grounds
    if grounds is None:
        return standing
    held = Held(Tier(one.tier), one.below_since, _seen_at(one.value), given_at)
    tiers = settings.tiers.of(grounds.yardstick.of)
    choice = keep_tier(standing.choice, held, grounds.numbers, tiers, grounds.yardstick, now)
    return replace(standing, choice=choice)


def _seen_at(value: dict[str, Any]) -> datetime | None:
    day = value.get("as_of")
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def decide(
    memory: Memory, settings: BusinessSettings, now: datetime, customer_ids: Sequence[int], *, keep: bool = True
) -> list[stored.Decided]:
    """What `retier` would write of these customers: those alone whose row would change."""
    found = read_standings(memory, settings, now, customer_ids, keep=keep)
    trails = stored.load_trails(memory, customer_ids, until=now)
    shares = stored.list_shares(memory, customer_ids)
    hoped = _expect_of_prospects(memory, settings, now, found)
    decided = [
        _decide(one, settings, now, shares.get(one.stored.id), trails.get(one.stored.id), hoped.get(one.stored.id))
        for one in found
    ]
    return [new for one, new in zip(found, decided, strict=True) if _differs(one.stored, new)]


def _expect_of_prospects(
    memory: Memory, settings: BusinessSettings, now: datetime, found: Sequence[Standing]
) -> dict[int, dict[str, Any]]:
    """What those who bought nothing yet are expected to bring; see `prospects.Prospects.expect`."""
    waiting = [one.stored.id for one in found if one.grounds is not None and not one.grounds.numbers.orders_ever]
    if not waiting:
        return {}
    model, today, horizon = prospects.load(memory, settings), day_of(now), settings.value.horizon
    return {
        one.customer_id: model.expect(one.source, prospects.wait_of(one, today), horizon)
        for one in stored_prospects.list_all(memory, waiting)
    }


def _decide(
    standing: Standing, settings: BusinessSettings, now: datetime, share: float | None, trail: stored.Trail | None,
    hoped: dict[str, Any] | None,
) -> stored.Decided:  # fmt: skip
    one, choice, grounds = standing.stored, standing.choice, standing.grounds
    if grounds is None:
        reason = describe_tier(settings, choice, None)
        return stored.Decided(one.id, one.tier, Tier.new, reason, {}, {})
    numbers = grounds.numbers
    value = numbers.to_json() | {"stage": choose_stage(trail, now, settings.lifecycle).value} | (hoped or {})
    if numbers.orders_ever:
        value["as_of"] = f"{now.astimezone(UTC):%Y-%m-%d}"
    group = choose_group(numbers, choice, grounds.yardstick, share, settings.value.groups.low_share)
    if standing.is_overridden:
        return stored.Decided(
            one.id, one.tier, one.tier, one.tier_reason, value, {}, one.tier_set_by, one.tier_until, group=group
        )
    reason = describe_tier(settings, choice, grounds)
    told = explain_choice(choice, numbers, grounds.yardstick) if choice.tier != one.tier else {}
    return stored.Decided(
        one.id, one.tier, choice.tier, reason, value, told, below_since=choice.since, group=group
    )  # fmt: skip


def explain_choice(choice: Choice, numbers: Numbers, measured: Yardstick) -> dict[str, Any]:
    """All the numbers a tier was chosen from, for its history."""
    return {"choice": choice.to_json(), "numbers": numbers.to_json(), "yardstick": measured.to_json()}


def _differs(old: stored.Classed, new: stored.Decided) -> bool:
    before = (old.tier, old.tier_reason, old.tier_set_by, old.tier_until, old.below_since, old.group, old.value)
    return before != (new.after, new.reason, new.set_by, new.until, new.below_since, new.group, new.value)
