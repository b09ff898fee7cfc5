"""What is asked for by a word that names no item: "can I get a bubble tea", "which pastry do you recommend?"."""

import re
from collections.abc import Collection, Mapping, Sequence

from .clauses import Clause
from .lexicon import IntentRule, Rule
from .things import ThingReader

_LONGEST = 40  # characters
_COUNTED = re.compile(
    r"^(?:[一两二三四五六七八九十几0-9]{0,3}(?:大杯|小杯|中杯|[杯个份款种些点块瓶壶碗])|[0-9]{1,3} |(?:one|two|three|four|some|another|please) )"
)
_MORE = re.compile(r" (?:for|with|to|that|which|who|from|please|today|instead|without|if|in|on|at) ")
_ANYTHING = re.compile(
    r"(?:^| )(?:one|ones|things?|something|anything|stuff|options?|picks?) |[最好的] $|[喝吃]|东西|什么"
)
_CHOICE = re.compile(r"^(?:no|less|more|extra|my|your|the|it|that|this|half) |^[少半无去不多加走换免没]")  # of an order
# Likings, but nothing that anybody sells: "do you have a window seat?"
_PLACE = re.compile(
    r"\b(?:seat|room|floor|pillow|view|bed|booth|table|conditioning|sheet|mattress)|座|位|房|枕|床|楼层|过道"
)


def find_wanted(
    clauses: Sequence[Clause],
    matches: Sequence[Sequence[tuple[Rule, re.Match[str]]]],
    named: Collection[int],
    readers: Mapping[str, ThingReader],
) -> str | None:
    """As the customer spelt it. What is to be recommended may be anything, what is ordered only food or drink that we
    know of: "can I get a refund" orders nothing. `named`: clauses (by id) with an item in them."""
    for clause, rows in zip(clauses, matches, strict=True):
        if id(clause) in named or clause.condition or clause.reported:
            continue
        for rule, match in rows:
            if not isinstance(rule, IntentRule) or rule.name not in ("order", "ask_recommendation", "ask_kind"):
                continue
            said = match.groupdict().get("thing")
            if not said:
                continue
            thing = _read(said, readers[clause.script])
            known = thing[1] or rule.name == "ask_recommendation"
            if rule.name == "ask_kind" and _PLACE.search(thing[0]):
                continue
            if known and thing[0] and not _ANYTHING.search(f"{thing[0]} "):
                return clause.original(thing[0])
    return None


def _read(said: str, reader: ThingReader) -> tuple[str, bool]:
    """The thing, and whether it is one we know of."""
    text = f"{said.strip().rstrip('吗呢呀啊')} "
    cut = _MORE.search(text)
    text = _COUNTED.sub("", text[: cut.start()] if cut else text).strip()[:_LONGEST]
    found = [] if _CHOICE.match(f"{text} ") else reader.read(text)
    return (found[0].text, found[0].known and not found[0].interest) if len(found) == 1 else (text, False)
