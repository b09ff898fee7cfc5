from __future__ import annotations

from datetime import timedelta

import pytest

from storage.models import Event, Fact, Feedback
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat, House


def held(chat: Chat) -> list[tuple[str, str, str | None]]:
    """What is known now: kind, value, polarity."""
    return [
        (fact.kind, fact.value, fact.polarity)
        for fact in chat.rows(Fact)
        if fact.superseded_by is None and fact.forgotten_at is None
    ]


def to_staff(chat: Chat) -> list[str]:
    return [shown.name for shown in chat.house.shown(STAFF)]


# -- recording and undo ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixture", "words", "kept", "said"),
    [
        (
            "ana", "I love oat lattes but I hate cinnamon",
            [("preference", "oat lattes", "like"), ("preference", "cinnamon", "dislike")],
            ["you like oat lattes", "you do not like cinnamon"],
        ),
        (
            "mei", "我喜欢燕麦拿铁，不喜欢肉桂",
            [("preference", "燕麦拿铁", "like"), ("preference", "肉桂", "dislike")], ["您喜欢燕麦拿铁", "您不喜欢肉桂"],
        ),
        ("ana", "I'm allergic to peanuts", [("restriction", "peanuts", None)], ["you must avoid peanuts", "never suggest"]),
        ("mei", "我对花生过敏", [("restriction", "花生", None)], ["您要避开花生", "绝不"]),
        ("ana", "my daughter Mia's birthday is 3 May", [("occasion", "birthday", None)],
         ["your daughter Mia’s birthday is on 3 May"]),
        ("mei", "我女儿5月3号生日", [("occasion", "birthday", None)], ["您女儿的生日是5月3日"]),
    ],
)  # fmt: skip
def test_what_is_said_is_kept_and_said_back_and_undone_once(
    request: pytest.FixtureRequest, fixture: str, words: str, kept: list[tuple[str, str, str | None]], said: list[str]
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert held(chat) == kept
    assert all(part in chat.text for part in said)
    assert all(fact.contact_id == chat.contacts[-1].id for fact in chat.rows(Fact))
    undo = {"ana": "Undo", "mei": "撤销"}[fixture]
    message = next(answer for answer in chat.answers if undo in answer.buttons)
    chat.press(undo, again=message)
    assert held(chat) == []
    assert chat.last.method == "editMessageText"
    chat.press(undo, again=message)
    assert held(chat) == []
    assert chat.toast
    assert not chat.answers


def test_an_occasion_is_an_event_of_its_fact(ana: Chat) -> None:
    ana.send("my daughter Mia's birthday is 3 May")
    (fact,) = ana.rows(Fact)
    assert (fact.person, fact.date) == ("daughter Mia", "05-03")
    assert [(event.kind, event.reference) for event in ana.rows(Event)] == [("occasion", str(fact.id))]


def test_a_new_taste_supersedes_the_old_and_undo_brings_it_back(ana: Chat) -> None:
    ana.send("I love cinnamon")
    ana.send("I hate cinnamon")
    assert held(ana) == [("preference", "cinnamon", "dislike")]
    old, new = ana.rows(Fact)
    assert old.superseded_by == new.id
    ana.press("Undo")
    assert held(ana) == [("preference", "cinnamon", "like")]


def test_the_same_again_is_known_and_not_kept_twice(ana: Chat) -> None:
    ana.send("I love cinnamon")
    ana.send("I love cinnamon")
    assert len(ana.rows(Fact)) == 1
    assert "you like cinnamon" in ana.text
    assert not ana.last.buttons


def test_a_new_date_supersedes_the_old_one_of_the_same_person(ana: Chat) -> None:
    ana.send("my daughter Mia's birthday is 3 May")
    ana.send("Mia's birthday is 4 May")
    current = [fact for fact in ana.rows(Fact) if fact.superseded_by is None]
    assert [fact.date for fact in current] == ["05-04"]


def test_undo_withdraws_only_what_its_own_message_recorded(ana: Chat) -> None:
    ana.send("I love cinnamon")
    first = ana.answers[0]
    ana.send("I love oat lattes")
    ana.press("Undo", again=first)
    assert held(ana) == [("preference", "oat lattes", "like")]


def test_undo_by_word(ana: Chat) -> None:
    ana.send("I love cinnamon")
    ana.send("undo that")
    assert held(ana) == []
    ana.send("undo that")
    assert [answer.name for answer in ana.answers] == ["chat/nothing_to_undo"]


def test_undo_ends_after_its_time(ana: Chat) -> None:
    ana.send("I love cinnamon")
    message = ana.answers[0]
    ana.house.clock.at += timedelta(days=1, seconds=1)
    ana.press("Undo", again=message)
    assert held(ana) == [("preference", "cinnamon", "like")]
    assert "too late" in ana.toast


# -- feedback ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixture", "words", "apology"), [("ana", "my latte was cold", "I am sorry"), ("mei", "拿铁太凉了", "抱歉")]
)
def test_a_complaint_is_a_case_with_a_due_time_and_staff_hear_of_it(
    request: pytest.FixtureRequest, fixture: str, words: str, apology: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    (case,) = chat.rows(Feedback)
    due = chat.house.clock.at + timedelta(hours=24)
    assert (case.kind, case.aspect, case.status, case.owner_id, case.due_at) == (
        "complaint",
        "product",
        "open",
        None,
        due,
    )
    assert chat.conversation.upset_until == chat.house.clock.at + timedelta(days=1)
    assert [answer.name for answer in chat.answers] == ["feedback/complaint"]  # and no question after it
    assert apology in chat.text
    assert words in chat.text
    assert [(event.kind, event.reference) for event in chat.rows(Event)] == [("complaint", str(case.id))]
    assert to_staff(chat) == ["staff/complaint"]


def test_a_dangerous_complaint_promises_a_person_at_once(ana: Chat) -> None:
    ana.send("there was glass in my sandwich")
    assert ana.rows(Feedback)[0].severity == 3
    assert "at once" in ana.text


def test_two_complaints_of_one_message_are_one_case_with_both_words(ana: Chat) -> None:
    ana.send("the flat white was cold and the barista was rude")
    rows = ana.rows(Feedback)
    assert sorted(row.status for row in rows) == ["noted", "open"]
    assert next(row for row in rows if row.status == "open").aspect == "staff"
    assert "cold" in ana.text
    assert "rude" in ana.text
    assert to_staff(ana) == ["staff/complaint"]


def test_a_complaint_undone_is_withdrawn_and_staff_are_told(ana: Chat) -> None:
    ana.send("my latte was cold")
    ana.press("Undo")
    assert [row.status for row in ana.rows(Feedback)] == ["withdrawn"]
    assert ana.conversation.upset_until is None
    assert to_staff(ana) == ["staff/complaint", "staff/withdrawn"]


def test_a_complaint_a_colleague_has_taken_is_not_undone(ana: Chat) -> None:
    ana.send("my latte was cold")

    def take(memory: object) -> None:
        memory.get(Feedback, 1).owner_id = 1  # type: ignore[attr-defined]

    ana.house.write(take)
    ana.press("Undo")
    assert [row.status for row in ana.rows(Feedback)] == ["open"]


@pytest.mark.parametrize(
    ("fixture", "words", "thanks"), [("ana", "best coffee in town", "Thank you"), ("mei", "你们的咖啡太棒了", "谢谢")]
)
def test_praise_is_kept_and_thanked_for(request: pytest.FixtureRequest, fixture: str, words: str, thanks: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert [(row.kind, row.status) for row in chat.rows(Feedback)] == [("praise", "noted")]
    assert thanks in chat.text


def test_everything_in_one_message_is_recorded_and_answered_once(ana: Chat) -> None:
    ana.send("I love oat lattes and I'm allergic to nuts. My latte was cold yesterday.")
    assert {kind for kind, _value, _polarity in held(ana)} == {"preference", "restriction"}
    assert [row.kind for row in ana.rows(Feedback)] == ["complaint"]
    assert len(ana.answers) == 1
    for part in ("I am sorry", "you like oat lattes", "you must avoid nuts"):
        assert part in ana.text


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixture", "words", "answer"),
    [("ana", "when are you open on sunday?", "Sunday 10:00 to 17:00"), ("mei", "你们几点开门？", "10:00–17:00")],
)
def test_a_question_of_the_faq_is_answered(
    request: pytest.FixtureRequest, fixture: str, words: str, answer: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert answer in chat.text


@pytest.mark.parametrize(
    ("fixture", "words", "answer", "caveat"),
    [
        ("ana", "Does the brownie contain nuts?", "contains wheat, gluten and soy", "traces"),
        ("mei", "布朗尼含坚果吗？", "小麦、麸质、大豆", "微量"),
    ],
)
def test_a_question_about_allergens_gets_the_catalogue_with_the_caveat(
    request: pytest.FixtureRequest, fixture: str, words: str, answer: str, caveat: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert answer in chat.text
    assert caveat in chat.text


def test_a_question_about_allergens_of_nothing_named_gets_a_person(ana: Chat) -> None:
    ana.send("do you have an allergen list?")
    assert "Ask a colleague" in ana.last.buttons


@pytest.mark.parametrize(
    "words",
    ["is there soy in the brownie?", "Does the carrot cake contain nuts?", "what allergens are in the brownie?"],
)
def test_however_it_is_asked_allergens_come_from_the_catalogue(ana: Chat, words: str) -> None:
    ana.send(words)
    assert ana.answers[0].name == "chat/contains"


def test_an_allergen_in_the_name_makes_no_question_about_allergens(ana: Chat) -> None:
    ana.send("how much is an oat latte?")
    assert ana.answers[0].name == "chat/items"


def test_a_price_is_told(ana: Chat) -> None:
    ana.send("how much is a flat white?")
    assert ana.text.startswith("Flat white: €3.80")


@pytest.mark.parametrize(("fixture", "words"), [("ana", "asdf qwer zxcv"), ("mei", "嘎嘎呜呜噜噜")])
def test_not_understood_gets_an_example_and_then_a_person(
    request: pytest.FixtureRequest, fixture: str, words: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert [answer.name for answer in chat.answers] == ["chat/not_understood"]
    chat.send(words)
    assert [answer.name for answer in chat.answers] == ["chat/offer_person"]
    assert len(chat.last.buttons) == 1
    chat.send({"ana": "thank you", "mei": "谢谢"}[fixture])
    chat.send(words)
    assert [answer.name for answer in chat.answers] == ["chat/not_understood"]


@pytest.mark.parametrize(
    ("fixture", "words", "name"),
    [
        ("ana", "thanks", "chat/thanks"), ("mei", "谢谢", "chat/thanks"),
        ("ana", "goodbye", "chat/goodbye"), ("mei", "再见", "chat/goodbye"),
        ("ana", "you stupid idiot", "chat/abuse"), ("ana", "😀👍", "chat/sticker"), ("ana", "how are you?", "chat/small_talk"),
        ("ana", "are you a bot?", "chat/ask_bot"), ("mei", "你是机器人吗", "chat/ask_bot"), ("ana", "who are you?", "chat/ask_bot"),
        ("ana", "my mother died last week", "chat/life_event"), ("mei", "我妈妈去世了", "chat/life_event"),
        ("ana", "what do you know about me?", "profile/me"), ("mei", "你知道我什么", "profile/me"),
    ],
)  # fmt: skip
def test_small_words_get_short_answers(request: pytest.FixtureRequest, fixture: str, words: str, name: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert chat.answers[0].name == name


def test_a_life_event_reaches_a_person(ana: Chat) -> None:
    ana.send("my mother died last week")
    assert to_staff(ana) == ["staff/life_event"]
    assert len(ana.answers) == 1


def test_a_greeting_remembers_something(ana: Chat) -> None:
    ana.send("hello")
    assert ana.answers[0].name == "chat/greeting"
    ana.send("I love oat lattes")
    ana.send("hello")
    assert ana.answers[0].name == "chat/greeting"  # we are still talking
    ana.house.pass_time(hours=3)
    ana.send("hello")
    assert ana.answers[0].name == "chat/greeting_known"
    assert "oat lattes" in ana.text


def test_a_greeting_never_names_a_restriction(ana: Chat) -> None:
    ana.send("I'm allergic to peanuts")
    ana.send("hello")
    assert "peanuts" not in ana.text


def test_a_greeting_begins_where_the_complaint_ended(ana: Chat) -> None:
    ana.send("my latte was cold")
    ana.house.pass_time(hours=3)
    ana.send("hello")
    assert "my latte was cold" in ana.text


def test_stop_by_word(ana: Chat, mei: Chat) -> None:
    ana.send("stop")
    mei.send("别再给我发消息了")
    assert (ana.customer.status, mei.customer.status) == ("stopped", "stopped")
    assert [(event.kind, event.reference) for event in ana.rows(Event)] == [("status", "stopped")]


def test_the_language_is_switched_by_word_and_stays(ana: Chat) -> None:
    ana.send("please speak Chinese")
    assert (ana.customer.language, ana.customer.language_from) == ("zh", "chosen")
    assert "中文" in ana.text
    ana.send("when are you open?")
    assert ana.customer.language == "zh"


def test_the_language_follows_what_is_written(ana: Chat) -> None:
    ana.send("你们几点开门？")
    assert (ana.customer.language, ana.customer.language_from) == ("zh", "written")


def test_staff_see_what_was_not_understood(ana: Chat) -> None:
    ana.send("asdf qwer zxcv")
    ana.send("asdf qwer zxcv")
    ana.press("Ask a colleague")
    assert "asdf qwer zxcv" in ana.house.shown(STAFF)[-1].text


# -- a person ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fixture", "words"), [("ana", "I want to talk to a person"), ("mei", "转人工")])
def test_a_colleague_is_called_and_the_bot_holds_back(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert to_staff(chat) == ["staff/handoff"]
    assert chat.conversation.colleague_until == chat.house.clock.at + timedelta(hours=12)
    chat.house.pass_time(hours=1)
    chat.send("I love cinnamon")
    assert chat.answers == []
    assert to_staff(chat) == ["staff/handoff", "staff/relayed"]
    assert [fact.value for fact in chat.rows(Fact)] == ["cinnamon"]
    assert chat.conversation.colleague_until == chat.house.clock.at + timedelta(hours=12)


def test_the_bot_comes_back_by_tap_by_command_and_by_time(ana: Chat) -> None:
    for way in ("tap", "command", "time"):
        ana.send("I want to talk to a person")
        if way == "tap":
            ana.press("Back to the bot")
        elif way == "command":
            ana.send("/bot")
        else:
            ana.house.pass_time(hours=12, seconds=1)
        ana.send("thanks")
        assert [answer.name for answer in ana.answers][:1] == ["chat/thanks"], way


def test_stop_is_heard_while_a_colleague_is_talking(ana: Chat) -> None:
    ana.send("I want to talk to a person")
    ana.send("stop")
    assert ana.customer.status == "stopped"


def test_where_nobody_is_there_the_bot_says_so_and_stays(sqlite_database: object) -> None:
    chat = Chat(House(sqlite_database))  # type: ignore[arg-type]
    chat.send("/start")
    chat.send("I want to talk to a person")
    assert [answer.name for answer in chat.answers] == ["chat/nobody_here"]
    assert chat.conversation.colleague_until is None
