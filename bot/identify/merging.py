"""One person, however they reach us: two entries become one, with both histories, and two again where that was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from bot.errors import RegularsError
from bot.identify import referrals
from storage import consents, contacts, customers, duplicates, events, facts, follow_ups, merging
from storage.database import Memory
from storage.models import Consent, Customer, CustomerKind, CustomerStatus, Fact, Merge, Purpose, Tier

BY_STAFF, BY_PHONE = "staff", "phone"
WORDING = "merge"  # of a consent refused in one of two entries


class CannotMerge(RegularsError):
    """`why`: same (one and the same customer), no_merge (none of this number), undone, or later (another must be undone
    first, whose number is `number`)."""

    exit_status = 2

    def __init__(self, why: str, number: int) -> None:
        self.why, self.number = why, number
        super().__init__(why)

    def __str__(self) -> str:
        return {
            "same": f"#{self.number} is one customer already; name two",
            "no_merge": f"there is no merge {self.number}; `regulars duplicates list --merged` has them all",
            "undone": f"merge {self.number} is undone already",
            "later": f"that customer was merged again since: undo merge {self.number} first",
        }[self.why]


class Undone(NamedTuple):
    """Both customers, and how many contacts, facts, … that came since the merge went to whom."""

    stayed: Customer
    restored: Customer
    returned: dict[str, int]
    left: dict[str, int]


def link_phone(memory: Memory, customer: Customer, phone: str, now: datetime) -> str:
    """Make an E.164 number this customer's. Telegram vouches that it is.

    `linked`, or `known` (it was already), or `merged` (it was somebody's whom we never met in Telegram: their
    history is now this customer's), or `taken` (it is that of another Telegram user: it is noted for both).
    """
    owner = customers.find(memory, "phone", phone)
    if owner is None:
        customers.link(memory, customer.id, "phone", phone, now)
        return "linked"
    if owner.id == customer.id:
        customers.vouch(memory, "phone", phone)
        return "known"
    if customers.find_telegram_id(memory, owner.id) is not None:
        duplicates.share_keys(memory, [(customer.id, "phone", phone)], now)
        return "taken"
    merge(memory, into=customer, other=owner, now=now, how=BY_PHONE)
    customers.vouch(memory, "phone", phone)
    return "merged"


def choose_survivor(memory: Memory, one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Who stays and who goes: whoever Telegram reaches stays, then who is better known, then who was first."""

    def weigh(customer: Customer) -> tuple[bool, int, int]:
        reached = customers.find_telegram_id(memory, customer.id) is not None
        return reached, contacts.count(memory, customer.id), -customer.id

    return (one, other) if weigh(one) > weigh(other) else (other, one)


def merge(
    memory: Memory, *, into: Customer, other: Customer, now: datetime, how: str = BY_STAFF, staff_id: int | None = None
) -> Merge:
    """All that is known under `other` becomes `into`'s; `other` is gone. What `into` stated of itself stands.

    The stricter consent wins, and what was planned for `other` is judged anew. Tiers are the caller's to class anew.
    Raises CannotMerge.
    """
    if into.id == other.id:
        raise CannotMerge("same", into.id)
    before = merging.read_customer(memory, into.id)
    refused = _find_refusals(memory, into.id, other.id)
    referrals.join(memory, into, other)
    _take_over(into, other)
    duplicates.keep_apart_from(memory, into.id, other.id)
    number = other.id
    kept = merging.move(memory, source=number, target=into.id)
    after = merging.read_customer(memory, into.id)
    added = [
        consents.add(memory, into.id, purpose, granted=False, wording=WORDING, at=now, contact_id=None)
        for purpose in refused
    ]
    _join_facts(memory, into.id)
    follow_ups.judge_anew(memory, kept["moved"]["follow_ups"], now)
    row = memory.create(
        Merge, customer_id=into.id, merged_id=number, how=how, staff_id=staff_id, at=now, undone_at=None,
        kept={**kept, "before": before, "after": after, "consents": added},
    )  # fmt: skip
    events.add(memory, into.id, "merged", at=now, reference=str(number))
    return row


def undo_merge(memory: Memory, number: int, now: datetime) -> Undone:
    """Two customers again, each with their own history. Raises CannotMerge."""
    row = memory.get(Merge, number)
    if row is None or row.undone_at is not None:
        raise CannotMerge("no_merge" if row is None else "undone", number)
    later = duplicates.find_merge_since(memory, row.customer_id, row.id)
    if later is not None:
        raise CannotMerge("later", later)
    kept, target, source = row.kept, row.customer_id, row.merged_id
    merging.remove(memory, Consent, kept["consents"])
    came = merging.restore(memory, kept, source=source, target=target)
    merging.take_back(memory, target, kept["before"], kept["after"])
    row.kept, row.undone_at = {}, now
    memory.flush()
    for customer_id in (target, source):
        follow_ups.judge_anew(memory, [one.id for one in follow_ups.list_open_of(memory, customer_id)], now)
        events.add(memory, customer_id, "merged", at=now, reference=str(number))
    return Undone(memory.get_one(Customer, target), memory.get_one(Customer, source), came["returned"], came["stayed"])


def summarise(row: Merge) -> dict[str, Any]:
    """What a merge did, in numbers: {"moved": {table: n}, "dropped": {table: n}, "changed": [columns], "refused": n}."""
    kept = row.kept
    changed = [name for name, value in kept["before"].items() if value != kept["after"][name]]
    return {
        "moved": {name: len(keys) for name, keys in kept["moved"].items() if keys},
        "dropped": {name: len(rows) for name, rows in kept["dropped"].items()},
        "changed": changed,
        "consents_refused": len(kept["consents"]),
    }


# -- what both had -----------------------------------------------------------------------------------------------


def _take_over(into: Customer, other: Customer) -> None:
    if into.kind == CustomerKind.person:
        into.kind = other.kind
    if into.partner_id == other.id:
        into.partner_id = None  # nobody is their own partner
    if into.partner_id is None and other.partner_id != into.id:
        into.partner_id = other.partner_id
    into.lead_source = into.lead_source or other.lead_source
    into.city = into.city or other.city
    if into.address is None:
        into.address, into.postcode = other.address, other.postcode or into.postcode
    into.tags = [*into.tags, *(tag for tag in other.tags if tag not in into.tags)]
    into.quiet_from, into.quiet_to = (
        (into.quiet_from, into.quiet_to) if into.quiet_from else (other.quiet_from, other.quiet_to)
    )
    into.time_zone = into.time_zone or other.time_zone
    into.created_at = min(into.created_at, other.created_at)
    into.last_contact_at = _latest(into.last_contact_at, other.last_contact_at)
    into.paused_until = _latest(into.paused_until, other.paused_until)
    if into.tier == Tier.new:
        into.tier, into.tier_reason, into.tier_set_by = other.tier, other.tier_reason, other.tier_set_by
        into.tier_until, into.tier_below_since = other.tier_until, other.tier_below_since
        into.group, into.value = other.group, other.value
    if other.status == CustomerStatus.stopped:
        into.status = CustomerStatus.stopped  # a stop holds however they reach us


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _find_refusals(memory: Memory, *customer_ids: int) -> list[Purpose]:
    """Purposes refused in one entry and agreed to in another: not answering is no refusal."""
    found = []
    for purpose in Purpose:
        newest = [consents.find_newest(memory, customer_id, purpose) for customer_id in customer_ids]
        if {answer.granted for answer in newest if answer is not None} == {True, False}:
            found.append(purpose)
    return found


def _join_facts(memory: Memory, customer_id: int) -> None:
    """What both entries knew of one thing is known once, as if it had been said one after the other."""
    kept: dict[tuple[str, ...], Fact] = {}
    for fact in facts.list_current(memory, customer_id):
        thing = (fact.kind, (fact.item or fact.value).casefold(), (fact.person or "").casefold())
        other = kept.get(thing)
        if other is None:
            kept[thing] = fact
            continue
        older, newer = sorted((other, fact), key=lambda one: _weigh_fact(one, other, fact))
        facts.supersede(memory, [older.id], newer.id)
        older.superseded_by = newer.id
        kept[thing] = newer


def _weigh_fact(fact: Fact, *both: Fact) -> tuple[bool, bool, datetime, int]:
    """A date with its year prevails over the same without; else the customer's own word, then the newer."""
    dates = [one.date or "" for one in both]
    is_one_day = dates[0][-5:] == dates[1][-5:]
    return (
        is_one_day and len(fact.date or "") == max(map(len, dates)) > 5,
        fact.stated_by == "customer",
        fact.since,
        fact.id,
    )
