"""The command line as a test calls it, in a folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import RegularsError
from tests.support.sandboxes import ROOT


def settle_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make it the working folder, with the example settings, no database and nothing in the environment."""
    (folder / "config.yaml").write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    for name in list(os.environ):
        if name.startswith(("REGULARS_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    return folder


def call(*words: str, status: int = 0) -> str:
    """What it printed; where it refused, what it said. Fails unless it ends with this status."""
    result = CliRunner().invoke(app, list(words), catch_exceptions=True)
    failed = result.exception
    given = failed.exit_status if isinstance(failed, RegularsError) else result.exit_code
    assert given == status, (result.output, failed)
    return str(failed) if isinstance(failed, RegularsError) else result.stdout
