"""How much was known of customers after so many contacts, worked out from the history of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, distinct, extract, func, literal, or_, select

from storage.database import Memory
from storage.models import Contact, Fact, table_of

CONTACTS, FACTS = table_of(Contact), table_of(Fact)


class Known(NamedTuple):
    """So many `customers` had so many `facts` that held after their contact of this number; `kinds` is how many of the
    asked kinds of fact they had, together."""

    contact: int
    facts: int
    customers: int
    kinds: int


def count_known(
    memory: Memory, numbers: Sequence[int], *, until: datetime, fresh: Mapping[str, timedelta], asked: Sequence[str]
) -> list[Known]:
    """After the customer's own contacts of these numbers, just before the next one (or at `until`). A fact holds from when
    it was said until it is superseded, forgotten, or older than `fresh` has for its kind."""
    connection = memory.connection()
    dialect = connection.dialect.name
    own, order = CONTACTS.c.customer_id, (CONTACTS.c.at, CONTACTS.c.id)
    end = literal(until, CONTACTS.c.at.type)
    then = (
        func.lead(CONTACTS.c.at, 1, end, type_=CONTACTS.c.at.type).over(partition_by=own, order_by=order).label("then")
    )
    number = func.row_number().over(partition_by=own, order_by=order).label("number")
    numbered = (
        select(CONTACTS.c.customer_id, number, then)
        .where(CONTACTS.c.direction == "in", CONTACTS.c.at <= until)
        .subquery()
    )
    looked = select(numbered).where(numbered.c.number.in_(numbers)).subquery()
    newer = FACTS.alias()
    facts = (
        select(FACTS.c.id, FACTS.c.customer_id, FACTS.c.kind, FACTS.c.person, FACTS.c.since, FACTS.c.forgotten_at,
               newer.c.since.label("ended_at"))
        .outerjoin(newer, newer.c.id == FACTS.c.superseded_by)
        .subquery()
    )  # fmt: skip
    moment = looked.c.then
    holds = and_(
        facts.c.customer_id == looked.c.customer_id, or_(facts.c.since < moment, and_(moment == until, facts.c.since == until)),
        or_(facts.c.ended_at.is_(None), facts.c.ended_at >= moment),
        or_(facts.c.forgotten_at.is_(None), facts.c.forgotten_at >= moment),
        *(_is_fresh(facts, moment, kind, span, dialect) for kind, span in fresh.items()),
    )  # fmt: skip
    kinds = func.count(distinct(case((facts.c.kind.in_(asked), facts.c.kind))))
    each = (
        select(looked.c.number, func.count(facts.c.id).label("facts"), kinds.label("kinds"))
        .outerjoin(facts, holds)
        .group_by(looked.c.customer_id, looked.c.number)
        .subquery()
    )
    counted = (
        select(each.c.number, each.c.facts, func.count(), func.sum(each.c.kinds))
        .group_by(each.c.number, each.c.facts)
        .order_by(each.c.number, each.c.facts)
    )
    return [Known(*map(int, row)) for row in connection.execute(counted)]


def _is_fresh(facts: Any, then: Any, kind: str, span: timedelta, dialect: str) -> ColumnElement[bool]:
    """Only what customers said of themselves grows stale."""
    age = _seconds(then, dialect) - _seconds(facts.c.since, dialect)
    return or_(facts.c.kind != kind, facts.c.person.is_not(None), age <= int(span.total_seconds()))


def _seconds(moment: Any, dialect: str) -> Any:
    if dialect == "sqlite":
        return cast(func.strftime("%s", moment), BigInteger)
    return cast(func.floor(extract("epoch", moment)), BigInteger)
