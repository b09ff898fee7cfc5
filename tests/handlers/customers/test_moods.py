"""A mood that turns, and a case that is asked after."""

from __future__ import annotations

import pytest

from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat


@pytest.mark.parametrize(("fixture", "words"), [("ana", "ok sorry, bad day"), ("mei", "不好意思，今天心情不好")])
def test_an_apology_is_taken_kindly(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send({"ana": "stupid bot", "mei": "垃圾机器人"}[fixture])
    chat.send(words)
    assert chat.answers[0].name == "chat/apology"


@pytest.mark.parametrize(
    ("fixture", "complaint", "asks"),
    [("ana", "my coffee was cold", "any news about my complaint?"), ("mei", "咖啡是凉的", "上次投诉有结果了吗")],
)
def test_asking_after_a_case_is_answered_and_passed_on(
    request: pytest.FixtureRequest, fixture: str, complaint: str, asks: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(complaint)
    before = len(chat.house.shown(STAFF))
    chat.send(asks)
    assert chat.answers[0].name == "chat/case_status"
    assert len(chat.house.shown(STAFF)) == before + 1


def test_where_nothing_is_open_nothing_is_claimed(ana: Chat) -> None:
    ana.send("any news about my complaint?")
    assert "chat/case_status" not in [shown.name for shown in ana.answers]
