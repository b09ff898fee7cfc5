"""/duplicates: both sides side by side, merged by a tap, two again by another."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.identify import facts
from bot.identify.proposals import renew_proposals
from storage import customers
from storage.database import Database, Memory
from storage.models import AuditEntry, Customer
from tests.support.visits import Chat, House


def enter_again(house: House) -> int:
    """Ana once more, as an old file has her: with her birthday, a phone, and no Telegram."""

    def run(memory: Memory) -> int:
        ana = memory.get_one(Customer, 1)
        again = customers.add(memory, name="Keller, Anna", language="en", now=house.clock.at, city="Berlin")
        for customer in (ana, again):
            customer.city = "Berlin"
            facts.record(
                memory, customer.id, kind="occasion", value="birthday", date="1990-05-03", now=house.clock.at,
                contact_id=None,
            )  # fmt: skip
        customers.link(memory, again.id, "phone", "+491713920777", house.clock.at)
        return again.id

    number: int = house.write(run)
    renew_proposals(house.database, house.clock.at)
    return number


def names_of(house: House) -> dict[int, str]:
    return house.read(lambda memory: {one.id: one.name for one in memory.scalars(select(Customer)) if "nn" in one.name or "Ana" in one.name})  # fmt: skip


def test_nobody_is_entered_twice(olivia: Chat) -> None:
    olivia.send("/duplicates")
    assert olivia.last.name == "staff/no_duplicates"


def test_a_pair_side_by_side_is_merged_and_parted(house: House, olivia: Chat) -> None:
    number = enter_again(house)
    olivia.send("/duplicates")
    assert olivia.last.name == "staff/duplicate"
    assert list(olivia.last.buttons) == ["Merge", "Not the same"]
    for shown in (
        "Ana Keller",
        "Keller, Anna",
        f"#{number}",
        "+491713920777",
        "Telegram 501",
        "✓ the same birthday: 1990-05-03",
    ):
        assert shown in olivia.text
    olivia.press("Merge")
    assert olivia.last.name == "staff/merged"
    assert f"#{number} is <b>Ana Keller</b> (#1) now" in olivia.text
    assert names_of(house) == {1: "Ana Keller"}
    olivia.press("Undo")
    assert olivia.last.name == "staff/merge_undone"
    assert names_of(house) == {1: "Ana Keller", number: "Keller, Anna"}
    olivia.press("Next pair")
    assert olivia.last.name == "staff/duplicate"  # it is proposed again


def test_undoing_twice_and_too_late(house: House, olivia: Chat) -> None:
    enter_again(house)
    olivia.send("/duplicates")
    pair = olivia.last
    olivia.press("Merge")
    merged = olivia.last
    house.pass_time(days=2)
    olivia.press("Undo", again=merged)
    assert "too late" in olivia.toast
    assert len(names_of(house)) == 1
    olivia.press("Merge", again=pair)
    assert len(names_of(house)) == 1


def test_not_the_same_is_remembered_and_taken_back(house: House, chen: Chat) -> None:
    enter_again(house)
    chen.send("/duplicates")
    assert "✓ 生日相同：1990-05-03" in chen.text
    chen.press("不是同一人")
    assert chen.last.name == "staff/kept_apart"
    assert renew_proposals(house.database, house.clock.at).proposed == 0
    chen.press("撤销")
    assert chen.last.name == "staff/duplicate"


def test_every_step_leaves_an_audit_row(house: House, olivia: Chat) -> None:
    enter_again(house)
    olivia.send("/duplicates")
    olivia.press("Merge")
    olivia.press("Undo")
    rows = house.read(lambda memory: [
        (one.command, one.outcome, one.customer_id) for one in memory.scalars(select(AuditEntry).order_by(AuditEntry.id))
    ])  # fmt: skip
    assert rows == [("duplicates", "done", None), ("press:merge_pair", "done", 1), ("press:undo_merge", "done", 1)]


def test_what_a_shown_phone_brought_is_parted_by_a_colleague(house: House, ana: Chat, olivia: Chat) -> None:
    """A family's phone may be in the file under another of them."""
    number = enter_again(house)
    ana.send_contact("491713920777")
    assert names_of(house) == {1: "Ana Keller"}
    told = house.shown(900)[-1]
    assert (told.name, list(told.buttons)) == ("staff/phone", ["Undo"])
    olivia.press("Undo", again=told)
    assert olivia.last.name == "staff/merge_undone"
    assert names_of(house) == {1: "Ana Keller", number: "Keller, Anna"}


def test_customers_do_not_learn_of_it(house: House, ana: Chat) -> None:
    enter_again(house)
    ana.send("/duplicates")
    assert ana.last.name == "chat/unknown_command"


def test_who_presses_is_who_stays(house: House, olivia: Chat) -> None:
    """A colleague's own entry is not merged away under their hands."""
    olivia.send("/team")
    own = olivia.customer.id

    def again(memory: Memory) -> None:
        other = customers.add(memory, name="Olivia", language="en", now=house.clock.at)
        customers.link(memory, other.id, "telegram", "904", house.clock.at)
        for customer_id in (own, other.id):
            facts.record(
                memory, customer_id, kind="occasion", value="birthday", date="1980-02-01", now=house.clock.at,
                contact_id=None,
            )  # fmt: skip

    house.write(again)
    renew_proposals(house.database, house.clock.at)
    olivia.send("/duplicates")
    olivia.press("Merge")
    assert olivia.last.name == "staff/merged"
    assert olivia.customer.id == own


@pytest.mark.parametrize("name", ["<b>{{7*7}}", "\u202eKeller"])
def test_hostile_names_stay_text(house: House, olivia: Chat, name: str) -> None:
    number = enter_again(house)
    house.write(lambda memory: setattr(memory.get_one(Customer, number), "name", name))
    olivia.send("/duplicates")
    assert "49" not in olivia.text.replace("+491713920777", "")
    assert "<b>{{" not in olivia.text
    assert "\u202e" not in olivia.text


def test_on_both_databases(database: Database) -> None:
    house = House(database)
    house.add_staff()
    ana = Chat(house, name="Ana", last_name="Keller")
    ana.send("/start")
    enter_again(house)
    olivia = Chat(house, person=900, name="Olivia")
    olivia.send("/duplicates")
    olivia.press("Merge")
    ana.send("I love mint tea")
    olivia.press("Undo")
    assert olivia.last.name == "staff/merge_undone"
    assert len(names_of(house)) == 2
