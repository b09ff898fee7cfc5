"""Chinese names by their sound: typed in Latin letters ("yanmai natie"), or with characters that sound alike (燕麦那铁)."""

from collections.abc import Mapping, Sequence

from bot import hanzi

from .normalise import has_cjk

_SHORTEST_TYPED = 5  # letters: shorter ones are too often English
_SHORTEST_SAID = 3  # characters: two that sound alike are too often another word
_LONGEST = 12  # characters of a name


class Sounds:
    """`names` are tokens (words, single Chinese characters) → sku; only wholly Chinese ones have a sound here."""

    def __init__(self, names: Mapping[tuple[str, ...], str], ordinary: frozenset[str]) -> None:
        self._typed: dict[str, str | None] = {}
        self._said: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
        self._table = hanzi.syllables()
        self._most = 0
        for name, sku in names.items():
            if not 2 <= len(name) <= _LONGEST or not all(len(one) == 1 and has_cjk(one) for one in name):
                continue
            sound = tuple(self._table.get(one, one) for one in name)
            typed = "".join(sound)
            if len(typed) >= _SHORTEST_TYPED and typed.isascii() and typed not in ordinary:
                self._typed[typed] = sku if self._typed.get(typed, sku) == sku else None
            if len(name) >= _SHORTEST_SAID:
                self._said.setdefault(sound, []).append((name, sku))
        self._most = max(map(len, self._typed), default=0)
        self._typed_starts = {typed[:3] for typed in self._typed}
        self._beginnings = {typed[:size] for typed in self._typed for size in (1, 2, 3)}
        lengths: dict[str, set[int]] = {}
        for sound in self._said:
            lengths.setdefault(sound[0], set()).add(len(sound))
        self._said_lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def begins(self, word: str) -> bool:
        """Whether a name may sound so at its beginning."""
        if word.isascii():
            return word[:3] in self._beginnings
        return self._table.get(word, "") in self._said_lengths

    def match(self, tokens: Sequence[str], at: int) -> tuple[int, str] | None:
        """How many tokens from `at` sound like a name, and whose it is."""
        first = tokens[at]
        if first.isascii():
            return self._match_typed(tokens, at) if first.isalpha() else None
        lengths = self._said_lengths.get(self._table.get(first, ""))
        return self._match_said(tokens, at, lengths) if lengths else None

    def _match_typed(self, tokens: Sequence[str], at: int) -> tuple[int, str] | None:
        typed, best = "", None
        for end in range(at, len(tokens)):
            token = tokens[end]
            if not (token.isascii() and token.isalpha()) or len(typed) + len(token) > self._most:
                break
            typed += token
            if len(typed) >= 3 and typed[:3] not in self._typed_starts:
                break
            sku = self._typed.get(typed)
            if sku is not None:
                best = (end + 1 - at, sku)
        return best

    def _match_said(self, tokens: Sequence[str], at: int, lengths: Sequence[int]) -> tuple[int, str] | None:
        for length in lengths:
            said = tuple(tokens[at : at + length])
            if len(said) < length:
                continue
            rows = self._said.get(tuple(self._table.get(one, one) for one in said))
            for name, sku in rows or ():
                if 2 * sum(a == b for a, b in zip(name, said, strict=True)) >= length:
                    return length, sku
        return None
