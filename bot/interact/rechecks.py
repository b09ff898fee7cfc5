"""Facts to ask about again: those that may no longer hold, and those that contradict each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz

from bot.config import Settings
from bot.identify import facts as known_facts
from bot.interact.replies import Reply, Tap
from bot.interact.understanding import forbidden_by
from storage import catalogue, facts
from storage.database import Memory
from storage.models import Fact

ALIKE = 90  # RapidFuzz ratio of two values that are one thing: "flat white" and "flat whites"
Pair = tuple[Fact, Fact]


@dataclass(frozen=True, slots=True)
class Recheck:
    """A question about facts we have. `facts` are their ids: one for "still so?", two for "which is right?"."""

    name: str
    reply: Reply
    facts: list[int]


def find_stale(known: Sequence[Fact], settings: Settings, now: datetime) -> list[Fact]:
    """What the customer said of themselves so long ago that it may have changed, oldest first."""
    after = settings.questions.stale_after
    found = []
    for fact in known:
        holds: timedelta | None = getattr(after, fact.kind, None)
        if holds and not fact.person and now - fact.since > holds:
            found.append(fact)
    return sorted(found, key=lambda fact: fact.since)


def find_contradictions(memory: Memory, known: Sequence[Fact]) -> list[Pair]:
    """Pairs of the customer's own facts of which one must be wrong, the older first."""
    own = [fact for fact in known if not fact.person]
    tastes = [fact for fact in own if fact.kind == "preference"]
    found = [(a, b) for a, b in itertools.combinations(tastes, 2) if a.polarity != b.polarity and _is_alike(a, b)]
    return found + list(_find_forbidden_likes(memory, own, tastes))


def _is_alike(a: Fact, b: Fact) -> bool:
    if a.item and b.item:
        return a.item == b.item
    return fuzz.ratio(a.value.casefold(), b.value.casefold()) >= ALIKE


def _find_forbidden_likes(memory: Memory, own: Sequence[Fact], tastes: Sequence[Fact]) -> Iterator[Pair]:
    """A liked item that contains what they must avoid."""
    forbidden = [(fact, forbidden_by(fact.value)) for fact in own if fact.kind == "restriction"]
    if not forbidden:
        return
    for taste in tastes:
        item = catalogue.find_item(memory, taste.item) if taste.item and taste.polarity == "like" else None
        contains = {word.casefold().strip() for word in item.contains} if item else set()
        for restriction, words in forbidden:
            if words and contains & words:
                first, second = sorted((taste, restriction), key=lambda fact: fact.id)
                yield first, second


def name_one(fact: Fact) -> str:
    return f"still:{fact.id}"


def name_pair(pair: Pair) -> str:
    return f"which:{pair[0].id}:{pair[1].id}"


def ask_still(fact: Fact) -> Recheck:
    name = name_one(fact)
    taps = [
        [Tap("answer_recheck", {"name": name, "right": right}, label) for right, label in (
            ([fact.id], "still_yes"), ([], "still_no"))],
        [Tap("skip_question", {"name": name}, label="skip")],
    ]  # fmt: skip
    return Recheck(name, Reply("questions/still", {"facts": [known_facts.describe(fact)]}, taps), [fact.id])


def ask_which(pair: Pair) -> Recheck:
    name = name_pair(pair)
    ids = [fact.id for fact in pair]
    labels = (([ids[0]], "which_first"), ([ids[1]], "which_second"), (ids, "which_both"))
    taps = [
        [Tap("answer_recheck", {"name": name, "right": right}, label) for right, label in labels],
        [Tap("skip_question", {"name": name}, label="skip")],
    ]
    return Recheck(name, Reply("questions/which", {"facts": [known_facts.describe(fact) for fact in pair]}, taps), ids)


def settle(
    memory: Memory, customer_id: int, asked: Sequence[int], right: Sequence[int], contact_id: int, now: datetime
) -> Reply | None:
    """Keep the facts that are right, as said anew, and withdraw the others. None: they are not known any more."""
    current = {fact.id: fact for fact in facts.list_by_ids(memory, customer_id, asked)
               if fact.superseded_by is None and fact.forgotten_at is None}  # fmt: skip
    if not current:
        return None
    confirmed = [known_facts.confirm(memory, fact, contact_id, now) for fact in current.values() if fact.id in right]
    gone = known_facts.withdraw(memory, customer_id, [number for number in current if number not in right], now)
    return Reply("questions/rechecked", {
        "facts": [known_facts.describe(fact) for fact in confirmed],
        "gone": [known_facts.describe(fact) for fact in gone],
    })  # fmt: skip


def asked_facts(name: str) -> list[int]:
    """The facts a question of this name is about; none for another question."""
    kind, _, ids = name.partition(":")
    return [int(number) for number in ids.split(":")] if kind in ("still", "which") else []


def read_words(text: str, asked: Sequence[int], words: dict[str, Any], *, yes: bool, no: bool) -> list[int] | None:
    """Which of the facts are right, by an answer in words; None where it does not say."""
    said = text.strip(" .!。！").casefold()
    if len(asked) == 1:
        return list(asked) if yes and not no else [] if no and not yes else None
    for which, right in (("first", asked[:1]), ("second", asked[1:]), ("both", asked)):
        if said in words[which]:
            return list(right)
    return None
