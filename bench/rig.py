"""A sandbox in a process of its own, the people in it, and a bot in another: what every throughput run stands on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bench.processes import list_children, pin

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"
LIMITS = {"messages_per_second": 0, "chat_messages_per_second": 0, "group_messages_per_minute": 0}
POSTERS = 16  # people who write at one time, while the burst is laid in
START_SECONDS = 60.0
Json = dict[str, Any]


class BenchError(Exception):
    """A run that cannot be measured; the message says what happened and shows the end of the bot's log."""


@dataclass
class Sandbox:
    """`python -m sandbox --memory` with limits off and a slow link."""

    process: subprocess.Popen[str]
    url: str
    session: aiohttp.ClientSession

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, core: int | None, link_ms: float) -> AsyncIterator[Sandbox]:
        process = subprocess.Popen(  # noqa: ASYNC220  nothing else runs yet
            [sys.executable, "-m", "sandbox", "--http", "127.0.0.1:0", "--memory"],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        try:
            pin(process.pid, core)
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("Sandbox at "):
                raise BenchError(f"the sandbox did not start: {line!r}")
            connector = aiohttp.TCPConnector(limit=POSTERS)
            async with aiohttp.ClientSession(line.split()[-1], connector=connector) as session:
                sandbox = cls(process, line.split()[-1], session)
                await sandbox.ask("POST", "limits", LIMITS)
                if link_ms:
                    await sandbox.ask("POST", "faults", {"method": "*", "times": None, "delay_ms": link_ms})
                yield sandbox
        finally:
            process.terminate()
            process.communicate()

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        async with self.session.request(method, f"/sandbox/{path}", json=body) as response:
            if response.status >= 400:
                raise BenchError(f"the sandbox refused {path}: {await response.text()}")
            return await response.json()

    async def count_calls(self) -> int:
        return int((await self.ask("GET", f"calls?after={1 << 60}"))["seq"])

    async def list_calls(self, after: int) -> list[Json]:
        """Bot API calls after the one numbered `after`, as they arrived."""
        calls: list[Json] = (await self.ask("GET", f"calls?after={after}"))["calls"]
        return calls

    async def is_polled(self) -> bool:
        return any(bot["polling"] for bot in await self.ask("GET", "bots"))

    async def admit(self, people: Iterable[Mapping[str, Any]]) -> None:
        await self._post_all("people", list(people))

    async def say(self, messages: Sequence[tuple[int, str]]) -> None:
        """Each person's messages arrive in the order given."""
        await self._post_all("messages", [{"from": person, "text": text} for person, text in messages])

    async def _post_all(self, path: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        waiting = iter(bodies)

        async def post() -> None:
            for body in waiting:
                await self.ask("POST", path, body)

        await asyncio.gather(*(post() for _ in range(POSTERS)))


@dataclass(frozen=True)
class Peer:
    """A bot that can be started, and how it was set."""

    name: str
    setting: str
    command: Sequence[str]
    environment: Mapping[str, str]
    staff: Sequence[Mapping[str, Any]] = ()  # people of the sandbox who hear of complaints; not timed
    meets_everybody: bool = False  # all people press /start before the burst


class BotProcess:
    """A running bot. Its output goes to a file, shown when it fails."""

    def __init__(self, peer: Peer, url: str, folder: Path, cores: tuple[int, int] | None) -> None:
        """`cores`: the bot's own, and that of the sandbox and of any process the bot starts beside it."""
        self.peer = peer
        self.log = folder / "bot.log"
        environment = {
            **os.environ, "TELEGRAM_BOT_TOKEN": f"4242:{'A' * 35}", "TELEGRAM_API_URL": url, "PYTHONUNBUFFERED": "1",
            **peer.environment,
        }  # fmt: skip
        with self.log.open("w") as log:
            self.process = subprocess.Popen(peer.command, stdout=log, stderr=log, env=environment, cwd=ROOT)
        self._cores = cores

    @property
    def pid(self) -> int:
        return self.process.pid

    async def wait_until_polling(self, sandbox: Sandbox) -> None:
        until = time.monotonic() + START_SECONDS
        while not await sandbox.is_polled():
            if self.process.poll() is not None or time.monotonic() > until:
                raise BenchError(f"{self.peer.name} does not ask for updates\n{self.tail()}")
            await asyncio.sleep(0.05)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped as it stands, and put in its place: the burst is laid in meanwhile and costs it nothing."""
        own, other = self._cores or (None, None)
        pin(self.process.pid, own)
        for child in list_children(self.process.pid):
            pin(child, other)
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def read_time(call: Json) -> float:
    """When a call arrived, seconds since 1970."""
    return datetime.fromisoformat(call["at"]).timestamp()
