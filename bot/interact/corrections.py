""" "No, I said almond": what is said now takes the place of what the message before it had left behind.

Only the message just before can be put right so; anything older is said anew, or undone.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.interact import recording, reminders
from bot.interact.replies import Answer
from bot.interact.turn import Recorded, Turn
from bot.interact.understanding.normalise import clean, fold, has_cjk
from bot.interact.understanding.result import FoundFact
from storage import contacts, conversations, facts
from storage.models import Fact

OF_A_THING = ("preference", "restriction", "interest")
OF_A_SENTENCE = ("habit", "need")  # its value is what was said; one thing in it is put right
MOST_WORDS = 5  # what is put right is a word or two; a sentence is something new
EDGES = " \t\n.,;!?。，；！？、~吧啦哈呀啊哦"


def take(turn: Turn, answer: Answer) -> Recorded | None:
    """What holds now, in place of what was said last; None where this is no correction."""
    heard = turn.heard
    if heard.facts or heard.feedback or heard.reminders or not turn.conversation.last_recorded:
        return None
    text = fold(clean(turn.text)).strip()
    plain = _find_new(text, heard.language, "plain")
    if plain is None and _find_new(text, heard.language, "only_dates") is None:
        return None
    last = Recorded.from_json(turn.conversation.last_recorded)
    before = [row.id for row in contacts.list_recent(turn.memory, turn.customer.id, 3) if row.direction == "in"]
    previous = next((one for one in before if one != turn.contact_id), None)
    begun = (turn.conversation.last_recorded.get("begun") or {}).get("contacts", [])
    spoken = begun if previous in begun else [previous]  # a thought may have come in pieces
    if last.reminders and last.reminders[-1]["reference"].partition(".")[0] == str(previous):
        return _move_reminder(turn, last, answer)
    for fact in reversed(facts.list_by_ids(turn.memory, turn.customer.id, last.facts)):
        if fact.contact_id in spoken and fact.superseded_by is None and fact.forgotten_at is None:
            return _replace(turn, fact, plain, answer)
    return None


def _move_reminder(turn: Turn, last: Recorded, answer: Answer) -> Recorded | None:
    """The same reminder at another time; where only a day is said, the hour stays."""
    old = last.reminders[-1]
    at = reminders.read_when(turn)
    if at is None:
        return None
    if all(date.grain in reminders.DAY_GRAINS for date in turn.heard.dates):
        before = datetime.fromisoformat(old["at"]).astimezone(turn.zone)
        at = at.astimezone(turn.zone).replace(hour=before.hour, minute=before.minute)
    conversations.withdraw_reminder(turn.memory, turn.customer.id, old["reference"], turn.now)
    return Recorded(reminders=[reminders.plan(turn, old["text"], at, answer)])


def _replace(turn: Turn, fact: Fact, new: str | None, answer: Answer) -> Recorded | None:
    found = _read_dated(turn, fact) if fact.date else _read_thing(turn, fact, new)
    if found is None:
        return None
    kept = Recorded()
    recording.record_facts(turn, [found], kept, answer)
    if kept.facts:
        facts.supersede(turn.memory, [fact.id], kept.facts[0])
        fact.superseded_by = kept.facts[0]
    return kept


def _read_dated(turn: Turn, fact: Fact) -> FoundFact | None:
    day = next((date.start for date in turn.heard.dates if date.grain == "day"), None)
    if day is None or (fact.date or "").startswith("L"):
        return None
    return FoundFact("occasion", fact.value, person=fact.person, date=f"{day:%m-%d}", confidence=1.0, quote=turn.text)


def _read_thing(turn: Turn, fact: Fact, new: str | None) -> FoundFact | None:
    if new is None or turn.heard.dates or any(change.what in ("set", "when") for change in turn.heard.changes):
        return None  # a time or a number is of something else
    new = re.split(r"[.!?。！？]\s*", new)[-1].strip(EDGES)  # "I said oat. Oat milk"
    if not new or len(new.split()) > MOST_WORDS or len(new) > MOST_WORDS * 8:
        return None
    if fact.kind in OF_A_SENTENCE:
        value = _put_right(fact.value, new)
        return value and FoundFact(fact.kind, value, person=fact.person, confidence=1.0, quote=turn.text)  # type: ignore[arg-type, return-value]
    if fact.kind not in OF_A_THING:
        return None
    sku = turn.heard.items[0].sku if turn.heard.items else None
    return FoundFact(fact.kind, new, fact.polarity, sku, fact.person, confidence=1.0, quote=turn.text)  # type: ignore[arg-type]


def _put_right(value: str, new: str) -> str | None:
    """The sentence with `new` in place of what is most like it: as long, and ending alike ("almond milk")."""
    joint = "" if has_cjk(new) else " "
    said, right = (list(value), list(new)) if has_cjk(new) else (value.split(), new.split())
    ends = [place for place, word in enumerate(said, 1) if word.casefold() == right[-1].casefold()]
    if not ends or ends[-1] < len(right):
        return None
    return joint.join([*said[: ends[-1] - len(right)], *right, *said[ends[-1] :]])


@lru_cache
def _expressions() -> dict[str, dict[str, list[re.Pattern[str]]]]:
    table = yaml.safe_load(files(__package__).joinpath("corrections.yaml").read_text("utf-8"))
    return {
        language: {group: [re.compile(one) for one in sources] for group, sources in groups.items()}
        for language, groups in table.items()
    }


def _find_new(text: str, language: str, group: str) -> str | None:
    for expression in _expressions().get(language, {}).get(group, []):
        if found := expression.match(text):
            return found["new"].strip(EDGES) or None
    return None
