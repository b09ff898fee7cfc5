"""`python -m sandbox --http HOST:PORT [--file PATH | --memory] [--token TOKEN]...`"""

import argparse
import asyncio
import contextlib
import gc
import ipaddress
import signal
import socket
import sqlite3
import sys
from collections.abc import Generator
from pathlib import Path

import uvicorn

from sandbox.http import create_app
from sandbox.telegram import TOKEN, Telegram


def read_arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Telegram on your own machine.")
    parser.add_argument("--http", default="127.0.0.1:8081", metavar="HOST:PORT", help="loopback only; port 0 is any")
    parser.add_argument("--file", type=Path, help="where people, chats and counters are kept (sandbox.db)")
    parser.add_argument("--memory", action="store_true", help="keep nothing")
    parser.add_argument("--token", action="append", default=[], help="let only these bots in; may be repeated")
    arguments = parser.parse_args(words)
    if arguments.memory and arguments.file:
        parser.error("--memory keeps nothing, so it has no --file")
    if bad := [token for token in arguments.token if not TOKEN.fullmatch(token)]:
        parser.error(f"--token {bad[0]}: a token is digits, a colon and 30 to 64 of A-Z a-z 0-9 _ -")
    host, _, port = arguments.http.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        parser.error(f"--http {arguments.http}: HOST:PORT is needed, such as 127.0.0.1:8081")
    arguments.host, arguments.port = host.strip("[]"), int(port)
    if not is_loopback(arguments.host):
        parser.error(f"--http {arguments.http}: only this machine may reach the sandbox; use 127.0.0.1 or [::1]")
    return arguments


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bind(host: str, port: int) -> socket.socket:
    host = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off only where it sees TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(2048)
    return listener


class Server(uvicorn.Server):
    """uvicorn with our stop: on a signal every waiting request is let go first."""

    def __init__(self, telegram: Telegram, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(telegram),
                http="httptools",
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=1,
            )
        )
        self.telegram = telegram
        self.listener = listener

    async def run_until_stopped(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            await self.serve(sockets=[self.listener])
        finally:
            await self.telegram.close()

    def stop(self) -> None:
        self.telegram.release()
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield  # ours are set already, and stay

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        host, port = self.listener.getsockname()[:2]
        print(f"Sandbox at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201


def main() -> int:
    arguments = read_arguments()
    path = None if arguments.memory else (arguments.file or Path("sandbox.db"))
    try:
        telegram = Telegram.open(path, arguments.token)
    except sqlite3.Error as error:
        print(f"{path}: {error}; another sandbox may have it open, or it is no sandbox file", file=sys.stderr)  # noqa: T201
        return 1
    try:
        listener = bind(arguments.host, arguments.port)
    except OSError as error:
        print(f"--http {arguments.http}: {error.strerror}; choose another port, 0 for any", file=sys.stderr)  # noqa: T201
        return 1
    # What the sandbox makes it keeps, in no cycles: looking for garbage in it all the time cost a third of its speed.
    gc.set_threshold(100_000, 50, 1000)
    asyncio.run(Server(telegram, listener).run_until_stopped())
    return 0


if __name__ == "__main__":
    sys.exit(main())
