"""Raw updates from Telegram onto disk, by long polling. Nothing is parsed here but the envelope.

The offset that confirms a batch is sent only after the batch is committed; what has no update id is parked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from telegram.error import NetworkError

from bot import json_text
from bot.clock import Clock
from bot.runtime.telegram_api import TelegramApi
from storage import inbox
from storage.database import Database
from storage.models import InboxState

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
BATCH = 100
PATIENCE = 10.0  # seconds a poll may last beyond its own time-out before the link counts as dead
BACKOFF = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
ALARMS = {
    401: "Telegram does not know this token: check TELEGRAM_BOT_TOKEN with @BotFather. Nothing is lost, trying on.",
    404: "Telegram knows no such bot or address: check TELEGRAM_BOT_TOKEN and TELEGRAM_API_URL. Trying on.",
    409: "another process polls with this token, or a webhook is set: stop the other one. Trying on.",
}


class Intake:
    """Polls one bot's updates into the inbox and wakes the worker."""

    def __init__(
        self, api: TelegramApi, database: Database, clock: Clock, wake: Callable[[], None], *, poll_seconds: float
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._wake = wake
        self._poll_seconds = int(poll_seconds)
        self._offset: int | None = None
        self.polled_at = time.monotonic()  # the last poll that succeeded
        self.alarm: str | None = None

    async def run(self) -> None:
        """Poll until cancelled."""
        failures = 0
        while True:
            trouble = await self._poll()
            if trouble is None:
                failures = 0
                self.alarm = None
                continue
            self._report(trouble, failures)
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1

    def is_healthy(self) -> bool:
        """Whether a poll has succeeded as lately as it should."""
        return time.monotonic() - self.polled_at < self._poll_seconds + PATIENCE + BACKOFF[-1]

    async def _poll(self) -> str | None:
        """One poll, stored. Returns what went wrong."""
        parameters: dict[str, Any] = {
            "timeout": self._poll_seconds, "limit": BATCH, "allowed_updates": list(ALLOWED_UPDATES),
        }  # fmt: skip
        if self._offset is not None:
            parameters["offset"] = self._offset
        try:
            async with asyncio.timeout(self._poll_seconds + PATIENCE):
                reply = await self._api.call("getUpdates", parameters, read_seconds=self._poll_seconds + PATIENCE)
        except TimeoutError:
            await self._api.reconnect()
            return "no answer in time, connecting anew"
        except NetworkError as error:
            return str(error)
        updates = reply.body.get("result")
        if reply.status != 200 or not isinstance(updates, list):
            if reply.status in ALARMS:
                self.alarm = ALARMS[reply.status]
            return f"{reply.status} {reply.description}"
        if updates:
            await self.store(updates)
            known = [update["update_id"] for update in updates if _has_id(update)]
            if known:
                self._offset = max(known) + 1
            self._wake()
        self.polled_at = time.monotonic()
        return None

    async def store(self, updates: Sequence[Any]) -> None:
        """Commit raw updates. Returns once they are on disk."""
        now = self._clock.now()
        rows = [self._row(update, now) for update in updates]
        await self._database.write_first(lambda memory: inbox.store(memory, rows), name="intake.store")

    def _row(self, update: Any, now: datetime) -> dict[str, Any]:
        readable = _has_id(update)
        raw = json_text.dump_text(update)
        return {
            "bot_id": self._api.bot_id,
            # What has no id cannot be confirmed by one; a number of its own keeps it apart.
            "update_id": update["update_id"] if readable else -(hash(raw) & 0x7FFFFFFF) - 1,
            "chat_id": find_chat(update) if readable else 0,
            "raw": raw.replace("\\u0000", ""),  # PostgreSQL's text takes no NUL
            "state": InboxState.ready if readable else InboxState.parked,
            "error": None if readable else "no update_id",
            "attempts": 0,
            "received_at": now,
        }

    def _report(self, trouble: str, failures: int) -> None:
        if self.alarm and failures % 10 == 0:
            logger.critical("%s (%s)", self.alarm, trouble)
        elif failures in (0, 5) or failures % 50 == 0:
            logger.warning("cannot fetch updates: %s", trouble)


def _has_id(update: Any) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int


def find_chat(update: dict[str, Any]) -> int:
    """The lane of an update, from raw JSON: its chat, else its sender, else 0."""
    for part in update.values():
        if not isinstance(part, dict):
            continue
        message = part.get("message")
        for holder in (part.get("chat"), message.get("chat") if isinstance(message, dict) else None, part.get("from")):
            if isinstance(holder, dict) and type(holder.get("id")) is int:
                return int(holder["id"])
    return 0
