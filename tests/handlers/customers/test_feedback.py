"""How was it? And: is it settled?"""

from __future__ import annotations

from typing import Any

import pytest

from storage import buttons
from storage.models import Event, Feedback
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat


def tap(chat: Chat, action: str, **values: Any) -> str:
    """A button as a follow-up shows it."""

    def show(memory: Any) -> str:
        return buttons.add_row(
            memory, [(action, values)], chat_id=chat.person, customer_id=chat.customer.id, now=chat.house.clock.at
        )[0]

    return str(chat.house.write(show))


def kept(chat: Chat) -> list[tuple[str, float | None, str, str]]:
    return [(row.kind, row.score, row.status, row.quote) for row in chat.rows(Feedback)]


@pytest.mark.parametrize("score", [1, 2])
def test_a_low_score_opens_a_case_at_once_and_asks_why(ana: Chat, score: int) -> None:
    ana.press_token(tap(ana, "rate", score=score, order_id=None, follow_up_id=1))
    assert kept(ana) == [("csat", score, "noted", ""), ("complaint", score, "open", "")]
    assert [answer.name for answer in ana.answers] == ["chat/parts"]
    assert "What went wrong?" in ana.text
    assert [event.kind for event in ana.rows(Event)] == ["complaint"]
    ana.send("the beans were roasted far too dark")
    assert kept(ana) == [
        ("csat", score, "noted", "the beans were roasted far too dark"),
        ("complaint", score, "open", "the beans were roasted far too dark"),
    ]
    assert [shown.name for shown in ana.house.shown(STAFF)] == ["staff/complaint", "staff/relayed"]
    assert "far too dark" in ana.text


def test_a_middling_score_asks_why_and_opens_nothing(mei: Chat) -> None:
    mei.press_token(tap(mei, "rate", score=3, order_id=None, follow_up_id=1))
    assert "怎样会更好" in mei.text
    mei.send("豆子烘得有点深")
    assert kept(mei) == [("csat", 3, "noted", "豆子烘得有点深")]
    assert mei.house.shown(STAFF) == []


def test_a_good_score_is_thanked_for(ana: Chat) -> None:
    ana.press_token(tap(ana, "rate", score=5, order_id=None, follow_up_id=1))
    assert kept(ana) == [("csat", 5, "noted", "")]
    assert "thank you" in ana.text


def test_a_score_counts_once(ana: Chat) -> None:
    token = tap(ana, "rate", score=5, order_id=None, follow_up_id=1)
    ana.press_token(token)
    ana.press_token(token)
    assert len(kept(ana)) == 1
    assert ana.answers == []


def test_why_may_be_skipped_and_the_case_stays(ana: Chat) -> None:
    ana.press_token(tap(ana, "rate", score=1, order_id=None, follow_up_id=1))
    ana.send("skip")
    assert kept(ana)[1] == ("complaint", 1, "open", "")
    assert [answer.name for answer in ana.answers] == ["chat/skipped"]


@pytest.mark.parametrize("score", [0, 6, "5", None])
def test_an_impossible_score_is_nothing(ana: Chat, score: Any) -> None:
    ana.press_token(tap(ana, "rate", score=score))
    assert kept(ana) == []
    assert ana.toast


def test_settled_closes_and_not_settled_opens_again(ana: Chat) -> None:
    ana.send("my latte was cold")
    case = ana.rows(Feedback)[0]

    def solve(memory: Any) -> None:
        memory.get(Feedback, case.id).status = "solved"

    ana.house.write(solve)
    ana.press_token(tap(ana, "solved_no", feedback_id=case.id))
    assert ana.rows(Feedback)[0].status == "open"
    assert [shown.name for shown in ana.house.shown(STAFF)] == ["staff/complaint", "staff/complaint"]
    ana.press_token(tap(ana, "solved_yes", feedback_id=case.id))
    closed = ana.rows(Feedback)[0]
    assert (closed.status, closed.ended_at) == ("closed", ana.house.clock.at)
    ana.press_token(tap(ana, "solved_no", feedback_id=case.id))
    assert ana.rows(Feedback)[0].status == "closed"


def test_nobody_closes_the_case_of_another(ana: Chat, mei: Chat) -> None:
    ana.send("my latte was cold")
    mei.press_token(tap(mei, "solved_yes", feedback_id=ana.rows(Feedback)[0].id))
    assert ana.rows(Feedback)[0].status == "open"
    assert mei.toast
