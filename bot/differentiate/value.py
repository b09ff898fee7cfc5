"""Differentiating a whole customer base: what the command `differentiate` does, a transaction a batch."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from bot.config.sections import BusinessSettings
from bot.differentiate import forecast, last_fit, prices, prospects, worth, yardstick
from bot.differentiate.forecast import Forecast
from bot.differentiate.prices import Usual
from bot.differentiate.prospects import Prospects
from bot.differentiate.tiers import BATCH, class_anew, count_all
from bot.differentiate.yardstick import Yardstick
from storage import partners as stored_partners
from storage import purchases, tiers
from storage.database import Database, Memory


class Fitted(NamedTuple):
    """What everybody is measured by."""

    model: Forecast | None
    yardstick: Yardstick
    partners: Yardstick
    discounts: Usual
    prospects: Prospects


def fit(memory: Memory, settings: BusinessSettings, now: datetime) -> Fitted:
    """The forecast, and what everybody is held against: partners by themselves. Takes its time; nothing is written:
    see `save`."""
    model = forecast.fit(memory, settings, now)
    bought = purchases.load(memory, until=now, currency=settings.business.currency)
    worths = worth.work_out(memory, settings, model, now, bought=bought)
    usual = prices.measure((one.priced, one.discounted) for one in worths.values())
    partners = stored_partners.list_ids(memory)
    theirs = [one for one in bought if one.customer_id in partners] if partners else []
    others = [one for one in bought if one.customer_id not in partners] if theirs else bought
    return Fitted(
        model,
        yardstick.measure(settings, model, others, worths),
        yardstick.measure(settings, model, theirs, worths, yardstick.PARTNERS),
        usual,
        prospects.fit(memory, settings, now, bought, worths),
    )


def save(memory: Memory, fitted: Fitted) -> None:
    last_fit.save(memory, fitted.model)
    yardstick.save(memory, fitted.yardstick)
    yardstick.save(memory, fitted.partners)
    prices.save(memory, fitted.discounts)
    prospects.save(memory, fitted.prospects)


def differentiate_all(
    database: Database,
    settings: BusinessSettings,
    now: datetime,
    *,
    progress: Callable[[int, int | None], None] | None = None,
) -> dict[str, Any]:
    """Fit the model of lifetime value, and class everybody anew: {"customers", "changed", "model", "tiers", "groups", "seconds"}.

    `model` is None until somebody came back; "yardstick" is where tiers begin and what they rest on, "partners" the
    same of partners. `progress` is told how many customers are done, and of how many.
    """
    started = time.perf_counter()
    fitted = database.read_now(partial(fit, settings=settings, now=now))
    model = fitted.model
    database.write_now(partial(save, fitted=fitted), name="differentiate")
    total = database.read_now(tiers.count_customers) if progress else None
    after = customers = changed = 0
    while batch := database.read_now(partial(tiers.list_customer_ids, after=after, most=BATCH)):
        changed += database.write_now(
            partial(class_anew, settings=settings, now=now, customer_ids=batch), name="differentiate"
        )
        after, customers = batch[-1], customers + len(batch)
        if progress:
            progress(customers, total)
    counts = database.read_now(count_all)
    seconds = round(time.perf_counter() - started, 3)
    return {
        "customers": customers,
        "changed": changed,
        "model": model.to_json() if model else None,
        "yardstick": fitted.yardstick.to_json(),
        "partners": fitted.partners.to_json(),
        **counts,
        "seconds": seconds,
    }


def look_back(database: Database, settings: BusinessSettings, until: datetime, now: datetime) -> dict[str, Any]:
    """What the orders until then would have forecast for the time since: the model, and predicted beside actual orders.

    Nothing is written.
    """
    started = time.perf_counter()

    def look(memory: Memory) -> dict[str, Any]:
        model = forecast.fit(memory, settings, until)
        compared = forecast.compare(memory, settings, model, until, now) if model else {}
        customers = model.customers if model else 0
        return {"customers": customers, "model": model.to_json() if model else None, **compared, **count_all(memory)}

    found = database.read_now(look)
    return {**found, "seconds": round(time.perf_counter() - started, 3)}
