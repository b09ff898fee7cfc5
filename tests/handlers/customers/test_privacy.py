from __future__ import annotations

import pytest
from sqlalchemy import func, select

from storage.models import Consent, Contact, Customer, Event, Fact, InboxUpdate, OutboxMessage
from tests.support.visits import Chat


def count(chat: Chat, model: type) -> int:
    return int(chat.house.read(lambda memory: memory.scalar(select(func.count()).select_from(model))))


def test_stop_and_resume(ana: Chat) -> None:
    ana.send("/stop")
    assert ana.customer.status == "stopped"
    assert "/resume" in ana.text
    ana.send("/resume")
    assert ana.customer.status == "active"
    assert [(event.kind, event.reference) for event in ana.rows(Event)] == [("status", "stopped"), ("status", "active")]


@pytest.mark.parametrize("words", ["/resume", "you can write to me again"])
def test_resuming_promises_what_was_agreed_to(ana: Chat, words: str) -> None:
    for consent, promise in (("No", "and nothing else"), ("Yes", "something that suits you")):
        ana.send("/start") if consent == "No" else ana.send("/me")
        ana.press(consent)
        ana.send("/stop")
        ana.send(words)
        assert promise in ana.answers[-1].text


@pytest.mark.parametrize(
    ("fixture", "yes", "farewell"), [("ana", "Yes, erase", "are erased"), ("mei", "确定", "都已删除")]
)
def test_forgetme_asks_then_erases_and_says_what(
    request: pytest.FixtureRequest, fixture: str, yes: str, farewell: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send({"ana": "I love mint", "mei": "我喜欢燕麦拿铁"}[fixture])
    chat.send("/forgetme")
    assert count(chat, Fact) == 1
    chat.press(yes)
    assert farewell in chat.text
    assert (count(chat, Customer), count(chat, Fact), count(chat, Contact)) == (0, 0, 0)
    rows = chat.house.read(lambda memory: memory.scalars(select(OutboxMessage)).all())
    assert [(row.customer_id, row.message_name, row.state) for row in rows] == [(None, "privacy/forgotten", "ready")]
    chat.send("hello")
    assert "start/welcome" in [answer.name for answer in chat.answers]


def test_who_was_erased_is_not_remembered_for_a_press_or_a_block(ana: Chat) -> None:
    greeting = ana.last
    ana.send("/forgetme")
    ana.press("Yes, erase")
    ana.press("Yes", again=greeting)
    assert "button" in ana.toast
    ana.block()
    ana.block(False)
    assert [count(ana, kept) for kept in (Customer, Contact, Consent)] == [0, 0, 0]
    assert ana.house.read(lambda memory: set(memory.scalars(select(InboxUpdate.raw)))) == {"{}"}
    ana.send("hello")
    assert count(ana, Customer) == 1


def test_forgetme_can_be_thought_better_of(ana: Chat) -> None:
    ana.send("I love mint")
    ana.send("/forgetme")
    message = ana.last
    ana.press("No, keep it")
    assert count(ana, Fact) == 1
    ana.press("Yes, erase", again=message)
    assert count(ana, Fact) == 1
    assert ana.toast


def test_being_blocked_is_noted_and_unblocked_again(ana: Chat) -> None:
    ana.block()
    assert ana.customer.status == "unreachable"
    ana.block(False)
    assert ana.customer.status == "active"
    assert ana.answers == []


def test_a_stop_holds_through_a_block(ana: Chat) -> None:
    ana.send("/stop")
    ana.block()
    ana.block(False)
    assert ana.customer.status == "stopped"


@pytest.mark.parametrize("text", ["/start", "I love mint", "/me", "my latte was cold"])
def test_in_a_group_the_bot_is_silent_and_keeps_nothing(ana: Chat, text: str) -> None:
    before = count(ana, Contact)
    entities = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]} if text[0] == "/" else {}
    for sender in ({"id": 501, "is_bot": False, "first_name": "Ana"}, {"id": 77, "is_bot": False, "first_name": "Bo"}):
        group = {"id": -5, "type": "group", "title": "Friends"}
        message = {"message_id": 1, "date": 1_772_445_600, "chat": group, "from": sender, "text": text, **entities}
        for kind in ("message", "edited_message"):
            ana.house.run({kind: message | ({"edit_date": 1_772_445_601} if kind == "edited_message" else {})})
    assert ana.house.shown(-5) == []
    assert (count(ana, Contact), count(ana, Customer)) == (before, 1)
