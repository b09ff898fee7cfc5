"""Runs inbox updates through the handlers: one lane a chat, in order, many chats at once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from functools import partial
from typing import Any, Protocol

from telegram import Update
from telegram.ext import Application

from bot.clock import Clock
from bot.runtime.lanes import Lanes, OwnLanes
from bot.runtime.slot import Outcome, Slot, current
from storage import inbox
from storage.database import Database, Memory
from storage.inbox import Waiting

logger = logging.getLogger(__name__)

TRIES = 3  # an update that failed so often is parked
PAUSES = (0.2, 2.0)  # seconds between its tries
IN_MEMORY = 4000  # updates held at most; the rest waits on disk
IDLE_SECONDS = 0.5  # between looks for updates another process stored


class Runner(Protocol):
    """What the worker reports to."""

    def visited(self, outcome: Outcome) -> None: ...

    def park(self, memory: Memory, waiting: Waiting, error: str) -> Outcome:
        """Say sorry to the customer and tell staff, in the transaction that parks the update."""


class Worker:
    """Takes inbox rows and answers them. `Application` is stock PTB, driven one update at a time."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        database: Database,
        clock: Clock,
        runner: Runner,
        lanes: Lanes | None = None,
    ) -> None:
        self._application = application
        self._database = database
        self._clock = clock
        self._runner = runner
        self._lanes = lanes or OwnLanes()
        self._alone = isinstance(self._lanes, OwnLanes)
        self._queues: dict[int, deque[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[int] = set()  # inbox ids in memory
        self._seen = 0
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._loading = False
        self._stopping = False

    def wake(self) -> None:
        self._wake.set()

    @property
    def is_idle(self) -> bool:
        return not self._queues and not self._wake.is_set() and not self._loading

    async def run_suspects(self) -> None:
        """After an unclean stop: what waited then runs one by one, each attempt committed first.

        An update that kills the process is so parked after a few tries.
        """
        while rows := await self._database.read(lambda memory: inbox.load_ready(memory, after=self._seen)):
            for waiting in rows:
                self._seen = waiting.id
                if waiting.chat_id not in await self._lanes.claim([waiting.chat_id]):
                    continue  # another process has it
                count = partial(inbox.count_attempt, row=waiting.id)
                attempts = await self._database.write(count, name="worker.count")
                if attempts > TRIES:
                    await self._park(waiting, "the process died each time this was run")
                else:
                    await self._run_one(waiting)
                await self._lanes.release([waiting.chat_id])

    async def run(self) -> None:
        """Feed lanes until cancelled."""
        while True:
            self._loading = True
            self._wake.clear()
            more = await self._load()
            self._loading = False
            if not more and not self._wake.is_set():
                try:
                    async with asyncio.timeout(None if self._alone else IDLE_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def drain(self, seconds: float) -> None:
        """Finish the updates being run; leave the rest on disk."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await self._lanes.release(list(self._queues))

    async def renew(self) -> None:
        await self._lanes.renew(list(self._queues))

    async def _load(self) -> bool:
        """Put waiting rows into lanes. True: there may be more."""
        if len(self._held) >= IN_MEMORY:
            self._settled.clear()
            await self._settled.wait()
            return True
        # With several processes a smaller id may be committed later: read from the start, skip what is held.
        after = self._seen if self._alone else 0
        rows = await self._database.read(lambda memory: inbox.load_ready(memory, after=after))
        fresh = [row for row in rows if row.id not in self._held]
        new_chats = {row.chat_id for row in fresh if row.chat_id not in self._queues}
        ours = await self._lanes.claim(new_chats) if new_chats else set()
        if ours and not self._alone:  # what was read before the claim may be done by now
            rows = await self._database.read(lambda memory: inbox.load_ready(memory, after=0))
            fresh = [row for row in rows if row.id not in self._held]
        added = False
        for row in fresh:
            if row.chat_id in self._queues or row.chat_id in ours:
                self._add(row)
                added = True
        if self._alone and rows:
            self._seen = rows[-1].id
        return added

    def _add(self, row: Waiting) -> None:
        self._held.add(row.id)
        queue = self._queues.get(row.chat_id)
        if queue is not None:
            queue.append(row)
            return
        self._queues[row.chat_id] = deque([row])
        task = asyncio.create_task(self._run_lane(row.chat_id), name=f"lane {row.chat_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        while queue and not self._stopping:
            waiting = queue.popleft()
            try:
                await self._run_one(waiting)
            except Exception:
                logger.exception("update %s could not be dealt with; it stays in the inbox", waiting.update_id)
            self._held.discard(waiting.id)
            self._settled.set()
        del self._queues[chat_id]
        if not self._alone:
            await self._lanes.release([chat_id])
            self.wake()

    async def _run_one(self, waiting: Waiting) -> None:
        """One update: done, or parked."""
        try:
            update = Update.de_json(json.loads(waiting.raw), self._application.bot)
        except Exception as error:
            await self._park(waiting, f"cannot be read: {type(error).__name__}: {error}")
            return
        failure = ""
        for attempt in range(TRIES):
            slot = Slot(waiting)
            current.set(slot)
            await self._application.process_update(update)
            if slot.error is None:
                await self._finish(waiting, slot)
                return
            failure = f"{type(slot.error).__name__}: {slot.error}"[:2000]
            logger.error("update %s failed (try %s)", waiting.update_id, attempt + 1, exc_info=slot.error)
            if attempt + 1 < TRIES:
                await asyncio.sleep(PAUSES[attempt])
        await self._park(waiting, failure)

    async def _finish(self, waiting: Waiting, slot: Slot) -> None:
        if slot.outcome is None:
            await self._database.write(
                lambda memory: inbox.finish(memory, waiting.id, self._clock.now()), name="worker.finish"
            )
        else:
            self._runner.visited(slot.outcome)

    async def _park(self, waiting: Waiting, error: str) -> None:
        def park(memory: Memory) -> None:
            inbox.park(memory, waiting.id, error, self._clock.now())

        def park_and_tell(memory: Memory) -> Outcome:
            park(memory)
            return self._runner.park(memory, waiting, error)

        try:
            self._runner.visited(await self._database.write(park_and_tell, name="worker.park"))
        except Exception:
            logger.exception("update %s is parked, but nobody could be told", waiting.update_id)
            await self._database.write(park, name="worker.park")


async def keep_error(_update: object, context: Any) -> None:
    """PTB's error handler: hand what a handler or a filter raised to the worker."""
    slot = current.get(None)
    if slot is not None:
        slot.error = context.error
