"""One question at a time fills the profile: the most useful unknown, never asked twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.config.sections import Question
from bot.interact.handoff import is_with_colleague
from bot.interact.replies import Reply, Tap
from bot.interact.turn import Turn
from bot.interact.understanding.result import FoundFact, FoundFeedback
from bot.interact.vocabulary import find_words, strip_polite
from storage import facts, feedback, questions
from storage.models import CustomerStatus, Fact

OPEN_FOR = timedelta(days=3)  # later, a text is not the answer any more
LONGEST_ANSWER = 80
LONGEST_YES = 20  # more than that says what, too
CONFIDENCE = 0.9
ELSEWHERE = ("ask_profile", "stop", "resume", "talk_to_person", "remind", "set_language", "help", "undo", "question",
             "goodbye", "life_event", "abuse")  # fmt: skip
POLITE = ("greeting", "thanks", "small_talk")  # beside an answer that is understood; alone they are none
YEAR = re.compile(r"\b(?:19|20)\d\d\b|(?:19|20)\d\d年")


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer to the open question was taken. `outcome`: answered, skipped, ignored, or open (asked again)."""

    outcome: str
    found: tuple[FoundFact, ...] = ()


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, Any]]:
    text = files("bot.interact").joinpath("questions.yaml").read_text(encoding="utf-8")
    rules: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return rules


def choose(turn: Turn) -> Reply | None:
    """Ask the most useful unknown, if this is a moment for a question. Marks it as asked."""
    question = _find_unknown(turn) if _is_the_moment(turn) else None
    if question is None:
        return None
    questions.add(turn.memory, turn.customer.id, question.name, turn.now)
    turn.conversation.open_question = {
        "name": question.name, "asked_at": turn.now.isoformat(), "fills": question.fills,
    }  # fmt: skip
    return Reply(f"questions/{question.name}", {}, [[Tap("skip_question", {"name": question.name}, label="skip")]])


def _is_the_moment(turn: Turn) -> bool:
    conversation, now = turn.conversation, turn.now
    return (
        turn.settings.questions.ask
        and not (turn.muted or turn.late)
        and conversation.open_question is None
        and not (conversation.upset_until and conversation.upset_until > now)
        and not is_with_colleague(conversation, now)
        and turn.customer.status == CustomerStatus.active
    )


def _find_unknown(turn: Turn) -> Question | None:
    asked = questions.list_of(turn.memory, turn.customer.id)
    if any(turn.now - row.asked_at < turn.settings.questions.min_gap for row in asked):
        return None
    names = {row.name for row in asked}
    left = [question for question in turn.settings.questions.list if question.name not in names]
    if not left or feedback.find_open(turn.memory, turn.customer.id) is not None:
        return None
    known = facts.list_current(turn.memory, turn.customer.id)
    return next((question for question in left if not is_answered(question, known)), None)


def is_answered(question: Question, known: Sequence[Fact]) -> bool:
    """Whether something we know already says it."""
    rule = _rules().get(question.name)
    conditions = rule["answered_by"] if rule else [{"kind": question.fills}]
    return any(_fits(fact, condition) for condition in conditions for fact in known)


def _fits(fact: Fact, condition: dict[str, Any]) -> bool:
    value = fact.value.casefold()
    return (
        fact.kind == condition["kind"]
        and fact.polarity == condition.get("polarity", fact.polarity)
        and (not condition.get("item") or fact.item is not None)
        and ("person" not in condition or bool(fact.person) == condition["person"])
        and ("words" not in condition or any(word in value for word in condition["words"]))
    )


def is_open(question: dict[str, Any] | None, now: datetime) -> bool:
    return question is not None and now - datetime.fromisoformat(question["asked_at"]) <= OPEN_FOR


def read_answer(turn: Turn, question: dict[str, Any]) -> Reading:
    """What a text means as an answer to this question; `ignored` where it is about something else."""
    rule = _rules().get(question["name"], {})
    heard = turn.heard
    text = heard.text.strip().strip(".!。！,，").casefold()
    if heard.has("skip"):
        return Reading("skipped")
    if any(heard.has(name) for name in ELSEWHERE) or heard.reminders or _complains(heard.feedback):
        return Reading("ignored")
    if heard.facts:
        said = any(fact.kind == question["fills"] for fact in heard.facts)
        return Reading("answered" if said else "ignored")  # they are recorded anyway
    if text in rule.get("nothing", ()):
        return Reading("answered")
    if heard.has("no"):
        return Reading("answered" if "nothing" in rule else "skipped")
    if heard.has("yes") and len(text) <= LONGEST_YES:
        return Reading("open")
    if any(mark in text for mark in "?？\n") or heard.feedback or len(text) > LONGEST_ANSWER:
        return Reading("ignored")
    found = _make_facts(turn, question, rule)
    return Reading("answered", found) if found else Reading("ignored")


def _make_facts(turn: Turn, question: dict[str, Any], rule: dict[str, Any]) -> tuple[FoundFact, ...]:
    text = turn.text.strip().strip(".!。！,，")
    value = strip_polite(text) if question["fills"] == "preference" else text
    made = FoundFact(
        kind=question["fills"], value=rule.get("value", value), polarity=rule.get("polarity"), confidence=CONFIDENCE,
        quote=turn.text.strip(),
    )  # fmt: skip
    if rule.get("needs_date") or question["fills"] == "occasion":
        date = _read_day(turn)
        return (replace(made, date=date),) if date else ()
    items, words = turn.heard.items, _find_words(text, rule.get("understood", {}))
    if "understood" not in rule:
        if any(turn.has(name) for name in POLITE):
            return ()
        return (made,) if any(mark.isalnum() for mark in text) else ()
    if rule["understood"].get("items") and len(items) == 1:
        return (replace(made, item=items[0].sku),)
    if rule.get("each"):
        return tuple(replace(made, value=word) for word in words)
    return (made,) if words else ()


def _read_day(turn: Turn) -> str | None:
    """The day of the year, with the year where it is said."""
    day = next((date for date in turn.heard.dates if date.grain == "day"), None)
    if day is None:
        return None
    start = day.start.astimezone(turn.zone)
    return f"{start:%Y-%m-%d}" if YEAR.search(turn.text) else f"{start:%m-%d}"


def _find_words(text: str, understood: dict[str, Any]) -> list[str]:
    return find_words(text, tuple(understood.get("vocabularies", ())), tuple(understood.get("words", ())))


def _complains(found: Sequence[FoundFeedback]) -> bool:
    return any(one.kind == "complaint" for one in found)
