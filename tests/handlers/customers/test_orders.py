"""An order in words, its draft, the tap, and what comes after: through the handlers, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage import orders
from storage.models import Conversation, Fact, Order
from tests.handlers.customers.conftest import STAFF
from tests.support.visits import Chat, House


def stored(chat: Chat) -> list[list[tuple[Any, ...]]]:
    """Lines of the orders that are this customer's, oldest order first."""
    return list(chat.remember(lambda memory, customer: [
        [(line.sku, line.quantity, line.price, tuple(line.options)) for line in order.lines]
        for order in reversed(orders.list_for(memory, customer.id))
    ]))  # fmt: skip


def to_staff(house: House) -> list[str]:
    return [shown.text for shown in house.shown(STAFF) if shown.name.startswith("staff/order")]


ENGLISH = ("ana", "two large oat lattes, one without sugar, and a bag of the Ethiopian", "Confirm",
           ["1 × Oat latte (large) — €4.40", "1 × Oat latte (large, no sugar) — €4.40", "Total: <b>€21.30</b>"])  # fmt: skip
CHINESE = ("mei", "两杯大杯燕麦拿铁，一杯不要糖，再来一袋埃塞", "确认",
           ["燕麦拿铁 × 1（大杯）", "燕麦拿铁 × 1（大杯、无糖）", "合计：<b>€21.30</b>"])  # fmt: skip


@pytest.mark.parametrize(("fixture", "text", "button", "shown"), [ENGLISH, CHINESE], ids=["en", "zh"])
def test_an_order_is_shown_back_and_placed_by_one_tap(
    request: pytest.FixtureRequest, house: House, fixture: str, text: str, button: str, shown: list[str]
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(text)
    assert all(line in chat.text for line in shown)
    assert stored(chat) == []
    chat.press(button)
    placed = [[("oat-latte", 1, 440, ("large",)), ("oat-latte", 1, 440, ("large", "no sugar")), ("beans-ethiopia", 1, 1250, ())]]  # fmt: skip
    assert stored(chat) == placed
    [order] = chat.rows(Order)
    assert (order.total, order.currency, order.source) == (2130, "EUR", orders.CHAT)
    assert "1 × Oat latte (large, no sugar)" in to_staff(house)[0]
    assert text in to_staff(house)[0]


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=365)])
def test_a_second_press_changes_nothing(house: House, ana: Chat, later: timedelta) -> None:
    ana.send("a flat white please")
    draft = ana.last
    ana.press("Confirm")
    house.clock.at += later
    ana.press("Confirm", again=draft)
    assert len(stored(ana)) == 1
    assert len(to_staff(house)) == 1
    assert ana.answers == []


def test_an_old_list_places_nothing(house: House, ana: Chat) -> None:
    ana.send("a flat white please")
    house.pass_time(hours=13)
    ana.press("Confirm")
    assert stored(ana) == []
    assert "Just write to me" in ana.toast


def test_a_list_that_was_changed_since_places_nothing(ana: Chat) -> None:
    ana.send("a flat white please")
    first = ana.last
    ana.send("make that three")
    ana.press("Confirm", again=first)
    assert stored(ana) == []
    ana.press("Confirm")
    assert stored(ana) == [[("flat-white", 3, 380, ())]]


@pytest.mark.parametrize(
    ("fixture", "texts", "button", "lines"),
    [
        ("ana", ["two oat lattes", "no sugar in both", "one more"], "Confirm", [("oat-latte", 3, 440, ("no sugar",))]),
        ("ana", ["an oat latte", "and a croissant", "make that three", "without the oat latte"], "Confirm",
         [("croissant", 3, 260, ())]),
        ("ana", ["a large latte", "make it small", "with soy milk please"], "Confirm", [("latte", 1, 390, ("small", "soy milk"))]),
        ("ana", ["a latte", "make it a mocha instead"], "Confirm", [("mocha", 1, 430, ())]),
        ("mei", ["一杯拿铁", "再加一份", "都不要糖"], "确认", [("latte", 2, 390, ("不要糖",))]),
        ("mei", ["一杯美式和一个可颂", "可颂不要了", "改成三杯"], "确认", [("americano", 3, 300, ())]),
        ("ana", ["two lattes and a croissant", "scrap the latte, make it a mocha"], "Confirm",
         [("croissant", 1, 260, ()), ("mocha", 2, 430, ())]),
        ("ana", ["a latte", "no not that, change it to a mocha"], "Confirm", [("mocha", 1, 430, ())]),
        ("ana", ["two lattes", "cancel that, I'd like a mocha"], "Confirm", [("mocha", 1, 430, ())]),
        ("mei", ["一杯拿铁", "不要了，换成香蕉面包"], "确认", [("banana-bread", 1, 320, ())]),
        ("mei", ["两杯拿铁，一个可颂", "不要拿铁了，换成香蕉面包"], "确认", [("croissant", 1, 260, ()), ("banana-bread", 2, 320, ())]),
        ("mei", ["一杯拿铁", "不要了，来杯摩卡"], "确认", [("mocha", 1, 430, ())]),
        ("ana", ["three lattes and a croissant", "take one off"], "Confirm", [("latte", 2, 390, ()), ("croissant", 1, 260, ())]),
        ("ana", ["two lattes and a mocha", "change the lattes to a cappuccino"], "Confirm",
         [("mocha", 1, 430, ()), ("cappuccino", 2, 360, ())]),
        ("mei", ["三杯拿铁和一个可颂", "不要了一杯"], "确认", [("latte", 2, 390, ()), ("croissant", 1, 260, ())]),
        ("mei", ["两杯拿铁和一杯美式", "把美式换成摩卡"], "确认", [("latte", 2, 390, ()), ("mocha", 1, 430, ())]),
        ("ana", ["two cappuccinos and a banana bread", "take the banana bread off then"], "Confirm", [("cappuccino", 2, 360, ())]),
        ("ana", ["2 oat lattes", "actually make it 3 and take the sugar out"], "Confirm", [("oat-latte", 3, 440, ("no sugar",))]),
        ("ana", ["two lattes", "leave out the foam in one of them"], "Confirm", [("latte", 1, 390, ()), ("latte", 1, 390, ("no foam",))]),
        ("ana", ["a latte", "skip the sugar please"], "Confirm", [("latte", 1, 390, ("no sugar",))]),
        ("ana", ["three lattes", "make it two hot and one iced"], "Confirm", [("latte", 2, 390, ("hot",)), ("latte", 1, 390, ("iced",))]),
        ("ana", ["2 flat whites, no make that 3"], "Confirm", [("flat-white", 3, 380, ())]),
        ("ana", ["two cappuccinos", "make it half 3"], "Confirm", [("cappuccino", 2, 360, ())]),
        ("ana", ["a latte", "how much is it altogether?", "can I still change the order?"], "Confirm", [("latte", 1, 390, ())]),
        ("mei", ["三杯馥芮白", "其中一杯低因", "一共多少钱", "还能改吗"], "确认",
         [("flat-white", 2, 380, ()), ("flat-white", 1, 380, ("低因",))]),
        ("mei", ["来一杯冰拿铁", "再来一个可颂", "打包"], "确认", [("iced-latte", 1, 430, ("打包",)), ("croissant", 1, 260, ("打包",))]),
    ],
)  # fmt: skip
def test_words_change_the_draft(
    request: pytest.FixtureRequest, house: House, fixture: str, texts: list[str], button: str, lines: list[Any]
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        house.pass_time(minutes=3)
        chat.send(text)
        assert chat.last.name == "orders/draft"
    chat.press(button)
    assert stored(chat) == [lines]


def test_something_else_may_be_asked_in_between(ana: Chat) -> None:
    ana.send("two flat whites please")
    ana.send("when do you open on sundays?")
    assert "10:00" in ana.text
    assert "tap" in ana.text
    ana.send("make that three")
    ana.press("Confirm")
    assert stored(ana) == [[("flat-white", 3, 380, ())]]


@pytest.mark.parametrize(
    ("fixture", "order", "cancel"), [("ana", "a latte", "cancel that"), ("mei", "一杯拿铁", "不要了")]
)
def test_a_draft_is_cancelled_by_words(request: pytest.FixtureRequest, fixture: str, order: str, cancel: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(order)
    draft = chat.last
    chat.send(cancel)
    assert chat.last.name == "orders/cancelled"
    chat.press("Confirm" if fixture == "ana" else "确认", again=draft)
    assert stored(chat) == []


@pytest.mark.parametrize(
    ("fixture", "order", "yes"),
    [
        ("ana", "a latte", "hmm ok"),
        ("ana", "a latte", "ok place the order"),
        ("ana", "can I have a latte with oat milk please", "ok"),
        ("ana", "could I get a flat white with soy milk for 3pm?", "yes"),
        ("mei", "可以要一杯拿铁加燕麦奶吗", "好"),
        ("mei", "一杯拿铁", "嗯好吧"),
        ("mei", "一杯拿铁", "下单吧"),
    ],
)
def test_yes_places_the_order_however_it_is_said(
    request: pytest.FixtureRequest, fixture: str, order: str, yes: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(order)
    chat.send(yes)
    assert len(stored(chat)) == 1


@pytest.mark.parametrize(
    ("fixture", "asked", "aside", "order", "yes"),
    [
        ("ana", "how much are the decaf beans?", "do you deliver?", "two lattes", "yes"),
        ("mei", "低因豆多少钱", "可以外送吗", "两杯拿铁", "好"),
    ],
)
def test_yes_is_to_the_list_and_to_no_older_question(
    request: pytest.FixtureRequest, fixture: str, asked: str, aside: str, order: str, yes: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert chat.last.name == "questions/restrictions"
    chat.send(aside)
    chat.send(order)
    chat.send(yes)
    assert len(stored(chat)) == 1


@pytest.mark.parametrize(
    ("fixture", "aside", "place"),
    [("ana", "do you deliver?", "ok so please place it"), ("mei", "可以外送吗", "好，下单吧")],
)
def test_to_place_it_is_a_yes_to_nothing_else(
    request: pytest.FixtureRequest, fixture: str, aside: str, place: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send("a latte" if fixture == "ana" else "一杯拿铁")
    chat.send(aside)
    chat.send(place)
    assert len(stored(chat)) == 1


@pytest.mark.parametrize(
    ("fixture", "order", "asked"),
    [("ana", "a brownie", "can I eat the brownie with a nut allergy?"), ("mei", "一个杏仁可颂", "杏仁可颂他能吃吗")],
)
def test_whether_it_may_be_eaten_orders_no_more_of_it(
    request: pytest.FixtureRequest, fixture: str, order: str, asked: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(order)
    chat.send(asked)
    assert chat.answers[0].name in ("chat/contains", "chat/parts")
    chat.send("下单" if fixture == "mei" else "place it")
    assert [quantity for _, quantity, *_ in stored(chat)[0]] == [1]


def test_to_be_told_when_something_is_back_orders_none(ana: Chat) -> None:
    ana.send("a latte")
    ana.send("can you message me when the Ethiopian beans are back?")
    ana.press("Confirm", again=next(one for one in ana.house.shown() if one.name == "orders/draft"))
    assert stored(ana) == [[("latte", 1, 390, ())]]


@pytest.mark.parametrize(
    ("fixture", "texts", "fact"),
    [("mei", ["低因豆多少钱", "多加一份牛油果吐司"], "restriction"), ("ana", ["actually we're 13 now, one more avocado toast"], "demographic")],
)  # fmt: skip
def test_what_is_ordered_on_top_is_no_fact(
    request: pytest.FixtureRequest, fixture: str, texts: list[str], fact: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        chat.send(text)
    assert [one.kind for one in chat.rows(Fact) if one.kind == fact] == []
    assert "orders/draft" in [one.name for one in chat.answers]


def test_yes_is_the_tap_only_right_after_the_draft(ana: Chat) -> None:
    ana.send("a latte")
    ana.send("yes please")
    assert len(stored(ana)) == 1
    ana.send("a croissant")
    ana.send("do you deliver?")
    ana.send("ok")
    assert len(stored(ana)) == 1


def test_undo_takes_the_order_back_for_a_while(house: House, ana: Chat) -> None:
    ana.send("a latte please")
    ana.press("Confirm")
    placed = ana.last
    ana.press("Undo")
    assert stored(ana) == []
    assert "took back" in to_staff(house)[-1]
    ana.press("Undo", again=placed)
    assert len(to_staff(house)) == 2

    ana.send("a latte please")
    ana.press("Confirm")
    house.pass_time(days=2)
    ana.press("Undo")
    ana.send("cancel that")
    assert len(stored(ana)) == 1


def test_the_usual_is_what_was_bought_last(ana: Chat) -> None:
    ana.send("two large lattes")
    ana.press("Confirm")
    ana.send("the usual please")
    assert "2 × Latte (large)" in ana.text


def test_a_business_may_only_have_orders_passed_on(house: House, ana: Chat) -> None:
    assert house.settings is not None
    conversation = house.settings.conversation.model_copy(update={"take_orders": False})
    house.business.settings = house.settings.model_copy(update={"conversation": conversation})
    ana.send("two oat lattes please")
    assert "2 × Oat latte" in ana.text
    assert "nothing is ordered" in ana.text
    assert [shown.name for shown in house.shown(STAFF)] == ["staff/relayed"]
    draft = ana.remember(lambda memory, customer: memory.get_one(Conversation, customer.id).last_recorded.get("draft"))
    assert draft is None


@pytest.mark.parametrize(
    ("fixture", "order", "aside"),
    [
        ("ana", "two oat lattes", "my husband hates coffee, he likes black tea"),
        ("mei", "来两杯燕麦拿铁", "我老公不爱喝咖啡，他喜欢喝红茶"),
    ],
)
def test_what_others_like_is_not_ordered(request: pytest.FixtureRequest, fixture: str, order: str, aside: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(order)
    chat.send(aside)
    draft = chat.remember(lambda memory, customer: memory.get_one(Conversation, customer.id).last_recorded["draft"])
    assert [line["sku"] for line in draft["lines"]] == ["oat-latte"]


@pytest.mark.parametrize(
    ("fixture", "lines"),
    [
        ("ana", ["two oat lattes", "what about a croissant?", "add one"]),
        ("mei", ["来两杯燕麦拿铁", "可颂多少钱", "加一个"]),
    ],
)
def test_one_more_is_of_what_was_spoken_of(request: pytest.FixtureRequest, fixture: str, lines: list[str]) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for line in lines:
        chat.send(line)
    draft = chat.remember(lambda memory, customer: memory.get_one(Conversation, customer.id).last_recorded["draft"])
    assert [(line["sku"], line["quantity"]) for line in draft["lines"]] == [("oat-latte", 2), ("croissant", 1)]


@pytest.mark.parametrize(
    ("fixture", "texts", "button", "lines"),
    [
        ("ana", ["do you have hot chocolate?", "ok I'll take one large for him"], "Confirm", [("hot-chocolate", 1, 390, ("large",))]),
        ("ana", ["a latte", "how much is the brownie?", "I'll have two"], "Confirm",
         [("latte", 1, 390, ()), ("vegan-brownie", 2, 360, ())]),
        ("ana", ["what is in the cinnamon bun?", "does it have nuts", "can I get one please"], "Confirm", [("cinnamon-bun", 1, 340, ())]),
        ("mei", ["你们有热巧克力吗", "来一杯大杯的给他"], "确认", [("hot-chocolate", 1, 390, ("大杯",))]),
        ("mei", ["布朗尼多少钱", "那来两块"], "确认", [("vegan-brownie", 2, 360, ())]),
        ("ana", ["how much are the decaf beans?", "I'll take 2 bags, ground for filter"], "Confirm",
         [("beans-decaf", 2, 1120, ("ground for filter",))]),
        ("mei", ["低因豆有吗", "来两袋，磨成手冲粉"], "确认", [("beans-decaf", 2, 1120, ("磨成手冲粉",))]),
    ],
)  # fmt: skip
def test_one_is_taken_of_what_was_asked_about(
    request: pytest.FixtureRequest, fixture: str, texts: list[str], button: str, lines: list[Any]
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        chat.send(text)
    chat.press(button)
    assert stored(chat) == [lines]


@pytest.mark.parametrize(
    ("fixture", "texts", "left"),
    [
        ("ana", ["a latte", "ok", "how much is a gift card?", "forget it"], 1),
        ("ana", ["a latte", "ok", "how much is a gift card?", "cancel my order"], 0),
        ("ana", ["a latte", "ok", "forget it"], 0),
        ("mei", ["一杯拿铁", "好的", "礼品卡多少钱", "算了不要了"], 1),
        ("mei", ["一杯拿铁", "好的", "礼品卡多少钱", "撤销"], 0),
    ],
)
def test_what_is_forgotten_is_what_was_spoken_of_last(
    request: pytest.FixtureRequest, fixture: str, texts: list[str], left: int
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        chat.house.pass_time(minutes=1)
        chat.send(text)
    assert len(stored(chat)) == left
