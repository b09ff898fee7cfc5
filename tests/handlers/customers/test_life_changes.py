"""A baby, a wedding, a move: heard, kept as a fact, wished well for once, and never after a loss."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.customize.follow_ups import tick
from bot.interact import life_changes
from bot.interact.life_changes import KIND, list_ages
from storage import customers, facts
from storage.follow_ups import list_rows
from storage.models import Event, OutboxMessage
from tests.support.visits import Chat


@pytest.fixture
def chats(ana: Chat, mei: Chat) -> dict[str, Chat]:
    for chat in (ana, mei):
        chat.press({"en": "Yes", "zh": "同意"}["zh" if chat is mei else "en"])
    return {"en": ana, "zh": mei}


def work(chat: Chat) -> None:
    house = chat.house
    house.write(lambda memory: tick(memory, house.settings, house.wording, house.clock.at))


def wishes(chat: Chat) -> list[dict[str, Any]]:
    rows = chat.remember(lambda memory, customer: list_rows(memory, customer_id=customer.id, limit=None))
    return [row for row in rows if row["rule"] == "life_change"]


def changes(chat: Chat) -> list[tuple[str, str | None]]:
    def read(memory: Any, customer: Any) -> list[tuple[str, str | None]]:
        rows = memory.scalars(select(Event).where(Event.customer_id == customer.id, Event.kind == KIND))
        return [(row.data["what"], row.data["person"]) for row in rows]

    return chat.remember(read)  # type: ignore[no-any-return]


SAID = [
    ("en", "we had a baby girl last week", ("baby", None)),
    ("en", "my wife just gave birth to twins", ("baby", None)),
    ("en", "our son Leo was born on 20 February 2026", ("baby", "son Leo")),
    ("en", "my due date is 3 May", ("baby_expected", None)),
    ("en", "we got married", ("marriage", None)),
    ("en", "I have just moved house", ("moved", None)),
    ("en", "my daughter moved out last month", ("child_moved_out", "daughter")),
    ("en", "I retired last month", ("retired", None)),
    ("en", "we got a puppy", ("pet", None)),
    ("zh", "我们上周生了个女儿", ("baby", None)),
    ("zh", "我的预产期是5月3号", ("baby_expected", None)),
    ("zh", "我们结婚了", ("marriage", None)),
    ("zh", "我们搬家了", ("moved", None)),
    ("zh", "我女儿搬出去了", ("child_moved_out", "女儿")),
    ("zh", "我退休了", ("retired", None)),
    ("zh", "我们领养了一只猫", ("pet", None)),
]


@pytest.mark.parametrize(("language", "said", "change"), SAID)
def test_a_change_is_heard_and_told_to_the_schedule(
    chats: dict[str, Chat], language: str, said: str, change: tuple[str, str | None]
) -> None:
    chats[language].send(said)
    assert changes(chats[language]) == [change]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "our daughter was born on 3 May 2010"),
        ("en", "we got married in 2010"),
        ("en", "we moved to another table"),
        ("en", "my sister had a baby"),
        ("en", "did you get a puppy?"),
        ("en", "I had a baby latte"),
        ("en", "my flatmate moved out"),
        ("en", "I'm pregnant"),  # health: kept only as something to be careful about
        ("zh", "我姐姐生了个儿子"),
        ("zh", "你们搬家了吗"),
    ],
)
def test_what_is_no_change_of_theirs_is_none(chats: dict[str, Chat], language: str, said: str) -> None:
    chats[language].send(said)
    assert changes(chats[language]) == []


@pytest.mark.parametrize(
    ("language", "said", "words"), [("en", "we had a baby girl", "new arrival"), ("zh", "我们生了个女儿", "宝宝")]
)
def test_a_baby_is_congratulated_two_days_later(chats: dict[str, Chat], language: str, said: str, words: str) -> None:
    chat = chats[language]
    chat.send(said)
    work(chat)
    (wish,) = wishes(chat)
    assert (wish["status"], wish["due_at"]) == ("planned", datetime(2026, 3, 4, 9, tzinfo=UTC))  # 10:00 in Berlin
    chat.house.clock.at = wish["due_at"]
    work(chat)
    sent = chat.remember(
        lambda memory, _: memory.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    )
    assert sent.message_name == "follow_ups/life_change/default"
    assert words in sent.parameters["text"]


def test_one_baby_is_congratulated_once(chats: dict[str, Chat]) -> None:
    chat = chats["en"]
    chat.send("we had a baby girl last week")
    work(chat)
    chat.send("our daughter Ida was born on 23 February 2026")
    work(chat)
    assert changes(chat) == [("baby", None), ("baby", "daughter Ida")]
    assert len(wishes(chat)) == 1


def test_what_the_business_did_not_name_is_not_answered(chats: dict[str, Chat]) -> None:
    chats["en"].send("I have just moved house")
    work(chats["en"])
    assert wishes(chats["en"]) == []


def test_taking_it_back_takes_the_wish_back(chats: dict[str, Chat]) -> None:
    chat = chats["en"]
    chat.send("we had a baby girl last week")
    work(chat)
    chat.press("Undo")
    chat.house.clock.at = wishes(chat)[0]["due_at"]
    work(chat)
    assert [(row["status"], row["reason"]) for row in wishes(chat)] == [("skipped", "superseded")]


@pytest.mark.parametrize(
    ("language", "said", "undo"),
    [("en", "we had a baby girl last week", "Undo"), ("zh", "我们上周生了个女儿", "撤销")],
)
def test_what_was_taken_back_and_said_again_is_congratulated(
    chats: dict[str, Chat], language: str, said: str, undo: str
) -> None:
    chat = chats[language]
    chat.send(said)
    work(chat)
    chat.press(undo)
    work(chat)
    chat.send(said)
    work(chat)
    chat.house.clock.at = max(row["due_at"] for row in wishes(chat))
    work(chat)
    assert sorted(row["status"] for row in wishes(chat)) == ["queued", "skipped"]


def test_a_day_put_right_is_congratulated_once(chats: dict[str, Chat]) -> None:
    chat = chats["en"]
    for day in (20, 21):
        chat.send(f"our daughter Ida was born on {day} February 2026")
        work(chat)
    chat.house.clock.at = max(row["due_at"] for row in wishes(chat))
    work(chat)
    assert sorted(row["status"] for row in wishes(chat)) == ["queued", "skipped"]


def test_without_consent_nobody_is_congratulated(ana: Chat) -> None:
    ana.send("we had a baby girl last week")
    work(ana)
    ana.house.clock.at = wishes(ana)[0]["due_at"]
    work(ana)
    assert [(row["status"], row["reason"]) for row in wishes(ana)] == [("skipped", "consent_missing")]


@pytest.mark.parametrize("first", ["we had a baby girl last week", "my mum passed away"])
def test_a_loss_silences_congratulations_before_and_after_it(chats: dict[str, Chat], first: str) -> None:
    chat = chats["en"]
    second = {"we had a baby girl last week", "my mum passed away"} - {first}
    for line in (first, *second):
        chat.send(line)
        work(chat)
    assert [row["status"] for row in wishes(chat) if row["status"] != "cancelled"] == []
    assert {row["reason"] for row in wishes(chat)} <= {"life_event"}


def test_a_second_move_a_year_later_is_another(chats: dict[str, Chat]) -> None:
    chat = chats["en"]
    chat.send("I have just moved house")
    chat.send("I have just moved house")
    chat.house.pass_time(days=365)
    chat.send("I have just moved house")
    assert changes(chat) == [("moved", None), ("moved", None)]


def test_a_change_is_shown_and_forgotten_in_words(chats: dict[str, Chat]) -> None:
    chats["en"].send("we just got married")
    assert "you got married" in chats["en"].text
    chats["zh"].send("我们搬家了")
    assert "您搬家了" in chats["zh"].text


# -- age ---------------------------------------------------------------------------------------------------------


def test_a_child_comes_of_age_at_night_once(chats: dict[str, Chat]) -> None:
    chat, house = chats["en"], chats["en"].house
    chat.send("our son Leo was born on 10 March 2008")
    assert changes(chat) == []
    work(chat)
    for _ in range(14):
        house.pass_time(days=1)
        work(chat)
        work(chat)
    assert changes(chat) == [("child_of_age", "son Leo")]
    assert len(wishes(chat)) == 1


@pytest.mark.parametrize(
    ("language", "said", "child"),
    [
        ("en", "our son turned 18 yesterday", "son"),
        ("en", "my daughter Mia just turned six today", "daughter Mia"),
        ("zh", "我儿子昨天满18岁了", "儿子"),
        ("zh", "我女儿今天满六岁", "女儿"),
    ],
)
def test_who_turned_so_old_lately_has_come_of_age(chats: dict[str, Chat], language: str, said: str, child: str) -> None:
    chats[language].send(said)
    work(chats[language])
    chats[language].house.pass_time(days=1)
    work(chats[language])
    assert [person for _, person in changes(chats[language])] == [child]


@pytest.mark.parametrize("said", ["our son turned vegan yesterday", "my son turned a corner today"])
def test_who_turned_something_else_is_no_older(chats: dict[str, Chat], said: str) -> None:
    chats["en"].send(said)
    work(chats["en"])
    chats["en"].house.pass_time(days=1)
    work(chats["en"])
    assert changes(chats["en"]) == []


def test_ages_are_kept_on_the_28th_where_there_is_no_29th() -> None:
    assert [(one.what, one.day.isoformat()) for one in list_ages(datetime(2016, 2, 29, tzinfo=UTC).date())] == [
        ("child_starts_school", "2022-02-28"),
        ("child_of_age", "2034-02-28"),
    ]


def test_a_forgotten_birthday_makes_nobody_older(chats: dict[str, Chat]) -> None:
    chat, house = chats["en"], chats["en"].house
    chat.send("our son Leo was born on 28 February 2008")

    def forget_and_look(memory: Any, customer: Any) -> int:
        known = facts.list_current(memory, customer.id, "occasion")
        facts.forget(memory, [fact.id for fact in known], house.clock.at)
        zone = house.settings.business.time_zone
        return life_changes.come_of_age(memory, [customer.id], house.clock.at, zone)

    def look(memory: Any) -> int:
        return forget_and_look(memory, customers.find(memory, "telegram", str(chat.person)))

    assert house.write(look) == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "we had a baby girl but she died"),
        ("en", "we had a baby boy last week, he didn't make it"),
        ("en", "We had twins. We lost them."),
        ("zh", "我们上周生了个女儿，但是去世了"),
    ],
)
def test_nobody_is_congratulated_on_a_child_that_died(chats: dict[str, Chat], language: str, said: str) -> None:
    chat = chats[language]
    chat.send(said)
    work(chat)
    assert chat.last.name == "chat/life_event"
    assert (changes(chat), wishes(chat)) == ([], [])


def test_nobody_is_glad_of_a_puppy_that_died(chats: dict[str, Chat]) -> None:
    chats["en"].send("we got a puppy but it died")
    assert "ongratulations" not in chats["en"].text
    assert changes(chats["en"]) == []


def test_what_was_years_ago_is_no_day_to_congratulate_on(chats: dict[str, Chat]) -> None:
    chat = chats["en"]
    chat.send("we got married 20 years ago")
    assert chat.remember(lambda memory, customer: list(facts.list_current(memory, customer.id, "occasion"))) == []


@pytest.mark.parametrize(
    ("language", "before", "said", "who"),
    [
        ("en", "my sister loves tea", "we just had a baby girl, she is allergic to milk", "baby"),
        ("zh", "我姐姐喜欢喝茶", "我们刚生了个女儿，她对牛奶过敏", "宝宝"),
    ],
)
def test_she_who_was_just_born_is_nobody_spoken_of_before(
    chats: dict[str, Chat], language: str, before: str, said: str, who: str
) -> None:
    chat = chats[language]
    chat.send(before)
    chat.send(said)
    held = chat.remember(lambda memory, customer: list(facts.list_current(memory, customer.id, "restriction")))
    assert [fact.person for fact in held] == [who]
    assert all(answer.name != "feedback/complaint" for answer in chat.answers)


@pytest.mark.parametrize(
    ("language", "text", "glad"),
    [("en", "we just had a baby girl", True), ("en", "we have moved house", False), ("zh", "我们结婚了", True), ("zh", "我退休了", False)],
)  # fmt: skip
def test_happy_news_is_met_with_joy(chats: dict[str, Chat], language: str, text: str, glad: bool) -> None:
    chats[language].send(text)
    assert ({"en": "ongratulations", "zh": "恭喜"}[language] in chats[language].text) is glad


@pytest.mark.parametrize(
    ("language", "news", "said"),
    [("en", "we had a baby girl last week", "she died"), ("zh", "我们上周生了个女儿", "她昨晚去世了")],
)
def test_good_news_is_taken_back_by_what_comes_after(
    chats: dict[str, Chat], language: str, news: str, said: str
) -> None:
    chat = chats[language]
    chat.send(news)
    work(chat)
    assert [wish["status"] for wish in wishes(chat)] == ["planned"]
    chat.send(said)
    work(chat)
    assert {"en": "Thank you for telling me", "zh": "谢谢您"}[language] in chat.text or "glad you told me" in chat.text
    assert [wish["status"] for wish in wishes(chat)] == ["cancelled"]
    kept = chat.remember(lambda memory, customer: [one.value for one in facts.list_current(memory, customer.id)])
    assert kept == ["death"]
