"""What is put right takes the place of what was said last, and only that."""

from __future__ import annotations

from datetime import datetime

import pytest

from storage.models import Event, Fact
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat


def values(chat: Chat) -> list[str]:
    return [fact.value for fact in chat.rows(Fact) if fact.superseded_by is None and fact.forgotten_at is None]


@pytest.mark.parametrize(
    ("fixture", "first", "correction", "now"),
    [
        ("ana", "I like oat milk", "no, I said almond milk", "almond milk"),
        ("ana", "I love the carrot cake", "sorry, I meant the brownie", "the brownie"),
        ("mei", "我喜欢燕麦奶", "不是，是杏仁奶", "杏仁奶"),
        ("mei", "我喜欢燕麦奶", "说错了，是杏仁奶", "杏仁奶"),
        ("mei", "我鍾意燕麥奶", "唔係，係杏仁奶", "杏仁奶"),
        (
            "ana",
            "I usually get a latte with oat milk",
            "no sorry, I said almond. almond milk",
            "I usually get a latte with almond milk",
        ),
        ("mei", "我一般喝拿铁加燕麦奶", "不是，是杏仁奶", "我一般喝拿铁加杏仁奶"),
    ],
)
def test_a_correction_replaces_the_last_fact_and_undo_brings_it_back(
    request: pytest.FixtureRequest, fixture: str, first: str, correction: str, now: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    before = values(chat)
    chat.send(correction)
    assert values(chat) == [now]
    assert now.removeprefix("I ").removeprefix("我") in chat.text  # a habit is said back as "you …"
    chat.send({"ana": "undo", "mei": "撤销"}[fixture])
    assert values(chat) == before


@pytest.mark.parametrize(
    ("fixture", "first", "other"),
    [("mei", "我妈对牛奶过敏", "改成明天上午十点"), ("mei", "我喜欢拿铁", "改成三杯"), ("ana", "I love lattes", "make it 3"),
     ("ana", "my mum is allergic to milk", "make it tomorrow at ten")],
)  # fmt: skip
def test_a_time_or_a_number_puts_nothing_right(
    request: pytest.FixtureRequest, fixture: str, first: str, other: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    before = values(chat)
    chat.send(other)
    assert values(chat) == before


@pytest.mark.parametrize(
    ("fixture", "first", "correction"),
    [("ana", "remind me tomorrow at 9 to pick up beans", "actually make it 11:30"),
     ("mei", "明天早上九点提醒我拿豆子", "改成上午十一点半"), ("mei", "明天早上九点提醒我拿豆子", "其实改成上午十一点半吧")],
)  # fmt: skip
def test_a_reminder_is_moved_not_doubled(
    request: pytest.FixtureRequest, fixture: str, first: str, correction: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    chat.send(correction)
    planned = [event for event in chat.rows(Event) if event.kind == "reminder"]
    assert [datetime.fromisoformat(event.data["at"]).minute for event in planned] == [30]


@pytest.mark.parametrize("words", ["no thanks", "sorry, bad day", "actually do you deliver?", "no"])
def test_other_words_replace_nothing(ana: Chat, words: str) -> None:
    ana.send("I like oat milk")
    ana.send(words)
    assert values(ana) == ["oat milk"]


def test_only_the_message_just_before_is_put_right(ana: Chat) -> None:
    ana.send("I like oat milk")
    ana.send("when are you open?")
    ana.send("no, I said almond milk")
    assert "oat milk" in values(ana)


def test_abuse_gets_one_calm_reply_and_a_person_once(ana: Chat) -> None:
    ana.send("hello")
    before = len(ana.house.shown(STAFF))
    ana.send("stupid bot")
    assert ana.answers[0].buttons
    assert len(ana.house.shown(STAFF)) == before + 1
    ana.send("stupid bot")
    assert not ana.answers[0].buttons
    assert len(ana.house.shown(STAFF)) == before + 1


@pytest.mark.parametrize(
    ("fixture", "order", "first", "correction"),
    [("ana", "two oat lattes please", "my mum's birthday is on 3 june", "no, 13 june"),
     ("mei", "来两杯燕麦拿铁", "我妈妈生日是六月三号", "不对，是六月十三号")],
)  # fmt: skip
def test_an_order_that_waits_does_not_keep_a_date_from_being_put_right(
    request: pytest.FixtureRequest, fixture: str, order: str, first: str, correction: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for line in (order, first, correction):
        chat.send(line)
    dates = [fact.date for fact in chat.rows(Fact) if fact.kind == "occasion" and fact.superseded_by is None]
    assert dates == ["06-13"]
