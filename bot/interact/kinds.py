"""Kinds of what we sell, as customers call them: a category of the catalogue, or all that has the word in its name."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.interact.understanding import fits, singular
from storage import catalogue
from storage.database import Memory
from storage.models import CatalogueItem

ALSO = {"drinks": frozenset({"coffee", "tea"})}  # categories that a wider word takes in


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    text = files("bot.interact").joinpath("kinds.yaml").read_text(encoding="utf-8")
    return {word: category for category, words in yaml.safe_load(text).items() for word in words}


def list_of(memory: Memory, said: str) -> list[CatalogueItem]:
    """ "green pastries" → the bakery, 好喝的茶 → teas; nothing where no such thing is sold."""
    items = catalogue.list_items(memory)
    own = {singular(item.category.casefold()): item.category for item in items if item.category}
    for word in _ends(said.casefold()):
        category = own.get(word) or _words().get(word)
        if category is not None:
            meant = {category, *ALSO.get(category, ())}
            return [item for item in items if item.category in meant]
        named = [item for item in items if any(_ends_in(name, word) for name in _names(item))]
        if named:
            return named
    return []


def is_kind(memory: Memory, said: str) -> bool:
    """Whether it is the word for a kind and nothing more: a bubble tea is not just a tea."""
    whole = _ends(said.casefold())[0]
    categories = {singular(item.category.casefold()) for item in catalogue.list_items(memory) if item.category}
    return whole in categories or whole in _words()


def is_option(memory: Memory, said: str) -> bool:
    """Whether something we sell comes with it."""
    return any(fits(item.options, said.casefold()) for item in catalogue.list_items(memory))


def _ends(said: str) -> list[str]:
    """The longest end first: what a thing is stands last."""
    if said.isascii():
        words = [_one(word) for word in said.split()][-3:]
        return [" ".join(words[at:]) for at in range(len(words))]
    return [said[at:] for at in range(max(0, len(said) - 6), len(said))]


def _one(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else singular(word)


def _names(item: CatalogueItem) -> list[str]:
    return [name.casefold() for name in (item.name_en, item.name_zh or "", *item.aliases)]


def _ends_in(name: str, word: str) -> bool:
    if not word.isascii():
        return len(word) > 1 and name.endswith(word)
    return re.search(rf"\b{re.escape(word)}s?$", name) is not None
