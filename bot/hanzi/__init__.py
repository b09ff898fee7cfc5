"""Chinese characters as tables: how one is read, and the simplified form of a traditional one. No meaning is in here."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def syllables() -> dict[str, str]:
    """Character → its syllable, without the tone; simplified characters only."""
    table: dict[str, str] = {}
    for syllable, characters in _read("pinyin.txt"):
        table.update(dict.fromkeys(characters, syllable))
    return table


@lru_cache(maxsize=1)
def simplified() -> dict[int, str]:
    """From traditional to simplified characters, for `str.translate`: one for one, so that positions stay."""
    table: dict[int, str] = {}
    for traditional, simple in _read("traditional.txt"):
        table.update({ord(a): b for a, b in zip(traditional, simple, strict=True)})
    return table


def _read(name: str) -> list[list[str]]:
    """The pairs of a file's lines, its comments left out."""
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]
