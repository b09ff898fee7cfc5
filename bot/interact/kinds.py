"""Kinds of what we sell, as customers call them: a category of the catalogue, or all that has the word in its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.interact.understanding import fits, singular
from bot.interact.understanding.items import SIZE
from storage import catalogue
from storage.database import Memory
from storage.models import CatalogueItem

ALSO = {"drinks": frozenset({"coffee", "tea"})}  # categories that a wider word takes in
IN_IE = frozenset({"brownie", "cookie", "pie", "smoothie", "veggie"})  # pastries are of a pastry, these are not


@lru_cache(maxsize=2)
def _words(section: str) -> dict[str, str]:
    text = files("bot.interact").joinpath("kinds.yaml").read_text(encoding="utf-8")
    return {word: category for category, words in yaml.safe_load(text)[section].items() for word in words}


def list_of(memory: Memory, said: str) -> list[CatalogueItem]:
    """ "green pastries" → the bakery, 好喝的茶 → teas; nothing where no such thing is sold."""
    items = catalogue.list_items(memory)
    own = {singular(item.category.casefold()): item.category for item in items if item.category}
    for word in _ends(said.casefold()):
        category = own.get(word) or _words("kinds").get(word)
        if category is not None:
            return _of_category(items, category)
        named = [item for item in items if any(_ends_in(name, word) for name in _names(item))]
        if named:
            return named
    return []


def list_near(memory: Memory, said: str) -> list[CatalogueItem]:
    """What comes near a thing that we do not sell: a milkshake → drinks."""
    near = (_words("near").get(word) for word in _ends(said.casefold()))
    category = next(filter(None, near), None)
    return _of_category(catalogue.list_items(memory), category) if category else []


def _of_category(items: Sequence[CatalogueItem], category: str) -> list[CatalogueItem]:
    """What a wider word takes in comes last."""
    also = ALSO.get(category, frozenset())
    return [item for item in items if item.category == category] + [item for item in items if item.category in also]


def is_kind(memory: Memory, said: str) -> bool:
    """Whether it is the word for a kind, or ends names, and nothing more: a bubble tea is not just a tea."""
    whole, items = _ends(said.casefold())[0], catalogue.list_items(memory)
    categories = {singular(item.category.casefold()) for item in items if item.category}
    named = any(_ends_in(name, whole) for item in items for name in _names(item))
    return named or whole in categories or whole in _words("kinds")


def list_with_option(memory: Memory, said: str) -> list[CatalogueItem]:
    """What comes with it: oat milk is no item."""
    return [item for item in catalogue.list_items(memory) if fits(item.options, said.casefold())]


def _ends(said: str) -> list[str]:
    """The longest end first: what a thing is stands last."""
    if said.isascii():
        words = [_one(word) for word in said.split()][-3:]
        return [" ".join(words[at:]) for at in range(len(words))]
    return [said[at:] for at in range(max(0, len(said) - 6), len(said))]


def _one(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") and word[:-1] not in IN_IE else singular(word)


def _names(item: CatalogueItem) -> list[str]:
    return [SIZE.sub("", name).casefold() for name in (item.name_en, item.name_zh or "", *item.aliases)]


def _ends_in(name: str, word: str) -> bool:
    if not word.isascii():
        return len(word) > 1 and name.endswith(word)
    return re.search(rf"\b{re.escape(word)}s?$", name) is not None
