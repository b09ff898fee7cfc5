"""The words of judgement in a Chinese text, clause by clause: good, bad or plain, denied or not; and what of each aspect.

`aspects.py` says what a clause speaks of. Here everything is counted, nothing decided: the sign is a model's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import log1p
from typing import Literal, NamedTuple

from .lexicon import canonical, read
from .normalise import close_up, fold
from .result import Aspect

Kind = Literal["good", "bad", "plain"]
_ENDS = re.compile(r"[，。！？；,.!?;~～…、：:\s]+")
_BETWEEN = "(?:很|太|那么|怎么|觉得|算|特别|够|是|有|什么|啥|得|到|非常|十分|真的|再|这么|想象中?的?|说|人|大|多){0,2}$"
_REACH = 8  # signs before a word in which it is denied
_GOES_ON = 10  # signs: a clause so short that names nothing goes on about what the one before named
_FIRM = 2.0  # a score counts no further


class Counted(NamedTuple):
    good: int
    bad: int
    plain: int


class Told(NamedTuple):
    """One clause about an aspect: its words, and its score by the model of polarity."""

    counted: Counted
    score: float


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, list[tuple[str, Kind]]], re.Pattern[str]]:
    """Words by their first sign, longest first, and what denies one."""
    table = read("zh", "judgements")
    kinds: tuple[Kind, ...] = ("good", "bad", "plain")  # of two that are the same, the last
    known = {canonical("zh", word): kind for kind in kinds for word in table[kind]}
    by_sign: dict[str, list[tuple[str, Kind]]] = defaultdict(list)
    for word, kind in sorted(known.items(), key=lambda entry: (-len(entry[0]), entry[0])):
        by_sign[word[0]].append((word, kind))
    denies = sorted((canonical("zh", word) for word in table["denies"]), key=len, reverse=True)
    return dict(by_sign), re.compile(f"(?:{'|'.join(map(re.escape, denies))}){_BETWEEN}")


def count(clause: str) -> Counted:
    """Of a clause, folded and closed up."""
    by_sign, denied = _words()
    found = {"good": 0, "bad": 0, "plain": 0}
    at = 0
    while at < len(clause):
        for word, kind in by_sign.get(clause[at], ()):
            if clause.startswith(word, at):
                if kind != "plain" and denied.search(clause[max(0, at - _REACH) : at]):
                    kind = "bad" if kind == "good" else "good"
                found[kind] += 1
                at += len(word)
                break
        else:
            at += 1
    return Counted(**found)


def clauses_of(text: str) -> Iterator[str]:
    for piece in _ENDS.split(text):
        if clause := close_up(fold(piece)):
            yield clause


def tell(
    text: str, name: Callable[[str], list[Aspect]], judge: Callable[[str], float]
) -> tuple[dict[Aspect, list[Told]], Counted]:
    """What each aspect is told to be, and all words of the text. `name` says what a clause speaks of, `judge` how."""
    told: dict[Aspect, list[Told]] = {}
    last: list[Aspect] = []
    whole = Counted(0, 0, 0)
    for clause in clauses_of(text):
        counted = count(clause)
        whole = Counted(*map(sum, zip(whole, counted, strict=True)))
        named = name(clause)
        if named:
            last = named
        about = named or (last if any(counted) and len(clause) <= _GOES_ON else [])
        one = Told(counted, max(-_FIRM, min(_FIRM, judge(clause))))
        for aspect in about:
            told.setdefault(aspect, []).append(one)
    return told, whole


def describe(told: list[Told], whole: Counted, score: float) -> list[float]:
    """What the sign of an aspect is made from; `score` is that of the whole text."""
    good, bad, plain = (sum(min(1, one.counted[place]) for one in told) for place in range(3))
    scores = [one.score for one in told]
    return [
        log1p(good), log1p(bad), log1p(plain), (good - bad) / (good + bad + 1), float(not (good or bad or plain)),
        float(bool(good and bad)), sum(scores) / len(scores), min(scores), max(scores), score,
        (whole.good - whole.bad) / (whole.good + whole.bad + 1), log1p(len(told)), plain / (good + bad + plain + 0.5),
    ]  # fmt: skip
