"""Which answer does a question want? Learnt from example phrasings, where there are enough of them.

Two linear models vote: one on the mean vector of the words, one on groups of words and letters. What the vote is worth
is calibrated: how sure it is, by how much, and how near the next phrasing of that answer is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .embedding import load_embedding

if TYPE_CHECKING:
    import numpy as np

# Logistic regression on the validation parts of BANKING77, HWU64 and CLINC150, with CLINC150's `oos_train` and a fifth
# of the answers left out as what no entry answers; the bias puts FaqMatcher's threshold where about 92 % of CLINC150's
# questions are answered rightly and 70 to 75 % of its others (`oos_val`) left to a person.
_SHARPNESS = 4.0  # of the second model's votes
_CALIBRATION = ((0.65, 3.24, 5.29), -1.97)


class Classifier:
    """Of questions in English, with at least two answers. Raises ValueError with fewer."""

    def __init__(self, questions: Sequence[str], names: Sequence[str]) -> None:
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC

        if len(set(names)) < 2:
            raise ValueError("one answer is nothing to choose from")
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\b\w+\b")  # noqa: S106  no password
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        self._groups: list[Any] = [words.fit(questions), letters.fit(questions)]
        by_groups = LinearSVC(C=1).fit(self._group(questions), names)
        self._names = [str(name) for name in by_groups.classes_]
        self._phrasings = load_embedding().encode(questions)
        by_words = LogisticRegression(C=10, max_iter=100).fit(self._phrasings, names)
        self._by_groups = _weights(by_groups)
        self._by_words = _weights(by_words)
        places = {name: place for place, name in enumerate(self._names)}
        self._owners = np.array([places[name] for name in names])

    def choose(self, question: str) -> tuple[str, float]:
        """The likeliest answer, and how likely it is right (0 to 1)."""
        return self.choose_all([question])[0]

    def choose_all(self, questions: Sequence[str]) -> list[tuple[str, float]]:
        best, features = self.weigh(questions)
        return [(self._names[place], _likelihood(row)) for place, row in zip(best, features.tolist(), strict=True)]

    def weigh(self, questions: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Of each question the place of the likeliest name, and what its likelihood is made from, (questions, 3)."""
        import numpy as np

        vectors = load_embedding().encode(questions)
        votes = (self._vote_by_groups(questions) + _share(_ask(vectors, self._by_words))) / 2
        best = votes.argmax(axis=1)
        near = np.where(self._owners[None, :] == best[:, None], vectors @ self._phrasings.T, -1).max(axis=1)
        ranked = np.sort(votes, axis=1)
        top, second = ranked[:, -1], ranked[:, -2]
        return best, np.stack([np.log(np.maximum(top, 1e-6)), top - second, near], axis=1)

    def _vote_by_groups(self, questions: Sequence[str]) -> np.ndarray:
        return _share(_SHARPNESS * _ask(self._group(questions), self._by_groups))

    def _group(self, questions: Sequence[str]) -> Any:
        """Weights of groups of words and letters: a sparse matrix, (questions, groups)."""
        from scipy.sparse import hstack

        return hstack([each.transform(questions) for each in self._groups], format="csr")


def _weights(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """(features, names) and (names) of a linear model; scikit-learn keeps one row where there are two names."""
    import numpy as np

    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([0 * weights, weights]), np.concatenate([0 * bias, bias])
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)


def _ask(features: Any, model: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    votes: np.ndarray = features @ model[0] + model[1]
    return votes


def _share(votes: np.ndarray) -> np.ndarray:
    """Softmax over names."""
    import numpy as np

    powers = np.exp(votes - votes.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _likelihood(features: Sequence[float]) -> float:
    weights, bias = _CALIBRATION
    return 1 / (1 + math.exp(-(sum(weight * each for weight, each in zip(weights, features, strict=True)) + bias)))
