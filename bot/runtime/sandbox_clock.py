"""Follows a sandbox's clock, and tells it when all that is due has been judged and sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import aiohttp

from bot.clock import Clock
from bot.runtime.schedule import Schedule
from bot.runtime.sender import Sender
from bot.runtime.worker import Worker

logger = logging.getLogger(__name__)

WAIT_SECONDS = 25
SETTLE_SECONDS = 0.01


class SandboxClock:
    """`base` is the sandbox's address; `agent` is for its page: our own `url`, the business's name and time zone."""

    def __init__(
        self, base: str, agent: dict[str, str], clock: Clock, schedule: Schedule, sender: Sender, worker: Worker
    ) -> None:
        self._base = base.rstrip("/") + "/sandbox"
        self._agent = agent
        self._clock = clock
        self._schedule = schedule
        self._sender = sender
        self._worker = worker
        self._revision = -1
        self._settled = -1  # the newest at which all that was due is judged and sent
        self._said: tuple[int, datetime | None, datetime | None] | None = None

    async def start(self, session: aiohttp.ClientSession) -> None:
        """Take the sandbox's time before anything is judged by ours."""
        await self._put(session, "/agent", self._agent)
        await self._read_clock(session, "/clock")

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self.settle(session)
                await self._read_clock(session, f"/clock?after={self._revision}&wait={WAIT_SECONDS}")
            except (aiohttp.ClientError, TimeoutError) as error:
                logger.warning("the sandbox's clock cannot be read: %s", type(error).__name__)
                await asyncio.sleep(1)

    async def announce(self, session: aiohttp.ClientSession) -> None:
        """Say anew what is due next, if that has changed."""
        revision = self._settled  # before the plans: those read before a move do not vouch for what it made due
        due, follow_up = await self._schedule.next_due()
        said = (revision, due, follow_up)
        if said != self._said and self._schedule.leads:
            self._said = said
            await self._put_alarm(session, *said)

    async def settle(self, session: aiohttp.ClientSession) -> None:
        """Judge what is due by the clock just read, let the outbox empty, then say so."""
        revision = self._revision
        while True:
            await self._schedule.tick()
            if self._sender.is_idle and self._worker.is_idle:
                break
            await asyncio.sleep(SETTLE_SECONDS)
        due, follow_up = await self._schedule.next_due()
        self._settled = revision
        self._said = (revision, due, follow_up)
        if self._schedule.leads:  # the leader's word counts, it alone judges
            await self._put_alarm(session, *self._said)

    async def _read_clock(self, session: aiohttp.ClientSession, path: str) -> None:
        async with session.get(self._base + path) as response:
            clock = await response.json()
        self._clock.shift_to(timedelta(seconds=float(clock["offset_seconds"])))
        self._revision = int(clock["revision"])

    async def _put_alarm(
        self, session: aiohttp.ClientSession, revision: int, due: datetime | None, follow_up: datetime | None
    ) -> None:
        alarm = {
            "revision": revision,
            "at": due.isoformat() if due else None,
            "follow_up_at": follow_up.isoformat() if follow_up else None,
        }
        await self._put(session, "/clock/alarm", alarm)

    async def _put(self, session: aiohttp.ClientSession, path: str, body: Mapping[str, object]) -> None:
        async with session.put(self._base + path, json=body) as response:
            if response.status >= 400:
                logger.warning("the sandbox refused %s: %s", path, await response.text())
