"""The first owner: whoever presents the one-time code that the console prints."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from bot.config import Settings
from storage import meta, team
from storage.database import Memory

CODE = "owner_code"
LASTS = timedelta(days=1)
TRIES = 5  # wrong ones, then the code is void until the next start
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that reads like something else
LENGTH = 12  # 59 bits: five tries a day find nothing


def issue_owner_code(memory: Memory, now: datetime) -> str | None:
    """A fresh code, of which only the hash is kept; None where there is an owner already."""
    if _has_owner(memory):
        return None
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    salt = secrets.token_hex(16)
    kept = {"salt": salt, "hash": _hash(salt, code), "expires_at": (now + LASTS).isoformat(), "wrong": 0}
    meta.write(memory, CODE, kept)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def claim_ownership(memory: Memory, code: str, telegram_id: int, name: str, now: datetime, settings: Settings) -> bool:
    """Make the bearer of the code the owner. The code is used up; a wrong one counts against it."""
    kept = meta.read(memory, CODE)
    if not kept or _has_owner(memory):
        return False
    given = "".join(mark for mark in code.upper() if mark.isalnum())[: LENGTH * 2]
    is_right = hmac.compare_digest(_hash(kept["salt"], given), kept["hash"])
    if is_right and now <= datetime.fromisoformat(kept["expires_at"]):
        team.add(memory, telegram_id=telegram_id, name=name, role="owner", language=settings.business.language, now=now)
        meta.write(memory, CODE, {})
        return True
    wrong = int(kept["wrong"]) + 1
    meta.write(memory, CODE, {} if wrong >= TRIES else {**kept, "wrong": wrong})
    return False


def _has_owner(memory: Memory) -> bool:
    return any(member.role == "owner" for member in team.list_all(memory))


def _hash(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()
