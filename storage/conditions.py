"""A segment's condition as a tree, between the language it is written in and the SQL it becomes.

Values are those of the words: text in lower case, numbers, money in minor units, `timedelta`. What a word means, and
what it accepts, is `bot.differentiate.segment_words`' to say; here everything has been checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

FAVOURITE_ORDERS, FAVOURITE_SHARE = 3, 0.2  # least orders with an item, and share of all, that make it a favourite
LEAST_PRICED = 4  # orders whose discount is known, before anybody is called sensitive to prices
SURE = 1.645  # standard deviations: one chance in twenty to be wrong
Value = str | float | timedelta | tuple[str, ...]


class Compare(NamedTuple):
    """A word against a value: `=`, `!=`, `<`, `<=`, `>`, `>=`, or `in` with a tuple. `within`: of the last so long."""

    word: str
    op: str
    value: Value
    within: timedelta | None = None


class Holds(NamedTuple):
    """A word that holds or does not: `open_complaint`, `likes` of a text. `skus`: the items that the text names; `share`:
    the best so many of all."""

    word: str
    text: str = ""
    skus: tuple[str, ...] = ()
    within: timedelta | None = None
    share: float | None = None


class Among(NamedTuple):
    """One of these customers, found by what no query can tell."""

    ids: Sequence[int]


class Not(NamedTuple):
    part: Condition


class AllOf(NamedTuple):
    parts: tuple[Condition, ...]


class AnyOf(NamedTuple):
    parts: tuple[Condition, ...]


Condition = Compare | Holds | Among | Not | AllOf | AnyOf
