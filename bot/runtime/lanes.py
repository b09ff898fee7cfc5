"""Who works on which chat. One process (SQLite): whoever asks. Several (PostgreSQL): rows with an owner and a lease."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Protocol

from bot.runtime.request import CALL_SECONDS
from storage import leases
from storage.database import Database

LEASE_SECONDS = 15.0  # of a lane
LEAD_SECONDS = 25.0
RENEW_SECONDS = 5.0


class Lanes(Protocol):
    async def claim(self, chats: Collection[int]) -> set[int]:
        """Those of the chats that are now ours."""

    async def release(self, chats: Collection[int]) -> None: ...

    async def renew(self, chats: Collection[int]) -> None: ...


class OwnLanes:
    """All chats are ours: no second process runs on this database."""

    async def claim(self, chats: Collection[int]) -> set[int]:
        return set(chats)

    async def release(self, chats: Collection[int]) -> None:
        return None

    async def renew(self, chats: Collection[int]) -> None:
        return None


class LeasedLanes:
    """A chat is ours while our lease on its row lasts, by the database's clock."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def claim(self, chats: Collection[int]) -> set[int]:
        wanted = sorted(chats)
        return await self._database.write(
            lambda memory: leases.claim_lanes(memory, wanted, self._owner, LEASE_SECONDS), name="lanes.claim"
        )

    async def release(self, chats: Collection[int]) -> None:
        done = sorted(chats)
        await self._database.write(lambda memory: leases.release_lanes(memory, done, self._owner), name="lanes.release")

    async def renew(self, chats: Collection[int]) -> None:
        if chats:
            await self.claim(chats)


class Leadership:
    """Whether this process leads: polls, schedules, sends. Always so on SQLite, where there is one process."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner
        self.leads = database.is_sqlite
        self.took_over = False  # from a leader that died without resigning
        self.has_recovered = False  # what the last leader left behind is dealt with
        self._renewed_at = time.monotonic()

    @property
    def may_call(self) -> bool:
        """Whether a call begun now ends while we surely still lead: Telegram checks no fencing token."""
        if self._database.is_sqlite or not self.has_recovered:
            return self.has_recovered
        return self.leads and time.monotonic() - self._renewed_at < LEAD_SECONDS - CALL_SECONDS

    async def renew(self) -> bool:
        """Take or keep the lead if it is free; to be called every RENEW_SECONDS."""
        if not self._database.is_sqlite:
            asked_at = time.monotonic()  # before the database's clock says so: the lease ends no sooner than we think
            before = await self._database.write(
                lambda memory: leases.claim_lead(memory, "leader", self._owner, LEAD_SECONDS), name="leader.renew"
            )
            self.leads = before is not None
            self.has_recovered = self.has_recovered and before == self._owner
            self._renewed_at = asked_at
            self.took_over = self.took_over or before not in (None, "", self._owner)
        return self.leads

    async def resign(self) -> None:
        if not self._database.is_sqlite and self.leads:
            self.leads = False
            await self._database.write(
                lambda memory: leases.release_lead(memory, "leader", self._owner), name="leader.resign"
            )
