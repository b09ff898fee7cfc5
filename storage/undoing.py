"""Taking back what an import brought: what it added, what hangs on that, and what it changed; some rows at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from storage import imports, partners, referrals
from storage.database import Memory
from storage.models import (
    Consent,
    Contact,
    Customer,
    Event,
    Fact,
    Feedback,
    FollowUp,
    FollowUpStatus,
    Identity,
    ImportChange,
    Order,
    OrderLine,
    table_of,
)
from storage.provenance import name_wording

CUSTOMERS, IDENTITIES, FACTS, ORDERS = map(table_of, (Customer, Identity, Fact, Order))
LINES, EVENTS, CONTACTS, FEEDBACK = map(table_of, (OrderLine, Event, Contact, Feedback))
CONSENTS, FOLLOW_UPS, CHANGES = map(table_of, (Consent, FollowUp, ImportChange))
AFTER_PURCHASE = "after_purchase"


class Brought(NamedTuple):
    """A row an import added: our id, what people call it, and whose it is."""

    id: int
    name: str
    customer_id: int


def list_orders(memory: Memory, import_id: int, after: int, most: int) -> list[Brought]:
    statement = select(ORDERS.c.id, ORDERS.c.external_id, ORDERS.c.customer_id)
    return _list(memory, statement, ORDERS, import_id, after, most)


def list_contacts(memory: Memory, import_id: int, after: int, most: int) -> list[Brought]:
    statement = select(CONTACTS.c.id, CONTACTS.c.kind, CONTACTS.c.customer_id)
    return _list(memory, statement, CONTACTS, import_id, after, most)


def list_customers(memory: Memory, import_id: int, after: int, most: int) -> list[Brought]:
    statement = select(CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.id)
    return _list(memory, statement, CUSTOMERS, import_id, after, most)


def _list(memory: Memory, statement: Any, table: Any, import_id: int, after: int, most: int) -> list[Brought]:
    chosen = statement.where(table.c.import_id == import_id, table.c.id > after).order_by(table.c.id).limit(most)
    return [Brought(*row) for row in memory.connection().execute(chosen)]


def find_changed_since(memory: Memory, subject: str, keys: Collection[str], import_id: int) -> dict[str, int]:
    """Key → the later import that changed it."""
    rows = memory.connection().execute(
        select(CHANGES.c.key, func.max(CHANGES.c.import_id))
        .where(CHANGES.c.subject == subject, CHANGES.c.key.in_(list(keys)), CHANGES.c.import_id > import_id)
        .group_by(CHANGES.c.key)
    )
    return {key: later for key, later in rows}


# -- orders ----------------------------------------------------------------------------------------------------


def find_spoken_of(memory: Memory, order_ids: Collection[int]) -> set[int]:
    """Orders about which somebody gave feedback."""
    statement = select(FEEDBACK.c.order_id).where(FEEDBACK.c.order_id.in_(list(order_ids)))
    return {one for one in memory.connection().execute(statement).scalars() if one is not None}


def remove_orders(memory: Memory, orders: Sequence[Brought], now: datetime) -> None:
    """With their lines, and what they would have led to."""
    connection = memory.connection()
    ids, references = [order.id for order in orders], [str(order.id) for order in orders]
    customers = list({order.customer_id for order in orders})
    connection.execute(
        delete(EVENTS).where(
            EVENTS.c.customer_id.in_(customers), EVENTS.c.kind == "order", EVENTS.c.reference.in_(references),
            EVENTS.c.planned_at.is_(None),
        )
    )  # fmt: skip
    connection.execute(
        update(FOLLOW_UPS)
        .where(
            FOLLOW_UPS.c.customer_id.in_(customers), FOLLOW_UPS.c.rule == AFTER_PURCHASE,
            FOLLOW_UPS.c.occurrence.in_(references),
            FOLLOW_UPS.c.status.in_([FollowUpStatus.planned, FollowUpStatus.held]),
        )
        .values(status=FollowUpStatus.cancelled, reason="withdrawn", reason_at=now)
    )  # fmt: skip
    connection.execute(delete(LINES).where(LINES.c.order_id.in_(ids)))
    connection.execute(delete(ORDERS).where(ORDERS.c.id.in_(ids)))
    _see_anew(memory, customers)


def remove_contacts(memory: Memory, contacts: Sequence[Brought]) -> None:
    memory.connection().execute(delete(CONTACTS).where(CONTACTS.c.id.in_([contact.id for contact in contacts])))
    _see_anew(memory, list({contact.customer_id for contact in contacts}))


def _see_anew(memory: Memory, customer_ids: Collection[int]) -> None:
    """When they were last heard of, by what is left of them."""
    said = select(func.max(CONTACTS.c.at)).where(CONTACTS.c.customer_id == CUSTOMERS.c.id, CONTACTS.c.direction == "in")
    bought = select(func.max(ORDERS.c.ordered_at)).where(ORDERS.c.customer_id == CUSTOMERS.c.id)
    rows = memory.connection().execute(
        select(CUSTOMERS.c.id, said.scalar_subquery(), bought.scalar_subquery()).where(
            CUSTOMERS.c.id.in_(list(customer_ids))
        )
    )
    for customer_id, *times in rows.all():
        seen = max((at for at in times if at is not None), default=None)
        memory.connection().execute(update(CUSTOMERS).where(CUSTOMERS.c.id == customer_id).values(last_contact_at=seen))


# -- customers -------------------------------------------------------------------------------------------------


def find_attached(memory: Memory, customer_ids: Collection[int], import_id: int) -> dict[int, str]:
    """Customer → the first thing of theirs that this import did not bring, such as `orders`."""
    ids = list(customer_ids)
    asked: list[tuple[str, Any, ColumnElement[bool] | None]] = [
        ("chat", IDENTITIES, IDENTITIES.c.kind == "telegram"),
        ("orders", ORDERS, None),
        ("feedback", FEEDBACK, None),
        ("contacts", CONTACTS, _not_of(CONTACTS, import_id)),
        ("facts", FACTS, _not_of(FACTS, import_id)),
        ("identities", IDENTITIES, _not_of(IDENTITIES, import_id)),
        ("consents", CONSENTS, CONSENTS.c.wording != name_wording(import_id)),
    ]
    found: dict[int, str] = {}
    for name, table, condition in asked:
        statement = select(table.c.customer_id).where(table.c.customer_id.in_(ids)).distinct()
        if condition is not None:
            statement = statement.where(condition)
        for customer_id in memory.connection().execute(statement).scalars():
            found.setdefault(customer_id, name)
    by_hand = select(CUSTOMERS.c.id).where(CUSTOMERS.c.id.in_(ids), CUSTOMERS.c.tier_set_by.is_not(None))
    for customer_id in memory.connection().execute(by_hand).scalars():
        found.setdefault(customer_id, "tier")
    return found


def _not_of(table: Any, import_id: int) -> ColumnElement[bool]:
    return or_(table.c.import_id.is_(None), table.c.import_id != import_id)


def remove_customers(memory: Memory, customer_ids: Collection[int]) -> None:
    partners.let_go(memory, customer_ids)
    referrals.release(memory, list(customer_ids))
    memory.connection().execute(delete(CUSTOMERS).where(CUSTOMERS.c.id.in_(list(customer_ids))))


def remove_additions(memory: Memory, import_id: int) -> dict[str, int]:
    """Birthdays, numbers and consents that the import added to people it did not bring; how many of each.

    A fact that has been superseded since is history, and stays.
    """
    connection = memory.connection()
    others = select(CUSTOMERS.c.id).where(_not_of(CUSTOMERS, import_id))
    facts = list(
        connection.execute(
            select(FACTS.c.id).where(
                FACTS.c.import_id == import_id, FACTS.c.superseded_by.is_(None), FACTS.c.customer_id.in_(others)
            )
        ).scalars()
    )
    for start in range(0, len(facts), 500):
        some = facts[start : start + 500]
        references = [str(one) for one in some]
        connection.execute(
            delete(EVENTS).where(
                EVENTS.c.kind == "occasion", EVENTS.c.reference.in_(references), EVENTS.c.planned_at.is_(None)
            )
        )
        # What they had superseded holds again: the reference falls with them.
        connection.execute(update(FACTS).where(FACTS.c.superseded_by.in_(some)).values(superseded_by=None))
        connection.execute(delete(FACTS).where(FACTS.c.id.in_(some)))
    identities = connection.execute(
        delete(IDENTITIES).where(IDENTITIES.c.import_id == import_id, IDENTITIES.c.customer_id.in_(others))
    ).rowcount
    consents = connection.execute(delete(CONSENTS).where(CONSENTS.c.wording == name_wording(import_id))).rowcount
    return {"facts": len(facts), "identities": identities, "consents": consents}


# -- what was changed ------------------------------------------------------------------------------------------


def list_changes(memory: Memory, import_id: int, before: int | None, most: int) -> Sequence[Any]:
    """id, subject, key, before, after; the last first."""
    statement = select(CHANGES).where(CHANGES.c.import_id == import_id)
    if before is not None:
        statement = statement.where(CHANGES.c.id < before)
    return memory.connection().execute(statement.order_by(CHANGES.c.id.desc()).limit(most)).all()


def forget_changes(memory: Memory, ids: Collection[int]) -> None:
    memory.connection().execute(delete(CHANGES).where(CHANGES.c.id.in_(list(ids))))


def load_order(memory: Memory, order_id: int) -> dict[str, Any] | None:
    """As `importing/orders` notes it in a change."""
    columns = (ORDERS.c.customer_id, ORDERS.c.ordered_at, ORDERS.c.total, ORDERS.c.currency, ORDERS.c.terms)
    row = memory.connection().execute(select(*columns).where(ORDERS.c.id == order_id)).mappings().first()
    if row is None:
        return None
    lines = imports.load_lines(memory, [order_id]).get(order_id, [])
    return {**row, "ordered_at": row["ordered_at"].isoformat(), "lines": [list(line) for line in lines]}


def put_order(memory: Memory, order_id: int, values: dict[str, Any]) -> None:
    row = {"terms": None} | {name: value for name, value in values.items() if name != "lines"}
    row["ordered_at"] = datetime.fromisoformat(values["ordered_at"])
    imports.change_orders(memory, [(order_id, row)])
    imports.add_lines(memory, [(order_id, *line) for line in values["lines"]])


def load_customer(memory: Memory, customer_id: int) -> dict[str, Any] | None:
    found = imports.load_customers(memory, [customer_id]).get(customer_id)
    return None if found is None else {name: getattr(found, name) for name in imports.COMPLETED}


def has_customer(memory: Memory, customer_id: int) -> bool:
    return memory.connection().execute(select(CUSTOMERS.c.id).where(CUSTOMERS.c.id == customer_id)).first() is not None


def load_item(memory: Memory, sku: str) -> dict[str, Any] | None:
    return imports.load_items(memory).get(sku)


def put_item(memory: Memory, sku: str, values: dict[str, Any] | None) -> None:
    if values is None:
        imports.remove_item(memory, sku)
    elif load_item(memory, sku) is None:
        imports.add_items(memory, [values])
    else:
        imports.change_items(memory, [values])


def load_answers(memory: Memory, name: str) -> dict[str, Any] | None:
    found = imports.load_faq(memory).get(name)
    return None if found is None else {"rows": [list(row) for row in found]}


def put_answers(memory: Memory, name: str, values: dict[str, Any] | None) -> None:
    rows = values["rows"] if values else []
    imports.replace_faq(memory, {name: [(row[0], row[1], row[2]) for row in rows]})
