from __future__ import annotations

from datetime import timedelta

import pytest

from storage.models import Consent, Event, Feedback
from tests.support.visits import Chat, House


@pytest.mark.parametrize(
    ("language", "greeting", "yes", "no"),
    [("en", "Hello Ana", "Yes", "No"), ("zh", "Ana，您好", "同意", "不同意"), ("fr", "Hello Ana", "Yes", "No")],
)
def test_start_greets_by_name_and_asks_for_consent(
    house: House, language: str, greeting: str, yes: str, no: str
) -> None:
    chat = Chat(house, language=language)
    chat.send("/start")
    assert [answer.name for answer in chat.answers] == ["start/welcome"]
    assert chat.text.startswith(greeting)
    assert "Blue Door Coffee" in chat.text
    labels = list(chat.last.buttons)
    assert labels[0].startswith(yes)
    assert labels[1].startswith(no)


def test_the_first_message_begins_the_consent_to_service_and_no_other(ana: Chat) -> None:
    assert [(row.purpose, row.granted) for row in ana.rows(Consent)] == [("service", True)]


@pytest.mark.parametrize(("label", "granted"), [("Yes", True), ("No", False)])
def test_a_tap_answers_the_question_of_consent(ana: Chat, label: str, granted: bool) -> None:
    ana.press(label)
    row = ana.rows(Consent)[-1]
    assert (row.purpose, row.granted, row.wording) == ("marketing", granted, "start/welcome")
    assert row.contact_id == ana.contacts[-1].id
    assert ana.answers[0].method == "editMessageText"
    assert not ana.answers[0].buttons
    assert [(event.kind, event.reference) for event in ana.rows(Event)] == [("consent", "marketing")]


@pytest.mark.parametrize(
    ("fixture", "words", "granted"), [("ana", "yes please", True), ("mei", "同意", True), ("ana", "no thanks", False)]
)
def test_the_next_words_answer_it_too(request: pytest.FixtureRequest, fixture: str, words: str, granted: bool) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert [(row.purpose, row.granted) for row in chat.rows(Consent)][1:] == [("marketing", granted)]


def test_a_later_yes_is_not_an_answer_to_it(ana: Chat) -> None:
    ana.send("when are you open?")
    ana.send("yes")
    assert [row.purpose for row in ana.rows(Consent)] == ["service"]


def test_not_answering_blocks_nothing(ana: Chat) -> None:
    ana.send("I love oat lattes")
    assert "you like oat lattes" in ana.text


def test_start_again_greets_differently_and_asks_only_what_is_open(ana: Chat) -> None:
    ana.send("/start")
    assert ana.text.startswith("Welcome back, Ana")
    assert len(ana.last.buttons) == 2
    ana.press("Yes")
    ana.send("/start")
    assert ana.text.startswith("Welcome back, Ana")
    assert not ana.last.buttons


def test_words_before_start_are_answered_and_followed_by_the_greeting(house: House) -> None:
    chat = Chat(house)
    chat.send("I love oat lattes")
    assert [answer.name for answer in chat.answers] == ["chat/recorded", "start/welcome"]


def test_a_complaint_before_start_is_not_followed_by_a_question(house: House) -> None:
    chat = Chat(house)
    chat.send("my latte was cold")
    assert [answer.name for answer in chat.answers] == ["feedback/complaint"]
    chat.send("thanks")
    assert [answer.name for answer in chat.answers] == ["chat/thanks"]
    house.pass_time(days=2)  # calm again: who we are and the question of consent are still due
    chat.send("thanks")
    assert [answer.name for answer in chat.answers] == ["chat/thanks", "start/welcome"]


def test_the_deep_link_is_the_source_and_the_touchpoint_of_the_day(house: House) -> None:
    chat = Chat(house)
    chat.send("/start poster-12")
    chat.send("/start table-4")
    assert chat.customer.lead_source == "poster-12"
    chat.send("my latte was cold")
    assert [row.touchpoint for row in chat.rows(Feedback)] == ["table-4"]
    assert [row.touchpoint for row in chat.contacts] == ["poster-12", "table-4", "table-4"]
    house.clock.at += timedelta(days=1, minutes=1)
    chat.send("the cake was stale")
    assert chat.contacts[-1].touchpoint is None


@pytest.mark.parametrize("payload", ["<b>", "a b", "x" * 65, "'; drop table"])
def test_a_payload_telegram_would_not_carry_is_no_source(house: House, payload: str) -> None:
    chat = Chat(house)
    chat.send(f"/start {payload}")
    assert chat.customer.lead_source is None
    assert chat.text.startswith("Hello Ana")


def test_start_after_stop_does_not_resume_by_itself(ana: Chat) -> None:
    ana.send("/stop")
    ana.send("/start")
    assert ana.customer.status == "stopped"
    ana.press("Write to me again")
    assert ana.customer.status == "active"
