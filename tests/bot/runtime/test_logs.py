"""What stands on the console: errors do, a tick that our own stop cut short does not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.runtime import logs


@pytest.fixture(autouse=True)
def on_the_console(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.set_up("INFO", "text")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def run_and_stop(*, failing: bool) -> None:
    """A scheduler is stopped while a job runs, or after one has failed."""

    async def scene() -> None:
        begun, ended = asyncio.Event(), asyncio.Event()

        async def tick() -> None:
            begun.set()
            if failing:
                raise ValueError("no beans")
            await asyncio.Event().wait()

        scheduler = AsyncIOScheduler()
        scheduler.add_listener(lambda _: ended.set(), EVENT_JOB_ERROR)
        scheduler.add_job(tick)
        scheduler.start()
        await begun.wait()
        scheduler.shutdown(wait=False)
        await ended.wait()

    asyncio.run(scene())


def test_what_our_stop_cuts_short_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    run_and_stop(failing=False)
    assert capsys.readouterr().err == ""


def test_a_job_that_fails_is(capsys: pytest.CaptureFixture[str]) -> None:
    run_and_stop(failing=True)
    assert "ValueError: no beans" in capsys.readouterr().err
