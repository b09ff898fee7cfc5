from __future__ import annotations

import pytest

from storage.models import Fact, QuestionAsked
from tests.support.visits import Chat


def asked(chat: Chat) -> list[tuple[str, str | None]]:
    return [(row.name, row.outcome) for row in chat.rows(QuestionAsked)]


def known(chat: Chat) -> list[tuple[str, str, str | None, str | None]]:
    return [(fact.kind, fact.value, fact.polarity, fact.item) for fact in chat.rows(Fact) if not fact.forgotten_at]


def questions(chat: Chat) -> list[str]:
    return [answer.name for answer in chat.answers if answer.name.startswith("questions/")]


@pytest.fixture
def asked_ana(ana: Chat) -> Chat:
    """Asked what she usually drinks."""
    ana.press("Yes")
    assert questions(ana) == ["questions/usual_drink"]
    return ana


@pytest.fixture
def asked_mei(mei: Chat) -> Chat:
    mei.press("同意")
    assert questions(mei) == ["questions/usual_drink"]
    return mei


@pytest.mark.parametrize(("fixture", "yes", "drink", "kept"), [
    ("ana", "Yes", "a Flat White, please!", "Flat White"), ("mei", "同意", "燕麦拿铁，谢谢", "燕麦拿铁"), ("mei", "同意", "燕麦拿铁", "燕麦拿铁")
])  # fmt: skip
def test_a_short_answer_becomes_the_fact_that_was_asked_for(
    request: pytest.FixtureRequest, fixture: str, yes: str, drink: str, kept: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.press(yes)
    chat.send(drink)
    assert [(kind, value, polarity) for kind, value, polarity, _item in known(chat)] == [("preference", kept, "like")]
    assert asked(chat) == [("usual_drink", "answered")]
    assert kept in chat.text


def test_skip_by_tap_and_by_word_is_an_answer(asked_ana: Chat, mei: Chat) -> None:
    asked_ana.press("Skip")
    assert asked(asked_ana) == [("usual_drink", "skipped")]
    mei.press("同意")
    mei.send("跳过")
    assert asked(mei) == [("usual_drink", "skipped")]
    asked_ana.house.pass_time(days=4)
    asked_ana.send("hello")
    assert questions(asked_ana) == ["questions/milk"]  # the next, never the same


def test_an_aside_leaves_the_question_open_and_the_answer_counts_when_it_comes(asked_ana: Chat) -> None:
    asked_ana.send("hi")
    asked_ana.send("when are you open?")
    assert [answer.name for answer in asked_ana.answers] == ["chat/faq"]
    assert known(asked_ana) == []
    asked_ana.send("flat white")
    assert known(asked_ana) == [("preference", "flat white", "like", "flat-white")]
    assert asked(asked_ana) == [("usual_drink", "answered")]


def test_what_somebody_else_likes_is_no_answer(asked_ana: Chat) -> None:
    asked_ana.send("my dad loves the flat white")
    assert known(asked_ana) == [("preference", "flat white", "like", "flat-white")]
    assert asked(asked_ana) == [("usual_drink", "ignored")]
    asked_ana.house.pass_time(days=4)
    asked_ana.send("I love the flat white")
    assert "questions/milk" in questions(asked_ana)  # now it is known


@pytest.mark.parametrize(
    ("fixture", "words"),
    [
        ("asked_ana", "I just moved in upstairs, a neighbour told me that your flat white is good"),
        ("asked_mei", "我刚搬到你们楼上，听说你们家手冲不错"),
    ],
)
def test_a_thing_named_in_a_longer_story_is_no_answer(request: pytest.FixtureRequest, fixture: str, words: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(words)
    assert known(chat) == []


def test_another_subject_ends_the_question_and_nothing_is_made_of_it(asked_ana: Chat) -> None:
    for words in ("hi", "thanks", "when are you open?"):
        asked_ana.send(words)
    assert asked(asked_ana) == [("usual_drink", "ignored")]
    asked_ana.send("flat white")
    assert known(asked_ana) == []


@pytest.mark.parametrize(
    "words", ["asdf qwer", "it depends, I never really know what to take when I come in the morning"]
)
def test_words_that_are_no_drink_are_not_kept_as_one(asked_ana: Chat, words: str) -> None:
    asked_ana.send(words)
    assert known(asked_ana) == []


def test_one_question_in_so_many_days(asked_ana: Chat) -> None:
    asked_ana.send("a flat white")
    assert questions(asked_ana) == []
    asked_ana.house.pass_time(days=2, hours=23)
    asked_ana.send("hello")
    assert questions(asked_ana) == []
    asked_ana.house.pass_time(hours=1)
    asked_ana.send("hello")
    assert questions(asked_ana) == ["questions/milk"]


def test_what_is_known_is_not_asked(ana: Chat) -> None:
    ana.send("I love oat lattes")  # says the drink and the milk
    assert questions(ana) == ["questions/restrictions"]
    ana.send("nuts and soy")
    assert known(ana)[1:] == [("restriction", "nuts", None, None), ("restriction", "soy", None, None)]


@pytest.mark.parametrize("words", ["no", "none", "nothing"])
def test_no_restrictions_is_an_answer_without_a_fact(ana: Chat, words: str) -> None:
    ana.send("I love oat lattes")
    ana.send(words)
    assert asked(ana) == [("restrictions", "answered")]
    assert len(known(ana)) == 1


def test_a_mere_yes_is_asked_on(ana: Chat) -> None:
    ana.send("I love oat lattes")
    ana.send("yes")
    assert questions(ana) == ["questions/tell_me"]
    ana.send("peanuts")
    assert known(ana)[1:] == [("restriction", "peanuts", None, None)]


@pytest.mark.parametrize(
    ("words", "date"), [("12 June", "06-12"), ("12 June 1990", "1990-06-12"), ("6月12日", "06-12")]
)
def test_a_birthday_is_a_day_of_the_year(ana: Chat, words: str, date: str) -> None:
    ana.press("Yes")  # without marketing nobody would be congratulated, and nobody asked
    ana.send("oat latte")
    for question, answer in (("questions/restrictions", "none"), ("questions/birthday", words)):
        ana.house.pass_time(days=4)
        ana.send("hello")
        assert questions(ana) == [question]
        ana.send(answer)
    fact = ana.rows(Fact)[-1]
    assert (fact.kind, fact.value, fact.date, fact.person) == ("occasion", "birthday", date, None)


def test_nobody_upset_is_asked(ana: Chat) -> None:
    ana.send("my latte was cold")
    ana.send("thanks")
    assert questions(ana) == []
    ana.house.pass_time(days=2)  # calm again, but the case is open
    ana.send("hello")
    assert questions(ana) == []


def test_nobody_who_said_stop_is_asked(ana: Chat) -> None:
    ana.send("/stop")
    ana.send("hello")
    assert questions(ana) == []


def test_no_question_while_the_one_of_consent_is_open_at_the_first_message(ana: Chat) -> None:
    assert questions(ana) == []


def test_all_questions_answered_there_is_none_left(asked_ana: Chat) -> None:
    for _ in range(6):
        asked_ana.house.pass_time(days=4)
        asked_ana.send("hello")
    names = [name for name, _outcome in asked(asked_ana)]
    assert names == ["usual_drink", "milk", "restrictions", "birthday", "brew_at_home", "elsewhere"]
