"""Putting rows of a catalogue and of a FAQ into the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.identify.importing.report import ImportReport
from bot.identify.importing.rows import CatalogueRow, FaqRow
from storage import imports, provenance
from storage.database import Memory


def apply_catalogue(memory: Memory, rows: Sequence[CatalogueRow], report: ImportReport) -> None:
    stored = imports.load_items(memory)
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    noted = []
    for row in rows:
        values = row._asdict()
        del values["line"]
        before = stored.get(row.sku)
        if before != values:
            (fresh if before is None else changed).append(values)
            noted.append({"key": row.sku, "before": before, "after": values})
    provenance.add_changes(memory, report.import_id, "item", noted)
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
    noted = [
        {"key": name, "before": _note(stored.get(name)), "after": _note(entries)} for name, entries in different.items()
    ]
    provenance.add_changes(memory, report.import_id, "faq", noted)
    if different:
        imports.bump_knowledge(memory)
    report.added = sum(name not in stored for name in different)
    report.changed = len(different) - report.added
    report.unchanged = len(names) - len(different)


def _note(entries: Sequence[tuple[str, str, str]] | None) -> dict[str, Any] | None:
    return None if entries is None else {"rows": [list(entry) for entry in entries]}
