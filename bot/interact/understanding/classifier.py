"""Which answer does a question want? Learnt from example phrasings, where there are enough of them.

Linear models vote: one on groups of words and letters (of signs in Chinese) and, in English, one on the mean vector of
the words. What the vote is worth is calibrated: how sure it is, by how much, and how near the next known question is.
What was learnt is arrays alone, so that it can be kept; scikit-learn is loaded only to learn.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from .embedding import load_embedding
from .normalise import words

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray]

_BUCKETS: Final = 1 << 18
_SHARPNESS = 4.0  # of the votes by groups
_MOST = 1000  # times that a group is counted
_REMEMBERED = 20_000  # words and pairs: few are most of what is said
_DAMPED = [0.0, *(1 + math.log(count) for count in range(1, _MOST + 1))]

# English: logistic regression on the validation parts of BANKING77, HWU64 and CLINC150, with CLINC150's `oos_train` and
# a fifth of the answers left out as what no entry answers; the bias puts FaqMatcher's threshold where about 92 % of
# CLINC150's questions are answered rightly and two thirds of its others (`oos_val`) left to a person. Chinese: the 300
# utterances of xSID and the example FAQ, five to eight phrasings an answer, some of the answers left out.
_CALIBRATION = {"en": ((0.65, 3.24, 5.29), -1.97), "zh": ((0.0, 3.9, 5.0), -3.0)}


@dataclass(frozen=True, slots=True)
class Choice:
    """The two likeliest answers; how likely the first is right, and how likely one of the two is (0 to 1)."""

    name: str
    other: str
    score: float
    either: float


class Classifier:
    """Of questions in one language, from what `learn` made of at least two answers."""

    def __init__(self, learnt: Arrays) -> None:
        import numpy as np

        self._names = json.loads(learnt["names"].tobytes())
        self._places = {bucket: place for place, bucket in enumerate(learnt["buckets"].tolist())}
        self._known = lru_cache(_REMEMBERED)(self._find_known)
        self._rarity = learnt["rarity"].astype(np.float32)
        self._damped = np.array(_DAMPED, np.float32)
        self._by_groups = learnt["groups"].astype(np.float32), learnt["groups_bias"].astype(np.float32)
        self._ends = learnt["ends"].tolist()
        self._language = "en" if "vector" in learnt else "zh"
        if self._language == "en":
            self._by_vector = learnt["vector"].astype(np.float32), learnt["vector_bias"].astype(np.float32)
            self._phrasings = learnt["phrasings"].astype(np.float32)
            load_embedding()  # now, and not while the first customer waits

    def choose(self, question: str, near: float = 0.0) -> Choice:
        """`near`: how like the next known question is; in English it is seen here."""
        import numpy as np

        votes = _share(_SHARPNESS * self._ask_groups(question))
        nearest = {}
        if self._language == "en":
            vector = load_embedding().encode([question])[0]
            votes = (votes + _share(vector @ self._by_vector[0] + self._by_vector[1])) / 2
            nearest = {at: self._nearest(at, vector) for at in np.argpartition(votes, -2)[-2:].tolist()}
        ranked = np.argsort(votes)[::-1][:3].tolist()
        first, second, third = [*votes[ranked].tolist(), 0.0][:3]
        score = self._likelihood(first, second, nearest.get(ranked[0], near))
        either = self._likelihood(first + second, third, max(nearest.values(), default=near))
        return Choice(self._names[ranked[0]], self._names[ranked[1]], score, either)

    def _nearest(self, place: int, vector: np.ndarray) -> float:
        begin, end = self._ends[place], self._ends[place + 1]
        return float((self._phrasings[begin:end] @ vector).max())

    def _likelihood(self, share: float, next_share: float, near: float) -> float:
        weights, bias = _CALIBRATION[self._language]
        features = (math.log(max(share, 1e-6)), share - next_share, near)
        return 1 / (1 + math.exp(-(sum(weight * each for weight, each in zip(weights, features, strict=True)) + bias)))

    def _ask_groups(self, question: str) -> np.ndarray:
        import numpy as np

        weights, bias = self._by_groups
        votes = bias.copy()
        for grams in _spell(question, self._language):
            counts = Counter(itertools.chain.from_iterable(map(self._known, grams)))
            if counts:
                places = np.fromiter(counts, np.intp, len(counts))
                often = np.fromiter(counts.values(), np.intp, len(counts))
                values = self._damped.take(often, mode="clip") * self._rarity.take(places)
                votes += (values / math.sqrt(float(values @ values))) @ weights.take(places, axis=0)
        return votes

    def _find_known(self, gram: str) -> tuple[int, ...]:
        """Rows of the weights: what was not met in learning says nothing."""
        return tuple([self._places[bucket] for bucket in _buckets(gram) if bucket in self._places])


def learn(questions: Sequence[str], names: Sequence[str], language: str) -> dict[str, np.ndarray]:
    """Arrays of numbers, nothing else. Raises ValueError with fewer than two names."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    if len(set(names)) < 2:
        raise ValueError("one answer is nothing to choose from")
    order = sorted(range(len(names)), key=lambda place: names[place])
    questions, names = [questions[place] for place in order], [names[place] for place in order]
    groups, buckets, rarity = _tabulate([_group(question, language) for question in questions])
    by_groups, groups_bias = _weights(LinearSVC(C=1, random_state=0).fit(groups, names))
    counts = Counter(names)
    classes = sorted(counts)
    learnt = {
        "names": np.frombuffer(json.dumps(classes).encode(), np.uint8),
        "ends": np.cumsum([0, *(counts[name] for name in classes)]),
        "buckets": np.array(buckets, np.int32),
        "rarity": rarity.astype(np.float32),
        "groups": by_groups.astype(np.float16),
        "groups_bias": groups_bias,
    }
    if language == "en":
        phrasings = load_embedding().encode(questions)
        by_vector, vector_bias = _weights(LogisticRegression(C=10, max_iter=100).fit(phrasings, names))
        learnt |= {"phrasings": phrasings.astype(np.float16), "vector": by_vector, "vector_bias": vector_bias}
    return learnt


def _tabulate(rows: Sequence[tuple[dict[int, float], ...]]) -> tuple[Any, list[int], np.ndarray]:
    """A sparse matrix of questions and buckets, the buckets, and how rare each is; each block of a row has length 1."""
    import numpy as np
    from scipy.sparse import csr_matrix

    documents = Counter(bucket for row in rows for block in row for bucket in block)
    buckets = sorted(documents)
    places = {bucket: place for place, bucket in enumerate(buckets)}
    rarity = np.log((1 + len(rows)) / (1 + np.array([documents[bucket] for bucket in buckets]))) + 1
    columns: list[int] = []
    values: list[np.ndarray] = []
    ends = [0]
    for row in rows:
        for block in row:
            at = [places[bucket] for bucket in block]
            found = np.fromiter(block.values(), float, len(block)) * rarity[at]
            columns += at
            values.append(found / (np.linalg.norm(found) or 1.0))
        ends.append(len(columns))
    return csr_matrix((np.concatenate(values), columns, ends), shape=(len(rows), len(buckets))), buckets, rarity


def _group(question: str, language: str) -> tuple[dict[int, float], ...]:
    """Blocks of buckets with weights."""
    blocks = _spell(question, language)
    return tuple(_count(itertools.chain.from_iterable(map(_buckets, block))) for block in blocks)


def _spell(question: str, language: str) -> tuple[list[str], ...]:
    """Blocks of what is hashed: words and pairs, and words between blanks for their letters; in Chinese signs, 1 to 3."""
    text = question.lower()
    if language == "zh":
        signs = "".join(sign for sign in text if sign.isalnum())
        return ([signs[at : at + size] for size in (1, 2, 3) for at in range(len(signs) - size + 1)],)
    said = words(text)
    return (
        [*[f"w {word}" for word in said], *[f"w {a} {b}" for a, b in pairwise(said)]],
        [f" {word} " for word in text.split()],
    )


def _buckets(gram: str) -> tuple[int, ...]:
    """One, or of a word between blanks those of its letters, 2 to 4."""
    if gram[0] != " ":
        return (_bucket(gram),)
    return tuple([_bucket(gram[at : at + size]) for size in (2, 3, 4) for at in range(len(gram) - size + 1)])


def _bucket(gram: str) -> int:
    return crc32(gram.encode()) & (_BUCKETS - 1)


def _count(buckets: Iterable[int]) -> dict[int, float]:
    return {bucket: _DAMPED[min(count, _MOST)] for bucket, count in Counter(buckets).items()}


def _weights(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """(features, names) and (names) of a linear model; scikit-learn keeps one row where there are two names."""
    import numpy as np

    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([0 * weights, weights]), np.concatenate([0 * bias, bias])
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)


def _share(votes: np.ndarray) -> np.ndarray:
    """Softmax."""
    import numpy as np

    powers = np.exp(votes - votes.max())
    shares: np.ndarray = powers / powers.sum()
    return shares
