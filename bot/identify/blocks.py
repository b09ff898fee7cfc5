"""Who shares a key, and so is worth comparing: work that grows with the number of people, not with its square."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bot.identify import names
from bot.identify.likeness import Person, fold_city, fold_mail

LARGEST_BLOCK = 60  # customers who share a key; what more of them share tells nothing
LOCAL_LENGTH = 6  # of a mailbox's name: shorter ones are anybody's
NUMBERED = 2**32  # more than there are places in a list of people


def list_pairs(people: Sequence[Person], changed: Collection[int] | None = None) -> Iterator[tuple[Person, Person]]:
    """All who share a key, once each, the smaller number first; `changed`: only those of whom one is among these."""
    shared, owners = _share_keys(people)
    is_changed = np.fromiter((changed is None or one.id in changed for one in people), bool, len(people))
    codes = array("q")
    for block in _split(shared, owners, is_changed):
        codes.extend(one * NUMBERED + other for one, other in combinations(sorted(set(block)), 2))
    for code in np.unique(np.frombuffer(codes, np.int64)) if codes else ():
        one, other = divmod(int(code), NUMBERED)
        if is_changed[one] or is_changed[other]:
            first, second = people[one], people[other]
            yield (first, second) if first.id < second.id else (second, first)


def _share_keys(people: Sequence[Person]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys, hashed and in order, and beside each the place of whose it is."""
    keys, owners = array("q"), array("q")
    for place, person in enumerate(people):
        for key in _list_keys(person):
            keys.append(hash(key))
            owners.append(place)
    hashed = np.frombuffer(keys, np.int64) if keys else np.zeros(0, np.int64)
    order = np.argsort(hashed, kind="stable")
    return hashed[order], np.array(owners, np.int64)[order]


def _split(
    keys: NDArray[np.int64], owners: NDArray[np.int64], is_changed: NDArray[np.bool_]
) -> Iterator[list[int]]:  # fmt: skip
    """The places of those who share one key, where they are few enough and one of them has changed."""
    if not len(keys):
        return
    begins = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    sizes = np.diff(np.append(begins, len(keys)))
    wanted = (sizes > 1) & (sizes <= LARGEST_BLOCK) & np.logical_or.reduceat(is_changed[owners], begins)
    for begin, size in zip(begins[wanted].tolist(), sizes[wanted].tolist(), strict=True):
        yield owners[begin : begin + size].tolist()


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
