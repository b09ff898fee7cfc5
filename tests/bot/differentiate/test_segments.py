"""Who is in a segment, on SQLite and PostgreSQL: every word, and what is not known of somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.customize.takers import find_takers
from bot.differentiate import segments
from bot.differentiate.overrides import override_tier
from bot.differentiate.segment_language import SegmentWrong
from bot.differentiate.segment_words import WORDS
from bot.differentiate.segments import SegmentName, SegmentUnknown
from bot.differentiate.tiers import retier
from bot.differentiate.value import differentiate_all
from bot.identify import consents, facts
from storage import customers, feedback, orders, team
from storage import segments as stored
from storage.database import Database, Memory
from storage.models import CatalogueItem, Customer

SETTINGS = load_settings(Path(__file__).parents[3] / "config.yaml", {})
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def open_shop(memory: Memory) -> None:
    """1 Ana is a regular, 2 Bo came once, 3 Cy never bought, 4 Di does not want to be profiled."""
    memory.add(CatalogueItem(
        sku="oat-latte", name_en="Oat latte", name_zh="燕麦拿铁", category="coffee", price=450, currency="EUR",
        aliases=["oatie"], options=[], contains=[],
    ))  # fmt: skip
    owner = team.add(memory, telegram_id=900, name="Olivia", role="owner", language="en", now=NOW)
    ana, bo, cy, di = (
        customers.add(memory, name=name, language=language, now=NOW - age * DAY, city=city, tags=tags, kind=kind,
                      lead_source=source, status=status, last_contact_at=seen)
        for name, language, age, city, tags, kind, source, status, seen in (
            ("Ana Keller", "en", 400, "Berlin", ["VIP", "批发"], "person", "poster-12", "active", NOW - DAY),
            ("Bo", "zh", 20, "上海", [], "firm", None, "stopped", NOW - 90 * DAY),
            ("Cy", "en", 5, "Gießen", ["vip"], "partner", None, "unreachable", None),
            ("Di", "en", 400, "berlin", [], "person", None, "active", None),
        )
    )  # fmt: skip
    memory.flush()
    for customer, ago, total, sku in ((ana, 100, 1000, "mocha"), (ana, 2, 1500, "oat-latte"), (ana, 1, -200, "mocha"),
                                      (bo, 60, 500, "mocha"), (di, 2, 9000, "oat-latte")):  # fmt: skip
        orders.add_order(
            memory, customer_id=customer.id, external_id=f"{customer.id}-{ago}", ordered_at=NOW - ago * DAY, total=total,
            currency="EUR", lines=[{"sku": sku, "quantity": 1}],
        )  # fmt: skip
    for customer, kind, value, polarity, item in (
        (ana, "preference", "Oat milk in everything", "like", None), (bo, "preference", "oatie", "like", "oat-latte"),
        (bo, "preference", "sugar", "dislike", None), (cy, "restriction", "peanuts", None, None),
        (cy, "interest", "chess", None, None), (ana, "need", "parking", None, None),
    ):  # fmt: skip
        facts.record(
            memory, customer.id, kind=kind, value=value, polarity=polarity, item=item, now=NOW, contact_id=None
        )
    facts.record(memory, cy.id, kind="preference", value="Éclair", polarity="like", now=NOW, contact_id=None)
    for customer, kind, value, polarity in (
        (bo, "restriction", "peanuts", None),
        (cy, "preference", "oat milk", "like"),
    ):
        facts.record(
            memory, customer.id, kind=kind, value=value, polarity=polarity, person="Mia", now=NOW, contact_id=None
        )
    gone = facts.record(memory, cy.id, kind="preference", value="oat milk", polarity="like", now=NOW, contact_id=None)
    facts.withdraw(memory, cy.id, [gone.fact.id], NOW)
    facts.record(memory, ana.id, kind="occasion", value="birthday", date="1990-03-05", now=NOW, contact_id=None)
    facts.record(memory, bo.id, kind="occasion", value="birthday", date="03-02", now=NOW, contact_id=None)
    facts.record(memory, cy.id, kind="occasion", value="birthday", date="03-05", person="Mia", now=NOW, contact_id=None)
    customers.link(memory, ana.id, "telegram", "501", NOW)
    customers.link(memory, bo.id, "phone", "+491713920777", NOW)
    bo.partner_id = ana.id
    for customer, purpose, granted in ((ana, "marketing", True), (bo, "marketing", True), (bo, "marketing", False),
                                       (di, "profiling", False)):  # fmt: skip
        consents.answer(memory, customer, purpose, granted=granted, wording="x", contact_id=None, now=NOW)
    for customer, kind, score, status in ((ana, "csat", 2.0, "noted"), (ana, "csat", 5.0, "noted"),
                                          (bo, "complaint", None, "open"), (cy, "complaint", None, "closed")):  # fmt: skip
        feedback.add(
            memory, customer_id=customer.id, kind=kind, polarity=0, score=score, at=NOW, contact_id=None, status=status
        )
    retier(memory, SETTINGS, NOW)
    memory.refresh(ana)
    override_tier(memory, ana, "A", "by hand", owner.id, NOW)


def ask(database: Database, expression: str) -> list[int]:
    def run(memory: Memory) -> list[int]:
        condition, view = segments.look_up(memory, expression, SETTINGS, NOW, find_takers)
        found = [member.id for member in stored.list_members(memory, condition, view)]
        assert stored.count(memory, condition, view) == len(found)
        return found

    return database.read_now(run)


EVERYBODY = [1, 2, 3, 4]
CASES = {
    'name = "ana keller"': [1],
    "language = zh": [2],
    'city = "BERLIN"': [1, 4],
    'city != "Berlin"': [2, 3],
    'city in ["Berlin", "上海"]': [1, 2, 4],
    'city = "GIEẞEN"': [3],
    'city in ["gießen"]': [3],
    'likes("éCLAIR")': [3],
    "kind = firm": [2],
    "spent > 99999999999999999999": [],
    'lead_source = "Poster-12"': [1],
    "status = stopped": [2],
    "birthday < 4 days": [1, 2],
    "birthday < 1 day": [2],
    "birthday <= 3 days": [1, 2],
    "known_for > 1 year": [1, 4],
    'tagged("VIP")': [1],
    'tagged("批发")': [1],
    "reachable": [1],
    "has_partner": [2],
    "subscribed": [1],
    "profiled": [1, 2, 3],
    'likes("oat")': [1, 2],
    'likes("oat latte")': [2],
    'dislikes("SUGAR")': [2],
    'avoids("peanut")': [3],
    'interested_in("chess")': [3],
    'needs("parking")': [1],
    'likes("100%")': [],
    "tier = A": [1],
    "tier not in [A]": [2, 3, 4],
    "group = steady": EVERYBODY,
    "stage = prospect": [3],
    "stage in [new, lapsed]": [2],
    "stage != new": [1, 3, 4],
    "present_value > 0": [1, 2, 3],  # Cy is hoped to buy
    "expected_orders > 0": [1, 2],
    "alive > 0 %": [1, 2],
    "orders = 2": [1],
    "orders = 0": [3, 4],
    "spent > 22.99": [1],
    "spent > 23": [],
    "orders_within(30 days) >= 1": [1],
    "spent_within(30 days) = 13": [1],
    "first_order < 90 days": [2],
    "last_order > 30 days": [2],
    "not last_order > 30 days": [1, 3, 4],
    'bought("oatie")': [1],
    'bought("coffee", 1 hour)': [],
    'bought("燕麦拿铁", 3 days)': [1],
    'favourite("coffee")': [],
    'would_like("oatie", 50 %)': [],
    "discounted > 5 %": [],
    "price_sensitive": [],
    "last_contact > 60 days": [2],
    "rating >= 4": [1],
    "rating <= 2": [],
    "complaints >= 1": [2, 3],
    "open_complaint": [2],
    "not open_complaint": [1, 3, 4],
    'tier in [A, B] and likes("oat milk") and last_order < 30 days and not open_complaint': [1],
    "(open_complaint or reachable) and not profiled": [],
    "not (open_complaint or reachable)": [3, 4],
}  # fmt: skip


def test_who_is_in_it(database: Database) -> None:
    database.write_now(open_shop)
    differentiate_all(database, SETTINGS, NOW)
    assert {expression: ask(database, expression) for expression in CASES} == CASES


def test_every_word_is_asked_above() -> None:
    assert {word for word in WORDS if not any(word in expression for expression in CASES)} == set()


def test_half_and_half_make_everybody(database: Database) -> None:
    """A condition is true or false of everybody: it and its opposite miss nobody and share nobody."""
    database.write_now(open_shop)
    for expression in CASES:
        assert sorted(ask(database, expression) + ask(database, f"not ({expression})")) == EVERYBODY, expression


def test_it_is_always_current(database: Database) -> None:
    database.write_now(open_shop)
    assert ask(database, "orders >= 2") == [1]

    def buy(memory: Memory) -> None:
        orders.add_order(memory, customer_id=2, external_id="n", ordered_at=NOW, total=1, currency="EUR", lines=[])
        retier(memory, SETTINGS, NOW, [2])

    database.write_now(buy)
    assert ask(database, "orders >= 2") == [1, 2]

    def withdraw(memory: Memory) -> None:
        consents.answer(
            memory, memory.get_one(Customer, 2), "profiling", granted=False, wording="x", contact_id=None, now=NOW
        )
        retier(memory, SETTINGS, NOW, [2])

    database.write_now(withdraw)
    assert ask(database, "orders >= 2") == [1]


def test_segments_are_saved_listed_and_found(database: Database) -> None:
    database.write_now(open_shop)

    def save(memory: Memory, name: str, expression: str) -> None:
        segments.save_segment(memory, name, expression, SETTINGS, NOW)

    database.write_now(lambda memory: save(memory, "happy", "rating >= 4"))
    database.write_now(lambda memory: save(memory, "happy", 'bought("Oat latte")\n and rating >= 4'))
    database.write_now(lambda memory: save(memory, "sad-ones", "open_complaint"))
    listed = database.read_now(lambda memory: segments.list_segments(memory, SETTINGS, NOW, find_takers))
    assert [(one["name"], one["customers"]) for one in listed] == [("happy", 1), ("sad-ones", 1)]
    assert listed[0]["expression"] == 'bought("Oat latte") and rating >= 4'
    with pytest.raises(SegmentUnknown, match="did you mean happy"):
        database.read_now(lambda memory: segments.find_segment(memory, "hapy"))
    with pytest.raises(SegmentName, match="letter"):
        database.write_now(lambda memory: save(memory, "1st", "reachable"))
    with pytest.raises(SegmentWrong, match="did you mean rating"):
        database.write_now(lambda memory: save(memory, "new", "ratin > 3"))
    database.write_now(lambda memory: memory.delete(memory.get_one(CatalogueItem, "oat-latte")))
    listed = database.read_now(lambda memory: segments.list_segments(memory, SETTINGS, NOW, find_takers))
    assert "names nothing in the catalogue" in listed[0]["wrong"]
    assert listed[1]["customers"] == 1


def test_the_plan_is_the_database_s(database: Database) -> None:
    database.write_now(open_shop)

    def plan(memory: Memory) -> list[str]:
        condition = segments.read(memory, "tier = A and last_order > 3 days", SETTINGS)
        return stored.explain(memory, condition, segments.view(memory, SETTINGS, NOW))

    assert any("figures" in line for line in database.read_now(plan))
