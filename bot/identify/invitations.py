"""Personal invitations: a link that only one known customer is given, and that brings their history into the chat.

Nobody can be written to who has not pressed Start. Whoever holds the link is taken for the customer, once: from then on
the customer is reached, and the link is an ordinary one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bot.identify import links, merging
from storage import customers, invitations
from storage.database import Memory
from storage.models import Customer

SOURCE = "invitation"
BATCH = 1_000
_PAYLOAD = re.compile(r"i([0-9]{1,18})-([A-Za-z0-9_-]{16})", re.ASCII)


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
    secret = links.read_secret(memory)
    after = 0
    while people := invitations.list_unreached(memory, import_id, after, BATCH):
        for person in people:
            yield Invitation(*person, links.address(bot_name, links.sign_with(secret, SOURCE, person.id)))
        after = people[-1].id


def accept(memory: Memory, customer: Customer, payload: str, now: datetime) -> str | None:
    """What came of starting with this payload: None where it is no invitation, or `merged`, or `old` (of somebody who
    is reached already, or gone)."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    number = int(match[1])
    if not links.is_signed(memory, SOURCE, number, payload):
        return None
    invited = customers.get(memory, number)
    if invited is None or invited.id == customer.id or customers.find_telegram_id(memory, number) is not None:
        return "old"
    merging.merge(memory, into=customer, other=invited, now=now, how=SOURCE)
    return "merged"
