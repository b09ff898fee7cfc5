"""Partners are compared with partners; what their own customers bring is theirs to be told of."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.differentiate import partners
from bot.differentiate.report import report_value
from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all
from bot.identify import merging
from bot.identify.erasure import erase_customer
from storage import feedback, stock
from storage import partners as stored
from storage.database import Database, Memory
from storage.models import Customer, CustomerKind, Order
from tests.bot.differentiate.test_forecast import END, fill
from tests.support.follow_ups import DAY, SETTINGS, START, add_customer, buy, customer_of, set_consent

ONLY = "Compared with partners only."


def buyer(database: Database, orders: int, total: int, every: float = 9, **more: str) -> int:
    one = add_customer(database, now=START - 300 * DAY, **more)
    for n in range(orders):
        buy(database, one, START - (1 + n * every) * DAY, "beans", total=total)
    return one


def test_few_partners_are_classed_by_thresholds_of_their_own(database: Database) -> None:
    dealer = buyer(database, 20, 20_000, kind="partner")
    guest = buyer(database, 20, 2_000)
    small = buyer(database, 20, 2_000, kind="partner")  # enough for a guest's A
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    assert [customer_of(database, one).tier for one in (dealer, guest, small)] == ["A", "A", "C"]
    assert ONLY in customer_of(database, dealer).tier_reason
    assert ONLY not in customer_of(database, guest).tier_reason
    assert "at least €800.00 spent" in customer_of(database, small).tier_reason


def test_partners_have_a_yardstick_of_their_own(database: Database) -> None:
    fill(database, 200, seed=5)
    dealers = range(1, 61)

    def make_dealers(memory: Memory) -> None:
        for order in memory.scalars(select(Order).where(Order.customer_id.in_(dealers))):
            order.total *= 100
        for one in dealers:
            memory.get_one(Customer, one).kind = CustomerKind.partner

    database.write_now(make_dealers)
    result = differentiate_all(database, SETTINGS, END)
    assert (result["yardstick"]["customers"], result["partners"]["customers"]) == (140, 60)
    assert result["partners"]["rests_on"] == result["yardstick"]["rests_on"] == "model"
    assert result["partners"]["A"] > 40 * result["yardstick"]["A"] > 0
    for ids in (dealers, range(61, 201)):
        tiers = [one.tier for one in (customer_of(database, number) for number in ids) if one.tier != "new"]
        assert tiers.count("A") == pytest.approx(0.2 * len(tiers), abs=2)
        assert tiers.count("B") == pytest.approx(0.3 * len(tiers), abs=3)
    assert "from the orders of 60 partners" in customer_of(database, 1).tier_reason
    assert "from the orders of 140 customers" in customer_of(database, 61).tier_reason
    assert differentiate_all(database, SETTINGS, END)["changed"] == 0


def test_the_report_tells_of_partners_by_themselves(database: Database) -> None:
    buyer(database, 20, 2_000)
    report = database.read_now(lambda memory: report_value(memory, SETTINGS, START))
    assert report["partners"] is None
    buyer(database, 20, 20_000, kind="partner")
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    report = database.read_now(lambda memory: report_value(memory, SETTINGS, START))
    assert [tier["customers"] for tier in report["tiers"]] == [2, 0, 0, 0]
    assert [tier["customers"] for tier in report["partners"]["tiers"]] == [1, 0, 0, 0]
    assert report["partners"]["rests_on"] == "unmeasured"


def test_a_change_of_kind_classes_anew_at_once(database: Database) -> None:
    guest = buyer(database, 20, 2_000)
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    told = database.write_now(lambda memory: partners.set_kind_of(memory, guest, CustomerKind.partner, SETTINGS, START))
    assert (told["kind"], told["tier"]) == ("partner", "C")  # no band and no grace: it is another scale
    back = database.write_now(lambda memory: partners.set_kind_of(memory, guest, CustomerKind.person, SETTINGS, START))
    assert back["tier"] == "A"


def own_of(database: Database, dealer: int) -> stored.Own:
    return database.read_now(lambda memory: stored.sum_own(memory, [dealer])).get(dealer, stored.Own())


def assign(database: Database, *customers: int, to: int) -> None:
    database.write_now(lambda memory: stored.assign(memory, customers, to))


def test_own_customers_are_counted_and_the_unprofiled_only_counted(database: Database) -> None:
    dealer = add_customer(database, kind="partner")
    one, other, private = buyer(database, 2, 500), buyer(database, 3, 700), buyer(database, 4, 900)
    assign(database, one, other, private, to=dealer)
    set_consent(database, private, "profiling", False, START)
    database.write_now(lambda memory: retier(memory, SETTINGS, START))
    assert own_of(database, dealer) == stored.Own(3, 5, 3_100, 0, 2)


def test_a_customer_merged_with_their_partner_is_nobody_s_own(database: Database) -> None:
    guest, dealer = add_customer(database), add_customer(database, kind="partner", chat=None)
    assign(database, guest, to=dealer)

    def merge(memory: Memory) -> int:
        one, other = memory.get_one(Customer, guest), memory.get_one(Customer, dealer)
        return merging.merge(memory, into=one, other=other, now=START).id

    number = database.write_now(merge)
    assert database.read_now(lambda memory: memory.get_one(Customer, guest).partner_id) is None
    assert own_of(database, guest) == stored.Own()
    database.write_now(lambda memory: merging.undo_merge(memory, number, START))
    assert database.read_now(lambda memory: memory.get_one(Customer, guest).partner_id) == dealer


def test_own_customers_follow_a_merge_and_its_undo(database: Database) -> None:
    dealer, entered_twice = add_customer(database), add_customer(database, kind="partner", chat=None)
    guest = add_customer(database)
    assign(database, guest, to=entered_twice)

    def merge(memory: Memory) -> int:
        one, other = memory.get_one(Customer, dealer), memory.get_one(Customer, entered_twice)
        return merging.merge(memory, into=one, other=other, now=START).id

    merged = database.write_now(merge)
    assert customer_of(database, dealer).kind == "partner"  # as when an imported one opens their invitation
    assert customer_of(database, guest).partner_id == dealer
    database.write_now(lambda memory: merging.undo_merge(memory, merged, START))
    assert customer_of(database, guest).partner_id == entered_twice
    assert customer_of(database, dealer).kind == "person"


def test_nobody_is_the_customer_of_somebody_erased(database: Database) -> None:
    dealer, guest = add_customer(database, kind="partner"), add_customer(database)
    assign(database, guest, to=dealer)
    database.write_now(lambda memory: erase_customer(memory, dealer, START, SETTINGS))
    assert customer_of(database, guest).partner_id is None


def test_the_report_tells_what_runs_out_when(database: Database) -> None:
    slow, fast, quiet = (add_customer(database, name, kind="partner") for name in ("Slow", "Fast", "Quiet"))
    guest = buyer(database, 2, 500)
    assign(database, guest, to=fast)

    def run(memory: Memory) -> None:
        for one, told in ((slow, 20), (fast, 4)):
            stock.add(memory, one, [("beans", 30)], at=START - 10 * DAY, contact_id=None)
            stock.add(memory, one, [("beans", told)], at=START, contact_id=None)
        feedback.add(memory, customer_id=quiet, kind="request", polarity=0, at=START, status="open")
        retier(memory, SETTINGS, START)

    database.write_now(run)
    buy(database, quiet, START - 3 * DAY, "beans")
    rows = database.read_now(lambda memory: partners.report_partners(memory, START))
    assert [(row["name"], row["runs_out"], row["runs_out_in_days"]) for row in rows] == [
        ("Fast", "beans", 1.5), ("Slow", "beans", 20.0), ("Quiet", None, None),
    ]  # fmt: skip
    assert rows[0]["stock"] == [
        {
            "sku": "beans",
            "told": 4,
            "told_at": START.isoformat(),
            "left": 4.0,
            "days": 1.5,
            "daily": 2.6,
            "by": "reports",
        }
    ]
    assert (rows[0]["own_customers"], rows[0]["own_spent"]) == (1, 1000)
    assert (rows[2]["orders"], rows[2]["last_order_at"], rows[2]["open_cases"]) == (
        1, (START - 3 * DAY).isoformat(), 1,
    )  # fmt: skip
