"""People type in bursts: "hi" / "2 lattes" / "oat". Which message is a piece of a thought, and pieces put together.

A piece costs its writer a moment's waiting, so what can stand alone does: a question, a sentence, a greeting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.interact.understanding import Understanding
from bot.interact.understanding.normalise import clean, close_up, fold, has_cjk

SHORT = {"en": 6, "zh": 10}  # words, or characters of Chinese: what is longer can stand alone
BARE = {"en": 2, "zh": 4}  # a noun said alone
COUNTED = 0.75
ORDERED = 0.8  # an order so sure was asked for in words
LIKENESS = 0.95  # an answer so sure is to a question, however short
_CLOSED = re.compile(r"[.!?。！？~]\s*$")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
SAMPLE = 200  # characters; no piece is longer


def is_unfinished(heard: Understanding) -> bool:
    """It surely goes on: "and", "I'm allergic to", a comma at the end."""
    text = _fold(heard.text)
    if not text or len(text) > SAMPLE:
        return False
    way = _ways(text)
    return bool(way["opening"].match(text) or way["open_end"].search(text)) and not _wants(heard, but=("order", "faq"))


def is_bare(heard: Understanding) -> bool:
    """A thing and nothing said of it: "2 lattes", "oat"."""
    text = _fold(heard.text)
    if not text or len(text) > SAMPLE or _CLOSED.search(text) or _ways(text)["polite"].search(text):
        return False
    if _is_weighty(heard) or _wants(heard, but=("order", "faq")):
        return False
    size = _size(text)
    if any(intent.name == "order" and intent.score < ORDERED for intent in heard.intents):
        return size <= SHORT[_language(text)]
    return 0 < size <= BARE[_language(text)]


def is_counted(heard: Understanding) -> bool:
    """An order by its number: "2 lattes"."""
    return any(intent.name == "order" and intent.score >= COUNTED for intent in heard.intents)


def goes_on(heard: Understanding) -> bool:
    """It belongs to what was said before: "with almond milk", "and eggs", 少糖."""
    text = _fold(heard.text)
    if not text or len(text) > SAMPLE or _wants(heard, but=("order", "faq")):
        return False
    return _ways(text)["goes_on"].match(text) is not None and 1 < _size(text) <= SHORT[_language(text)]


def join(lines: Sequence[str]) -> str:
    """Several messages as one text. A piece that leans on the one before stands in the same sentence."""
    text = lines[0]
    for line in lines[1:]:
        before, after = _fold(text), _fold(line)
        leans = _ways(before)["open_end"].search(before[-SAMPLE:]) or _ways(after)["goes_on"].match(after)
        joint = "" if has_cjk(before[-1:]) and has_cjk(after[:1]) else " "  # a blank parts clauses in Chinese
        text += (joint if leans and len(after) <= SAMPLE else "\n") + line
    return text


def says_more(whole: Understanding, before: Understanding) -> bool:
    """Whether anything was understood of the whole that was not of its beginning."""
    return any(getattr(whole, name) != getattr(before, name) for name in _CONTENTS)


def keeps_order(whole: Understanding, piece: Understanding) -> bool:
    """Whether what the piece orders is ordered by the whole: after "I'm allergic to nuts", "a latte" is no allergy."""
    return not is_counted(piece) or {line.sku for line in piece.order} <= {line.sku for line in whole.order}


_CONTENTS = ("items", "facts", "feedback", "dates", "reminders", "faq", "allergens", "languages", "life_events")


def _is_weighty(heard: Understanding) -> bool:
    told = heard.facts or heard.feedback or heard.reminders or heard.life_events
    return bool(told) or (heard.faq is not None and heard.faq.score >= LIKENESS)


def _wants(heard: Understanding, *, but: tuple[str, ...]) -> bool:
    """It asks for something by itself."""
    return any(intent.name not in but for intent in heard.intents)


def _fold(text: str) -> str:
    return fold(clean(text)).strip()


def _language(text: str) -> str:
    return "zh" if has_cjk(text) else "en"


def _size(text: str) -> int:
    if not has_cjk(text):
        return len(_WORD.findall(text))
    return len(_WORD.sub("", close_up(text))) + sum(len(word) for word in _WORD.findall(close_up(text)))


def _ways(text: str) -> dict[str, re.Pattern[str]]:
    return _expressions()[_language(text)]


@lru_cache
def _expressions() -> dict[str, dict[str, re.Pattern[str]]]:
    table = yaml.safe_load(files(__package__).joinpath("fragments.yaml").read_text("utf-8"))
    return {language: {name: re.compile(one) for name, one in rows.items()} for language, rows in table.items()}
