"""Orders said in words: put together as a draft, shown back, and placed by a tap (or by "yes" to what was just shown).

The draft is kept with the conversation. Until the tap nothing of it is an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.config import Settings
from bot.differentiate.tiers import class_anew
from bot.identify import facts as known_facts
from bot.interact import order_lines, order_times, order_words, safety
from bot.interact.order_lines import Line
from bot.interact.replies import Answer, Tap
from bot.interact.turn import Recorded, Turn, remember
from bot.interact.understanding import FoundItem, OrderChange, allergen_name, fits, option_name
from storage import catalogue, desk, facts
from storage import orders as bought
from storage.database import Memory
from storage.models import CatalogueItem, Conversation, Customer, Fact, Order

OPEN_FOR = timedelta(hours=12)  # later, a tap on the draft places nothing
SPOKEN_OF_FOR = timedelta(minutes=30)  # after it, "it" is something else
SURE = 0.8  # of an order; below it, it is one only where nothing else was said
MOST_SAID = 10  # messages that staff are shown with the order
QUOTE = 300
LONGEST_YES = 30  # characters; a longer one says something else too


def find_draft(conversation: Conversation, now: datetime) -> dict[str, Any] | None:
    draft: dict[str, Any] | None = (conversation.last_recorded or {}).get("draft")
    return draft if draft and now - datetime.fromisoformat(draft["at"]) <= OPEN_FOR else None


def take(turn: Turn, begun: Sequence[int] = ()) -> bool:
    """Put what is ordered into the draft, in place of what its beginning (messages `begun`) had put there.

    False: nothing is ordered, or this business takes no orders in the chat.
    """
    if not turn.settings.conversation.take_orders:
        return False
    lines = (_list_ordered(turn) or _list_usual(turn)) if _is_order(turn) else _list_taken(turn)
    if not lines:
        return False
    draft = find_draft(turn.conversation, turn.now)
    if draft and draft["draft"] in begun and len(draft["said"]) == 1:
        draft = {**draft, "lines": [], "said": []}
    _keep(turn, order_lines.add(draft["lines"] if draft else [], lines), draft)
    if (turn.conversation.open_question or {}).get("name") != "when":
        turn.conversation.open_question = None  # a "yes" is to the list now
    return True


def answer(turn: Turn) -> tuple[str, Recorded] | None:
    """What a message means for the draft that is open: its outcome as of an open question; None where nothing."""
    draft = find_draft(turn.conversation, turn.now)
    if draft is None:
        return _change_time(turn)
    told = Recorded(intents=["order"])
    asked = turn.conversation.open_question is not None  # then yes, no and a time answer that
    if turn.heard.changes and not (asked and all(one.what == "when" for one in turn.heard.changes)):
        changes = _point(turn, draft)
        lines = order_lines.change(draft["lines"], changes, lambda sku, option: _fits(turn.memory, sku, option))
        if lines is None:
            return None
        _keep(turn, lines, draft)
        return ("answered" if lines else "skipped"), told
    heard = turn.heard
    if not heard.items and (_asks_total(turn, draft) or order_words.asks_to_change(turn.text)):
        _update(turn.conversation, draft, hint=order_words.asks_to_change(turn.text))
        return "answered", told
    if asked or heard.items or heard.facts or heard.feedback or heard.dates or len(turn.text) > LONGEST_YES:
        return None  # "不对，是六月十三号" puts something else right
    fresh = not draft["asides"] or order_words.places(turn.text)
    if turn.has("yes") and draft["shown"] and fresh and not draft["warned"]:
        order = place(turn.memory, turn.customer, turn.conversation, draft, turn.settings, turn.now)
        return ("answered", Recorded(orders=[order.id])) if order else None
    if turn.has("yes") or turn.has("no"):
        _update(turn.conversation, draft, hint=turn.has("no"))
        return "answered", told
    return None


def _change_time(turn: Turn) -> tuple[str, Recorded] | None:
    """ "Make it 6 o'clock" after the order was placed: it is the same order, and staff are told again."""
    kept = turn.conversation.last_recorded or {}
    changes, since = turn.heard.changes, turn.now - turn.settings.conversation.undo_for
    asked = (turn.conversation.open_question or {}).get("name") == "when"
    if asked or not changes or any(one.what != "when" for one in changes):
        return None
    if not is_fresh(turn.memory, kept.get("orders", ()), since):
        return None
    order = bought.get(turn.memory, kept["orders"][-1])
    if order is None or order.source != bought.CHAT:
        return None
    order.terms = order_times.read(turn, order.terms)
    remember(turn.conversation, said=[*kept.get("said", ()), turn.text[:QUOTE]][-MOST_SAID:])
    return "answered", Recorded(orders=[order.id])


def _asks_total(turn: Turn, draft: dict[str, Any]) -> bool:
    """ "How much?", where nothing was spoken of since but the list itself."""
    noted = (turn.conversation.last_recorded or {}).get("items") or {}
    return order_words.asks_total(turn.text) or (turn.has("ask_price") and noted.get("contact", 0) <= draft["version"])


def _point(turn: Turn, draft: dict[str, Any] | None) -> list[OrderChange]:
    """ "Add one" and "I'll take two" are of what was spoken of since the draft was shown, where that is one thing."""
    noted = (turn.conversation.last_recorded or {}).get("items")
    since = draft["version"] if draft else 0
    if not noted or len(noted["skus"]) != 1 or noted.get("contact", 0) <= since or not _is_recent(turn, noted):
        return list(turn.heard.changes)
    pointing = ("more", "set", "options") if order_words.takes(turn.text) else ("more",)
    (sku,) = noted["skus"]
    first, *rest = turn.heard.changes or (OrderChange("name"),)
    if first.item is None and first.what in pointing:
        return [_more_of(sku, first), *rest]
    return list(turn.heard.changes)


def _more_of(sku: str, change: OrderChange) -> OrderChange:
    number = change.number or sum(one.of for one in change.portions if isinstance(one.of, int)) or 1
    options = tuple(option for one in change.portions for option in one.options)
    return OrderChange("more", number=number, item=FoundItem(sku, "", number, options))


def _is_recent(turn: Turn, noted: dict[str, Any]) -> bool:
    return turn.now - datetime.fromisoformat(noted["at"]) <= SPOKEN_OF_FOR


def propose(turn: Turn, lines: Sequence[Line], answer: Answer) -> None:
    """A list of our own making, shown as any other: nothing is ordered until the tap."""
    _keep(turn, order_lines.add([], lines), None)
    show(turn, answer)


def show(turn: Turn, answer: Answer) -> None:
    """The draft as it is now, with the buttons that place it, change it and drop it."""
    draft = find_draft(turn.conversation, turn.now)
    if draft is None:
        answer.add("orders/cancelled")
        return
    shown = _update(turn.conversation, draft, shown=True, asides=0, hint=False)
    add_draft(turn.memory, turn.customer, turn.conversation, shown, answer, hint=draft["hint"])


def add_draft(
    memory: Memory, customer: Customer, conversation: Conversation, draft: dict[str, Any], answer: Answer, *, hint: bool
) -> None:
    found = _load(memory, draft["lines"])
    warnings, unsure = _find_warnings(memory, customer, found)
    told = len(warnings) + len(unsure)
    _update(conversation, draft, warned=told)
    values = {"draft": draft["draft"], "version": draft["version"], "warned": told}
    answer.add(
        "orders/draft", [[Tap("place_order", values, "place_order_anyway" if warnings else "")],
                         [Tap("change_order", values), Tap("cancel_order", values)]],
        **describe(found, customer.language), wanted=order_times.describe(draft.get("wanted")),
        closed=draft.get("closed", False),
        warnings=describe_warnings(warnings, customer.language),
        unsure=[known_facts.describe(fact) for fact in unsure], hint=hint,
    )  # fmt: skip


def count_warnings(memory: Memory, customer: Customer, draft: dict[str, Any]) -> int:
    """As things are now; a tap places nothing while there are more than its message told."""
    warnings, unsure = _find_warnings(memory, customer, _load(memory, draft["lines"]))
    return len(warnings) + len(unsure)


def _find_warnings(
    memory: Memory, customer: Customer, found: Sequence[tuple[Line, CatalogueItem]]
) -> tuple[list[safety.Warning], list[Fact]]:
    """What their people must avoid is warned about, though it may not be for them."""
    warnings, unsure = safety.find_warnings(facts.list_current(memory, customer.id, "restriction"), found)
    return warnings, [fact for fact in unsure if not fact.person]


def remind_of_draft(turn: Turn, answer: Answer) -> None:
    """Once after they spoke of something else: the order above is not placed yet."""
    draft = find_draft(turn.conversation, turn.now)
    if draft is None:
        return
    if count_warnings(turn.memory, turn.customer, draft) > draft["warned"]:  # they told us just now
        show(turn, answer)
        return
    if not answer.parts or any(part.name.startswith("orders/") for part in answer.parts):
        return
    if draft["shown"] and draft["asides"] == 0:
        answer.add("orders/waiting")
    _update(turn.conversation, draft, asides=draft["asides"] + 1)


def place(
    memory: Memory, customer: Customer, conversation: Conversation, draft: dict[str, Any], settings: Settings,
    now: datetime,
) -> Order | None:  # fmt: skip
    """Store the order. None: nothing of it is sold any more. Placing a draft again changes nothing."""
    found = _load(memory, draft["lines"])
    remember(conversation, draft=None)
    if not found:
        return None
    added = bought.add_order(
        memory, customer_id=customer.id, external_id=f"chat-{draft['draft']}", ordered_at=now,
        total=sum(item.price * line["quantity"] for line, item in found), currency=found[0][1].currency,
        source=bought.CHAT, lines=[{**line, "price": item.price} for line, item in found],
        terms=draft.get("wanted"),
    )  # fmt: skip
    remember(conversation, orders=[added.id], said=draft["said"], facts=None, feedback=None, reminders=None)
    memory.flush()
    class_anew(memory, settings, now, [customer.id])
    memory.refresh(customer)
    return bought.get(memory, added.id)


def say_placed(
    memory: Memory, customer: Customer, conversation: Conversation, order: Order, settings: Settings, answer: Answer
) -> None:
    """To the customer, and to staff with what the customer must avoid."""
    found = _load_placed(memory, order)
    warnings, unsure = _find_warnings(memory, customer, found)
    staff_language = settings.business.language
    answer.planned = True
    answer.add("orders/placed", **describe_order(memory, order, customer.language))
    answer.tell_staff(
        "staff/order_placed", **describe_order(memory, order, staff_language), order_id=order.id,
        warnings=describe_warnings(warnings, staff_language), unsure=[fact.value for fact in unsure],
        text="\n".join((conversation.last_recorded or {}).get("said", [])),
    )  # fmt: skip


def describe_order(memory: Memory, order: Order, language: str) -> dict[str, Any]:
    """One that was placed, and when it is wanted."""
    return {**describe(_load_placed(memory, order), language), "wanted": order_times.describe(order.terms)}


def _load_placed(memory: Memory, order: Order) -> list[tuple[Line, CatalogueItem]]:
    return _load(
        memory, [{"sku": line.sku, "quantity": line.quantity, "options": line.options} for line in order.lines]
    )


def withdraw(memory: Memory, customer: Customer, ids: Sequence[int], now: datetime, answer: Answer) -> int:
    """Take back orders that were placed here; how many there were."""
    count = 0
    for order_id in ids:
        order = bought.get(memory, order_id)
        if order is not None and order.customer_id == customer.id and order.source == bought.CHAT:
            desk.remove_order(memory, order_id, now)
            answer.tell_staff("staff/order_withdrawn", order_id=order_id)
            count += 1
    return count


def is_fresh(memory: Memory, ids: Sequence[int], since: datetime) -> bool:
    return any(order.ordered_at >= since for order in (bought.get(memory, one) for one in ids) if order)


def wants_last_back(turn: Turn) -> bool:
    """ "Cancel that" when nothing is being put together: the order that was placed last."""
    last = (turn.conversation.last_recorded or {}).get("orders")
    cancels = any(change.what == "cancel" for change in turn.heard.changes)
    return bool(last) and cancels and not is_left_behind(turn)


def is_left_behind(turn: Turn) -> bool:
    """Whether something else was spoken of since the last order: "forget it" is of that, and "undo" of the order."""
    kept = turn.conversation.last_recorded or {}
    placed = [order.ordered_at for order in (bought.get(turn.memory, one) for one in kept.get("orders", ())) if order]
    since = "items" in kept and bool(placed) and datetime.fromisoformat(kept["items"]["at"]) > max(placed)
    return since and not order_words.names_order(turn.text)


def cancel(conversation: Conversation) -> None:
    remember(conversation, draft=None)


def revise(turn: Turn, versions: Sequence[int], answer: Answer) -> bool:
    """The message that a draft was made of says something else now."""
    draft = find_draft(turn.conversation, turn.now)
    if draft is None or draft["draft"] not in versions or len(draft["said"]) > 1:
        return False
    _keep(turn, [order_lines.from_item(item) for item in turn.heard.order], {**draft, "said": []})
    if not turn.muted:
        show(turn, answer)
    return True


def describe(found: Sequence[tuple[Line, CatalogueItem]], language: str) -> dict[str, Any]:
    """Lines in the customer's words, and their sum where every one has its price in the same money."""
    items = [
        {
            "name": name_of(item, language), "quantity": line["quantity"],
            "options": [option_name(option, language) for option in line["options"]],
            "price": item.price * line["quantity"], "currency": item.currency,
        }
        for line, item in found
    ]  # fmt: skip
    currencies = {item.currency for _, item in found}
    priced = len(currencies) == 1 and all(item.price for _, item in found)
    return {
        "items": items, "total": sum(item.price * line["quantity"] for line, item in found) if priced else None,
        "currency": found[0][1].currency if found else "",
    }  # fmt: skip


def name_of(item: CatalogueItem, language: str) -> str:
    return (item.name_zh if language == "zh" else item.name_en) or item.name_en


def describe_warnings(warnings: Sequence[safety.Warning], language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": option_name(warning.option, language) if warning.option else name_of(warning.item, language), "fact": known_facts.describe(warning.fact),
            "contains": [allergen_name(word, language) for word in warning.contains], "value": warning.fact.value,
        }
        for warning in warnings
    ]  # fmt: skip


def list_spoken_of(conversation: Conversation, now: datetime) -> list[str]:
    """What "it" is: what a message named last, or else what is being ordered."""
    noted = (conversation.last_recorded or {}).get("items")
    if noted and now - datetime.fromisoformat(noted["at"]) <= SPOKEN_OF_FOR:
        return list(noted["skus"])
    draft = find_draft(conversation, now)
    return [line["sku"] for line in draft["lines"]] if draft else []


def _is_order(turn: Turn) -> bool:
    heard = turn.heard
    score = next((intent.score for intent in heard.intents if intent.name == "order"), 0.0)
    other = heard.facts or heard.feedback or heard.reminders or heard.faq
    asks = any(turn.has(name) for name in ("ask_allergen", "ask_price", "stop", "life_event", "abuse"))
    return score >= SURE or bool(score and heard.order and not other and not asks)


def _list_ordered(turn: Turn) -> list[Line]:
    """ "2 flat whites, no make that 3": what the message itself changes is changed."""
    lines = [order_lines.from_item(item) for item in turn.heard.order]
    later = [one for one in turn.heard.changes if one.item is None and one.what in ("set", "more", "fewer")]
    return order_lines.change(lines, later, lambda sku, option: _fits(turn.memory, sku, option)) or lines


def _list_taken(turn: Turn) -> list[Line]:
    """ "I'll take one", after a question about it; without a draft, in which it would be a change."""
    if turn.heard.items or find_draft(turn.conversation, turn.now) or not order_words.takes(turn.text):
        return []
    changes = _point(turn, None)
    if not changes or changes[0].item is None:
        return []
    return order_lines.change([], changes, lambda sku, option: _fits(turn.memory, sku, option)) or []


def _fits(memory: Memory, sku: str, option: str) -> bool:
    item = catalogue.find_item(memory, sku)
    return item is not None and fits(item.options, option)


def _list_usual(turn: Turn) -> list[Line]:
    """ "The usual" is what was bought last."""
    last = None if turn.heard.items else bought.find_last(turn.memory, turn.customer.id)
    lines = [
        {"sku": line.sku, "quantity": line.quantity, "options": list(line.options)}
        for line in (last.lines if last else ())
    ]
    return [line for line, _ in _load(turn.memory, lines)]


def _load(memory: Memory, lines: Sequence[Line]) -> list[tuple[Line, CatalogueItem]]:
    """Lines with their items, without what is sold no more."""
    found = ((line, catalogue.find_item(memory, line["sku"])) for line in lines)
    return [(line, item) for line, item in found if item is not None]


def _keep(turn: Turn, lines: list[Line], before: dict[str, Any] | None) -> None:
    if not lines:
        remember(turn.conversation, draft=None)
        return
    said = [*(before["said"] if before else []), turn.text[:QUOTE]][-MOST_SAID:]
    wanted = order_times.read(turn, before.get("wanted") if before else order_times.take_noted(turn))
    remember(turn.conversation, draft={
        "draft": before["draft"] if before else turn.contact_id, "version": turn.contact_id, "lines": lines,
        "at": turn.now.isoformat(), "said": said, "shown": False, "asides": 0, "warned": 0, "hint": False,
        "wanted": wanted, "closed": order_times.is_closed(turn.settings.business, wanted),
    })  # fmt: skip


def _update(conversation: Conversation, draft: dict[str, Any], **changes: Any) -> dict[str, Any]:
    changed = {**draft, **changes}
    remember(conversation, draft=changed)
    return changed
