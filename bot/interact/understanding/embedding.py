"""English words as vectors: a sentence is the mean of its pieces. Loaded when first asked for, about 12 MB.

The vectors are distilled from a sentence encoder, so that a mean comes near to what the encoder makes of the whole
sentence: `bench/understanding/distil.py` makes them, THIRD_PARTY.md says from what.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_PIECES = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")
_LONGEST_WORD = 40  # characters; more is no word
_MOST_PIECES = 128
_REMEMBERED = 20_000  # words


class Embedding:
    """Vectors of word pieces: whole words, and `##` pieces that go on with a word."""

    def __init__(self) -> None:
        import numpy as np

        with resources.as_file(resources.files(__package__) / "embedding_en.npz") as path, np.load(path) as stored:
            self._vectors, self._scales = stored["vectors"], stored["scales"][:, None]
            words = stored["words"].tobytes().decode("utf-8").split("\n")
        self._places = {word: place for place, word in enumerate(words)}
        self._unknown = self._places["[UNK]"]
        self._pieces = lru_cache(_REMEMBERED)(self._split)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, 256) float32, of length 1; all zero for a text without a known piece."""
        import numpy as np

        found = np.zeros((len(texts), self._vectors.shape[1]), dtype=np.float32)
        for row, text in enumerate(texts):
            pieces = self._read(text)
            if pieces:
                found[row] = (self._vectors.take(pieces, axis=0) * self._scales.take(pieces, axis=0)).mean(axis=0)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: np.ndarray = found / np.where(lengths > 0, lengths, 1)
        return unit

    def _read(self, text: str) -> list[int]:
        folded = text.lower()
        if not folded.isascii():
            folded = "".join(
                sign for sign in unicodedata.normalize("NFD", folded) if unicodedata.category(sign) != "Mn"
            )
        pieces: list[int] = []
        for word in _PIECES.findall(folded):
            pieces += self._pieces(word)
            if len(pieces) >= _MOST_PIECES:
                break
        return pieces[:_MOST_PIECES]

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest known beginnings, one after the other; one unknown where that does not work out."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                place = self._places.get(("##" if start else "") + word[start:end])
                if place is not None:
                    break
            else:
                return (self._unknown,)
            pieces.append(place)
            start = end
        return tuple(pieces)


@lru_cache(maxsize=1)
def load_embedding() -> Embedding:
    return Embedding()
