"""What somebody must not have in what they order: the catalogue's `contains` beside the restrictions we know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.interact.understanding import allergen_of, allergens_in, forbidden_by
from storage.models import CatalogueItem, Fact


@dataclass(frozen=True, slots=True)
class Warning:
    """An item, or an option of it, with what of it is forbidden (words of `contains`), and by which fact."""

    item: CatalogueItem
    contains: tuple[str, ...]
    fact: Fact
    option: str = ""


def find_warnings(
    restrictions: Sequence[Fact], lines: Sequence[tuple[dict[str, Any], CatalogueItem]]
) -> tuple[list[Warning], list[Fact]]:
    """Warnings, and the restrictions of which the catalogue cannot tell whether they are kept."""
    found: dict[tuple[int, str, str], Warning] = {}
    for fact in restrictions:
        for line, item in lines:
            hits = _hits(fact.value, item.contains, (item.name_en, item.name_zh))
            if hits:
                found[fact.id, item.sku, ""] = Warning(item, tuple(hits), fact)
            for option in line["options"]:
                if hits := _hits(fact.value, allergens_in(option), (option,)):
                    found[fact.id, "", option] = Warning(item, tuple(hits), fact, option)
    told = {warning.fact.id for warning in found.values()}
    unsure = [fact for fact in restrictions if forbidden_by(fact.value) is None and fact.id not in told]
    return list(found.values()), unsure


def _hits(value: str, contains: Sequence[str], names: Sequence[str]) -> list[str]:
    forbidden = forbidden_by(value)
    if forbidden is None:
        said = value.casefold().strip()
        named = len(said) > 1 and any(said in name.casefold() for name in names)
        return [word for word in contains if word.casefold() == said] or ([value] if named else [])
    return list_held(contains, forbidden)


def list_held(contains: Sequence[str], forbidden: frozenset[str]) -> list[str]:
    """What of `contains` is forbidden."""
    return list(dict.fromkeys(word for word in contains if _codes(word) & forbidden))


def _codes(word: str) -> set[str]:
    plain = word.casefold().strip()
    return {plain, allergen_of(plain) or plain}
