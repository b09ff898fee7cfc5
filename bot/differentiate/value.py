"""Differentiating a whole customer base: what the command `differentiate` does, a transaction a batch."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from bot.config.sections import BusinessSettings
from bot.differentiate.tiers import BATCH, class_anew, count_all
from storage import tiers
from storage.database import Database


def differentiate_all(
    database: Database, settings: BusinessSettings, now: datetime, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Class everybody anew: {"customers", "changed", "model", "tiers", "groups", "seconds"}.

    `model` is None until lifetime value is modelled. `progress` is told how many customers each batch had.
    """
    started = time.perf_counter()
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
    return {"customers": customers, "changed": changed, "model": None, **counts, "seconds": seconds}
