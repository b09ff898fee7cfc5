"""Lanes and the lead among several processes: one owner at a time, by the database's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.runtime.lanes import Leadership, LeasedLanes
from storage.database import Database
from tests.support.databases import Databases, opened


@pytest.fixture
def postgres(databases: Databases) -> Iterator[Database]:
    with opened(databases.postgres_url()) as database:
        yield database


def let_leases_end(database: Database) -> None:
    for table in ("lanes", "leases"):
        database.write_now(
            lambda memory, t=table: memory.execute(text(f"UPDATE {t} SET leased_until = now() - interval '1 s'"))
        )


def test_a_lane_has_one_owner_until_its_lease_ends(postgres: Database) -> None:
    async def play() -> None:
        a, b = LeasedLanes(postgres, "a"), LeasedLanes(postgres, "b")
        assert await a.claim([1, 2]) == {1, 2}
        assert await b.claim([2, 3]) == {3}
        await a.release([2])
        assert await b.claim([1, 2]) == {2}
        let_leases_end(postgres)
        assert await b.claim([1]) == {1}
        assert await a.claim([1]) == set()

    asyncio.run(play())


def test_one_leads_and_a_dead_leader_is_replaced(postgres: Database) -> None:
    async def play() -> None:
        a, b = Leadership(postgres, "a"), Leadership(postgres, "b")
        assert [await a.renew(), await b.renew(), await a.renew()] == [True, False, True]
        assert not a.took_over
        let_leases_end(postgres)
        assert await b.renew()
        assert b.took_over
        assert not await a.renew()
        await b.resign()
        assert await a.renew()
        assert not a.took_over

    asyncio.run(play())


def test_sqlite_always_leads(sqlite_database: Database) -> None:
    assert asyncio.run(Leadership(sqlite_database, "a").renew())
