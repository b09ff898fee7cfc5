"""Entities through prepared statements behave as if SQLAlchemy had loaded and written them. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, event, func, select, update
from sqlalchemy.exc import IntegrityError

from storage import customers
from storage.database import Database, Memory
from storage.memory import Selection
from storage.models import ButtonToken, Conversation, Customer, Fact, Meta, table_of
from storage.prepared import Insertion, Prepared

NOW = datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)
FACTS = Selection(Fact, Fact.customer_id == bindparam("customer"), order_by=Fact.id)
CUSTOMERS = Selection(Customer, Customer.id == bindparam("customer"))


def add_customer(memory: Memory, name: str = "Ana") -> Customer:
    return customers.add(memory, name=name, language="en", now=NOW)


def columns_of(entity: Any) -> dict[str, Any]:
    return {attribute.key: getattr(entity, attribute.key) for attribute in entity.__mapper__.column_attrs}


def test_inserted_entity_has_its_id_and_the_defaults_of_its_columns(database: Database) -> None:
    def work(memory: Memory) -> dict[str, Any]:
        return columns_of(add_customer(memory))

    made = database.write_now(work)
    assert (made["status"], made["tier"], made["group"], made["value"], made["tags"]) == (
        "active", "new", "steady", {}, [],
    )  # fmt: skip
    assert database.read_now(lambda memory: columns_of(memory.get(Customer, made["id"]))) == made


def test_defaults_are_not_shared_by_entities(database: Database) -> None:
    first, second = database.write_now(lambda memory: (add_customer(memory), add_customer(memory)))
    assert first.tags is not second.tags


def test_selected_entity_is_the_one_that_get_finds(database: Database) -> None:
    customer_id = database.write_now(lambda memory: add_customer(memory).id)

    def work(memory: Memory) -> tuple[bool, bool]:
        selected = CUSTOMERS.first(memory, customer=customer_id)
        return memory.get(Customer, customer_id) is selected, CUSTOMERS.first(memory, customer=customer_id) is selected

    assert database.write_now(work) == (True, True)


def test_selected_values_are_those_that_sqlalchemy_loads(database: Database) -> None:
    def fill(memory: Memory) -> int:
        customer = add_customer(memory)
        customer.tags, customer.value, customer.last_contact_at = ["a", "é"], {"x": 1.5}, NOW + timedelta(hours=1)
        return customer.id

    customer_id = database.write_now(fill)
    ours = database.write_now(lambda memory: columns_of(CUSTOMERS.first(memory, customer=customer_id)))
    assert ours == database.read_now(lambda memory: columns_of(memory.get(Customer, customer_id)))
    assert ours["last_contact_at"].tzinfo is UTC


def test_changed_attributes_are_written_and_no_others(database: Database) -> None:
    customer_id = database.write_now(lambda memory: add_customer(memory).id)

    def change(memory: Memory) -> None:
        held = CUSTOMERS.first(memory, customer=customer_id)
        assert held is not None
        memory.connection().execute(update(table_of(Customer)).values(city="Berlin"))
        held.group, held.tags, held.language = "regular", ["vip"], held.language

    database.write_now(change)
    found = database.read_now(lambda memory: memory.get(Customer, customer_id))
    assert found is not None
    assert (found.group, found.tags, found.city) == ("regular", ["vip"], "Berlin")


def test_a_change_is_written_once(sqlite_database: Database) -> None:
    customer_id = sqlite_database.write_now(lambda memory: add_customer(memory).id)
    updates: list[str] = []

    def change(memory: Memory) -> None:
        held = CUSTOMERS.first(memory, customer=customer_id)
        assert held is not None
        memory.driver.set_trace_callback(lambda sql: updates.append(sql) if sql.startswith("UPDATE") else None)
        held.city = "Berlin"
        memory.flush()
        memory.flush()
        held.city = "Bonn"

    sqlite_database.write_now(change)
    assert [sql.partition("city='")[2].partition("'")[0] for sql in updates] == ["Berlin", "Bonn"]


def test_pending_changes_are_seen_by_the_next_selection(database: Database) -> None:
    known = Selection(Fact, Fact.customer_id == bindparam("customer"), Fact.superseded_by.is_(None))

    def work(memory: Memory) -> tuple[list[str], list[str]]:
        customer = add_customer(memory)
        values = {"customer_id": customer.id, "kind": "preference", "confidence": 1.0, "since": NOW}
        old, new = memory.create(Fact, value="tea", **values), Fact(value="coffee", **values)
        memory.add(new)  # not written yet
        before = [fact.value for fact in known.all(memory, customer=customer.id)]
        old.superseded_by = new.id
        return before, [fact.value for fact in known.all(memory, customer=customer.id)]

    assert database.write_now(work) == (["tea", "coffee"], ["coffee"])


def test_an_expression_is_left_to_sqlalchemy(database: Database) -> None:
    def work(memory: Memory) -> str:
        customer = add_customer(memory)
        customer.name = func.upper("ana")
        memory.flush()
        return customer.name

    assert database.write_now(work) == "ANA"


def test_a_failing_piece_undoes_what_was_inserted(database: Database) -> None:
    def fail(memory: Memory) -> None:
        add_customer(memory)
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(fail)
    assert database.read_now(lambda memory: memory.scalar(select(func.count()).select_from(Customer))) == 0


def test_a_broken_constraint_is_told_as_sqlalchemy_tells_it(database: Database) -> None:
    def twice(memory: Memory) -> None:
        customer = add_customer(memory)
        customers.link(memory, customer.id, "telegram", "1", NOW)
        customers.link(memory, customer.id, "telegram", "1", NOW)

    with pytest.raises(IntegrityError):
        database.write_now(twice)


def test_an_entity_gone_meanwhile_is_not_written_in_silence(sqlite_database: Database) -> None:
    def work(memory: Memory) -> None:
        customer = add_customer(memory)
        memory.driver.execute("DELETE FROM customers")
        customer.city = "Berlin"

    with pytest.raises(Exception, match="expected to update 1 row"):
        sqlite_database.write_now(work)


def test_entities_without_a_number_of_their_own(database: Database) -> None:
    def work(memory: Memory) -> dict[str, Any]:
        customer = add_customer(memory)
        memory.create(Conversation, customer_id=customer.id, misunderstood=2)
        memory.create(ButtonToken, token="t", chat_id=1, action="undo", row="r", created_at=NOW, values={"facts": [1]})
        return columns_of(memory.get(ButtonToken, "t")) | {"misunderstood": memory.get(Conversation, customer.id)}

    made = database.write_now(work)
    assert (made["values"], made["again"], made["used_at"]) == ({"facts": [1]}, False, None)
    assert (made["misunderstood"].misunderstood, made["misunderstood"].last_recorded) == (2, {})


def test_prepared_statements_count_the_rows_they_change(database: Database) -> None:
    insertion = Insertion(table_of(Meta))
    change = Prepared(update(table_of(Meta)).where(Meta.key == bindparam("k")).values(value=bindparam("new")))
    read = Prepared(select(Meta.key, Meta.value).order_by(Meta.key))

    def work(memory: Memory) -> tuple[int, int, list[tuple[Any, ...]]]:
        insertion.run_all(memory, [{"key": "a", "value": {"n": 1}}, {"key": "b", "value": "é"}])
        return change.run(memory, k="a", new=[2]), change.run(memory, k="c", new=[3]), read.rows(memory)

    assert database.write_now(work) == (1, 0, [("a", [2]), ("b", "é")])


def test_the_writer_on_sqlite_does_not_pass_through_sqlalchemy(sqlite_database: Database) -> None:
    seen: list[str] = []
    customer_id = sqlite_database.write_now(lambda memory: add_customer(memory).id)
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))

    def visit(memory: Memory) -> None:
        held = customers.get(memory, customer_id) if seen else CUSTOMERS.first(memory, customer=customer_id)
        assert held is not None
        held.last_contact_at = NOW
        assert FACTS.all(memory, customer=customer_id) == []

    sqlite_database.write_now(visit)
    assert seen == []
