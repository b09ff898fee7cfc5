"""In a rush a process beside us makes the sender's calls, so that those who think and write have a core to themselves:
a call on aiohttp takes a fifth of what a whole visit does.

What becomes of a call is told as if it were made here: not sent, perhaps sent, or Telegram's answer.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot import beside, json_text
from bot.runtime.request import CALL_SECONDS, AiohttpRequest, Ambiguous, File, NotSent, Reply, read_json

logger = logging.getLogger(__name__)

RUSH = 48  # calls under way here at one time; with Telegram's 30 a second there are hardly ever ten
RESTART_SECONDS = 30.0  # between two starts at least
IDLE_SECONDS = 300.0  # without a call, and it is let go
LATE_SECONDS = 1.0  # a call that cannot begin by then is not made: it would outlast what the sender's lease allows
SIZE = 4  # bytes in front of a frame that say its length

Call = tuple[int, float, str, bytes]  # number, when it was asked for (monotonic seconds), address, JSON
Told = tuple[int, int, bytes]  # number, HTTP status, body; or one of these for a status, and words
UNWANTED = "no longer wanted"
NOT_SENT, AMBIGUOUS, READY = 0, -1, -2


class Courier:
    """`call` is that of AiohttpRequest, which it uses itself as long as there is no rush, and for files."""

    def __init__(
        self, request: AiohttpRequest, command: Sequence[str] | None = (sys.executable, "-m", "bot.runtime.courier")
    ) -> None:
        """Without a command no process is ever started."""
        self._request, self._command = request, command
        self._here = 0  # calls under way without the process
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Line | None = None  # once it is ready
        self._started_at = -RESTART_SECONDS
        self._waiting: dict[int, tuple[float, asyncio.Future[Reply]]] = {}
        self._number = 0
        self._called_at = 0.0
        self._starting: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def call(
        self, url: str, parameters: Mapping[str, Any], files: Sequence[File] = (), *, read_seconds: float | None = None
    ) -> Reply:
        """Raises NotSent or Ambiguous."""
        if self._line is not None and not files:
            return await self._hand_over(self._line, url, parameters)
        self._here += 1
        if self._here >= RUSH:
            self._start_soon()
        try:
            return await self._request.call(url, parameters, files, read_seconds=read_seconds)
        finally:
            self._here -= 1

    async def close(self) -> None:
        """Calls that are not over may have been made."""
        self._command = None
        if self._starting is not None:
            await asyncio.wait([self._starting])
        self._lose(self._process, UNWANTED)

    async def _hand_over(self, line: Line, url: str, parameters: Mapping[str, Any]) -> Reply:
        self._number += 1
        number, now = self._number, time.monotonic()
        self._called_at = now
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (now, answer)
        line.say((number, now, url, json_text.dump(parameters)))
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    def _hear(self, line: Line, told: Told) -> None:
        number, status, body = told
        if status == READY:
            self._line, self._called_at = line, time.monotonic()
            self._look()
            return
        _, answer = self._waiting.get(number, (0.0, None))
        if answer is None or answer.done():
            return
        if status > 0:
            answer.set_result(Reply(status, read_json(body)))
        else:
            answer.set_exception((NotSent if status == NOT_SENT else Ambiguous)(body.decode()))

    def _start_soon(self) -> None:
        due = time.monotonic() - self._started_at > RESTART_SECONDS
        if self._command is not None and self._starting is None and self._process is None and due:
            self._starting = asyncio.create_task(self._start(self._command))

    async def _start(self, command: Sequence[str]) -> None:
        self._started_at = time.monotonic()
        try:
            process, end = beside.start(command)
            self._process = process
            await Line.open(end, self._hear, lambda why: self._lose(process, why))
        except OSError as error:
            logger.warning("no process to send with: %s", error)
        finally:
            self._starting = None

    def _look(self) -> None:
        """Whether it still answers, since a call of its own ends in time; and whether it is still wanted."""
        if self._line is None:
            return
        now = time.monotonic()
        oldest = next((asked_at for asked_at, _ in self._waiting.values()), now)
        if now - oldest > CALL_SECONDS + LATE_SECONDS:
            self._lose(self._process, "it answers no more")
        elif now - self._called_at > IDLE_SECONDS:
            self._lose(self._process, UNWANTED)
        else:
            asyncio.get_running_loop().call_later(CALL_SECONDS, self._look)

    def _lose(self, process: subprocess.Popen[bytes] | None, why: str) -> None:
        """It ends, or has. What it had taken may have been sent."""
        if process is None or process is not self._process:
            return
        line, self._line, self._process = self._line, None, None
        if line is not None:
            line.close()
        process.kill()
        status = process.wait()
        if why != UNWANTED:
            logger.warning("the sending process has ended: %s (%s)", why, status)
        for _, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Ambiguous("the process that sent it has ended"))


class Line(asyncio.Protocol):
    """Frames over a socket: what is said within one turn of the loop goes together."""

    def __init__(self, hear: Callable[[Line, Any], None], lose: Callable[[str], None]) -> None:
        self._hear, self._lose = hear, lose
        self._saying: list[Any] = []
        self._heard = bytearray()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, end: socket.socket, hear: Callable[[Line, Any], None], lose: Callable[[str], None]) -> Line:
        _, line = await asyncio.get_running_loop().create_unix_connection(lambda: cls(hear, lose), sock=end)
        return line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a socket's is
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self._lose(str(error or "it hung up"))

    def say(self, thing: Any) -> None:
        if not self._saying:
            asyncio.get_running_loop().call_soon(self._flush)
        self._saying.append(thing)

    def _flush(self) -> None:
        content = pickle.dumps(self._saying)
        self._saying.clear()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(len(content).to_bytes(SIZE, "big") + content)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while len(self._heard) >= SIZE:
            end = SIZE + int.from_bytes(self._heard[:SIZE], "big")
            if len(self._heard) < end:
                return
            things = pickle.loads(self._heard[SIZE:end])  # noqa: S301  our own process
            del self._heard[:end]
            for thing in things:
                self._hear(self, thing)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def serve() -> None:
    """What the process does, until whoever it belongs to is gone."""
    gone = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()
    async with AiohttpRequest() as request:

        def begin(line: Line, call: Call) -> None:
            task = asyncio.create_task(_make(request, line, *call))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        line = await Line.open(beside.take_end(), begin, lambda _: gone.set())
        line.say((0, READY, b""))
        await gone.wait()


async def _make(request: AiohttpRequest, line: Line, number: int, asked_at: float, url: str, content: bytes) -> None:
    try:
        if time.monotonic() - asked_at > LATE_SECONDS:
            raise NotSent("it came too late to be made")
        status, body = await request.post_json(url, content, seconds=CALL_SECONDS - LATE_SECONDS)
    except NotSent as error:
        status, body = NOT_SENT, str(error).encode()
    except Ambiguous as error:
        status, body = AMBIGUOUS, str(error).encode()
    except Exception as error:
        status, body = AMBIGUOUS, type(error).__name__.encode()  # its words may hold the address
    line.say((number, status, body))


if __name__ == "__main__":
    asyncio.run(serve())
