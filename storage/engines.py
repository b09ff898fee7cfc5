"""SQLAlchemy engines as the writer and the readers need them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from bot import json_text

BULK_PAGES = 8_000  # of the log before it is written back: pages that change in each batch are written once for many
PRAGMAS = ("foreign_keys=ON", "busy_timeout=30000", "cache_size=-32000", "temp_store=MEMORY", "secure_delete=ON")


def open_sqlite(url: str, *, read_only: bool = False, bulk: bool = False) -> Engine:
    """Autocommit for SQLAlchemy: BEGIN IMMEDIATE, savepoints and COMMIT are ours alone.

    `hide_parameters`: what customers said stands in no error, log or alert. `secure_delete`: what was erased is
    overwritten in the file, also where SQLite was built without that.

    `skip_autocommit_rollback`: a failed flush must not roll back the other pieces of the group.
    """
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, connect_args={"timeout": 30.0},
        hide_parameters=True,
        json_serializer=json_text.dump_text, json_deserializer=json_text.load,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:
        for pragma in PRAGMAS:
            driver.execute(f"PRAGMA {pragma}")
        if read_only:
            driver.execute("PRAGMA query_only=ON")
        else:
            driver.execute("PRAGMA journal_mode=WAL")
            driver.execute("PRAGMA synchronous=FULL")
        if bulk:
            driver.execute(f"PRAGMA wal_autocheckpoint={BULK_PAGES}")

    return engine


def empty_log(engine: Engine) -> None:
    """Write SQLite's log back and cut it off: it holds pages as they were, also those of somebody erased since.

    Where a reader or the writer stands in the way it is left for another time.
    """
    connection = engine.connect()
    connection.detach()  # closed after this, as it does not wait
    with connection, suppress(OperationalError):
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def open_postgres(url: str, pool: int) -> Engine:
    return create_engine(
        url, isolation_level="SERIALIZABLE", pool_size=pool + 4, max_overflow=4, pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC"},
    )  # fmt: skip
