"""Sets of rows in and out for importing: Core statements over a batch at a time, never a query a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from storage import meta, provenance
from storage.database import Memory
from storage.models import (
    Base,
    CatalogueItem,
    Consent,
    Contact,
    Customer,
    Erasure,
    Event,
    Fact,
    FaqEntry,
    Identity,
    Order,
    OrderLine,
    table_of,
)
from storage.prepared import Insertion, Prepared

CUSTOMERS, IDENTITIES = table_of(Customer), table_of(Identity)
ORDERS, LINES = table_of(Order), table_of(OrderLine)
FACTS, EVENTS, ERASURES = table_of(Fact), table_of(Event), table_of(Erasure)
CONSENTS, CONTACTS = table_of(Consent), table_of(Contact)
ITEMS, FAQ = table_of(CatalogueItem), table_of(FaqEntry)

COMPLETED = (
    "name",
    "language",
    "city",
    "kind",
    "lead_source",
    "tags",
    "address",
    "postcode",
    "partner_id",
    "referred_by",
)
"""Columns of a customer that a file may bring up to date."""

CONTACT = ("customer_id", "at", "direction", "kind", "text", "channel", "touchpoint", "import_id")
ORDER = ("external_id", "customer_id", "ordered_at", "total", "currency", "source", "import_id", "terms")

_FIND = select(IDENTITIES.c.value, IDENTITIES.c.customer_id).where(
    IDENTITIES.c.kind == bindparam("kind"), IDENTITIES.c.value.in_(bindparam("found", expanding=True))
)
_REACHABLE = select(IDENTITIES.c.customer_id).where(
    IDENTITIES.c.kind == "telegram", IDENTITIES.c.customer_id.in_(bindparam("ids", expanding=True))
)
_NUMBERS = (
    select(IDENTITIES.c.customer_id, IDENTITIES.c.value)
    .where(IDENTITIES.c.kind == "order_system", IDENTITIES.c.customer_id.in_(bindparam("ids", expanding=True)))
    .order_by(IDENTITIES.c.id)
)
_ERASED = select(ERASURES.c.identity_hash).where(ERASURES.c.identity_hash.in_(bindparam("hashes", expanding=True)))
_CUSTOMERS = select(
    CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.language, CUSTOMERS.c.language_from, CUSTOMERS.c.city,
    CUSTOMERS.c.kind, CUSTOMERS.c.lead_source, CUSTOMERS.c.tags, CUSTOMERS.c.address, CUSTOMERS.c.postcode,
    CUSTOMERS.c.partner_id, CUSTOMERS.c.referred_by,
).where(CUSTOMERS.c.id.in_(bindparam("ids", expanding=True)))  # fmt: skip
_CHANGE_CUSTOMER = (
    update(CUSTOMERS)
    .where(CUSTOMERS.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in COMPLETED})
)
_TOUCH = Prepared(
    update(CUSTOMERS)
    .where(
        CUSTOMERS.c.id == bindparam("row"),
        or_(CUSTOMERS.c.last_contact_at.is_(None), CUSTOMERS.c.last_contact_at < bindparam("seen")),
    )
    .values(last_contact_at=bindparam("seen"))
)
_ADD_CONTACTS = Insertion(CONTACTS)
_ADD_IDENTITIES, _ADD_ORDERS, _ADD_LINES = Insertion(IDENTITIES), Insertion(ORDERS), Insertion(LINES)
_ORDERS = select(
    ORDERS.c.external_id,
    ORDERS.c.id,
    ORDERS.c.customer_id,
    ORDERS.c.ordered_at,
    ORDERS.c.total,
    ORDERS.c.currency,
    ORDERS.c.terms,
).where(ORDERS.c.external_id.in_(bindparam("found", expanding=True)))
_ORDER_IDS = select(ORDERS.c.external_id, ORDERS.c.id).where(
    ORDERS.c.external_id.in_(bindparam("found", expanding=True))
)
_LINES = (
    select(LINES.c.order_id, LINES.c.sku, LINES.c.quantity, LINES.c.price, LINES.c.options)
    .where(LINES.c.order_id.in_(bindparam("ids", expanding=True)))
    .order_by(LINES.c.id)
)
_CHANGE_ORDER = (
    update(ORDERS)
    .where(ORDERS.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in ("customer_id", "ordered_at", "total", "currency", "terms")})
)


class StoredOrder(NamedTuple):
    external_id: str
    id: int
    customer_id: int
    ordered_at: datetime
    total: int
    currency: str
    terms: dict[str, Any] | None


# -- customers -------------------------------------------------------------------------------------------------


def find_customers(memory: Memory, kind: str, values: Collection[str]) -> dict[str, int]:
    """Customer ids by identity, for those known."""
    if not values:
        return {}
    rows = memory.connection().execute(_FIND, {"kind": kind, "found": list(values)})
    return {value: customer_id for value, customer_id in rows}


def find_reachable(memory: Memory, ids: Collection[int]) -> set[int]:
    """Those whom Telegram reaches."""
    return set(memory.connection().execute(_REACHABLE, {"ids": list(ids)}).scalars()) if ids else set()


def find_numbers(memory: Memory, ids: Collection[int]) -> dict[int, str]:
    """The first number of each in the order system; a customer merged with another has several."""
    rows = memory.connection().execute(_NUMBERS, {"ids": list(ids)}) if ids else ()
    found: dict[int, str] = {}
    for customer_id, number in rows:
        found.setdefault(customer_id, number)
    return found


def has_erasures(memory: Memory) -> bool:
    return memory.connection().execute(select(ERASURES.c.identity_hash).limit(1)).first() is not None


def find_erased(memory: Memory, hashes: Collection[str]) -> set[str]:
    return set(memory.connection().execute(_ERASED, {"hashes": list(hashes)}).scalars()) if hashes else set()


def add_customers(memory: Memory, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows; all rows have the same keys."""
    return _insert_numbered(memory, Customer, rows)


def add_identities(
    memory: Memory, rows: Sequence[tuple[int, str, str]], now: datetime, import_id: int | None = None
) -> None:
    """`rows` are (customer, kind, value), none of them known yet."""
    if rows:
        values = [
            {"customer_id": customer_id, "kind": kind, "value": value, "created_at": now, "import_id": import_id}
            for customer_id, kind, value in rows
        ]
        _ADD_IDENTITIES.run_all(memory, values)


def load_customers(memory: Memory, ids: Collection[int]) -> dict[int, Any]:
    """By id: `language_from`, and what is in `COMPLETED`."""
    return {row.id: row for row in memory.connection().execute(_CUSTOMERS, {"ids": list(ids)})} if ids else {}


def change_customers(memory: Memory, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """`rows` are (id, values); the values are all those of `COMPLETED`."""
    if rows:
        changes = [{"row": id_} | {f"new_{name}": value for name, value in values.items()} for id_, values in rows]
        memory.connection().execute(_CHANGE_CUSTOMER, changes)


def touch_customers(memory: Memory, seen: dict[int, datetime]) -> None:
    """Customers were last seen then, unless they have been seen since."""
    if seen:
        _TOUCH.run_all(memory, [{"row": id_, "seen": at} for id_, at in seen.items()])


def find_birthdays(memory: Memory, ids: Collection[int]) -> dict[int, Any]:
    """The customers' own birthdays by customer: id and date of the current fact."""
    if not ids:
        return {}
    rows = memory.connection().execute(
        select(FACTS.c.customer_id, FACTS.c.id, FACTS.c.date)
        .where(
            FACTS.c.customer_id.in_(list(ids)), FACTS.c.kind == "occasion", FACTS.c.value == "birthday",
            FACTS.c.person.is_(None), FACTS.c.superseded_by.is_(None), FACTS.c.forgotten_at.is_(None),
        )
        .order_by(FACTS.c.id)
    )  # fmt: skip
    return {row.customer_id: row for row in rows}


def add_facts(memory: Memory, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows."""
    return _insert_numbered(memory, Fact, rows)


def _insert_numbered(memory: Memory, model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    connection, table = memory.connection(), table_of(model)
    if connection.dialect.name != "sqlite":
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return list(connection.execute(statement, list(rows)).scalars())
    # RETURNING would run row by row there. One writer, and ids that only grow: the new ones are those above the last.
    last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    connection.execute(insert(table), list(rows))
    return list(connection.execute(select(table.c.id).where(table.c.id > last).order_by(table.c.id)).scalars())


def supersede_facts(memory: Memory, pairs: Sequence[tuple[int, int]]) -> None:
    """`pairs` are (old fact, new fact)."""
    if pairs:
        statement = update(FACTS).where(FACTS.c.id == bindparam("old")).values(superseded_by=bindparam("new"))
        memory.connection().execute(statement, [{"old": old, "new": new} for old, new in pairs])


def add_marketing(memory: Memory, ids: Collection[int], import_id: int, now: datetime) -> None:
    """They agreed to marketing where the file comes from. What they answered us themselves stands."""
    asked = select(CONSENTS.c.customer_id).where(
        CONSENTS.c.customer_id.in_(list(ids)), CONSENTS.c.purpose == "marketing"
    )
    fresh = sorted(set(ids) - set(memory.connection().execute(asked).scalars()))
    if fresh:
        wording = provenance.name_wording(import_id)
        rows = [
            {"customer_id": id_, "purpose": "marketing", "granted": True, "wording": wording, "at": now}
            for id_ in fresh
        ]
        memory.connection().execute(insert(CONSENTS), rows)


def add_events(memory: Memory, rows: Sequence[dict[str, Any]]) -> None:
    """A row: customer_id, kind, at, reference, data."""
    if rows:
        memory.connection().execute(insert(EVENTS), list(rows))


def load_contacts(
    memory: Memory, customer_ids: Collection[int], times: Collection[datetime]
) -> set[tuple[int, datetime, str, str, str]]:
    """(customer, at, direction, kind, text) of what is logged of them between these times."""
    if not times:
        return set()
    rows = memory.connection().execute(
        select(CONTACTS.c.customer_id, CONTACTS.c.at, CONTACTS.c.direction, CONTACTS.c.kind, CONTACTS.c.text).where(
            CONTACTS.c.customer_id.in_(list(customer_ids)), CONTACTS.c.at.between(min(times), max(times))
        )
    )
    return {(row[0], row[1], row[2], row[3], row[4]) for row in rows}


def add_contacts(memory: Memory, rows: Sequence[tuple[Any, ...]]) -> None:
    """A row: the values of `CONTACT`."""
    if rows:
        _ADD_CONTACTS.run_rows(memory, CONTACT, rows)


# -- orders ----------------------------------------------------------------------------------------------------


def load_orders(memory: Memory, external_ids: Collection[str]) -> dict[str, StoredOrder]:
    if not external_ids:
        return {}
    rows = memory.connection().execute(_ORDERS, {"found": list(external_ids)})
    return {row[0]: StoredOrder(*row) for row in rows}


def load_lines(memory: Memory, order_ids: Collection[int]) -> dict[int, list[tuple[Any, ...]]]:
    """(sku, quantity, price, options) by order."""
    lines: dict[int, list[tuple[Any, ...]]] = {}
    if order_ids:
        for order_id, *line in memory.connection().execute(_LINES, {"ids": list(order_ids)}):
            lines.setdefault(order_id, []).append(tuple(line))
    return lines


def add_orders(memory: Memory, rows: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    """Ids by external id. A row: the values of `ORDER`. Two statements and no RETURNING: a third faster on SQLite."""
    if not rows:
        return {}
    if any(row[-1] for row in rows):
        _ADD_ORDERS.run_rows(memory, ORDER, rows)
    else:  # mostly: and a column of JSON takes a tenth of the time
        _ADD_ORDERS.run_rows(memory, ORDER[:-1], [row[:-1] for row in rows])
    found = memory.connection().execute(_ORDER_IDS, {"found": [row[0] for row in rows]})
    return {key: id_ for key, id_ in found}


def add_lines(memory: Memory, rows: Sequence[tuple[Any, ...]]) -> None:
    """A row: (order, sku, quantity, price each, options)."""
    if rows:
        _ADD_LINES.run_rows(memory, ("order_id", "sku", "quantity", "price", "options"), rows)


def change_orders(memory: Memory, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """`rows` are (id, values): customer_id, ordered_at, total, currency, terms. Their lines are taken out, to be added anew."""
    if rows:
        changes = [{"row": id_} | {f"new_{name}": value for name, value in values.items()} for id_, values in rows]
        memory.connection().execute(_CHANGE_ORDER, changes)
        memory.connection().execute(delete(LINES).where(LINES.c.order_id.in_([id_ for id_, _ in rows])))


# -- catalogue and FAQ -----------------------------------------------------------------------------------------


def load_items(memory: Memory) -> dict[str, dict[str, Any]]:
    return {row["sku"]: dict(row) for row in memory.connection().execute(select(ITEMS)).mappings()}


def add_items(memory: Memory, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        memory.connection().execute(insert(ITEMS), list(rows))


def change_items(memory: Memory, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        memory.connection().execute(update(ITEMS).where(ITEMS.c.sku == row["sku"]).values(row))


def remove_item(memory: Memory, sku: str) -> None:
    memory.connection().execute(delete(ITEMS).where(ITEMS.c.sku == sku))


def load_faq(memory: Memory) -> dict[str, list[tuple[str, str, str]]]:
    """(language, question, answer) by name."""
    entries: dict[str, list[tuple[str, str, str]]] = {}
    rows = memory.connection().execute(
        select(FAQ.c.name, FAQ.c.language, FAQ.c.question, FAQ.c.answer).order_by(FAQ.c.id)
    )
    for name, *rest in rows:
        entries.setdefault(name, []).append((rest[0], rest[1], rest[2]))
    return entries


def replace_faq(memory: Memory, entries: dict[str, list[tuple[str, str, str]]]) -> None:
    """These names have these phrasings from now on, and no others; a name without any is gone."""
    if not entries:
        return
    memory.connection().execute(delete(FAQ).where(FAQ.c.name.in_(list(entries))))
    rows = [
        {"name": name, "language": language, "question": question, "answer": answer}
        for name, phrasings in entries.items()
        for language, question, answer in phrasings
    ]
    if rows:
        memory.connection().execute(insert(FAQ), rows)


def bump_knowledge(memory: Memory) -> None:
    meta.bump(memory, meta.KNOWLEDGE)
