"""What is in the things we sell: told from our list, warned of, or left to a person."""

from __future__ import annotations

import pytest

from tests.handlers.customers.test_orders import stored, to_staff
from tests.support.visits import Chat, House


@pytest.mark.parametrize(
    ("fixture", "restriction", "order", "warning", "plain", "anyway"),
    [
        ("ana", "I'm allergic to nuts", "a latte and a carrot cake", "<b>Carrot cake</b> contains nuts", "Confirm", "Confirm all"),
        ("mei", "我对坚果过敏", "一杯拿铁和一块胡萝卜蛋糕", "<b>胡萝卜蛋糕</b>含有坚果", "确认", "仍然"),
        ("ana", "I'm allergic to nuts", "a flat white with almond milk please", "<b>almond milk</b> contains nuts", "Confirm", "Confirm all"),
        ("ana", "I'm vegan", "can I get a croissant", "<b>Butter croissant</b> contains milk", "Confirm", "Confirm all"),
    ],
)  # fmt: skip
def test_a_restriction_warns_before_the_tap(
    request: pytest.FixtureRequest, house: House, fixture: str, restriction: str, order: str, warning: str, plain: str,
    anyway: str,
) -> None:  # fmt: skip
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(restriction)
    chat.send(order)
    assert warning in chat.text
    chat.press(anyway)
    assert "⚠️" in to_staff(house)[0]


def test_what_is_told_while_the_draft_is_open_warns_too(ana: Chat) -> None:
    ana.send("a carrot cake please")
    first = ana.last
    ana.send("by the way I'm allergic to nuts")
    assert "<b>Carrot cake</b> contains nuts" in ana.text
    ana.press("Confirm", again=first)
    assert stored(ana) == []
    assert "<b>Carrot cake</b> contains nuts" in ana.text
    ana.press("Confirm all the same")
    assert len(stored(ana)) == 1


def test_a_restriction_the_list_cannot_judge_is_named_too(ana: Chat) -> None:
    ana.send("I only eat halal")
    ana.send("a latte please")
    assert "cannot tell me" in ana.text


@pytest.mark.parametrize(
    ("fixture", "before", "question", "answer"),
    [
        ("ana", "a carrot cake", "is it nut-free?", "Carrot cake: our list says"),
        ("ana", "", "does the brownie have gluten?", "Vegan brownie: our list says it contains wheat, gluten and soy"),
        ("ana", "", "is it nut-free?", "colleague"),
        ("mei", "", "拿铁含坚果吗", "拿铁：清单上标注含有奶"),
        ("mei", "一杯拿铁", "含坚果吗", "拿铁：清单上标注含有奶"),
    ],
)
def test_what_is_in_a_thing_is_told_from_the_list_or_by_a_person(
    request: pytest.FixtureRequest, fixture: str, before: str, question: str, answer: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    if before:
        chat.send(before)
    chat.send(question)
    assert answer in chat.text


@pytest.mark.parametrize(
    ("fixture", "told", "asked", "answer"),
    [
        ("ana", "my wife is allergic to milk", "is the flat white safe for her?", "⚠️ <b>Flat white</b> contains milk, and I have noted: your wife must avoid milk"),
        ("ana", "my wife is allergic to milk", "can she have a croissant?", "contains milk, and I have noted"),
        ("ana", "my daughter Mia is allergic to nuts", "is the flat white ok for Mia?", "your daughter Mia must avoid nuts. Our list names nothing"),
        ("ana", "I'm allergic to nuts", "is the carrot cake safe for me?", "contains nuts, and I have noted"),
        ("mei", "我老婆对牛奶过敏", "馥芮白她能喝吗", "<b>馥芮白</b>含有牛奶，而我记得：您老婆要避开牛奶"),
        ("mei", "我老婆对坚果过敏", "馥芮白适合她吗", "我记得：您老婆要避开坚果。清单上没有标这些成分"),
    ],
)  # fmt: skip
def test_whether_it_is_safe_is_held_against_what_they_must_avoid(
    request: pytest.FixtureRequest, fixture: str, told: str, asked: str, answer: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(told)
    chat.send(asked)
    assert (chat.answers[0].name, answer in chat.answers[0].text) == ("chat/contains", True)


@pytest.mark.parametrize("asked", ["is the flat white safe for her?", "is the flat white safe for my son?"])
def test_of_somebody_unknown_only_the_list_is_told(ana: Chat, asked: str) -> None:
    ana.send("my dad is allergic to milk")
    ana.send(asked)
    assert (ana.answers[0].name, "noted" in ana.answers[0].text) == ("chat/contains", False)


@pytest.mark.parametrize(
    ("fixture", "before", "question"),
    [
        ("ana", "I love the oat latte", "do you have any nut-free cakes?"),
        ("mei", "我爱燕麦拿铁", "那你们有没有不含坚果的蛋糕？"),
    ],
)
def test_of_a_kind_without_something_the_list_is_told(
    request: pytest.FixtureRequest, fixture: str, before: str, question: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(before)
    chat.send(question)
    assert {"ana": "Basque cheesecake: our list says", "mei": "巴斯克芝士蛋糕：清单"}[fixture] in chat.text
    for other in ("Carrot", "胡萝卜", "Banana", "香蕉", "atte", "拿铁"):  # with nuts, or no cake
        assert other not in chat.text


@pytest.mark.parametrize(
    ("fixture", "told", "order", "warned"),
    [
        ("ana", "my son is allergic to nuts", "a carrot cake please", "your son"),
        ("mei", "我儿子对坚果过敏", "来一个胡萝卜蛋糕", "您儿子"),
    ],
)
def test_an_order_is_warned_about_what_their_people_must_avoid(
    request: pytest.FixtureRequest, fixture: str, told: str, order: str, warned: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(told)
    chat.send(order)
    assert "⚠️" in chat.text
    assert warned in chat.text


@pytest.mark.parametrize(
    ("fixture", "first", "asked", "named"),
    [("ana", "what is in the cinnamon bun?", "does it have nuts", "Cinnamon bun"), ("mei", "肉桂卷里有什么", "有坚果吗", "肉桂卷")],
)  # fmt: skip
def test_what_is_in_it_is_told_of_what_was_spoken_of(
    request: pytest.FixtureRequest, fixture: str, first: str, asked: str, named: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(first)
    chat.send(asked)
    assert (chat.answers[0].name, named in chat.answers[0].text) == ("chat/contains", True)


@pytest.mark.parametrize(
    ("fixture", "lines", "price"),
    [("ana", ["do you have croissants?", "how much is it?"], "2.60"), ("mei", ["有可颂吗", "多少钱"], "2.60")],
)
def test_price_of_it(request: pytest.FixtureRequest, fixture: str, lines: list[str], price: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for line in lines:
        chat.send(line)
    assert chat.answers[0].name == "chat/items"
    assert price in chat.text


def test_where_the_list_says_nothing_a_person_is_offered(ana: Chat) -> None:
    ana.send("is the espresso nut-free?")
    assert "Ask a colleague" in ana.last.buttons
