"""Households: proposed by address and phone, linked and parted, through merges and erasure; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.identify import households, merging, portrait
from bot.identify.erasure import erase_customer
from bot.identify.households import CannotLink, fold_address
from storage import customers, duplicates
from storage import households as stored
from storage.database import Database, Memory
from storage.models import Customer, HouseholdLink, LinkStatus
from tests.support.follow_ups import SETTINGS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def add(database: Database, name: str, **more: Any) -> int:
    def run(memory: Memory) -> int:
        return customers.add(memory, name=name, language="en", now=NOW, **more).id

    return database.write_now(run)


def link(database: Database, one: int, other: int) -> int:
    return database.write_now(lambda memory: households.link(memory, one, other, NOW)[0].id)


def links_of(database: Database) -> list[tuple[int, int, int, str]]:
    def read(memory: Memory) -> list[tuple[int, int, int, str]]:
        rows = memory.scalars(select(HouseholdLink).order_by(HouseholdLink.id))
        return [(row.id, row.one_id, row.other_id, row.status) for row in rows]

    return database.read_now(read)


def members_of(database: Database, customer_id: int) -> set[int]:
    return database.read_now(lambda memory: stored.find_members(memory, [customer_id])).get(customer_id, set())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Lindenstraße 5", "10969", None), ("Lindenstr. 5", "10969", "Berlin")),
        (("12 Abbey Road", None, "London"), ("12, Abbey Rd", None, "london")),
        (("中山路12号3单元", "200001", None), ("中山路 12号 3单元", "200001", None)),
    ],
)
def test_one_address_however_spelt(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert fold_address(*one) == fold_address(*other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Lindenstraße 5", "10969", None), ("Lindenstraße 6", "10969", None)),
        (("Lindenstraße 5", "10969", None), ("Lindenstraße 5", "80331", None)),
    ],
)
def test_other_houses_are_other_addresses(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert fold_address(*one) != fold_address(*other)


def test_a_street_without_a_house_is_no_address() -> None:
    assert fold_address("Lindenstraße", "10969", "Berlin") is None


def test_who_shares_an_address_is_proposed_and_not_linked(database: Database) -> None:
    ana = add(database, "Ana Keller", address="Lindenstraße 5", postcode="10969")
    tom = add(database, "Tom Keller", address="Lindenstr. 5", postcode="10969")
    add(database, "Eva Vogt", address="Lindenstraße 7", postcode="10969")
    assert households.renew_proposals(database, NOW) == 1
    assert [row[1:] for row in links_of(database)] == [(ana, tom, "proposed")]
    assert members_of(database, ana) == set()
    assert households.renew_proposals(database, NOW) == 0


def test_who_has_moved_is_not_proposed_any_more(database: Database) -> None:
    ana = add(database, "Ana Keller", address="Lindenstraße 5", postcode="10969")
    tom = add(database, "Tom Keller", address="Lindenstraße 5", postcode="10969")
    mia = add(database, "Mia Keller", address="Lindenstraße 5", postcode="10969")
    households.renew_proposals(database, NOW)
    database.write_now(lambda memory: households.propose(memory, ana, tom, NOW, what="said", by=ana) and None)

    def move(memory: Memory) -> None:
        memory.get_one(Customer, ana).address = "Gartenweg 1"

    database.write_now(move)
    households.renew_proposals(database, NOW)
    assert {row[1:3] for row in links_of(database)} == {(ana, tom), (tom, mia)}  # what Ana said stays


def test_when_it_was_decided_stays_whoever_repeats_it(database: Database) -> None:
    ana, tom = add(database, "Ana Keller"), add(database, "Tom Keller")
    link(database, ana, tom)
    later = NOW + timedelta(days=9)

    def say_again(memory: Memory) -> datetime | None:
        return households.propose(memory, ana, tom, later, what="said", by=ana).decided_at

    assert database.write_now(say_again) == NOW


def test_an_office_is_no_household(database: Database) -> None:
    for number in range(households.LARGEST + 1):
        add(database, f"Clerk {number}", address="1 Tower Street", postcode="E1")
    assert households.renew_proposals(database, NOW) == 0


def test_two_told_apart_who_share_a_phone_are_proposed(database: Database) -> None:
    ana, tom = add(database, "Ana Keller"), add(database, "Tom Keller")

    def share(memory: Memory) -> None:
        customers.link(memory, ana, "phone", "+491713920777", NOW)
        duplicates.share_keys(memory, [(tom, "phone", "+491713920777")], NOW)

    database.write_now(share)
    assert households.renew_proposals(database, NOW) == 0  # they may be one person still
    database.write_now(lambda memory: duplicates.keep_apart(memory, ana, tom, NOW))
    assert households.renew_proposals(database, NOW) == 1


def test_a_household_is_all_who_are_joined(database: Database) -> None:
    ana, tom, mia, eva = (add(database, name) for name in ("Ana", "Tom", "Mia", "Eva"))
    link(database, ana, tom)
    link(database, mia, tom)
    assert members_of(database, mia) == {ana, tom}
    assert members_of(database, eva) == set()
    shown = database.read_now(lambda memory: households.show_household(memory, mia))
    assert [(one["name"], [each["what"] for each in one["why"]]) for one in shown] == [("Ana", []), ("Tom", ["staff"])]
    with pytest.raises(CannotLink, match=f"through #{tom}"):
        database.write_now(lambda memory: households.unlink(memory, ana, mia, NOW))
    database.write_now(lambda memory: households.unlink(memory, ana, tom, NOW))
    assert members_of(database, mia) == {tom}


def test_who_was_told_apart_is_not_proposed_again(database: Database) -> None:
    ana = add(database, "Ana", address="Lindenstraße 5", postcode="10969")
    tom = add(database, "Tom", address="Lindenstraße 5", postcode="10969")
    households.renew_proposals(database, NOW)
    _, before = database.write_now(lambda memory: households.unlink(memory, ana, tom, NOW))
    assert before == LinkStatus.proposed
    assert households.renew_proposals(database, NOW) == 0
    assert [row[3] for row in links_of(database)] == ["apart"]


def test_a_decision_is_taken_back(database: Database) -> None:
    ana, tom = add(database, "Ana"), add(database, "Tom")

    def there_and_back(memory: Memory) -> None:
        row, before = households.link(memory, ana, tom, NOW)
        households.put_back(memory, row, before, NOW)

    database.write_now(there_and_back)
    assert links_of(database) == []


def test_nobody_lives_with_themselves(database: Database) -> None:
    ana = add(database, "Ana")
    with pytest.raises(CannotLink):
        link(database, ana, ana)


def test_said_by_both_links_them_and_by_one_does_not(database: Database) -> None:
    ana, tom = add(database, "Ana Keller"), add(database, "Tom Keller")

    def say(by: int) -> str:
        return database.write_now(
            lambda memory: households.propose(memory, ana, tom, NOW, what="said", by=by, words="…").status
        )

    assert [say(ana), say(ana), say(tom)] == ["proposed", "proposed", "linked"]


def test_what_staff_decided_stands_whoever_says_otherwise(database: Database) -> None:
    ana, tom = add(database, "Ana Keller"), add(database, "Tom Keller")

    def run(memory: Memory) -> str:
        row, _ = households.link(memory, ana, tom, NOW)
        households.unlink(memory, ana, tom, NOW)
        for by in (ana, tom):
            row = households.propose(memory, ana, tom, NOW, what="said", by=by)
        return row.status

    assert database.write_now(run) == "apart"


def test_a_merge_takes_the_household_along_and_its_undoing_brings_it_back(database: Database) -> None:
    ana, tom, again, mia = (add(database, name) for name in ("Ana", "Tom", "Ana K.", "Mia"))
    link(database, ana, tom)
    link(database, again, tom)
    link(database, again, mia)
    link(database, ana, again)
    before = links_of(database)

    def merge(memory: Memory) -> int:
        into, other = memory.get_one(Customer, ana), memory.get_one(Customer, again)
        return merging.merge(memory, into=into, other=other, now=NOW).id

    number = database.write_now(merge)
    assert members_of(database, ana) == {tom, mia}
    assert len(links_of(database)) == 2
    database.write_now(lambda memory: merging.undo_merge(memory, number, NOW))
    assert links_of(database) == before


def test_what_was_said_before_a_merge_counts_after_it(database: Database) -> None:
    ana, tom, again = (add(database, name) for name in ("Ana", "Tom", "Ana K."))
    database.write_now(lambda memory: households.propose(memory, again, tom, NOW, what="said", by=again) and None)

    def merge(memory: Memory) -> None:
        into, other = memory.get_one(Customer, ana), memory.get_one(Customer, again)
        merging.merge(memory, into=into, other=other, now=NOW)

    database.write_now(merge)
    database.write_now(lambda memory: households.propose(memory, tom, ana, NOW, what="said", by=tom) and None)
    assert members_of(database, ana) == {tom}


def test_erasing_one_leaves_no_trace_with_the_others(database: Database) -> None:
    ana, tom = add(database, "Ana"), add(database, "Tom")
    link(database, ana, tom)
    database.write_now(lambda memory: erase_customer(memory, ana, NOW, SETTINGS))
    assert links_of(database) == []
    assert members_of(database, tom) == set()


def test_the_portrait_names_the_household_and_the_export_nobody_else(database: Database) -> None:
    ana, tom = add(database, "Ana"), add(database, "Tom")
    link(database, ana, tom)

    def read(memory: Memory) -> tuple[Any, Any]:
        shown = portrait.show_customer(memory, memory.get_one(Customer, ana), SETTINGS, NOW)
        return shown["household"], portrait.export_customer(memory, ana, NOW)["household"]

    shown, exported = database.read_now(read)
    assert [(one["id"], one["name"]) for one in shown] == [(tom, "Tom")]
    assert [(one["status"], one["said"]) for one in exported] == [("linked", [])]
    assert "Tom" not in repr(exported)
