"""A death, a separation, a lost pregnancy: what ended, and with whom. What follows from it is the caller's."""

import re
from collections.abc import Mapping

from .clauses import Clause
from .lexicon import Lexicon
from .result import LifeEvent

_DIED = {
    "en": re.compile(
        r"\b(?:s?he|they|it|both) (?:have |has |had |was |is )?(?:both |sadly |then |soon |just |only )*"
        r"(?:died|passed away|passed on|did not (?:make it|survive)|stillborn|dead)\b|\blost (?:him|her|them|it) "
    ),
    "zh": re.compile(r"夭折|去世|过世|离世|死了|没了|不在了|没保住|没活下来|没能(?:活|留)"),
}
"""Said right after good news, of whom or what it was about."""
_THEY_DIED = {
    "en": re.compile(
        r"^(?:(?:sadly|but|and|so|oh|i am afraid|unfortunately) )*(?:s?he|they|(?:the|our|my) baby) (?:have |has |had |both |sadly |then |just |suddenly )*"
        r"(?:died|passed away|passed on|is dead|was stillborn) "
        r"(?:(?:yesterday|today|this morning|last \w+|suddenly|peacefully|in hospital|in (?:her|his|their) sleep|though|too) )*$"
    ),
    "zh": re.compile(
        r"^(?:但是?|可是|不过|唉)?(?:她|他|宝宝|孩子)们?(?:昨天|昨晚|今天|今早|前天|上周|已经|刚刚?|突然|还是|就|不幸)*"
        r"(?:夭折|去世|过世|离世|没保住|没活下来)了?$"
    ),
}
"""A message of its own, of somebody told of before."""
_OWNER = re.compile(r"'s?$")


def find_life_events(clauses: list[Clause], lexicons: Mapping[str, Lexicon]) -> tuple[LifeEvent, ...]:
    """In text order, each once. Suppositions, questions and what somebody else told are none."""
    found: dict[LifeEvent, None] = {}
    for clause in clauses:
        if clause.condition or clause.question or not clause.text:
            continue
        for what, match in lexicons[clause.script].life_events.search(clause.text, clause.anchors):
            found.setdefault(LifeEvent(what, _person(match, clause)))
    if (
        not found
        and len(clauses) == 1
        and not clauses[0].question
        and _THEY_DIED[clauses[0].script].search(clauses[0].text)
    ):
        return (LifeEvent("death", None),)
    return tuple(found)


def has_died(clauses: list[Clause]) -> bool:
    """Whether "she died" stands in the message; who that is, is what else it tells of."""
    return any(
        _DIED[clause.script].search(clause.text) is not None
        for clause in clauses
        if not clause.condition and not clause.question
    )


def _person(match: re.Match[str], clause: Clause) -> str | None:
    groups = match.groupdict()
    said = next((groups[name] for name in ("relation", "elder", "whose") if groups.get(name)), None)
    return clause.original(_OWNER.sub("", said.strip())) if said else None
