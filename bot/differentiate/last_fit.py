"""The forecast that was fitted last, as it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import meta
from storage.database import Memory

if TYPE_CHECKING:
    from bot.differentiate.forecast import Forecast

KEY = "model:value"  # in meta


def save(memory: Memory, forecast: Forecast | None) -> None:
    meta.write(memory, KEY, forecast.to_json() if forecast else {})


def load(memory: Memory) -> Forecast | None:
    stored = meta.read(memory, KEY)
    if not stored:
        return None
    from bot.differentiate.forecast import Forecast  # SciPy takes half a second, and a new business needs none of it

    return Forecast.from_json(stored)
