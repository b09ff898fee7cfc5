"""What the one leading process does beyond answering: it polls, and takes over what a dead leader left `sending`."""

from __future__ import annotations

import asyncio
import logging

from bot.runtime.intake import Intake
from bot.runtime.lanes import RENEW_SECONDS, Leadership
from bot.runtime.notices import Notices
from bot.runtime.sender import Sender
from bot.runtime.tasks import end
from storage import outbox
from storage.database import Database, Memory

logger = logging.getLogger(__name__)


class Leader:
    """`intake` is None in webhook mode, where Telegram brings the updates."""

    def __init__(
        self, leadership: Leadership, intake: Intake | None, sender: Sender, database: Database, notices: Notices
    ) -> None:
        self._leadership = leadership
        self._intake = intake
        self._sender = sender
        self._database = database
        self._notices = notices

    async def run(self) -> None:
        """Lead whenever the lead is ours, until cancelled. Raises what ends the poll."""
        leading: asyncio.Task[None] | None = None
        try:
            while True:
                if self._leadership.leads and leading is None:
                    leading = asyncio.create_task(self._lead(), name="intake")
                elif leading is not None and not self._leadership.leads:
                    await end([leading])
                    leading = None
                if leading is None:
                    await asyncio.sleep(RENEW_SECONDS)
                else:
                    await asyncio.wait([leading], timeout=RENEW_SECONDS)
                    if leading.done():
                        leading.result()
        finally:
            if leading is not None:
                await end([leading])

    async def _lead(self) -> None:
        await self._take_over()
        await (self._intake.run() if self._intake is not None else asyncio.Event().wait())

    async def _take_over(self) -> None:
        """Whoever led before begins no call that could outlast its lease, so none of its calls is under way now."""

        def recover(memory: Memory) -> tuple[int, int]:
            again, unknown = outbox.recover(memory)
            self._notices.report_unknown(memory, [(customer_id, outbox.STOPPED) for customer_id in unknown])
            return again, len(unknown)

        again, lost = await self._database.write(recover, name="recover")
        if again or lost:
            logger.warning("after a stop: %s answers are sent again, %s follow-ups are unknown", again, lost)
        self._leadership.has_recovered = True
        await self._sender.look()
