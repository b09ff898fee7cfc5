"""Moves everything of one customer to another."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from storage.database import Memory
from storage.models import Base, Conversation, Customer, FollowUp, QuestionAsked

UNIQUE_BESIDE_CUSTOMER = {QuestionAsked.__tablename__: ("name",), FollowUp.__tablename__: ("rule", "occurrence")}


def move(memory: Memory, *, source: int, target: int) -> None:
    """Every row that names `source` names `target`; where both have the same, the target's stays. `source` goes."""
    memory.flush()
    connection = memory.connection()
    connection.execute(delete(Conversation).where(Conversation.customer_id == source))
    for table in Base.metadata.sorted_tables:
        column = table.c.get("customer_id")
        if column is None or table.name == Conversation.__tablename__:
            continue
        if (keys := UNIQUE_BESIDE_CUSTOMER.get(table.name)) is not None:
            other = table.alias()
            same = [other.c[key] == table.c[key] for key in keys]
            twin = select(other.c.id).where(other.c.customer_id == target, *same).exists()
            connection.execute(delete(table).where(column == source, twin))
        connection.execute(update(table).where(column == source).values(customer_id=target))
    memory.expunge(memory.get_one(Customer, source))
    connection.execute(delete(Customer).where(Customer.id == source))
