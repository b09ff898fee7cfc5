"""From what was understood to what is kept, and back out again: recording, undoing, revising."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.identify import facts as known_facts
from bot.interact import feedback, households, life_changes, life_events, orders, people, reminders
from bot.interact.replies import Answer
from bot.interact.turn import Recorded, Turn, remember
from bot.interact.understanding.result import FoundFact
from storage import conversations, events, facts
from storage import feedback as kept_feedback
from storage.database import Memory
from storage.models import Conversation, Customer, Fact


def record(turn: Turn, answer: Answer) -> Recorded:
    """Everything in the message that is worth keeping."""
    kept = Recorded()
    kept.facts = life_events.silence(turn)
    answer.planned = answer.planned or bool(kept.facts)
    record_facts(turn, _list_said(turn), kept, answer)
    people.note(turn)
    households.propose(turn, answer)
    kept.feedback = feedback.record(turn, turn.heard.feedback, answer)
    kept.reminders = reminders.record(turn, answer)
    return kept


def _list_said(turn: Turn) -> list[FoundFact]:
    said = (*turn.heard.facts, *people.list_told(turn))
    return [one for one in said if one.confidence >= known_facts.LEAST_CONFIDENCE]


def record_facts(turn: Turn, found: Sequence[FoundFact], kept: Recorded, answer: Answer) -> None:
    if not found:
        return
    current = list(facts.list_current(turn.memory, turn.customer.id))
    for one in found:
        if life_events.is_silenced(one, current):
            continue
        fact, is_new = known_facts.record(
            turn.memory, turn.customer.id, kind=one.kind, value=one.value, polarity=one.polarity, item=one.item,
            person=one.person, date=one.date, confidence=one.confidence, quote=one.quote or turn.text,
            contact_id=turn.source_of(one.quote, one.value), now=turn.now, current=current,
        )  # fmt: skip
        if not is_new and life_changes.happened_again(fact, turn.now):
            fact, is_new = known_facts.confirm(turn.memory, fact, turn.contact_id, turn.now), True
        (kept.facts if is_new else kept.known).append(fact.id)
        if not is_new:
            continue
        households.take_back(
            turn.memory, turn.customer.id, [old for old in current if old.superseded_by == fact.id], turn.now
        )
        current = [*(old for old in current if old.superseded_by is None), fact]
        if life_changes.note(turn.memory, fact, turn.now):
            answer.planned = True
        if fact.kind == "occasion":
            events.add(turn.memory, turn.customer.id, "occasion", at=turn.now, reference=str(fact.id))
            answer.planned = True


def undo(
    memory: Memory, customer: Customer, conversation: Conversation, values: dict[str, Any], now: datetime
) -> Answer | None:
    """Withdraw exactly what these values name. None: there is nothing left of it to withdraw."""
    answer = Answer(planned=True)
    replaced = facts.list_replaced(memory, values.get("facts", []))
    taken = known_facts.withdraw(memory, customer.id, values.get("facts", []), now)
    life_events.restore(memory, customer.id, taken, now)
    households.take_back(memory, customer.id, taken, now)
    households.put_back(memory, customer, replaced, now, answer)
    rows = feedback.withdraw(memory, customer, conversation, values.get("feedback", []), now, answer)
    forgotten = [
        reference
        for reference in values.get("reminders", [])
        if conversations.withdraw_reminder(memory, customer.id, reference, now)
    ]
    withdrawn = orders.withdraw(memory, customer, values.get("orders", []), now, answer)
    if not (taken or rows or forgotten or withdrawn):
        return None
    _forget_recorded(conversation, values)
    answer.add(
        "chat/undone", facts=[known_facts.describe(fact) for fact in taken], feedback=len(rows),
        reminders=len(forgotten), orders=withdrawn,
    )  # fmt: skip
    return answer


def undo_last(turn: Turn) -> Answer | None:
    """The same by word instead of by button: what was said back last; an order for as long as its button works."""
    last = Recorded.from_json(turn.conversation.last_recorded or {})
    fresh = orders.is_fresh(turn.memory, last.orders, turn.now - turn.settings.conversation.undo_for)
    if not fresh or orders.is_left_behind(turn):
        last.orders = []
    if not last.can_be_undone:
        return None
    return undo(turn.memory, turn.customer, turn.conversation, last.undoable(), turn.now)


def _forget_recorded(conversation: Conversation, values: dict[str, Any]) -> None:
    stored = conversation.last_recorded or {}
    if all(stored.get(name, []) == values.get(name, []) for name in ("facts", "feedback", "orders")):
        remember(conversation, facts=None, feedback=None, reminders=None, orders=None)


def revise(turn: Turn, versions: Sequence[int], answer: Answer) -> tuple[Recorded, list[Fact]]:
    """The message was edited: keep what it says now, withdraw what it does not say any more.

    `versions` are the contacts that the message was. Returns what is new, and the facts that went.
    """
    memory, customer = turn.memory, turn.customer
    old_facts = facts.list_from(memory, customer.id, versions)
    old_feedback = kept_feedback.list_from(memory, customer.id, versions)
    kept = Recorded()
    record_facts(turn, _list_said(turn), kept, answer)
    people.note(turn)
    households.propose(turn, answer)
    told = {event.what for event in turn.heard.life_events}
    still = {*kept.facts, *kept.known, *(old.id for old in old_facts if old.kind == "life_event" and old.value in told)}
    gone = [fact for fact in old_facts if fact.id not in still and fact.superseded_by is None]
    replaced = facts.list_replaced(memory, [fact.id for fact in gone])
    facts.restore_superseded(memory, [fact.id for fact in gone])
    known_facts.forget(memory, gone, turn.now)
    life_events.restore(memory, customer.id, gone, turn.now)
    households.take_back(memory, customer.id, gone, turn.now)
    households.put_back(memory, customer, replaced, turn.now, answer)

    unmatched = list(old_feedback)
    fresh = []
    for one in turn.heard.feedback:
        kind = "csat" if one.kind == "score" else one.kind
        row = next((row for row in unmatched if row.kind == kind), None)
        if row is None:
            fresh.append(one)
            continue
        unmatched.remove(row)
        if row.owner_id is None:
            row.quote, row.aspect = (one.quote or turn.text)[: feedback.QUOTE_LENGTH], one.aspect
            row.severity = max(row.severity, one.severity)
    feedback.withdraw(memory, customer, turn.conversation, [row.id for row in unmatched], turn.now, answer)
    has_case = any(row.status in ("open", "solved") for row in old_feedback if row not in unmatched)
    kept.feedback = feedback.record(turn, fresh, answer, in_case=has_case)

    for contact_id in versions:
        reminders.withdraw_from(turn, contact_id)
    kept.reminders = reminders.record(turn, answer)
    answer.planned = answer.planned or bool(gone)
    return kept, gone
