"""The first owner's code: once, not for ever, not to be guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import load_settings
from bot.identify.ownership import TRIES, claim_ownership, issue_owner_code
from storage import meta, team
from storage.database import Database

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def _issue(database: Database) -> str:
    code = database.write_now(lambda memory: issue_owner_code(memory, NOW))
    assert code is not None
    return code


def _claim(database: Database, code: str, person: int = 900, after: timedelta = timedelta()) -> bool:
    return database.write_now(lambda memory: claim_ownership(memory, code, person, "Olivia", NOW + after, SETTINGS))


def test_the_code_makes_one_owner(database: Database) -> None:
    code = _issue(database)
    assert _claim(database, f" {code.lower()} ") is True
    owner = database.read_now(lambda memory: team.find(memory, 900))
    assert owner is not None
    assert (owner.role, owner.name, owner.language) == ("owner", "Olivia", "en")
    assert _claim(database, code, person=901) is False
    assert database.write_now(lambda memory: issue_owner_code(memory, NOW)) is None


def test_a_code_ends_after_a_day(database: Database) -> None:
    code = _issue(database)
    assert _claim(database, code, after=timedelta(days=1, seconds=1)) is False
    assert _claim(database, code, after=timedelta(hours=23)) is True


def test_wrong_tries_void_the_code(database: Database) -> None:
    code = _issue(database)
    for _ in range(TRIES):
        assert _claim(database, "AAAA-AAAA-AAAA") is False
    assert _claim(database, code) is False
    assert _claim(database, _issue(database)) is True  # a restart issues another


def test_only_a_hash_is_kept(database: Database) -> None:
    code = _issue(database)
    kept = json.dumps(database.read_now(lambda memory: meta.read(memory, "owner_code")))
    assert code not in kept
    assert code.replace("-", "") not in kept
