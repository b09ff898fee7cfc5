"""Rows of an orders file → orders and their lines, and customers whom nobody has heard of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.config import Settings
from bot.identify.erasure import Tombstones
from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import EARLIEST, OrderRow
from storage import imports, provenance
from storage.database import Memory
from storage.imports import StoredOrder


class OfCustomer(Protocol):
    """A row that names its customer by the file's id."""

    @property
    def customer_id(self) -> str: ...


RECENT = timedelta(days=30)  # an order older than this is history, and leads to no follow-up


def apply_orders(
    memory: Memory, orders: Sequence[OrderRow], report: ImportReport, settings: Settings, now: datetime
) -> None:
    """Add or correct orders; a customer nobody has heard of becomes one by their id."""
    people = find_people(memory, orders, report, settings, now)
    orders = [order for order in orders if order.customer_id in people]
    stored = imports.load_orders(memory, [order.order_id for order in orders])
    fresh = [order for order in orders if order.order_id not in stored]
    ids = imports.add_orders(
        memory,
        [
            (
                order.order_id, people[order.customer_id], order.ordered_at, order.total, order.currency, "import",
                report.import_id, order.terms,
            )
            for order in fresh
        ],
    )  # fmt: skip
    changed = _find_changed(memory, orders, people, stored, report.import_id)
    imports.change_orders(
        memory,
        [
            (
                stored[order.order_id].id,
                {
                    "customer_id": people[order.customer_id], "ordered_at": order.ordered_at,
                    "total": order.total, "currency": order.currency,
                    "terms": order.terms or stored[order.order_id].terms,
                },
            )
            for order in changed
        ],
    )  # fmt: skip
    ids |= {order.order_id: stored[order.order_id].id for order in changed}
    imports.add_lines(memory, [(ids[order.order_id], *sold) for order in (*fresh, *changed) for sold in order.lines])
    imports.touch_customers(memory, _find_latest(orders, people))
    _tell_of(memory, fresh, ids, people, now)
    report.added += len(fresh)
    report.changed += len(changed)
    report.unchanged += len(orders) - len(fresh) - len(changed)


def _find_latest(orders: Sequence[OrderRow], people: dict[str, int]) -> dict[int, datetime]:
    """When each buyer bought last."""
    latest: dict[int, datetime] = {}
    for order in orders:
        buyer = people[order.customer_id]
        if order.ordered_at > latest.get(buyer, EARLIEST):
            latest[buyer] = order.ordered_at
    return latest


def find_people(
    memory: Memory, rows: Sequence[OfCustomer], report: ImportReport, settings: Settings, now: datetime
) -> dict[str, int]:
    """Customers by the file's id, made known where nobody is; those who were erased are left out and counted."""
    wanted = list(dict.fromkeys(row.customer_id for row in rows))
    people = imports.find_customers(memory, "order_system", wanted)
    strangers = [customer_id for customer_id in wanted if customer_id not in people]
    erased = Tombstones(memory).find([[("order_system", customer_id)] for customer_id in strangers])
    strangers = [customer_id for customer_id in strangers if ("order_system", customer_id) not in erased]
    language = settings.business.language
    new_ids = imports.add_customers(
        memory,
        [
            {
                "name": customer_id, "language": language, "language_from": "import", "created_at": now,
                "import_id": report.import_id,
            }
            for customer_id in strangers
        ],
    )  # fmt: skip
    made = list(zip(strangers, new_ids, strict=True))
    imports.add_identities(
        memory, [(id_, "order_system", customer_id) for customer_id, id_ in made], now, report.import_id
    )
    report.customers += len(made)
    report.newcomers.update(customer_id for customer_id, _ in made)
    report.erased += sum(("order_system", row.customer_id) in erased for row in rows)
    return people | dict(made)


def _find_changed(
    memory: Memory, orders: Sequence[OrderRow], people: dict[str, int], stored: dict[str, StoredOrder],
    import_id: int | None,
) -> list[OrderRow]:  # fmt: skip
    """Those that differ from what is stored; what stood there is noted, so that the import can be undone."""
    lines = imports.load_lines(memory, [order.id for order in stored.values()])
    changed, noted = [], []
    for order in orders:
        if (before := stored.get(order.order_id)) is None:
            continue
        terms = order.terms or before.terms  # a file without them says nothing of them
        after = (people[order.customer_id], order.ordered_at, order.total, order.currency, terms)
        known = lines.get(before.id, [])
        if before[2:] != after or known != order.lines:
            changed.append(order)
            noted.append(
                {"key": str(before.id), "customer_id": after[0], "before": _note(before[2:], known), "after": _note(after, order.lines)}
            )  # fmt: skip
    provenance.add_changes(memory, import_id, "order", noted)
    return changed


def _note(values: tuple[Any, ...], lines: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    customer_id, ordered_at, total, currency, terms = values
    return {
        "customer_id": customer_id, "ordered_at": ordered_at.isoformat(), "total": total, "currency": currency,
        "terms": terms, "lines": [list(line) for line in lines],
    }  # fmt: skip


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
