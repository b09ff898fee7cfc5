"""Who can be reached, and who could be invited."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, select

from storage.database import Memory
from storage.models import Customer, CustomerStatus, Identity, table_of

CUSTOMERS, IDENTITIES = table_of(Customer), table_of(Identity)
_IN_TELEGRAM = (
    select(IDENTITIES.c.id).where(IDENTITIES.c.customer_id == CUSTOMERS.c.id, IDENTITIES.c.kind == "telegram").exists()
)


class Unreached(NamedTuple):
    id: int
    customer_id: str
    name: str
    phone: str
    email: str
    language: str


def count_reachable(memory: Memory, import_id: int | None = None) -> tuple[int, int]:
    """(those who can be written to, all)."""
    whole = select(func.count()).select_from(CUSTOMERS)
    if import_id is not None:
        whole = whole.where(CUSTOMERS.c.import_id == import_id)
    reached = whole.where(_IN_TELEGRAM, CUSTOMERS.c.status == CustomerStatus.active)
    connection = memory.connection()
    return connection.execute(reached).scalar_one(), connection.execute(whole).scalar_one()


def list_unreached(memory: Memory, import_id: int | None, after: int, most: int) -> list[Unreached]:
    """By id, those after `after`, who never started the bot."""
    statement = (
        select(
            CUSTOMERS.c.id, _identity("order_system"), CUSTOMERS.c.name, _identity("phone"), _identity("email"),
            CUSTOMERS.c.language,
        )
        .where(~_IN_TELEGRAM, CUSTOMERS.c.id > after)
        .order_by(CUSTOMERS.c.id)
        .limit(most)
    )  # fmt: skip
    if import_id is not None:
        statement = statement.where(CUSTOMERS.c.import_id == import_id)
    return [Unreached(*row) for row in memory.connection().execute(statement)]


def _identity(kind: str) -> Any:
    value = (
        select(func.min(IDENTITIES.c.value))
        .where(IDENTITIES.c.customer_id == CUSTOMERS.c.id, IDENTITIES.c.kind == kind)
        .scalar_subquery()
    )
    return func.coalesce(value, "")
