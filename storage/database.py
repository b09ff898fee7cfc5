"""Engines, transactions, and the writer: every change goes through `Database.write`.

On SQLite one thread writes, and work that waits together shares one transaction (group commit), each piece
in its own savepoint. On PostgreSQL a few threads write, SERIALIZABLE, and run a piece again when it lost.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from storage.engines import empty_log, open_postgres, open_sqlite
from storage.memory import Memory as Memory
from storage.work import Prepare, Work

logger = logging.getLogger(__name__)

T = TypeVar("T")

GROUP = 64  # pieces of work in one SQLite transaction at most (`reference` figures: no gain above)
SLOW_SECONDS = 0.25  # a piece of work slower than this is logged by name
WAIT_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)  # between tries while the database or disk is away

# SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN: the machine's trouble, not the statement's.
SQLITE_AWAY = {5, 6, 7, 8, 10, 13, 14}
POSTGRES_AWAY = ("08", "53", "57P", "58")  # connection, resources, operator intervention, system error
POSTGRES_LOST = ("40001", "40P01")  # serialization failure, deadlock: run it again at once


_LOOK: Work[Any] = Work("look", lambda _memory: None)  # wakes a writer that waits, when something urgent came


class Database:
    """One database, by SQLAlchemy URL. Open it, write and read through it, close it."""

    def __init__(self, url: str, *, pool: int = 4, bulk: bool = False) -> None:
        """`bulk`: for one that writes much and is asked nothing meanwhile."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = open_sqlite(url, bulk=bulk) if self.is_sqlite else open_postgres(url, pool)
        # A report is one snapshot; SERIALIZABLE would make it fail others, and fail with them.
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = (
            open_sqlite(url, read_only=True) if self.is_sqlite else self._engine.execution_options(**snapshot)
        )
        self._queue: queue.SimpleQueue[Work[Any] | None] = queue.SimpleQueue()
        self._urgent: deque[Work[Any]] = deque()
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="reader")
        self._stopping = threading.Event()
        target = self._write_sqlite if self.is_sqlite else self._write_postgres
        count = 1 if self.is_sqlite else pool
        self._threads = [threading.Thread(target=target, name=f"writer-{n}", daemon=True) for n in range(count)]
        self._started = False

    @property
    def engine(self) -> Engine:
        return self._engine

    # -- writing -----------------------------------------------------------------------------------------------

    async def write(self, run: Callable[[Memory], T], *, name: str, prepare: Prepare | None = None) -> T:
        """Run in a transaction and return after COMMIT. What `run` raises is raised here, its changes undone."""
        return await self._wait_for(Work(name, run, prepare))

    async def write_first(self, run: Callable[[Memory], T], *, name: str) -> T:
        """The same for what the other side of a link waits for: on SQLite it overtakes, and ends the group it comes into."""
        return await self._wait_for(Work(name, run), urgent=self.is_sqlite)

    async def _wait_for(self, work: Work[T], *, urgent: bool = False) -> T:
        work.loop = asyncio.get_running_loop()
        work.waiter = work.loop.create_future()
        self._put(work, urgent=urgent)
        return await work.waiter

    def write_now(self, run: Callable[[Memory], T], *, name: str = "command") -> T:
        """The same for synchronous callers: the command line, tests."""
        return self.write_soon(run, name=name).result()

    def write_soon(self, run: Callable[[Memory], T], *, name: str = "command") -> Future[T]:
        """The same for a caller that has something else to do until then."""
        done: Future[T] = Future()
        self._put(Work(name, run, done=done))
        return done

    def _put(self, work: Work[Any], *, urgent: bool = False) -> None:
        if self._stopping.is_set():
            raise RuntimeError("the database is closed")
        if not self._started:
            self._started = True
            for thread in self._threads:
                thread.start()
        if urgent:
            self._urgent.append(work)
        self._queue.put(_LOOK if urgent else work)

    def _write_sqlite(self) -> None:
        connection: Connection | None = None
        waiting: list[Work[Any]] = []
        last = False
        while waiting or not last:
            last = last or self._fill(waiting)
            connection, waiting = self._commit_group(connection, waiting)
        if connection is not None:
            connection.close()

    def _fill(self, batch: list[Work[Any]]) -> bool:
        """The next group, which stays empty when only something urgent waits. True: it is the last."""
        while len(batch) < GROUP:
            try:
                work = self._queue.get(block=not batch)
            except queue.Empty:
                break
            if work is None:
                return True
            if work is not _LOOK:
                batch.append(work)
            elif not batch and self._urgent:
                break
        return False

    def _commit_group(
        self, connection: Connection | None, batch: list[Work[Any]]
    ) -> tuple[Connection | None, list[Work[Any]]]:
        """Run the batch in one transaction, waiting out whatever keeps the disk from taking it.

        Returns what did not get its turn because something urgent came.
        """
        if not batch and not self._urgent:
            return connection, []
        for attempt in range(1_000_000):
            try:
                connection = connection or self._engine.connect()
                results = _run_group(connection, batch, self._urgent)
            except Exception as error:
                if connection is not None:
                    _roll_back(connection)
                if not _is_away(error) or self._stopping.is_set():
                    _settle([(work, None, error) for work in batch])
                    break
                _discard(connection)
                connection = None
                self._wait(attempt, error)
            else:
                _settle(results)
                return connection, batch[len(results) :]
        return connection, []

    def _write_postgres(self) -> None:
        while (work := self._queue.get()) is not None:
            for attempt in range(1_000_000):
                try:
                    result = self._run_alone(work)
                except Exception as error:
                    if _sqlstate(error) in POSTGRES_LOST:
                        time.sleep(min(0.001 * 2**attempt, 0.1) * (0.5 + (id(work) >> 4) % 8 / 8))
                    elif _is_away(error) and not self._stopping.is_set():
                        self._wait(attempt, error)
                    else:
                        _settle([(work, None, error)])
                        break
                else:
                    _settle([(work, result, None)])
                    break
        self._queue.put(None)  # for the next writer

    def _run_alone(self, work: Work[T]) -> T:
        started = time.perf_counter()
        with Memory(self._engine, expire_on_commit=False) as memory:
            if work.prepare:
                work.finish(memory)
                memory.rollback()
            result = work.run(memory)
            memory.commit()
        _log_slow(work.name, started)
        return result

    def _wait(self, attempt: int, error: Exception) -> None:
        seconds = WAIT_SECONDS[min(attempt, len(WAIT_SECONDS) - 1)]
        logger.warning("database away, trying again in %.2f s: %s", seconds, _first_line(error))
        self._stopping.wait(seconds)

    # -- reading -----------------------------------------------------------------------------------------------

    def read_now(self, run: Callable[[Memory], T]) -> T:
        """Read on a connection of its own; nothing is kept of what `run` changes."""
        with Memory(self._reader, expire_on_commit=False) as memory:
            return run(memory)

    async def read(self, run: Callable[[Memory], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, run)

    async def read_slowly(self, run: Callable[[Memory], T]) -> T:
        """The same for what takes seconds: quick readers do not wait for it, and it waits while the database is away."""

        def read() -> T:
            for attempt in range(1_000_000):
                try:
                    return self.read_now(run)
                except Exception as error:
                    if not _is_away(error) or self._stopping.is_set():
                        raise
                    self._wait(attempt, error)
            raise RuntimeError("the database stayed away")

        return await asyncio.to_thread(read)

    async def empty_log(self) -> None:
        """Nothing that was deleted is left beside the file."""
        if self.is_sqlite:
            await asyncio.to_thread(empty_log, self._engine)

    def close(self) -> None:
        """Finish what waits, then let go."""
        if self._started and not self._stopping.is_set():
            self._queue.put(None)
            for thread in self._threads:
                thread.join(timeout=5)
        self._stopping.set()
        self._readers.shutdown(wait=True)
        self._reader.dispose()
        self._engine.dispose()


def _run_group(
    connection: Connection, batch: list[Work[Any]], urgent: deque[Work[Any]]
) -> list[tuple[Work[Any], Any, Exception | None]]:
    """One transaction, a savepoint a piece. A piece that fails is undone alone; a failing COMMIT raises.

    What is urgent is put into the batch as the next, and ends the group. Returns what was run.
    """
    driver: Any = connection.connection.driver_connection
    failed_early = _prepare_group(connection, driver, batch)
    results: list[tuple[Work[Any], Any, Exception | None]] = []
    memory = _open_memory(connection, driver)
    driver.execute("BEGIN IMMEDIATE")
    try:
        ends = False
        while not ends and (urgent or len(results) < len(batch)):
            turn, ends = _choose_next(batch, len(results), urgent)
            for work in turn:
                error = failed_early.get(id(work))
                result = None
                if error is None:
                    result, error = _run_piece(driver, memory, work)
                    if error is not None:
                        memory.close()  # it may be half flushed
                        memory = _open_memory(connection, driver)
                results.append((work, result, error))
    finally:
        memory.close()
    driver.execute("COMMIT")
    return results


def _choose_next(batch: list[Work[Any]], place: int, urgent: deque[Work[Any]]) -> tuple[list[Work[Any]], bool]:
    """The next piece of the batch; or all that is urgent, which then stands in the batch there. True: the latter."""
    count = len(urgent)
    batch[place:place] = [urgent.popleft() for _ in range(count)]
    return batch[place : place + (count or 1)], count > 0


def _run_piece(driver: Any, memory: Memory, work: Work[T]) -> tuple[T | None, Exception | None]:
    """Its result, or why it was undone. Raises where the database itself is away."""
    started = time.perf_counter()
    driver.execute("SAVEPOINT piece")
    try:
        work.finish(memory)
        result = work.run(memory)
        memory.flush()
    except Exception as error:
        if _is_away(error):
            raise
        driver.execute("ROLLBACK TO piece")
        driver.execute("RELEASE piece")
        return None, error
    memory.expunge_all()  # the next piece sees nothing of this one but what is written
    driver.execute("RELEASE piece")
    _log_slow(work.name, started)
    return result, None


def _prepare_group(connection: Connection, driver: Any, batch: list[Work[Any]]) -> dict[int, Exception]:
    """What is read and asked before BEGIN, in one session for all. Returns what failed, by work."""
    failed: dict[int, Exception] = {}
    waiting = [work for work in batch if work.prepare is not None and not work.prepared and work.steps is None]
    if not waiting:
        return failed
    driver.execute("BEGIN")  # one view for all: a read by itself locks and unlocks the file each time
    with _open_memory(connection, driver) as memory:
        for work in waiting:
            try:
                work.begin(memory)
            except Exception as error:
                if _is_away(error):
                    raise
                failed[id(work)] = error
    driver.execute("ROLLBACK")
    return failed


def _open_memory(connection: Connection, driver: Any) -> Memory:
    memory = Memory(connection, expire_on_commit=False)
    memory.driver = driver
    return memory


def _settle(results: list[tuple[Work[Any], Any, Exception | None]]) -> None:
    """Hand results to whoever waits; one wake-up of each event loop a batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any, Exception | None]]] = {}
    for work, result, error in results:
        if work.loop is not None and work.waiter is not None:
            by_loop.setdefault(work.loop, []).append((work.waiter, result, error))
        elif work.done is not None and error is not None:
            work.done.set_exception(error)
        elif work.done is not None:
            work.done.set_result(result)
    for loop, waiters in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, waiters)


def _resolve(waiters: list[tuple[asyncio.Future[Any], Any, Exception | None]]) -> None:
    for waiter, result, error in waiters:
        if waiter.done():  # whoever asked is gone
            continue
        if error is not None:
            waiter.set_exception(error)
        else:
            waiter.set_result(result)


def _roll_back(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:
        try:
            driver.execute("ROLLBACK")
        except Exception as error:
            logger.warning("rollback failed: %s", _first_line(error))


def _discard(connection: Connection | None) -> None:
    if connection is not None:
        connection.invalidate()
        connection.close()


def _is_away(error: BaseException) -> bool:
    """The database or its disk cannot answer now: wait, and blame nobody's message."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_AWAY
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = _sqlstate(error)
    if state is not None:
        return state.startswith(POSTGRES_AWAY)
    return type(origin).__module__.startswith("psycopg") and type(origin).__name__ == "OperationalError"


def _sqlstate(error: BaseException) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def _log_slow(name: str, started: float) -> None:
    seconds = time.perf_counter() - started
    if seconds > SLOW_SECONDS:
        logger.warning("slow transaction: %s took %.0f ms", name, seconds * 1000)
