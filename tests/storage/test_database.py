"""The writer: group commit, savepoints, lost races, and a disk that is away."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import Database, Memory
from storage.models import Customer, Event, Meta

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def add_meta(key: str, value: object = 1):
    def run(memory: Memory) -> None:
        memory.add(Meta(key=key, value=value))

    return run


def count_meta(memory: Memory) -> int:
    return memory.scalar(select(func.count()).select_from(Meta)) or 0


def test_write_is_kept(database: Database) -> None:
    database.write_now(add_meta("a"))
    assert database.read_now(count_meta) == 1


def test_an_error_does_not_repeat_what_was_to_be_kept(database: Database) -> None:
    database.write_now(add_meta("a"))
    with pytest.raises(IntegrityError) as refused:
        database.write_now(add_meta("a", "I am allergic to nuts"))
    assert "nuts" not in str(refused.value)


def test_what_is_deleted_is_overwritten_in_the_file(sqlite_database: Database) -> None:
    assert sqlite_database.read_now(lambda memory: memory.scalar(text("PRAGMA secure_delete"))) == 1


def test_nothing_deleted_is_left_beside_the_file(sqlite_database: Database) -> None:
    def files_with(word: bytes) -> list[str]:
        path = Path(sqlite_database.url.database or "")
        return [one.name for one in path.parent.glob(f"{path.name}*") if word in one.read_bytes()]

    sqlite_database.write_now(add_meta("a", "I am allergic to nuts"))
    sqlite_database.write_now(lambda memory: memory.execute(delete(Meta).where(Meta.key == "a")))
    assert files_with(b"allergic") != []
    asyncio.run(sqlite_database.empty_log())
    assert files_with(b"allergic") == []


def test_failing_piece_is_undone_alone(database: Database) -> None:
    async def run() -> list[object]:
        return await asyncio.gather(
            database.write(add_meta("a"), name="a"),
            database.write(add_meta("b"), name="b"),
            database.write(add_meta("b"), name="again"),
            database.write(add_meta("c"), name="c"),
            return_exceptions=True,
        )

    results = asyncio.run(run())
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "NoneType", "NoneType", "NoneType"]
    assert database.read_now(count_meta) == 3


def test_failing_flush_keeps_the_others(sqlite_database: Database) -> None:
    """A flush that fails must not roll back the group's transaction (it did with a session joined to it)."""

    async def run() -> None:
        results = await asyncio.gather(
            *(sqlite_database.write(add_meta(f"k{n % 10}"), name="x") for n in range(20)), return_exceptions=True
        )
        assert sum(isinstance(result, IntegrityError) for result in results) == 10

    asyncio.run(run())
    assert sqlite_database.read_now(count_meta) == 10


def test_read_modify_write_loses_nothing(database: Database) -> None:
    database.write_now(add_meta("n", 0))

    def increase(memory: Memory) -> None:
        row = memory.get(Meta, "n")
        assert row is not None
        row.value = row.value + 1

    async def run() -> None:
        await asyncio.gather(*(database.write(increase, name="increase") for _ in range(40)))

    asyncio.run(run())
    assert database.read_now(lambda memory: memory.get(Meta, "n").value) == 40  # type: ignore[union-attr]


def test_prepare_runs_before_the_transaction(database: Database) -> None:
    seen: list[str] = []

    async def run() -> None:
        await database.write(lambda memory: seen.append("run"), name="x", prepare=lambda memory: seen.append("prepare"))

    asyncio.run(run())
    assert seen == ["prepare", "run"]


def test_prepare_that_fails_fails_its_piece_alone(database: Database) -> None:
    def fail(memory: Memory) -> None:
        raise KeyError("bad")

    async def run() -> list[object]:
        return await asyncio.gather(
            database.write(add_meta("a"), name="a"),
            database.write(add_meta("b"), name="b", prepare=fail),
            return_exceptions=True,
        )

    assert [type(result) for result in asyncio.run(run())] == [type(None), KeyError]
    assert database.read_now(count_meta) == 1


def test_a_preparation_that_asks_goes_on_in_its_turn(sqlite_database: Database) -> None:
    """All of a group have asked before the first is answered; each reads on with the memory of its own turn."""
    seen: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def hold(memory: Memory) -> None:
        begun.set()
        assert go.wait(10)

    def prepare_as(name: str):
        def prepare(memory: Memory) -> Generator[None, Memory, None]:
            seen.append(f"{name} asks")
            memory = yield
            seen.append(f"{name} sees {count_meta(memory)}")

        return prepare

    async def run() -> None:
        held = asyncio.create_task(sqlite_database.write(hold, name="hold"))
        await asyncio.to_thread(begun.wait, 10)
        writes = [
            asyncio.create_task(sqlite_database.write(add_meta(name), name=name, prepare=prepare_as(name)))
            for name in ("a", "b")
        ]
        await asyncio.sleep(0)  # both are in the queue
        go.set()
        await asyncio.gather(held, *writes)

    asyncio.run(run())
    assert seen == ["a asks", "b asks", "a sees 0", "b sees 1"]


def test_a_preparation_that_fails_on_its_answer_fails_alone(database: Database) -> None:
    def prepare(memory: Memory) -> Generator[None, Memory, None]:
        memory = yield
        raise KeyError(count_meta(memory))

    async def run() -> list[object]:
        return await asyncio.gather(
            database.write(add_meta("a"), name="a", prepare=prepare),
            database.write(add_meta("b"), name="b"),
            return_exceptions=True,
        )

    assert [type(result) for result in asyncio.run(run())] == [KeyError, type(None)]
    assert database.read_now(count_meta) == 1


def test_a_preparation_begins_anew_where_the_database_was_away(database: Database) -> None:
    """Before it asked, and after."""
    away = [sqlite3.OperationalError("disk I/O error"), sqlite3.OperationalError("disk I/O error")]
    seen: list[str] = []

    def fail() -> None:
        if away:
            error = away.pop()
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    def prepare(memory: Memory) -> Generator[None, Memory, None]:
        if len(away) == 2:
            fail()
        yield
        fail()
        seen.append("prepared")

    asyncio.run(database.write(lambda memory: seen.append("run"), name="x", prepare=prepare))
    assert seen == ["prepared", "run"]


def test_urgent_piece_overtakes_what_waits(sqlite_database: Database) -> None:
    """A piece at work, two behind it, an urgent one: it is next, it ends the group, and what it overtook is done after."""
    seen: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def note(name: str):
        def run(memory: Memory) -> None:
            seen.append(name)
            if name == "first":
                begun.set()
                assert go.wait(10)
            memory.add(Meta(key=name, value=1))

        return run

    async def run() -> int:
        async def write(name: str) -> None:
            await sqlite_database.write(note(name), name=name, prepare=lambda memory: seen.append(f"prepare {name}"))

        waiting = [asyncio.create_task(write(name)) for name in ("first", "second", "third")]
        await asyncio.to_thread(begun.wait, 10)
        urgent = asyncio.create_task(sqlite_database.write_first(note("urgent"), name="urgent"))
        await asyncio.sleep(0)  # it is in the queue
        go.set()
        await urgent
        kept = await sqlite_database.read(count_meta)
        await asyncio.gather(*waiting)
        return kept

    kept = asyncio.run(run())
    order = [name for name in seen if not name.startswith("prepare")]
    assert order == ["first", "urgent", "second", "third"]
    assert kept >= 2  # committed with the first, at the latest before the others
    assert sorted(seen) == sorted([*order, "prepare first", "prepare second", "prepare third"])  # each once
    assert sqlite_database.read_now(count_meta) == 4


def test_urgent_piece_wakes_a_writer_that_waits(database: Database) -> None:
    asyncio.run(database.write_first(add_meta("a"), name="a"))
    assert database.read_now(count_meta) == 1


def test_urgent_piece_that_fails_is_undone_alone(sqlite_database: Database) -> None:
    async def run() -> list[object]:
        return await asyncio.gather(
            *(sqlite_database.write(add_meta("b"), name="b") for _ in range(2)),
            *(sqlite_database.write_first(add_meta("b"), name="first") for _ in range(2)),
            return_exceptions=True,
        )

    assert sorted(type(result).__name__ for result in asyncio.run(run())) == ["IntegrityError"] * 3 + ["NoneType"]
    assert sqlite_database.read_now(count_meta) == 1


def test_locked_database_is_waited_out(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holds the write lock: the work waits and is done, and nobody sees an error."""
    path = sqlite_database.url.database
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    sqlite_database.write_now(add_meta("a"))
    other.close()
    assert sqlite_database.read_now(count_meta) == 1


def test_full_disk_is_waited_out(sqlite_database: Database) -> None:
    """SQLITE_FULL while the group runs: nothing is reported as failed, and the work is done once there is room."""
    limit = {"pages": 0}

    def fill(memory: Memory) -> None:
        if not limit["pages"]:
            limit["pages"] = memory.execute(text("PRAGMA page_count")).scalar_one()
            memory.execute(text(f"PRAGMA max_page_count={limit['pages']}"))
        else:
            memory.execute(text("PRAGMA max_page_count=1000000"))
        memory.add(Meta(key="big", value="x" * 100_000))

    sqlite_database.write_now(fill)
    assert sqlite_database.read_now(count_meta) == 1


def test_slow_reading_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    folder = tmp_path / "away"
    database = Database(f"sqlite:///{folder / 'one.db'}")
    threading.Timer(0.1, folder.mkdir).start()
    assert asyncio.run(database.read_slowly(lambda memory: memory.execute(text("SELECT 1")).scalar_one())) == 1
    with pytest.raises(KeyError):
        asyncio.run(database.read_slowly(lambda _memory: {}["wrong"]))
    database.close()


def test_times_are_utc_and_naive_ones_refused(database: Database) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=3)))

    def add(at: datetime):
        def run(memory: Memory) -> None:
            customer = Customer(name="Anna", language="en", created_at=at)
            memory.add(customer)
            memory.flush()
            memory.add(Event(customer_id=customer.id, kind="x", at=at, reference="x"))

        return run

    database.write_now(add(east))
    found = database.read_now(lambda memory: memory.scalars(select(Event.at).where(Event.at <= NOON)).all())
    assert [(at, at.utcoffset()) for at in found] == [(NOON, timedelta(0))]
    with pytest.raises(StatementError, match="without a zone"):
        database.write_now(add(datetime(2026, 11, 22, 12)))  # noqa: DTZ001


def test_reading_changes_nothing(database: Database) -> None:
    if database.is_sqlite:
        with pytest.raises(Exception, match="readonly"):
            database.read_now(lambda memory: memory.execute(text("DELETE FROM meta")))
    database.write_now(add_meta("a"))

    def change(memory: Memory) -> None:
        for row in memory.scalars(select(Meta)):
            row.value = 2

    database.read_now(change)
    assert database.read_now(lambda memory: memory.get(Meta, "a").value) == 1  # type: ignore[union-attr]
