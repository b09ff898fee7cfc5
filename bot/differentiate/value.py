"""Differentiating a whole customer base: what the command `differentiate` does, a transaction a batch."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from bot.config.sections import BusinessSettings
from bot.differentiate import forecast
from bot.differentiate.tiers import BATCH, class_anew, count_all
from storage import tiers
from storage.database import Database, Memory


def differentiate_all(
    database: Database, settings: BusinessSettings, now: datetime, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Fit the model of lifetime value, and class everybody anew: {"customers", "changed", "model", "tiers", "groups", "seconds"}.

    `model` is None until somebody came back. `progress` is told how many customers each batch had.
    """
    started = time.perf_counter()
    model = database.read_now(partial(forecast.fit, settings=settings, until=now))
    database.write_now(partial(forecast.save, forecast=model), name="differentiate")
    after = customers = changed = 0
    while batch := database.read_now(partial(tiers.list_customer_ids, after=after, most=BATCH)):
        changed += database.write_now(
            partial(class_anew, settings=settings, now=now, customer_ids=batch), name="differentiate"
        )
        after, customers = batch[-1], customers + len(batch)
        if progress:
            progress(len(batch))
    counts = database.read_now(count_all)
    seconds = round(time.perf_counter() - started, 3)
    return {
        "customers": customers,
        "changed": changed,
        "model": model.to_json() if model else None,
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
