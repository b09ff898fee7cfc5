"""What may be named to a customer who cannot have everything."""

import pytest

from bot.customize.suggestions import choose_usual, is_safe
from storage.reach import Item, KnownFact


def fact(value, kind="restriction", item=None, polarity=None, person=None):
    return KnownFact(1, 1, kind, value, polarity, item, person, None)


def item(*contains):
    return Item("thing", {"en": "Thing", "zh": "东西"}, contains)


@pytest.mark.parametrize(
    ("said", "forbidden", "allowed"),
    [
        ("nuts", "nuts", "milk"),
        ("坚果", "nuts", "milk"),
        ("penuts", "nuts", "milk"),
        ("花生", "peanuts", "milk"),
        ("牛奶", "milk", "egg"),
        ("乳糖", "milk", "egg"),
        ("lactose", "milk", "egg"),
        ("鸡蛋", "egg", "milk"),
        ("麸质", "wheat", "milk"),
        ("coeliac", "gluten", "milk"),
        ("gluten free", "gluten", "milk"),
        ("虾", "shellfish", "milk"),
        ("芝麻", "sesame", "milk"),
        ("大豆", "soy", "milk"),
        ("燕麦", "oats", "milk"),
        ("vegan", "milk", "nuts"),
        ("纯素", "egg", "nuts"),
        ("素食", "fish", "milk"),
        ("vegetarian", "fish", "egg"),
    ],
)
def test_a_restriction_forbids_what_contains_says_in_both_languages(said, forbidden, allowed):
    assert not is_safe(item(forbidden), [fact(said)])
    assert is_safe(item(allowed), [fact(said)])
    assert is_safe(item(), [fact(said)])


@pytest.mark.parametrize("said", ["allergy", "过敏", "芒果", "penicillin", "kosher", "怀孕", "something rare"])
def test_a_restriction_we_cannot_judge_forbids_everything(said):
    assert not is_safe(item(), [fact(said)])
    assert is_safe(item(), [])


def test_the_usual_is_the_first_that_is_safe():
    facts = [
        fact("cake", "preference", "cake", "like"),
        fact("tea", "preference", "tea", "like"),
        fact("坚果"),
    ]
    cake, tea = Item("cake", {"en": "Cake"}, ("nuts",)), Item("tea", {"en": "Tea"}, ())
    assert choose_usual(facts[:2], [], {"cake": cake}) == cake
    assert choose_usual(facts, [], {"cake": cake, "tea": tea}) == tea
    assert choose_usual(facts, [], {"cake": cake}) is None


def test_what_somebody_else_likes_is_not_their_usual():
    cake = Item("cake", {"en": "Cake"}, ())
    assert choose_usual([fact("cake", "preference", "cake", "like")], [], {"cake": cake}) == cake
    assert choose_usual([fact("cake", "preference", "cake", "like", "dad")], [], {"cake": cake}) is None
