"""The learning relationship: how much is known of customers, contact by contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from bot.config.sections import BusinessSettings
from storage import learning
from storage.database import Memory
from storage.learning import Known

NUMBERS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144)  # of the customer's own contacts
FEWEST = 3  # customers with so many, below which quartiles say nothing


def follow_learning(memory: Memory, settings: BusinessSettings, now: datetime) -> dict[str, Any] | None:
    """{"asked": kinds of facts that questions ask for, "steps": [{"contacts", "customers", "lower", "median", "upper",
    "mean", "asked_known"}]}: facts that held after so many contacts, of customers who had as many; quartiles, and the
    share of the asked kinds that were known. None while there are too few customers."""
    asked = sorted({question.fills for question in settings.questions.list})
    stale = settings.questions.stale_after
    fresh = {kind: span for kind, span in stale if isinstance(span, timedelta) and span}
    found = learning.count_known(memory, NUMBERS, until=now, fresh=fresh, asked=asked)
    groups = [(number, list(rows)) for number, rows in groupby(found, key=lambda one: one.contact)]
    steps = [_sum_up(number, rows, len(asked)) for number, rows in groups]
    shown = [step for step in steps if step["customers"] >= FEWEST]
    return {"asked": asked, "steps": shown} if shown else None


def _sum_up(number: int, rows: Sequence[Known], asked: int) -> dict[str, Any]:
    facts = np.repeat([row.facts for row in rows], [row.customers for row in rows])
    lower, median, upper = (float(quartile) for quartile in np.quantile(facts, (0.25, 0.5, 0.75)))
    kinds = sum(row.kinds for row in rows)
    return {
        "contacts": number, "customers": len(facts), "lower": lower, "median": median, "upper": upper,
        "mean": round(float(facts.mean()), 2),
        "asked_known": round(kinds / (asked * len(facts)), 3) if asked else None,
    }  # fmt: skip
