"""A house with two colleagues and two customers who have written."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.support.visits import Chat, House

OWNER, CLERK, ANA, MEI = 900, 901, 501, 502


@pytest.fixture
def house(sqlite_database: Database) -> House:
    house = House(sqlite_database)
    house.add_knowledge()
    house.add_staff(OWNER, "Olivia", "owner", "en")
    house.add_staff(CLERK, "小陈", "staff", "zh")
    return house


@pytest.fixture
def ana(house: House) -> Chat:
    chat = Chat(house, person=ANA, name="Ana", last_name="Keller")
    chat.send("/start")
    chat.send("I love oat lattes. I am allergic to peanuts.")
    return chat


@pytest.fixture
def mei(house: House) -> Chat:
    chat = Chat(house, person=MEI, name="美美", language="zh")
    chat.send("/start")
    return chat


@pytest.fixture
def olivia(house: House, ana: Chat, mei: Chat) -> Chat:
    return Chat(house, person=OWNER, name="Olivia")


@pytest.fixture
def chen(house: House, ana: Chat, mei: Chat) -> Chat:
    return Chat(house, person=CLERK, name="小陈", language="zh")
