"""A death, a separation, a lost pregnancy: what ended, and with whom. What follows from it is the caller's."""

import re
from collections.abc import Mapping

from .clauses import Clause
from .lexicon import Lexicon
from .result import LifeEvent

_OWNER = re.compile(r"'s?$")


def find_life_events(clauses: list[Clause], lexicons: Mapping[str, Lexicon]) -> tuple[LifeEvent, ...]:
    """In text order, each once. Suppositions, questions and what somebody else told are none."""
    found: dict[LifeEvent, None] = {}
    for clause in clauses:
        if clause.condition or clause.question or not clause.text:
            continue
        for what, match in lexicons[clause.script].life_events.search(clause.text, clause.anchors):
            found.setdefault(LifeEvent(what, _person(match, clause)))
    return tuple(found)


def _person(match: re.Match[str], clause: Clause) -> str | None:
    groups = match.groupdict()
    said = next((groups[name] for name in ("relation", "elder", "whose") if groups.get(name)), None)
    return clause.original(_OWNER.sub("", said.strip())) if said else None
