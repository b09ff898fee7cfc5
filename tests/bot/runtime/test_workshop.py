"""Slow work: made in another process, handed over once, begun anew after a stop; a failure is said."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.runtime.workshop import Workshop
from storage import requests
from storage.database import Database
from storage.models import Attachment, OutboxMessage
from tests.bot.differentiate.test_forecast import fill
from tests.bot.differentiate.test_night import Moved
from tests.support.follow_ups import SETTINGS, WORDING

ROOT = Path(__file__).parents[3]
OURS = (sys.executable, "-m", "bot")


class Hand:
    """Stands for the sender: what it was told of."""

    def __init__(self) -> None:
        self.queued: list[Any] = []
        self.told = asyncio.Event()

    def add(self, queued: list[Any]) -> None:
        self.queued += queued
        self.told.set()


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


async def work(database: Database, command: Sequence[str] = OURS) -> Hand:
    hand = Hand()
    workshop = Workshop(SETTINGS, database, Moved(), WORDING, cast(Any, hand), command)
    running = asyncio.create_task(workshop.run())
    await asyncio.wait_for(hand.told.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return hand


def ask(database: Database, chat: int = 900, language: str = "en", key: str = "report:1") -> None:
    database.write_now(lambda memory: requests.ask(memory, chat, language, key))


def sent(database: Database) -> list[OutboxMessage]:
    return database.read_now(lambda memory: list(memory.scalars(select(OutboxMessage).order_by(OutboxMessage.id))))


def test_the_report_comes_as_pictures(database: Database) -> None:
    fill(database, 60)
    ask(database, language="zh")
    hand = asyncio.run(work(database))
    said, *pictures = sent(database)
    assert (said.method, said.chat_id, said.key, said.parameters["text"]) == (
        "sendMessage", 900, "report:1", "<b>价值报告</b>",
    )  # fmt: skip
    assert [one.method for one in pictures] == ["sendPhoto"] * len(pictures)
    assert len(pictures) >= 4
    assert pictures[0].parameters["caption"].startswith("各等级有多少顾客")
    files = database.read_now(lambda memory: list(memory.scalars(select(Attachment).order_by(Attachment.id))))
    assert [one.outbox_id for one in files] == [one.id for one in pictures]
    assert all(one.content.startswith(b"\x89PNG") and one.field == "photo" for one in files)
    assert len(hand.queued) == len(pictures) + 1
    assert database.read_now(requests.list_asked) == []


def test_a_failure_is_said_and_ends_it(sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    ask(sqlite_database)
    asyncio.run(work(sqlite_database, (sys.executable, "-c", "import sys; sys.exit('no room on the disk')")))
    (said,) = sent(sqlite_database)
    assert "could not be made" in said.parameters["text"]
    assert "no room on the disk" in caplog.text
    assert sqlite_database.read_now(requests.list_asked) == []


def test_a_command_that_is_not_there_does_not_end_the_bot(sqlite_database: Database) -> None:
    ask(sqlite_database)
    asyncio.run(work(sqlite_database, ("/no/such/program",)))
    assert "could not be made" in sent(sqlite_database)[0].parameters["text"]


def test_a_stop_leaves_it_asked_for_and_no_process(sqlite_database: Database, tmp_path: Path) -> None:
    ask(sqlite_database)
    began = tmp_path / "began"
    os.mkfifo(began)  # reading it waits until the process has written
    forever = f"import os, pathlib, time\npathlib.Path({str(began)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"

    async def stop() -> None:
        workshop = Workshop(
            SETTINGS, sqlite_database, Moved(), WORDING, cast(Any, Hand()), (sys.executable, "-c", forever)
        )
        running = asyncio.create_task(workshop.run())
        number = int(await asyncio.wait_for(asyncio.to_thread(began.read_text), 30))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)

    asyncio.run(stop())
    assert sent(sqlite_database) == []
    assert [one["chat_id"] for one in sqlite_database.read_now(requests.list_asked)] == [900]


def test_what_is_settled_is_not_handed_over_again(database: Database) -> None:
    ask(database)
    (asked,) = database.read_now(requests.list_asked)
    assert database.write_now(lambda memory: requests.settle(memory, asked))
    assert not database.write_now(lambda memory: requests.settle(memory, asked))
    ask(database, key="report:2")
    assert not database.write_now(lambda memory: requests.settle(memory, asked))  # asked for anew


def test_no_secret_goes_along(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:abc")
    ask(sqlite_database)
    look = "import os, sys; sys.exit('token' if 'TELEGRAM_BOT_TOKEN' in os.environ else os.environ['REGULARS_DATABASE_URL'])"
    environment = Workshop(SETTINGS, sqlite_database, Moved(), WORDING, cast(Any, Hand()), (sys.executable, "-c", look))
    with pytest.raises(RuntimeError, match=r"^sqlite:///.*\.db"):
        asyncio.run(environment._run())
