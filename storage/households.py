"""Who shares a household: links between two customers, and all whom they join."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from storage.database import Memory
from storage.models import (
    Customer,
    Duplicate,
    DuplicateStatus,
    HouseholdLink,
    Identity,
    LinkStatus,
    SharedKey,
    table_of,
)
from storage.spelling import spell

LINKS, CUSTOMERS, DUPLICATES = table_of(HouseholdLink), table_of(Customer), table_of(Duplicate)
IDENTITIES, SHARED = table_of(Identity), table_of(SharedKey)
CHUNK = 500
Pair = tuple[int, int]


def as_pair(one: int, other: int) -> Pair:
    """The smaller number first, as links are stored."""
    return min(one, other), max(one, other)


def get(memory: Memory, number: int) -> HouseholdLink | None:
    return memory.get(HouseholdLink, number)


def find(memory: Memory, one: int, other: int) -> HouseholdLink | None:
    smaller, larger = as_pair(one, other)
    return memory.scalars(
        select(HouseholdLink).where(HouseholdLink.one_id == smaller, HouseholdLink.other_id == larger)
    ).first()


def save(
    memory: Memory, one: int, other: int, *, status: LinkStatus, now: datetime,
    evidence: Sequence[dict[str, Any]] = (), staff_id: int | None = None,
) -> HouseholdLink:  # fmt: skip
    """The link of these two with this status; who decided it and when stays where it had it already. Evidence is added
    to what there is, each piece once."""
    row = find(memory, one, other)
    if row is None:
        smaller, larger = as_pair(one, other)
        row = HouseholdLink(one_id=smaller, other_id=larger, evidence=[], found_at=now)
        memory.add(row)
    if row.status != status:
        row.status, row.staff_id = status, staff_id
        row.decided_at = None if status == LinkStatus.proposed else now
    row.evidence = [*row.evidence, *(piece for piece in evidence if piece not in row.evidence)]
    memory.flush()
    return row


def save_evidence(memory: Memory, row: HouseholdLink, evidence: Sequence[dict[str, Any]]) -> None:
    """Nothing but this speaks for it any more."""
    row.evidence = list(evidence)
    memory.flush()


def remove(memory: Memory, row: HouseholdLink) -> None:
    memory.delete(row)
    memory.flush()


def list_with(memory: Memory, status: LinkStatus) -> Sequence[HouseholdLink]:
    """All of this status, the oldest first."""
    return memory.scalars(select(HouseholdLink).where(HouseholdLink.status == status).order_by(HouseholdLink.id)).all()


def list_of(memory: Memory, customer_id: int) -> Sequence[HouseholdLink]:
    """A customer's own links of any status."""
    mine = or_(HouseholdLink.one_id == customer_id, HouseholdLink.other_id == customer_id)
    return memory.scalars(select(HouseholdLink).where(mine).order_by(HouseholdLink.id)).all()


def list_known(memory: Memory) -> set[Pair]:
    """Every pair of which something is known."""
    return {(one, other) for one, other in memory.connection().execute(select(LINKS.c.one_id, LINKS.c.other_id))}


def find_members(memory: Memory, customer_ids: Collection[int]) -> dict[int, set[int]]:
    """The others of each one's household; who has none is not in it. A query for each step away, mostly two."""
    memory.flush()
    near: defaultdict[int, set[int]] = defaultdict(set)
    seen: set[int] = set()
    edge = set(customer_ids)
    while edge:
        seen |= edge
        found = _list_neighbours(memory, edge)
        for one, other in found:
            near[one].add(other)
            near[other].add(one)
        edge = {customer_id for pair in found for customer_id in pair} - seen
    return {one: _reach(one, near) - {one} for one in customer_ids if one in near}


def list_households(memory: Memory) -> list[list[int]]:
    """The members of every household by number, the household of the smallest number first."""
    linked = select(LINKS.c.one_id, LINKS.c.other_id).where(LINKS.c.status == LinkStatus.linked)
    near: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in memory.connection().execute(linked):
        near[one].add(other)
        near[other].add(one)
    done: set[int] = set()
    found = []
    for one in sorted(near):
        if one not in done:
            members = _reach(one, near)
            done |= members
            found.append(sorted(members))
    return found


def _list_neighbours(memory: Memory, ids: Collection[int]) -> list[Pair]:
    found: list[Pair] = []
    numbers = sorted(ids)
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        statement = select(LINKS.c.one_id, LINKS.c.other_id).where(
            LINKS.c.status == LinkStatus.linked, or_(LINKS.c.one_id.in_(part), LINKS.c.other_id.in_(part))
        )
        found += [(one, other) for one, other in memory.connection().execute(statement)]
    return found


def _reach(start: int, near: dict[int, set[int]]) -> set[int]:
    found, edge = {start}, [start]
    while edge:
        edge = [one for each in edge for one in near[each] if one not in found]
        found.update(edge)
    return found


# -- what speaks for a household ---------------------------------------------------------------------------------


class Address(NamedTuple):
    """Where a customer lives, as stored."""

    customer_id: int
    address: str
    postcode: str | None
    city: str | None


def list_addresses(memory: Memory) -> Iterable[Address]:
    columns = (CUSTOMERS.c.id, CUSTOMERS.c.address, CUSTOMERS.c.postcode, CUSTOMERS.c.city)
    statement = select(*columns).where(CUSTOMERS.c.address.is_not(None)).order_by(CUSTOMERS.c.id)
    return [Address(*row) for row in memory.connection().execute(statement)]


def list_sharing_phone(memory: Memory) -> list[tuple[int, int, str]]:
    """Pairs that staff said are two people, and that have one phone: (smaller number, larger, phone)."""
    mine = select(IDENTITIES.c.customer_id, IDENTITIES.c.value).where(IDENTITIES.c.kind == "phone")
    phones = mine.union(select(SHARED.c.customer_id, SHARED.c.value).where(SHARED.c.kind == "phone")).subquery()
    others = phones.alias()
    statement = (
        select(DUPLICATES.c.one_id, DUPLICATES.c.other_id, func.min(phones.c.value))
        .join(phones, phones.c.customer_id == DUPLICATES.c.one_id)
        .join(others, (others.c.customer_id == DUPLICATES.c.other_id) & (others.c.value == phones.c.value))
        .where(DUPLICATES.c.status == DuplicateStatus.apart)
        .group_by(DUPLICATES.c.one_id, DUPLICATES.c.other_id)
    )
    return [(one, other, phone) for one, other, phone in memory.connection().execute(statement)]


def find_named(memory: Memory, name: str, most: int) -> list[Customer]:
    """People whose name is this, or has it as its first or last word; at most so many, by number."""
    called = func.lower(Customer.name)
    statement = (
        select(Customer)
        .where(
            Customer.kind == "person",
            or_(*(is_called for wanted in spell(name.lower()) for is_called in (
                called == wanted,
                called.startswith(f"{wanted} ", autoescape=True),
                called.endswith(f" {wanted}", autoescape=True),
            ))),
        )
        .order_by(Customer.id)
        .limit(most)
    )  # fmt: skip
    return list(memory.scalars(statement))
