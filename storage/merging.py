"""Moves everything of one customer to another, and back. What undoing needs is kept as JSON, by table and row number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import partners, referrals
from storage.database import Memory
from storage.models import (
    Base,
    BulletinRead,
    ButtonToken,
    Consent,
    Contact,
    Conversation,
    Customer,
    Duplicate,
    Fact,
    Feedback,
    Figures,
    FollowUp,
    HouseholdLink,
    Identity,
    Merge,
    Order,
    OutboxMessage,
    QuestionAsked,
    StockLevel,
    UtcDateTime,
    table_of,
)

CUSTOMERS, DUPLICATES, LINKS = table_of(Customer), table_of(Duplicate), table_of(HouseholdLink)
CONTACTS, FACTS, FOLLOW_UPS = table_of(Contact), table_of(Fact), table_of(FollowUp)
FROM_CONTACTS = tuple(
    map(table_of, (Fact, Feedback, Consent, StockLevel))
)  # what a contact said, beside the contact itself
COUNTED = {"contacts": Contact, "facts": Fact, "feedback": Feedback, "orders": Order}
ONE_EACH = (Conversation, Figures)  # a row a customer: the target's stays
UNIQUE_BESIDE_CUSTOMER = {
    QuestionAsked.__tablename__: ("name",),
    BulletinRead.__tablename__: ("bulletin_id",),
    FollowUp.__tablename__: ("rule", "occurrence"),
}
CHUNK = 500  # row numbers in one statement
Row = dict[str, Any]


def list_tables() -> list[Table]:
    """Every table whose rows are a customer's, those apart of which each has one."""
    tables = [table for table in Base.metadata.sorted_tables if "customer_id" in table.c]
    return [table for table in tables if not table.c.customer_id.primary_key]


def read_customer(memory: Memory, customer_id: int) -> Row:
    """The customer's row as JSON has it."""
    memory.flush()
    return _encode(CUSTOMERS, CUSTOMERS.c.id == customer_id, memory)[0]


def move(memory: Memory, *, source: int, target: int) -> dict[str, Any]:
    """Every row that names `source` names `target`; where both have the same, one stays. `source` goes.

    Returns what `restore` needs: {"customer": row, "moved": {table: row numbers}, "dropped": {table: rows},
    "last": {table: number of the newest row}, "links": numbers of the household links that were made,
    "own_customers": numbers of the customers of a partner, "brought": of those whom `source` brought}.
    """
    kept: dict[str, Any] = {"customer": read_customer(memory, source), "moved": {}, "dropped": {}}
    memory.flush()
    kept["own_customers"] = [one for one in partners.list_own(memory, source) if one != target]
    partners.assign(memory, kept["own_customers"], target)
    connection = memory.connection()
    kept["last"] = {
        name: connection.execute(select(func.coalesce(func.max(table_of(model).c.id), 0))).scalar_one()
        for name, model in COUNTED.items()
    }
    of_both = or_(DUPLICATES.c.one_id == source, DUPLICATES.c.other_id == source)
    _drop(memory, kept, DUPLICATES, of_both)
    kept["links"] = _move_links(memory, kept, source, target)
    for table in map(table_of, ONE_EACH):
        _drop(memory, kept, table, table.c.customer_id == source)
    _drop(memory, kept, FOLLOW_UPS, _is_outrun(source, target))
    for table in list_tables():
        column = table.c.customer_id
        if (keys := UNIQUE_BESIDE_CUSTOMER.get(table.name)) is not None:
            _drop(memory, kept, table, and_(column == source, _has_twin(table, keys, target)))
        key = _key_of(table)
        kept["moved"][table.name] = list(
            connection.execute(select(key).where(column == source).order_by(key)).scalars()
        )
        connection.execute(update(table).where(column == source).values(customer_id=target))
    brought = CUSTOMERS.c.referred_by == source
    kept["brought"] = list(
        connection.execute(select(CUSTOMERS.c.id).where(brought, CUSTOMERS.c.id != target)).scalars()
    )
    connection.execute(update(CUSTOMERS).where(brought, CUSTOMERS.c.id != target).values(referred_by=target))
    _forget(memory, [source, target])
    connection.execute(delete(CUSTOMERS).where(CUSTOMERS.c.id == source))
    return kept


def restore(memory: Memory, kept: dict[str, Any], *, source: int, target: int) -> dict[str, dict[str, int]]:
    """Take `move` back. What came since goes to `source` where its chat tells that it is theirs, else it stays.

    Returns how many rows there were of each: {"returned": {table: n}, "stayed": {table: n}}.
    """
    memory.flush()
    connection = memory.connection()
    again = {**kept["customer"], "compared_as": None}  # with who came since
    connection.execute(insert(CUSTOMERS).values(_decode(CUSTOMERS, again)))
    partners.assign(memory, kept.get("own_customers", ()), source, only_of=target)
    for table in list_tables():
        _give(memory, table, kept["moved"].get(table.name, []), source, target)
    connection.execute(delete(LINKS).where(LINKS.c.id.in_(kept.get("links", []))))
    for table in Base.metadata.sorted_tables:
        for row in kept["dropped"].get(table.name, []):
            _put_back(memory, table, _decode(table, row))
    for chunk in _chunks(kept.get("brought", [])):
        theirs = and_(CUSTOMERS.c.id.in_(chunk), CUSTOMERS.c.referred_by == target)
        connection.execute(update(CUSTOMERS).where(theirs).values(referred_by=source))
    referrals.release_missing(memory, [source])
    came = _give_what_came(memory, kept, source, target)
    _part_facts(memory, source, target)
    _forget(memory, [source, target])
    return came


def remove(memory: Memory, model: type[Base], ids: Sequence[int]) -> None:
    """Rows that a merge had added."""
    if ids:
        memory.execute(delete(model).where(table_of(model).c.id.in_(ids)))


def take_back(memory: Memory, customer_id: int, before: Row, after: Row) -> None:
    """What a merge had changed of a customer is as before, unless it was changed again since. Tags added are taken out."""
    now = read_customer(memory, customer_id)
    changes = {name: value for name, value in before.items() if value != after[name] and now[name] == after[name]}
    added = [tag for tag in after["tags"] if tag not in before["tags"]]
    changes["tags"] = [tag for tag in now["tags"] if tag not in added]
    values = _decode(CUSTOMERS, changes)
    memory.connection().execute(update(CUSTOMERS).where(CUSTOMERS.c.id == customer_id).values(values))
    referrals.release_missing(memory, [customer_id])
    _forget(memory, [customer_id])


# -- pieces ------------------------------------------------------------------------------------------------------


def _move_links(memory: Memory, kept: dict[str, Any], source: int, target: int) -> list[int]:
    """Who shares a household with `source` shares it with `target`; of two links to one customer the later decision holds."""
    both = _encode(LINKS, or_(*(column.in_([source, target]) for column in (LINKS.c.one_id, LINKS.c.other_id))), memory)
    theirs = [row for row in both if source in (row["one_id"], row["other_id"])]
    _drop(memory, kept, LINKS, LINKS.c.id.in_([row["id"] for row in theirs]))
    mine = {row["one_id"] + row["other_id"] - target: row for row in both if row not in theirs}
    made: list[int] = []
    for row in theirs:
        third = row["one_id"] + row["other_id"] - source
        twin = mine.get(third)
        if third == target or (twin and (twin["decided_at"] or "") >= (row["decided_at"] or "")):
            continue
        if twin is not None:
            _drop(memory, kept, LINKS, LINKS.c.id == twin["id"])
        evidence = [{**each, "by": target if each["by"] == source else each["by"]} for each in row["evidence"]]
        values = _decode(LINKS, row) | {
            "one_id": min(third, target),
            "other_id": max(third, target),
            "evidence": evidence,
        }
        del values["id"]
        made += memory.connection().execute(insert(LINKS).values(values).returning(LINKS.c.id)).scalars()
    return made


def _is_outrun(source: int, target: int) -> ColumnElement[bool]:
    """The target's plan of what has gone out to the source already: that one stays, so that it happens once."""
    other = FOLLOW_UPS.alias()
    gone = select(other.c.id).where(
        other.c.customer_id == source, other.c.rule == FOLLOW_UPS.c.rule, other.c.occurrence == FOLLOW_UPS.c.occurrence,
        other.c.outbox_id.is_not(None),
    )  # fmt: skip
    return and_(FOLLOW_UPS.c.customer_id == target, FOLLOW_UPS.c.outbox_id.is_(None), gone.exists())


def _has_twin(table: Table, keys: Sequence[str], target: int) -> ColumnElement[bool]:
    other = table.alias()
    same = [other.c[key] == table.c[key] for key in keys]
    return select(_key_of(other)).where(other.c.customer_id == target, *same).exists()


def _key_of(table: Any) -> Column[Any]:
    (key,) = table.primary_key
    return key  # type: ignore[no-any-return]


def _drop(memory: Memory, kept: dict[str, Any], table: Table, where: ColumnElement[bool]) -> None:
    rows = _encode(table, where, memory)
    if rows:
        kept["dropped"].setdefault(table.name, []).extend(rows)
        memory.connection().execute(delete(table).where(where))


def _give(memory: Memory, table: Table, keys: Sequence[Any], source: int, target: int) -> None:
    """Rows of the target become the source's."""
    key = _key_of(table)
    for chunk in _chunks(keys):
        memory.connection().execute(
            update(table).where(key.in_(chunk), table.c.customer_id == target).values(customer_id=source)
        )


def _give_what_came(memory: Memory, kept: dict[str, Any], source: int, target: int) -> dict[str, dict[str, int]]:
    last = kept["last"]
    before = {name: _count_since(memory, name, source, last[name]) for name in COUNTED}
    identities = table_of(Identity)
    chats = list(map(int, memory.connection().execute(
        select(identities.c.value).where(identities.c.customer_id == source, identities.c.kind == "telegram")
    ).scalars()))  # fmt: skip
    theirs = select(CONTACTS.c.id).where(
        CONTACTS.c.customer_id == target, CONTACTS.c.id > last["contacts"], CONTACTS.c.chat_id.in_(chats)
    )
    contacts = list(memory.connection().execute(theirs).scalars())
    for table in FROM_CONTACTS:
        for chunk in _chunks(contacts):
            where = and_(table.c.contact_id.in_(chunk), table.c.customer_id == target)
            memory.connection().execute(update(table).where(where).values(customer_id=source))
    for table in (table_of(OutboxMessage), table_of(ButtonToken)):
        where = and_(table.c.customer_id == target, table.c.chat_id.in_(chats))
        memory.connection().execute(update(table).where(where).values(customer_id=source))
    _give(memory, CONTACTS, contacts, source, target)
    returned = {name: _count_since(memory, name, source, last[name]) - before[name] for name in COUNTED}
    return {"returned": returned, "stayed": {name: _count_since(memory, name, target, last[name]) for name in COUNTED}}


def _count_since(memory: Memory, name: str, customer_id: int, last: int) -> int:
    table = table_of(COUNTED[name])
    statement = select(func.count()).where(table.c.customer_id == customer_id, table.c.id > last)
    return memory.connection().execute(statement).scalar_one()


def _part_facts(memory: Memory, *customers: int) -> None:
    """A fact that was superseded by one that is the other's now holds again."""
    newer = FACTS.alias()
    other = select(newer.c.id).where(newer.c.id == FACTS.c.superseded_by, newer.c.customer_id != FACTS.c.customer_id)
    memory.connection().execute(
        update(FACTS).where(FACTS.c.customer_id.in_(customers), other.exists()).values(superseded_by=None)
    )


def _put_back(memory: Memory, table: Table, row: Row) -> None:
    """Insert a row as it was, unless something stands in its place by now; what it pointed at may be gone."""
    connection = memory.connection()
    for key in table.foreign_keys:
        column, parent = key.parent, key.column
        if row.get(column.name) is None:
            continue
        if connection.execute(select(parent).where(parent == row[column.name])).first() is None:
            if not column.nullable:
                return
            row[column.name] = None
    make: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
    connection.execute(make(table).values(row).on_conflict_do_nothing())


def _encode(table: Table, where: ColumnElement[bool], memory: Memory) -> list[Row]:
    rows = memory.connection().execute(select(table).where(where)).mappings()
    return [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]


def _decode(table: Table, row: Row) -> Row:
    return {
        name: datetime.fromisoformat(value) if value is not None and isinstance(table.c[name].type, UtcDateTime) else value
        for name, value in row.items()
        if name in table.c  # what a migration took away since cannot be put back
    }  # fmt: skip


def _chunks(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


def _forget(memory: Memory, customers: Sequence[int]) -> None:
    """What the session holds in hand of them is not as it was: the next look reads it anew."""
    for instance in list(memory.identity_map.values()):
        if isinstance(instance, Customer) and instance.id in customers:
            memory.expire(instance) if instance.id == customers[-1] else memory.expunge(instance)
        elif getattr(instance, "customer_id", None) in customers and not isinstance(instance, Merge):
            memory.expire(instance)
        elif isinstance(instance, HouseholdLink):
            memory.expunge(instance)
