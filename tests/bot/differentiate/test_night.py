"""The night fits the forecast before it classes anybody, and compares who may be entered twice."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from bot.clock import Clock
from bot.differentiate import last_fit
from bot.identify import facts, proposals
from bot.runtime.schedule import Schedule
from storage.database import Database
from storage.duplicates import count_proposed
from tests.bot.differentiate.test_forecast import END, fill
from tests.support.follow_ups import SETTINGS, WORDING, add_customer


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
    assert database.read_now(last_fit.load) is None  # the first tick only plans the night
    clock.at = END + timedelta(days=1)
    asyncio.run(schedule.tick())
    found = database.read_now(last_fit.load)
    assert found is not None
    assert found.customers == 60


def test_of_many_customers_the_night_compares_who_has_changed_in_a_process_beside(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "MOST_AT_NIGHT", 1)
    monkeypatch.chdir(Path(__file__).parents[3])
    clock, hands = Moved(), cast(Any, Hands())

    async def night() -> None:
        schedule = Schedule(SETTINGS, database, clock, WORDING, hands, hands, hands)
        await schedule.tick()
        clock.at += timedelta(days=1)
        await schedule.tick()
        (comparing,) = (task for task in asyncio.all_tasks() if task.get_name() == "compare")
        await comparing

    for name in ("Ana Keller", "Anna Keller", "Tim Vogel"):
        number = add_customer(database, name, city="Berlin")
        born = partial(facts.record, customer_id=number, kind="occasion", value="birthday", date="1990-05-03", now=END)
        database.write_now(lambda memory, born=born: born(memory, contact_id=None) and None)
    asyncio.run(night())
    assert database.read_now(count_proposed) == 1
