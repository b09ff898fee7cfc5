"""Files that staff send in the chat: fetched, looked at, imported on a tap, taken back on another. Called by the workshop."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.config import Settings
from bot.customize.messages import Button, Rows, compose
from bot.customize.wording import Wording
from bot.errors import InputError
from bot.identify.importing.kinds import guess_kind
from bot.runtime.command import CommandFailed
from bot.runtime.sender import Sender
from bot.runtime.telegram_api import CannotFetch, TelegramApi
from storage import outbox, requests
from storage.database import Database, Memory
from storage.outbox import Queued

logger = logging.getLogger(__name__)

MOST_BYTES = 20_000_000  # what Telegram lets a bot fetch
EVERY_SECONDS = 2.0  # between two words on how far it is
WORDS = 900  # of what is wrong with a file, shown
SHOWN = 3  # rows and bad rows of a preview
Asked = dict[str, Any]
Run = Callable[..., Awaitable[bytes]]


class ImportDesk:
    """`run` runs a command of ours, as `command.run_ours` does."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, wording: Wording, api: TelegramApi, sender: Sender,
        run: Run,
    ) -> None:  # fmt: skip
        self._settings, self._database, self._clock, self._wording = settings, database, clock, wording
        self._api, self._sender, self._run = api, sender, run

    async def serve(self, asked: Asked) -> None:
        """What was asked for (`what`: preview, import or undo), and the message that says what came of it."""
        try:
            with tempfile.TemporaryDirectory(prefix="import-") as folder:
                name, values, rows, bad = await self._work(asked, Path(folder))
        except (CommandFailed, CannotFetch, InputError, OSError, TimeoutError) as error:
            name, values, rows, bad = "staff/import_failed", {"reason": _words(error)}, None, None
        await self._tell(asked, name, {"file": asked["file_name"], **values}, rows, bad, settle=True)

    async def _work(self, asked: Asked, folder: Path) -> tuple[str, dict[str, Any], Rows | None, bytes | None]:
        if asked["what"] == "undo":
            told = json.loads(await self._run("import", "undo", str(asked["import_id"]), "--json"))
            kept = [{"which": name, "reason": why} for _, name, why in told["kept"][:SHOWN]]
            counts = {"removed_count": sum(told["removed"].values()), "changed": sum(told["restored"].values())}
            return "staff/import_undone", {**counts, "bad_count": told["kept_count"], "leftovers": kept}, None, None
        path = folder / _safe(asked["file_name"])
        await self._api.download(asked["file_id"], path, MOST_BYTES)
        try:
            if asked["what"] == "preview":
                return await self._preview(asked, path)
            return await self._import(asked, path)
        except (CommandFailed, InputError) as error:
            words = _words(error).replace(f"{folder}/", "")
            return "staff/import_failed", {"reason": words}, None, None

    async def _preview(self, asked: Asked, path: Path) -> tuple[str, dict[str, Any], Rows | None, None]:
        kind = asked.get("kind") or await asyncio.to_thread(guess_kind, path)
        if kind is None:
            return "staff/import_unclear", {}, None, None
        told = json.loads(await self._run(*_words_of(kind, path, asked), "--dry-run"))
        nothing = told["added"] + told["changed"] == 0
        values = {**asked, "kind": kind}
        go = Button("import_file", values=values, words={"count": told["rows"]})
        rows: Rows = (
            [[Button("import_drop", values=values)]] if nothing else [[go], [Button("import_drop", values=values)]]
        )
        shown = {
            **_counts(told), "form": told["format"], "others": told["left_out"],
            "columns": [{"column": theirs, "name": ours, "sure": ours not in told["guessed"]}
                        for ours, theirs in told["columns"].items()],
            "lines": [" · ".join(row.values()) for row in told["preview"][:SHOWN]],
            "faults": told["bad"][:SHOWN],
        }  # fmt: skip
        return "staff/import_preview", shown, rows, None

    async def _import(self, asked: Asked, path: Path) -> tuple[str, dict[str, Any], Rows | None, bytes | None]:
        spoke = time.monotonic()

        async def hear(progress: str) -> None:
            nonlocal spoke
            done, total = map(int, progress.split())
            if time.monotonic() - spoke >= EVERY_SECONDS:
                spoke = time.monotonic()
                values = {"file": asked["file_name"], "done": done, "count": total}
                await self._tell(asked, "staff/import_running", values)

        by = ["--by", str(asked["staff_id"]), "--progress"]
        told = json.loads(await self._run(*_words_of(asked["kind"], path, asked), *by, hear=hear))
        undo = Button("import_undo", "undo", {**asked, "import_id": told["import_id"]})
        bad = await asyncio.to_thread(Path(told["bad_file"]).read_bytes) if told["bad_file"] else None
        return "staff/import_done", _counts(told), [[undo]], bad

    async def _tell(
        self, asked: Asked, name: str, values: dict[str, Any], rows: Rows | None = None, bad: bytes | None = None, *,
        settle: bool = False,
    ) -> None:  # fmt: skip
        """Change the message that was answered to the file with; the bad rows follow it as a file."""

        def write(memory: Memory) -> list[Queued]:
            if settle and not requests.settle(memory, asked):
                return []
            chat_id, now = asked["chat_id"], self._clock.now()
            parameters = compose(
                memory, self._wording, name, values, chat_id=chat_id, customer_id=None, language=asked["language"],
                zone=self._settings.business.time_zone, now=now, rows=rows,
            )  # fmt: skip
            said = outbox.add(
                memory, "sendMessage", parameters, now=now, chat_id=chat_id, key=asked["key"], message_name=name
            )
            if bad is None:
                return [said]
            shown = outbox.add(
                memory, "sendDocument", {"chat_id": chat_id}, now=now, chat_id=chat_id, message_name=name
            )
            outbox.attach(memory, shown.id, "document", f"{Path(_safe(asked['file_name'])).stem}.bad.csv", bad)
            return [said, shown]

        self._sender.add(await self._database.write(write, name="import_desk"))


def _counts(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": told["kind"], "count": told["rows"], "added": told["added"], "changed": told["changed"],
        "same": told["unchanged"], "bad_count": told["skipped"], "reachable": told["reachable"],
    }  # fmt: skip


def _words_of(kind: str, path: Path, asked: Asked) -> list[str]:
    locale = ["--locale", asked["locale"]] if asked.get("locale") else []
    return ["import", kind, str(path), "--json", "--skip-bad", "--map", "*=", *locale]


def _words(error: Exception) -> str:
    """What staff can mend; what they cannot is in the log."""
    if isinstance(error, CommandFailed | OSError) and getattr(error, "status", 1) != InputError.exit_status:
        logger.error("an import from the chat failed: %s", error)
        return ""
    return str(error).strip()[:WORDS]


def _safe(name: str) -> str:
    """A file name, and nothing that leads elsewhere."""
    found = re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rpartition("/")[2])[-80:].lstrip(".-")
    return found or "file"
