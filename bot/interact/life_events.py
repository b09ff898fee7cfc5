"""After a death, a separation or a lost pregnancy: the occasions it touches fall silent, and stay so.

What we know of the event itself is a fact of the kind `life_event`: the customer can see it and take it out, nothing is
ever sold on it, and while it holds no touched occasion is kept again. A person is fetched by `dialogue`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.interact.turn import Turn
from bot.interact.understanding import LifeEvent, is_same_kin, kin_of
from storage import events, facts
from storage.database import Memory
from storage.models import Fact

KIND = "life_event"
SOMEBODY = LifeEvent("death", None)  # "she died"
NEWS = timedelta(hours=1)  # of whom that may be said
PARTNER = "partner"
_NEWCOMERS = ("had a baby", "has a new pet")
_EXPECTING = ("pregnancy", "怀孕", "due date")
_WEDDED = re.compile(r"\bmarried\b|已婚|结婚")


class Known(Protocol):
    """A fact, kept or just heard."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def person(self) -> str | None: ...


def silence(turn: Turn) -> list[int]:
    """Withdraw what the events of this message touch, keep why, and have what was planned for it cancelled.

    Returns the facts kept of the events themselves: taken back, they bring back what they silenced."""
    told = [event for event in turn.heard.life_events if not _is_known(turn, event)]
    kept = []
    for event in told:
        touched = [
            fact
            for fact in facts.list_current(turn.memory, turn.customer.id)
            if touches(event, fact, turn.text) or (event == SOMEBODY and _is_news(fact, turn.now))
        ]
        ids = [fact.id for fact in touched]
        facts.forget(turn.memory, ids, turn.now)  # and what they had replaced stays replaced
        fact = facts.add(
            turn.memory, customer_id=turn.customer.id, kind=KIND, value=event.what, since=turn.now, person=event.person,
            quote=turn.text[:500], contact_id=turn.contact_id,
        )  # fmt: skip
        kept.append(fact.id)
        days = sorted({fact.date if fact.date.startswith("L") else fact.date[-5:] for fact in touched if fact.date})
        events.add(
            turn.memory, turn.customer.id, KIND, at=turn.now, reference=str(fact.id),
            data={"what": event.what, "facts": ids, "days": days},
        )  # fmt: skip
    return kept


def restore(memory: Memory, customer_id: int, gone: Sequence[Fact], now: datetime) -> bool:
    """These facts were taken back: what they had silenced holds again. True where the schedule should look."""
    brought_back = False
    for fact in gone:
        event = events.find(memory, customer_id, KIND, str(fact.id)) if fact.kind == KIND else None
        if event is None:
            continue
        facts.remember_again(memory, event.data.get("facts", []), event.at)
        events.add(memory, customer_id, "occasion", at=now, reference=str(fact.id))
        brought_back = True
    return brought_back


def is_silenced(fact: Known, known: Sequence[Fact]) -> bool:
    """Whether something that is known to have happened forbids keeping this."""
    return any(
        touches(LifeEvent(one.value, one.person), fact, "")  # type: ignore[arg-type]
        for one in known
        if one.kind == KIND
    )


def touches(event: LifeEvent, fact: Known, text: str) -> bool:
    """`text` may name who died: "Mia passed away"."""
    if fact.kind not in ("occasion", "demographic", "restriction"):
        return False
    match event.what:
        case "death":
            return _is_of(event.person, fact, text) or (_kin(event.person) == PARTNER and _is_of_the_pair(fact))
        case "separation":
            return _is_of_the_pair(fact)
        case _:
            return fact.value in _EXPECTING or (fact.kind == "occasion" and _kin(fact.person) == "child")


def _is_news(fact: Fact, now: datetime) -> bool:
    return fact.kind == "demographic" and fact.value in _NEWCOMERS and now - fact.since <= NEWS


def _is_of(person: str | None, fact: Known, text: str) -> bool:
    if fact.person is None or fact.kind == "restriction":
        return False
    name = fact.person.split()[-1]
    if name[:1].isupper() and re.search(rf"\b{re.escape(name)}\b", text):
        return True
    mine, theirs = _kin(person), _kin(fact.person)
    return mine is not None and theirs is not None and is_same_kin(mine, theirs)


def _is_of_the_pair(fact: Known) -> bool:
    if fact.kind == "occasion" and fact.value == "anniversary":
        return fact.person is None or _kin(fact.person) == PARTNER
    if fact.kind == "demographic" and fact.person is None:
        return _WEDDED.search(fact.value) is not None
    return fact.kind != "restriction" and _kin(fact.person) == PARTNER


def _kin(person: str | None) -> str | None:
    return kin_of(person) if person else None


def _is_known(turn: Turn, event: LifeEvent) -> bool:
    return any(
        fact.value == event.what and _kin(fact.person) == _kin(event.person)
        for fact in facts.list_current(turn.memory, turn.customer.id, KIND)
    )
