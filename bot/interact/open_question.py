"""The question that is open, and what the message has to do with it: an answer, an aside, a correction, nothing."""

from __future__ import annotations

from typing import Any

from bot.identify import consents
from bot.identify import facts as known_facts
from bot.interact import corrections, feedback, orders, questions, rechecks, recording, reminders
from bot.interact.replies import Answer
from bot.interact.turn import Recorded, Turn, remember
from storage import questions as kept_questions
from storage.models import Purpose

ASIDES = ("greeting", "thanks", "small_talk", "ask_bot", "faq", "question", "help", "ask_profile")
MOST_ASIDES = 2  # what is said after so many of them is no answer to our question any more


class Answered:
    """What became of the question that was open. `only`: the whole message was the answer to it."""

    def __init__(self, outcome: str = "", *, only: bool = False) -> None:
        self.outcome, self.only, self.kept = outcome, only, Recorded()

    @property
    def settled(self) -> bool:
        """Nothing else of the message is looked into."""
        return self.outcome in ("answered", "skipped", "corrected")


def take(turn: Turn, answer: Answer) -> Answered:
    """Decide it, and keep what was answered. "No, 13 June" puts a date right, whatever else waits for a yes or no."""
    changes = any(change.what != "when" for change in turn.heard.changes)
    changed = _take_change(turn) if changes and orders.find_draft(turn.conversation, turn.now) else None
    return changed or _take_correction(turn, answer) or _take_change(turn) or _read(turn, answer)


def _take_change(turn: Turn) -> Answered | None:
    """What changes an order that is being put together, or settles it."""
    settled = orders.answer(turn)
    if settled is None:
        return None
    result = Answered(settled[0], only=not any(fact.kind == "restriction" for fact in turn.heard.facts))
    result.kept = settled[1]
    return result


def _take_correction(turn: Turn, answer: Answer) -> Answered | None:
    """What puts right the message before is no answer: a question that is open stays so."""
    corrected = corrections.take(turn, answer)
    if corrected is None:
        return None
    result = Answered("corrected", only=True)
    result.kept = corrected
    return result


def _read(turn: Turn, answer: Answer) -> Answered:
    question = turn.conversation.open_question
    if question is None:
        return Answered()
    if not questions.is_open(question, turn.now):
        turn.conversation.open_question = None
        return Answered()
    match question["name"]:
        case "consent":
            return _answer_consent(turn, question, answer)
        case "when":
            return _answer_when(turn, question, answer)
        case "why":
            return _answer_why(turn, question, answer)
        case _:
            return _answer_question(turn, question, answer)


def _answer_consent(turn: Turn, question: dict[str, Any], answer: Answer) -> Answered:
    """Only the very next words count: a later "yes" is to something else. The buttons go on working."""
    said_yes, said_no = turn.has("yes"), turn.has("no")
    turn.conversation.open_question = None
    if said_yes == said_no:
        return Answered()
    consents.answer(
        turn.memory, turn.customer, Purpose.marketing, granted=said_yes, wording=question["wording"],
        contact_id=turn.contact_id, now=turn.now,
    )  # fmt: skip
    answer.planned = True
    answer.add("start/agreed" if said_yes else "start/declined")
    return Answered("answered")


def _answer_when(turn: Turn, question: dict[str, Any], answer: Answer) -> Answered:
    turn.conversation.open_question = None
    if turn.has("skip") or turn.has("no") or turn.has("undo"):
        answer.add("chat/reminder_dropped")
        return Answered("skipped", only=True)
    at = reminders.read_when(turn)
    if turn.has("remind") or at is None:
        if turn.late:  # it was not asked aloud yet
            turn.conversation.open_question = question
        return Answered("ignored")
    result = Answered("answered", only=not (turn.heard.facts or turn.heard.feedback))
    result.kept.reminders = [reminders.plan(turn, question["text"], at, answer)]
    return result


def _answer_why(turn: Turn, question: dict[str, Any], answer: Answer) -> Answered:
    turn.conversation.open_question = None
    if turn.has("skip") or turn.has("no"):
        answer.add("chat/skipped")
        return Answered("skipped", only=True)
    if any(turn.has(name) for name in ("stop", "talk_to_person", "ask_profile", "help", "remind", "greeting")):
        return Answered("ignored")
    feedback.add_why(turn, question, answer)
    result = Answered("answered", only=True)
    found = [one for one in turn.heard.facts if one.confidence >= known_facts.LEAST_CONFIDENCE]
    recording.record_facts(turn, found, result.kept, answer)
    return result


def _answer_question(turn: Turn, question: dict[str, Any], answer: Answer) -> Answered:
    reading = questions.read_answer(turn, question)
    if reading.outcome == "open":
        answer.add("questions/tell_me")
        return Answered("open")
    asides = question.get("asides", 0)
    if reading.outcome == "ignored" and asides < MOST_ASIDES and _is_aside(turn):
        turn.conversation.open_question = {**question, "asides": asides + 1}  # they may come back to it
        return Answered("ignored")
    turn.conversation.open_question = None
    kept_questions.settle(turn.memory, turn.customer.id, question["name"], reading.outcome, turn.now)
    result = Answered(reading.outcome)
    recording.record_facts(turn, reading.found, result.kept, answer)
    if reading.right is not None:
        done = rechecks.settle(
            turn.memory, turn.customer.id, question["facts"], reading.right, turn.contact_id, turn.now
        )
        answer.parts += [done] if done else []
    elif reading.outcome == "skipped":
        answer.add("chat/skipped")
    elif reading.outcome == "answered" and not reading.found and not turn.heard.facts:
        answer.add("questions/thanks")
    if reading.outcome == "answered" and reading.right is None:
        remember(turn.conversation, answered={"name": question["name"], "fills": question["fills"],
                                              "contact_id": turn.contact_id})  # fmt: skip
    return result


def _is_aside(turn: Turn) -> bool:
    """A greeting, thanks, a question of their own: said beside ours, not instead of an answer."""
    return not (turn.heard.facts or turn.heard.feedback) and any(turn.has(name) for name in ASIDES)
