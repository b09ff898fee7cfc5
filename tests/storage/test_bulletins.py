"""Bulletins on SQLite and PostgreSQL: who has them, who has read them, and two partners who are one."""

from __future__ import annotations

from bot.customize.bulletins import send
from bot.identify import merging
from storage import bulletins
from storage.bulletins import Reach
from storage.database import Database, Memory
from storage.models import BulletinRead, Customer
from tests.support.follow_ups import SETTINGS, START, add_customer, deliver, run_ticks


def sent(database: Database, text: str = "News") -> int:
    def run(memory: Memory) -> int:
        news = bulletins.draft(memory, text, None, START)
        send(memory, news, SETTINGS, START)
        return news.id

    return database.write_now(run)


def test_who_has_it_and_who_has_read_it(database: Database) -> None:
    one = add_customer(database, kind="partner")
    add_customer(database, kind="partner")
    add_customer(database, kind="partner", chat=None)
    add_customer(database)
    number = sent(database)
    count = lambda: database.read_now(lambda memory: bulletins.count_reach(memory, number))  # noqa: E731
    assert count() == Reach(0, 3, 0, 0)
    run_ticks(database, SETTINGS, START)
    assert count() == Reach(0, 2, 1, 0)
    deliver(database, START)
    for _ in range(2):
        database.write_now(lambda memory: bulletins.mark_read(memory, one, [number], START))
    assert count() == Reach(2, 0, 1, 1)
    assert database.read_now(lambda memory: bulletins.list_read(memory, one)) == {number}
    assert database.read_now(lambda memory: bulletins.load_texts(memory, [number, 99])) == {number: "News"}


def test_two_who_are_one_have_read_it_once(database: Database) -> None:
    one, other = (add_customer(database, kind="partner") for _ in range(2))
    first, second = sent(database), sent(database, "More")
    database.write_now(lambda memory: bulletins.mark_read(memory, one, [first], START))
    database.write_now(lambda memory: bulletins.mark_read(memory, other, [first, second], START))

    def merge(memory: Memory) -> int:
        into, gone = memory.get_one(Customer, one), memory.get_one(Customer, other)
        return merging.merge(memory, into=into, other=gone, now=START).id

    merged = database.write_now(merge)
    assert database.read_now(lambda memory: bulletins.list_read(memory, one)) == {first, second}
    database.write_now(lambda memory: merging.undo_merge(memory, merged, START))
    assert database.read_now(lambda memory: bulletins.list_read(memory, one)) == {first}
    assert database.read_now(lambda memory: memory.query(BulletinRead).count()) == 3
