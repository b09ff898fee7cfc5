"""Bringing a database to this version's schema: migrating itself (SQLite, after a copy) or refusing (PostgreSQL)."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import MigrationsPending
from storage.database import Database


def current_revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    with as_file(files("storage") / "migrations") as folder:
        return ScriptDirectory.from_config(_config(folder)).get_current_head() or ""


def migrate(database: Database) -> None:
    """Apply what is pending, each migration in its own transaction."""
    with as_file(files("storage") / "migrations") as folder:
        config = _config(folder)
        config.attributes["engine"] = database.engine
        command.upgrade(config, "head")


def prepare(database: Database, *, now: datetime, keep_backups: int = 3) -> None:
    """At start. SQLite is copied, then migrated; PostgreSQL is left alone and the remedy named.

    Raises MigrationsPending where somebody else must migrate.
    """
    before = current_revision(database)
    if before == newest_revision():
        return
    if not database.is_sqlite:
        raise MigrationsPending(database.url.render_as_string(), before, newest_revision())
    if before is not None:
        back_up_file(database, now=now, keep=keep_backups)
    migrate(database)


def back_up_file(database: Database, *, now: datetime, keep: int) -> Path:
    """A consistent copy of a SQLite file beside it, the oldest beyond `keep` removed."""
    source = Path(str(database.url.database))
    target = source.with_name(f"{source.name}.backup-{now:%Y%m%dT%H%M%SZ}")
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    live.close()
    copy.close()
    for old in sorted(source.parent.glob(f"{source.name}.backup-*"))[: -keep or None]:
        old.unlink()
    return target


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    attributes: dict[str, Any] = config.attributes
    attributes["configure_logger"] = False
    return config
