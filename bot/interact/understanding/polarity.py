"""How a text judges, and what: small linear models over hashed n-grams, trained by `bench/understanding/train_feedback.py`.

Plain sums of shipped weights (`models/`, with their sources in its NOTICE.txt); nothing here decides what becomes feedback.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import sqrt
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from . import grams
from .result import Aspect

Weights = NDArray[np.float32]
ASPECTS: Final[tuple[Aspect, ...]] = ("product", "service", "staff", "price", "place", "other")
SIGNS: Final = (-1, 0, 1)
_FOR_BENCH: Final = ("base", "base_bias")  # polarity without the UCI sentences, which the benchmark holds out


@dataclass(frozen=True, slots=True)
class Linear:
    """One row of weights a class; `score` is scaled so that long texts weigh no more than short ones."""

    weights: Weights  # classes x buckets
    bias: Weights

    def score(self, buckets: list[int]) -> Weights:
        if not buckets:
            return self.bias
        return cast(Weights, self.weights[:, buckets].sum(axis=1) / sqrt(len(buckets)) + self.bias)


@dataclass(frozen=True, slots=True)
class Model:
    polarity: Linear
    aspects: Linear | None  # English: rows in the order of ASPECTS
    thresholds: Weights
    judged: Linear | None  # English: rows in the order of SIGNS
    told: Linear | None  # Chinese: rows in the order of SIGNS, columns as `judgements.describe` makes them


@lru_cache(maxsize=2)
def load(language: str) -> Model:
    file = resources.files(__package__).joinpath(f"models/feedback_{language}.npz")
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return from_arrays({name: arrays[name] for name in arrays.files if name not in _FOR_BENCH})


def from_arrays(arrays: dict[str, NDArray[np.float16]]) -> Model:
    def linear(name: str) -> Linear:
        return Linear(arrays[name].astype(np.float32), arrays[f"{name}_bias"].astype(np.float32))

    thresholds = arrays.get("thresholds", np.zeros(0, np.float16)).astype(np.float32)
    aspects = linear("aspects") if "aspects" in arrays else None
    judged, told = (linear(name) if name in arrays else None for name in ("judged", "told"))
    return Model(linear("polarity"), aspects, thresholds, judged, told)


def judge_english(found: list[str]) -> float:
    """Above 0: well; below: badly. About 2 is sure."""
    return float(load("en").polarity.score(grams.buckets(grams.english(found)))[0])


def judge_chinese(text: str) -> float:
    return float(load("zh").polarity.score(grams.buckets(grams.chinese(text)))[0])


def judge_told(described: list[float]) -> int:
    """The sign of what a Chinese review tells of an aspect (`judgements.describe`)."""
    told = load("zh").told
    if told is None:
        return 0
    return SIGNS[int(np.argmax(told.weights @ np.array(described, np.float32) + told.bias))]


def find_aspects(found: list[str], model: Model | None = None) -> list[Aspect]:
    """What an English text speaks of, judging it or not."""
    model = model or load("en")
    if model.aspects is None:
        return []
    scores = model.aspects.score(grams.buckets(grams.english(found))) - model.thresholds
    return [aspect for aspect, score in zip(ASPECTS, scores, strict=True) if score > 0]


def judge_aspect(found: list[str], aspect: Aspect, model: Model | None = None) -> tuple[int, float]:
    """The sign of what an English text says of `aspect`, and by how much it leads."""
    model = model or load("en")
    if model.judged is None or model.aspects is None or not found:
        return 0, 0.0
    scores = model.judged.score(grams.buckets(grams.around(found, head_of(found, aspect, model.aspects), aspect)))
    order = np.argsort(scores)
    return SIGNS[int(order[-1])], float(scores[order[-1]] - scores[order[-2]])


def head_of(found: list[str], aspect: str, aspects: Linear) -> int:
    """The word that speaks most of `aspect`."""
    row = aspects.weights[[*ASPECTS].index(aspect)]  # type: ignore[arg-type]
    weights = [
        row[grams.bucket(word)] + row[grams.bucket(f"~{grams.stem_of(word)}")] for word in found[: grams.LONGEST]
    ]
    return int(np.argmax(weights))
