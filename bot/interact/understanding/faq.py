"""Which of the known questions is this? With a few phrasings of each answer, weighted overlap of words and letter groups
picks candidates and RapidFuzz decides; with enough of them in English, a classifier that has learnt from them does.
"""

# ruff: noqa: SIM905 - word lists read better as text

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from .classifier import Classifier
from .knowledge import FaqPhrasing
from .lexicon import load
from .normalise import fold, has_cjk, words
from .result import FaqMatch
from .things import singular

# Below it the question is handed to a person. On the example FAQ, each phrasing left out in turn: 18 of 100 English
# ones still found, 3 taken for another; of 850 questions about other things (CLINC150) 1 in 90 answered wrongly.
THRESHOLD = 0.55
_NEARLY_THE_SAME = 0.85  # of letters: then spelling is all that differs
_CANDIDATES = 6
_LONGEST = 300  # a question is not an essay
_EMPTY = frozenset(
    "a an the is are am do does did you your i my me we to of for it in on at have has can could would please what how when "
    "where which there any be will with and or that this tell know want like get so hi hello hey".split()
)
_EMPTY_ZH = frozenset(
    "的 了 吗 呢 啊 呀 吧 请 问 我 你 们 您 是 有 在 么 嘛 哦 想 要 可 以 能 会 一 下 这 那 家 店".split()
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


_ENOUGH = 5  # English phrasings of an answer, on average: fewer, and there is nothing to learn from


class FaqMatcher:
    """A message in English goes to the classifier where there is one, any other is compared with each phrasing."""

    def __init__(self, faq: Sequence[FaqPhrasing]) -> None:
        english = [phrasing for phrasing in faq if not has_cjk(phrasing.question)]
        names = {phrasing.name for phrasing in english}
        self._classifier: Classifier | None = None
        if len(names) > 1 and len(english) >= _ENOUGH * len(names):
            self._classifier = Classifier([one.question for one in english], [one.name for one in english])
            self._verbatim = {_form(one.question): one.name for one in english}
            faq = [phrasing for phrasing in faq if has_cjk(phrasing.question)]
        self._faq = [(phrasing.name, _form(phrasing.question)) for phrasing in faq]
        features = [_features(form) for _, form in self._faq]
        # What is rare among *answers* tells them apart; phrasings of one answer share their words on purpose.
        by_name: dict[str, set[str]] = {}
        for (name, _), each in zip(self._faq, features, strict=True):
            by_name.setdefault(name, set()).update(each)
        documents = Counter(feature for each in by_name.values() for feature in each)
        total = max(1, len(by_name))
        self._weight = {feature: math.log(1 + total / count) for feature, count in documents.items()}
        self._rare = math.log(1 + total)
        self._norms = [math.sqrt(sum((n * self._weigh(f)) ** 2 for f, n in each.items())) or 1.0 for each in features]
        self._rows: dict[str, list[tuple[int, float]]] = {}
        for number, each in enumerate(features):
            for feature, count in each.items():
                self._rows.setdefault(feature, []).append((number, count * self._weigh(feature)))

    def _weigh(self, feature: str) -> float:
        return self._weight.get(feature, self._rare)

    def best(self, text: str) -> FaqMatch | None:
        """The likeliest entry with its score, whatever the threshold; None if nothing is shared."""
        if len(text) > _LONGEST:
            return None
        form = _form(text)
        if self._classifier is not None and form and not has_cjk(text):
            if form in self._verbatim:
                return FaqMatch(self._verbatim[form], 1.0)
            name, score = self._classifier.choose(text)
            return FaqMatch(name, min(0.99, score))
        if not self._faq:
            return None
        features = _features(form)
        if not features:
            return None
        norm = math.sqrt(sum((count * self._weigh(feature)) ** 2 for feature, count in features.items())) or 1.0
        scores: dict[int, float] = {}
        for feature, count in features.items():
            weight = count * self._weigh(feature)
            for number, other in self._rows.get(feature, ()):
                scores[number] = scores.get(number, 0.0) + weight * other
        if not scores:
            return None
        nearest = sorted(scores, key=lambda number: -scores[number] / self._norms[number])[:_CANDIDATES]
        best: FaqMatch | None = None
        for number in nearest:
            name, question = self._faq[number]
            cosine = scores[number] / (self._norms[number] * norm)
            likeness = (
                fuzz.token_sort_ratio(form, question) / 100 if form.isascii() else fuzz.ratio(form, question) / 100
            )
            score = (
                1.0 if form == question else min(0.99, max(cosine, likeness if likeness >= _NEARLY_THE_SAME else 0.0))
            )
            if best is None or score > best.score:
                best = FaqMatch(name, score)
        return best


def _form(text: str) -> str:
    folded = fold(text)
    if not has_cjk(text):
        alike = load("en").alike
        return " ".join(alike.get(word, word) for word in words(folded))
    closed = "".join(folded.split()).strip("?？!！。.~")
    return _alike_zh().sub(lambda match: load("zh").alike[match.group()], closed)


@lru_cache(maxsize=1)
def _alike_zh() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, load("zh").alike), key=lambda each: (-len(each), each))))


def _features(form: str) -> Counter[str]:
    if _CHINESE.search(form):
        signs = [sign for sign in form if sign.isalnum()]
        pairs = Counter("".join(pair) for pair in itertools.pairwise(signs))
        ones = Counter(sign for sign in signs if sign not in _EMPTY_ZH)
        return pairs + ones
    found: Counter[str] = Counter()
    for word in form.split(" "):
        if not word:
            continue
        if word not in _EMPTY:
            found["w:" + singular(word)] += 2
            padded = f"^{word}$"
            for i in range(len(padded) - 2):
                found[padded[i : i + 3]] += 1
    return found
