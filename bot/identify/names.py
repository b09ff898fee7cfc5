"""A name as comparisons see it: words without case, accents and titles, Chinese by its sound; and how two names agree.

How much an agreement is worth is `likeness`' to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import permutations, product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from bot import hanzi

MOST_WORDS = 4  # of a name; what follows is dropped
SHORTEST_TYPO = 4  # letters of the longer word: shorter ones that differ by one are other names
SYLLABLES_TYPO = 6  # letters of two syllables of pinyin
TWO_TYPOS = 8  # from so many letters on, two may be wrong
CJK = "\u3400-\u9fff"
_WORD = re.compile(rf"[{CJK}]+|[^\W\d_{CJK}]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APOSTROPHES = str.maketrans(dict.fromkeys("'’`´."))
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_DIMINUTIVE = re.compile(r"(?:([b-df-hj-np-tv-z])\1)?(?:ie|y|i)$")
TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir madam herr frau fraulein monsieur madame mme mlle senor senora sr sra jr ii iii".split()  # noqa: SIM905
)
_TITLE_ZH = re.compile(r"(?<=.)(?:先生|女士|小姐|太太|老师|经理|老板|阿姨|叔叔|同学|总|哥|姐)$|^(?:小|老|阿)(?=.$)")
COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 尉迟 皇甫 公孙 慕容 令狐 宇文 长孙 司徒 司空 东方 独孤 南宫 端木 万俟 闻人 轩辕 钟离 东郭 百里".split()  # noqa: SIM905
)
SURNAME_SOUNDS = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge", "翟": "zhai",
    "覃": "qin", "乐": "yue", "种": "chong", "员": "yun", "洗": "xian", "冼": "xian", "召": "shao", "秘": "bi", "缪": "miao",
    "隗": "wei", "繁": "po", "折": "she", "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun",
}  # fmt: skip
"""How a character is read as a surname, where that differs from its commonest reading."""


class Word(NamedTuple):
    """One word of a name: its Latin letters or syllables, and the characters it is written with, if any."""

    sound: str
    written: str = ""


Reading = tuple[Word, ...]


class Agreement(NamedTuple):
    """How two words of two names agree: same, sound, nickname, homophone, typo, sibling (one
    character of a given name is another), initial; or different."""

    how: str
    one: Word
    other: Word


@lru_cache(maxsize=200_000)
def read_name(name: str) -> tuple[Reading, ...]:
    """The ways a name can be taken apart, the likeliest first; an empty tuple where it has no word."""
    words = _read_words(name)[:MOST_WORDS]
    if not words:
        return ()
    readings: list[Reading] = [tuple(words)]
    if len(words) > 2 and all(_are_syllables(word.sound, 2) for word in words):
        readings += [(words[0], _join(words[1:])), (_join(words[:-1]), words[-1])]
    elif len(words) == 1 and not words[0].written:
        readings += _cut_closed_up(words[0].sound)
    return tuple(readings)


def read_words(text: str) -> list[str]:
    """The sounds of all words of a text."""
    return [word.sound for word in _read_words(text)]


def name_keys(name: str) -> set[str]:
    """What a name is found by however it is ordered: its words in full forms, sorted and closed up."""
    return {"".join(sorted(full_form(word.sound) for word in reading)) for reading in read_name(name)}


def compare_names(one: str, other: str) -> tuple[list[Agreement], int]:
    """How the words of two names agree, in the best of the ways to take them apart, and how many are left over."""
    best: tuple[list[Agreement], int] = ([], 0)
    best_worth = -100.0
    for first, second in product(read_name(one), read_name(other)):
        found, left = _pair(first, second)
        worth = sum(_WORTH[agreement.how] for agreement in found) - 0.5 * left
        if worth > best_worth:
            best, best_worth = (found, left), worth
    return best


def full_form(word: str) -> str:
    """The name a short form stands for, where only one is meant; else the word."""
    known = _nicknames().get(word)
    return next(iter(known)) if known is not None and len(known) == 1 else word


def is_swapped(one: str, other: str) -> bool:
    """Whether both have the same words, in another order."""
    first, second = (next(iter(read_name(name)), ()) for name in (one, other))
    return len(first) > 1 and first != second and sorted(first) == sorted(second)


_WORTH = {
    "same": 3.0,
    "sound": 2.9,
    "nickname": 2.0,
    "homophone": 1.9,
    "typo": 1.8,
    "sibling": 1.0,
    "initial": 0.8,
    "different": -1.0,
}


def _pair(first: Reading, second: Reading) -> tuple[list[Agreement], int]:
    """Each word of the shorter name with one of the longer, so that they agree best."""
    if len(first) > len(second):
        found, left = _pair(second, first)
        return [Agreement(how, other, one) for how, one, other in found], left
    best: list[Agreement] = []
    for chosen in permutations(second, len(first)):
        found = [_compare(one, other) for one, other in zip(first, chosen, strict=True)]
        if not best or sum(_WORTH[one.how] for one in found) > sum(_WORTH[one.how] for one in best):
            best = found
    return best, len(second) - len(first)


@lru_cache(maxsize=500_000)
def _compare(one: Word, other: Word) -> Agreement:
    return Agreement(_how(one, other), one, other)


def _how(one: Word, other: Word) -> str:
    if one.sound == other.sound:
        if one.written and other.written and one.written != other.written:
            return "homophone"
        return "same" if bool(one.written) == bool(other.written) else "sound"
    if one.written and other.written:
        return _how_written(one.written, other.written)
    if min(len(one.sound), len(other.sound)) == 1:
        return "initial" if one.sound[0] == other.sound[0] else "different"
    if _share_a_name(one.sound, other.sound) or (
        not (one.written or other.written) and _is_short(one.sound, other.sound)
    ):
        return "nickname"
    longest = max(len(one.sound), len(other.sound))
    # A syllable of pinyin one letter away is another name: Wang, Yang. Beside characters all Latin letters are syllables.
    are_syllables = one.written or other.written or {one.sound, other.sound} <= _known_syllables()
    least = SYLLABLES_TYPO if are_syllables else SHORTEST_TYPO
    allowed = 0 if longest < least else 2 if longest >= TWO_TYPOS else 1
    return "typo" if allowed and OSA.distance(one.sound, other.sound, score_cutoff=allowed) <= allowed else "different"


def _how_written(one: str, other: str) -> str:
    """春梅 may be 玉梅 mistyped, or her sister; 明 alone may be 阿明, short for 伟明."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == 1:
        return "nickname" if len(longer) > 1 and longer.endswith(shorter) else "different"
    return "sibling" if OSA.distance(one, other) == 1 else "different"


def _share_a_name(one: str, other: str) -> bool:
    known = _nicknames()
    return not known.get(one, frozenset((one,))).isdisjoint(known.get(other, frozenset((other,))))


def _is_short(one: str, other: str) -> bool:
    """Whether one begins as the other, as people shorten names: Em, Ally, Frannie."""
    for short, whole in ((one, other), (other, one)):
        stem = _DIMINUTIVE.sub(r"\1", short) if len(short) > 3 else short
        if len(whole) > len(stem) + 1 and len(stem) > 1 and whole.startswith(stem):
            return True
    return False


# -- taking apart ------------------------------------------------------------------------------------------------


def _read_words(text: str) -> list[Word]:
    words: list[Word] = []
    for run in _WORD.findall(_clean(text)):
        words += _read_hanzi(run) if run[0] >= "\u3400" else _read_latin(run)
    return words


def _clean(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).translate(hanzi.simplified()).translate(_APOSTROPHES)
    return _CAMEL.sub(" ", folded)


def _read_latin(run: str) -> list[Word]:
    plain = unicodedata.normalize("NFKD", run.lower().translate(_LETTERS))
    word = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return [] if word in TITLES else [Word("lu" if word in ("lv", "lyu") else word)]


def _read_hanzi(run: str) -> list[Word]:
    """Surname and given name of two to four characters; what is longer is no person's name, and one word."""
    run = _TITLE_ZH.sub("", run)
    if not 2 <= len(run) <= 4:
        return [Word(SURNAME_SOUNDS.get(run) or _sound(run), run)]
    cut = 2 if len(run) > 2 and run[:2] in COMPOUND else 1
    surname, given = run[:cut], run[cut:]
    return [Word(SURNAME_SOUNDS.get(surname) or _sound(surname), surname), Word(_sound(given), given)]


def _sound(characters: str) -> str:
    """Without tones and dots: 吕 is lu, since passports and people write Lu, Lv and Lyu."""
    table = hanzi.syllables()
    return "".join(table.get(one, one).replace("v", "u") for one in characters)


def _join(words: Sequence[Word]) -> Word:
    written = "".join(word.written for word in words) if all(word.written for word in words) else ""
    return Word("".join(word.sound for word in words), written)


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    return frozenset(one.replace("v", "u") for one in hanzi.syllables().values())


def _are_syllables(sound: str, most: int) -> bool:
    """At most so many syllables of pinyin, closed up."""
    known = _known_syllables()
    return sound in known or (
        most > 1 and any(sound[:at] in known and _are_syllables(sound[at:], most - 1) for at in range(1, len(sound)))
    )


def _cut_closed_up(sound: str) -> list[Reading]:
    """ "chenweiming" is Chen Weiming, or Weiming Chen's other way round."""
    known = _known_syllables()
    cuts = range(1, len(sound))
    found = [at for at in cuts if sound[:at] in known and _are_syllables(sound[at:], 2)]
    found += [at for at in cuts if sound[at:] in known and _are_syllables(sound[:at], 2)]
    return [(Word(sound[:at]), Word(sound[at:])) for at in dict.fromkeys(found)]


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    """Word → the full names it may stand for."""
    text = resources.files(__package__).joinpath("nicknames.txt").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            full, *short = line.split()
            for word in (full, *short):
                found.setdefault(word, set()).add(full)
    return {word: frozenset(full) for word, full in found.items()}
