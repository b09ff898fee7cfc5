"""Small words, and words not understood: greeting, thanks, anger, another language; then a hand, then a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.identify import facts as known_facts
from bot.identify import profiles
from bot.interact import feedback, foreign, handoff, recent
from bot.interact.replies import Answer
from bot.interact.turn import Turn
from storage import catalogue, facts, orders
from storage import feedback as kept_feedback
from storage.models import Feedback, Order

PATIENCE = 2  # times in a row of not understanding, then a person is offered
SMALL = (
    "life_event", "abuse", "ask_bot", "greeting", "thanks", "goodbye", "small_talk", "apology", "never_mind", "yes", "no",
)  # fmt: skip
ORDER_IS_RECENT = timedelta(days=60)
SUBJECTS_OF_GREETING = ("preference", "interest")  # never health, never a sorrow


def respond(turn: Turn, answer: Answer) -> None:
    """A short human answer, where nothing weightier was said."""
    if foreign.find_line(turn) is not None:
        _admit_foreign(turn, answer)
        return
    if turn.has("ask_case") and _say_case(turn, answer):
        return
    asks = turn.has("question")  # "fine, and when is that?" is not answered with "great"
    name = next((name for name in SMALL if turn.has(name) and not (asks and name in ("yes", "no"))), None)
    if name == "greeting":
        _greet(turn, answer)
    elif name == "abuse":
        _calm(turn, answer)
    elif name is not None:
        answer.add(f"chat/{name}")
    elif not any(mark.isalnum() or mark in "?？" for mark in turn.text):
        answer.add("chat/sticker")  # a smile is enough for a smile


def _say_case(turn: Turn, answer: Answer) -> bool:
    """How their open case stands; staff hear that it was asked for. False where there is none."""
    case = kept_feedback.find_open(turn.memory, turn.customer.id)
    if case is None:
        return False
    answer.add("chat/case_status", **_describe(case, turn))
    answer.tell_staff("staff/relayed", text=turn.text, case=feedback.describe(case))
    return True


def _describe(case: Feedback, turn: Turn) -> dict[str, Any]:
    """A promise that is past is not made again."""
    told = feedback.describe(case)
    return told if case.due_at is None or case.due_at > turn.now else {**told, "due_at": None}


def _calm(turn: Turn, answer: Answer) -> None:
    """One calm reply and a person; who goes on is not lectured, and staff are not called again."""
    if recent.was_said(turn.conversation, "abuse", before=turn.contact_id):
        answer.add("chat/abuse_again")
    else:
        answer.add("chat/abuse", handoff.offer(turn.text))
        answer.tell_staff("staff/relayed", text=turn.text, case=None)
    recent.note(turn.conversation, "abuse", turn.contact_id)


def _greet(turn: Turn, answer: Answer) -> None:
    """After a silence, where the last conversation ended: an open case first, else what they had or spoke of last."""
    name = profiles.address(turn.memory, turn.customer)
    if turn.silence is not None and turn.silence < turn.settings.contact_policy.conversation_pause:
        answer.add("chat/greeting", name=name)
        return
    case = kept_feedback.find_open(turn.memory, turn.customer.id)
    if case is not None:
        answer.add("chat/greeting_open_case", name=name, **_describe(case, turn))
        return
    known = facts.list_current(turn.memory, turn.customer.id)
    liked = [
        fact
        for fact in known
        if fact.kind in SUBJECTS_OF_GREETING and fact.polarity != "dislike" and fact.person is None
    ]
    order = orders.find_last(turn.memory, turn.customer.id)
    item = _find_bought(turn, order, careful=any(fact.kind == "restriction" for fact in known)) if order else None
    if order is not None and item is not None and not (liked and liked[-1].since > order.ordered_at):
        answer.add("chat/greeting_order", name=name, item=item)
    elif liked:
        answer.add("chat/greeting_known", name=name, **known_facts.describe(liked[-1]))
    else:
        answer.add("chat/greeting", name=name)


def _find_bought(turn: Turn, order: Order, *, careful: bool) -> str | None:
    """What a recent order was of, in their language; to somebody with restrictions nothing that contains any."""
    if turn.now - order.ordered_at > ORDER_IS_RECENT:
        return None
    for line in order.lines:
        item = catalogue.find_item(turn.memory, line.sku) if line.sku else None
        if item is not None and not (careful and item.contains):
            return (item.name_zh if turn.customer.language == "zh" else item.name_en) or item.name_en
    return None


def say_not_understood(turn: Turn, answer: Answer) -> None:
    """First a hand to say it another way, then a person."""
    turn.conversation.misunderstood += 1
    if turn.conversation.misunderstood >= PATIENCE:
        answer.add("chat/offer_person", handoff.offer(turn.text))
    else:
        answer.add("chat/not_understood")


def _admit_foreign(turn: Turn, answer: Answer) -> None:
    """One honest line in their language and a person; said once, then only passed on."""
    if recent.was_said(turn.conversation, "foreign", before=turn.contact_id):
        answer.add("chat/foreign_again")
    else:
        answer.add("chat/foreign", line=foreign.find_line(turn))
    answer.tell_staff("staff/relayed", text=turn.text, case=None)
    recent.note(turn.conversation, "foreign", turn.contact_id)
