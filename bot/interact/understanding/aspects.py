"""What a Chinese text speaks of and how it judges that, clause by clause: words name the aspect, the model the sign."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from .lexicon import canonical, read
from .normalise import close_up, fold
from .polarity import judge_chinese
from .result import Aspect

_ENDS = re.compile(r"[，。！？；,.!?;~～…\s]+")
# Chosen on the train part of ASAP: reviews speak well of what they merely mention, and an aspect leans on the whole.
_LEAN, _WHOLE = 0.6, 0.6


@lru_cache(maxsize=1)
def _words() -> dict[Aspect, re.Pattern[str]]:
    table = cast(dict[Aspect, list[str]], read("zh", "aspects"))
    return {
        aspect: re.compile("|".join(re.escape(canonical("zh", word)) for word in sorted(found, key=len, reverse=True)))
        for aspect, found in table.items()
    }


def name_aspects(clause: str) -> list[Aspect]:
    """Of one clause, folded; that of the earliest word first."""
    found = [(match.start(), aspect) for aspect, words in _words().items() if (match := words.search(clause))]
    return [aspect for _, aspect in sorted(found)]


def judge_aspects(text: str) -> dict[Aspect, int]:
    """Every aspect that a review speaks of, with the sign of what its clauses and the whole say."""
    judged: dict[Aspect, list[float]] = {}
    for piece in _ENDS.split(text):
        clause = close_up(fold(piece))
        if not clause:
            continue
        score = max(-1.0, min(1.0, judge_chinese(clause)))
        for aspect in name_aspects(clause):
            judged.setdefault(aspect, []).append(score)
    whole = _LEAN + _WHOLE * judge_chinese(close_up(fold(text)))
    return {aspect: 1 if sum(found) / len(found) + whole > 0 else -1 for aspect, found in judged.items()}
