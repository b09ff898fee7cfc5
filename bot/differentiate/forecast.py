"""What customers will bring: a model fitted to what they bought, checked on the business's own last weeks, and put to use.

Whether customers leave after an order (BG/NBD), at any time (Pareto/NBD) or between, the last weeks say (`leaving`). Where
BG/NBD does not fit (no maximum; more than twice, or less than half, of what the last weeks brought) everybody's own
rate is used instead, and the forecast says so. With few customers who came back, a prior steadies the fit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.config.sections import BusinessSettings
from bot.differentiate.leaving import AnytimeRate, Blend, choose_share, fit_anytime_rate
from bot.differentiate.lifetime import (
    Floats,
    OwnRate,
    Purchases,
    Rate,
    Spend,
    fit_own_rate,
    fit_rate,
    fit_spend,
)
from storage import partners as stored_partners
from storage import purchases
from storage.database import Memory
from storage.purchases import Bought, day_of

FEW = 100  # customers with a repeat order: fewer, and the prior is used
PRIOR = 10.0  # its weight, in customers
CHECKED = 1 / 3  # of the time since the first order is what the fit is checked on …
LONGEST_CHECK = 91  # … but no more days
SHORTEST = 28  # days: a younger business has no check
WRONG = 2.0  # times: a forecast further from what came than this is not used
LEAST_ORDERS = 20  # in the checked weeks, of forecast and actual together: of fewer nothing can be said
STEPS = 12  # parts of the horizon, each discounted from its middle
YEAR = 365.0
HOWS = {0.0: "bg_nbd", 0.5: "bg_and_pareto_nbd", 1.0: "pareto_nbd"}  # by the share of Pareto/NBD
Model = Rate | Blend | OwnRate


@dataclass(frozen=True, slots=True)
class Check:
    """Orders of the last `days`, as a fit of all before them forecast them, with what `share` of Pareto/NBD did best."""

    days: int
    predicted: float
    actual: int
    share: float = 0.0

    @property
    def is_wrong(self) -> bool:
        low, high = sorted((self.predicted, float(self.actual)))
        return self.predicted + self.actual >= LEAST_ORDERS and high > WRONG * low


class Expected(NamedTuple):
    """Of one customer within the horizon."""

    orders: float
    alive: float | None  # the chance that they still buy; None where that is not modelled
    present: float  # what they will spend, in today's money and minor units


@dataclass(frozen=True, slots=True)
class Forecast:
    """`how`: see `HOWS`, or bg_nbd_with_prior or own_rate; `why` says what spoke against. `until` is a UTC day."""

    how: str
    orders: Model
    spend: Spend
    until: int
    customers: int
    check: Check | None = None
    why: str = ""
    partner_spend: Spend | None = None
    """Of partners, whose orders are of another size; `spend` is then everybody else's."""

    def to_json(self) -> dict[str, Any]:
        """The shape of `differentiate --json`; `alpha` is in weeks, `v` in minor units. BG/NBD's parameters come first."""
        both = self.orders if isinstance(self.orders, Blend) else None
        orders = asdict(both.rate if both else self.orders)
        known = {name: orders.get(name) for name in ("r", "alpha", "a", "b", "log_likelihood", "scale")}
        return {
            **known,
            "p": self.spend.p, "q": self.spend.q, "v": self.spend.v,
            "converged": bool(orders.get("converged")),
            "pareto_nbd": {**asdict(both.anytime), "share": both.share} if both else None,
            "spend_converged": self.spend.converged,
            "how": self.how, "why": self.why, "until": self.until, "customers": self.customers,
            "check": asdict(self.check) if self.check else None,
            "partner_spend": asdict(self.partner_spend) if self.partner_spend else None,
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Forecast:
        orders: Model
        if stored["how"] == "own_rate":
            orders = OwnRate(stored["r"], stored["alpha"], stored["scale"])
        else:
            orders = Rate(*(stored[name] for name in ("r", "alpha", "a", "b", "log_likelihood", "converged")))
            if other := stored.get("pareto_nbd"):
                anytime = AnytimeRate(**{name: value for name, value in other.items() if name != "share"})
                orders = Blend(orders, anytime, other["share"])
        spend = Spend(stored["p"], stored["q"], stored["v"], stored["spend_converged"])
        check = Check(**stored["check"]) if stored["check"] else None
        theirs = Spend(**stored["partner_spend"]) if stored.get("partner_spend") else None
        return cls(stored["how"], orders, spend, stored["until"], stored["customers"], check, stored["why"], theirs)

    def predict(self, bought: Sequence[Bought], days: float, until: int | None = None) -> Floats:
        """Orders of each in the days after `until` (the forecast's own)."""
        rows = count(bought, self.until if until is None else until)
        return self.orders.expected(days / 7, rows.x, rows.t_x, rows.T)[rows.inverse]

    def expect(
        self, bought: Sequence[Bought], settings: BusinessSettings, now: datetime, partners: Collection[int] = ()
    ) -> list[Expected]:
        """Of each, within the horizon of the settings; `partners` are those of them who are."""
        if not bought:
            return []
        rows = count(bought, day_of(now))
        spent = self._expect_spending(bought, partners)
        orders, present = _discounted(self.orders, rows, settings)
        alive = self.orders.alive(rows.x, rows.t_x, rows.T)[rows.inverse]
        return [
            Expected(round(orders_of_one, 2), None if alive_one != alive_one else round(alive_one, 3), worth_of_one)
            for orders_of_one, alive_one, worth_of_one in zip(
                orders[rows.inverse].tolist(), alive.tolist(), (present[rows.inverse] * spent).tolist(), strict=True
            )
        ]

    def _expect_spending(self, bought: Sequence[Bought], partners: Collection[int]) -> Floats:
        """On an order of each."""
        x, means = _spending(bought)
        spent = self.spend.expected(x, means)
        if self.partner_spend is None or not partners:
            return spent
        theirs = np.array([one.customer_id in partners for one in bought])
        return np.where(theirs, self.partner_spend.expected(x, means), spent)


def _discounted(model: Model, rows: Purchases, settings: BusinessSettings) -> tuple[Floats, Floats]:
    """Orders within the horizon, and the same weighed by what an order then is worth today."""
    days = settings.value.horizon / timedelta(days=1)
    before = np.zeros(len(rows.x))
    present = np.zeros(len(rows.x))
    for step in range(1, STEPS + 1):
        until = model.expected(days * step / STEPS / 7, rows.x, rows.t_x, rows.T)
        years = days * (step - 0.5) / STEPS / YEAR
        present += (until - before) / (1.0 + settings.value.discount_rate) ** years
        before = until
    return before, present


def count(bought: Sequence[Bought], until: int) -> Purchases:
    """What the model is fitted to, until that day."""
    table = _columns(bought)
    return Purchases.of(table[:, 1] - 1, table[:, 3] - table[:, 2], np.maximum(until, table[:, 3]) - table[:, 2])


def _columns(bought: Sequence[Bought]) -> NDArray[np.int64]:
    return np.array(bought, dtype=np.int64).reshape(-1, len(Bought._fields))


def _spending(bought: Sequence[Bought]) -> tuple[Floats, Floats]:
    table = _columns(bought)
    x = (table[:, 1] - 1).astype(float)
    spent = np.maximum(table[:, 4], 0).astype(float)
    return x, np.divide(spent, x, out=np.zeros(len(x)), where=x > 0)


def fit(memory: Memory, settings: BusinessSettings, until: datetime) -> Forecast | None:
    """Of all orders until then. None where nobody came back yet: there is nothing to go by."""
    currency = settings.business.currency
    bought = purchases.load(memory, until=until, currency=currency)
    last = day_of(until)
    rows = count(bought, last)
    if not bought or not rows.x.any():
        return None
    spend, partner_spend = _fit_spending(memory, bought)
    rate, how = _fit_orders(rows)
    check = _check(memory, settings, until, last - min(one.first_day for one in bought))
    why = ""
    if not rate.converged:
        why = "no best fit was found, as in a shop whose customers never leave"
    elif check is not None and check.is_wrong:
        why = f"it forecast {check.predicted:.0f} orders for the last {check.days} days, and {check.actual} came"
    if not why:
        orders: Model = rate
        if check is not None and check.share and (anytime := fit_anytime_rate(rows)).converged:
            orders, how = Blend(rate, anytime, check.share), HOWS[check.share]
        return Forecast(how, orders, spend, last, len(bought), check, partner_spend=partner_spend)
    own = _own_rate(memory, settings, until, rows, check)
    return Forecast("own_rate", own, spend, last, len(bought), check, why, partner_spend)


def _fit_spending(memory: Memory, bought: Sequence[Bought]) -> tuple[Spend, Spend | None]:
    """Of customers, and of partners by themselves: one who buys for fifty would make everybody's next order dearer."""
    partners = stored_partners.list_ids(memory)
    theirs = [one for one in bought if one.customer_id in partners] if partners else []
    if not theirs:
        return fit_spend(*_spending(bought)), None
    others = [one for one in bought if one.customer_id not in partners]
    return fit_spend(*_spending(others)), fit_spend(*_spending(theirs))


def _fit_orders(rows: Purchases) -> tuple[Rate, str]:
    """With few who came back, around what the business's own average suggests."""
    repeaters = float(rows.n[rows.x > 0].sum())
    if repeaters >= FEW:
        return fit_rate(rows), "bg_nbd"
    weekly = float(rows.n @ rows.x) / max(float(rows.n @ rows.T), 1.0)
    centre = (0.5, 0.5 / max(weekly, 1e-3), 0.8, 2.5)
    return fit_rate(rows, centre, prior=PRIOR), "bg_nbd_with_prior"


def choose_check_days(age: int) -> int:
    """How many of the last days a business of this age, in days, is checked on; 0 for none."""
    return 0 if age < SHORTEST else min(LONGEST_CHECK, int(age * CHECKED))


def _check(memory: Memory, settings: BusinessSettings, until: datetime, age: int) -> Check | None:
    days = choose_check_days(age)
    if not days:
        return None
    before = until - timedelta(days=days)
    known = purchases.load(memory, until=before, currency=settings.business.currency)
    rows = count(known, day_of(before))
    if not known or not rows.x.any():
        return None
    rate, how = _fit_orders(rows)
    came = _count_later(memory, settings, known, before, until)
    if how == "bg_nbd":
        share, predicted = choose_share(rate, rows, days / 7, came)
    else:  # too few to tell
        share, predicted = 0.0, float(rate.expected(days / 7, rows.x, rows.t_x, rows.T) @ rows.n)
    return Check(days, predicted, int(came.sum()), share)


def _count_later(
    memory: Memory, settings: BusinessSettings, known: Sequence[Bought], since: datetime, until: datetime
) -> Floats:
    """Days with an order from `since` on, of each of those who were customers by then."""
    currency = settings.business.currency
    later = {one.customer_id: one.days for one in purchases.load(memory, since=since, until=until, currency=currency)}
    return np.array([later.get(one.customer_id, 0) for one in known], dtype=float)


def _own_rate(
    memory: Memory, settings: BusinessSettings, until: datetime, rows: Purchases, check: Check | None
) -> OwnRate:
    """Everybody's own rate, scaled by what the last weeks brought of it."""
    model = fit_own_rate(rows)
    if check is None:
        return model
    before = until - timedelta(days=check.days)
    known = purchases.load(memory, until=before, currency=settings.business.currency)
    earlier = count(known, day_of(before))
    expected = float(fit_own_rate(earlier).expected(check.days / 7, earlier.x, earlier.t_x, earlier.T) @ earlier.n)
    return OwnRate(model.r, model.alpha, check.actual / expected if expected else 1.0)


def compare(
    memory: Memory, settings: BusinessSettings, forecast: Forecast, until: datetime, end: datetime
) -> dict[str, float]:
    """What it forecasts from `until` to `end`, and what came of these customers: {"predicted_orders", "actual_orders", …}."""
    currency = settings.business.currency
    bought = purchases.load(memory, until=until, currency=currency)
    predicted = forecast.predict(bought, day_of(end) - day_of(until))
    actual = _count_later(memory, settings, bought, until, end)
    return {
        "predicted_orders": round(float(predicted.sum()), 1),
        "actual_orders": int(actual.sum()),
        "mean_absolute_error": round(float(np.abs(predicted - actual).mean()), 4),
    }
