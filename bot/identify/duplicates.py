"""Which customers may be one person: found by what they share, weighed, and proposed to staff. Nothing is merged here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from bot.identify import names
from bot.identify.likeness import (
    DUPLICATES,
    LIKELY,
    STRONG,
    Evidence,
    Likeness,
    Person,
    Rarity,
    fold_city,
    fold_mail,
    weigh,
)

LARGEST_BLOCK = 60  # customers who share a key; what more of them share tells nothing
ROUNDS = 5
PRIOR_PEOPLE = 2000  # how many customers the estimate we begin with weighs as much as
LOCAL_LENGTH = 6  # of a mailbox's name: shorter ones are anybody's


class Candidate(NamedTuple):
    """Two customers who may be one person, the smaller number first. `score` is the probability that they are."""

    one: int
    other: int
    score: float
    is_strong: bool
    evidence: tuple[Evidence, ...]


def find_duplicates(people: Sequence[Person], apart: Collection[tuple[int, int]] = ()) -> list[Candidate]:
    """Who may be one person, the likeliest first. `apart`: pairs, smaller number first, of whom we know that they are not.

    Only those who share a key are compared, so that the work grows with the number of people and not with its square.
    """
    rarity = Rarity(people)
    known = {person.id: person for person in people}
    weighed = {
        pair: likeness
        for pair in _share_a_block(people)
        if pair not in apart and (likeness := weigh(known[pair[0]], known[pair[1]], rarity)) is not None
    }
    duplicates = _estimate_duplicates(list(weighed.values()), len(people))
    found = []
    for pair, likeness in weighed.items():
        score = likeness.score(len(people), duplicates)
        if score >= LIKELY:
            is_strong = score >= STRONG and likeness.may_be_strong
            found.append(Candidate(*pair, score, is_strong, likeness.evidence))
    return sorted(found, key=lambda each: (-each.score, each.one, each.other))


def _estimate_duplicates(weighed: Sequence[Likeness], people: int) -> float:
    """How many second entries somebody has, on average: as many as the scores they lead to say (EM, of this one figure)."""
    duplicates = DUPLICATES
    for _ in range(ROUNDS):
        expected = sum(likeness.score(people, duplicates) for likeness in weighed)
        duplicates = (2 * expected + PRIOR_PEOPLE * DUPLICATES) / (people + PRIOR_PEOPLE)
    return duplicates


def _share_a_block(people: Iterable[Person]) -> set[tuple[int, int]]:
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for person in people:
        for key in _list_keys(person):
            blocks[key].append(person.id)
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        if 1 < len(block) <= LARGEST_BLOCK:
            pairs.update(combinations(sorted(set(block)), 2))
    return pairs


def _list_keys(person: Person) -> Iterator[str]:
    """What a second entry of the same person would share: a key, or a name or birthday with something beside it."""
    yield from (f"phone {phone}" for phone in person.phones)
    yield from (f"number {number}" for number in person.numbers)
    for mail in map(fold_mail, person.mails):
        yield f"mail {mail}"
        local = mail.partition("@")[0]
        if len(local) >= LOCAL_LENGTH:
            yield f"local {local}"
    city = fold_city(person.city) if person.city else ""
    day = (person.birthday or "")[-5:]
    for key in names.name_keys(person.name):
        yield f"name {key}"
        yield f"name {key} in {city}"
        yield from (f"name {key} {part}" for part in _parts_of(person.birthday))
    if day:
        words = {word.sound for reading in names.read_name(person.name) for word in reading}
        for word in words | {names.full_form(word) for word in words}:
            yield f"born {day} {word}"
        for initial in {word[0] for word in words}:
            yield f"born {person.birthday} {initial}"
            yield f"born {day} {initial} in {city}"


def _parts_of(birthday: str | None) -> Iterator[str]:
    """Each part of a birthday, since one of them may be wrong in the other entry."""
    for place, part in enumerate(reversed((birthday or "").split("-"))):
        if part:
            yield f"{place} {part}"
