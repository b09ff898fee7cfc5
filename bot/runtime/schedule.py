"""What happens by itself: follow-ups judged, the night's work, old rows let go. APScheduler only ticks.

Everything due is a row compared with `Clock.now()`, so a tick late, twice or never loses and repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from telegram.ext import JobQueue

from bot.clock import Clock
from bot.config import Settings
from bot.customize import follow_ups
from bot.customize.wording import Wording
from bot.identify import households, proposals
from bot.runtime.command import run_ours
from bot.runtime.lanes import RENEW_SECONDS, Leadership
from bot.runtime.sender import Sender
from bot.runtime.worker import Worker
from storage import api, buttons, events, inbox, meta, outbox, portraits
from storage.database import Database, Memory

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
PRUNE_EVERY = timedelta(hours=1)
ANSWERS_KEPT = timedelta(days=30)
BUTTONS_KEPT = timedelta(days=400)
OUTBOX_KEPT = timedelta(days=30)
LONGEST = timedelta(hours=2)  # that comparing customers may take


class Schedule:
    """One tick a second, and one whenever somebody says that plans changed."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        wording: Wording,
        sender: Sender,
        worker: Worker,
        leadership: Leadership,
        command: Sequence[str] = (sys.executable, "-m", "bot"),
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._wording = wording
        self._sender = sender
        self._worker = worker
        self._leadership = leadership
        self._command = command
        self._comparing: asyncio.Task[None] | None = None
        self._ticking = asyncio.Lock()
        self._pruned_at: datetime | None = None
        self._night_at: datetime | None = None  # the next one, as far as we know
        self.ticked: Callable[[], None] = lambda: None

    def start(self, jobs: JobQueue[Any]) -> None:
        """Let PTB's queue tick. Late ticks run, overlapping ones do not."""
        late = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        jobs.run_repeating(self._on_tick, TICK_SECONDS, first=0, job_kwargs=late, name="tick")
        jobs.run_repeating(self._on_renew, RENEW_SECONDS, first=0, job_kwargs=late, name="renew leases")

    @property
    def leads(self) -> bool:
        """Whether it is this process that judges."""
        return self._leadership.leads

    async def tick(self) -> None:
        """Judge what is due now, until nothing is."""
        if not self._leadership.leads:
            return
        async with self._ticking:
            began = self._clock.now()
            if self._night_at is not None and began >= self._night_at:
                await self._prepare_night(began)
            more = True
            while more:
                now = self._clock.now()
                ticked = await self._database.write(
                    lambda memory, at=now: follow_ups.tick(memory, self._settings, self._wording, at),  # type: ignore[misc]
                    name="schedule.tick",
                )
                self._sender.add(ticked.queued)
                more = ticked.more
            if self._night_at is None or began >= self._night_at:
                self._night_at = await self._database.read(follow_ups.read_nightly_at)
            await self._prune()
        self.ticked()

    async def _prepare_night(self, now: datetime) -> None:
        """Before the night's classing, in threads of their own since they may take a while: fit what customers will
        bring, and compare who may be entered twice, or live together."""
        from bot.differentiate import value  # SciPy takes its time to import: not while the bot starts

        fitting = partial(value.fit, settings=self._settings, now=now)
        saving = partial(value.save, fitted=await self._database.read(fitting))
        await self._database.write(saving, name="schedule.forecast")
        if await self._database.read(portraits.count_all) <= proposals.MOST_AT_NIGHT:
            await asyncio.to_thread(proposals.renew_proposals, self._database, now)
            await asyncio.to_thread(households.renew_proposals, self._database, now)
        elif self._comparing is None or self._comparing.done():
            self._comparing = asyncio.create_task(self._compare_beside(), name="compare")

    async def _compare_beside(self) -> None:
        """Of so many customers, in a process of its own, only who has changed. The night does not wait for it."""
        try:
            comparing = run_ours(self._command, self._database, "duplicates", "renew")
            told = await asyncio.wait_for(comparing, LONGEST.total_seconds())
            logger.info("%s", told.decode().strip())
        except (OSError, RuntimeError, TimeoutError) as error:
            logger.error("customers were not compared: %s", str(error) or f"it took longer than {LONGEST}")

    async def next_due(self) -> tuple[datetime | None, datetime | None]:
        """When the earliest row of any kind is due, and the earliest follow-up."""

        def read(memory: Memory) -> tuple[datetime | None, datetime | None]:
            due = follow_ups.next_due(memory, self._settings, self._clock.now())
            return due, follow_ups.next_follow_up_at(memory)

        return await self._database.read(read)

    async def _on_tick(self, _context: object) -> None:
        await self.tick()

    async def _on_renew(self, _context: object) -> None:
        led = self._leadership.leads
        if await self._leadership.renew() and not led:
            logger.info("this process leads now: it polls, schedules and sends")
        await self._worker.renew()

    async def _prune(self) -> None:
        now = self._clock.now()
        if self._pruned_at is not None and now - self._pruned_at < PRUNE_EVERY:
            return
        self._pruned_at = now
        kept = self._settings.storage.inbox_kept

        def prune(memory: Memory) -> int:
            events.prune(memory, now - OUTBOX_KEPT)
            api.prune(memory, now - ANSWERS_KEPT)
            buttons.prune(memory, now - BUTTONS_KEPT)
            outbox.prune(memory, now - OUTBOX_KEPT)
            return inbox.prune(memory, now - kept)

        while await self._database.write(prune, name="schedule.prune"):
            pass
        await self._database.empty_log()


def mark_running(memory: Memory, running: bool) -> bool:
    """Note that a process runs, or has stopped cleanly; returns whether the last one did not."""
    unclean = bool(meta.read(memory, "running", False))
    meta.write(memory, "running", running)
    return unclean
