"""Proposals to staff: which customers may be one person, as rows, and how a pair looks side by side."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple

from bot.errors import RegularsError
from bot.identify.duplicates import find_duplicates
from bot.identify.likeness import Person, is_birthday
from storage import contacts, customers, duplicates, orders
from storage.database import Database, Memory
from storage.models import Customer, Duplicate

MOST_AT_NIGHT = 50_000
"""Customers whom the running bot compares, some ten seconds of work; of more, a process beside it does who has changed."""
BATCH = 2_000  # customers noted in one transaction


class NoSuchPair(RegularsError):
    """No pair of this number is proposed."""

    exit_status = 2

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)

    def __str__(self) -> str:
        return f"no pair {self.number} is proposed; `regulars duplicates list` has them all"


class Renewed(NamedTuple):
    """Of how many `customers`, so many were `compared` with everybody; and pairs `proposed` by now."""

    customers: int
    compared: int
    proposed: int


def renew_proposals(database: Database, now: datetime, *, anew: bool = True) -> Renewed:
    """Compare everybody with everybody, or only who is new or has changed since they were compared (not `anew`); store
    who may be one person. From half a million customers on minutes of work: not for a visit."""
    compared, apart = database.read_now(
        lambda memory: (duplicates.load_compared(memory), duplicates.list_apart(memory))
    )
    stale = [(one.id, hash_) for one in compared if (hash_ := _hash(one)) != one.compared_as]
    changed = {one.id for one in compared} if anew else {id_ for id_, _ in stale}
    people = list(map(_as_person, compared))
    del compared  # of a million, half a gigabyte
    already = database.read_now(lambda memory: duplicates.sum_scores(memory, changed))
    proposals = [
        duplicates.Proposal(one.one, one.other, one.score, one.is_strong, [each._asdict() for each in one.evidence])
        for one in find_duplicates(people, apart, changed, already)
    ]
    database.write_now(lambda memory: duplicates.propose(memory, proposals, now, changed), name="duplicates")
    # Only now: whatever ends this before, they are compared again.
    for begin in range(0, len(stale), BATCH):
        note = partial(duplicates.note_compared, hashes=stale[begin : begin + BATCH])
        database.write_now(note, name="duplicates")
    return Renewed(len(people), len(changed), database.read_now(duplicates.count_proposed))


def _as_person(one: duplicates.Compared) -> Person:
    birthday = one.birthday if is_birthday(one.birthday) else None
    return Person(one.id, one.name, birthday, one.city, one.phones, one.mails, one.numbers, one.chats)


def _hash(one: duplicates.Compared) -> int:
    """Of all that is compared, the same in every process: 64 bits, with a sign."""
    keys = [sorted(some) for some in (one.phones, one.mails, one.numbers, one.chats)]
    kept = repr((one.name, one.birthday, one.city, *keys))
    return int.from_bytes(blake2b(kept.encode(), digest_size=8).digest(), "big", signed=True)


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
