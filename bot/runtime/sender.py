"""Delivers the outbox: in order within a chat, within Telegram's limits, answers before anything unasked.

Each round is one transaction: what came of earlier calls is recorded, and the next rows are claimed
(`sending`, committed) before their calls begin. A row found `sending` after a crash may have been sent:
answers go again, follow-ups become `unknown`.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from telegram.error import NetworkError

from bot.clock import Clock
from bot.runtime.limits import Limits
from bot.runtime.outcomes import Meaning, Reading, read_break, read_reply
from bot.runtime.request import File, NotSent
from bot.runtime.slot import Fleeting
from bot.runtime.telegram_api import TelegramApi
from storage import delivery, outbox
from storage.database import Database, Memory
from storage.models import Delivery
from storage.outbox import Claimed, Queued

logger = logging.getLogger(__name__)

RETRY_SECONDS = (1, 5, 15, 60, 300)  # before an answer is tried again
ALARM_SECONDS = 15.0  # how long everything waits when the token is wrong, and a chat for a method that is missing
GIVE_UP = timedelta(hours=24)  # an answer older than this is of no use to anyone
WITH_FILES = {"sendDocument": "document", "sendPhoto": "photo"}
GATHER_SECONDS = 0.05  # at most, between the end of a call and its record
LOOK_SECONDS = 1.0  # between looks for rows another process queued
CROWD = 2  # so many chats told to wait within a second: the limit is ours as a whole


class Done(NamedTuple):
    """A call that has ended."""

    row: Claimed
    reading: Reading


class Ready(NamedTuple):
    """A claimed row with its files, and the message it edits where its key has been sent before."""

    row: Claimed
    files: list[File]
    edits: int | None


@dataclass(slots=True)
class ChatQueue:
    """What waits for one chat, best first."""

    rows: list[tuple[int, int, Queued]] = field(default_factory=list)
    busy: bool = False


class Sender:
    """The only place that sends. `recheck` may take a follow-up back in the transaction that claims it."""

    def __init__(
        self,
        api: TelegramApi,
        database: Database,
        clock: Clock,
        limits: Limits,
        *,
        in_flight: int,
        recheck: Callable[[Memory, int], object] | None = None,
        recorded: Callable[[Memory, list[Done]], list[Queued]] | None = None,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._limits = limits
        self._in_flight = in_flight
        self._recheck = recheck
        self._recorded = recorded
        self._may_send = may_send
        self._chats: dict[int, ChatQueue] = {}
        self._heads: list[tuple[int, int, int]] = []  # (priority, id, chat) of chats that may go now
        self._delayed: list[tuple[float, int]] = []  # (monotonic, chat) of chats that must wait
        self._known: set[int] = set()
        self._done: list[Done] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._fleeting: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._offered = asyncio.Event()  # something may be sent
        self._told_to_wait: dict[int, float] = {}
        self._stopping = False
        self.sent = 0
        self.alarm: str | None = None

    # -- what waits ----------------------------------------------------------------------------------------------

    def add(self, rows: Iterable[Queued]) -> None:
        """Take rows that were just committed; one that does not lead leaves them to the leader, who looks."""
        if not self._may_send():
            return
        for row in rows:
            if row.chat_id is None or row.id in self._known:
                continue  # without a chat it is found, with its recipient, by the next look
            self._known.add(row.id)
            chat = self._chats.setdefault(row.chat_id, ChatQueue())
            heapq.heappush(chat.rows, (row.priority, row.id, row))
            if not chat.busy:
                heapq.heappush(self._heads, (*chat.rows[0][:2], row.chat_id))
        self._offered.set()
        self._wake.set()

    async def look(self) -> None:
        """Find rows in the outbox that nobody told us of: at start, and those of other processes."""
        if not self._may_send():
            return
        rows = await self._database.read(outbox.load_waiting)
        fresh = [row for row in rows if row.id not in self._known]
        for row in fresh:
            if row.chat_id is None:
                logger.warning("outbox row %s has nobody to go to: the customer has no Telegram identity", row.id)
        self.add(fresh)

    @property
    def is_idle(self) -> bool:
        """Nothing is on its way, and nothing waits that could go before its `not_before`."""
        if self._calls or self._done or any(chat.busy for chat in self._chats.values()):
            return False
        now = self._clock.now()
        return all(
            row.not_before is not None and row.not_before > now
            for chat in self._chats.values()
            for _, _, row in chat.rows
        )

    def send_fleeting(self, calls: Iterable[Fleeting]) -> None:
        """Right after the commit, outside queue and limits; nobody minds if it fails."""
        for call in calls:
            task = asyncio.create_task(self._try_once(call))
            self._fleeting.add(task)
            task.add_done_callback(self._fleeting.discard)

    # -- the loop ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until `stop`."""
        looked_at = time.monotonic()
        while not self._stopping or self._done:
            self._wake.clear()
            self._offered.clear()
            picked = self._pick_now()
            if self._done and not picked:
                await self._gather()
                picked = self._pick_now()
            if picked or self._done:
                await self._round(picked)
                continue
            if not self._database.is_sqlite and time.monotonic() - looked_at > LOOK_SECONDS:
                looked_at = time.monotonic()
                await self.look()
                continue
            try:
                async with asyncio.timeout(self._next_wait()):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _pick_now(self) -> list[Queued]:
        return self._pick() if self._may_send() and not self._stopping else []

    async def _gather(self) -> None:
        """Calls have ended: give others the time to end too, for one transaction to record many.

        Not where more waits in the same chat, which goes only when the call before is recorded.
        """
        waits = any(self._chats[call.row.chat_id].rows for call in self._done if call.row.chat_id in self._chats)
        if self._calls and not waits and not self._stopping:
            try:
                async with asyncio.timeout(min(GATHER_SECONDS, self._next_wait() or GATHER_SECONDS)):
                    await self._offered.wait()
            except TimeoutError:
                pass

    async def stop(self, seconds: float) -> None:
        """Begin no call, let those under way end, record them."""
        self._stopping = True
        if self._calls:
            await asyncio.wait(self._calls, timeout=seconds)
        for call in list(self._calls):
            call.cancel()
        self._wake.set()

    def _next_wait(self) -> float | None:
        if not self._may_send():
            return LOOK_SECONDS
        waits = [] if self._database.is_sqlite else [LOOK_SECONDS]
        now = time.monotonic()
        if self._delayed:
            waits.append(self._delayed[0][0] - now)
        if self._heads and len(self._calls) < self._in_flight:
            waits.append(self._limits.wait_overall(self._heads[0][0], now))
        return max(0.001, min(waits)) if waits else None

    def _pick(self) -> list[Queued]:
        """The rows that may go now: each chat's first, best priority first, as far as limits and hands allow."""
        now = time.monotonic()
        while self._delayed and self._delayed[0][0] <= now:
            _, chat_id = heapq.heappop(self._delayed)
            self._offer(chat_id)
        picked: list[Queued] = []
        while self._heads and len(self._calls) + len(picked) < self._in_flight:
            priority, row_id, chat_id = self._heads[0]
            chat = self._chats.get(chat_id)
            if chat is None or chat.busy or not chat.rows or chat.rows[0][1] != row_id:
                heapq.heappop(self._heads)  # offered again under another head, or gone
                continue
            if self._limits.wait_overall(priority, now) > 0:
                break
            heapq.heappop(self._heads)
            row = chat.rows[0][2]
            wait = max(self._limits.wait_chat(chat_id, now), self._seconds_until(row))
            if wait > 0:
                heapq.heappush(self._delayed, (now + wait, chat_id))
                continue
            heapq.heappop(chat.rows)
            chat.busy = True
            self._limits.take(chat_id, priority, now)
            picked.append(row)
        return picked

    def _seconds_until(self, row: Queued) -> float:
        return (row.not_before - self._clock.now()).total_seconds() if row.not_before else 0.0

    def _offer(self, chat_id: int) -> None:
        chat = self._chats.get(chat_id)
        if chat is not None and not chat.busy and chat.rows:
            heapq.heappush(self._heads, (*chat.rows[0][:2], chat_id))

    async def _round(self, picked: list[Queued]) -> None:
        """One transaction: record what has ended, claim what goes next. Then begin those calls."""
        done, self._done = self._done, []
        now = self._clock.now()

        def work(memory: Memory) -> tuple[list[Ready], list[Queued], list[Queued]]:
            again = delivery.record(memory, [_outcome(call, self._clock.now()) for call in done]) if done else []
            more = self._recorded(memory, done) if done and self._recorded else []
            for row in picked:
                if row.delivery == Delivery.follow_up and self._recheck is not None:
                    self._recheck(memory, row.id)
            claimed = outbox.claim(memory, picked, now) if picked else []
            return [_make_ready(memory, row) for row in claimed], again, more

        claimed, again, more = await self._database.write_first(work, name="sender.round")
        for call in done:
            self._known.discard(call.row.id)
            self._release(call.row.chat_id)
        started = {ready.row.id for ready in claimed}
        for picked_row in picked:
            if picked_row.id not in started and picked_row.chat_id is not None:  # cancelled meanwhile
                self._known.discard(picked_row.id)
                self._release(picked_row.chat_id)
        for ready in claimed:
            task = asyncio.create_task(self._deliver(ready))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        self.add([*again, *more])

    def _release(self, chat_id: int) -> None:
        chat = self._chats.get(chat_id)
        if chat is None:
            return
        chat.busy = False
        if chat.rows:
            self._offer(chat_id)
        else:
            del self._chats[chat_id]

    # -- one call ------------------------------------------------------------------------------------------------

    async def _deliver(self, ready: Ready) -> None:
        row = ready.row
        method, parameters = row.method, dict(row.parameters)
        if "chat_id" in parameters:
            parameters["chat_id"] = row.chat_id
        if ready.edits is not None and method == "sendMessage":
            method, parameters["message_id"] = "editMessageText", ready.edits
        try:
            if not self._may_send():
                raise NotSent("the lead was lost while the row was claimed")
            reading = read_reply(await self._api.call(method, parameters, ready.files), row.delivery)
        except NotSent as error:
            reading = Reading(Meaning.retry, str(error))
        except NetworkError as error:
            reading = read_break(str(error), row.delivery)
        except asyncio.CancelledError:
            reading = read_break("stopped before Telegram answered", row.delivery)
        except Exception as error:  # whatever it is, the chat goes on; its words may hold the address
            logger.error("row %s: the call failed with %s", row.id, type(error).__name__)
            reading = read_break(type(error).__name__, row.delivery)
        self._react(row.chat_id, method, reading)
        self._done.append(Done(row, reading))
        self._wake.set()

    def _react(self, chat_id: int, method: str, reading: Reading) -> None:
        now = time.monotonic()
        if reading.meaning == Meaning.wait:
            self._limits.hold(chat_id, reading.seconds, now)
            self._told_to_wait = {chat: at for chat, at in self._told_to_wait.items() if at > now - 1} | {chat_id: now}
            if len(self._told_to_wait) >= CROWD:
                self._limits.hold_all(reading.seconds, now)
        elif reading.meaning == Meaning.alarm:
            self.alarm = reading.error
            self._limits.hold_all(ALARM_SECONDS, now)
            logger.critical("Telegram refuses our token (%s): nothing is lost, sending waits", reading.error)
        elif reading.meaning == Meaning.missing:
            self.alarm = reading.error
            self._limits.hold(chat_id, ALARM_SECONDS, now)
            logger.critical(
                "Telegram knows no %s at our address (%s): nothing is lost, this chat waits", method, reading.error
            )
        elif reading.meaning == Meaning.sent:
            self.sent += 1
            self.alarm = None

    async def _try_once(self, call: Fleeting) -> None:
        try:
            await self._api.call(call.method, call.parameters)
        except NetworkError as error:
            logger.debug("%s not delivered: %s", call.method, error)


def _make_ready(memory: Memory, row: Claimed) -> Ready:
    stored = row.method in WITH_FILES and not isinstance(row.parameters.get(WITH_FILES[row.method]), str)
    files = [File(f.field, f.file_name, f.content) for f in outbox.load_files(memory, row.id)] if stored else []
    edits = outbox.find_sent_as(memory, row.chat_id, row.key) if row.key else None
    return Ready(row, files, edits)


def _outcome(call: Done, now: Any) -> delivery.Ended:
    row, reading = call
    wait = RETRY_SECONDS[min(row.attempts - 1, len(RETRY_SECONDS) - 1)]
    too_old = row.delivery == Delivery.answer and now - row.created_at > GIVE_UP
    return delivery.Ended(
        row=row, meaning=str(reading.meaning), error=reading.error, message_id=reading.message_id,
        chat_id=reading.chat_id, at=now, again_at=now + timedelta(seconds=wait), too_old=too_old,
    )  # fmt: skip
