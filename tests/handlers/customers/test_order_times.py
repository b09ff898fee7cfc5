"""When an order is wanted, and what is said of one that was placed."""

from __future__ import annotations

import pytest

from storage.models import Order
from tests.handlers.customers.test_orders import stored, to_staff
from tests.support.visits import Chat, House


@pytest.mark.parametrize(
    ("fixture", "texts", "shown", "button", "kept"),
    [
        ("ana", ["2 oat lattes for 5pm"], "For Mon, 2 Mar 17:00", "Confirm", "2026-03-02T17:00:00+01:00"),
        ("ana", ["a latte and a croissant at half past four"], "For Mon, 2 Mar 16:30", "Confirm", "2026-03-02T16:30:00+01:00"),
        ("ana", ["a latte", "can you have it ready in 20 minutes?"], "For Mon, 2 Mar 11:20", "Confirm",
         "2026-03-02T11:20:00+01:00"),
        ("ana", ["a latte for 5pm", "make it 6pm", "with oat milk"], "For Mon, 2 Mar 18:00", "Confirm",
         "2026-03-02T18:00:00+01:00"),
        ("ana", ["can I pre-order a latte for saturday at 9:30?", "make it 10am"], "For Sat, 7 Mar 10:00", "Confirm",
         "2026-03-07T10:00:00+01:00"),
        ("mei", ["一杯拿铁，周六九点半来拿", "能改成十点吗"], "时间：3月7日 周六 10:00", "确认", "2026-03-07T10:00:00+01:00"),
        ("ana", ["a latte for tomorrow", "at 9"], "For Tue, 3 Mar 09:00", "Confirm", "2026-03-03T09:00:00+01:00"),
        ("mei", ["两杯燕麦拿铁，下午五点来拿"], "时间：3月2日 周一 17:00", "确认", "2026-03-02T17:00:00+01:00"),
        ("mei", ["一杯拿铁，五点来取", "改成六点"], "时间：3月2日 周一 18:00", "确认", "2026-03-02T18:00:00+01:00"),
        ("mei", ["一杯拿铁", "半小时后来取"], "时间：3月2日 周一 11:30", "确认", "2026-03-02T11:30:00+01:00"),
    ],
)  # fmt: skip
def test_when_an_order_is_wanted_is_said_back_and_reaches_staff(
    request: pytest.FixtureRequest, house: House, fixture: str, texts: list[str], shown: str, button: str, kept: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        chat.send(text)
    assert shown in chat.text
    assert "closed" not in chat.text
    chat.press(button)
    assert shown in chat.text
    [order] = chat.rows(Order)
    assert order.terms == {"wanted_at": kept}
    assert sum(quantity for _, quantity, *_ in stored(chat)[0]) <= 2
    assert "For " in to_staff(house)[0].split("“")[0]


@pytest.mark.parametrize(
    ("fixture", "text", "told"),
    [("ana", "a latte for 10pm", "closed then"), ("ana", "a latte this afternoon", "12:00–18:00"),
     ("mei", "一杯拿铁，晚上十点来拿", "不营业")],
)  # fmt: skip
def test_it_is_told_where_we_are_closed_then(
    request: pytest.FixtureRequest, fixture: str, text: str, told: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(text)
    assert chat.last.name == "orders/draft"
    assert told in chat.text


@pytest.mark.parametrize(
    ("fixture", "texts", "shown"),
    [
        ("ana", ["a latte for 4pm", "ok", "can you make it 5pm?"], "17:00"),
        ("ana", ["a latte", "ok", "I'll pick it up at 5pm"], "17:00"),
        ("mei", ["一杯拿铁，四点来拿", "好", "等等，五点吧"], "17:00"),
    ],
)
def test_a_placed_order_may_be_wanted_at_another_time(
    request: pytest.FixtureRequest, house: House, fixture: str, texts: list[str], shown: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        chat.send(text)
    [order] = chat.rows(Order)
    assert order.terms == {"wanted_at": "2026-03-02T17:00:00+01:00"}
    assert shown in chat.answers[0].text
    assert shown in to_staff(house)[-1]
    house.pass_time(days=2)
    chat.send("at 6pm" if fixture == "ana" else "六点")
    assert [one.terms for one in chat.rows(Order)] == [order.terms]


@pytest.mark.parametrize(
    ("fixture", "order", "yes", "questions"),
    [
        ("ana", "a latte for 4pm", "ok", ["when will my order be ready?", "is my order ready", "what did I order?", "did you get my order?"]),
        ("mei", "一杯拿铁，四点来拿", "好", ["我的订单好了吗", "我点的好了吗", "我刚才点了什么", "什么时候能好"]),
    ],
)  # fmt: skip
def test_a_placed_order_can_be_asked_after(
    request: pytest.FixtureRequest, house: House, fixture: str, order: str, yes: str, questions: list[str]
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(order)
    chat.send(yes)
    for question in questions:
        house.pass_time(minutes=3)
        chat.send(question)
        assert chat.last.name == "orders/last"
        assert "16:00" in chat.text
        assert {"ana": "Ask a colleague", "mei": "请同事来看看"}[fixture] in chat.last.buttons
    house.pass_time(days=8)
    chat.send(questions[0])
    assert "16:00" not in chat.text


@pytest.mark.parametrize("text", ["a latte please, I am here until 5pm", "a latte. are you open at 8pm?"])
def test_another_time_is_not_when_it_is_wanted(ana: Chat, text: str) -> None:
    ana.send(text)
    assert "For " not in ana.text


@pytest.mark.parametrize(
    ("fixture", "texts", "shown"),
    [
        ("ana", ["I want to order a cake for Saturday at 3pm", "the carrot cake please"], "For Sat, 7 Mar 15:00"),
        ("ana", ["can I get a cake? I'd pick it up at 3pm tomorrow", "a carrot cake"], "For Tue, 3 Mar 15:00"),
        ("mei", ["我想订一个蛋糕，周六下午三点取", "胡萝卜蛋糕"], "时间：3月7日 周六 15:00"),
    ],
)
def test_when_is_kept_until_it_is_known_what(
    request: pytest.FixtureRequest, house: House, fixture: str, texts: list[str], shown: str
) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    for text in texts:
        chat.send(text)
    assert chat.last.name == "orders/draft"
    assert shown in chat.text
    chat.send("cancel that" if fixture == "ana" else "取消")
    chat.send(texts[0])
    house.pass_time(hours=1)
    chat.send(texts[1])
    assert shown not in chat.text
