"""The worker: order in a chat, many chats at once, failures that park and hold up nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from telegram import Bot, Update
from telegram.ext import Application, MessageHandler, filters

from bot.clock import Clock
from bot.runtime.request import AiohttpRequest
from bot.runtime.slot import Outcome, current
from bot.runtime.worker import Worker, keep_error
from storage import inbox
from storage.database import Database, Memory
from storage.inbox import Waiting
from storage.models import InboxUpdate
from tests.support.rigs import until
from tests.support.sandboxes import Line

Handler = Callable[[Update], Awaitable[None]]


class Report:
    """What the worker reports to."""

    def __init__(self) -> None:
        self.parked: list[tuple[int, str]] = []

    def visited(self, outcome: Outcome) -> None:
        pass

    def park(self, memory: Memory, waiting: Waiting, error: str) -> Outcome:
        self.parked.append((waiting.update_id, error))
        return Outcome()


@asynccontextmanager
async def working(
    line: Line, database: Database, handler: Handler, start: bool = True, fragment_wait: float = 0
) -> AsyncIterator[tuple[Worker, Report]]:
    request = AiohttpRequest()
    bot = Bot(line.token, base_url=f"{line.sandbox.url}/bot", request=request, get_updates_request=AiohttpRequest())
    application: Any = Application.builder().bot(bot).updater(None).build()

    async def callback(update: Any, _context: object) -> None:
        slot = current.get()
        slot.waits = slot.may_wait and str(update.message.text).endswith("…")
        if slot.waits:
            return
        await handler(update)
        for waiting in (*(piece for piece, _ in slot.before), slot.waiting):
            await database.write(lambda memory, row=waiting.id: inbox.finish(memory, row, Clock().now()), name="x")
        slot.outcome = Outcome()

    application.add_handler(MessageHandler(filters.TEXT, callback))
    application.add_error_handler(keep_error)
    await application.initialize()
    report = Report()
    worker = Worker(application, database, Clock(), report, fragment_wait=timedelta(seconds=fragment_wait))
    task = asyncio.create_task(worker.run()) if start else None
    try:
        yield worker, report
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await worker.drain(2)
        await application.shutdown()


def put(database: Database, line: Line, *texts: str, chat: int = 7, first: int = 100, date: int = 1) -> None:
    rows = [
        {
            "bot_id": line.bot, "update_id": first + n, "chat_id": chat, "state": "ready", "error": None, "attempts": 0,
            "received_at": Clock().now(), "raw": text if text.startswith("{") else json.dumps(message(first + n, chat, text, date)),
        }
        for n, text in enumerate(texts)
    ]  # fmt: skip
    database.write_now(lambda memory: inbox.store(memory, rows))


def message(update_id: int, chat: int, text: str, date: int) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Ada"}
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": date,
            "chat": {"id": chat, "type": "private"},
            "from": person,
            "text": text,
        },
    }


def states(database: Database) -> list[str]:
    return database.read_now(lambda memory: list(memory.scalars(select(InboxUpdate.state).order_by(InboxUpdate.id))))


def run(line: Line, database: Database, handler: Handler, scene: Any) -> Report:
    async def play() -> Report:
        async with working(line, database, handler) as (worker, report):
            worker.wake()
            await scene()
            return report

    return asyncio.run(play())


def test_a_chat_is_answered_in_order_and_chats_at_once(line: Line, sqlite_database: Database) -> None:
    """Chat 7 waits on its first message; chat 8 does not wait for chat 7."""
    heard: list[str] = []
    gate = asyncio.Event()

    async def handler(update: Update) -> None:
        assert update.message is not None
        if update.message.text == "slow":
            await gate.wait()
        heard.append(update.message.text or "")

    async def scene() -> None:
        await until(lambda: heard == ["other 1", "other 2"])
        gate.set()
        await until(lambda: len(heard) == 4)

    put(sqlite_database, line, "slow", "after slow", chat=7, first=100)
    put(sqlite_database, line, "other 1", "other 2", chat=8, first=200)
    run(line, sqlite_database, handler, scene)
    assert heard == ["other 1", "other 2", "slow", "after slow"]
    assert states(sqlite_database) == ["done"] * 4


def test_failing_update_is_tried_then_parked_and_its_lane_goes_on(line: Line, sqlite_database: Database) -> None:
    tries: list[str] = []

    async def handler(update: Update) -> None:
        assert update.message is not None
        tries.append(update.message.text or "")
        if update.message.text == "bad":
            raise RuntimeError("no")

    async def scene() -> None:
        await until(lambda: states(sqlite_database) == ["parked", "done"])

    put(sqlite_database, line, "bad", "good")
    report = run(line, sqlite_database, handler, scene)
    assert tries == ["bad", "bad", "bad", "good"]
    assert report.parked == [(100, "RuntimeError: no")]


def test_unreadable_update_is_parked_at_once(line: Line, sqlite_database: Database) -> None:
    async def handler(update: Update) -> None:
        raise AssertionError("not reached")

    async def scene() -> None:
        await until(lambda: states(sqlite_database) == ["parked", "parked"])

    put(sqlite_database, line, '{"update_id": 100, "message": {"chat": 5}}', "{not json")
    report = run(line, sqlite_database, handler, scene)
    assert [error.partition(":")[0] for _, error in report.parked] == ["cannot be read", "cannot be read"]


def test_update_nothing_matches_is_done(line: Line, sqlite_database: Database) -> None:
    async def handler(update: Update) -> None:
        raise AssertionError("not reached")

    async def scene() -> None:
        await until(lambda: states(sqlite_database) == ["done"])

    put(sqlite_database, line, '{"update_id": 100}')
    run(line, sqlite_database, handler, scene)


def test_update_that_kills_the_process_is_parked_in_the_end(line: Line, sqlite_database: Database) -> None:
    """After an unclean stop each waiting update is tried alone, the attempt committed first."""
    heard: list[str] = []

    class Killed(BaseException):
        pass

    async def handler(update: Update) -> None:
        assert update.message is not None
        if update.message.text == "deadly":
            raise Killed
        heard.append(update.message.text or "")

    put(sqlite_database, line, "deadly", "harmless")

    async def play() -> list[tuple[int, str]]:
        async with working(line, sqlite_database, handler, start=False) as (worker, report):
            with suppress(Killed):
                await worker.run_suspects()
            return report.parked

    parked = [asyncio.run(play()) for _ in range(4)]
    assert [len(found) for found in parked] == [0, 0, 0, 1]
    assert heard == ["harmless"]
    assert states(sqlite_database) == ["parked", "done"]


def run_pieces(line: Line, database: Database, scene: Any, fragment_wait: float = 60) -> list[list[str]]:
    """What was run together. The wait is so long that only an event ends it within the test."""
    turns: list[list[str]] = []

    async def handler(update: Update) -> None:
        assert update.message is not None
        turns.append([*(one.message.text for _, one in current.get().before), update.message.text])  # type: ignore[union-attr, list-item]

    async def play() -> None:
        async with working(line, database, handler, fragment_wait=fragment_wait) as (worker, _report):
            worker.wake()
            await scene(worker, turns)

    asyncio.run(play())
    return turns


def test_a_piece_waits_for_its_rest_while_other_lanes_go_on(line: Line, sqlite_database: Database) -> None:
    async def scene(worker: Worker, turns: list[list[str]]) -> None:
        await until(lambda: turns == [["whole"]])
        put(sqlite_database, line, "and…", first=300)
        worker.wake()
        put(sqlite_database, line, "oat", first=301)
        worker.wake()
        await until(lambda: states(sqlite_database) == ["done"] * 4)

    put(sqlite_database, line, "2 lattes…", first=100)
    put(sqlite_database, line, "whole", chat=8, first=200)
    assert run_pieces(line, sqlite_database, scene) == [["whole"], ["2 lattes…", "and…", "oat"]]


def test_a_piece_whose_rest_does_not_come_is_run_alone(line: Line, sqlite_database: Database) -> None:
    async def scene(_worker: Worker, turns: list[list[str]]) -> None:
        await until(lambda: states(sqlite_database) == ["done"])

    put(sqlite_database, line, "2 lattes…")
    assert run_pieces(line, sqlite_database, scene, fragment_wait=0.05) == [["2 lattes…"]]


@pytest.mark.parametrize(("text", "date"), [("/stop", 1), ("much later", 99), ('{"update_id": 101}', 1)])
def test_what_is_no_rest_of_it_runs_after_it(line: Line, sqlite_database: Database, text: str, date: int) -> None:
    async def scene(_worker: Worker, turns: list[list[str]]) -> None:
        await until(lambda: states(sqlite_database) == ["done"] * 2)

    put(sqlite_database, line, "2 lattes…")
    put(sqlite_database, line, text, first=101, date=date)
    turns = run_pieces(line, sqlite_database, scene)
    assert turns[0] == ["2 lattes…"]
    assert turns[1:] in ([], [[text]])


def test_what_waits_when_we_stop_stays_in_the_inbox(line: Line, sqlite_database: Database) -> None:
    async def scene(worker: Worker, _turns: list[list[str]]) -> None:
        await until(lambda: not worker.is_idle)
        await worker.drain(2)

    put(sqlite_database, line, "2 lattes…")
    assert run_pieces(line, sqlite_database, scene) == []
    assert states(sqlite_database) == ["ready"]
