"""How somebody writes Chinese, and our words in their way: simplified or traditional characters, 您 or 你."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Protocol

TRADITIONAL = "Hant"
CASUAL = "你"
_CLIPS = (199, 119, 79)  # characters that templates leave of a long quote
_CASUAL = re.compile(r"你(?!们|們|好)")


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


def find_register(text: str) -> str | None:
    """您 or 你, as somebody addresses us; None where they do not. 你们 are all of us, and 你好 is but a greeting."""
    return "您" if "您" in text else CASUAL if _CASUAL.search(text) else None


def adapt(text: str, *, traditional: bool, casual: bool, verbatim: Collection[str] = ()) -> str:
    """Our words in the way somebody writes. What they said themselves, `verbatim`, stays as they said it."""
    if not (traditional or casual):
        return text
    kept = {part for said in verbatim for part in (said, *(said[:length] for length in _CLIPS)) if len(part) > 1}
    if not kept:
        return _adapt(text, traditional, casual)
    longest = sorted(kept, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest))})", text)
    return "".join(piece if n % 2 else _adapt(piece, traditional, casual) for n, piece in enumerate(pieces))


def _adapt(text: str, traditional: bool, casual: bool) -> str:
    ours = text.replace("您", CASUAL) if casual else text
    return to_traditional(ours) if traditional else ours
