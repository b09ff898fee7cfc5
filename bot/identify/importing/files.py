"""Importing files: read and checked whole, then applied in transactions; run again, an import finishes or does nothing.

Whoever imports customers or orders then has their tiers chosen anew (`differentiate.tiers.retier`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.identify.importing.bad_rows import name_bad_file
from bot.identify.importing.checking import Checked, Progress, check_table
from bot.identify.importing.contacts import apply_contacts
from bot.identify.importing.customers import apply_customers
from bot.identify.importing.knowledge import apply_catalogue, apply_faq
from bot.identify.importing.options import ImportOptions
from bot.identify.importing.orders import apply_orders
from bot.identify.importing.preview import preview_rows
from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import COLUMNS, OrderRow
from bot.identify.importing.table import open_table
from storage import provenance
from storage.database import Database, Memory

BATCH = 2_000  # rows of a file in one transaction: a running bot waits for the writer no longer than that

MOST_BAD = 20  # that a report names

Apply = Callable[[Memory, Sequence[Any], ImportReport], None]


class _TakenBack(Exception):
    """Ends the transaction of a dry run, which is thereby undone."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        super().__init__()


def import_file(
    database: Database, kind: str, path: Path, settings: Settings, now: datetime, progress: Progress | None = None,
    *, options: ImportOptions | None = None, dry_run: bool = False, staff_id: int | None = None,
) -> ImportReport:  # fmt: skip
    """Import a file of `customers`, `orders`, `contacts`, `catalogue` or `faq`. Raises InputError, and then nothing is written.

    A dry run does all of it and takes each transaction back. Bad rows that are skipped go to a file beside this one.
    """
    options = options or ImportOptions()
    table = open_table(path, COLUMNS[kind], kind, options)
    apply: dict[str, Apply] = {
        "customers": partial(apply_customers, settings=settings, now=now),
        "orders": partial(apply_orders, settings=settings, now=now),
        "contacts": partial(apply_contacts, settings=settings, now=now),
        "catalogue": apply_catalogue,
        "faq": apply_faq,
    }
    with closing(check_table(kind, table, settings, now, options, progress)) as checked:
        report = ImportReport(kind, basis=options.basis, rows=checked.rows, skipped=len(checked.bad))
        report.describe(table)
        report.bad = checked.bad.list_first(MOST_BAD)
        if dry_run:
            report.preview = preview_rows(checked)
        else:
            if checked.bad:
                report.bad_file = str(name_bad_file(path))
                checked.bad.write(table, name_bad_file(path))
            begin = partial(
                provenance.begin, kind=kind, source=path.name, basis=options.basis, staff_id=staff_id, now=now
            )
            report.import_id = database.write_now(begin, name=f"import {kind}")
        _apply_in_parts(database, checked, apply[kind], report, progress, dry_run=dry_run)
    if report.import_id is not None:
        finish = partial(provenance.note_counts, import_id=report.import_id, counts=report.counts(), finished_at=now)
        database.write_now(finish, name=f"import {kind}")
    return report


def _apply_in_parts(
    database: Database, checked: Checked, apply: Apply, report: ImportReport, progress: Progress | None, *,
    dry_run: bool,
) -> None:  # fmt: skip
    done = 0
    under_way: tuple[Future[ImportReport], int] | None = None

    def settle() -> None:
        nonlocal done
        if under_way is None:
            return
        future, rows = under_way
        try:
            found = future.result()
        except _TakenBack as back:
            found = back.report
            report.newcomers |= found.newcomers
        report.add(found)
        done += rows
        if progress:
            progress(done, report.rows)

    for part in _parts(checked.parts(), whole=report.kind == "faq"):

        def run(memory: Memory, part: Sequence[Any] = part) -> ImportReport:
            found = ImportReport(report.kind, report.import_id, report.basis)  # fresh: the transaction may run again
            apply(memory, part, found)
            if dry_run:
                raise _TakenBack(found)
            return found

        settle()
        # While this is written, the next part is made ready.
        under_way = database.write_soon(run, name=f"import {report.kind}"), sum(map(_size, part))
    settle()
    if dry_run:
        report.customers = len(report.newcomers)


def _size(row: Any) -> int:
    """In rows of the file."""
    return max(1, len(row.lines)) if isinstance(row, OrderRow) else 1


def _parts(rows: Iterable[Sequence[Any]], *, whole: bool) -> Iterator[list[Any]]:
    """Rows for one transaction each; `whole`: of a FAQ all, between two of them a name would have half its phrasings."""
    part: list[Any] = []
    weight = 0
    for row in (row for some in rows for row in some):
        if part and weight + _size(row) > BATCH and not whole:
            yield part
            part, weight = [], 0
        part.append(row)
        weight += _size(row)
    if part:
        yield part
