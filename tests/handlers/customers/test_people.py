"""Who "she" is from one message to the next."""

from __future__ import annotations

import pytest

from storage.models import Fact
from tests.support.visits import Chat


def of_others(chat: Chat) -> list[tuple[str, str, str | None]]:
    """Kind, value and person of what is known of somebody of theirs."""
    return [
        (fact.kind, fact.value, fact.person)
        for fact in chat.rows(Fact)
        if fact.person and fact.kind != "occasion" and fact.forgotten_at is None
    ]


@pytest.mark.parametrize(
    ("fixture", "first", "then", "kept", "said"),
    [
        ("ana", "my daughter Mia turns 5 on 12 March", "she loves strawberries",
         [("preference", "strawberries", "daughter Mia")], "daughter Mia likes strawberries"),
        ("ana", "my husband is coming too", "he can't have nuts", [("restriction", "nuts", "husband")], "husband must avoid nuts"),
        ("mei", "我女儿三月十二号生日", "她最喜欢草莓", [("preference", "草莓", "女儿")], "女儿喜欢草莓"),
        ("mei", "我女儿三月十二号生日", "她对花生过敏", [("restriction", "花生", "女儿")], "花生"),
    ],
)  # fmt: skip
def test_she_is_who_was_spoken_of_last(
    request: pytest.FixtureRequest, fixture: str, first: str, then: str, kept: list[tuple[str, str, str]], said: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    chat.send(then)
    assert of_others(chat) == kept
    assert said in chat.text
    chat.send({"ana": "undo", "mei": "撤销"}[fixture])
    assert of_others(chat) == []


@pytest.mark.parametrize("first", ["hello", "my son turns 5 on 12 March", "my mum and my sister are coming"])
def test_of_nobody_in_particular_nothing_is_kept(ana: Chat, first: str) -> None:
    ana.send(first)
    ana.send("she loves strawberries")
    assert of_others(ana) == []


def test_an_hour_later_she_may_be_anybody(ana: Chat) -> None:
    ana.send("my daughter Mia turns 5 on 12 March")
    ana.house.pass_time(hours=1)
    ana.send("she loves strawberries")
    assert of_others(ana) == []


@pytest.mark.parametrize(
    ("fixture", "text", "told"),
    [
        ("ana", "she's more of a tea person", "my sister prefers tea"),
        ("mei", "她更喜欢喝茶", "我妹妹喜欢喝茶"),
    ],
)
def test_whose_taste_it_is_is_asked_where_nobody_was_named(
    request: pytest.FixtureRequest, fixture: str, text: str, told: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(text)
    assert [answer.name for answer in chat.answers] == ["chat/whom"]
    assert told in chat.text.replace("My", "my")
    assert chat.rows(Fact) == []


@pytest.mark.parametrize(("fixture", "text"), [("ana", "she is allergic to nuts"), ("mei", "她对坚果过敏")])
def test_what_somebody_must_avoid_is_no_answer_of_ones_own(
    request: pytest.FixtureRequest, fixture: str, text: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send("I like tea" if fixture == "ana" else "我喜欢喝茶")
    assert chat.last.name == "questions/restrictions"
    chat.send(text)
    assert [fact.kind for fact in chat.rows(Fact)] == ["preference"]
