"""Which customers may be one person: found by what they share, weighed, and proposed to staff. Nothing is merged here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from bot.identify import blocks
from bot.identify.likeness import (
    DUPLICATES,
    LIKELY,
    STRONG,
    Evidence,
    Likeness,
    Person,
    Rarity,
    weigh,
)

ROUNDS = 5
PRIOR_PEOPLE = 2000  # how many customers the estimate we begin with weighs as much as
MOST_DUPLICATES = 1.0  # second entries that somebody has on average: with so many …
HARDLY = 0.05  # … a pair less likely than this is not looked at again


class Candidate(NamedTuple):
    """Two customers who may be one person, the smaller number first. `score` is the probability that they are."""

    one: int
    other: int
    score: float
    is_strong: bool
    evidence: tuple[Evidence, ...]


def find_duplicates(
    people: Sequence[Person], apart: Collection[tuple[int, int]] = (), changed: Collection[int] | None = None,
    already: float = 0.0,
) -> list[Candidate]:  # fmt: skip
    """Who may be one person, the likeliest first. `apart`: pairs, smaller number first, of whom we know that they are not.

    Only those who share a key are compared. `changed`: only these with everybody, where the others were compared before
    and that many (`already`) second entries were expected among them.
    """
    rarity = Rarity(people)
    weighed = {
        (one.id, other.id): likeness
        for one, other in blocks.list_pairs(people, changed)
        if (one.id, other.id) not in apart
        and (likeness := weigh(one, other, rarity)) is not None
        and likeness.score(len(people), MOST_DUPLICATES) >= HARDLY
    }
    duplicates = _estimate_duplicates(list(weighed.values()), len(people), already)
    found = []
    for pair, likeness in weighed.items():
        score = likeness.score(len(people), duplicates)
        if score >= LIKELY:
            is_strong = score >= STRONG and likeness.may_be_strong
            found.append(Candidate(*pair, score, is_strong, likeness.evidence))
    return sorted(found, key=lambda each: (-each.score, each.one, each.other))


def _estimate_duplicates(weighed: Sequence[Likeness], people: int, already: float) -> float:
    """How many second entries somebody has, on average: as many as the scores they lead to say (EM, of this one figure)."""
    duplicates = DUPLICATES
    for _ in range(ROUNDS):
        expected = already + sum(likeness.score(people, duplicates) for likeness in weighed)
        duplicates = (2 * expected + PRIOR_PEOPLE * DUPLICATES) / (people + PRIOR_PEOPLE)
    return duplicates
