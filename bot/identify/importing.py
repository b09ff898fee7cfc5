"""Importing files: read and checked whole, then applied in transactions; run again, an import finishes or does nothing.

Whoever imports customers or orders then has their tiers chosen anew (`differentiate.tiers.retier`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot.config import Settings
from bot.identify.import_customers import apply_customers
from bot.identify.import_orders import apply_orders, find_latest
from bot.identify.import_report import ImportReport
from bot.identify.import_rows import (
    CatalogueRow,
    FaqRow,
    OrderRow,
    read_catalogue,
    read_customers,
    read_faq,
    read_orders,
)
from storage import imports
from storage.database import Database, Memory

BATCH = 1_000  # rows of a file in one transaction: a running bot waits for the writer no longer than that

Progress = Callable[[int, int], None]
"""Told (rows done, rows in all) after each transaction."""

T = TypeVar("T")


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
