"""What is recommended: what most people buy, and nothing that this one must not have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import orders
from storage.database import Memory
from storage.models import Fact
from tests.support.visits import Chat, House


def sell(chat: Chat, *skus: str) -> None:
    """One order of each by this customer, a day ago."""
    customer = chat.customer.id

    def add(memory: Memory) -> None:
        for number, sku in enumerate(skus):
            orders.add_order(
                memory, customer_id=customer, external_id=f"{customer}-{sku}-{number}", total=400, currency="EUR",
                ordered_at=chat.house.clock.at - timedelta(days=1), lines=[{"sku": sku, "quantity": 1, "price": 400}],
            )  # fmt: skip

    chat.house.write(add)


@pytest.mark.parametrize(
    ("fixture", "asked", "restriction", "safe", "unsafe"),
    [
        ("ana", "what do you recommend?", "I'm allergic to nuts", "Americano", "Carrot cake"),
        ("ana", "anything you recommend?", "I'm allergic to nuts", "Americano", "Carrot cake"),
        ("ana", "hi, I'm new here. what's good?", "I'm allergic to nuts", "Americano", "Carrot cake"),
        ("mei", "第一次来，有什么好喝的", "我对坚果过敏", "美式咖啡", "胡萝卜蛋糕"),
        ("ana", "any recommendations?", "I'm allergic to nuts", "Americano", "Carrot cake"),
        ("mei", "有什么推荐的吗", "我对坚果过敏", "美式咖啡", "胡萝卜蛋糕"),
        ("mei", "你们什么最好喝", "我对坚果过敏", "美式咖啡", "胡萝卜蛋糕"),
    ],
)  # fmt: skip
def test_what_sells_is_recommended_without_what_is_forbidden(
    request: pytest.FixtureRequest, fixture: str, asked: str, restriction: str, safe: str, unsafe: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    sell(chat, "americano", "carrot-cake")
    chat.send(asked)
    assert chat.answers[0].name == "chat/recommended"
    assert safe in chat.answers[0].text
    assert unsafe in chat.answers[0].text
    chat.send(restriction)
    chat.send(asked)
    assert safe in chat.answers[0].text
    assert unsafe not in chat.answers[0].text


@pytest.mark.parametrize(("fixture", "asked"), [("ana", "anything you recommend?"), ("mei", "有什么推荐")])
def test_what_is_recommended_is_of_the_kinds_that_are_bought(
    request: pytest.FixtureRequest, house: House, fixture: str, asked: str
) -> None:
    for person in range(700, 704):
        other = Chat(house, person=person, name="Zoe")
        other.send("/start")
        sell(other, "americano", *(["filter-papers"] if person == 700 else []))
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert ("美式咖啡" if fixture == "mei" else "Americano") in chat.answers[0].text
    assert "V60" not in chat.answers[0].text
    sell(chat, "filter-papers")  # whoever buys such things
    chat.send(asked)
    assert "V60" in chat.answers[0].text


@pytest.mark.parametrize(
    ("fixture", "told", "asked", "person", "safe", "unsafe"),
    [
        ("ana", "my wife is allergic to milk", "any tea you'd recommend for her?", "they must avoid", "Earl Grey", "Chai"),
        ("ana", "my wife is allergic to milk", "what can she drink?", "they must avoid", "Earl Grey", "Chai"),
        ("ana", "my wife is allergic to milk", "what would you recommend for my wife and me?", "you must avoid", "Earl Grey", "Chai"),
        ("ana", "my wife is allergic to milk", "what do you recommend?", "", "Chai", "must avoid"),
        ("mei", "我老婆对牛奶过敏", "有适合她的茶推荐吗", "您老婆", "伯爵红茶", "香料奶茶"),
        ("mei", "我老婆对牛奶过敏", "有适合我老婆的茶吗", "您老婆", "伯爵红茶", "香料奶茶"),
        ("mei", "我老婆对牛奶过敏", "有什么适合她喝的", "您老婆", "伯爵红茶", "香料奶茶"),
        ("mei", "我老婆对牛奶过敏", "她能喝什么", "您老婆", "伯爵红茶", "香料奶茶"),
    ],
)  # fmt: skip
def test_what_is_recommended_for_somebody_is_fit_for_them(
    request: pytest.FixtureRequest, fixture: str, told: str, asked: str, person: str, safe: str, unsafe: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    sell(chat, "chai", "earl-grey")
    chat.send(told)
    chat.send(asked)
    assert chat.answers[0].name.startswith("chat/recommended")
    assert safe in chat.answers[0].text
    assert person in chat.answers[0].text or not person
    assert unsafe not in chat.answers[0].text


@pytest.mark.parametrize(
    ("fixture", "told", "asked", "kept", "left"),
    [
        ("ana", "I don't like coffee", "what do you recommend?", "Carrot cake", "Americano"),
        ("ana", "my dad hates coffee", "anything for him?", "Carrot cake", "Americano"),
        ("mei", "我爸不喝咖啡", "有什么适合他的吗", "胡萝卜蛋糕", "美式咖啡"),
    ],
)
def test_nothing_is_recommended_of_a_kind_they_do_not_like(
    request: pytest.FixtureRequest, fixture: str, told: str, asked: str, kept: str, left: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    sell(chat, "americano", "carrot-cake")
    chat.send(told)
    chat.send(asked)
    assert kept in chat.answers[0].text
    assert left not in chat.answers[0].text


@pytest.mark.parametrize(("fixture", "asked"), [("ana", "what do you recommend?"), ("mei", "有什么推荐的吗")])
def test_where_nothing_fits_a_person_is_offered(request: pytest.FixtureRequest, fixture: str, asked: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert (chat.answers[0].name, len(chat.answers[0].buttons)) == ("chat/recommended", 1)


@pytest.mark.parametrize(
    ("fixture", "asked", "named", "other"),
    [
        ("ana", "can you recommend a tea?", "Earl Grey", "Americano"),
        ("ana", "what pastry would you recommend", "Carrot cake", "Earl Grey"),
        ("ana", "what's your best coffee?", "Americano", "Carrot cake"),
        ("mei", "推荐一款茶", "伯爵红茶", "美式咖啡"),
        ("mei", "有什么面包推荐", "胡萝卜蛋糕", "伯爵红茶"),
    ],
)
def test_what_is_recommended_is_of_the_kind_asked_for(
    request: pytest.FixtureRequest, fixture: str, asked: str, named: str, other: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    sell(chat, "americano", "carrot-cake", "earl-grey")
    chat.send(asked)
    assert chat.answers[0].name == "chat/recommended_of_kind"
    assert named in chat.answers[0].text
    assert other not in chat.answers[0].text


@pytest.mark.parametrize(
    ("fixture", "asked", "answer", "said"),
    [
        ("ana", "can you recommend a tea?", "chat/of_kind", "Earl Grey"),
        ("mei", "推荐一款茶", "chat/of_kind", "伯爵红茶"),
        ("ana", "can you recommend a good hotel nearby", "chat/not_listed", "good hotel nearby"),
        ("mei", "推荐一瓶红酒", "chat/not_listed", "红酒"),
        ("ana", "hi, can I get a bubble tea?", "chat/of_kind", "bubble tea"),
        ("mei", "来一杯珍珠奶茶", "chat/of_kind", "珍珠奶茶"),
        ("ana", "I'd like a coffee please", "chat/of_kind", "Americano"),
        ("mei", "唔该 我要杯咖啡", "chat/of_kind", "美式咖啡"),
        ("ana", "can I get some sushi", "chat/not_listed", "sushi"),
        ("mei", "我要一碗牛肉面", "chat/not_listed", "牛肉面"),
        ("ana", "do you have bubble tea?", "chat/of_kind", "“bubble tea”"),
        ("ana", "have you got any smoothies", "chat/of_kind", "“smoothies”"),
        ("ana", "do you sell milkshakes?", "chat/of_kind", "Hot chocolate"),
        ("ana", "do you have sushi?", "chat/not_listed", "sushi"),
        ("ana", "do you have any cakes?", "chat/of_kind", "Carrot cake"),
        ("mei", "有奶昔吗", "chat/of_kind", "“奶昔”"),
        ("mei", "你们卖果汁吗", "chat/of_kind", "热巧克力"),
        ("mei", "有没有寿司", "chat/not_listed", "寿司"),
        ("mei", "有蛋糕吗", "chat/of_kind", "胡萝卜蛋糕"),
    ],
)
def test_what_is_not_sold_is_not_made_out_to_be(
    request: pytest.FixtureRequest, fixture: str, asked: str, answer: str, said: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert (chat.answers[0].name, said in chat.answers[0].text) == (answer, True)


@pytest.mark.parametrize(
    ("fixture", "asked"), [("ana", "do you have any cakes?"), ("mei", "有蛋糕吗"), ("mei", "有茶吗")]
)
def test_what_is_sold_is_not_told_to_be_missing(request: pytest.FixtureRequest, fixture: str, asked: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert "“" not in chat.answers[0].text


@pytest.mark.parametrize(
    ("fixture", "asked", "answer"),
    [
        ("ana", "do you have wifi?", "chat/faq"),
        ("ana", "do you have oat milk?", "chat/faq"),
        ("ana", "do you have a latte?", "chat/items"),
        ("ana", "do you have soya milk?", "chat/faq"),
        ("mei", "有豆奶吗", "chat/comes_with"),
        ("ana", "do you have a window seat?", "chat/not_understood"),
        ("mei", "有无线网吗", "chat/faq"),
        ("mei", "有没有靠窗的位子", "chat/not_understood"),
    ],
)
def test_what_is_asked_for_may_be_something_else(
    request: pytest.FixtureRequest, fixture: str, asked: str, answer: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert chat.answers[0].name == answer


@pytest.mark.parametrize(
    ("fixture", "asked"),
    [
        ("ana", "can I get a refund"),
        ("ana", "I'd like a table for two"),
        ("ana", "can I get almond milk please"),
        ("mei", "我要一张发票"),
        ("mei", "我要退款"),
        ("mei", "我要豆奶"),
    ],
)
def test_what_is_no_food_is_not_told_to_be_missing(request: pytest.FixtureRequest, fixture: str, asked: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert "chat/not_listed" not in [answer.name for answer in chat.answers]


@pytest.mark.parametrize(("fixture", "asked"), [("ana", "I'd like a coffee please"), ("mei", "唔该 我要杯咖啡")])
def test_what_is_wanted_is_nothing_to_avoid(request: pytest.FixtureRequest, fixture: str, asked: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send("I like tea" if fixture == "ana" else "我喜欢喝茶")
    assert chat.last.name == "questions/restrictions"
    chat.send(asked)
    assert chat.answers[0].name == "chat/of_kind"
    assert [fact.kind for fact in chat.rows(Fact)] == ["preference"]
