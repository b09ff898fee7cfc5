"""Two entries become one and two again, on SQLite and PostgreSQL: histories, facts, consents, follow-ups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.identify import consents, facts, merging
from bot.identify.merging import CannotMerge
from bot.identify.proposals import renew_proposals
from storage import contacts, customers, duplicates, events, follow_ups, orders, outbox, stock
from storage.database import Database, Memory
from storage.follow_ups import Plan
from storage.models import (
    Base,
    Contact,
    Conversation,
    Customer,
    Duplicate,
    Fact,
    FollowUp,
    Merge,
    Order,
    QuestionAsked,
    table_of,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
BORN = "1990-05-03"


def meet(memory: Memory) -> tuple[int, int]:
    """Ana as the bot knows her, and as an old file does."""
    here = customers.add(memory, name="Ana Keller", language="en", now=NOW, tags=["regular"], city="Berlin")
    there = customers.add(
        memory, name="Keller, Anna", language="de", now=NOW - timedelta(days=400), tags=["regular", "wholesale"],
        lead_source="fair", city="Berlin", status="active", quiet_from="20:00", quiet_to="09:00",
    )  # fmt: skip
    live(memory, here.id, chat=501, said="oat milk", granted=True)
    live(memory, there.id, chat=502, said="oat milk", granted=False)
    customers.link(memory, there.id, "order_system", "K-7", NOW)
    facts.record(memory, there.id, kind="interest", value="chess", now=NOW, contact_id=None)
    for place, owner in enumerate((here, there)):
        facts.record(memory, owner.id, kind="occasion", value="birthday", date=BORN, now=NOW, contact_id=None)
        memory.add(Conversation(customer_id=owner.id, open_question={"name": f"q{place}"}))
        memory.add(QuestionAsked(customer_id=owner.id, name="milk", asked_at=NOW, outcome=f"of {place}"))
    memory.flush()
    return here.id, there.id


def live(memory: Memory, customer_id: int, *, chat: int, said: str, granted: bool) -> None:
    customers.link(memory, customer_id, "telegram", str(chat), NOW)
    contact = contacts.add(
        memory, customer_id=customer_id, direction="in", kind="text", at=NOW, text=f"I like {said}", chat_id=chat
    )
    facts.record(memory, customer_id, kind="preference", value=said, polarity="like", now=NOW, contact_id=contact)
    customer = memory.get_one(Customer, customer_id)
    consents.answer(memory, customer, "marketing", granted=granted, wording="start", contact_id=contact, now=NOW)
    orders.add_order(
        memory, customer_id=customer_id, external_id=f"o{chat}", ordered_at=NOW, total=500, currency="EUR",
        lines=[{"sku": "latte"}],
    )  # fmt: skip


def dump(memory: Memory) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but what a merge and its undoing leave on purpose."""
    left = ("events", "merges")
    return {
        table.name: sorted((dict(row) for row in memory.connection().execute(select(table)).mappings()), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in left
    }


def merge(database: Database, here: int, there: int) -> int:
    def run(memory: Memory) -> int:
        into, other = memory.get_one(Customer, here), memory.get_one(Customer, there)
        return merging.merge(memory, into=into, other=other, now=NOW).id

    return database.write_now(run)


def test_merging_keeps_both_histories(database: Database) -> None:
    here, there = database.write_now(meet)
    merge(database, here, there)

    def check(memory: Memory) -> None:
        ana = memory.get_one(Customer, here)
        assert memory.get(Customer, there) is None
        assert (ana.name, ana.tags, ana.lead_source, ana.quiet_from, ana.created_at) == (
            "Ana Keller", ["regular", "wholesale"], "fair", "20:00", NOW - timedelta(days=400)
        )  # fmt: skip
        assert {row.customer_id for row in memory.scalars(select(Contact))} == {here}
        assert [row.external_id for row in memory.scalars(select(Order).order_by(Order.id))] == ["o501", "o502"]
        identities = [(one.kind, one.value) for one in customers.list_identities(memory, here)]
        assert identities == [("telegram", "501"), ("telegram", "502"), ("order_system", "K-7")]
        known = facts.facts.list_current(memory, here)
        assert sorted(fact.value for fact in known) == ["birthday", "chess", "oat milk"]
        assert len(memory.scalars(select(Fact)).all()) == 5

    database.read_now(check)


@pytest.mark.parametrize(
    ("ours", "theirs", "held"),
    [
        (("05-03", "customer", 0), ("1990-05-03", "import", 1), "1990-05-03"),  # the same day, with its year
        (("05-03", "customer", 0), ("1990-08-11", "import", 1), "05-03"),  # the customer's own word
        (("1990-05-03", "import", 0), ("1990-05-04", "import", 1), "1990-05-04"),  # the newer
    ],
)
def test_one_birthday_is_left(
    database: Database, ours: tuple[str, str, int], theirs: tuple[str, str, int], held: str
) -> None:
    def two(memory: Memory) -> list[int]:
        made = [customers.add(memory, name="Ana", language="en", now=NOW) for _ in range(2)]
        for customer, (date, by, days) in zip(made, (ours, theirs), strict=True):
            facts.record(
                memory, customer.id, kind="occasion", value="birthday", date=date, stated_by=by,
                now=NOW + timedelta(days=days), contact_id=None,
            )  # fmt: skip
        return [one.id for one in made]

    here, there = database.write_now(two)
    merge(database, here, there)
    assert [fact.date for fact in database.read_now(lambda memory: facts.facts.list_current(memory, here))] == [held]


@pytest.mark.parametrize("ours", [True, False])
def test_the_stricter_consent_wins(database: Database, ours: bool) -> None:
    here, there = database.write_now(meet)

    def answer(memory: Memory) -> None:
        for customer_id, granted in ((here, ours), (there, not ours)):
            consents.answer(
                memory, memory.get_one(Customer, customer_id), "marketing", granted=granted, wording="start",
                contact_id=None, now=LATER,
            )  # fmt: skip

    database.write_now(answer)
    merge(database, here, there)
    assert database.read_now(lambda memory: consents.is_granted(memory, here, "marketing")) is False


def test_a_yes_stands_where_the_other_was_never_asked(database: Database) -> None:
    def two(memory: Memory) -> tuple[int, int]:
        one, other = (customers.add(memory, name="Ana", language="en", now=NOW) for _ in range(2))
        consents.answer(memory, other, "marketing", granted=True, wording="start", contact_id=None, now=NOW)
        return one.id, other.id

    here, there = database.write_now(two)
    merge(database, here, there)
    assert database.read_now(lambda memory: consents.is_granted(memory, here, "marketing")) is True


def test_undoing_leaves_everything_as_it_was(database: Database) -> None:
    here, there = database.write_now(meet)
    before = database.read_now(dump)
    number = merge(database, here, there)
    assert database.read_now(dump) != before
    undone = database.write_now(lambda memory: merging.undo_merge(memory, number, NOW)._asdict())
    assert database.read_now(dump) == before
    assert sum(undone["returned"].values()) + sum(undone["left"].values()) == 0
    assert database.read_now(lambda memory: memory.get_one(Merge, number).kept) == {}


def test_what_came_since_goes_to_whose_chat_it_was(database: Database) -> None:
    here, there = database.write_now(meet)
    number = merge(database, here, there)

    def go_on(memory: Memory) -> None:
        for chat, said in ((501, "tea"), (502, "mint")):
            contact = contacts.add(
                memory, customer_id=here, direction="in", kind="text", at=LATER, text=said, chat_id=chat
            )
            facts.record(memory, here, kind="preference", value=said, polarity="like", now=LATER, contact_id=contact)
            stock.add(memory, here, [(said, 3)], at=LATER, contact_id=contact)
        facts.record(memory, here, kind="interest", value="chess", polarity="dislike", now=LATER, contact_id=None)
        orders.add_order(
            memory, customer_id=here, external_id="new", ordered_at=LATER, total=1, currency="EUR", lines=[]
        )
        memory.get_one(Customer, here).city = "Hamburg"

    database.write_now(go_on)

    def undo(memory: Memory) -> tuple[dict[str, int], dict[str, int]]:
        undone = merging.undo_merge(memory, number, LATER)
        return undone.returned, undone.left

    returned, left = database.write_now(undo)
    assert returned == {"contacts": 1, "facts": 1, "feedback": 0, "orders": 0}
    assert left == {"contacts": 1, "facts": 2, "feedback": 0, "orders": 1}

    def check(memory: Memory) -> None:
        told = {id_: [row.sku for row in stock.list_told(memory, [id_], NOW)] for id_ in (here, there)}
        assert told == {here: ["tea"], there: ["mint"]}
        current = {id_: {fact.value for fact in facts.facts.list_current(memory, id_)} for id_ in (here, there)}
        assert current == {here: {"oat milk", "birthday", "tea", "chess"},
                           there: {"oat milk", "birthday", "mint", "chess"}}  # fmt: skip
        assert memory.get_one(Customer, here).city == "Hamburg"  # changed since: it stays so
        assert memory.get_one(Customer, here).tags == ["regular"]

    database.read_now(check)


def test_follow_ups_are_judged_anew_and_happen_once(database: Database) -> None:
    here, there = database.write_now(meet)

    def plan(memory: Memory) -> None:
        far = NOW + timedelta(days=9)
        for owner in (here, there):
            follow_ups.add_plans(memory, [Plan(owner, "birthday", "2026-05-03", "marketing", NOW, far, {})], NOW)
        follow_ups.add_plans(memory, [Plan(there, "reminder", "1", "service", NOW, far, {})], NOW)
        sent = outbox.add(memory, "sendMessage", {"chat_id": 502}, now=NOW, chat_id=502, customer_id=there)
        rows = table_of(FollowUp)
        memory.execute(rows.update().where(rows.c.customer_id == there, rows.c.rule == "birthday").values(
            status="queued", outbox_id=sent.id))  # fmt: skip
        memory.execute(rows.update().where(rows.c.rule == "reminder").values(status="held", due_at=far))

    database.write_now(plan)
    before = database.read_now(dump)
    number = merge(database, here, there)

    def look(memory: Memory) -> list[tuple[int, str, str, datetime]]:
        rows = memory.scalars(select(FollowUp).order_by(FollowUp.rule, FollowUp.customer_id))
        return [(row.customer_id, row.rule, row.status, row.due_at) for row in rows]

    assert database.read_now(look) == [(here, "birthday", "queued", NOW), (here, "reminder", "held", NOW)]
    database.write_now(lambda memory: merging.undo_merge(memory, number, NOW) and None)
    after = database.read_now(dump)
    assert [row["due_at"] for row in after["follow_ups"] if row["rule"] == "reminder"] == [NOW]
    for row in (*before["follow_ups"], *after["follow_ups"]):
        row.pop("due_at")
    assert after == before


def test_merges_are_undone_in_order_newest_first(database: Database) -> None:
    here, there = database.write_now(meet)
    third = database.write_now(lambda memory: customers.add(memory, name="A. Keller", language="en", now=NOW).id)
    before = database.read_now(dump)
    first = merge(database, here, there)
    second = merge(database, third, here)
    with pytest.raises(CannotMerge) as refused:
        database.write_now(lambda memory: merging.undo_merge(memory, first, NOW))
    assert (refused.value.why, refused.value.number) == ("later", second)
    for number in (second, first):
        database.write_now(lambda memory, number=number: merging.undo_merge(memory, number, NOW) and None)
    assert database.read_now(dump) == before
    with pytest.raises(CannotMerge, match="undone already"):
        database.write_now(lambda memory: merging.undo_merge(memory, first, NOW))
    with pytest.raises(CannotMerge, match="no merge 99"):
        database.write_now(lambda memory: merging.undo_merge(memory, 99, NOW))
    with pytest.raises(CannotMerge, match="name two"):
        merge(database, here, here)


def test_proposals_are_renewed_and_not_repeated(database: Database) -> None:
    here, there = database.write_now(meet)
    assert renew_proposals(database, NOW).proposed == 1

    def pairs(memory: Memory) -> list[tuple[int, int, int, str]]:
        return [(one.id, one.one_id, one.other_id, one.status) for one in memory.scalars(select(Duplicate))]

    assert database.read_now(pairs) == [(1, here, there, "proposed")]
    assert renew_proposals(database, LATER).proposed == 1
    assert database.read_now(pairs) == [(1, here, there, "proposed")]  # its number stays
    database.write_now(lambda memory: duplicates.keep_apart(memory, there, here, NOW) and None)
    assert renew_proposals(database, LATER).proposed == 0
    assert database.read_now(pairs) == [(1, here, there, "apart")]


def test_only_who_is_new_or_has_changed_is_compared_again(database: Database) -> None:
    here, there = database.write_now(meet)
    third = database.write_now(lambda memory: customers.add(memory, name="Tim Vogel", language="en", now=NOW).id)

    def renew() -> tuple[int, int, int]:
        return renew_proposals(database, LATER, anew=False)

    assert renew() == (3, 3, 1)
    assert renew() == (3, 0, 1)  # nobody was compared, and the pair stays
    database.write_now(lambda memory: setattr(memory.get_one(Customer, there), "name", "Zoe Quandt"))
    assert renew() == (3, 1, 0)
    database.write_now(lambda memory: setattr(memory.get_one(Customer, third), "name", "Anna Keller"))
    record = partial(facts.record, customer_id=third, kind="occasion", value="birthday", date=BORN, now=NOW)
    database.write_now(lambda memory: record(memory, contact_id=None) and None)
    assert renew() == (3, 1, 1)
    (pair,) = database.read_now(lambda memory: [(one.one_id, one.other_id) for one in duplicates.list_proposed(memory)])
    assert pair == (here, third)


def test_who_is_two_again_is_compared_with_who_came_since(database: Database) -> None:
    here, there = database.write_now(meet)
    renew_proposals(database, NOW, anew=False)
    number = merge(database, here, there)
    third = database.write_now(lambda memory: customers.add(memory, name="Keller, Anna", language="en", now=NOW).id)
    database.write_now(lambda memory: customers.link(memory, third, "order_system", "K-8", NOW))
    born = partial(facts.record, customer_id=third, kind="occasion", value="birthday", date=BORN, now=NOW)
    database.write_now(lambda memory: born(memory, contact_id=None) and None)
    renew_proposals(database, LATER, anew=False)
    database.write_now(lambda memory: merging.undo_merge(memory, number, LATER) and None)
    renew_proposals(database, LATER, anew=False)

    def pairs(memory: Memory) -> set[tuple[int, int]]:
        return {(one.one_id, one.other_id) for one in duplicates.list_proposed(memory)}

    found = database.read_now(pairs)
    renew_proposals(database, LATER)
    assert (there, third) in found
    assert found == database.read_now(pairs)  # as if all were compared anew


def test_who_is_apart_from_one_is_apart_from_both(database: Database) -> None:
    here, there = database.write_now(meet)
    third = database.write_now(lambda memory: customers.add(memory, name="A. Keller", language="en", now=NOW).id)
    database.write_now(lambda memory: duplicates.keep_apart(memory, there, third, NOW) and None)
    number = merge(database, here, there)
    assert database.read_now(duplicates.list_apart) == {(here, third)}
    database.write_now(lambda memory: merging.undo_merge(memory, number, NOW) and None)
    assert database.read_now(duplicates.list_apart) == {(here, third), (there, third)}


def test_a_phone_of_two_telegram_users_is_noted_for_both(database: Database) -> None:
    here, there = database.write_now(meet)

    def link(memory: Memory) -> list[str]:
        people = [memory.get_one(Customer, id_) for id_ in (here, there)]
        return [merging.link_phone(memory, one, "+491713920777", NOW) for one in people]

    assert database.write_now(link) == ["linked", "taken"]
    compared = database.read_now(lambda memory: duplicates.load_compared(memory))
    assert [one.phones for one in compared] == [frozenset({"+491713920777"})] * 2
    assert len(database.read_now(lambda memory: events.list_waiting(memory))) > 0
