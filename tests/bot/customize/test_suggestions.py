"""A usual is named only where nothing a customer told us forbids it."""

from __future__ import annotations

import pytest

from bot.customize.personal import call_by
from bot.customize.suggestions import FORBIDS, choose_usual, is_safe, rank_usuals
from storage.reach import Item, KnownFact

LATTE = Item("latte", {"en": "Latte", "zh": "拿铁"}, ("milk",))
OAT = Item("oat", {"en": "Oat latte", "zh": "燕麦拿铁"}, ("Oats",))
CAKE = Item("cake", {"en": "Nut cake", "zh": "坚果蛋糕"}, ("nuts", "egg", "wheat", "milk"))
TEA = Item("tea", {"en": "Tea", "zh": "茶"}, ())
ITEMS = {item.sku: item for item in (LATTE, OAT, CAKE, TEA)}


def fact(kind: str, value: str, item: str | None = None, polarity: str | None = None) -> KnownFact:
    return KnownFact(1, 1, kind, value, polarity, item, None, None)


def restriction(value: str) -> KnownFact:
    return fact("restriction", value)


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("lactose", {"oat", "tea"}),
        ("Milk ", {"oat", "tea"}),
        ("peanuts", {"latte", "oat", "tea"}),  # nuts are kept from whom peanuts harm
        ("gluten-free", {"latte", "tea"}),
        ("vegan", {"oat", "tea"}),
        ("sesame", {"latte", "oat", "cake", "tea"}),
        ("halal", set()),
        ("no idea what this is", set()),
    ],
)
def test_what_a_restriction_leaves(value: str, safe: set[str]) -> None:
    assert {sku for sku, item in ITEMS.items() if is_safe(item, [restriction(value)])} == safe


def test_all_restrictions_count_together() -> None:
    assert not is_safe(OAT, [restriction("milk"), restriction("oats")])
    assert is_safe(TEA, [restriction("milk"), restriction("oats")])
    assert is_safe(CAKE, [])


def test_usual_is_what_was_said_last_then_what_is_bought_most() -> None:
    said = [fact("preference", "tea", "tea", "like"), fact("preference", "latte", "latte", "like")]
    assert rank_usuals(said, ["cake", "tea"]) == ["latte", "tea", "cake"]
    assert rank_usuals([fact("preference", "cake", "cake", "dislike")], ["cake", "oat"]) == ["oat"]


def test_usual_that_is_forbidden_is_passed_over() -> None:
    said = [fact("preference", "latte", "latte", "like"), restriction("lactose")]
    assert choose_usual(said, ["oat"], ITEMS) == OAT
    assert choose_usual(said, [], ITEMS) is None
    assert choose_usual(said[:1], [], ITEMS) == LATTE
    assert choose_usual([], ["no longer sold"], ITEMS) is None


def test_every_allergen_of_the_lexicon_is_understood_or_forbids_all() -> None:
    """Those understood must forbid at least themselves."""
    for value, forbidden in FORBIDS.items():
        known = {"dairy-free", "lactose-free", "gluten-free", "vegan", "vegetarian", "pescatarian"}
        assert value in known or value in forbidden, value


@pytest.mark.parametrize(
    ("name", "called"), [("Anna Schmidt", "Anna"), ("Anna", "Anna"), ("李 明", "李 明"), ("小明", "小明"), ("", "")]
)
def test_people_are_called_by_their_first_name(name: str, called: str) -> None:
    assert call_by(name) == called
