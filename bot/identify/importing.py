"""Importing files: read and checked whole, then applied in transactions; run again, an import finishes or does nothing.

Whoever imports customers or orders then has their tiers chosen anew (`differentiate.tiers.retier`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.config import Settings
from bot.errors import InputProblem
from bot.identify.erasure import Tombstones
from bot.identify.import_rows import (
    CatalogueRow,
    CustomerRow,
    FaqRow,
    OrderRow,
    read_catalogue,
    read_customers,
    read_faq,
    read_orders,
)
from storage import imports
from storage.database import Database, Memory
from storage.imports import StoredOrder

BATCH = 1_000  # rows of a file in one transaction: a running bot waits for the writer no longer than that
RECENT = timedelta(days=30)  # an order older than this is history, and leads to no follow-up

Progress = Callable[[int, int], None]
"""Told (rows done, rows in all) after each transaction."""

T = TypeVar("T")


@dataclass(slots=True)
class ImportReport:
    """What became of a file's records. `customers` are those that an orders file made known."""

    kind: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    customers: int = 0
    erased: int = 0  # left out: the person was erased on their wish
    notes: list[InputProblem] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def import_file(
    database: Database, kind: str, path: Path, settings: Settings, now: datetime, progress: Progress | None = None
) -> ImportReport:
    """Import a file of `customers`, `orders`, `catalogue` or `faq`. Raises InputError, and then nothing is written."""
    if kind == "orders":
        orders = read_orders(path, settings, now)
        latest = find_latest(orders)
        return _apply_in_parts(
            database, kind, orders, _order_size, progress,
            lambda memory, part, report: apply_orders(memory, part, report, settings, now, latest),
        )  # fmt: skip
    if kind == "customers":
        people = read_customers(path, settings, now)
        return _apply_in_parts(
            database, kind, people, _one, progress,
            lambda memory, part, report: apply_customers(memory, part, report, settings, now),
        )  # fmt: skip
    if kind == "catalogue":
        items = read_catalogue(path, settings)
        return _apply_in_parts(database, kind, items, _one, progress, apply_catalogue)
    entries = read_faq(path)
    report = ImportReport(kind, rows=len(entries))
    # In one transaction: between two of them a name would have half its phrasings.
    database.write_now(lambda memory: apply_faq(memory, entries, report), name="import faq")
    if progress:
        progress(len(entries), len(entries))
    return report


def _apply_in_parts(
    database: Database,
    kind: str,
    rows: Sequence[T],
    size: Callable[[T], int],
    progress: Progress | None,
    apply: Callable[[Memory, Sequence[T], ImportReport], None],
) -> ImportReport:
    whole = ImportReport(kind, rows=sum(map(size, rows)))
    done = 0
    for part in _parts(rows, size):

        def run(memory: Memory, part: Sequence[T] = part) -> ImportReport:
            report = ImportReport(kind)  # a fresh one: the transaction may run again
            apply(memory, part, report)
            return report

        report = database.write_now(run, name=f"import {kind}")
        for name in ("added", "changed", "unchanged", "customers", "erased"):
            setattr(whole, name, getattr(whole, name) + getattr(report, name))
        whole.notes += report.notes
        done += sum(map(size, part))
        if progress:
            progress(done, whole.rows)
    return whole


def _one(row: object) -> int:
    return 1


def _order_size(order: OrderRow) -> int:
    return max(1, len(order.lines))


def _parts(rows: Sequence[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    part: list[T] = []
    weight = 0
    for row in rows:
        if part and weight + size(row) > BATCH:
            yield part
            part, weight = [], 0
        part.append(row)
        weight += size(row)
    if part:
        yield part


# -- customers -------------------------------------------------------------------------------------------------


def apply_customers(
    memory: Memory, rows: Sequence[CustomerRow], report: ImportReport, settings: Settings, now: datetime
) -> None:
    """Recognise each row's person by customer id, then phone, then e-mail; add or complete them."""
    known = _recognise(memory, rows)
    tombstones = Tombstones(memory)
    erased = tombstones.find([_names(row) for row in rows if row.customer_id not in known.ids])
    fresh = [row for row in rows if row.customer_id not in known.ids and not erased.intersection(_names(row))]
    there = [row for row in rows if row.customer_id in known.ids]
    new_ids = imports.add_customers(memory, [_new_customer(row, settings, now) for row in fresh])
    for row, customer_id in zip(fresh, new_ids, strict=True):
        known.ids[row.customer_id] = customer_id
    here = [row for row in rows if row.customer_id in known.ids]
    touched = _complete(memory, there, known)
    touched |= _link(memory, here, known, report, now)
    touched |= _remember_birthdays(memory, here, known, now)
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


def _recognise(memory: Memory, rows: Sequence[CustomerRow]) -> _Known:
    ids = imports.find_customers(memory, "order_system", [row.customer_id for row in rows])
    known = _Known(
        ids, set(ids),
        imports.find_customers(memory, "phone", [row.phone for row in rows if row.phone]),
        imports.find_customers(memory, "email", [row.email for row in rows if row.email]),
    )  # fmt: skip
    # A person who has told their number in a chat is the person of that number in the file; but nobody gets two
    # customer ids of one order system.
    taken = set(known.ids.values())
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


def _new_customer(row: CustomerRow, settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "name": row.name, "kind": row.kind or "person", "language": row.language or settings.business.language,
        "language_from": "import", "city": row.city, "lead_source": row.source, "tags": row.tags or [],
        "created_at": now,
    }  # fmt: skip


def _complete(memory: Memory, rows: Sequence[CustomerRow], known: _Known) -> set[int]:
    """Bring stored customers up to the file. What they chose or were called in the chat stays."""
    stored = imports.load_customers(memory, {known.ids[row.customer_id] for row in rows})
    chatting = imports.find_reachable(memory, stored)
    changes: list[tuple[int, dict[str, Any]]] = []
    for row in rows:
        before = stored[known.ids[row.customer_id]]
        values = {
            "name": before.name if before.id in chatting else row.name,
            "language": row.language if row.language and before.language_from == "import" else before.language,
            "city": row.city or before.city,
            "kind": row.kind or before.kind,
            "lead_source": before.lead_source or row.source,
            "tags": [*before.tags, *(tag for tag in row.tags or [] if tag not in before.tags)],
        }
        if any(getattr(before, name) != value for name, value in values.items()):
            changes.append((before.id, values))
    imports.change_customers(memory, changes)
    return {customer_id for customer_id, _ in changes}


def _link(memory: Memory, rows: Sequence[CustomerRow], known: _Known, report: ImportReport, now: datetime) -> set[int]:
    """Add the identities that are not known yet; one that is somebody else's stays theirs, with a note."""
    links: list[tuple[int, str, str]] = []
    for row in rows:
        customer_id = known.ids[row.customer_id]
        if row.customer_id not in known.linked:
            links.append((customer_id, "order_system", row.customer_id))
        for kind, value, owners in (("phone", row.phone, known.phones), ("email", row.email, known.mails)):
            if not value:
                continue
            if (owner := owners.setdefault(value, customer_id)) != customer_id:
                reason = f"{kind}: {value} is that of customer #{owner} already; kept there, merge them if they are one"
                report.notes.append(InputProblem(row.line, reason))
            else:
                links.append((customer_id, kind, value))
    there = imports.find_customers(memory, "phone", [value for _, kind, value in links if kind == "phone"])
    there |= imports.find_customers(memory, "email", [value for _, kind, value in links if kind == "email"])
    missing = [link for link in links if link[1] == "order_system" or link[2] not in there]
    imports.add_identities(memory, missing, now)
    return {customer_id for customer_id, _, _ in missing}


def _remember_birthdays(memory: Memory, rows: Sequence[CustomerRow], known: _Known, now: datetime) -> set[int]:
    told = {known.ids[row.customer_id]: row.birthday for row in rows if row.birthday}
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
                "quote": "", "stated_by": "import", "since": now,
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


# -- orders ----------------------------------------------------------------------------------------------------


def find_latest(orders: Sequence[OrderRow]) -> dict[str, datetime]:
    """When each buyer of a file, by the file's id, bought last: they are marked as seen once, and not in every part."""
    latest: dict[str, datetime] = {}
    for order in orders:
        latest[order.customer_id] = max(order.ordered_at, latest.get(order.customer_id, order.ordered_at))
    return latest


def apply_orders(
    memory: Memory, orders: Sequence[OrderRow], report: ImportReport, settings: Settings, now: datetime,
    latest: Mapping[str, datetime],
) -> None:  # fmt: skip
    """Add or correct orders; a customer nobody has heard of becomes one by their id. `latest`: see `find_latest`."""
    people = _find_buyers(memory, orders, report, settings, now)
    orders = [order for order in orders if order.customer_id in people]
    stored = imports.load_orders(memory, [order.order_id for order in orders])
    fresh = [order for order in orders if order.order_id not in stored]
    ids = imports.add_orders(
        memory,
        [
            {
                "external_id": order.order_id, "customer_id": people[order.customer_id],
                "ordered_at": order.ordered_at, "total": order.total, "currency": order.currency, "source": "import",
            }
            for order in fresh
        ],
    )  # fmt: skip
    changed = _find_changed(memory, orders, people, stored)
    imports.change_orders(
        memory,
        [
            (
                stored[order.order_id].id,
                {
                    "customer_id": people[order.customer_id], "ordered_at": order.ordered_at,
                    "total": order.total, "currency": order.currency,
                },
            )
            for order in changed
        ],
    )  # fmt: skip
    ids |= {order.order_id: stored[order.order_id].id for order in changed}
    imports.add_lines(
        memory,
        [{"order_id": ids[order.order_id], **line._asdict()} for order in (*fresh, *changed) for line in order.lines],
    )
    imports.touch_customers(
        memory,
        {
            people[order.customer_id]: order.ordered_at
            for order in orders
            if order.ordered_at == latest[order.customer_id]
        },
    )
    _tell_of(memory, fresh, ids, people, now)
    report.added += len(fresh)
    report.changed += len(changed)
    report.unchanged += len(orders) - len(fresh) - len(changed)


def _find_buyers(
    memory: Memory, orders: Sequence[OrderRow], report: ImportReport, settings: Settings, now: datetime
) -> dict[str, int]:
    """Customers by the file's id; those who were erased are left out and counted."""
    wanted = list(dict.fromkeys(order.customer_id for order in orders))
    people = imports.find_customers(memory, "order_system", wanted)
    strangers = [customer_id for customer_id in wanted if customer_id not in people]
    erased = Tombstones(memory).find([[("order_system", customer_id)] for customer_id in strangers])
    strangers = [customer_id for customer_id in strangers if ("order_system", customer_id) not in erased]
    language = settings.business.language
    new_ids = imports.add_customers(
        memory,
        [
            {"name": customer_id, "language": language, "language_from": "import", "created_at": now}
            for customer_id in strangers
        ],
    )
    made = list(zip(strangers, new_ids, strict=True))
    imports.add_identities(memory, [(id_, "order_system", customer_id) for customer_id, id_ in made], now)
    report.customers += len(made)
    report.erased += sum(("order_system", order.customer_id) in erased for order in orders)
    return people | dict(made)


def _find_changed(
    memory: Memory, orders: Sequence[OrderRow], people: dict[str, int], stored: dict[str, StoredOrder]
) -> list[OrderRow]:
    lines = imports.load_lines(memory, [order.id for order in stored.values()])
    changed = []
    for order in orders:
        if (before := stored.get(order.order_id)) is None:
            continue
        after = (people[order.customer_id], order.ordered_at, order.total, order.currency)
        if before[2:] != after or lines.get(before.id, []) != [tuple(line) for line in order.lines]:
            changed.append(order)
    return changed


def _tell_of(
    memory: Memory, orders: Sequence[OrderRow], ids: dict[str, int], people: dict[str, int], now: datetime
) -> None:
    """An event for each new order that is recent and whose customer can be reached."""
    recent = [order for order in orders if order.ordered_at > now - RECENT and order.total > 0]
    reachable = imports.find_reachable(memory, {people[order.customer_id] for order in recent})
    imports.add_events(
        memory,
        [
            {
                "customer_id": people[order.customer_id], "kind": "order", "at": order.ordered_at,
                "reference": str(ids[order.order_id]), "data": {},
            }
            for order in recent
            if people[order.customer_id] in reachable
        ],
    )  # fmt: skip


# -- catalogue and FAQ -----------------------------------------------------------------------------------------


def apply_catalogue(memory: Memory, rows: Sequence[CatalogueRow], report: ImportReport) -> None:
    stored = imports.load_items(memory)
    fresh, changed = [], []
    for row in rows:
        values = row._asdict()
        del values["line"]
        if row.sku not in stored:
            fresh.append(values)
        elif stored[row.sku] != values:
            changed.append(values)
    imports.add_items(memory, fresh)
    imports.change_items(memory, changed)
    if fresh or changed:
        imports.bump_knowledge(memory)
    report.added += len(fresh)
    report.changed += len(changed)
    report.unchanged += len(rows) - len(fresh) - len(changed)


def apply_faq(memory: Memory, rows: Sequence[FaqRow], report: ImportReport) -> None:
    """A name's rows replace all it had; names that are not in the file stay. Counted by name."""
    stored = imports.load_faq(memory)
    names: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        names.setdefault(row.name, []).append((row.language, row.question, row.answer))
    different = {name: entries for name, entries in names.items() if stored.get(name) != entries}
    imports.replace_faq(memory, different)
    if different:
        imports.bump_knowledge(memory)
    report.added = sum(name not in stored for name in different)
    report.changed = len(different) - report.added
    report.unchanged = len(names) - len(different)
