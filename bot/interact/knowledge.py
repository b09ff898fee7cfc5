"""What the business can answer: its questions and answers, what things cost and what is in them."""

from __future__ import annotations

from bot.interact import recent
from bot.interact.handoff import offer
from bot.interact.replies import Answer
from bot.interact.turn import Turn
from bot.interact.understanding import forbidden_by
from storage import catalogue
from storage.models import CatalogueItem

ALLERGENS = "allergens"  # the FAQ's name for them: answered from the catalogue, or by a person, never by likeness
MOST_ITEMS = 4
SURE = 0.8  # of an order; below it, it is one only where nothing else was said


def answer_faq(turn: Turn, name: str, answer: Answer) -> None:
    """`name` may have been asked by an earlier message. A question about allergens is no match for any other answer."""
    if name == ALLERGENS:
        _answer_allergens(turn, answer)
        return
    text = catalogue.find_answer(turn.memory, name, [turn.customer.language, *turn.settings.business.languages])
    if text is None:
        return
    if recent.was_said(turn.conversation, f"faq/{name}", before=turn.contact_id):
        answer.add("chat/faq_again", offer(turn.text), text=text)  # the same words did not help the first time
    else:
        answer.add("chat/faq", text=text)
    recent.note(turn.conversation, f"faq/{name}", turn.contact_id)


def _answer_allergens(turn: Turn, answer: Answer) -> None:
    """Only what the catalogue says of the very things named, with the caveat; else, and beyond it, a person."""
    if any(part.name in ("chat/contains", "chat/ask_about_allergens") for part in answer.parts):
        return
    items = _find_items(turn)
    if items:
        answer.add("chat/contains", items=[_describe(turn, item) for item in items])
    if not items or any(forbidden_by(code) is None for code in turn.heard.allergens):
        answer.add("chat/ask_about_allergens", offer(turn.text))


def answer_about_items(turn: Turn, answer: Answer) -> None:
    """An order is passed on; a question about something we sell gets its price, or what is in it."""
    heard = turn.heard
    asked = turn.has("ask_allergen")
    if asked:
        _answer_allergens(turn, answer)
    order = next((intent.score for intent in heard.intents if intent.name == "order"), 0.0)
    if order >= SURE or (order and heard.items and not answer.parts):
        wanted = [
            {"name": item.name, "quantity": item.quantity, "options": list(item.options)}
            for item in heard.items[:MOST_ITEMS]
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
    found = (catalogue.find_item(turn.memory, item.sku) for item in turn.heard.items[:MOST_ITEMS])
    return [item for item in found if item is not None]


def _describe(turn: Turn, item: CatalogueItem) -> dict[str, object]:
    name = item.name_zh if turn.customer.language == "zh" else item.name_en
    return {"name": name or item.name_en, "price": item.price, "currency": item.currency,
            "contains": list(item.contains)}  # fmt: skip
