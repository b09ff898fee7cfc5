"""Fixtures every test may use. Only loopback sockets are open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import pytest_socket

from storage.database import Database
from tests.support.databases import Databases, opened
from tests.support.sandboxes import NO_LIMITS, Sandbox, end_leftovers


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A migrated, empty database: the same test on SQLite and on PostgreSQL."""
    url = databases.sqlite_url() if request.param == "sqlite" else databases.postgres_url()
    with opened(url) as database:
        yield database


@pytest.fixture
def sqlite_database(databases: Databases) -> Iterator[Database]:
    with opened(databases.sqlite_url()) as database:
        yield database


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A Telegram of its own, in its own process, without limits."""
    sandbox = Sandbox("--memory")
    sandbox.ask("POST", "limits", NO_LIMITS)
    yield sandbox
    sandbox.end()


@pytest.fixture(scope="session", autouse=True)
def _leave_nothing_running() -> Iterator[None]:
    yield
    end_leftovers()
