"""Which question is asked, when, how often; and facts that are asked about again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.models import Customer, Fact, QuestionAsked
from tests.support.visits import Chat


def questions(chat: Chat) -> list[str]:
    return [answer.name for answer in chat.answers if answer.name.startswith("questions/")]


def holding(chat: Chat) -> list[tuple[str, str | None]]:
    return [
        (fact.value, fact.polarity)
        for fact in chat.rows(Fact)
        if fact.superseded_by is None and fact.forgotten_at is None
    ]


def ask_all(chat: Chat, times: int, days: int = 4) -> list[str]:
    found = []
    for _ in range(times):
        chat.house.pass_time(days=days)
        chat.send("hello")
        found += questions(chat)
    return found


def test_without_marketing_nothing_is_asked_that_only_marketing_uses(ana: Chat) -> None:
    ana.press("No")
    assert questions(ana) == ["questions/restrictions"]  # what matters at every order comes first
    assert ask_all(ana, 6) == ["questions/usual_drink", "questions/milk"]


def test_with_marketing_the_answer_that_offers_use_most_comes_first(ana: Chat) -> None:
    ana.press("Yes")
    assert [*questions(ana), *ask_all(ana, 4)] == [
        "questions/usual_drink", "questions/milk", "questions/restrictions", "questions/birthday",
        "questions/brew_at_home",
    ]  # fmt: skip


@pytest.mark.parametrize(("tier", "most"), [("A", 4), ("C", 2)])
def test_a_tier_has_so_many_questions_in_a_month(ana: Chat, tier: str, most: int) -> None:
    ana.house.write(lambda memory: memory.execute(update(Customer).values(tier=tier)))
    ana.press("Yes")
    assert len([*questions(ana), *ask_all(ana, 3)]) == most
    later = ask_all(ana, 3, days=12)
    assert len(later) == 2  # A has two left to ask at all; C waits for its month


def make_stale(chat: Chat) -> None:
    chat.house.write(
        lambda memory: memory.execute(update(Fact).values(since=chat.house.clock.at - timedelta(days=400)))
    )


@pytest.fixture
def stale(ana: Chat) -> Chat:
    """Likes oat lattes since more than a year; has been asked everything else."""
    ana.send("I love oat lattes")
    ana.press("Skip")
    ask_all(ana, 6)
    make_stale(ana)
    assert ask_all(ana, 1) == ["questions/still"]
    assert "you like oat lattes" in ana.text
    return ana


@pytest.mark.parametrize("by_word", [True, False])
def test_a_fact_that_still_holds_is_kept_as_said_today(stale: Chat, by_word: bool) -> None:
    stale.send("yes") if by_word else stale.press("Yes, still")
    old, new = stale.rows(Fact)
    assert (new.value, new.item, new.polarity, new.since) == (old.value, old.item, "like", stale.house.clock.at)
    assert old.superseded_by == new.id
    assert stale.last.name in ("questions/rechecked", "chat/parts")
    assert ask_all(stale, 3) == []  # it is fresh


@pytest.mark.parametrize("by_word", [True, False])
def test_a_fact_that_does_not_hold_any_more_is_withdrawn(stale: Chat, by_word: bool) -> None:
    stale.send("no") if by_word else stale.press("Not any more")
    assert holding(stale) == []
    assert ("still:1", "answered") in [(row.name, row.outcome) for row in stale.rows(QuestionAsked)]


def test_a_recheck_is_asked_once_and_skip_leaves_the_fact(stale: Chat) -> None:
    stale.press("Skip")
    assert holding(stale) == [("oat lattes", "like")]
    assert ask_all(stale, 3) == []


def test_two_facts_that_contradict_each_other_are_asked_about(mei: Chat) -> None:
    mei.send("我喜欢杏仁可颂")
    mei.send("我对坚果过敏")
    mei.house.pass_time(days=4)
    mei.send("你好")
    assert questions(mei) == ["questions/which"]
    assert "1. 您喜欢杏仁可颂" in mei.text
    mei.press("第二个")
    assert [value for value, _ in holding(mei)] == ["坚果"]


@pytest.mark.parametrize(("words", "left"), [("both", 2), ("the first", 1), ("whatever you think", 2)])
def test_which_is_right_may_be_said_in_words(ana: Chat, words: str, left: int) -> None:
    ana.send("I love the almond croissant")
    ana.send("I'm allergic to nuts")
    ana.house.pass_time(days=4)
    ana.send("hello")
    assert questions(ana) == ["questions/which"]
    ana.send(words)
    assert len(holding(ana)) == left


def test_a_button_of_a_recheck_pressed_after_the_fact_is_gone_is_harmless(stale: Chat) -> None:
    stale.house.write(lambda memory: memory.execute(update(Fact).values(forgotten_at=stale.house.clock.at)))
    stale.press("Yes, still")
    assert holding(stale) == []
    assert len(stale.rows(Fact)) == 1
