"""When customers came, and by what: what the chance of a first order is told from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from storage.database import Memory
from storage.models import Customer, table_of
from storage.purchases import day_of

CUSTOMERS = table_of(Customer)
_SOURCE = func.coalesce(CUSTOMERS.c.lead_source, "")


class Came(NamedTuple):
    """A customer, the lead source ("": not known) and the UTC day since 1970 on which we first knew of them."""

    customer_id: int
    source: str
    day: int


def list_all(memory: Memory, customer_ids: Sequence[int] | None = None) -> list[Came]:
    """Everybody, or these, by id."""
    statement = select(CUSTOMERS.c.id, _SOURCE, CUSTOMERS.c.created_at).order_by(CUSTOMERS.c.id)
    if customer_ids is not None:
        statement = statement.where(CUSTOMERS.c.id.in_(customer_ids))
    return [Came(id_, source, day_of(at)) for id_, source, at in memory.connection().execute(statement)]
