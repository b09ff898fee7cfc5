"""What colleagues see and record of a customer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.identify import consents
from storage.models import Contact, Customer, Event, Order, TierChange
from tests.support.visits import Chat, House


def orders(house: House) -> list[tuple[int, int, str, list[tuple[str, int]]]]:
    return house.read(lambda memory: [
        (order.customer_id, order.total, order.source, [(line.sku, line.quantity) for line in order.lines])
        for order in memory.scalars(select(Order).order_by(Order.id))])  # fmt: skip


def test_find_opens_a_profile(olivia: Chat) -> None:
    olivia.send("/find ana keler")
    assert list(olivia.last.buttons) == ["Ana Keller · #1 · new"]
    olivia.press("Ana Keller")
    assert olivia.last.name == "staff/profile"
    assert "⚠️ <b>peanuts</b>" in olivia.text
    assert "likes oat latte" in olivia.text.lower()
    assert "<i>“I love oat lattes”, 2 Mar 2026</i>" in olivia.text  # where we know it from
    olivia.press("Ana Keller", again=next(one for one in olivia.house.shown(900) if one.name == "staff/found"))
    assert olivia.last.name == "staff/profile"  # a list may be used again


def test_a_profile_in_the_colleagues_language(chen: Chat) -> None:
    chen.send("/profile #1")
    assert "说英语" in chen.text
    assert "还没有订单" in chen.text


@pytest.mark.parametrize("key", ["1", "#1", "ana", "telegram:501", '"Ana Keller"', "Ana Keller"])
def test_an_order_at_the_counter(house: House, olivia: Chat, key: str) -> None:
    olivia.send(f"/order {key} 8,50 2 oat lattes and a cinnamon bun")
    assert olivia.last.name == "staff/order_kept"
    assert "€8.50 — 2 × Oat latte, Cinnamon bun" in olivia.text
    assert orders(house) == [(1, 850, "counter", [("oat-latte", 2), ("cinnamon-bun", 1)])]
    assert house.read(lambda memory: [
        (row.kind, row.reference) for row in memory.scalars(select(Event).where(Event.kind == "order"))
    ]) == [("order", "1")]  # fmt: skip
    contact = house.read(lambda memory: memory.scalars(select(Contact).where(Contact.kind == "order")).one())
    assert (contact.customer_id, contact.direction, contact.channel, contact.staff_id) == (1, "in", "counter", 1)


def test_a_second_order_earns_a_tier_and_undo_takes_it_back(house: House, olivia: Chat) -> None:
    olivia.send("/order #1 3.50")
    olivia.send("/order #1 4")
    assert "Tier new → <b>C</b>" in olivia.text
    olivia.press("Undo")
    assert olivia.last.name == "staff/order_undone"
    assert [one[1] for one in orders(house)] == [350]
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier == "new"
    undone = next(one for one in reversed(house.shown(900)) if "Undo" in one.buttons)
    olivia.press("Undo", again=undone)  # twice
    assert len(orders(house)) == 1


def test_undo_has_an_end(house: House, olivia: Chat) -> None:
    olivia.send("/order #1 3.50")
    house.pass_time(days=1, seconds=1)
    olivia.press("Undo")
    assert len(orders(house)) == 1
    assert "too late" in olivia.toast


@pytest.mark.parametrize("text", ["", "#1", "#1 much", "8.50", "#1 12345678.00", "#1 1234567.00"])
def test_an_order_that_cannot_be_read(house: House, olivia: Chat, text: str) -> None:
    olivia.send(f"/order {text}")
    assert olivia.last.name in ("staff/usage", "staff/nobody")
    assert orders(house) == []


def test_several_of_one_name_are_asked_about(house: House, olivia: Chat) -> None:
    other = Chat(house, person=503, name="Ana", last_name="Keller")
    other.send("/start")
    olivia.send('/order "Ana Keller" 8.50 a mocha')
    assert olivia.last.name == "staff/which"
    assert orders(house) == []
    olivia.press(f"Ana Keller · #{other.customer.id}")
    assert olivia.last.name == "staff/order_kept"
    assert orders(house) == [(other.customer.id, 850, "counter", [("mocha", 1)])]


def test_notes_are_kept_counted_and_taken_back(house: House, olivia: Chat, chen: Chat) -> None:
    olivia.send("/note Ana Keller likes the table by the <window>")
    assert "likes the table by the &lt;window&gt;" in olivia.text
    chen.send("/note #1 每周五来")
    note = house.read(lambda memory: memory.scalars(
        select(Contact).where(Contact.direction == "note").order_by(Contact.id)).first())  # fmt: skip
    assert (note.customer_id, note.text, note.staff_id) == (1, "likes the table by the <window>", 1)
    olivia.send("/profile #1")
    assert "📝 每周五来 <i>(小陈, " in olivia.text
    olivia.send("/team")
    assert "Olivia</b>, owner · 900 · 📝 1" in olivia.text
    chen.press("撤销")
    assert chen.last.name == "staff/note_undone"
    olivia.send("/profile #1")
    assert "每周五来" not in olivia.text


def test_a_tier_by_hand_stays_until_auto(house: House, olivia: Chat, chen: Chat) -> None:
    olivia.send("/tier #1 A brings her whole team")
    ana = house.read(lambda memory: memory.get_one(Customer, 1))
    assert (ana.tier, ana.tier_reason, ana.tier_set_by) == ("A", "brings her whole team", 1)
    olivia.send("/order #1 3")
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier == "A"
    chen.send("/tier #1 auto")
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier == "new"
    chen.press("撤销")
    ana = house.read(lambda memory: memory.get_one(Customer, 1))
    assert (ana.tier, ana.tier_reason, ana.tier_set_by) == ("A", "brings her whole team", 1)
    changes = house.read(lambda memory: [
        (one.before, one.after) for one in memory.scalars(select(TierChange).order_by(TierChange.id))])  # fmt: skip
    assert changes == [("new", "A"), ("A", "new"), ("new", "A")]


@pytest.mark.parametrize(
    ("by", "words", "reason"),
    [("olivia", "until", "her team is here"), ("chen", "至", "常带同事来")],
)
def test_a_tier_by_hand_may_have_an_end(
    house: House, olivia: Chat, chen: Chat, by: str, words: str, reason: str
) -> None:
    colleague = olivia if by == "olivia" else chen
    colleague.send(f"/tier #1 A {reason} {words} 2026-03-20")
    ana = house.read(lambda memory: memory.get_one(Customer, 1))
    assert (ana.tier, ana.tier_reason) == ("A", reason)
    assert ana.tier_until == datetime(2026, 3, 20, 22, 59, 59, tzinfo=UTC)  # the day's end in Berlin
    assert ("until 20 Mar 2026" in colleague.text) or ("2026年3月20日之前" in colleague.text)
    colleague.send("/why #1")
    assert ("(set by us until 20 Mar 2026)" in colleague.text) or ("（人工设定，至 2026年3月20日）" in colleague.text)
    colleague.send("/tier #1 B for good")
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier_until is None
    colleague.press("Undo" if by == "olivia" else "撤销")
    ana = house.read(lambda memory: memory.get_one(Customer, 1))
    assert (ana.tier, ana.tier_until) == ("A", datetime(2026, 3, 20, 22, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize("end", ["2026-03-01", "2026-02-31", "2025-12-31"])
def test_an_end_that_is_over_or_no_day_is_refused(house: House, olivia: Chat, end: str) -> None:
    olivia.send(f"/tier #1 A her team is here until {end}")
    assert olivia.last.name == "staff/usage"
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier == "new"


@pytest.mark.parametrize("text", ["", "#1", "#1 A", "#1 D because", "A because"])
def test_a_tier_without_its_reason_is_none(house: House, olivia: Chat, text: str) -> None:
    olivia.send(f"/tier {text}")
    assert olivia.last.name == "staff/usage"
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier == "new"


def test_who_switched_profiling_off_has_no_tier(house: House, ana: Chat, olivia: Chat) -> None:
    house.write(lambda memory: consents.answer(
        memory, memory.get_one(Customer, 1), "profiling", granted=False, wording="test", contact_id=None,
        now=house.clock.now()))  # fmt: skip
    olivia.send("/tier #1 A a friend")
    assert olivia.last.name == "staff/not_profiled"
    assert house.read(lambda memory: memory.get_one(Customer, 1)).tier == "new"


def test_why_in_four_lines(olivia: Chat, chen: Chat) -> None:
    olivia.send("/order #1 3.50")
    olivia.send("/order #1 3.50")
    olivia.send("/why #1")
    lines = olivia.text.splitlines()
    assert [line.partition("</b>")[0] for line in lines[1:]] == ["<b>Worth", "<b>Why", "<b>Next", "<b>Held back"]
    assert "2 orders worth €7.00" in lines[1]
    chen.send("/why #1")
    assert "orders" not in chen.text  # in Chinese throughout


def test_hostile_names_stay_text(house: House, olivia: Chat) -> None:
    hostile = Chat(house, person=666, name="<b>{{7*7}}", last_name="\u202eevil")
    hostile.send("/start")
    for command in ("/find 7*7", f"/profile #{hostile.customer.id}", f"/note #{hostile.customer.id} {{{{ 7*7 }}}}<i>",
                    f"/why #{hostile.customer.id}", f"/order #{hostile.customer.id} 5 <u>"):  # fmt: skip
        olivia.send(command)
        assert "49" not in olivia.text
        assert "<b>{{" not in olivia.text
        assert "\u202e" not in olivia.text
