"""A judgement that only a whole English sentence bears: what happened here, told, and neither asked nor wished for."""

# ruff: noqa: SIM905 - word lists read better as text

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from . import grams
from .clauses import Clause, about_others
from .polarity import ASPECTS, Model, judge_aspect, load
from .result import Aspect, FoundFeedback

# Whoever asks for something, plans it or answers us speaks of food and tables too.
_ASKS = re.compile(
    r"\b(?:(?:i|we|me|do you|you) (?:also |just |really |only )?(?:want|need|prefer|ask|like to)|looking for|please|pls|no thanks|"
    r"thanks|thank|(?:sounds?|that is) (?:good|great|nice|perfect|fine|like)|search|remind|get me|give me|give us|let us|let me|would like|"
    r"would love|i would|i will|will be|going to|help me|tell me|that works|interested|reschedule|alarm|reminder|planning|"
    r"trying to find|hoping|need to|needs to be|find (?:me|a|an|some|something)|do not care|my spot|my favou?rite) "
    r"|^(?:yes|yeah|yep|nope|no|ok|okay|sure|wait|that is|it is a table|alright|great|sorry|show|set|play|add|cancel) "
    r"|\d (?:pm|am|people|persons?) "
)
_BOOKS = re.compile(
    r"\b(?:book|booked|booking|bookings|reserve|reserved|reservation|schedule|cancel|party size|rated|rating|confirm|"
    r"table (?:for|at|to|inside|outside)|under the name|seated) "
)
_WEATHER = re.compile(
    r"^(?:\S+ ){0,2}?(?:it is|it was|what) (?:just )?(?:such )?(?:a |an )?(?:\w+ ){0,3}(?:day|morning|evening|afternoon|weather) "
)
# What somebody is, and not how they served: "she is more of a tea person".
_OF_SOMEBODY = re.compile(
    r"^(?:\w+ ){0,2}?(?:she|he|they) (?:is|are) (?:\w+ ){0,6}?(?P<thing>\w+) "
    r"(?:person|people|lovers?|fans?|drinkers?|eaters?|addicts?|guys?|girls?|man|woman|snobs?) "
)
_LONG_ENOUGH_TO_DENY = 8  # words: in a shorter sentence a "not" weighs too little
_ONLY_NAMED = frozenset(
    "table tables seating seats restaurant place location order menu lunch dinner breakfast".split()
)  # by those who book, too
_ONLY_BOOKS = 16  # words: a longer sentence with a booking in it tells how it went
_TELLS = re.compile(
    r"\b(?:was|were|had|did|got|came|took|is|are|has|have|does|did not|does not|do not|can not|could not|would not|"
    r"never|[a-z]{3,}ed) "
)
_SHORTEST = 4  # words
_SURE = 1.0  # how surely the whole judges, or by how much the sign of one aspect leads
_AGAINST = 0.5  # an aspect is not heard where the whole says the opposite more firmly than this,
_TURNS = re.compile(
    r"\b(?:but|though|although|however|except|while|yet|despite|if|only|just|other than|otherwise|even) "
)
_TURNING = frozenset({"but", "however", "although", "though"})
_MOST = 2  # aspects looked at one by one, where the whole does not say it all: each costs as much as the whole
_SURER = 2.0  # unless its sign leads by this


def find_reports(
    clauses: Sequence[Clause], found: Sequence[FoundFeedback], subjects: Mapping[str, Aspect]
) -> list[FoundFeedback]:
    """Of every sentence that no phrase was found in, or only of the other sign. `found` is what the phrases gave."""
    reports: list[FoundFeedback] = []
    for sentence in _sentences(clauses):
        quotes = {clause.quote for clause in sentence}
        known = {one.polarity for one in found if one.quote in quotes}
        if not {-1, 1} <= known:
            reports += [one for one in _read(sentence, subjects) if one.polarity not in known]
    return reports


def _sentences(clauses: Sequence[Clause]) -> list[list[Clause]]:
    found: list[list[Clause]] = []
    for clause in clauses:
        if not found or clause.opener[:1] in {".", "!", "?", ";", "\n"}:
            found.append([])
        found[-1].append(clause)
    return found


def _read(sentence: list[Clause], subjects: Mapping[str, Aspect]) -> list[FoundFeedback]:
    if any(clause.script != "en" or "?" in clause.delimiter for clause in sentence) or _opens_asking(sentence[0]):
        return []
    words = [word for clause in sentence for word in clause.text.split()]
    spoken = [word for word in words if word in subjects]
    text = "".join(clause.text for clause in sentence)
    if len(words) < _SHORTEST or not spoken or _ASKS.search(text) or not _TELLS.search(text):
        return []
    if any(_WEATHER.search(clause.text) for clause in sentence):
        return []
    if "not" in words and len(words) < _LONG_ENOUGH_TO_DENY:
        return []
    if text.startswith("my ") and about_others(sentence[0], before=False):
        return []
    taste = _OF_SOMEBODY.match(text)
    if taste is not None and subjects.get(taste["thing"]) == "product":
        return []
    if len(words) < _ONLY_BOOKS and _BOOKS.search(text):
        return []
    buckets = grams.buckets(grams.english(words))
    model = load("en")
    whole = float(model.polarity.score(buckets)[0])
    if _ONLY_NAMED.issuperset(spoken) and (abs(whole) < _SURER or _BOOKS.search(text)):
        return []
    signs: dict[int, Aspect] = {}
    if abs(whole) > _SURE:
        signs[1 if whole > 0 else -1] = subjects[spoken[0]]
    aspects = [] if signs and not _TURNS.search(text) else _aspects(model, buckets)[:_MOST]
    for aspect in aspects:
        sign, lead = judge_aspect(words, aspect)
        if sign and lead > _SURE and (sign * whole > -_AGAINST or lead > _SURER):
            signs[sign] = aspect
    return [
        FoundFeedback("praise" if sign > 0 else "complaint", aspect, 1 if sign > 0 else -1, int(sign < 0), None, _quote(sentence, aspect, subjects))
        for sign, aspect in signs.items()
    ]  # fmt: skip


def _opens_asking(first: Clause) -> bool:
    return first.condition or (first.question and not first.text.startswith(("when i ", "when we ")))


def _aspects(model: Model, buckets: list[int]) -> list[Aspect]:
    if model.aspects is None:
        return []
    scores = model.aspects.score(buckets) - model.thresholds
    return [aspect for aspect, score in zip(ASPECTS, scores, strict=True) if score > 0]


def _quote(sentence: list[Clause], aspect: Aspect, subjects: Mapping[str, Aspect]) -> str:
    """The clause that names the aspect, or else the first; both sides of a sentence that turns: "fine before but …"."""
    if len(sentence) == 2 and sentence[1].opener in _TURNING:
        return f"{sentence[0].quote} {sentence[1].opener} {sentence[1].quote}"
    for clause in sentence:
        if any(subjects.get(word) == aspect for word in clause.text.split()):
            return clause.quote
    return sentence[0].quote
