"""Rows of planned contacts: planning in bulk, claiming what is due, what became of each.

Whether one may go out is `customize.arbiter`'s to say; what it needs to know of people is in `storage.reach`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal_column, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Memory
from storage.models import FollowUp, FollowUpStatus, OutboxMessage, OutboxState, table_of

FOLLOW_UPS = table_of(FollowUp)
OUTBOX = table_of(OutboxMessage)

# Literal, not bound: only so do SQLite and PostgreSQL see that the partial index on due_at covers the query.
_OPEN = text("follow_ups.status IN ('planned', 'held')")


class Plan(NamedTuple):
    """A contact to plan. (customer_id, rule, occurrence) is what may happen once."""

    customer_id: int
    rule: str
    occurrence: str
    purpose: str
    planned_for: datetime
    expires_at: datetime
    data: dict[str, Any]


class Row(NamedTuple):
    """A follow-up as the arbiter sees it."""

    id: int
    customer_id: int
    rule: str
    occurrence: str
    purpose: str
    planned_for: datetime
    due_at: datetime
    expires_at: datetime
    status: str
    reason: str | None
    data: dict[str, Any]
    outbox_id: int | None


_ROW = [FOLLOW_UPS.c[name] for name in Row._fields]
_DUE = (
    select(*_ROW)
    .where(_OPEN, FOLLOW_UPS.c.due_at <= bindparam("now"))
    .order_by(FOLLOW_UPS.c.due_at, FOLLOW_UPS.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_OF = (
    select(*_ROW)
    .where(
        FOLLOW_UPS.c.customer_id.in_(bindparam("customers", expanding=True)), _OPEN, FOLLOW_UPS.c.due_at <= bindparam("now")
    )
    .with_for_update(skip_locked=True)
)  # fmt: skip
_SETTLE = (
    update(FOLLOW_UPS)
    .where(FOLLOW_UPS.c.id == bindparam("row"), _OPEN)
    .values(
        status=bindparam("new_status"),
        reason=bindparam("new_reason"),
        reason_at=bindparam("new_reason_at"),
        planned_for=bindparam("new_planned_for"),
        due_at=bindparam("new_due_at"),
        expires_at=bindparam("new_expires_at"),
        data=bindparam("new_data"),
        text=func.coalesce(bindparam("new_text"), FOLLOW_UPS.c.text),
        outbox_id=bindparam("new_outbox_id"),
    )
)
_NEXT = select(FOLLOW_UPS.c.due_at).where(_OPEN).order_by(FOLLOW_UPS.c.due_at).limit(1)


def add_plans(memory: Memory, plans: Iterable[Plan], now: datetime) -> int:
    """Plan in bulk; returns how many are new. One that exists already is left as it is, whatever became of it —
    except one that was cancelled before it went anywhere: planned again, it lives again."""
    rows = [
        {
            **plan._asdict(),
            "due_at": plan.planned_for,
            "status": FollowUpStatus.planned,
            "created_at": now,
        }
        for plan in plans
    ]
    if not rows:
        return 0
    connection = memory.connection()
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name](FOLLOW_UPS)
    renewed = {
        name: insert.excluded[name] for name in ("purpose", "planned_for", "due_at", "expires_at", "status", "data")
    }
    statement = insert.on_conflict_do_update(
        index_elements=["customer_id", "rule", "occurrence"],
        set_={**renewed, "reason": None, "reason_at": None},
        where=and_(FOLLOW_UPS.c.status == FollowUpStatus.cancelled, FOLLOW_UPS.c.outbox_id.is_(None)),
    )
    # Without RETURNING: the driver's executemany wrote them twice as fast as many rows a statement.
    done = connection.execute(statement, rows, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)


def claim_due(memory: Memory, now: datetime, most: int = 100) -> list[Row]:
    """What is due, oldest first; with everything else due of the same customers, so that the best of each can go.

    On PostgreSQL the rows are locked and those locked by another are passed over; settle them in this transaction.
    """
    connection = memory.connection()
    first = [Row(*row) for row in connection.execute(_DUE, {"now": now, "most": most})]
    if len(first) < most:
        return first
    known = {row.id for row in first}
    customers = sorted({row.customer_id for row in first})
    rest = [Row(*row) for row in connection.execute(_DUE_OF, {"customers": customers, "now": now})]
    return first + [row for row in rest if row.id not in known]


def due_statement() -> Select[Any]:
    """The query of `claim_due`, for looking at its plan; parameters: now, most."""
    return _DUE


class Settled(NamedTuple):
    """What is written on a claimed row. Times left None stay."""

    row: Row
    status: FollowUpStatus
    reason: str | None
    at: datetime
    due_at: datetime | None = None
    planned_for: datetime | None = None
    expires_at: datetime | None = None
    text: str | None = None
    outbox_id: int | None = None
    data: dict[str, Any] | None = None


def settle(memory: Memory, settled: Sequence[Settled]) -> None:
    """Write down what was decided, all at once."""
    if not settled:
        return
    memory.connection().execute(
        _SETTLE,
        [
            {
                "row": one.row.id,
                "new_status": one.status,
                "new_reason": one.reason,
                "new_reason_at": one.at if one.reason else None,
                "new_planned_for": one.planned_for or one.row.planned_for,
                "new_due_at": one.due_at or one.row.due_at,
                "new_expires_at": one.expires_at or one.row.expires_at,
                "new_data": one.row.data if one.data is None else one.data,
                "new_text": one.text,
                "new_outbox_id": one.outbox_id,
            }
            for one in settled
        ],
    )


def list_open(memory: Memory, customer_ids: Sequence[int], rules: Sequence[str]) -> list[Row]:
    """What is planned or held for these customers."""
    return _list(memory, customer_ids, rules, _OPEN)


def list_open_of(memory: Memory, customer_id: int) -> list[Row]:
    """What is planned or held for one customer, by whatever rule."""
    statement = select(*_ROW).where(FOLLOW_UPS.c.customer_id == customer_id, _OPEN).order_by(FOLLOW_UPS.c.id)
    return [Row(*row) for row in memory.connection().execute(statement)]


def judge_anew(memory: Memory, ids: Sequence[int], now: datetime) -> None:
    """What is held of these is judged again as soon as it should have gone out, since what held it may have changed."""
    if ids:
        due_at = case((FOLLOW_UPS.c.planned_for > now, FOLLOW_UPS.c.planned_for), else_=now)
        statement = update(FOLLOW_UPS).where(FOLLOW_UPS.c.id.in_(ids), FOLLOW_UPS.c.status == FollowUpStatus.held)
        memory.connection().execute(statement.values(due_at=due_at))


def list_recent(memory: Memory, customer_ids: Sequence[int], rules: Sequence[str], since: datetime) -> list[Row]:
    """All of these rules planned for later than `since`, whatever became of them."""
    return _list(memory, customer_ids, rules, FOLLOW_UPS.c.planned_for >= since)


def _list(memory: Memory, customer_ids: Sequence[int], rules: Sequence[str], condition: Any) -> list[Row]:
    statement = (
        select(*_ROW)
        .where(FOLLOW_UPS.c.customer_id.in_(customer_ids), FOLLOW_UPS.c.rule.in_(rules), condition)
        .order_by(FOLLOW_UPS.c.planned_for, FOLLOW_UPS.c.id)
    )
    return [Row(*row) for row in memory.connection().execute(statement)]


def find_by_outbox(memory: Memory, outbox_id: int) -> Row | None:
    row = memory.connection().execute(select(*_ROW).where(FOLLOW_UPS.c.outbox_id == outbox_id)).first()
    return Row(*row) if row else None


def cancel(
    memory: Memory,
    customer_ids: Sequence[int],
    reason: str,
    now: datetime,
    *,
    rules: Sequence[str] | None = None,
    purpose: str | None = None,
    occurrences: Sequence[str] | None = None,
    but: Sequence[str] = (),
) -> int:
    """Cancel what has not gone out: open rows, and queued ones that the sender has not claimed. `but`: rules spared."""
    connection = memory.connection()
    conditions: list[ColumnElement[bool]] = [FOLLOW_UPS.c.customer_id.in_(customer_ids), FOLLOW_UPS.c.rule.not_in(but)]
    if rules is not None:
        conditions.append(FOLLOW_UPS.c.rule.in_(rules))
    if purpose is not None:
        conditions.append(FOLLOW_UPS.c.purpose == purpose)
    if occurrences is not None:
        conditions.append(FOLLOW_UPS.c.occurrence.in_(occurrences))
    waiting = (
        select(FOLLOW_UPS.c.id, FOLLOW_UPS.c.outbox_id)
        .join(OUTBOX, OUTBOX.c.id == FOLLOW_UPS.c.outbox_id)
        .where(*conditions, FOLLOW_UPS.c.status == FollowUpStatus.queued, OUTBOX.c.state == OutboxState.ready)
    )
    queued = connection.execute(waiting).all()
    if queued:
        connection.execute(
            update(OUTBOX).where(OUTBOX.c.id.in_([row.outbox_id for row in queued]), OUTBOX.c.state == OutboxState.ready),
            {"state": OutboxState.cancelled, "error": reason},
        )  # fmt: skip
    values = {"status": FollowUpStatus.cancelled, "reason": reason, "reason_at": now, "outbox_id": None}
    taken_back = FOLLOW_UPS.c.id.in_([row.id for row in queued])
    return connection.execute(update(FOLLOW_UPS).where(*conditions, or_(_OPEN, taken_back)), values).rowcount


def cancel_rows(memory: Memory, ids: Sequence[int], reason: str, now: datetime) -> int:
    """Cancel these, as far as they are still planned or held."""
    if not ids:
        return 0
    values = {"status": FollowUpStatus.cancelled, "reason": reason, "reason_at": now}
    return memory.connection().execute(update(FOLLOW_UPS).where(FOLLOW_UPS.c.id.in_(ids), _OPEN), values).rowcount


def withdraw(
    memory: Memory, row: Row, status: FollowUpStatus, reason: str, now: datetime, due_at: datetime | None = None
) -> None:
    """Take a queued row back in the sender's claim: its message is cancelled, it is held again or skipped."""
    connection = memory.connection()
    connection.execute(
        update(OUTBOX).where(
            OUTBOX.c.id == row.outbox_id, OUTBOX.c.state.in_([OutboxState.ready, OutboxState.sending])
        ),
        {"state": OutboxState.cancelled, "error": reason},
    )
    connection.execute(
        update(FOLLOW_UPS).where(FOLLOW_UPS.c.id == row.id, FOLLOW_UPS.c.status == FollowUpStatus.queued),
        {"status": status, "reason": reason, "reason_at": now, "due_at": due_at or row.due_at, "data": row.data,
         "outbox_id": None},
    )  # fmt: skip


def next_due(memory: Memory) -> datetime | None:
    """When the next planned or held one is to be judged."""
    due: datetime | None = memory.connection().execute(_NEXT).scalar()
    return due


FROM_OUTBOX = {
    OutboxState.ready: FollowUpStatus.queued,
    OutboxState.sending: FollowUpStatus.sending,
    OutboxState.sent: FollowUpStatus.sent,
    OutboxState.failed: FollowUpStatus.failed,
    OutboxState.unknown: FollowUpStatus.unknown,
    OutboxState.cancelled: FollowUpStatus.cancelled,
}


def status_of(follow_up: FollowUp, outbox_row: OutboxMessage | None) -> FollowUpStatus:
    """What became of it: once queued, the outbox row is the truth."""
    if follow_up.status != FollowUpStatus.queued or outbox_row is None:
        return FollowUpStatus(follow_up.status)
    return FROM_OUTBOX[OutboxState(outbox_row.state)]


_truth = case(
    *(
        (and_(FOLLOW_UPS.c.status == "queued", OUTBOX.c.state == state.value), literal_column(f"'{status.value}'"))
        for state, status in FROM_OUTBOX.items()
    ),
    else_=FOLLOW_UPS.c.status,
)


def list_rows(
    memory: Memory,
    status: str | None = None,
    customer_id: int | None = None,
    limit: int | None = 1000,
) -> list[Mapping[str, Any]]:
    """For listings: `customer_id rule occurrence due_at status reason text sent_at`, and `id purpose data`; by due time."""
    statement = (
        select(
            FOLLOW_UPS.c.id,
            FOLLOW_UPS.c.customer_id,
            FOLLOW_UPS.c.rule,
            FOLLOW_UPS.c.occurrence,
            FOLLOW_UPS.c.purpose,
            FOLLOW_UPS.c.planned_for,
            FOLLOW_UPS.c.due_at,
            FOLLOW_UPS.c.expires_at,
            _truth.label("status"),
            FOLLOW_UPS.c.reason,
            FOLLOW_UPS.c.reason_at,
            FOLLOW_UPS.c.text,
            OUTBOX.c.sent_at,
            FOLLOW_UPS.c.data,
        )
        .outerjoin(OUTBOX, OUTBOX.c.id == FOLLOW_UPS.c.outbox_id)
        .order_by(FOLLOW_UPS.c.due_at, FOLLOW_UPS.c.id)
        .limit(limit)
    )
    if customer_id is not None:
        statement = statement.where(FOLLOW_UPS.c.customer_id == customer_id)
    if status in ("planned", "held"):
        statement = statement.where(_OPEN)
    if status is not None:
        statement = statement.where(_truth == status)
    return [dict(row) for row in memory.connection().execute(statement).mappings()]
