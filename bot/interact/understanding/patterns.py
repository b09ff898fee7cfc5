"""The phrase language of the lexicon files, compiled. `lexicon/README.md` is its manual.

A phrase becomes one bounded regular expression and a set of *anchors*: words (Chinese: pairs of characters) one of
which every match must hold. Only phrases whose anchor occurs in a clause are tried on it.
"""

# ruff: noqa: SIM905 - word lists read better as text

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .normalise import fold, has_cjk, words

Payload = TypeVar("Payload")

# A free slot holds this much and no more: it bounds the work of a search, and nobody names a taste in twenty words.
_SLOT = {"en": r"(?:\S+ ){1,%d}", "zh": r"[^，。,.!?！？]{1,%d}"}
_SLOT_SIZE = {"en": 12, "zh": 24}
_GAP = {"en": r"(?:\S+ ){0,3}?", "zh": r".{0,6}?"}
_PIECE = re.compile(r"\{(\w+)\}|([()\[\]|^$*])|([^(){}\[\]|^$*]+)")
# Words too common to be an anchor while a phrase has a better one.
_COMMON = frozenset(
    "i a an the to is am are was were be do does not my me you your it this that of for in on at and or have has had "
    "can could would will with please we our so 我 的".split()
)


class PhraseError(ValueError):
    """A phrase that cannot be compiled: `phrase` is the text, `problem` what is wrong with it."""

    def __init__(self, phrase: str, problem: str) -> None:
        super().__init__(f"{phrase!r}: {problem}")
        self.phrase = phrase
        self.problem = problem


@dataclass(slots=True)
class _Part:
    regex: str
    anchors: frozenset[str] | None  # None: this part may match without any known word


@dataclass(slots=True)
class _Compiler:
    phrase: str
    script: str
    vocabularies: Mapping[str, str]
    anchors: Mapping[str, frozenset[str]]
    pieces: list[tuple[str, str]] = field(init=False)
    at: int = 0
    named: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.pieces = []
        for slot, sign, literal in _PIECE.findall(self.phrase):
            self.pieces.append(("slot", slot) if slot else ("sign", sign) if sign else ("text", literal))

    def compile(self) -> _Part:
        part = self._alternatives(closing="")
        if self.at != len(self.pieces):
            raise PhraseError(self.phrase, f"{self.pieces[self.at][1]!r} was not opened")
        return part

    def _alternatives(self, closing: str) -> _Part:
        found = [self._sequence(last=not closing)]
        while self.at < len(self.pieces) and self.pieces[self.at] == ("sign", "|"):
            self.at += 1
            found.append(self._sequence(last=not closing))
        if closing:
            if self.at >= len(self.pieces) or self.pieces[self.at] != ("sign", closing):
                raise PhraseError(self.phrase, f"{closing!r} is missing")
            self.at += 1
        if len(found) == 1:
            return found[0]
        anchors = [part.anchors for part in found]
        union = None if None in anchors else frozenset().union(*(each for each in anchors if each))
        return _Part("(?:" + "|".join(part.regex for part in found) + ")", union)

    def _sequence(self, last: bool) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.pieces):
            kind, value = self.pieces[self.at]
            if kind == "sign" and value in "|)]":
                break
            self.at += 1
            parts.append(self._part(kind, value, end=last and self.at == len(self.pieces)))
        return _Part("".join(part.regex for part in parts), _best([part.anchors for part in parts]))

    def _part(self, kind: str, value: str, end: bool) -> _Part:
        if kind == "text":
            return self._literal(value)
        if kind == "slot":
            if value in self.vocabularies:
                name = "(?:" if value in self.named else f"(?P<{value}>"  # a group has its name once
                self.named.add(value)
                return _Part(f"{name}{self.vocabularies[value]})", self.anchors.get(value))
            body = _SLOT[self.script] % _SLOT_SIZE[self.script]
            # At the end of a phrase a slot takes all there is; before more words, as little as will do.
            return _Part(f"(?P<{value}>{body})$" if end else f"(?P<{value}>{body}?)", None)
        if value == "(":
            inner = self._alternatives(")")
            return _Part(f"(?:{inner.regex})", inner.anchors)
        if value == "[":
            inner = self._alternatives("]")
            return _Part(f"(?:{inner.regex})?", None)
        return _Part({"^": "^", "$": "$", "*": _GAP[self.script]}[value], None)

    def _literal(self, text: str) -> _Part:
        if self.script == "en":
            return _Part("".join(re.escape(word) + " " for word in words(fold(text))), _anchor(text, "en"))
        return _Part(re.escape("".join(fold(text).split())), _anchor(text, "zh"))


def _anchor(text: str, script: str) -> frozenset[str] | None:
    """The word (Chinese: the pair of characters) that a literal is found by."""
    if script == "en":
        found = words(fold(text))
        return frozenset([min(found, key=_rank)]) if found else None
    text = "".join(fold(text).split())
    return frozenset([text[-2:]]) if text else None


def _rank(word: str) -> tuple[bool, int]:
    return word in _COMMON, -len(word)


def _best(found: list[frozenset[str] | None]) -> frozenset[str] | None:
    """The anchors of the rarest part: fewest common words first, then fewest alternatives."""
    known = [each for each in found if each]
    if not known:
        return None
    return min(known, key=lambda each: (sum(w in _COMMON for w in each) > 0, len(each), -max(map(len, each))))


def vocabulary_regex(phrases: list[str], script: str) -> str:
    """An alternation for `{name}` slots, longest first."""
    if script == "en":
        spelt = {"".join(word + " " for word in words(fold(phrase))) for phrase in phrases if not has_cjk(phrase)}
    else:
        spelt = {"".join(fold(phrase).split()) if has_cjk(phrase) else fold(phrase) for phrase in phrases}
    return "|".join(re.escape(each) for each in sorted(spelt - {""}, key=lambda each: (-len(each), each)))


def _begins(phrase: str) -> bool:
    """Whether every reading of the phrase begins with ^."""
    open_groups = itertools.accumulate({"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0) for sign in phrase)
    choices = any(sign == "|" and not depth for sign, depth in zip(phrase, open_groups, strict=True))
    return phrase.lstrip().startswith("^") and not choices


class PatternSet(Generic[Payload]):
    """Phrases of one script, each with what it stands for."""

    def __init__(
        self, script: str, vocabularies: Mapping[str, list[str]], forms: Mapping[str, str] | None = None
    ) -> None:
        """`forms` are slots given as regular expressions."""
        self._script = script
        self._vocabularies = {name: vocabulary_regex(phrases, script) for name, phrases in vocabularies.items()}
        self._anchors = {
            name: frozenset().union(*(_anchor(phrase, script) or () for phrase in phrases))
            for name, phrases in vocabularies.items()
        }
        self._vocabularies.update(forms or {})
        self._phrases: list[tuple[Callable[[str], re.Match[str] | None], Payload]] = []
        self._sources: dict[re.Pattern[str], str] = {}
        self._by_anchor: dict[str, list[int]] = {}
        self._everywhere: list[int] = []

    def add(self, phrase: str, payload: Payload) -> None:
        part = _Compiler(phrase, self._script, self._vocabularies, self._anchors).compile()
        boundary = r"(?<!\S)" if self._script == "en" else ""
        number = len(self._phrases)
        regex = re.compile(boundary + part.regex)
        # One that begins with the clause need not be looked for anywhere else in it.
        self._phrases.append((regex.match if _begins(phrase) else regex.search, payload))
        self._sources[regex] = phrase
        if part.anchors is None:
            self._everywhere.append(number)
        for anchor in part.anchors or ():
            self._by_anchor.setdefault(anchor, []).append(number)

    def source(self, match: re.Match[str]) -> str | None:
        """The phrase, as written, that this match is of."""
        return self._sources.get(match.re)

    def search(self, text: str, found: list[str]) -> Iterator[tuple[Payload, re.Match[str]]]:
        """Every phrase that occurs, in the order they were added. `found` are the clause's possible anchors."""
        by_anchor = self._by_anchor
        numbers = set(self._everywhere)
        for anchor in found:
            if anchor in by_anchor:
                numbers.update(by_anchor[anchor])
        for number in sorted(numbers):
            find, payload = self._phrases[number]
            match = find(text)
            if match is not None:
                yield payload, match
