"""What everybody's value is held against: where the tiers begin, measured whenever the forecast is fitted.

There are two: partners are compared with partners, and everybody else with everybody else.

Where value cannot be told, the yardstick says why, and tiers are by orders, money and recency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings
from bot.config.worth import Tiers as TierSettings
from bot.differentiate.numbers import Worth
from storage import meta
from storage.database import Memory
from storage.models import CustomerKind

if TYPE_CHECKING:
    from bot.differentiate.forecast import Forecast
    from storage.purchases import Bought

YARDSTICK = "model:yardstick"  # where it is kept
CUSTOMERS, PARTNERS = "customers", "partners"


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
    of: str = CUSTOMERS
    """Whom it is for: customers or partners."""

    @property
    def by_value(self) -> bool:
        return self.A is not None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


UNMEASURED = Yardstick("unmeasured")


def load(memory: Memory, of: str = CUSTOMERS) -> Yardstick:
    stored = meta.read(memory, _key_of(of))
    return Yardstick(**stored) if stored else replace(UNMEASURED, of=of)


def save(memory: Memory, yardstick: Yardstick) -> None:
    meta.write(memory, _key_of(yardstick.of), yardstick.to_json())


def _key_of(of: str) -> str:
    return YARDSTICK if of == CUSTOMERS else f"{YARDSTICK}:{of}"


def choose_for(kind: str) -> str:
    """Which of the two a customer of this kind is held against."""
    return PARTNERS if kind == CustomerKind.partner else CUSTOMERS


def measure(
    settings: BusinessSettings, forecast: Forecast | None, bought: Sequence[Bought], worths: Mapping[int, Worth],
    of: str = CUSTOMERS,
) -> Yardstick:  # fmt: skip
    """`bought` is of everybody of these who bought something, `worths` of them at least."""
    tiers = settings.tiers.of(of)
    rests_on = find_ground(tiers, forecast, len(bought))
    if rests_on == "misfit" and forecast is not None:
        check = asdict(forecast.check) if forecast.check and forecast.check.is_wrong else None
        return Yardstick(rests_on, len(bought), check=check, of=of)
    if rests_on not in ("model", "prior"):
        return Yardstick(rests_on, len(bought), of=of)
    ranked = [worths[one.customer_id] for one in bought if one.days >= tiers.min_orders]
    values = sorted((one.counted or 0 for one in ranked), reverse=True)
    unrealised = sorted(((one.present_value or 0) - one.brought for one in ranked), reverse=True)
    a, b = _tiers_begin(tiers, settings.business.currency, values)
    groups = settings.value.groups
    return Yardstick(
        rests_on, len(bought), a, b, _begin(values, groups.most_valuable), _begin(unrealised, groups.growable), of=of
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


def _tiers_begin(tiers: TierSettings, currency: str, values: Sequence[int]) -> tuple[int, int]:
    """Where A and B begin; B never above A."""
    a, b = tiers.value.A, tiers.value.B
    scale = 10 ** get_currency_precision(currency)
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
