"""Proposals to staff: which customers may be one person, as rows, and how a pair looks side by side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.errors import RegularsError
from bot.identify.duplicates import find_duplicates
from bot.identify.likeness import Person, is_birthday
from storage import contacts, customers, duplicates, orders
from storage.database import Database, Memory
from storage.models import Customer, Duplicate

MOST_AT_NIGHT = 50_000
"""Customers compared by the running bot, some ten seconds of work; of more, `regulars duplicates list` does it beside it."""


class NoSuchPair(RegularsError):
    """No pair of this number is proposed."""

    exit_status = 2

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)

    def __str__(self) -> str:
        return f"no pair {self.number} is proposed; `regulars duplicates list` has them all"


def renew_proposals(database: Database, now: datetime) -> int:
    """Compare everybody anew and store who may be one person; returns how many pairs. Minutes, not seconds, of work
    from half a million customers on: not for a visit."""
    compared, apart = database.read_now(
        lambda memory: (duplicates.load_compared(memory), duplicates.list_apart(memory))
    )
    candidates = find_duplicates(list(map(_as_person, compared)), apart)
    proposals = [
        duplicates.Proposal(one.one, one.other, one.score, one.is_strong, [each._asdict() for each in one.evidence])
        for one in candidates
    ]
    database.write_now(lambda memory: duplicates.propose(memory, proposals, now), name="duplicates")
    return len(proposals)


def _as_person(one: duplicates.Compared) -> Person:
    return Person(*one)._replace(birthday=one.birthday if is_birthday(one.birthday) else None)


def find_pair(memory: Memory, number: int) -> Duplicate:
    """Raises NoSuchPair."""
    found = duplicates.get(memory, number)
    if found is None or found.status != "proposed":
        raise NoSuchPair(number)
    return found


def show_pair(memory: Memory, pair: Duplicate) -> dict[str, Any]:
    """Both sides and what speaks for and against their being one person; times are datetimes."""
    return {
        "id": pair.id,
        "score": round(pair.score, 4),
        "strong": pair.is_strong,
        "sides": [show_side(memory, memory.get_one(Customer, id_)) for id_ in (pair.one_id, pair.other_id)],
        "evidence": [dict(one) for one in pair.evidence],
    }


def show_side(memory: Memory, customer: Customer) -> dict[str, Any]:
    (compared,) = duplicates.load_compared(memory, [customer.id])
    return {
        "customer_id": customer.id,
        "name": customer.name,
        "tier": customer.tier,
        "birthday": compared.birthday,
        "city": customer.city,
        "identities": [
            {"kind": one.kind, "value": one.value} for one in customers.list_identities(memory, customer.id)
        ],
        "orders": orders.count(memory, customer.id),
        "contacts": contacts.count(memory, customer.id),
        "since": customer.created_at,
        "seen_at": customer.last_contact_at,
    }
