"""How much of what they buy is ours: asked, heard as a number of ten, said back, and what it does to the group."""

from __future__ import annotations

import pytest

from bot.differentiate.tiers import retier
from bot.interact.questions import read_of_ten
from storage.database import Database
from storage.models import Fact
from tests.support.follow_ups import DAY, SETTINGS, START, add_customer, add_fact, buy, customer_of
from tests.support.visits import Chat


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("3", 3), ("about 3", 3), ("three of ten", 3), ("3/10", 3), ("half", 5), ("most of them", 8), ("never", 0),
        ("all of them", 10), ("I'd say 4", 4), ("三成", 3), ("大概三次", 3), ("十次里三次", 3), ("十杯里有两杯", 2),
        ("10次里有7次", 7), ("一半", 5), ("没有", 0), ("十", 10), ("只有一次", 1),
        ("11", None), ("two lattes", None), ("两杯拿铁", None), ("what?", None), ("I come every day", None),
    ],
)  # fmt: skip
def test_a_number_of_ten_is_read_and_nothing_else(said: str, number: int | None) -> None:
    assert read_of_ten(said) == number


@pytest.mark.parametrize(
    ("fixture", "answer", "back"),
    [("ana", "about three", "you come to us 3 times of ten"), ("mei", "十次里三次", "您十次里有 3 次来我们这里")],
)
def test_the_answer_becomes_a_habit(request: pytest.FixtureRequest, fixture: str, answer: str, back: str) -> None:
    chat: Chat = request.getfixturevalue(fixture)
    ask(chat)
    chat.send(answer)
    (fact,) = chat.rows(Fact)
    assert (fact.kind, fact.value, fact.quote) == ("habit", "3/10", answer)
    assert back in chat.text
    assert (chat.conversation.open_question or {}).get("name") != "elsewhere"


def test_something_else_is_no_answer(ana: Chat) -> None:
    ask(ana)
    ana.send("2 lattes please")
    assert ana.rows(Fact) == []


def ask(chat: Chat) -> None:
    """As if the planner had chosen it."""
    from storage import conversations

    state = {"name": "elsewhere", "fills": "habit", "asked_at": chat.house.clock.now().isoformat()}
    number = chat.customer.id

    def run(memory: object) -> None:
        conversations.find(memory, number).open_question = state  # type: ignore[arg-type, union-attr]

    chat.house.write(run)


def test_who_buys_elsewhere_is_growable(database: Database) -> None:
    said = {"2/10": "MGC", "5/10": "steady", "10/10": "steady", None: "steady"}
    people = []
    for value in said:
        person = add_customer(database, now=START - 300 * DAY)
        for n in range(5):
            buy(database, person, START - (8 * n + 1) * DAY, total=1200)
        if value:
            add_fact(database, person, "habit", "9/10", START - DAY)
            add_fact(database, person, "habit", value, START)  # the newest counts
        people.append(person)
    add_fact(database, people[3], "habit", "1/10", START, forgotten_at=START)
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    assert [customer_of(database, one).group for one in people] == list(said.values())
