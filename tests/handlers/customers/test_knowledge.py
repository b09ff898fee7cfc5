"""Two answers that are as likely: it is asked which is meant."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import meta
from storage.database import Memory
from storage.models import FaqEntry
from tests.support.visits import Chat

BOTH = [("ana", "can I book for an event"), ("mei", "有咖啡师课程需要预约吗")]


@pytest.mark.parametrize(("fixture", "words"), BOTH, ids=["en", "zh"])
@pytest.mark.parametrize("place", [0, 1])
def test_of_two_close_questions_it_is_asked_which(
    request: pytest.FixtureRequest, fixture: str, words: str, place: int
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert [answer.name for answer in chat.answers] == ["chat/which_question"]
    asked = chat.last
    entries = chat.house.read(lambda memory: list(memory.scalars(select(FaqEntry).order_by(FaqEntry.id))))
    of_language = [entry for entry in entries if entry.language == chat.language]
    first = {name: next(one for one in of_language if one.name == name) for name in ("events", "reservation")}
    assert list(asked.buttons) == [first["events"].question, first["reservation"].question]
    name = list(first)[place]
    chat.press(first[name].question, again=asked)
    assert chat.last.method == "editMessageText"
    assert chat.last.text == next(one.answer for one in of_language if one.name == name and one.answer)
    chat.press(list(asked.buttons)[1 - place], again=asked)
    assert (chat.answers, bool(chat.toast)) == ([], True)  # one tap is all


def test_something_else_is_answered_as_ever(ana: Chat) -> None:
    ana.send("can I book for an event")
    ana.send("do you have wifi?")
    assert ana.answers[0].name == "chat/faq"


def test_an_entry_gone_meanwhile_is_not_answered(ana: Chat) -> None:
    ana.send("can I book for an event")
    asked = ana.last

    def clear(memory: Memory) -> None:
        memory.execute(FaqEntry.__table__.delete())  # type: ignore[attr-defined]
        meta.bump(memory, meta.KNOWLEDGE)

    ana.house.write(clear)
    ana.press("", again=asked)
    assert (ana.answers, bool(ana.toast)) == ([], True)
