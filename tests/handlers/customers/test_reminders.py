from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.models import Event, FollowUp
from tests.support.visits import Chat


def reminders(chat: Chat) -> list[tuple[str, str, str]]:
    """Reference, text and time of what is to be planned."""
    return [
        (event.reference, event.data["text"], event.data["at"])
        for event in chat.rows(Event)
        if event.kind == "reminder"
    ]


@pytest.mark.parametrize(
    ("fixture", "words", "text", "said"),
    [
        ("ana", "remind me in two weeks to reorder beans", "reorder beans", "Mon, 16 Mar 09:00"),
        ("mei", "两周后提醒我买豆子", "买豆子", "3月16日 周一 09:00"),
    ],
)
def test_a_reminder_is_planned_and_confirmed_in_local_time(
    request: pytest.FixtureRequest, fixture: str, words: str, text: str, said: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert reminders(chat) == [(str(chat.contacts[-1].id), text, "2026-03-16T09:00:00+01:00")]
    assert said in chat.text
    assert text in chat.text


def test_without_a_time_it_is_asked_once_and_the_answer_plans_it(ana: Chat) -> None:
    ana.send("remind me to buy beans")
    assert [answer.name for answer in ana.answers] == ["chat/reminder_when"]
    assert reminders(ana) == []
    ana.send("tomorrow at 8")
    assert reminders(ana) == [(str(ana.contacts[-1].id), "buy beans", "2026-03-03T08:00:00+01:00")]
    assert "Tue, 3 Mar 08:00" in ana.text


def test_a_day_alone_means_its_morning(ana: Chat) -> None:
    ana.send("remind me to buy beans")
    ana.send("on Friday")
    assert reminders(ana)[0][2] == "2026-03-06T09:00:00+00:00"  # 10:00 in Berlin


def test_whoever_speaks_of_something_else_is_not_asked_again(ana: Chat) -> None:
    ana.send("remind me to buy beans")
    ana.send("when are you open?")
    assert ana.answers[0].name == "chat/faq"
    ana.send("tomorrow at 8")
    assert reminders(ana) == []


def test_never_mind_drops_it(ana: Chat) -> None:
    ana.send("remind me to buy beans")
    ana.send("no thanks")
    assert [answer.name for answer in ana.answers] == ["chat/reminder_dropped"]


def test_undo_takes_out_what_is_not_planned_yet(ana: Chat) -> None:
    ana.send("remind me in two weeks to reorder beans")
    ana.press("Undo")
    assert reminders(ana) == []
    assert "will not remind" in ana.text


def test_undo_cancels_what_is_planned_already(ana: Chat) -> None:
    ana.send("remind me in two weeks to reorder beans")
    (reference, _text, _at) = reminders(ana)[0]
    at = datetime(2026, 3, 16, 8, tzinfo=UTC)

    def plan(memory: object) -> None:
        memory.get(Event, ana.rows(Event)[-1].id).planned_at = at  # type: ignore[attr-defined]
        memory.add(  # type: ignore[attr-defined]
            FollowUp(
                customer_id=ana.customer.id, rule="reminder", occurrence=reference, purpose="service", planned_for=at,
                due_at=at, expires_at=at, status="planned", created_at=at,
            )
        )  # fmt: skip

    ana.house.write(plan)
    ana.press("Undo")
    assert [(row.status, row.reason) for row in ana.rows(FollowUp)] == [("cancelled", "withdrawn")]


def test_an_edit_moves_the_reminder(ana: Chat) -> None:
    message = ana.send("remind me in two weeks to reorder beans")
    ana.edit(message, "remind me in three weeks to reorder beans")
    assert [at for _reference, _text, at in reminders(ana)] == ["2026-03-23T09:00:00+01:00"]
    assert "Mon, 23 Mar" in ana.text


@pytest.mark.parametrize(
    ("fixture", "asked", "once"),
    [
        ("ana", "remind me every other Monday to order beans", True),
        ("ana", "set me a weekly reminder on Friday to buy milk", True),
        ("ana", "remind me on Monday to order beans for everybody", False),
        ("mei", "每周五提醒我买豆子", True),
        ("mei", "周五提醒我给每个人买咖啡", False),
    ],
)
def test_who_wants_it_again_and_again_is_told_that_it_comes_once(
    request: pytest.FixtureRequest, fixture: str, asked: str, once: bool
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert chat.answers[0].name == "chat/reminder_set"
    assert ({"ana": "Just this once", "mei": "只提醒这一次"}[fixture] in chat.text) is once
