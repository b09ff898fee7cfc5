"""What we know of a customer: a newer fact supersedes an older one about the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from storage import events, facts
from storage.database import Memory
from storage.models import Fact

LEAST_CONFIDENCE = 0.5  # below it a fact is a guess, and not kept
# Of one person only the newest of each holds.
TURNS = (frozenset({"lives with", "moved out"}), frozenset({"comes here too", "comes here no more"}))
VALUE_LENGTH = 300
QUOTE_LENGTH = 500


class Kept(NamedTuple):
    """`is_new` is False where we knew it already."""

    fact: Fact
    is_new: bool


def record(
    memory: Memory, customer_id: int, *, kind: str, value: str, now: datetime, contact_id: int | None,
    polarity: str | None = None, item: str | None = None, person: str | None = None, date: str | None = None,
    confidence: float = 1.0, quote: str = "", stated_by: str = "customer",
    current: Sequence[Fact] | None = None,
) -> Kept:  # fmt: skip
    """Keep one fact. `current` saves reading what is known when several are recorded."""
    value = value.strip()[:VALUE_LENGTH]
    known = [
        fact
        for fact in (facts.list_current(memory, customer_id, kind) if current is None else current)
        if fact.kind == kind
        and (
            _same_thing(fact, value, item)
            or (person is not None and any({fact.value, value} <= turn for turn in TURNS))
        )
        and is_same_person(fact.person, person)
    ]
    for fact in known:
        if fact.polarity == polarity and fact.date == date and _same_thing(fact, value, item):
            fact.confidence = max(fact.confidence, confidence)
            return Kept(fact, is_new=False)
    new = facts.add(
        memory, customer_id=customer_id, kind=kind, value=value, since=now, polarity=polarity, item=item,
        person=person, date=date, confidence=confidence, quote=quote[:QUOTE_LENGTH], stated_by=stated_by,
        contact_id=contact_id,
    )  # fmt: skip
    facts.supersede(memory, [fact.id for fact in known], new.id)
    for fact in known:
        fact.superseded_by = new.id
    return Kept(new, is_new=True)


def confirm(memory: Memory, fact: Fact, contact_id: int | None, now: datetime) -> Fact:
    """The customer says that it still holds: the same fact, said anew, supersedes the old one."""
    new = facts.add(
        memory, customer_id=fact.customer_id, kind=fact.kind, value=fact.value, since=now, polarity=fact.polarity,
        item=fact.item, person=fact.person, date=fact.date, confidence=1.0, quote=fact.quote, stated_by="customer",
        contact_id=contact_id,
    )  # fmt: skip
    facts.supersede(memory, [fact.id], new.id)
    fact.superseded_by = new.id
    return new


def withdraw(memory: Memory, customer_id: int, ids: Sequence[int], now: datetime) -> list[Fact]:
    """Take facts back; what they had replaced holds again. Returns those that still held."""
    found = [
        fact
        for fact in facts.list_by_ids(memory, customer_id, ids)
        if fact.forgotten_at is None and fact.superseded_by is None
    ]
    facts.restore_superseded(memory, [fact.id for fact in found])
    forget(memory, found, now)
    return found


def forget(memory: Memory, found: Sequence[Fact], now: datetime) -> None:
    """They hold no more; of an occasion, nothing stays planned."""
    facts.forget(memory, [fact.id for fact in found], now)
    for fact in found:
        if fact.date:
            events.add(memory, fact.customer_id, "occasion", at=now, reference=str(fact.id))


def describe(fact: Fact) -> dict[str, Any]:
    """What the template `facts/phrase` needs; `year` is None where only the day of the year is known, `lunar` tells
    which calendar the day is of, `quote` what was said."""
    lunar = (fact.date or "").startswith("L")
    year, month, day = _split_date((fact.date or "").removeprefix("L"))
    return {
        "kind": fact.kind, "value": fact.value, "polarity": fact.polarity, "person": fact.person,
        "year": year, "month": month, "day": day, "lunar": lunar, "quote": fact.quote,
    }  # fmt: skip


def _split_date(date: str | None) -> tuple[int | None, int | None, int | None]:
    parts = [int(part) for part in (date or "").split("-") if part.isdigit()]
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    return (None, parts[0], parts[1]) if len(parts) == 2 else (None, None, None)


def _same_thing(fact: Fact, value: str, item: str | None) -> bool:
    return (item is not None and fact.item == item) or fact.value.casefold() == value.casefold()


def is_same_person(known: str | None, said: str | None) -> bool:
    """ "Mia" and "daughter Mia" are one person, and so are 老公 and 老公李明."""
    if not known or not said:
        return not known and not said
    shorter, longer = sorted((known.casefold(), said.casefold()), key=len)
    named = len(shorter) > 1 and "\u4e00" <= shorter[0] <= "\u9fff" and longer.startswith(shorter)
    return named or shorter == longer or shorter in longer.split()
