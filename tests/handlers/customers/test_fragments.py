"""What still comes after an answer changes it: read with what was said before, each fact with its own source."""

from __future__ import annotations

import pytest

from storage.models import Contact, Fact, OutboxMessage
from tests.support.visits import Chat


def current(chat: Chat) -> dict[str, str]:
    """Values that hold → the words of the contact they came from."""
    said = {contact.id: contact.text for contact in chat.rows(Contact)}
    return {
        fact.value: said[fact.contact_id]
        for fact in chat.rows(Fact)
        if fact.superseded_by is None and fact.forgotten_at is None
    }


def waiting(chat: Chat) -> list[str]:
    return [row.parameters["text"] for row in chat.rows(OutboxMessage) if row.state == "ready"]


def test_the_rest_of_a_thought_changes_its_answer(ana: Chat) -> None:
    ana.send("I'm allergic to peanuts")
    before = len(waiting(ana))
    ana.house.clock.at = ana.house.clock.at.replace(second=3)
    ana.send("and eggs")
    assert current(ana) == {"peanuts": "I'm allergic to peanuts", "eggs": "and eggs"}
    assert "peanuts" in ana.text
    assert "egg" in ana.text
    assert len(waiting(ana)) == before  # not one more: the first was not on its way yet
    ana.press("Undo")
    assert current(ana) == {}


def test_an_answer_that_is_out_is_edited(ana: Chat) -> None:
    ana.send("hi")
    sent = ana.answers[0].id
    ana.house.write(lambda memory: _mark_sent(memory, sent))
    ana.send("2 lattes")
    assert ana.last.parameters["text"].count("2 ×") == 1
    keys = {row.id: row.key for row in ana.rows(OutboxMessage)}
    assert keys[sent] == keys[ana.last.id] is not None
    ana.send("oat")
    assert "oat" in ana.text
    assert keys[sent] is not None


def _mark_sent(memory, row: int) -> None:
    message = memory.get_one(OutboxMessage, row)
    message.state, message.message_id = "sent", 77


@pytest.mark.parametrize(
    ("fixture", "first", "rest", "value"),
    [
        ("ana", "i usually get a flat white", "with almond milk", "i usually get a flat white with almond milk"),
        ("mei", "我喜欢拿铁", "和肉桂卷", "肉桂卷"),
        ("mei", "对了，我一般喝澳白", "加燕麦奶", "我一般喝澳白加燕麦奶"),
    ],
)
def test_later_it_is_said_anew(request: pytest.FixtureRequest, fixture: str, first: str, rest: str, value: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    chat.house.pass_time(minutes=2)
    chat.send(rest)
    assert value in current(chat)
    assert chat.rows(OutboxMessage)[-1].key is None


@pytest.mark.parametrize("between", ["thanks", "/me"])
def test_nothing_goes_on_past_something_else(ana: Chat, between: str) -> None:
    ana.send("i usually get a flat white")
    ana.send(between)
    ana.send("with almond milk")
    assert "i usually get a flat white" in current(ana)


def test_a_bare_word_answers_the_question_that_is_open(ana: Chat) -> None:
    ana.send("do you deliver?")
    assert ana.conversation.open_question is not None
    ana.send("peanuts")
    assert list(current(ana)) == ["peanuts"]
