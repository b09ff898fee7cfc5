"""What must be known of customers before writing to them unasked, read for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, or_, select

from storage import households
from storage.database import Memory
from storage.models import (
    CatalogueItem,
    Consent,
    Conversation,
    Customer,
    Fact,
    Feedback,
    FollowUp,
    FollowUpStatus,
    Identity,
    Order,
    OrderLine,
    OutboxMessage,
    OutboxState,
    Purpose,
    table_of,
)

CUSTOMERS = table_of(Customer)
CONVERSATIONS = table_of(Conversation)
IDENTITIES = table_of(Identity)
CONSENTS = table_of(Consent)
FEEDBACK = table_of(Feedback)
ORDERS = table_of(Order)
LINES = table_of(OrderLine)
FACTS = table_of(Fact)
ITEMS = table_of(CatalogueItem)
FOLLOW_UPS = table_of(FollowUp)
OUTBOX = table_of(OutboxMessage)

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PEOPLE = (
    select(
        CUSTOMERS.c.id,
        CUSTOMERS.c.name,
        CUSTOMERS.c.language,
        CUSTOMERS.c.time_zone,
        CUSTOMERS.c.status,
        CUSTOMERS.c.tier,
        CUSTOMERS.c.created_at,
        CUSTOMERS.c.quiet_from,
        CUSTOMERS.c.quiet_to,
        CUSTOMERS.c.paused_until,
        CUSTOMERS.c.last_contact_at,
        CONVERSATIONS.c.open_question,
        CONVERSATIONS.c.colleague_until,
    )
    .outerjoin(CONVERSATIONS, CONVERSATIONS.c.customer_id == CUSTOMERS.c.id)
    .where(CUSTOMERS.c.id.in_(_IDS))
)
_CHATS = (
    select(IDENTITIES.c.customer_id, IDENTITIES.c.value)
    .where(IDENTITIES.c.customer_id.in_(_IDS), IDENTITIES.c.kind == "telegram")
    .order_by(IDENTITIES.c.id)
)
_CONSENTS = (
    select(CONSENTS.c.customer_id, CONSENTS.c.purpose, CONSENTS.c.granted)
    .where(CONSENTS.c.customer_id.in_(_IDS))
    .order_by(CONSENTS.c.id)
)
_COMPLAINTS = (
    select(FEEDBACK.c.customer_id, func.min(FEEDBACK.c.at))
    .where(FEEDBACK.c.customer_id.in_(_IDS), FEEDBACK.c.kind == "complaint", FEEDBACK.c.status == "open")
    .group_by(FEEDBACK.c.customer_id)
)
_LAST_ORDERS = (
    select(ORDERS.c.customer_id, func.max(ORDERS.c.ordered_at))
    .where(ORDERS.c.customer_id.in_(_IDS), ORDERS.c.total > 0)
    .group_by(ORDERS.c.customer_id)
)
_SENT = (
    select(
        FOLLOW_UPS.c.customer_id,
        FOLLOW_UPS.c.id,
        FOLLOW_UPS.c.rule,
        func.coalesce(OUTBOX.c.sent_at, OUTBOX.c.created_at),
        FOLLOW_UPS.c.purpose,
    )
    .join(OUTBOX, OUTBOX.c.id == FOLLOW_UPS.c.outbox_id)
    .where(
        FOLLOW_UPS.c.customer_id.in_(_IDS),
        FOLLOW_UPS.c.status == FollowUpStatus.queued,
        OUTBOX.c.state.in_([OutboxState.ready, OutboxState.sending, OutboxState.sent, OutboxState.unknown]),
        OUTBOX.c.created_at > bindparam("since"),
    )
)
# One that is still to be sent does not count: the sender asks again just before, and it would hold itself back.
_CHECK_INS = (
    select(FOLLOW_UPS.c.customer_id, func.max(FOLLOW_UPS.c.planned_for))
    .outerjoin(OUTBOX, OUTBOX.c.id == FOLLOW_UPS.c.outbox_id)
    .where(
        FOLLOW_UPS.c.customer_id.in_(_IDS),
        FOLLOW_UPS.c.rule == "check_in",
        or_(
            FOLLOW_UPS.c.status == FollowUpStatus.skipped,
            OUTBOX.c.state.in_([OutboxState.sending, OutboxState.sent, OutboxState.unknown]),
        ),
    )
    .group_by(FOLLOW_UPS.c.customer_id)
)


class Sent(NamedTuple):
    """A follow-up that went out, or is on its way."""

    follow_up_id: int
    rule: str
    at: datetime


@dataclass(slots=True)
class Standing:
    """One customer, as the arbiter sees them."""

    id: int
    name: str
    language: str
    time_zone: str | None
    status: str
    tier: str
    created_at: datetime
    quiet_from: str | None = None
    quiet_to: str | None = None
    paused_until: datetime | None = None
    last_contact_at: datetime | None = None
    open_question: dict[str, Any] | None = None
    colleague_until: datetime | None = None
    chat_id: int | None = None
    consents: dict[str, bool] = field(default_factory=dict)  # the newest answer for each purpose asked
    complaint_at: datetime | None = None  # of the oldest open complaint
    last_order_at: datetime | None = None
    last_check_in_at: datetime | None = None  # when the last one that was sent or skipped had been planned for
    sent: list[Sent] = field(default_factory=list)
    household: frozenset[int] = frozenset()  # the others of it
    household_sent_at: datetime | None = None  # when one of them last got what `counts_for_household`


def counts_for_household(rule: str, purpose: str) -> bool:
    """What one of a household is written stands for all, but for wishes: they are one person's."""
    return purpose == Purpose.marketing and rule not in ("birthday", "life_change")


def load(memory: Memory, customer_ids: Sequence[int], *, since: datetime) -> dict[int, Standing]:
    """`since` bounds the follow-ups that went out. Eight queries, however many customers; a few more where some share a household."""
    ids = {"ids": list(dict.fromkeys(customer_ids))}
    if not ids["ids"]:
        return {}
    connection = memory.connection()
    people = {row["id"]: Standing(**row) for row in connection.execute(_PEOPLE, ids).mappings()}
    for customer_id, value in connection.execute(_CHATS, ids):
        people[customer_id].chat_id = int(value)
    for customer_id, purpose, granted in connection.execute(_CONSENTS, ids):
        people[customer_id].consents[purpose] = granted
    for customer_id, at in connection.execute(_COMPLAINTS, ids):
        people[customer_id].complaint_at = at
    for customer_id, at in connection.execute(_LAST_ORDERS, ids):
        people[customer_id].last_order_at = at
    for customer_id, at in connection.execute(_CHECK_INS, ids):
        people[customer_id].last_check_in_at = at
    for customer_id, number, rule, at, _ in connection.execute(_SENT, {**ids, "since": since}):
        people[customer_id].sent.append(Sent(number, rule, at))
    _add_households(memory, people, since)
    return people


def _add_households(memory: Memory, people: dict[int, Standing], since: datetime) -> None:
    members = households.find_members(memory, people)
    others = sorted({other for each in members.values() for other in each})
    if not others:
        return
    newest: dict[int, datetime] = {}
    for customer_id, _, rule, at, purpose in memory.connection().execute(_SENT, {"ids": others, "since": since}):
        if counts_for_household(rule, purpose):
            newest[customer_id] = max(at, newest.get(customer_id, at))
    for customer_id, each in members.items():
        people[customer_id].household = frozenset(each)
        people[customer_id].household_sent_at = max((newest[one] for one in each if one in newest), default=None)


class KnownFact(NamedTuple):
    """A fact as far as wording and planning need it."""

    id: int
    customer_id: int
    kind: str
    value: str
    polarity: str | None
    item: str | None
    person: str | None
    date: str | None


_KNOWN = [FACTS.c[name] for name in KnownFact._fields]


def list_facts(
    memory: Memory, customer_ids: Sequence[int], kinds: Sequence[str], *, dated: bool = False
) -> list[KnownFact]:
    """What is known now, oldest first: neither superseded nor forgotten."""
    statement = (
        select(*_KNOWN)
        .where(
            FACTS.c.customer_id.in_(customer_ids),
            FACTS.c.kind.in_(kinds),
            FACTS.c.superseded_by.is_(None),
            FACTS.c.forgotten_at.is_(None),
        )
        .order_by(FACTS.c.id)
    )
    if dated:
        statement = statement.where(FACTS.c.date.is_not(None))
    return [KnownFact(*row) for row in memory.connection().execute(statement)]


class Item(NamedTuple):
    """An item of the catalogue, as far as wording needs it."""

    sku: str
    names: dict[str, str]
    contains: tuple[str, ...]


def load_items(memory: Memory, skus: Sequence[str]) -> dict[str, Item]:
    statement = select(ITEMS.c.sku, ITEMS.c.name_en, ITEMS.c.name_zh, ITEMS.c.contains).where(ITEMS.c.sku.in_(skus))
    return {
        sku: Item(sku, {"en": name_en, "zh": name_zh}, tuple(contains or ()))
        for sku, name_en, name_zh, contains in memory.connection().execute(statement)
    }


def rank_bought(memory: Memory, customer_ids: Sequence[int], since: datetime) -> dict[int, list[str]]:
    """The items each has bought most often since then, most first."""
    times = func.count()
    statement = (
        select(ORDERS.c.customer_id, LINES.c.sku, times)
        .join(LINES, LINES.c.order_id == ORDERS.c.id)
        .where(ORDERS.c.customer_id.in_(customer_ids), ORDERS.c.ordered_at >= since, ORDERS.c.total > 0)
        .group_by(ORDERS.c.customer_id, LINES.c.sku)
        .order_by(times.desc(), LINES.c.sku)
    )
    bought: dict[int, list[str]] = {}
    for customer_id, sku, _ in memory.connection().execute(statement):
        bought.setdefault(customer_id, []).append(sku)
    return bought


class Case(NamedTuple):
    """A complaint, as far as telling of its end needs it."""

    id: int
    status: str
    quote: str
    answer: str | None


def load_cases(memory: Memory, feedback_ids: Sequence[int]) -> dict[int, Case]:
    statement = select(FEEDBACK.c.id, FEEDBACK.c.status, FEEDBACK.c.quote, FEEDBACK.c.answer).where(
        FEEDBACK.c.id.in_(feedback_ids)
    )
    return {row[0]: Case(*row) for row in memory.connection().execute(statement)}
