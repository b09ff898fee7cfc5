"""Choosing a tier and a group from the numbers of one customer, the yardstick, and what they had until now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import get_currency_precision

from bot.config.worth import Threshold
from bot.config.worth import Tiers as TierSettings
from bot.differentiate.numbers import Numbers
from bot.differentiate.yardstick import UNMEASURED, Yardstick
from storage.models import Tier

RANK = {Tier.new: 0, Tier.C: 1, Tier.B: 2, Tier.A: 3}
SETTLED = timedelta(hours=12)  # a tier given less long ago is none that anybody relies on yet
HALF = 0.5  # of the chance to be a customer still: whoever is less likely one is not called growable


@dataclass(frozen=True, slots=True)
class Choice:
    """A tier, and what decided: which rule, and what it asks."""

    tier: Tier
    why: str
    """`earned`, `below` (of `next`), `too_few` orders for any tier, `not_profiled`; or, of a tier held already, `band`
    (a little below what earns it) or `grace` (further below, `since`: becomes `falls_to` unless that changes)."""
    next: Tier | None
    """The tier above; with `grace` the tier itself."""
    missing: tuple[str, ...] = ()
    """What `next` asks and is not there: orders, spent, recency; or value."""
    rule: str = "rfm"
    """`value` or `rfm`."""
    since: datetime | None = None
    falls_to: Tier | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"since": self.since.isoformat() if self.since else None}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Choice:
        known = {name: stored[name] for name in cls.__slots__ if name in stored}
        tiers = {name: Tier(known[name]) for name in ("tier", "next", "falls_to") if known.get(name)}
        since = datetime.fromisoformat(known["since"]) if known.get("since") else None
        return cls(**known | tiers | {"missing": tuple(known["missing"]), "since": since})


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a tier is chosen from, and explained with."""

    numbers: Numbers
    yardstick: Yardstick = UNMEASURED


@dataclass(frozen=True, slots=True)
class Held:
    """The tier until now, when it was given, since when its holder is below what keeps it, and when that was last seen."""

    tier: Tier
    below_since: datetime | None = None
    seen_at: datetime | None = None
    given_at: datetime | None = None


def choose_tier(numbers: Numbers, tiers: TierSettings, yardstick: Yardstick = UNMEASURED) -> Choice:
    """The highest tier that is earned; C where none is; new with too few orders ever."""
    rule = "value" if _is_valued(numbers, yardstick) else "rfm"
    if numbers.orders_ever < tiers.min_orders:
        return Choice(Tier.new, "too_few", Tier.C, ("orders",), rule)
    missing_a = find_missing(Tier.A, numbers, tiers, yardstick)
    if not missing_a:
        return Choice(Tier.A, "earned", None, (), rule)
    missing_b = find_missing(Tier.B, numbers, tiers, yardstick)
    if not missing_b:
        return Choice(Tier.B, "earned", Tier.A, missing_a, rule)
    return Choice(Tier.C, "below", Tier.B, missing_b, rule)


def keep_tier(
    earned: Choice, held: Held, numbers: Numbers, tiers: TierSettings, yardstick: Yardstick, now: datetime
) -> Choice:
    """Against flapping: a tier falls when it was below the band for the whole grace period. Rising is at once.

    Where nobody looked for longer than that, the period counts as over. Nothing is kept of what was given only just, as
    while files are imported one by one; nor, looking back, of what came later.
    """
    looks_back = held.seen_at is not None and held.seen_at > now
    just_given = held.given_at is not None and now - held.given_at < SETTLED
    if not falls(held.tier, earned) or looks_back or just_given:
        return earned
    kept = next(tier for tier in _downwards(held.tier, earned.tier) if _is_kept(tier, numbers, tiers, yardstick))
    missing = find_missing(held.tier, numbers, tiers, yardstick)
    if kept == held.tier:
        above = Tier.A if kept == Tier.B else None
        return Choice(kept, "band", above, missing, earned.rule)
    since = held.below_since or (now - tiers.grace if _was_unwatched(held, tiers.grace, now) else now)
    if now - since < tiers.grace:
        return Choice(held.tier, "grace", held.tier, missing, earned.rule, since, kept)
    if kept == earned.tier:
        return earned
    return Choice(kept, "band", held.tier, missing, earned.rule)


def falls(held: Tier, earned: Choice) -> bool:
    """Whether what is earned now is less; from C to new nobody falls, orders are taken out."""
    return RANK[held] > RANK[earned.tier] and earned.tier != Tier.new


def _downwards(highest: Tier, lowest: Tier) -> Iterator[Tier]:
    return (tier for tier in (Tier.A, Tier.B, Tier.C) if RANK[lowest] <= RANK[tier] <= RANK[highest])


def _is_kept(tier: Tier, numbers: Numbers, tiers: TierSettings, yardstick: Yardstick) -> bool:
    return not find_missing(tier, numbers, tiers, yardstick, slack=tiers.band)


def _was_unwatched(held: Held, grace: timedelta, now: datetime) -> bool:
    return held.seen_at is not None and now - held.seen_at > grace


def find_missing(
    tier: Tier, numbers: Numbers, tiers: TierSettings, yardstick: Yardstick = UNMEASURED, *, slack: float = 0.0
) -> tuple[str, ...]:
    """What A or B asks and is not there, asking less by this share; nothing is asked of C."""
    if tier not in (Tier.A, Tier.B):
        return ()
    if _is_valued(numbers, yardstick):
        least = begins_at(tier, yardstick)
        return () if (numbers.counted or 0) >= least - abs(least) * slack else ("value",)
    threshold = tiers.A if tier == Tier.A else tiers.B
    return tuple(name for name, holds in _hold(numbers, threshold, slack).items() if not holds)


def begins_at(tier: Tier, yardstick: Yardstick) -> int:
    """The present value that earns A or B, in minor units; 0 where tiers are not by value."""
    return (yardstick.A if tier == Tier.A else yardstick.B) or 0


def _is_valued(numbers: Numbers, yardstick: Yardstick) -> bool:
    return yardstick.by_value and numbers.present_value is not None


def _hold(numbers: Numbers, threshold: Threshold, slack: float) -> dict[str, bool]:
    share = 1 - slack
    scale = 10 ** get_currency_precision(numbers.currency)
    return {
        "orders": numbers.orders >= threshold.orders * share,
        "spent": numbers.spent >= float(threshold.spent) * scale * share,
        "recency": numbers.recency is not None and numbers.recency <= threshold.within * (1 + slack),
    }


def choose_group(
    numbers: Numbers, choice: Choice, yardstick: Yardstick, share: float | None = None, low_share: float = 0.0
) -> str:
    """BZ: costs more than they bring; MVC: the most valuable; MGC: the most growable; steady: the rest, and newcomers.

    `share` is how much of what they buy is ours, as they say. Where tiers are not by value, MVC are those of tier A,
    and only a share below `low_share` makes MGC.
    """
    known = choice.why not in ("too_few", "not_profiled")
    if (numbers.counted or 0) < 0 or (known and numbers.present_value is None and numbers.brought < 0):
        return "BZ"
    if not known:
        return "steady"
    if yardstick.most_valuable is None:
        is_valuable = choice.tier == Tier.A
    else:
        is_valuable = (numbers.counted or 0) >= yardstick.most_valuable
    if is_valuable:
        return "MVC"
    is_here = numbers.alive is None or numbers.alive >= HALF
    buys_elsewhere = share is not None and share < low_share
    grows = yardstick.growable is not None and numbers.unrealised >= yardstick.growable
    return "MGC" if is_here and (buys_elsewhere or grows) else "steady"
