"""Sandboxes to test against: a shared one without limits, and one's own."""

from collections.abc import Iterator

import pytest

from tests.support.sandboxes import NO_LIMITS, Line, Sandbox, open_line


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """Without limits, so that tests need not wait."""
    sandbox = Sandbox("--memory")
    sandbox.ask("POST", "limits", NO_LIMITS)
    yield sandbox
    assert sandbox.end() == 0


@pytest.fixture
def own() -> Iterator[Sandbox]:
    """For tests that set faults, limits or the clock."""
    sandbox = Sandbox("--memory")
    yield sandbox
    sandbox.end(kill=True)


@pytest.fixture
def line(shared: Sandbox) -> Line:
    """A person who has started the bot; the update of it is confirmed."""
    line = open_line(shared)
    line.says(text="/start")
    line.updates(offset=line.updates()[-1]["update_id"] + 1)
    return line
