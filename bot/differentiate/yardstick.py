"""What everybody's value is held against: where the tiers begin, measured on all customers whenever the forecast is fitted.

Where value cannot be told, the yardstick says why, and tiers are by orders, money and recency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings
from bot.config.worth import Tiers as TierSettings
from bot.differentiate.numbers import Worth
from storage import meta
from storage.database import Memory

if TYPE_CHECKING:
    from bot.differentiate.forecast import Forecast
    from storage.purchases import Bought

YARDSTICK = "model:yardstick"  # where it is kept


@dataclass(frozen=True, slots=True)
class Yardstick:
    """`rests_on` names what tiers rest on, and why not on value where they do not.

    By value: model, prior (few came back: the forecast leans on an average). By orders, money and recency: unmeasured
    (nothing was fitted yet), nothing (nobody bought), few (customers), nobody_returned, misfit (of the forecast),
    chosen (by the settings). Cut-offs are in minor units, None where tiers are not by value.
    """

    rests_on: str
    customers: int = 0
    """Who bought something."""
    A: int | None = None
    B: int | None = None
    most_valuable: int | None = None
    growable: int | None = None
    """Of what customers will bring beyond what they brought."""
    check: Mapping[str, Any] | None = None
    """Of a misfit: {"days", "predicted", "actual"}; None where no best fit was found."""

    @property
    def by_value(self) -> bool:
        return self.A is not None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


UNMEASURED = Yardstick("unmeasured")


def load(memory: Memory) -> Yardstick:
    stored = meta.read(memory, YARDSTICK)
    return Yardstick(**stored) if stored else UNMEASURED


def save(memory: Memory, yardstick: Yardstick) -> None:
    meta.write(memory, YARDSTICK, yardstick.to_json())


def measure(
    settings: BusinessSettings, forecast: Forecast | None, bought: Sequence[Bought], worths: Mapping[int, Worth]
) -> Yardstick:
    """`bought` and `worths` are of everybody who bought something."""
    rests_on = find_ground(settings.tiers, forecast, len(bought))
    if rests_on == "misfit" and forecast is not None:
        check = asdict(forecast.check) if forecast.check and forecast.check.is_wrong else None
        return Yardstick(rests_on, len(bought), check=check)
    if rests_on not in ("model", "prior"):
        return Yardstick(rests_on, len(bought))
    ranked = [worths[one.customer_id] for one in bought if one.days >= settings.tiers.min_orders]
    values = sorted((one.present_value or 0 for one in ranked), reverse=True)
    unrealised = sorted(((one.present_value or 0) - one.brought for one in ranked), reverse=True)
    a, b = _tiers_begin(settings, values)
    groups = settings.value.groups
    return Yardstick(
        rests_on, len(bought), a, b, _begin(values, groups.most_valuable), _begin(unrealised, groups.growable)
    )


def find_ground(tiers: TierSettings, forecast: Forecast | None, customers: int) -> str:
    """What tiers rest on, see `Yardstick`."""
    if tiers.by == "rfm":
        return "chosen"
    if not customers:
        return "nothing"
    if customers < tiers.min_customers:
        return "few"
    if forecast is None:
        return "nobody_returned"
    return {"bg_nbd_with_prior": "prior", "own_rate": "misfit"}.get(forecast.how, "model")


def _tiers_begin(settings: BusinessSettings, values: Sequence[int]) -> tuple[int, int]:
    """Where A and B begin; B never above A."""
    a, b = settings.tiers.value.A, settings.tiers.value.B
    scale = 10 ** get_currency_precision(settings.business.currency)
    begins_a = int(a.at_least * scale) or _begin(values, a.share)
    begins_b = int(b.at_least * scale) or _begin(values, a.share + b.share)
    return begins_a, min(begins_a, begins_b)


def _begin(values: Sequence[int], share: float) -> int:
    """The least of the best share of values, which stand largest first; more than any of them for none.

    Whoever will bring nothing is never of the best, however many are like them.
    """
    count = round(len(values) * share)
    if not count:
        return max((values[0] if values else 0) + 1, 1)
    return max(values[min(count, len(values)) - 1], 1)
