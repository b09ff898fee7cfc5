"""What is asked to fill the profile, and what a text means as an answer to the open question.

Which question is asked, and when, is the planner's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.config import Question
from bot.interact import rechecks
from bot.interact.turn import Turn
from bot.interact.understanding.normalise import has_cjk
from bot.interact.understanding.result import FoundFact, FoundFeedback
from bot.interact.vocabulary import find_words, strip_polite
from storage.models import Fact

OPEN_FOR = timedelta(days=3)  # later, a text is not the answer any more
LONGEST_ANSWER = 80
LONGEST_OF_ITEM, LONGEST_OF_ITEM_ZH = 9, 14  # words, or Chinese characters, around the one thing that is named
ORDERED = 0.8  # an order so sure was asked for in words
LONGEST_YES = 20  # more than that says what, too
CONFIDENCE = 0.9
ELSEWHERE = ("ask_profile", "stop", "resume", "talk_to_person", "remind", "set_language", "help", "undo", "question",
             "goodbye", "life_event", "abuse")  # fmt: skip
POLITE = ("greeting", "thanks", "small_talk")  # beside an answer that is understood; alone they are none
OF_TEN = re.compile(
    r"(?:(?:about|around|maybe|perhaps|roughly|probably|only|just|i'?d say)\s+)?"
    r"(?:(?:十|10)[次杯回]?[里中](?:面)?)?(?:大概|大约|差不多|可能|也就|只)*(?:有)?"
    r"(?P<number>\d{1,2}|[a-z ]+?|[一-鿿]+?)"
    r"\s*(?:times|cups|[次杯回成]|个)?\s*(?:(?:out )?of (?:10|ten)|/ ?10)?"
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b|(?:19|20)\d\d年")


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer to the open question was taken. `outcome`: answered, skipped, ignored, or open (asked again);
    `right`: of the facts that were asked about again, those that hold."""

    outcome: str
    found: tuple[FoundFact, ...] = ()
    right: tuple[int, ...] | None = None


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, Any]]:
    text = files("bot.interact").joinpath("questions.yaml").read_text(encoding="utf-8")
    rules: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return rules


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
        and not _is_of_another(fact)
        and ("words" not in condition or any(word in value for word in condition["words"]))
    )


def _is_of_another(fact: Fact | FoundFact) -> bool:
    """Of somebody of theirs, not the customer's own."""
    return fact.kind in ("preference", "restriction") and bool(fact.person)


def is_open(question: dict[str, Any] | None, now: datetime) -> bool:
    return question is not None and now - datetime.fromisoformat(question["asked_at"]) <= OPEN_FOR


def read_answer(turn: Turn, question: dict[str, Any]) -> Reading:
    """What a text means as an answer to this question; `ignored` where it is about something else."""
    if "facts" in question:
        return _read_recheck(turn, question)
    rule = _rules().get(question["name"], {})
    heard = turn.heard
    text = heard.text.strip().strip(".!。！,，").casefold()
    if heard.has("skip"):
        return Reading("skipped")
    if any(heard.has(name) for name in ELSEWHERE) or heard.reminders or _complains(heard.feedback):
        return Reading("ignored")
    if "of_ten" in rule and (number := read_of_ten(text)) is not None:
        return Reading("answered", (_make_fact(turn, question, f"{number}/10", rule),))
    if _orders(turn) or (question["fills"] == "restriction" and any(one.what == "more" for one in heard.changes)):
        return Reading("ignored")
    if heard.pointing or heard.wanted:
        return Reading("ignored")  # "she is allergic to nuts", "I'd like a tea"
    if heard.facts:
        said = any(fact.kind == question["fills"] and not _is_of_another(fact) for fact in heard.facts)
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


def _read_recheck(turn: Turn, question: dict[str, Any]) -> Reading:
    """ "Still so?" and "which is right?": a word is enough; what they say instead is recorded anyway."""
    heard, asked = turn.heard, question["facts"]
    if heard.has("skip"):
        return Reading("skipped")
    if any(heard.has(name) for name in ELSEWHERE) or heard.reminders or _complains(heard.feedback):
        return Reading("ignored")
    right = rechecks.read_words(heard.text, asked, _rules()["which"], yes=heard.has("yes"), no=heard.has("no"))
    return Reading("ignored") if right is None else Reading("answered", right=tuple(right))


def _make_facts(turn: Turn, question: dict[str, Any], rule: dict[str, Any]) -> tuple[FoundFact, ...]:
    text = turn.text.strip().strip(".!。！,，")
    value = strip_polite(text) if question["fills"] == "preference" else text
    made = _make_fact(turn, question, rule.get("value", value), rule)
    if rule.get("needs_date") or question["fills"] == "occasion":
        date = _read_day(turn)
        return (replace(made, date=date),) if date else ()
    items, words = turn.heard.items, _find_words(text, rule.get("understood", {}))
    if "of_ten" in rule:
        return ()
    if "understood" not in rule:
        if any(turn.has(name) for name in POLITE):
            return ()
        return (made,) if any(mark.isalnum() for mark in text) else ()
    if rule["understood"].get("items") and len(items) == 1:
        if len(text.split()) > LONGEST_OF_ITEM or sum(map(has_cjk, text)) > LONGEST_OF_ITEM_ZH:
            return ()  # it names the thing and tells of something else
        return (replace(made, item=items[0].sku),)
    if rule.get("each"):
        return tuple(replace(made, value=word) for word in words)
    return (made,) if words else ()


def _make_fact(turn: Turn, question: dict[str, Any], value: str, rule: dict[str, Any]) -> FoundFact:
    return FoundFact(
        kind=question["fills"], value=value, polarity=rule.get("polarity"), confidence=CONFIDENCE,
        quote=turn.text.strip(),
    )  # fmt: skip


def read_of_ten(text: str) -> int | None:
    """A number of ten and nothing else: "about 3", "three of ten", 十次里三次, half, 三成."""
    words = _words_of_ten()
    found = OF_TEN.fullmatch(text.strip().casefold())
    if found is None:
        return None
    said = found["number"].strip()
    number = int(said) if said.isascii() and said.isdigit() else words.get(said)
    return number if number is not None and number <= 10 else None


@lru_cache(maxsize=1)
def _words_of_ten() -> dict[str, int]:
    return {word: number for number, words in _rules()["elsewhere"]["of_ten"].items() for word in words}


def _read_day(turn: Turn) -> str | None:
    """The day of the year, with the year where it is said."""
    day = next((date for date in turn.heard.dates if date.grain == "day"), None)
    if day is None:
        return None
    start = day.start.astimezone(turn.zone)
    return f"{start:%Y-%m-%d}" if YEAR.search(turn.text) else f"{start:%m-%d}"


def _find_words(text: str, understood: dict[str, Any]) -> list[str]:
    return find_words(text, tuple(understood.get("vocabularies", ())), tuple(understood.get("words", ())))


def _orders(turn: Turn) -> bool:
    """Asked for in words, or more than the one thing that an answer names."""
    sure = any(intent.name == "order" and intent.score >= ORDERED for intent in turn.heard.intents)
    return sure or sum(line.quantity for line in turn.heard.order) > 1


def _complains(found: Sequence[FoundFeedback]) -> bool:
    return any(one.kind == "complaint" for one in found)
