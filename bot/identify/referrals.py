"""Bringing friends: a link of one's own that may be given to anybody, and who brought whom.

What is kept of it is the number of who brought them. The first touch counts: whoever is known already, however, was
brought by nobody; nor does anybody bring themselves, or who brought them.
"""

from __future__ import annotations

import io
import re

import segno

from bot.identify import links
from storage import customers, duplicates, meta, referrals
from storage.database import Memory
from storage.models import Customer

SOURCE = "referral"
_PAYLOAD = re.compile(r"r([0-9]{1,18})-([A-Za-z0-9_-]{16})", re.ASCII)
CODE_SCALE = 12  # pixels a module


def make_link(memory: Memory, customer_id: int) -> str | None:
    """Theirs for good; None where the bot does not know its own name yet."""
    bot_name = meta.read(memory, links.BOT_NAME)
    return links.address(str(bot_name), links.sign(memory, SOURCE, customer_id)) if bot_name else None


def draw_code(link: str) -> bytes:
    """The link as a QR code, a PNG."""
    written = io.BytesIO()
    segno.make_qr(link, error="m").save(written, kind="png", scale=CODE_SCALE, border=4)
    return written.getvalue()


def accept(memory: Memory, customer: Customer, payload: str, *, is_first: bool) -> str | None:
    """What came of starting with this payload: None where it is no such link; `brought`; or `own`, `known` (they were a
    customer already) or `gone` (whose link it was, nobody knows any more)."""
    match = _PAYLOAD.fullmatch(payload)
    number = int(match[1]) if match else 0
    if not number or not links.is_signed(memory, SOURCE, number, payload):
        return None
    number = duplicates.find_survivor(memory, number) or number
    if number == customer.id:
        return "own"
    if not is_first or customer.lead_source is not None or customer.referred_by is not None:
        return "known"
    customer.lead_source = SOURCE
    if customers.get(memory, number) is None:
        return "gone"
    customer.referred_by = number
    return "brought"


def join(memory: Memory, into: Customer, other: Customer) -> None:
    """Of two who are one person, the one who was known first says who brought them. Before anything else of them is
    joined."""
    memory.flush()
    by = min(into, other, key=lambda one: one.created_at).referred_by
    both = (into.id, other.id)
    if by in both or (by is not None and any(referrals.is_brought_by(memory, by, one) for one in both)):
        by = None
    if by is None and into.lead_source == SOURCE:
        into.lead_source = None if other.lead_source == SOURCE else other.lead_source
    into.referred_by = by
