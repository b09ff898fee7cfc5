""" "What do you recommend?": what most people bought lately of the kinds this customer buys, without what whoever it is for
dislikes or must not have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from bot.interact import kinds, order_times, people
from bot.interact.handoff import offer
from bot.interact.replies import Answer
from bot.interact.safety import find_warnings
from bot.interact.turn import Turn
from bot.interact.understanding import FaqMatch
from storage import catalogue, sales
from storage import orders as bought
from storage.models import CatalogueItem, Fact

LATELY = timedelta(days=30)
ORDERS = 5000  # looked at, at most
OWN_ORDERS = 10
MOST = 3
LOOKED_AT = 30  # of what sells best
_EAT = re.compile(r"\b(?:eat|drink)\b|[吃喝](?=什么|啥|哪)", re.IGNORECASE)  # words that name a kind
PLAIN = 0.95  # of an FAQ: asked in its own words
MAIN = 3  # a kind that sells a third as well as the best is one of what we mainly sell


def recommend(turn: Turn, answer: Answer) -> None:
    """Where nothing was sold lately, or nothing that is surely fit for them, a person knows more. Of one kind, where
    it was asked for: what is sold of it, even where nobody bought any lately."""
    if turn.heard.wanted:
        say_wanted(turn, turn.heard.wanted, answer)
        return
    who, known = people.list_meant(turn)
    popular = _list_popular(turn)
    wanted = _list_main(_list_bought(turn)) or _list_main(
        item.category for item, customers in popular for _ in range(customers)
    )
    if said := _EAT.search(turn.text):
        wanted = {item.category for item in kinds.list_of(turn.memory, said.group().lower())} or wanted
    disliked = _list_disliked(turn, known)
    fit = [item for item, _ in popular if item.category in wanted and item.sku not in disliked and _is_fit(item, known)]
    _add(turn, "chat/recommended", fit, known, answer, person=who)


def knows_better(turn: Turn, found: FaqMatch) -> bool:
    """ "Do you have any cakes?" is answered with the cakes, unless the business wrote an answer to just that."""
    wanted = turn.heard.wanted if turn.has("ask_kind") and found.score < PLAIN else None
    return wanted is not None and bool(kinds.list_of(turn.memory, wanted))


def say_wanted(turn: Turn, wanted: str, answer: Answer) -> None:
    """Of a kind that we sell, what there is; of another, that it is not on the list, and what comes near. Oat milk comes
    with something."""
    (who, known), of_kind = people.list_meant(turn), kinds.list_of(turn.memory, wanted)
    if not of_kind and (with_it := kinds.list_with_option(turn.memory, wanted)):
        if turn.has("ask_kind"):
            answer.add("chat/comes_with", wanted=wanted, items=_name(turn, with_it))
        return
    if not of_kind:
        near = [item for item in kinds.list_near(turn.memory, wanted) if _is_fit(item, known)]
        if near:
            _add(turn, "chat/of_kind", near, known, answer, person=who, missing=wanted)
        else:
            answer.add("chat/not_listed", offer(turn.text), wanted=wanted)
        return
    order_times.note(turn)
    skus = {item.sku for item in of_kind}
    popular = [item for item, _ in _list_popular(turn) if item.sku in skus and _is_fit(item, known)]
    if popular and turn.has("ask_recommendation"):
        _add(turn, "chat/recommended_of_kind", popular, known, answer, person=who)
        return
    missing = None if turn.has("ask_recommendation") or kinds.is_kind(turn.memory, wanted) else wanted
    fit = [item for item in of_kind if _is_fit(item, known)]
    _add(turn, "chat/of_kind", fit, known, answer, person=who, missing=missing)


def _add(turn: Turn, name: str, fit: list[CatalogueItem], known: list[Fact], answer: Answer, **told: Any) -> None:
    names = _name(turn, fit)
    answer.add(name if names else "chat/recommended", [] if names else offer(turn.text), items=names,
               careful=any(fact.kind == "restriction" for fact in known), **told)  # fmt: skip


def _name(turn: Turn, items: Sequence[CatalogueItem]) -> list[str]:
    return [(item.name_zh if turn.customer.language == "zh" else "") or item.name_en for item in items[:MOST]]


def _list_disliked(turn: Turn, known: Sequence[Fact]) -> set[str]:
    """All of a kind that they do not like: no americano for whoever "hates coffee"."""
    kinds_of = (
        kinds.list_of(turn.memory, fact.value) for fact in known if fact.polarity == "dislike" and not fact.item
    )
    return {item.sku for items in kinds_of for item in items}


def _list_popular(turn: Turn) -> list[tuple[CatalogueItem, int]]:
    """Bought by most customers first, with how many they were."""
    sold = sales.list_popular(turn.memory, since=turn.now - LATELY, orders=ORDERS, most=LOOKED_AT)
    found = ((catalogue.find_item(turn.memory, sku), customers) for sku, customers in sold)
    return [(item, customers) for item, customers in found if item is not None]


def _list_bought(turn: Turn) -> list[str | None]:
    """The kind of each thing this customer bought lately."""
    lines = (line for order in bought.list_for(turn.memory, turn.customer.id, OWN_ORDERS) for line in order.lines)
    found = (catalogue.find_item(turn.memory, line.sku) for line in lines if line.sku)
    return [item.category for item in found if item is not None]


def _list_main(sold: Iterable[str | None]) -> set[str | None]:
    """The kinds of which there is most: drinks and cakes of a café, and no filter papers."""
    counted = Counter(sold)
    most = max(counted.values(), default=0)
    return {kind for kind, number in counted.items() if number * MAIN >= most}


def _is_fit(item: CatalogueItem, known: Sequence[Fact]) -> bool:
    if any(fact.item == item.sku and fact.polarity == "dislike" for fact in known):
        return False
    restrictions = [fact for fact in known if fact.kind == "restriction"]
    warnings, unsure = find_warnings(restrictions, [({"options": []}, item)])
    return not warnings and not unsure
