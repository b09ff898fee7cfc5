"""How many of an item: "two large …", 两杯大杯…, "… x2", …三杯."""

import re
from collections.abc import Sequence
from functools import lru_cache

from .dates.chinese import number as chinese_number
from .lexicon import load

MOST = 999
_REMEMBERED = 20_000  # words
_CHINESE_DIGITS = frozenset("零一二三四五六七八九十百")
_BETWEEN = frozenset({"of", "the", "your", "those", "these", "的", "nice", "more"})
_TIMES = re.compile(r"(\d{1,3})x|x(\d{1,3})")


def find_lead(words: Sequence[str], first: int, low: int, taken: frozenset[int]) -> int:
    """Where what belongs to the item at `first` begins: its number is the outermost of it."""
    at = first
    while at > low:
        word = words[at - 1]
        if _is_number(word) and at - 1 not in taken:
            at -= 1
            while at > low and word in _CHINESE_DIGITS and words[at - 1] in _CHINESE_DIGITS:
                at -= 1
            while (
                at > low and _is_number(words[at - 1]) and not words[at - 1].isdigit() and words[at] not in {"a", "an"}
            ):
                at -= 1  # "a dozen"
            break
        if at - 1 not in taken and word not in _BETWEEN and not _is_unit(word):
            break
        at -= 1
    return at


def read_quantity(
    words: Sequence[str], first: int, last: int, low: int, high: int, taken: frozenset[int]
) -> tuple[int, bool, int]:
    """The number, whether one was said, and where what follows the item goes on."""
    found = _before(words, first, low, taken)
    if found is not None:
        return found, True, last
    if last < high:
        times = _TIMES.fullmatch(words[last])
        if times:
            return _capped(times[1] or times[2]), True, last + 1
        if words[last] in {"x", "×"} and last + 1 < high and words[last + 1].isdigit():
            return _capped(words[last + 1]), True, last + 2
        number, end = read_number(words, last, high)
        if number is not None and end < high and words[end] in load("zh").units and end not in taken:
            return number, True, end + 1
    return 1, False, last


def read_number(words: Sequence[str], at: int, high: int) -> tuple[int | None, int]:
    """A number at this place, and where it ends."""
    word = words[at] if at < high else ""
    if word in _CHINESE_DIGITS:
        end = at
        while end < high and words[end] in _CHINESE_DIGITS:
            end += 1
        return min(MOST, max(1, chinese_number("".join(words[at:end])[-3:]))), end
    value = _number(word) if word else 0
    if not value:
        return None, at
    following = words[at + 1] if at + 1 < high else ""
    if word in {"a", "an", "one", "half"} and following in {"dozen", "couple", "pair", "single"}:
        return load("en").numbers[following], at + 2
    return value, at + 1


def _before(words: Sequence[str], first: int, low: int, taken: frozenset[int]) -> int | None:
    at = first - 1
    while at >= low:
        word = words[at]
        if (at in taken and not _is_number(word)) or word in _BETWEEN or _is_unit(word):
            at -= 1
            continue
        if not _is_number(word):
            return None
        begin = at
        while word in _CHINESE_DIGITS and begin > low and words[begin - 1] in _CHINESE_DIGITS:
            begin -= 1
        number = read_number(words, begin, first)[0] or 1
        if word == "dozen":
            return min(MOST, int(number * _dozens(words, begin, low)))
        return number
    return None


def _dozens(words: Sequence[str], at: int, low: int) -> float:
    """ "half a dozen", "two dozen"."""
    before = [word for word in words[max(low, at - 2) : at] if word not in {"a", "of"}]
    if before and before[-1] == "half":
        return 0.5
    return _number(before[-1]) if before and _is_number(before[-1]) else 1


@lru_cache(_REMEMBERED)
def _is_unit(word: str) -> bool:
    return word in load("en").units or word in load("zh").units


def _is_number(word: str) -> bool:
    return _number(word) > 0


@lru_cache(_REMEMBERED)
def _number(word: str) -> int:
    """0 for a word that is none."""
    if word.isascii() and word.isdigit():
        return _capped(word)
    times = _TIMES.fullmatch(word)
    if times:
        return _capped(times[1] or times[2])
    return load("en").numbers.get(word, 0) or load("zh").numbers.get(word, 0)


def _capped(digits: str) -> int:
    return min(MOST, max(1, int(digits[:6])))
