"""Somebody who comes back is greeted where they left off, by the name they asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import orders
from tests.support.visits import Chat

HELLO = {"ana": "hello", "mei": "你好"}


def buy(chat: Chat, sku: str, days_ago: float) -> None:
    at = chat.house.clock.at - timedelta(days=days_ago)
    chat.house.write(lambda memory: orders.add_order(
        memory, customer_id=chat.customer.id, external_id=f"o{days_ago}", ordered_at=at, total=380, currency="EUR",
        lines=[{"sku": sku, "quantity": 1}]))  # fmt: skip


@pytest.mark.parametrize(("fixture", "item"), [("ana", "Flat white"), ("mei", "馥芮白")])
def test_after_a_silence_the_last_order_is_spoken_of(request: pytest.FixtureRequest, fixture: str, item: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    buy(chat, "flat-white", 1)
    chat.send(HELLO[fixture])
    assert chat.answers[0].name == "chat/greeting"  # they have just been here
    greeted = []
    for _ in range(3):
        chat.house.pass_time(days=2)
        chat.send(HELLO[fixture])
        assert chat.answers[0].name == "chat/greeting_order"
        assert item in chat.answers[0].text
        greeted.append(chat.answers[0].text)
    assert len(set(greeted)) == 3


def test_what_was_spoken_of_since_comes_before_an_older_order(ana: Chat) -> None:
    buy(ana, "flat-white", 3)
    ana.send("I love the carrot cake")
    ana.house.pass_time(days=1)
    ana.send("hello")
    assert ana.answers[0].name == "chat/greeting_known"


def test_somebody_with_an_allergy_is_not_reminded_of_what_contains_any(ana: Chat) -> None:
    ana.send("I am lactose intolerant")
    buy(ana, "flat-white", 0)
    ana.house.pass_time(days=1)
    ana.send("hello")
    assert ana.answers[0].name == "chat/greeting"


@pytest.mark.parametrize(
    ("fixture", "asks", "name"),
    [
        ("ana", "call me Annie", "Annie"),
        ("ana", "please just call me Bo", "Bo"),
        ("mei", "叫我小王", "小王"),
        ("mei", "你叫我阿强就好", "阿强"),
    ],
)
def test_the_name_asked_for_is_used_at_once(request: pytest.FixtureRequest, fixture: str, asks: str, name: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asks)
    chat.send(HELLO[fixture])
    assert name in chat.answers[0].text
    chat.send("/start")
    assert name in chat.text


@pytest.mark.parametrize("words", ["call me back please", "call me after six", "you can call me on Monday"])
def test_when_to_call_is_no_name(ana: Chat, words: str) -> None:
    ana.send(words)
    ana.send("hello")
    assert "Ana" in ana.answers[0].text
