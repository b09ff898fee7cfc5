""" "What do you recommend?": what most people bought lately, without what this customer dislikes or must not have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.interact import kinds
from bot.interact.handoff import offer
from bot.interact.replies import Answer
from bot.interact.safety import find_warnings
from bot.interact.turn import Turn
from storage import catalogue, facts, sales
from storage.models import CatalogueItem, Fact

LATELY = timedelta(days=30)
ORDERS = 5000  # looked at, at most
MOST = 3
LOOKED_AT = 30  # of what sells best


def recommend(turn: Turn, answer: Answer) -> None:
    """Where nothing was sold lately, or nothing that is surely fit for them, a person knows more. Of one kind, where
    it was asked for: what is sold of it, even where nobody bought any lately."""
    if turn.heard.wanted:
        say_wanted(turn, turn.heard.wanted, answer)
        return
    own = _list_own(turn)
    _add(turn, "chat/recommended", [item for item in _list_popular(turn) if _is_fit(item, own)], own, answer)


def say_wanted(turn: Turn, wanted: str, answer: Answer) -> None:
    """Of a kind that we sell, what there is; of another, that it is not on the list. Oat milk comes with something."""
    of_kind = kinds.list_of(turn.memory, wanted)
    if not of_kind and kinds.is_option(turn.memory, wanted):
        return
    if not of_kind:
        answer.add("chat/not_listed", offer(turn.text), wanted=wanted)
        return
    own, skus = _list_own(turn), {item.sku for item in of_kind}
    popular = [item for item in _list_popular(turn) if item.sku in skus and _is_fit(item, own)]
    if popular and turn.has("ask_recommendation"):
        _add(turn, "chat/recommended_of_kind", popular, own, answer)
        return
    missing = None if turn.has("ask_recommendation") or kinds.is_kind(turn.memory, wanted) else wanted
    _add(turn, "chat/of_kind", [item for item in of_kind if _is_fit(item, own)], own, answer, missing=missing)


def _add(turn: Turn, name: str, fit: list[CatalogueItem], own: list[Fact], answer: Answer, **told: Any) -> None:
    names = [(item.name_zh if turn.customer.language == "zh" else "") or item.name_en for item in fit[:MOST]]
    answer.add(name if names else "chat/recommended", [] if names else offer(turn.text), items=names,
               careful=any(fact.kind == "restriction" for fact in own), **told)  # fmt: skip


def _list_own(turn: Turn) -> list[Fact]:
    return [fact for fact in facts.list_current(turn.memory, turn.customer.id) if fact.person is None]


def _list_popular(turn: Turn) -> list[CatalogueItem]:
    """Bought by most customers first."""
    skus = sales.list_popular(turn.memory, since=turn.now - LATELY, orders=ORDERS, most=LOOKED_AT)
    found = (catalogue.find_item(turn.memory, sku) for sku in skus)
    return [item for item in found if item is not None]


def _is_fit(item: CatalogueItem, own: list[Fact]) -> bool:
    if any(fact.item == item.sku and fact.polarity == "dislike" for fact in own):
        return False
    restrictions = [fact for fact in own if fact.kind == "restriction"]
    warnings, unsure = find_warnings(restrictions, [({"options": []}, item)])
    return not warnings and not unsure
