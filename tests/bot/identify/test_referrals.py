"""Bringing friends: who brought whom, by link and by file, through merges and erasure, and what it is worth."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from bot.differentiate.leads import report_leads
from bot.differentiate.report import sum_tiers
from bot.differentiate.tiers import erase_and_class, retier
from bot.differentiate.value import differentiate_all
from bot.identify import consents, links, merging, referrals
from bot.identify.erasure import erase_customer
from bot.identify.importing.files import import_file
from bot.identify.importing.undo import undo_import
from bot.identify.portrait import export_customer
from storage import customers, meta
from storage.database import Database, Memory
from storage.models import Attachment, Customer
from tests.bot.differentiate.test_forecast import END, fill
from tests.support.follow_ups import DAY, SETTINGS, add_customer, buy, customer_of, settings_with
from tests.support.visits import Chat, House

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def open_bot(database: Database) -> None:
    def run(memory: Memory) -> None:
        links.make_secret(memory)
        meta.write(memory, links.BOT_NAME, "door_bot")

    database.write_now(run)


def brought_by(database: Database, customer: int) -> int | None:
    return customer_of(database, customer).referred_by


def set_referrer(database: Database, customer: int, by: int | None) -> None:
    def run(memory: Memory) -> None:
        memory.get_one(Customer, customer).referred_by = by

    database.write_now(run)


# -- by link ---------------------------------------------------------------------------------------------------------


def test_a_friend_comes_by_the_link(sqlite_database: Database) -> None:
    anna = Chat(sqlite_database)
    anna.send("/start")
    anna.send("/invite")
    assert anna.last.text.startswith("There is no link to pass on")  # the bot has not run yet: nobody knows its name
    open_bot(sqlite_database)
    anna.send("/invite")
    link = next(line for line in anna.last.text.splitlines() if line.startswith("https://t.me/door_bot?start=r"))
    picture = sqlite_database.read_now(lambda memory: memory.scalars(select(Attachment)).one())
    assert picture.field == "photo"
    assert Image.open(io.BytesIO(picture.content)).size[0] > 300
    payload = link.partition("?start=")[2]

    ben = Chat(sqlite_database, person=777, language="zh")
    ben.send(f"/start {payload}")
    assert (ben.customer.referred_by, ben.customer.lead_source) == (anna.customer.id, "referral")
    assert anna.customer.value["referrals"]["customers"] == 1  # at once
    anna.send(f"/start {payload}")
    assert anna.last.text.startswith("That is your own link")
    assert (anna.customer.referred_by, anna.customer.lead_source) == (None, None)

    ben.send("/invite")
    back = next(line for line in ben.last.text.splitlines() if line.startswith("https://")).partition("?start=")[2]
    anna.send(f"/start {back}")  # she was here first
    assert anna.customer.referred_by is None
    poster = Chat(sqlite_database, person=778)
    poster.send("/start poster-12")
    poster.send(f"/start {payload}")
    assert (poster.customer.referred_by, poster.customer.lead_source) == (None, "poster-12")
    forger = Chat(sqlite_database, person=779)
    forger.send(f"/start r{anna.customer.id}-{'A' * 16}")
    assert forger.customer.referred_by is None

    ben.send("/forgetme")
    ben.press("确定")
    assert not anna.customer.value["referrals"]  # at once, too
    anna.send("/invite")
    assert "friend has" not in anna.last.text


def test_nothing_of_whoever_was_erased_counts_for_who_brought_them(database: Database) -> None:
    anna, ben, cy = (add_customer(database, name) for name in ("Anna", "Ben", "Cy"))
    for one in (ben, cy):
        set_referrer(database, one, anna)
        buy(database, one, END - DAY)
    database.write_now(lambda memory: retier(memory, SETTINGS, END))
    assert customer_of(database, anna).value["referrals"]["won"] == 2
    assert database.write_now(lambda memory: erase_and_class(memory, ben, END, SETTINGS)) == []
    assert customer_of(database, anna).value["referrals"]["won"] == 1
    assert database.write_now(lambda memory: erase_and_class(memory, ben, END, SETTINGS)) is None


def test_a_reward_is_said_where_there_is_one(sqlite_database: Database) -> None:
    open_bot(sqlite_database)
    settings = settings_with(REFERRALS__REWARD__EN="a coffee <each>", REFERRALS__REWARD__ZH="各送一杯咖啡")
    house = House(sqlite_database, settings=settings)
    anna = Chat(house)
    anna.send("/start")
    anna.send("/invite")
    assert "When they come: a coffee &lt;each&gt;" in anna.last.text
    payload = sqlite_database.read_now(lambda memory: links.sign(memory, "referral", anna.customer.id))
    ben = Chat(house, person=777, language="zh")
    ben.send(f"/start {payload}")
    assert ben.last.text == "您是朋友介绍来的。你们都有：各送一杯咖啡"


def test_a_link_outlives_a_merge_and_dies_with_its_owner(database: Database) -> None:
    open_bot(database)
    old, kept, friend, late = (add_customer(database, name, now=NOW) for name in ("Ann", "Anna", "Ben", "Cy"))
    payload = database.read_now(lambda memory: links.sign(memory, "referral", old))

    def start(customer: int) -> str | None:
        return database.write_now(
            lambda memory: referrals.accept(memory, memory.get_one(Customer, customer), payload, is_first=True)
        )

    database.write_now(
        lambda memory: merging.merge(memory, into=memory.get_one(Customer, kept), other=memory.get_one(Customer, old), now=NOW)
        and None
    )  # fmt: skip
    assert (start(kept), start(friend), start(friend)) == ("own", "brought", "known")
    assert brought_by(database, friend) == kept
    database.write_now(lambda memory: erase_customer(memory, kept, NOW, SETTINGS))
    assert (brought_by(database, friend), customer_of(database, friend).lead_source) == (None, "referral")
    assert start(late) == "gone"
    assert (brought_by(database, late), customer_of(database, late).lead_source) == (None, "referral")


# -- merges ----------------------------------------------------------------------------------------------------------


def test_a_merge_joins_whom_both_brought_and_undoing_parts_them(database: Database) -> None:
    here, there, friend, other = (
        add_customer(database, name, now=NOW - days * DAY) for name, days in (("Ana", 5), ("Anna", 9), ("Ben", 4), ("Cy", 3))
    )  # fmt: skip
    for one, by in ((here, other), (there, None), (friend, there), (other, None)):
        set_referrer(database, one, by)

    def merge(memory: Memory) -> int:
        row = merging.merge(memory, into=memory.get_one(Customer, here), other=memory.get_one(Customer, there), now=NOW)
        return row.id

    number = database.write_now(merge)
    assert brought_by(database, friend) == here
    assert brought_by(database, here) is None  # Anna was known before Cy brought Ana
    database.write_now(lambda memory: merging.undo_merge(memory, number, NOW) and None)
    assert [brought_by(database, one) for one in (here, there, friend)] == [other, None, there]


@pytest.mark.parametrize("deep", [False, True])
def test_nobody_comes_to_have_brought_themselves(database: Database, deep: bool) -> None:
    first, second, third = (add_customer(database, name, now=NOW - 3 * DAY) for name in ("Ana", "Ben", "Anna"))
    set_referrer(database, second, first)
    set_referrer(database, first if not deep else third, third if not deep else second)

    def merge(memory: Memory) -> None:
        merging.merge(memory, into=memory.get_one(Customer, third), other=memory.get_one(Customer, first), now=NOW)

    database.write_now(merge)
    assert brought_by(database, second) == third
    assert brought_by(database, third) is None


def test_whoever_brought_them_may_be_gone_when_a_merge_is_undone(database: Database) -> None:
    here, there, other = (
        add_customer(database, name, now=NOW - days * DAY) for name, days in (("Ana", 1), ("Anna", 2), ("Cy", 3))
    )
    set_referrer(database, here, other)
    set_referrer(database, there, other)
    number = database.write_now(
        lambda memory: (
            merging.merge(
                memory, into=memory.get_one(Customer, here), other=memory.get_one(Customer, there), now=NOW
            ).id
        )
    )
    database.write_now(lambda memory: erase_customer(memory, other, NOW, SETTINGS))
    database.write_now(lambda memory: merging.undo_merge(memory, number, NOW) and None)
    assert (brought_by(database, here), brought_by(database, there)) == (None, None)


# -- by file ---------------------------------------------------------------------------------------------------------


def test_a_file_says_who_brought_whom(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("customer_id,name\nk0,Old\n")
    import_file(database, "customers", file, SETTINGS, NOW)
    file.write_text(
        "customer_id,name,referred by\nk0,Old,k1\nk1,Ana,\nk2,Ben,k1\nk3,Cy,k3\nk4,Di,k9\nk5,Ed,k6\nk6,Flo,k5\n"
    )
    report = import_file(database, "customers", file, SETTINGS, NOW)
    ids = database.read_now(
        lambda memory: {key: customers.find(memory, "order_system", key).id for key in ("k0", "k1", "k2", "k3", "k4", "k5", "k6")}  # type: ignore[union-attr]
    )  # fmt: skip
    by = {key: brought_by(database, id_) for key, id_ in ids.items()}
    assert by == {"k0": ids["k1"], "k1": None, "k2": ids["k1"], "k3": None, "k4": None, "k5": ids["k6"], "k6": None}
    assert [note.line for note in report.notes] == [5, 6, 8]
    again = import_file(database, "customers", file, SETTINGS, NOW)
    assert (again.added, again.changed) == (0, 0)
    undo_import(database, report.import_id or 0, NOW)
    assert brought_by(database, ids["k0"]) is None
    assert database.read_now(lambda memory: memory.get(Customer, ids["k1"])) is None


# -- worth -----------------------------------------------------------------------------------------------------------


def test_a_share_of_what_friends_will_bring_counts(database: Database) -> None:
    fill(database, 120, seed=5)
    differentiate_all(database, SETTINGS, END)
    ranked = sorted(range(1, 121), key=lambda one: customer_of(database, one).value["present_value"] or 0, reverse=True)
    friends, private = ranked[:8], ranked[8]
    modest = next(one for one in ranked if customer_of(database, one).tier == "C")
    idle = add_customer(database, "Idle", now=END - 50 * DAY)
    before = database.read_now(sum_tiers)
    for one in (*friends, private, idle):
        set_referrer(database, one, modest)

    def close(memory: Memory) -> None:
        consents.answer(
            memory, memory.get_one(Customer, private), "profiling", granted=False, wording="x", contact_id=None, now=END
        )

    database.write_now(close)
    result = differentiate_all(database, SETTINGS, END)
    held = customer_of(database, modest)
    expected = sum(customer_of(database, one).value["present_value"] for one in friends)
    assert held.value["referrals"] == {
        "customers": 10, "won": 8, "present_value": expected, "counted": round(0.25 * expected),
    }  # fmt: skip
    assert held.tier == "A"
    assert (
        held.value["present_value"]
        < result["yardstick"]["A"]
        <= held.value["present_value"] + held.value["referrals"]["counted"]
    )
    # Nothing is counted twice: all tiers together are worth what they were, without who is private now.
    lost = customer_of(database, private)
    assert lost.value == {}
    worth = sum(one["value"] or 0 for one in database.read_now(sum_tiers))
    assert sum(one["value"] or 0 for one in before) - worth > 0
    everybody = [customer_of(database, one).value.get("present_value") or 0 for one in (*range(1, 121), idle)]
    assert worth == sum(everybody)
    # The same when they alone are classed, as after an order of theirs; and with an order of a friend it is more.
    database.write_now(lambda memory: retier(memory, SETTINGS, END, [modest]))
    assert customer_of(database, modest).value == held.value
    buy(database, friends[0], END - DAY / 24, total=90_000)
    database.write_now(lambda memory: retier(memory, SETTINGS, END, [friends[0]]))
    expected = sum(customer_of(database, one).value["present_value"] for one in friends)
    assert expected > held.value["referrals"]["present_value"]
    assert customer_of(database, modest).value["referrals"]["present_value"] == expected
    none = settings_with(REFERRALS__SHARE="0")
    differentiate_all(database, none, END)
    assert customer_of(database, modest).value["referrals"]["counted"] == 0
    expected = sum(customer_of(database, one).value["present_value"] for one in friends)
    found = database.read_now(lambda memory: report_leads(memory, SETTINGS))
    (referrer,) = found["referrers"]
    assert (referrer["customer_id"], referrer["customers"], referrer["won"]) == (modest, 10, 8)
    assert referrer["present_value"] == pytest.approx(expected, abs=8)


def test_before_anything_can_be_forecast_friends_are_counted_by_heads(sqlite_database: Database) -> None:
    anna, ben = (add_customer(sqlite_database, name) for name in ("Anna", "Ben"))
    set_referrer(sqlite_database, ben, anna)
    buy(sqlite_database, ben, END - DAY)
    sqlite_database.write_now(lambda memory: retier(memory, SETTINGS, END))
    held = customer_of(sqlite_database, anna)
    assert held.value["referrals"] == {"customers": 1, "won": 1, "present_value": 0, "counted": 0}
    assert (held.tier, held.group, held.value["present_value"]) == ("new", "steady", None)


def test_an_export_tells_how_many_came_and_nothing_of_what_they_buy(database: Database) -> None:
    anna, ben = (add_customer(database, name) for name in ("Anna", "Ben"))
    set_referrer(database, ben, anna)
    for days in range(1, 40, 3):
        buy(database, ben, END - days * DAY)
        buy(database, anna, END - days * DAY)
    database.write_now(lambda memory: retier(memory, SETTINGS, END))
    told = database.read_now(lambda memory: export_customer(memory, anna, END))
    assert told["customer"]["value"]["referrals"] == {"customers": 1}
    assert told["customer"]["value"]["present_value"] == customer_of(database, anna).value["present_value"]
    assert customer_of(database, anna).value["referrals"]["won"] == 1
    assert told["tier_changes"]
    assert '"won"' not in json.dumps(told)
    own = database.read_now(lambda memory: export_customer(memory, ben, END))
    assert own["customer"]["value"]["referrals"] is None


def test_dates_do_not_matter_to_who_was_first(sqlite_database: Database) -> None:
    """Two known since the same moment: the one who stays says who brought them."""
    here, there, other = (add_customer(sqlite_database, name, now=NOW) for name in ("Ana", "Anna", "Cy"))
    set_referrer(sqlite_database, here, other)

    def merge(memory: Memory) -> None:
        merging.merge(
            memory, into=memory.get_one(Customer, here), other=memory.get_one(Customer, there), now=NOW + timedelta(1)
        )

    sqlite_database.write_now(merge)
    assert brought_by(sqlite_database, here) == other
