"""The words of segments: which there are, what kind of thing each is, and what it accepts.

What they mean, for people, is `docs/segments.md`; a test holds the two against each other. What they are in SQL is
`storage.segments`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from bot.config.values import LANGUAGES
from storage.models import CustomerKind, Stage

CHOICE, TEXT, NUMBER, MONEY, SHARE, AGO, AHEAD, FLAG = (
    "choice",
    "text",
    "number",
    "money",
    "share",
    "ago",
    "ahead",
    "flag",
)


class Word(NamedTuple):
    """`kind` says what it is compared with; `accepted` are the values of a choice; `asks` says what goes into brackets:
    nothing, a text, an item, or a span of time. `within`: a span may follow the item; `top`: the best so many of all,
    where the word says none."""

    kind: str
    accepted: tuple[str, ...] = ()
    asks: str = ""
    within: bool = False
    top: float | None = None


WORDS: dict[str, Word] = {
    # profile
    "name": Word(TEXT),
    "language": Word(CHOICE, LANGUAGES),
    "city": Word(TEXT),
    "kind": Word(CHOICE, tuple(kind.value for kind in CustomerKind)),
    "has_partner": Word(FLAG),
    "lead_source": Word(TEXT),
    "status": Word(CHOICE, ("active", "stopped", "unreachable")),
    "birthday": Word(AHEAD),
    "known_for": Word(AGO),
    "tagged": Word(FLAG, asks="text"),
    "reachable": Word(FLAG),
    "subscribed": Word(FLAG),
    "profiled": Word(FLAG),
    "likes": Word(FLAG, asks="text"),
    "dislikes": Word(FLAG, asks="text"),
    "avoids": Word(FLAG, asks="text"),
    "interested_in": Word(FLAG, asks="text"),
    "needs": Word(FLAG, asks="text"),
    # value
    "tier": Word(CHOICE, ("A", "B", "C", "new")),
    "group": Word(CHOICE, ("MVC", "MGC", "BZ", "steady")),
    "stage": Word(CHOICE, tuple(stage.value for stage in Stage)),
    "present_value": Word(MONEY),
    "expected_orders": Word(NUMBER),
    "alive": Word(SHARE),
    # behaviour
    "orders": Word(NUMBER),
    "orders_within": Word(NUMBER, asks="span"),
    "spent": Word(MONEY),
    "spent_within": Word(MONEY, asks="span"),
    "first_order": Word(AGO),
    "last_order": Word(AGO),
    "bought": Word(FLAG, asks="item", within=True),
    "favourite": Word(FLAG, asks="item"),
    "would_like": Word(FLAG, asks="item", top=0.1),
    "discounted": Word(SHARE),
    "price_sensitive": Word(FLAG),
    "last_contact": Word(AGO),
    "rating": Word(NUMBER),
    "complaints": Word(NUMBER),
    "open_complaint": Word(FLAG),
}
GRAMMAR = ("and", "or", "not", "in")
UNITS = {
    "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30),
    "year": timedelta(days=365),
}  # fmt: skip
EXAMPLES = {
    CHOICE: "{word} = {accepted}", TEXT: '{word} = "Berlin"', NUMBER: "{word} > 3",
    MONEY: "{word} > 100", SHARE: "{word} < 50 %", AGO: "{word} > 30 days", AHEAD: "{word} < 14 days", FLAG: "{word}",
}  # fmt: skip


def show_use(name: str) -> str:
    """How a word is written: `tier = A`, `likes("oat milk")`."""
    word = WORDS[name]
    inside = {"text": '("oat milk")', "item": '("Oat latte")', "span": "(90 days)", "": ""}[word.asks]
    accepted = word.accepted[0] if word.accepted else ""
    return EXAMPLES[word.kind].format(word=name + inside, accepted=accepted)
