"""After a death, a separation or a lost pregnancy, what was planned for it falls silent and stays so."""

from __future__ import annotations

from typing import Any

import pytest

from bot.customize import explanation
from bot.customize.follow_ups import tick
from storage import facts
from storage.follow_ups import list_rows
from tests.support.visits import Chat


@pytest.fixture
def chats(ana: Chat, mei: Chat) -> dict[str, Chat]:
    return {"en": ana, "zh": mei}


def plan(chat: Chat) -> None:
    house = chat.house
    house.write(lambda memory: tick(memory, house.settings, house.wording, house.clock.at))


def wishes(chat: Chat, status: str) -> list[dict[str, Any]]:
    rows = chat.remember(lambda memory, customer: list_rows(memory, customer_id=customer.id, limit=None))
    return [row for row in rows if row["rule"] == "birthday" and row["status"] == status]


def known(chat: Chat, kind: str) -> list[tuple[str, str | None]]:
    held = chat.remember(lambda memory, customer: list(facts.list_current(memory, customer.id, kind)))
    return [(fact.value, fact.person) for fact in held]


DEATHS = [
    ("en", "my mother's birthday is 3 May", "my mum passed away", "mother", "my mum's birthday was 3 May"),
    ("zh", "我妈妈5月3号生日", "我妈走了", "妈妈", "我妈的生日是5月3号"),
]


@pytest.mark.parametrize(("language", "birthday", "death", "person", "again"), DEATHS)
def test_a_death_silences_the_birthday_of_the_dead(
    chats: dict[str, Chat], language: str, birthday: str, death: str, person: str, again: str
) -> None:
    chat = chats[language]
    chat.send(birthday)
    plan(chat)
    assert known(chat, "occasion") == [("birthday", person)]
    assert len(wishes(chat, "planned")) == 1

    chat.send(death)
    plan(chat)
    assert [answer.name for answer in chat.answers] == ["chat/life_event"]
    assert known(chat, "occasion") == []
    assert wishes(chat, "planned") == []
    assert [row["reason"] for row in wishes(chat, "cancelled")] == ["life_event"]
    why = chat.remember(
        lambda memory, customer: explanation.explain(memory, customer, chat.house.settings, chat.house.clock.at)
    )
    assert [held["reason"] for held in why["held"] if held["rule"] == "birthday"] == ["life_event"]

    chat.send(again)
    plan(chat)
    assert known(chat, "occasion") == []
    assert wishes(chat, "planned") == []


@pytest.mark.parametrize(("language", "death"), [("en", "my mum passed away"), ("zh", "我妈走了")])
def test_other_birthdays_are_still_wished_also_on_the_same_day(
    chats: dict[str, Chat], language: str, death: str
) -> None:
    chat = chats[language]
    chat.send("我女儿5月3号生日" if language == "zh" else "my daughter's birthday is 3 May")
    chat.send("我妈妈5月3号生日" if language == "zh" else "my mum's birthday is 3 May")
    chat.send(death)
    plan(chat)
    assert known(chat, "occasion") == [("birthday", "女儿" if language == "zh" else "daughter")]
    assert len(wishes(chat, "planned")) == 1


@pytest.mark.parametrize(
    ("language", "lines", "event"),
    [
        ("en", ["our wedding anniversary is June 12", "my husband's birthday is 3 May"], "we are getting divorced"),
        ("zh", ["我们的结婚纪念日是6月12日", "我老公的生日是5月3号"], "我离婚了"),
    ],
)
def test_a_separation_silences_the_anniversary_and_the_partner(
    chats: dict[str, Chat], language: str, lines: list[str], event: str
) -> None:
    chat = chats[language]
    for line in lines:
        chat.send(line)
    assert len(known(chat, "occasion")) == 2
    chat.send(event)
    plan(chat)
    assert known(chat, "occasion") == []
    assert wishes(chat, "planned") == []


@pytest.mark.parametrize(
    ("language", "lines", "event"),
    [
        ("en", ["I'm pregnant", "my due date is 3 May"], "I had a miscarriage"),
        ("zh", ["我怀孕了", "我的预产期是5月3号"], "我流产了"),
    ],
)
def test_a_lost_pregnancy_is_not_spoken_of(chats: dict[str, Chat], language: str, lines: list[str], event: str) -> None:
    chat = chats[language]
    for line in lines:
        chat.send(line)
    assert (len(known(chat, "restriction")), len(known(chat, "occasion"))) == (1, 1)
    chat.send(event)
    assert (known(chat, "restriction"), known(chat, "occasion")) == ([], [])


def test_what_happened_is_never_a_fact_to_sell_on(ana: Chat) -> None:
    ana.send("my husband died, I live alone now and I love hiking")
    assert known(ana, "demographic") == []
    assert known(ana, "life_event") == [("death", "husband")]
    ana.send("/me")
    assert "we keep quiet about your husband’s days" in ana.text


def test_a_household_is_what_was_said_last(ana: Chat, mei: Chat) -> None:
    ana.send("I live with my daughter")
    assert known(ana, "demographic") == [("lives with", "daughter")]
    ana.send("my daughter moved out last month")
    assert known(ana, "demographic") == [("moved out", "daughter")]
    mei.send("我和女儿住")
    mei.send("我女儿上个月搬出去了")
    assert known(mei, "demographic") == [("moved out", "女儿")]


@pytest.mark.parametrize("back", ["undo", "/me"])
@pytest.mark.parametrize(
    ("language", "birthday", "death"),
    [("en", "my mother's birthday is 3 May", "my mum passed away"), ("zh", "我妈妈5月3号生日", "我妈走了")],
)
def test_taking_it_back_brings_back_what_it_silenced(
    chats: dict[str, Chat], language: str, birthday: str, death: str, back: str
) -> None:
    chat = chats[language]
    chat.send(birthday)
    before = known(chat, "occasion")
    chat.send(death)
    plan(chat)
    assert wishes(chat, "planned") == []
    chat.send({"en": "undo", "zh": "撤销"}[language] if back == "undo" else back)
    if back == "/me":
        chat.press({"en": "Forget 1", "zh": "忘掉 1"}[language])
    plan(chat)
    assert known(chat, "life_event") == []
    assert known(chat, "occasion") == before
    assert len(wishes(chat, "planned")) == 1


def test_a_typo_mended_in_the_sad_news_brings_nothing_back(ana: Chat) -> None:
    ana.send("my mother's birthday is 3 May")
    message = ana.send("my mum passed away last nigth")
    ana.edit(message, "my mum passed away last night")
    assert known(ana, "life_event") == [("death", "mum")]
    assert known(ana, "occasion") == []
