"""What is recommended: what most people buy, and nothing that this one must not have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import orders
from storage.database import Memory
from storage.models import Customer
from tests.support.visits import Chat


def sell(chat: Chat, *skus: str) -> None:
    """One order of each, a day ago."""

    def add(memory: Memory) -> None:
        customer = memory.scalars(select(Customer.id)).first()
        for number, sku in enumerate(skus):
            orders.add_order(
                memory, customer_id=customer, external_id=f"{sku}-{number}", total=400, currency="EUR",
                ordered_at=chat.house.clock.at - timedelta(days=1), lines=[{"sku": sku, "quantity": 1, "price": 400}],
            )  # fmt: skip

    chat.house.write(add)


@pytest.mark.parametrize(
    ("fixture", "asked", "restriction", "safe", "unsafe"),
    [
        ("ana", "what do you recommend?", "I'm allergic to nuts", "Americano", "Carrot cake"),
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


@pytest.mark.parametrize(("fixture", "asked"), [("ana", "what do you recommend?"), ("mei", "有什么推荐的吗")])
def test_where_nothing_fits_a_person_is_offered(request: pytest.FixtureRequest, fixture: str, asked: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    chat.send(asked)
    assert (chat.answers[0].name, len(chat.answers[0].buttons)) == ("chat/recommended", 1)
