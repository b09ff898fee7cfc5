"""From a segment as it is written to a checked condition.

    tier in [A, B] and likes("oat milk") and last_order > 30 days and not open_complaint

`or` binds least, then `and`, then `not`; brackets group. Everything is checked when it is read: words, values, units.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.config.values import nearest
from bot.differentiate.segment_words import (
    AGO,
    AHEAD,
    CHOICE,
    FLAG,
    GRAMMAR,
    MONEY,
    SHARE,
    TEXT,
    UNITS,
    WORDS,
    Word,
    show_use,
)
from bot.errors import RegularsError
from storage.conditions import AllOf, AnyOf, Compare, Condition, Holds, Not, Value

LONGEST = 1000  # characters
LARGEST = 1e15  # what is more than any sum is this
DEEPEST = 30  # brackets and `not` within one another
FindItems = Callable[[str], tuple[Sequence[str], str | None]]
"""From a text to the skus it names, and where it names none, the nearest name there is."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|“[^”]*”|'[^']*')|(?P<number>\d+(?:\.\d+)?\s*%?)|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<sign><=|>=|!=|==|[<>=()\[\],]))"""
)
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")


class SegmentWrong(RegularsError):
    """What was written cannot be read. `why` names what is wrong: word, value, unit, expected, end, item, long, deep.

    `position` counts characters from 1; `found` is what stands there; `near` the nearest right one, if there is one;
    `accepted` what could stand there.
    """

    exit_status = 2

    def __init__(
        self, text: str, position: int, why: str, found: str, near: str | None = None, accepted: Sequence[str] = ()
    ) -> None:
        self.text, self.position, self.why, self.found = text, position, why, found
        self.near, self.accepted = near, tuple(accepted)
        super().__init__(why)

    def __str__(self) -> str:
        hint = f"; did you mean {self.near}?" if self.near else ""
        accepted = f"; accepted: {', '.join(self.accepted)}" if self.accepted and not self.near else ""
        said = f"position {self.position}: {_SAYS[self.why].format(found=self.found)}{hint}{accepted}"
        return f"{said}\n  {self.text}\n  {' ' * (self.position - 1)}^"


_SAYS = {
    "word": "{found!r} is no word of segments", "value": "{found!r} is not accepted here",
    "unit": "{found!r} is no unit of time", "expected": "{found!r} cannot stand here", "end": "something is missing here",
    "item": "{found!r} names nothing in the catalogue", "long": "it is too long: at most 1,000 characters",
    "deep": "too many brackets within one another",
}  # fmt: skip


def read_condition(text: str, find_items: FindItems, *, scale: int = 100) -> Condition:
    """The condition of a segment. `scale`: minor units in one of the currency. Raises SegmentWrong."""
    return _Reader(text, find_items, scale).read()


class _Token(NamedTuple):
    kind: str  # text, number, word, sign, end
    value: str
    position: int


class _Reader:
    def __init__(self, text: str, find_items: FindItems, scale: int) -> None:
        self.text, self.find_items, self.scale = text, find_items, scale
        if len(text) > LONGEST:
            raise SegmentWrong(text[:60] + "…", 1, "long", "")
        self.tokens = list(self._cut())
        self.at = self.depth = 0

    def _cut(self) -> list[_Token]:
        found, at = [], 0
        while self.text[at:].strip():
            match = _TOKEN.match(self.text, at)
            if match is None:
                start = at + len(self.text[at:]) - len(self.text[at:].lstrip())
                raise SegmentWrong(self.text, start + 1, "expected", self.text[start])
            kind = str(match.lastgroup)
            found.append(_Token(kind, match[kind], match.start(kind) + 1))
            at = match.end()
        return [*found, _Token("end", "", len(self.text.rstrip()) + 1)]

    # -- and, or, not ----------------------------------------------------------------------------------------------

    def read(self) -> Condition:
        condition = self._read_or()
        if self._next.kind != "end":
            raise self._wrong("expected", accepted=("and", "or"))
        return condition

    def _read_or(self) -> Condition:
        parts = [self._read_and()]
        while self._take_word("or"):
            parts.append(self._read_and())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _read_and(self) -> Condition:
        parts = [self._read_not()]
        while self._take_word("and"):
            parts.append(self._read_not())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _read_not(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._wrong("deep")
        if self._take_word("not"):
            condition: Condition = Not(self._read_not())
        elif self._take_sign("("):
            condition = self._read_or()
            self._expect(")")
        else:
            condition = self._read_word()
        self.depth -= 1
        return condition

    # -- one word --------------------------------------------------------------------------------------------------

    def _read_word(self) -> Condition:
        token = self._next
        if token.kind != "word" or token.value in GRAMMAR:
            raise self._wrong(
                "end" if token.kind == "end" else "expected", accepted=("a word such as tier", "not", "(")
            )
        name = token.value
        if name not in WORDS:
            raise self._wrong("word", near=nearest(name, WORDS), accepted=tuple(WORDS))
        self.at += 1
        word = WORDS[name]
        text, skus, within, share = self._read_arguments(name, word)
        if word.kind == FLAG:
            return Holds(name, text, skus, within, share)
        return self._read_comparison(name, word, within)

    def _read_arguments(self, name: str, word: Word) -> tuple[str, tuple[str, ...], timedelta | None, float | None]:
        if not word.asks:
            return "", (), None, None
        self._expect("(", accepted=(show_use(name),))
        if word.asks == "span":
            span = self._read_span()
            self._expect(")")
            return "", (), span, None
        token = self._next
        text = self._read_text(show_use(name))
        skus, near = self.find_items(text)
        if word.asks == "item" and not skus:
            raise SegmentWrong(self.text, token.position + 1, "item", text, near)  # after the quote
        within = self._read_span() if word.within and self._take_sign(",") else None
        share = self._read_top(name) if word.top and self._take_sign(",") else word.top
        self._expect(")")
        return text.lower() if word.asks == "text" and name != "tagged" else text, tuple(skus), within, share

    def _read_top(self, name: str) -> float:
        share = self._read_number(show_use(name), percent=True)
        if not 0 < share <= 1:
            self.at -= 1
            raise self._wrong("value", accepted=("a share, as in 20 %",))
        return share

    def _read_comparison(self, name: str, word: Word, within: timedelta | None) -> Condition:
        token = self._next
        turned = self._take_word("not")
        if turned or (token.kind == "word" and token.value == "in"):
            if word.kind not in (CHOICE, TEXT) or not self._take_word("in"):
                raise self._wrong("expected", accepted=(show_use(name),))
            listed = Compare(name, "in", self._read_list(name, word), within)
            return Not(listed) if turned else listed
        sign = "=" if token.value == "==" else token.value
        allowed = _SIGNS[:2] if word.kind in (CHOICE, TEXT) else _SIGNS[2:] if word.kind in (AGO, AHEAD) else _SIGNS
        allowed = ("<", "<=") if word.kind == AHEAD else allowed
        if token.kind != "sign" or sign not in allowed:
            raise self._wrong(
                "end" if token.kind == "end" else "expected", accepted=(*allowed, f"as in {show_use(name)}")
            )
        self.at += 1
        return Compare(name, sign, self._read_value(name, word), within)

    def _read_list(self, name: str, word: Word) -> tuple[str, ...]:
        self._expect("[", accepted=(show_use(name),))
        values = [str(self._read_value(name, word))]
        while self._take_sign(","):
            values.append(str(self._read_value(name, word)))
        self._expect("]", accepted=(",", "]"))
        return tuple(values)

    # -- values ----------------------------------------------------------------------------------------------------

    def _read_value(self, name: str, word: Word) -> Value:
        if word.kind == CHOICE:
            return self._read_choice(word)
        if word.kind == TEXT:
            return self._read_text(show_use(name)).lower()
        if word.kind in (AGO, AHEAD):
            return self._read_span()
        number = self._read_number(show_use(name), percent=word.kind == SHARE)
        return round(number * self.scale) if word.kind == MONEY else number

    def _read_choice(self, word: Word) -> str:
        token = self._next
        given = token.value.strip("\"'“”")
        found = next((one for one in word.accepted if one.casefold() == given.casefold()), None)
        if token.kind not in ("word", "text") or found is None:
            raise self._wrong("end" if token.kind == "end" else "value", accepted=word.accepted)
        self.at += 1
        return found

    def _read_text(self, use: str) -> str:
        token = self._next
        if token.kind != "text" or not token.value[1:-1].strip():
            raise self._wrong(
                "end" if token.kind == "end" else "expected", accepted=(f"a text in quotes, as in {use}",)
            )
        self.at += 1
        return token.value[1:-1].strip()

    def _read_number(self, use: str, *, percent: bool = False) -> float:
        token = self._next
        if token.kind != "number" or (token.value.endswith("%") and not percent):
            raise self._wrong("end" if token.kind == "end" else "value", accepted=(f"a number, as in {use}",))
        self.at += 1
        number = min(float(token.value.rstrip("% ")), LARGEST)
        return number / 100 if token.value.endswith("%") else number

    def _read_span(self) -> timedelta:
        count = self._read_number("30 days")
        unit = self._next
        known = UNITS.get(unit.value.removesuffix("s"))
        if unit.kind != "word" or known is None:
            plural = [f"{one}s" for one in UNITS]
            raise self._wrong(
                "end" if unit.kind == "end" else "unit", near=nearest(unit.value, plural), accepted=plural
            )
        self.at += 1
        return min(known * min(count, 1e6), timedelta(days=36_500))

    # -- tokens ----------------------------------------------------------------------------------------------------

    @property
    def _next(self) -> _Token:
        return self.tokens[self.at]

    def _take_word(self, word: str) -> bool:
        return self._take("word", word)

    def _take_sign(self, sign: str) -> bool:
        return self._take("sign", sign)

    def _take(self, kind: str, value: str) -> bool:
        if self._next.kind == kind and self._next.value == value:
            self.at += 1
            return True
        return False

    def _expect(self, sign: str, accepted: Sequence[str] = ()) -> None:
        if not self._take_sign(sign):
            raise self._wrong("end" if self._next.kind == "end" else "expected", accepted=accepted or (sign,))

    def _wrong(self, why: str, near: str | None = None, accepted: Sequence[str] = ()) -> SegmentWrong:
        token = self._next
        return SegmentWrong(self.text, token.position, why, token.value, near, accepted)
