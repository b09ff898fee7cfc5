"""A house with the example's knowledge and one member of staff, and a customer who writes."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.support.visits import Chat, House

STAFF = 900


@pytest.fixture
def house(sqlite_database: Database) -> House:
    house = House(sqlite_database)
    house.add_knowledge()
    house.add_staff(STAFF)
    return house


@pytest.fixture
def ana(house: House) -> Chat:
    """Greeted already, with consent still open."""
    return _greeted(Chat(house, person=501, name="Ana", language="en"))


@pytest.fixture
def mei(house: House) -> Chat:
    return _greeted(Chat(house, person=502, name="小美", language="zh"))


def _greeted(chat: Chat) -> Chat:
    chat.send("/start")
    return chat
