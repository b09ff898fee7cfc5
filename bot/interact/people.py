"""Whom "she" means from one message to the next: the one person of the customer's who was spoken of last."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.interact.turn import Turn, remember
from bot.interact.understanding import may_mean
from bot.interact.understanding.normalise import has_cjk
from bot.interact.understanding.result import FoundFact

SPOKEN_OF_FOR = timedelta(minutes=30)  # after it, "she" may be anybody


def list_told(turn: Turn) -> list[FoundFact]:
    """What the message says of that person, or of who was just born; nothing where it is not clear who it is."""
    noted = (turn.conversation.last_recorded or {}).get("person")
    if any(fact.value == "had a baby" for fact in turn.heard.facts):
        return [replace(fact, person="宝宝" if has_cjk(fact.quote) else "baby") for fact in turn.heard.pointing]
    if not noted or turn.now - datetime.fromisoformat(noted["at"]) > SPOKEN_OF_FOR:
        return []
    who = noted["who"]
    return [replace(fact, person=who) for fact in turn.heard.pointing if may_mean(fact.person or "", who)]


def note(turn: Turn) -> None:
    """Two people in one message leave it open who is meant in the next."""
    people = turn.heard.people
    if people:
        one = {"who": people[0], "at": turn.now.isoformat()} if len(people) == 1 else None
        remember(turn.conversation, person=one)
