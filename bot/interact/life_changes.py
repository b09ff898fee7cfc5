"""What changes a household: a baby, a wedding, a move, a child who leaves home or comes of age. Each change is an event.

What it is comes from facts, so that it is shown in /me and can be taken back. What ends an occasion is `life_events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from bot.clock import local_day
from bot.interact.understanding import kin_of
from storage import events, reach
from storage.database import Memory
from storage.models import Fact

KIND = "life_change"  # of the event; its data: {"what", "person"}, its reference: the fact's number, for an age with its name
SAID = {
    "had a baby": "baby", "got married": "marriage", "moved house": "moved", "retired": "retired",
    "has a new pet": "pet",
}  # fmt: skip
"""Values of demographic facts that are changes by themselves."""
HAPPY = frozenset({"baby", "marriage", "pet"})
DUE = "due date"  # a pregnancy told as something to be careful about is health data, and no change
CHILDREN = frozenset({"child", "daughter", "son"})
NEWBORN = timedelta(days=120)  # after a birth, the day of it still tells of a new baby
AGAIN = timedelta(days=270)  # what is said again after so long happened again
AGES = {6: "child_starts_school", 18: "child_of_age"}
LOOK_BACK = timedelta(days=14)  # for birthdays that nights we were not running for have missed


class Known(Protocol):
    """A fact, kept or as planning reads it."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def person(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...


def kind_of(fact: Known, now: datetime) -> str | None:
    """Which change the fact tells of, if it does."""
    if fact.kind == "demographic":
        if fact.person is None:
            return SAID.get(fact.value)
        return "child_moved_out" if fact.value == "moved out" and is_child(fact.person) else None
    if fact.kind == "occasion" and fact.value == DUE:
        return "baby_expected"
    born = read_birth(fact)
    return "baby" if born is not None and timedelta() <= now.date() - born <= NEWBORN else None


def is_happy(fact: Known, now: datetime) -> bool:
    """Whether to say how glad we are."""
    return kind_of(fact, now) in HAPPY


def note(memory: Memory, fact: Fact, now: datetime) -> bool:
    """Tell it to the schedule. False where the fact is no change."""
    what = kind_of(fact, now)
    if what is None:
        return False
    _add(memory, fact.customer_id, what, fact.person, str(fact.id), now)
    return True


def happened_again(fact: Fact, now: datetime) -> bool:
    """Whether a fact we know already, said now, is another move and not the same."""
    return kind_of(fact, now) is not None and now - fact.since > AGAIN


def is_child(person: str) -> bool:
    return kin_of(person) in CHILDREN


def read_birth(fact: Known) -> date | None:
    """The day a child of the customer's was born, where its year is known."""
    if fact.kind != "occasion" or fact.value != "birthday" or not fact.person or not is_child(fact.person):
        return None
    try:
        return date.fromisoformat(fact.date or "")
    except ValueError:
        return None


class Coming(NamedTuple):
    """A birthday by which a child changes the household. `day` is the birthday itself."""

    what: str
    day: date


def list_ages(born: date) -> list[Coming]:
    """29 February is kept on the 28th."""
    return [Coming(what, _years_after(born, age)) for age, what in AGES.items()]


def _years_after(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 2, 28)


def come_of_age(memory: Memory, customer_ids: Sequence[int], now: datetime, zone: tzinfo) -> int:
    """At night: children who have turned 6 or 18 lately, each once; returns how many."""
    today = local_day(now, zone)
    found = [
        (fact, coming)
        for fact in reach.list_facts(memory, customer_ids, ["occasion"], dated=True)
        if (born := read_birth(fact)) is not None
        for coming in list_ages(born)
        if timedelta() <= today - coming.day <= LOOK_BACK
    ]
    if not found:
        return 0
    told = events.list_references(memory, KIND, sorted({fact.customer_id for fact, _ in found}))
    fresh = [(fact, coming) for fact, coming in found if (fact.customer_id, f"{fact.id}:{coming.what}") not in told]
    for fact, coming in fresh:
        _add(memory, fact.customer_id, coming.what, fact.person, f"{fact.id}:{coming.what}", now)
    return len(fresh)


def _add(memory: Memory, customer_id: int, what: str, person: str | None, reference: str, now: datetime) -> None:
    events.add(memory, customer_id, KIND, at=now, reference=reference, data={"what": what, "person": person})
