"""How a customer wants to be dealt with: language, silence, stop; and the phone that is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import phonenumbers

from bot.identify.time_zones import read_time_zone
from storage import events, facts
from storage.database import Memory
from storage.models import Customer, CustomerStatus

_QUIET = re.compile(
    r"^\s*(\d{1,2})(?:[:：.](\d{2}))?\s*(?:-|–|—|~|～|to|until|到|至)\s*(\d{1,2})(?:[:：.](\d{2}))?\s*$", re.IGNORECASE
)


LATIN_NAME = re.compile(r"^[A-Za-z\u00c0-\u024f][\w.'’-]* \S")  # of more than one word


class Quiet(NamedTuple):
    """Local wall times "HH:MM"."""

    start: str
    end: str


def read_quiet(text: str) -> Quiet | None:
    """ "22:00-08:00", "22-8", "22:00 到 8:00"; None for anything else, also for a span of nothing or of a whole day."""
    found = _QUIET.match(text)
    if found is None:
        return None
    hours = int(found[1]), int(found[3])
    minutes = int(found[2] or 0), int(found[4] or 0)
    if max(hours) > 23 or max(minutes) > 59:
        return None
    quiet = Quiet(*(f"{hour:02}:{minute:02}" for hour, minute in zip(hours, minutes, strict=True)))
    return None if quiet.start == quiet.end else quiet


def read_quiet_and_zone(text: str) -> tuple[Quiet | None, str | None] | None:
    """A span, a time zone or a place that names one, or both: "22-8", "Tokyo", "22:00-08:00 New York"; None for else."""
    words = text.split()
    for cut in range(len(words) + 1):
        quiet, zone = read_quiet(" ".join(words[:cut])), read_time_zone(" ".join(words[cut:]))
        if (quiet or cut == 0) and (zone or cut == len(words)) and (quiet or zone):
            return quiet, zone
    return None


def set_quiet(customer: Customer, quiet: Quiet | None) -> None:
    """None: the business's own hours again."""
    customer.quiet_from, customer.quiet_to = quiet or (None, None)


def choose_language(customer: Customer, language: str) -> None:
    customer.language, customer.language_from = language, "chosen"


def stop(memory: Memory, customer: Customer, now: datetime) -> None:
    _set_status(memory, customer, CustomerStatus.stopped, now)


def resume(memory: Memory, customer: Customer, now: datetime) -> None:
    _set_status(memory, customer, CustomerStatus.active, now)


def note_blocked(memory: Memory, customer: Customer, blocked: bool, now: datetime) -> None:
    """The bot was blocked or unblocked. Somebody who said stop stays stopped through either."""
    if customer.status != CustomerStatus.stopped:
        _set_status(memory, customer, CustomerStatus.unreachable if blocked else CustomerStatus.active, now)


def _set_status(memory: Memory, customer: Customer, status: CustomerStatus, now: datetime) -> None:
    if customer.status != status:
        customer.status = status
        events.add(memory, customer.id, "status", at=now, reference=status)


def read_phone(text: str, region: str | None = None) -> str | None:
    """E.164, or None where it is no phone number. Telegram leaves the plus away."""
    for candidate in (text, "+" + text.lstrip("+")):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


_CALLED = re.compile(
    r"\bcall me (?:just |simply )?(?P<latin>[A-Za-z\u00c0-\u024f][\w'’-]{0,30})(?! (?:back|on|at|after|before|when|in)\b)"
    r"|(?:叫我|称呼我|喊我|稱呼我)(?:做|为|為)?(?P<name>[\u4e00-\u9fffA-Za-z·]{1,8}?)(?:就好|就行|就可以|即可|吧|好了|啦|[，。！,.! ]|$)",
    re.IGNORECASE,
)
NO_NAMES = frozenset("back later again when if after before at on tomorrow today maybe".split())  # noqa: SIM905


def find_called(values: Iterable[str]) -> str | None:
    """The name asked for, newest first: "call me Annie", 叫我小王."""
    for value in values:
        found = _CALLED.search(value)
        if found and (name := found["latin"] or found["name"]).lower() not in NO_NAMES:
            return name[:1].upper() + name[1:]
    return None


def address(memory: Memory, customer: Customer) -> str:
    """How to address this customer: as they asked to be called, else by their name."""
    said = facts.list_current(memory, customer.id, "contact_preference")
    return find_called(fact.value for fact in reversed(said)) or call_by(customer.name)


def call_by(name: str) -> str:
    """How to address somebody: the first word of a name in Latin letters, else the whole."""
    return name.split()[0] if LATIN_NAME.match(name) else name
