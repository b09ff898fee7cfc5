"""What is told of "she" or 他: of somebody the customer named before, in this message or an earlier one.

The clause is read as if it said "my partner" there, so that every phrase for people of the customer's holds for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .clauses import Clause, pairs
from .facts import find_facts
from .lexicon import FactRule, Lexicon, load
from .normalise import fold, has_cjk
from .result import FoundFact
from .things import ThingReader

_STAND_IN = {"en": "partner", "zh": "朋友"}
_PRONOUN = {
    "en": re.compile(r"^(?:(?:and|but|also|oh|so|because|though|btw) )*(?P<who>she|he) "),
    "zh": re.compile(r"^(?:而且|但是?|不过|所以|因为|可是)?(?P<who>[她他])(?!们|家)"),
}
_BARE = {
    "en": re.compile(r"^(?:is|has|can not|must not) .*\b(?:allerg|intoleran|eat|have)"),
    "zh": re.compile(r"^(?:对.{1,8}|[^我你他她]{1,6})(?:过敏|不耐受)$"),
}
_NAME = r"[A-ZÀ-ÖØ-ÞŁŚŞİŽŠČĆĐŘ](?:[^\W\d_A-Z]|-)+"
_TIMES = "[今明昨后前]天|今[早晚]|明[早晚]|[上下这每]|周|星期|平[时常]|[有偶现近最]|以[前后]|经常|常|天天|刚"  # before 也来, no names
_ENDS = frozenset("。！!?？.;；…\n")  # of a sentence: what comes after is of whoever speaks


@dataclass(frozen=True, slots=True)
class Told:
    """`facts` of people of this message; those `pointing` before it have the pronoun as their person."""

    facts: list[FoundFact]
    pointing: list[FoundFact]
    people: tuple[str, ...]  # named in this message, as a fact's person is written


class PronounReader:
    def __init__(self, lexicons: Mapping[str, Lexicon], readers: Mapping[str, ThingReader]) -> None:
        self._lexicons, self._readers = lexicons, readers
        english, chinese = (
            "|".join(sorted(map(re.escape, lexicons[each].relations), key=lambda one: (-len(one), one)))
            for each in ("en", "zh")
        )
        self._named = {
            "en": re.compile(
                rf"\b(?i:my|our) (?:[a-z]+ )?(?P<relation>(?i:{english}))\b(?:,? (?P<name>{_NAME}(?: {_NAME})?))?"
            ),
            "zh": re.compile(
                rf"我(?:们?家?的?|家)(?P<relation>{chinese})(?:[名就]?叫(?P<name>[^\W\d_的是在]{{1,3}})|(?P<also>(?!{_TIMES})[\u4e00-\u9fff]{{1,3}}?|[A-Za-z]+)(?=也[经常总老每会来光是]))?"
            ),
        }

    def find(self, clauses: Sequence[Clause]) -> Told:
        told = Told([], [], ())
        for clause in clauses:
            told.facts.extend(self._read_named(clause))
            follows = told.people and clause.opener[:1] not in _ENDS and "?" not in clause.delimiter
            if follows and _BARE[clause.script].match(clause.text):
                told.facts.extend(self._read_bare(clause, told.people[-1]))
            pronoun = _PRONOUN[clause.script].match(clause.text)
            if pronoun is not None and clause.states:
                facts, who = self._read(clause, pronoun), pronoun["who"]
                meant = [person for person in told.people if may_mean(who, person)]
                if len(meant) == 1:
                    told.facts.extend(replace(fact, person=meant[0]) for fact in facts)
                elif not told.people:
                    told.pointing.extend(replace(fact, person=who) for fact in facts)
            named = (self._write(match, clause) for match in self._named[clause.script].finditer(clause.quote))
            told = replace(told, people=tuple(dict.fromkeys([*told.people, *named])))
        return told

    def _read_bare(self, clause: Clause, person: str) -> list[FoundFact]:
        """What must be avoided, said without a subject right after somebody: "… but is allergic to nuts"."""
        stand_in = _STAND_IN[clause.script]
        text = f"my {stand_in} {clause.text}" if clause.script == "en" else f"我{stand_in}{clause.text}"
        facts = self._read_as(replace(clause, question=False), text, stand_in)
        found = [replace(fact, person=person) for fact in facts if fact.kind == "restriction"]
        if found:
            clause.question = False  # "is allergic …" begins as a question does
        return found

    def _read_named(self, clause: Clause) -> list[FoundFact]:
        """ "My wife Ana is allergic to sesame" and 我老婆李娜也常来 are read without the name."""
        match = self._named[clause.script].search(clause.quote) if clause.states else None
        said = _name_in(match) if match else ""
        if match is None or not said:
            return []
        relation, chinese = match["relation"].lower(), clause.script == "zh"
        bare = clause.text.replace(fold(said) if chinese else f" {said.lower()} ", "" if chinese else " ", 1)
        return [replace(fact, person=self._write(match, clause)) for fact in self._read_as(clause, bare, relation)]

    def _read(self, clause: Clause, pronoun: re.Match[str]) -> list[FoundFact]:
        stand_in, rest = _STAND_IN[clause.script], clause.text[pronoun.end() :]
        text = f"my {stand_in} {rest}" if clause.script == "en" else f"我{stand_in}{rest}"
        return self._read_as(clause, text, stand_in)

    def _read_as(self, clause: Clause, text: str, person: str) -> list[FoundFact]:
        said = replace(clause, text=text, anchors=text.split() if clause.script == "en" else pairs(text))
        lexicon = self._lexicons[clause.script]
        said.core, anchors = lexicon.cores.read(said)
        rows = [(rule, match) for rule, match in lexicon.facts.search(said.core, anchors) if isinstance(rule, FactRule)]
        found = find_facts([said], [rows], self._readers, [False])
        return [fact for fact in found if fact.person == person]

    def _write(self, match: re.Match[str], clause: Clause) -> str:
        relation, name = match["relation"], _name_in(match)
        return f"{relation.lower()} {name}".strip() if clause.script == "en" else relation + name


def _name_in(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return groups["name"] or groups.get("also") or ""


def may_mean(pronoun: str, person: str) -> bool:
    """ "She" is no son; who may be either is meant by both."""
    others = load("zh" if has_cjk(pronoun) else "en").not_meant.get(pronoun, frozenset())
    said = person.casefold()
    return not any(said.startswith(one) for one in others)
