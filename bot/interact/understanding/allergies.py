"""The net under the phrases: no allergy that a customer states of themselves may be missed.

A marker ("allergic", 过敏) near a food counts unless it is denied, somebody else's or asked of us, however the rest of
the message is put. What the phrase files found already is not found twice.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from . import allergies_en, allergies_zh
from .clauses import Clause
from .lexicon import Lexicon
from .restrictions import restriction_of
from .result import FoundFact
from .things import ThingReader

SURE = 0.95
SOFT = 0.6  # "I might be allergic": kept all the same, and said back
_HARD = frozenset("。！!?？.;；…\n")
_EXCEPTING = frozenset({"but", "except", "except that", "only", "但", "但是", "只是", "不过"})

CutItems = Callable[[str], str]  # a clause's text without the names of things we sell


class AllergyFinder:
    def __init__(
        self, lexicons: Mapping[str, Lexicon], readers: Mapping[str, ThingReader], cut_items: CutItems
    ) -> None:
        self._grammars: dict[str, allergies_en.Grammar | allergies_zh.Grammar] = {
            "en": allergies_en.Grammar(lexicons["en"].allergens, lexicons["en"].relations),
            "zh": allergies_zh.Grammar(lexicons["zh"].allergens, lexicons["zh"].relations),
        }
        self._readers = readers
        self._cut_items = cut_items

    def grammar(self, script: str) -> allergies_en.Grammar | allergies_zh.Grammar:
        return self._grammars[script]

    def find(self, clauses: list[Clause], known: list[FoundFact]) -> list[FoundFact]:
        """Restrictions beside the `known` facts."""
        if not any(self._grammars[clause.script].hints(clause.text) for clause in clauses):
            return []
        codes = {_code(fact.value) for fact in known if fact.kind == "restriction"}
        found: list[FoundFact] = []
        for fact in (*self._stated(clauses, known), *self._suffered(clauses)):
            if _code(fact.value) not in codes:
                codes.add(_code(fact.value))
                found.append(fact)
        return found

    def _stated(self, clauses: list[Clause], known: list[FoundFact]) -> Iterable[FoundFact]:
        theirs = False
        for place, clause in enumerate(clauses):
            grammar = self._grammars[clause.script]
            if clause.opener[:1] in _HARD:
                theirs = False
            of = grammar.subject(clause.text)
            theirs = theirs if of is None else of == "theirs"
            text = grammar.without_idle(clause.text)
            mark = grammar.mark(text)
            if mark is None:
                continue
            whose = grammar.whose(text, mark, clause.quote) or ("theirs" if theirs else None)
            if whose == "theirs" or grammar.is_past(text):
                continue
            if grammar.is_denied(text, mark):
                yield from self._excepted(clauses, place, text, mark)
                continue
            if whose is None and (clause.question or clause.reported or grammar.supposes(text)):
                continue
            if grammar.asks_of_self(text) or grammar.is_unreal(text):
                continue
            confidence = SOFT if clause.hedge else SURE
            foods = grammar.foods_at(text, mark, self._cut_items)
            if foods:
                yield from (_fact(food, clause, confidence) for food in foods)
                yield from self._listed(clauses, place, confidence)
            elif not grammar.names_something(text, mark):
                yield from self._nearby(clauses, place, confidence, known, explicit=whose == "mine")

    def _excepted(self, clauses: list[Clause], place: int, text: str, mark: re.Match[str]) -> Iterable[FoundFact]:
        """ "I'm not allergic to anything but nuts"."""
        clause = clauses[place]
        for food in self._grammars[clause.script].excepted(text, mark):
            yield _fact(food, clause, SURE)
        if place + 1 < len(clauses) and clauses[place + 1].opener in _EXCEPTING:
            following = clauses[place + 1]
            yield from self._bare(following)

    def _listed(self, clauses: list[Clause], place: int, confidence: float) -> Iterable[FoundFact]:
        for following in clauses[place + 1 :]:
            if following.opener in _EXCEPTING or following.opener[:1] in _HARD:
                return
            more = list(self._bare(following, confidence))
            if not more:
                return
            yield from more

    def _bare(self, clause: Clause, confidence: float = SURE) -> Iterable[FoundFact]:
        grammar = self._grammars[clause.script]
        text = grammar.bare(clause.text)
        if self._readers[clause.script].is_bare_list(text):
            yield from (_fact(food, clause, confidence) for food in grammar.foods(text))

    def _nearby(
        self, clauses: list[Clause], place: int, confidence: float, known: list[FoundFact], explicit: bool
    ) -> Iterable[FoundFact]:
        """The food of a clause beside one that names none: "please no nuts for me, allergic"."""
        quotes = {fact.quote for fact in known if fact.kind == "restriction"}
        beside = [place - 1, place + 1, place - 2]
        near = [clauses[at] for at in beside if 0 <= at < len(clauses)]
        if any(clause.quote in quotes for clause in (clauses[place], *near)):
            return
        for at in beside:
            if not 0 <= at < len(clauses):
                continue
            clause = clauses[at]
            grammar = self._grammars[clause.script]
            text = self._cut_items(clause.text)
            foods = grammar.foods(text) or (grammar.foods(clause.text) if grammar.refuses(clause.text) else [])
            if not foods or grammar.subject(clause.text) == "theirs":
                continue
            apart = any(one.opener[:1] in _HARD for one in clauses[min(at, place) + 1 : max(at, place) + 1])
            if apart and not (clause.question or grammar.refuses(text) or list(self._bare(clause))):
                continue
            yield from (_fact(food, clause, confidence) for food in foods)
            if at > place:
                yield from self._listed(clauses, at, confidence)
            return
        clause = clauses[place]
        if explicit and self._grammars[clause.script].is_bare_statement(clause.text):
            yield _fact(self._grammars[clause.script].UNSPECIFIED, clause, confidence)

    def _suffered(self, clauses: list[Clause]) -> Iterable[FoundFact]:
        """What a food does to the customer each time: "milk upsets my stomach", 一吃虾就起疹子."""
        for sentence in _sentences(clauses):
            if any(clause.reported for clause in sentence):
                continue
            for script, grammar in self._grammars.items():
                text = ("" if script == "en" else "，").join(one.text for one in sentence if one.script == script)
                for food in grammar.suffered(text) if text and not sentence[-1].question else ():
                    clause = next((one for one in sentence if food in one.text), sentence[0])
                    yield _fact(food, clause, SURE)

    def habitual(self, clause: Clause) -> bool:
        """Does the clause tell what always happens, so that it is no complaint about today?"""
        return bool(self._grammars[clause.script].suffered(clause.text))


def _fact(food: str, clause: Clause, confidence: float) -> FoundFact:
    return FoundFact("restriction", clause.original(food), confidence=confidence, quote=clause.quote)


def _code(value: str) -> str:
    return restriction_of(value) or value.lower()


def _sentences(clauses: list[Clause]) -> Iterable[list[Clause]]:
    sentence: list[Clause] = []
    for clause in clauses:
        if sentence and clause.opener[:1] in _HARD:
            yield sentence
            sentence = []
        sentence.append(clause)
    if sentence:
        yield sentence
