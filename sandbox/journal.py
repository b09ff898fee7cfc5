"""Keeps the sandbox's state in an SQLite file: one thread, WAL, group commit.

The state lives in memory; every change is also written here. A reply goes out only after the commit of what it tells
(`settle`), so an id that anybody has seen is never given out again, whatever is killed when.
"""

import asyncio
import contextlib
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Write = tuple[str, tuple[Any, ...]]

RETRY_SECONDS = 0.2

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bots (id INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (bot INTEGER PRIMARY KEY, next_update INTEGER NOT NULL,
    next_message INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chats (bot INTEGER, id INTEGER, data TEXT NOT NULL, PRIMARY KEY (bot, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (bot INTEGER, id INTEGER, chat INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (bot, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS updates (bot INTEGER, id INTEGER, data BLOB NOT NULL, PRIMARY KEY (bot, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queries (bot INTEGER, id TEXT, data TEXT NOT NULL, PRIMARY KEY (bot, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, data TEXT NOT NULL, bytes BLOB NOT NULL);
"""


class Journal:
    """The memory-only journal: remembers nothing, and is never behind."""

    persistent = False
    pending = False

    def write(self, sql: str, *values: Any) -> None:
        """Queue one statement for the next commit."""

    async def settle(self) -> None:
        """Return when everything written so far is committed; raises `sqlite3.Error` when it could not be."""

    async def close(self) -> None: ...


class FileJournal(Journal):
    persistent = True

    def __init__(self, path: Path) -> None:
        """Opens and locks the file; raises `sqlite3.OperationalError` when another sandbox has it."""
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
        # Exclusive, so that a second sandbox on the same file is refused instead of giving out the same ids.
        self.connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.executescript("BEGIN EXCLUSIVE;" + SCHEMA + "COMMIT;")
        self._waiting: list[Write] = []
        self._next: asyncio.Future[None] | None = None
        self._flying: asyncio.Future[None] | None = None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="sandbox-journal", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> bool:  # type: ignore[override]
        return self._next is not None or self._flying is not None

    def write(self, sql: str, *values: Any) -> None:
        self._waiting.append((sql, values))
        if self._next is None:
            self._next = self._promise()
            if self._flying is None:
                asyncio.get_running_loop().call_soon(self._fly)

    async def settle(self) -> None:
        commit = self._next or self._flying
        if commit is not None:
            await asyncio.shield(commit)

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def ask() -> None:
            try:
                found = question(self.connection)
            except sqlite3.Error as error:
                _tell(loop, answer.set_exception, error)
            else:
                _tell(loop, answer.set_result, found)

        self._jobs.put(ask)
        return await answer

    async def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            while self.pending:
                await self.settle()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self.connection.close()

    def _fly(self) -> None:
        """Hand everything that waits to the thread as one transaction."""
        if self._flying is not None or self._next is None:
            return
        batch, self._waiting = self._waiting, []
        self._flying, self._next = self._next, None
        loop = asyncio.get_running_loop()
        self._jobs.put(lambda: _tell(loop, self._landed, self._commit(batch), batch))

    def _landed(self, error: sqlite3.Error | None, batch: list[Write]) -> None:
        flown, self._flying = self._flying, None
        if error is not None:
            print(f"sandbox: cannot write its file: {error}", file=sys.stderr, flush=True)  # noqa: T201
            # Tried again until it succeeds, and pending meanwhile: nobody may see what the file does not have.
            self._waiting[:0] = batch
            self._next = self._next or self._promise()
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self._fly)
        if flown is not None and not flown.done():
            if error is None:
                flown.set_result(None)
            else:
                flown.set_exception(error)
        if self._next is not None and error is None:
            self._fly()

    @staticmethod
    def _promise() -> "asyncio.Future[None]":
        promise: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # A failure is told to whoever waits in `settle`; with nobody waiting it is on stderr already.
        promise.add_done_callback(lambda done: done.cancelled() or done.exception())
        return promise

    def _commit(self, batch: list[Write]) -> sqlite3.Error | None:
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            for sql, values in batch:
                self.connection.execute(sql, values)
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self.connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
            return error
        return None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[..., object], *values: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to tell
        loop.call_soon_threadsafe(callback, *values)
