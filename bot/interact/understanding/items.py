"""Catalogue items named in a message, with quantity and options, in either language, typos forgiven."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from .dates.chinese import number as chinese_number
from .knowledge import CatalogueEntry
from .lexicon import load, option_groups
from .normalise import close_up, fold, has_cjk
from .result import FoundItem
from .things import singular

_TOKEN = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")
_LEAST_LIKENESS = 82  # one wrong letter in six, or two swapped
_FUZZY_LENGTH = 5  # shorter words are too near one another
MAX_ITEMS = 32


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """An item with its place in the text."""

    item: FoundItem
    start: int
    end: int
    counted: bool  # a number was said


class ItemFinder:
    """Names become sequences of tokens (words, single Chinese characters) in a trie of dictionaries."""

    def __init__(self, catalogue: Sequence[CatalogueEntry]) -> None:
        self._entries = {entry.sku: entry for entry in catalogue}
        self._trie: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._vocabulary: set[str] = set()
        self._by_pair: dict[str, set[str]] = {}
        english = load("en")
        self._plain = english.tastes | english.refused | english.interests | frozenset(english.numbers)
        self._ordinary = frozenset(
            singular(word) for phrase in (*self._plain, *english.subjects) for word in phrase.split(" ")
        )
        self.words: set[str] = set()
        owners: dict[tuple[str, ...], set[str]] = {}
        first_words: dict[str, set[str]] = {}
        for entry in catalogue:
            for name in {*entry.names.values(), *entry.aliases}:
                tokens = tuple(singular(token.text) for token in _tokens(fold(name)))
                if tokens:
                    owners.setdefault(tokens, set()).add(entry.sku)
                    first_words.setdefault(tokens[0], set()).add(entry.sku)
        for word, skus in first_words.items():
            # "the Ethiopian" for Ethiopian beans: a first word that is one item's own and no food of its own.
            if len(skus) == 1 and len(word) >= 6 and word not in self._ordinary and not has_cjk(word):
                owners.setdefault((word,), set()).update(skus)
        for tokens, skus in owners.items():
            if len(skus) == 1:  # a name two items share names neither
                self._trie.setdefault(tokens[0], []).append((tokens, next(iter(skus))))
                self._vocabulary.update(token for token in tokens if len(token) > 1)
        for names in self._trie.values():
            names.sort(key=lambda each: -len(each[0]))
        for word in self._vocabulary:
            if len(word) >= _FUZZY_LENGTH:
                for pair in _pairs(word):
                    self._by_pair.setdefault(pair, set()).add(word)
        self._corrections: dict[str, str | None] = {}
        self._options, self._option_starts = _option_table(catalogue)

    def names(self) -> frozenset[str]:
        """Every name and alias, as one phrase each, for vocabularies of taste."""
        return frozenset(" ".join(tokens) for names in self._trie.values() for tokens, _ in names)

    def whole(self, text: str) -> FoundItem | None:
        """The item that `text` as a whole names."""
        tokens = [self._correct(token.text) for token in _tokens(text)]
        if not tokens:
            return None
        for name, sku in self._trie.get(tokens[0], ()):
            if len(name) == len(tokens) and list(name) == tokens:
                return self._item(sku, text, 1, ())
        return None

    def find(self, text: str) -> list[Mention]:
        """Items of folded text, in order."""
        tokens = _tokens(text)
        spelt = [self._correct(token.text) for token in tokens]
        spans: list[tuple[int, int, str]] = []
        at = 0
        while at < len(tokens) and len(spans) < MAX_ITEMS:
            names = self._trie.get(spelt[at])
            for name, sku in names or ():
                if tuple(spelt[at : at + len(name)]) == name:
                    spans.append((at, at + len(name), sku))
                    at += len(name)
                    break
            else:
                at += 1
        return self._with_details(text, tokens, spans) if spans else []

    def without(self, text: str) -> str:
        """Folded text without the names of items and of their options."""
        tokens = _tokens(text)
        spelt = [self._correct(token.text) for token in tokens]
        kept: list[str] = []
        at = end = 0
        while at < len(tokens):
            size = next((len(name) for name, _ in self._trie.get(spelt[at], ())
                         if tuple(spelt[at : at + len(name)]) == name), 0)  # fmt: skip
            size = size or next((len(option) for option, _ in self._option_starts.get(tokens[at].text, ())
                                 if len(option) > 1 and [t.text for t in tokens[at : at + len(option)]] == option), 0)  # fmt: skip
            if size:
                kept.append(text[end : tokens[at].start])
                end = tokens[at + size - 1].end
            at += size or 1
        return "".join((*kept, text[end:])).lstrip() if kept else text

    def with_options(self, mention: Mention, text: str) -> Mention:
        """The mention with the options of a clause that names nothing but options ("…, 打包")."""
        tokens = _tokens(text)
        options = self._find_options(tokens, [])
        if not options or sum(end - start for start, end, _ in options) < len(tokens) - 1:
            return mention
        item = mention.item
        more = (self._own_option(item.sku, option) for _, _, option in options)
        return replace(mention, item=replace(item, options=tuple(dict.fromkeys((*item.options, *more)))))

    def _with_details(self, text: str, tokens: list[_Token], spans: list[tuple[int, int, str]]) -> list[Mention]:
        options = self._find_options(tokens, spans)
        found: list[Mention] = []
        for number, (first, last, sku) in enumerate(spans):
            low = spans[number - 1][1] if number else 0
            high = spans[number + 1][0] if number + 1 < len(spans) else len(tokens)
            mine = [
                option
                for start, end, option in options
                if self._belongs(start, end, first, last, low, high, number, spans, options)
            ]
            taken = {i for start, end, _ in options for i in range(start, end)}
            quantity, counted = _quantity([t.text for t in tokens], first, last, low, high, taken)
            chosen = tuple(dict.fromkeys(self._own_option(sku, option) for option in mine))
            start, end = tokens[first].start, tokens[last - 1].end
            item = self._item(sku, text[start:end], quantity, chosen)
            found.append(Mention(item, start, end, counted))
        return found

    def _belongs(
        self,
        start: int,
        end: int,
        first: int,
        last: int,
        low: int,
        high: int,
        number: int,
        spans: object,
        options: object,
    ) -> bool:
        """Before the first item, or right before this one: this one's. Otherwise it is the item's it follows."""
        if end <= first and start >= low:
            return number == 0 or first - end <= 1
        if start >= last and end <= high:
            nearest_next = isinstance(spans, list) and number + 1 < len(spans) and spans[number + 1][0] - end <= 1
            return not nearest_next
        return False

    def _find_options(self, tokens: list[_Token], spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        inside = {i for first, last, _ in spans for i in range(first, last)}
        found: list[tuple[int, int, str]] = []
        at = 0
        while at < len(tokens):
            if at not in inside:
                for option, spelt in self._option_starts.get(tokens[at].text, ()):
                    end = at + len(option)
                    if [t.text for t in tokens[at:end]] == option and inside.isdisjoint(range(at, end)):
                        found.append((at, end, spelt))
                        at = end - 1
                        break
            at += 1
        return found

    def _own_option(self, sku: str, said: str) -> str:
        """The catalogue's spelling of an option where the item has it, the customer's otherwise."""
        own = {fold(option): option for option in self._entries[sku].options}
        if said in own:
            return own[said]
        for group in option_groups():
            if said in group:
                for option in group:
                    if option in own:
                        return own[option]
        return said

    def _item(self, sku: str, said: str, quantity: int, options: tuple[str, ...]) -> FoundItem:
        names = self._entries[sku].names
        language = "zh" if has_cjk(said) else "en"
        return FoundItem(sku, names.get(language) or next(iter(names.values()), sku), quantity, options)

    def _correct(self, word: str) -> str:
        """The catalogue's word for a misspelt one."""
        bare = singular(word)
        if bare in self._vocabulary or len(bare) < _FUZZY_LENGTH:
            return bare
        if bare in self._ordinary or word in self._ordinary:
            return bare
        if bare in self._corrections:
            return self._corrections[bare] or bare
        counts: dict[str, int] = {}
        for pair in _pairs(bare):
            for candidate in self._by_pair.get(pair, ()):
                counts[candidate] = counts.get(candidate, 0) + 1
        best: str | None = None
        likeness = float(_LEAST_LIKENESS)
        for candidate, shared in counts.items():
            if shared * 2 >= len(candidate) - 2 and candidate[0] == bare[0] and len(candidate) >= _FUZZY_LENGTH:
                score = fuzz.ratio(bare, candidate)
                if score >= likeness:
                    best, likeness = candidate, score
        if len(self._corrections) < 20_000:  # a cache of customers' words must not grow for ever
            self._corrections[bare] = best
        return best or bare


def _pairs(word: str) -> Iterable[str]:
    return {word[i : i + 2] for i in range(len(word) - 1)}


def _tokens(text: str) -> list[_Token]:
    return [_Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def _option_table(
    catalogue: Sequence[CatalogueEntry],
) -> tuple[set[str], dict[str, list[tuple[list[str], str]]]]:
    known = {option for group in option_groups() for option in group}
    known |= {fold(option) for entry in catalogue for option in entry.options}
    starts: dict[str, list[tuple[list[str], str]]] = {}
    for option in known:
        tokens = [token.text for token in _tokens(option)]
        if tokens:
            starts.setdefault(tokens[0], []).append((tokens, option))
    for rows in starts.values():
        rows.sort(key=lambda each: -len(each[0]))
    return known, starts


_MOST = 99
_CHINESE_DIGITS = frozenset("一二三四五六七八九十")


def _quantity(tokens: list[str], first: int, last: int, low: int, high: int, taken: set[int]) -> tuple[int, bool]:
    """The number before an item ("two large", 两杯大杯), or "x2" after it."""
    english, chinese = load("en"), load("zh")
    at = first - 1
    while at >= low:
        token = tokens[at]
        if at in taken and token not in english.numbers:
            at -= 1
            continue
        if token in english.units or token in chinese.units or token in {"的", "份", "杯"}:
            at -= 1
            continue
        number = _number(token, english.numbers, chinese.numbers)
        if number is None:
            break
        if token in _CHINESE_DIGITS:
            begin = at
            while begin > low and tokens[begin - 1] in _CHINESE_DIGITS:
                begin -= 1
            number = min(_MOST, max(1, chinese_number("".join(tokens[begin : at + 1])[-3:])))
        return number, True
    if last < high:
        match = re.fullmatch(r"x?(\d{1,2})x?", tokens[last])
        if match and (tokens[last] != match.group(1)):
            return max(1, int(match.group(1))), True
        if tokens[last] in {"x", "×"} and last + 1 < high and tokens[last + 1].isdigit():
            return min(_MOST, max(1, int(tokens[last + 1][:3]))), True
        number = _number(tokens[last], {}, chinese.numbers)
        if number is not None and last + 1 < high and tokens[last + 1] in chinese.units:
            return number, True
    return 1, False


def _number(token: str, *tables: object) -> int | None:
    if token.isdigit() and token.isascii():
        return min(_MOST, max(1, int(token[:3])))
    match = re.fullmatch(r"(\d{1,2})x", token)
    if match:
        return max(1, int(match.group(1)))
    for table in tables:
        if isinstance(table, dict) and token in table:
            return int(table[token])
    return None


def item_text(text: str) -> str:
    """The form of a clause in which items are looked for."""
    return close_up(fold(text))
