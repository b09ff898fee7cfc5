"""Slow work in a process of its own: reports are made by our own command line, and come back through the outbox.

Neither the loop nor the writer waits. What was asked for is stored: a stop ends the process, the next start begins anew.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.clock import Clock
from bot.config import Settings
from bot.customize.messages import compose
from bot.customize.wording import Wording
from bot.runtime.command import Hear, run_ours
from bot.runtime.import_desk import ImportDesk
from bot.runtime.sender import Sender
from bot.runtime.telegram_api import TelegramApi
from storage import outbox, requests
from storage.database import Database, Memory
from storage.outbox import Queued

logger = logging.getLogger(__name__)

REPORTS = ("value", "demand")  # whose pictures are sent
LIMIT_SECONDS = 600.0  # longer, and something is wrong with it


class Picture(NamedTuple):
    """One plot with its line of words."""

    file_name: str
    caption: str
    content: bytes


class Workshop:
    """Makes what waits, one at a time, whenever it is woken, and what a stop left when it starts."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, wording: Wording, sender: Sender,
        command: Sequence[str] = (sys.executable, "-m", "bot"), api: TelegramApi | None = None,
    ) -> None:  # fmt: skip
        """`api`: where files are fetched from that staff send."""
        self._settings, self._database, self._clock = settings, database, clock
        self._wording, self._sender, self._command = wording, sender, command
        if api is not None:
            self.imports = ImportDesk(settings, database, clock, wording, api, sender, self._run)
        self._woken = asyncio.Event()
        self._woken.set()

    def wake(self) -> None:
        """Something was asked for."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            for asked in await self._database.read(requests.list_asked):
                if "what" in asked:
                    await self.imports.serve(asked)
                    continue
                pictures = await self._make(asked["language"])
                queued = await self._database.write(
                    lambda memory, asked=asked, pictures=pictures: self._hand_over(memory, asked, pictures),  # type: ignore[misc]
                    name="workshop.hand_over",
                )
                self._sender.add(queued)

    async def _make(self, language: str) -> list[Picture] | None:
        """None: it failed, and the log says why."""
        try:
            with tempfile.TemporaryDirectory(prefix="report-") as folder:
                pictures: list[Picture] = []
                for what in REPORTS:
                    told = await asyncio.wait_for(self._run("report", what, "--json", "--plots", folder, "--language",
                        language, "--as-of", self._clock.now().isoformat()), LIMIT_SECONDS)  # fmt: skip
                    pictures += await asyncio.to_thread(_read_pictures, told)
                return pictures
        except (OSError, RuntimeError, TimeoutError) as error:
            logger.error("a report failed: %s", str(error) or f"it took more than {LIMIT_SECONDS:.0f} s")
            return None

    async def _run(self, *arguments: str, hear: Hear | None = None) -> bytes:
        return await run_ours(self._command, self._database, *arguments, hear=hear)

    def _hand_over(self, memory: Memory, asked: dict[str, Any], pictures: list[Picture] | None) -> list[Queued]:
        if not requests.settle(memory, asked):
            return []
        chat_id, now = asked["chat_id"], self._clock.now()
        name = "staff/report_failed" if pictures is None else "staff/report_ready"
        parameters = compose(
            memory, self._wording, name, {}, chat_id=chat_id, customer_id=None, language=asked["language"],
            zone=self._settings.business.time_zone, now=now,
        )  # fmt: skip
        queued = [
            outbox.add(
                memory, "sendMessage", parameters, now=now, chat_id=chat_id, key=asked["key"], message_name=name
            )
        ]  # fmt: skip
        for picture in pictures or ():
            shown = {"chat_id": chat_id, "caption": picture.caption}
            queued.append(
                outbox.add(memory, "sendPhoto", shown, now=now, chat_id=chat_id, message_name="staff/report_ready")
            )
            outbox.attach(memory, queued[-1].id, "photo", picture.file_name, picture.content)
        return queued


def _read_pictures(told: bytes) -> list[Picture]:
    plots = json.loads(told)["plots"]
    return [Picture(f"{plot['name']}.png", plot["caption"], Path(plot["file"]).read_bytes()) for plot in plots]
