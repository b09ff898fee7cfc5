"""Tokens of folded text: words, and single Chinese characters, with their places."""

import re
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")


class Token(NamedTuple):
    text: str
    start: int
    end: int


@lru_cache(maxsize=16)  # the same clause is looked at for items, options, what it asks and what it changes
def tokenize(text: str) -> tuple[Token, ...]:
    return tuple([Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)])
