"""What may be named to a customer as theirs: their usual, never one that a restriction of theirs forbids.

A restriction that is not understood forbids everything: better no suggestion than a dangerous one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storage.reach import Item, KnownFact

# What a restriction forbids among the words of the catalogue's `contains`. Nuts and peanuts forbid each other:
# kitchens that handle one handle the other.
_NUTS = {"nuts", "nut", "tree nuts", "hazelnuts", "almonds", "walnuts", "cashews", "pistachios", "pecans", "peanuts"}
_MILK = {"milk", "lactose", "dairy", "butter", "cream", "cheese"}
_EGG = {"egg", "eggs"}
_GLUTEN = {"gluten", "wheat", "rye", "barley", "spelt", "oats", "oat"}
_SEAFOOD = {"fish", "shellfish", "crustaceans", "molluscs"}
FORBIDS: dict[str, set[str]] = {
    "nuts": _NUTS,
    "peanuts": _NUTS,
    "milk": _MILK,
    "lactose": _MILK,
    "dairy": _MILK,
    "dairy-free": _MILK,
    "lactose-free": _MILK,
    "egg": _EGG,
    "eggs": _EGG,
    "gluten": _GLUTEN,
    "wheat": _GLUTEN,
    "gluten-free": _GLUTEN,
    "oats": {"oats", "oat", "gluten"},
    "soy": {"soy", "soya"},
    "sesame": {"sesame"},
    "fish": _SEAFOOD,
    "shellfish": _SEAFOOD,
    "molluscs": _SEAFOOD,
    "celery": {"celery"},
    "mustard": {"mustard"},
    "lupin": {"lupin"},
    "sulphites": {"sulphites", "sulfites"},
    "strawberries": {"strawberries", "strawberry"},
    "kiwi": {"kiwi"},
    "vegan": _MILK | _EGG | _SEAFOOD | {"honey", "gelatine", "meat"},
    "vegetarian": _SEAFOOD | {"gelatine", "meat"},
    "pescatarian": {"gelatine", "meat"},
}


def is_safe(item: Item, restrictions: Iterable[KnownFact]) -> bool:
    """Nothing the item contains is forbidden by any of the restrictions, and all of them are understood."""
    contains = {word.casefold().strip() for word in item.contains}
    for fact in restrictions:
        forbidden = FORBIDS.get(fact.value.casefold().strip())
        if forbidden is None or contains & forbidden:
            return False
    return True


def rank_usuals(facts: Sequence[KnownFact], bought: Sequence[str]) -> list[str]:
    """The items a customer likes, newest said first, then those bought most; without the disliked ones."""
    tastes = [fact for fact in facts if fact.kind == "preference" and fact.item]
    disliked = {fact.item for fact in tastes if fact.polarity == "dislike"}
    liked = [fact.item for fact in reversed(tastes) if fact.polarity == "like" and fact.item]
    return [sku for sku in dict.fromkeys([*liked, *bought]) if sku not in disliked]


def choose_usual(facts: Sequence[KnownFact], bought: Sequence[str], items: dict[str, Item]) -> Item | None:
    """The first of a customer's usuals that is sold here and safe for them."""
    restrictions = [fact for fact in facts if fact.kind == "restriction"]
    found = (items[sku] for sku in rank_usuals(facts, bought) if sku in items)
    return next((item for item in found if is_safe(item, restrictions)), None)
