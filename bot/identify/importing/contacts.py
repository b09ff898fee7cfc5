"""Rows of a file of past contacts → the contact log of customers, known or made known by their id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.config import Settings
from bot.identify.importing.orders import find_people
from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import EARLIEST, ContactRow
from storage import imports
from storage.database import Memory

CHANNEL = "import"  # of a contact whose file names none


def apply_contacts(
    memory: Memory, rows: Sequence[ContactRow], report: ImportReport, settings: Settings, now: datetime
) -> None:
    """Log what is not there yet: one and the same contact is of a customer, moment, direction, kind and words."""
    people = find_people(memory, rows, report, settings, now)
    rows = [row for row in rows if row.customer_id in people]
    known = imports.load_contacts(memory, set(people.values()), [row.at for row in rows])
    fresh = []
    for row in rows:
        values = (people[row.customer_id], row.at, row.direction, row.kind, row.text)
        if values not in known:
            known.add(values)
            fresh.append((*values, row.channel or CHANNEL, row.touchpoint, report.import_id))
    imports.add_contacts(memory, fresh)
    latest: dict[int, datetime] = {}
    for customer_id, at, direction, *_ in fresh:
        if direction == "in" and at > latest.get(customer_id, EARLIEST):
            latest[customer_id] = at
    imports.touch_customers(memory, latest)
    report.added += len(fresh)
    report.unchanged += len(rows) - len(fresh)
