"""The sandbox inside another server's event loop, as `regulars run` has it without a token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from sandbox import Telegram, create_app

TOKEN = "42:" + "A" * 35


@asynccontextmanager
async def serving(telegram: Telegram) -> AsyncIterator[httpx.AsyncClient]:
    host = FastAPI()
    host.mount("/", create_app(telegram))
    server = uvicorn.Server(uvicorn.Config(host, port=0, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
        yield client
    telegram.release()
    server.should_exit = True
    await task
    await telegram.close()


def test_it_works_mounted_in_fastapi() -> None:
    async def use() -> None:
        async with serving(Telegram.open()) as client:
            person = {"id": 7, "first_name": "Ada"}
            assert (await client.post("/sandbox/people", json=person)).status_code == 200
            assert (await client.post("/sandbox/messages", json={"from": 7, "text": "hi"})).status_code == 200
            updates = (await client.get(f"/bot{TOKEN}/getUpdates?timeout=5")).json()["result"]
            assert [update["message"]["text"] for update in updates] == ["hi"]

    asyncio.run(use())


def test_a_cut_is_at_least_a_reply_cut_short() -> None:
    async def use() -> None:
        async with serving(Telegram.open()) as client:
            await client.post("/sandbox/faults", json={"method": "getMe", "times": 1, "cut_after_accept": True})
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(f"/bot{TOKEN}/getMe")
            assert (await client.get(f"/bot{TOKEN}/getMe")).json()["ok"] is True

    asyncio.run(use())


def test_a_release_lets_a_long_poll_go() -> None:
    async def use() -> None:
        telegram = Telegram.open()
        async with serving(telegram) as client:
            poll = asyncio.create_task(client.get(f"/bot{TOKEN}/getUpdates?timeout=50"))
            while not any(bot.poll for bot in telegram.bots.values()):  # noqa: ASYNC110 - nor has a poll
                await asyncio.sleep(0.01)
            telegram.release()
            assert (await poll).json() == {"ok": True, "result": []}

    asyncio.run(use())
