"""Options of an order ("large", 少糖): found in tokens with typos forgiven, and named in the customer's language."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from .lexicon import LANGUAGES, load, option_kinds, read
from .normalise import fold, has_cjk
from .spelling import Speller
from .things import singular
from .tokens import split_words

Found = tuple[int, int, str]  # from which token to which, and the option
_TO_GO = "place"  # the kind that is said once for everything
_LONGEST_FOOD = 5  # characters
_REMEMBERED = 20_000  # words
_TAKE, _OUT = frozenset({"take", "leave", "keep"}), frozenset({"out", "off", "away"})  # "take the sugar out"
_THE = frozenset({"the", "that", "my", "any"})


@lru_cache(maxsize=1)
def known_options() -> dict[str, tuple[str, int]]:
    """Option → its kind, and its row there."""
    return {
        option: (kind, row)
        for kind, groups in option_kinds().items()
        for row, group in enumerate(groups)
        for option in group
    }


def option_name(option: str, language: str) -> str:
    """What an option is called in this language; as it stands where we do not know it."""
    known = known_options().get(fold(option))
    if known is not None:
        group = option_kinds()[known[0]][known[1]]
        return next((one for one in group if has_cjk(one) == (language == "zh")), option)
    refused = _refused(option)
    return option if refused is None else read(language, "orders")["without"].format(option_name(refused, language))


def _refused(option: str) -> str | None:
    """What "no cinnamon" and 不要肉桂 do without."""
    for language in LANGUAGES:
        before, after = read(language, "orders")["without"].split("{}")
        if option.startswith(before) and option.endswith(after) and option != before:
            return option[len(before) :]
    return None


def same_option(one: str, other: str) -> bool:
    return one == other or _row(one) == _row(other) is not None


def excludes(one: str, other: str) -> bool:
    """Whether the two cannot both be: two sizes, or a thing and its refusal."""
    row, beside = _row(one), _row(other)
    if row is None or beside is None:
        refused = _refused(one) if beside else _refused(other)
        return refused is not None and (same_option(refused, other) or same_option(refused, one))
    return row[0] == beside[0] and row != beside and not row[0].startswith("and ")


def fits(own: Iterable[str], option: str) -> bool:
    """Whether an item with these options of its own comes with such a choice."""
    kind = (_row(_refused(option) or option) or ("", 0))[0]
    return any(same_option(option, one) or (kind and kind == (_row(one) or ("", 0))[0]) for one in own)


def is_for_all(option: str) -> bool:
    """ "To go" is said of the whole order."""
    row = _row(option)
    return row is not None and row[0] == _TO_GO


def _row(option: str) -> tuple[str, int] | None:
    return known_options().get(fold(option))


def combine(options: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    """Later words hold: "make it small" takes the place of "large"."""
    kept = list(options)
    for option in more:
        kept = [one for one in kept if not (same_option(one, option) or excludes(one, option))]
        kept.append(option)
    return tuple(kept)


class OptionReader:
    """`own`: options of the catalogue beside the general ones."""

    def __init__(self, own: Iterable[str]) -> None:
        self._starts: dict[str, list[tuple[list[str], str]]] = {}
        words: set[str] = set()
        for option in {*known_options(), *map(fold, own)}:
            tokens = [singular(word) for word in split_words(option)]
            if tokens:
                self._starts.setdefault(tokens[0], []).append((tokens, option))
                words.update(token for token in tokens if token.isascii())
        for rows in self._starts.values():
            rows.sort(key=lambda each: (-len(each[0]), each[1]))
        foods = {language: {*load(language).tastes, *load(language).allergens} for language in LANGUAGES}
        self._foods = frozenset(singular(word) for word in foods["en"] if " " not in word)
        self._foods_zh = frozenset(foods["zh"])
        self._spell = lru_cache(_REMEMBERED)(self._spelt)
        self._speller = Speller(words, load("en").tastes | frozenset(load("en").numbers), shortest=4)
        nots = [[*split_words(each)] for each in (*read("en", "orders")["not"], *read("zh", "orders")["not"])]  # fmt: skip
        self._nots = sorted(nots, key=lambda each: (-len(each), each))
        self._not_starts = frozenset(each[0] for each in nots) | _TAKE

    def find(self, tokens: Sequence[str], inside: frozenset[int] = frozenset()) -> list[Found]:
        """Options outside the tokens `inside` items; what is refused is an option too ("no oat milk")."""
        spelt = [token if at in inside else self._spell(token) for at, token in enumerate(tokens)]
        found: list[Found] = []
        if self._starts.keys().isdisjoint(spelt) and self._not_starts.isdisjoint(tokens):
            return found
        at = 0
        while at < len(tokens):
            one = None if at in inside else self._at(spelt, at, inside) or self._refusal(tokens, spelt, at, inside)
            if one is not None:
                found.append(one)
            at = one[1] if one else at + 1
        return found

    def size_at(self, tokens: Sequence[str], at: int) -> int:
        """Of how many tokens the option is that begins here, where it has more than one."""
        for option, _ in self._starts.get(singular(tokens[at]), ()):
            if len(option) > 1 and [singular(one) for one in tokens[at : at + len(option)]] == option:
                return len(option)
        return 0

    def _spelt(self, token: str) -> str:
        return self._speller.correct(token) if token.isascii() and len(token) > 3 else singular(token)

    def _at(self, spelt: list[str], at: int, inside: frozenset[int]) -> Found | None:
        for option, said in self._starts.get(spelt[at], ()):
            end = at + len(option)
            if spelt[at:end] == option and inside.isdisjoint(range(at, end)):
                return at, end, said
        return None

    def _refusal(self, tokens: Sequence[str], spelt: list[str], at: int, inside: frozenset[int]) -> Found | None:
        if tokens[at] not in self._not_starts:
            return None
        for words in self._nots:
            if list(tokens[at : at + len(words)]) == words:
                refused = self._thing(tokens, spelt, at + len(words), inside)
                if refused is not None:
                    return at, refused[1], _no(refused[2])
        if tokens[at] in _TAKE:
            taken = self._thing(tokens, spelt, at + 1, inside)
            if taken is not None and taken[1] < len(tokens) and tokens[taken[1]] in _OUT:
                return at, taken[1] + 1, _no(taken[2])
        return None

    def _thing(self, tokens: Sequence[str], spelt: list[str], start: int, inside: frozenset[int]) -> Found | None:
        """The option or food that begins here, or after "the"."""
        start += start < len(tokens) and tokens[start] in _THE
        if start >= len(tokens) or start in inside:
            return None
        option = self._at(spelt, start, inside)
        if option is not None:
            return option
        end = self._food_end(tokens, spelt, start, inside)
        return (start, end, _joined(tokens[start:end])) if end else None

    def _food_end(self, tokens: Sequence[str], spelt: list[str], start: int, inside: frozenset[int]) -> int:
        if not has_cjk(tokens[start]):
            return start + 1 if spelt[start] in self._foods else 0
        for end in range(min(len(tokens), start + _LONGEST_FOOD), start, -1):
            if inside.isdisjoint(range(start, end)) and "".join(tokens[start:end]) in self._foods_zh:
                return end
        return 0


def _joined(tokens: Sequence[str]) -> str:
    return "".join(tokens) if has_cjk(tokens[0]) else " ".join(tokens)


def _no(option: str) -> str:
    return str(read("zh" if has_cjk(option) else "en", "orders")["without"]).format(option)
