"""Text as buckets of hashed n-grams: what the linear models of feedback see. Training and reading use the same code."""

# ruff: noqa: SIM905 - word lists read better as text

from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

BITS = 18
_MASK = (1 << BITS) - 1
_NEGATES = frozenset("not no never nothing nobody none hardly barely without neither nor".split())
_TURNS = frozenset("but although though however".split())
_SCOPE = 4  # words a negation reaches
_ENDINGS = ("ingly", "edly", "ness", "ment", "ing", "ies", "ied", "ed", "ly", "es", "s")
_NEAR, _MIDDLE = 3, 6  # words from what is judged
LONGEST = 600  # words or characters read of one text


def buckets(grams: Iterable[str]) -> list[int]:
    """In order, each once: sums of floats do not depend on the order of a set."""
    return sorted({crc32(gram.encode()) & _MASK for gram in grams})


def bucket(gram: str) -> int:
    return crc32(gram.encode()) & _MASK


def english(found: Sequence[str]) -> list[str]:
    """Words, marked where denied; their stems; pairs and triples."""
    found = found[:LONGEST]
    marked = mark(found)
    grams = [*marked, *map(_stemmed, marked)]
    grams += [f"{a} {b}" for a, b in pairwise(found)]
    grams += [f"{a} {b} {c}" for a, b, c in zip(found, found[1:], found[2:], strict=False)]
    return grams


def chinese(text: str) -> list[str]:
    text = text[:LONGEST]
    return [text[at : at + size] for size in (1, 2, 3, 4) for at in range(len(text) - size + 1)]


def around(found: Sequence[str], head: int, aspect: str) -> list[str]:
    """What is said of one aspect: words and pairs by how far they stand from `head`, the word that names it."""
    found = found[:LONGEST]
    marked = mark(found)
    same = _same_part(found, head)
    grams = [f"aspect {aspect}", f"head {found[head]}"]
    for at, word in enumerate(marked):
        away = abs(at - head)
        ring = "near" if away <= _NEAR else "middle" if away <= _MIDDLE else "far"
        grams += [word, f"{aspect} {word}", f"{ring}|{word}", f"{aspect} {ring}|{word}"]
        grams.append(f"{'same' if same[at] else 'else'}|{word}")
        if away < _MIDDLE:
            grams.append(f"{at - head}|{word}")
        if at + 1 < len(marked):
            pair = f"{word} {marked[at + 1]}"
            grams += [pair, f"{ring}|{pair}"]
    return grams


def mark(found: Sequence[str]) -> list[str]:
    """not very good → not !very !good."""
    marked = []
    left = 0
    for word in found:
        if word in _NEGATES:
            left = _SCOPE
            marked.append(word)
            continue
        if word in _TURNS:
            left = 0
        marked.append(f"!{word}" if left > 0 else word)
        left -= 1
    return marked


def stem_of(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _stemmed(word: str) -> str:
    return f"!~{stem_of(word[1:])}" if word.startswith("!") else f"~{stem_of(word)}"


_JOINTS = frozenset("but although though however while yet and which because".split())


def _same_part(found: Sequence[str], head: int) -> list[bool]:
    part = 0
    parts = []
    for word in found:
        part += word in _JOINTS
        parts.append(part)
    return [one == parts[head] for one in parts]
