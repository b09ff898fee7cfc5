"""Who shares a household: proposed by what speaks for it, linked by staff or by both saying so, and taken apart again.

Nobody is linked by an address or a phone alone: families share them, and so do neighbours and offices.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from bot.errors import RegularsError
from storage import households
from storage.database import Database, Memory
from storage.households import Address, Pair
from storage.models import Customer, HouseholdLink, LinkStatus

FOUND = ("address", "phone")  # evidence that is looked for anew; what somebody said stays
LARGEST = 6  # customers of one address: more are an office or a block of flats
WORDS = 300  # kept of what somebody said
NAMESAKES = 3  # customers of a name that was said; of more nobody could tell whom it means
_STREETS = re.compile(r"(?:straße|strasse|street|str|st)\b")
_ROADS = re.compile(r"\b(?:road|rd)\b")
_AVENUES = re.compile(r"\b(?:avenue|ave|av)\b")
_PUNCTUATION = re.compile(r"[\s\W_]+")


class CannotLink(RegularsError):
    """`why`: same (one customer), not_linked (no link of their own; `through` whom they are joined), no_link."""

    exit_status = 2

    def __init__(self, why: str, one: int, other: int = 0, through: Sequence[int] = ()) -> None:
        self.why, self.one, self.other, self.through = why, one, other, list(through)
        super().__init__(why)

    def __str__(self) -> str:
        through = ", ".join(f"#{number}" for number in self.through)
        return {
            "same": f"#{self.one} is one customer; name two",
            "not_linked": f"#{self.one} and #{self.other} are not linked to each other"
            + (f"; both are of one household through {through}: unlink one of them from there" if through else ""),
            "no_link": f"no link {self.one} is proposed; `regulars households list --proposed` has them all",
        }[self.why]


def link(
    memory: Memory, one: int, other: int, now: datetime, *, what: str = "staff", staff_id: int | None = None,
    by: int | None = None, words: str = "",
) -> tuple[HouseholdLink, LinkStatus | None]:  # fmt: skip
    """Two customers are of one household. Returns the link, and its status until now (None: there was none), which
    `put_back` takes. Raises CannotLink."""
    return _decide(memory, one, other, LinkStatus.linked, now, [piece(what, by, words)], staff_id)


def unlink(
    memory: Memory, one: int, other: int, now: datetime, staff_id: int | None = None
) -> tuple[HouseholdLink, LinkStatus | None]:
    """They are not, and are not proposed again. Raises CannotLink where no link of these two is there."""
    row = households.find(memory, one, other)
    if one != other and (row is None or row.status == LinkStatus.apart):
        mine = households.find_members(memory, [one]).get(one, set())
        raise CannotLink("not_linked", one, other, sorted(mine - {other}) if other in mine else ())
    return _decide(memory, one, other, LinkStatus.apart, now, (), staff_id)


def put_back(memory: Memory, row: HouseholdLink, before: str | None, now: datetime) -> None:
    """Take a decision of staff back. What a customer has said since then is proposed."""
    if before != LinkStatus.linked:
        households.save_evidence(memory, row, [each for each in row.evidence if each["what"] != "staff"])
    if before is not None or row.evidence:
        status = LinkStatus(before or LinkStatus.proposed)
        households.save(memory, row.one_id, row.other_id, status=status, now=now)
    else:
        households.remove(memory, row)


def take_back(memory: Memory, customer_id: int, words: str, now: datetime) -> None:
    """The customer does not say so any more. What staff decided stands; what both had to say is a proposal again, and a
    proposal for which nothing else speaks goes."""
    for row in households.list_of(memory, customer_id):
        left = [each for each in row.evidence if (each["by"], each["words"]) != (customer_id, words[:WORDS])]
        if len(left) == len(row.evidence):
            continue
        households.save_evidence(memory, row, left)
        if row.status == LinkStatus.apart or any(each["what"] == "staff" for each in left):
            continue
        if left:
            households.save(memory, row.one_id, row.other_id, status=LinkStatus.proposed, now=now)
        else:
            households.remove(memory, row)


def propose(
    memory: Memory, one: int, other: int, now: datetime, *, what: str, by: int | None = None, words: str = ""
) -> HouseholdLink:
    """Something speaks for it. When both have said so of each other they are linked; what staff decided stands."""
    row = households.find(memory, one, other)
    pieces = [*(row.evidence if row else ()), piece(what, by, words)]
    agreed = {each["by"] for each in pieces if each["what"] == "said"} >= {one, other}
    status = LinkStatus(row.status) if row is not None and row.status != LinkStatus.proposed else LinkStatus.proposed
    if status == LinkStatus.proposed and agreed:
        status = LinkStatus.linked
    return households.save(memory, one, other, status=status, now=now, evidence=pieces[-1:])


def piece(what: str, by: int | None = None, words: str = "") -> dict[str, Any]:
    """One thing that speaks for a household."""
    return {"what": what, "by": by, "words": words[:WORDS]}


def find_namesakes(memory: Memory, customer: Customer, name: str) -> list[Customer]:
    """Whom a customer may mean by a name: those of their own surname or city, else all; nobody where they are many."""
    found = [one for one in households.find_named(memory, name, 50) if one.id != customer.id]
    surname = _surname(customer.name)
    near = [one for one in found if (surname and _surname(one.name) == surname) or _is_near(one, customer)]
    chosen = near or found
    return chosen if len(chosen) <= NAMESAKES else []


def _surname(name: str) -> str:
    words = name.casefold().split()
    return words[-1] if len(words) > 1 else ""


def _is_near(one: Customer, other: Customer) -> bool:
    return bool(one.city and other.city and one.city.casefold() == other.city.casefold())


def _decide(
    memory: Memory, one: int, other: int, status: LinkStatus, now: datetime, evidence: Sequence[dict[str, Any]],
    staff_id: int | None,
) -> tuple[HouseholdLink, LinkStatus | None]:  # fmt: skip
    if one == other:
        raise CannotLink("same", one)
    row = households.find(memory, one, other)
    before = LinkStatus(row.status) if row is not None else None
    row = households.save(memory, one, other, status=status, now=now, evidence=evidence, staff_id=staff_id)
    return row, before


# -- proposals ---------------------------------------------------------------------------------------------------


def renew_proposals(database: Database, now: datetime) -> int:
    """Propose whoever shares an address, or a phone though staff said that they are two; returns how many are new."""
    return database.write_now(lambda memory: _propose_all(memory, now), name="households")


def _propose_all(memory: Memory, now: datetime) -> int:
    known = households.list_known(memory)
    found = {pair: ("address", words) for pair, words in _share_address(households.list_addresses(memory))}
    found |= {(one, other): ("phone", phone) for one, other, phone in households.list_sharing_phone(memory)}
    for row in households.list_with(memory, LinkStatus.proposed):
        if (row.one_id, row.other_id) not in found and all(each["what"] in FOUND for each in row.evidence):
            households.remove(memory, row)  # one of them has moved, or has another number
    fresh = {pair: why for pair, why in found.items() if pair not in known}
    for (one, other), (what, words) in sorted(fresh.items()):
        propose(memory, one, other, now, what=what, words=words)
    return len(fresh)


def _share_address(addresses: Iterable[Address]) -> list[tuple[Pair, str]]:
    at: defaultdict[str, list[Address]] = defaultdict(list)
    for one in addresses:
        if (key := fold_address(one.address, one.postcode, one.city)) is not None:
            at[key].append(one)
    return [
        ((one.customer_id, other.customer_id), one.address)
        for living in at.values()
        if 1 < len(living) <= LARGEST
        for one, other in combinations(living, 2)
    ]


def fold_address(address: str, postcode: str | None, city: str | None) -> str | None:
    """One spelling of what is one address; None where no house is named: a street alone is many households'."""
    text = unicodedata.normalize("NFKC", address).casefold()
    if not any(letter.isdigit() for letter in text):
        return None
    for spelt, short in ((_STREETS, "str"), (_ROADS, "rd"), (_AVENUES, "ave")):
        text = spelt.sub(short, text)
    return f"{_PUNCTUATION.sub('', text)} {_PUNCTUATION.sub('', (postcode or city or '').casefold())}"


# -- shown -------------------------------------------------------------------------------------------------------


def find_proposed(memory: Memory, number: int) -> HouseholdLink:
    """Raises CannotLink."""
    row = households.get(memory, number)
    if row is None or row.status != LinkStatus.proposed:
        raise CannotLink("no_link", number)
    return row


def show_household(memory: Memory, customer_id: int) -> list[dict[str, Any]]:
    """The others of a customer's household: {"id", "name", "tier", "why": evidence, "since"}; `why` is empty of whom
    they are joined to through somebody else."""
    others = sorted(households.find_members(memory, [customer_id]).get(customer_id, ()))
    links = {
        row.one_id + row.other_id - customer_id: row
        for row in households.list_of(memory, customer_id)
        if row.status == LinkStatus.linked
    }
    return [_show_member(memory.get_one(Customer, other), links.get(other)) for other in others]


def _show_member(customer: Customer, row: HouseholdLink | None) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "tier": customer.tier,
        "why": list(row.evidence) if row else [],
        "since": row.decided_at if row else None,
    }


def show_link(memory: Memory, row: HouseholdLink) -> dict[str, Any]:
    """Two customers, and what speaks for their being of one household."""
    sides = [memory.get_one(Customer, number) for number in (row.one_id, row.other_id)]
    return {
        "id": row.id,
        "status": row.status,
        "sides": [{"customer_id": one.id, "name": one.name, "tier": one.tier, "city": one.city} for one in sides],
        "evidence": list(row.evidence),
        "found_at": row.found_at,
        "decided_at": row.decided_at,
    }
