"""A look into a database that may not be there, or not be migrated: for commands that can do without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, Memory

T = TypeVar("T")


def is_there(url: str) -> bool:
    """Whether connecting would find a database; on SQLite it would make one."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def peek(url: str, read: Callable[[Memory], T]) -> T | None:
    """What `read` returns; None where the database cannot be reached or is of another version."""
    if not is_there(url):
        return None
    database = Database(url, pool=1)
    try:
        return database.read_now(read)
    except SQLAlchemyError:
        return None
    finally:
        database.close()
