"""How much was known after so many contacts, against a plain count over the same history, on both databases."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import select

from bot.differentiate.learning import FEWEST, NUMBERS, follow_learning
from storage import contacts, customers
from storage import facts as known
from storage.database import Database, Memory
from storage.models import Contact, Fact
from tests.support.follow_ups import SETTINGS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
KINDS = ("preference", "restriction", "habit", "occasion", "need")


def live(memory: Memory) -> None:
    """Forty customers over three years: told, corrected, forgotten; a note of ours now and then is no contact of theirs."""
    chance = random.Random(11)
    for number in range(40):
        customer = customers.add(memory, name=f"C{number}", language="en", now=NOW - 1100 * DAY)
        memory.flush()
        earlier: list[Fact] = []
        for _ in range(chance.choice((0, 1, 2, 4, 9, 22))):
            at = NOW - timedelta(seconds=chance.randrange(1, 90_000_000))
            contacts.add(memory, customer_id=customer.id, direction="in", kind="text", at=at, text="x")
            if chance.random() < 0.3:
                contacts.add(memory, customer_id=customer.id, direction="out", kind="text", at=at + DAY / 2, text="y")
            if chance.random() < 0.6:
                fact = known.add(
                    memory, customer_id=customer.id, kind=chance.choice(KINDS), value="v", since=at,
                    person="Mia" if chance.random() < 0.1 else None,
                )  # fmt: skip
                if earlier and chance.random() < 0.3:
                    known.supersede(memory, [earlier.pop().id], fact.id)
                elif chance.random() < 0.1:
                    known.forget(memory, [fact.id], at + chance.randrange(400) * DAY)
                earlier.append(fact)


def count_plainly(memory: Memory) -> dict[int, tuple[list[int], list[int]]]:
    """By contact: facts and asked kinds of each customer who had as many."""
    stale = dict(SETTINGS.questions.stale_after)
    asked = {question.fills for question in SETTINGS.questions.list}
    facts = memory.scalars(select(Fact)).all()
    since = {fact.id: fact.since for fact in facts}
    found: dict[int, tuple[list[int], list[int]]] = {}
    spoken: dict[int, list[datetime]] = {}
    for contact in memory.scalars(select(Contact).order_by(Contact.at, Contact.id)):
        if contact.direction == "in":
            spoken.setdefault(contact.customer_id, []).append(contact.at)
    for customer, times in spoken.items():
        for number in (one for one in NUMBERS if one <= len(times)):
            then = times[number] if number < len(times) else NOW
            held = [
                fact for fact in facts
                if fact.customer_id == customer and fact.since < then
                and (fact.superseded_by is None or since[fact.superseded_by] >= then)
                and (fact.forgotten_at is None or fact.forgotten_at >= then)
                and not (not fact.person and stale.get(fact.kind) and then - fact.since >= stale[fact.kind] + timedelta(seconds=1))
            ]  # fmt: skip
            counts, kinds = found.setdefault(number, ([], []))
            counts.append(len(held))
            kinds.append(len({fact.kind for fact in held} & asked))
    return found


def test_what_was_known_after_so_many_contacts(database: Database) -> None:
    database.write_now(live)
    found = database.read_now(lambda memory: follow_learning(memory, SETTINGS, NOW))
    plain = database.read_now(count_plainly)
    assert found
    assert [step["contacts"] for step in found["steps"]] == [
        n for n, (counts, _) in sorted(plain.items()) if len(counts) >= FEWEST
    ]
    for step in found["steps"]:
        counts, kinds = plain[step["contacts"]]
        assert step["customers"] == len(counts)
        assert [step["lower"], step["median"], step["upper"]] == list(np.quantile(counts, (0.25, 0.5, 0.75)))
        assert step["mean"] == round(float(np.mean(counts)), 2)
        assert step["asked_known"] == round(sum(kinds) / (len(found["asked"]) * len(kinds)), 3)
    first, last = found["steps"][0], found["steps"][-1]
    assert last["median"] > first["median"]


def test_nothing_is_told_of_nobody(sqlite_database: Database) -> None:
    assert sqlite_database.read_now(lambda memory: follow_learning(memory, SETTINGS, NOW)) is None
