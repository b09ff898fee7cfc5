"""Erasing a person: everything of theirs goes; hashes of their identities stay, so that no file brings them back."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.config import Settings
from bot.identify import own_menu
from storage import customers, duplicates, imports, meta, privacy
from storage.database import Memory
from storage.models import Conversation
from storage.outbox import Queued

_CJK = re.compile("[\u3400-\u9fff]")
SECRET = "erasure_secret"  # noqa: S105  the key's name in meta
Name = tuple[str, str]
"""Kind and value of an identity."""


class Tombstones:
    """Who was erased. Hashes with this installation's secret: the list names nobody to whoever copies it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._secret: bytes | None = None

    def find(self, people: Iterable[Sequence[Name]]) -> set[Name]:
        """Those of the names that belonged to an erased person."""
        if not imports.has_erasures(self._memory):
            return set()
        hashes = {self.hash(name): name for names in people for name in names}
        return {hashes[found] for found in imports.find_erased(self._memory, hashes)}

    def hash(self, name: Name) -> str:
        if self._secret is None:
            self._secret = _read_secret(self._memory)
        return hmac.new(self._secret, "\0".join(name).encode(), hashlib.sha256).hexdigest()


def erase_customer(memory: Memory, customer_id: int, now: datetime, settings: Settings) -> list[Queued] | None:
    """Delete a customer and all that is theirs. Returns the calls that take their own command menu away; None: there is
    no such customer.

    The update being answered keeps its row, blank, and what was said to them without their number: a farewell is
    queued with `customer_id` NULL, or after this.
    """
    customer = customers.get(memory, customer_id)
    if customer is None:
        return None
    tombstones = Tombstones(memory)
    merged = duplicates.list_merged(memory, customer_id)
    called = [customer.name, *(name for _, name in merged)]
    has_menu = own_menu.has_own_menu(memory.get(Conversation, customer_id))
    names = [(identity.kind, identity.value) for identity in customers.list_identities(memory, customer_id)]
    privacy.bury(memory, [tombstones.hash(name) for name in names], now)
    chats = [int(value) for kind, value in names if kind == "telegram"]
    parts = [part for name in called for part in _calls(name)]
    numbers = [f"#{number}" for number, _ in merged]
    privacy.erase(memory, customer_id, chats, [*called, *parts, *numbers, *(value for _, value in names)])
    return [call for chat in chats if has_menu for call in own_menu.take_away(memory, settings, chat, now)]


def _calls(name: str) -> list[str]:
    """The parts of a name a colleague may have written; what is shorter stands in too many words."""
    return [word for word in re.split(r"[^\w]+", name) if len(word) >= (2 if _CJK.search(word) else 3)]


def _read_secret(memory: Memory) -> bytes:
    stored = meta.read(memory, SECRET)
    if stored is None:
        stored = secrets.token_hex(32)
        meta.write(memory, SECRET, stored)
    return bytes.fromhex(stored)
