"""Simplified and traditional characters: which somebody writes, and our words in theirs."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

TRADITIONAL = "Hant"


class Converter(Protocol):
    def convert(self, text: str, /) -> str: ...


@lru_cache
def _converter(config: str) -> Converter:
    import opencc  # loaded when the first message in Chinese characters needs it

    made: Converter = opencc.OpenCC(config)
    return made


@lru_cache(maxsize=2000)
def find_script(text: str) -> str | None:
    """ "Hant" or "Hans" where the characters tell; None where they are written the same in both."""
    if text.isascii():
        return None
    simplified, traditional = _converter("t2s").convert(text), _converter("s2t").convert(text)
    changed = sum(a != b for a, b in zip(text, simplified, strict=False))
    others = sum(a != b for a, b in zip(text, traditional, strict=False))
    if changed == others:
        return None
    return TRADITIONAL if changed > others else "Hans"


@lru_cache(maxsize=2000)
def to_traditional(text: str) -> str:
    """Our words in traditional characters; what is in them already stays."""
    return _converter("s2hk").convert(text)
