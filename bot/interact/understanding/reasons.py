"""Why a message was understood so: for every thing found, the phrase, grammar or model that found it, and its score.

Read off beside the understanding, never by it: hearing costs nothing for it. `regulars understand --explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .clauses import Clause
from .faq import THRESHOLD
from .judgements import count
from .lexicon import FactRule, FeedbackRule, IntentRule, Rule
from .polarity import judge_chinese, judge_english
from .result import FaqMatch, FoundFact, FoundFeedback, Understanding

Found = tuple[Rule, str, str]  # what a phrase stands for, the phrase, and the words it was found in
_WEAKENS = ("question", "condition", "hedge", "wish", "reported", "past")
_LONGEST = 120  # of a phrase, shown
_GRAMMARS = {"restriction": "grammar of restrictions", "occasion": "grammar of occasions"}


@dataclass(frozen=True, slots=True)
class Reason:
    """`of`: the key of the JSON and the place in it ("facts[0]"); `by`: phrase, grammar, model, classifier …"""

    of: str
    what: str
    by: str
    detail: str
    score: float | None = None

    def to_json(self) -> dict[str, Any]:
        score = None if self.score is None else round(self.score, 3)
        return {"of": self.of, "what": self.what, "by": self.by, "detail": self.detail, "score": score}

    def __str__(self) -> str:
        score = "" if self.score is None else f" {self.score:.2f}"
        return f"{self.of}: {self.what}{score} — {self.by}: {self.detail}"


def find_reasons(
    heard: Understanding, clauses: list[tuple[Clause, list[Found]]], nearest: FaqMatch | None
) -> list[Reason]:
    """`clauses` with all phrases found in them; `nearest` entry of the FAQ, answered or not."""
    reasons = [*_of_clauses(clauses)]
    for place, intent in enumerate(heard.intents):
        detail = _phrase(clauses, lambda rule, name=intent.name: isinstance(rule, IntentRule) and rule.name == name)  # type: ignore[misc]
        by = "phrase" if detail else "what was found"
        reasons.append(Reason(f"intents[{place}]", intent.name, by, detail or _follows(intent.name), intent.score))
    reasons += [_of_fact(f"facts[{place}]", fact, clauses) for place, fact in enumerate(heard.facts)]
    reasons += [_of_feedback(f"feedback[{place}]", one, clauses) for place, one in enumerate(heard.feedback)]
    for place, date in enumerate(heard.dates):
        detail = f"“{date.text}”, to the {date.grain}"
        reasons.append(Reason(f"dates[{place}]", date.start.isoformat(), "grammar of dates", detail))
    for place, item in enumerate(heard.items):
        reasons.append(Reason(f"items[{place}]", item.sku, "catalogue", f"named in the text: {item.name}"))
    if nearest is not None:
        reasons.append(_of_faq(heard, nearest))
    return reasons


def _of_clauses(clauses: list[tuple[Clause, list[Found]]]) -> Iterator[Reason]:
    for place, (clause, _) in enumerate(clauses):
        weak = [name for name in _WEAKENS if getattr(clause, name)]
        if weak:
            yield Reason(f"clause[{place}]", ", ".join(weak), "words and signs", f"“{clause.quote}”")


def _phrase(clauses: list[tuple[Clause, list[Found]]], stands: Callable[[Rule], bool], quote: str | None = None) -> str:
    """The first phrase that stands for it, in the clause of this quote or in any; empty where there is none."""
    for clause, rows in clauses:
        for rule, phrase, words in rows:
            if stands(rule) and (quote is None or clause.quote in quote):
                return f"“{phrase if len(phrase) <= _LONGEST else phrase[:_LONGEST] + '…'}” in “{words}”"
    return ""


def _follows(name: str) -> str:
    known = {"question": "a clause that asks", "faq": "an entry of the FAQ", "order": "an item or words of ordering",
             "remind": "a reminder", "life_event": "a life event", "ask_allergen": "a question about contents"}  # fmt: skip
    return known.get(name, "the rest of the message")


def _of_fact(of: str, fact: FoundFact, clauses: list[tuple[Clause, list[Found]]]) -> Reason:
    what = " ".join(part for part in (fact.kind, fact.polarity, fact.value) if part)
    detail = _phrase(
        clauses,
        lambda rule: isinstance(rule, FactRule) and rule.kind == fact.kind and rule.polarity in (None, fact.polarity),
        fact.quote,
    )
    if detail:
        return Reason(of, what, "phrase", detail, fact.confidence)
    return Reason(of, what, _GRAMMARS.get(fact.kind, "the clauses before"), f"“{fact.quote}”", fact.confidence)


def _of_feedback(of: str, one: FoundFeedback, clauses: list[tuple[Clause, list[Found]]]) -> Reason:
    what = f"{one.kind} {one.aspect}"
    detail = _phrase(clauses, lambda rule: isinstance(rule, FeedbackRule) and rule.kind == one.kind, one.quote)
    if detail:
        return Reason(of, what, "phrase", detail)
    if one.kind == "score":
        return Reason(of, what, "a score in words", f"“{one.quote}”", one.score)
    clause = next((clause for clause, _ in clauses if clause.quote == one.quote), None)
    if clause is None:
        return Reason(of, what, "the clauses before", f"“{one.quote}”")
    if clause.script == "en":
        return Reason(of, what, "model of polarity", f"“{one.quote}”", judge_english(clause.text.split()))
    words = count(clause.text)
    detail = f"“{one.quote}”, {words.good} good, {words.bad} bad, {words.plain} plain words"
    return Reason(of, what, "model of polarity", detail, judge_chinese(clause.text))


def _of_faq(heard: Understanding, nearest: FaqMatch) -> Reason:
    if heard.faq is not None:
        same = nearest if nearest.name == heard.faq.name else heard.faq
        return Reason("faq", heard.faq.name, same.by, f"answered from {THRESHOLD}", heard.faq.score)
    if heard.faq_close:
        return Reason(
            "faq_close", " or ".join(heard.faq_close), nearest.by, "two as likely: asked which", nearest.score
        )
    why = f"not answered below {THRESHOLD}" if nearest.score < THRESHOLD else "not answered: something else was heard"
    return Reason("faq", nearest.name, nearest.by, why, nearest.score)
