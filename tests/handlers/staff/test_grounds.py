"""What tiers rest on, as /why says it, with 0, 5, 40 and 200 customers; and what it says of somebody who fell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all
from storage import follow_ups, requests
from storage.database import Database, Memory
from storage.models import Customer, FollowUpStatus
from tests.bot.differentiate.test_forecast import END, fill
from tests.support.follow_ups import DAY, SETTINGS, add_customer, buy
from tests.support.visits import Chat, House, TestClock

GROUNDS = {
    0: ("Nobody has bought yet: there is nothing to go by.", "还没有人下过单，没有可依据的数据。"),
    5: (
        "Tiers are by orders, money and recency: 5 customers bought so far, and by value takes 30.",
        "至今 5 位顾客下过单",
    ),
    40: (
        "Tiers are by value, from the orders of 40 customers; few came back yet",
        "依据 40 位顾客的订单；回头客还不多",
    ),
    200: ("Tiers are by value, from the orders of 200 customers.", "等级按价值划分，依据 200 位顾客的订单。"),
}


@pytest.fixture
def house(sqlite_database: Database) -> House:
    house = House(sqlite_database, clock=TestClock(END))
    house.add_staff(900, "Olivia", "owner", "en")
    house.add_staff(901, "小陈", "staff", "zh")
    return house


@pytest.mark.parametrize("customers", GROUNDS)
def test_why_says_what_the_tier_rests_on(house: House, customers: int) -> None:
    fill(house.database, customers, seed=5)
    somebody = add_customer(house.database, "Who has not bought", now=END)
    differentiate_all(house.database, SETTINGS, END)
    english, chinese = GROUNDS[customers]
    for one in {1, somebody}:
        for person, name, words in ((900, "Olivia", english), (901, "小陈", chinese)):
            chat = Chat(house, person=person, name=name)
            chat.send(f"/why #{one}")
            assert words in chat.text
    stored = house.read(lambda memory: memory.get_one(Customer, somebody))
    assert english in stored.tier_reason  # also in `customers show`


def test_why_tells_of_a_fall(house: House) -> None:
    """From what to what, when, and with which numbers, in the colleague's language."""
    fill(house.database, 150, seed=5)
    anna = add_customer(house.database, "Anna", now=END - 200 * DAY)
    for week in range(20):
        buy(house.database, anna, END - (7 * week + 1) * DAY, total=3000)
    differentiate_all(house.database, SETTINGS, END)
    before = house.read(lambda memory: memory.get_one(Customer, anna))
    assert (before.tier, before.group) == ("A", "MVC")
    for days in range(7, 92, 7):
        house.write(lambda memory, days=days: retier(memory, SETTINGS, END + days * DAY))
    house.clock.at = END + timedelta(days=91)
    after = house.read(lambda memory: memory.get_one(Customer, anna))
    assert after.tier == "C"
    olivia, chen = Chat(house, person=900, name="Olivia"), Chat(house, person=901, name="小陈", language="zh")
    olivia.send(f"/why #{anna}")
    lines = olivia.text.splitlines()
    assert [line.partition("</b>")[0] for line in lines[1:]] == ["<b>Worth", "<b>Why", "<b>Next", "<b>Held back"]
    assert "On 14 Feb 2027 they went from B to C: “Worth €" in lines[2]
    assert lines[2].count("Tiers are by value") == 1
    chen.send(f"/why #{anna}")
    assert "2027年2月14日从 B 级降为 C 级：“今后 365 天的预计价值" in chen.text


def test_a_customer_hears_what_would_earn_more(house: House) -> None:
    fill(house.database, 150, seed=5)
    differentiate_all(house.database, SETTINGS, END)

    def find(memory: Memory) -> dict[str, int]:
        return {one.tier: one.id for one in memory.query(Customer).order_by(Customer.id)}

    of_tier = house.read(find)
    said = {}
    for tier in ("A", "B", "C"):
        person = 7000 + of_tier[tier]
        house.write(lambda memory, one=of_tier[tier], person=person: link(memory, one, person))
        chat = Chat(house, person=person)
        chat.send("/me")
        said[tier] = chat.text
    assert "You are among our closest regulars" in said["A"]
    assert "One step closer: " in said["B"]
    assert "To become a regular: " in said["C"]
    assert any("like yours within 30 days" in words for words in said.values())
    assert not any("€" in words for words in said.values())  # what somebody is worth is not for their eyes


def link(memory: Memory, customer: int, person: int) -> None:
    from storage import customers

    customers.link(memory, customer, "telegram", str(person), END)


def test_a_report_is_asked_for_by_who_may(house: House) -> None:
    Chat(house, person=901, name="小陈").send("/report")
    assert house.read(requests.list_asked) == []
    olivia = Chat(house, person=900, name="Olivia")
    olivia.send("/report")
    assert olivia.last.name == "staff/report_making"
    (asked,) = house.read(requests.list_asked)
    assert (asked["chat_id"], asked["language"]) == (900, "en")
    stranger = Chat(house, person=555)
    stranger.send("/report")
    assert stranger.last.name == "chat/unknown_command"


def test_why_tells_what_held_a_message_until_it_was_too_old(house: House) -> None:
    anna = add_customer(house.database)

    def skip(memory: Memory) -> None:
        plan = follow_ups.Plan(anna, "birthday", "2026-11-22", "marketing", END, END, {"held_by": "complaint"})
        follow_ups.add_plans(memory, [plan], END)
        (row,) = follow_ups.list_open_of(memory, anna)
        follow_ups.settle(memory, [follow_ups.Settled(row, FollowUpStatus.skipped, "too_old", END)])

    house.write(skip)
    olivia, chen = Chat(house, person=900, name="Olivia"), Chat(house, person=901, name="小陈", language="zh")
    for command in ("why", "followups"):
        olivia.send(f"/{command} #{anna}")
        assert "it could not be sent in time: a complaint is open" in olivia.text
        chen.send(f"/{command} #{anna}")
        assert "未能在有效时间内发出：" in chen.text
