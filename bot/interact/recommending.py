""" "What do you recommend?": what most people bought lately, without what this customer dislikes or must not have."""

from __future__ import annotations

from datetime import timedelta

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
    """Where nothing was sold lately, or nothing that is surely fit for them, a person knows more."""
    known = facts.list_current(turn.memory, turn.customer.id)
    own = [fact for fact in known if fact.person is None]
    fit = [item for item in _list_popular(turn) if _is_fit(item, own)][:MOST]
    names = [(item.name_zh if turn.customer.language == "zh" else "") or item.name_en for item in fit]
    answer.add("chat/recommended", [] if names else offer(turn.text), items=names,
               careful=any(fact.kind == "restriction" for fact in own))  # fmt: skip


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
