"""What the installation remembers about itself: its bot, revisions of cached subjects, small dates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Memory
from storage.models import Meta, table_of
from storage.prepared import Prepared

META = table_of(Meta)
_READ = Prepared(select(META.c.value).where(META.c.key == bindparam("k")))
KNOWLEDGE = "revision:knowledge"  # catalogue and FAQ: what the listener is built from
TEAM = "revision:team"


def read(memory: Memory, key: str, default: Any = None) -> Any:
    value = _READ.scalar(memory, k=key)
    return default if value is None else value


def write(memory: Memory, key: str, value: Any) -> None:
    connection = memory.connection()
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
    statement: Any = insert(META).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def bump(memory: Memory, key: str) -> None:
    """A cached subject has changed: whoever holds a copy of an older revision reads it anew."""
    write(memory, key, int(read(memory, key, 0)) + 1)
    memory.info.pop(key, None)
