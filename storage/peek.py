"""A look at a database that may not be there, or not be migrated: for commands that can do without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, Memory

T = TypeVar("T")


class Reached(NamedTuple, Generic[T]):
    """What was found, or why nothing could be."""

    value: T | None
    error: str | None = None


def is_there(url: str) -> bool:
    """Whether connecting would find a database; on SQLite it would make one."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def shown(url: str) -> str:
    """The URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def reach(url: str, look: Callable[[Database], T]) -> Reached[T]:
    """What `look` returns, or the first line of why the database cannot be used."""
    database = Database(url, pool=1)
    try:
        return Reached(look(database))
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        return Reached(None, str(reason).strip().partition("\n")[0])
    finally:
        database.close()


def peek(url: str, read: Callable[[Memory], T]) -> T | None:
    """What `read` returns; None where there is no database, or one of another version."""
    return reach(url, lambda database: database.read_now(read)).value if is_there(url) else None
