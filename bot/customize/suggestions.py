"""What may be named to a customer as theirs: their usual, never one that a restriction of theirs forbids.

A restriction that is not understood forbids everything: better no suggestion than a dangerous one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.interact.understanding import forbidden_by
from storage.reach import Item, KnownFact


def is_safe(item: Item, restrictions: Iterable[KnownFact]) -> bool:
    """Nothing the item contains is forbidden by any of the restrictions, and all of them are understood."""
    contains = {word.casefold().strip() for word in item.contains}
    for fact in restrictions:
        forbidden = forbidden_by(fact.value)
        if forbidden is None or contains & forbidden:
            return False
    return True


def rank_usuals(facts: Sequence[KnownFact], bought: Sequence[str]) -> list[str]:
    """The items a customer likes, newest said first, then those bought most; without the disliked ones.

    What somebody of theirs likes is no taste of their own.
    """
    tastes = [fact for fact in facts if fact.kind == "preference" and fact.item and not fact.person]
    disliked = {fact.item for fact in tastes if fact.polarity == "dislike"}
    liked = [fact.item for fact in reversed(tastes) if fact.polarity == "like" and fact.item]
    return [sku for sku in dict.fromkeys([*liked, *bought]) if sku not in disliked]


def choose_usual(facts: Sequence[KnownFact], bought: Sequence[str], items: dict[str, Item]) -> Item | None:
    """The first of a customer's usuals that is sold here and safe for them."""
    restrictions = [fact for fact in facts if fact.kind == "restriction"]
    found = (items[sku] for sku in rank_usuals(facts, bought) if sku in items)
    return next((item for item in found if is_safe(item, restrictions)), None)
