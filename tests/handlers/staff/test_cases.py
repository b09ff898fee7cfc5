"""Complaints and conversations: taken, solved, and the customer answered by a person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import follow_ups
from storage.models import AuditEntry, Contact, Conversation, Event, Fact, Feedback, OutboxMessage
from tests.support.visits import Chat, House, Shown

COMPLAINT = "The coffee yesterday was cold."


def case(house: House) -> Feedback:
    return house.read(lambda memory: memory.scalars(select(Feedback).where(Feedback.kind == "complaint")).one())


def newest(house: House, chat_id: int, name: str) -> Shown:
    return next(shown for shown in reversed(house.shown(chat_id)) if shown.name == name)


def deliver(house: House, shown: Shown, message_id: int) -> None:
    """What the sender notes once Telegram has taken it."""

    def note(memory) -> None:  # type: ignore[no-untyped-def]
        memory.get_one(OutboxMessage, shown.id).message_id = message_id

    house.write(note)


@pytest.fixture
def complained(ana: Chat, olivia: Chat, chen: Chat) -> Chat:
    ana.send(COMPLAINT)
    return ana


def test_every_colleague_hears_in_their_language(house: House, complained: Chat) -> None:
    english, chinese = (newest(house, person, "staff/complaint") for person in (900, 901))
    assert list(english.buttons) == ["I take care of it", "It is solved"]
    assert list(chinese.buttons) == ["我来处理", "已经解决"]
    assert "Ana Keller</b> · #1 · tier new" in english.text
    assert "投诉" in chinese.text


def test_one_takes_it_and_the_others_see_who(house: House, complained: Chat, olivia: Chat, chen: Chat) -> None:
    olivia.press("I take")
    assert "Olivia takes care of it." in olivia.text
    assert case(house).owner_id == 1
    assert "Olivia 正在处理" in newest(house, 901, "staff/case_taken").text
    chen.press("我来处理")
    assert case(house).owner_id == 1
    assert chen.toast == "Olivia 已经接手了。"


def test_solving_asks_what_was_done_and_tells_the_customer(house: House, complained: Chat, olivia: Chat) -> None:
    olivia.press("It is solved")
    assert olivia.last.name == "staff/solve_question"
    olivia.send("We are sorry; your next coffee is on us.")
    solved = case(house)
    assert (solved.status, solved.answer, solved.owner_id) == ("solved", "We are sorry; your next coffee is on us.", 1)
    assert house.read(lambda memory: [
        (one.kind, one.reference) for one in memory.scalars(select(Event).where(Event.kind == "solved"))
    ]) == [("solved", str(solved.id))]  # fmt: skip
    assert "小陈" not in olivia.text
    assert "我们" not in newest(house, 901, "staff/case_solved_by").text
    assert olivia.rows(Contact)[-1].text == ""  # her words are the case's, and go with its customer
    olivia.press("It is solved", again=newest(house, 900, "staff/complaint"))
    assert "ended" in olivia.toast


def test_a_colleague_may_think_again(house: House, complained: Chat, olivia: Chat) -> None:
    olivia.press("It is solved")
    olivia.press("Not yet")
    olivia.send("What a day")
    assert (case(house).status, case(house).answer) == ("open", None)


def test_the_question_does_not_wait_for_ever(house: House, complained: Chat, olivia: Chat) -> None:
    olivia.press("It is solved")
    house.pass_time(hours=13)
    olivia.send("What a day")
    assert case(house).status == "open"


def test_a_reply_to_a_notice_reaches_the_customer(house: House, complained: Chat, olivia: Chat) -> None:
    deliver(house, newest(house, 900, "staff/complaint"), 7001)
    olivia.send("I am so sorry, Ana <3", reply_to=7001)
    sent = newest(house, 501, "chat/from_colleague")
    assert sent.text == "<b>Olivia</b>: I am so sorry, Ana &lt;3"
    assert olivia.last.name == "staff/passed_on"
    contact = complained.rows(Contact)[-1]
    assert (contact.direction, contact.text, contact.staff_id) == ("out", "I am so sorry, Ana <3", 1)
    until = house.read(lambda memory: memory.get_one(Conversation, 1)).colleague_until
    assert until is not None
    assert until > house.clock.now()
    assert olivia.rows(Feedback) == []  # never taken for her own opinion
    complained.send("Thank you Olivia")
    assert "Thank you Olivia" in newest(house, 900, "staff/relayed").text


def test_a_reply_while_a_question_is_open_goes_where_it_points(house: House, complained: Chat, olivia: Chat) -> None:
    deliver(house, newest(house, 900, "staff/complaint"), 7001)
    olivia.press("It is solved")
    deliver(house, olivia.last, 7002)
    olivia.send("Which waiter was it?", reply_to=7001)
    assert olivia.last.name == "staff/passed_on"
    assert case(house).status == "open"
    olivia.send("We talked to him.", reply_to=7002)
    assert case(house).answer == "We talked to him."


def test_a_reply_changed_later_is_no_word_of_the_colleagues_own(house: House, complained: Chat, olivia: Chat) -> None:
    deliver(house, newest(house, 900, "staff/complaint"), 7001)
    sent = olivia.send("Sorry!", reply_to=7001)
    before = len(house.shown(501))
    olivia.edit(sent, "Sorry! I love oat lattes, too", reply_to=7001)
    assert olivia.last.name == "staff/reply_stays"
    assert len(house.shown(501)) == before
    assert olivia.rows(Fact) == []
    assert [one.text for one in olivia.rows(Contact) if "oat" in one.text] == []


def test_a_reply_to_something_forgotten_reaches_nobody(house: House, complained: Chat, olivia: Chat) -> None:
    olivia.send("I love tea", reply_to=999_999)
    assert olivia.last.name == "staff/reply_to_nobody"
    assert house.shown(501)[-1].name != "chat/from_colleague"


def test_a_reply_to_who_blocked_the_bot(house: House, complained: Chat, olivia: Chat) -> None:
    deliver(house, newest(house, 900, "staff/complaint"), 7001)
    complained.block()
    olivia.send("Sorry!", reply_to=7001)
    assert olivia.last.name == "staff/cannot_reach"
    outcomes = house.read(lambda memory: [row.outcome for row in memory.scalars(select(AuditEntry))])
    assert outcomes[-1] == "failed"


def test_a_customers_reply_is_no_relay(house: House, complained: Chat, olivia: Chat) -> None:
    deliver(house, newest(house, 900, "staff/complaint"), 7001)
    complained.send("Hello?", reply_to=7001)
    assert [one for one in house.shown() if one.name == "chat/from_colleague"] == []


def test_a_photo_of_a_colleague_is_passed_on(house: House, complained: Chat, olivia: Chat) -> None:
    deliver(house, newest(house, 900, "staff/complaint"), 7001)
    olivia.send_file("photo", caption="Your new cup", reply_to_message={
        "message_id": 7001, "date": 1, "chat": {"id": 900, "type": "private"}, "text": "…"})  # fmt: skip
    assert [(one.method, one.chat_id) for one in house.shown(501)][-2:] == [("sendMessage", 501), ("sendPhoto", 501)]


def test_what_is_planned_can_be_listed(house: House, complained: Chat, olivia: Chat) -> None:
    from bot.customize.planning import plan

    complained.send("Remind me in two weeks to reorder beans")
    house.write(lambda memory: plan(memory, house.settings, house.clock.now()))
    assert len(house.read(lambda memory: follow_ups.list_rows(memory))) == 1
    olivia.send("/followups")
    assert "Ana Keller</b> #1: reminder" in olivia.text
