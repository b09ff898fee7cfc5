"""Rows of a customers file → customers, their identities and birthdays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.config import Settings
from bot.identify.erasure import Tombstones
from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import CustomerRow
from storage import duplicates, imports, provenance, referrals
from storage import partners as stored_partners
from storage.database import Memory
from storage.models import Basis, CustomerKind


def apply_customers(
    memory: Memory, rows: Sequence[CustomerRow], report: ImportReport, settings: Settings, now: datetime
) -> None:
    """Recognise each row's person by customer id, then phone, then e-mail; add or complete them."""
    known = _recognise(memory, rows)
    tombstones = Tombstones(memory)
    erased = tombstones.find([_names(row) for row in rows if row.customer_id not in known.ids])
    fresh = [row for row in rows if row.customer_id not in known.ids and not erased.intersection(_names(row))]
    there = [row for row in rows if row.customer_id in known.ids]
    new_ids = imports.add_customers(memory, [_new_customer(row, settings, now, report.import_id) for row in fresh])
    for row, customer_id in zip(fresh, new_ids, strict=True):
        known.ids[row.customer_id] = customer_id
    here = [row for row in rows if row.customer_id in known.ids]
    partners = _find_partners(memory, here, known, report)
    brought = _find_referrers(memory, here, known, report)
    touched = _complete(memory, there, known, report.import_id, partners, brought)
    referrals.set_referrers(memory, {id_: brought[id_] for id_ in new_ids if id_ in brought})
    for row in fresh:
        if row.customer_id in partners:
            stored_partners.assign(memory, [known.ids[row.customer_id]], partners[row.customer_id])
    touched |= _link(memory, here, known, report, now)
    touched |= _remember_birthdays(memory, here, known, report.import_id, now)
    if report.basis == Basis.agreed and report.import_id is not None:
        imports.add_marketing(memory, {known.ids[row.customer_id] for row in here}, report.import_id, now)
    report.reachable += len(imports.find_reachable(memory, {known.ids[row.customer_id] for row in here}))
    report.added += len(fresh)
    report.erased += len(rows) - len(here)
    added = set(new_ids)
    changed = sum(known.ids[row.customer_id] in touched - added for row in here)
    report.changed += changed
    report.unchanged += len(there) - changed


@dataclass(slots=True)
class _Known:
    """Who is known: customer by customer id of the file, and by each other identity."""

    ids: dict[str, int]
    linked: set[str]  # customer ids that are identities already
    phones: dict[str, int]
    mails: dict[str, int]
    numbers: dict[int, str]  # the first customer id that each has in the order system

    def is_merged(self, row: CustomerRow) -> bool:
        """Whether the row is of somebody who was merged with another row's customer: that other row speaks for both."""
        return self.numbers.get(self.ids[row.customer_id], row.customer_id) != row.customer_id


def _recognise(memory: Memory, rows: Sequence[CustomerRow]) -> _Known:
    ids = imports.find_customers(memory, "order_system", [row.customer_id for row in rows])
    known = _Known(
        ids, set(ids),
        imports.find_customers(memory, "phone", [row.phone for row in rows if row.phone]),
        imports.find_customers(memory, "email", [row.email for row in rows if row.email]), {},
    )  # fmt: skip
    known.numbers = imports.find_numbers(memory, {*ids.values(), *known.phones.values(), *known.mails.values()})
    # A person who has told their number in a chat is the person of that number in the file; but nobody gets two
    # customer ids of one order system: two with one phone may be a family, and staff are asked.
    taken = {*known.ids.values(), *known.numbers}
    for row in rows:
        found = known.phones.get(row.phone or "") or known.mails.get(row.email or "")
        if row.customer_id not in known.ids and found is not None and found not in taken:
            known.ids[row.customer_id] = found
            taken.add(found)
    return known


def _names(row: CustomerRow) -> list[tuple[str, str]]:
    names = [("order_system", row.customer_id)]
    if row.phone:
        names.append(("phone", row.phone))
    if row.email:
        names.append(("email", row.email))
    return names


def _new_customer(row: CustomerRow, settings: Settings, now: datetime, import_id: int | None) -> dict[str, Any]:
    return {
        "name": row.name, "kind": row.kind or "person", "language": row.language or settings.business.language,
        "language_from": "import", "city": row.city, "lead_source": row.source, "tags": row.tags or [],
        "address": row.address, "postcode": row.postcode, "created_at": now, "import_id": import_id,
    }  # fmt: skip


def _find_partners(memory: Memory, rows: Sequence[CustomerRow], known: _Known, report: ImportReport) -> dict[str, int]:
    """Whose customer each is, by customer id of the file; a note where that is nobody's, or no partner's."""
    named = {row.partner for row in rows if row.partner}
    if not named:
        return {}
    ids = imports.find_customers(memory, "order_system", named)
    ids |= {name: known.ids[name] for name in named if name in known.ids}
    kinds = {id_: one.kind for id_, one in imports.load_customers(memory, set(ids.values())).items()}
    kinds |= {known.ids[row.customer_id]: row.kind for row in rows if row.kind and not known.is_merged(row)}
    found: dict[str, int] = {}
    for row in rows:
        partner = ids.get(row.partner or "")
        if partner is not None and kinds[partner] == CustomerKind.partner and partner != known.ids[row.customer_id]:
            found[row.customer_id] = partner
        elif row.partner:
            report.note(
                row.line, f"partner: {row.partner} is no partner we know; import partners first, of kind partner"
            )
    return found


def _find_referrers(memory: Memory, rows: Sequence[CustomerRow], known: _Known, report: ImportReport) -> dict[int, int]:
    """Who brought each, where that can be; what cannot is noted. Who brought somebody once stays so."""
    asked = [row for row in rows if row.referred_by]
    there = imports.find_customers(memory, "order_system", [row.referred_by or "" for row in asked])
    there |= {row.customer_id: known.ids[row.customer_id] for row in rows}
    found: dict[int, int] = {}
    for row in asked:
        customer_id, by = known.ids[row.customer_id], there.get(row.referred_by or "")
        if referrals.find_referrer(memory, customer_id) is not None or customer_id in found:
            continue
        if by is None:
            report.note(
                row.line, f"referred_by: {row.referred_by} is no customer yet; import the file again once they are"
            )
        elif by == customer_id or referrals.is_brought_by(memory, by, customer_id, found):
            report.note(row.line, f"referred_by: {row.referred_by} is this customer, or was brought by them; left out")
        else:
            found[customer_id] = by
    return found


def _complete(
    memory: Memory,
    rows: Sequence[CustomerRow],
    known: _Known,
    import_id: int | None,
    partners: dict[str, int],
    brought: dict[int, int],
) -> set[int]:
    """Bring stored customers up to the file. What they chose or were called in the chat stays."""
    stored = imports.load_customers(memory, {known.ids[row.customer_id] for row in rows})
    chatting = imports.find_reachable(memory, stored)
    changes: list[tuple[int, dict[str, Any]]] = []
    for row in rows:
        before = stored[known.ids[row.customer_id]]
        merged = known.is_merged(row)
        follows = row.language and before.language_from == "import" and not merged
        values = {
            "name": before.name if before.id in chatting or merged else row.name,
            "language": row.language if follows else before.language,
            **{
                name: _renew(getattr(before, name), getattr(row, name), merged)
                for name in ("city", "address", "postcode")
            },
            "kind": before.kind if merged else row.kind or before.kind,
            "lead_source": before.lead_source or row.source,
            "referred_by": before.referred_by or brought.get(before.id),
            "tags": [*before.tags, *(tag for tag in row.tags or [] if tag not in before.tags)],
            "partner_id": before.partner_id if merged else partners.get(row.customer_id, before.partner_id),
        }
        if any(getattr(before, name) != value for name, value in values.items()):
            changes.append((before.id, values))
    imports.change_customers(memory, changes)
    noted = [
        {
            "key": str(id_),
            "customer_id": id_,
            "before": {name: getattr(stored[id_], name) for name in values},
            "after": values,
        }
        for id_, values in changes
    ]
    provenance.add_changes(memory, import_id, "customer", noted)
    return {customer_id for customer_id, _ in changes}


def _renew(before: str | None, told: str | None, merged: bool) -> str | None:
    """A file brings a customer up to date; of one who was merged it fills in what is missing."""
    return (before or told) if merged else (told or before)


def _link(memory: Memory, rows: Sequence[CustomerRow], known: _Known, report: ImportReport, now: datetime) -> set[int]:
    """Add the identities that are not known yet; one that is somebody else's stays theirs, with a note."""
    links: list[tuple[int, str, str]] = []
    shared: list[tuple[int, str, str]] = []
    for row in rows:
        customer_id = known.ids[row.customer_id]
        if row.customer_id not in known.linked:
            links.append((customer_id, "order_system", row.customer_id))
        for kind, value, owners in (("phone", row.phone, known.phones), ("email", row.email, known.mails)):
            if not value:
                continue
            if (owner := owners.setdefault(value, customer_id)) != customer_id:
                reason = f"{kind}: {value} is that of customer #{owner} already; kept there, merge them if they are one"
                report.note(row.line, reason)
                shared.append((customer_id, kind, value))
            else:
                links.append((customer_id, kind, value))
    there = imports.find_customers(memory, "phone", [value for _, kind, value in links if kind == "phone"])
    there |= imports.find_customers(memory, "email", [value for _, kind, value in links if kind == "email"])
    missing = [link for link in links if link[1] == "order_system" or link[2] not in there]
    imports.add_identities(memory, missing, now, report.import_id)
    duplicates.share_keys(memory, shared, now)
    return {customer_id for customer_id, _, _ in missing}


def _remember_birthdays(
    memory: Memory, rows: Sequence[CustomerRow], known: _Known, import_id: int | None, now: datetime
) -> set[int]:
    told = {known.ids[row.customer_id]: row.birthday for row in rows if row.birthday and not known.is_merged(row)}
    before = imports.find_birthdays(memory, told)
    # The person's own word on the day is as good; a file repeats what a shop once wrote down.
    fresh = {
        customer_id: day
        for customer_id, day in told.items()
        if customer_id not in before or (before[customer_id].date or "")[-5:] != day[-5:]
    }
    facts = imports.add_facts(
        memory,
        [
            {
                "customer_id": customer_id, "kind": "occasion", "value": "birthday", "date": day, "confidence": 0.9,
                "quote": "", "stated_by": "import", "since": now, "import_id": import_id,
            }
            for customer_id, day in fresh.items()
        ],
    )  # fmt: skip
    made = dict(zip(fresh, facts, strict=True))
    imports.supersede_facts(memory, [(before[id_].id, made[id_]) for id_ in fresh if id_ in before])
    reachable = imports.find_reachable(memory, fresh)
    imports.add_events(
        memory,
        [
            {"customer_id": id_, "kind": "occasion", "at": now, "reference": str(made[id_]), "data": {}}
            for id_ in fresh
            if id_ in reachable
        ],
    )
    return set(fresh)
