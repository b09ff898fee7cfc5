"""Known words in a short text: those of the lexicon's vocabularies, and others given."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.interact.understanding.lexicon import LANGUAGES, load

WORD = re.compile(r"[^\W_]+")


def find_words(text: str, vocabularies: tuple[str, ...], more: tuple[str, ...] = ()) -> list[str]:
    """Words of these vocabularies (`allergens`, `diets`, `tastes` …) in the text, in its order; none inside a longer
    one. English words are matched whole."""
    found: list[tuple[int, str]] = []
    left = " " + " ".join(WORD.findall(text.casefold())) + " "
    for word in _words(vocabularies, more):
        at = left.find(f" {word} " if word.isascii() else word)
        if at >= 0:
            at += word.isascii()
            found.append((at, word))
            left = left[:at] + " " * len(word) + left[at + len(word) :]
    return [word for _, word in sorted(found)]


def strip_polite(text: str) -> str:
    """Without the words around a thing that are not part of it: "a flat white, please" → "flat white"."""
    kept = text
    for language in LANGUAGES:
        lexicon = load(language)
        kept = _strip(kept, lexicon.leading, lexicon.trailing, whole=language == "en")
    return kept or text


def _strip(text: str, leading: tuple[str, ...], trailing: tuple[str, ...], *, whole: bool) -> str:
    space = " " if whole else ""
    while True:
        text = text.strip(" ,.!，。！")
        folded = text.casefold()
        if len(folded) != len(text):
            return text
        if (start := next((word for word in leading if folded.startswith(word + space)), None)) is not None:
            text = text[len(start) :]
        elif (end := next((word for word in trailing if folded.endswith(space + word)), None)) is not None:
            text = text[: -len(end)]
        else:
            return text


@lru_cache(maxsize=16)
def _words(vocabularies: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Longest first."""
    found = set(more)
    for language in LANGUAGES:
        lexicon = load(language)
        for name in vocabularies:
            found.update(getattr(lexicon, name))
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
