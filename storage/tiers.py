"""The numbers tiers are made of, for many customers at once, and what was decided from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, insert, select, update
from sqlalchemy.orm.util import identity_key

from storage.database import Memory
from storage.models import Consent, Customer, CustomerKind, Event, Fact, Figures, Order, Purpose, TierChange, table_of

CUSTOMERS = table_of(Customer)
ORDERS = table_of(Order)
CONSENTS = table_of(Consent)
CHANGES = table_of(TierChange)
EVENTS = table_of(Event)
FACTS = table_of(Fact)
FIGURES = table_of(Figures)
OF_TEN = "/10"  # ends the value of the habit that says how much is ours


class Bought(NamedTuple):
    """What a customer bought. Money in minor units, of orders in the business's currency; refunds are taken off."""

    orders: int  # in the window
    spent: int  # in the window
    orders_ever: int
    last_order_at: datetime | None


class Classed(NamedTuple):
    """A customer as classed until now."""

    id: int
    tier: str
    tier_reason: str
    tier_set_by: int | None
    tier_until: datetime | None
    below_since: datetime | None
    group: str
    value: dict[str, Any]
    profiled: bool
    bought: Bought
    kind: str = CustomerKind.person


def is_profiled(memory: Memory, customer_id: int) -> bool:
    """On until switched off."""
    newest = (
        select(CONSENTS.c.granted)
        .where(CONSENTS.c.customer_id == customer_id, CONSENTS.c.purpose == Purpose.profiling)
        .order_by(CONSENTS.c.id.desc())
        .limit(1)
    )
    return memory.connection().execute(newest).scalar() is not False


def list_given(memory: Memory, customer_ids: Sequence[int]) -> dict[int, datetime]:
    """When each came to the tier they have, of those whose tier ever changed."""
    newest = (
        select(CHANGES.c.customer_id, func.max(CHANGES.c.at, type_=CHANGES.c.at.type))
        .where(CHANGES.c.customer_id.in_(customer_ids))
        .group_by(CHANGES.c.customer_id)
    )
    return {customer_id: at for customer_id, at in memory.connection().execute(newest)}


def list_shares(memory: Memory, customer_ids: Sequence[int]) -> dict[int, float]:
    """How much of what they buy is ours, of those who said so: 0 to 1. The newest that holds counts."""
    said = (
        select(FACTS.c.customer_id, FACTS.c.value)
        .where(
            FACTS.c.customer_id.in_(customer_ids), FACTS.c.kind == "habit", FACTS.c.value.like(f"%{OF_TEN}"),
            FACTS.c.superseded_by.is_(None), FACTS.c.forgotten_at.is_(None),
        )
        .order_by(FACTS.c.id)
    )  # fmt: skip
    found = {customer: value.removesuffix(OF_TEN) for customer, value in memory.connection().execute(said)}
    return {customer: int(number) / 10 for customer, number in found.items() if number.isdigit()}


class Trail(NamedTuple):
    """When a customer ordered; a refund is no order."""

    orders: int
    first: datetime
    last: tuple[datetime, ...]  # the newest first, three at most


def load_trails(memory: Memory, customer_ids: Sequence[int], *, until: datetime) -> dict[int, Trail]:
    """By customer id; who bought nothing is not in it."""
    own = ORDERS.c.customer_id
    ranked = (
        select(
            ORDERS.c.customer_id, ORDERS.c.ordered_at,
            func.row_number().over(partition_by=own, order_by=ORDERS.c.ordered_at.desc()).label("place"),
            func.count().over(partition_by=own).label("orders"),
            func.min(ORDERS.c.ordered_at, type_=ORDERS.c.ordered_at.type).over(partition_by=own).label("first"),
        )
        .where(ORDERS.c.customer_id.in_(customer_ids), ORDERS.c.ordered_at <= until, ORDERS.c.total > 0)
        .subquery()
    )  # fmt: skip
    newest = select(ranked).where(ranked.c.place <= 3).order_by(ranked.c.customer_id, ranked.c.place)
    found: dict[int, Trail] = {}
    for customer_id, ordered_at, _, orders, first in memory.connection().execute(newest):
        known = found.get(customer_id)
        found[customer_id] = Trail(orders, first, (*(known.last if known else ()), ordered_at))
    return found


class Decided(NamedTuple):
    """What is to be written of a customer: `WRITTEN`, and for the history where the tier changes `numbers`."""

    customer_id: int
    before: str
    after: str
    reason: str
    value: dict[str, Any]
    numbers: dict[str, Any]
    set_by: int | None = None
    until: datetime | None = None
    below_since: datetime | None = None
    group: str = "steady"


NOTHING = Bought(0, 0, 0, None)


def list_customer_ids(memory: Memory, *, after: int = 0, most: int = 2000) -> list[int]:
    """Customers by number, a batch at a time."""
    statement = select(CUSTOMERS.c.id).where(CUSTOMERS.c.id > after).order_by(CUSTOMERS.c.id).limit(most)
    return list(memory.connection().execute(statement).scalars())


def count_customers(memory: Memory) -> int:
    return memory.connection().execute(select(func.count()).select_from(CUSTOMERS)).scalar_one()


def load(
    memory: Memory, customer_ids: Sequence[int], *, since: datetime, until: datetime, currency: str
) -> list[Classed]:
    """Three queries, however many customers."""
    connection = memory.connection()
    bought = is_purchase = ORDERS.c.total > 0
    in_window = ORDERS.c.ordered_at > since
    counted = func.coalesce(func.sum(case((and_(is_purchase, in_window), 1), else_=0)), 0)
    spent = func.coalesce(func.sum(case((and_(in_window, ORDERS.c.currency == currency), ORDERS.c.total), else_=0)), 0)
    numbers = {
        customer_id: Bought(int(orders), int(money), int(ever), last)
        for customer_id, orders, money, ever, last in connection.execute(
            select(
                ORDERS.c.customer_id,
                counted,
                spent,
                func.sum(case((bought, 1), else_=0)),
                func.max(case((bought, ORDERS.c.ordered_at), else_=None), type_=ORDERS.c.ordered_at.type),
            )
            .where(ORDERS.c.customer_id.in_(customer_ids), ORDERS.c.ordered_at <= until)
            .group_by(ORDERS.c.customer_id)
        )
    }
    profiled = {
        customer_id: granted
        for customer_id, granted in connection.execute(
            select(CONSENTS.c.customer_id, CONSENTS.c.granted)
            .where(CONSENTS.c.customer_id.in_(customer_ids), CONSENTS.c.purpose == Purpose.profiling)
            .order_by(CONSENTS.c.id)
        )
    }
    people = connection.execute(
        select(
            CUSTOMERS.c.id, CUSTOMERS.c.tier, CUSTOMERS.c.tier_reason, CUSTOMERS.c.tier_set_by, CUSTOMERS.c.tier_until,
            CUSTOMERS.c.tier_below_since, CUSTOMERS.c.value_group, CUSTOMERS.c.value, CUSTOMERS.c.kind,
        )
        .where(CUSTOMERS.c.id.in_(customer_ids))
        .order_by(CUSTOMERS.c.id)
    )  # fmt: skip
    return [
        Classed(*row[:-1], profiled=profiled.get(row[0], True), bought=numbers.get(row[0], NOTHING), kind=row[-1])
        for row in people
    ]


WRITTEN = ["tier", "tier_reason", "tier_set_by", "tier_until", "tier_below_since", "group", "value"]
"""Of a customer, by `write`."""
_WRITE = (
    update(CUSTOMERS)
    .where(CUSTOMERS.c.id == bindparam("customer"))
    .values(
        tier=bindparam("new_tier"),
        tier_reason=bindparam("new_reason"),
        tier_set_by=bindparam("new_set_by"),
        tier_until=bindparam("new_until"),
        tier_below_since=bindparam("new_below_since"),
        value_group=bindparam("new_group"),
        value=bindparam("new_value"),
    )
)


def write(memory: Memory, decided: Sequence[Decided], now: datetime, *, staff_id: int | None = None) -> None:
    """Write tiers and values; a changed tier is added to its history and told to `events`."""
    if not decided:
        return
    connection = memory.connection()
    connection.execute(
        _WRITE,
        [
            {"customer": one.customer_id, "new_tier": one.after, "new_reason": one.reason, "new_set_by": one.set_by,
             "new_until": one.until, "new_below_since": one.below_since, "new_group": one.group, "new_value": one.value}
            for one in decided
        ],
    )  # fmt: skip
    changed = [one for one in decided if one.before != one.after]
    if changed:
        connection.execute(
            insert(CHANGES),
            [
                {"customer_id": one.customer_id, "before": one.before, "after": one.after, "reason": one.reason,
                 "numbers": one.numbers, "staff_id": staff_id, "at": now}
                for one in changed
            ],
        )  # fmt: skip
        connection.execute(
            insert(EVENTS),
            [
                {"customer_id": one.customer_id, "kind": "tier", "at": now, "reference": str(one.customer_id),
                 "data": {"before": one.before, "after": one.after}}
                for one in changed
            ],
        )  # fmt: skip
    for one in decided:  # a visit may hold the customer: its next look is at what is written here
        held = memory.identity_map.get(identity_key(Customer, one.customer_id))
        if held is not None:
            memory.expire(held, WRITTEN)


def count_by(memory: Memory) -> tuple[dict[str, int], dict[str, int]]:
    """How many customers there are of each tier, and of each group."""
    connection = memory.connection()
    tiers = connection.execute(select(CUSTOMERS.c.tier, func.count()).group_by(CUSTOMERS.c.tier))
    groups = connection.execute(select(CUSTOMERS.c.value_group, func.count()).group_by(CUSTOMERS.c.value_group))
    return {row[0]: row[1] for row in tiers}, {row[0]: row[1] for row in groups}


def count_stages(memory: Memory) -> dict[str, int]:
    """How many customers are at each stage of their way with us, as of when they were last classed."""
    stages = memory.connection().execute(select(FIGURES.c.stage, func.count()).group_by(FIGURES.c.stage))
    return {stage: count for stage, count in stages if stage is not None}


def list_changes(memory: Memory, customer_id: int, most: int = 10) -> list[Mapping[str, Any]]:
    """A customer's tier changes, newest first."""
    statement = select(CHANGES).where(CHANGES.c.customer_id == customer_id).order_by(CHANGES.c.id.desc()).limit(most)
    return [dict(row) for row in memory.connection().execute(statement).mappings()]
