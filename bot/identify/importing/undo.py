"""Taking a file back: all that it brought goes, what it changed is as before. What others have touched since is kept and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from bot.errors import InputError, InputProblem
from storage import imports, provenance, undoing
from storage.database import Database, Memory
from storage.undoing import Brought

BATCH = 500
MOST_KEPT = 1_000

Load = Callable[[Memory, str], dict[str, Any] | None]
Put = Callable[[Memory, str, dict[str, Any] | None], None]


@dataclass(slots=True)
class Undoing:
    """What became of the rows of an import. `kept`: [(what, which, why)]."""

    id: int
    removed: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    kept_count: int = 0

    def keep(self, subject: str, name: str, why: str) -> None:
        self.kept_count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append((subject, name, why))

    def add(self, part: Undoing) -> None:
        for whole, counts in ((self.removed, part.removed), (self.restored, part.restored)):
            for name, count in counts.items():
                whole[name] = whole.get(name, 0) + count
        self.kept += part.kept[: MOST_KEPT - len(self.kept)]
        self.kept_count += part.kept_count

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def undo_import(database: Database, import_id: int, now: datetime) -> Undoing:
    """Undo, a transaction a batch; one cut short is finished by running it again.

    Raises InputError where there is no such import, or it was undone. Whoever calls has tiers chosen anew.
    """
    found = database.read_now(lambda memory: provenance.get(memory, import_id))
    if found is None:
        raise InputError(f"import {import_id}", [InputProblem(None, "there is none; see: regulars import list")])
    if found.undone_at is not None:
        raise InputError(f"import {import_id}", [InputProblem(None, f"was undone on {found.undone_at:%Y-%m-%d %H:%M}")])
    whole = Undoing(import_id)
    for step in (_take_contacts, _take_orders, _put_back, _take_customers):
        for part in step(database, import_id, now):
            whole.add(part)
    database.write_now(partial(_finish, import_id=import_id, now=now), name="import undo")
    return whole


def _finish(memory: Memory, *, import_id: int, now: datetime) -> None:
    provenance.mark_undone(memory, import_id, now)
    imports.bump_knowledge(memory)


def _take_contacts(database: Database, import_id: int, now: datetime) -> Iterator[Undoing]:
    """Past contacts are a log that nothing changes: all go."""

    def work(memory: Memory, after: int) -> tuple[Undoing, int | None]:
        contacts = undoing.list_contacts(memory, import_id, after, BATCH)
        part = Undoing(import_id)
        if contacts:
            undoing.remove_contacts(memory, contacts)
            part.removed["contacts"] = len(contacts)
        return part, _last(contacts)

    return _in_batches(database, work)


def _take_orders(database: Database, import_id: int, now: datetime) -> Iterator[Undoing]:
    def work(memory: Memory, after: int) -> tuple[Undoing, int | None]:
        orders = undoing.list_orders(memory, import_id, after, BATCH)
        part = Undoing(import_id)
        changed = undoing.find_changed_since(memory, "order", [str(order.id) for order in orders], import_id)
        spoken_of = undoing.find_spoken_of(memory, [order.id for order in orders])
        gone = []
        for order in orders:
            if str(order.id) in changed:
                part.keep("order", order.name, f"changed by import {changed[str(order.id)]}")
            elif order.id in spoken_of:
                part.keep("order", order.name, "has feedback")
            else:
                gone.append(order)
        if gone:
            undoing.remove_orders(memory, gone, now)
            part.removed["orders"] = len(gone)
        return part, _last(orders)

    return _in_batches(database, work)


def _take_customers(database: Database, import_id: int, now: datetime) -> Iterator[Undoing]:
    def work(memory: Memory, after: int) -> tuple[Undoing, int | None]:
        people = undoing.list_customers(memory, import_id, after, BATCH)
        part = Undoing(import_id)
        attached = undoing.find_attached(memory, [one.id for one in people], import_id)
        changed = undoing.find_changed_since(memory, "customer", [str(one.id) for one in people], import_id)
        gone = []
        for one in people:
            if one.id in attached:
                part.keep("customer", f"#{one.id} {one.name}", f"has {attached[one.id]} of other origin")
            elif str(one.id) in changed:
                part.keep("customer", f"#{one.id} {one.name}", f"changed by import {changed[str(one.id)]}")
            else:
                gone.append(one.id)
        if gone:
            undoing.remove_customers(memory, gone)
            part.removed["customers"] = len(gone)
        return part, _last(people)

    return _in_batches(database, work)


def _in_batches(database: Database, work: Callable[..., tuple[Undoing, int | None]]) -> Iterator[Undoing]:
    after: int | None = 0
    while after is not None:
        part, after = database.write_now(partial(work, after=after), name="import undo")
        yield part


def _last(rows: Sequence[Brought]) -> int | None:
    return rows[-1].id if rows else None


def _put_back(database: Database, import_id: int, now: datetime) -> Iterator[Undoing]:
    before: int | None = None
    while True:

        def work(memory: Memory, before: int | None = before) -> tuple[Undoing, int | None]:
            rows = undoing.list_changes(memory, import_id, before, BATCH)
            part = Undoing(import_id)
            done = [row.id for row in rows if _restore(memory, row, import_id, part)]
            undoing.forget_changes(memory, done)
            return part, rows[-1].id if rows else None

        part, before = database.write_now(work, name="import undo")
        yield part
        if before is None:
            break
    added = database.write_now(partial(undoing.remove_additions, import_id=import_id), name="import undo")
    yield Undoing(import_id, removed={name: count for name, count in added.items() if count})


def _restore(memory: Memory, row: Any, import_id: int, part: Undoing) -> bool:
    """Whether it is as before."""
    load, put = SUBJECTS[row.subject]
    later = undoing.find_changed_since(memory, row.subject, [row.key], import_id)
    if later:
        part.keep(row.subject, row.key, f"changed by import {later[row.key]}")
    elif not _is_still(load(memory, row.key), row.after):
        part.keep(row.subject, row.key, "changed since")
    elif row.subject == "order" and not undoing.has_customer(memory, row.before["customer_id"]):
        part.keep(row.subject, row.key, "its customer of before is gone")
    else:
        put(memory, row.key, row.before)
        counts = part.removed if row.before is None else part.restored
        counts[f"{row.subject}s"] = counts.get(f"{row.subject}s", 0) + 1
        return True
    return False


def _is_still(now: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    """An import of before a column was there says nothing of it."""
    if now is None or after is None:
        return now == after
    return all(name in now and now[name] == value for name, value in after.items())


def _load_order(memory: Memory, key: str) -> dict[str, Any] | None:
    return undoing.load_order(memory, int(key))


def _put_order(memory: Memory, key: str, values: dict[str, Any] | None) -> None:
    undoing.put_order(memory, int(key), values or {})


def _load_customer(memory: Memory, key: str) -> dict[str, Any] | None:
    return undoing.load_customer(memory, int(key))


def _put_customer(memory: Memory, key: str, values: dict[str, Any] | None) -> None:
    known = undoing.load_customer(memory, int(key)) or {}
    imports.change_customers(memory, [(int(key), known | (values or {}))])


SUBJECTS: dict[str, tuple[Load, Put]] = {
    "order": (_load_order, _put_order),
    "customer": (_load_customer, _put_customer),
    "item": (undoing.load_item, undoing.put_item),
    "faq": (undoing.load_answers, undoing.put_answers),
}
