"""What partners write: how much they have left, and what else a partner may ask for. A pure function of the words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.interact.understanding.dates.chinese import number as chinese_number
from bot.interact.understanding.items import ItemFinder
from bot.interact.understanding.lexicon import load
from bot.interact.understanding.normalise import clean, fold
from bot.interact.understanding.things import singular
from bot.interact.understanding.tokens import split_words

MOST = 100_000  # of one item; more is a slip
MOST_ITEMS = 50
_MARK = "\ue000"  # stands in the text for the item whose number follows
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")  # "1,200"
_CHINESE = re.compile(r"[零一二两三四五六七八九十百千]+(?=[杯个份袋包块瓶盒只片罐壶件条支箱桶套张粒听]|\s|$)")
_MARKED = re.compile(_MARK + r"(\d+);")


@dataclass(frozen=True, slots=True)
class Told:
    """Items by sku with how many there are, and the parts that were not understood; whether one of these names an item."""

    levels: tuple[tuple[str, int], ...] = ()
    unclear: tuple[str, ...] = ()
    names_item: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """`what`: stock, reorder, bulletins or request; `text` is what is requested."""

    what: str
    text: str = ""


def read_asked(text: str) -> Asked | None:
    """What a partner's message asks for beside what any customer's may; stock is read by `read_stock`."""
    folded = fold(clean(text)).strip()
    for what in ("reorder", "bulletins"):
        if any(one.search(folded) for one in _phrases(what)):
            return Asked(what)
    for one in _phrases("request"):
        if (match := one.search(folded)) is not None:
            words = clean(text).strip()
            return Asked("request", words[-len(match["text"]) :] if len(words) == len(folded) else match["text"])
    if any(one.search(folded) for one in _phrases("stock")) and not any(one.search(folded) for one in _phrases("asks")):
        return Asked("stock")
    return None


def read_stock(text: str, finder: ItemFinder, names: Mapping[str, Sequence[str]], theirs: Collection[str]) -> Told:
    """`names` are all names and aliases by sku; of two items that a short name may mean, one of `theirs` is meant."""
    book = _Book(finder, names, theirs)
    levels: dict[str, int] = {}
    unclear: list[str] = []
    names_item = False
    for part in _phrase("between").split(_THOUSANDS.sub("", fold(clean(text)))):
        if not part or not part.strip() or _phrase("past").search(part):
            continue
        vague = _phrase("unclear").search(book.mark(part)) is not None
        for name, number in _read_part(part, book):
            sku = book.find(name) if name else None
            quantity = None if vague else number
            if sku is not None and quantity is not None and quantity <= MOST:
                levels[sku] = quantity
            elif sku is not None or number is not None or vague:  # else it is about something else: "sorry"
                unclear.append(part.strip()[:80])
                names_item = names_item or sku is not None
    return Told(tuple(levels.items())[:MOST_ITEMS], tuple(dict.fromkeys(unclear))[:5], names_item)


def _read_part(part: str, book: _Book) -> list[tuple[str, int | None]]:
    """Names with numbers, in order: "12 house blend 3 decaf" or "house blend 12 decaf 3"; "no decaf" is 0."""
    marked = _phrase("none").sub(" 0 ", book.mark(part))
    marked = _CHINESE.sub(lambda match: f" {chinese_number(match.group())} ", marked)
    words: list[str | int] = []
    for word in _split(_phrase("filler").sub(" ", _phrase("unclear").sub(" ", marked))):
        number = int(word) if word.isdecimal() else load("en").numbers.get(word) if word not in ("a", "an") else 1
        words.append(word if number is None else number)
    if words.count(0) and any(isinstance(word, int) and word for word in words):
        words.remove(0)  # "sold out but for 2"
    return _pair(words)


def _split(text: str) -> list[str]:
    units = load("en").units | load("zh").units
    words = [word for piece in text.split() for word in ([piece] if _MARK in piece else split_words(piece))]
    return [word for word in words if word not in units or word in ("a", "an")]


def _pair(words: Sequence[str | int]) -> list[tuple[str, int | None]]:
    """Each number with the words after it, where the first word is a number; else with those before it."""
    number_first = bool(words) and isinstance(words[0], int)
    pairs: list[tuple[str, int | None]] = []
    name: list[str] = []
    number: int | None = None
    for word in words:
        if isinstance(word, str):
            name.append(word)
            continue
        if number_first:
            if name:
                pairs.append((" ".join(name), number))
                name = []
            number = word
        else:
            pairs.append((" ".join(name), word))
            name = []
    if name or (number_first and number is not None):
        pairs.append((" ".join(name), number))
    return pairs


class _Book:
    """Which item a name means, for one partner."""

    def __init__(self, finder: ItemFinder, names: Mapping[str, Sequence[str]], theirs: Collection[str]) -> None:
        self._finder, self._theirs = finder, theirs
        self._names = {sku: [_bag(name) for name in all_names] for sku, all_names in names.items()}
        self._skus = list(names)

    def mark(self, part: str) -> str:
        """Whole names, which may hold digits of their own ("beans 250 g"), replaced by marks."""
        at, marked = 0, ""
        for mention in self._finder.find(part):
            sku = mention.item.sku
            if sku in self._names and (
                sku in self._theirs or not self._fit(part[mention.start : mention.end], self._theirs)
            ):
                marked += f"{part[at : mention.start]} {_MARK}{self._skus.index(sku)}; "
                at = mention.end
        return marked + part[at:]

    def find(self, name: str) -> str | None:
        if (marks := _MARKED.findall(name)) and len(marks) == 1:
            return self._skus[int(marks[0])]
        for skus in (self._theirs, self._skus):
            fitting = self._fit(name, skus)
            if len(fitting) == 1:
                return fitting[0]
            if len(fitting) > 1:
                return None
        return None

    def _fit(self, name: str, skus: Collection[str]) -> list[str]:
        """Those that have a name in which all these words stand."""
        wanted = _bag(name)
        return [sku for sku in skus if wanted and any(wanted <= bag for bag in self._names.get(sku, ()))]


def _bag(name: str) -> frozenset[str]:
    return frozenset(map(singular, split_words(fold(name))))


@lru_cache
def _phrases(what: str) -> list[re.Pattern[str]]:
    return [re.compile(one) for one in _read()[what]]


@lru_cache
def _phrase(what: str) -> re.Pattern[str]:
    return re.compile(str(_read()[what]))


@lru_cache
def _read() -> dict[str, list[str] | str]:
    text = files("bot.interact").joinpath("partners.yaml").read_text(encoding="utf-8")
    read: dict[str, list[str] | str] = yaml.safe_load(text)
    return read
