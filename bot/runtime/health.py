"""Whether all is well, and how much there is of what: what /readyz and /metrics say."""

from __future__ import annotations

import asyncio

from bot.runtime.intake import Intake
from bot.runtime.lanes import Leadership
from bot.runtime.sender import Sender
from storage import inbox, meta, outbox
from storage.database import Database, Memory

ANSWER_SECONDS = 5


class Health:
    """`intake` is None in webhook mode: there nothing is polled."""

    def __init__(self, database: Database, intake: Intake | None, sender: Sender, leadership: Leadership) -> None:
        self._database = database
        self._intake = intake
        self._sender = sender
        self._leadership = leadership

    async def list_troubles(self) -> list[str]:
        """Why we are not ready; empty when we are."""
        troubles = [self._sender.alarm] if self._sender.alarm else []
        if self._intake is not None and self._leadership.leads:
            if self._intake.alarm:
                troubles.append(self._intake.alarm)
            elif not self._intake.is_healthy():
                troubles.append("no poll of Telegram has succeeded lately")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._database.read(lambda memory: meta.read(memory, "bot_id"))
        except Exception as error:
            troubles.append(f"the database does not answer: {type(error).__name__}")
        return troubles

    async def count(self) -> dict[str, float]:
        """Rows by state, messages sent, whether we lead and Telegram answers."""

        def read(memory: Memory) -> dict[str, float]:
            counts: dict[str, float] = {f"inbox_{state}": n for state, n in inbox.count_by_state(memory).items()}
            return counts | {f"outbox_{state}": n for state, n in outbox.count_by_state(memory).items()}

        intake = self._intake
        return await self._database.read(read) | {
            "messages_sent_total": float(self._sender.sent),
            "leads": float(self._leadership.leads),
            "telegram_up": float(intake is None or (intake.alarm is None and intake.is_healthy())),
        }
