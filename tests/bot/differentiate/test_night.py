"""The night fits the forecast before it classes anybody."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, cast

from bot.clock import Clock
from bot.differentiate import forecast
from bot.runtime.schedule import Schedule
from storage.database import Database
from tests.bot.differentiate.test_forecast import END, fill
from tests.support.follow_ups import SETTINGS, WORDING


class Hands:
    """Stands for sender, worker and leadership: leads, and has nothing to send."""

    leads = True

    def add(self, rows: list[object]) -> None:
        assert not rows


class Moved(Clock):
    at = END

    def now(self) -> datetime:
        return self.at


def test_the_night_fits_the_forecast(database: Database) -> None:
    fill(database, 60)
    clock, hands = Moved(), cast(Any, Hands())
    schedule = Schedule(SETTINGS, database, clock, WORDING, hands, hands, hands)
    asyncio.run(schedule.tick())
    assert database.read_now(forecast.load) is None  # the first tick only plans the night
    clock.at = END + timedelta(days=1)
    asyncio.run(schedule.tick())
    found = database.read_now(forecast.load)
    assert found is not None
    assert found.customers == 60
