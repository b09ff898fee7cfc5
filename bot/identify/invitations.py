"""Personal invitations: a link that only one known customer is given, and that brings their history into the chat.

Nobody can be written to who has not pressed Start. Whoever holds the link is taken for the customer, once: from then on
the customer is reached, and the link is an ordinary one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bot.identify import merging
from storage import customers, invitations, meta
from storage.database import Memory
from storage.models import Customer

SECRET = "invitation_secret"  # noqa: S105  the key's name in meta
SOURCE = "invitation"
BOT_NAME = "bot_username"  # the key in meta: noted whenever the bot runs
BATCH = 1_000
_PAYLOAD = re.compile(r"i([0-9]{1,18})-([A-Za-z0-9_-]{16})", re.ASCII)
_TELEGRAM = "https://t.me"


class Invitation(NamedTuple):
    id: int
    customer_id: str  # of the order system; empty where there is none
    name: str
    phone: str
    email: str
    language: str
    link: str


def list_invitations(memory: Memory, bot_name: str, import_id: int | None = None) -> Iterator[Invitation]:
    """One for everybody whom Telegram does not reach yet; `import_id`: only those whom that file brought."""
    secret = _read_secret(memory)
    after = 0
    while people := invitations.list_unreached(memory, import_id, after, BATCH):
        for person in people:
            yield Invitation(*person, link(bot_name, _sign(secret, SOURCE, person.id)))
        after = people[-1].id


def accept(memory: Memory, customer: Customer, payload: str, now: datetime) -> str | None:
    """What came of starting with this payload: None where it is no invitation, or `merged`, or `old` (of somebody who
    is reached already, or gone)."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    number = int(match[1])
    if not is_signed(memory, SOURCE, number, payload):
        return None
    invited = customers.get(memory, number)
    if invited is None or invited.id == customer.id or customers.find_telegram_id(memory, number) is not None:
        return "old"
    merging.merge(memory, into=customer, other=invited, now=now, how=SOURCE)
    return "merged"


def make_secret(memory: Memory) -> None:
    """Once: links stay good for as long as the database lives."""
    if meta.read(memory, SECRET) is None:
        meta.write(memory, SECRET, secrets.token_hex(32))


def _read_secret(memory: Memory) -> bytes:
    return bytes.fromhex(meta.read(memory, SECRET) or "")


def link(bot_name: str, payload: str) -> str:
    """Opens the bot, and starts it with this."""
    return f"{_TELEGRAM}/{bot_name}?start={payload}"


def sign(memory: Memory, kind: str, number: int) -> str:
    """The payload for a customer: what it is for by its first letter, and 96 bits that only this database makes."""
    return _sign(_read_secret(memory), kind, number)


def is_signed(memory: Memory, kind: str, number: int, payload: str) -> bool:
    return hmac.compare_digest(sign(memory, kind, number), payload)


def _sign(secret: bytes, kind: str, number: int) -> str:
    if not secret:
        return ""
    digest = hmac.new(secret, f"{kind} {number}".encode(), hashlib.sha256).digest()[:12]
    return f"{kind[0]}{number}-{base64.urlsafe_b64encode(digest).decode()}"
