"""Links that open the bot for one customer: signed, so that nobody makes one for somebody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from storage import meta
from storage.database import Memory

SECRET = "invitation_secret"  # noqa: S105  the key's name in meta
BOT_NAME = "bot_username"  # the key in meta: noted whenever the bot runs
_TELEGRAM = "https://t.me"


def make_secret(memory: Memory) -> None:
    """Once: links stay good for as long as the database lives."""
    if meta.read(memory, SECRET) is None:
        meta.write(memory, SECRET, secrets.token_hex(32))


def read_secret(memory: Memory) -> bytes:
    return bytes.fromhex(meta.read(memory, SECRET) or "")


def address(bot_name: str, payload: str) -> str:
    """Whoever follows it opens the bot, and starts it with this."""
    return f"{_TELEGRAM}/{bot_name}?start={payload}"


def sign(memory: Memory, kind: str, number: int) -> str:
    """The payload for a customer: what it is for by its first letter, and 96 bits that only this database makes."""
    return sign_with(read_secret(memory), kind, number)


def is_signed(memory: Memory, kind: str, number: int, payload: str) -> bool:
    return hmac.compare_digest(sign(memory, kind, number), payload)


def sign_with(secret: bytes, kind: str, number: int) -> str:
    if not secret:
        return ""
    digest = hmac.new(secret, f"{kind} {number}".encode(), hashlib.sha256).digest()[:12]
    return f"{kind[0]}{number}-{base64.urlsafe_b64encode(digest).decode()}"
