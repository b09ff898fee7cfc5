"""Runs inbox updates through the handlers: one lane a chat, in order, many chats at once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from telegram import Update
from telegram.ext import Application

from bot import json_text
from bot.clock import Clock
from bot.runtime.lanes import Lanes, OwnLanes
from bot.runtime.slot import Outcome, Slot, current
from bot.runtime.updates import Reader
from storage import inbox
from storage.database import Database, Memory
from storage.inbox import Waiting

logger = logging.getLogger(__name__)

TRIES = 3  # an update that failed so often is parked
PAUSES = (0.2, 2.0)  # seconds between its tries
IN_MEMORY = 4000  # updates held at most; the rest waits on disk
MOST_PIECES = 8  # of one thought
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
        *,
        fragment_wait: timedelta = timedelta(),
    ) -> None:
        self._application = application
        self._reader = Reader(application.bot)
        self._database = database
        self._clock = clock
        self._runner = runner
        self._lanes = lanes or OwnLanes()
        self._alone = isinstance(self._lanes, OwnLanes)
        self._fragment_wait = fragment_wait
        self._arrivals: dict[int, asyncio.Event] = {}  # of lanes in which a piece waits for its rest
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
        for arrival in self._arrivals.values():
            arrival.set()
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
            if arrival := self._arrivals.get(row.chat_id):
                arrival.set()
            return
        self._queues[row.chat_id] = deque([row])
        task = asyncio.create_task(self._run_lane(row.chat_id), name=f"lane {row.chat_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_lane(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        while queue and not self._stopping:
            turn = [queue.popleft()]
            try:
                await self._run_turn(queue, turn)
            except Exception:
                logger.exception("update %s could not be dealt with; it stays in the inbox", turn[-1].update_id)
            self._held.difference_update(waiting.id for waiting in turn)
            self._settled.set()
        del self._queues[chat_id]
        if not self._alone:
            await self._lanes.release([chat_id])
            self.wake()

    async def _run_turn(self, queue: deque[Waiting], turn: list[Waiting]) -> None:
        """One update; or, where that is a piece of a thought, all of it that comes in time.

        What waits stays ready in the inbox: nothing is done until all is.
        """
        before: list[tuple[Waiting, Update]] = []
        while True:
            may_wait = bool(self._fragment_wait) and len(before) < MOST_PIECES and len(self._held) < IN_MEMORY // 2
            piece = await self._run_one(turn[-1], before, may_wait=may_wait)
            if piece is None:
                return
            if await self._has_rest(queue, turn[-1], piece):
                before.append((turn[-1], piece))
                turn.append(queue.popleft())
            else:
                if not self._stopping:
                    await self._run_one(turn[-1], before)
                return

    async def _has_rest(self, queue: deque[Waiting], piece: Waiting, update: Update) -> bool:
        """Wait until more of the chat comes, or the time is over; whether that can be the rest."""
        left = min(self._fragment_wait, piece.received_at + self._fragment_wait - self._clock.now())
        if not queue and left > timedelta() and not self._stopping:
            arrival = self._arrivals[piece.chat_id] = asyncio.Event()
            try:
                async with asyncio.timeout(left.total_seconds()):
                    await arrival.wait()
            except TimeoutError:
                pass
            finally:
                del self._arrivals[piece.chat_id]
        return bool(queue) and not self._stopping and can_follow(update, queue[0].raw, self._fragment_wait)

    async def _run_one(
        self, waiting: Waiting, before: Sequence[tuple[Waiting, Update]] = (), *, may_wait: bool = False
    ) -> Update | None:
        """One update: done, or parked; or, when it `may_wait`, returned because it is worth waiting for its rest."""
        try:
            update = self._reader.read(waiting.raw)
        except Exception as error:
            await self._park(waiting, f"cannot be read: {type(error).__name__}: {error}")
            return None
        failure = ""
        for attempt in range(TRIES):
            slot = Slot(waiting, before, may_wait)
            current.set(slot)
            await self._application.process_update(update)
            if slot.waits:
                return update
            if slot.error is None:
                await self._finish(waiting, slot)
                return None
            failure = f"{type(slot.error).__name__}: {slot.error}"[:2000]
            logger.error("update %s failed (try %s)", waiting.update_id, attempt + 1, exc_info=slot.error)
            if attempt + 1 < TRIES:
                await asyncio.sleep(PAUSES[attempt])
        await self._park(waiting, failure, before)
        return None

    async def _finish(self, waiting: Waiting, slot: Slot) -> None:
        if slot.outcome is None:
            await self._database.write(
                lambda memory: inbox.finish(memory, waiting.id, self._clock.now()), name="worker.finish"
            )
        else:
            self._runner.visited(slot.outcome)

    async def _park(self, waiting: Waiting, error: str, before: Sequence[tuple[Waiting, Update]] = ()) -> None:
        def park(memory: Memory) -> None:
            for row in (*(piece for piece, _ in before), waiting):
                inbox.park(memory, row.id, error, self._clock.now())

        def park_and_tell(memory: Memory) -> Outcome:
            park(memory)
            return self._runner.park(memory, waiting, error)

        try:
            self._runner.visited(await self._database.write(park_and_tell, name="worker.park"))
        except Exception:
            logger.exception("update %s is parked, but nobody could be told", waiting.update_id)
            await self._database.write(park, name="worker.park")


def can_follow(piece: Update, raw: str, within: timedelta) -> bool:
    """Whether an update that has not been read yet may be the rest of this: plain words, said soon after."""
    try:
        message = json_text.load(raw)["message"]
        text, said_at = message["text"], message["date"]
    except (ValueError, KeyError, TypeError):
        return False
    first = piece.message
    if first is None or not isinstance(text, str) or not isinstance(said_at, int) or "forward_origin" in message:
        return False
    soon = said_at - first.date.timestamp() <= within.total_seconds() + 1  # Telegram's times are whole seconds
    return soon and not text.startswith("/")


async def keep_error(_update: object, context: Any) -> None:
    """PTB's error handler: hand what a handler or a filter raised to the worker."""
    slot = current.get(None)
    if slot is not None:
        slot.error = context.error
