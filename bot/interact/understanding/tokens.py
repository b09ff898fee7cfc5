"""Tokens of folded text: words, and single Chinese characters, with their places."""

import re
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")


class Token(NamedTuple):
    text: str
    start: int
    end: int


_REMEMBERED = 16  # clauses: the same one is looked at for items, options, what it asks and what it changes


@lru_cache(_REMEMBERED)
def tokenize(text: str) -> tuple[Token, ...]:
    return tuple([Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)])


@lru_cache(_REMEMBERED)
def split_words(text: str) -> tuple[str, ...]:
    """The texts of the tokens alone, four times as fast."""
    return tuple(_TOKEN.findall(text))
