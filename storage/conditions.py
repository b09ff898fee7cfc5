"""A segment's condition as a tree, between the language it is written in and the SQL it becomes.

Values are those of the words: text in lower case, numbers, money in minor units, `timedelta`. What a word means, and
what it accepts, is `bot.differentiate.segment_words`' to say; here everything has been checked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

Value = str | float | timedelta | tuple[str, ...]


class Compare(NamedTuple):
    """A word against a value: `=`, `!=`, `<`, `<=`, `>`, `>=`, or `in` with a tuple. `within`: of the last so long."""

    word: str
    op: str
    value: Value
    within: timedelta | None = None


class Holds(NamedTuple):
    """A word that holds or does not: `open_complaint`, `likes` of a text. `skus`: the items that the text names."""

    word: str
    text: str = ""
    skus: tuple[str, ...] = ()
    within: timedelta | None = None


class Not(NamedTuple):
    part: Condition


class AllOf(NamedTuple):
    parts: tuple[Condition, ...]


class AnyOf(NamedTuple):
    parts: tuple[Condition, ...]


Condition = Compare | Holds | Not | AllOf | AnyOf
