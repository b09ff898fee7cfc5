"""Who is meant: keys that name one, and words that may be spelt otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.identify.matching import NoSuchCustomer, choose_customers, find_customer, search_customers
from storage import customers
from storage.database import Database, Memory

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PEOPLE = (
    ("Anna Keller", ["regular"], {"telegram": "501", "phone": "+491713920001", "order_system": "bd-001"}),
    ("李伟", ["beans"], {"telegram": "502", "phone": "+491713920002", "order_system": "7"}),
    ("Johann Köhler", ["oat milk"], {"email": "jk@example.org"}),
    ("Anna Keller", [], {"order_system": "bd-004"}),
)


@pytest.fixture
def known(sqlite_database: Database) -> Database:
    return _fill(sqlite_database)


def _fill(database: Database) -> Database:
    def fill(memory: Memory) -> None:
        for name, tags, identities in PEOPLE:
            one = customers.add(memory, name=name, language="en", now=NOW, tags=tags)
            for kind, value in identities.items():
                customers.link(memory, one.id, kind, value, NOW)

    database.write_now(fill)
    return database


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("1", 1), ("#2", 2), ("telegram:501", 1), ("+49 171 392 0002", 2), ("0171 3920001", 1), ("bd-004", 4),
        ("7", 2), ("order_system:7", 2), ("phone:0171 3920002", 2), ("jk@example.org", 3), ("JK@Example.org", 3),
    ],
)  # fmt: skip
def test_a_key_names_one(known: Database, key: str, number: int) -> None:
    assert known.read_now(lambda memory: find_customer(memory, key, SETTINGS)).id == number


@pytest.mark.parametrize("key", ["9", "#7", "telegram:9", "Anna Keller", "", "9" * 40, "'; DROP TABLE customers"])
def test_a_key_names_nobody(known: Database, key: str) -> None:
    with pytest.raises(NoSuchCustomer):
        known.read_now(lambda memory: find_customer(memory, key, SETTINGS))


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("ana keler", [4, 1]), ("Kohler", [3]), ("李", [2]), ("李维", [2]), ("3920002", [2]), ("171", [1, 2]),
        ("beans", [2]), ("oat milk", [3]), ("zzzzzz", []), ("   ", []), ("%", []), ("1", [1]),
    ],
)  # fmt: skip
def test_words_find_who_is_alike(known: Database, words: str, numbers: list[int]) -> None:
    found = known.read_now(lambda memory: search_customers(memory, words, SETTINGS))
    assert [one.id for one in found] == numbers


@pytest.mark.parametrize("words", ["Zoe", "zoë", "ZOE\u0308"])
def test_a_name_is_found_without_its_accents(known: Database, words: str) -> None:
    zoe = known.write_now(lambda memory: customers.add(memory, name="Zoë", language="en", now=NOW).id)
    found = known.read_now(lambda memory: search_customers(memory, words, SETTINGS))
    assert [one.id for one in found] == [zoe]


def test_two_of_one_name_are_a_choice(known: Database) -> None:
    assert len(known.read_now(lambda memory: choose_customers(memory, "anna keller", SETTINGS))) == 2
    assert len(known.read_now(lambda memory: choose_customers(memory, "johann köhler", SETTINGS))) == 1


def test_a_name_that_only_one_has_is_clear(known: Database) -> None:
    known.write_now(lambda memory: customers.add(memory, name="Johanna Wolf", language="en", now=NOW))
    found = known.read_now(lambda memory: search_customers(memory, "johann", SETTINGS))
    assert {one.name for one in found} == {"Johann Köhler", "Johanna Wolf"}
    chosen = known.read_now(lambda memory: choose_customers(memory, "Johann", SETTINGS))
    assert [one.name for one in chosen] == ["Johann Köhler"]


def test_a_search_on_either_database(database: Database) -> None:
    _fill(database)
    for words, numbers in (
        ("ana keler", [4, 1]),
        ("李维", [2]),
        ("3920002", [2]),
        ("beans", [2]),
        ("0171 3920001", [1]),
    ):
        found = database.read_now(lambda memory, words=words: search_customers(memory, words, SETTINGS))
        assert [one.id for one in found] == numbers
