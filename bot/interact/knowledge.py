"""What the business can answer: its questions and answers, what things cost and what is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.identify import facts as known_facts
from bot.interact import order_words, orders, people, recent
from bot.interact.handoff import offer
from bot.interact.replies import Answer, Tap
from bot.interact.safety import find_warnings, list_held
from bot.interact.turn import Turn, remember
from bot.interact.understanding import forbidden_by, option_name, points_back, singular
from storage import catalogue
from storage import orders as bought
from storage.models import CatalogueItem

ALLERGENS = "allergens"  # the FAQ's name for them: answered from the catalogue, or by a person, never by likeness
MOST_ITEMS = 4
LATELY = timedelta(days=7)
LONGEST_REST = 40  # characters of "and …?"
_KIND = {"en": re.compile(r"\b([a-z]{3,})\W*$"), "zh": re.compile(r"的([\u4e00-\u9fff]{1,6}?)[吗呢嘛么]?\W*$")}
_ASKS_ON = re.compile(r"^\s*(?:and|what about|how about|what if|also)\b.*\?|呢[？?]?\s*$", re.IGNORECASE)
SURE = 0.8  # of an order; below it, it is one only where nothing else was said


def answer_faq(turn: Turn, name: str, answer: Answer) -> None:
    """`name` may have been asked by an earlier message. A question about allergens is no match for any other answer."""
    if name == ALLERGENS:
        _answer_allergens(turn, answer)
        return
    text = catalogue.find_answer(turn.memory, name, _languages(turn))
    if text is None:
        return
    if recent.was_said(turn.conversation, f"faq/{name}", before=turn.contact_id):
        answer.add("chat/faq_again", offer(turn.text), text=text)  # the same words did not help the first time
    else:
        answer.add("chat/faq", text=text)
    recent.note(turn.conversation, f"faq/{name}", turn.contact_id)


def answer_rest(turn: Turn, answer: Answer) -> None:
    """ "And on weekends?" after an answer of the FAQ asks more of it: that answer again, and a person."""
    if not _ASKS_ON.search(turn.text) or len(turn.text) > LONGEST_REST:
        return
    name = recent.find_last(turn.conversation, "faq/")
    if name is not None and name != ALLERGENS:
        answer_faq(turn, name, answer)


def answer_about_order(turn: Turn, answer: Answer) -> None:
    """What they placed here lately; when it is ready, a person knows."""
    order = bought.find_last(turn.memory, turn.customer.id) if order_words.asks_after(turn.text) else None
    if order is not None and order.source == bought.CHAT and turn.now - order.ordered_at <= LATELY:
        answer.add("orders/last", offer(turn.text), **orders.describe_order(turn.memory, order, turn.customer.language))


def ask_which(turn: Turn, answer: Answer) -> None:
    """Two answers are as likely: their questions as two buttons. Whoever writes something else is simply answered."""
    languages = _languages(turn)
    known = [(name, catalogue.find_question(turn.memory, name, languages)) for name in turn.heard.faq_close]
    if known and all(question is not None for _, question in known):
        answer.add("chat/which_question", [[Tap("faq_meant", {"name": name}, words={"question": question})]
                                           for name, question in known])  # fmt: skip


def _languages(turn: Turn) -> list[str]:
    return [turn.customer.language, *turn.settings.business.languages]


def _answer_allergens(turn: Turn, answer: Answer) -> None:
    """Only what the catalogue says of the very things named, with the caveat; else, and beyond it, a person."""
    if any(part.name in ("chat/contains", "chat/ask_about_allergens") for part in answer.parts):
        return
    items = _find_items(turn) or _find_without(turn)
    if items:
        answer.add("chat/contains", items=[_describe(turn, item) for item in items], **_compare(turn, items))
    if not items or any(forbidden_by(code) is None for code in turn.heard.allergens):
        answer.add("chat/ask_about_allergens", offer(turn.text))
    elif not all(item.contains for item in items):
        answer.taps += offer(turn.text)  # nothing stands in the list: a person can say whether there is nothing


def _compare(turn: Turn, items: Sequence[CatalogueItem]) -> dict[str, Any]:
    """What is in them beside what whoever it is for must avoid: what is forbidden, what our list names nothing of, and
    what it cannot tell."""
    _, known = people.list_meant(turn)
    restrictions = [fact for fact in known if fact.kind == "restriction"]
    warnings, unsure = find_warnings(restrictions, [({"options": []}, item) for item in items])
    told = {warning.fact.id for warning in warnings} | {fact.id for fact in unsure}
    clear = [fact for fact in restrictions if fact.id not in told] if all(item.contains for item in items) else []
    return {
        "warnings": orders.describe_warnings(warnings, turn.customer.language),
        "clear": [known_facts.describe(fact) for fact in clear],
        "unsure": [known_facts.describe(fact) for fact in unsure],
    }


def note_items(turn: Turn) -> None:
    """What "it" is in the next message."""
    if turn.heard.items:
        skus = list(dict.fromkeys(item.sku for item in turn.heard.items))[:MOST_ITEMS]
        remember(turn.conversation, items={"skus": skus, "at": turn.now.isoformat(), "contact": turn.contact_id})


def answer_about_items(turn: Turn, answer: Answer) -> None:
    """An order that was not drafted is passed on; a question about something we sell gets its price, or what is in it."""
    heard = turn.heard
    asked = turn.has("ask_allergen")
    if asked:
        _answer_allergens(turn, answer)
    order = next((intent.score for intent in heard.intents if intent.name == "order"), 0.0)
    if any(part.name.startswith("orders/") for part in answer.parts):
        return
    starts = turn.has("ordering") or (order >= SURE and not heard.order)
    if starts and turn.settings.conversation.take_orders and not asked:
        answer.add("orders/ask")
    elif order >= SURE or turn.has("ordering") or (order and heard.order and not answer.parts):
        wanted = [
            {
                "name": item.name,
                "quantity": item.quantity,
                "options": [option_name(option, turn.customer.language) for option in item.options],
            }
            for item in heard.order[:MOST_ITEMS]
        ]
        answer.add("chat/order", items=wanted)
        answer.tell_staff("staff/relayed", text=turn.text, case=None)
    elif not asked and (turn.has("ask_price") or (not answer.parts and _asks(turn))):
        items = _find_items(turn)
        if items:
            answer.add("chat/items", items=[_describe(turn, item) for item in items])


def _asks(turn: Turn) -> bool:
    return turn.has("question") or turn.text.rstrip().endswith(("?", "？"))


def _find_items(turn: Turn) -> list[CatalogueItem]:
    named = [item.sku for item in turn.heard.items]
    contents = turn.has("ask_allergen") or (turn.heard.faq is not None and turn.heard.faq.name == ALLERGENS)
    if not named and (turn.has("ask_price") or (contents and points_back(turn.text))):
        named = orders.list_spoken_of(turn.conversation, turn.now)
    found = (catalogue.find_item(turn.memory, sku) for sku in list(dict.fromkeys(named))[:MOST_ITEMS])
    return [item for item in found if item is not None]


def _find_without(turn: Turn) -> list[CatalogueItem]:
    """ "Nut-free cakes": what has that word in a name, and of which the list says what is in it, and not this."""
    kind = _KIND[turn.heard.language].search(turn.text.lower()) if turn.heard.language in _KIND else None
    forbidden = [forbidden_by(code) for code in turn.heard.allergens]
    if kind is None or not forbidden or None in forbidden:
        return []
    word = singular(kind[1])
    found = [
        item
        for item in catalogue.list_items(turn.memory)
        if item.contains
        and any(word in name.lower() for name in (item.name_en, item.name_zh or "", *item.aliases))
        and not any(list_held(item.contains, codes) for codes in forbidden if codes)
    ]
    return found[:MOST_ITEMS]


def _describe(turn: Turn, item: CatalogueItem) -> dict[str, object]:
    name = item.name_zh if turn.customer.language == "zh" else item.name_en
    return {"name": name or item.name_en, "price": item.price, "currency": item.currency,
            "contains": list(item.contains)}  # fmt: skip
