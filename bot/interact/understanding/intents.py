"""What the customer wants of the agent: phrases first, then what follows from the rest of the message."""

import re
from collections.abc import Mapping

from .cantonese import is_please
from .clauses import Clause
from .lexicon import IntentRule, languages_by_name
from .result import FoundFact, FoundFeedback, Intent

# Short replies mean what they say only when nothing else is said with them.
_WHOLE_MESSAGE = frozenset({"yes", "no", "skip", "undo", "greeting", "thanks", "goodbye", "help"})
_MANNERS = frozenset({"greeting", "thanks", "goodbye", "yes", "no"})
_ASIDE = 0.7  # a greeting before the matter is not the matter
QUESTION = 0.6
_REFUSED = re.compile(r"(?:do not|never|no need to|stop|need not) |(?:不要|不用|别|不必|取消)再?(?=提|$)")


def find_intents(
    clauses: list[Clause],
    matches: list[list[tuple[IntentRule, re.Match[str]]]],
    facts: list[FoundFact],
    feedback: list[FoundFeedback],
) -> tuple[list[Intent], tuple[str, ...]]:
    """Intents without `faq` and `order`, which need the catalogue and the FAQ; and the languages asked for."""
    scores: dict[str, float] = {}
    languages: list[str] = []
    for at, (clause, rows) in enumerate(zip(clauses, matches, strict=True)):
        names = {rule.name for rule, _ in rows}
        please = at + 1 < len(clauses) and is_please(clause.quote, clauses[at + 1].folded)
        for rule, match in rows:
            if rule.name == "talk_to_person" and "ask_bot" in names and clause.question:
                continue  # 你是真人吗 asks for nobody
            if rule.name == "thanks" and please:
                continue
            if rule.name == "order" or not _allowed(rule, match, clause):
                continue
            score = rule.score
            if rule.name in _WHOLE_MESSAGE and len(clauses) > 1:
                score = min(score, _ASIDE if rule.name in _MANNERS else score - 0.1)
            scores[rule.name] = max(scores.get(rule.name, 0.0), score)
            said = (match.groupdict().get("languages") or "").strip()
            code = languages_by_name().get(said)
            if rule.name == "set_language" and code and code not in languages:
                languages.append(code)
    if any(clause.question for clause in clauses):
        scores["question"] = QUESTION
    _settle(scores, facts, feedback)
    ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    return [Intent(name, score) for name, score in ranked], tuple(languages)


def _allowed(rule: IntentRule, match: re.Match[str], clause: Clause) -> bool:
    if rule.name in {"stop", "resume"} and (
        clause.question
        and not clause.text.startswith(("can you", "could you", "will you", "would you"))
        and clause.script == "en"
    ):
        return False
    if rule.name in {"stop", "resume", "talk_to_person", "abuse"} and (clause.condition or clause.reported):
        return rule.name == "abuse"
    if rule.name == "remind" and _REFUSED.search(clause.text, 0, match.start() + 1):
        return False
    if rule.name == "life_event":
        return not clause.condition
    return True


def _settle(scores: dict[str, float], facts: list[FoundFact], feedback: list[FoundFeedback]) -> None:
    """Where two readings exclude one another, the graver one stays."""
    if "remind" in scores:
        for name in ("order", "question", "help"):
            scores.pop(name, None)
    if "stop" in scores:
        for name in ("no", "resume"):
            scores.pop(name, None)
    if {"ask_profile", "talk_to_person", "help", "set_language", "small_talk", "ask_bot"} & scores.keys():
        scores.pop("question", None)
    if "undo" in scores or "skip" in scores:
        scores.pop("no", None)
    if "talk_to_person" in scores:
        scores.pop("help", None)
    if facts or feedback:
        for name in ("yes", "no"):
            if name in scores:
                scores[name] = min(scores[name], _ASIDE)


def order_score(mentioned: bool, counted: bool, wanted: bool, bare: bool, settings: Mapping[str, bool]) -> float | None:
    """How sure we are that items are ordered: asked for, or counted, or nothing but items said."""
    if settings["question"] and not wanted:
        return None
    if not mentioned:
        return None
    if settings["feeling"] or settings["reminder"]:
        return 0.8 if wanted else None
    if wanted:
        return 0.9
    if counted:
        return 0.75
    return 0.6 if bare else None


_TIMED = re.compile(
    r"\b(?:after|before|between|until|during|on (?:week|sun|mon|tues|wednes|thurs|fri|satur)\w*|at (?:night|work|weekends?))\b"
    r"|点|周[一二三四五六日天末]|星期|晚上|早上|上午|下午|中午|夜里|上班|工作时间"
)
_FOR_EVER = re.compile(r"\b(?:again|ever|any ?more)\b|再也|永远|一律")


def without_timed_stops(
    clauses: list[Clause], rows: list[list[tuple[IntentRule, re.Match[str]]]], facts: list[FoundFact]
) -> list[list[tuple[IntentRule, re.Match[str]]]]:
    """ "Don't text me after ten" says when to write, and is no wish never to hear from us again."""
    said = [fact.quote for fact in facts if fact.kind == "contact_preference"]
    timed = {quote for quote in said if _TIMED.search(quote.lower()) and not _FOR_EVER.search(quote.lower())}
    return [
        [row for row in found if row[0].name != "stop"] if clause.quote in timed else found
        for clause, found in zip(clauses, rows, strict=True)
    ]
