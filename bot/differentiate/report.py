"""The report on value: how customers and value lie over the tiers, who moved, who comes back, and whether the forecast holds.

Numbers only, in the shape of `report value --json`; `plots` draws them. Money is in minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from bot.config.sections import BusinessSettings
from bot.differentiate import forecast, last_fit, yardstick
from bot.differentiate.forecast import Forecast
from bot.differentiate.learning import follow_learning
from bot.differentiate.tiers import count_all
from storage import purchases, reports, sales
from storage.database import Memory
from storage.purchases import Bought, day_of

MOVED = timedelta(days=90)  # movements between tiers are of this time
TIERS = ("A", "B", "C", "new")
FREQUENCIES = (1, 2, 3, 5, 10)  # days with an order: each begins a class, the last is open
RECENCIES = 5  # classes of as many customers each, as far as days allow
MOST_ORDERS = 20  # of the grid of P(alive) at least; more where customers have more
GRID_WEEKS = 26  # steps of it
COHORTS = 12  # months
FOLLOWED = 24  # months after the first: what a table or picture has room for
DAY = timedelta(days=1)


def report_value(memory: Memory, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    """{"as_of", "business", "currency", "rests_on", "forecast", "tiers", "groups", "stages", "movements", "rfm", "alive",
    "calibration", "retention", "learning", "partners"}; None for what there is nothing to say of yet. Tiers are as they
    stand now; those of partners, who are compared with partners only, are told once more: {"rests_on", "tiers"}."""
    now, currency = now.astimezone(settings.business.time_zone), settings.business.currency
    bought = purchases.load(memory, until=now, currency=currency)
    model = last_fit.load(memory)
    counted = count_all(memory)
    return {
        "as_of": now.isoformat(),
        "business": settings.business.name,
        "currency": currency,
        "customers": len(bought),
        "rests_on": yardstick.load(memory).rests_on,
        "forecast": model.to_json() if model else None,
        "tiers": sum_tiers(memory),
        "groups": counted["groups"],
        "stages": counted["stages"],
        "movements": count_movements(memory, now),
        "rfm": cross_rfm(bought, now),
        "alive": grid_alive(model, bought, now),
        "calibration": calibrate(memory, settings, bought, now),
        "retention": follow_cohorts(memory, settings, now),
        "learning": follow_learning(memory, settings, now),
        "partners": sum_partners(memory),
    }


def sum_partners(memory: Memory) -> dict[str, Any] | None:
    """What partners' tiers rest on, and their tiers as `sum_tiers` has them; None where there is no partner."""
    tiers = sum_tiers(memory, partners=True)
    if not any(tier["customers"] for tier in tiers):
        return None
    return {"rests_on": yardstick.load(memory, yardstick.PARTNERS).rests_on, "tiers": tiers}


def sum_tiers(memory: Memory, *, partners: bool = False) -> list[dict[str, Any]]:
    """[{"tier", "customers", "value", "share_of_customers", "share_of_value"}]; values are None without a forecast."""
    found = {held.tier: held for held in reports.sum_tiers(memory, partners=partners)}
    people = sum(held.customers for held in found.values())
    total = sum(held.value or 0 for held in found.values())
    listed = []
    for tier in TIERS:
        held = found.get(tier, reports.Held(tier, 0, None))
        share = None if held.value is None or total <= 0 else round(held.value / total, 4)
        listed.append({
            "tier": tier, "customers": held.customers, "value": held.value,
            "share_of_customers": round(held.customers / people, 4) if people else 0.0, "share_of_value": share,
        })  # fmt: skip
    return listed


def count_movements(memory: Memory, now: datetime) -> dict[str, Any]:
    """{"since", "moves": [{"before", "after", "customers"}]}."""
    since = now - MOVED
    moves = reports.count_moves(memory, since, now)
    listed = [{"before": before, "after": after, "customers": count} for (before, after), count in moves.items()]
    order = {tier: place for place, tier in enumerate(TIERS)}
    return {
        "since": since.isoformat(),
        "moves": sorted(listed, key=lambda one: (order[one["before"]], order[one["after"]])),
    }


def cross_rfm(bought: Sequence[Bought], now: datetime) -> dict[str, Any] | None:
    """{"recency": [{"from", "to"}] in days, "frequency": the same in days with an order ("to" None: open),
    "customers", "spent": rows by recency, columns by frequency}; `spent` is on an average customer's repeat orders."""
    if not bought:
        return None
    table = np.array(bought, dtype=np.int64).reshape(-1, len(Bought._fields))
    days, last, spent = table[:, 1], table[:, 3], table[:, 4]
    recency = np.maximum(day_of(now) - last, 0)
    ends = sorted({int(end) for end in np.quantile(recency, np.arange(1, RECENCIES + 1) / RECENCIES, method="higher")})
    row = np.searchsorted(ends, recency)
    column = np.searchsorted(FREQUENCIES, days, side="right") - 1
    shape = (len(ends), len(FREQUENCIES))
    counted = np.zeros(shape, dtype=int)
    money = np.zeros(shape)
    np.add.at(counted, (row, column), 1)
    np.add.at(money, (row, column), spent)
    begins = [0, *(end + 1 for end in ends[:-1])]
    nexts = [*FREQUENCIES[1:], None]
    return {
        "recency": [{"from": begin, "to": end} for begin, end in zip(begins, ends, strict=True)],
        "frequency": [
            {"from": begin, "to": None if end is None else end - 1} for begin, end in zip(FREQUENCIES, nexts, strict=True)
        ],
        "customers": counted.tolist(),
        "spent": [
            [round(total / count) if count else None for total, count in zip(*line, strict=True)]
            for line in zip(money.tolist(), counted.tolist(), strict=True)
        ],
    }  # fmt: skip


def grid_alive(model: Forecast | None, bought: Sequence[Bought], now: datetime) -> dict[str, Any] | None:
    """The chance that somebody known for "weeks" is still a customer: {"weeks", "orders", "weeks_ago", "alive"}.

    `alive` has a row for each number of orders, a column for each time since the last; None where BG/NBD is not used.
    """
    if model is None or model.how == "own_rate" or not bought:
        return None
    table = np.array(bought, dtype=np.int64).reshape(-1, len(Bought._fields))
    weeks = max(float(np.quantile(day_of(now) - table[:, 2], 0.9)) / 7, 1.0)
    most = min(max(int(np.quantile(table[:, 1], 0.99)), MOST_ORDERS // 2), 2 * MOST_ORDERS)
    orders = np.arange(2, most + 1)
    ago = np.linspace(0.0, weeks, GRID_WEEKS + 1)
    x, since = (part.ravel().astype(float) for part in np.meshgrid(orders - 1, ago, indexing="ij"))
    T = np.full(len(x), weeks)
    alive = model.orders.alive(x, T - since, T).reshape(len(orders), len(ago))
    return {
        "weeks": round(weeks, 1),
        "orders": orders.tolist(),
        "weeks_ago": np.round(ago, 2).tolist(),
        "alive": np.round(alive, 3).tolist(),
    }


def calibrate(
    memory: Memory, settings: BusinessSettings, bought: Sequence[Bought], now: datetime
) -> dict[str, Any] | None:
    """The last weeks as all before them forecast them: {"since", "days", "how", "predicted", "actual", "customers",
    "mean_absolute_error", "by_orders": [{"from", "to", "customers", "predicted", "actual"} on average]}."""
    if not bought:
        return None
    days = forecast.choose_check_days(day_of(now) - min(one.first_day for one in bought))
    if not days:
        return None
    since, currency = now - days * DAY, settings.business.currency
    model = forecast.fit(memory, settings, since)
    if model is None:
        return None
    known = purchases.load(memory, until=since, currency=currency)
    later = {one.customer_id: one.days for one in purchases.load(memory, since=since, until=now, currency=currency)}
    predicted = model.predict(known, days)
    actual = np.array([later.get(one.customer_id, 0) for one in known], dtype=float)
    column = np.searchsorted(CALIBRATED, [one.days for one in known], side="right") - 1
    by_orders = []
    for place, begin in enumerate(CALIBRATED):
        chosen = column == place
        if chosen.any():
            end = CALIBRATED[place + 1] - 1 if place + 1 < len(CALIBRATED) else None
            by_orders.append({
                "from": begin, "to": end, "customers": int(chosen.sum()),
                "predicted": round(float(predicted[chosen].mean()), 3), "actual": round(float(actual[chosen].mean()), 3),
            })  # fmt: skip
    return {
        "since": since.isoformat(),
        "days": days,
        "how": model.how,
        "customers": len(known),
        "predicted": round(float(predicted.sum()), 1),
        "actual": int(actual.sum()),
        "mean_absolute_error": round(float(np.abs(predicted - actual).mean()), 4),
        "by_orders": by_orders,
    }


CALIBRATED = (1, 2, 3, 4, 5, 6, 8, 11)  # orders until then: each begins a class, the last is open


def follow_cohorts(memory: Memory, settings: BusinessSettings, now: datetime) -> dict[str, Any] | None:
    """{"cohorts": [{"month": "1997-01", "customers", "shares": of them buying in this month, the next, …}]}, the newest, for
    two years.

    Only months that are over, where the business is.
    """
    local = now.astimezone(settings.business.time_zone)
    over = local.year * 12 + local.month - 1
    ahead = clocks_ahead(settings, now)
    counted = {(one.first, one.month): one.customers for one in reports.count_returns(memory, now, ahead)}
    firsts = sorted({first for first, _ in counted if first < over})[-COHORTS:]
    if not firsts:
        return None
    return {
        "cohorts": [
            {
                "month": f"{first // 12:04d}-{first % 12 + 1:02d}",
                "customers": counted[first, first],
                "shares": [
                    round(counted.get((first, month), 0) / counted[first, first], 4)
                    for month in range(first, min(over, first + FOLLOWED + 1))
                ],
            }
            for first in firsts
        ]
    }


def clocks_ahead(settings: BusinessSettings, now: datetime) -> timedelta:
    """Of UTC where the business is, in summer where there is one: an order at midnight is then of its own day all year."""
    zone = settings.business.time_zone
    halves = (datetime(now.year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return max(offset or timedelta() for offset in halves)


def report_sales(
    memory: Memory, settings: BusinessSettings, by: str, since: datetime, until: datetime
) -> dict[str, Any]:
    """{"by", "since", "until", "currency", "rows": [{"name", "orders", "customers", "sales", "share"}]}.

    `by` is one of `storage.sales.SPLITS`; a name is None where it is not known, a month is "1997-01".
    """
    currency = settings.business.currency
    ahead = clocks_ahead(settings, until)
    sold = sales.split(memory, by, since=since, until=until, currency=currency, ahead=ahead)
    total = sum(one.sales for one in sold)
    zone = settings.business.time_zone
    return {
        "by": by,
        "since": since.astimezone(zone).isoformat(),
        "until": until.astimezone(zone).isoformat(),
        "currency": currency,
        "rows": [
            {
                "name": f"{one.name // 12:04d}-{one.name % 12 + 1:02d}" if by == sales.MONTH else one.name,
                "orders": one.orders, "customers": one.customers, "sales": one.sales,
                "share": round(one.sales / total, 4) if total > 0 else None,
            }
            for one in sold
        ],
    }  # fmt: skip
