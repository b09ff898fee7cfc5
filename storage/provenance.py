"""Which import brought what: a row a file, and what stood before in the rows it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage.database import Memory
from storage.models import Import, ImportChange, table_of

CHANGES = table_of(ImportChange)


def begin(memory: Memory, *, kind: str, source: str, basis: str, staff_id: int | None, now: datetime) -> int:
    row = Import(kind=kind, source=source, basis=basis, staff_id=staff_id, began_at=now, counts={})
    memory.add(row)
    memory.flush()
    return row.id


def note_counts(memory: Memory, import_id: int, counts: dict[str, int], finished_at: datetime | None = None) -> None:
    """What it has done so far."""
    memory.execute(update(Import).where(Import.id == import_id).values(counts=counts, finished_at=finished_at))


def find_open(memory: Memory, kind: str, source: str) -> int | None:
    """The import of this kind and source that is not undone."""
    return memory.scalar(
        select(Import.id).where(Import.kind == kind, Import.source == source, Import.undone_at.is_(None)).limit(1)
    )


def add_counts(memory: Memory, import_id: int, counts: dict[str, int]) -> None:
    """To those of an import that goes on."""
    row = memory.get_one(Import, import_id)
    row.counts = {name: row.counts.get(name, 0) + count for name, count in counts.items()}
    row.finished_at = row.finished_at or row.began_at


def mark_undone(memory: Memory, import_id: int, now: datetime) -> None:
    memory.execute(update(Import).where(Import.id == import_id).values(undone_at=now))


def get(memory: Memory, import_id: int) -> Import | None:
    return memory.get(Import, import_id)


def list_all(memory: Memory, most: int = 1000) -> Sequence[Import]:
    """Newest first."""
    return memory.scalars(select(Import).order_by(Import.id.desc()).limit(most)).all()


def name_wording(import_id: int) -> str:
    """What a consent that came with a file says it was given to."""
    return f"import:{import_id}"


def add_changes(memory: Memory, import_id: int | None, subject: str, rows: Sequence[dict[str, Any]]) -> None:
    """A row: key, before, after[, customer_id]. Where there is no import (examples) there is nothing to undo."""
    if import_id is not None and rows:
        values = [{"customer_id": None, **row, "import_id": import_id, "subject": subject} for row in rows]
        memory.connection().execute(insert(CHANGES), values)
