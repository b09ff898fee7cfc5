"""Updates onto disk: confirmed only after they are there, whatever they hold and whatever Telegram says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import Clock
from bot.runtime.intake import Intake, find_chat
from bot.runtime.request import AiohttpRequest
from bot.runtime.telegram_api import TelegramApi
from storage.database import Database
from storage.models import InboxUpdate
from tests.support.rigs import until
from tests.support.sandboxes import Line


@asynccontextmanager
async def polling(line: Line, database: Database, token: str | None = None) -> AsyncIterator[Intake]:
    async with AiohttpRequest() as request:
        api = TelegramApi(line.sandbox.url, token or line.token, request)
        intake = Intake(api, database, Clock(), lambda: None, poll_seconds=2)
        task = asyncio.create_task(intake.run())
        try:
            yield intake
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def stored(database: Database) -> list[InboxUpdate]:
    return database.read_now(lambda memory: list(memory.scalars(select(InboxUpdate).order_by(InboxUpdate.id))))


def test_updates_are_stored_raw_and_once(line: Line, database: Database) -> None:
    async def play() -> None:
        async with polling(line, database):
            await until(lambda: len(stored(database)) == 1)
            line.says(text="two")
            await until(lambda: len(stored(database)) == 2)
        async with polling(line, database):  # again, as after a restart without an offset
            line.says(text="three")
            await until(lambda: len(stored(database)) == 3)

    asyncio.run(play())
    rows = stored(database)
    assert [json.loads(row.raw)["message"]["text"] for row in rows] == ["hello", "two", "three"]
    assert {(row.chat_id, row.state, row.bot_id) for row in rows} == {(line.person, "ready", line.bot)}


def test_offset_moves_only_after_the_commit(line: Line, sqlite_database: Database) -> None:
    """Killed between fetch and commit: Telegram still has the update."""

    class Killed(BaseException):
        pass

    async def play() -> None:
        async with AiohttpRequest() as request:
            intake = Intake(
                TelegramApi(line.sandbox.url, line.token, request),
                sqlite_database,
                Clock(),
                lambda: None,
                poll_seconds=1,
            )

            async def die(_updates: Any) -> None:
                raise Killed

            intake.store = die  # type: ignore[method-assign]
            with pytest.raises(Killed):
                await intake.run()

    asyncio.run(play())
    assert [update["message"]["text"] for update in line.updates()] == ["hello"]


def test_what_has_no_id_is_parked_and_blocks_nothing(line: Line, database: Database) -> None:
    async def play() -> None:
        async with AiohttpRequest() as request:
            api = TelegramApi(line.sandbox.url, line.token, request)
            intake = Intake(api, database, Clock(), lambda: None, poll_seconds=1)
            await intake.store(
                [{"message": {}}, "text", {"update_id": 5, "message": {"chat": {"id": 9}, "x": "\u0000"}}]
            )

    asyncio.run(play())
    assert sorted((row.state, row.error, row.chat_id) for row in stored(database)) == [
        ("parked", "no update_id", 0),
        ("parked", "no update_id", 0),
        ("ready", None, 9),
    ]


@pytest.mark.parametrize("code", [401, 404, 409, 502])
def test_refusals_alarm_and_recover(line: Line, sqlite_database: Database, code: int) -> None:
    """Stock PTB stops polling for good at the first 401 while the process looks healthy."""

    async def play() -> None:
        line.sandbox.ask("POST", "faults", {"method": "getUpdates", "times": 2, "code": code})
        async with polling(line, sqlite_database) as intake:
            if code != 502:
                await until(lambda: intake.alarm is not None)
            await until(lambda: len(stored(sqlite_database)) == 1)
            await until(lambda: intake.alarm is None)
            assert intake.is_healthy()

    asyncio.run(play())


def test_link_cut_while_polling_loses_nothing(line: Line, sqlite_database: Database) -> None:
    async def play() -> None:
        line.sandbox.ask("POST", "faults", {"method": "getUpdates", "times": 1, "cut_after_accept": True})
        async with polling(line, sqlite_database):
            await until(lambda: len(stored(sqlite_database)) == 1)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": -5}, "from": {"id": 7}}}, -5),
        ({"update_id": 1, "callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 8}}}}, 8),
        ({"update_id": 1, "callback_query": {"from": {"id": 7}}}, 7),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 9}}}, 9),
        ({"update_id": 1, "poll": {"id": "x"}}, 0),
        ({"update_id": 1, "message": {"chat": "x"}}, 0),
    ],
)
def test_lane_of_an_update(update: dict[str, Any], chat: int) -> None:
    assert find_chat(update) == chat
