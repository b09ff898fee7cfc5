"""A sandbox without limits for all, and a person in it who has started the bot."""

from collections.abc import Iterator

import pytest

from tests.support.sandboxes import NO_LIMITS, Line, Sandbox, open_line


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox("--memory")
    sandbox.ask("POST", "limits", NO_LIMITS)
    yield sandbox
    assert sandbox.end() == 0


@pytest.fixture
def line(sandbox: Sandbox) -> Iterator[Line]:
    line = open_line(sandbox)
    line.says(text="hello")
    yield line
    sandbox.ask("DELETE", "faults")
