"""Whom "she" means from one message to the next: the one person of the customer's who was spoken of last; and of whom
a question asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.identify.facts import is_same_person
from bot.interact.turn import Turn, remember
from bot.interact.understanding import may_mean, name_of
from bot.interact.understanding.normalise import has_cjk
from bot.interact.understanding.result import FoundFact
from storage import facts
from storage.models import Fact

SPOKEN_OF_FOR = timedelta(minutes=30)  # after it, "she" may be anybody
_BEFORE = {"en": r"\b(?:for|can|could|may|should|would|will|does|is|let) ", "zh": "(?:适合|给|帮|为|让)"}
_AFTER = {"en": r" (?:can|could|may|should|eats?|drinks?)\b", "zh": "(?:能|可以|可不可以|敢)?(?:[吃喝点]|不能|能|可以)"}
_SHE = {"en": "(?P<who>she|he|her|him)", "zh": "(?P<who>[她他])(?!们)"}
_SUBJECT = {"her": "she", "him": "he"}
_ME = re.compile(
    r"\b(?:for (?:me|us)|and (?:me|i)|me and|i and|i (?:can|eat|drink))\b|适合我们?(?=的|吗|$)|我[和跟]|[和跟]我",
    re.IGNORECASE,
)


def list_told(turn: Turn) -> list[FoundFact]:
    """What the message says of that person, or of who was just born; nothing where it is not clear who it is."""
    if any(fact.value == "had a baby" for fact in turn.heard.facts):
        return [replace(fact, person="宝宝" if has_cjk(fact.quote) else "baby") for fact in turn.heard.pointing]
    who = _find_noted(turn)
    return [replace(fact, person=who) for fact in turn.heard.pointing if who and may_mean(fact.person or "", who)]


def _find_noted(turn: Turn) -> str | None:
    noted = (turn.conversation.last_recorded or {}).get("person")
    if not noted or turn.now - datetime.fromisoformat(noted["at"]) > SPOKEN_OF_FOR:
        return None
    return str(noted["who"])


def list_meant(turn: Turn) -> tuple[str | None, list[Fact]]:
    """Whom a question is for, None for the customer, and what we know of them: "is it safe for her?", 适合我女儿的.
    What is for two must be fit for both."""
    known = facts.list_current(turn.memory, turn.customer.id)
    who = _find_meant(turn, known)
    mine = [fact for fact in known if fact.person is None]
    if who is None:
        return None, mine
    theirs = [fact for fact in known if is_same_person(fact.person, who)]
    return (None, [*mine, *theirs]) if _ME.search(turn.text) else (who, theirs)


def _find_meant(turn: Turn, known: Sequence[Fact]) -> str | None:
    script = "zh" if has_cjk(turn.text) else "en"
    noted = _find_noted(turn)
    people = list(dict.fromkeys([*turn.heard.people, *(fact.person for fact in known if fact.person)]))
    for person in people:
        name = name_of(person)
        relation = person.removesuffix(name).strip()
        said = {"en": rf"(?:my|our) (?:\w+ )?{re.escape(relation)}", "zh": f"我们?家?的?{re.escape(relation)}"}[script]
        if (relation and _is_for(turn.text, said, script)) or (name and _is_for(turn.text, re.escape(name), script)):
            return person
    pronoun = _is_for(turn.text, _SHE[script], script)
    if pronoun is None:
        return None
    who = _SUBJECT.get(pronoun["who"].lower(), pronoun["who"].lower())
    meant = [one for one in ([noted] if noted else people) if may_mean(who, one)]
    return meant[0] if len(meant) == 1 else None


def _is_for(text: str, said: str, script: str) -> re.Match[str] | None:
    """Where what is asked is for whoever `said` finds: "for my wife", 她能喝吗."""
    before, after = f"{_BEFORE[script]}{said}", f"{said}{_AFTER[script]}"
    end = r"\b" if script == "en" else ""
    return re.search(before + end, text, re.IGNORECASE) or re.search(after, text, re.IGNORECASE)


def note(turn: Turn) -> None:
    """Two people in one message leave it open who is meant in the next."""
    people = turn.heard.people
    if people:
        one = {"who": people[0], "at": turn.now.isoformat()} if len(people) == 1 else None
        remember(turn.conversation, person=one)
