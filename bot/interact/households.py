"""People of the customer's who come here too: staff are asked who that is. The customer never learns who else does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.identify import households
from bot.interact.replies import Answer, Tap
from bot.interact.turn import Turn
from bot.interact.understanding import FoundFact, kin_of, name_of
from storage.database import Memory
from storage.models import Customer, Fact, LinkStatus

TOGETHER = "lives with"
SAID = frozenset({"comes here too", TOGETHER})  # values of facts, never shown


def propose(turn: Turn, answer: Answer) -> None:
    """For each person named who may be a customer: a proposal, or a link where they have said the same of this one."""
    for fact in turn.heard.facts:
        if fact.value in SAID:
            _propose(turn.memory, turn.customer, fact, fact.quote or turn.text, turn.now, answer)


def put_back(memory: Memory, customer: Customer, held: Sequence[Fact], now: datetime, answer: Answer) -> None:
    """These facts hold again, as what had replaced them was taken back: "they come here no more" was a mistake."""
    for fact in held:
        if fact.value in SAID and fact.superseded_by is None and fact.forgotten_at is None:
            _propose(memory, customer, fact, fact.quote, now, answer)


def _propose(
    memory: Memory, customer: Customer, fact: Fact | FoundFact, words: str, now: datetime, answer: Answer
) -> None:
    person = fact.person or ""
    name = name_of(person)
    if not name or _lives_apart(person, fact.value):
        return
    fresh = []
    for one in households.find_namesakes(memory, customer, name):
        row = households.propose(memory, customer.id, one.id, now, what="said", by=customer.id, words=words)
        if row.status == LinkStatus.proposed and row.found_at == now:
            fresh.append((one, row))
    taps = [
        [Tap("link_household", {"link": row.id}, "customer", {"name": one.name, "id": one.id, "tier": one.tier})]
        for one, row in fresh
    ]
    if taps:
        answer.tell_staff("staff/household_said", taps, person=person, quote=words)


def _lives_apart(person: str, said: str) -> bool:
    """A cousin, a colleague, a friend, who was a partner once: unless they say that they live together."""
    kin = kin_of(person)
    return kin == "pet" or (said != TOGETHER and (kin in (None, "friend") or person.lower().startswith("ex ")))


def take_back(memory: Memory, customer_id: int, gone: Sequence[Fact], now: datetime) -> None:
    """These facts were taken back, or hold no more: nothing is proposed on them any more."""
    for fact in gone:
        if fact.value in SAID:
            households.take_back(memory, customer_id, fact.quote, now)
