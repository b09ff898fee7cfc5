"""What a Chinese text speaks of and how it judges that, clause by clause: words name the aspect, a model the sign."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from . import judgements
from .lexicon import canonical, read
from .normalise import close_up, fold
from .polarity import judge_chinese, judge_told
from .result import Aspect


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
    """Every aspect that a review speaks of, with the sign of what its clauses and the whole say; 0 is neither."""
    told, whole = judgements.tell(text, name_aspects, judge_chinese)
    score = judge_chinese(close_up(fold(text)))
    return {aspect: judge_told(judgements.describe(found, whole, score)) for aspect, found in told.items()}
