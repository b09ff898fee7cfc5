"""Misspelt words of a vocabulary, put right. Fast with a hundred thousand words."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

from .things import singular

_LEAST_LIKENESS = 82  # one wrong letter in six, or two swapped
_FUZZY_LENGTH = 5  # shorter words are too near one another
_LONGEST = 24  # letters
_REMEMBERED = 20_000  # words: few are most of what is said


class Speller:
    """A misspelt word shares its first three letters, its last three, or all of them in another order."""

    def __init__(self, vocabulary: Iterable[str], ordinary: frozenset[str], shortest: int = _FUZZY_LENGTH) -> None:
        """`ordinary` words are never corrected; words said of fewer letters than `shortest` neither."""
        self._known = frozenset(vocabulary)
        self._ordinary = ordinary
        self._shortest = shortest
        self._near: dict[str, list[str]] = {}
        for word in self._known:
            if _FUZZY_LENGTH <= len(word) <= _LONGEST and word.isascii():
                for key in _keys(word, len(word)):
                    self._near.setdefault(key, []).append(word)

        self.correct: Callable[[str], str] = lru_cache(_REMEMBERED)(self._correct)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def _correct(self, word: str) -> str:
        """The vocabulary's word for a misspelt one; its singular where there is none."""
        bare = singular(word)
        if bare in self._known or not self._shortest <= len(bare) <= _LONGEST or not bare.isascii():
            return bare
        if bare in self._ordinary or word in self._ordinary:
            return bare
        likely = {
            near
            for length in range(len(bare) - 2, len(bare) + 3)
            for key in _keys(bare, length)
            for near in self._near.get(key, ())
            if near[0] == bare[0]
        }
        best = process.extractOne(bare, sorted(likely), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
        return best[0] if best else bare


def _keys(word: str, length: int) -> tuple[str, ...]:
    around = (f"{word[:3]}_{length}", f"_{word[-3:]}{length}")
    return (*around, "".join(sorted(word))) if length == len(word) else around
