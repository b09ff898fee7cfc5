"""After hours offline, and in a flood: all is recorded, one answer is given."""

from __future__ import annotations

from storage.models import Fact, Feedback
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat, House


def current(chat: Chat) -> list[str]:
    return [fact.value for fact in chat.rows(Fact) if fact.superseded_by is None and fact.forgotten_at is None]


def test_twenty_late_messages_get_one_apology_and_one_answer(ana: Chat) -> None:
    ana.house.pass_time(hours=3)
    texts = ["I love cinnamon", *(["hello?"] * 16), "I'm allergic to nuts", "when are you open?", "thanks"]
    answers = ana.send_all_late(texts)
    assert [len(given) for given in answers] == [0] * 19 + [1]
    text = answers[-1][0].text
    assert text.count("I am sorry that you had to wait") == 1
    assert "you like cinnamon" in text
    assert "you must avoid nuts" in text
    assert "We are open" in text
    assert current(ana) == ["cinnamon", "nuts"]
    ana.press("Undo")
    assert current(ana) == []


def test_a_late_complaint_is_a_case_at_once_and_apologised_for_at_the_end(mei: Chat) -> None:
    mei.house.pass_time(hours=3)
    answers = mei.send_all_late(["拿铁太凉了", "喂"])
    assert [row.status for row in mei.rows(Feedback)] == ["open"]
    assert [shown.name for shown in mei.house.shown(STAFF)] == ["staff/complaint"]
    assert "拿铁太凉了" in answers[-1][0].text


def test_a_late_stop_holds_and_is_confirmed(ana: Chat) -> None:
    ana.house.pass_time(hours=3)
    answers = ana.send_all_late(["stop", "thanks"])
    assert ana.customer.status == "stopped"
    assert "I will not write to you any more" in answers[-1][0].text


def test_a_late_reminder_without_a_time_is_asked_about_at_the_end(ana: Chat) -> None:
    ana.house.pass_time(hours=3)
    answers = ana.send_all_late(["remind me to buy beans", "hello?"])
    assert "When shall I remind you" in answers[-1][0].text


def test_the_apology_is_for_each_absence(ana: Chat) -> None:
    for _ in range(2):
        ana.house.pass_time(hours=3)
        answers = ana.send_all_late(["hello", "when are you open?"], ago=3600)
        assert "sorry that you had to wait" in answers[-1][0].text


def test_a_message_on_time_is_not_apologised_for(ana: Chat) -> None:
    ana.send("when are you open?", ago=60)
    assert "sorry" not in ana.text


def test_a_flood_is_recorded_and_answered_once_it_stops(ana: Chat) -> None:
    ana.house.pass_time(minutes=5)
    given = 0
    for number in range(30):
        ana.send("I love cinnamon" if number == 25 else "hello")
        given += len(ana.answers) > 0
    assert given <= 20
    assert len(ana.contacts) == 31
    assert current(ana) == ["cinnamon"]
    ana.house.pass_time(minutes=2)
    ana.send("when are you open?")
    assert "you like cinnamon" in ana.text


def test_whoever_is_new_and_late_is_greeted_with_the_one_answer(house: House) -> None:
    chat = Chat(house, person=777, name="Leo")
    answers = chat.send_all_late(["hello", "I love cinnamon"])
    assert [[answer.name for answer in given] for given in answers] == [[], ["chat/parts", "start/welcome"]]


def test_a_late_wish_for_a_person_calls_one_at_once_and_is_confirmed(ana: Chat) -> None:
    ana.house.pass_time(hours=3)
    answers = ana.send_all_late(["I want to talk to a person", "hello?"])
    assert [shown.name for shown in ana.house.shown(STAFF)] == ["staff/handoff", "staff/relayed"]
    assert "I have called a colleague" in answers[-1][0].text
    assert "sorry that you had to wait" in answers[-1][0].text
    ana.send("are you there?")
    assert ana.answers == []
