"""Catalogue items named in a message, with quantity and options, in either language, typos forgiven."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .knowledge import CatalogueEntry
from .lexicon import load
from .normalise import fold, has_cjk
from .options import Found, OptionReader, combine, fits, same_option
from .portions import PortionReader
from .quantities import find_lead, read_quantity
from .result import FoundItem, Portion
from .sounds import Sounds
from .spelling import Speller
from .things import singular
from .tokens import Token, split_words, tokenize

MAX_ITEMS = 32
_LEAST_SHORT = {"en": 5, "zh": 2}  # letters of a word, characters: "a slice of carrot", 一袋埃塞
_MOST_SHORT = 4  # characters

SIZE = re.compile(
    r"[,， ]+[\d.]+ ?(?:g|kg|ml|l|cl|oz|克|公斤|千克|毫升|升|张|pcs)?$", re.IGNORECASE
)  # at the end of a name
_CUPS = frozenset({"cup", "cups", "杯"})
_ARTICLES = frozenset({"the", "your"})

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """An item with its place in the text. `portions`: what is said of some of them; `refused`: "no croissant"."""

    item: FoundItem
    start: int
    end: int
    counted: bool  # a number was said
    portions: tuple[Portion, ...] = ()
    refused: bool = False


class ItemFinder:
    """Names are sequences of tokens (words, single Chinese characters), looked up whole, the longest first."""

    def __init__(self, catalogue: Sequence[CatalogueEntry]) -> None:
        self._entries = {entry.sku: entry for entry in catalogue}
        english = load("en")
        plain = english.tastes | english.refused | english.interests | frozenset(english.numbers)
        self._ordinary = frozenset(
            singular(word) for phrase in (*plain, *english.subjects) for word in phrase.split(" ")
        )
        self._units = english.units | load("zh").units
        owners: dict[Name, set[str]] = {}
        first_words: dict[str, set[str]] = {}
        for entry in catalogue:
            for name in {*entry.names.values(), *entry.aliases}:
                for tokens in _spellings(name):
                    owners.setdefault(tokens, set()).add(entry.sku)
                    first_words.setdefault(tokens[0], set()).add(entry.sku)
        for word, skus in first_words.items():
            # "the Ethiopian" for Ethiopian beans: a first word that is one item's own and no food of its own.
            if len(skus) == 1 and len(word) >= 6 and word not in self._ordinary and not has_cjk(word):
                owners.setdefault((word,), set()).update(skus)
        self._names = _sole(owners)  # a name two items share names neither
        self._lengths = _lengths(self._names)
        self._short = _short_names(owners, self._names)
        self._short_lengths = _lengths(self._short)
        vocabulary = {token for name in self._names for token in name if len(token) > 1}
        self._speller = Speller(vocabulary, self._ordinary)
        self._sounds = Sounds(self._names, self._ordinary)
        self._before_short = self._units | _ARTICLES
        self._options = OptionReader(option for entry in catalogue for option in entry.options)
        self._portions = PortionReader(self._options)
        self._own_options: dict[str, dict[str, str]] = {}

    def names(self) -> frozenset[str]:
        """Every name and alias, as one phrase each, for vocabularies of taste."""
        return frozenset(" ".join(tokens) for tokens in self._names)

    def whole(self, text: str) -> FoundItem | None:
        """The item that `text` as a whole names."""
        tokens = tuple(map(self._speller.correct, split_words(text)))
        sku = self._names.get(tokens)
        return self._item(sku, text, 1, ()) if sku is not None else None

    def find(self, text: str) -> list[Mention]:
        """Items of folded text, in order."""
        spelt = [*map(self._speller.correct, split_words(text))]
        spans: list[tuple[int, int, str]] = []
        at = 0
        while at < len(spelt) and len(spans) < MAX_ITEMS:
            found = None
            chosen = self._options.size_at(spelt, at)
            if self._begins(spelt[at]) or (at and spelt[at - 1] in self._before_short):
                found = self._name_at(spelt, at) or self._sounds.match(spelt, at) or self._short_at(spelt, at)
            if found and found[0] <= chosen:
                found = None  # "ground for filter" is no filter
            if found:
                spans.append((at, at + found[0], found[1]))
            at += found[0] if found else max(chosen, 1)
        return self._with_details(text, tokenize(text), spans) if spans else []

    def without(self, text: str) -> str:
        """Folded text without the names of items and of their options."""
        tokens = tokenize(text)
        words = split_words(text)
        spelt = [*map(self._speller.correct, words)]
        kept: list[str] = []
        at = end = 0
        while at < len(tokens):
            found = self._name_at(spelt, at)
            size = found[0] if found else self._options.size_at(words, at)
            if size:
                kept.append(text[end : tokens[at].start])
                end = tokens[at + size - 1].end
            at += size or 1
        return "".join((*kept, text[end:])).lstrip() if kept else text

    def portions(self, text: str) -> list[Portion]:
        """What a clause that names no item says of the one before it: "one without sugar", "打包"."""
        return self._portions.read_clause(split_words(text))

    def fits(self, sku: str, option: str) -> bool:
        """Whether the item comes with such a choice: sugar for a coffee, not for a bag of beans."""
        entry = self._entries.get(sku)
        return entry is not None and fits(entry.options, option)

    def is_plain(self, text: str, mentions: Sequence[Mention]) -> bool:
        """Whether a clause says nothing beside these items, their numbers and options."""
        tokens = tokenize(text)
        covered = {place for one in mentions for place in range(one.start, one.end)}
        inside = frozenset(at for at, token in enumerate(tokens) if token.start in covered)
        words = [token.text for token in tokens]
        taken = {at for start, end, _ in self._options.find(words, inside) for at in range(start, end)}
        return self.idle_words([word for at, word in enumerate(words) if at not in inside and at not in taken])

    def idle_only(self, text: str) -> bool:
        """Whether a clause says nothing of its own: "no wait", "thanks"."""
        return self.idle_words(split_words(text))

    def idle_words(self, words: Sequence[str]) -> bool:
        return self._portions.idle_only(words)

    def own_option(self, sku: str, said: str) -> str:
        """The catalogue's spelling of an option where the item has it, the customer's otherwise."""
        own = self._own_options.get(sku)
        if own is None:
            own = {fold(option): option for option in self._entries[sku].options}
            if len(self._own_options) < 10_000:
                self._own_options[sku] = own
        if said in own:
            return own[said]
        return next((option for option in own.values() if same_option(said, option)), said)

    def _begins(self, word: str) -> bool:
        """Whether any name begins so, or sounds so."""
        return word in self._lengths or self._sounds.begins(word)

    def _name_at(self, spelt: Sequence[str], at: int) -> tuple[int, str] | None:
        return _longest(self._names, self._lengths, spelt, at)

    def _short_at(self, spelt: Sequence[str], at: int) -> tuple[int, str] | None:
        """A short name counts only after a measure: "a bag of the yirga", 一袋埃塞."""
        before = at - 2 if at and spelt[at - 1] in _ARTICLES else at - 1
        if before < 0 or spelt[before] not in self._units:
            return None
        if spelt[before] in _CUPS and self._options.size_at(spelt, at):
            return None  # 一杯低因: of the coffee before it
        return _longest(self._short, self._short_lengths, spelt, at)

    def _with_details(self, text: str, tokens: Sequence[Token], spans: list[tuple[int, int, str]]) -> list[Mention]:
        words = [token.text for token in tokens]
        inside = frozenset(i for first, last, _ in spans for i in range(first, last))
        options = self._options.find(words, inside)
        taken = frozenset(i for start, end, _ in options for i in range(start, end))
        leads = [
            find_lead(words, first, spans[number - 1][1] if number else 0, taken)
            for number, (first, _, _) in enumerate(spans)
        ]
        found: list[Mention] = []
        for number, (first, last, sku) in enumerate(spans):
            low = 0 if number == 0 else leads[number]
            high = leads[number + 1] if number + 1 < len(spans) else len(tokens)
            quantity, counted, after = read_quantity(words, first, last, low, high, taken)
            base = [one[2] for one in options if low <= one[0] and one[1] <= first]
            general, portions = self._split(words, options, after, high, quantity if counted else None)
            chosen = combine((), (self.own_option(sku, option) for option in (*base, *general)))
            start, end = tokens[first].start, tokens[last - 1].end
            refused = self._portions.is_refusal(words, low, first) or self._portions.is_refused_after(words, last, high)
            item = self._item(sku, text[start:end], quantity, chosen)
            found.append(Mention(item, start, end, counted, tuple(portions), refused))
        return found

    def _split(
        self, words: list[str], options: list[Found], low: int, high: int, counted: int | None
    ) -> tuple[list[str], list[Portion]]:
        """Options of all of an item, and those of some of them: "… large, one without sugar"."""
        mine = [one for one in options if low <= one[0] and one[1] <= high]
        portions = self._portions.read(words, mine, low, high)
        if counted == 1:
            return [option for portion in portions for option in portion.options], []
        general = [option for portion in portions if portion.of is None for option in portion.options]
        return general, [portion for portion in portions if portion.of is not None]

    def _item(self, sku: str, said: str, quantity: int, options: tuple[str, ...]) -> FoundItem:
        names = self._entries[sku].names
        language = "zh" if has_cjk(said) else "en"
        return FoundItem(sku, names.get(language) or next(iter(names.values()), sku), quantity, options)

    def spell(self, item: FoundItem) -> FoundItem:
        """With the options as the catalogue writes them."""
        return replace(item, options=tuple(self.own_option(item.sku, option) for option in item.options))


def _spellings(name: str) -> set[Name]:
    """As it is written, and without how much is in it: "Decaf beans 250 g" is called decaf beans."""
    said = {tuple(map(singular, split_words(fold(one)))) for one in (name, SIZE.sub("", name))}
    return said - {()}


def _sole(owners: dict[Name, set[str]]) -> dict[Name, str]:
    return {name: next(iter(skus)) for name, skus in owners.items() if len(skus) == 1}


def _lengths(names: dict[Name, str]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name[0], set()).add(len(name))
    return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}


def _longest(
    names: dict[Name, str], lengths: dict[str, list[int]], spelt: Sequence[str], at: int
) -> tuple[int, str] | None:
    for length in lengths.get(spelt[at], ()):
        name = tuple(spelt[at : at + length])
        if name in names:
            return len(name), names[name]
    return None


def _short_names(owners: dict[Name, set[str]], names: dict[Name, str]) -> dict[Name, str]:
    """What begins the names of one item only: its first characters, or any one word of them."""
    found: dict[Name, set[str]] = {}
    for name, skus in owners.items():
        for short in _shortened(name):
            found.setdefault(short, set()).update(skus)
    return {short: sku for short, sku in _sole(found).items() if short not in names}


def _shortened(name: Name) -> set[Name]:
    if has_cjk(name[0]):
        plain = next((at for at, token in enumerate(name) if not has_cjk(token)), len(name))
        return {name[:size] for size in range(_LEAST_SHORT["zh"], min(plain, _MOST_SHORT) + 1)}
    return {(word,) for word in name if len(word) >= _LEAST_SHORT["en"] and word.isalpha() and not has_cjk(word)}
