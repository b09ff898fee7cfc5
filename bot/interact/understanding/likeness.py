"""How like is a question to each known one? Weighted overlap of words and letter groups picks candidates, RapidFuzz decides."""

# ruff: noqa: SIM905 - word lists read better as text

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from .knowledge import FaqPhrasing
from .lexicon import load
from .normalise import fold, has_cjk, words
from .result import FaqMatch
from .things import singular

_NEARLY_THE_SAME = 0.85  # of letters: then spelling is all that differs
_CANDIDATES = 6
_ANSWERS = 2
_REMEMBERED = 20_000  # words: few are most of what is said
_EMPTY = frozenset(
    "a an the is are am do does did you your i my me we to of for it in on at have has can could would please what how when "
    "where which there any be will with and or that this tell know want like get so hi hello hey".split()
)
_EMPTY_ZH = frozenset(
    "的 了 吗 呢 啊 呀 吧 请 问 我 你 们 您 是 有 在 么 嘛 哦 想 要 可 以 能 会 一 下 这 那 家 店".split()
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class Likeness:
    """Of a question to the phrasings of an FAQ."""

    def __init__(self, faq: Sequence[FaqPhrasing]) -> None:
        self._faq = [(phrasing.name, form(phrasing.question)) for phrasing in faq]
        features = [_features(question) for _, question in self._faq]
        # What is rare among *answers* tells them apart; phrasings of one answer share their words on purpose.
        by_name: dict[str, set[str]] = {}
        for (name, _), each in zip(self._faq, features, strict=True):
            by_name.setdefault(name, set()).update(each)
        documents = Counter(feature for each in by_name.values() for feature in each)
        total = max(1, len(by_name))
        self._weight = {feature: math.log(1 + total / count) for feature, count in documents.items()}
        self._rare = math.log(1 + total)
        weights = [self._weigh(each) for each in features]
        self._norms = [_norm(each) for each in weights]
        self._rows: dict[str, list[tuple[int, float]]] = {}
        for number, row in enumerate(weights):
            for feature, weight in row.items():
                self._rows.setdefault(feature, []).append((number, weight))

    def _weigh(self, features: Counter[str]) -> dict[str, float]:
        weight, rare = self._weight, self._rare
        return {feature: count * weight.get(feature, rare) for feature, count in features.items()}

    def rank(self, said: str) -> list[FaqMatch]:
        """The two best answers that have something in common with it, best first. `said` is a `form`."""
        weights = self._weigh(_features(said))
        scores: dict[int, float] = {}
        for feature, weight in weights.items():
            for number, other in self._rows.get(feature, ()):
                scores[number] = scores.get(number, 0.0) + weight * other
        if not scores:
            return []
        norm, norms = _norm(weights), self._norms
        ranked = sorted(
            [(-score / norms[number], place, number) for place, (number, score) in enumerate(scores.items())]
        )
        best: dict[str, float] = {}
        for _, _, number in ranked[:_CANDIDATES]:
            name, question = self._faq[number]
            score = self._score(said, question, scores[number] / (norms[number] * norm))
            best[name] = max(score, best.get(name, 0.0))
        answers = sorted(best.items(), key=lambda answer: -answer[1])
        return [FaqMatch(*answer) for answer in answers[:_ANSWERS]]

    @staticmethod
    def _score(said: str, question: str, cosine: float) -> float:
        if said == question:
            return 1.0
        likeness = (fuzz.token_sort_ratio if said.isascii() else fuzz.ratio)(said, question) / 100
        return min(0.99, max(cosine, likeness if likeness >= _NEARLY_THE_SAME else 0.0))


def _norm(weights: Mapping[str, float]) -> float:
    return math.sqrt(sum([weight**2 for weight in weights.values()])) or 1.0


def form(text: str) -> str:
    """The words of a question, or its signs, those that mean the same here made one."""
    folded = fold(text)
    if not has_cjk(text):
        alike = load("en").alike
        return " ".join(alike.get(word, word) for word in words(folded))
    closed = "".join(folded.split()).strip("?？!！。.~")
    return _alike_zh().sub(lambda match: load("zh").alike[match.group()], closed)


@lru_cache(maxsize=1)
def _alike_zh() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, load("zh").alike), key=lambda each: (-len(each), each))))


def _features(said: str) -> Counter[str]:
    if _CHINESE.search(said):
        signs = [sign for sign in said if sign.isalnum()]
        return Counter([*map("".join, itertools.pairwise(signs)), *[one for one in signs if one not in _EMPTY_ZH]])
    return Counter(itertools.chain.from_iterable(map(_of_word, said.split(" "))))


@lru_cache(_REMEMBERED)
def _of_word(word: str) -> tuple[str, ...]:
    """The word, which counts twice, and its letters by three."""
    if not word or word in _EMPTY:
        return ()
    padded, whole = f"^{word}$", "w:" + singular(word)
    return (whole, whole, *[padded[at : at + 3] for at in range(len(padded) - 2)])
