"""One conversation on SQLite and on PostgreSQL: everything kept, taken back, merged and erased on both."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.identify import merging
from storage import customers
from storage.database import Database, Memory
from storage.models import Customer, Fact, FollowUp, QuestionAsked
from tests.support.visits import Chat, House


def test_a_conversation_from_start_to_erasure(database: Database) -> None:
    house = House(database)
    house.add_knowledge()
    house.add_staff()
    chat = Chat(house)
    chat.send("/start poster-12")
    chat.press("Yes")
    chat.send("a flat white")
    message = chat.send("I'm allergic to nuts and my daughter Mia's birthday is 3 May")
    chat.edit(message, "I'm allergic to peanuts and my daughter Mia's birthday is 4 May")
    held = {(fact.value, fact.date) for fact in chat.rows(Fact) if not fact.forgotten_at and not fact.superseded_by}
    assert held == {("flat white", None), ("peanuts", None), ("birthday", "05-04")}
    chat.press("Undo")
    chat.send("remind me in two weeks to reorder beans")
    chat.press("Undo")
    chat.send("my latte was cold")
    chat.send("/me")
    chat.press("Do not work out")
    chat.send("/export")
    chat.send("/forgetme")
    chat.press("Yes, erase")
    assert house.read(lambda memory: memory.scalar(select(func.count()).select_from(Customer))) == 0
    assert "are erased" in chat.text


def test_merging_keeps_one_of_what_both_have(database: Database) -> None:
    house = House(database)
    now = house.clock.at

    def make(memory: Memory) -> tuple[int, int]:
        here = customers.add(memory, name="Ana", language="en", now=now, tags=["regular"])
        there = customers.add(
            memory, name="A. M.", language="en", now=now, tags=["regular", "wholesale"], status="stopped"
        )
        for owner, outcome in ((here, "skipped"), (there, "answered")):
            memory.add(QuestionAsked(customer_id=owner.id, name="milk", asked_at=now, outcome=outcome))
            memory.add(FollowUp(
                customer_id=owner.id, rule="birthday", occurrence="1", purpose="marketing", planned_for=now, due_at=now,
                expires_at=now, created_at=now, reason=outcome,
            ))  # fmt: skip
        memory.add(Fact(customer_id=there.id, kind="preference", value="mint", confidence=1.0, since=now))
        memory.flush()
        merging.merge(memory, into=here, other=there, now=now)
        return here.id, there.id

    here, there = house.write(make)

    def check(memory: Memory) -> None:
        customer = memory.get_one(Customer, here)
        assert (customer.tags, customer.status) == (["regular", "wholesale"], "stopped")
        assert memory.get(Customer, there) is None
        assert [row.outcome for row in memory.scalars(select(QuestionAsked))] == ["skipped"]
        assert [row.reason for row in memory.scalars(select(FollowUp))] == ["skipped"]
        assert [row.customer_id for row in memory.scalars(select(Fact))] == [here]

    house.read(check)
