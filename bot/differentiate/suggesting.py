"""Segments proposed from what customers do: read from the database, found by `clusters`, in words that can be saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from babel.numbers import get_currency_precision

from bot.config.sections import BusinessSettings
from bot.differentiate import segments
from bot.differentiate.clusters import STABLE, Behaviour, find_groups
from storage import catalogue, figures, tastes
from storage import segments as stored
from storage.database import Memory

SAMPLE = 5000  # customers looked at; of more, every so-many-th


def suggest_segments(memory: Memory, settings: BusinessSettings, now: datetime) -> dict[str, Any]:
    """Groups that customers fall into: {"stability", "stable", "of", "groups": [{"condition", "customers", "precision",
    "recall"}]}, `customers` as many as the condition finds now. No groups where halves of the customers disagree."""
    buyers = figures.load_buyers(memory, SAMPLE)
    found = find_groups(_read_behaviour(memory, buyers, settings, now))
    groups = [
        {
            "condition": group.condition,
            "customers": stored.count(
                memory, segments.read(memory, group.condition, settings), segments.view(memory, settings, now)
            ),
            "precision": group.precision,
            "recall": group.recall,
        }
        for group in found.groups
    ]
    return {"stability": found.stability, "stable": found.stability >= STABLE, "of": len(buyers), "groups": groups}


def _read_behaviour(
    memory: Memory, buyers: Sequence[figures.Bought], settings: BusinessSettings, now: datetime
) -> Behaviour:
    scale = 10 ** get_currency_precision(settings.business.currency)
    places = {one.customer_id: place for place, one in enumerate(buyers)}
    kinds = {item.sku: item.category for item in catalogue.list_items(memory)}
    categories = tuple(sorted(set(kinds.values())))
    columns = {category: place for place, category in enumerate(categories)}
    bought = np.zeros((len(buyers), len(categories)))
    for one in tastes.load_taken(memory, until=now):
        if one.customer_id in places and one.sku in kinds:
            bought[places[one.customer_id], columns[kinds[one.sku]]] += one.times
    return Behaviour(
        np.array([one.orders for one in buyers], dtype=np.float64),
        np.array([one.spent / scale for one in buyers], dtype=np.float64),
        np.array([(now - one.last_order_at) / timedelta(days=1) for one in buyers], dtype=np.float64),
        bought,
        categories,
    )
